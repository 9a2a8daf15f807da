"""v5's searches: through what is the caller's own, as they listed it, at once."""

from urllib.parse import urlencode

import pytest

from tests.support.api import Client, Reply
from tests.support.content import a_board, a_pin, ids, refusal
from tests.support.people import a_user
from tests.support.stored import add_collaborator, add_pins, dynamodb_requests
from tests.support.wire import INVALID


def boards(user: Client, query: str | None = None) -> list[str]:
    reply = user.get("/search/boards" + (f"?{urlencode({'query': query})}" if query is not None else ""))
    assert reply.status == 200, reply.text
    return [board["name"] for board in reply.json["items"]]


def pins(user: Client, query: str) -> Reply:
    return user.get(f"/search/pins?{urlencode({'query': query})}")


def test_finds_own_boards_of_every_privacy_and_group_boards_and_no_others() -> None:
    ann, bob = a_user(), a_user()
    for privacy in ("PUBLIC", "PROTECTED", "SECRET"):
        a_board(ann, name=f"Wedding {privacy}", privacy=privacy)
    a_board(ann, name="Garden", description="Where the wedding was")
    a_board(ann, name="Sheds")
    add_collaborator(a_board(bob, name="Bob's wedding", privacy="SECRET"), ann)
    a_board(bob, name="Wedding of others")

    own = ["Garden", "Wedding SECRET", "Wedding PROTECTED", "Wedding PUBLIC"]
    assert boards(ann, "weddings") == [*own, "Bob's wedding"]


@pytest.mark.parametrize("query", [None, ""])
def test_without_a_query_lists_all_boards(query: str | None) -> None:
    ann = a_user()
    for name in ("First", "Second"):
        a_board(ann, name=name)

    assert boards(ann, query) == ["Second", "First"]


def test_every_word_must_be_there_and_the_last_may_be_begun() -> None:
    ann = a_user()
    a_board(ann, name="Wedding cakes")
    a_board(ann, name="Crème brûlée")

    assert boards(ann, "cake wedding") == ["Wedding cakes"]
    assert boards(ann, "wedding ca") == ["Wedding cakes"]
    assert boards(ann, "weddi cakes") == []
    assert boards(ann, "creme BRÛ") == ["Crème brûlée"]


def test_finds_own_pins_by_each_of_their_texts_newest_first() -> None:
    ann, bob = a_user(), a_user()
    board_id = a_board(ann)
    found = [a_pin(ann, board_id, **{field: "A paper lantern"}) for field in ("title", "description", "alt_text")]
    a_pin(ann, board_id, title="Something else")
    a_pin(bob, a_board(bob), title="Bob's lantern")

    assert ids(pins(ann, "lanterns")) == found[::-1]


def test_finds_pins_on_secret_and_protected_boards_and_none_in_the_trash() -> None:
    ann = a_user()
    found = [a_pin(ann, a_board(ann, privacy=privacy), title="Lantern") for privacy in ("SECRET", "PROTECTED")]
    ann.delete(f"/pins/{a_pin(ann, a_board(ann), title='Lantern')}")

    assert ids(pins(ann, "lantern")) == found[::-1]


def test_ids_name_own_pins_in_their_order() -> None:
    ann, bob = a_user(), a_user()
    board_id = a_board(ann)
    first, second, trashed = (a_pin(ann, board_id) for _ in range(3))
    of_bob = a_pin(bob, a_board(bob))
    ann.delete(f"/pins/{trashed}")

    assert ids(pins(ann, f"{first}, {of_bob},{second},{trashed},{'9' * 19},{first}")) == [first, second]


def test_a_shorter_number_is_a_word() -> None:
    ann = a_user()
    found = a_pin(ann, a_board(ann), title="Summer 2024")

    assert ids(pins(ann, "2024")) == [found]


def test_pages_give_each_pin_once() -> None:
    ann = a_user()
    there = add_pins(ann, a_board(ann), 7, title="Lantern")

    for query in ("lantern", ",".join(there)):
        pages = ann.pages(f"/search/pins?{urlencode({'query': query})}&page_size=3")
        assert [len(page) for page in pages] == [3, 3, 1]
        assert {pin["id"] for page in pages for pin in page} == set(there)


def test_boards_are_read_for_what_fits_alone() -> None:
    ann = a_user()
    add_pins(ann, a_board(ann), 30, title="Lantern")
    with dynamodb_requests() as asked:
        assert ids(pins(ann, "zebra")) == []

    assert asked == ["Query", "Query"]


@pytest.mark.parametrize("path", ["/search/pins", "/search/pins?query=", f"/search/pins?query={'x' * 5001}"])
def test_pins_need_a_query_of_1_to_5000_characters(path: str) -> None:
    assert refusal(a_user().get(path)) == INVALID


@pytest.mark.parametrize("query", ["🌮", "'; DROP TABLE pins; --", "!!!", " ", ",,,", "\u202eabc", "٣٤"])
def test_odd_queries_find_nothing(query: str) -> None:
    ann = a_user()
    a_pin(ann, a_board(ann, name="Any"), title="Any")

    assert ids(pins(ann, query)) == []
    assert boards(ann, query) == []
