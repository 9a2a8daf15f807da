"""Lambda: the table's stream. Finishes deletions, keeps covers, counts followers, removes unused uploads."""

import os
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit

from presence import started
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
    asked: dict[Task, list[str]] = {}
    for record in event["Records"]:
        change = record["dynamodb"]
        for task in tasks(change.get("OldImage"), change.get("NewImage")):
            asked.setdefault(task, []).append(change["SequenceNumber"])
    failed = [number for task, numbers in joined(asked).items() if not _done(task) for number in numbers]
    return {"batchItemFailures": [{"itemIdentifier": number} for number in failed]}


def _done(task: Task) -> bool:
    try:
        upkeep.run(task)
    except Exception:
        logger.exception("Task failed", task=repr(task))
        metrics.add_metric(name="Faults", unit=MetricUnit.Count, value=1)
        metrics.flush_metrics()
        return False
    return True
