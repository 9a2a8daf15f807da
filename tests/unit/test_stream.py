"""What becomes of a batch's records, and what Lambda is told of those that failed."""

from typing import Any

import pytest

from presence.stream import Asked, Batch, Poison

EACH: Asked = {"any thing": ["1"], "another": ["2", "3"]}


def a_batch(*numbers: str, failing: tuple[str, ...] = ()) -> Batch:
    keys = {"pk": {"S": "PIN#1"}, "sk": {"S": "PIN"}}
    batch = Batch([{"dynamodb": {"SequenceNumber": number, "Keys": keys}} for number in numbers])
    for number in failing:
        with batch.attempt(number):
            raise LookupError
    return batch


def reported(*numbers: str) -> dict[str, Any]:
    return {"batchItemFailures": [{"itemIdentifier": number} for number in numbers]}


def test_an_empty_batch_and_one_without_failures_are_done() -> None:
    assert a_batch().answer({}) == reported()
    assert a_batch("1", "2", "3").answer(EACH) == reported()


def test_what_failed_behind_others_is_reported() -> None:
    assert a_batch("1", "2", "3", failing=("2",)).answer(EACH) == reported("2")


def test_a_first_record_that_fails_while_others_do_not_has_the_batch_halved() -> None:
    with pytest.raises(Poison) as raised:
        a_batch("1", "2", "3", failing=("1", "3")).answer(EACH)
    assert raised.value.numbers == ["1", "3"]


def test_a_batch_in_which_nothing_could_be_done_comes_again_whole() -> None:
    assert a_batch("1", "2", failing=("1", "2")).answer({"any thing": ["1", "2"]}) == reported("1", "2")
    assert a_batch("1", "2", failing=("1",)).answer({"any thing": ["1"]}) == reported("1")


def test_a_record_that_failed_is_named_by_its_number_and_key(caplog: pytest.LogCaptureFixture) -> None:
    a_batch("7", failing=("7",))
    [told] = caplog.records
    assert vars(told)["records"] == [{"sequence_number": "7", "key": "PIN#1/PIN"}]
