"""Who may see which board and which pin. Reads ask here, and so does whatever takes a board into discovery."""

from enum import Enum

from presence.domain.entities import Board, Privacy, Viewer
from presence.policies.scopes import Scope

_OPEN = frozenset({Privacy.PUBLIC, Privacy.PROTECTED})


class Relation(Enum):
    """What a viewer is to a board."""

    COLLABORATOR = "collaborator"
    OWNER = "owner"
    STRANGER = "stranger"


def relation(board: Board, viewer: Viewer) -> Relation:
    if board.owner_id == viewer.user_id:
        return Relation.OWNER
    if viewer.user_id in board.collaborator_ids:
        return Relation.COLLABORATOR
    return Relation.STRANGER


def may_view_board(board: Board, viewer: Viewer) -> bool:
    """A deleted board is gone. A secret one is for its owner and collaborators, with a token that allows secrets.

    PUBLIC and PROTECTED boards open to anyone who has the id; they differ in where they are listed.
    """
    if board.deleted:
        return False
    if board.privacy in _OPEN:
        return True
    return relation(board, viewer) is not Relation.STRANGER and Scope.BOARDS_READ_SECRET in viewer.scopes


def may_list_board(board: Board, viewer: Viewer) -> bool:
    """A listed board is one the viewer may see; a PROTECTED one is listed to its owner only."""
    if board.privacy == Privacy.PROTECTED and relation(board, viewer) is not Relation.OWNER:
        return False
    return may_view_board(board, viewer)


def may_view_pins(board: Board, viewer: Viewer) -> bool:
    """A board's pins are seen by whoever sees the board; a secret board's need a token that allows secret pins.

    That token need not show secret boards themselves: pins and boards have scopes of their own.
    """
    if board.deleted:
        return False
    if board.privacy in _OPEN:
        return True
    return relation(board, viewer) is not Relation.STRANGER and Scope.PINS_READ_SECRET in viewer.scopes
