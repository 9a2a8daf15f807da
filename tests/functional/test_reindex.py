"""``make drift`` and ``make reindex``, on DynamoDB in memory."""

from collections.abc import Iterator

import pytest

from presence.storage import table
from tests.functional.conftest import fresh_clients
from tests.support.content import a_board, a_pin
from tests.support.memory import Memory
from tests.support.people import a_user
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
