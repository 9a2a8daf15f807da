"""Functions that run at the same time, in turns, so that a seed decides how they come between each other.

Each run has a thread of its own, and of all threads only one ever goes on: a run stops before each request to the
database, and whoever holds the turns says when it does the next. What a function does between two requests nobody
else sees, so no way of coming between is left out.
"""

import random
import secrets
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from random import Random
from typing import Any, Self

import botocore.exceptions
import pytest

from presence.storage import table
from tests.support import memory
from tests.support.clock import Clock


class Crash(BaseException):
    """The sandbox is gone: no handler of exceptions gets to run."""


@dataclass(frozen=True)
class Trouble:
    """What goes wrong with a request."""

    error: Callable[[str], BaseException]
    """Takes the operation."""
    is_late: bool = False
    """It goes wrong when the database has done the work."""


def _throttled(operation: str) -> BaseException:
    return memory.error(operation, "ProvisionedThroughputExceededException")


def _failed(operation: str) -> BaseException:
    return memory.error(operation, "InternalServerError", status=500)


def _unanswered(operation: str) -> BaseException:
    return botocore.exceptions.ReadTimeoutError(endpoint_url="")


def _crashed(operation: str) -> BaseException:
    return Crash()


TROUBLES = (
    Trouble(_throttled),
    *(Trouble(error, is_late) for error in (_failed, _unanswered) for is_late in (False, True)),
)
"""What the SDK tells when its own attempts are used up."""
CRASHES = tuple(Trouble(_crashed, is_late) for is_late in (False, True))
"""A sandbox that dies, or whose time is over."""

type Plan = Callable[[int], Trouble | None]
"""What goes wrong with a run's request, told by its number (0 is the first)."""


def all_goes_well(number: int) -> None:
    return None


class Run:
    """One run of a function."""

    def __init__(self, work: Callable[[], Any], plan: Plan) -> None:
        self._work = work
        self._plan = plan
        self.requests = 0
        """That it has made."""
        self._standing_before: tuple[str, Any] = "", ""
        # Locks that are never free but in passing: what they hand on is a turn. Semaphores take several times as long.
        self._may_go_on, self._has_stopped = threading.Lock(), threading.Lock()
        self._may_go_on.acquire()
        self._has_stopped.acquire()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.wakes_at = 0.0
        """It sleeps until then."""
        self.has_ended = False
        self.answer: Any = None
        self.error: BaseException | None = None
        """What it ended with, if not with an answer."""

    def _run(self) -> None:
        try:
            self.answer = self._work()
        except BaseException as error:  # noqa: BLE001 - whatever it is, the function failed
            self.error = error
        self.has_ended = True
        self._has_stopped.release()

    def go_on(self) -> None:
        """Until its next request, or its end."""
        if self._thread.ident is None:
            self._thread.start()
        else:
            self._may_go_on.release()
        self._has_stopped.acquire()
        if self.has_ended:
            self._thread.join()

    def stop(self) -> None:
        """Said by the run itself: wait for the next turn."""
        self._has_stopped.release()
        self._may_go_on.acquire()

    @property
    def about(self) -> str:
        """The operation and the parameters of the request before which it stands."""
        return "{} {}".format(*self._standing_before)

    def kill(self) -> None:
        """Have it crash instead of its next request."""
        self._plan = lambda number: CRASHES[0]

    def request(self, operation: str, parameters: Any, ask: Callable[[], Any]) -> Any:
        self._standing_before = operation, parameters
        self.stop()
        trouble = self._plan(self.requests)
        self.requests += 1
        if trouble is None:
            return ask()
        if trouble.is_late:
            ask()
        raise trouble.error(operation)


class Turns:
    """Stands before the client of the database: a run that comes here stops; everybody else passes."""

    def __init__(self, client: Any, chance: Random, clock: Clock) -> None:
        self._client = client
        self._chance = chance
        self._clock = clock
        self._request_signer = None  # PynamoDB asks whether the client has credentials
        self._running: Run | None = None

    def begin(self, work: Callable[[], Any], plan: Plan = all_goes_well) -> Run:
        run = Run(work, plan)
        self.go_on(run)
        return run

    def go_on(self, run: Run) -> None:
        self._running = run
        run.go_on()
        self._running = None

    def end(self, run: Run) -> None:
        """All the requests that it has still to do."""
        while not run.has_ended:
            self.go_on(run)

    def __getattr__(self, operation: str) -> Any:
        ask = getattr(self._client, operation)

        def request(**parameters: Any) -> Any:
            if self._running is None:
                return ask(**parameters)
            return self._running.request(operation, parameters, lambda: ask(**parameters))

        return request

    def sleep(self, seconds: float) -> None:
        """Who sleeps lets others go on."""
        if self._running is None:
            self._clock.go_on(seconds)
        else:
            self._running.wakes_at = self._clock.now + seconds
            self._running.stop()

    def pool(self, max_workers: int) -> "_Pool":
        return _Pool(self._chance)

    @contextmanager
    def taking_over(self) -> Iterator[Self]:
        """The database, the time and chance, in all of the package that has been imported."""
        ours = {
            time.sleep: self.sleep,
            time.monotonic: lambda: self._clock.now,
            time.time: self._clock,
            secrets.randbits: self._chance.getrandbits,
            secrets.choice: self._chance.choice,
        }
        random.seed(0)  # for how long whoever meets a conflict waits
        with pytest.MonkeyPatch.context() as patch:
            for module in [module for name, module in sys.modules.items() if name.startswith("presence.")]:
                for theirs, instead in ours.items():
                    for name in [name for name, value in vars(module).items() if value is theirs]:
                        patch.setattr(module, name, instead)
            patch.setattr(table._table.connection, "_client", self)
            patch.setattr("time.sleep", self.sleep)
            patch.setattr("concurrent.futures.ThreadPoolExecutor", self.pool)
            yield self


class _Pool:
    """What a function does in threads of its own is done one after the other, in an order that the seed decides."""

    def __init__(self, chance: Random) -> None:
        self._chance = chance

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing is left to wait for."""

    def map[T, R](self, work: Callable[[T], R], things: Iterable[T]) -> list[R]:
        listed = list(things)
        order = self._chance.sample(range(len(listed)), len(listed))
        done = {place: work(listed[place]) for place in order}
        return [done[place] for place in range(len(listed))]
