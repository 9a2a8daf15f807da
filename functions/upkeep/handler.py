"""Lambda: the table's stream. Finishes deletions, keeps covers, counts followers, removes unused uploads."""

import os
from collections import defaultdict
from typing import Any

from presence import started
from presence.projections.upkeep import Task, joined, tasks
from presence.services import upkeep
from presence.storage import table
from presence.stream import Batch

for name in ("ARCHIVE_BUCKET", "ARCHIVE_SECRET", "MEDIA_BUCKET", "TABLE_NAME"):
    os.environ[name]
table.client()
started()


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Do every task of the batch once, however many records ask for it, and report the records whose task failed.

    Lambda goes on from the lowest reported record and sends all after it again; tasks bear that.
    """
    batch = Batch(event["Records"])
    asked: dict[Task, list[str]] = defaultdict(list)
    for number, old, new in batch.changes():
        with batch.attempt(number):
            for task in tasks(old, new):
                asked[task].append(number)
    for task, numbers in joined(asked).items():
        with batch.attempt(*numbers, task=repr(task)):
            upkeep.run(task)
    return batch.answer(asked)
