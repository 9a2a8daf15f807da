"""On which timelines a pin stands: pure, and asked by whoever writes them and whoever reads them."""

from dataclasses import dataclass

from presence.domain.entities import Board, Pin, Profile
from presence.policies import visibility


@dataclass(frozen=True, slots=True)
class Place:
    """Where a pin stands."""

    board_id: str
    lines: frozenset[str]
    """Names of timelines; see ``lines``."""


def of_user(user_id: str) -> str:
    """The name of the timeline of all boards that a user lists to their followers."""
    return f"USER#{user_id}"


def of_board(board_id: str) -> str:
    """The name of one board's timeline, for those who follow just that."""
    return f"BOARD#{board_id}"


def lines(board: Board | None, owner: Profile | None) -> frozenset[str]:
    """The timelines on which a board's pins stand.

    A PROTECTED one's stand on its own only. What followers of its owner may not open stands on none, whatever its
    members may do.
    """
    if board is None or not visibility.opens_to_followers(board, owner):
        return frozenset()
    if not visibility.is_listed_to_followers(board, owner):
        return frozenset((of_board(board.id),))
    return frozenset((of_user(board.owner_id), of_board(board.id)))


def place(pin: Pin | None, on: Board | None, owner: Profile | None) -> Place | None:
    """Where a pin stands, with words or without; None: nowhere.

    Args:
        owner: of the board.
    """
    if pin is None or pin.trashed_at or on is None:
        return None
    found = lines(on, owner)
    return Place(on.id, found) if found else None
