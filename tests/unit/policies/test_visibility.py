import pytest

from presence.policies.scopes import Scope
from presence.policies.visibility import Relation, may_list_board, may_view_board, may_view_pins, relation
from tests.support.api import ALL_SCOPES
from tests.support.values import a_board, a_viewer

OPEN = ("PUBLIC", "PROTECTED")


def test_the_owner_of_a_board_is_its_owner() -> None:
    ann = a_viewer()

    assert relation(a_board(owner_id=ann.user_id), ann) is Relation.OWNER


def test_an_owner_who_is_listed_as_collaborator_too_stays_owner() -> None:
    ann = a_viewer()

    assert relation(a_board(owner_id=ann.user_id, collaborator_ids=frozenset({ann.user_id})), ann) is Relation.OWNER


def test_a_collaborator_of_one_board_is_a_stranger_to_another() -> None:
    ann = a_viewer()

    assert relation(a_board(collaborator_ids=frozenset({ann.user_id})), ann) is Relation.COLLABORATOR
    assert relation(a_board(), ann) is Relation.STRANGER


def test_secret_board_is_hidden_from_non_members() -> None:
    board = a_board(privacy="SECRET")

    assert not may_view_board(board, a_viewer())
    assert not may_list_board(board, a_viewer())
    assert not may_view_pins(board, a_viewer())


def test_secret_board_is_shown_to_its_collaborators() -> None:
    ann = a_viewer()
    board = a_board(privacy="SECRET", collaborator_ids=frozenset({ann.user_id}))

    assert may_view_board(board, ann)
    assert may_list_board(board, ann)
    assert may_view_pins(board, ann)


def test_secret_board_is_hidden_from_its_owner_whose_token_lacks_the_secret_scope() -> None:
    ann = a_viewer(scopes=ALL_SCOPES - {Scope.BOARDS_READ_SECRET})
    board = a_board(privacy="SECRET", owner_id=ann.user_id)

    assert not may_view_board(board, ann)
    assert not may_list_board(board, ann)


def test_secret_pins_are_hidden_from_their_owner_whose_token_lacks_the_secret_scope() -> None:
    ann = a_viewer(scopes=ALL_SCOPES - {Scope.PINS_READ_SECRET})

    assert not may_view_pins(a_board(privacy="SECRET", owner_id=ann.user_id), ann)


def test_protected_board_opens_to_whoever_has_its_id() -> None:
    assert may_view_board(a_board(privacy="PROTECTED"), a_viewer())
    assert may_view_pins(a_board(privacy="PROTECTED"), a_viewer())


def test_protected_board_is_listed_to_its_owner_only() -> None:
    ann, ben = a_viewer(), a_viewer()
    board = a_board(privacy="PROTECTED", owner_id=ann.user_id, collaborator_ids=frozenset({ben.user_id}))

    assert may_list_board(board, ann)
    assert not may_list_board(board, ben)
    assert not may_list_board(board, a_viewer())


@pytest.mark.parametrize("privacy", [*OPEN, "SECRET"])
def test_deleted_board_is_hidden_from_its_owner(privacy: str) -> None:
    ann = a_viewer()
    board = a_board(privacy=privacy, owner_id=ann.user_id, deleted=True)

    assert not may_view_board(board, ann)
    assert not may_list_board(board, ann)
    assert not may_view_pins(board, ann)


@pytest.mark.parametrize("privacy", ["", "FRIENDS"])
def test_board_of_an_unknown_privacy_is_hidden_from_strangers(privacy: str) -> None:
    board = a_board(privacy=privacy)

    assert not may_view_board(board, a_viewer())
    assert not may_list_board(board, a_viewer())
    assert not may_view_pins(board, a_viewer())


@pytest.mark.parametrize("privacy", OPEN)
def test_open_board_needs_no_secret_scope(privacy: str) -> None:
    ben = a_viewer(scopes=frozenset())

    assert may_view_board(a_board(privacy=privacy), ben)
    assert may_view_pins(a_board(privacy=privacy), ben)
