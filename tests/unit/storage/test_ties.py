"""Where ties and board follows stand in lists, and what their writes demand."""

from dataclasses import replace

import pytest

from presence.domain.entities import BoardFollow, Tie
from presence.storage import codec, ties
from presence.storage.table import Raw, Transaction

TIE = Tie("1", "2", since="9")
EDGE = BoardFollow("1", "3", since="9")
LISTS: list[tuple[ties.Edge, str | None, str | None]] = [
    (replace(TIE, following="approved"), "USER#1#FOLLOWING", "USER#2#FOLLOWERS"),
    (replace(TIE, following="requested"), "USER#1#REQUESTED", "USER#2#REQUESTS"),
    (replace(TIE, blocks=True), "USER#1#BLOCKS", None),
    (replace(TIE, blocks=True, blocked=True), "USER#1#BLOCKS", None),
    (replace(TIE, blocked=True), None, None),
    (EDGE, "USER#1#FOLLOWED_BOARDS", "BOARD#3#FOLLOWERS"),
    (replace(EDGE, follows=False), None, None),
]


def written(tx: Transaction) -> Raw:
    (operation,) = tx._operations
    (request,) = operation.request.values()
    return dict(request)


@pytest.mark.parametrize(("edge", "owner", "target"), LISTS)
def test_a_new_edge_stands_in_its_lists_by_when_it_began(
    edge: ties.Edge, owner: str | None, target: str | None
) -> None:
    tx = Transaction()
    ties.change(tx, None, edge, otherwise=RuntimeError())
    item = written(tx)["Item"]
    expected = {}
    if owner:
        expected |= {"owner_pk": {"S": owner}, "owner_sk": {"S": "9"}}
    if target:
        expected |= {"target_pk": {"S": target}, "target_sk": {"S": "9"}}

    assert {name: value for name, value in item.items() if name.startswith(("owner_", "target_"))} == expected
    decode = codec.tie if isinstance(edge, Tie) else codec.board_follow
    assert decode(item) == edge


def test_a_count_adds_what_is_a_follow_and_not_counted_and_takes_away_what_is_counted_and_no_follow() -> None:
    follow = replace(TIE, following="approved")
    edges = [follow, replace(follow, counted=True), replace(TIE, counted=True), TIE, EDGE, replace(EDGE, counted=True)]

    assert [ties.count(Transaction(), edge, otherwise=RuntimeError()) for edge in edges] == [1, 0, -1, 0, 1, 0]


def test_what_says_nothing_any_more_is_removed_when_it_is_counted() -> None:
    for edge in (TIE, replace(EDGE, follows=False, is_over=True)):
        tx = Transaction()
        ties.count(tx, edge, otherwise=RuntimeError())

        assert "UpdateExpression" not in written(tx)
