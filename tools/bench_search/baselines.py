"""What anybody could do in memory with all of it: rank by what most people have, or by the cosine of tags."""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from heapq import nlargest

from tools.bench_search.boards import Board
from tools.bench_search.collection import Document

_WORD = re.compile(r"[^\W_]+")

type Vector = Mapping[str, float]


def terms(document: Document) -> list[str]:
    """What an item is tagged with: the parts of its text between commas; of one without text the words of its title."""
    tags = [tag for part in document.text.lower().split(",") if (tag := part.strip())]
    return tags or _WORD.findall(document.title.lower())


class TagCosine:
    """Items and boards by the cosine of their tf-idf vectors (Salton & Buckley 1988): a board's counts how many of its
    items have each tag.
    """

    def __init__(self, items: Mapping[str, Document], boards: Sequence[Board]) -> None:
        self._boards = {board.id: board for board in boards}
        tags = {item: set(terms(items[item])) for board in boards for item in board.items}
        having = Counter(tag for of_item in tags.values() for tag in of_item)
        rarity = {tag: math.log(1 + len(tags) / number) for tag, number in having.items()}
        self._items = {item: _unit({tag: rarity[tag] for tag in of_item}) for item, of_item in tags.items()}
        self._profiles = {
            board.id: _unit(
                {tag: n * rarity[tag] for tag, n in Counter(tag for item in board.items for tag in tags[item]).items()}
            )
            for board in boards
        }
        self._having_item, self._having_board = _inverted(self._items), _inverted(self._profiles)

    def ideas(self, board_id: str, number: int) -> list[str]:
        """Items that are not on the board."""
        return _nearest(self._profiles[board_id], self._having_item, self._boards[board_id].items, number)

    def belonging(self, item: str, number: int) -> list[str]:
        """Boards that do not have the item."""
        having = {board.id for board in self._boards.values() if item in board.items}
        return _nearest(self._items[item], self._having_board, having, number)

    def related(self, board_id: str, number: int) -> list[str]:
        return _nearest(self._profiles[board_id], self._having_board, (board_id,), number)


def _unit(vector: Vector) -> Vector:
    length = math.sqrt(sum(value * value for value in vector.values()))
    return {tag: value / length for tag, value in vector.items()}


type _Inverted = Mapping[str, Sequence[tuple[str, float]]]


def _inverted(vectors: Mapping[str, Vector]) -> _Inverted:
    having: dict[str, list[tuple[str, float]]] = defaultdict(list)
    for name, vector in vectors.items():
        for tag, value in vector.items():
            having[tag].append((name, value))
    return having


def _nearest(vector: Vector, having: _Inverted, without: Iterable[str], number: int) -> list[str]:
    scores: dict[str, float] = defaultdict(float)
    for tag, value in vector.items():
        for name, other in having.get(tag, ()):
            scores[name] += value * other
    for name in without:
        scores.pop(name, None)
    return nlargest(number, scores, key=lambda name: scores[name])


class Popularity:
    """Items by how many boards they are on, boards by how many items they have: the same for everybody, without what
    is there already.
    """

    def __init__(self, boards: Sequence[Board]) -> None:
        self._boards = {board.id: board for board in boards}
        self._items = [item for item, _ in Counter(item for each in boards for item in each.items).most_common()]
        self._largest = sorted(self._boards, key=lambda board_id: -len(self._boards[board_id].items))

    def ideas(self, board_id: str, number: int) -> list[str]:
        there = set(self._boards[board_id].items)
        return _first(number, self._items, there)

    def belonging(self, item: str, number: int) -> list[str]:
        return _first(number, self._largest, {each.id for each in self._boards.values() if item in each.items})

    def related(self, board_id: str, number: int) -> list[str]:
        return _first(number, self._largest, {board_id})


def _first(number: int, ranking: Iterable[str], without: set[str]) -> list[str]:
    found: list[str] = []
    for each in ranking:
        if len(found) == number:
            break
        if each not in without:
            found.append(each)
    return found


def most_borne(names: Mapping[str, int], typed: str, number: int) -> list[str]:
    """The names that begin, from one of their words on, as what was typed; what most people bear first."""
    matching = (name for name in names if any(name.startswith(typed, word.start()) for word in _WORD.finditer(name)))
    return nlargest(number, matching, key=lambda name: names[name])
