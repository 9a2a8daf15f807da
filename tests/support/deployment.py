"""Both functions on the stream of a table in memory, fed by Lambda's event source mappings, and what the commands of
``tools`` see of it.
"""

import importlib
import io
import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from random import Random
from typing import Any

from tests.support.api import Context
from tests.support.clock import Clock
from tests.support.drift import drift
from tests.support.event_source import INDEXER, UPKEEP, Lambda, Mishaps, Poller
from tests.support.filtering import passes
from tests.support.memory import Memory
from tests.support.sharded_stream import Shard, ShardedStream, written_at
from tests.support.turns import Turns

type Raw = dict[str, Any]

MAPPINGS = {"upkeep": UPKEEP, "indexer": INDEXER}
PAGE = 2
"""Records that a stream gives at once."""


class Deployment:
    """It is fed while its ``turns`` have taken over, as far as ``source`` is told.

    Args:
        parallelization: so many batches of a shard are at work at once; None: as deployed.
    """

    def __init__(
        self,
        chance: Random | None = None,
        *,
        shards: int = 1,
        mishaps: Mishaps | None = None,
        parallelization: int | None = None,
    ) -> None:
        chance, self.clock, self.memory = chance or Random(0), Clock(), Memory()
        self.stream = ShardedStream(self.memory, self.clock, shards=shards)
        self.turns = Turns(self.memory, chance, self.clock)
        self.source = Lambda(self.stream, self.turns, self.clock, chance, mishaps)
        self.pollers = {
            name: self.source.follow(
                replace(mapping, parallelization_factor=parallelization or mapping.parallelization_factor),
                function(name),
            )
            for name, mapping in MAPPINGS.items()
        }

    def indexing(self, what_is_done: Callable[[], Any]) -> partial[Any]:
        """The indexer, called with the records that come of it, wherever they lie."""
        self.stream.take()
        before = {shard.id: len(shard.records) for shard in self.stream.shards}
        what_is_done()
        self.stream.take()
        records = [record for shard in self.stream.shards for record in shard.records[before.get(shard.id, 0) :]]
        batch = [record for record in records if passes(record, INDEXER.filters)]
        return partial(function("indexer"), {"Records": batch})

    def drift(self) -> list[str]:
        return drift(self.memory.main.items, self.memory.discovery.items)


def function(name: str) -> Callable[[Raw], Any]:
    handler = importlib.import_module(f"{name}.handler").handler
    return lambda event: handler(event, Context())


class Deployed:
    """As ``tools.cloud.Stack`` shows it: clients that answer as AWS would."""

    def __init__(self, deployment: Deployment) -> None:
        self.functions = {name: f"Presence-{name}" for name in MAPPINGS}
        queues = {name: _Queue(poller) for name, poller in deployment.pollers.items()}
        self.streams = _Streams(deployment.stream)
        self._clients = {"lambda": _Functions(), "sqs": _Queues(queues), "dynamodbstreams": self.streams}

    def client(self, service: str, config: Any = None) -> Any:
        return self._clients[service]


class _Functions:
    def list_event_source_mappings(self, *, FunctionName: str) -> Raw:  # noqa: N803
        queue = f"arn:aws:sqs:eu-west-1:123456789012:{_folder(FunctionName)}"
        mapping = {"EventSourceArn": "any stream", "DestinationConfig": {"OnFailure": {"Destination": queue}}}
        return {"EventSourceMappings": [mapping]}

    def invoke(self, *, FunctionName: str, Payload: bytes) -> Raw:  # noqa: N803
        try:
            answer = function(_folder(FunctionName))(json.loads(Payload))
        except Exception as error:  # noqa: BLE001 - whatever it is, the function failed
            return {
                "FunctionError": "Unhandled",
                "Payload": io.BytesIO(json.dumps({"errorMessage": str(error)}).encode()),
            }
        return {"Payload": io.BytesIO(json.dumps(answer).encode())}


def _folder(deployed: str) -> str:
    return deployed.removeprefix("Presence-")


@dataclass
class _Queue:
    """The messages that a poller left; those that were received are hidden."""

    poller: Poller
    hidden: set[str] = field(default_factory=set)


class _Queues:
    def __init__(self, queues: dict[str, _Queue]) -> None:
        self._queues = queues

    def get_queue_url(self, *, QueueName: str) -> Raw:  # noqa: N803
        return {"QueueUrl": QueueName}

    def receive_message(self, *, QueueUrl: str, MaxNumberOfMessages: int, **_: Any) -> Raw:  # noqa: N803
        queue = self._queues[QueueUrl]
        shown = [body for each in queue.poller.failures if (body := json.dumps(each)) not in queue.hidden]
        queue.hidden |= set(shown[:MaxNumberOfMessages])
        return {"Messages": [{"Body": body, "ReceiptHandle": body} for body in shown[:MaxNumberOfMessages]]}

    def delete_message(self, *, QueueUrl: str, ReceiptHandle: str) -> None:  # noqa: N803
        self._queues[QueueUrl].poller.failures.remove(json.loads(ReceiptHandle))

    def change_message_visibility(self, *, QueueUrl: str, ReceiptHandle: str, VisibilityTimeout: int) -> None:  # noqa: N803
        self._queues[QueueUrl].hidden.remove(ReceiptHandle)


class _Streams:
    """Records may have left it; a page has at most ``PAGE``, and pages without any may come before it."""

    class exceptions:  # noqa: N801 - as botocore calls it
        class TrimmedDataAccessException(Exception): ...

        class ResourceNotFoundException(Exception): ...

    def __init__(self, stream: ShardedStream) -> None:
        self._stream = stream
        self.trimmed = 0
        """How many records, from the first on, have left each shard."""
        self.has_shards = True
        self.empty_pages = 0

    def get_shard_iterator(
        self,
        *,
        StreamArn: str,  # noqa: N803
        ShardId: str,  # noqa: N803
        ShardIteratorType: str,  # noqa: N803
        SequenceNumber: str = "",  # noqa: N803
    ) -> Raw:
        if not self.has_shards:
            raise self.exceptions.ResourceNotFoundException
        before = self.trimmed
        if ShardIteratorType == "AT_SEQUENCE_NUMBER":
            before = [each["dynamodb"]["SequenceNumber"] for each in self._shard(ShardId).records].index(SequenceNumber)
        if before < self.trimmed:
            raise self.exceptions.TrimmedDataAccessException
        return {"ShardIterator": f"{ShardId} {before}"}

    def get_records(self, *, ShardIterator: str) -> Raw:  # noqa: N803
        if self.empty_pages:
            self.empty_pages -= 1
            return {"Records": [], "NextShardIterator": ShardIterator}
        shard_id, before = ShardIterator.split()
        shard = self._shard(shard_id)
        page = shard.records[int(before) : int(before) + PAGE]
        answer: Raw = {"Records": list(map(_parsed, page))}
        after = int(before) + len(page)
        if shard.is_open or after < len(shard.records):
            answer["NextShardIterator"] = f"{shard_id} {after}"
        return answer

    def _shard(self, shard_id: str) -> Shard:
        return next(shard for shard in self._stream.shards if shard.id == shard_id)


def _parsed(record: Raw) -> Raw:
    """As a client has it, not as Lambda hands it over."""
    written = datetime.fromtimestamp(written_at(record), UTC)
    return {**record, "dynamodb": {**record["dynamodb"], "ApproximateCreationDateTime": written}}
