"""Related boards are those that comparing all boards with one another gives; what belongs on a board, and where a pin
belongs, is never what a viewer may not find, and never there already.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random

import pytest

from tests.functional.test_related import a_picture, boards_for, ideas, related
from tests.support.api import Client
from tests.support.clock import Clock
from tests.support.content import a_board, a_pin
from tests.support.memory import Memory, MemoryStream
from tests.support.people import a_user

WORLDS = 6
WORDS = ("zork", "blim", "frob", "quon", "darg", "velm")
"""About no topic, each its own stem, and small in no language."""


@dataclass
class Board:
    id: str
    owner: Client
    name: str
    pictures: frozenset[str]
    is_public: bool
    pins: dict[str, str] = field(default_factory=dict)
    """By picture."""


@dataclass
class World:
    people: list[Client]
    boards: list[Board]
    private: set[str] = field(default_factory=set)
    """Ids of people."""
    blocks: set[frozenset[str]] = field(default_factory=set)

    def indexed(self) -> list[Board]:
        return [board for board in self.boards if board.is_public and board.owner.user_id not in self.private]

    def found_by(self, viewer: Client) -> list[Board]:
        return [each for each in self.indexed() if frozenset((viewer.user_id, each.owner.user_id)) not in self.blocks]

    def opens_to(self, viewer: Client, board: Board) -> bool:
        return board.owner is viewer or board in self.found_by(viewer)


def a_world(memory: Memory, chance: Random) -> World:
    stream = MemoryStream(memory, "upkeep", "indexer")
    people = [a_user() for _ in range(5)]
    world = World(people, [_some_board(chance, chance.choice(people), number) for number in range(25)])
    stream.settle()
    for person in chance.sample(people, 1):
        person.patch("/user_account", {"is_private": True})
        world.private.add(person.user_id)
    for _ in range(2):
        one, other = chance.sample(people, 2)
        one.post(f"/user_account/blocks/{other.username}")
        world.blocks.add(frozenset((one.user_id, other.user_id)))
    stream.settle()
    return world


def _some_board(chance: Random, owner: Client, number: int) -> Board:
    name = " ".join((*chance.sample(WORDS, chance.randint(1, 3)), str(number)))
    pictures = chance.sample([f"picture{each}" for each in range(20)], chance.randint(0, 6))
    is_public = chance.random() < 0.8
    board_id = a_board(owner, name=name, privacy="PUBLIC" if is_public else "SECRET")
    pins = {each: a_pin(owner, board_id, **a_picture(each)) for each in pictures}
    return Board(board_id, owner, name, frozenset(pictures), is_public, pins)


def rarity(having: int, of: int) -> float:
    return math.log(1 + (of - having + 0.5) / (having + 0.5))


def cosine(mine: set[str], others: set[str], rarities: Mapping[str, float]) -> float:
    """Of what is not among ``mine``, nobody knows how rare it is."""
    if not mine or not others:
        return 0.0
    known = [rarities[each] for each in mine if each in rarities]
    usual = sum(known) / len(known) if known else 1.0
    rare = {each: rarities.get(each, usual) if each in mine else usual for each in mine | others}
    norms = [math.sqrt(sum(rare[each] ** 2 for each in side)) for side in (mine, others)]
    return sum(rare[each] ** 2 for each in mine & others) / math.prod(norms)


def brute_force(world: World, viewer: Client, board: Board) -> list[str]:
    corpus = world.indexed()

    def rarities(of: Mapping[str, set[str]]) -> dict[str, float]:
        count = {each: sum(each in has for has in of.values()) for each in set().union(*of.values())}
        return {each: rarity(number, len(corpus)) for each, number in count.items()}

    names = rarities({each.id: {*each.name.split()} for each in corpus})
    pictures = rarities({each.id: {*each.pictures} for each in corpus})

    def likeness(other: Board) -> float:
        alike = cosine({*board.pictures}, {*other.pictures}, pictures)
        alike += 0.6 * cosine({*board.name.split()}, {*other.name.split()}, names)
        return alike * (1 + 0.05 * int(4 * math.log2(1 + len(other.pictures))) / 255)

    scores = {each.id: likeness(each) for each in world.found_by(viewer) if each is not board}
    return sorted((each for each in scores if scores[each] > 0), key=lambda each: (-round(scores[each], 6), -int(each)))


@pytest.mark.parametrize("seed", range(WORLDS))
def test_related_boards_are_as_comparing_all_of_them_gives(time: Clock, memory: Memory, seed: int) -> None:
    chance = Random(seed)
    world = a_world(memory, chance)
    for board in chance.sample(world.boards, 10):
        for viewer in world.people:
            if world.opens_to(viewer, board):
                assert related(viewer, board.id) == brute_force(world, viewer, board)


@pytest.mark.parametrize("seed", range(WORLDS))
def test_ideas_are_all_that_others_show_on_boards_like_it_that_the_viewer_may_find(
    time: Clock, memory: Memory, seed: int
) -> None:
    chance = Random(seed)
    world = a_world(memory, chance)
    for board in chance.sample(world.boards, 10):
        for viewer in world.people:
            if world.opens_to(viewer, board):
                like = {*brute_force(world, viewer, board)}
                others = [each.pictures - board.pictures for each in world.boards if each.id in like]
                found = ideas(viewer, board.id)
                assert sorted(found) == sorted(frozenset().union(*others))


@pytest.mark.parametrize("seed", range(WORLDS))
def test_a_pin_belongs_on_boards_that_have_it_not_and_on_own_ones_first(time: Clock, memory: Memory, seed: int) -> None:
    chance = Random(seed)
    world = a_world(memory, chance)
    for board in chance.sample([each for each in world.boards if each.pins], 10):
        picture, pin_id = chance.choice([*board.pins.items()])
        for viewer in world.people:
            if world.opens_to(viewer, board):
                found = boards_for(viewer, pin_id)
                own = {each.id for each in world.boards if each.owner is viewer}
                without = {each.id for each in world.boards if picture not in each.pictures}
                assert {*found} <= without & (own | {each.id for each in world.found_by(viewer)})
                assert len(set(found)) == len(found)
                are_own = [each in own for each in found]
                assert are_own == sorted(are_own, reverse=True) or sum(are_own) > 10
