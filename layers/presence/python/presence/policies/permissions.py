"""Who may change what on a board they can see. The one table of rights; a role that is not in it may do nothing."""

from enum import StrEnum

from presence.domain.entities import Board, Pin, Privacy, Viewer
from presence.domain.errors import NotPermitted
from presence.policies.scopes import Scope, require
from presence.policies.visibility import Relation, relation


class Action(StrEnum):
    ADD_PIN = "add pins to this board"
    DELETE_BOARD = "delete this board"
    EDIT_BOARD = "edit this board"
    EDIT_SECTIONS = "edit the sections of this board"


_RIGHTS: dict[Relation, frozenset[Action]] = {
    Relation.COLLABORATOR: frozenset({Action.ADD_PIN, Action.EDIT_SECTIONS}),
    Relation.OWNER: frozenset(Action),
    Relation.STRANGER: frozenset(),
}


def require_board(action: Action, board: Board, viewer: Viewer) -> None:
    """The right to do something on a board that the viewer can see.

    Raises:
        NotPermitted: the viewer's relation to the board does not include it.
        ScopeMissing: the board is secret and the token does not allow changing secret things.
    """
    if action not in _RIGHTS[relation(board, viewer)]:
        raise NotPermitted(f"You are not permitted to {action}.")
    if board.privacy == Privacy.SECRET:
        require_secret(action, viewer)


def require_secret(action: Action, viewer: Viewer) -> None:
    """Changing a secret board or its sections needs ``boards:write_secret``, its pins ``pins:write_secret``.

    Raises:
        ScopeMissing: the token lacks it.
    """
    require(viewer, (Scope.PINS_WRITE_SECRET if action is Action.ADD_PIN else Scope.BOARDS_WRITE_SECRET,))


def require_pin(pin: Pin, board: Board, viewer: Viewer) -> None:
    """Editing or deleting a pin: whoever added it while they may add to the board, and the board's owner.

    Raises:
        NotPermitted: neither.
        ScopeMissing: the board is secret and the token lacks ``pins:write_secret``.
    """
    role = relation(board, viewer)
    added_it = pin.owner_id == viewer.user_id and Action.ADD_PIN in _RIGHTS[role]
    if not (added_it or role is Relation.OWNER):
        raise NotPermitted("You are not permitted to change this pin.")
    if board.privacy == Privacy.SECRET:
        require_secret(Action.ADD_PIN, viewer)
