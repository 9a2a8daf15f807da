"""Runs that go on one request at a time."""

from collections.abc import Callable, Iterator
from random import Random
from typing import Any

import pytest

from presence.domain.errors import StorageUnavailable, Throttled
from presence.storage import table
from tests.conftest import ENVIRONMENT
from tests.support.clock import Clock
from tests.support.memory import Memory
from tests.support.turns import CRASHES, TROUBLES, Crash, Run, Trouble, Turns

NAME = ENVIRONMENT["TABLE_NAME"]


@pytest.fixture
def memory() -> Memory:
    return Memory()


@pytest.fixture
def turns(memory: Memory) -> Iterator[Turns]:
    with Turns(memory, Random(0), Clock()).taking_over() as taken:
        yield taken


def add_one() -> int:
    """Reads, then writes: two that do so at the same time count one."""
    item = table.get(("a", "b")) or {"n": {"N": "0"}}
    value = int(item["n"]["N"]) + 1
    put(value)
    return value


def put(value: int) -> None:
    table.client().put_item(TableName=NAME, Item={"pk": {"S": "a"}, "sk": {"S": "b"}, "n": {"N": str(value)}})


def finish(turns: Turns, run: Run) -> Any:
    turns.end(run)
    if run.error:
        raise run.error
    return run.answer


def at(number: int, trouble: Trouble) -> Callable[[int], Trouble | None]:
    return lambda request: trouble if request == number else None


def test_runs_come_between_each_other_as_they_are_told(turns: Turns) -> None:
    assert [finish(turns, turns.begin(add_one)) for _ in range(2)] == [1, 2]

    one, other = turns.begin(add_one), turns.begin(add_one)
    turns.go_on(one)
    turns.go_on(other)
    assert [finish(turns, one), finish(turns, other)] == [3, 3]


def test_whoever_is_not_a_run_does_not_wait(turns: Turns) -> None:
    run = turns.begin(add_one)
    put(10)
    assert finish(turns, run) == 11


@pytest.mark.parametrize("trouble", CRASHES)
def test_a_crash_comes_before_or_after_the_work_is_done(turns: Turns, memory: Memory, trouble: Trouble) -> None:
    with pytest.raises(Crash):
        finish(turns, turns.begin(add_one, at(1, trouble)))
    assert bool(memory.main.items) is trouble.is_late


@pytest.mark.parametrize("trouble", TROUBLES)
def test_the_package_sees_errors_as_those_of_the_database(turns: Turns, trouble: Trouble) -> None:
    with pytest.raises((Throttled, StorageUnavailable)):
        finish(turns, turns.begin(lambda: table.batch_get([("a", "b")]), at(0, trouble)))


def test_who_sleeps_lets_others_go_on(turns: Turns) -> None:
    import time

    run = turns.begin(lambda: time.sleep(1000))
    assert not run.has_ended
    turns.go_on(run)
    assert run.has_ended


def test_threads_of_a_function_take_turns_too(turns: Turns) -> None:
    from concurrent.futures import ThreadPoolExecutor

    def work() -> list[int]:
        with ThreadPoolExecutor(16) as pool:
            return list(pool.map(lambda value: put(value) or value, range(5)))

    run = turns.begin(work)
    for _ in range(5):
        assert not run.has_ended
        turns.go_on(run)
    assert run.answer == [0, 1, 2, 3, 4]
