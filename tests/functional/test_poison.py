"""A record that cannot be processed goes to the queue of failures, alone and named; those behind it do not wait for it,
and once its reason is mended ``make redrive`` has it processed.

Lambda's event source mapping over the deployed settings (``tests/support/event_source.py``) calls the real handlers.
"""

import json
from collections.abc import Callable
from functools import partial
from typing import Any, cast

import pytest

from presence.domain.errors import StorageUnavailable
from presence.services import indexing, upkeep
from presence.storage import keys
from presence.stream import Poison
from tests.support.api import Client
from tests.support.content import a_board, a_pin
from tests.support.deployment import MAPPINGS, Deployed, Deployment
from tests.support.people import a_user
from tests.support.stored import set_attribute
from tests.support.turns import CRASHES, Crash, Trouble, Turns
from tools import redrive
from tools.cloud import Stack


@pytest.fixture
def ann(deployed: Deployment) -> Client:
    return a_user()


def spoil(pin_id: str) -> None:
    """Have its item, and so its record, tell its board as no code of ours would."""
    set_attribute(keys.pin(pin_id), "board_id", {"N": "7"})


def down(*_: Any, **__: Any) -> None:
    raise StorageUnavailable("The database is down.")


@pytest.mark.parametrize("name", MAPPINGS)
def test_a_poison_record_is_put_aside_alone_and_what_is_behind_it_is_processed(
    deployed: Deployment, ann: Client, caplog: pytest.LogCaptureFixture, name: str
) -> None:
    board, other_board = a_board(ann), a_board(ann, name="Wedding cakes")
    pin = a_pin(ann, board)
    deployed.source.drain()
    for number in range(3):
        a_pin(ann, other_board, title=f"Before {number}")
    spoil(pin)
    behind = [a_pin(ann, other_board, title=f"Behind {number}") for number in range(3)]
    began = deployed.clock.now
    deployed.source.drain()

    [message] = deployed.pollers[name].failures
    [poison] = deployed.stream.named(message)
    assert message["requestContext"]["condition"] == "RetryAttemptsExhausted"
    assert poison["dynamodb"]["Keys"]["pk"]["S"] == f"PIN#{pin}"
    named = {"sequence_number": poison["dynamodb"]["SequenceNumber"], "key": f"PIN#{pin}/PIN"}
    assert [named] in [getattr(record, "records", None) for record in caplog.records]
    found = ann.get("/discover/search?type=pins&q=behind").json["items"]
    assert {each["pin"]["id"] for each in found} == set(behind)
    assert len(ann.get(f"/boards/{other_board}").json["media"]["pin_thumbnail_urls"]) == 4
    assert deployed.clock.now - began < 60


def test_where_everything_fails_nothing_is_taken_for_poison(
    deployed: Deployment, ann: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    board = a_board(ann, name="Wedding cakes")
    for _ in range(3):
        a_pin(ann, board)

    with monkeypatch.context() as broken:
        broken.setattr(indexing, "refresh", down)
        deployed.source.drain(seconds=3)
    deployed.source.drain()

    assert not deployed.pollers["indexer"].failures
    assert not [error for error in deployed.pollers["indexer"].errors if isinstance(error, Poison)]
    assert deployed.drift() == []


@pytest.mark.parametrize("trouble", CRASHES)
def test_an_indexer_killed_at_any_request_of_a_batch_is_made_up_for(deployed: Deployment, trouble: Trouble) -> None:
    def make_a_board() -> None:
        ann = a_user()
        board = a_board(ann, name="Wedding cakes")
        for title in ("Chocolate cake", "Lemon cake"):
            a_pin(ann, board, title=title)

    index = deployed.indexing(make_a_board)
    at, was_killed = 0, True
    while was_killed:
        deployed.memory.discovery.forget()
        was_killed = is_killed(deployed.turns, index, at, trouble)
        index()
        assert deployed.drift() == [], at
        at += 1
    assert at > 10


@pytest.mark.parametrize("is_hidden", [False, True])
@pytest.mark.parametrize("kind", ["users", "boards"])
def test_an_indexer_killed_again_after_what_it_found_had_changed_back_is_made_up_for(
    deployed: Deployment, ann: Client, kind: str, is_hidden: bool
) -> None:
    board, _ = a_board(ann, name="Cakes"), a_board(a_user(), name="Cakes")

    def hide(*, is_hidden: bool) -> None:
        if kind == "users":
            changed = ann.patch("/user_account", {"hidden_from_search": is_hidden})
        else:
            changed = ann.patch(f"/boards/{board}", {"privacy": "SECRET" if is_hidden else "PUBLIC"})
        assert changed.status == 200

    hide(is_hidden=is_hidden)
    deployed.source.drain()
    first, was_killed = 0, True
    while was_killed:
        second, was_killed_again = 0, True
        while was_killed_again:
            index = deployed.indexing(partial(hide, is_hidden=not is_hidden))
            was_killed = is_killed(deployed.turns, index, first, CRASHES[0])
            hide(is_hidden=is_hidden)
            was_killed_again = is_killed(deployed.turns, index, second, CRASHES[0])
            index()
            deployed.source.drain()
            assert deployed.drift() == [], (first, second)
            second += 1
        assert second > 1
        first += 1
    assert first > 10


def is_killed(turns: Turns, work: Callable[[], Any], at: int, trouble: Trouble) -> bool:
    """Whether it got as far as to the request at which it was to be killed."""
    run = turns.begin(work, lambda number: trouble if number == at else None)
    turns.end(run)
    return isinstance(run.error, Crash)


def test_halves_of_a_batch_that_there_is_no_time_for_come_again(
    deployed: Deployment, ann: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(8):
        a_pin(ann, a_board(ann))
    tried = 0

    def slow_and_down(*_: Any) -> None:
        nonlocal tried
        tried += 1
        deployed.clock.go_on(25)
        down()

    with monkeypatch.context() as broken:
        broken.setattr(indexing, "refresh", slow_and_down)
        deployed.source.drain(seconds=5)
    assert tried <= 4
    deployed.source.drain()

    assert not deployed.pollers["indexer"].failures
    assert deployed.drift() == []


def test_seconds_from_a_change_until_it_is_found_are_told(
    deployed: Deployment, ann: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    a_pin(ann, a_board(ann))
    deployed.stream.take()
    deployed.clock.go_on(70)
    capsys.readouterr()
    deployed.source.drain()

    [seconds] = findable_after(capsys.readouterr().out)
    assert 70 < seconds < 80


def test_of_what_could_not_be_brought_in_no_time_is_told(
    deployed: Deployment, ann: Client, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    a_pin(ann, a_board(ann))
    monkeypatch.setattr(indexing, "refresh", down)
    capsys.readouterr()
    deployed.source.drain()

    assert deployed.pollers["indexer"].failures
    assert findable_after(capsys.readouterr().out) == []


def findable_after(printed: str) -> list[float]:
    """What the function told CloudWatch, in seconds."""
    lines = [json.loads(line) for line in printed.splitlines() if line.startswith("{")]
    return [value for line in lines if "_aws" in line for value in line.get("FindableAfter", ())]


# Redrive.


def run_redrive(stack: Deployed, *, drop: bool = False) -> list[str]:
    """What it tells."""
    said: list[str] = []
    redrive.redrive(cast(Stack, stack), said.append, drop=drop)
    return said


type Given = tuple[Client, str, str]
"""A user, the board and the pin of which a function gave up a record."""


@pytest.fixture(params=MAPPINGS)
def given_up(deployed: Deployment, ann: Client, request: pytest.FixtureRequest) -> Given:
    """By one of the functions, by a mistake of its own that is mended by now."""
    board = a_board(ann, name="Wedding cakes")
    deployed.source.drain()
    pin = a_pin(ann, board, title="Chocolate cake")
    with pytest.MonkeyPatch.context() as broken:
        broken.setattr(*{"upkeep": (upkeep, "run"), "indexer": (indexing, "refresh")}[request.param], down)
        deployed.source.drain()
    assert [name for name, poller in deployed.pollers.items() if poller.failures] == [request.param]
    return ann, board, pin


def test_what_was_given_up_is_processed_when_its_reason_is_mended(deployed: Deployment, given_up: Given) -> None:
    ann, board, pin = given_up

    said = run_redrive(Deployed(deployed))

    assert not any(poller.failures for poller in deployed.pollers.values())
    assert ann.get(f"/boards/{board}").json["media"]["image_cover_url"]
    [found] = ann.get("/discover/search?type=pins&q=chocolate").json["items"]
    assert found["pin"]["id"] == pin
    assert not [line for line in said if "fails" in line]
    assert said[-1] == "indexer: 0 messages are left"


def test_what_fails_again_stays_and_is_named(deployed: Deployment, ann: Client) -> None:
    pin = a_pin(ann, a_board(ann))
    deployed.source.drain()
    spoil(pin)
    deployed.source.drain()
    stack = Deployed(deployed)

    for _ in range(2):  # it is shown again
        said = run_redrive(stack)
        assert [line for line in said if f"MODIFY of PIN#{pin}/PIN" in line and line.startswith("indexer")]
    assert [len(poller.failures) for poller in deployed.pollers.values()] == [1, 1]


def test_of_a_batch_only_what_fails_is_named(
    deployed: Deployment, ann: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    spoilt, *others = [a_pin(ann, a_board(ann), title="cake") for _ in range(4)]
    spoil(spoilt)
    with monkeypatch.context() as broken:
        broken.setattr(indexing, "refresh", down)
        deployed.source.drain()
    [message] = deployed.pollers["indexer"].failures
    assert message["DDBStreamBatchInfo"]["batchSize"] > 5

    said = run_redrive(Deployed(deployed))

    named = [line for line in said if "still fails" in line and line.startswith("indexer")]
    assert named
    assert all(spoilt in line or "BOARD" in line for line in named)
    found = ann.get("/discover/search?type=pins&q=cake").json["items"]
    assert {each["pin"]["id"] for each in found} == set(others)


def test_an_interrupted_redrive_hides_no_message_from_the_next(
    deployed: Deployment, given_up: Given, monkeypatch: pytest.MonkeyPatch
) -> None:
    stack = Deployed(deployed)
    with monkeypatch.context() as broken:
        broken.setattr(stack.client("lambda"), "invoke", down)
        with pytest.raises(StorageUnavailable):
            run_redrive(stack)

    run_redrive(stack)

    assert not any(poller.failures for poller in deployed.pollers.values())


@pytest.mark.parametrize("has_shards", [True, False])
def test_what_has_left_the_stream_is_told_and_dropped_only_when_asked(
    deployed: Deployment, given_up: Given, has_shards: bool
) -> None:
    stack = Deployed(deployed)
    [shard] = deployed.stream.shards
    stack.streams.trimmed, stack.streams.has_shards = len(shard.records), has_shards

    assert [line for line in run_redrive(stack) if "have left the stream" in line]
    assert sum(len(poller.failures) for poller in deployed.pollers.values()) == 1
    run_redrive(stack, drop=True)
    assert not any(poller.failures for poller in deployed.pollers.values())


def test_what_follows_many_empty_pages_is_processed(deployed: Deployment, given_up: Given) -> None:
    stack = Deployed(deployed)
    stack.streams.empty_pages = redrive.EMPTY_PAGES - 1

    run_redrive(stack)

    assert not any(poller.failures for poller in deployed.pollers.values())


def test_what_was_not_reached_stays_though_one_drops_what_has_left_the_stream(
    deployed: Deployment, given_up: Given
) -> None:
    stack = Deployed(deployed)
    stack.streams.empty_pages = redrive.EMPTY_PAGES

    assert [line for line in run_redrive(stack, drop=True) if "may still be in the stream" in line]
    assert sum(len(poller.failures) for poller in deployed.pollers.values()) == 1


def test_what_a_shard_does_not_have_that_has_ended_has_left_the_stream(deployed: Deployment, given_up: Given) -> None:
    stack = Deployed(deployed)
    [shard] = deployed.stream.shards
    deployed.stream.split(shard)
    [message] = (each for poller in deployed.pollers.values() for each in poller.failures)
    message["DDBStreamBatchInfo"]["endSequenceNumber"] += "0"

    assert [line for line in run_redrive(stack) if "have left the stream" in line]
    run_redrive(stack, drop=True)
    assert not any(poller.failures for poller in deployed.pollers.values())


def test_what_is_left_of_a_batch_is_processed_though_some_have_left_the_stream(
    deployed: Deployment, given_up: Given
) -> None:
    ann, board, pin = given_up
    stack = Deployed(deployed)
    [shard] = deployed.stream.shards
    is_of_pin = [record["dynamodb"]["Keys"]["pk"]["S"] == f"PIN#{pin}" for record in shard.records]
    stack.streams.trimmed = is_of_pin.index(True)

    run_redrive(stack)

    assert ann.get(f"/boards/{board}").json["media"]["image_cover_url"]
    assert len(ann.get("/discover/search?type=pins&q=chocolate").json["items"]) == 1
