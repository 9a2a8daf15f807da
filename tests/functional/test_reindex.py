"""``make drift`` and ``make reindex``, on DynamoDB in memory."""

from collections.abc import Iterator

import pytest

from presence.storage import keys, table
from tests.functional.conftest import fresh_clients
from tests.support.content import a_board, a_pin
from tests.support.memory import Memory
from tests.support.people import a_user
from tests.support.social import block, unblock
from tests.support.stored import remove
from tools import reindex


@pytest.fixture
def memory() -> Iterator[Memory]:
    held = Memory()
    table._table.connection._client = held
    yield held
    fresh_clients()


def test_lost_indexes_are_told_and_made_anew(memory: Memory) -> None:
    ann, ben = a_user(), a_user()
    board = a_board(ann, name="Wedding cakes")
    pin = a_pin(ann, board, title="Chocolate cake")
    ben.post(f"/user_account/following/{ann.username}")
    said: list[str] = []

    assert reindex.check(said.append) > 0
    assert any("card missing (boards)" in line for line in said)
    reindex.renew(said.append)

    assert reindex.check(said.append) == 0
    assert said[-1] == "0 differences"
    [found] = ben.get("/discover/search?q=wedding").json["items"]
    assert found["board"]["id"] == board
    assert [each["id"] for each in ben.get("/discover/feed").json["items"]] == [pin]


def test_what_ought_not_to_be_there_is_taken_out(memory: Memory) -> None:
    ann = a_user()
    board = a_board(ann, name="Wedding cakes")
    reindex.renew(lambda _: None)
    assert ann.patch(f"/boards/{board}", {"privacy": "SECRET"}).status == 200

    assert reindex.check(lambda _: None) > 0
    reindex.renew(lambda _: None)
    assert reindex.check(lambda _: None) == 0


def test_blocks_of_a_time_when_nobody_noted_whom_they_hide_are_noted(memory: Memory) -> None:
    ann, ben, cat = a_user(), a_user(), a_user()
    block(ann, ben)
    block(cat, ann)
    hidden = {keys.hidden_people(each.user_id) for each in (ann, ben, cat)}
    before = {key: memory.main.items[key] for key in hidden}
    for key in hidden:
        remove(key)

    reindex.renew(lambda _: None)

    assert {key: memory.main.items.get(key) for key in hidden} == before
    assert ann.get(f"/discover/suggest?q={ben.username}").json["items"] == []
    unblock(ann, ben)
    reindex.renew(lambda _: None)
    assert [each["username"] for each in ann.get(f"/discover/suggest?q={ben.username}").json["items"]] == [ben.username]
