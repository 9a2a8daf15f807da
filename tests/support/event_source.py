"""Lambda's event source mapping over a DynamoDB stream: in memory, in a time of its own, and as a seed decides.

What AWS documents is done so:
https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html (polling, batches, order)
https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-params.html (the settings)
https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html (reported failures, halves)
https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html (retries, what is discarded)
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html (parent shards before their children)

What it leaves open is done in the way that is harder on a function. A poison record takes with it what follows it in
what is left of its batch. Failures of one record are counted from 0 whenever the batch was split, so that a function
runs more often. A run may be taken for dead and begun again while it is still at work.

Left out: the limit of 6 MB on what a function is sent, tumbling windows, and that records are lost after 24 hours.
"""

import json
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from math import inf
from random import Random
from typing import Any, ClassVar, NamedTuple, Self
from zlib import crc32

from presence.projections.filters import INDEXER_FILTERS, UPKEEP_FILTERS
from presence.storage.table import Raw
from tests.support.clock import Clock
from tests.support.filtering import Pattern, passes
from tests.support.sharded_stream import Shard, ShardedStream, written_at
from tests.support.turns import CRASHES, TROUBLES, Plan, Run, Trouble, Turns

POLL_SECONDS = 0.25
"""A shard is looked at four times a second."""
TURN_SECONDS = 0.004
"""What one request of a function takes."""


@dataclass(frozen=True, kw_only=True)
class EventSourceMapping:
    """The settings, as far as they matter here; -1 is without limit."""

    filters: Sequence[Pattern]
    batch_size: int = 100
    batching_window_seconds: float = 0
    parallelization_factor: int = 1
    starting_position: str
    reports_item_failures: bool = False
    bisects: bool = False
    retry_attempts: int = -1
    max_record_age_seconds: float = -1
    has_failure_queue: bool = False

    @classmethod
    def deployed(cls, properties: Raw) -> Self:
        """From what CloudFormation is told; a pattern is a string of JSON there."""
        return cls(
            filters=[json.loads(each["Pattern"]) for each in properties["FilterCriteria"]["Filters"]],
            batch_size=properties.get("BatchSize", 100),
            batching_window_seconds=properties.get("MaximumBatchingWindowInSeconds", 0),
            parallelization_factor=properties.get("ParallelizationFactor", 1),
            starting_position=properties["StartingPosition"],
            reports_item_failures="ReportBatchItemFailures" in properties.get("FunctionResponseTypes", ()),
            bisects=properties.get("BisectBatchOnFunctionError", False),
            retry_attempts=properties.get("MaximumRetryAttempts", -1),
            max_record_age_seconds=properties.get("MaximumRecordAgeInSeconds", -1),
            has_failure_queue="OnFailure" in properties.get("DestinationConfig", {}),
        )


UPKEEP = EventSourceMapping(
    filters=UPKEEP_FILTERS,
    batch_size=100,
    starting_position="TRIM_HORIZON",
    reports_item_failures=True,
    bisects=True,
    retry_attempts=10,
    max_record_age_seconds=6 * 60 * 60,
    has_failure_queue=True,
)
INDEXER = replace(UPKEEP, filters=INDEXER_FILTERS, batch_size=1000, batching_window_seconds=2)
"""``infra/service_stack.py`` deploys the same; tests/infra/test_service_stack.py compares them."""


class Batch(NamedTuple):
    """Records that the function is called with, or what is left of them."""

    records: list[Raw]
    retries: int = 0
    invocations: int = 0


def done_with(mapping: EventSourceMapping, records: list[Raw], answer: Any) -> int | None:
    """How many records, from the first on, are done with after this answer; None: the batch failed as a whole."""
    reported = (answer or {}).get("batchItemFailures") if mapping.reports_item_failures else None
    if not reported:
        return len(records)
    places = {record["dynamodb"]["SequenceNumber"]: place for place, record in enumerate(records)}
    failed = [places.get(each.get("itemIdentifier")) for each in reported]
    return None if None in failed else min(place for place in failed if place is not None)


def left(mapping: EventSourceMapping, batch: Batch, so_far: int | None) -> list[Batch]:
    """What comes again, in this order. What was split has not been retried yet."""
    records, invocations = batch.records, batch.invocations + 1
    if so_far == len(records):
        return []
    if so_far is None and mapping.bisects and len(records) > 1:
        middle = len(records) // 2
        return [Batch(half, 0, invocations) for half in (records[:middle], records[middle:])]
    if so_far:
        return [Batch(records[so_far:], 0 if mapping.bisects else 1, invocations)]
    return [Batch(records, batch.retries + 1, invocations)]


@dataclass(frozen=True, kw_only=True)
class Mishaps:
    """How likely it is that something goes wrong: from 0, never, to 1."""

    request: float = 0
    """With a request of a function, before or after its work is done."""
    crash: float = 0
    """A run crashes at one of its requests, before or after its work is done: anywhere in it, be it long or short."""
    duplicate: float = 0
    """A batch is called anew, whatever came of it."""
    twin: float = 0
    """A run is taken for dead and begun again while it is still at work."""
    refusal: float = 0
    """Lambda does not begin a run, since too many are under way."""
    delay: float = 0
    """A shard is not looked at for up to ``MAX_DELAY_SECONDS``, so that others overtake it."""

    MAX_DELAY_SECONDS: ClassVar = 10


class _Lane:
    """A part of a shard whose batches follow each other; what follows the same item is in the same."""

    def __init__(self, poller: "Poller", shard: Shard, parents: list["_Lane"]) -> None:
        self.poller = poller
        self.shard = shard
        self._parents = parents
        self.waiting: deque[Raw] = deque()
        self.again: deque[Batch] = deque()
        self.is_busy = False
        self.not_before = 0.0

    @property
    def is_quiet(self) -> bool:
        return not (self.waiting or self.again or self.is_busy) and all(parent.is_quiet for parent in self._parents)

    @property
    def due(self) -> float:
        """When its next batch may be called."""
        if self.is_busy or not (self.again or self.waiting):
            return inf
        if not all(parent.is_quiet for parent in self._parents):
            return inf
        mapping = self.poller.mapping
        if self.again or len(self.waiting) >= mapping.batch_size:
            return self.not_before
        return max(self.not_before, written_at(self.waiting[0]) + mapping.batching_window_seconds)

    def next_batch(self) -> Batch:
        if self.again:
            return self.again.popleft()
        size = min(len(self.waiting), self.poller.mapping.batch_size)
        return Batch([self.waiting.popleft() for _ in range(size)])


class Poller:
    """What Lambda does for one mapping."""

    def __init__(self, mapping: EventSourceMapping, function: Callable[[Raw], Any]) -> None:
        self.mapping = mapping
        self.function = function
        self.failures: list[Raw] = []
        """The messages in its queue of failures."""
        self.errors: list[BaseException] = []
        """What its runs ended with that ended without an answer."""
        self.lengths: deque[int] = deque([1], maxlen=200)
        """How many requests its last runs made that came to their end."""
        self.crashes_due = 0
        """Those that were drawn for runs that ended before them, or have not come to them: the next ones crash."""
        self._lanes: dict[str, list[_Lane]] = {}

    def lanes(self) -> Iterator[_Lane]:
        for lanes in self._lanes.values():
            yield from lanes

    def lane(self, shard: Shard, record: Raw) -> _Lane:
        lanes = self._of(shard)
        keys = record["dynamodb"]["Keys"]
        return lanes[crc32(f"{keys['pk']['S']} {keys['sk']['S']}".encode()) % len(lanes)]

    def _of(self, shard: Shard) -> list[_Lane]:
        if shard.id not in self._lanes:
            parents = self._of(shard.parent) if shard.parent else []
            self._lanes[shard.id] = [_Lane(self, shard, parents) for _ in range(self.mapping.parallelization_factor)]
        return self._lanes[shard.id]

    def without_old(self, lane: _Lane, batch: Batch, now: float) -> Batch:
        limit = self.mapping.max_record_age_seconds
        if limit < 0:
            return batch
        too_old = sum(now - written_at(record) > limit for record in batch.records)
        if too_old:
            self.discard(lane, batch._replace(records=batch.records[:too_old]), "RecordAgeExceeded", now)
        return batch._replace(records=batch.records[too_old:])

    def discard(self, lane: _Lane, batch: Batch, condition: str, now: float) -> None:
        """Go on without these records."""
        if self.mapping.has_failure_queue:
            self.failures.append(_message(lane.shard, batch, condition, now))


def _message(shard: Shard, batch: Batch, condition: str, now: float) -> Raw:
    """It says where the records lie in the stream, not what they are.

    https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
    """
    first, last = batch.records[0], batch.records[-1]
    return {
        "requestContext": {"condition": condition, "approximateInvokeCount": batch.invocations},
        "version": "1.0",
        "timestamp": _timestamp(now),
        "DDBStreamBatchInfo": {
            "shardId": shard.id,
            "startSequenceNumber": first["dynamodb"]["SequenceNumber"],
            "endSequenceNumber": last["dynamodb"]["SequenceNumber"],
            "approximateArrivalOfFirstRecord": _timestamp(written_at(first)),
            "approximateArrivalOfLastRecord": _timestamp(written_at(last)),
            "batchSize": len(batch.records),
        },
    }


def _timestamp(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class _Call(NamedTuple):
    """A function at work on a batch."""

    run: Run
    lane: _Lane
    batch: Batch
    is_twin: bool


class Lambda:
    """Looks at the stream for each mapping and runs its function, one request of one run at a time."""

    def __init__(
        self,
        stream: ShardedStream,
        turns: Turns,
        clock: Clock,
        chance: Random,
        mishaps: Mishaps | None = None,
    ) -> None:
        self.stream = stream
        self.mishaps = mishaps or Mishaps()
        self.happened: Counter[str] = Counter()
        """How often each kind of mishap came about, and how many "runs" and "records" there were."""
        self.pollers: list[Poller] = []
        self._turns = turns
        self._clock = clock
        self._chance = chance
        self._calls: list[_Call] = []
        stream.listeners.append(self._hear)

    def follow(self, mapping: EventSourceMapping, function: Callable[[Raw], Any]) -> Poller:
        """Have the function called with what the mapping lets pass."""
        poller = Poller(mapping, function)
        self.stream.take()
        if mapping.starting_position == "TRIM_HORIZON":
            for shard in self.stream.shards:
                for record in shard.records:
                    self._offer(poller, shard, record)
        self.pollers.append(poller)
        return poller

    def _hear(self, shard: Shard, record: Raw) -> None:
        for poller in self.pollers:
            self._offer(poller, shard, record)

    def _offer(self, poller: Poller, shard: Shard, record: Raw) -> None:
        lane = poller.lane(shard, record)
        if passes(record, poller.mapping.filters):
            if not lane.waiting:
                self._look_again(lane)
            lane.waiting.append(record)

    def _look_again(self, lane: _Lane) -> None:
        pause = self._chance.uniform(0, POLL_SECONDS)
        if self._happens("delay"):
            pause = self._chance.uniform(0, self.mishaps.MAX_DELAY_SECONDS)
        lane.not_before = self._clock.now + pause

    def _happens(self, mishap: str) -> bool:
        happens: bool = self._chance.random() < getattr(self.mishaps, mishap)
        self.happened[mishap] += happens
        return happens

    def drain(self, *, seconds: float = inf) -> None:
        """Until nothing is left to do, or so much time has passed."""
        end = self._clock.now + seconds
        while self._clock.now < end:
            if self.step():
                continue
            due = min(
                (*(lane.due for lane in self._lanes()), *(call.run.wakes_at for call in self._calls)), default=inf
            )
            if due == end == inf:
                return
            self._clock.go_on(max(0.001, min(due, end) - self._clock.now))

    @property
    def is_quiet(self) -> bool:
        """Nothing waits, and nothing is under way."""
        self.stream.take()
        return not self._calls and all(lane.is_quiet for lane in self._lanes())

    def step(self) -> bool:
        """Call a function, or let a run do its next request. False if just now there is nothing of the kind."""
        self.stream.take()
        choices = self._choices()
        if not choices:
            return False
        self._clock.go_on(TURN_SECONDS)
        chosen = self._chance.choice(choices)
        if isinstance(chosen, _Lane):
            self._call(chosen)
        else:
            self._turns.go_on(chosen.run)
            self._end_if_done(chosen)
        return True

    def _lanes(self) -> Iterable[_Lane]:
        return (lane for poller in self.pollers for lane in poller.lanes())

    def _choices(self) -> list[_Call | _Lane]:
        now = self._clock.now
        calls = [call for call in self._calls if call.run.wakes_at <= now]
        return [*calls, *(lane for lane in self._lanes() if lane.due <= now)]

    def _call(self, lane: _Lane) -> None:
        batch = lane.poller.without_old(lane, lane.next_batch(), self._clock.now)
        if not batch.records:
            return
        if self._happens("refusal"):
            lane.again.appendleft(batch)
            self._look_again(lane)
            return
        lane.is_busy = True
        self._begin(lane, batch)
        if self._happens("twin"):
            self._begin(lane, batch, is_twin=True)

    def _begin(self, lane: _Lane, batch: Batch, *, is_twin: bool = False) -> None:
        self.happened["runs"] += 1
        self.happened["records"] += len(batch.records)
        run = self._turns.begin(lambda: lane.poller.function({"Records": batch.records}), self._plan(lane.poller))
        call = _Call(run, lane, batch, is_twin)
        self._calls.append(call)
        self._end_if_done(call)

    def _plan(self, poller: Poller) -> Plan:
        poller.crashes_due += self._chance.random() < self.mishaps.crash
        crash_at = self._chance.randrange(self._chance.choice(poller.lengths)) if poller.crashes_due > 0 else -1

        def plan(number: int) -> Trouble | None:
            if number == crash_at:
                self.happened["crash"] += 1
                poller.crashes_due -= 1
                return self._chance.choice(CRASHES)
            return self._chance.choice(TROUBLES) if self._happens("request") else None

        return plan

    def _end_if_done(self, call: _Call) -> None:
        run, lane, batch, is_twin = call
        if not run.has_ended:
            return
        self._calls.remove(call)
        if run.error is None and run.requests:
            lane.poller.lengths.append(run.requests)
        if run.error is not None:
            lane.poller.errors.append(run.error.with_traceback(None))  # or all that the run held would be kept
        if is_twin:
            return
        lane.is_busy = False
        self._look_again(lane)
        mapping = lane.poller.mapping
        so_far = None if run.error else done_with(mapping, batch.records, run.answer)
        for rest in reversed(left(mapping, batch, so_far)):
            if 0 <= mapping.retry_attempts < rest.retries:
                lane.poller.discard(lane, rest, "RetryAttemptsExhausted", self._clock.now)
            else:
                lane.again.appendleft(rest)
        if self._happens("duplicate"):
            lane.again.appendleft(Batch(batch.records))
