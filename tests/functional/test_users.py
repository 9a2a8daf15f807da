"""Other people's profiles, and what they show to whom."""

from typing import Any

import pytest

from presence.storage import keys
from tests.support.api import Client, Reply
from tests.support.content import a_board, a_pin, an_upload, ids, refusal
from tests.support.people import a_user
from tests.support.social import approve, block, follow, unfollow
from tests.support.stored import add_collaborator, dynamodb_requests, make_private, remove, set_attribute
from tests.support.wire import NOT_PERMITTED, USER_NOT_FOUND

LISTS = tuple(f"/users/ann/{what}" for what in ("boards", "pins", "followers", "following"))
EVERY_PATH = ("/users/ann", *LISTS)


@pytest.fixture
def ann() -> Client:
    return a_user("ann")


@pytest.fixture
def ben() -> Client:
    return a_user("ben")


def _patch(user: Client, **changes: Any) -> None:
    assert user.patch("/user_account", changes).status == 200


def _let_follow(user: Client, other: Client) -> None:
    if follow(user, other) == "requested":
        approve(other, user)


def test_a_profile_is_shown_to_everybody_without_what_counts_secret_things(ann: Client, ben: Client) -> None:
    board_id = a_board(ann)
    a_board(ann, privacy="SECRET")
    _patch(
        ann,
        display_name="Ann",
        about="Any",
        website_url="https://ann.example",
        location="Here",
        pronouns="she",
        avatar=an_upload(),
        featured_board_ids=[board_id],
    )
    own = ann.get("/user_account").json

    assert ben.get("/users/ann").json == {
        "username": "ann",
        "display_name": "Ann",
        "about": "Any",
        "website_url": "https://ann.example",
        "location": "Here",
        "pronouns": "she",
        "profile_image": own["profile_image"],
        "banner_image": None,
        "is_private": False,
        "featured_board_ids": [board_id],
        "board_count": None,
        "pin_count": None,
        "follower_count": 0,
        "following_count": 0,
        "follow_state": "none",
    }


def test_ones_own_profile_counts_everything(ann: Client) -> None:
    a_pin(ann, a_board(ann, privacy="SECRET"))
    own = ann.get("/users/ann").json

    assert (own["board_count"], own["pin_count"], own["follow_state"]) == (1, 1, None)


def test_a_profile_says_how_the_caller_follows_it(ann: Client, ben: Client) -> None:
    def state() -> str:
        said: str = ben.get("/users/ann").json["follow_state"]
        return said

    make_private(ann)
    assert state() == "none"
    follow(ben, ann)
    assert state() == "requested"
    approve(ann, ben)
    assert state() == "following"
    unfollow(ben, ann)
    assert state() == "none"


def test_an_etag_of_a_profile_changes_with_it(ann: Client, ben: Client) -> None:
    etag = ben.get("/users/ann").headers["etag"]
    assert ben.get("/users/ann", if_none_match=etag).status == 304
    _patch(ann, about="Any")

    assert ben.get("/users/ann", if_none_match=etag).status == 200


# Private profiles


@pytest.mark.parametrize("asks", [False, True])
def test_of_a_private_profile_strangers_get_the_card_only(ann: Client, ben: Client, asks: bool) -> None:
    texts = dict.fromkeys(("display_name", "about", "location", "pronouns"), "Any")
    pictures = {"avatar": an_upload(), "banner": an_upload()}
    _patch(ann, **texts, **pictures, featured_board_ids=[a_board(ann)], is_private=True)
    if asks:
        follow(ben, ann)
    card = ben.get("/users/ann").json

    assert {name for name, value in card.items() if value not in (None, [], 0)} == {
        *("username", "display_name", "profile_image", "is_private", "follow_state")
    }
    for path in LISTS:
        assert refusal(ben.get(path)) == NOT_PERMITTED
        assert ben.get(path).json["message"] == "This profile is private."


def test_a_private_profile_is_open_to_its_owner_and_approved_followers(ann: Client, ben: Client) -> None:
    board_id = a_board(ann)
    pin_id = a_pin(ann, board_id)
    _patch(ann, about="Any", featured_board_ids=[board_id], is_private=True)
    _let_follow(ben, ann)

    for user in (ann, ben):
        assert user.get("/users/ann").json["about"] == "Any"
        assert user.get("/users/ann").json["featured_board_ids"] == [board_id]
        assert ids(user.get("/users/ann/boards")) == [board_id]
        assert ids(user.get("/users/ann/pins")) == [pin_id]


# Who is hidden


@pytest.mark.parametrize("path", EVERY_PATH)
@pytest.mark.parametrize("by_whom", ["ann", "ben"])
def test_a_block_hides_a_user_whoever_made_it(ann: Client, ben: Client, path: str, by_whom: str) -> None:
    _patch(ann, is_private=True)
    block(*((ann, ben) if by_whom == "ann" else (ben, ann)))

    assert refusal(ben.get(path)) == USER_NOT_FOUND


@pytest.mark.parametrize("path", EVERY_PATH)
def test_a_user_who_is_hidden_cannot_be_told_from_one_who_is_not_there(ann: Client, ben: Client, path: str) -> None:
    block(ann, ben)
    cleo, dan = a_user("cleo"), a_user("dan")
    remove(keys.profile(cleo.user_id))
    set_attribute(keys.profile(dan.user_id), "deleted", {"BOOL": True})

    def answer(name: str) -> tuple[Reply, list[str]]:
        with dynamodb_requests() as asked:
            reply = ben.get(path.replace("ann", name))
        return reply, asked

    assert answer("ann") == answer("never_was") == answer("cleo") == answer("dan")


# Search engines


@pytest.mark.parametrize("path", EVERY_PATH)
@pytest.mark.parametrize("switch", ["hidden_from_search", "is_private"])
def test_search_engines_are_asked_to_leave_out_whoever_wants_it(
    ann: Client, ben: Client, path: str, switch: str
) -> None:
    assert "x-robots-tag" not in ben.get(path).headers
    _patch(ann, **{switch: True})
    _let_follow(ben, ann)

    assert ben.get(path).headers["x-robots-tag"] == "noindex"


# Boards


def test_a_users_boards_are_those_that_are_listed_newest_first(ann: Client, ben: Client) -> None:
    first = a_board(ann)
    a_board(ann, privacy="PROTECTED"), a_board(ann, privacy="SECRET")
    last = a_board(ann)

    assert ids(ben.get("/users/ann/boards")) == [last, first]
    assert ben.get("/users/ann/boards").json["items"][0] == ben.get(f"/boards/{last}").json
    assert [len(page) for page in ben.pages("/users/ann/boards?page_size=1")] == [1, 1]


def test_a_users_own_list_has_all_of_their_boards(ann: Client) -> None:
    boards = [a_board(ann, privacy=privacy) for privacy in ("PUBLIC", "PROTECTED", "SECRET")]

    assert ids(ann.get("/users/ann/boards")) == boards[::-1]
    assert ids(ann.without_scopes("boards:read_secret").get("/users/ann/boards")) == boards[1::-1]


def test_a_secret_board_is_listed_to_its_members(ann: Client, ben: Client) -> None:
    shared, _ = a_board(ann, privacy="SECRET"), a_board(ann, privacy="SECRET")
    add_collaborator(shared, ben)

    assert ids(ben.get("/users/ann/boards")) == [shared]
    assert ben.get("/users/ann/boards").json["items"][0]["role"] == "editor"
    assert ids(a_user().get("/users/ann/boards")) == []


def test_the_group_boards_of_a_user_are_their_owners(ann: Client, ben: Client) -> None:
    bens = a_board(ben)
    add_collaborator(bens, ann)

    assert ids(ben.get("/users/ann/boards")) == []


# Pins


def test_a_users_pins_are_those_on_boards_that_are_listed_newest_first(ann: Client, ben: Client) -> None:
    boards = {privacy: a_board(ann, privacy=privacy) for privacy in ("PUBLIC", "PROTECTED", "SECRET")}
    pins = [a_pin(ann, board_id) for board_id in (*boards.values(), boards["PUBLIC"])]

    assert ids(ben.get("/users/ann/pins")) == [pins[3], pins[0]]
    assert ben.get("/users/ann/pins").json["items"][0] == ben.get(f"/pins/{pins[3]}").json
    assert [len(page) for page in ben.pages("/users/ann/pins?page_size=1")] == [1, 1]
    assert ids(ann.get("/users/ann/pins")) == pins[::-1]


def test_a_users_pins_are_listed_wherever_they_added_them(ann: Client, ben: Client) -> None:
    cleo = a_user()
    bens = a_board(ben)
    add_collaborator(bens, ann)
    pin_id = a_pin(ann, bens)
    a_pin(ben, bens)

    assert ids(cleo.get("/users/ann/pins")) == [pin_id]
    block(ben, cleo)
    assert ids(cleo.get("/users/ann/pins")) == []


def test_a_pin_on_a_protected_board_is_listed_to_the_boards_owner(ann: Client, ben: Client) -> None:
    bens = a_board(ben, privacy="PROTECTED")
    add_collaborator(bens, ann)
    pin_id = a_pin(ann, bens)

    assert ids(ben.get("/users/ann/pins")) == [pin_id]
    assert ids(ann.get("/users/ann/pins")) == ids(a_user().get("/users/ann/pins")) == []
