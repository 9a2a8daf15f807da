"""How alike boards are: in what they show, in what they say, in what they are about.

``docs/discovery.md`` gives the formula with its reasons.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from presence.domain.postings import LENGTHS, UNIT
from presence.domain.words import is_small
from presence.projections.documents import BESIDE_WEIGHT, FIRST_PINS, MAX_BESIDE, PINS, Document, shown_word, topic_word
from presence.storage.index import ReadList

SHOWN, SAID, BESIDE, ABOUT = 1.0, 0.6, 0.6, 0.1
"""What it counts that two boards show the same, say the same, have pins that say the same, are about the same. What
pins say counts also alone, since it would be little beside a name, and many names tell nothing.
"""
ALONE = 0.05
"""What a board's likeness counts beside what it has in common with the one that is asked for."""
STANDING = 0.05
"""By what share of its likeness a board gains at most."""


def shown(document: Document) -> dict[str, int]:
    """The words that stand for what is shown, by their weight."""
    return {shown_word(digest): UNIT for digest in document.contents}


def said(document: Document) -> dict[str, int]:
    """The words of its texts by their weight, but for small ones."""
    weights = dict.fromkeys(document.beside, BESIDE_WEIGHT) | document.weights
    return {word: weight for word, weight in weights.items() if not is_small(word)}


def beside(document: Document) -> dict[str, float]:
    """What its pins say, the most frequent most; of a pin alone all words alike."""
    power = 0.0 if document.kind == PINS else -0.5
    return {word: (1 + place) ** power for place, word in enumerate(document.beside)}


class Facet:
    """One side of a board: what its words weigh there, and tell in the corpus."""

    def __init__(self, weights: Mapping[str, float], rarities: Mapping[str, float]) -> None:
        known = [rarities[word] for word in weights if word in rarities]
        self._rarities = rarities
        self._usual = sum(known) / len(known) if known else 1.0
        self._shares = self._shared_out(weights)

    def _shared_out(self, weights: Mapping[str, float]) -> dict[str, float]:
        """What each word is of the whole: the squares add up to 1."""
        told = {word: weight * self._rarities.get(word, self._usual) for word, weight in weights.items()}
        length = math.sqrt(sum(each * each for each in told.values()))
        return {word: each / length for word, each in told.items()}

    def cosine(self, weights: Mapping[str, float]) -> float:
        """With the same side of another board, of which other words are taken to be as rare as those that are known."""
        return sum(
            self._shares[word] * each for word, each in self._shared_out(weights).items() if word in self._shares
        )

    def guess(self, word: str, weight: int, length: float) -> float:
        """What a word adds to the cosine with a board of which only its weight there is known, and how long the board
        is in units.
        """
        if word not in self._shares:
            return 0.0
        return self._shares[word] * self._rarities[word] / self._usual * weight / math.sqrt(UNIT * max(length, weight))


@dataclass(frozen=True)
class Likeness:
    """Of boards to one."""

    of: Document
    rarities: Mapping[str, float]
    """Inverse document frequencies of the words whose lists were read."""
    unless: str | None = None
    """A digest: a board that shows it is not meant."""

    @cached_property
    def _shown(self) -> Facet:
        return Facet(shown(self.of), self.rarities)

    @cached_property
    def _said(self) -> Facet:
        return Facet(said(self.of), self.rarities)

    @cached_property
    def _beside(self) -> Facet:
        return Facet(beside(self.of), self.rarities)

    def to(self, other: Document) -> float:
        """From 0, also of the board itself, to somewhat above what the four sides count together."""
        if other.id == self.of.id or self.unless in other.contents:
            return 0.0
        alike = (
            SHOWN * self._shown.cosine(shown(other))
            + SAID * self._said.cosine(said(other))
            + BESIDE * self._beside.cosine(beside(other))
            + ABOUT * _overlap(self.of.topics, other.topics)
        )
        return alike * (1 + STANDING * other.standing / 255)

    def candidates(self, lists: Mapping[str, ReadList]) -> dict[int, float]:
        """The boards of the lists, by number, with what the lists tell of their likeness: of other words than these
        nothing is known but how many there are.
        """
        scores: dict[int, float] = defaultdict(float)
        about = {topic_word(topic) for topic in self.of.topics}
        for word, found in lists.items():
            if word in about:
                for number in found.numbers():
                    scores[number] += ABOUT / len(about)
                continue
            told = _Told(self, word)
            for block in found.blocks:
                for number, weight, length in zip(block.numbers, block.weights, block.lengths, strict=True):
                    scores[number] += told[weight, length]
        return scores

    def guess(self, word: str, weight: int, length: float) -> float:
        return (
            SHOWN * self._shown.guess(word, weight, length)
            + SAID * self._said.guess(word, weight, length)
            + BESIDE * self._beside.guess(word, UNIT, UNIT * MAX_BESIDE)
        )


class _Told(dict[tuple[int, int], float]):
    """What a word adds to the likeness of a board, by the word's weight there and the board's length."""

    def __init__(self, likeness: Likeness, word: str) -> None:
        self._likeness, self._word = likeness, word

    def __missing__(self, key: tuple[int, int]) -> float:
        weight, length = key
        self[key] = told = self._likeness.guess(self._word, weight, LENGTHS[length])
        return told


def _overlap(some: Sequence[str], others: Sequence[str]) -> float:
    """The cosine of two sets."""
    shared = len({*some} & {*others})
    return shared / math.sqrt(len(some) * len(others)) if shared else 0.0


def together(one: Document, others: Sequence[Document]) -> Document:
    """A document that shows what most of the others show, beside what it shows and says itself."""
    having = Counter(digest for other in others for digest in other.contents)
    most = sorted(having, key=lambda digest: (-having[digest], digest))
    return replace(one, contents=tuple(dict.fromkeys([*one.contents, *most]))[:FIRST_PINS])


def missed(of: Document, alike: Iterable[tuple[Document, float]]) -> dict[str, float]:
    """What boards show that are like a board, and it does not: by digest, how much it belongs there.

    That is how much all boards that show it have in common with the board, together. Boards that say the same, and show
    nothing of it, count a little: where there are no others, they tell.
    """
    scores: dict[str, float] = defaultdict(float)
    there = {*of.contents}
    for document, likeness in alike:
        told = _overlap(of.contents, document.contents) + ALONE * likeness
        for digest in document.contents:
            if digest not in there:
                scores[digest] += told
    return scores
