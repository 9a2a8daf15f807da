"""Have the functions process what they gave up: ``make redrive``, once what stopped them is mended.

A message in a queue of failures says where its records lie in the table's stream, which keeps them for 24 hours. They
are read there once more and handed to the function as Lambda did; a message goes when all of its records are done with.
Nothing does so by itself: Lambda has tried ten times before, and what still fails would go round for ever.
"""

import json
from collections.abc import Callable, Iterator
from datetime import datetime
from enum import StrEnum
from itertools import batched
from typing import Any, NamedTuple

from botocore.config import Config

from tools.cloud import Stack

FUNCTIONS = ("upkeep", "indexer")
RECORDS_AT_ONCE = 100
FUNCTION_SECONDS = 300
HIDDEN_SECONDS = 3600
"""For so long nobody else gets the messages that are being worked on."""
EMPTY_PAGES = 1000
"""In a row. DynamoDB says of no number of them that no records follow; so many are a reason to give up, and to tell."""

type Record = dict[str, Any]


class Others(StrEnum):
    """What is known of those records of a message that were not found."""

    NONE = "all were found"
    GONE = "some have left the stream"
    UNKNOWN = "some were not reached, and may still be in the stream"


class Found(NamedTuple):
    """What was read of the records that a message names."""

    records: list[Record]
    others: Others


def redrive(stack: Stack, tell: Callable[[str], None] = print, *, drop: bool = False) -> int:
    """Hand what was given up to the functions again, and tell what became of it.

    Args:
        drop: forget messages whose records have left the stream, when nothing else of them is to be done.

    Returns:
        How many messages are left.
    """
    return sum(_Redrive(stack, name, tell, drop=drop).all() for name in FUNCTIONS)


class _Redrive:
    """Of one function."""

    def __init__(self, stack: Stack, name: str, tell: Callable[[str], None], *, drop: bool) -> None:
        self._name = name
        self._function = stack.functions[name]
        self._tell = tell
        self._drop = drop
        # An invocation is not sent again when it takes long: it would run twice.
        patient = Config(read_timeout=FUNCTION_SECONDS + 30, retries={"total_max_attempts": 1})
        self._lambda = stack.client("lambda", patient)
        self._queues = stack.client("sqs")
        self._streams = stack.client("dynamodbstreams")
        [mapping] = self._lambda.list_event_source_mappings(FunctionName=self._function)["EventSourceMappings"]
        self._stream = mapping["EventSourceArn"]
        queue = mapping["DestinationConfig"]["OnFailure"]["Destination"].rpartition(":")[2]
        self._queue = self._queues.get_queue_url(QueueName=queue)["QueueUrl"]

    def all(self) -> int:
        """Gives how many messages are left in the queue."""
        held = {message["ReceiptHandle"]: json.loads(message["Body"]) for message in self._messages()}
        try:
            for receipt, body in list(held.items()):
                if self._is_done(body["DDBStreamBatchInfo"]):
                    self._queues.delete_message(QueueUrl=self._queue, ReceiptHandle=receipt)
                    del held[receipt]
        finally:  # whoever begins again after an interruption is to find them
            for receipt in held:
                self._queues.change_message_visibility(QueueUrl=self._queue, ReceiptHandle=receipt, VisibilityTimeout=0)
        self._say(f"{len(held)} messages are left")
        return len(held)

    def _messages(self) -> Iterator[Any]:
        asked = {"MaxNumberOfMessages": 10, "VisibilityTimeout": HIDDEN_SECONDS, "WaitTimeSeconds": 1}
        while messages := self._queues.receive_message(QueueUrl=self._queue, **asked).get("Messages"):
            yield from messages

    def _is_done(self, info: Record) -> bool:
        found = self._found(info)
        failing = [
            each for some in batched(found.records, RECORDS_AT_ONCE, strict=False) for each in self._failing(list(some))
        ]
        self._say(f"{len(found.records) - len(failing)} records processed")
        for record in failing:
            key = record["dynamodb"]["Keys"]
            self._say(f"{_number(record)} still fails: {record['eventName']} of {key['pk']['S']}/{key['sk']['S']}")
        if found.others is not Others.NONE:
            self._say(
                f"of {info['batchSize']} records from {info['startSequenceNumber']} to {info['endSequenceNumber']},"
                f" written until {info['approximateArrivalOfLastRecord']}, {found.others}"
            )
        is_all = found.others is Others.NONE or (found.others is Others.GONE and self._drop)
        return is_all and not failing

    def _found(self, info: Record) -> Found:
        """Also what a filter holds back and lies among them: functions let it pass."""
        first, last = int(info["startSequenceNumber"]), int(info["endSequenceNumber"])
        found: list[Record] = []
        others, empty = Others.NONE, 0
        iterator = self._iterator_at(info, info["startSequenceNumber"])
        if not iterator:
            others = Others.GONE
            # The oldest leave first: where the last has left, all have.
            iterator = self._iterator_at(info, info["endSequenceNumber"]) and self._iterator(info, "TRIM_HORIZON")
        while iterator:
            page = self._streams.get_records(ShardIterator=iterator)
            found += [each for each in page["Records"] if first <= _number(each) <= last]
            if page["Records"] and _number(page["Records"][-1]) >= last:
                return Found(found, others)
            empty = 0 if page["Records"] else empty + 1
            if empty == EMPTY_PAGES:
                return Found(found, Others.UNKNOWN)
            iterator = page.get("NextShardIterator")
        return Found(found, Others.GONE)

    def _iterator_at(self, info: Record, number: str) -> str | None:
        """None: the record has left the stream, or its whole shard has."""
        exceptions = self._streams.exceptions
        try:
            return self._iterator(info, "AT_SEQUENCE_NUMBER", SequenceNumber=number)
        except (exceptions.TrimmedDataAccessException, exceptions.ResourceNotFoundException):
            return None

    def _iterator(self, info: Record, kind: str, **where: str) -> str:
        reply = self._streams.get_shard_iterator(
            StreamArn=self._stream, ShardId=info["shardId"], ShardIteratorType=kind, **where
        )
        return str(reply["ShardIterator"])

    def _failing(self, records: list[Record]) -> list[Record]:
        """Those of the records that cannot be processed. Where the function fails as a whole, each half is tried."""
        event = {"Records": [{**record, "eventSourceARN": self._stream} for record in records]}
        payload = json.dumps(event, default=_as_lambda_has_it)
        reply = self._lambda.invoke(FunctionName=self._function, Payload=payload.encode())
        if "FunctionError" in reply:
            middle = len(records) // 2
            return [*self._failing(records[:middle]), *self._failing(records[middle:])] if middle else records
        answer = json.loads(reply["Payload"].read())
        failed = {int(each["itemIdentifier"]) for each in answer["batchItemFailures"]}
        return [record for record in records if _number(record) in failed]

    def _say(self, what: str) -> None:
        self._tell(f"{self._name}: {what}")


def _number(record: Record) -> int:
    return int(record["dynamodb"]["SequenceNumber"])


def _as_lambda_has_it(value: datetime) -> float:
    """The time of a change, the only thing in a record that JSON does not have."""
    return value.timestamp()
