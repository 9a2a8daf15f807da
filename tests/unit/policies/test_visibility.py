from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from presence.domain.entities import Board, Following, Role
from presence.policies import visibility
from presence.policies.scopes import Scope
from presence.policies.visibility import (
    RULES,
    Standing,
    Verdict,
    decide,
    may_feature,
    may_list_board,
    may_list_pins,
    may_see_in_trash,
    may_see_inside,
    may_see_invitation,
    may_see_pin_in_trash,
    may_see_user,
    may_view_board,
    may_view_pins,
)
from tests.support.api import ALL_SCOPES
from tests.support.values import ANY_TIME, a_board, a_pin, a_profile, a_standing, a_tie, a_viewer

OPEN = ("PUBLIC", "PROTECTED")
MEMBERS = ("viewer", "contributor", "editor")
WITH_ROLE = (*MEMBERS, "owner")
GONE = ({"deleted": True}, {"trashed_at": ANY_TIME}, {"merged_into": "7"})
BLOCKS = ({"blocks": True}, {"blocked": True}, {"blocks": True, "blocked": True})


def _sees(board: Board, standing: Standing) -> bool:
    """Whether the viewer sees the board, its pins and, but for a protected or archived one, the board in lists: all or
    nothing.
    """
    seen = {may_view_board(board, standing), may_view_pins(board, standing)}
    if board.privacy != "PROTECTED" and not board.archived_at:
        seen.add(may_list_board(board, standing))
    [answer] = seen
    return answer


def _hidden(board: Board, standing: Standing) -> bool:
    return not (may_view_board(board, standing) or may_list_board(board, standing) or may_view_pins(board, standing))


@pytest.mark.parametrize("privacy", OPEN)
def test_open_board_is_shown_to_anybody_even_without_secret_scopes(privacy: str) -> None:
    assert _sees(a_board(privacy=privacy), a_standing(viewer=a_viewer(scopes=frozenset())))


@pytest.mark.parametrize("role", [None, *WITH_ROLE])
@pytest.mark.parametrize("facts", GONE, ids=lambda facts: next(iter(facts)))
def test_board_that_is_gone_is_hidden_from_everybody(facts: dict[str, Any], role: str | None) -> None:
    for privacy in (*OPEN, "SECRET"):
        assert _hidden(a_board(privacy=privacy, **facts), a_standing(role))


@pytest.mark.parametrize("role", [None, *WITH_ROLE])
@pytest.mark.parametrize("owner", [None, a_profile(deleted=True)], ids=["no profile", "being deleted"])
def test_board_of_an_account_that_is_gone_is_hidden_from_everybody(owner: Any, role: str | None) -> None:
    for privacy in (*OPEN, "SECRET"):
        assert _hidden(a_board(privacy=privacy), a_standing(role, owner=owner))


@pytest.mark.parametrize("role", [None, *MEMBERS])
@pytest.mark.parametrize("block", BLOCKS, ids=" and ".join)
def test_a_block_hides_the_owners_boards_whoever_made_it_also_from_members(
    block: dict[str, bool], role: str | None
) -> None:
    for privacy in (*OPEN, "SECRET"):
        tie = a_tie(following=Following.APPROVED, **block)

        assert _hidden(a_board(privacy=privacy), a_standing(role, tie=tie))


def test_a_tie_without_a_block_hides_nothing() -> None:
    assert _sees(a_board(), a_standing(tie=a_tie()))
    assert _sees(a_board(), a_standing(tie=a_tie(following=Following.REQUESTED)))


@pytest.mark.parametrize("role", WITH_ROLE)
def test_secret_board_is_shown_to_its_owner_and_members(role: str) -> None:
    assert _sees(a_board(privacy="SECRET"), a_standing(role))


def test_secret_board_is_hidden_from_non_members() -> None:
    assert _hidden(a_board(privacy="SECRET"), a_standing())
    assert _hidden(a_board(privacy="SECRET"), a_standing(tie=a_tie(following=Following.APPROVED)))


@pytest.mark.parametrize("role", WITH_ROLE)
def test_secret_board_is_hidden_from_members_whose_token_lacks_the_secret_scope(role: str) -> None:
    lacking = a_standing(role, viewer=a_viewer(scopes=ALL_SCOPES - {Scope.BOARDS_READ_SECRET}))
    board = a_board(privacy="SECRET")

    assert not may_view_board(board, lacking)
    assert not may_list_board(board, lacking)
    assert may_view_pins(board, lacking)


@pytest.mark.parametrize("role", WITH_ROLE)
def test_secret_pins_are_hidden_from_members_whose_token_lacks_the_secret_scope(role: str) -> None:
    lacking = a_standing(role, viewer=a_viewer(scopes=ALL_SCOPES - {Scope.PINS_READ_SECRET}))
    board = a_board(privacy="SECRET")

    assert not may_view_pins(board, lacking)
    assert may_view_board(board, lacking)


@pytest.mark.parametrize("privacy", [*OPEN, "SECRET"])
def test_archived_board_is_shown_to_its_owner_and_members_only(privacy: str) -> None:
    board = a_board(privacy=privacy, archived_at=ANY_TIME)

    assert all(_sees(board, a_standing(role)) for role in WITH_ROLE)
    assert _hidden(board, a_standing())
    assert _hidden(board, a_standing(tie=a_tie(following=Following.APPROVED)))


@pytest.mark.parametrize("privacy", OPEN)
@pytest.mark.parametrize(
    "tie", [None, a_tie(), a_tie(following=Following.REQUESTED)], ids=["no tie", "an empty tie", "requested"]
)
def test_boards_of_a_private_profile_are_hidden_from_those_it_has_not_approved(tie: Any, privacy: str) -> None:
    assert _hidden(a_board(privacy=privacy), a_standing(owner=a_profile(is_private=True), tie=tie))


@pytest.mark.parametrize("privacy", OPEN)
def test_boards_of_a_private_profile_are_shown_to_approved_followers(privacy: str) -> None:
    follower = a_standing(owner=a_profile(is_private=True), tie=a_tie(following=Following.APPROVED))

    assert _sees(a_board(privacy=privacy), follower)


@pytest.mark.parametrize("role", WITH_ROLE)
def test_boards_of_a_private_profile_are_shown_to_members_who_do_not_follow(role: str) -> None:
    assert _sees(a_board(), a_standing(role, owner=a_profile(is_private=True)))


def test_secret_board_of_a_private_profile_is_hidden_from_approved_followers() -> None:
    follower = a_standing(owner=a_profile(is_private=True), tie=a_tie(following=Following.APPROVED))

    assert _hidden(a_board(privacy="SECRET"), follower)


def test_protected_board_is_listed_to_its_owner_only() -> None:
    board = a_board(privacy="PROTECTED")

    assert may_list_board(board, a_standing("owner"))
    assert not any(may_list_board(board, a_standing(role)) for role in (None, *MEMBERS))


@pytest.mark.parametrize("privacy", ["", "FRIENDS"])
def test_board_of_an_unknown_privacy_is_hidden_from_strangers(privacy: str) -> None:
    assert _hidden(a_board(privacy=privacy), a_standing())


SECRET_TOKEN = Scope.BOARDS_READ_SECRET


@pytest.mark.parametrize(
    ("board", "standing", "rule", "verdict"),
    [
        pytest.param({"deleted": True}, {}, visibility.gone, Verdict.HIDES, id="gone"),
        pytest.param({}, {"owner": None}, visibility.owner_gone, Verdict.HIDES, id="owner gone"),
        pytest.param({}, {"tie": a_tie(blocked=True)}, visibility.blocked, Verdict.HIDES, id="blocked"),
        pytest.param({}, {"role": "viewer"}, visibility.member, Verdict.SHOWS, id="member"),
        pytest.param({"privacy": "SECRET"}, {}, visibility.secret, Verdict.HIDES, id="secret"),
        pytest.param({"archived_at": ANY_TIME}, {}, visibility.archived, Verdict.HIDES, id="archived"),
        pytest.param(
            {}, {"owner": a_profile(is_private=True)}, visibility.private_owner, Verdict.HIDES, id="private owner"
        ),
        pytest.param({}, {}, visibility.open_to_all, Verdict.SHOWS, id="open"),
    ],
)
def test_the_chain_ends_with_the_rule_that_decided(
    board: dict[str, Any], standing: dict[str, Any], rule: Callable[..., Verdict], verdict: Verdict
) -> None:
    *before, last = decide(a_board(**board), a_standing(**standing), SECRET_TOKEN)

    assert last == (rule, verdict)
    assert [asked for asked, _ in before] == list(RULES[: RULES.index(rule)])
    assert {said for _, said in before} <= {Verdict.NO_SAY}


@pytest.mark.parametrize("facts", [{}, {"privacy": "SECRET"}, {"archived_at": ANY_TIME}])
def test_an_invitation_names_a_board_that_its_members_see(facts: dict[str, Any]) -> None:
    assert may_see_invitation(a_board(**facts), a_standing())


@pytest.mark.parametrize("facts", GONE)
def test_an_invitation_to_a_board_that_is_gone_is_hidden(facts: dict[str, Any]) -> None:
    assert not may_see_invitation(a_board(**facts), a_standing())


@pytest.mark.parametrize("block", BLOCKS)
def test_a_block_hides_an_invitation(block: dict[str, bool]) -> None:
    assert not may_see_invitation(a_board(), a_standing(tie=a_tie(**block)))


def test_an_invitation_to_a_secret_board_is_hidden_from_a_token_that_shows_no_secrets() -> None:
    narrow = a_viewer(scopes=ALL_SCOPES - {Scope.BOARDS_READ_SECRET})

    assert not may_see_invitation(a_board(privacy="SECRET"), a_standing(viewer=narrow))


def test_a_chain_in_which_no_rule_decides_hides() -> None:
    chain = decide(a_board(privacy="FRIENDS"), a_standing(), SECRET_TOKEN)

    assert [said for _, said in chain] == [Verdict.NO_SAY] * len(RULES)
    assert not may_view_board(a_board(privacy="FRIENDS"), a_standing())


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_every_rule_says_in_a_sentence_what_it_does(rule: Callable[..., Verdict]) -> None:
    assert rule.__doc__
    assert rule.__doc__.endswith(".")


def test_pins_on_a_protected_board_are_listed_to_its_owner_only() -> None:
    board = a_board(privacy="PROTECTED")

    assert may_list_pins(board, a_standing("owner"))
    assert not any(may_list_pins(board, a_standing(role)) for role in (None, *MEMBERS))


def test_pins_are_listed_to_those_who_see_them() -> None:
    assert may_list_pins(a_board(), a_standing())
    assert may_list_pins(a_board(privacy="SECRET"), a_standing("viewer"))
    assert not may_list_pins(a_board(privacy="SECRET"), a_standing())


def test_a_profile_features_public_boards_of_its_own() -> None:
    assert may_feature(a_board(owner_id="1"), "1")
    assert not may_feature(a_board(owner_id="2"), "1")


@pytest.mark.parametrize(
    "facts", [{"privacy": "PROTECTED"}, {"privacy": "SECRET"}, {"archived_at": ANY_TIME}, *GONE], ids=str
)
def test_a_board_that_is_not_listed_to_everybody_is_not_featured(facts: dict[str, Any]) -> None:
    assert not may_feature(a_board(owner_id="1", **facts), "1")


def test_a_person_is_there_for_strangers_and_followers() -> None:
    assert may_see_user(a_profile(), None)
    assert may_see_user(a_profile(is_private=True), a_tie(following=Following.REQUESTED))


@pytest.mark.parametrize("block", BLOCKS, ids=" and ".join)
def test_a_block_hides_a_person_from_the_other_whoever_made_it(block: dict[str, bool]) -> None:
    tie = a_tie(following=Following.APPROVED, **block)

    assert not may_see_user(a_profile(), tie)
    assert not may_see_inside(a_profile(), tie, a_viewer())


def test_a_person_whose_account_is_gone_is_not_there() -> None:
    assert not may_see_user(None, None)
    assert not may_see_user(a_profile(deleted=True), None)


def test_an_open_profile_is_seen_from_inside_by_anybody() -> None:
    assert may_see_inside(a_profile(), None, a_viewer())


@pytest.mark.parametrize(
    ("tie", "sees"),
    [
        (None, False),
        (a_tie(), False),
        (a_tie(following=Following.REQUESTED), False),
        (a_tie(following=Following.APPROVED), True),
    ],
    ids=["no tie", "an empty tie", "requested", "approved"],
)
def test_a_private_profile_is_seen_from_inside_by_approved_followers_only(tie: Any, sees: bool) -> None:
    assert may_see_inside(a_profile(is_private=True), tie, a_viewer()) is sees


def test_a_private_profile_is_seen_from_inside_by_its_owner() -> None:
    ann = a_viewer()

    assert may_see_inside(a_profile(id=ann.user_id, is_private=True), None, ann)


def test_a_board_in_the_trash_is_seen_there_by_its_owner_alone() -> None:
    board = a_board(trashed_at=ANY_TIME)

    assert may_see_in_trash(board, a_standing(Role.OWNER))
    assert not any(may_see_in_trash(board, a_standing(role)) for role in (None, Role.VIEWER, Role.EDITOR))


def test_a_board_that_is_not_in_the_trash_is_not_seen_there() -> None:
    assert not may_see_in_trash(a_board(), a_standing(Role.OWNER))
    assert not may_see_in_trash(a_board(trashed_at=ANY_TIME, deleted=True), a_standing(Role.OWNER))


def test_a_secret_board_in_the_trash_needs_the_scope() -> None:
    blind = a_viewer(scopes=ALL_SCOPES - {Scope.BOARDS_READ_SECRET})
    board = a_board(trashed_at=ANY_TIME, privacy="SECRET")

    assert may_see_in_trash(board, a_standing(Role.OWNER))
    assert not may_see_in_trash(board, a_standing(Role.OWNER, viewer=blind))


def test_a_pin_in_the_trash_is_seen_there_by_who_added_it_alone() -> None:
    ann = a_viewer()
    pin = a_pin(owner_id=ann.user_id, trashed_at=ANY_TIME)

    assert may_see_pin_in_trash(pin, a_board(privacy="PROTECTED"), a_standing(viewer=ann))
    assert not may_see_pin_in_trash(pin, a_board(), a_standing(Role.OWNER))
    assert not may_see_pin_in_trash(replace(pin, trashed_at=None), a_board(), a_standing(viewer=ann))


@pytest.mark.parametrize("board", [a_board(privacy="SECRET"), a_board(deleted=True)], ids=["secret", "gone"])
def test_a_pin_in_the_trash_of_a_board_that_may_be_secret_needs_the_scope(board: Board) -> None:
    ann = a_viewer()
    blind = a_viewer(ann.user_id, scopes=ALL_SCOPES - {Scope.PINS_READ_SECRET})
    pin = a_pin(owner_id=ann.user_id, trashed_at=ANY_TIME)

    assert may_see_pin_in_trash(pin, board, a_standing(viewer=ann))
    assert not may_see_pin_in_trash(pin, board, a_standing(viewer=blind))
