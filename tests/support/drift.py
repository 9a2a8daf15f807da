"""Where the discovery indexes differ from what the main table implies: told from all that lies in both, with none of
the code that writes the indexes or reads them.
"""

import json
from base64 import b64decode
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from presence.domain import postings
from presence.domain.entities import Board, Pin, Profile
from presence.domain.postings import Posting, Postings
from presence.projections import documents
from presence.projections.documents import Document
from presence.storage import codec, images, index
from presence.storage.keys import Key
from presence.storage.table import Raw

type Items = Mapping[Key, Raw]


def drift(main: Items, discovery: Items) -> list[str]:
    """A line for each difference."""
    implied = _implied(main)
    return sorted({*_lists(implied, discovery), *_cards(implied, discovery), *_censuses(implied, discovery)})


@dataclass
class Implied:
    """What indexes of one kind of document are to say."""

    documents: list[Document]
    lists: dict[str, Postings] = field(init=False)
    all: Postings = field(init=False)

    def __post_init__(self) -> None:
        self.lists, self.all = defaultdict(dict), {}
        for document in self.documents:
            number = postings.number(document.id)
            for word, posting in document.postings.items():
                self.lists[word][number] = max(posting, self.lists[word].get(number, posting))
            self.all[number] = max(Posting(0, document.length), self.all.get(number, Posting(0, 0)))


def _implied(main: Items) -> dict[str, Implied]:
    things = [images.decoded(item) for item in main.values() if images.kind(item) in ("board", "pin", "profile")]
    boards = {thing.id: thing for thing in things if isinstance(thing, Board)}
    owners = {thing.id: thing for thing in things if isinstance(thing, Profile)}
    first_pins = _first_pins(main)

    def document(thing: Board | Pin | Profile | None) -> Document | None:
        match thing:
            case Board():
                return documents.board(thing, owners.get(thing.owner_id), first_pins.get(thing.id, ()))
            case Pin():
                end = boards.get(thing.board_id)
                while end is not None and end.merged_into:
                    end = boards.get(end.merged_into)
                return documents.pin(thing, end, owners.get(end.owner_id) if end else None)
            case _:
                return documents.user(thing)

    found = [each for thing in things if (each := document(thing)) is not None]
    return {kind: Implied([each for each in found if each.kind == kind]) for kind in documents.KINDS}


def _first_pins(main: Items) -> dict[str, list[Pin]]:
    """By board, those in its list that are asked what it is about."""
    listed: dict[str, list[Raw]] = defaultdict(list)
    for item in main.values():
        if images.kind(item) == "pin" and "board_sk" in item:
            listed[item["board_id"]["S"]].append(item)
    return {
        board_id: [codec.pin(item) for item in sorted(items, key=_place, reverse=True)[: documents.FIRST_PINS]]
        for board_id, items in listed.items()
    }


def _place(item: Raw) -> tuple[str, str]:
    return item["board_sk"]["S"], item["pk"]["S"]


def _lists(implied: Mapping[str, Implied], discovery: Items) -> Iterator[str]:
    blocks: dict[tuple[str, str], dict[int, Raw]] = defaultdict(dict)
    for (pk, sk), item in discovery.items():
        what, kind, *word = pk.split("#", 2)
        if what == "WORD" and kind in implied:
            blocks[kind, word[0]][int(sk)] = item
    named = {(kind, word) for kind, each in implied.items() for word in each.lists}
    for kind, word in named | blocks.keys():
        for difference in _list(implied[kind].lists.get(word, {}), blocks[kind, word]):
            yield f"{kind} {word!r}: {difference}"
    for kind in implied:
        long = index.long_lists(discovery.get((f"CENSUS#{kind}", "LONG")))
        have = {word: len(some) for (of, word), some in blocks.items() if of == kind and len(some) > 1}
        if set(long) != set(have):
            yield f"{kind}: noted as long {sorted(set(long) - set(have))}, not noted {sorted(set(have) - set(long))}"


def _list(expected: Postings, blocks: Mapping[int, Raw]) -> Iterator[str]:
    parts = [postings.unpack(b64decode(blocks[number]["data"]["B"])) for number in sorted(blocks)]
    listed = {number: posting for part in parts for number, posting in part.items()}
    if len(listed) < sum(map(len, parts)):
        yield "something stands in two blocks"
    head = json.loads(blocks[0]["head"]["S"]) if 0 in blocks and "head" in blocks[0] else {}
    floor = head.get("floor")
    yield from (
        f"{number} is {posting}, not {expected.get(number)}"
        for number, posting in listed.items()
        if expected.get(number) != posting
    )
    yield from (
        f"{number} is missing"
        for number, posting in expected.items()
        if number not in listed and (floor is None or postings.impact(posting) > floor)
    )
    if sorted(blocks) != list(range(len(blocks))) or len(head.get("fences", ())) != max(0, len(blocks) - 1):
        yield f"there are blocks {sorted(blocks)}, with {len(head.get('fences', ()))} fences"
    if blocks and "sample" in blocks.get(0, ()):
        yield from _sample(expected, blocks[0], "sample")


def _sample(expected: Postings, raw: Raw, name: str) -> Iterator[str]:
    limit = int(raw["limit"]["N"])
    sampled = postings.unpack(b64decode(raw[name]["B"]))
    rightly = {number: posting for number, posting in expected.items() if number < limit}
    if sampled != rightly:
        yield f"of {len(rightly)} to be sampled {len(sampled)} are"


def _cards(implied: Mapping[str, Implied], discovery: Items) -> Iterator[str]:
    rightly: dict[tuple[str, int], dict[str, Document]] = defaultdict(dict)
    for kind, each in implied.items():
        for document in each.documents:
            rightly[kind, postings.number(document.id)][document.id] = document
    cards = {
        (pk.split("#")[1], int(pk.split("#")[2])): index.cards(item)
        for (pk, sk), item in discovery.items()
        if sk == "CARD"
    }
    for key in rightly.keys() | cards.keys():
        if rightly.get(key, {}) != cards.get(key, {}):
            yield f"card {key}: {cards.get(key)}, not {rightly.get(key)}"


def _censuses(implied: Mapping[str, Implied], discovery: Items) -> Iterator[str]:
    for kind, each in implied.items():
        raw = discovery.get((f"CENSUS#{kind}", "CENSUS"))
        if raw is None:
            if each.all:
                yield f"{kind}: nobody is counted"
        else:
            yield from (f"{kind} census: {difference}" for difference in _sample(each.all, raw, "data"))
