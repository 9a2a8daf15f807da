"""DynamoDB in memory answers what moto answers."""

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import botocore.exceptions
import pytest
from hypothesis import HealthCheck, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from presence.domain import clock
from presence.storage import table
from tests.conftest import ENVIRONMENT
from tests.functional.test_model import Model, ticking
from tests.support.memory import Memory

NAME = ENVIRONMENT["TABLE_NAME"]
DISCOVERY = ENVIRONMENT["DISCOVERY_TABLE_NAME"]
type Answer = dict[str, Any]


class Twin(Memory):
    """Asks both, and fails where they differ."""

    def __init__(self, simulator: Any) -> None:
        super().__init__()
        self._simulator = simulator

    def forget(self) -> None:
        for name in (NAME, DISCOVERY):
            for item in self._simulator.scan(TableName=name)["Items"]:
                self._simulator.delete_item(TableName=name, Key={"pk": item["pk"], "sk": item["sk"]})
        super().forget()

    def get_item(self, **request: Any) -> Answer:
        return self._both("get_item", super().get_item, request)

    def batch_get_item(self, **request: Any) -> Answer:
        return self._both("batch_get_item", super().batch_get_item, request)

    def query(self, **request: Any) -> Answer:
        return self._both("query", super().query, request)

    def transact_write_items(self, **request: Any) -> Answer:
        return self._both("transact_write_items", super().transact_write_items, request)

    def put_item(self, **request: Any) -> Answer:
        return self._both("put_item", super().put_item, request)

    def update_item(self, **request: Any) -> Answer:
        return self._both("update_item", super().update_item, request)

    def delete_item(self, **request: Any) -> Answer:
        return self._both("delete_item", super().delete_item, request)

    def batch_write_item(self, **request: Any) -> Answer:
        return self._both("batch_write_item", super().batch_write_item, request)

    def _both(self, operation: str, ask_ours: Callable[..., Answer], request: Answer) -> Answer:
        ours = outcome(lambda: ask_ours(**request))
        theirs = outcome(lambda: getattr(self._simulator, operation)(**request))
        assert told(ours) == told(theirs), f"{operation} {request}"
        if isinstance(ours, Exception):
            raise ours
        return ours


def outcome(ask: Callable[[], Answer]) -> Answer | botocore.exceptions.ClientError:
    try:
        return ask()
    except botocore.exceptions.ClientError as error:
        return error


def told(answer: Answer | botocore.exceptions.ClientError) -> Any:
    """What the storage package takes from an answer."""
    if isinstance(answer, botocore.exceptions.ClientError):
        reasons: list[Answer] = answer.response.get("CancellationReasons", [])  # type: ignore[assignment]
        told = [(each.get("Code"), plain(each.get("Item"))) for each in reasons]
        return answer.response["Error"]["Code"], plain(answer.response.get("Item")), told  # type: ignore[arg-type]
    found = [(name, plain(item)) for name, items in answer.get("Responses", {}).items() for item in items]
    listed = [plain(item) for item in answer.get("Items", ())]
    return plain(answer.get("Item")), sorted(found, key=str), listed, "LastEvaluatedKey" in answer


def plain(item: Answer | None) -> Answer | None:
    """An item without what is written in more than one way: sets have no order."""
    return item and {
        name: {"SS": sorted(value["SS"])} if "SS" in value else value for name, value in sorted(item.items())
    }


@pytest.fixture
def twin(monkeypatch: pytest.MonkeyPatch) -> Iterator[Twin]:
    simulator = table.client()
    monkeypatch.setattr(clock, "_time", ticking())
    both = Twin(simulator)
    table._table.connection._client = both
    yield both
    table._table.connection._client = simulator


def test_what_the_handlers_ask_is_answered_as_by_the_simulator(twin: Twin) -> None:
    run_state_machine_as_test(
        seed(0)(Model),
        settings=settings(
            max_examples=3,
            stateful_step_count=20,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert twin.asked > 1000


KEY = {"pk": {"S": "a"}, "sk": {"S": "b"}}
SOMETHING = {"n": {"N": "5"}, "s": {"S": "text"}, "set": {"SS": ["one", "two"]}, "yes": {"BOOL": True}}
NAMES = {"#n": "n", "#s": "s", "#set": "set", "#yes": "yes", "#none": "none"}
VALUES: Answer = {
    ":1": {"N": "1"},
    ":5": {"N": "5"},
    ":10": {"N": "10"},
    ":text": {"S": "text"},
    ":tex": {"S": "tex"},
    ":yes": {"BOOL": True},
    ":one": {"SS": ["one"]},
    ":both": {"SS": ["two", "one"]},
    ":three": {"SS": ["three"]},
}


def used(expression: str, given: Answer) -> Answer:
    """DynamoDB refuses names and values that an expression does not use."""
    return {name: value for name, value in given.items() if re.search(rf"{name}\b", expression)}


def write(verb: str, *expressions: str, **request: Any) -> Answer:
    text = " ".join(expressions)
    values = used(text, VALUES)
    placeholders = {"ExpressionAttributeNames": used(text, NAMES)} if used(text, NAMES) else {}
    return {
        verb: {
            "TableName": NAME,
            **placeholders,
            **({"ExpressionAttributeValues": values} if values else {}),
            **request,
        }
    }


CONDITIONS = [
    *("attribute_exists (#n)", "attribute_exists (#none)", "attribute_not_exists (#none)", "attribute_not_exists (#s)"),
    *("#n = :5", "#n = :1", "#n = :text", "#none = :5", "#n <> :5", "#n <> :1", "#n <> :text", "#none <> :5"),
    *("#n < :10", "#n < :5", "#n <= :5", "#n > :1", "#n >= :10", "#none < :5", "#none >= :5", "#s > :tex"),
    *("#s = :text", "#yes = :yes", "#none = :yes", "#set = :both", "#set = :one", "#none <> :yes"),
    *("begins_with (#s, :tex)", "begins_with (#s, :text)", "begins_with (#none, :tex)", "contains (#s, :tex)"),
    *("#n IN (:1, :5)", "#n IN (:1)", "#n BETWEEN :1 AND :10", "#n BETWEEN :10 AND :10"),
    *("(#n = :5 AND #s = :text)", "(#n = :1 OR #s = :text)", "(NOT #n = :1)", "(NOT attribute_exists (#none))"),
    *("size (#set) < :5", "size (#set) < :1", "size (#set) >= :1", "size (#s) < :5"),
    *("attribute_exists (pk)", "attribute_not_exists(pk)", "n = :5"),
    *("((#n = :1 OR #n = :5) AND #s = :text)", "(#n = :5 OR (#n = :1 AND #none = :5))"),
]


@pytest.mark.parametrize("condition", CONDITIONS)
def test_a_condition_holds_where_it_holds_in_the_simulator(twin: Twin, condition: str) -> None:
    twin.transact_write_items(TransactItems=[{"Put": {"TableName": NAME, "Item": KEY | SOMETHING}}])
    touched = write("Update", condition, "SET #n = :5", Key=KEY, UpdateExpression="SET #n = :5")
    touched["Update"] |= {"ConditionExpression": condition, "ReturnValuesOnConditionCheckFailure": "ALL_OLD"}
    with suppress(botocore.exceptions.ClientError):
        twin.transact_write_items(TransactItems=[touched])


UPDATES = [
    *(
        "SET #s = :tex",
        "SET #none = :5",
        "SET #n = #n + :1",
        "SET #n = #n - :10",
        "SET #none = if_not_exists(#none, :1)",
    ),
    *(
        "SET #n = if_not_exists(#n, :1)",
        "SET #n = if_not_exists(#none, :10) + :1",
        "SET #none = #n",
        "SET #none = #none",
    ),
    *("REMOVE #s", "REMOVE #none", "REMOVE #s, #n", "ADD #n :1", "ADD #none :1", "ADD #set :three", "ADD #none :one"),
    *("DELETE #set :one", "DELETE #set :both", "DELETE #set :three", "DELETE #none :one"),
    *("ADD n :1", "SET n = :5"),
    *("SET #s = :tex, #yes = :yes ADD #n :1 REMOVE #set", "SET #none = :5 REMOVE #s ADD #n :10 DELETE #set :one"),
]


@pytest.mark.parametrize("update", UPDATES)
@pytest.mark.parametrize("there", [True, False])
def test_an_update_leaves_what_it_leaves_in_the_simulator(twin: Twin, update: str, there: bool) -> None:
    if there:
        twin.transact_write_items(TransactItems=[{"Put": {"TableName": NAME, "Item": KEY | SOMETHING}}])
    with suppress(botocore.exceptions.ClientError):
        twin.transact_write_items(TransactItems=[write("Update", update, Key=KEY, UpdateExpression=update)])

    twin.get_item(TableName=NAME, Key=KEY, ConsistentRead=True)


def test_a_refused_transaction_writes_nothing_and_tells_of_each_write(twin: Twin) -> None:
    other = {"pk": {"S": "c"}, "sk": {"S": "d"}}
    condition = {"ConditionExpression": "attribute_exists (#n)", "ExpressionAttributeNames": {"#n": "n"}}
    with suppress(botocore.exceptions.ClientError):
        twin.transact_write_items(
            TransactItems=[
                {"Put": {"TableName": NAME, "Item": KEY | SOMETHING}},
                {"Delete": {"TableName": NAME, "Key": other, **condition}},
            ]
        )
    for key in (KEY, other):
        twin.get_item(TableName=NAME, Key=key, ConsistentRead=True)
    assert twin.scan(TableName=NAME)["Items"] == []


@pytest.mark.parametrize("writes", [[KEY, KEY], [{**KEY, "sk": {"S": ""}}]])
def test_a_transaction_that_dynamodb_does_not_take_is_refused(twin: Twin, writes: list[Answer]) -> None:
    with pytest.raises(botocore.exceptions.ClientError):
        twin.transact_write_items(TransactItems=[{"Put": {"TableName": NAME, "Item": item}} for item in writes])


@pytest.mark.parametrize("name", [NAME, DISCOVERY])
@pytest.mark.parametrize("condition", ["", "#n = :5", "#n = :1", "attribute_not_exists (#none)"])
@pytest.mark.parametrize("verb", ["Put", "Update", "Delete"])
def test_a_write_alone_does_or_refuses_what_it_does_in_the_simulator(
    twin: Twin, name: str, condition: str, verb: str
) -> None:
    change = {"Put": "", "Update": "SET #s = :tex", "Delete": ""}[verb]
    ((_, request),) = write(verb, condition, change, TableName=name).items()
    request |= {"Item": {**KEY, "n": {"N": "6"}}} if verb == "Put" else {"Key": KEY}
    request |= {"UpdateExpression": change} if change else {}
    if condition:
        request |= {"ConditionExpression": condition, "ReturnValuesOnConditionCheckFailure": "ALL_OLD"}
    ask = {"Put": twin.put_item, "Update": twin.update_item, "Delete": twin.delete_item}[verb]
    for _ in range(2):
        with suppress(botocore.exceptions.ClientError):
            ask(**request)
        twin.get_item(TableName=name, Key=KEY)
        twin.put_item(TableName=name, Item=KEY | SOMETHING)


def test_binary_attributes_are_read_as_base64(twin: Twin) -> None:
    packed = {"packed": {"B": b"\x00\xff"}}
    twin.put_item(TableName=DISCOVERY, Item=KEY | packed)
    assert twin.get_item(TableName=DISCOVERY, Key=KEY)["Item"] == KEY | {"packed": {"B": "AP8="}}

    condition = {"ConditionExpression": "#packed = :packed", "ExpressionAttributeNames": {"#packed": "packed"}}
    twin.delete_item(TableName=DISCOVERY, Key=KEY, **condition, ExpressionAttributeValues={":packed": packed["packed"]})
    assert "Item" not in twin.get_item(TableName=DISCOVERY, Key=KEY)


def test_one_request_reads_or_writes_both_tables(twin: Twin) -> None:
    other = {"pk": {"S": "c"}, "sk": {"S": "d"}}
    twin.batch_write_item(
        RequestItems={
            NAME: [{"PutRequest": {"Item": KEY | SOMETHING}}],
            DISCOVERY: [{"PutRequest": {"Item": KEY}}, {"PutRequest": {"Item": other}}],
        }
    )
    twin.batch_get_item(
        RequestItems={NAME: {"Keys": [KEY, other], "ConsistentRead": True}, DISCOVERY: {"Keys": [KEY, other]}}
    )
    twin.transact_write_items(TransactItems=[{"Delete": {"TableName": name, "Key": KEY}} for name in (NAME, DISCOVERY)])
    twin.batch_write_item(RequestItems={DISCOVERY: [{"DeleteRequest": {"Key": other}}]})
    for name in (NAME, DISCOVERY):
        assert twin.scan(TableName=name)["Items"] == []


def test_the_stream_tells_of_the_main_table_alone(twin: Twin) -> None:
    for name in (NAME, DISCOVERY):
        twin.put_item(TableName=name, Item=KEY)
    assert twin.written == [(("a", "b"), None, KEY)]


def test_there_is_no_other_table(twin: Twin) -> None:
    with pytest.raises(botocore.exceptions.ClientError, match="ResourceNotFoundException"):
        twin.get_item(TableName="another", Key=KEY)
