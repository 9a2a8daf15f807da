"""What the pins of a board say, and which other pins say the same. ``docs/discovery.md`` gives the formula."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from statistics import fmean
from typing import NamedTuple

from presence.domain import postings
from presence.domain.entities import Pin
from presence.domain.postings import LENGTHS, UNIT
from presence.projections import documents
from presence.projections.documents import PINS, Document, spoken
from presence.services import search
from presence.storage import index, keys, pins, ties
from presence.storage.keys import Key
from presence.storage.table import Raw

SPOKEN_WORDS = 24
"""Of the words of a board's first pins so many are looked for, the most frequent: 12 read units."""
CANDIDATES = 60
"""So many pins are looked at that say the same."""
USUAL_WORDS = 8
"""Long texts say a little of everything, so what they say counts less; among texts of fewer words than these hardly."""
AGREED = 0.25
"""Of the pins so many have a word that tells, or words hardly count."""


class _Said(NamedTuple):
    """What a pin has of the words that are looked for, with their weights, and how long it is, packed."""

    words: tuple[tuple[str, int], ...]
    length: int


class Speech:
    """The words that most of a board's first pins have, with their posting lists: 1 request if there are any."""

    def __init__(self, first_pins: Sequence[Pin]) -> None:
        having = Counter(word for pin in first_pins for word in spoken(pin))
        frequent = sorted(having, key=lambda word: (-having[word], word))[:SPOKEN_WORDS]
        self._first_pins = first_pins
        self._lists, census = (
            search.read_lists(PINS, dict.fromkeys(frequent, 1)) if frequent else ({}, index.census(PINS, {}))
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

    def pins(self, viewer_id: str) -> tuple[list[Pin], frozenset[str]]:
        """Pins that say most of it, but for those on boards of people whom a block hides from the viewer, and whom
        blocks hide as far as that is told: 2 requests. 1 more if there are such pins: others that say the same as those
        are named in their place.
        """
        numbers, having = self._in_order()
        first, others = numbers[:CANDIDATES], numbers[CANDIDATES:]
        hidden_key = keys.hidden_people(viewer_id)
        cards = index.read((keys.card(PINS, number) for number in first), beside=[hidden_key])
        hidden = ties.hidden_people(cards.get(hidden_key)).user_ids
        named = _documents(first, cards)
        if unseen := {having[postings.number(each.id)] for each in named if each.owner_id in hidden}:
            copies = [number for number in others if having[number] in unseen][:CANDIDATES]
            named += _documents(copies, index.read(keys.card(PINS, number) for number in copies))
        wanted = [each.id for each in named if each.owner_id not in hidden]
        found = pins.get_many(wanted)
        return [found[pin_id] for pin_id in wanted if pin_id in found], hidden

    def _in_order(self) -> tuple[list[int], dict[int, _Said]]:
        """The pins of the lists by number, what says most first, with what the lists tell of them.

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
            for place, number in enumerate(numbers[: 2 * CANDIDATES])
        )
        return [number for _, _, number in order], having

    def _having(self) -> dict[int, _Said]:
        """The pins of the lists, by number, with what the lists tell of them."""
        words: dict[int, list[tuple[str, int]]] = defaultdict(list)
        lengths: dict[int, int] = {}
        for word, found in self._lists.items():
            for block in found.blocks:
                for number, weight, length in zip(block.numbers, block.weights, block.lengths, strict=True):
                    words[number].append((word, weight))
                    lengths[number] = length
        return {number: _Said(tuple(said), lengths[number]) for number, said in words.items()}

    def _said(self, pin: Pin) -> _Said:
        document = documents.described_pin(pin)
        words = tuple((word, document.postings[word].weight) for word in self._lists if word in document.postings)
        return _Said(words, document.length)

    def _told(self, said: _Said) -> float:
        told = sum(self._weights[word] for word, _ in said.words)
        return told / math.sqrt(LENGTHS[said.length] / UNIT + USUAL_WORDS)


def _documents(numbers: Iterable[int], cards: Mapping[Key, Raw]) -> list[Document]:
    """What the cards tell, in the order of the numbers: requests give them in any."""
    return [document for number in numbers for document in index.cards(cards.get(keys.card(PINS, number))).values()]
