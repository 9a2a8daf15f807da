"""Whom followed people and followed boards lead to is what asking for all their lists gives, in the same order."""

import math
from collections import defaultdict
from collections.abc import Callable
from random import Random
from typing import Any

import pytest

from tests.support.api import Client
from tests.support.content import a_board
from tests.support.memory import Memory, MemoryStream
from tests.support.people import a_user

PATH = "/discover/people"
WORLDS = 60
DEEDS = 60
PEOPLE = 8


def all_of(viewer: Client, path: str) -> list[Any]:
    """Empty where the viewer may not look."""
    if viewer.get(path).status != 200:
        return []
    return [each for page in viewer.pages(path) for each in page]


def asked_for_all(viewer: Client, hidden: set[str]) -> list[tuple[str, float, set[str], set[str]]]:
    """Username, score and what led to each, of what the API shows the viewer."""
    scores: dict[str, float] = defaultdict(float)
    by, through = defaultdict(set), defaultdict(set)
    followed = [each["username"] for each in all_of(viewer, "/user_account/following?explicit_following=true")]
    for name in followed:
        profile = viewer.get(f"/users/{name}").json
        for each in all_of(viewer, f"/users/{name}/following"):
            scores[each["username"]] += 1 / math.log(1 + profile["following_count"])
            by[each["username"]].add(name)
    for board in all_of(viewer, "/user_account/following/boards?explicit_following=true"):
        owner = board["owner"]["username"]
        scores[owner] += 1 / math.log(1 + max(1, board["follower_count"]))
        through[owner].add(board["id"])
    state = {name: viewer.get(f"/users/{name}") for name in scores.keys() - hidden - {viewer.username}}
    new = [name for name, reply in state.items() if reply.status == 200 and reply.json["follow_state"] == "none"]
    return [(name, round(scores[name], 6), by[name], through[name]) for name in new]


@pytest.mark.parametrize("world", range(WORLDS))
def test_whom_others_lead_to_is_what_asking_for_all_gives(memory: Memory, world: int) -> None:
    chance, stream = Random(world), MemoryStream(memory, "upkeep", "indexer")
    people = [a_user() for _ in range(PEOPLE)]
    boards = [(owner, a_board(owner)) for owner in people[: PEOPLE // 2]]
    hidden: set[str] = set()
    deeds = _deeds(chance, people, boards, hidden)
    for _ in range(DEEDS):
        chance.choice(deeds)()
        if chance.random() < 0.2:
            stream.deliver()
    stream.settle()

    for viewer in people:
        size = chance.choice((1, 3, 25))
        found = [each for page in viewer.pages(f"{PATH}?page_size={size}") for each in page]
        expected = asked_for_all(viewer, hidden)
        led, others = found[: len(expected)], found[len(expected) :]
        scores = {name: score for name, score, _, _ in expected}
        told = {name: (by, through) for name, _, by, through in expected}
        assert [scores.get(each["username"]) for each in led] == sorted(scores.values(), reverse=True)
        for each in led:
            by, through = told[each["username"]]
            assert set(each["followed_by"]) <= by
            assert {board["id"] for board in each["boards"]} <= through
            assert len(each["followed_by"]) == min(3, len(by))
            assert len(each["boards"]) == min(3, len(through))
        for each in others:
            assert each["username"] not in {*hidden, *scores, viewer.username}
            assert viewer.get(f"/users/{each['username']}").json["follow_state"] == "none"
            assert each["followed_by"] == each["boards"] == []
        assert len({each["username"] for each in found}) == len(found)


def _deeds(
    chance: Random, people: list[Client], boards: list[tuple[Client, str]], hidden: set[str]
) -> list[Callable[[], object]]:
    """What may happen, the likelier the more often it is named. That some of it is refused is part of it."""

    def follow() -> None:
        one, other = chance.sample(people, 2)
        one.request(chance.choice(("POST", "POST", "POST", "DELETE")), f"/user_account/following/{other.username}", {})
        if chance.random() < 0.7:
            other.post(f"/user_account/follow_requests/{one.username}")

    def follow_board() -> None:
        one, (_, board) = chance.choice(people), chance.choice(boards)
        one.request(chance.choice(("POST", "POST", "DELETE")), f"/user_account/following/boards/{board}", {})

    def block() -> None:
        one, other = chance.sample(people, 2)
        one.request(chance.choice(("POST", "DELETE", "DELETE")), f"/user_account/blocks/{other.username}", {})

    def change_board() -> None:
        owner, board = chance.choice(boards)
        owner.patch(f"/boards/{board}", {"privacy": chance.choice(("PUBLIC", "SECRET"))})

    def hide() -> None:
        one, hides = chance.choice(people), chance.random() < 0.3
        if one.patch("/user_account", {"hidden_from_search": hides}).status == 200:
            (hidden.add if hides else hidden.discard)(one.username)

    return [
        *[follow] * 8,
        *[follow_board] * 3,
        block,
        change_board,
        hide,
        lambda: chance.choice(people).patch("/user_account", {"is_private": chance.random() < 0.3}),
    ]
