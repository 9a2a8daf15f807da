"""The main table's stream as DynamoDB keeps it: in shards, and with the time at which each record was written.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count, pairwise
from zlib import crc32

from presence.storage.keys import Key
from presence.storage.table import Raw
from tests.support.clock import Clock
from tests.support.memory import Memory
from tests.support.stored import a_record


@dataclass
class Shard:
    """The records of the items whose partitions fall into one range of hashes, in the order they were written."""

    id: str
    low: int
    high: int
    parent: "Shard | None" = None
    is_open: bool = True
    records: list[Raw] = field(default_factory=list)


type Listener = Callable[[Shard, Raw], None]


class ShardedStream:
    """The main table's stream. It lies in shards by the partition; one item's records follow each other."""

    HASHES = 2**32

    def __init__(self, memory: Memory, clock: Clock, *, shards: int = 1) -> None:
        self._memory = memory
        self._clock = clock
        self._numbers = count(10**20)
        bounds = [self.HASHES * number // shards for number in range(shards + 1)]
        self.shards = [Shard(f"shard-{low}", low, high) for low, high in pairwise(bounds)]
        self.listeners: list[Listener] = []
        memory.written.clear()

    def take(self) -> None:
        """What was written since."""
        written, self._memory.written = self._memory.written, []
        for each in written:
            shard = self._shard_of(each.key)
            record = a_record(str(next(self._numbers)), *each)
            record["dynamodb"]["ApproximateCreationDateTime"] = self._clock.now
            shard.records.append(record)
            for listener in self.listeners:
                listener(shard, record)

    def _shard_of(self, key: Key) -> Shard:
        place = crc32(key[0].encode())
        return next(shard for shard in self.shards if shard.is_open and shard.low <= place < shard.high)

    def split(self, shard: Shard) -> None:
        """What is written from now on goes to two children."""
        self.take()
        shard.is_open = False
        middle = (shard.low + shard.high) // 2
        for low, high in ((shard.low, middle), (middle, shard.high)):
            self.shards.append(Shard(f"shard-{low}-{len(self.shards)}", low, high, parent=shard))

    def named(self, message: Raw) -> list[Raw]:
        """The records that a message in the queue of failures names. Those that a filter held back lie among them."""
        info = message["DDBStreamBatchInfo"]
        (shard,) = (each for each in self.shards if each.id == info["shardId"])
        first, last = int(info["startSequenceNumber"]), int(info["endSequenceNumber"])
        return [each for each in shard.records if first <= _number(each) <= last]


def _number(record: Raw) -> int:
    return int(record["dynamodb"]["SequenceNumber"])


def written_at(record: Raw) -> float:
    """Seconds since the Unix epoch."""
    return float(record["dynamodb"]["ApproximateCreationDateTime"])
