"""The home feed is what is on the boards that one follows, whatever happened to them: as asking for all of it gives."""

from collections.abc import Callable
from random import Random

import pytest

from presence.services import drift
from presence.storage.table import Part
from tests.support.api import Client
from tests.support.content import a_board, a_pin
from tests.support.memory import Memory, MemoryStream
from tests.support.people import a_user
from tests.support.sharded_stream import Clock

FEED = "/discover/feed"
WORLDS = 100
DEEDS = 45


def feed(viewer: Client, page_size: int = 25) -> list[str]:
    return [pin["id"] for page in viewer.pages(f"{FEED}?page_size={page_size}") for pin in page]


def asked_for_all(viewer: Client) -> list[str]:
    """Others' pins on all boards that the API says the viewer follows, newest first."""
    boards = [board for page in viewer.pages("/user_account/following/boards") for board in page]
    found = {
        pin["id"]
        for board in boards
        if board["owner"]["username"] != viewer.username and not board["is_archived"] and board["privacy"] != "SECRET"
        for page in viewer.pages(f"/boards/{board['id']}/pins")
        for pin in page
        if not pin["is_owner"]
    }
    return sorted(found, reverse=True)


def test_pages_go_on_into_older_blocks(time: Clock, memory: Memory) -> None:
    stream = MemoryStream(memory, "upkeep", "indexer")
    ann, cat = a_user(), a_user()
    board = a_board(ann)
    pins = []
    for _ in range(7):
        pins += [a_pin(ann, board) for _ in range(50)]
        stream.settle()
    cat.post(f"/user_account/following/{ann.username}")

    assert feed(cat, page_size=60) == pins[::-1]


@pytest.mark.parametrize("world", range(WORLDS))
def test_the_feed_is_what_asking_for_all_gives(time: Clock, memory: Memory, world: int) -> None:
    chance, stream = Random(world), MemoryStream(memory, "upkeep", "indexer")
    people = [a_user() for _ in range(4)]
    boards: list[tuple[Client, str]] = [(owner, a_board(owner)) for owner in people for _ in range(2)]
    pins: list[tuple[Client, str]] = [(owner, a_pin(owner, board)) for owner, board in boards]

    deeds = _deeds(chance, people, boards, pins)
    for _ in range(DEEDS):
        chance.choice(deeds)()
        if chance.random() < 0.3:
            stream.deliver()
    stream.settle()

    assert drift.needless(Part(), None).differences == []
    for viewer in people:
        assert feed(viewer, page_size=chance.choice((1, 3, 25))) == asked_for_all(viewer)


def _deeds(
    chance: Random, people: list[Client], boards: list[tuple[Client, str]], pins: list[tuple[Client, str]]
) -> list[Callable[[], object]]:
    """What may happen, the likelier the more often it is named. That some of it is refused is part of it."""

    def on_a_board(method: str, path: str, body: Callable[[], object] = lambda: None) -> None:
        owner, board = chance.choice(boards)
        owner.request(method, path.format(board), body())

    def a_new_board() -> None:
        owner = chance.choice(people)
        boards.append((owner, a_board(owner)))

    def pin() -> None:
        owner, board = chance.choice(boards)
        reply = chance.choice((owner, owner, chance.choice(people))).post("/pins", _on(board))
        if reply.status == 201:
            pins.append((owner, reply.json["id"]))

    def follow() -> None:
        one, other = chance.sample(people, 2)
        one.request(chance.choice(("POST", "POST", "DELETE")), f"/user_account/following/{other.username}", {})
        other.post(f"/user_account/follow_requests/{one.username}")

    def follow_board() -> None:
        one, (_, board) = chance.choice(people), chance.choice(boards)
        one.request(chance.choice(("POST", "DELETE")), f"/user_account/following/boards/{board}", {})

    def block() -> None:
        one, other = chance.sample(people, 2)
        one.request(chance.choice(("POST", "DELETE")), f"/user_account/blocks/{other.username}", {})

    def on_a_pin(method: str, path: str, body: Callable[[], object] = lambda: None) -> None:
        owner, pin_id = chance.choice(pins)
        owner.request(method, path.format(pin_id), body())

    return [
        *[pin] * 4,
        *[follow] * 3,
        *[follow_board] * 2,
        block,
        lambda: on_a_board("PATCH", "/boards/{}", lambda: {"privacy": chance.choice(("PUBLIC", "SECRET"))}),
        lambda: on_a_board("POST", "/boards/{}/archive", dict),
        lambda: on_a_board("POST", "/boards/{}/restore", dict),
        lambda: on_a_board("DELETE", "/boards/{}"),
        lambda: on_a_board("POST", "/boards/{}/merge", lambda: {"into": chance.choice(boards)[1]}),
        lambda: on_a_pin("DELETE", "/pins/{}"),
        lambda: on_a_pin("POST", "/pins/{}/restore", dict),
        lambda: on_a_pin("PATCH", "/pins/{}", lambda: {"board_id": chance.choice(boards)[1]}),
        a_new_board,
        lambda: chance.choice(people).patch("/user_account", {"is_private": chance.random() < 0.3}),
    ]


def _on(board_id: str) -> dict[str, object]:
    return {"board_id": board_id, "media_source": {"source_type": "image_url", "url": "https://pictures.example/a.png"}}
