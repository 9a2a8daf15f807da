"""Boards like a board, and ideas for it, after the stream's readers have done their work."""

from typing import Any

from tests.support.api import Client
from tests.support.content import a_board, a_pin, ids
from tests.support.people import a_user
from tests.support.stored import Stream


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
    urls = [pin["media"]["images"]["originals"]["url"] for pin in reply.json["items"]]
    return [url.rpartition("/")[2].partition(".")[0] for url in urls]


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
