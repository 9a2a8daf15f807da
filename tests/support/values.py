"""Values to judge in unit tests. Only what a test names matters; the rest is anything."""

from itertools import count
from typing import Any

from presence.domain.entities import Board, Image, Media, Pin, Profile, Section, Tie, Viewer
from presence.domain.ids import new_id
from presence.policies.visibility import Standing
from presence.services.access import Seen
from presence.services.pins import Placed
from tests.support.api import ALL_SCOPES

ANY_TIME = "2026-01-01T00:00:00Z"
_numbers = count(1)


def a_viewer(user_id: str = "", *, scopes: frozenset[str] = ALL_SCOPES) -> Viewer:
    return Viewer(user_id or new_id(), "anybody", scopes)


def a_board(**facts: Any) -> Board:
    number = next(_numbers)
    anything: dict[str, Any] = {
        "id": new_id(),
        "owner_id": new_id(),
        "name": f"Any board {number}",
        "slug": f"any-board-{number}",
        "privacy": "PUBLIC",
        "created_at": ANY_TIME,
    }
    return Board(**anything | facts)


def a_section(**facts: Any) -> Section:
    return Section(**{"id": new_id(), "board_id": new_id(), "name": "Any section"} | facts)


def an_image(**facts: Any) -> Image:
    return Image(**facts or {"url": "https://pictures.example/any.jpg"})


def a_pin(**facts: Any) -> Pin:
    anything: dict[str, Any] = {
        "id": new_id(),
        "owner_id": new_id(),
        "board_id": new_id(),
        "created_at": ANY_TIME,
        "media": Media("image", (an_image(),)),
    }
    return Pin(**anything | facts)


def a_standing(role: str | None = None, **facts: Any) -> Standing:
    """Of somebody with no role unless one is given, before a board whose owner is anybody."""
    return Standing(**{"viewer": a_viewer(), "owner": a_profile(), "role": role} | facts)


def a_tie(**facts: Any) -> Tie:
    return Tie(**{"from_id": new_id(), "to_id": new_id(), "since": new_id()} | facts)


def seen(board: Board | None = None, **facts: Any) -> Seen:
    """A board before anybody, or before who the facts of a standing say."""
    return Seen(board or a_board(), a_standing(**facts))


def a_placed_pin(board: Board | None = None, *, standing: Standing | None = None, **facts: Any) -> Placed:
    board = board or a_board()
    return Placed(a_pin(**{"board_id": board.id} | facts), Seen(board, standing or a_standing()), "anybody")


def a_profile(**facts: Any) -> Profile:
    return Profile(**{"id": new_id(), "username": "anybody", "created_at": ANY_TIME} | facts)
