"""What requests cost on AWS, calculated by its published rules from the items that went over the wire.

The local DynamoDB reports the write units of transactions as AWS does (a test compares), but a flat unit for every
read, whatever its size, and nothing at all for BatchGetItem.

- Sizes: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
- Reads and writes: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html
- Indexes: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.html#GSI.ThroughputConsiderations
- Transactions:
  https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html#transaction-capacity-handling
"""

from base64 import b64decode
from collections.abc import Iterable, Mapping
from math import ceil
from typing import Any, NamedTuple

from presence.storage.models import Item
from tests.integration.stream import Record
from tests.integration.wire import Sent

READ_UNIT_BYTES, WRITE_UNIT_BYTES = 4096, 1024

INDEXES = {
    index["index_name"]: tuple(part["AttributeName"] for part in index["key_schema"])
    for index in Item._get_schema()["global_secondary_indexes"]
}
"""Their keys. All of them project all attributes."""

type Attributes = Mapping[str, Mapping[str, Any]]


class Units(NamedTuple):
    read: float
    write: float


def size(item: Attributes) -> int:
    return sum(len(name.encode()) + _size_of_value(*typed.items()) for name, typed in item.items())


def _size_of_value(typed: tuple[str, Any]) -> int:
    tag, value = typed
    match tag:
        case "S":
            return len(value.encode())
        case "SS":
            return sum(len(text.encode()) for text in value)
        case "B":
            return len(b64decode(value))
        case "BOOL":
            return 1
        case "N":
            digits = value.lstrip("-").strip("0").replace(".", "")
            return ceil(len(digits) / 2) + 1
        case "M":
            return 3 + sum(1 + len(name.encode()) + _size_of_value(*each.items()) for name, each in value.items())
        case _:
            raise NotImplementedError(f"No attribute of ours has the type {tag}.")


def units(sent: Iterable[Sent], records: Iterable[Record]) -> Units:
    """What these requests, with these changes of the table, cost."""
    sent = list(sent)
    writes = sum(len(each.body["TransactItems"]) for each in sent if each.operation == "TransactWriteItems")
    single = sum(_put(each.body["Item"]) for each in sent if each.operation == "PutItem")
    return Units(sum(map(read_units, sent)), write_units(list(records), writes) + single)


def read_units(sent: Sent) -> float:
    match sent.operation:
        case "GetItem":
            return _read(size(sent.answer.get("Item", {})), consistent=sent.body["ConsistentRead"])
        case "BatchGetItem":
            # Each item is rounded by itself, as if it were read alone; one that is not there costs the least.
            return sum(
                _batch(asked, sent.answer["Responses"].get(table, []))
                for table, asked in sent.body["RequestItems"].items()
            )
        case "Query":
            # Rounded once, for all that was read; nothing is filtered, so that is all that came.
            read = sum(map(size, sent.answer["Items"]))
            return _read(read, consistent=sent.body.get("ConsistentRead", False))
        case _:
            return 0


def _batch(asked: Mapping[str, Any], found: list[Attributes]) -> float:
    sizes = [size(item) for item in found] + [0] * (len(asked["Keys"]) - len(found))
    return sum(_read(each, consistent=asked["ConsistentRead"]) for each in sizes)


def _read(read_bytes: int, *, consistent: bool) -> float:
    units = max(1, ceil(read_bytes / READ_UNIT_BYTES))
    return units if consistent else units / 2


def _put(item: Attributes) -> int:
    """Of the discovery table, which has no index. That an item shrinks is charged by what it was; no pattern does."""
    return _unit(item)


def write_units(records: list[Record], writes: int) -> float:
    """Of transactions with so many writes; those that changed nothing left no record and cost the least."""
    return sum(map(_write, records)) + 2 * (writes - len(records))


def _write(record: Record) -> float:
    """Transactions write twice, to prepare and to commit; to the indexes the change goes later, and once."""
    change = record["dynamodb"]
    old, new = change.get("OldImage"), change.get("NewImage")
    on_table = 2 * max(_unit(old), _unit(new))
    return on_table + sum(_on_index(keys, old, new) for keys in INDEXES.values())


def _on_index(keys: tuple[str, ...], old: Attributes | None, new: Attributes | None) -> int:
    before, after = _entry(keys, old), _entry(keys, new)
    if before == after:
        return 0
    moves = before and after and any(before[key] != after[key] for key in keys)
    return _unit(before) + _unit(after) if moves else max(_unit(before), _unit(after))


def _entry(keys: tuple[str, ...], item: Attributes | None) -> Attributes | None:
    """An item is in an index only if it has the index's key."""
    return item if item and all(key in item for key in keys) else None


def _unit(item: Attributes | None) -> int:
    return ceil(size(item) / WRITE_UNIT_BYTES) if item else 0
