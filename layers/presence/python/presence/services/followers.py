"""Counts of followers, kept from the stream (docs/adr/0008), and what else follows from ties.

An edge that is ``counted`` is part of its target's count. Both change in one transaction, on the condition that the
edge is as it was read: to be told of an edge twice, late or in another order changes nothing.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import batched
from time import monotonic

from presence.domain.entities import BoardFollow, Tie
from presence.domain.ids import new_id
from presence.services import access, merging
from presence.services.follows import Changed
from presence.services.paging import MAX_READ
from presence.storage import boards, profiles, ties
from presence.storage.table import TRANSACTION_LIMIT, Transaction

EDGES_AT_ONCE = TRANSACTION_LIMIT - 1
"""A write for each, and one for what they lead to."""


class _TargetGone(Exception):
    """There is nothing that could be followed any more."""


def count(user_id: str, follower_ids: Iterable[str]) -> None:
    """Make the ties of these users agree with the user's number of followers: 2 requests per ``EDGES_AT_ONCE``."""

    def add(tx: Transaction, by: int) -> None:
        profiles.count_followers(tx, user_id, by, otherwise=_TargetGone())

    def forget(tie: Tie) -> None:
        tx = Transaction()
        ties.remove(tx, tie, otherwise=Changed())
        if tie.is_follow:
            profiles.count_following(tx, tie.from_id, -1, otherwise=Changed())
        tx.commit()

    for some in batched(follower_ids, EDGES_AT_ONCE, strict=False):
        _count(ties.get_many((follower_id, user_id) for follower_id in some).values(), add, forget)


def count_of_board(board_id: str, follower_ids: Iterable[str]) -> None:
    """Make what these users say of a board agree with its number of followers: as ``count``."""

    def add(tx: Transaction, by: int) -> None:
        boards.count_followers(tx, board_id, by, otherwise=_TargetGone())

    for some in batched(follower_ids, EDGES_AT_ONCE, strict=False):
        edges = ties.get_board_follows(((follower_id, board_id) for follower_id in some), strict=True).values()
        _count(edges, add, lambda edge: _leave(board_id, edge))


def _count[E: (Tie, BoardFollow)](
    edges: Iterable[E], add: Callable[[Transaction, int], None], forget: Callable[[E], None]
) -> None:
    """
    Args:
        add: adds to the target's count; ``_TargetGone`` where there is none.
        forget: removes an edge whose target is gone.
    """

    def work(some: list[E]) -> None:
        tx = Transaction()
        by = sum(ties.count(tx, edge, otherwise=Changed()) for edge in some)
        if by:
            add(tx, by)
        tx.commit()

    def alone(edge: E) -> None:
        try:
            work([edge])
        except _TargetGone:
            forget(edge)

    waiting = [edge for edge in edges if edge.is_over or edge.is_follow != edge.counted]
    if not waiting:
        return
    try:
        work(waiting)
    except (Changed, _TargetGone):
        _one_by_one(waiting, alone)


def _one_by_one[E](edges: Iterable[E], work: Callable[[E], None]) -> None:
    """One that changed must not hold up the others; its change sends a record of its own."""
    for edge in edges:
        try:
            work(edge)
        except Changed:
            continue


def release(board_id: str, deadline: float) -> bool:
    """Remove the follows of a deleted board. False when the time (``monotonic``) is up before all in sight are gone."""
    done: set[str] = set()
    while waiting := [
        edge for edge in ties.list_board_followers(board_id, limit=MAX_READ, strict=True)[0] if edge.user_id not in done
    ]:
        for some in batched(waiting, EDGES_AT_ONCE, strict=False):
            if monotonic() > deadline:
                return False
            try:
                _release(board_id, some)
            except Changed:
                _one_by_one(some, lambda edge: _release(board_id, [edge]))
            done.update(edge.user_id for edge in some)
    return True


def _release(board_id: str, edges: Iterable[BoardFollow]) -> None:
    tx = Transaction()
    counted = 0
    for edge in edges:
        ties.remove(tx, edge, otherwise=Changed())
        counted += edge.counted
    if counted:
        boards.uncount_followers_of_deleted(tx, board_id, counted, otherwise=Changed())
    tx.commit()


def _leave(board_id: str, edge: BoardFollow) -> None:
    """A follow that came when its board was gone already, or was merged: then it goes where that went, if that is
    there.
    """
    board = boards.get(board_id)
    end = access.end_of(board) if board and edge.is_follow else None
    if board is None or end is None or end.deleted or end is board:
        _release(board_id, [edge])
    else:
        merging.bring_followers(board, end, [edge])


def undo_board_follows(blocker_id: str, blocked_id: str, since: str) -> None:
    """End what two users follow of each other's boards from before one blocked the other.

    While the block stands, that is all that they follow: nothing was added. Of what they follow when it is over, only
    what is older than ``since``, an id made when it began.
    """
    tie = ties.get(blocker_id, blocked_id)
    before = new_id() if tie and tie.blocks else since
    _end_board_follows(blocker_id, blocked_id, before)
    _end_board_follows(blocked_id, blocker_id, before)


def _end_board_follows(user_id: str, owner_id: str, before: str) -> None:
    """End what a user follows of an owner's boards since before a moment, which an id tells. An owner has at most 2,000
    boards: some 25 requests to look and 20 transactions.
    """
    for read in (boards.list_of_owner, boards.list_archived, boards.list_trashed):
        after, more = None, True
        while more:
            found, more = read(owner_id, after=after, limit=MAX_READ, strict=True)
            after = found[-1].position if found else None
            edges = ties.get_board_follows(((user_id, board.id) for board in found), strict=True).values()
            ends = [edge for edge in edges if edge.follows and edge.since < before]
            for some in batched(ends, TRANSACTION_LIMIT, strict=False):
                try:
                    _undo(some)
                except Changed:
                    _one_by_one(some, lambda edge: _undo([edge]))


def _undo(edges: Iterable[BoardFollow]) -> None:
    tx = Transaction()
    for edge in edges:
        ties.change(tx, edge, replace(edge, follows=False, is_over=True), otherwise=Changed())
    tx.commit()
