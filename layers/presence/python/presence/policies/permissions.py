"""Who may change what on a board they can see. The one table of rights; a role that is not in it may do nothing."""

from enum import StrEnum

from presence.domain.entities import Board, Pin, Privacy, Role, Viewer
from presence.domain.errors import NotPermitted
from presence.policies.scopes import Scope, require
from presence.policies.visibility import Standing


class Action(StrEnum):
    ADD_PIN = "add pins to this board"
    ARCHIVE_BOARD = "archive or restore this board"
    ASK_TO_JOIN = "ask to join this board"
    CHOOSE_COVER = "choose the cover of this board"
    DELETE_BOARD = "delete this board"
    EDIT_ANY_PIN = "change other people's pins on this board"
    EDIT_BOARD = "edit this board"
    EDIT_OWN_PIN = "change pins on this board"
    EDIT_SECTIONS = "edit the sections of this board"
    EXPLAIN_VISIBILITY = "ask who may see this board"
    LEAVE_BOARD = "leave this board"
    MANAGE_COLLABORATORS = "manage the collaborators of this board"
    MERGE_BOARD = "merge this board with another"
    ORDER_PINS = "order the pins of this board"
    TRANSFER_BOARD = "give this board to somebody else"


_VIEWER = frozenset({Action.LEAVE_BOARD})
_CONTRIBUTOR = _VIEWER | {Action.ADD_PIN, Action.EDIT_OWN_PIN}
_EDITOR = _CONTRIBUTOR | {Action.CHOOSE_COVER, Action.EDIT_ANY_PIN, Action.EDIT_SECTIONS, Action.ORDER_PINS}
_RIGHTS: dict[str | None, frozenset[Action]] = {
    None: frozenset({Action.ASK_TO_JOIN}),
    Role.VIEWER: _VIEWER,
    Role.CONTRIBUTOR: _CONTRIBUTOR,
    Role.EDITOR: _EDITOR,
    Role.OWNER: frozenset(Action) - {Action.ASK_TO_JOIN, Action.LEAVE_BOARD},
}
_WHILE_ARCHIVED = frozenset(
    {
        Action.ARCHIVE_BOARD,
        Action.DELETE_BOARD,
        Action.EXPLAIN_VISIBILITY,
        Action.LEAVE_BOARD,
        Action.MANAGE_COLLABORATORS,
        Action.TRANSFER_BOARD,
    }
)
_CHANGES_NOTHING = frozenset({Action.EXPLAIN_VISIBILITY})
_ON_PINS = frozenset({Action.ADD_PIN, Action.EDIT_ANY_PIN, Action.EDIT_OWN_PIN, Action.ORDER_PINS})


def require_board(action: Action, board: Board, standing: Standing) -> None:
    """The right to do something on a board that the viewer can see.

    Raises:
        NotPermitted: the viewer's role on the board does not include it, or the board is archived.
        ScopeMissing: the board is secret and the token does not allow changing secret things.
    """
    if action not in _RIGHTS[standing.role] or (standing.role is None and board.privacy == Privacy.SECRET):
        raise NotPermitted(f"You are not permitted to {action}.")
    if board.archived_at and action not in _WHILE_ARCHIVED:
        raise NotPermitted("This board is archived; restore it to change it.")
    if board.privacy == Privacy.SECRET and action not in _CHANGES_NOTHING:
        require_secret(action, standing.viewer)


def require_secret(action: Action, viewer: Viewer) -> None:
    """Changing a secret board or its sections needs ``boards:write_secret``, its pins ``pins:write_secret``.

    Raises:
        ScopeMissing: the token lacks it.
    """
    require(viewer, (Scope.PINS_WRITE_SECRET if action in _ON_PINS else Scope.BOARDS_WRITE_SECRET,))


def require_pin(pin: Pin, board: Board, standing: Standing) -> None:
    """Editing or deleting a pin: whoever added it while they may add to the board, and who may edit all.

    Raises:
        NotPermitted: neither, or the board is archived.
        ScopeMissing: the board is secret and the token lacks ``pins:write_secret``.
    """
    own = pin.owner_id == standing.viewer.user_id
    require_board(Action.EDIT_OWN_PIN if own else Action.EDIT_ANY_PIN, board, standing)
