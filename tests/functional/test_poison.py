"""A record that cannot be processed goes to the queue of failures, alone and named; those behind it do not wait for it.

Lambda's event source mapping over the deployed settings (``tests/support/event_source.py``) calls the real handlers.
"""

import importlib
import json
from collections.abc import Callable, Iterator
from functools import partial
from random import Random
from typing import Any

import pytest

from presence.domain.errors import StorageUnavailable
from presence.projections.failures import Poison
from presence.services import indexing
from presence.storage import keys
from presence.storage.table import Raw
from tests.support.api import FAMILIES, Client, Context
from tests.support.clock import Clock
from tests.support.content import a_board, a_pin
from tests.support.drift import drift
from tests.support.event_source import INDEXER, UPKEEP, Lambda
from tests.support.filtering import passes
from tests.support.memory import Memory
from tests.support.people import a_user
from tests.support.sharded_stream import ShardedStream
from tests.support.stored import set_attribute
from tests.support.turns import CRASHES, Crash, Trouble, Turns

MAPPINGS = {"upkeep": UPKEEP, "indexer": INDEXER}


class Deployment:
    """Both functions on the stream of a table in memory."""

    def __init__(self) -> None:
        chance, self.clock, self.memory = Random(0), Clock(), Memory()
        self.stream = ShardedStream(self.memory, self.clock)
        self.turns = Turns(self.memory, chance, self.clock)
        self.source = Lambda(self.stream, self.turns, self.clock, chance)
        self.pollers = {name: self.source.follow(mapping, function(name)) for name, mapping in MAPPINGS.items()}

    def indexer_records(self) -> list[Raw]:
        """All that the indexer is to hear of so far."""
        return [each for shard in self.stream.shards for each in shard.records if passes(each, INDEXER.filters)]

    def drift(self) -> list[str]:
        return drift(self.memory.main.items, self.memory.discovery.items)


def function(name: str) -> Callable[[Any], Any]:
    handler = importlib.import_module(f"{name}.handler").handler
    return lambda event: handler(event, Context())


@pytest.fixture
def deployed() -> Iterator[Deployment]:
    for name in (*FAMILIES, *MAPPINGS):  # what is imported later would keep what takes over
        importlib.import_module(f"{name}.handler")
    deployment = Deployment()
    with deployment.turns.taking_over():
        yield deployment


@pytest.fixture
def ann(deployed: Deployment) -> Client:
    return a_user()


def spoil(pin_id: str) -> None:
    """Have its item, and so its record, tell its board as no code of ours would."""
    set_attribute(keys.pin(pin_id), "board_id", {"N": "7"})


def down(*_: Any) -> None:
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
def test_an_indexer_killed_at_any_request_of_a_batch_is_made_up_for(
    deployed: Deployment, ann: Client, trouble: Trouble
) -> None:
    board = a_board(ann, name="Wedding cakes")
    for title in ("Chocolate cake", "Lemon cake"):
        a_pin(ann, board, title=title)
    deployed.stream.take()
    index = partial(function("indexer"), {"Records": deployed.indexer_records()})
    at, was_killed = 0, True
    while was_killed:
        deployed.memory.discovery.forget()
        was_killed = is_killed(deployed.turns, index, at, trouble)
        index()
        assert deployed.drift() == [], at
        at += 1
    assert at > 10


def is_killed(turns: Turns, work: Callable[[], Any], at: int, trouble: Trouble) -> bool:
    """Whether it got as far as to the request at which it was to be killed."""
    run = turns.begin(work, lambda number: trouble if number == at else None)
    while not run.has_ended:
        turns.go_on(run)
    return isinstance(run.error, Crash)


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
