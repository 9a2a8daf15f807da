"""What Lambda is told of records that failed."""

from typing import Any

import pytest

from presence.projections import failures
from presence.projections.failures import Poison


def records(*numbers: str) -> list[dict[str, Any]]:
    keys = {"pk": {"S": "PIN#1"}, "sk": {"S": "PIN"}}
    return [{"dynamodb": {"SequenceNumber": number, "Keys": keys}} for number in numbers]


def reported(*numbers: str) -> dict[str, Any]:
    return {"batchItemFailures": [{"itemIdentifier": number} for number in numbers]}


def test_an_empty_batch_and_one_without_failures_are_done() -> None:
    assert failures.answer([], [], []) == reported()
    assert failures.answer(records("1", "2"), [], ["1"]) == reported()


def test_what_failed_behind_others_is_reported() -> None:
    assert failures.answer(records("1", "2", "3"), ["2"], ["1", "3"]) == reported("2")


def test_a_first_record_that_fails_while_others_do_not_has_the_batch_halved() -> None:
    with pytest.raises(Poison) as raised:
        failures.answer(records("1", "2", "3"), ["1", "3"], ["2"])
    assert raised.value.numbers == ["1", "3"]


def test_a_batch_in_which_nothing_could_be_done_comes_again_whole() -> None:
    assert failures.answer(records("1", "2"), ["1", "2"], []) == reported("1", "2")
    assert failures.answer(records("1"), ["1"], []) == reported("1")


def test_a_record_is_named_by_its_number_and_key() -> None:
    [record] = records("7")
    assert failures.named(record) == {"sequence_number": "7", "key": "PIN#1/PIN"}
