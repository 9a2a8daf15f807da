"""Collections that are made up, always the same, so that the benchmark needs no data.

Words are Zipfian as those of any language (the n-th most common is 1/n as common as the first). A document is about a
topic, and partly about another: so many of its words come from the topic's own few words, the others from all. A query
is some words of a topic, and documents answer it that are about the topic: grade 2, or 1 if it is their other one.
"""

import random
from bisect import bisect
from collections.abc import Sequence
from itertools import accumulate, product

from tools.bench_search.collection import Collection, Document, Query

SEED = 20_261_125
WORDS = 6_000
"""As many for their number as the titles of a museum have."""
COMMON = 40
TOPICS = 250
TOPIC_WORDS = 24
QUERIES = 500
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


def _words(chance: random.Random) -> list[str]:
    """Small words, then made-up ones."""
    syllables = [f"{consonant}{vowel}" for consonant, vowel in product("bdfgklmnprstvz", "aeiou")]
    made: dict[str, None] = {}
    while len(made) < WORDS:
        made["".join(chance.choice(syllables) for _ in range(chance.randint(2, 4))) + chance.choice("nrtlk")] = None
    return [*_SMALL, *made]
