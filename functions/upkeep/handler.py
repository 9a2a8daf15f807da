"""Lambda: the table's stream. Finishes deletions, keeps covers, counts followers, removes unused uploads."""

import os
from collections.abc import Callable
from functools import partial
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit

from presence import started
from presence.projections import failures
from presence.projections.failures import Record
from presence.projections.upkeep import Task, joined, tasks
from presence.services import upkeep
from presence.storage import table

for name in ("ARCHIVE_BUCKET", "ARCHIVE_SECRET", "MEDIA_BUCKET", "TABLE_NAME"):
    os.environ[name]
table.client()

logger = Logger()
metrics = Metrics()
started()


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Do every task of the batch once, however many records ask for it, and report the records whose task failed.

    Lambda goes on from the lowest reported record and sends all after it again; tasks bear that.
    """
    batch = _Batch()
    for record in event["Records"]:
        batch.take(record)
    batch.do_all()
    return failures.answer(event["Records"], batch.failed, batch.done)


class _Batch:
    def __init__(self) -> None:
        self._records: dict[str, Record] = {}
        """By sequence number."""
        self._asked: dict[Task, list[str]] = {}
        """The sequence numbers of the records that ask for a task."""
        self.failed: list[str] = []

    def take(self, record: Record) -> None:
        number = failures.number(record)
        self._records[number] = record
        self._attempt([number], partial(self._read, number, record["dynamodb"]))

    def _read(self, number: str, change: dict[str, Any]) -> None:
        for task in tasks(change.get("OldImage"), change.get("NewImage")):
            self._asked.setdefault(task, []).append(number)

    def do_all(self) -> None:
        for task, numbers in joined(self._asked).items():
            self._attempt(numbers, partial(upkeep.run, task), task)

    @property
    def done(self) -> set[str]:
        """The records whose tasks are done."""
        return {number for numbers in self._asked.values() for number in numbers}.difference(self.failed)

    def _attempt(self, numbers: list[str], work: Callable[[], None], task: Task | None = None) -> None:
        try:
            work()
        except Exception:
            named = [failures.named(self._records[number]) for number in numbers]
            logger.exception("Records failed", records=named, task=task and repr(task))
            metrics.add_metric(name="Faults", unit=MetricUnit.Count, value=1)
            metrics.flush_metrics()
            self.failed += numbers
