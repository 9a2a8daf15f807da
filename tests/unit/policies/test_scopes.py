import pytest

from presence.domain.errors import ScopeMissing
from presence.policies.scopes import Scope, require
from tests.support.values import a_viewer

BOARDS_WRITE = ("boards:read", "boards:write")


def test_the_scopes_are_the_ten_that_clients_know() -> None:
    assert {str(scope) for scope in Scope} == {
        *("boards:read", "boards:write", "boards:read_secret", "boards:write_secret"),
        *("pins:read", "pins:write", "pins:read_secret", "pins:write_secret"),
        *("user_accounts:read", "user_accounts:write"),
    }


def test_a_token_with_all_scopes_of_a_route_passes() -> None:
    assert require(a_viewer(scopes=frozenset(BOARDS_WRITE)), BOARDS_WRITE) is None


@pytest.mark.parametrize(("held", "missing"), [BOARDS_WRITE, BOARDS_WRITE[::-1]])
def test_one_scope_of_two_is_not_enough_and_the_other_is_named(held: str, missing: str) -> None:
    with pytest.raises(ScopeMissing, match=f"{missing}$"):
        require(a_viewer(scopes=frozenset({held})), BOARDS_WRITE)


def test_all_missing_scopes_are_named() -> None:
    with pytest.raises(ScopeMissing, match=r"boards:read, boards:write$"):
        require(a_viewer(scopes=frozenset()), BOARDS_WRITE)


def test_a_scope_is_not_implied_by_a_longer_one() -> None:
    with pytest.raises(ScopeMissing):
        require(a_viewer(scopes=frozenset({"boards:read_secret"})), ("boards:read",))
