"""Queries for a collection that has none: words of its titles."""

import random
import re
from collections.abc import Callable, Sequence

from tools.bench_search.collection import Document, Query

SEED = 20_261_125
_WORD = re.compile(r"[^\W_]+")

type Draw = Callable[[random.Random, Sequence[list[str]], int], list[str]]


def _adjacent(chance: random.Random, titles: Sequence[list[str]], number: int) -> list[str]:
    title = chance.choice(titles)
    start = chance.randrange(max(len(title) - number, 0) + 1)
    return title[start : start + number]


def _of_one_title(chance: random.Random, titles: Sequence[list[str]], number: int) -> list[str]:
    title = list(dict.fromkeys(chance.choice(titles)))
    return chance.sample(title, min(number, len(title)))


def _independent(chance: random.Random, titles: Sequence[list[str]], number: int) -> list[str]:
    return [chance.choice(chance.choice(titles)) for _ in range(number)]


DRAWS: dict[str, Draw] = {
    "adjacent words of a title": _adjacent,
    "words of one title": _of_one_title,
    "words of any titles": _independent,
}
"""How words are drawn. Common words are drawn as often as titles have them."""


def queries(documents: Sequence[Document], draw: str, words: int, number: int) -> list[Query]:
    """The same for the same documents: ``number`` queries of so many different words, or none where no title has as
    many."""
    chance = random.Random(f"{SEED} {draw} {words}")
    titles = [found for each in documents if (found := _WORD.findall(each.title.lower()))]
    if not any(len(set(title)) >= words for title in titles):
        return []
    made: list[Query] = []
    while len(made) < number:
        drawn = DRAWS[draw](chance, titles, words)
        if len(set(drawn)) == words:
            made.append(Query(f"{draw}, {words}, {len(made)}", " ".join(drawn)))
    return made
