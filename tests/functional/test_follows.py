"""Following people: at once or after approval, with exact counts, in lists that honour who may see them."""

import pytest

from presence.services import follows
from presence.storage import keys
from tests.support.api import Client
from tests.support.content import refusal
from tests.support.people import a_user
from tests.support.social import approve, block, boards_followed_by, follow, follow_board, names, unfollow
from tests.support.stored import Stream, everything, item, make_private, remove, set_attribute
from tests.support.wire import INVALID, NOT_PERMITTED, USER_NOT_FOUND

FOLLOWING = "/user_account/following"
FOLLOWERS = "/user_account/followers"
REQUESTS = "/user_account/follow_requests"


def following_count(user: Client) -> int:
    return _count(user, "following_count")


def follower_count(user: Client) -> int:
    return _count(user, "follower_count")


def _count(user: Client, name: str) -> int:
    account = user.get("/user_account").json
    assert isinstance(account[name], int)
    return int(account[name])


def test_a_follow_counts_for_the_follower_at_once_and_for_the_followed_through_the_stream(stream: Stream) -> None:
    ann, ben = a_user(), a_user()

    assert follow(ann, ben) == "following"
    assert following_count(ann) == 1
    stream.settle()
    assert follower_count(ben) == 1
    assert names(ann, FOLLOWING) == [ben.username]
    assert names(ben, FOLLOWERS) == [ann.username]


def test_following_twice_answers_the_same_and_changes_nothing() -> None:
    ann, ben = a_user(), a_user()
    first = ann.post(f"{FOLLOWING}/{ben.username}", {"auto_follow": True})
    before = everything()
    second = ann.post(f"{FOLLOWING}/{ben.username}")

    assert first.json == {"username": ben.username, "type": "user", "follow_state": "following"}
    assert (second.status, second.text) == (201, first.text)
    assert everything() == before


def test_unfollowing_takes_both_counts_back_and_leaves_nothing_behind(stream: Stream) -> None:
    ann, ben = a_user(), a_user()
    follow(ann, ben)
    stream.settle()
    unfollow(ann, ben)

    assert following_count(ann) == 0
    stream.settle()
    assert follower_count(ben) == 0
    assert item(keys.tie(ann.user_id, ben.user_id)) is None
    assert names(ann, FOLLOWING) == names(ben, FOLLOWERS) == []


def test_unfollowing_whom_one_does_not_follow_changes_nothing() -> None:
    ann, ben = a_user(), a_user()
    before = everything()
    unfollow(ann, ben)

    assert everything() == before


def test_nobody_follows_themselves() -> None:
    ann = a_user()

    assert refusal(ann.post(f"{FOLLOWING}/{ann.username}")) == INVALID


def test_nobody_follows_who_is_not_there() -> None:
    ann = a_user()

    assert refusal(ann.post(f"{FOLLOWING}/nobody_at_all")) == USER_NOT_FOUND
    assert refusal(ann.delete(f"{FOLLOWING}/nobody_at_all")) == USER_NOT_FOUND


def test_a_token_whose_account_is_gone_follows_nobody() -> None:
    ann, ben = a_user(), a_user()
    remove(keys.profile(ann.user_id))

    assert refusal(ann.post(f"{FOLLOWING}/{ben.username}")) == USER_NOT_FOUND
    assert item(keys.tie(ann.user_id, ben.user_id)) is None


def test_whoever_follows_as_many_as_one_can_is_told_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(follows, "MAX_FOLLOWING", 1)
    ann, ben, cleo = a_user(), a_user(), a_user()
    follow(ann, ben)
    reply = ann.post(f"{FOLLOWING}/{cleo.username}")

    assert refusal(reply) == NOT_PERMITTED
    assert "limit of 1 " in reply.json["message"]
    make_private(cleo)
    assert refusal(ann.post(f"{FOLLOWING}/{cleo.username}")) == NOT_PERMITTED
    assert following_count(ann) == 1


def test_a_private_profile_is_asked(stream: Stream) -> None:
    ann, ben = a_user(), a_user()
    make_private(ben)

    assert follow(ann, ben) == "requested"
    assert follow(ann, ben) == "requested"
    stream.settle()
    assert following_count(ann) == follower_count(ben) == 0
    assert names(ben, REQUESTS) == [ann.username]
    assert names(ann, FOLLOWING) == names(ben, FOLLOWERS) == []


def test_an_approved_request_is_a_follow(stream: Stream) -> None:
    ann, ben = a_user(), a_user()
    make_private(ben)
    follow(ann, ben)
    approve(ben, ann)
    approve(ben, ann)

    assert follow(ann, ben) == "following"
    assert following_count(ann) == 1
    stream.settle()
    assert follower_count(ben) == 1
    assert names(ben, REQUESTS) == []
    assert names(ben, FOLLOWERS) == [ann.username]


def test_a_declined_request_is_gone_and_can_be_made_again(stream: Stream) -> None:
    ann, ben = a_user(), a_user()
    make_private(ben)
    follow(ann, ben)

    assert ben.delete(f"{REQUESTS}/{ann.username}").status == 204
    assert ben.delete(f"{REQUESTS}/{ann.username}").status == 204
    assert names(ben, REQUESTS) == []
    assert follow(ann, ben) == "requested"
    stream.settle()
    assert following_count(ann) == follower_count(ben) == 0


def test_declining_is_not_for_who_follows_already() -> None:
    ann, ben = a_user(), a_user()
    follow(ann, ben)

    assert ben.delete(f"{REQUESTS}/{ann.username}").status == 204
    assert names(ben, FOLLOWERS) == [ann.username]


def test_a_request_is_withdrawn_by_unfollowing(stream: Stream) -> None:
    ann, ben = a_user(), a_user()
    make_private(ben)
    follow(ann, ben)
    unfollow(ann, ben)
    stream.settle()

    assert names(ben, REQUESTS) == []
    assert item(keys.tie(ann.user_id, ben.user_id)) is None
    reply = ben.post(f"{REQUESTS}/{ann.username}")
    assert refusal(reply) == USER_NOT_FOUND
    assert "request" in reply.json["message"]


def test_a_request_to_a_profile_that_turned_public_waits_until_it_is_approved_or_made_again() -> None:
    ann, ben, cleo = a_user(), a_user(), a_user()
    make_private(cleo)
    follow(ann, cleo)
    follow(ben, cleo)
    make_private(cleo, is_private=False)

    assert names(cleo, REQUESTS) == [ben.username, ann.username]
    assert follow(ann, cleo) == "following"
    approve(cleo, ben)
    assert names(cleo, FOLLOWERS) == [ben.username, ann.username]


def test_a_profile_that_turns_private_keeps_its_followers() -> None:
    ann, ben = a_user(), a_user()
    follow(ann, ben)
    make_private(ben)

    assert follow(ann, ben) == "following"
    assert names(ben, FOLLOWERS) == [ann.username]


def test_a_removed_follower_follows_no_more(stream: Stream) -> None:
    ann, ben = a_user(), a_user()
    follow(ann, ben)
    stream.settle()

    assert ben.delete(f"{FOLLOWERS}/{ann.username}").status == 204
    assert ben.delete(f"{FOLLOWERS}/{ann.username}").status == 204
    assert following_count(ann) == 0
    stream.settle()
    assert follower_count(ben) == 0
    assert follow(ann, ben) == "following"


def test_removing_a_follower_is_not_declining_a_request() -> None:
    ann, ben = a_user(), a_user()
    make_private(ben)
    follow(ann, ben)

    assert ben.delete(f"{FOLLOWERS}/{ann.username}").status == 204
    assert names(ben, REQUESTS) == [ann.username]


def test_lists_are_the_latest_first_and_go_on_where_they_were() -> None:
    ann, others = a_user(), [a_user() for _ in range(5)]
    for other in others:
        follow(ann, other)
        follow(other, ann)
    latest = [other.username for other in reversed(others)]

    for path in (FOLLOWING, FOLLOWERS, f"/users/{ann.username}/following", f"/users/{ann.username}/followers"):
        assert names(ann, f"{path}?page_size=2") == latest
        assert [len(page) for page in ann.pages(f"{path}?page_size=2")] == [2, 2, 1]


def test_who_stops_following_between_two_pages_leaves_the_bookmark_good() -> None:
    ann, others = a_user(), [a_user() for _ in range(4)]
    for other in others:
        follow(ann, other)
    page = ann.get(f"{FOLLOWING}?page_size=2").json
    unfollow(ann, others[2])  # the last on that page
    unfollow(ann, others[1])  # the first on the next

    rest = ann.get(f"{FOLLOWING}?page_size=2&bookmark={page['bookmark']}").json
    assert [each["username"] for each in rest["items"]] == [others[0].username]


def test_lists_of_others_are_for_everybody_and_those_of_a_private_profile_for_its_followers() -> None:
    ann, ben, stranger = a_user(), a_user(), a_user()
    follow(ann, ben)
    follow(ben, ann)
    for path in (f"/users/{ben.username}/followers", f"/users/{ben.username}/following"):
        assert names(stranger, path) == [ann.username]
    make_private(ben)
    for path in (f"/users/{ben.username}/followers", f"/users/{ben.username}/following"):
        assert refusal(stranger.get(path)) == NOT_PERMITTED
        assert names(ann, path) == names(ben, path) == [ann.username]


def test_who_only_asked_is_not_let_in() -> None:
    ann, ben = a_user(), a_user()
    make_private(ben)
    follow(ann, ben)

    assert refusal(ann.get(f"/users/{ben.username}/followers")) == NOT_PERMITTED
    approve(ben, ann)
    assert names(ann, f"/users/{ben.username}/followers") == [ann.username]


def test_lists_leave_out_deleted_accounts() -> None:
    ann, ben, cleo = a_user(), a_user(), a_user()
    for other in (ben, cleo):
        follow(ann, other)
        follow(other, ann)
    set_attribute(keys.profile(ben.user_id), "deleted", {"BOOL": True})

    assert names(ann, FOLLOWING) == names(ann, FOLLOWERS) == [cleo.username]


def test_lists_leave_out_whom_a_block_hides_from_the_reader() -> None:
    ann, ben, cleo, dan = a_user(), a_user(), a_user(), a_user()
    for other in (ben, cleo, dan):
        follow(ann, other)
        follow(other, ann)
    block(ben, cleo)
    block(dan, ben)

    assert names(ben, f"/users/{ann.username}/followers") == [ben.username]
    assert names(ben, f"/users/{ann.username}/following") == [ben.username]
    assert names(ann, FOLLOWERS) == [dan.username, cleo.username, ben.username]


@pytest.mark.parametrize("feed_type", ["ALL", "RANKED", "CREATOR_ONLY", "RANKED_CREATOR_ONLY"])
def test_every_feed_type_of_v5_is_taken(feed_type: str) -> None:
    ann, ben = a_user(), a_user()
    follow(ann, ben)

    assert names(ann, f"{FOLLOWING}?feed_type={feed_type}") == [ben.username]


def test_an_unknown_feed_type_is_refused() -> None:
    assert refusal(a_user().get(f"{FOLLOWING}?feed_type=any")) == INVALID


def test_following_lists_the_owners_of_followed_boards_after_the_followed() -> None:
    from tests.support.content import a_board

    ann, ben, cleo, dan = a_user(), a_user(), a_user(), a_user()
    bens = [a_board(ben), a_board(ben)]
    for board_id in (bens[0], a_board(cleo), a_board(dan), bens[1]):
        follow_board(ann, board_id)
    follow(ann, dan)

    expected = [dan.username, ben.username, cleo.username]
    assert names(ann, FOLLOWING) == expected
    assert names(ann, f"{FOLLOWING}?page_size=1") == expected
    assert names(ann, f"{FOLLOWING}?explicit_following=True") == [dan.username]
    assert boards_followed_by(ann, explicit=True)[0] == bens[1]


def test_a_bookmark_is_not_for_the_other_list() -> None:
    ann = a_user()
    for _ in range(2):
        follow(ann, a_user())
    bookmark = ann.get(f"{FOLLOWING}?page_size=1").json["bookmark"]

    assert refusal(ann.get(f"{FOLLOWING}?explicit_following=true&bookmark={bookmark}")) == INVALID
