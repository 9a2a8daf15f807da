"""What hides all pins of a board, or all boards of a user, is told to each of them, whatever happens meanwhile."""

from typing import Any

import pytest

from presence.domain.postings import number
from presence.projections.documents import BOARDS, PINS, USERS
from presence.projections.upkeep import CleanUpBoard
from presence.services import drift, sweeping, upkeep
from presence.storage import boards, index, keys, sweeps
from presence.storage.table import Part
from tests.support.content import a_board, a_pin, delete_for_good
from tests.support.deployment import Deployment
from tests.support.memory import Memory, MemoryStream
from tests.support.people import a_user
from tests.support.stored import everything


@pytest.fixture
def stream(memory: Memory) -> MemoryStream:
    return MemoryStream(memory, "indexer")


def orders() -> set[str]:
    """The partitions of the sweeps under way."""
    return {pk for (pk, sk), item in everything().items() if sk == keys.SWEEP and "expires_at" not in item}


def test_a_profile_that_turns_private_has_no_secret_board_swept(stream: MemoryStream) -> None:
    ann = a_user()
    shown = {a_board(ann), a_board(ann, privacy="PROTECTED")}
    for board_id in (*shown, a_board(ann, privacy="SECRET")):
        a_pin(ann, board_id)
    stream.settle()
    ann.patch("/user_account", {"is_private": True})
    stream.deliver()
    assert orders() == {f"USER#{ann.user_id}"}

    stream.deliver()  # the order names the boards
    stream.deliver()

    assert orders() == {f"BOARD#{board_id}" for board_id in shown}


def test_a_pin_that_is_moved_to_where_a_sweep_has_been_is_not_missed(
    stream: MemoryStream, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweeping, "AT_ONCE", 2)
    ann = a_user()
    board_id = a_board(ann)
    last, *_ = [a_pin(ann, board_id, title="Chocolate cake") for _ in range(5)]
    stream.settle()
    ann.patch(f"/boards/{board_id}", {"privacy": "SECRET"})
    stream.deliver()
    stream.deliver()  # the order names the first ones
    stream.deliver()
    assert orders()

    assert ann.patch(f"/pins/{last}/position", {"after": None}).status == 200
    stream.settle()

    assert orders() == set()
    assert not index.read([keys.card(PINS, number(last))])
    assert drift.needless(Part(), None).differences == []


@pytest.mark.parametrize("is_told_late", [False, True])
def test_a_board_that_is_moved_to_where_a_sweep_has_been_is_not_missed(
    stream: MemoryStream, monkeypatch: pytest.MonkeyPatch, is_told_late: bool
) -> None:
    monkeypatch.setattr(sweeping, "AT_ONCE", 2)
    ann = a_user()
    last, *_ = [a_board(ann) for _ in range(5)]
    pin_id = a_pin(ann, last, title="Chocolate cake")
    stream.settle()
    ann.patch("/user_account", {"is_private": True})
    stream.deliver()
    stream.deliver()  # the order names the first ones
    stream.deliver()
    going_on = stream.records()

    assert ann.patch(f"/boards/{last}/position", {"after": None}).status == 200
    moved = stream.records()
    if is_told_late:
        stream.deliver(going_on)
        stream.settle()
        assert orders() == set()
        stream.deliver(moved)
    else:
        stream.deliver([*moved, *going_on])
    stream.settle()

    assert not index.read([keys.card(BOARDS, number(last)), keys.card(PINS, number(pin_id))])
    assert drift.needless(Part(), None).differences == []


def test_a_board_that_is_moved_has_its_pins_looked_at_only_where_a_sweep_may_have_passed_it_by(
    stream: MemoryStream,
) -> None:
    ann = a_user()
    last, _ = a_board(ann), a_board(ann)
    a_pin(ann, last)
    stream.settle()

    ann.patch(f"/boards/{last}/position", {"after": None})
    stream.deliver()

    assert orders() == set()


@pytest.mark.parametrize("begins_late", [False, True])
def test_no_order_outlives_an_account(deployed: Deployment, begins_late: bool) -> None:
    ann = a_user()
    a_board(ann)
    deployed.source.drain()
    ann.patch("/user_account", {"is_private": True})
    deployed.source.drain()
    assert sweeps.was_begun(ann.user_id)

    assert ann.delete("/user_account").status == 204
    deployed.source.drain()
    if begins_late:
        sweeps.begin(USERS, ann.user_id)
        deployed.source.drain()

    assert not sweeps.was_begun(ann.user_id)


def test_an_order_that_ends_while_its_board_is_removed_holds_up_nothing(
    stream: MemoryStream, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = a_user()
    board_id = a_board(ann)
    stream.settle()
    sweeps.begin(BOARDS, board_id)
    delete_for_good(ann, f"/boards/{board_id}")
    list_parts = boards.list_parts

    def then_it_ends(*arguments: Any, **options: Any) -> list[keys.Key]:
        found = list_parts(*arguments, **options)
        stream.settle()
        return found

    monkeypatch.setattr(boards, "list_parts", then_it_ends)
    upkeep.run(CleanUpBoard(board_id))

    assert not [key for key in everything() if key[0] == f"BOARD#{board_id}"]


def test_what_newer_pins_push_out_of_a_boards_first_leaves_no_word(
    stream: MemoryStream, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("presence.projections.documents.FIRST_PINS", 3)
    ann = a_user()
    board_id = a_board(ann)
    for _ in range(2):
        a_pin(ann, board_id, title="Chocolate cake")
    stream.settle()
    assert index.read([keys.block(BOARDS, "chocol", 0)])

    for _ in range(3):
        a_pin(ann, board_id, title="Lanterns")
    stream.settle()

    assert not index.read([keys.block(BOARDS, "chocol", 0)])
    assert drift.needless(Part(), None).differences == []


def test_a_record_that_comes_again_of_an_order_that_was_done_takes_one_request(
    stream: MemoryStream, memory: Memory
) -> None:
    ann = a_user()
    board_id = a_board(ann)
    a_pin(ann, board_id)
    stream.settle()
    sweeps.begin(BOARDS, board_id)
    (begun,) = stream.records()
    stream.settle()
    stream.deliver([begun])
    stream.settle()
    assert orders() == set()

    asked = memory.asked
    stream.deliver([begun])

    assert memory.asked == asked + 1
    assert stream.records() == []


def test_a_turn_that_comes_again_looks_at_the_same_pins_wherever_they_are_by_then(
    stream: MemoryStream, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = a_user()
    board_id = a_board(ann)
    pin_id = a_pin(ann, board_id)
    stream.settle()
    sweeps.begin(BOARDS, board_id)
    stream.deliver()
    (named,) = stream.records()
    stream.deliver([named])  # and stopped before its end, let us say
    ann.patch(f"/pins/{pin_id}", {"board_id": a_board(ann)})
    sweeps.begin(BOARDS, board_id)
    stream.settle()

    looked_at: list[str] = []
    monkeypatch.setattr(sweeping.indexing, "refresh", lambda touched: looked_at.extend(each.id for each in touched))
    stream.deliver([named])

    assert looked_at == [pin_id]
