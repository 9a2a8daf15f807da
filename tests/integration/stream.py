"""The table's stream: as a test reads it to know all that was written, and as Lambda feeds it to a function."""

import importlib
from collections.abc import Callable
from typing import Any

from presence.projections.filters import UPKEEP_FILTERS
from tests.integration.local_cloud import TABLE, LocalCloud
from tests.integration.wire import Crash
from tests.support.api import Context
from tests.support.filtering import passes

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
    """Lambda's event source mapping over the stream, as ``infra/service_stack.py`` configures it.

    A batch that fails as a whole comes again; of a batch with reported failures, all from the lowest reported record
    on comes again (https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html).
    """

    BATCH_SIZE = 100
    RETRY_ATTEMPTS = 10

    def __init__(self, stream: Stream) -> None:
        self.stream = stream
        self.given_up: list[Record] = []
        """What ended up in the queue of failures."""
        self.failures = 0
        """How often a batch had to come again."""
        self._next = 0
        self._retries = 0

    def skip(self) -> None:
        """What is in the stream so far has been dealt with."""
        self._next = len(self.stream.records())

    def rewind(self) -> None:
        """Everything comes again."""
        self._next = 0

    def run(self, *, each_turn: Callable[[], None] = lambda: None) -> int:
        """Until the stream is quiet. Gives the number of invocations."""
        turns = 0
        while batch := self._batch():
            turns += 1
            each_turn()
            self._deliver(batch)
        return turns

    def _batch(self) -> list[tuple[int, Record]]:
        records = self.stream.records()
        batch: list[tuple[int, Record]] = []
        for position in range(self._next, len(records)):
            if passes(records[position], UPKEEP_FILTERS):
                batch.append((position, records[position]))
                if len(batch) == self.BATCH_SIZE:
                    break
        return batch

    def _deliver(self, batch: list[tuple[int, Record]]) -> None:
        handler = importlib.import_module("upkeep.handler").handler
        try:
            answer = handler({"Records": [record for _, record in batch]}, Context())
        except Crash:
            self._again_from(batch[0][0], batch)
            return
        failed = {failure["itemIdentifier"] for failure in answer["batchItemFailures"]}
        positions = [position for position, record in batch if record["dynamodb"]["SequenceNumber"] in failed]
        if positions:
            self._again_from(positions[0], batch)
        else:
            self._next, self._retries = batch[-1][0] + 1, 0

    def _again_from(self, position: int, batch: list[tuple[int, Record]]) -> None:
        self.failures += 1
        self._next = position
        self._retries = 1 if position > batch[0][0] else self._retries + 1
        if self._retries > self.RETRY_ATTEMPTS:
            self.given_up.append(self.stream.records()[position])
            self._next, self._retries = position + 1, 0


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
