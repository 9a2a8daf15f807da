"""The order of boards, sections and pins, as people put it, and the covers that follow."""

from itertools import pairwise
from typing import Any

import pytest

from presence.domain import ranks
from presence.services import shaping
from presence.storage import keys
from tests.support.api import Reply
from tests.support.content import a_board, a_pin, a_section, ids, refusal
from tests.support.people import a_user
from tests.support.stored import Stream, add_collaborator, everything, item
from tests.support.wire import (
    BOARD_NOT_FOUND,
    INVALID,
    NOT_PERMITTED,
    PIN_NOT_FOUND,
    SECTION_NOT_FOUND,
    STALE,
)

NOT_THERE = "1234567890123456789"


class Shelf:
    """A list that its owner puts in order: how it is read, how a thing is put elsewhere, how one more is made."""

    def __init__(self, kind: str) -> None:
        self.user = a_user()
        self.board = a_board(self.user)
        self.section = a_section(self.user, self.board)
        self.kind = kind
        if kind == "boards":
            self.user.delete(f"/boards/{self.board}")
        if kind == "sections":
            self.user.delete(f"/boards/{self.board}/sections/{self.section}")

    def path(self) -> str:
        return {
            "boards": "/boards",
            "sections": f"/boards/{self.board}/sections",
            "pins": f"/boards/{self.board}/pins",
            "section pins": f"/boards/{self.board}/sections/{self.section}/pins",
        }[self.kind]

    def order(self, **query: Any) -> list[str]:
        return [each["id"] for page in self.user.pages(f"{self.path()}?page_size=250") for each in page]

    def make(self) -> str:
        if self.kind == "boards":
            return a_board(self.user)
        if self.kind == "sections":
            return a_section(self.user, self.board)
        return a_pin(self.user, self.board, board_section_id=self.section if self.kind == "section pins" else None)

    def put(self, thing: str, after: str | None, **headers: str) -> Reply:
        if self.kind == "boards":
            return self.user.patch(f"/boards/{thing}/position", {"after": after}, **headers)
        if self.kind == "sections":
            return self.user.patch(f"/boards/{self.board}/sections/{thing}/position", {"after": after}, **headers)
        where = "section" if self.kind == "section pins" else "board"
        return self.user.patch(f"/pins/{thing}/position", {"after": after, "list": where}, **headers)

    def raw(self, thing: str) -> Any:
        key = {"boards": keys.board(thing), "sections": keys.section(self.board, thing)}.get(self.kind)
        return item(key or keys.pin(thing))


SHELVES = ["boards", "sections", "pins", "section pins"]


@pytest.fixture(params=SHELVES)
def shelf(request: pytest.FixtureRequest) -> Shelf:
    return Shelf(request.param)


def test_a_thing_goes_right_behind_the_one_that_it_shall_follow(shelf: Shelf) -> None:
    for _ in range(4):
        shelf.make()
    a, b, c, d = shelf.order()

    assert shelf.put(a, c).json["id"] == a
    assert shelf.order() == [b, c, a, d]
    shelf.put(d, b)
    assert shelf.order() == [b, d, c, a]
    shelf.put(b, a)
    assert shelf.order() == [d, c, a, b]


def test_a_thing_goes_before_all(shelf: Shelf) -> None:
    for _ in range(3):
        shelf.make()
    a, b, c = shelf.order()
    shelf.put(c, None)

    assert shelf.order() == [c, a, b]


def test_one_row_is_written_for_a_move(shelf: Shelf) -> None:
    for _ in range(3):
        shelf.make()
    a, _, c = shelf.order()
    before = everything()
    shelf.put(a, c)
    after = everything()

    [changed] = [each for key, each in after.items() if each != before.get(key)]
    assert changed == shelf.raw(a)


def test_a_move_to_where_it_is_changes_nothing(shelf: Shelf) -> None:
    for _ in range(3):
        shelf.make()
    a, b, _ = shelf.order()
    before = everything()

    assert shelf.put(b, a).status == 200
    assert shelf.put(a, None).status == 200
    assert everything() == before


def test_what_is_new_comes_first_of_boards_and_pins_and_last_of_sections(shelf: Shelf) -> None:
    for _ in range(3):
        shelf.make()
    a, b, c = shelf.order()
    shelf.put(c, None)
    shelf.put(a, b)
    new = shelf.make()

    assert shelf.order() == ([c, b, a, new] if shelf.kind == "sections" else [new, c, b, a])


def test_pages_follow_the_order(shelf: Shelf) -> None:
    for _ in range(5):
        shelf.make()
    for thing, after in pairwise(reversed(shelf.order())):
        shelf.put(thing, after)
    pages = shelf.user.pages(f"{shelf.path()}?page_size=2")

    assert [len(page) for page in pages] == [2, 2, 1]
    assert [each["id"] for page in pages for each in page] == shelf.order()


@pytest.mark.parametrize("other", ["itself", "nothing", "what is in another list"])
def test_a_thing_follows_only_another_of_its_list(shelf: Shelf, other: str) -> None:
    thing = shelf.make()
    elsewhere = Shelf(shelf.kind)
    after = {"itself": thing, "nothing": NOT_THERE, "what is in another list": elsewhere.make()}[other]
    before = everything()
    reply = shelf.put(thing, after)

    assert refusal(reply) == INVALID
    assert "'after'" in reply.json["message"]
    assert everything() == before


def test_a_move_counts_as_a_change(shelf: Shelf) -> None:
    for _ in range(2):
        shelf.make()
    a, b = shelf.order()
    first = shelf.put(b, None)

    assert refusal(shelf.put(b, a, if_match='"1-0"')) == STALE
    assert shelf.put(b, a, if_match=first.headers["etag"]).status == 200


@pytest.mark.parametrize("body", [{}, {"after": 5}, {"after": "first"}, {"after": "1", "list": "boards"}])
def test_a_position_names_an_id_or_null(body: Any) -> None:
    shelf = Shelf("pins")
    pin = shelf.make()

    assert refusal(shelf.user.patch(f"/pins/{pin}/position", body)) == INVALID


def test_a_pin_outside_sections_has_no_place_in_one() -> None:
    shelf = Shelf("pins")
    reply = shelf.user.patch(f"/pins/{shelf.make()}/position", {"after": None, "list": "section"})

    assert refusal(reply) == INVALID
    assert "'list'" in reply.json["message"]


def test_a_pin_has_a_place_of_its_own_in_its_section() -> None:
    shelf = Shelf("section pins")
    for _ in range(3):
        shelf.make()
    a, b, c = shelf.order()
    shelf.put(c, None)

    assert shelf.order() == [c, a, b]
    assert ids(shelf.user.get(f"/boards/{shelf.board}/pins")) == [a, b, c]


def test_a_pin_that_comes_to_another_section_or_board_lies_where_its_age_puts_it() -> None:
    shelf = Shelf("section pins")
    old, new = shelf.make(), shelf.make()
    shelf.put(old, None)
    shelf.user.patch(f"/pins/{old}/position", {"after": None})
    other = a_board(shelf.user)
    for pin in (new, old):
        shelf.user.patch(f"/pins/{pin}", {"board_id": other})

    assert ids(shelf.user.get(f"/boards/{other}/pins")) == [new, old]


def test_members_who_may_edit_put_pins_and_sections_in_order() -> None:
    shelf, ed, con = Shelf("pins"), a_user(), a_user()
    pins, sections = [shelf.make() for _ in range(2)], [a_section(shelf.user, shelf.board) for _ in range(2)]
    add_collaborator(shelf.board, ed, "editor")
    add_collaborator(shelf.board, con, "contributor")
    asked = [
        lambda user: user.patch(f"/pins/{pins[0]}/position", {"after": None}),
        lambda user: user.patch(f"/boards/{shelf.board}/sections/{sections[1]}/position", {"after": None}),
        lambda user: user.patch(f"/boards/{shelf.board}/cover", {"pin_id": pins[0]}),
    ]

    assert [refusal(request(con)) for request in asked] == [NOT_PERMITTED] * 3
    assert [request(ed).status for request in asked] == [200] * 3


def test_a_group_board_is_put_in_order_by_its_owner_only() -> None:
    shelf, ed, stranger = Shelf("boards"), a_user(), a_user()
    shared, hidden = a_board(shelf.user), a_board(shelf.user, privacy="SECRET")
    add_collaborator(shared, ed, "editor")

    assert refusal(ed.patch(f"/boards/{shared}/position", {"after": None})) == NOT_PERMITTED
    assert refusal(stranger.patch(f"/boards/{shared}/position", {"after": None})) == NOT_PERMITTED
    assert refusal(stranger.patch(f"/boards/{hidden}/position", {"after": None})) == BOARD_NOT_FOUND
    assert refusal(ed.patch(f"/boards/{a_board(ed)}/position", {"after": shared})) == INVALID


def test_a_token_without_secrets_cannot_tell_a_secret_board_from_none() -> None:
    shelf = Shelf("boards")
    board, secret = a_board(shelf.user), a_board(shelf.user, privacy="SECRET")
    blind = shelf.user.without_scopes("boards:read_secret")
    replies = [blind.patch(f"/boards/{board}/position", {"after": after}) for after in (secret, NOT_THERE)]

    assert {reply.text for reply in replies} == {replies[0].text}
    assert refusal(replies[0]) == INVALID


def test_a_deleted_section_has_no_place() -> None:
    shelf = Shelf("sections")
    gone, left = shelf.make(), shelf.make()
    shelf.user.delete(f"/boards/{shelf.board}/sections/{gone}")

    assert refusal(shelf.put(gone, None)) == SECTION_NOT_FOUND
    assert refusal(shelf.put(left, gone)) == INVALID
    assert shelf.order() == [left]


# When ranks get long


@pytest.fixture
def _soon_crowded(monkeypatch: pytest.MonkeyPatch) -> None:
    """After some thirty moves instead of a hundred."""
    monkeypatch.setattr(ranks, "CROWDED", 25)
    monkeypatch.setattr(shaping, "ROOMY", 23)


def _crowd(shelf: Shelf) -> list[str]:
    """Things put right behind the first by turns until one has a long rank. The order that must come of it."""
    for _ in range(4):
        shelf.make()
    first, *others = shelf.order()
    expected = [first, *others]
    while "crowded" not in shelf.raw(expected[1]):
        thing = expected[3]
        assert shelf.put(thing, first).status == 200
        expected.remove(thing)
        expected.insert(1, thing)
    return expected


def _longest() -> int:
    places = ("rank", "section_rank")
    return max(len(each[name]["S"]) for each in everything().values() for name in places if name in each)


@pytest.mark.usefixtures("_soon_crowded")
def test_ranks_that_got_long_are_made_short_without_changing_the_order(shelf: Shelf, stream: Stream) -> None:
    expected = _crowd(shelf)
    assert _longest() > ranks.CROWDED
    assert any("crowded" in each for each in everything().values())
    versions = {thing: shelf.raw(thing)["version"] for thing in expected}
    stream.settle()

    assert shelf.order() == expected
    assert _longest() <= ranks.CROWDED
    assert not any("crowded" in each for each in everything().values())
    assert {thing: shelf.raw(thing)["version"] for thing in expected} == versions


@pytest.mark.usefixtures("_soon_crowded")
def test_a_rebalancing_that_dies_anywhere_goes_on_from_there(stream: Stream, monkeypatch: pytest.MonkeyPatch) -> None:
    shelf = Shelf("pins")
    expected = _crowd(shelf)
    waiting = [record for record in stream.records() if "crowded" in record["dynamodb"].get("NewImage", {})]
    respace, done = shaping.orders.respace, [0]

    def dying(*args: Any, **more: Any) -> None:
        done[0] += 1
        if done[0] % 2 == 0:
            raise TimeoutError
        respace(*args, **more)

    monkeypatch.setattr(shaping.orders, "respace", dying)
    for _ in range(20):
        failed = stream.deliver(waiting)
        assert shelf.order() == expected
        if not failed:
            break

    assert done[0] > 2
    assert _longest() <= ranks.CROWDED
    assert not any("crowded" in each for each in everything().values())


@pytest.mark.usefixtures("_soon_crowded")
def test_a_move_in_the_middle_of_a_rebalancing_counts(stream: Stream, monkeypatch: pytest.MonkeyPatch) -> None:
    shelf = Shelf("pins")
    expected = _crowd(shelf)
    respace, moved = shaping.orders.respace, []

    def meanwhile(*args: Any, **more: Any) -> None:
        if not moved:
            moved.append(expected.pop())
            shelf.put(moved[0], None)
            expected.insert(0, moved[0])
        respace(*args, **more)

    monkeypatch.setattr(shaping.orders, "respace", meanwhile)
    monkeypatch.setattr(shaping, "LAG_SECONDS", 0)
    stream.settle()

    assert moved
    assert shelf.order() == expected
    assert not any("crowded" in each for each in everything().values())


# Covers


def _picture(number: int) -> dict[str, str]:
    return {"source_type": "image_url", "url": f"https://pictures.example/{number}.jpg"}


class Covered:
    def __init__(self, stream: Stream) -> None:
        self.user = a_user()
        self.board = a_board(self.user)
        self.pins = [a_pin(self.user, self.board, media_source=_picture(number)) for number in range(7)]
        self.stream = stream

    def numbers(self) -> list[int]:
        """The pictures of the cover."""
        media = self.user.get(f"/boards/{self.board}").json["media"]
        pictures = [media["image_cover_url"], *media["pin_thumbnail_urls"]]
        return [int(picture.rpartition("/")[2].removesuffix(".jpg")) for picture in pictures]

    def choose(self, pin_id: str | None) -> Reply:
        return self.user.patch(f"/boards/{self.board}/cover", {"pin_id": pin_id})


@pytest.fixture
def covered(stream: Stream) -> Covered:
    made = Covered(stream)
    stream.settle()
    return made


def test_a_chosen_pins_picture_comes_first(covered: Covered) -> None:
    reply = covered.choose(covered.pins[1])

    assert reply.status == 200
    assert covered.numbers() == [1, 6, 5, 4, 3]
    covered.stream.settle()
    assert covered.numbers() == [1, 6, 5, 4, 3]


def test_a_chosen_pin_is_not_on_the_cover_twice(covered: Covered) -> None:
    covered.choose(covered.pins[5])

    assert covered.numbers() == [5, 6, 4, 3, 2]


def test_a_choice_outlives_new_pins(covered: Covered) -> None:
    covered.choose(covered.pins[1])
    a_pin(covered.user, covered.board, media_source=_picture(7))
    covered.stream.settle()

    assert covered.numbers() == [1, 7, 6, 5, 4]


def test_a_choice_taken_back_shows_the_first_pins(covered: Covered) -> None:
    covered.choose(covered.pins[1])
    covered.choose(None)

    assert covered.numbers() == [6, 5, 4, 3, 2]


@pytest.mark.parametrize("how", ["deleted", "moved away"])
def test_a_chosen_pin_that_leaves_the_board_leaves_its_cover(covered: Covered, how: str) -> None:
    pin = covered.pins[1]
    covered.choose(pin)
    if how == "deleted":
        covered.user.delete(f"/pins/{pin}")
    else:
        covered.user.patch(f"/pins/{pin}", {"board_id": a_board(covered.user)})
    covered.stream.settle()

    assert covered.numbers() == [6, 5, 4, 3, 2]


def test_a_cover_follows_the_order_of_the_pins(covered: Covered) -> None:
    covered.user.patch(f"/pins/{covered.pins[0]}/position", {"after": covered.pins[6]})
    covered.stream.settle()

    assert covered.numbers() == [6, 0, 5, 4, 3]


def test_a_cover_chosen_while_another_is_made_stays(covered: Covered, monkeypatch: pytest.MonkeyPatch) -> None:
    a_pin(covered.user, covered.board, media_source=_picture(7))
    first_pins = shaping._first_pins

    def meanwhile(board_id: str) -> Any:
        found = first_pins(board_id)
        monkeypatch.setattr(shaping, "_first_pins", first_pins)
        covered.choose(covered.pins[2])
        return found

    monkeypatch.setattr(shaping, "_first_pins", meanwhile)
    covered.stream.settle()

    assert covered.numbers() == [2, 7, 6, 5, 4]


def test_only_a_pin_of_the_board_with_a_picture_is_chosen(covered: Covered) -> None:
    elsewhere = a_pin(covered.user, a_board(covered.user))
    blank = a_pin(covered.user, covered.board, media_source={"source_type": "pin_url"})

    assert refusal(covered.choose(elsewhere)) == PIN_NOT_FOUND
    assert refusal(covered.choose(NOT_THERE)) == PIN_NOT_FOUND
    assert refusal(covered.choose(blank)) == INVALID
    assert covered.numbers() == [6, 5, 4, 3, 2]


def test_a_stranger_chooses_no_cover(covered: Covered) -> None:
    reply = a_user().patch(f"/boards/{covered.board}/cover", {"pin_id": covered.pins[0]})

    assert refusal(reply) == NOT_PERMITTED
