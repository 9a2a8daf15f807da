"""More ideas for a board: pins that others keep beside its pins, and pins that say what its pins say.

See ``docs/discovery.md``.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import fmean
from typing import NamedTuple

from presence.domain import postings
from presence.domain.entities import Pin, Viewer
from presence.domain.postings import LENGTHS, UNIT
from presence.projections import documents
from presence.projections.documents import PINS, Document, spoken
from presence.services import likeness, related, search
from presence.services.access import Seen
from presence.services.paging import Page, PageRequest, fill
from presence.services.pins import Placed
from presence.storage import index, keys, pins

SPOKEN_WORDS = 24
"""Of the words of a board's first pins so many are looked for, the most frequent: 12 read units."""
CANDIDATES = 60
"""So many pins are looked at that say the same, and so many that lie beside the board's."""
SOURCES = 12
"""Boards from which those are taken that lie beside the board's."""
SAID, BESIDE = 0.7, 0.3
"""What it counts that a pin says what the board's pins say, and that it lies beside them elsewhere."""
USUAL_WORDS = 8
"""Long texts say a little of everything, so what they say counts less; among texts of fewer words than these hardly."""
AGREED = 0.25
"""Of the pins so many have a word that tells, or words hardly count."""
IDEAS_PER_READ = 50
MORE_PINS = 200
"""Of a board that has more than its first pins so many are read too, so that they are no ideas."""


@dataclass(frozen=True, slots=True)
class _Idea:
    """A pin that may belong on a board, where it lies in the list, and, once it was read, itself."""

    pin: Pin
    position: str
    placed: Placed | None = None


def ideas_for(viewer: Viewer, board_id: str, request: PageRequest) -> Page[Placed]:
    """Pins that lie elsewhere beside pins of the board, on boards like it, or say what its pins say, and that it has
    not; each thing once.

    3 requests for the board, 1 for posting lists of boards and 1 for cards of the 100 boards most like it, 1 for the
    first pins of each of ``SOURCES`` of these; 3 for posting lists of pins, cards and pins; 3 for each
    ``IDEAS_PER_READ`` pins that are looked at; if the board has more than ``FIRST_PINS`` pins, 1 for ``MORE_PINS`` of
    them, and only if it has still more, 1 for each pin that may be given out.

    Raises:
        BoardNotFound, BoardMerged, ScopeMissing: as ``related.origin``.
    """
    seen, first_pins = related.origin(viewer, board_id)
    board = documents.described(seen.board, first_pins)
    alike = [each for each in related.alike(board).window(0) if each[1] > 0]
    beside = likeness.missed(board, alike)
    speech = _Speech(first_pins)
    found = [*speech.pins(), *_beside([document for document, _ in alike], beside)]
    there = _pins_on(seen, first_pins)
    shown = {documents.shown_by(pin) for pin in there}
    fitting = _ranked((pin for pin in found if pin.board_id != board_id), shown, beside, speech)
    is_all_read = len(there) >= seen.board.pin_count
    ideas = [_Idea(pin, str(place)) for place, pin in enumerate(fitting)]

    def read(after: str | None, limit: int) -> tuple[list[_Idea], bool]:
        start = int(after) + 1 if after else 0
        end = start + min(limit, IDEAS_PER_READ)
        return ideas[start:end], end < len(ideas)

    page = fill(request, read, lambda some: _fitting(viewer, some, seen, is_all_read=is_all_read))
    return Page([replace(each.placed, place=each.position) for each in page.items if each.placed], page.after)


def _pins_on(seen: Seen, first_pins: Sequence[Pin]) -> list[Pin]:
    """The board's pins, as far as they are read: 1 request if it has more than its first. A request gives 1 MB at most,
    so that of very large pins there may be fewer.
    """
    there = list(first_pins)
    if there and seen.board.pin_count > len(there):
        there += pins.list_on_board(seen.id, after=there[-1].position, limit=MORE_PINS)[0]
    return there


def _ranked(
    found: Iterable[Pin], there: Container[str | None], beside: Mapping[str, float], speech: "_Speech"
) -> list[Pin]:
    """One pin for each thing that is shown, but for what is there, what belongs there most first, of equals the
    newest.
    """
    first: dict[str, Pin] = {}
    for pin in found:
        digest = documents.shown_by(pin)
        if digest and digest not in there:
            first.setdefault(digest, pin)
    said = {digest: speech.score(pin) for digest, pin in first.items()}
    lying = {digest: beside.get(digest, 0.0) for digest in first}
    most_said, most_lying = (max(each.values(), default=0.0) or 1.0 for each in (said, lying))
    scores = {
        each: SAID * speech.agreement * said[each] / most_said + BESIDE * lying[each] / most_lying for each in first
    }
    return [first[digest] for digest in sorted(first, key=lambda each: (-round(scores[each], 6), -int(first[each].id)))]


def _beside(alike: Sequence[Document], scores: Mapping[str, float]) -> list[Pin]:
    """Pins that show what belongs on a board most, from boards that together show all of it, as far as ``SOURCES`` do:
    each time the one that adds most to those before it.
    """
    wanted = {digest: scores[digest] for digest in sorted(scores, key=lambda each: (-scores[each], each))[:CANDIDATES]}
    left, taken = dict(wanted), list[str]()

    def adds(document: Document) -> float:
        return sum(left.get(digest, 0.0) for digest in document.contents)

    while len(taken) < SOURCES and (best := max(alike, key=adds, default=None)) and adds(best) > 0:
        taken.append(best.id)
        for digest in best.contents:
            left.pop(digest, None)
    pins_of = index.in_parallel(related.first_pins, taken)
    return [pin for of_board in pins_of for pin in of_board if documents.shown_by(pin) in wanted]


class _Speech:
    """What the first pins of a board say, and who else says it."""

    def __init__(self, first_pins: Sequence[Pin]) -> None:
        having = Counter(word for pin in first_pins for word in spoken(pin))
        frequent = sorted(having, key=lambda word: (-having[word], word))[:SPOKEN_WORDS]
        self._first_pins = first_pins
        self._lists, census = (
            search.read_lists(PINS, lambda _: dict.fromkeys(frequent, 1)) if frequent else ({}, index.census(PINS, {}))
        )
        total = census.total
        shares = {word: having[word] / len(first_pins) for word in self._lists}
        self._weights = {
            word: (shares[word] * postings.rarity(found.having, total)) ** 2 for word, found in self._lists.items()
        }
        self._share: float = fmean(shares.values(), self._weights.values()) if shares else 0.0

    @property
    def agreement(self) -> float:
        """From 0 to 1: whether the pins say the same. Where each says something else, words do not tell what belongs
        there.
        """
        return min(1.0, self._share / AGREED) ** 4

    def score(self, pin: Pin) -> float:
        """How much a pin says of it."""
        return self._told(self._said(pin))

    def _said(self, pin: Pin) -> "_Said":
        document = documents.described_pin(pin)
        words = tuple((word, document.postings[word].weight) for word in self._lists if word in document.postings)
        return _Said(words, document.length)

    def _told(self, said: "_Said") -> float:
        told = sum(self._weights[word] for word, _ in said.words)
        return told / math.sqrt(LENGTHS[said.length] / UNIT + USUAL_WORDS)

    def pins(self) -> list[Pin]:
        """Pins that say most of it: 2 requests.

        What says just the same as another, or as one of the board's, is probably a copy of it, and comes after all that
        does not.
        """
        having = self._having()
        own = {postings.number(pin.id) for pin in self._first_pins}
        of_board = {self._said(pin) for pin in self._first_pins} | {having[number] for number in own & having.keys()}
        alike: dict[_Said, list[int]] = defaultdict(list)
        for number in sorted(having.keys() - own):
            alike[having[number]].append(number)
        order = sorted(
            ((said in of_board, place), -self._told(said), number)
            for said, numbers in alike.items()
            for place, number in enumerate(numbers[:CANDIDATES])
        )
        cards = index.read(keys.card(PINS, number) for _, _, number in order[:CANDIDATES])
        return list(pins.get_many(pin_id for raw in cards.values() for pin_id in index.cards(raw)).values())

    def _having(self) -> dict[int, "_Said"]:
        """The pins of the lists, by number, with what the lists tell of them."""
        words: dict[int, list[tuple[str, int]]] = defaultdict(list)
        lengths: dict[int, int] = {}
        for word, found in self._lists.items():
            for block in found.blocks:
                for number, weight, length in zip(block.numbers, block.weights, block.lengths, strict=True):
                    words[number].append((word, weight))
                    lengths[number] = length
        return {number: _Said(tuple(said), lengths[number]) for number, said in words.items()}


class _Said(NamedTuple):
    """What a pin has of the words that are looked for, with their weights, and how long it is, packed."""

    words: tuple[tuple[str, int], ...]
    length: int


def _fitting(viewer: Viewer, ideas: Sequence[_Idea], seen: Seen, *, is_all_read: bool) -> list[_Idea]:
    """Those that the viewer may find, added by somebody whom they see, and that the board has not."""
    found = search.found_pins(viewer, [each.pin.id for each in ideas])
    shown = [replace(each, placed=placed) for each in ideas if (placed := found.get(each.pin.id)) and placed.added_by]
    if is_all_read:
        return shown
    there = index.in_parallel(lambda idea: related.is_on(seen, idea.pin), shown)
    return [idea for idea, is_there in zip(shown, there, strict=True) if not is_there]
