"""Whatever people do, and whatever goes wrong meanwhile: in the end the indexes say what the table says.

Of the runs of both functions a tenth crashes at some request, a tenth of the batches comes again though it was done, a
tenth while another run is still at it, a tenth is refused, and a tenth of the times that a shard is to be looked at it
is not for up to ten seconds. Besides, one request in 200 fails by itself, before or after its work is done: of a run of
hundreds of requests hardly any goes without. ``DRIFT_OPERATIONS`` sets how much is done: 1,000 operations unless told.
With ``PYTHONHASHSEED`` set as well the same is done each time.
"""

import importlib
import logging
import os
import sys
from collections.abc import Iterator
from random import Random
from typing import cast

import pytest

from presence.services import sweeping
from tests.support.api import FAMILIES
from tests.support.content import a_board, a_pin
from tests.support.crowd import Crowd
from tests.support.deployment import MAPPINGS, Deployed, Deployment
from tests.support.event_source import Mishaps
from tests.support.people import a_user
from tools.cloud import Stack
from tools.redrive import redrive
from tools.reindex import check

OPERATIONS = int(os.environ.get("DRIFT_OPERATIONS", "1000"))
PARALLELIZATION = (None, 3)
"""Of the parts of the operations, so that two processes can do them. One is as deployed; in the other a shard has three
batches at work at once, and sweeps take many turns.
"""
PARTS = len(PARALLELIZATION)
MISHAPS = Mishaps(request=0.005, crash=0.1, duplicate=0.1, twin=0.1, refusal=0.1, delay=0.1)
TURNS = (10, 40, 80)
"""Of runs, at most, between two operations: at times runs fall behind what people do, at others they catch up."""
REDRIVEN_EVERY_SECONDS = 1800
"""What was given up. Others may wait for it: an account goes when its boards are gone."""
SPELL = 200
"""For so many operations on average either lasts."""


@pytest.fixture
def quiet(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A fault is logged with its trace, which takes longer than what it came from."""
    monkeypatch.setenv("POWERTOOLS_METRICS_DISABLED", "true")
    logging.disable()
    yield
    logging.disable(logging.NOTSET)


def imported() -> None:
    """What is imported later would keep what takes over."""
    for name in (*FAMILIES, *MAPPINGS):
        importlib.import_module(f"{name}.handler")


def test_the_brute_force_misses_no_item() -> None:
    imported()
    deployment = Deployment()
    with deployment.turns.taking_over():
        for user in (a_user(), a_user()):
            board_id = a_board(user, name="Wedding cakes", privacy="PUBLIC")
            a_pin(user, board_id, title="Chocolate cake")
        deployment.source.drain()
    discovery = deployment.memory.discovery
    assert deployment.drift() == []

    for key, item in list(discovery.items.items()):
        discovery.write(key, None)
        assert deployment.drift(), key
        discovery.write(key, item)
    for key, item in list(deployment.memory.main.items.items()):
        if item.get("kind", {}).get("S") in ("board", "pin", "profile"):
            deployment.memory.main.write(key, None)
            assert deployment.drift(), key
            deployment.memory.main.write(key, item)


@pytest.mark.timeout(0)
@pytest.mark.usefixtures("quiet")
@pytest.mark.parametrize("part", range(PARTS))
def test_indexes_equal_the_table_whatever_goes_wrong(monkeypatch: pytest.MonkeyPatch, part: int) -> None:
    imported()
    chance, parallelization = Random(part), PARALLELIZATION[part]
    if parallelization:
        monkeypatch.setattr(sweeping, "AT_ONCE", 2)
    deployment = Deployment(chance, shards=4, mishaps=MISHAPS, parallelization=parallelization)
    clock, source, stream = deployment.clock, deployment.source, deployment.stream
    with deployment.turns.taking_over():
        crowd, turns = Crowd(chance), TURNS[-1]
        for _ in range(OPERATIONS // PARTS):
            crowd.act()
            clock.go_on(chance.expovariate(1 / 0.05))
            if chance.random() < 1 / SPELL:
                turns = chance.choice(TURNS)
            for _ in range(chance.randrange(turns)):
                source.step()
            if chance.random() < 0.0005:
                stream.split(chance.choice([shard for shard in stream.shards if shard.is_open]))
        given_up, said = 0, list[str]()
        while not source.is_quiet:
            source.drain(seconds=REDRIVEN_EVERY_SECONDS)
            given_up += sum(len(poller.failures) for poller in source.pollers)
            redrive(cast(Stack, Deployed(deployment)), said.append)
        told = {**source.happened, "given up": given_up, "answers": dict(crowd.answers)}
        sys.stdout.write(f"part {part}: {told}\n")

        assert min(source.happened[kind] for kind in ("crash", "duplicate", "twin", "request")) > 0
        assert not [each for poller in source.pollers for each in poller.failures], said[-12:]
        assert deployment.drift() == []
        assert check(said.append) == 0, said[-12:]
