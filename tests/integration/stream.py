"""The table's stream: as a test reads it to know all that was written, and as Lambda feeds it to a function."""

import importlib
from collections.abc import Callable
from typing import Any

from presence.stream import Poison
from tests.integration.local_cloud import TABLE, LocalCloud
from tests.support.api import Context
from tests.support.event_source import UPKEEP, Batch, done_with, left
from tests.support.filtering import passes
from tests.support.turns import Crash

type Record = dict[str, Any]
type Key = tuple[str, str]


class Stream:
    """Every record since this was made."""

    def __init__(self, cloud: LocalCloud) -> None:
        self._cloud = cloud
        self._records: list[Record] = []
        arn = cloud.dynamodb("DescribeTable", TableName=TABLE)["Table"]["LatestStreamArn"]
        (shard,) = cloud.streams("DescribeStream", StreamArn=arn)["StreamDescription"]["Shards"]
        self._iterator: str = cloud.streams(
            "GetShardIterator", StreamArn=arn, ShardId=shard["ShardId"], ShardIteratorType="LATEST"
        )["ShardIterator"]

    def records(self) -> list[Record]:
        while True:
            reply = self._cloud.streams("GetRecords", ShardIterator=self._iterator)
            self._iterator = reply["NextShardIterator"]
            if not reply["Records"]:
                return self._records
            self._records += reply["Records"]


class Upkeep:
    """Lambda's event source mapping over the stream, as ``infra/service_stack.py`` configures it."""

    def __init__(self, stream: Stream) -> None:
        self.stream = stream
        self.given_up: list[Record] = []
        """What ended up in the queue of failures."""
        self.failures = 0
        """How often a batch had to come again."""
        self._next = 0
        self._again: list[Batch] = []
        """What is left of batches that failed, the next one first."""

    def skip(self) -> None:
        """What is in the stream so far has been dealt with."""
        self._next = len(self.stream.records())

    def rewind(self) -> None:
        """Everything comes again."""
        self._next = 0

    def run(self, *, each_turn: Callable[[], None] = lambda: None) -> int:
        """Until the stream is quiet. Gives the number of invocations."""
        turns = 0
        while batch := self._again.pop(0) if self._again else self._batch():
            turns += 1
            each_turn()
            self._deliver(batch)
        return turns

    def _batch(self) -> Batch | None:
        found: list[Record] = []
        for record in self.stream.records()[self._next :]:
            self._next += 1
            if passes(record, UPKEEP.filters):
                found.append(record)
                if len(found) == UPKEEP.batch_size:
                    break
        return Batch(found) if found else None

    def _deliver(self, batch: Batch) -> None:
        handler = importlib.import_module("upkeep.handler").handler
        try:
            so_far = done_with(UPKEEP, batch.records, handler({"Records": batch.records}, Context()))
        except (Crash, Poison):
            so_far = None
        rest = left(UPKEEP, batch, so_far)
        self.failures += bool(rest)
        self._again = [each for each in rest if each.retries <= UPKEEP.retry_attempts] + self._again
        self.given_up += [record for each in rest if each.retries > UPKEEP.retry_attempts for record in each.records]


def table_after(records: list[Record]) -> dict[Key, dict[str, Any]]:
    """What lies in the table of all that the records tell of."""
    items: dict[Key, dict[str, Any]] = {}
    for record in records:
        change = record["dynamodb"]
        key = change["Keys"]["pk"]["S"], change["Keys"]["sk"]["S"]
        if "NewImage" in change:
            items[key] = change["NewImage"]
        else:
            items.pop(key, None)
    return items


def expire(cloud: LocalCloud, records: list[Record], kind: str) -> None:
    """What DynamoDB's TTL does when the time of such items has passed (of ``upload_unused`` an hour, of ``trash`` 30
    days); the local one's would leave no record in the stream.
    """
    for (pk, sk), item in table_after(records).items():
        if item["kind"]["S"] == kind:
            cloud.dynamodb("DeleteItem", TableName=TABLE, Key={"pk": {"S": pk}, "sk": {"S": sk}})
