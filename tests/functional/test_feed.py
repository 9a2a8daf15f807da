"""The home feed: what others put on the boards that one follows, newest first."""

import pytest

from presence.domain import timelines
from tests.support.api import Client
from tests.support.content import a_board, a_pin, a_trashed_pin
from tests.support.people import a_user
from tests.support.social import approve, block, follow, follow_board, unfollow, unfollow_board
from tests.support.stored import Stream

PATH = "/discover/feed"


def feed(viewer: Client, page_size: int = 25) -> list[str]:
    """The ids of all its pins."""
    return [pin["id"] for page in viewer.pages(f"{PATH}?page_size={page_size}") for pin in page]


def test_shows_what_followed_people_put_on_their_boards_with_words_and_without(indexed: Stream) -> None:
    ann, bob, cat = a_user(), a_user(), a_user()
    first = a_pin(bob, a_board(bob))
    follow(ann, bob)
    follow(ann, cat)
    second = a_pin(cat, a_board(cat), title="Chocolate cake")
    third = a_pin(bob, a_board(bob))
    indexed.settle()

    assert feed(ann) == [third, second, first]
    assert feed(bob) == []


def test_shows_a_board_that_is_followed_itself_and_no_other_of_its_owners(indexed: Stream) -> None:
    ann, bob = a_user(), a_user()
    followed, other = a_board(bob), a_board(bob)
    pin = a_pin(bob, followed)
    a_pin(bob, other)
    follow_board(ann, followed)
    indexed.settle()

    assert feed(ann) == [pin]


def test_a_board_that_was_left_out_stays_left_out(indexed: Stream) -> None:
    ann, bob = a_user(), a_user()
    left_out, kept = a_board(bob), a_board(bob)
    a_pin(bob, left_out)
    pin = a_pin(bob, kept)
    follow(ann, bob)
    unfollow_board(ann, left_out)
    a_pin(bob, left_out)
    indexed.settle()
    assert feed(ann) == [pin]

    unfollow(ann, bob)
    assert feed(ann) == []
    follow(ann, bob)
    assert feed(ann) == [pin]


def test_shows_a_private_profiles_pins_to_approved_followers_only(indexed: Stream) -> None:
    ann, bob = a_user(), a_user()
    bob.patch("/user_account", {"is_private": True})
    pin = a_pin(bob, a_board(bob))
    follow(ann, bob)
    indexed.settle()
    assert feed(ann) == []

    approve(bob, ann)

    assert feed(ann) == [pin]


def test_keeps_showing_a_profile_that_turns_private_to_those_who_follow_it(indexed: Stream) -> None:
    ann, bob = a_user(), a_user()
    board = a_board(bob)
    pin = a_pin(bob, board)
    follow(ann, bob)
    follow_board(cat := a_user(), board)
    indexed.settle()
    assert feed(ann) == feed(cat) == [pin]

    bob.patch("/user_account", {"is_private": True})

    assert (feed(ann), feed(cat)) == ([pin], [])
    indexed.settle()
    assert (feed(ann), feed(cat)) == ([pin], [])


def test_own_pins_are_not_in_it(indexed: Stream) -> None:
    ann, bob = a_user(), a_user()
    board = a_board(bob)
    bob.post(f"/boards/{board}/invitations", {"username": ann.username, "role": "contributor"})
    ann.post(f"/user_account/invitations/{board}")
    a_pin(ann, board)
    pin = a_pin(bob, board)
    follow(ann, bob)
    indexed.settle()

    assert feed(ann) == [pin]


@pytest.mark.parametrize("is_followed_itself", [True, False])
def test_a_protected_boards_pins_are_for_those_who_follow_it_itself(indexed: Stream, is_followed_itself: bool) -> None:
    ann, bob = a_user(), a_user()
    board = a_board(bob, privacy="PROTECTED")
    pin = a_pin(bob, board)
    follow(ann, bob)
    if is_followed_itself:
        follow_board(ann, board)
    indexed.settle()

    assert feed(ann) == [pin] * is_followed_itself


def test_hides_what_turns_secret_or_goes_before_the_index_hears_of_it(indexed: Stream) -> None:
    ann, bob = a_user(), a_user()
    secret, archived, trashed, kept = (a_board(bob) for _ in range(4))
    for board in (secret, archived, trashed):
        a_pin(bob, board)
    pin, gone = a_pin(bob, kept), a_pin(bob, kept)
    follow(ann, bob)
    follow_board(ann, secret)
    indexed.settle()
    assert len(feed(ann)) == 5

    bob.patch(f"/boards/{secret}", {"privacy": "SECRET"})
    bob.post(f"/boards/{archived}/archive")
    bob.delete(f"/boards/{trashed}")
    bob.delete(f"/pins/{gone}")

    assert feed(ann) == [pin]
    indexed.settle()
    assert feed(ann) == [pin]

    for path in (f"/boards/{archived}/restore", f"/boards/{trashed}/restore", f"/pins/{gone}/restore"):
        assert bob.post(path).status == 201
    bob.patch(f"/boards/{secret}", {"privacy": "PUBLIC"})
    indexed.settle()
    assert len(feed(ann)) == 5


def test_a_block_in_the_middle_of_the_list_leaves_the_blocked_out_of_the_next_page(indexed: Stream) -> None:
    ann, bob, cat = a_user(), a_user(), a_user()
    boards = {who: a_board(who) for who in (bob, cat)}
    made = [a_pin(who, boards[who]) for _ in range(3) for who in (bob, cat)]
    follow(ann, bob)
    follow(ann, cat)
    indexed.settle()
    page = ann.get(f"{PATH}?page_size=2").json
    assert [pin["id"] for pin in page["items"]] == [made[5], made[4]]

    block(bob, ann)

    rest = ann.get(f"{PATH}?page_size=10&bookmark={page['bookmark']}").json
    assert [pin["id"] for pin in rest["items"]] == [made[3], made[1]]
    assert rest["bookmark"] is None


def test_reads_on_through_older_blocks(indexed: Stream, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timelines, "BLOCK_ENTRIES", 4)
    ann, bob, cat = a_user(), a_user(), a_user()
    boards = {who: a_board(who) for who in (bob, cat)}
    made = []
    for number in range(30):
        who = cat if number % 7 == 0 else bob
        made.append(a_pin(who, boards[who]))
        if number % 3 == 0:
            indexed.settle()
    follow(ann, bob)
    follow(ann, cat)
    indexed.settle()

    assert feed(ann, page_size=7) == made[::-1]
    assert feed(ann, page_size=50) == made[::-1]
    a_trashed_pin(bob, boards[bob])
    for pin in made[5:15]:
        assert (cat if made.index(pin) % 7 == 0 else bob).delete(f"/pins/{pin}").status == 204
    indexed.settle()
    assert feed(ann, page_size=7) == [*made[:5], *made[15:]][::-1]


def test_a_transfer_brings_old_pins_to_those_who_follow_the_new_owner(indexed: Stream) -> None:
    ann, bob, cat, dan = a_user(), a_user(), a_user(), a_user()
    board = a_board(bob)
    old = a_pin(bob, board)
    newer = a_pin(cat, a_board(cat))
    bob.post(f"/boards/{board}/invitations", {"username": cat.username, "role": "editor"})
    cat.post(f"/user_account/invitations/{board}")
    follow(ann, cat)
    follow(dan, bob)
    indexed.settle()
    assert (feed(ann), feed(dan)) == ([newer], [old])

    assert bob.post(f"/boards/{board}/transfer", {"username": cat.username}).status == 201
    assert feed(dan) == []
    indexed.settle()

    assert (feed(ann), feed(dan)) == ([newer, old], [])
