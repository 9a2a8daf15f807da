"""How well documents fit the words of a query: BM25, then what lies side by side, is liked, and is of late.

``docs/discovery.md`` gives the formula with its reasons.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from types import MappingProxyType

from presence.domain.postings import STANDING, UNIT, Posting, gain, rarity, saturation
from presence.domain.words import small_words
from presence.projections.documents import Document
from presence.storage.index import Census, ReadList

ADJACENCY = 0.02
FRESHNESS = 0.05
"""By what share of its score a document gains at most, for each, and for its ``STANDING``. Words decide; these order
what fits alike."""
HALF_LIFE_DAYS = 180


@dataclass(frozen=True, slots=True)
class Weighing:
    """What a query's words weigh in a corpus."""

    words: Sequence[str]
    """Stems, in the order of the query; each once."""
    rarities: Mapping[str, float]
    """Inverse document frequencies; of words that no document has there is none."""
    average_length: float
    language: str
    today: int
    """In days since the epoch."""
    instead: Mapping[str, str] = field(default_factory=dict)
    """What some of the words are in another language: it counts in documents that do not have the word."""


def weighing(
    words: Sequence[str],
    language: str,
    lists: Mapping[str, ReadList],
    census: Census,
    today: int,
    *,
    instead: Mapping[str, str] = MappingProxyType({}),
) -> Weighing:
    total = census.total
    rarities = {word: rarity(found.having, total) for word, found in lists.items()}
    return Weighing(words, rarities, census.average_length, language, today, instead)


def candidates(lists: Mapping[str, ReadList], weights: Weighing) -> dict[int, float]:
    """The documents of the lists, by number, with what the lists tell of their scores.

    Where a small word's list was not read to its end, the other words' lists tell which documents have it.
    """
    scores = _of_words({word: found for word, found in lists.items() if word not in weights.instead.values()}, weights)
    for word, other in weights.instead.items():
        if other in lists:
            told, having = _Told(weights, other), lists[word].numbers() if word in lists else frozenset()
            for block in lists[other].blocks:
                for number, weight, length, _, level in zip(*block, strict=True):
                    if number not in having:
                        scores[number] = scores.get(number, 0.0) + told[weight, length, level]
    return scores


def _of_words(lists: Mapping[str, ReadList], weights: Weighing) -> dict[int, float]:
    scores: dict[int, float] = {}
    small = {word: bit for word in lists if (bit := small_words((word,), weights.language)) and not lists[word].is_read}
    beside: dict[int, tuple[int, int, int]] = {}
    """Of documents that have one of these words: which, how long they are, and their level."""
    for word, found in lists.items():
        wanted = sum(small.values()) & ~small.get(word, 0)
        told = _Told(weights, word)
        for block in found.blocks:
            for number, weight, length, stand_by, level in zip(*block, strict=True):
                scores[number] = scores.get(number, 0.0) + told[weight, length, level]
                if stand_by & wanted:
                    beside[number] = stand_by, length, level
    for word, bit in small.items():
        told, read = _Told(weights, word), lists[word].numbers()
        for number, (stand_by, length, level) in beside.items():
            if stand_by & bit and number not in read:
                scores[number] += told[UNIT, length, level]
    return scores


class _Told(dict[tuple[int, int, int], float]):
    """What a word adds to the score of a document, by the word's weight there, the document's length and level."""

    def __init__(self, weights: Weighing, word: str) -> None:
        self._rarity, self._average = weights.rarities[word], weights.average_length

    def __missing__(self, key: tuple[int, int, int]) -> float:
        weight, length, level = key
        self[key] = told = self._rarity * saturation(Posting(weight, length), self._average) * gain(level)
        return told


def score(document: Document, weights: Weighing) -> float:
    """Of a document whose card is there: exact, also for words whose lists were not read to their end."""
    postings = document.postings
    there = (word if word in postings else weights.instead.get(word, "") for word in weights.words)
    of_words = sum(
        weights.rarities[word] * saturation(postings[word], weights.average_length)
        for word in there
        if word in postings and word in weights.rarities
    )
    gains = (
        ADJACENCY * _adjacency(document.title, weights.words)
        + STANDING * document.standing / 255
        + FRESHNESS * 0.5 ** (max(weights.today - document.day, 0) / HALF_LIFE_DAYS)
    )
    return float(of_words * (1 + gains))


def _adjacency(title: Sequence[str], words: Sequence[str]) -> float:
    """The share of the query's neighbours that are neighbours in the title too."""
    wanted = list(pairwise(words))
    there = set(pairwise(title))
    return sum(pair in there for pair in wanted) / len(wanted) if wanted else 0.0


def ranked(documents: Iterable[Document], score: Callable[[Document], float]) -> list[tuple[Document, float]]:
    """The best first, of equals the newest."""
    scored = [(document, score(document)) for document in documents]
    # Scores that are equal but for the order of additions are equal.
    return sorted(scored, key=lambda each: (-round(each[1], 6), -int(each[0].id)))
