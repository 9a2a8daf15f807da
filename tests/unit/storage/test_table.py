"""How the table's client behaves when DynamoDB does not: measured on its effective settings, without a network."""

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import chain, repeat
from statistics import median
from typing import Any

import orjson
import pytest
from botocore.awsrequest import AWSRequest, AWSResponse
from botocore.exceptions import ConnectTimeoutError, ReadTimeoutError
from pynamodb.connection import Connection

from presence.domain.errors import Conflict, NotPermitted, StorageUnavailable, Throttled
from presence.storage import boards, table
from presence.storage.table import Transaction
from tests.support.values import a_board

type Reply = tuple[int, dict[str, Any]] | Exception

FOUND: Reply = (200, {"Item": {}})
THROTTLED: Reply = (400, {"__type": "com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException"})
RATE_LIMITED: Reply = (400, {"__type": "com.amazon.coral.availability#ThrottlingException"})
BROKEN: Reply = (500, {"__type": "com.amazonaws.dynamodb.v20120810#InternalServerError"})
REFUSED: Reply = (400, {"__type": "com.amazon.coral.validate#ValidationException"})
NO_ANSWER = ReadTimeoutError(endpoint_url="https://dynamodb.example")
NO_CONNECTION = ConnectTimeoutError(endpoint_url="https://dynamodb.example")
ANY_ERROR = RuntimeError("any error")
ANY_KEY = ("ANY", "KEY")


def _cancelled(*reasons: str) -> Reply:
    listed = [{"Code": reason} for reason in reasons]
    kind = "com.amazonaws.dynamodb.v20120810#TransactionCanceledException"
    return (400, {"__type": kind, "CancellationReasons": listed})


class Body:
    def __init__(self, content: bytes) -> None:
        self._content = content

    def stream(self) -> Iterator[bytes]:
        yield self._content


@contextmanager
def _dynamodb(client: Any, replies: Iterator[Reply]) -> Iterator[list[AWSRequest]]:
    """DynamoDB as a list of replies, in place of the network."""
    sent: list[AWSRequest] = []

    def reply(request: AWSRequest, **_: Any) -> AWSResponse:
        sent.append(request)
        answer = next(replies)
        if isinstance(answer, Exception):
            raise answer
        status, body = answer
        headers = {"content-type": "application/x-amz-json-1.0"}
        return AWSResponse(request.url, status, headers, Body(orjson.dumps(body)))

    client.meta.events.register_first("before-send.dynamodb", reply)
    try:
        yield sent
    finally:
        client.meta.events.unregister("before-send.dynamodb", reply)


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Every pause, in seconds, instead of pausing."""
    paused: list[float] = []
    monkeypatch.setattr(time, "sleep", paused.append)
    return paused


def test_a_connection_is_given_up_after_a_second() -> None:
    assert table.client().meta.config.connect_timeout <= 1


def test_a_reply_is_given_up_after_two_to_three_seconds() -> None:
    assert 2 <= table.client().meta.config.read_timeout <= 3


def test_a_request_is_sent_three_times_at_most() -> None:
    assert table.client().meta.config.retries == {"mode": "legacy", "total_max_attempts": 3}


@pytest.mark.parametrize(
    ("failure", "error"),
    [
        (THROTTLED, Throttled),
        (RATE_LIMITED, Throttled),
        (BROKEN, StorageUnavailable),
        (NO_ANSWER, StorageUnavailable),
        (NO_CONNECTION, StorageUnavailable),
    ],
)
def test_a_request_that_goes_on_failing_is_sent_three_times(
    failure: Reply, error: type[Exception], waits: list[float]
) -> None:
    with _dynamodb(table.client(), repeat(failure)) as sent, pytest.raises(error):
        table.get(ANY_KEY)

    assert len(sent) == 3


def test_a_refused_request_is_not_repeated(waits: list[float]) -> None:
    with _dynamodb(table.client(), repeat(REFUSED)) as sent, pytest.raises(Exception, match="ValidationException"):
        table.get(ANY_KEY)

    assert len(sent) == 1


def test_two_throttles_then_success_wait_a_fifth_of_pynamodbs_default_at_most(waits: list[float]) -> None:
    random.seed(0)
    default = Connection(region="eu-west-1").client

    def typical_wait(client: Any) -> float:
        totals = []
        for _ in range(51):  # more would use up the default's retry quota
            waits.clear()
            with _dynamodb(client, iter((THROTTLED, THROTTLED, FOUND))):
                client.get_item(TableName="any", Key={})
            totals.append(sum(waits))
        return median(totals)

    assert 0 < typical_wait(table.client()) <= typical_wait(default) / 5


def _a_write(*, otherwise: Any = ANY_ERROR) -> Transaction:
    tx = Transaction()
    boards.put(tx, a_board(), otherwise=otherwise)
    return tx


def test_a_transaction_goes_out_under_one_token_however_often_it_is_sent(waits: list[float]) -> None:
    replies = chain((NO_ANSWER, BROKEN, _cancelled("TransactionConflict")), repeat((200, {})))
    with _dynamodb(table.client(), replies) as sent:
        _a_write().commit()

    assert len({orjson.loads(request.body)["ClientRequestToken"] for request in sent}) == 1
    assert len(sent) == 4


def test_transactions_go_out_under_different_tokens() -> None:
    with _dynamodb(table.client(), repeat((200, {}))) as sent:
        _a_write().commit()
        _a_write().commit()

    assert len({orjson.loads(request.body)["ClientRequestToken"] for request in sent}) == 2


def test_a_transaction_that_keeps_meeting_others_ends_in_a_conflict(waits: list[float]) -> None:
    with _dynamodb(table.client(), repeat(_cancelled("TransactionConflict"))), pytest.raises(Conflict):
        _a_write().commit()

    assert len(waits) == table.CONFLICT_ATTEMPTS - 1
    assert sum(waits) < 10


def test_a_failed_condition_raises_the_error_that_was_given_for_it() -> None:
    error = NotPermitted("any reason")
    tx = _a_write()
    boards.put(tx, a_board(), otherwise=error)
    with _dynamodb(table.client(), repeat(_cancelled("None", "ConditionalCheckFailed"))), pytest.raises(NotPermitted):
        tx.commit()


@pytest.mark.parametrize("kind", ["ConditionalCheckFailedException", "TransactionConflictException"])
def test_a_single_write_that_somebody_elses_stands_against_raises_what_was_given_for_it(kind: str) -> None:
    writes = [{"Put": {"Item": {"pk": {"S": "it"}, "sk": {"S": "it"}}}}]
    reply: Reply = (400, {"__type": f"com.amazonaws.dynamodb.v20120810#{kind}"})
    with _dynamodb(table.client(), repeat(reply)), pytest.raises(NotPermitted):
        table.write_conditionally("discovery", writes, otherwise=NotPermitted("any reason"))


def test_a_failed_condition_is_told_from_what_stands_there() -> None:
    seen: list[Any] = []

    def otherwise(standing: Any) -> Exception:
        seen.append(standing)
        return ANY_ERROR

    reason = {"Code": "ConditionalCheckFailed", "Item": {"pk": {"S": "it"}}}
    reply: Reply = (400, {"__type": "x#TransactionCanceledException", "CancellationReasons": [reason]})
    with _dynamodb(table.client(), repeat(reply)), pytest.raises(RuntimeError):
        _a_write(otherwise=otherwise).commit()

    assert seen == [{"pk": {"S": "it"}}]


def test_a_failed_condition_counts_more_than_a_conflict_beside_it() -> None:
    tx = _a_write()
    boards.put(tx, a_board(), otherwise=NotPermitted("any reason"))
    reply = _cancelled("TransactionConflict", "ConditionalCheckFailed")
    with _dynamodb(table.client(), repeat(reply)), pytest.raises(NotPermitted):
        tx.commit()


@pytest.mark.parametrize("reason", ["ProvisionedThroughputExceeded", "ThrottlingError"])
def test_a_transaction_cancelled_for_load_is_throttled(reason: str, waits: list[float]) -> None:
    with _dynamodb(table.client(), repeat(_cancelled(reason))), pytest.raises(Throttled):
        _a_write().commit()


@pytest.mark.parametrize(
    ("failure", "error"), [(BROKEN, StorageUnavailable), (NO_ANSWER, StorageUnavailable), (THROTTLED, Throttled)]
)
def test_a_transaction_that_gets_no_answer_ends_in_our_error(
    failure: Reply, error: type[Exception], waits: list[float]
) -> None:
    with _dynamodb(table.client(), repeat(failure)), pytest.raises(error):
        _a_write().commit()


def _batch(found: list[str], unprocessed: list[str]) -> Reply:
    responses = {"presence": [_key(name) for name in found]}
    pending = {"presence": {"Keys": [_key(name) for name in unprocessed]}} if unprocessed else {}
    return (200, {"Responses": responses, "UnprocessedKeys": pending})


def _key(name: str) -> dict[str, Any]:
    return {"pk": {"S": name}, "sk": {"S": "ANY"}}


def test_keys_that_a_batch_left_unprocessed_are_asked_for_again(waits: list[float]) -> None:
    replies = iter((_batch(["a"], ["b"]), _batch(["b"], [])))
    with _dynamodb(table.client(), replies) as sent:
        found = table.batch_get([("a", "ANY"), ("b", "ANY")])

    assert set(found) == {("a", "ANY"), ("b", "ANY")}
    assert len(sent) == 2


def test_a_batch_whose_keys_stay_unprocessed_is_throttled(waits: list[float]) -> None:
    with _dynamodb(table.client(), repeat(_batch([], ["a"]))), pytest.raises(Throttled):
        table.batch_get([("a", "ANY")])


@pytest.mark.parametrize(("keys", "requests"), [(0, 0), (1, 1), (100, 1), (101, 2)])
def test_a_batch_takes_one_request_for_each_hundred_keys(keys: int, requests: int) -> None:
    with _dynamodb(table.client(), repeat(_batch([], []))) as sent:
        table.batch_get([(str(number), "ANY") for number in range(keys)])

    assert len(sent) == requests


def test_a_batch_asks_two_tables_at_once_and_each_again_for_what_it_left(waits: list[float]) -> None:
    left = {"presence": {"Keys": [_key("b")], "ConsistentRead": True}}
    replies = iter(
        (
            (200, {"Responses": {"index": [_key("a")]}, "UnprocessedKeys": left}),
            (200, {"Responses": {"presence": [_key("b")]}, "UnprocessedKeys": {}}),
        )
    )
    with _dynamodb(table.client(), replies) as sent:
        found = table.batch_get([("a", "ANY")], of="index", consistent=False, beside=[("b", "ANY")])

    assert set(found) == {("a", "ANY"), ("b", "ANY")}
    asked = [orjson.loads(each.body)["RequestItems"] for each in sent]
    assert asked == [{"index": {"Keys": [_key("a")], "ConsistentRead": False}} | left, left]


def test_a_batch_asks_for_a_key_once() -> None:
    with _dynamodb(table.client(), repeat(_batch([], []))) as sent:
        table.batch_get([ANY_KEY, ANY_KEY])

    assert len(orjson.loads(sent[0].body)["RequestItems"]["presence"]["Keys"]) == 1


@pytest.mark.parametrize(
    ("read", "operation"),
    [
        (lambda: table.get(ANY_KEY), "GetItem"),
        (lambda: table.query("ANY", limit=1), "Query"),
    ],
)
def test_a_read_without_an_index_is_consistent(read: Callable[[], Any], operation: str) -> None:
    with _dynamodb(table.client(), repeat((200, {"Items": []}))) as sent:
        read()

    assert sent[0].headers["X-Amz-Target"].decode().endswith(operation)
    assert orjson.loads(sent[0].body)["ConsistentRead"] is True


def test_a_connection_is_kept_for_each_request_that_is_sent_at_a_time() -> None:
    assert table.client().meta.config.max_pool_connections == table.PARALLEL_REQUESTS
