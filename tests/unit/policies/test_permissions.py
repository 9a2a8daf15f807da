"""Every role, action, privacy and secret scope in one table."""

from collections.abc import Callable
from itertools import product

import pytest

from presence.domain.entities import Board, Viewer
from presence.domain.errors import NotPermitted, PresenceError, ScopeMissing
from presence.policies.permissions import Action, require_board, require_pin
from presence.policies.visibility import may_list_board, may_view_board, may_view_pins
from tests.support.api import ALL_SCOPES
from tests.support.values import a_board, a_pin, a_viewer

RIGHTS = """
role          action              PUBLIC  PROTECTED  SECRET  scope on a secret board
owner         view board          yes     yes        yes     boards:read_secret
owner         list board          yes     yes        yes     boards:read_secret
owner         view pins           yes     yes        yes     pins:read_secret
owner         edit board          yes     yes        yes     boards:write_secret
owner         delete board        yes     yes        yes     boards:write_secret
owner         edit sections       yes     yes        yes     boards:write_secret
owner         add pin             yes     yes        yes     pins:write_secret
owner         change own pin      yes     yes        yes     pins:write_secret
owner         change others' pin  yes     yes        yes     pins:write_secret
collaborator  view board          yes     yes        yes     boards:read_secret
collaborator  list board          yes     no         yes     boards:read_secret
collaborator  view pins           yes     yes        yes     pins:read_secret
collaborator  edit board          no      no         no      -
collaborator  delete board        no      no         no      -
collaborator  edit sections       yes     yes        yes     boards:write_secret
collaborator  add pin             yes     yes        yes     pins:write_secret
collaborator  change own pin      yes     yes        yes     pins:write_secret
collaborator  change others' pin  no      no         no      -
stranger      view board          yes     yes        no      -
stranger      list board          yes     no         no      -
stranger      view pins           yes     yes        no      -
stranger      edit board          no      no         no      -
stranger      delete board        no      no         no      -
stranger      edit sections       no      no         no      -
stranger      add pin             no      no         no      -
stranger      change own pin      no      no         no      -
stranger      change others' pin  no      no         no      -
"""
ROLES = ("owner", "collaborator", "stranger")
PRIVACIES = ("PUBLIC", "PROTECTED", "SECRET")
SECRET_SCOPES = ("boards:read_secret", "boards:write_secret", "pins:read_secret", "pins:write_secret")


def _refusal(check: Callable[..., None], *facts: object) -> type[PresenceError] | None:
    try:
        check(*facts)
    except PresenceError as error:
        return type(error)
    return None


def _change_pin(owner_id: str) -> Callable[[Board, Viewer], type[PresenceError] | None]:
    return lambda board, viewer: _refusal(
        require_pin, a_pin(board_id=board.id, owner_id=owner_id or viewer.user_id), board, viewer
    )


def _on_board(action: Action) -> Callable[[Board, Viewer], type[PresenceError] | None]:
    return lambda board, viewer: _refusal(require_board, action, board, viewer)


SEEING: dict[str, Callable[[Board, Viewer], bool]] = {
    "view board": may_view_board,
    "list board": may_list_board,
    "view pins": may_view_pins,
}
CHANGING: dict[str, Callable[[Board, Viewer], type[PresenceError] | None]] = {
    "edit board": _on_board(Action.EDIT_BOARD),
    "delete board": _on_board(Action.DELETE_BOARD),
    "edit sections": _on_board(Action.EDIT_SECTIONS),
    "add pin": _on_board(Action.ADD_PIN),
    "change own pin": _change_pin(""),
    "change others' pin": _change_pin("somebody else"),
}


def _board(role: str, privacy: str, viewer: Viewer) -> Board:
    if role == "owner":
        return a_board(privacy=privacy, owner_id=viewer.user_id)
    collaborators = frozenset({viewer.user_id}) if role == "collaborator" else frozenset()
    return a_board(privacy=privacy, collaborator_ids=collaborators)


def _columns(line: str) -> list[str]:
    return [cell.strip() for cell in line.split("  ") if cell.strip()]


_TITLES, *_ROWS = (_columns(line) for line in RIGHTS.strip().splitlines())
CASES = [
    (role, action, privacy, allowed == "yes", scope)
    for role, action, *answers, scope in _ROWS
    for privacy, allowed in zip(PRIVACIES, answers, strict=True)
]


@pytest.mark.parametrize(
    ("role", "action", "privacy", "allowed", "scope"),
    [pytest.param(*case, id="-".join(case[:3]).replace(" ", "_")) for case in CASES],
)
def test_a_right_follows_from_role_privacy_and_scopes(
    role: str, action: str, privacy: str, allowed: bool, scope: str
) -> None:
    for lacking in (None, *SECRET_SCOPES):
        viewer = a_viewer(scopes=ALL_SCOPES - {lacking})
        board = _board(role, privacy, viewer)
        scope_missing = allowed and privacy == "SECRET" and lacking == scope
        if action in SEEING:
            assert SEEING[action](board, viewer) is (allowed and not scope_missing), f"without {lacking}"
        else:
            expected = ScopeMissing if scope_missing else None if allowed else NotPermitted
            assert CHANGING[action](board, viewer) is expected, f"without {lacking}"


def test_the_table_holds_every_role_with_every_action() -> None:
    assert {(row[0], row[1]) for row in _ROWS} == set(product(ROLES, (*SEEING, *CHANGING)))
    assert len(CHANGING) == len(Action) + len({"change own pin", "change others' pin"})


@pytest.mark.parametrize("action", Action)
def test_a_role_without_rights_may_do_nothing(action: Action) -> None:
    with pytest.raises(NotPermitted, match=str(action)):
        require_board(action, a_board(), a_viewer())


def test_a_former_collaborator_may_not_change_the_pins_they_added() -> None:
    ann = a_viewer()
    board = a_board(collaborator_ids=frozenset())

    with pytest.raises(NotPermitted):
        require_pin(a_pin(board_id=board.id, owner_id=ann.user_id), board, ann)
