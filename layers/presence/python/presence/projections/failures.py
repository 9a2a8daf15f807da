"""What a function tells Lambda of the records that it could not process.

https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html
"""

from collections.abc import Collection, Sequence
from typing import Any

type Record = dict[str, Any]
"""As Lambda hands it over."""


class Poison(Exception):
    """The first record of a batch failed while others did not: Lambda is to halve the batch until it is alone."""

    def __init__(self, numbers: Collection[str]) -> None:
        super().__init__(f"Failed, while others of the batch did not: {', '.join(sorted(numbers))}")
        self.numbers = numbers
        """The sequence numbers of all that failed."""


def answer(records: Sequence[Record], failed: Collection[str], done: Collection[str]) -> Record:
    """The answer of a function, from which Lambda goes on at the lowest of the sequence numbers that failed.

    Where that is the first, going on is coming again as a whole, ten times, until all of it is given up. An exception
    is what has Lambda halve the batch instead, so that what cannot be processed holds up the others no longer than for
    another two runs or so, and is given up alone. Where nothing could be done the database is down rather than a record
    bad, and halves would fail alike.

    Args:
        done: the numbers of records for which something was to be done, and was.

    Raises:
        Poison: the batch is to be halved.
    """
    if failed and number(records[0]) in failed and done:
        raise Poison(failed)
    return {"batchItemFailures": [{"itemIdentifier": each} for each in failed]}


def number(record: Record) -> str:
    """Its sequence number, by which it is found in the stream."""
    return str(record["dynamodb"]["SequenceNumber"])


def named(record: Record) -> dict[str, str]:
    """Which record it is, for whoever reads the log: its sequence number, and the key of its item."""
    pk, sk = (record["dynamodb"]["Keys"][name]["S"] for name in ("pk", "sk"))
    return {"sequence_number": number(record), "key": f"{pk}/{sk}"}
