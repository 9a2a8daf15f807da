"""Lambda: the table's stream. Keeps the discovery indexes true to the table."""

import os
from collections import defaultdict
from collections.abc import Callable
from typing import Any

from aws_lambda_powertools.metrics import MetricUnit

from presence import started
from presence.domain import clock
from presence.projections import discovery
from presence.projections.discovery import Consequence, Subject, Sweep, Touched
from presence.services import indexing, rebuilding, sweeping
from presence.storage import images, rebuilds, sweeps, table
from presence.stream import Asked, Batch, metrics

for name in ("DISCOVERY_TABLE_NAME", "TABLE_NAME"):
    os.environ[name]
table.client()
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
    batch = Batch(event["Records"])
    work = _Work(batch)
    for number, old, new in batch.changes():
        with batch.attempt(number):
            work.take(number, old, new)
    work.do_all()
    _tell_lag(batch, work.touching)
    return batch.answer(work.asked)


class _Work:
    """What the records of a batch ask for."""

    def __init__(self, batch: Batch) -> None:
        self._batch = batch
        self._touched: dict[Subject, set[str]] = defaultdict(set)
        self.touching: dict[Subject, list[str]] = defaultdict(list)
        """The sequence numbers of the records that touch a document."""
        self.asked: dict[str, list[str]] = defaultdict(list)
        """Those of all records, by what they ask for."""
        self._sweeps: dict[Subject, list[str]] = defaultdict(list)
        """The records that ask for one to begin."""
        self._orders: dict[Subject, list[tuple[str, sweeps.Order]]] = defaultdict(list)
        """How far the sweeps under way are, as the records tell."""
        self._rebuilds: dict[int, tuple[str, rebuilds.Order]] = {}
        """How far a rebuild is in each segment; only what was told last stands."""
        self._swept: dict[str, bool] = {}
        self._until = clock.now() + BUDGET_SECONDS

    def take(self, number: str, old: Any, new: Any) -> None:
        kind = images.kind(new or old or {})
        if kind == "sweep" and new and not (order := sweeps.order(new)).is_over:
            self._orders[Subject(order.kind, order.id)].append((number, order))
            self.asked["orders"].append(number)
        elif kind == "rebuild" and new:
            segment = rebuilds.order(new)
            self._rebuilds[segment.segment] = number, segment
            self.asked["rebuild"].append(number)
        elif kind in _PROJECTIONS:
            before, after = images.readable(old), images.decoded(new)
            for consequence in _PROJECTIONS[kind](before, after):
                self._add(number, consequence)
            if old and before is None:  # somebody mended it, or took it away
                for consequence in discovery.of_unknown(kind, images.thing_id(old), images.board_ids(old)):
                    self._add(number, consequence)

    def _add(self, number: str, consequence: Consequence) -> None:
        match consequence:
            case Touched(subject, words):
                self._touched[subject] |= words
                self.touching[subject].append(number)
                self.asked["documents"].append(number)
            case Sweep(of, missed_by) if missed_by is None or self._are_swept(missed_by):
                self._sweeps[of].append(number)
                self.asked["sweeps"].append(number)

    def _are_swept(self, user_id: str) -> bool:
        """Whether all boards of a user are, or were of late; asked once for many boards."""
        if user_id not in self._swept:
            self._swept[user_id] = sweeps.was_begun(user_id)
        return self._swept[user_id]

    def do_all(self) -> None:
        self._refresh()
        for of, numbers in self._sweeps.items():
            with self._batch.attempt(*numbers):
                sweeps.begin(of.kind, of.id)
        for orders in self._orders.values():
            *earlier, last = orders
            for number, order in [*(each for each in earlier if each[1].parts), last]:
                with self._batch.attempt(number):
                    if clock.now() > self._until:
                        sweeping.put_off(order, until=self._until)
                    else:
                        sweeping.work(order, until=self._until)
        until = clock.now() + rebuilding.TURN_SECONDS
        for number, segment in sorted(self._rebuilds.values(), key=lambda each: each[1].examined):
            with self._batch.attempt(number):
                rebuilding.work(segment, until - clock.now())

    def _refresh(self) -> None:
        for subject, error in indexing.refresh_apart(self._touched, until=self._until).items():
            if error is None:
                self._batch.failed += self.touching[subject]
                continue
            with self._batch.attempt(*self.touching[subject]):
                raise error


def _tell_lag(batch: Batch, touching: Asked) -> None:
    """How long ago the oldest of the changes was made that are found by now."""
    if done := batch.done(touching):
        made = min(batch.records[number]["dynamodb"]["ApproximateCreationDateTime"] for number in done)
        metrics.add_metric(name="FindableAfter", unit=MetricUnit.Seconds, value=max(0.0, clock.now() - made))
        metrics.flush_metrics()
