"""What is asked of a gallery, and what is to be found: boards with some of their pins held out, boards parted in two,
and names of which only the beginning is typed. All of it is drawn, always the same from the same gallery.
"""

import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import isqrt
from typing import NamedTuple

from tools.bench_search.boards import Board, Gallery

SEED = 20_261_125
LEAST, MOST = 10, 100
"""Items of a board. Smaller ones are left out; of larger ones so many are drawn."""
BOARDS = 400
"""Of each kind, at most; of more so many are drawn."""
HELD_OUT = 0.2
SHARED = 1 / 3
TYPED = (1, 2, 3, 5)
"""Characters of a name, from its beginning."""
LATER = 3
"""Characters of a later word."""
_WORD = re.compile(r"[^\W_]+")


class Question(NamedTuple):
    kind: str
    """Questions of one kind are told of together."""
    about: str
    """The id of a board or an item, or what is typed."""
    wanted: frozenset[str]
    """All that is right: ids of items or boards, or names."""


@dataclass
class Tasks:
    boards: list[Board] = field(default_factory=list)
    """As they are put into the deployment, in an order that says nothing."""
    ideas: list[Question] = field(default_factory=list)
    """Items that were held out of a board and stand on others."""
    belonging: list[Question] = field(default_factory=list)
    """Of an item that was held out of a board: the board."""
    related: list[Question] = field(default_factory=list)
    """The boards that are known to be related, or the other half."""


def drawn(gallery: Gallery, sampled: int) -> Tasks:
    """
    Args:
        sampled: of how many boards of each kind pins are held out, and how many others are parted in two.
    """
    chance = random.Random(f"{SEED} {gallery.name}")
    there = [_drawn(chance, each) for each in gallery.boards if len(each.items) >= LEAST]
    chance.shuffle(there)
    of_kind: dict[str, list[Board]] = defaultdict(list)
    for board in there:
        if len(of_kind[board.kind]) < BOARDS:
            of_kind[board.kind].append(board)
    boards = [board for some in of_kind.values() for board in some]
    chance.shuffle(boards)
    holding = {each.id for some in of_kind.values() for each in some[:sampled]}
    parted = {each.id for some in of_kind.values() for each in some[sampled : 2 * sampled]} if not gallery.pairs else ()
    standing = Counter(item for each in boards for item in each.items)
    tasks = Tasks()
    for number, board in enumerate(boards):
        if board.id in parted:
            kind, halves = _halves(chance, board, number)
            tasks.boards += halves
            tasks.related += _pair(kind, *(each.id for each in halves))
        elif board.id in holding:
            tasks.boards.append(_held_out(chance, board, standing, tasks))
        else:
            tasks.boards.append(board)
    tasks.related += _given(gallery.pairs, {board.id for board in boards})
    return tasks


def _drawn(chance: random.Random, board: Board) -> Board:
    items = chance.sample(board.items, min(len(board.items), MOST))
    return board._replace(items=tuple(items))


def _held_out(chance: random.Random, board: Board, standing: Counter[str], tasks: Tasks) -> Board:
    """The board without some of those of its items that still stand elsewhere: what is nowhere cannot be found."""
    elsewhere = [item for item in board.items if standing[item] > 1]
    held_out = frozenset(chance.sample(elsewhere, round(HELD_OUT * len(elsewhere))))
    standing.subtract(held_out)
    if held_out:
        tasks.ideas.append(Question(board.kind, board.id, held_out))
        tasks.belonging.append(Question(board.kind, min(held_out), frozenset({board.id})))
    return board._replace(items=tuple(item for item in board.items if item not in held_out))


def _halves(chance: random.Random, board: Board, number: int) -> tuple[str, list[Board]]:
    """Two boards of a third of the items each and of the last third both, or of a half each; of every second pair
    the other one has a name that tells nothing.
    """
    shares, is_named = number % 2 == 0, number % 4 < 2
    common = round(SHARED * len(board.items)) if shares else 0
    both, rest = board.items[:common], board.items[common:]
    name = board.name if is_named else f"Board {number}"
    halves = [
        Board(f"{board.id} (1)", board.name, _mixed(chance, both, rest[::2]), board.kind),
        Board(f"{board.id} (2)", name, _mixed(chance, both, rest[1::2]), board.kind),
    ]
    return f"{'a third' if shares else 'no pin'} shared, {'same' if is_named else 'another'} name", halves


def _mixed(chance: random.Random, *parts: Sequence[str]) -> tuple[str, ...]:
    items = [item for part in parts for item in part]
    chance.shuffle(items)
    return tuple(items)


def _pair(kind: str, one: str, other: str) -> Iterator[Question]:
    yield Question(kind, one, frozenset({other}))
    yield Question(kind, other, frozenset({one}))


def _given(pairs: Iterable[tuple[str, str]], there: set[str]) -> Iterator[Question]:
    related: dict[str, set[str]] = defaultdict(set)
    for one, other in pairs:
        if one in there and other in there:
            related[one].add(other)
            related[other].add(one)
    for board_id, others in related.items():
        yield Question("as given", board_id, frozenset(others))


def bearers(gallery: Gallery) -> dict[str, int]:
    """How many people call a board by each name: one for each board of that name, and as many as the square root of
    how many items they have; at least two.
    """
    having: Counter[str] = Counter()
    for board in gallery.boards:
        if len(board.items) >= LEAST:
            having[named(board.name)] += 1 + isqrt(len(board.items))
    return {name: max(number, 2) for name, number in having.items()}


def named(name: str) -> str:
    """A name as it is the same for whoever typed it."""
    return " ".join(name.lower().split())


def typed(gallery: Gallery, names: Mapping[str, int], number: int) -> Iterator[Question]:
    """Beginnings of names that are drawn as often as people bear them, and the gallery's aliases.

    Args:
        names: with how many bear each.
        number: how many names are drawn.
    """
    chance = random.Random(f"{SEED} {gallery.name} names")
    meant = chance.choices(list(names), list(names.values()), k=number)
    for length in TYPED:
        of_length = (name for name in meant if len(name) >= length)
        yield from (_typed(f"first {length}", name, name[:length]) for name in of_length)
    for name in meant:
        later = [word for word in _WORD.finditer(name) if word.start() and len(word.group()) >= LATER]
        if later:
            yield _typed(f"first {LATER} of a later word", name, chance.choice(later).group()[:LATER])
    yield from (_typed("aliases as given", named(alias.name), alias.text) for alias in gallery.aliases)


def _typed(kind: str, name: str, text: str) -> Question:
    return Question(kind, text, frozenset({name}))
