"""What lies in the table and the bucket behind the API's back: to look at it, to prepare it, to follow its changes."""

import importlib
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import batched
from typing import Any

from presence.domain import clock
from presence.domain.ids import new_id
from presence.projections.filters import INDEXER_FILTERS, UPKEEP_FILTERS
from presence.storage import keys, pins, table, uploads
from presence.storage.models import ProfileItem
from presence.storage.table import Raw, Transaction
from presence.stream import Poison
from tests.support.api import Client, Context
from tests.support.filtering import passes
from tests.support.values import ANY_TIME, a_pin

FILTERS = {"upkeep": UPKEEP_FILTERS, "indexer": INDEXER_FILTERS}

type Items = dict[keys.Key, Raw]


def item(key: keys.Key) -> Raw | None:
    return table.get(key)


def everything() -> Items:
    """Every item of the table."""
    found: Items = {}
    start: Raw = {}
    while True:
        page = table.client().scan(TableName=_table_name(), ConsistentRead=True, **start)
        found.update({(each["pk"]["S"], each["sk"]["S"]): each for each in page["Items"]})
        if "LastEvaluatedKey" not in page:
            return found
        start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}


def objects() -> dict[str, str]:
    """The media bucket's keys with their content types."""
    bucket = uploads._bucket()
    name = os.environ["MEDIA_BUCKET"]
    listed = bucket.list_objects_v2(Bucket=name).get("Contents", [])
    return {each["Key"]: bucket.head_object(Bucket=name, Key=each["Key"])["ContentType"] for each in listed}


def remove(key: keys.Key) -> None:
    """Take an item away, as DynamoDB does with one that has expired."""
    table.client().delete_item(TableName=_table_name(), Key=_wire(key))


def set_attribute(key: keys.Key, name: str, value: Raw) -> None:
    table.client().update_item(
        TableName=_table_name(),
        Key=_wire(key),
        UpdateExpression="SET #name = :value",
        ExpressionAttributeNames={"#name": name},
        ExpressionAttributeValues={":value": value},
    )


def make_private(user: Client, *, is_private: bool = True) -> None:
    tx = Transaction()
    item = ProfileItem(*keys.profile(user.user_id))
    tx.update(item, [ProfileItem.is_private.set(is_private)], ProfileItem.pk.exists(), otherwise=LookupError())
    tx.commit()


def add_collaborator(board_id: str, collaborator: Client, role: str = "editor") -> None:
    """A member beside the API, which would want an invitation and its acceptance."""
    since = new_id()
    put(
        [
            {
                **_wire(keys.member(board_id, collaborator.user_id)),
                "kind": {"S": "member"},
                "board_id": {"S": board_id},
                "user_id": {"S": collaborator.user_id},
                "role": {"S": role},
                "since": {"S": since},
                "added_by": {"S": collaborator.user_id},
                "owner_pk": {"S": keys.group_boards_of(collaborator.user_id)},
                "owner_sk": {"S": since},
            }
        ]
    )
    table.client().update_item(
        TableName=_table_name(),
        Key=_wire(keys.board(board_id)),
        UpdateExpression="ADD collaborator_count :one",
        ExpressionAttributeValues={":one": {"N": "1"}},
    )


def add_pins(owner: Client, board_id: str, number: int, *, section_id: str | None = None, **facts: Any) -> list[str]:
    """Pins put beside the API, which takes long for hundreds of them. Their ids, newest first."""
    first = 19 * 10**17  # beyond the ids that are made in our days: the newest
    made = [
        a_pin(id=str(first + n), owner_id=owner.user_id, board_id=board_id, section_id=section_id, **facts)
        for n in range(number)
    ]
    tx = Transaction()
    for pin in made:
        pins.put(tx, pin, otherwise=RuntimeError("taken"))
    put([operation.request["Put"]["Item"] for operation in tx._operations])
    set_attribute(keys.board(board_id), "pin_count", {"N": str(number)})
    set_attribute(keys.profile(owner.user_id), "pin_count", {"N": str(number)})
    set_attribute(keys.board(board_id), "pins_modified_at", {"S": ANY_TIME})
    if section_id:
        set_attribute(keys.section(board_id, section_id), "pin_count", {"N": str(number)})
    return [pin.id for pin in reversed(made)]


def put(items: Iterable[Raw]) -> None:
    for batch in batched(items, 25, strict=False):
        requests = [{"PutRequest": {"Item": each}} for each in batch]
        table.client().batch_write_item(RequestItems={_table_name(): requests})


def _table_name() -> str:
    return os.environ["TABLE_NAME"]


def _wire(key: keys.Key) -> Raw:
    return {"pk": {"S": key[0]}, "sk": {"S": key[1]}}


def create_discovery_table(client: Any) -> None:
    roles = {"pk": "HASH", "sk": "RANGE"}
    client.create_table(
        TableName=os.environ["DISCOVERY_TABLE_NAME"],
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in roles],
        KeySchema=[{"AttributeName": name, "KeyType": role} for name, role in roles.items()],
        BillingMode="PAY_PER_REQUEST",
    )


@contextmanager
def dynamodb_requests() -> Iterator[list[str]]:
    """The operations asked of DynamoDB meanwhile, in their order."""
    asked: list[str] = []

    def note(model: Any, **_: Any) -> None:
        asked.append(model.name)

    events = table.client().meta.events
    events.register("before-call.dynamodb", note)
    try:
        yield asked
    finally:
        events.unregister("before-call.dynamodb", note)


def a_record(number: str, key: keys.Key, old: Raw | None, new: Raw | None) -> Raw:
    """What a stream tells of a write, as far as anybody looks."""
    images = {"OldImage": old, "NewImage": new}
    return {
        "eventName": "INSERT" if old is None else "REMOVE" if new is None else "MODIFY",
        "dynamodb": {
            "ApproximateCreationDateTime": clock.now(),
            "Keys": _wire(key),
            "SequenceNumber": number,
            **{name: image for name, image in images.items() if image},
        },
    }


class Stream:
    """The table's stream, told from how the table changed since the last look, and who reads it."""

    def __init__(self, *readers: str) -> None:
        self._readers = readers or ("upkeep",)
        self._seen = everything()
        self._number = 0

    def records(self) -> list[Raw]:
        """What changed, one record for each item."""
        before, self._seen = self._seen, everything()
        changed = [key for key in before | self._seen if before.get(key) != self._seen.get(key)]
        return [self._record(key, before.get(key), self._seen.get(key)) for key in changed]

    def _record(self, key: keys.Key, old: Raw | None, new: Raw | None) -> Raw:
        self._number += 1
        return a_record(str(self._number), key, old, new)

    def deliver(self, records: list[Raw] | None = None) -> list[str]:
        """Hand what changed, as far as their filters let it pass, to the readers. The records that they report."""
        waiting = self.records() if records is None else records
        failed: list[str] = []
        for reader in self._readers:
            batch = [record for record in waiting if passes(record, FILTERS[reader])]
            try:
                answer = importlib.import_module(f"{reader}.handler").handler({"Records": batch}, Context())
            except Poison as poison:
                failed += poison.numbers
            else:
                failed += [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]
        return failed

    def settle(self) -> None:
        """Deliver until nothing changes any more."""
        for _ in range(20):
            waiting = self.records()
            if not waiting:
                return
            assert self.deliver(waiting) == []
        raise AssertionError("the function goes on changing what it hears of")
