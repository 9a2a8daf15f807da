"""An owner asks why somebody sees a board or does not, and what another privacy would change."""

from typing import Any

import pytest

from presence.storage import keys
from tests.support.api import Client
from tests.support.content import a_board, a_pin, refusal
from tests.support.people import a_user
from tests.support.social import block, follow, follow_board
from tests.support.stored import add_collaborator, dynamodb_requests, everything, set_attribute
from tests.support.values import ANY_TIME
from tests.support.wire import BOARD_NOT_FOUND, INVALID, NOT_PERMITTED, USER_NOT_FOUND


def explained(owner: Client, board: str, viewer: Client | None = None) -> dict[str, Any]:
    query = f"?viewer={viewer.username}" if viewer else ""
    reply = owner.get(f"/boards/{board}/visibility{query}")
    assert reply.status == 200, reply.text
    return dict(reply.json)


def previewed(owner: Client, board: str, privacy: str) -> dict[str, Any]:
    reply = owner.post(f"/boards/{board}/visibility/preview", {"privacy": privacy})
    assert reply.status == 201, reply.text
    return dict(reply.json)


def set_private(user: Client) -> None:
    set_attribute(keys.profile(user.user_id), "is_private", {"BOOL": True})


def saved(user: Client, pin: str, board: str) -> str:
    reply = user.post(f"/pins/{pin}/save", {"board_id": board})
    assert reply.status == 201, reply.text
    return str(reply.json["id"])


def test_an_open_board_is_shown_to_somebody_who_has_nothing_to_do_with_its_owner() -> None:
    ann = a_user()
    told = explained(ann, a_board(ann))

    assert (told["viewer"], told["can_see"], told["listed"], told["decided_by"]) == (None, True, True, "open_to_all")
    assert [each["rule"] for each in told["rules"]] == [
        *("gone", "owner_gone", "blocked", "member", "secret", "archived", "private_owner", "open_to_all")
    ]
    assert [each["says"] for each in told["rules"]] == ["has no say"] * 7 + ["shows"]
    assert all(each["because"].endswith(".") for each in told["rules"])


@pytest.mark.parametrize(
    ("privacy", "can_see", "listed", "decided_by"),
    [
        ("PUBLIC", True, True, "open_to_all"),
        ("PROTECTED", True, False, "open_to_all"),
        ("SECRET", False, False, "secret"),
    ],
)
def test_a_stranger_is_told_of_by_the_privacy(privacy: str, can_see: bool, listed: bool, decided_by: str) -> None:
    ann, ben = a_user(), a_user()
    told = explained(ann, a_board(ann, privacy=privacy), ben)

    assert (told["viewer"], told["can_see"], told["listed"]) == (ben.username, can_see, listed)
    assert told["decided_by"] == told["rules"][-1]["rule"] == decided_by


def test_a_collaborator_and_the_owner_see_a_secret_board() -> None:
    ann, ben = a_user(), a_user()
    board = a_board(ann, privacy="SECRET")
    add_collaborator(board, ben, "viewer")

    assert [explained(ann, board, who)["decided_by"] for who in (ann, ben)] == ["member", "member"]
    assert [explained(ann, board, who)["can_see"] for who in (ann, ben)] == [True, True]


def test_whom_the_owner_blocks_sees_nothing_a_role_there_or_not() -> None:
    ann, ben = a_user(), a_user()
    board = a_board(ann)
    add_collaborator(board, ben)
    block(ann, ben)
    told = explained(ann, board, ben)

    assert (told["can_see"], told["listed"], told["decided_by"]) == (False, False, "blocked")


def test_that_somebody_blocks_the_owner_is_not_told() -> None:
    ann, ben = a_user(), a_user()
    board = a_board(ann)
    block(ben, ann)
    with dynamodb_requests() as for_hidden:
        hidden = ann.get(f"/boards/{board}/visibility?viewer={ben.username}")
    with dynamodb_requests() as for_missing:
        missing = ann.get(f"/boards/{board}/visibility?viewer=nobody_at_all")

    assert refusal(hidden) == USER_NOT_FOUND
    assert hidden == missing
    assert for_hidden == for_missing


def test_that_both_block_each_other_is_told_as_the_owners_own_block() -> None:
    ann, ben = a_user(), a_user()
    board = a_board(ann)
    block(ben, ann)
    block(ann, ben)

    assert explained(ann, board, ben)["decided_by"] == "blocked"


def test_a_private_profile_shows_its_boards_to_approved_followers() -> None:
    ann, ben, cat = a_user(), a_user(), a_user()
    board = a_board(ann)
    follow(ben, ann)
    set_private(ann)

    assert [explained(ann, board, who)["can_see"] for who in (ben, cat, None)] == [True, False, False]
    assert explained(ann, board, cat)["decided_by"] == "private_owner"


def test_an_archived_board_is_told_of_too() -> None:
    ann, ben, cat = a_user(), a_user(), a_user()
    board = a_board(ann)
    add_collaborator(board, ben)
    set_attribute(keys.board(board), "archived_at", {"S": ANY_TIME})

    assert [explained(ann, board, who)["decided_by"] for who in (ann, ben, cat)] == ["member", "member", "archived"]
    assert [explained(ann, board, who)["listed"] for who in (ann, ben, cat)] == [True, False, False]


def test_a_token_without_the_scope_to_change_secrets_may_ask() -> None:
    ann = a_user()
    board = a_board(ann, privacy="SECRET")
    reader = ann.without_scopes("boards:write_secret", "boards:write", "pins:write")

    assert explained(reader, board)["can_see"] is False
    assert previewed(reader, board, "PUBLIC")["audience_after"] == "everyone"
    assert refusal(ann.without_scopes("boards:read_secret").get(f"/boards/{board}/visibility")) == BOARD_NOT_FOUND


@pytest.mark.parametrize("role", ["viewer", "contributor", "editor", None])
def test_only_the_owner_may_ask(role: str | None) -> None:
    ann, ben = a_user(), a_user()
    board = a_board(ann)
    if role:
        add_collaborator(board, ben, role)

    assert refusal(ben.get(f"/boards/{board}/visibility")) == NOT_PERMITTED
    assert refusal(ben.post(f"/boards/{board}/visibility/preview", {"privacy": "SECRET"})) == NOT_PERMITTED


@pytest.mark.parametrize("viewer", ["", "é", "x" * 65])
def test_what_cannot_be_a_username_is_refused_by_name(viewer: str) -> None:
    ann = a_user()
    reply = ann.get(f"/boards/{a_board(ann)}/visibility?viewer={viewer}")

    assert refusal(reply) == INVALID
    assert "'viewer'" in reply.json["message"]


@pytest.mark.parametrize("body", [{}, {"privacy": None}, {"privacy": "FRIENDS"}, {"privacy": ["PUBLIC"]}])
def test_a_preview_of_what_is_no_privacy_is_refused_by_name(body: dict[str, Any]) -> None:
    ann = a_user()
    reply = ann.post(f"/boards/{a_board(ann)}/visibility/preview", body)

    assert refusal(reply) == INVALID
    assert "'privacy'" in reply.json["message"]


def test_who_follows_the_board_and_is_no_member_loses_it_when_it_becomes_secret() -> None:
    ann, ben, cat, dan = a_user(), a_user(), a_user(), a_user()
    board = a_board(ann)
    for each in (ben, cat):
        follow_board(each, board)
    follow(dan, ann)
    add_collaborator(board, cat)
    before = everything()
    told = previewed(ann, board, "SECRET")

    assert (told["audience_before"], told["audience_after"]) == ("everyone", "members")
    assert told["loses"] == {"people": [ben.username], "follower_count": 1}
    assert told["gains"] == {"people": [], "follower_count": 0}
    assert (told["members_keep"], told["and_more"]) == (1, False)
    assert everything() == before


def test_who_still_follows_a_secret_board_gains_it_back() -> None:
    ann, ben = a_user(), a_user()
    board = a_board(ann)
    follow_board(ben, board)
    ann.patch(f"/boards/{board}", {"privacy": "SECRET"})
    told = previewed(ann, board, "PROTECTED")

    assert (told["audience_before"], told["audience_after"]) == ("members", "anyone with the link")
    assert told["gains"] == {"people": [ben.username], "follower_count": 1}
    assert told["loses"]["people"] == []


def test_a_private_owners_board_is_for_approved_followers_whatever_its_link() -> None:
    ann, ben, cat = a_user(), a_user(), a_user()
    board = a_board(ann)
    follow(ben, ann)
    for each in (ben, cat):
        follow_board(each, board)
    set_private(ann)
    told = previewed(ann, board, "SECRET")

    assert told["audience_before"] == "approved followers"
    assert told["loses"]["people"] == [ben.username]


def test_no_change_changes_nothing() -> None:
    ann, ben = a_user(), a_user()
    board = a_board(ann)
    follow_board(ben, board)
    told = previewed(ann, board, "PUBLIC")

    assert told["audience_before"] == told["audience_after"] == "everyone"
    assert told["loses"] == told["gains"] == {"people": [], "follower_count": 0}


def test_copies_on_open_boards_stay_public() -> None:
    ann, ben = a_user(), a_user()
    board, other = a_board(ann), a_board(ann)
    pin = a_pin(ann, board)
    on_open, on_secret = a_board(ben), a_board(ben, privacy="SECRET")
    copy = saved(ben, pin, on_open)
    saved(ben, pin, on_secret)
    own = saved(ann, pin, other)
    saved(ann, pin, board)

    assert previewed(ann, board, "SECRET")["saved_copies"] == {
        "public_count": 2,
        "items": [
            {"pin_id": own, "board_id": other, "username": ann.username},
            {"pin_id": copy, "board_id": on_open, "username": ben.username},
        ],
        "and_more": False,
    }


def test_a_copy_that_comes_back_from_the_trash_is_told_again() -> None:
    ann, ben = a_user(), a_user()
    board, kept = a_board(ann), a_board(ben)
    copy = saved(ben, a_pin(ann, board), kept)
    ben.delete(f"/pins/{copy}")
    assert previewed(ann, board, "SECRET")["saved_copies"]["items"] == []

    ben.post(f"/pins/{copy}/restore")

    told = {"pin_id": copy, "board_id": kept, "username": ben.username}
    assert previewed(ann, board, "SECRET")["saved_copies"]["items"] == [told]


def test_copies_of_a_private_profile_of_one_who_blocks_and_deleted_ones_are_not_told() -> None:
    ann, ben, cat, dan = a_user(), a_user(), a_user(), a_user()
    board = a_board(ann)
    pin = a_pin(ann, board)
    for each in (ben, cat):
        saved(each, pin, a_board(each))
    dan.delete(f"/pins/{saved(dan, pin, a_board(dan))}")
    set_private(ben)
    block(cat, ann)

    assert previewed(ann, board, "SECRET")["saved_copies"] == {"public_count": 0, "items": [], "and_more": False}


def test_a_copy_is_told_of_on_the_board_it_was_saved_from_though_the_pin_moved_on() -> None:
    ann, ben = a_user(), a_user()
    board, other = a_board(ann), a_board(ann)
    pin = a_pin(ann, board)
    copy = saved(ben, pin, a_board(ben))
    ann.patch(f"/pins/{pin}", {"board_id": other})

    assert [each["pin_id"] for each in previewed(ann, board, "SECRET")["saved_copies"]["items"]] == [copy]
    assert previewed(ann, other, "SECRET")["saved_copies"]["items"] == []


def test_a_copy_that_moved_is_told_of_where_it_is() -> None:
    ann, ben = a_user(), a_user()
    board, there, hidden = a_board(ann), a_board(ben), a_board(ben, privacy="SECRET")
    copy = saved(ben, a_pin(ann, board), there)
    ben.patch(f"/pins/{copy}", {"board_id": hidden})

    assert previewed(ann, board, "SECRET")["saved_copies"]["items"] == []


def test_of_many_followers_and_copies_the_latest_are_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("presence.services.audience.FOLLOWERS", 2)
    monkeypatch.setattr("presence.services.audience.COPIES", 1)
    ann, *others = (a_user() for _ in range(4))
    board = a_board(ann)
    pin = a_pin(ann, board)
    for each in others:
        follow_board(each, board)
    set_attribute(keys.board(board), "follower_count", {"N": "3"})
    saved(others[0], pin, a_board(others[0]))
    latest = saved(others[1], pin, a_board(others[1]))
    told = previewed(ann, board, "SECRET")

    assert told["loses"] == {"people": [others[2].username, others[1].username], "follower_count": 3}
    assert told["and_more"] is True
    assert [each["pin_id"] for each in told["saved_copies"]["items"]] == [latest]
    assert told["saved_copies"]["and_more"] is True
