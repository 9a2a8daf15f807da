"""A batch of the table's stream: what becomes of its records, and what Lambda is told of those that failed.

https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit

type Record = dict[str, Any]
"""As Lambda hands it over."""

type Asked = Mapping[Any, Collection[str]]
"""What is to be done, each with the sequence numbers of the records that ask for it."""

logger = Logger()
metrics = Metrics()


class Poison(Exception):
    """The first record of a batch failed while others did not: Lambda is to halve the batch until it is alone."""

    def __init__(self, numbers: Collection[str]) -> None:
        super().__init__(f"Failed, while others of the batch did not: {', '.join(sorted(numbers))}")
        self.numbers = numbers
        """The sequence numbers of all that failed."""


class Batch:
    def __init__(self, records: Sequence[Record]) -> None:
        self.records = {str(record["dynamodb"]["SequenceNumber"]): record for record in records}
        """By sequence number, in the order of the stream."""
        self.failed: list[str] = []

    def changes(self) -> Iterator[tuple[str, Any, Any]]:
        """Each record's sequence number, and its item before and after, as DynamoDB writes it."""
        for number, record in self.records.items():
            yield number, record["dynamodb"].get("OldImage"), record["dynamodb"].get("NewImage")

    @contextmanager
    def attempt(self, *numbers: str, **told: Any) -> Iterator[None]:
        """Whatever is raised within is told and counted, and these records failed.

        Args:
            told: what the log is to tell besides.
        """
        try:
            yield
        except Exception:
            logger.exception("Records failed", records=[self._named(number) for number in numbers], **told)
            metrics.add_metric(name="Faults", unit=MetricUnit.Count, value=1)
            metrics.flush_metrics()
            self.failed += numbers

    def _named(self, number: str) -> dict[str, str]:
        """Which record it is, for whoever reads the log."""
        pk, sk = (self.records[number]["dynamodb"]["Keys"][name]["S"] for name in ("pk", "sk"))
        return {"sequence_number": number, "key": f"{pk}/{sk}"}

    def done(self, asked: Asked) -> set[str]:
        """The records for which something was to be done, and was."""
        return {number for numbers in asked.values() for number in numbers}.difference(self.failed)

    def answer(self, asked: Asked) -> dict[str, Any]:
        """The answer of a function, from which Lambda goes on at the lowest of the sequence numbers that failed.

        Where that is the first, going on is coming again as a whole, ten times, until all of it is given up. An
        exception is what has Lambda halve the batch instead, so that what cannot be processed holds up the others no
        longer than for another two runs or so, and is given up alone. Where nothing could be done the database is down
        rather than a record bad, and halves would fail alike.

        Raises:
            Poison: the batch is to be halved.
        """
        if self.failed and next(iter(self.records)) in self.failed and self.done(asked):
            raise Poison(self.failed)
        return {"batchItemFailures": [{"itemIdentifier": each} for each in self.failed]}
