"""Whatever people do, and whatever goes wrong meanwhile: in the end the indexes say what the table says.

A tenth of all runs crashes at some request, a tenth comes twice, a tenth while another is still at the same batch, a
tenth is refused or late, and one request in 200 fails by itself. ``DRIFT_OPERATIONS`` sets how much is done: 1,000
operations unless told, 100,000 at night.
"""

import importlib
import logging
import os
from random import Random
from typing import Any

import pytest

from tests.support.api import FAMILIES, Context
from tests.support.clock import Clock
from tests.support.crowd import Crowd
from tests.support.drift import drift
from tests.support.event_source import INDEXER, UPKEEP, Lambda, Mishaps
from tests.support.memory import Memory
from tests.support.sharded_stream import ShardedStream
from tests.support.turns import Turns

OPERATIONS = int(os.environ.get("DRIFT_OPERATIONS", "1000"))
PARTS = 2
"""Of the operations, so that two processes can do them."""
MISHAPS = Mishaps(request=0.005, crash=0.1, duplicate=0.1, twin=0.1, refusal=0.1, delay=0.1)


def function(name: str) -> Any:
    handler = importlib.import_module(f"{name}.handler").handler
    return lambda event: handler(event, Context())


@pytest.mark.timeout(0)
@pytest.mark.parametrize("part", range(PARTS))
def test_indexes_equal_the_table_whatever_goes_wrong(part: int, caplog: pytest.LogCaptureFixture) -> None:
    for name in (*FAMILIES, "upkeep", "indexer"):  # what is imported later would keep what takes over
        importlib.import_module(f"{name}.handler")
    chance, clock, memory = Random(part), Clock(), Memory()
    stream = ShardedStream(memory, clock, shards=4)
    caplog.set_level(logging.CRITICAL)  # a fault is logged with its trace, which takes longer than what it came from
    with Turns(memory, chance, clock).taking_over() as turns:
        source = Lambda(stream, turns, clock, chance, MISHAPS)
        for mapping, name in ((UPKEEP, "upkeep"), (INDEXER, "indexer")):
            source.follow(mapping, function(name))
        crowd = Crowd(chance)
        for _ in range(OPERATIONS // PARTS):
            crowd.act()
            clock.go_on(chance.expovariate(1 / 0.05))
            for _ in range(chance.randrange(12)):
                source.step()
            if chance.random() < 0.0005:
                stream.split(chance.choice([shard for shard in stream.shards if shard.is_open]))
        source.drain()

    assert min(source.happened[kind] for kind in ("crash", "duplicate", "twin", "request")) > 0
    assert not [each for poller in source.pollers for each in poller.failures]
    assert drift(memory.main.items, memory.discovery.items) == []
