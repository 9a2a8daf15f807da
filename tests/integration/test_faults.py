"""Whatever fails between a write and the database, at whichever request: a retry converges, and nothing is written
twice.

Each case runs on things of its own. What the table holds in the end is told from the stream's records of the case, so
nothing that was written can hide.
"""

from collections.abc import Iterator
from contextlib import nullcontext
from functools import cache
from itertools import count

import pytest
from botocore.awsrequest import AWSResponse

from tests.integration.copies import Original
from tests.integration.local_cloud import LocalCloud
from tests.integration.routes import WRITES, Write
from tests.integration.stream import Stream, Upkeep, expire, table_after
from tests.integration.things import a_board, a_pin
from tests.integration.truth import assert_clean, assert_exact, told_apart_from_chance
from tests.integration.wire import Fault, Faulty, Go, Hop, Sent, Wire, cancelled, error
from tests.support.api import Reply
from tests.support.people import a_user

pytestmark = pytest.mark.usefixtures("naps", "ids_in_order")

FOR_GOOD = 10**6
"""More attempts than any SDK makes."""

A_KEY = "a key"
AGAIN = ("create", "save", "copy_pins", "move_pins")
"""What is done again when it is asked for again, unless it has its key."""
CASES = [
    pytest.param(name, key, id=f"{name} {'with' if key else 'without'} a key")
    for name in WRITES
    for key in (None, A_KEY)
    if key is None or name.startswith(AGAIN)
]


def answer_to(fault: Fault, sent: Sent) -> tuple[int, int]:
    """The status and the code that a client gets when a fault lasts. Of S3, all faults are one."""
    is_throttled = fault is Fault.THROTTLED and sent.operation != "PutObject"
    return (429, 8) if is_throttled else (500, 500)


@pytest.fixture
def ids_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also those of one millisecond, so that things can be told apart by their order when two runs are compared."""
    numbers = count()
    monkeypatch.setattr("presence.domain.ids.randbits", lambda _: next(numbers))


@cache
def prepared(cloud: LocalCloud, name: str) -> Original[Write]:
    return Original(cloud, lambda: WRITES[name](a_user()))


class Case:
    """One write by a user of its own, and all that the table holds of it."""

    def __init__(self, cloud: LocalCloud, wire: Wire, name: str, key: str | None) -> None:
        self._cloud, self._wire, self._key = cloud, wire, key
        original = prepared(cloud, name)
        self._stream = Stream(cloud)
        self._write = original.copy()
        self.sent: list[Sent] = []
        """By all sendings together."""

    def send(self, hop: Hop | None = None) -> Reply:
        with self._wire.through(hop) if hop else nullcontext(), self._wire.recording() as sent:
            reply = self._write.send(self._key)
        self.sent += sent
        return reply

    def settled(self) -> list[str]:
        """What is left when all that follows has followed and a month has passed. Exact at every step."""
        upkeep = Upkeep(self._stream)
        assert_exact(table_after(self._stream.records()))
        upkeep.run()
        for kind in ("trash", "upload_unused"):
            expire(self._cloud, self._stream.records(), kind)
            upkeep.run()
        assert not upkeep.given_up
        left = table_after(self._stream.records())
        assert_exact(left)
        assert_clean(left)
        shown = {pk.removeprefix("UPLOAD#") for pk, _ in left if pk.startswith("UPLOAD#")}
        assert {key for key in self._uploads() if self._cloud.has_object(key)} == shown
        return told_apart_from_chance(left)

    def _uploads(self) -> set[str]:
        """All that ever were in the bucket: each is marked first."""
        keys = {record["dynamodb"]["Keys"]["pk"]["S"] for record in self._stream.records()}
        return {pk.removeprefix("UPLOAD#") for pk in keys if pk.startswith("UPLOAD#")}


class Reference(Case):
    """A case in which nothing fails."""

    def __init__(self, cloud: LocalCloud, wire: Wire, name: str, key: str | None) -> None:
        super().__init__(cloud, wire, name, key)
        self.reply = self.send()
        assert self.reply.status in (200, 201, 204)
        self.state = self.settled()

    def faults(self) -> Iterator[tuple[int, Fault]]:
        """Each fault at each request. A request that only reads has no work that could be done before it fails."""
        for at, sent in enumerate(self.sent):
            reads = sent.operation in ("GetItem", "BatchGetItem", "Query")
            yield from ((at, fault) for fault in Fault if not (reads and fault.is_late))


@pytest.mark.parametrize(("name", "key"), CASES)
def test_a_fault_of_one_attempt_is_not_noticed(cloud: LocalCloud, wire: Wire, name: str, key: str | None) -> None:
    reference = Reference(cloud, wire, name, key)
    for at, fault in reference.faults():
        case = Case(cloud, wire, name, key)
        faulty = Faulty(at, fault)
        assert case.send(faulty).status == reference.reply.status, (at, fault)
        assert faulty.hits == 1
        assert case.settled() == reference.state, (at, fault)


@pytest.mark.parametrize(("name", "key"), CASES)
def test_a_fault_that_lasts_is_told_and_a_retry_converges(
    cloud: LocalCloud, wire: Wire, name: str, key: str | None
) -> None:
    reference = Reference(cloud, wire, name, key)
    commit = len(reference.sent) - 1
    for at, fault in reference.faults():
        case = Case(cloud, wire, name, key)
        told = case.send(Faulty(at, fault, FOR_GOOD))
        assert (told.status, told.json["code"]) == answer_to(fault, reference.sent[at]), (at, fault)
        assert told.headers["retry-after"] == "1"
        done = at == commit and fault.is_late
        retried = case.send()
        if done and retried.status in (403, 404):
            assert name.startswith(("delete", "give")), (at, fault)
        elif not (done and name.startswith("create") and key is None):
            assert retried.status == reference.reply.status, (at, fault)
        state = case.settled()
        # A POST whose answer is lost can be told from a second one by its Idempotency-Key only; a picture that comes
        # again is another picture.
        if not (done and name.startswith((*AGAIN, "upload")) and key is None):
            assert state == reference.state, (at, fault)


@pytest.mark.parametrize("name", [name for name in WRITES if name.startswith(AGAIN)])
def test_a_retry_with_its_key_gets_the_first_answer(cloud: LocalCloud, wire: Wire, name: str) -> None:
    reference = Reference(cloud, wire, name, A_KEY)
    case = Case(cloud, wire, name, A_KEY)
    assert case.send(Faulty(len(reference.sent) - 1, Fault.ANSWER_LOST, FOR_GOOD)).status == 500
    first, second = case.send(), case.send()
    assert first.status == second.status == 201
    assert first.text == second.text
    assert first.headers["idempotent-replayed"] == second.headers["idempotent-replayed"] == "true"


def test_a_retry_with_if_match_learns_that_the_first_try_worked(wire: Wire) -> None:
    user = a_user()
    pin = a_pin(user, a_board(user))
    etag = user.get(f"/pins/{pin}").headers["etag"]
    with wire.through(Faulty(3, Fault.ANSWER_LOST, FOR_GOOD)):
        assert user.patch(f"/pins/{pin}", {"title": "Once"}, if_match=etag).status == 500
    assert user.patch(f"/pins/{pin}", {"title": "Once"}, if_match=etag).status == 412
    now = user.get(f"/pins/{pin}")
    assert now.json["title"] == "Once"
    assert now.headers["etag"].startswith('"2-')


class Refused:
    """DynamoDB refuses every transaction, a number of times."""

    def __init__(self, times: int, how: str) -> None:
        self.times = times
        self._how = how

    def __call__(self, sent: Sent, go: Go) -> AWSResponse:
        if sent.operation != "TransactWriteItems" or self.times == 0:
            return go()
        self.times -= 1
        if self._how == "TransactionInProgressException":
            return error(sent, 400, self._how)
        others = ["None"] * (len(sent.body["TransactItems"]) - 1)
        return cancelled(sent, [*others, self._how])


@pytest.mark.parametrize(
    ("how", "times"),
    [("TransactionConflict", 1), ("TransactionConflict", 7), ("TransactionInProgressException", 2)],
)
def test_a_transaction_that_meets_another_is_sent_again(cloud: LocalCloud, wire: Wire, how: str, times: int) -> None:
    reference = Reference(cloud, wire, "create_pin", None)
    case = Case(cloud, wire, "create_pin", None)
    assert case.send(Refused(times, how)).status == 201
    transactions = [each for each in case.sent if each.operation == "TransactWriteItems"]
    assert len(transactions) == times + 1
    assert len({each.body["ClientRequestToken"] for each in transactions}) == 1
    assert case.settled() == reference.state


REFUSALS = {
    "TransactionConflict": (409, 409),
    "TransactionInProgressException": (409, 409),
    "ProvisionedThroughputExceeded": (429, 8),
    "ThrottlingError": (429, 8),
}


@pytest.mark.parametrize(("name", "key"), CASES)
def test_a_transaction_that_is_refused_for_good_is_told_and_a_retry_converges(
    cloud: LocalCloud, wire: Wire, name: str, key: str | None
) -> None:
    reference = Reference(cloud, wire, name, key)
    for how, answer in REFUSALS.items():
        case = Case(cloud, wire, name, key)
        told = case.send(Refused(FOR_GOOD, how))
        assert (told.status, told.json["code"]) == answer, how
        assert told.headers["retry-after"] == "1"
        assert case.send().status == reference.reply.status, how
        assert case.settled() == reference.state, how


def test_two_throttles_cost_a_fifth_of_what_pynamodb_would_wait(
    cloud: LocalCloud, wire: Wire, naps: list[float]
) -> None:
    # botocore's "standard" mode, PynamoDB's default, sleeps a random part of 1 s, then of 2 s: 1.5 s on average.
    case = Case(cloud, wire, "edit_pin", None)
    assert case.send(Faulty(0, Fault.THROTTLED, 2)).status == 200
    assert len(naps) == 2
    assert sum(naps) <= 1.5 / 5
