"""DynamoDB in memory that counts what would be paid for.

Sizes and units are calculated by DynamoDB's published rules; ``tests/integration/capacity.py`` has them with links.
"""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from math import ceil
from threading import Lock
from typing import Any

from presence.storage.table import Raw
from tests.integration.capacity import READ_UNIT_BYTES, WRITE_UNIT_BYTES, size
from tests.support.memory import Memory

LISTS, CARDS, CENSUS, MAIN = "posting lists", "cards", "census", "main table"
_PARTS = {"WORD": LISTS, "CARD": CARDS, "CENSUS": CENSUS}


@dataclass
class Spent:
    requests: int = 0
    read_units: float = 0.0
    write_units: int = 0


@dataclass
class Bill:
    """What was spent, by what is read or written; a request counts as what it asks for first: the census comes with the
    lists."""

    parts: dict[str, Spent] = field(default_factory=lambda: defaultdict(Spent))

    @property
    def requests(self) -> int:
        return sum(part.requests for part in self.parts.values())

    @property
    def read_units(self) -> float:
        return sum(part.read_units for part in self.parts.values())


class Metered(Memory):
    def __init__(self) -> None:
        super().__init__()
        self._bills: list[Bill] = []
        self._lock = Lock()

    @contextmanager
    def bill(self) -> Iterator[Bill]:
        """What is spent meanwhile."""
        bill = Bill()
        self._bills.append(bill)
        try:
            yield bill
        finally:
            self._bills.remove(bill)

    def get_item(self, **request: Any) -> Raw:
        answer = super().get_item(**request)
        units = _read_units(size(answer["Item"]) if "Item" in answer else 0)
        part = _part(request["Key"])
        self._note(part, requests=1, read_units=units * (1 if request.get("ConsistentRead") else 0.5))
        return answer

    def batch_get_item(self, *, RequestItems: Raw) -> Raw:  # noqa: N803
        answer = super().batch_get_item(RequestItems=RequestItems)
        for place, (name, request) in enumerate(RequestItems.items()):
            sizes = {_key(item): size(item) for item in answer["Responses"][name]}
            share = 1 if request["ConsistentRead"] else 0.5
            for each in request["Keys"]:
                self._note(_part(each), read_units=_read_units(sizes.get(_key(each), 0)) * share)
            self._note(_part(request["Keys"][0]), requests=int(place == 0))
        return answer

    def query(self, **request: Any) -> Raw:
        answer = super().query(**request)
        units = _read_units(sum(map(size, answer["Items"])))
        self._note(MAIN, requests=1, read_units=units * (1 if request.get("ConsistentRead") else 0.5))
        return answer

    def put_item(self, **request: Any) -> Raw:
        return self._written("put_item", request)

    def delete_item(self, **request: Any) -> Raw:
        return self._written("delete_item", request)

    def _written(self, operation: str, request: Raw) -> Raw:
        target, key = self._table(request["TableName"]), _key(request.get("Key") or request["Item"])
        before = target.items.get(key)
        answer: Raw = getattr(super(), operation)(**request)
        units = max(_write_units(before), _write_units(target.items.get(key)))
        self._note(_part(request.get("Key") or request["Item"]), requests=1, write_units=units)
        return answer

    def transact_write_items(self, *, TransactItems: list[Raw], ClientRequestToken: str = "") -> Raw:  # noqa: N803
        targets = [
            (self._table(request["TableName"]), request.get("Key") or request["Item"])
            for each in TransactItems
            for request in each.values()
        ]
        before = [target.items.get(_key(item)) for target, item in targets]
        answer = super().transact_write_items(TransactItems=TransactItems, ClientRequestToken=ClientRequestToken)
        for (target, item), was in zip(targets, before, strict=True):
            units = 2 * max(_write_units(was), _write_units(target.items.get(_key(item))))
            self._note(_part(item), write_units=units)
        self._note(_part(targets[0][1]), requests=1)
        return answer

    def _note(self, part: str, *, requests: int = 0, read_units: float = 0.0, write_units: int = 0) -> None:
        with self._lock:
            for bill in self._bills:
                spent = bill.parts[part]
                spent.requests += requests
                spent.read_units += read_units
                spent.write_units += write_units


def _part(item: Raw) -> str:
    return _PARTS.get(item["pk"]["S"].partition("#")[0], MAIN)


def _key(item: Raw) -> tuple[str, str]:
    return item["pk"]["S"], item["sk"]["S"]


def _read_units(number_of_bytes: int) -> int:
    return max(1, ceil(number_of_bytes / READ_UNIT_BYTES))


def _write_units(item: Raw | None) -> int:
    return ceil(size(item) / WRITE_UNIT_BYTES) if item else 0
