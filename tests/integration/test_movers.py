"""Many put the same list in order at once, while ranks get long and are made short: nothing is lost or doubled."""

import random
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from presence.domain import ranks
from presence.services import shaping
from tests.integration.parallel import answers, at_once
from tests.integration.stream import Stream, Upkeep, table_after
from tests.integration.things import a_board, a_pin
from tests.integration.truth import assert_clean, assert_exact
from tests.integration.wire import Conflicts, Wire
from tests.support.api import Client
from tests.support.people import a_user

DONE, CONFLICT = (200, None), (409, 409)


def _order(user: Client, board: str, size: int = 250) -> list[str]:
    return [pin["id"] for page in user.pages(f"/boards/{board}/pins?page_size={size}") for pin in page]


@pytest.fixture
def _soon_crowded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ranks, "CROWDED", 25)
    monkeypatch.setattr(shaping, "ROOMY", 23)


def test_movers_to_the_same_gap_all_get_there(stream: Stream, wire: Wire) -> None:
    user = a_user()
    board = a_board(user)
    pins = [a_pin(user, board) for _ in range(20)]
    anchor, movers = pins[19], pins[:10]
    with wire.through(Conflicts()):
        replies = at_once(lambda pin=pin: user.patch(f"/pins/{pin}/position", {"after": anchor}) for pin in movers)
    assert answers(replies).keys() == {DONE}
    found = _order(user, board)
    assert found[0] == anchor
    assert set(found[1:11]) == set(movers)
    assert found[11:] == pins[10:19][::-1]
    assert _order(user, board, 3) == found
    assert_exact(table_after(stream.records()))


def test_a_pin_moved_by_many_at_once_is_in_one_place(stream: Stream, wire: Wire) -> None:
    user = a_user()
    board = a_board(user)
    pins = [a_pin(user, board) for _ in range(12)]
    with wire.through(Conflicts()):
        replies = at_once(
            lambda anchor=anchor: user.patch(f"/pins/{pins[0]}/position", {"after": anchor}) for anchor in pins[1:]
        )
    assert answers(replies).keys() <= {DONE, CONFLICT}
    found = _order(user, board)
    assert sorted(found) == sorted(pins)
    assert [pin for pin in found if pin != pins[0]] == pins[:0:-1]


@pytest.mark.usefixtures("_soon_crowded")
def test_movers_and_readers_go_on_while_room_is_made(stream: Stream, upkeep: Upkeep) -> None:
    user = a_user()
    board = a_board(user)
    pins = [a_pin(user, board) for _ in range(20)]
    over = Event()

    def make_room() -> None:
        while not over.is_set():
            upkeep.run()
        upkeep.run()

    def move_and_read(seed: int) -> None:
        pin = random.Random(seed).choice(pins[1:])
        assert user.patch(f"/pins/{pin}/position", {"after": pins[0]}).status in (200, 409)
        assert user.get(f"/boards/{board}/pins?page_size=5").status == 200

    with ThreadPoolExecutor(5) as threads:
        making_room = threads.submit(make_room)
        list(threads.map(move_and_read, range(200)))
        over.set()
        making_room.result()
    left = table_after(stream.records())
    assert_exact(left)
    assert_clean(left)
    assert not upkeep.given_up
    assert max(len(item["rank"]["S"]) for item in left.values() if "rank" in item) <= ranks.CROWDED
    assert any("crowded" in record["dynamodb"].get("NewImage", {}) for record in stream.records())
    found = _order(user, board)
    assert sorted(found) == sorted(pins)
    assert [_order(user, board, size) for size in (3, 7)] == [found] * 2
