"""Blocks: both ways, on every read path, with the follows between the two undone."""

from collections.abc import Callable
from typing import Any

import pytest

from presence.storage import keys
from tests.support.api import Client
from tests.support.content import a_board, a_pin, a_section, ids, refusal
from tests.support.people import a_user
from tests.support.social import block, boards_followed_by, follow, follow_board, names, unblock
from tests.support.stored import Stream, add_collaborator, everything, item, make_private
from tests.support.wire import (
    ANY_PICTURE,
    BOARD_NOT_FOUND,
    INVALID,
    PIN_NOT_FOUND,
    USER_NOT_FOUND,
    Refusal,
)

BLOCKS = "/user_account/blocks"


def counts(user: Client) -> tuple[int, int]:
    """Followers and followed."""
    account = user.get("/user_account").json
    return account["follower_count"], account["following_count"]


def test_a_block_undoes_the_follows_both_ways_with_their_counts(stream: Stream) -> None:
    ann, ben = a_user(), a_user()
    follow(ann, ben)
    follow(ben, ann)
    stream.settle()
    assert counts(ann) == counts(ben) == (1, 1)
    block(ann, ben)

    assert counts(ann)[1] == counts(ben)[1] == 0
    stream.settle()
    assert counts(ann) == counts(ben) == (0, 0)
    assert names(ann, "/user_account/following") == names(ann, "/user_account/followers") == []


def test_a_block_undoes_requests(stream: Stream) -> None:
    ann, ben = a_user(), a_user()
    make_private(ann)
    follow(ben, ann)
    block(ann, ben)

    assert names(ann, "/user_account/follow_requests") == []
    unblock(ann, ben)
    assert refusal(ann.post(f"/user_account/follow_requests/{ben.username}")) == USER_NOT_FOUND


def test_a_block_undoes_what_each_followed_of_the_others_boards(stream: Stream) -> None:
    ann, ben, cleo = a_user(), a_user(), a_user()
    anns, bens, cleos = a_board(ann), a_board(ben), a_board(cleo)
    follow_board(ann, bens)
    follow_board(ann, cleos)
    follow_board(ben, anns)
    stream.settle()
    block(ann, ben)
    stream.settle()
    unblock(ann, ben)
    stream.settle()

    assert boards_followed_by(ann) == [cleos]
    assert boards_followed_by(ben) == []
    assert ann.get(f"/boards/{anns}").json["follower_count"] == 0
    assert ben.get(f"/boards/{bens}").json["follower_count"] == 0
    assert cleo.get(f"/boards/{cleos}").json["follower_count"] == 1


def test_a_block_undoes_what_was_followed_of_boards_in_the_trash(stream: Stream) -> None:
    ann, ben = a_user(), a_user()
    bens = a_board(ben)
    follow_board(ann, bens)
    assert ben.delete(f"/boards/{bens}").status == 204
    stream.settle()
    block(ben, ann)
    stream.settle()
    unblock(ben, ann)
    assert ben.post(f"/boards/{bens}/restore").status == 201
    stream.settle()

    assert boards_followed_by(ann) == []
    assert ben.get(f"/boards/{bens}").json["follower_count"] == 0


def test_boards_followed_after_a_short_block_stay_followed_however_late_the_stream_is(stream: Stream) -> None:
    ann, ben = a_user(), a_user()
    before, after = a_board(ben), a_board(ben)
    follow_board(ann, before)
    stream.settle()
    block(ann, ben)
    of_the_block = stream.records()
    unblock(ann, ben)
    follow_board(ann, after)
    stream.deliver(of_the_block)
    stream.deliver(of_the_block)
    stream.settle()

    assert boards_followed_by(ann) == [after]


def test_an_unblocked_user_is_seen_again_and_the_follows_stay_undone(stream: Stream) -> None:
    ann, ben = a_user(), a_user()
    board = a_board(ben)
    follow(ann, ben)
    block(ben, ann)
    unblock(ben, ann)
    unblock(ben, ann)
    stream.settle()

    assert ann.get(f"/boards/{board}").status == 200
    assert names(ann, "/user_account/following") == []
    assert item(keys.tie(ann.user_id, ben.user_id)) is None
    assert item(keys.tie(ben.user_id, ann.user_id)) is None
    assert follow(ann, ben) == "following"


def test_blocking_twice_answers_the_same_and_changes_nothing() -> None:
    ann, ben = a_user(), a_user()
    block(ann, ben)
    before = everything()
    block(ann, ben)

    assert everything() == before


def test_who_is_blocked_can_block_back_and_either_block_stands_alone() -> None:
    ann, ben = a_user(), a_user()
    board = a_board(ben)
    block(ann, ben)
    block(ben, ann)
    unblock(ann, ben)

    assert names(ann, BLOCKS) == []
    assert names(ben, BLOCKS) == [ann.username]
    assert refusal(ann.get(f"/boards/{board}")) == BOARD_NOT_FOUND
    unblock(ben, ann)
    assert ann.get(f"/boards/{board}").status == 200


def test_a_list_of_blocks_keeps_its_order_when_one_is_blocked_back() -> None:
    ann, others = a_user(), [a_user() for _ in range(3)]
    for other in others:
        block(ann, other)
    block(others[0], ann)

    assert names(ann, f"{BLOCKS}?page_size=1") == [other.username for other in reversed(others)]
    assert names(others[1], BLOCKS) == []


def test_nobody_blocks_themselves_or_who_is_not_there() -> None:
    ann = a_user()

    assert refusal(ann.post(f"{BLOCKS}/{ann.username}")) == INVALID
    assert refusal(ann.post(f"{BLOCKS}/nobody_at_all")) == USER_NOT_FOUND
    assert refusal(ann.delete(f"{BLOCKS}/nobody_at_all")) == USER_NOT_FOUND


def test_unblocking_whom_one_does_not_block_changes_nothing() -> None:
    ann, ben = a_user(), a_user()
    block(ben, ann)
    before = everything()
    unblock(ann, ben)

    assert everything() == before


class Between:
    """A board with a section and pins in and beside it, before somebody whom a block separates from its owner."""

    def __init__(self) -> None:
        self.owner, self.other = a_user(), a_user()
        self.board = a_board(self.owner)
        self.section = a_section(self.owner, self.board)
        self.pin = a_pin(self.owner, self.board, board_section_id=self.section)
        self.others_board = a_board(self.other)


PATHS: dict[str, tuple[Callable[[Between], tuple[str, str, Any]], Refusal]] = {
    "board": (lambda at: ("GET", f"/boards/{at.board}", None), BOARD_NOT_FOUND),
    "pins of the board": (lambda at: ("GET", f"/boards/{at.board}/pins", None), BOARD_NOT_FOUND),
    "sections": (lambda at: ("GET", f"/boards/{at.board}/sections", None), BOARD_NOT_FOUND),
    "pins of the section": (
        lambda at: ("GET", f"/boards/{at.board}/sections/{at.section}/pins", None),
        BOARD_NOT_FOUND,
    ),
    "pin": (lambda at: ("GET", f"/pins/{at.pin}", None), PIN_NOT_FOUND),
    "save": (lambda at: ("POST", f"/pins/{at.pin}/save", {"board_id": at.others_board}), PIN_NOT_FOUND),
    "new pin": (lambda at: ("POST", "/pins", {"board_id": at.board, "media_source": ANY_PICTURE}), BOARD_NOT_FOUND),
    "follow the board": (lambda at: ("POST", f"/user_account/following/boards/{at.board}", None), BOARD_NOT_FOUND),
    "followers": (lambda at: ("GET", f"/users/{at.owner.username}/followers", None), USER_NOT_FOUND),
    "following": (lambda at: ("GET", f"/users/{at.owner.username}/following", None), USER_NOT_FOUND),
    "follow": (lambda at: ("POST", f"/user_account/following/{at.owner.username}", {}), USER_NOT_FOUND),
    "unfollow": (lambda at: ("DELETE", f"/user_account/following/{at.owner.username}", None), USER_NOT_FOUND),
}


@pytest.mark.parametrize("role", [None, "editor"])
@pytest.mark.parametrize("who", ["the owner", "the other"])
@pytest.mark.parametrize(("path", "expected"), PATHS.values(), ids=PATHS)
def test_whoever_blocks_neither_sees_what_is_the_others(
    path: Callable[[Between], tuple[str, str, Any]], expected: Refusal, who: str, role: str | None
) -> None:
    at = Between()
    if role:
        add_collaborator(at.board, at.other, role)
    if who == "the owner":
        block(at.owner, at.other)
    else:
        block(at.other, at.owner)

    assert refusal(at.other.request(*path(at))) == expected


def test_a_block_hides_a_board_from_its_members_and_their_pins_on_it_from_their_lists() -> None:
    at = Between()
    add_collaborator(at.board, at.other)
    own = a_pin(at.other, at.board)
    elsewhere = a_pin(at.other, at.others_board)
    block(at.owner, at.other)

    assert ids(at.other.get("/pins")) == [elsewhere]
    assert at.board not in ids(at.other.get("/boards"))
    assert at.owner.get(f"/pins/{own}").json["added_by"] is None
    unblock(at.owner, at.other)
    assert ids(at.other.get("/pins")) == [elsewhere, own]


def test_a_block_in_the_middle_of_a_list_takes_the_blocked_out_of_what_follows() -> None:
    ann, others = a_user(), [a_user() for _ in range(5)]
    for other in others:
        follow(other, ann)
    reader = a_user()
    path = f"/users/{ann.username}/followers?page_size=2"
    page = reader.get(path).json
    block(reader, others[3])  # the last on that page
    block(others[1], reader)

    rest = reader.get(f"{path}&bookmark={page['bookmark']}").json
    assert [each["username"] for each in rest["items"]] == [others[2].username, others[0].username]
    assert rest["bookmark"] is None


def test_a_block_in_the_middle_of_the_list_of_followed_boards_takes_their_boards_out() -> None:
    ann, ben, cleo = a_user(), a_user(), a_user()
    cleos = a_board(cleo)
    follow(ann, cleo)
    for _ in range(3):
        a_board(ben)
    follow(ann, ben)
    page = ann.get("/user_account/following/boards?page_size=1").json
    block(ben, ann)

    rest = ann.get(f"/user_account/following/boards?bookmark={page['bookmark']}").json
    assert [board["id"] for board in rest["items"]] == [cleos]
