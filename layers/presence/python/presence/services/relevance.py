"""How well documents fit the words of a query: BM25, then what lies side by side, is liked, and is of late.

``docs/discovery.md`` gives the formula with its reasons.
"""

import struct
import zlib
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

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
class Scale:
    """What words tell in a corpus, as it was when the first page of a list was read. The others go by the same: else
    whatever comes or goes between two pages would have much else change places.
    """

    rarities: Mapping[str, float]
    """Inverse document frequencies; of words that no document had there is none."""
    average_length: float
    today: int
    """In days since the epoch."""
    blocks: Mapping[str, int] = field(default_factory=dict)
    """How many blocks are read of the words' lists."""

    @staticmethod
    def now(blocks: Mapping[str, int], lists: Mapping[str, ReadList], census: Census, today: int) -> "Scale":
        """As the lists of some of the words tell, of which so many blocks were read; rounded as it is ``written``."""
        total = census.total
        told = {word: rarity(lists[word].having, total) for word in blocks if word in lists}
        average, *rounded = _rounded(census.average_length, *told.values())
        return Scale(dict(zip(told, rounded, strict=True)), average, today, blocks)

    def written(self, words: Sequence[str]) -> str:
        """For the positions of a list: about 6 characters for each of the words that tell something, and 35 more."""
        told = (self.rarities.get(word, 0.0) for word in words)
        blocks = (self.blocks.get(word, 0) for word in words)
        data = _form(words).pack(_digest(words), self.today, self.average_length, *told, *blocks)
        return b64encode(zlib.compress(data)).decode()

    @staticmethod
    def read(text: str, words: Sequence[str]) -> "Scale | None":
        """What was ``written``; None: nothing, or of other words."""
        if not text:
            return None
        data = zlib.decompress(b64decode(text))
        if len(data) != _form(words).size or not data.startswith(struct.pack(">I", _digest(words))):
            return None
        _, today, average, *told = _form(words).unpack(data)
        rarities, blocks = (
            {word: each for word, each in zip(words, some, strict=True) if each}
            for some in (told[: len(words)], told[len(words) :])
        )
        return Scale(rarities, average, today, blocks)


def _rounded(*some: float) -> tuple[float, ...]:
    form = f"{len(some)}f"
    return struct.unpack(form, struct.pack(form, *some))


def _form(words: Sequence[str]) -> struct.Struct:
    return struct.Struct(f">IHf{len(words)}f{len(words)}B")


def _digest(words: Iterable[str]) -> int:
    return zlib.crc32(" ".join(words).encode())


@dataclass(frozen=True, slots=True)
class Weighing:
    """What a query's words weigh."""

    words: Sequence[str]
    """Stems, in the order of the query; each once."""
    scale: Scale
    language: str
    instead: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """What some of the words are in another language: the first of these that a document has counts where it does not
    have the word. None of them stands for two words, or is one.
    """

    @property
    def others(self) -> list[str]:
        """All that stand for words."""
        return [other for each in self.instead.values() for other in each]


def candidates(lists: Mapping[str, ReadList], weights: Weighing) -> dict[int, float]:
    """The documents of the lists, by number, with what the lists tell of their scores.

    Where a small word's list was not read to its end, the other words' lists tell which documents have it.
    """
    others = weights.others
    scores = _of_words({word: found for word, found in lists.items() if word not in others}, weights)
    for word, instead in weights.instead.items():
        having = lists[word].numbers() if word in lists else set()
        for other in instead:
            if other in lists:
                told, read = _Told(weights, other), lists[other]
                for block in read.blocks:
                    for number, weight, length, _, level in zip(*block, strict=True):
                        if number not in having:
                            scores[number] = scores.get(number, 0.0) + told[weight, length, level]
                having |= read.numbers()
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
        self._rarity, self._average = weights.scale.rarities[word], weights.scale.average_length

    def __missing__(self, key: tuple[int, int, int]) -> float:
        weight, length, level = key
        self[key] = told = self._rarity * saturation(Posting(weight, length), self._average) * gain(level)
        return told


def score(document: Document, weights: Weighing) -> float:
    """Of a document whose card is there: exact, also for words whose lists were not read to their end."""
    postings, scale = document.postings, weights.scale
    alternatives = ((word, *weights.instead.get(word, ())) for word in weights.words)
    there = (next((word for word in some if word in postings), "") for some in alternatives)
    of_words = sum(
        scale.rarities[word] * saturation(postings[word], scale.average_length)
        for word in there
        if word in scale.rarities
    )
    gains = (
        ADJACENCY * _adjacency(document.title, weights.words)
        + STANDING * document.standing / 255
        + FRESHNESS * 0.5 ** (max(scale.today - document.day, 0) / HALF_LIFE_DAYS)
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
