"""The discovery table: posting lists, cards and what counts them. All of it can be made again from the main table.

Each item has a revision, and a write demands the one that was read. Reads for searching are eventually
consistent: half a read unit per 4 KB.
"""

import os
import struct
import zlib
from base64 import b64decode
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import index as whole_number
from random import randrange
from typing import Any, NamedTuple

import orjson

from presence.domain import clock, postings, trends
from presence.domain.postings import BLOCK_BYTES, MAX_BLOCKS, Columns, Place, Postings, Sample, TermList
from presence.domain.suggestions import KINDS, Suggestion
from presence.domain.trends import Best
from presence.projections.documents import Document, is_owner
from presence.storage import codec, keys, table
from presence.storage.keys import Key
from presence.storage.table import Part, Raw

RUN_SECONDS = 15 * clock.MINUTE
"""Nobody who read something still writes after that: a function has 5 minutes."""

NOTES_KEPT_SECONDS = 2 * clock.DAY
"""A record comes again for a day at most: so long the stream keeps it."""


def name() -> str:
    """Of the discovery table."""
    return os.environ["DISCOVERY_TABLE_NAME"]


def read(wanted: Iterable[Key], *, consistent: bool = False, beside: Iterable[Key] = ()) -> dict[Key, Raw]:
    """The items that are there, and those of the main table ``beside`` them: 1 request per 100."""
    return table.batch_get(wanted, of=name(), consistent=consistent, beside=beside)


def page(part: Part, after: Key | None, limit: int) -> tuple[dict[Key, Raw], Key | None]:
    """Some of all items, and after which key more may follow: 1 request, 1 read unit per 4 KB."""
    items, last = table.scan(part, of=name(), after=after, limit=limit)
    return {(item["pk"]["S"], item["sk"]["S"]): item for item in items}, last


class Changed(Exception):
    """Somebody else wrote the item since it was read."""


@dataclass(frozen=True, slots=True)
class Write:
    """An item as it is to be: its attributes, or None if it is not to be there."""

    key: Key
    attributes: Mapping[str, Raw] | None
    revision: int | None
    """As it was read; 0: it was not there; None: whatever lies there."""
    becomes: int = field(default_factory=lambda: randrange(1, 1 << 48))  # noqa: S311 - not a secret
    """The revision that it gets. Drawn, not counted: an item that went and came again is another one."""


class Group(NamedTuple):
    """Writes that belong together, one after the other, or all or none."""

    writes: list[Write]
    at_once: bool = False


def write_each(groups: list[Group]) -> list[bool]:
    """Each group for itself: 1 request and 1 write unit per KB for each write; 1 request and 2 units all at once.

    Returns:
        Of which groups all was as it had been read. Of the others, the writes before the one that was not are done.
    """
    return list(in_parallel(_is_written, groups))


def _is_written(group: Group) -> bool:
    requests = [_request(each) for each in group.writes]
    try:
        if group.at_once:
            table.write_conditionally(name(), requests, otherwise=Changed())
        else:
            for request in requests:
                table.write_conditionally(name(), [request], otherwise=Changed())
    except Changed:
        return False
    return True


def in_parallel[T, R](work: Callable[[T], R], things: list[T]) -> Iterable[R]:
    """What the work gives for each thing, in their order; requests of several at a time."""
    if len(things) < 2:
        return map(work, things)
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415 - only the indexer writes

    with ThreadPoolExecutor(table.PARALLEL_REQUESTS) as pool:
        return list(pool.map(work, things))


def _request(each: Write) -> Raw:
    condition: Raw = {"ConditionExpression": "attribute_not_exists(pk)"} if each.revision is not None else {}
    if each.revision:
        condition = {
            "ConditionExpression": "#revision = :revision",
            "ExpressionAttributeNames": {"#revision": "revision"},
            "ExpressionAttributeValues": {":revision": {"N": str(each.revision)}},
        }
    key = {"pk": {"S": each.key[0]}, "sk": {"S": each.key[1]}}
    if each.attributes is None:
        return {"Delete": {"Key": key, **condition}}
    return {"Put": {"Item": {**key, "revision": {"N": str(each.becomes)}, **each.attributes}, **condition}}


def leaving(attributes: Mapping[str, Raw]) -> Mapping[str, Raw]:
    """Of an item that only notes what may have been written: it goes by itself when nobody comes again who wrote it."""
    return {**attributes, "expires_at": {"N": str(int(clock.now()) + NOTES_KEPT_SECONDS)}}


def is_leaving(raw: Raw) -> bool:
    return "expires_at" in raw


# What an item says.


class Decoder[T]:
    """Gives what an item says, or some of it. One that cannot be read says nothing, as if it were not there, and is
    told and counted as by ``codec.readable``: all of this can be made again. By its revision, which is read apart,
    whoever writes it next replaces it; ``services.drift`` finds those that nobody writes.
    """

    _WRONG = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError, struct.error, zlib.error)

    def __init__(self, decode: Callable[[Raw | None], T]) -> None:
        """
        Args:
            decode: takes None where there is no item. May raise whatever decoding raises.
        """
        self._decode = decode

    def __call__(self, raw: Raw | None) -> T:
        try:
            return self._decode(raw)
        except self._WRONG as error:
            codec.tell_unreadable(codec.Unreadable(raw or {}, error))
            return self._decode(None)

    def can_read(self, raw: Raw) -> bool:
        """Or else it is told too."""
        try:
            self._decode(raw)
        except self._WRONG as error:
            codec.tell_unreadable(codec.Unreadable(raw, error))
            return False
        return True


@Decoder
def revision(raw: Raw | None) -> int:
    return int(raw["revision"]["N"]) if raw else 0


@Decoder
def nothing_of_ours(raw: Raw | None) -> None:
    """Of an item with a key that no code of ours writes."""
    if raw:
        raise LookupError("nothing of ours has this key")


def _data(raw: Raw, name: str = "data") -> bytes:
    return b64decode(raw[name]["B"])


# Posting lists.


@dataclass(slots=True)
class StoredList:
    """A word's list as it lies in the table."""

    word: str
    whole: TermList
    revisions: list[int]
    """Of its blocks; 0 where there is none."""
    having: int = 0
    """How many documents have the word, as the first block tells; 0: it does not need to."""
    unsettled: frozenset[int] = frozenset()
    """Blocks to write also if nothing else changes: the first where it does not tell of others, and those that cannot
    be read or were lost.
    """


def list_keys(kind: str, word: str, blocks: int = MAX_BLOCKS) -> list[Key]:
    return [keys.block(kind, word, index) for index in range(blocks)]


def stored_list(kind: str, word: str, found: Mapping[Key, Raw]) -> StoredList:
    """Blocks that the first one does not tell of belong to the list, and the first is to say so."""
    raws = [found.get(key) for key in list_keys(kind, word)]
    parts = [block(raw) for raw in raws]
    head = parts[0].head if parts[0] else Head()
    there = max((index + 1 for index, raw in enumerate(raws) if raw), default=1)
    blocks = [part.postings if part else {} for part in parts[: max(there, len(head.fences) + 1)]]
    untold = blocks[len(head.fences) + 1 :]
    fences = [min((postings.place(*each) for each in some.items()), default=(0, 0)) for some in untold]
    unsettled = {index for index in range(len(blocks)) if not parts[index] and (index or raws[0])}
    sample = next((part.sample for part in parts if part and part.sample), None)
    whole = TermList(blocks, [*head.fences, *fences], head.floor, sample)
    revisions = [revision(raw) for raw in raws]
    return StoredList(word, whole, revisions, head.having, frozenset(unsettled | ({0} if untold else set())))


def may_need_more(first: Raw | None, coming: int) -> bool:
    """Whether a list has, or may come to have, other blocks than its first when so many documents come."""
    if first is None:
        return False
    blocks, size = _extent(first)
    return blocks > 1 or size + coming * _POSTING_BYTES > BLOCK_BYTES // 2


_POSTING_BYTES = 11
"""At most: three of its number's bytes lie as they are, eight others are compressed."""


@Decoder
def _extent(first: Raw | None) -> tuple[int, int]:
    """How many blocks a list has and how many bytes of postings its first one, told by this; at most, if it is not."""
    return (1 + len(_head(first).fences), len(_data(first))) if first else (MAX_BLOCKS, BLOCK_BYTES)


class Head(NamedTuple):
    """What the first block of a list tells of all of it."""

    fences: Sequence[Place] = ()
    floor: Place | None = None
    having: int = 0


def _head(raw: Raw) -> Head:
    if "head" not in raw:
        return Head()
    told = orjson.loads(raw["head"]["S"])
    fences = [_place(each) for each in told.get("fences", ())]
    if len(fences) >= MAX_BLOCKS:
        raise ValueError("more blocks than a list has")
    floor = told.get("floor")
    return Head(fences, _place(floor) if floor else None, whole_number(told.get("having", 0)))


def _place(told: Any) -> Place:
    impact, number = map(whole_number, told)
    return impact, number


class Block(NamedTuple):
    """A part of a list, and what lies with it."""

    postings: Postings
    head: Head
    sample: Sample | None


@Decoder
def block(raw: Raw | None) -> Block | None:
    if raw is None:
        return None
    sample = Sample.unpacked(_data(raw, "sample"), int(raw["limit"]["N"])) if "sample" in raw else None
    return Block(postings.unpack(_data(raw)), _head(raw), sample)


def list_writes(kind: str, stored: StoredList, changed: Collection[int]) -> Group:
    """What puts a changed list down: all at once where postings of others move from one block to another. Else a writer
    that is stopped between two blocks, or refused one of them, would leave these in both, one of them out of date.
    """
    whole = stored.whole
    if whole.is_sparse:
        whole.gather()
        blocks = [index for index, known in enumerate(stored.revisions) if known or index == 0]
        return Group([_list_write(kind, stored, index) for index in blocks], at_once=True)
    before = list(whole.fences), whole.floor
    settled = whole.settle(changed)
    if abs(whole.having - stored.having) > whole.having * TOLD_WITHIN and whole.fences:
        settled.add(0)
    writes = [_list_write(kind, stored, index) for index in sorted(settled, reverse=True)]
    return Group(writes, at_once=(whole.fences, whole.floor) != before)


TOLD_WITHIN = 0.02
"""By how much the number of documents of a list may differ from what its first block tells before that is written."""


def _list_write(kind: str, stored: StoredList, index: int) -> Write:
    whole = stored.whole
    is_there = index < len(whole.blocks) and (len(whole) > 0 or whole.floor is not None)
    attributes = _block(whole, index) if is_there else None
    return Write(keys.block(kind, stored.word, index), attributes, stored.revisions[index])


def _block(whole: TermList, index: int) -> dict[str, Raw]:
    block: dict[str, Raw] = {"data": {"B": postings.pack(whole.blocks[index])}}
    if index == 0 and (whole.fences or whole.floor is not None):
        head = {"fences": whole.fences, "floor": whole.floor, "having": whole.having}
        block["head"] = {"S": orjson.dumps(head).decode()}
    if index == postings.MAX_BLOCKS - 1 and whole.sample:
        block["sample"] = {"B": whole.sample.pack()}
        block["limit"] = {"N": str(whole.sample.limit)}
    return block


@dataclass(frozen=True, slots=True)
class ReadList:
    """As much of a list as a search reads."""

    blocks: list[Columns]
    having: float
    """How many documents have the word."""
    is_read: bool
    """All that have it are here."""

    def numbers(self) -> set[int]:
        return {number for block in self.blocks for number in block.numbers}


def read_list(kind: str, word: str, found: Mapping[Key, Raw]) -> ReadList | None:
    """None: no document has the word."""
    parts = [_columns(found.get(key)) for key in list_keys(kind, word)]
    read = [columns for columns, _ in filter(None, parts)]
    if not read:
        return None
    counted = sum(len(each.weights) for each in read)
    head = parts[0][1] if parts[0] else None
    if head and head.floor is None and len(read) == 1 + len(head.fences):
        return ReadList(read, counted, is_read=True)
    return ReadList(read, max(counted, head.having if head else 0), is_read=False)


@Decoder
def _columns(raw: Raw | None) -> tuple[Columns, Head] | None:
    return (postings.columns(_data(raw)), _head(raw)) if raw else None


# What counts documents.


@dataclass(frozen=True, slots=True)
class Census:
    """What is known of all documents of a kind together."""

    samples: Mapping[Key, Sample]

    @property
    def total(self) -> float:
        """How many documents there are."""
        return sum(sample.total for sample in self.samples.values())

    @property
    def average_length(self) -> float:
        """Of documents, in units."""
        lengths = sum(
            sum(postings.LENGTHS[each.length] for each in sample.members.values()) * postings.NUMBERS / sample.limit
            for sample in self.samples.values()
        )
        return lengths / self.total if self.total else 1.0


def census(kind: str, found: Mapping[Key, Raw]) -> Census:
    return Census({key: counted(found.get(key)) for key in keys.censuses(kind)})


@Decoder
def counted(raw: Raw | None) -> Sample:
    return Sample.unpacked(_data(raw), int(raw["limit"]["N"])) if raw else Sample()


def census_write(key: Key, sample: Sample, was: int) -> Write:
    return Write(key, {"data": {"B": sample.pack()}, "limit": {"N": str(sample.limit)}}, was)


@Decoder
def long_lists(raw: Raw | None) -> dict[str, int]:
    """How many blocks the lists have that have more than one, by word."""
    return {word: int(blocks) for word, blocks in orjson.loads(raw["words"]["S"]).items()} if raw else {}


MAX_LONG_LISTS = 256
"""More would take more than a read unit; of lists beyond them the best block is read, and what the others leave."""


def is_noted(word: str) -> bool:
    """Whether it is noted how long its list is. Not of owners, of whom many have more than any word."""
    return not is_owner(word)


def long_lists_write(kind: str, words: Mapping[str, int], was: int) -> Write:
    most = dict(sorted(words.items(), key=lambda each: -each[1])[:MAX_LONG_LISTS])
    return Write(keys.long_lists(kind), {"words": {"S": orjson.dumps(most).decode()}}, was)


# Suggestions.


class Suggested(NamedTuple):
    names: list[Suggestion]
    """The best first."""
    was_full: bool = False
    """It may lack suggestions for which there was no room."""


@Decoder
def suggested(raw: Raw | None) -> Suggested:
    if raw is None:
        return Suggested([])
    return Suggested([_suggestion(*each) for each in orjson.loads(raw["names"]["S"])], "was_full" in raw)


def _suggestion(kind: str, name: str, weight: int) -> Suggestion:
    found = Suggestion(kind, _text(name), whole_number(weight))
    if kind not in KINDS or not found.texts:
        raise ValueError("nothing that is suggested")
    return found


def suggestions(raw: Raw | None) -> list[Suggestion]:
    """The best first."""
    return suggested(raw).names


def suggestions_write(beginning: str, names: Sequence[Suggestion], was: int, *, was_full: bool = False) -> Write:
    attributes: dict[str, Raw] = {"names": {"S": orjson.dumps([*map(tuple, names)]).decode()}}
    if was_full:
        attributes["was_full"] = {"BOOL": True}
    return Write(keys.suggestions(beginning), attributes if names or was_full else None, was)


# Trends.


@Decoder
def best(raw: Raw | None) -> Best:
    if raw is None:
        return Best()
    floors = zip(trends.WINDOWS, map(_place, orjson.loads(raw["floors"]["S"])), strict=True)
    return Best(trends.unpack(_data(raw)), tuple(floor for _, floor in floors))


def best_write(topic_id: str, value: Best, was: int) -> Write:
    attributes: dict[str, Raw] = {
        "data": {"B": trends.pack(value.trends)},
        "floors": {"S": orjson.dumps(value.floors).decode()},
    }
    return Write(keys.trends(topic_id), attributes if value != Best() else None, was)


# Cards.


@Decoder
def cards(raw: Raw | None) -> dict[str, Document]:
    """The documents that share a number, by id; nearly always one."""
    if raw is None:
        return {}
    return {each["id"]: _document(each) for each in orjson.loads(raw["documents"]["S"])}


_LISTS = ("title", "text", "beside", "contents", "topics", "also")
_NUMBERS = ("small", "standing", "day")
_TEXTS = ("kind", "owner_id", "board_id", "name")


def _document(plain: dict[str, Any]) -> Document:
    lists = {name: tuple(plain[name].split()) for name in _LISTS if name in plain}
    numbers = {name: whole_number(plain[name]) for name in _NUMBERS if name in plain}
    texts = {name: _text(plain[name]) for name in _TEXTS if name in plain}
    trend = tuple(map(whole_number, plain.get("trend", ())))
    if not plain["id"].isdecimal() or len(trend) not in {0, len(trends.WINDOWS)}:
        raise ValueError("no document of ours")
    return Document(**{**plain, **lists, **numbers, **texts, "trend": trend})


def _text(told: Any) -> str:
    if not isinstance(told, str):
        raise TypeError(f"{told!r} is no text")
    return told


def _plain(document: Document) -> dict[str, Any]:
    fields = Document.__dataclass_fields__
    told = {name: getattr(document, name) for name in fields}
    return {name: " ".join(value) if name in _LISTS else value for name, value in told.items() if value}


type Notes = Mapping[tuple[str, ...], frozenset[str]]
"""By run, or by several together, words of which it is about to write something: all that neither the card's documents
nor what has it run name; names, whatever names them; and ``documents.trend_word`` of topics in which a board is to
trend.
"""


@dataclass(frozen=True, slots=True)
class Card:
    """As it lies in the table. With neither documents nor notes it does not."""

    documents: Mapping[str, Document]
    notes: Notes
    revision: int


def card(raw: Raw | None) -> Card:
    return Card(cards(raw), notes(raw), revision(raw))


@Decoder
def notes(raw: Raw | None) -> Notes:
    told = orjson.loads(raw["notes"]["S"]) if raw and "notes" in raw else {}
    return {tuple(runs.split()): frozenset(map(_text, words)) for runs, words in told.items()}


def card_write(kind: str, number: int, value: Card) -> Write:
    plain = [_plain(each) for _, each in sorted(value.documents.items())]
    attributes: dict[str, Raw] = {"documents": {"S": orjson.dumps(plain).decode()}}
    if value.notes:
        notes = {" ".join(runs): sorted(words) for runs, words in value.notes.items()}
        attributes["notes"] = {"S": orjson.dumps(notes).decode()}
    if plain:
        return Write(keys.card(kind, number), attributes, value.revision)
    return Write(keys.card(kind, number), leaving(attributes) if value.notes else None, value.revision)
