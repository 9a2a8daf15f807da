"""Lambda: the table's stream. Keeps the discovery indexes true to the table."""

import os
from collections import defaultdict
from collections.abc import Callable
from functools import partial
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit

from presence import started
from presence.domain import clock
from presence.projections import discovery, failures
from presence.projections.discovery import Consequence, Subject, Sweep, Touched
from presence.projections.failures import Record
from presence.services import indexing, rebuilding, sweeping
from presence.storage import images, rebuilds, sweeps, table

for name in ("DISCOVERY_TABLE_NAME", "TABLE_NAME"):
    os.environ[name]
table.client()

logger = Logger()
metrics = Metrics()
started()

BUDGET_SECONDS = 60.0
"""What a batch has not begun by then comes again, of the 5 minutes that the function has: a user's sweep orders one for
each board, more than there may be time for, and where the database is down, each half of a batch finds out by itself.
"""

_PROJECTIONS: dict[str, Callable[[Any, Any], Any]] = {
    "board": discovery.of_board,
    "board_follow": discovery.of_board_follow,
    "pin": discovery.of_pin,
    "profile": discovery.of_profile,
}


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Look at every document that the batch touches once, however many records touch it, and report the records whose
    documents could not be brought up to date.

    Lambda goes on from the lowest reported record and sends all after it again; that does no harm.
    """
    batch = _Batch()
    for record in event["Records"]:
        batch.take(record)
    batch.do_all()
    batch.tell_lag()
    return failures.answer(event["Records"], batch.failed, batch.done)


class _Batch:
    def __init__(self) -> None:
        self._records: dict[str, Record] = {}
        """By sequence number."""
        self._touched: dict[Subject, set[str]] = defaultdict(set)
        self._asking: dict[Subject, list[str]] = defaultdict(list)
        """The sequence numbers of the records that touch a document."""
        self._sweeps: dict[Subject, list[str]] = defaultdict(list)
        """The records that ask for one to begin."""
        self._orders: dict[Subject, list[tuple[str, sweeps.Order]]] = defaultdict(list)
        """How far the sweeps under way are, as the records tell."""
        self._rebuilds: dict[int, tuple[str, rebuilds.Order]] = {}
        """How far a rebuild is in each segment; only what was told last stands."""
        self._began = clock.now()
        self.failed: list[str] = []

    def take(self, record: Record) -> None:
        number = failures.number(record)
        self._records[number] = record
        self._attempt([number], partial(self._read, number, record["dynamodb"]))

    def _read(self, number: str, change: dict[str, Any]) -> None:
        old, new = change.get("OldImage"), change.get("NewImage")
        kind = images.kind(new or old or {})
        if kind == "sweep" and new:
            order = sweeps.order(new)
            self._orders[Subject(order.kind, order.id)].append((number, order))
        elif kind == "rebuild" and new:
            segment = rebuilds.order(new)
            self._rebuilds[segment.segment] = number, segment
        elif kind in _PROJECTIONS:
            for consequence in _PROJECTIONS[kind](images.decoded(old), images.decoded(new)):
                self._add(number, consequence)

    def _add(self, number: str, consequence: Consequence) -> None:
        match consequence:
            case Touched(subject, words):
                self._touched[subject] |= words
                self._asking[subject].append(number)
            case Sweep(of):
                self._sweeps[of].append(number)

    def do_all(self) -> None:
        self._refresh(list(self._touched))
        for of, numbers in self._sweeps.items():
            self._attempt(numbers, partial(sweeps.begin, of.kind, of.id))
        for orders in self._orders.values():
            *earlier, last = orders
            for number, order in [*(each for each in earlier if each[1].parts), last]:
                self._attempt([number], partial(self._sweep, order))
        until = clock.now() + rebuilding.TURN_SECONDS
        for number, segment in sorted(self._rebuilds.values(), key=lambda each: each[1].examined):
            self._attempt([number], partial(rebuilding.work, segment, until - clock.now()))

    @property
    def _is_late(self) -> bool:
        return clock.now() - self._began > BUDGET_SECONDS

    def _sweep(self, order: sweeps.Order) -> None:
        (sweeping.put_off if self._is_late else sweeping.work)(order)

    def _refresh(self, subjects: list[Subject]) -> None:
        """All documents at once; where that fails, each half for itself, so that one cannot hold up the others. What
        was written before it failed is not written again.
        """
        touched = {subject: self._touched[subject] for subject in subjects}
        if len(subjects) == 1:
            self._attempt(self._asking[subjects[0]], partial(indexing.refresh, touched))
            return
        try:
            indexing.refresh(touched)
        except Exception:
            logger.exception("A batch failed; trying each half of it", documents=len(subjects))
            middle = len(subjects) // 2
            for half in (subjects[:middle], subjects[middle:]):
                if self._is_late:
                    self.failed += [number for subject in half for number in self._asking[subject]]
                else:
                    self._refresh(half)

    @property
    def done(self) -> set[str]:
        """The records whose documents the indexes tell as they are."""
        return {number for numbers in self._asking.values() for number in numbers}.difference(self.failed)

    def tell_lag(self) -> None:
        """How long ago the oldest of the changes was made that are found by now."""
        if self.done:
            made = min(self._records[number]["dynamodb"]["ApproximateCreationDateTime"] for number in self.done)
            metrics.add_metric(name="FindableAfter", unit=MetricUnit.Seconds, value=max(0.0, clock.now() - made))
            metrics.flush_metrics()

    def _attempt(self, numbers: list[str], work: Callable[[], None]) -> None:
        try:
            work()
        except Exception:
            logger.exception("Records failed", records=[failures.named(self._records[number]) for number in numbers])
            metrics.add_metric(name="Faults", unit=MetricUnit.Count, value=1)
            metrics.flush_metrics()
            self.failed += numbers
