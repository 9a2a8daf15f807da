"""Every role, action, privacy and secret scope in one table, and what is left of it while a board is archived."""

from collections.abc import Callable
from itertools import product

import pytest

from presence.domain.entities import Board
from presence.domain.errors import NotPermitted, PresenceError, ScopeMissing
from presence.policies.permissions import Action, require_board, require_pin
from presence.policies.visibility import Standing, may_list_board, may_view_board, may_view_pins
from tests.support.api import ALL_SCOPES
from tests.support.values import ANY_TIME, a_board, a_pin, a_standing, a_viewer

RIGHTS = """
role         action                PUBLIC  PROTECTED  SECRET  archived  scope on a secret board
owner        view board            yes     yes        yes     yes       boards:read_secret
owner        list board            yes     yes        yes     yes       boards:read_secret
owner        view pins             yes     yes        yes     yes       pins:read_secret
owner        add pin               yes     yes        yes     no        pins:write_secret
owner        archive board         yes     yes        yes     yes       boards:write_secret
owner        ask to join           no      no         no      no        -
owner        choose cover          yes     yes        yes     no        boards:write_secret
owner        delete board          yes     yes        yes     yes       boards:write_secret
owner        edit any pin          yes     yes        yes     no        pins:write_secret
owner        edit board            yes     yes        yes     no        boards:write_secret
owner        edit own pin          yes     yes        yes     no        pins:write_secret
owner        edit sections         yes     yes        yes     no        boards:write_secret
owner        explain visibility    yes     yes        yes     yes       -
owner        leave board           no      no         no      no        -
owner        manage collaborators  yes     yes        yes     yes       boards:write_secret
owner        merge board           yes     yes        yes     no        boards:write_secret
owner        order pins            yes     yes        yes     no        pins:write_secret
owner        transfer board        yes     yes        yes     yes       boards:write_secret
editor       view board            yes     yes        yes     yes       boards:read_secret
editor       list board            yes     no         yes     no        boards:read_secret
editor       view pins             yes     yes        yes     yes       pins:read_secret
editor       add pin               yes     yes        yes     no        pins:write_secret
editor       archive board         no      no         no      no        -
editor       ask to join           no      no         no      no        -
editor       choose cover          yes     yes        yes     no        boards:write_secret
editor       delete board          no      no         no      no        -
editor       edit any pin          yes     yes        yes     no        pins:write_secret
editor       edit board            no      no         no      no        -
editor       edit own pin          yes     yes        yes     no        pins:write_secret
editor       edit sections         yes     yes        yes     no        boards:write_secret
editor       explain visibility    no      no         no      no        -
editor       leave board           yes     yes        yes     yes       boards:write_secret
editor       manage collaborators  no      no         no      no        -
editor       merge board           no      no         no      no        -
editor       order pins            yes     yes        yes     no        pins:write_secret
editor       transfer board        no      no         no      no        -
contributor  view board            yes     yes        yes     yes       boards:read_secret
contributor  list board            yes     no         yes     no        boards:read_secret
contributor  view pins             yes     yes        yes     yes       pins:read_secret
contributor  add pin               yes     yes        yes     no        pins:write_secret
contributor  archive board         no      no         no      no        -
contributor  ask to join           no      no         no      no        -
contributor  choose cover          no      no         no      no        -
contributor  delete board          no      no         no      no        -
contributor  edit any pin          no      no         no      no        -
contributor  edit board            no      no         no      no        -
contributor  edit own pin          yes     yes        yes     no        pins:write_secret
contributor  edit sections         no      no         no      no        -
contributor  explain visibility    no      no         no      no        -
contributor  leave board           yes     yes        yes     yes       boards:write_secret
contributor  manage collaborators  no      no         no      no        -
contributor  merge board           no      no         no      no        -
contributor  order pins            no      no         no      no        -
contributor  transfer board        no      no         no      no        -
viewer       view board            yes     yes        yes     yes       boards:read_secret
viewer       list board            yes     no         yes     no        boards:read_secret
viewer       view pins             yes     yes        yes     yes       pins:read_secret
viewer       add pin               no      no         no      no        -
viewer       archive board         no      no         no      no        -
viewer       ask to join           no      no         no      no        -
viewer       choose cover          no      no         no      no        -
viewer       delete board          no      no         no      no        -
viewer       edit any pin          no      no         no      no        -
viewer       edit board            no      no         no      no        -
viewer       edit own pin          no      no         no      no        -
viewer       edit sections         no      no         no      no        -
viewer       explain visibility    no      no         no      no        -
viewer       leave board           yes     yes        yes     yes       boards:write_secret
viewer       manage collaborators  no      no         no      no        -
viewer       merge board           no      no         no      no        -
viewer       order pins            no      no         no      no        -
viewer       transfer board        no      no         no      no        -
stranger     view board            yes     yes        no      no        -
stranger     list board            yes     no         no      no        -
stranger     view pins             yes     yes        no      no        -
stranger     add pin               no      no         no      no        -
stranger     archive board         no      no         no      no        -
stranger     ask to join           yes     yes        no      no        -
stranger     choose cover          no      no         no      no        -
stranger     delete board          no      no         no      no        -
stranger     edit any pin          no      no         no      no        -
stranger     edit board            no      no         no      no        -
stranger     edit own pin          no      no         no      no        -
stranger     edit sections         no      no         no      no        -
stranger     explain visibility    no      no         no      no        -
stranger     leave board           no      no         no      no        -
stranger     manage collaborators  no      no         no      no        -
stranger     merge board           no      no         no      no        -
stranger     order pins            no      no         no      no        -
stranger     transfer board        no      no         no      no        -
"""
ROLES = ("owner", "editor", "contributor", "viewer", "stranger")
BOARDS = {
    "PUBLIC": {"privacy": "PUBLIC"},
    "PROTECTED": {"privacy": "PROTECTED"},
    "SECRET": {"privacy": "SECRET"},
    "archived": {"privacy": "PUBLIC", "archived_at": ANY_TIME},
}
SECRET_SCOPES = ("boards:read_secret", "boards:write_secret", "pins:read_secret", "pins:write_secret")

type Seeing = Callable[[Board, Standing], bool]
type Changing = Callable[[Board, Standing], type[PresenceError] | None]


def _refusal(check: Callable[..., None], *facts: object) -> type[PresenceError] | None:
    try:
        check(*facts)
    except PresenceError as error:
        return type(error)
    return None


def _on_pin(*, own: bool) -> Changing:
    def change(board: Board, standing: Standing) -> type[PresenceError] | None:
        pin = a_pin(board_id=board.id, owner_id=standing.viewer.user_id if own else "somebody else")
        return _refusal(require_pin, pin, board, standing)

    return change


def _on_board(action: Action) -> Changing:
    return lambda board, standing: _refusal(require_board, action, board, standing)


SEEING: dict[str, Seeing] = {
    "view board": may_view_board,
    "list board": may_list_board,
    "view pins": may_view_pins,
}
CHANGING: dict[str, Changing] = {action.name.lower().replace("_", " "): _on_board(action) for action in Action} | {
    "edit own pin": _on_pin(own=True),
    "edit any pin": _on_pin(own=False),
}


def _columns(line: str) -> list[str]:
    return [cell.strip() for cell in line.split("  ") if cell.strip()]


_TITLES, *_ROWS = (_columns(line) for line in RIGHTS.strip().splitlines())
CASES = [
    (role, action, board, allowed == "yes", scope)
    for role, action, *answers, scope in _ROWS
    for board, allowed in zip(BOARDS, answers, strict=True)
]


@pytest.mark.parametrize(
    ("role", "action", "kind", "allowed", "scope"),
    [pytest.param(*case, id="-".join(case[:3]).replace(" ", "_")) for case in CASES],
)
def test_a_right_follows_from_role_privacy_and_scopes(
    role: str, action: str, kind: str, allowed: bool, scope: str
) -> None:
    for lacking in (None, *SECRET_SCOPES):
        board = a_board(**BOARDS[kind])
        standing = a_standing(None if role == "stranger" else role, viewer=a_viewer(scopes=ALL_SCOPES - {lacking}))
        scope_missing = allowed and kind == "SECRET" and lacking == scope
        if action in SEEING:
            assert SEEING[action](board, standing) is (allowed and not scope_missing), f"without {lacking}"
        else:
            expected = ScopeMissing if scope_missing else None if allowed else NotPermitted
            assert CHANGING[action](board, standing) is expected, f"without {lacking}"


def test_the_table_holds_every_role_with_every_action() -> None:
    assert {(row[0], row[1]) for row in _ROWS} == set(product(ROLES, (*SEEING, *CHANGING)))
    assert len(_ROWS) == len(ROLES) * (len(SEEING) + len(Action))


@pytest.mark.parametrize("action", Action)
def test_a_refusal_says_what_is_not_permitted(action: Action) -> None:
    with pytest.raises(NotPermitted, match=str(action)):
        require_board(action, a_board(privacy="SECRET"), a_standing())


def test_a_refusal_on_an_archived_board_says_that_it_is_archived() -> None:
    with pytest.raises(NotPermitted, match="archived"):
        require_board(Action.EDIT_BOARD, a_board(archived_at=ANY_TIME), a_standing("owner"))


def test_a_former_collaborator_may_not_change_the_pins_they_added() -> None:
    board, ann = a_board(), a_viewer()

    with pytest.raises(NotPermitted):
        require_pin(a_pin(board_id=board.id, owner_id=ann.user_id), board, a_standing(viewer=ann))
