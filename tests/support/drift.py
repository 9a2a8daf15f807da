"""Where the discovery indexes differ from what the main table implies: told from all that lies in both, with none of
the code that writes the indexes or reads them.
"""

import json
import struct
from base64 import b64decode
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from presence.domain import postings, suggestions
from presence.domain.entities import Board, BoardFollow, Pin, Profile
from presence.domain.postings import Posting, Postings
from presence.domain.suggestions import Suggestion
from presence.domain.topics import with_parents
from presence.domain.trends import Trend
from presence.projections import documents, timelines
from presence.projections.documents import Document
from presence.storage import codec, images, index
from presence.storage.keys import Key
from presence.storage.table import Raw

type Items = Mapping[Key, Raw]


def drift(main: Items, discovery: Items) -> list[str]:
    """A line for each difference."""
    things = Things(main)
    implied = _implied(things)
    found = (
        *_lists(implied, discovery),
        *_cards(implied, discovery),
        *_censuses(implied, discovery),
        *_suggestions(implied, discovery),
        *_timelines(things, discovery),
        *_trends(implied[documents.BOARDS].documents, discovery),
    )
    return sorted({*found})


def what_is_said(discovery: Items) -> dict[Key, Raw]:
    """All of it but revisions, which are drawn, and the times in notes, which are those of the writing."""
    said: dict[Key, Raw] = {}
    for key, item in discovery.items():
        said[key] = {name: value for name, value in item.items() if name != "revision"}
        if key[1] == "NOTE":
            said[key]["lines"] = {*item["lines"]["M"]}
    return said


class Things:
    """What the main table has that can be found."""

    def __init__(self, main: Items) -> None:
        kinds = ("board", "pin", "profile")
        self.all = [images.decoded(item) for item in main.values() if images.kind(item) in kinds]
        self._boards = {thing.id: thing for thing in self.all if isinstance(thing, Board)}
        self._profiles = {thing.id: thing for thing in self.all if isinstance(thing, Profile)}
        self.first_pins = _first_pins(main)
        self.saves = _saves(main)
        self.follows = _follows(main)

    def owner(self, board: Board | None) -> Profile | None:
        return self._profiles.get(board.owner_id) if board else None

    def end(self, pin: Pin) -> Board | None:
        """The board that it is on, or that this was merged into."""
        end = self._boards.get(pin.board_id)
        while end is not None and end.merged_into:
            end = self._boards.get(end.merged_into)
        return end


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


def _implied(things: Things) -> dict[str, Implied]:
    def document(thing: Board | Pin | Profile | None) -> Document | None:
        match thing:
            case Board():
                acts = things.saves[thing.id], things.follows[thing.id]
                return documents.board(thing, things.owner(thing), things.first_pins.get(thing.id, ()), *acts)
            case Pin():
                end = things.end(thing)
                return documents.pin(thing, end, things.owner(end))
            case _:
                return documents.user(thing)

    found = [each for thing in things.all if (each := document(thing)) is not None]
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


def _saves(main: Items) -> dict[str, list[Pin]]:
    """By board, what was saved from it last."""
    found: dict[str, list[Pin]] = defaultdict(list)
    for item in main.values():
        if images.kind(item) == "pin" and "source_sk" in item:
            found[item["source_pk"]["S"].split("#")[1]].append(codec.pin(item))
    for board_id, pins in found.items():
        found[board_id] = sorted(pins, key=lambda pin: pin.id, reverse=True)[: documents.LAST_SAVES]
    return found


def _follows(main: Items) -> dict[str, list[BoardFollow]]:
    """By board, its last follows."""
    found: dict[str, list[BoardFollow]] = defaultdict(list)
    for item in main.values():
        if images.kind(item) == "board_follow" and item.get("follows", {}).get("BOOL", True):
            found[item["board_id"]["S"]].append(codec.board_follow(item))
    for board_id, edges in found.items():
        found[board_id] = sorted(edges, key=lambda edge: edge.since, reverse=True)[: documents.LAST_FOLLOWS]
    return found


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
        of_kind = {word: len(some) for (of, word), some in blocks.items() if of == kind}
        have = {word for word, number in of_kind.items() if number > 1 and not documents.is_owner(word)}
        if set(long) != have:
            yield f"{kind}: noted as long {sorted(set(long) - have)}, not noted {sorted(have - set(long))}"


def _list(expected: Postings, blocks: Mapping[int, Raw]) -> Iterator[str]:
    parts = [postings.unpack(b64decode(blocks[number]["data"]["B"])) for number in sorted(blocks)]
    listed = {number: posting for part in parts for number, posting in part.items()}
    if len(listed) < sum(map(len, parts)):
        yield "something stands in two blocks"
    head = json.loads(blocks[0]["head"]["S"]) if 0 in blocks and "head" in blocks[0] else {}
    floor = tuple(head["floor"]) if head.get("floor") else None
    yield from (
        f"{number} is {posting}, not {expected.get(number)}"
        for number, posting in listed.items()
        if expected.get(number) != posting
    )
    yield from (
        f"{number} is missing"
        for number, posting in expected.items()
        if number not in listed and (floor is None or postings.place(number, posting) < floor)
    )
    if sorted(blocks) != list(range(len(blocks))) or len(head.get("fences", ())) != max(0, len(blocks) - 1):
        yield f"there are blocks {sorted(blocks)}, with {len(head.get('fences', ()))} fences"
    for block in blocks.values():
        if "sample" in block:
            yield from _sample(dict.fromkeys(expected, Posting(0, 0)), block, "sample")
    if head and expected and not 0.9 < head["having"] / len(expected) < 1.1:
        yield f"tells of {head['having']} documents, not {len(expected)}"


def _sample(expected: Postings, raw: Raw, name: str) -> Iterator[str]:
    sample = postings.Sample.unpacked(b64decode(raw[name]["B"]), int(raw["limit"]["N"]))
    rightly = {number: posting for number, posting in expected.items() if sample.has_room_for(number)}
    if sample.members != rightly:
        yield f"of {len(rightly)} to be sampled {len(sample.members)} are"


def _cards(implied: Mapping[str, Implied], discovery: Items) -> Iterator[str]:
    for key, item in discovery.items():
        if key[1] == "CARD" and index.cards(item) and "expires_at" in item:
            yield f"card {key} goes by itself"
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
        for part in range(4):
            of_part = {number: posting for number, posting in each.all.items() if number % 4 == part}
            raw = discovery.get((f"CENSUS#{kind}", f"CENSUS#{part}"))
            if raw is not None:
                yield from (f"{kind} census {part}: {difference}" for difference in _sample(of_part, raw, "data"))
            elif of_part:
                yield f"{kind} census {part}: nobody is counted"


def _suggestions(implied: Mapping[str, Implied], discovery: Items) -> Iterator[str]:
    rightly: dict[str, set[Suggestion]] = defaultdict(set)
    for each in _named(implied):
        for beginning in suggestions.beginnings(each):
            rightly[beginning].add(each)
    items = {pk.split("#", 1)[1]: item for (pk, _), item in discovery.items() if pk.startswith("SUGGEST#")}
    for beginning in rightly.keys() | items.keys():
        item = items.get(beginning)
        there = [Suggestion(*each) for each in json.loads(item["names"]["S"])] if item else []
        was_full = item is not None and "was_full" in item  # then it may lack any
        if not rightly[beginning].issuperset(there) or not (was_full or suggestions.best(rightly[beginning]) == there):
            yield f"suggestions {beginning!r}: {there}, not {rightly[beginning]}"


def _named(implied: Mapping[str, Implied]) -> Iterator[Suggestion]:
    for word, bearing in implied[documents.BOARDS].lists.items():
        owners = len({posting.small for posting in bearing.values()})
        if documents.name_of(word) and owners > 1:
            yield Suggestion(suggestions.BOARD, documents.name_of(word), owners.bit_length() - 1)
    for word, bearing in implied[documents.USERS].lists.items():
        if documents.name_of(word):
            weight = max(posting.weight for posting in bearing.values())
            yield Suggestion(suggestions.USER, documents.name_of(word), weight)


def _timelines(things: Things, discovery: Items) -> Iterator[str]:
    rightly: dict[str, dict[str, str]] = defaultdict(dict)
    for pin in things.all:
        end = things.end(pin) if isinstance(pin, Pin) else None
        place = timelines.place(pin, end, things.owner(end)) if isinstance(pin, Pin) else None
        for line in place.lines if place else ():
            rightly[line][pin.id] = place.board_id
    blocks: dict[str, dict[str, dict[str, str]]] = defaultdict(dict)
    notes: dict[str, set[str]] = {}
    for (pk, sk), item in discovery.items():
        what, _, line = pk.partition("#")
        if what == "TIMELINE" and sk == "NOTE":
            if "expires_at" not in item:
                notes[line.removeprefix("PIN#")] = {*item["lines"]["M"]}
        elif what == "TIMELINE":
            fence = item["fence"]["S"] if sk == "NEWEST" else sk
            entries = struct.iter_unpack(">QQ", b64decode(item["pins"]["B"]))
            blocks[line][fence] = {str(pin_id): str(board_id) for pin_id, board_id in entries}
    for line in rightly.keys() | blocks.keys():
        yield from (f"timeline {line}: {difference}" for difference in _timeline(rightly[line], blocks[line]))
        for pin_id in rightly[line]:
            if line not in notes.get(pin_id, ()):
                yield f"timeline {line}: {pin_id} has no note of it"


def _timeline(rightly: Mapping[str, str], blocks: Mapping[str, Mapping[str, str]]) -> Iterator[str]:
    there = Counter(entry for block in blocks.values() for entry in block.items())
    wanted = Counter(rightly.items())
    if there != wanted:
        yield f"{[*(there - wanted)]} too many, {[*(wanted - there)]} missing"
    fences = sorted(blocks)
    for fence, above in zip(fences, [*fences[1:], "~"], strict=False):
        if not all(fence < pin_id <= above for pin_id in blocks[fence]):
            yield f"some lie in the block above {fence} that do not belong there"


def _trends(boards: Iterable[Document], discovery: Items) -> Iterator[str]:
    rightly: dict[str, dict[str, Trend]] = defaultdict(dict)
    for board in boards:
        for topic_id in ("", *with_parents(board.topics)) if board.trend else ():
            rightly[topic_id][board.id] = board.trend
    told = {pk.removeprefix("TREND#boards#"): item for (pk, sk), item in discovery.items() if sk == "TREND"}
    for topic_id in rightly.keys() | told.keys():
        best = index.best(told.get(topic_id))
        expected = {key: each for key, each in rightly[topic_id].items() if best.has_room(key, each)}
        if best.trends != expected:
            yield f"trends of {topic_id!r}: {best.trends}, not {expected}"
