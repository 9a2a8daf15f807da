"""Following boards: single ones, and all of the people whom one follows, but for those that one does not want."""

from typing import Any

import pytest

from presence.services import board_follows
from presence.storage import keys
from tests.support.api import Client
from tests.support.content import a_board, refusal
from tests.support.people import a_user
from tests.support.social import boards_followed_by, follow, follow_board, unfollow, unfollow_board
from tests.support.stored import Stream, everything, item, make_private, set_attribute
from tests.support.wire import BOARD_NOT_FOUND, INVALID

BOARDS = "/user_account/following/boards"


def follower_count(user: Client, board_id: str) -> int:
    return int(user.get(f"/boards/{board_id}").json["follower_count"])


def test_a_followed_board_counts_its_follower_through_the_stream(stream: Stream) -> None:
    ann, ben = a_user(), a_user()
    board = a_board(ben)
    follow_board(ann, board)
    stream.settle()

    assert follower_count(ben, board) == 1
    assert boards_followed_by(ann) == boards_followed_by(ann, explicit=True) == [board]
    assert ann.get("/user_account").json["following_count"] == 0


def test_following_a_board_twice_changes_nothing(stream: Stream) -> None:
    ann, board = a_user(), a_board(a_user())
    follow_board(ann, board)
    stream.settle()
    before = everything()
    follow_board(ann, board)

    assert everything() == before


def test_a_board_that_is_unfollowed_is_uncounted_and_leaves_nothing_behind(stream: Stream) -> None:
    ann, ben = a_user(), a_user()
    board = a_board(ben)
    follow_board(ann, board)
    stream.settle()
    unfollow_board(ann, board)
    unfollow_board(ann, board)

    assert boards_followed_by(ann) == []
    stream.settle()
    assert follower_count(ben, board) == 0
    assert item(keys.board_follow(ann.user_id, board)) is None


def test_unfollowing_a_board_that_is_not_followed_changes_nothing() -> None:
    ann, board = a_user(), a_board(a_user())
    before = everything()
    unfollow_board(ann, board)

    assert everything() == before


def test_nobody_follows_their_own_board() -> None:
    ann = a_user()

    assert refusal(ann.post(f"{BOARDS}/{a_board(ann)}")) == INVALID


def test_a_hidden_board_is_neither_followed_nor_unfollowed() -> None:
    ann, ben = a_user(), a_user()
    for hidden in (a_board(ben, privacy="SECRET"), "1234567890123456789"):
        for method in ("POST", "DELETE"):
            assert refusal(ann.request(method, f"{BOARDS}/{hidden}")) == BOARD_NOT_FOUND


def test_following_a_user_means_all_their_boards_present_and_future() -> None:
    ann, ben = a_user(), a_user()
    first = a_board(ben)
    follow(ann, ben)
    second = a_board(ben)

    assert boards_followed_by(ann) == [second, first]
    assert boards_followed_by(ann, explicit=True) == []
    unfollow(ann, ben)
    assert boards_followed_by(ann) == []


def test_followed_boards_come_first_and_then_the_others_of_the_followed_person_by_person() -> None:
    ann, ben, cleo, dan = a_user(), a_user(), a_user(), a_user()
    bens, cleos = [a_board(ben) for _ in range(3)], [a_board(cleo) for _ in range(2)]
    dans = a_board(dan)
    follow(ann, ben)
    follow(ann, a_user())  # shows nothing
    follow(ann, cleo)
    follow_board(ann, dans)
    follow_board(ann, bens[1])

    expected = [bens[1], dans, cleos[1], cleos[0], bens[2], bens[0]]
    for page_size in (1, 2, 3, 4, 25):
        assert boards_followed_by(ann, page_size=page_size) == expected
    assert boards_followed_by(ann, explicit=True, page_size=1) == [bens[1], dans]


def test_a_board_of_a_followed_user_that_is_unfollowed_stays_so(stream: Stream) -> None:
    ann, ben = a_user(), a_user()
    kept, unwanted = a_board(ben), a_board(ben)
    follow(ann, ben)
    unfollow_board(ann, unwanted)
    unfollow_board(ann, unwanted)
    stream.settle()

    assert boards_followed_by(ann) == [kept]
    unfollow(ann, ben)
    unfollow_board(ann, unwanted)
    follow(ann, ben)
    stream.settle()
    assert boards_followed_by(ann) == [kept]
    assert follower_count(ben, unwanted) == 0
    follow_board(ann, unwanted)
    assert boards_followed_by(ann) == [unwanted, kept]


def test_a_board_followed_itself_and_then_unwanted_is_uncounted(stream: Stream) -> None:
    ann, ben = a_user(), a_user()
    board = a_board(ben)
    follow(ann, ben)
    follow_board(ann, board)
    stream.settle()
    assert follower_count(ben, board) == 1
    unfollow_board(ann, board)
    stream.settle()

    assert follower_count(ben, board) == 0
    assert boards_followed_by(ann) == []


def test_a_board_unfollowed_before_its_owner_was_followed_comes_with_the_owner(stream: Stream) -> None:
    ann, ben = a_user(), a_user()
    board = a_board(ben)
    follow_board(ann, board)
    unfollow_board(ann, board)
    follow(ann, ben)

    assert boards_followed_by(ann) == [board]
    stream.settle()
    assert boards_followed_by(ann) == [board]


@pytest.mark.parametrize(
    ("hidden", "still_listed"),
    [
        ({"privacy": {"S": "SECRET"}}, set[str]()),
        ({"privacy": {"S": "PROTECTED"}}, {"followed"}),
        ({"trashed_at": {"S": "2026-01-01T00:00:00Z"}}, set[str]()),
        ({"deleted": {"BOOL": True}}, set[str]()),
    ],
    ids=["secret", "protected", "trashed", "deleted"],
)
def test_boards_that_are_not_for_the_follower_are_not_listed(hidden: dict[str, Any], still_listed: set[str]) -> None:
    ann, ben = a_user(), a_user()
    boards = {"followed": a_board(ben), "implied": a_board(ben)}
    shown = a_board(ben)
    follow(ann, ben)
    follow_board(ann, boards["followed"])
    for board_id in boards.values():
        for name, value in hidden.items():
            set_attribute(keys.board(board_id), name, value)

    assert boards_followed_by(ann) == [*(boards[name] for name in still_listed), shown]


def test_boards_of_a_private_profile_are_listed_to_its_followers_only() -> None:
    ann, ben, cleo = a_user(), a_user(), a_user()
    board = a_board(ben)
    follow(ann, ben)
    follow_board(cleo, board)
    make_private(ben)

    assert boards_followed_by(ann) == [board]
    assert boards_followed_by(cleo) == []


def test_people_without_boards_to_show_do_not_end_the_list() -> None:
    ann, ben = a_user(), a_user()
    board = a_board(ben)
    follow(ann, ben)
    for _ in range(2 * board_follows.PEOPLE_PER_READ + 1):
        shy = a_user()
        a_board(shy, privacy="SECRET")
        follow(ann, shy)

    assert boards_followed_by(ann, page_size=1) == [board]


def test_too_many_people_without_boards_to_show_end_in_an_error_that_names_the_way_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(board_follows, "MOST_READS", 2)
    monkeypatch.setattr(board_follows, "PEOPLE_PER_READ", 1)
    ann = a_user()
    for _ in range(3):
        shy = a_user()
        a_board(shy, privacy="SECRET")
        follow(ann, shy)
    reply = ann.get(BOARDS)

    assert refusal(reply) == INVALID
    assert "'explicit_following'" in reply.json["message"]
    assert boards_followed_by(ann, explicit=True) == []


def test_a_bookmark_leads_on_past_the_person_it_names_when_they_are_unfollowed() -> None:
    ann, ben, cleo = a_user(), a_user(), a_user()
    cleos = a_board(cleo)
    follow(ann, cleo)
    for _ in range(3):
        a_board(ben)
    follow(ann, ben)
    page = ann.get(f"{BOARDS}?page_size=1").json
    unfollow(ann, ben)

    rest = ann.get(f"{BOARDS}?page_size=5&bookmark={page['bookmark']}").json
    assert [board["id"] for board in rest["items"]] == [cleos]


def test_a_deleted_board_takes_its_followers_along(stream: Stream) -> None:
    ann, ben = a_user(), a_user()
    board = a_board(ben)
    follow_board(ann, board)
    stream.settle()
    set_attribute(keys.board(board), "deleted", {"BOOL": True})
    stream.settle()

    assert item(keys.board(board)) is None
    assert item(keys.board_follow(ann.user_id, board)) is None


def test_a_follow_that_comes_after_the_board_is_gone_is_removed(stream: Stream) -> None:
    ann, ben = a_user(), a_user()
    board = a_board(ben)
    follow_board(ann, board)
    follow_board(a_user(), board)
    set_attribute(keys.board(board), "deleted", {"BOOL": True})
    records = stream.records()
    # The clean-up is done before the follows are counted.
    stream.deliver([each for each in records if each["dynamodb"]["Keys"]["pk"]["S"] == f"BOARD#{board}"])
    stream.deliver(records)

    assert item(keys.board(board)) is None
    assert item(keys.board_follow(ann.user_id, board)) is None
