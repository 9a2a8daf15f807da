"""What follows from the stream happens in the end, whatever stops it on the way, and happens once."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import orjson
import pytest
from botocore.awsrequest import AWSResponse

from presence.domain import clock
from presence.services import upkeep as upkeep_service
from tests.integration.copies import Original
from tests.integration.local_cloud import LocalCloud
from tests.integration.seeding import same_as_the_code
from tests.integration.stream import Stream, Upkeep, expire, table_after
from tests.integration.things import a_board, a_pin, a_section, an_upload, delete_for_good, made
from tests.integration.truth import assert_clean, assert_exact, mentions
from tests.integration.wire import CrashAt, Fault, Faulty, Go, Sent, Wire
from tests.support.api import Client
from tests.support.event_source import UPKEEP
from tests.support.people import a_user
from tests.support.social import follow_board
from tests.support.together import a_member

SDK_ATTEMPTS = 3


@dataclass(frozen=True)
class Things:
    """A board with all that can be on it, a member who follows it too, and another that shares what can be shared."""

    user: Client
    member: Client
    board: str
    other_board: str
    section: str
    pins: list[str]
    """But for the one with an upload of its own."""
    pin_with_upload: str
    kept_pin: str
    """On the other board, saved from one on the first: they show the same two uploads."""

    def delete_board(self) -> None:
        delete_for_good(self.user, f"/boards/{self.board}")

    def delete_section(self) -> None:
        assert self.user.delete(f"/boards/{self.board}/sections/{self.section}").status == 204

    def merge(self) -> None:
        made(self.user.post(f"/boards/{self.board}/merge", {"into": self.other_board}))

    def assert_board_left_nothing(self, stream: Stream) -> None:
        assert not mentions(settled(stream), self.board)
        assert self.user.get(f"/pins/{self.kept_pin}").status == 200

    def assert_section_left_its_pins(self, stream: Stream) -> None:
        assert not mentions(settled(stream), self.section)
        assert self.user.get(f"/boards/{self.board}").json["pin_count"] == len(self.pins) + 1

    def assert_all_is_on_the_other(self, stream: Stream) -> None:
        settled(stream)
        board = self.member.get(f"/boards/{self.other_board}").json
        expected = {"pin_count": len(self.pins) + 2, "follower_count": 1, "collaborator_count": 1, "role": "viewer"}
        assert {name: board[name] for name in expected} == expected
        pins = self.user.get(f"/boards/{self.other_board}/sections/{self.section}/pins").json["items"]
        assert {pin["id"] for pin in pins} == {self.pins[0], *self.pins[2:]}


def settled(stream: Stream) -> Iterable[Mapping[str, Any]]:
    """What is left."""
    left = table_after(stream.records())
    assert_exact(left)
    assert_clean(left)
    return left.values()


@cache
def the_things(cloud: LocalCloud) -> Original[Things]:
    return Original(cloud, make_things)


def make_things() -> Things:
    user = a_user()
    board, other_board = a_board(user), a_board(user)
    section = a_section(user, board)
    pins = [a_pin(user, board, place) for place in (section, None, section)]
    with_upload = a_pin(user, board, media_source=an_upload())
    shared = a_pin(user, board, section, media_source=an_upload(2))
    saved = user.post(f"/pins/{shared}/save", {"board_id": other_board})
    member = a_member(user, board, "viewer")
    follow_board(member, board)
    return Things(user, member, board, other_board, section, [*pins, shared], with_upload, made(saved))


type Make = Callable[[], Things]


@pytest.fixture(autouse=True)
def make(cloud: LocalCloud, wire: Wire) -> Make:
    """Before any stream that a test follows, which then tells of nothing but the copies."""
    return the_things(cloud).copy


CHANGES = {
    "a board is deleted": (Things.delete_board, Things.assert_board_left_nothing),
    "a section is deleted": (Things.delete_section, Things.assert_section_left_its_pins),
    "boards are merged": (Things.merge, Things.assert_all_is_on_the_other),
}

INTERRUPTIONS: dict[str, Callable[[int], CrashAt | Faulty]] = {
    "crash": lambda at: CrashAt(when=lambda number: number == at, after_work=lambda _: False),
    "crash after its work is done": lambda at: CrashAt(when=lambda number: number == at, after_work=lambda _: True),
    "throttle": lambda at: Faulty(at, Fault.THROTTLED, SDK_ATTEMPTS),
    "lost answer": lambda at: Faulty(at, Fault.ANSWER_LOST, SDK_ATTEMPTS),
}


@pytest.mark.usefixtures("naps")
@pytest.mark.parametrize("interruption", INTERRUPTIONS)
@pytest.mark.parametrize("change", CHANGES)
def test_what_follows_resumes_after_an_interruption_at_any_request(
    make: Make, stream: Stream, wire: Wire, change: str, interruption: str
) -> None:
    do, assert_done = CHANGES[change]
    upkeep = Upkeep(stream)
    at, reached = 0, True
    while reached:
        things = make()
        upkeep.run()
        do(things)
        interrupt = INTERRUPTIONS[interruption](at)
        with wire.through(interrupt):
            upkeep.run()
        assert_done(things, stream)
        at, reached = at + 1, interrupt.hits > 0
    assert at > 5
    assert not upkeep.given_up


def test_a_board_deleted_right_after_its_pins_were_added_is_cleaned_up(
    make: Make, stream: Stream, upkeep: Upkeep
) -> None:
    things = make()
    things.delete_board()
    # One batch of the stream asks for the board's cover and for its clean-up.
    assert len(stream.records()) < UPKEEP.batch_size
    upkeep.run()
    things.assert_board_left_nothing(stream)
    assert not upkeep.given_up


def test_clean_up_goes_on_in_another_turn_when_its_time_is_up(
    make: Make, stream: Stream, upkeep: Upkeep, monkeypatch: pytest.MonkeyPatch
) -> None:
    things = make()
    upkeep.run()
    things.delete_board()

    def patience_grows() -> None:
        upkeep_service.BUDGET_SECONDS += 0.5

    monkeypatch.setattr(upkeep_service, "BUDGET_SECONDS", -1.0)
    turns = upkeep.run(each_turn=patience_grows)
    things.assert_board_left_nothing(stream)
    assert turns >= 3
    assert not upkeep.failures


class Lagging:
    """An index that shows the table as it was: it hides what came and shows what went, for a number of queries."""

    def __init__(self, queries: int, change: Callable[[list[dict[str, Any]]], list[dict[str, Any]]]) -> None:
        self.queries = queries
        self._change = change

    def __call__(self, sent: Sent, go: Go) -> AWSResponse:
        reply = go()
        if sent.operation == "Query" and "IndexName" in sent.body and self.queries > 0:
            self.queries -= 1
            answer = sent.answer
            answer["Items"] = self._change(answer["Items"])
            reply._content = orjson.dumps(answer)
            del reply.headers["x-amz-crc32"]
        return reply


def test_a_pin_that_the_index_does_not_show_yet_is_not_forgotten(
    make: Make, stream: Stream, upkeep: Upkeep, wire: Wire
) -> None:
    things = make()
    upkeep.run()
    things.delete_board()
    with wire.through(Lagging(4, lambda items: items[2:])):
        upkeep.run()
    things.assert_board_left_nothing(stream)
    assert not upkeep.given_up


def test_a_pin_that_the_index_still_shows_is_not_uncounted_twice(
    make: Make, stream: Stream, upkeep: Upkeep, wire: Wire
) -> None:
    things = make()
    upkeep.run()
    gone = things.pins.pop()
    shown: list[dict[str, Any]] = [table_after(stream.records())[f"PIN#{gone}", "PIN"]]
    delete_for_good(things.user, f"/pins/{gone}")
    things.delete_board()
    with wire.through(Lagging(3, lambda items: items + shown)):
        upkeep.run()
    things.assert_board_left_nothing(stream)
    assert not upkeep.given_up


def test_uploads_of_a_deleted_board_go_and_those_that_others_show_stay(
    make: Make, cloud: LocalCloud, stream: Stream, upkeep: Upkeep
) -> None:
    things = make()
    (own,), shared = uploads_of(stream, things.pin_with_upload), uploads_of(stream, things.kept_pin)
    things.delete_board()
    upkeep.run()
    expire(cloud, stream.records(), "upload_unused")
    upkeep.run()
    assert not cloud.has_object(own)
    assert all(map(cloud.has_object, shared))
    things.assert_board_left_nothing(stream)
    assert not mentions(table_after(stream.records()).values(), own)


def uploads_of(stream: Stream, pin: str) -> set[str]:
    found = {pk.removeprefix("UPLOAD#") for pk, sk in table_after(stream.records()) if sk == f"PIN#{pin}"}
    assert found
    return found


@pytest.mark.usefixtures("naps")
@pytest.mark.parametrize("fault", Fault)
def test_an_unused_upload_goes_whatever_fails_on_the_way(
    make: Make, cloud: LocalCloud, stream: Stream, wire: Wire, fault: Fault
) -> None:
    upkeep = Upkeep(stream)
    for at in range(2):  # the look whether a pin shows it, and its removal
        things = make()
        (own,) = uploads_of(stream, things.pin_with_upload)
        assert cloud.has_object(own)
        delete_for_good(things.user, f"/pins/{things.pin_with_upload}")
        upkeep.run()
        expire(cloud, stream.records(), "upload_unused")
        with wire.through(Faulty(at, fault, SDK_ATTEMPTS)):
            upkeep.run()
        assert not cloud.has_object(own)
    assert not upkeep.given_up


def test_seeded_pins_are_what_the_code_writes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "_time", lambda: 1_800_000_000.0)  # both are made in one second
    for seeded, written in same_as_the_code(a_user(), "any board", "any section"):
        assert seeded == written
