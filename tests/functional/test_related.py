"""Boards like a board, and ideas for it, after the stream's readers have done their work."""

from collections.abc import Callable
from random import Random
from typing import Any

import pytest

from presence.domain.entities import Image, Media
from presence.http import call
from presence.projections.documents import FIRST_PINS
from presence.services import ideas as ideas_service
from presence.services import search, speech
from presence.storage import pins
from tests.support.api import Client
from tests.support.content import a_board, a_pin, ids, refusal
from tests.support.memory import Memory, MemoryStream
from tests.support.people import a_user
from tests.support.social import block
from tests.support.stored import Stream, add_collaborator, add_pins, dynamodb_requests
from tests.support.wire import BOARD_NOT_FOUND, PIN_NOT_FOUND, SCOPE_MISSING


def a_picture(name: str) -> dict[str, Any]:
    return {"media_source": {"source_type": "image_url", "url": f"https://pictures.example/{name}.jpg"}}


def a_board_of(owner: Client, name: str, *pictures: str, **fields: Any) -> str:
    board_id = a_board(owner, name=name, **fields)
    for each in pictures:
        a_pin(owner, board_id, **a_picture(each))
    return board_id


def related(viewer: Client, board_id: str) -> list[str]:
    return ids(viewer.get(f"/discover/boards/{board_id}/related"))


def ideas(viewer: Client, board_id: str) -> list[str]:
    """What the pictures of the ideas are called."""
    reply = viewer.get(f"/discover/boards/{board_id}/ideas")
    assert reply.status == 200, reply.text
    return [_picture_of(pin) for pin in reply.json["items"]]


def _picture_of(pin: Any) -> str:
    url: str = pin["media"]["images"]["originals"]["url"]
    return url.rpartition("/")[2].partition(".")[0]


def test_boards_that_show_the_same_are_related(indexed: Stream) -> None:
    ann, bob = a_user(), a_user()
    mine = a_board_of(ann, "Zebra", "a", "b", "c")
    most = a_board_of(bob, "Quagga", "a", "b", "d")
    some = a_board_of(bob, "Okapi", "a", "d", "e")
    a_board_of(bob, "Gnu", "d", "e")
    indexed.settle()

    assert related(ann, mine) == [most, some]
    assert related(bob, mine) == [most, some]


def test_boards_that_say_the_same_are_related(indexed: Stream) -> None:
    ann, bob = a_user(), a_user()
    mine = a_board(ann, name="Copper lanterns")
    same = a_board(bob, name="Lanterns")
    a_board(bob, name="Umbrellas")
    indexed.settle()

    assert related(ann, mine) == [same]


def test_ideas_lie_beside_the_boards_pins_elsewhere(indexed: Stream) -> None:
    ann, bob, eve = a_user(), a_user(), a_user()
    mine = a_board_of(ann, "Zebra", "a", "b")
    a_board_of(bob, "Quagga", "a", "b", "best", "good")
    a_board_of(eve, "Okapi", "a", "best", "fair")
    a_board_of(eve, "Gnu", "other")
    indexed.settle()

    assert ideas(ann, mine) == ["best", "good", "fair"]


def test_pins_that_say_what_the_boards_pins_say_are_ideas(indexed: Stream) -> None:
    ann, bob = a_user(), a_user()
    mine, theirs = a_board(ann, name="Zebra"), a_board(bob, name="Gnu")
    for name in ("a", "b"):
        a_pin(ann, mine, title=f"Copper lantern {name}", **a_picture(name))
    a_pin(bob, theirs, title="Umbrella", **a_picture("other"))
    a_pin(bob, theirs, title="A lantern", **a_picture("good"))
    a_pin(bob, theirs, title="Lantern of copper", **a_picture("best"))
    a_pin(bob, theirs, title="Copper lantern a", **a_picture("a"))
    indexed.settle()

    assert ideas(ann, mine) == ["best", "good", "other"]


def test_of_a_board_with_many_pins_none_is_an_idea_for_it(indexed: Stream) -> None:
    ann = a_user()
    mine = a_board_of(ann, "Zebra", "old")
    add_pins(ann, mine, FIRST_PINS + 1, media=Media("image", (Image(url="https://pictures.example/new.jpg"),)))
    a_board_of(a_user(), "Quagga", "new", "old", "newer")
    indexed.settle()

    assert ideas(ann, mine) == ["newer"]


def test_each_thing_is_an_idea_once_and_none_is_that_the_board_has(indexed: Stream) -> None:
    ann = a_user()
    mine = a_board_of(ann, "Zebra", "a")
    for number in range(4):
        a_board_of(a_user(), f"Quagga {number}", "a", "new", "newer")
    indexed.settle()
    assert sorted(ideas(ann, mine)) == ["new", "newer"]

    a_pin(ann, mine, **a_picture("new"))
    assert ideas(ann, mine) == ["newer"], "at once, whatever the index says"


def test_what_a_large_board_has_is_no_idea_for_it_wherever_it_lies(indexed: Stream) -> None:
    ann, bob = a_user(), a_user()
    mine = a_board_of(ann, "Zebra", "old", *(f"of {number}" for number in range(51)))
    a_board_of(bob, "Quagga", "of 50", "old", "new")
    indexed.settle()

    assert ideas(ann, mine) == ["new"]


def test_boards_that_say_the_same_give_ideas_where_none_show_the_same(indexed: Stream) -> None:
    ann, bob = a_user(), a_user()
    mine = a_board(ann, name="Copper lanterns")
    a_board_of(bob, "Copper lanterns and lamps", "lamp")
    indexed.settle()

    assert ideas(ann, mine) == ["lamp"]


@pytest.mark.parametrize("name", ["The", "🌮", "寿司"])
def test_a_board_with_nothing_on_it_has_neither(indexed: Stream, name: str) -> None:
    ann, bob = a_user(), a_user()
    mine = a_board(ann, name=name)
    a_board_of(bob, "The Quagga", "a", "b")
    indexed.settle()

    assert related(ann, mine) == []
    assert ideas(ann, mine) == []


@pytest.mark.parametrize("privacy", ["SECRET", "PROTECTED"])
def test_a_board_that_is_not_to_be_found_has_both_and_is_neither(indexed: Stream, privacy: str) -> None:
    ann, bob = a_user(), a_user()
    mine = a_board_of(ann, "Zebra", "a", "mine", privacy=privacy)
    theirs = a_board_of(bob, "Zebra", "a", "theirs")
    indexed.settle()

    assert related(ann, mine) == [theirs]
    assert ideas(ann, mine) == ["theirs"]
    assert related(bob, theirs) == []
    assert ideas(bob, theirs) == []


def test_what_turns_secret_is_gone_before_the_index_hears_of_it(indexed: Stream) -> None:
    ann, bob = a_user(), a_user()
    mine = a_board_of(ann, "Zebra", "a")
    theirs = a_board_of(bob, "Quagga", "a", "b")
    indexed.settle()
    assert (related(ann, mine), ideas(ann, mine)) == ([theirs], ["b"])

    bob.patch(f"/boards/{theirs}", {"privacy": "SECRET"})

    assert (related(ann, mine), ideas(ann, mine)) == ([], [])


def test_a_pin_in_the_trash_is_no_idea(indexed: Stream) -> None:
    ann, bob = a_user(), a_user()
    mine = a_board_of(ann, "Zebra", "a")
    theirs = a_board_of(bob, "Quagga", "a")
    pin_id = a_pin(bob, theirs, **a_picture("b"))
    indexed.settle()
    bob.delete(f"/pins/{pin_id}")

    assert ideas(ann, mine) == []


def test_a_block_hides_boards_and_what_is_on_them(indexed: Stream) -> None:
    ann, bob = a_user(), a_user()
    mine = a_board_of(ann, "Zebra", "a")
    a_board_of(bob, "Quagga", "a", "b")
    indexed.settle()
    bob.post(f"/user_account/blocks/{ann.username}")

    assert (related(ann, mine), ideas(ann, mine)) == ([], [])


def test_what_a_blocked_person_added_to_anothers_board_is_no_idea(indexed: Stream) -> None:
    ann, bob, eve = a_user(), a_user(), a_user()
    mine = a_board_of(ann, "Zebra", "a")
    theirs = a_board_of(bob, "Quagga", "a", "b")
    add_collaborator(theirs, eve)
    a_pin(eve, theirs, **a_picture("c"))
    indexed.settle()
    assert sorted(ideas(ann, mine)) == ["b", "c"]

    ann.post(f"/user_account/blocks/{eve.username}")

    assert ideas(ann, mine) == ["b"]


def test_what_a_block_hides_is_given_as_somebody_else_keeps_it(indexed: Stream) -> None:
    ann, bob, eve = a_user(), a_user(), a_user()
    mine = a_board_of(ann, "Zebra", "a", "b")
    a_board_of(eve, "Quagga", "a", "b", "x", "y")
    theirs = a_board_of(bob, "Okapi", "a", "x", "y")
    a_board_of(bob, "Gnu", "z")
    indexed.settle()
    before = ideas(ann, mine)
    assert sorted(before) == ["x", "y"]

    block(ann, eve)

    given = ann.get(f"/discover/boards/{mine}/ideas").json["items"]
    assert ideas(ann, mine) == before
    assert {pin["board_id"] for pin in given} == {theirs}


def test_pins_are_looked_for_on_boards_that_no_block_hides(indexed: Stream, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ideas_service, "SOURCES", 1)
    monkeypatch.setattr(ideas_service, "BESIDE_THINGS", 2)
    ann, bob, eve = a_user(), a_user(), a_user()
    mine = a_board_of(ann, "Zebra", "a", "b")
    a_board_of(eve, "Quagga", "a", "b", "v", "w")
    a_board_of(bob, "Okapi", "a", "x", "y")
    indexed.settle()
    assert sorted(ideas(ann, mine)) == ["v", "w"]

    block(eve, ann)

    assert sorted(ideas(ann, mine)) == ["x", "y"]


def test_a_copy_that_somebody_else_keeps_takes_the_place_of_one_that_says_the_same(
    indexed: Stream, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(speech, "CANDIDATES", 2)
    ann, bob, eve = a_user(), a_user(), a_user()
    mine, theirs, hidden = a_board(ann, name="Zebra"), a_board(bob, name="Gnu"), a_board(eve, name="Okapi")
    a_pin(ann, mine, title="Copper lantern", **a_picture("a"))
    for owner, board_id in ((bob, theirs), (eve, hidden)):
        a_pin(owner, board_id, title="Copper lantern, shining", **a_picture("x"))
        a_pin(owner, board_id, title="Copper lantern, broken and repaired", **a_picture("y"))
    indexed.settle()

    block(ann, eve)

    assert sorted(ideas(ann, mine)) == ["x", "y"]


def test_of_a_thing_whose_first_copy_is_in_the_trash_another_is_given(indexed: Stream) -> None:
    ann, bob, eve = a_user(), a_user(), a_user()
    mine, theirs, other = a_board(ann, name="Zebra"), a_board(bob, name="Gnu"), a_board(eve, name="Okapi")
    a_pin(ann, mine, title="Copper lantern", **a_picture("a"))
    copies = {
        a_pin(bob, theirs, title="Lantern", **a_picture("x")): bob,
        a_pin(eve, other, title="Lantern", **a_picture("x")): eve,
    }
    indexed.settle()
    [first] = ids(ann.get(f"/discover/boards/{mine}/ideas"))

    copies.pop(first).delete(f"/pins/{first}")

    assert ids(ann.get(f"/discover/boards/{mine}/ideas")) == [*copies]


@pytest.mark.parametrize("page_size", [1, 2, 3, 4, 50])
def test_pages_of_what_has_hidden_copies_give_each_thing_once_and_in_order(indexed: Stream, page_size: int) -> None:
    ann, bob, eve = a_user(), a_user(), a_user()
    mine = a_board_of(ann, "Zebra", "a", "b")
    first = a_board_of(eve, "Quagga", "a", "b", *(f"x{number}" for number in range(8)))
    a_board_of(bob, "Okapi", "a", "x0", "x2", "x3", "x6", "x7")
    indexed.settle()
    wanted = [name for name in ideas(ann, mine) if name in {"x0", "x2", "x3", "x6", "x7"}]
    eve.patch(f"/boards/{first}", {"privacy": "SECRET"})
    assert ideas(ann, mine) == wanted

    pages = ann.pages(f"/discover/boards/{mine}/ideas?page_size={page_size}")

    assert [name for page in pages for name in map(_picture_of, page)] == wanted
    assert [len(page) for page in pages[:-1]] == [page_size] * (len(pages) - 1)


@pytest.mark.parametrize("what", ["related", "ideas"])
def test_of_a_secret_board_they_need_a_token_that_shows_its_pins(what: str) -> None:
    ann = a_user()
    path = f"/discover/boards/{a_board(ann, privacy='SECRET')}/{what}"

    assert refusal(ann.without_scopes("pins:read_secret").get(path)) == SCOPE_MISSING
    assert refusal(ann.without_scopes("boards:read_secret").get(path)) == BOARD_NOT_FOUND
    assert refusal(a_user().get(path)) == BOARD_NOT_FOUND


@pytest.mark.parametrize("what", ["related", "ideas"])
def test_pages_give_each_once_and_in_order(indexed: Stream, what: str) -> None:
    ann, bob = a_user(), a_user()
    mine = a_board_of(ann, "Zebra", "a")
    for number in range(9):
        a_board_of(bob, f"Quagga {number}", "a", f"b{number}")
    indexed.settle()
    path = f"/discover/boards/{mine}/{what}"

    pages = ann.pages(f"{path}?page_size=4")

    assert [len(page) for page in pages] == [4, 4, 1]
    assert [item["id"] for page in pages for item in page] == ids(ann.get(path))


def turned(viewer: Client, path: str, page_size: int, meanwhile: Callable[[], object] = lambda: None) -> list[str]:
    """What the pages of a list give, where something is done after the first."""
    found: list[str] = []
    bookmark = ""
    while True:
        search._known.cache_clear()
        reply = viewer.get(f"{path}?page_size={page_size}&bookmark={bookmark}")
        assert reply.status == 200, reply.text
        found += [each["id"] for each in reply.json["items"]]
        bookmark = reply.json["bookmark"]
        if not bookmark:
            return found
        if len(found) == page_size:
            meanwhile()


@pytest.mark.parametrize("page_size", [4, 7])
def test_own_boards_for_a_pin_keep_their_places_while_others_make_some(memory: Memory, page_size: int) -> None:
    stream = MemoryStream(memory, "upkeep", "indexer")
    ann, bob = a_user(), a_user()
    pin = a_pin(bob, a_board(bob, name="Zebra"), title="Okapi lemur quagga")
    for owner, name, number in ((ann, "Okapi", 5), (ann, "Lemur", 6), (bob, "Quagga", 8)):
        for each in range(number):
            a_board(owner, name=f"{name} {each}")
    stream.settle()
    path = f"/discover/pins/{pin}/boards"
    before = turned(ann, path, page_size)

    def come() -> None:
        for each in range(6):
            a_board(bob, name=f"Okapi of another {each}")
        a_board(ann, name="Okapi that is new")
        stream.settle()

    found = turned(ann, path, page_size, come)

    assert [each for each in found if each in before] == before
    assert len(set(found)) == len(found)


@pytest.mark.parametrize("what", ["boards/{board}/related", "boards/{board}/ideas", "pins/{pin}/boards"])
def test_pages_are_the_same_in_whatever_order_the_database_replies(
    memory: Memory, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    stream = MemoryStream(memory, "upkeep", "indexer")
    ann, bob, chance = a_user(), a_user(), Random(5)
    board = a_board_of(ann, "Zebra", "c", "p1x1", "p2x2", "p3x3")
    pin = a_pin(ann, board, title="Nothing", **a_picture("d"))
    for each in range(12):
        a_board_of(bob, f"Has {each}", "d", *(f"p{each}x{number}" for number in range(6)))
    for each in range(30):
        a_board_of(bob, f"Lacks {each}", *(f"p{chance.randrange(12)}x{chance.randrange(6)}" for _ in range(3)))
    stream.settle()
    path = "/discover/" + what.format(board=board, pin=pin)
    before = turned(ann, path, 5)
    assert len(before) > 10
    reply = Memory.batch_get_item

    def in_any_order(self: Memory, **request: Any) -> Any:
        found = reply(self, **request)
        for items in found["Responses"].values():
            chance.shuffle(items)
        return found

    monkeypatch.setattr(Memory, "batch_get_item", in_any_order)
    for _ in range(3):
        assert turned(ann, path, 5) == before


def test_takes_as_many_requests_whatever_there_is(indexed: Stream) -> None:
    ann, bob = a_user(), a_user()
    mine = a_board_of(ann, "Zebra", "a")
    taken: list[tuple[int, int]] = []
    for number in range(20):
        a_board_of(bob, f"Zebra {number}", "a", f"b{number}")
        if number in (12, 19):
            indexed.settle()
            taken.append((_requests(ann, mine, "related"), _requests(ann, mine, "ideas")))

    assert taken == [(7, 21), (7, 21)]


def _requests(viewer: Client, board_id: str, what: str) -> int:
    with dynamodb_requests() as asked:
        viewer.get(f"/discover/boards/{board_id}/{what}")
    return len(asked)


def boards_for(viewer: Client, pin_id: str) -> list[str]:
    return ids(viewer.get(f"/discover/pins/{pin_id}/boards"))


def test_a_pin_belongs_where_what_lies_beside_it_elsewhere_is_shown(indexed: Stream) -> None:
    ann, bob, eve = a_user(), a_user(), a_user()
    board_id = a_board_of(ann, "Zebra", "a", "b")
    pin_id = a_pin(ann, board_id, **a_picture("c"))
    most = a_board_of(bob, "Quagga", "a", "b")
    some = a_board_of(eve, "Okapi", "a", "d", "e")
    a_board_of(eve, "Gnu", "d", "e")
    has = a_board_of(eve, "Kudu", "a", "c")
    indexed.settle()

    assert boards_for(eve, pin_id) == [some, most]
    assert boards_for(a_user(), pin_id) == [most, some]
    assert has not in boards_for(ann, pin_id)


def test_a_pin_belongs_where_its_words_are(indexed: Stream) -> None:
    ann, bob = a_user(), a_user()
    pin_id = a_pin(ann, a_board(ann, name="Zebra"), title="A copper lantern")
    lanterns = a_board(bob, name="Lanterns")
    a_board(bob, name="A zoo")
    indexed.settle()

    assert boards_for(ann, pin_id) == [lanterns]


def test_own_boards_come_first_secret_ones_too_if_the_token_shows_them(indexed: Stream) -> None:
    ann, bob = a_user(), a_user()
    pin_id = a_pin(bob, a_board_of(bob, "Zebra", "a"), title="A copper lantern")
    theirs = a_board(bob, name="Copper lanterns")
    public, secret = a_board(ann, name="My lanterns at home"), a_board(ann, name="Copper", privacy="SECRET")
    a_board(ann, name="Umbrellas")
    indexed.settle()

    assert boards_for(ann, pin_id) == [secret, public, theirs]
    assert boards_for(ann.without_scopes("boards:read_secret"), pin_id) == [public, theirs]
    assert boards_for(a_user(), pin_id) == [theirs, public]
    pages = ann.pages(f"/discover/pins/{pin_id}/boards?page_size=1")
    assert [board["id"] for page in pages for board in page] == [secret, public, theirs]


def test_a_board_that_has_it_is_none_for_it(indexed: Stream) -> None:
    ann, bob = a_user(), a_user()
    pin_id = a_pin(bob, a_board(bob, name="Zebra"), title="A lantern", **a_picture("a"))
    mine = a_board(ann, name="Lanterns", privacy="SECRET")
    indexed.settle()
    assert boards_for(ann, pin_id) == [mine]

    ann.post(f"/pins/{pin_id}/save", {"board_id": mine})

    assert boards_for(ann, pin_id) == []
    assert boards_for(ann.without_scopes("pins:read_secret"), pin_id) == [mine], (
        "what is on it is not for this token to tell"
    )


def test_a_public_board_that_has_it_is_none_for_it_before_and_after_the_index_hears_of_it(indexed: Stream) -> None:
    ann, bob = a_user(), a_user()
    pin_id = a_pin(bob, a_board(bob, name="Zebra"), title="A lantern", **a_picture("a"))
    mine = a_board(ann, name="Lanterns")
    indexed.settle()
    assert boards_for(ann, pin_id) == [mine]

    ann.post(f"/pins/{pin_id}/save", {"board_id": mine})
    assert boards_for(ann, pin_id) == []
    for number in range(51):  # so that it is not among the first any more
        a_pin(ann, mine, **a_picture(f"x{number}"))
    indexed.settle()
    assert boards_for(ann, pin_id) == []


def test_that_many_boards_have_a_pin_takes_no_place_from_those_that_have_not(
    indexed: Stream, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "MAX_CANDIDATES", 3)
    ann, bob = a_user(), a_user()
    pin_id = a_pin(ann, a_board_of(ann, "Zebra", "z"), title="Lantern", **a_picture("a"))
    fitting = a_board_of(bob, "Quagga", "z", "y")
    for _ in range(4):
        a_board_of(a_user(), "Okapi", "a", "z")
    indexed.settle()

    assert boards_for(ann, pin_id) == [fitting]


def test_the_board_itself_takes_no_place_among_those_like_it(indexed: Stream, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "MAX_CANDIDATES", 1)
    ann, bob = a_user(), a_user()
    mine = a_board_of(ann, "Zebra", "a", "b")
    like = a_board_of(bob, "Quagga", "a", "c")
    indexed.settle()

    assert related(ann, mine) == [like]


def test_ideas_go_on_after_a_page_that_was_cut(indexed: Stream, monkeypatch: pytest.MonkeyPatch) -> None:
    ann, bob = a_user(), a_user()
    mine = a_board_of(ann, "Zebra", "a")
    a_board_of(bob, "Quagga", "a", *(f"x{number}" for number in range(6)))
    indexed.settle()
    path = f"/discover/boards/{mine}/ideas?page_size="
    wanted = ids(ann.get(path + "50"))
    assert len(wanted) == 6
    monkeypatch.setattr(call, "MAX_ANSWER_BYTES", 2_000)

    pages = [[pin["id"] for pin in page] for page in ann.pages(path + "50")]

    assert len(pages) > 1
    assert [pin_id for page in pages for pin_id in page] == wanted


def test_no_pin_of_the_board_is_an_idea_where_few_are_read(indexed: Stream, monkeypatch: pytest.MonkeyPatch) -> None:
    ann, bob = a_user(), a_user()
    mine = a_board_of(ann, "Zebra", "old", "b", "a")
    a_board_of(bob, "Quagga", "a", "old", "new")
    indexed.settle()
    read = pins.list_on_board

    def as_of_large_pins(board_id: str, **how: Any) -> Any:
        return read(board_id, **{**how, "limit": 1 if board_id == mine else how["limit"]})

    monkeypatch.setattr(pins, "list_on_board", as_of_large_pins)

    assert ideas(ann, mine) == ["new"]


def test_a_pin_without_words_that_nobody_else_has_belongs_nowhere(indexed: Stream) -> None:
    ann = a_user()
    pin_id = a_pin(ann, a_board(ann, name="Lanterns"), **a_picture("a"))
    a_board_of(a_user(), "Lanterns", "b")
    indexed.settle()

    assert boards_for(ann, pin_id) == []


def test_a_board_that_turns_secret_is_no_place_for_a_pin_before_the_index_hears_of_it(indexed: Stream) -> None:
    ann, bob = a_user(), a_user()
    pin_id = a_pin(ann, a_board(ann, name="Zebra"), title="A copper lantern")
    lanterns = a_board(bob, name="Lanterns")
    indexed.settle()

    bob.patch(f"/boards/{lanterns}", {"privacy": "SECRET"})

    assert boards_for(ann, pin_id) == []


def test_boards_for_a_pin_that_is_not_to_be_seen_are_not_told() -> None:
    ann = a_user()
    secret, trashed = a_pin(ann, a_board(ann, privacy="SECRET")), a_pin(ann, a_board(ann))
    ann.delete(f"/pins/{trashed}")

    for pin_id in (secret, trashed, "1" * 19):
        assert refusal(a_user().get(f"/discover/pins/{pin_id}/boards")) == PIN_NOT_FOUND
