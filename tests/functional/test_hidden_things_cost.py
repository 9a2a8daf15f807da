"""How many requests finding things takes where much of it is hidden: by blocks, or as the index has not heard yet."""

from typing import NamedTuple

import pytest

from tests.functional.test_related import a_board_of
from tests.support.api import Client
from tests.support.clock import Clock
from tests.support.content import ids
from tests.support.memory import Memory, MemoryStream
from tests.support.people import a_user
from tests.support.social import block

WINDOWS = 4


class Found(NamedTuple):
    things: int
    requests: int


class World(NamedTuple):
    memory: Memory
    viewer: Client
    board_id: str
    others: list[Client]
    """Each has a board that shows what the viewer's shows, and one of 12 other things."""
    boards: list[str]

    def related(self) -> list[str]:
        return ids(self.viewer.get(f"/discover/boards/{self.board_id}/related"))

    def owner_of(self, board_id: str) -> Client:
        return self.others[self.boards.index(board_id)]

    def found(self, what: str, page_size: int = 25) -> Found:
        return self._asked(f"/discover/boards/{self.board_id}/{what}?page_size={page_size}")

    def searched(self) -> Found:
        return self._asked("/discover/search?q=quagga")

    def _asked(self, path: str) -> Found:
        before = self.memory.asked
        reply = self.viewer.get(path)
        assert reply.status == 200, reply.text
        return Found(len(reply.json["items"]), self.memory.asked - before)


@pytest.fixture
def world(time: Clock, memory: Memory) -> World:
    stream = MemoryStream(memory, "upkeep", "indexer")
    ann = a_user()
    mine = a_board_of(ann, "Zebra", "a")
    others = [a_user() for _ in range(100 * WINDOWS)]
    boards = [a_board_of(each, "Quagga", "a", f"x{number % 12}") for number, each in enumerate(others)]
    stream.settle()
    return World(memory, ann, mine, others, boards)


def turn_secret(owner: Client, board_id: str) -> None:
    """The index does not hear of it."""
    assert owner.patch(f"/boards/{board_id}", {"privacy": "SECRET"}).status == 200


def test_where_nothing_is_hidden_a_page_costs_what_is_on_it(world: World) -> None:
    assert world.found("related") == Found(25, 7)
    assert world.found("related", page_size=99) == Found(99, 9)
    assert world.found("ideas") == Found(12, 21)


def test_where_one_is_hidden_only_the_rest_of_a_window_is_read(world: World) -> None:
    [best, *_] = world.related()
    block(world.owner_of(best), world.viewer)

    assert world.found("related") == Found(25, 7 + 6)


def test_a_search_of_which_one_is_hidden_reads_the_rest_of_a_window(world: World) -> None:
    assert world.searched() == Found(25, 4)
    [best, *_] = world.viewer.get("/discover/search?q=quagga").json["items"]
    block(world.owner_of(best["board"]["id"]), world.viewer)

    assert world.searched() == Found(25, 4 + 5)


def test_boards_that_a_block_hides_take_a_request_for_each_hundred(world: World) -> None:
    for each in world.others:
        block(each, world.viewer)

    assert world.found("related") == Found(0, 7 + 1 + WINDOWS)
    assert world.found("ideas").things == 0


def test_boards_that_turned_secret_take_five_requests_for_each_hundred(world: World) -> None:
    for each, board_id in zip(world.others, world.boards, strict=True):
        turn_secret(each, board_id)

    assert world.found("related") == Found(0, 7 + 1 + 5 * WINDOWS)


def test_ideas_are_looked_for_on_a_few_more_boards_where_those_that_were_read_turned_secret(world: World) -> None:
    for each, board_id in zip(world.others, world.boards, strict=True):
        turn_secret(each, board_id)

    assert world.found("ideas") == Found(0, 21 + 12 + 3)
