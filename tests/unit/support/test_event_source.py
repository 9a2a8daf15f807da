"""The event source mapping of the tests does what AWS documents of Lambda's."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from random import Random
from typing import Any

import pytest

from presence.domain.errors import StorageUnavailable, Throttled
from presence.storage import table
from tests.conftest import ENVIRONMENT
from tests.support.clock import Clock
from tests.support.event_source import EventSourceMapping, Lambda, Mishaps, Poller
from tests.support.memory import Memory
from tests.support.sharded_stream import ShardedStream
from tests.support.turns import Turns

NAME = ENVIRONMENT["TABLE_NAME"]
MAPPING = EventSourceMapping(
    filters=[{"eventName": ["INSERT", "MODIFY", "REMOVE"]}],
    batch_size=4,
    starting_position="TRIM_HORIZON",
    reports_item_failures=True,
    retry_attempts=2,
    has_failure_queue=True,
)
type Answer = Callable[[list[str]], Any]
"""Takes what the records of a batch say; gives what the function answers, or raises."""


class Case:
    """A stream and one function that follows it."""

    def __init__(self, *, shards: int = 1, seed: int = 0, mishaps: Mishaps | None = None) -> None:
        self.clock = Clock()
        self.memory = Memory()
        self.stream = ShardedStream(self.memory, self.clock, shards=shards)
        chance = Random(seed)
        self.turns = Turns(self.memory, chance, self.clock)
        self.source = Lambda(self.stream, self.turns, self.clock, chance, mishaps)
        self.batches: list[list[str]] = []

    def write(self, *values: str, pk: str = "any") -> None:
        """A record for each, which says this."""
        for value in values:
            item = {"pk": {"S": pk}, "sk": {"S": "any"}, "value": {"S": value}}
            self.memory.put_item(TableName=NAME, Item=item)
            self.stream.take()

    def follow(self, mapping: EventSourceMapping = MAPPING, answer: Answer = lambda batch: None) -> Poller:
        def function(event: dict[str, Any]) -> Any:
            batch = [said(record) for record in event["Records"]]
            self.batches.append(batch)
            numbers = {said(record): record["dynamodb"]["SequenceNumber"] for record in event["Records"]}
            reported = answer(batch)
            if isinstance(reported, list):
                return {"batchItemFailures": [{"itemIdentifier": numbers.get(each, each)} for each in reported]}
            return reported

        return self.source.follow(mapping, function)

    def calls(self, mapping: EventSourceMapping = MAPPING, answer: Answer = lambda batch: None) -> list[list[str]]:
        """The batches that the function is called with when a, b, c, d, e and f are written."""
        self.write(*"abcdef")
        self.poller = self.follow(mapping, answer)
        self.source.drain()
        return self.batches

    def discarded(self) -> list[list[str]]:
        return [[said(record) for record in self.stream.named(message)] for message in self.poller.failures]


def said(record: dict[str, Any]) -> str:
    return str(record["dynamodb"]["NewImage"]["value"]["S"])


def reports(*poison: str) -> Answer:
    return lambda batch: [each for each in batch if each in poison]


def fails_on(*poison: str) -> Answer:
    def answer(batch: list[str]) -> None:
        if set(poison) & set(batch):
            raise ValueError

    return answer


def once(answer: Answer) -> Answer:
    """And then nothing is wrong any more."""
    answers = [answer]
    return lambda batch: answers.pop()(batch) if answers else None


# Batches.


def test_a_batch_is_as_large_as_allowed() -> None:
    assert Case().calls() == [[*"abcd"], [*"ef"]]


def test_what_the_filters_hold_back_never_comes() -> None:
    only_f = replace(MAPPING, filters=[{"dynamodb": {"NewImage": {"value": {"S": ["f"]}}}}])
    assert Case().calls(only_f) == [["f"]]


def test_a_window_gathers_records_until_it_is_over_or_the_batch_is_full() -> None:
    case = Case()
    case.follow(replace(MAPPING, batching_window_seconds=60))
    case.write("a")
    case.source.drain(seconds=30)
    case.write("b")
    case.source.drain()
    assert case.batches == [["a", "b"]]


def test_without_a_window_records_are_sent_as_soon_as_they_are_found() -> None:
    case = Case()
    case.follow()
    case.write("a")
    case.source.drain(seconds=30)
    case.write("b")
    case.source.drain()
    assert case.batches == [["a"], ["b"]]


@pytest.mark.parametrize(("position", "expected"), [("TRIM_HORIZON", [["a", "b"]]), ("LATEST", [["b"]])])
def test_it_starts_where_it_is_told_to(position: str, expected: list[list[str]]) -> None:
    case = Case()
    case.write("a")
    case.follow(replace(MAPPING, starting_position=position))
    case.write("b")
    case.source.drain()
    assert case.batches == expected


# Failures.


@pytest.mark.parametrize("answer", [None, {}, {"batchItemFailures": None}, {"batchItemFailures": []}])
def test_nothing_reported_is_success(answer: Any) -> None:
    assert Case().calls(answer=lambda batch: answer) == [[*"abcd"], [*"ef"]]


def test_all_from_the_lowest_reported_record_on_comes_again() -> None:
    assert Case().calls(answer=once(reports("d", "b"))) == [[*"abcd"], [*"bcd"], [*"ef"]]


@pytest.mark.parametrize(
    "failure", [{"itemIdentifier": ""}, {"itemIdentifier": None}, {"itemIdentifier": "another"}, {"identifier": "1"}]
)
def test_a_report_that_names_no_record_fails_the_whole_batch(failure: dict[str, Any]) -> None:
    answer = {"batchItemFailures": [failure]}
    assert Case().calls(answer=once(lambda batch: answer)) == [[*"abcd"], [*"abcd"], [*"ef"]]


def test_reports_say_nothing_unless_they_are_asked_for() -> None:
    assert Case().calls(replace(MAPPING, reports_item_failures=False), reports("a")) == [[*"abcd"], [*"ef"]]


def test_a_batch_that_fails_as_a_whole_comes_again() -> None:
    assert Case().calls(answer=once(fails_on("c"))) == [[*"abcd"], [*"abcd"], [*"ef"]]


def test_a_batch_that_fails_as_a_whole_is_halved_until_the_poison_is_alone() -> None:
    case = Case()
    calls = case.calls(replace(MAPPING, bisects=True), fails_on("c"))
    assert calls == [[*"abcd"], [*"ab"], [*"cd"], *[["c"]] * 3, ["d"], [*"ef"]]
    assert case.discarded() == [["c"]]


def test_halves_are_not_retries() -> None:
    case = Case()
    calls = case.calls(replace(MAPPING, bisects=True, retry_attempts=0), fails_on("c"))
    assert calls == [[*"abcd"], [*"ab"], [*"cd"], ["c"], ["d"], [*"ef"]]


def test_a_batch_with_reported_failures_is_split_at_the_lowest() -> None:
    calls = Case().calls(replace(MAPPING, bisects=True, retry_attempts=0), once(reports("c")))
    assert calls == [[*"abcd"], [*"cd"], [*"ef"]]


def test_a_poison_record_takes_with_it_what_follows_in_its_batch_and_the_shard_goes_on() -> None:
    case = Case()
    assert case.calls(answer=reports("c")) == [[*"abcd"], [*"cd"], [*"cd"], [*"ef"]]
    assert case.discarded() == [[*"cd"]]


def test_a_discarded_batch_is_named_but_not_told() -> None:
    case = Case()
    case.calls(answer=fails_on("a"))
    (message,) = case.poller.failures
    numbers = [record["dynamodb"]["SequenceNumber"] for record in case.stream.shards[0].records]
    assert message["requestContext"] == {"condition": "RetryAttemptsExhausted", "approximateInvokeCount": 3}
    batch = message["DDBStreamBatchInfo"]
    assert (batch["startSequenceNumber"], batch["endSequenceNumber"]) == (numbers[0], numbers[3])
    assert batch["batchSize"] == 4


def test_without_a_limit_a_batch_comes_again_until_it_is_done() -> None:
    times = iter(range(50))
    case = Case()
    case.calls(replace(MAPPING, retry_attempts=-1), lambda batch: reports("a")(batch) if next(times, None) else None)
    assert case.poller.failures == []


def test_records_that_are_too_old_are_discarded() -> None:
    case = Case()
    case.write("a", "b")
    case.clock.go_on(100)
    case.write("c")
    case.poller = case.follow(replace(MAPPING, max_record_age_seconds=60))
    case.source.drain()
    assert case.batches == [["c"]]
    assert case.discarded() == [["a", "b"]]
    (message,) = case.poller.failures
    assert message["requestContext"] == {"condition": "RecordAgeExceeded", "approximateInvokeCount": 0}


# Shards.


def test_shards_are_followed_side_by_side() -> None:
    case = Case(shards=8)
    for number in range(20):
        case.write("a", pk=str(number))
    case.follow()
    case.source.drain()
    used = [shard for shard in case.stream.shards if shard.records]
    assert len(case.batches) >= len(used) > 4


def test_children_wait_for_their_parent() -> None:
    case = Case()
    case.write("a", "b")
    case.follow(replace(MAPPING, batch_size=1), once(fails_on("a")))
    case.stream.split(case.stream.shards[0])
    case.write("c", pk="any")
    case.write("d", pk="some")
    case.source.drain()
    assert len({shard.id for shard in case.stream.shards if shard.records}) == 3
    assert case.batches[:3] == [["a"], ["a"], ["b"]]
    assert sorted(case.batches[3:]) == [["c"], ["d"]]


def test_batches_of_one_shard_are_done_at_the_same_time_but_for_each_item_in_order() -> None:
    mapping = replace(MAPPING, parallelization_factor=10, batch_size=2)
    case = Case(seed=3)
    at_work: set[str] = set()
    most = 0

    def function(event: dict[str, Any]) -> None:
        nonlocal most
        keys = {record["dynamodb"]["Keys"]["pk"]["S"] for record in event["Records"]}
        assert not keys & at_work
        at_work.update(keys)
        most = max(most, len(at_work))
        for _ in range(3):
            table.get(("any", "thing"))
        at_work.difference_update(keys)

    with case.turns.taking_over():
        poller = case.source.follow(mapping, function)
        for value in "abc":
            for pk in range(20):
                case.write(value, pk=str(pk))
        case.source.drain()
    assert most > 5
    assert poller.errors == []


# Whatever goes wrong.

ALL_MISHAPS = Mishaps(request=0.1, crash=0.1, duplicate=0.1, twin=0.1, refusal=0.1, delay=0.1)


class LastWords:
    """A function that knows of each item what it heard last, and asks the database before it believes it."""

    def __init__(self) -> None:
        self.known: dict[str, str] = {}
        self.heard: dict[str, set[str]] = defaultdict(set)

    def __call__(self, event: dict[str, Any]) -> Any:
        failed = [record for record in event["Records"] if not self._believes(record)]
        return {"batchItemFailures": [{"itemIdentifier": each["dynamodb"]["SequenceNumber"]} for each in failed]}

    def _believes(self, record: dict[str, Any]) -> bool:
        pk = record["dynamodb"]["Keys"]["pk"]["S"]
        try:
            table.get(("any", "thing"))
        except (Throttled, StorageUnavailable):
            return False
        self.known[pk] = said(record)
        self.heard[pk].add(said(record))
        return True


@pytest.mark.parametrize("seed", range(20))
def test_whatever_goes_wrong_every_record_is_heard_and_the_last_one_last(seed: int) -> None:
    chance = Random(seed)
    mapping = replace(
        MAPPING,
        parallelization_factor=chance.choice((1, 3)),
        bisects=chance.random() < 0.5,
        retry_attempts=-1,
    )
    case = Case(shards=3, seed=seed, mishaps=replace(ALL_MISHAPS, twin=0))
    function = LastWords()
    with case.turns.taking_over():
        case.source.follow(mapping, function)
        for number in range(200):
            case.write(f"{number:03}", pk=str(chance.randrange(20)))
            for _ in range(chance.randrange(4)):
                case.source.step()
            if number in (70, 140):
                case.stream.split(chance.choice([shard for shard in case.stream.shards if shard.is_open]))
        case.source.drain()

    for pk, values in written(case.stream).items():
        assert function.heard[pk] == set(values)
        assert function.known[pk] == values[-1]


def written(stream: ShardedStream) -> dict[str, Sequence[str]]:
    values: dict[str, list[str]] = defaultdict(list)
    for shard in stream.shards:
        for record in shard.records:
            values[record["dynamodb"]["Keys"]["pk"]["S"]].append(said(record))
    return {pk: sorted(each) for pk, each in values.items()}


def test_the_same_seed_does_the_same() -> None:
    def happened(seed: int) -> tuple[list[list[str]], dict[str, int]]:
        case = Case(shards=4, seed=seed, mishaps=ALL_MISHAPS)
        with case.turns.taking_over():
            case.follow(answer=lambda batch: table.get(("any", "thing")))
            for number in range(100):
                case.write(str(number), pk=str(number % 7))
            case.source.drain()
        return case.batches, case.source.happened

    assert happened(1) == happened(1)
    assert happened(1) != happened(2)
    assert all(times > 0 for times in happened(1)[1].values())
