"""Values to judge in unit tests. Only what a test names matters; the rest is anything."""

from itertools import count
from typing import Any

from presence.domain.entities import Board, Image, Media, Pin, Profile, Section, Viewer
from presence.domain.ids import new_id
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
        "owner_username": "anybody",
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


def a_placed_pin(board: Board | None = None, **facts: Any) -> Placed:
    board = board or a_board()
    return Placed(a_pin(**{"board_id": board.id} | facts), board)


def a_profile(**facts: Any) -> Profile:
    return Profile(**{"id": new_id(), "username": "anybody", "created_at": ANY_TIME} | facts)
