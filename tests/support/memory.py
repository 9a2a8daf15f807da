"""DynamoDB in memory: what the storage package asks of it, and no more.

moto takes milliseconds for each request, and a model-based test asks hundreds of thousands of times.
``tests/functional/test_memory.py`` asks this and moto the same and compares what they answer.

Items are never changed in place, so what is given out stays as it was.
"""

import os
import re
from base64 import b64encode
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple
from zlib import crc32

import botocore.exceptions

from presence.storage.keys import Key
from presence.storage.models import Item
from presence.storage.table import BATCH_GET_LIMIT, TRANSACTION_LIMIT, Raw
from tests.support.stored import Stream

BATCH_WRITE_LIMIT = 25

type Value = Raw | None
"""An attribute as it goes over the wire; None where the item has none of that name."""
type Operand = Callable[[Raw, "Expression"], Value]
type Test = Callable[[Raw, "Expression"], bool]
type Change = Callable[[Raw, Raw, "Expression"], None]
"""Takes the item before, the item to be, and what the expression's names and values stand for."""


class Expression(NamedTuple):
    """What the placeholders of an expression stand for."""

    names: Mapping[str, str]
    values: Mapping[str, Raw]

    def attribute(self, name: str) -> str:
        return self.names[name] if name.startswith("#") else name


class Written(NamedTuple):
    """One item before and after a write."""

    key: Key
    old: Raw | None
    new: Raw | None


class Table:
    """What lies in one table, and how its indexes list it."""

    def __init__(self, stems: Iterable[str] = ()) -> None:
        self.items: dict[Key, Raw] = {}
        self._stems = ("", *stems)
        self._listed: dict[tuple[str, str], dict[Key, Raw]] = defaultdict(dict)
        """The items of each partition, by the stem of its keys' names ("" for the table) and the partition."""

    def forget(self) -> None:
        self.items.clear()
        self._listed.clear()

    def partition(self, stem: str, name: str) -> Iterable[Raw]:
        return self._listed[stem, name].values()

    def write(self, key: Key, item: Raw | None) -> None:
        old = self.items.pop(key, None)
        for stem in self._stems:
            if old and f"{stem}pk" in old:
                self._listed[stem, old[f"{stem}pk"]["S"]].pop(key, None)
            if item and f"{stem}pk" in item and f"{stem}sk" in item:
                self._listed[stem, item[f"{stem}pk"]["S"]][key] = item
        if item is not None:
            self.items[key] = item


class _Write(NamedTuple):
    """One write of a request."""

    verb: str
    table: Table
    key: Key
    request: Raw

    @property
    def standing(self) -> Raw | None:
        return self.table.items.get(self.key)


class Memory:
    """Stands for the client that ``presence.storage.table`` holds: of the table with its indexes and its stream, and of
    the one for discovery, which has neither.

    ``written`` is what the stream would tell, in its order; whoever reads it empties it.
    """

    def __init__(self) -> None:
        self._indexes = {index.Meta.index_name: _stem(index.Meta.index_name) for index in Item._indexes.values()}
        self.main = Table(self._indexes.values())
        self.discovery = Table()
        self._tables = {Item.Meta.table_name: self.main, os.environ["DISCOVERY_TABLE_NAME"]: self.discovery}
        self._request_signer = None
        self.written: list[Written] = []
        self.asked = 0

    def forget(self) -> None:
        """Be empty tables again."""
        for table in self._tables.values():
            table.forget()
        self.written.clear()

    def get_item(self, *, TableName: str, Key: Raw, ConsistentRead: bool = False) -> Raw:  # noqa: N803
        self.asked += 1
        found = self._table(TableName).items.get(_key(Key))
        return {"Item": found} if found else {}

    def batch_get_item(self, *, RequestItems: Raw) -> Raw:  # noqa: N803
        self.asked += 1
        wanted = {name: [_key(key) for key in request["Keys"]] for name, request in RequestItems.items()}
        if not all(keys and len(set(keys)) == len(keys) for keys in wanted.values()):
            raise _invalid("A batch get asks each table it names for one key at least, and for each key once.")
        if not 0 < sum(map(len, wanted.values())) <= BATCH_GET_LIMIT:
            raise _invalid("A batch get takes 1 to 100 keys.")
        tables = {name: self._table(name).items for name in wanted}
        return {
            "Responses": {name: [tables[name][key] for key in wanted[name] if key in tables[name]] for name in wanted},
            "UnprocessedKeys": {},
        }

    def query(
        self,
        *,
        TableName: str,  # noqa: N803
        KeyConditionExpression: str,  # noqa: N803
        ExpressionAttributeNames: Raw,  # noqa: N803
        ExpressionAttributeValues: Raw,  # noqa: N803
        Limit: int,  # noqa: N803
        ScanIndexForward: bool,  # noqa: N803
        IndexName: str | None = None,  # noqa: N803
        ConsistentRead: bool = False,  # noqa: N803
        ExclusiveStartKey: Raw | None = None,  # noqa: N803
    ) -> Raw:
        self.asked += 1
        stem = self._indexes[IndexName] if IndexName else ""
        if Limit < 1 or (IndexName and ConsistentRead):
            raise _invalid("A query reads at least one item, and an index is never consistent.")
        expression = Expression(ExpressionAttributeNames, ExpressionAttributeValues)
        fits = _test(KeyConditionExpression)
        partition = self._table(TableName).partition(stem, ExpressionAttributeValues[":pk"]["S"])
        found = sorted(
            (item for item in partition if fits(item, expression)),
            key=lambda item: _place(item, stem),
            reverse=not ScanIndexForward,
        )
        if ExclusiveStartKey:
            after = _place(ExclusiveStartKey, stem)
            found = [
                item
                for item in found
                if (_place(item, stem) > after if ScanIndexForward else _place(item, stem) < after)
            ]
        page = found[:Limit]
        return {"Items": page, **({"LastEvaluatedKey": page[-1]} if len(found) > Limit else {})}

    def transact_write_items(self, *, TransactItems: list[Raw], ClientRequestToken: str = "") -> Raw:  # noqa: N803
        self.asked += 1
        writes = [self._understood(*next(iter(each.items()))) for each in TransactItems]
        touched = {(id(write.table), write.key) for write in writes}
        if not 0 < len(writes) <= TRANSACTION_LIMIT or len(touched) < len(writes):
            raise _invalid("A transaction has 1 to 100 writes, each of another item.")
        reasons = [_refusal(write) for write in writes]
        if any(reasons):
            told = [reason or {"Code": "None"} for reason in reasons]
            raise error("TransactWriteItems", "TransactionCanceledException", CancellationReasons=told)
        after = [_after(write) for write in writes]
        for write, item in zip(writes, after, strict=True):
            self._apply(write, item)
        return {}

    def put_item(self, **request: Any) -> Raw:
        return self._write_alone("Put", request)

    def update_item(self, **request: Any) -> Raw:
        return self._write_alone("Update", request)

    def delete_item(self, **request: Any) -> Raw:
        return self._write_alone("Delete", request)

    def batch_write_item(self, *, RequestItems: Raw) -> Raw:  # noqa: N803
        self.asked += 1
        writes = [
            self._understood(kind.removesuffix("Request"), {"TableName": name, **request})
            for name, requests in RequestItems.items()
            for each in requests
            for kind, request in each.items()
        ]
        touched = {(id(write.table), write.key) for write in writes}
        if not 0 < len(writes) <= BATCH_WRITE_LIMIT or len(touched) < len(writes):
            raise _invalid("A batch has 1 to 25 writes, each of another item.")
        for write in writes:
            self._apply(write, _after(write))
        return {"UnprocessedItems": {}}

    def scan(
        self,
        *,
        TableName: str,  # noqa: N803
        ConsistentRead: bool = True,  # noqa: N803
        Limit: int | None = None,  # noqa: N803
        ExclusiveStartKey: Raw | None = None,  # noqa: N803
        Segment: int = 0,  # noqa: N803
        TotalSegments: int = 1,  # noqa: N803
    ) -> Raw:
        """All of it in one page, which tests ask behind the API's back, or page by page in the order of its keys."""
        self.asked += 1
        items = self._table(TableName).items
        if Limit is None:
            return {"Items": list(items.values())}
        after = _key(ExclusiveStartKey) if ExclusiveStartKey else ("", "")
        left = sorted(key for key in items if key > after and crc32(key[0].encode()) % TotalSegments == Segment)
        page = [items[key] for key in left[:Limit]]
        last = {name: page[-1][name] for name in ("pk", "sk")} if len(left) > Limit else None
        return {"Items": page, **({"LastEvaluatedKey": last} if last else {})}

    def _table(self, name: str) -> Table:
        if name not in self._tables:
            raise error("Any", "ResourceNotFoundException")
        return self._tables[name]

    def _understood(self, verb: str, request: Raw) -> _Write:
        if "ReturnValues" in request:
            raise _invalid("What an item was or became is not told here.")
        return _Write(verb, self._table(request["TableName"]), _key(request.get("Key") or request["Item"]), request)

    def _write_alone(self, verb: str, request: Raw) -> Raw:
        self.asked += 1
        write = self._understood(verb, request)
        refused = _refusal(write)
        if refused:
            shown = {"Item": refused["Item"]} if "Item" in refused else {}
            raise error(f"{verb}Item", "ConditionalCheckFailedException", **shown)
        self._apply(write, _after(write))
        return {}

    def _apply(self, write: _Write, item: Raw | None) -> None:
        old = write.table.items.get(write.key)
        if item != old:
            write.table.write(write.key, item)
            if write.table is self.main:
                self.written.append(Written(write.key, old, item))


def _refusal(write: _Write) -> Raw | None:
    """Why its condition stops it, as a transaction tells it; None if it may go ahead."""
    condition = write.request.get("ConditionExpression")
    if condition is None or _test(condition)(write.standing or {}, _expression(write.request)):
        return None
    shown = write.standing and write.request.get("ReturnValuesOnConditionCheckFailure") == "ALL_OLD"
    return {"Code": "ConditionalCheckFailed", **({"Item": write.standing} if shown else {})}


def _stem(index: str) -> str:
    return index.removeprefix("by_") + "_"


def _key(item: Raw) -> Key:
    key = item["pk"]["S"], item["sk"]["S"]
    if not all(key):
        raise _invalid("A key may not be empty.")
    return key


def _place(item: Raw, stem: str) -> tuple[str, ...]:
    """Where an item lies in the table (no stem) or an index; there the table's key tells apart what lies together."""
    key = _key(item)
    return (item[f"{stem}sk"]["S"], *key) if stem else key


def _expression(request: Raw) -> Expression:
    values = _as_told(request.get("ExpressionAttributeValues", {}))
    return Expression(request.get("ExpressionAttributeNames", {}), values)


def _as_told(item: Raw) -> Raw:
    """As an answer has it that nothing was parsed of: bytes are base64 in JSON."""
    if not any("B" in value for value in item.values()):
        return item
    return {name: {"B": b64encode(value["B"]).decode()} if "B" in value else value for name, value in item.items()}


def _after(write: _Write) -> Raw | None:
    """What the write makes of what stands there."""
    request, standing = write.request, write.standing
    match write.verb:
        case "Put":
            new: Raw | None = _as_told(request["Item"])
        case "Delete":
            new = None
        case "Update":
            before = standing or request["Key"]
            new = {**before}
            for change in _changes(request["UpdateExpression"]):
                change(before, new, _expression(request))
        case _:
            raise _invalid(f"{write.verb} is not understood here.")
    for name, value in (new or {}).items():
        if (name.endswith(("_pk", "_sk")) and not value.get("S")) or value.get("SS") == []:
            raise _invalid(f"{name} may not be empty.")
    return new


def error(
    operation: str, code: str, message: str = "", *, status: int = 400, **more: Any
) -> botocore.exceptions.ClientError:
    answer: Any = {
        "Error": {"Code": code, "Message": message},
        "ResponseMetadata": {"HTTPStatusCode": status},
        **more,
    }
    return botocore.exceptions.ClientError(answer, operation)


def _invalid(message: str) -> Exception:
    return error("Any", "ValidationException", message)


# Expressions, as far as PynamoDB and ``table.query`` write them.

_WORDS = re.compile(r"\s*(<=|>=|<>|[()=<>,+-]|[#:]?\w+)")
_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}


class _Words:
    """The words of an expression, one after the other."""

    def __init__(self, text: str) -> None:
        self._words = _split(text)
        self._at = 0

    def peek(self) -> str:
        return self._words[self._at] if self._at < len(self._words) else ""

    def next(self, expected: str = "") -> str:
        word = self.peek()
        if not word or (expected and word != expected):
            raise _invalid(f"{expected or 'more'} is expected, not {word!r}, in {' '.join(self._words)!r}")
        self._at += 1
        return word

    def skip(self, word: str) -> bool:
        found = self.peek() == word
        self._at += found
        return found


def _split(text: str) -> list[str]:
    words, at = [], 0
    text = text.rstrip()
    while at < len(text):
        found = _WORDS.match(text, at)
        if not found:
            raise _invalid(f"{text[at:]!r} is not understood here.")
        words.append(found[1])
        at = found.end()
    return words


@cache
def _test(text: str) -> Test:
    words = _Words(text)
    test = _any(words)
    if words.peek():
        raise _invalid(f"{words.peek()!r} is left over in {text!r}.")
    return test


def _any(words: _Words) -> Test:
    tests = [_all(words)]
    while words.skip("OR"):
        tests.append(_all(words))
    return tests[0] if len(tests) == 1 else lambda item, given: any(test(item, given) for test in tests)


def _all(words: _Words) -> Test:
    tests = [_one(words)]
    while words.skip("AND"):
        tests.append(_one(words))
    return tests[0] if len(tests) == 1 else lambda item, given: all(test(item, given) for test in tests)


def _one(words: _Words) -> Test:
    if words.skip("NOT"):
        test = _one(words)
        return lambda item, given: not test(item, given)
    if words.skip("("):
        test = _any(words)
        words.next(")")
        return test
    return _FUNCTIONS[words.next()](*_arguments(words)) if words.peek() in _FUNCTIONS else _comparison(words)


def _comparison(words: _Words) -> Test:
    left, sign = _operand(words), words.next()
    if sign == "IN":
        allowed = _arguments(words)
        return lambda item, given: any(_equal(left(item, given), each(item, given)) for each in allowed)
    if sign == "BETWEEN":
        low, _, high = _operand(words), words.next("AND"), _operand(words)
        return lambda item, given: _compare(">=", left, low, item, given) and _compare("<=", left, high, item, given)
    right = _operand(words)
    if sign in ("=", "<>"):
        return lambda item, given: _equal(left(item, given), right(item, given)) is (sign == "=")
    if sign not in _COMPARISONS:
        raise _invalid(f"{sign!r} is not understood here.")
    return lambda item, given: _compare(sign, left, right, item, given)


def _arguments(words: _Words) -> list[Operand]:
    words.next("(")
    found = [_operand(words)]
    while words.skip(","):
        found.append(_operand(words))
    words.next(")")
    return found


def _operand(words: _Words) -> Operand:
    word = words.next()
    if word.startswith(":"):
        return lambda _, given: given.values[word]
    if word == "size":
        [of] = _arguments(words)
        return lambda item, given: _size(of(item, given))
    if _is_name(word):
        return lambda item, given: item.get(given.attribute(word))
    raise _invalid(f"{word!r} is not understood here.")


def _size(value: Value) -> Value:
    """Of a set how many it has, of a text its bytes; of what is not there nothing."""
    if value is None:
        return None
    return {"N": str(len(value["SS"] if "SS" in value else value["S"].encode()))}


def _is_name(word: str) -> bool:
    """A placeholder, or the attribute itself where DynamoDB has not reserved the word."""
    return word.startswith("#") or word.isidentifier()


def _equal(left: Value, right: Value) -> bool:
    """What is not there equals nothing."""
    if left is None or right is None:
        return False
    return _plain(left) == _plain(right)


def _plain(value: Raw) -> tuple[str, Any]:
    ((tag, content),) = value.items()
    return tag, int(content) if tag == "N" else sorted(content) if tag == "SS" else content


def _compare(sign: str, left: Operand, right: Operand, item: Raw, given: Expression) -> bool:
    one, other = left(item, given), right(item, given)
    if one is None or other is None:
        return False
    (tag, a), (other_tag, b) = _plain(one), _plain(other)
    return tag == other_tag and _COMPARISONS[sign](a, b)


def _exists(operand: Operand) -> Test:
    return lambda item, given: operand(item, given) is not None


def _is_missing(operand: Operand) -> Test:
    return lambda item, given: operand(item, given) is None


def _begins_with(operand: Operand, prefix: Operand) -> Test:
    return lambda item, given: ((operand(item, given) or {}).get("S") or "").startswith(
        (prefix(item, given) or {})["S"]
    )


def _contains(operand: Operand, part: Operand) -> Test:
    def test(item: Raw, given: Expression) -> bool:
        whole, wanted = operand(item, given) or {}, (part(item, given) or {})["S"]
        return wanted in whole.get("SS", ()) or wanted in whole.get("S", "")

    return test


_FUNCTIONS: dict[str, Callable[..., Test]] = {
    "attribute_exists": _exists,
    "attribute_not_exists": _is_missing,
    "begins_with": _begins_with,
    "contains": _contains,
}


@cache
def _changes(text: str) -> tuple[Change, ...]:
    return tuple(_read_changes(_Words(text)))


def _read_changes(words: _Words) -> Iterator[Change]:
    while words.peek():
        read = _CLAUSES[words.next()]
        yield read(words)
        while words.skip(","):
            yield read(words)


def _name(words: _Words) -> str:
    word = words.next()
    if not _is_name(word):
        raise _invalid(f"{word!r} is not understood here.")
    return word


def _set(words: _Words) -> Change:
    name = _name(words)
    words.next("=")
    value = _sum(words)

    def change(item: Raw, new: Raw, given: Expression) -> None:
        found = value(item, given)
        if found is None:
            raise _invalid(f"{given.attribute(name)} is to be set to what is not there.")
        new[given.attribute(name)] = found

    return change


def _sum(words: _Words) -> Operand:
    left = _term(words)
    sign = words.next() if words.peek() in ("+", "-") else ""
    if not sign:
        return left
    right = _term(words)

    def total(item: Raw, given: Expression) -> Value:
        one, other = left(item, given), right(item, given)
        if one is None or other is None:
            return None
        return {"N": str(int(one["N"]) + int(other["N"]) * (1 if sign == "+" else -1))}

    return total


def _term(words: _Words) -> Operand:
    if not words.skip("if_not_exists"):
        return _operand(words)
    there, otherwise = _arguments(words)
    return lambda item, given: there(item, given) or otherwise(item, given)


def _remove(words: _Words) -> Change:
    name = _name(words)
    return lambda _, new, given: new.pop(given.attribute(name), None) and None


def _add(words: _Words) -> Change:
    name, value = _name(words), _operand(words)

    def change(item: Raw, new: Raw, given: Expression) -> None:
        old, by = item.get(given.attribute(name)), value(item, given) or {}
        if "N" in by:
            new[given.attribute(name)] = {"N": str(int((old or {"N": "0"})["N"]) + int(by["N"]))}
        else:
            new[given.attribute(name)] = {"SS": sorted({*(old or {"SS": []})["SS"], *by["SS"]})}

    return change


def _delete(words: _Words) -> Change:
    name, value = _name(words), _operand(words)

    def change(item: Raw, new: Raw, given: Expression) -> None:
        left = set((item.get(given.attribute(name)) or {"SS": []})["SS"]) - set((value(item, given) or {})["SS"])
        if left:
            new[given.attribute(name)] = {"SS": sorted(left)}
        else:
            new.pop(given.attribute(name), None)

    return change


_CLAUSES: dict[str, Callable[[_Words], Change]] = {"SET": _set, "REMOVE": _remove, "ADD": _add, "DELETE": _delete}


class MemoryStream(Stream):
    """The table's stream with a record for each write, as DynamoDB's has; the other tells only what came of them."""

    def __init__(self, memory: Memory, *readers: str) -> None:
        super().__init__(*readers)
        self._memory = memory
        memory.written.clear()

    def records(self) -> list[Raw]:
        written, self._memory.written = self._memory.written, []
        return [self._record(*each) for each in written]
