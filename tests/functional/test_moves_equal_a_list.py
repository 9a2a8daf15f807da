"""However often things are moved, they lie as in a plain list that is changed alike."""

from random import Random

import pytest

from presence.domain import ranks
from tests.support.api import Client
from tests.support.clock import Clock
from tests.support.content import a_board, a_pin, a_section
from tests.support.memory import Memory, MemoryStream
from tests.support.people import a_user

MOVES = 10_000
"""In each of the lists, through the real handlers, on a table in memory."""
THINGS = 40


class Case:
    """One list, as the API has it and as Python has it."""

    def __init__(self, user: Client, kind: str) -> None:
        self._user = user
        self._board = a_board(user)
        section = a_section(user, self._board)
        place = section if kind == "section pins" else None
        self._position, self._list = {
            "boards": ("/boards/{}/position", "/boards"),
            "sections": (f"/boards/{self._board}/sections/{{}}/position", f"/boards/{self._board}/sections"),
            "pins": ("/pins/{}/position", f"/boards/{self._board}/pins"),
            "section pins": ("/pins/{}/position", f"/boards/{self._board}/sections/{section}/pins"),
        }[kind]
        self._body = {"list": "section"} if place else {}
        make = {"boards": lambda: a_board(user), "sections": lambda: a_section(user, self._board)}
        for _ in range(THINGS):
            make.get(kind, lambda: a_pin(user, self._board, board_section_id=place))()
        self.expected = self.read()

    def read(self) -> list[str]:
        pages = self._user.pages(f"{self._list}?page_size=250")
        return [each["id"] for page in pages for each in page]

    def put(self, thing: str, after: str | None) -> None:
        reply = self._user.patch(self._position.format(thing), {"after": after} | self._body)
        assert reply.status == 200, reply.text
        self.expected.remove(thing)
        self.expected.insert(0 if after is None else self.expected.index(after) + 1, thing)

    def at_random(self, chance: Random) -> None:
        thing = chance.choice(self.expected)
        others = [other for other in self.expected if other != thing]
        self.put(thing, chance.choice([None, others[-1], *others]))

    def into_the_same_gap(self, chance: Random, times: int) -> None:
        """Behind the same one again and again, which halves what is left of the gap each time."""
        anchor = chance.choice(self.expected)
        for _ in range(times):
            self.put(chance.choice([other for other in self.expected if other != anchor]), anchor)


@pytest.mark.parametrize("kind", ["boards", "sections", "pins", "section pins"])
def test_ten_thousand_random_moves_equal_a_plain_list(time: Clock, memory: Memory, kind: str) -> None:
    chance = Random(kind)
    case = Case(a_user(), kind)
    stream = MemoryStream(memory)
    longest, rebalanced, moves = 0, 0, 0
    while moves < MOVES:
        times = chance.randint(1, 150)
        if chance.random() < 0.5:
            case.into_the_same_gap(chance, times)
        else:
            for _ in range(times):
                case.at_random(chance)
        moves += times
        longest = max(longest, _longest(memory))
        rebalanced += _is_crowded(memory)
        assert case.read() == case.expected
        stream.settle()
        assert case.read() == case.expected
        assert not _is_crowded(memory)
        assert _longest(memory) <= ranks.CROWDED

    assert rebalanced >= 10
    assert longest > ranks.CROWDED


def _is_crowded(memory: Memory) -> bool:
    return any("crowded" in item for item in memory.main.items.values())


def _longest(memory: Memory) -> int:
    """Of the ranks that there are."""
    names = ("rank", "section_rank")
    return max(
        (len(item[name]["S"]) for item in memory.main.items.values() for name in names if name in item), default=0
    )
