"""Collections that are made up, always the same, so that the benchmark needs no data.

Words are Zipfian as those of any language (the n-th most common is 1/n as common as the first). A document is about a
topic, and partly about another: so many of its words come from the topic's own few words, the others from all. A query
is some words of a topic, and documents answer it that are about the topic: grade 2, or 1 if it is their other one.

A gallery's items are tagged with words of their topic. Some boards are about a topic, so that tags tell what belongs
there; the others are to somebody's taste, which no word tells, only other boards.
"""

import random
from bisect import bisect
from collections.abc import Sequence
from itertools import accumulate, product

from tools.bench_search.boards import Board, Gallery
from tools.bench_search.collection import Collection, Document, Query

SEED = 20_261_125
WORDS = 6_000
"""As many for their number as the titles of a museum have."""
COMMON = 40
TOPICS = 250
TOPIC_WORDS = 24
QUERIES = 500
ITEMS = 4_000
BOARDS = {"topic": 120, "taste": 80}
"""Of each kind so many are different, with about 33 and 50 items that fit."""
BOARDS_OF_EACH = 3
FITTING = 0.9
"""What share of a board's items fits."""
_SMALL = ("the", "of", "and", "a", "in", "with", "to", "for", "on", "from", "at", "by")
"""The most common words of all are these, as in English."""


class _Zipfian:
    """Draws words, the n-th with a chance of 1/n."""

    def __init__(self, words: Sequence[str]) -> None:
        self._words = words
        self._until = list(accumulate(1 / rank for rank in range(1, len(words) + 1)))

    def draw(self, chance: random.Random) -> str:
        return self._words[bisect(self._until, chance.random() * self._until[-1])]


class _Topic:
    """Its own words are drawn as all are, without the most common ones: those are in everything."""

    def __init__(self, chance: random.Random, words: Sequence[str]) -> None:
        others = _Zipfian(words[COMMON:])
        own: dict[str, None] = {}
        while len(own) < TOPIC_WORDS:
            own[others.draw(chance)] = None
        self.own = _Zipfian(list(own))


def titles() -> Collection:
    """20,000 titles of 2 to 10 words."""
    return collection("synthetic titles", 20_000, title=(2, 10), text=(0, 0))


def texts() -> Collection:
    """6,000 titles of 2 to 8 words with texts of 10 to 120."""
    return collection("synthetic texts", 6_000, title=(2, 8), text=(10, 120))


def collection(name: str, number: int, *, title: tuple[int, int], text: tuple[int, int]) -> Collection:
    """So many documents; how many words titles and texts have, least and most."""
    chance = random.Random(f"{SEED} {name}")
    words = _words(chance)
    everything = _Zipfian(words)
    topics = [_Topic(chance, words) for _ in range(TOPICS)]
    documents: list[Document] = []
    about: list[tuple[int, int]] = []
    for place in range(number):
        first, second = chance.randrange(TOPICS), chance.randrange(TOPICS)
        about.append((first, second))

        def some(length: tuple[int, int], *, share: float) -> str:
            """A share of the words is the topic's, and a third as many are the other topic's."""
            sources = [topics[first].own, topics[second].own, everything]  # noqa: B023 - called at once
            weights = [share, share / 3, 1 - share * 4 / 3]
            return " ".join(chance.choices(sources, weights)[0].draw(chance) for _ in range(chance.randint(*length)))

        documents.append(Document(str(place), some(title, share=0.4), some(text, share=0.15)))
    asked = [chance.randrange(TOPICS) for _ in range(QUERIES)]
    queries = [
        Query(str(place), " ".join(dict.fromkeys(topics[topic].own.draw(chance) for _ in range(chance.randint(1, 4)))))
        for place, topic in enumerate(asked)
    ]
    judgements = {
        query.id: {
            document.id: 2.0 if topic == first else 1.0
            for document, (first, second) in zip(documents, about, strict=True)
            if topic in (first, second)
        }
        for query, topic in zip(queries, asked, strict=True)
    }
    return Collection(name, documents, queries, judgements)


def gallery() -> Gallery:
    """4,000 items on 600 boards of 10 to 30."""
    chance = random.Random(f"{SEED} gallery")
    words = _words(chance)
    everything = _Zipfian(words)
    topics = [_Topic(chance, words) for _ in range(BOARDS["topic"])]
    items: dict[str, Document] = {}
    fitting: dict[tuple[str, int], list[str]] = {(kind, n): [] for kind, many in BOARDS.items() for n in range(many)}
    for place in range(ITEMS):
        about = {kind: chance.randrange(many) for kind, many in BOARDS.items()}
        own = topics[about["topic"]].own
        title = " ".join(everything.draw(chance) for _ in range(chance.randint(2, 5)))
        tags = ", ".join({(own if chance.random() < FITTING else everything).draw(chance): None for _ in range(6)})
        items[str(place)] = Document(str(place), title, tags)
        for kind, number in about.items():
            fitting[kind, number].append(str(place))
    boards: list[Board] = []
    for (kind, number), fit in [*fitting.items()] * BOARDS_OF_EACH:
        source = topics[number].own if kind == "topic" else everything
        most = chance.randint(12, 34)
        some = (chance.choice(fit if chance.random() < FITTING else list(items)) for _ in range(most))
        name = f"{source.draw(chance)} {source.draw(chance)}"
        boards.append(Board(f"{kind} {len(boards)}", name, tuple(dict.fromkeys(some)), kind))
    return Gallery("synthetic", items, boards)


def _words(chance: random.Random) -> list[str]:
    """Small words, then made-up ones."""
    syllables = [f"{consonant}{vowel}" for consonant, vowel in product("bdfgklmnprstvz", "aeiou")]
    made: dict[str, None] = {}
    while len(made) < WORDS:
        made["".join(chance.choice(syllables) for _ in range(chance.randint(2, 4))) + chance.choice("nrtlk")] = None
    return [*_SMALL, *made]
