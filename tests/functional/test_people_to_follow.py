"""People to follow: what leads to whom, who is left out, and what is told of it."""

from typing import Any

import pytest

from presence.services import introductions
from tests.support.api import Client
from tests.support.content import a_board
from tests.support.people import a_user
from tests.support.social import approve, block, follow, follow_board, names, unfollow
from tests.support.stored import Stream, dynamodb_requests

PATH = "/discover/people"


def people(viewer: Client, page_size: int = 25) -> list[str]:
    return names(viewer, f"{PATH}?page_size={page_size}")


def told_of(viewer: Client, other: Client) -> Any:
    [person] = [each for each in viewer.get(PATH).json["items"] if each["username"] == other.username]
    return person


def test_those_whom_more_followed_people_follow_come_first_with_who_does(indexed: Stream) -> None:
    ann, bob, cat, dan, eve = (a_user() for _ in range(5))
    for other in (bob, cat):
        follow(ann, other)
        follow(other, eve)
    follow(bob, dan)
    indexed.settle()

    assert people(ann) == [eve.username, dan.username]
    # Cat follows fewer than Bob, so that she follows Eve says more.
    assert told_of(ann, eve) == {
        "username": eve.username,
        "type": "user",
        "display_name": None,
        "is_private": False,
        "follower_count": 2,
        "follow_state": "none",
        "followed_by": [cat.username, bob.username],
        "boards": [],
    }


def test_who_follows_few_says_more_of_each(indexed: Stream) -> None:
    ann, picky, eager, one, other = (a_user() for _ in range(5))
    follow(ann, eager)
    follow(ann, picky)
    follow(eager, one)
    follow(picky, other)
    for _ in range(3):
        follow(eager, a_user())

    assert people(ann)[0] == other.username


def test_owners_of_followed_boards_are_told_with_the_boards(indexed: Stream) -> None:
    ann, bob = a_user(), a_user()
    board = a_board(bob, name="Kites")
    follow_board(ann, board)
    indexed.settle()

    assert people(ann) == [bob.username]
    person = told_of(ann, bob)
    assert (person["followed_by"], person["boards"]) == ([], [{"id": board, "name": "Kites"}])


def test_at_most_three_reasons_of_a_kind(indexed: Stream) -> None:
    ann, eve = a_user(), a_user()
    for _ in range(4):
        other = a_user()
        follow(ann, other)
        follow(other, eve)
        follow_board(ann, a_board(eve))

    person = told_of(ann, eve)

    assert (len(person["followed_by"]), len(person["boards"])) == (3, 3)


def test_leaves_out_whom_one_follows_or_asked_to_and_oneself(indexed: Stream) -> None:
    ann, bob, followed, asked, new = (a_user() for _ in range(5))
    asked.patch("/user_account", {"is_private": True})
    for other in (ann, followed, new):
        follow(bob, other)
    follow(bob, asked)
    approve(asked, bob)
    for other in (bob, followed, asked):
        follow(ann, other)
    indexed.settle()

    assert people(ann) == [new.username]


def test_leaves_out_whom_a_block_parts_whoever_made_it(indexed: Stream) -> None:
    ann, bob, blocks, blocked, other = (a_user() for _ in range(5))
    for each in (blocks, blocked, other):
        follow(bob, each)
        follow_board(ann, a_board(each))
    follow(ann, bob)
    block(blocks, ann)
    block(ann, blocked)

    assert people(ann) == [other.username]
    indexed.settle()
    assert people(ann) == [other.username]


def test_leaves_out_who_does_not_want_to_be_found_or_is_gone(indexed: Stream) -> None:
    ann, bob, hidden, gone, private = (a_user() for _ in range(5))
    for each in (hidden, gone, private):
        follow(bob, each)
    follow(ann, bob)
    indexed.settle()
    hidden.patch("/user_account", {"hidden_from_search": True})
    gone.delete("/user_account")
    private.patch("/user_account", {"is_private": True})

    assert people(ann) == [private.username]
    indexed.settle()
    assert people(ann) == [private.username]


def test_a_private_profiles_list_leads_on_for_its_approved_followers_only(indexed: Stream) -> None:
    ann, bob, eve = a_user(), a_user(), a_user()
    bob.patch("/user_account", {"is_private": True})
    follow(bob, eve)
    follow(ann, bob)
    assert people(ann) == []

    approve(bob, ann)
    assert told_of(ann, eve)["followed_by"] == [bob.username]

    assert bob.delete(f"/user_account/followers/{ann.username}").status == 204
    assert people(ann) == []


def test_who_is_followed_no_more_leads_to_nobody(indexed: Stream) -> None:
    ann, bob, eve = a_user(), a_user(), a_user()
    follow(ann, bob)
    follow(bob, eve)
    assert people(ann) == [eve.username]

    unfollow(ann, bob)

    assert people(ann) == []


@pytest.mark.parametrize("change", [{"privacy": "SECRET"}, None])
def test_a_board_that_is_hidden_leads_to_nobody_and_is_not_told_of(
    indexed: Stream, change: dict[str, str] | None
) -> None:
    ann, bob = a_user(), a_user()
    board = a_board(bob)
    follow_board(ann, board)
    path = f"/boards/{board}"

    assert (bob.patch(path, change) if change else bob.delete(path)).status < 300

    assert people(ann) == []


def test_who_follows_nobody_is_told_of_owners_of_what_is_liked_in_the_topics_of_their_boards(indexed: Stream) -> None:
    ann, liked, other, elsewhere = (a_user() for _ in range(4))
    a_board(ann, name="Pottery")
    a_board(other, name="Pottery and glazes")
    follow_board(a_user(), board := a_board(liked, name="Pottery wheels"))
    a_board(elsewhere, name="Puppies")
    indexed.settle()

    assert people(ann) == [liked.username, other.username]
    assert told_of(ann, liked)["boards"] == []
    assert board


def test_what_one_keeps_secret_leads_to_nobody(indexed: Stream) -> None:
    ann = a_user()
    a_board(ann, name="Pottery", privacy="SECRET")
    a_board(a_user(), name="Pottery wheels")
    indexed.settle()

    assert people(ann) == []


def test_at_last_come_those_whom_most_follow(indexed: Stream) -> None:
    ann, bob, nobody, some, most = (a_user() for _ in range(5))
    for number in range(8):
        follower = a_user()
        follow(follower, most)
        if number < 2:
            follow(follower, some)
    follow(ann, bob)
    follow(bob, nobody)
    indexed.settle()

    # Whom somebody follows whom one follows comes first; who has no followers does not come at all.
    assert people(ann) == [nobody.username, most.username, some.username]
    most.patch("/user_account", {"hidden_from_search": True})
    assert people(ann) == [nobody.username, some.username]


def test_pages_go_on_where_they_ended_through_all_sources(indexed: Stream) -> None:
    ann, bob = a_user(), a_user()
    a_board(ann, name="Pottery")
    follow(ann, bob)
    for _ in range(4):
        follow(bob, a_user())
        a_board(a_user(), name="Pottery")
        follow(a_user(), a_user())
    indexed.settle()
    whole = people(ann, page_size=250)

    assert len(whole) == len(set(whole)) == 12
    assert [people(ann, page_size=size) for size in (1, 3, 5)] == [whole] * 3


def test_reads_on_where_the_first_are_not_to_be_shown(indexed: Stream, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(introductions, "AT_ONCE", 2)
    monkeypatch.setattr(introductions, "KNOWN", 1)
    ann, bob = a_user(), a_user()
    last, *followed = (a_user() for _ in range(8))
    for other in (last, *followed):
        follow(bob, other)
    for other in (*followed, bob):
        follow(ann, other)

    assert people(ann) == [last.username]


def test_reads_the_lists_of_the_latest_thirty_and_no_more(indexed: Stream) -> None:
    ann, first, last = a_user(), a_user(), a_user()
    for number in range(32):
        other = a_user()
        follow(ann, other)
        follow(other, last if number else first)

    with dynamodb_requests() as asked:
        found = people(ann)

    assert found == [last.username]
    # Whom and what she follows, their lists, her boards; then who they are, whom most follow, who is found.
    assert (asked.count("Query"), asked.count("BatchGetItem"), len(asked)) == (2 + 30 + 1, 3, 36)
    assert len(told_of(ann, last)["followed_by"]) == 3
