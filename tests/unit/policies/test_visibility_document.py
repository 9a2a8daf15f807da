"""docs/visibility.md says what the code does."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from presence.domain.entities import Following
from presence.policies.visibility import (
    RULES,
    Audience,
    audience,
    may_list_board,
    may_view_board,
    sentence,
)
from tests.support.values import ANY_TIME, a_board, a_profile, a_standing, a_tie
from tests.unit.policies import test_visibility

DOCUMENT = Path(__file__).parents[3] / "docs" / "visibility.md"


def tables() -> Iterator[list[list[str]]]:
    for block in DOCUMENT.read_text().split("\n\n"):
        if block.startswith("|"):
            yield [[cell.strip() for cell in line.strip("|").split("|")] for line in block.splitlines()]


def test_the_table_of_rules_is_the_chain() -> None:
    _, _, *rows = next(tables())

    assert [tuple(row[:2]) for row in rows] == [(f"`{rule.__name__}`", sentence(rule)) for rule in RULES]
    assert all(hasattr(test_visibility, row[2].strip("`")) for row in rows)


BOARDS: dict[str, dict[str, Any]] = {
    "PUBLIC": {"privacy": "PUBLIC"},
    "PROTECTED": {"privacy": "PROTECTED"},
    "SECRET": {"privacy": "SECRET"},
    "archived": {"archived_at": ANY_TIME},
    "in the trash, merged or deleted": {"trashed_at": ANY_TIME},
}
READERS: dict[str, dict[str, Any]] = {
    "its owner": {"role": "owner"},
    "a member": {"role": "viewer"},
    "an approved follower": {"tie": a_tie(following=Following.APPROVED)},
    "anybody else": {},
    "whom a block parts from the owner": {"role": "editor", "tie": a_tie(blocked=True)},
}


def rows() -> list[tuple[str, str, str]]:
    _, [(_, *readers), _, *lines] = tables()
    return [(line[0], reader, cell) for line in lines for reader, cell in zip(readers, line[1:], strict=True)]


@pytest.mark.parametrize(("board", "reader", "says"), rows())
def test_each_audience_sees_what_the_table_says(board: str, reader: str, says: str) -> None:
    name, _, private = board.partition(", of a ")
    there = a_board(**BOARDS[name])
    standing = a_standing(**READERS[reader] | {"owner": a_profile(is_private=bool(private))})

    sees, lists = may_view_board(there, standing), may_list_board(there, standing)
    assert (sees, lists) == {"lists it": (True, True), "sees it": (True, False), "nothing": (False, False)}[says]


STRANGERS: dict[Audience, tuple[dict[str, Any], ...]] = {
    Audience.EVERYONE: ({}, READERS["an approved follower"], READERS["a member"]),
    Audience.WITH_LINK: ({}, READERS["an approved follower"], READERS["a member"]),
    Audience.APPROVED_FOLLOWERS: (READERS["an approved follower"], READERS["a member"]),
    Audience.MEMBERS: (READERS["a member"],),
}


@pytest.mark.parametrize("privacy", ["PUBLIC", "PROTECTED", "SECRET"])
@pytest.mark.parametrize("archived_at", [None, ANY_TIME])
@pytest.mark.parametrize("is_private", [True, False])
def test_an_audience_is_whom_the_rules_let_in(privacy: str, archived_at: str | None, is_private: bool) -> None:
    board, owner = a_board(privacy=privacy, archived_at=archived_at), a_profile(is_private=is_private)
    told = audience(board, owner)
    let_in = [who for who in ({}, READERS["an approved follower"], READERS["a member"]) if _sees(board, owner, who)]

    assert list(STRANGERS[told]) == let_in
    assert (told is Audience.EVERYONE) is may_list_board(board, a_standing(owner=owner))


def _sees(board: Any, owner: Any, who: dict[str, Any]) -> bool:
    return may_view_board(board, a_standing(**who | {"owner": owner}))
