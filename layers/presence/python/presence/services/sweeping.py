"""Looking again at all pins on a board, or at all boards of a user, after what hides or shows them changed."""

from contextlib import suppress

from presence.policies import visibility
from presence.policies.visibility import Audience
from presence.projections.discovery import Subject
from presence.projections.documents import BOARDS, PINS
from presence.services import indexing
from presence.storage import boards, pins, sweeps
from presence.storage.sweeps import Order

AT_ONCE = 200
"""Pins or boards in a turn. Then the order goes through the stream again, behind what others changed meanwhile."""


def work(order: Order) -> None:
    """One turn. Doing it again is harmless.

    Raises:
        Conflict, Throttled, StorageUnavailable: it must come again.
    """
    parts = _pins_on if order.kind == BOARDS else _boards_of
    after = parts(order)
    with suppress(sweeps.Superseded):
        sweeps.go_on(order, after)


def _pins_on(order: Order) -> str | None:
    found, more = pins.list_on_board(order.id, after=order.after, limit=AT_ONCE)
    indexing.refresh({Subject(PINS, pin.id): () for pin in found})
    return found[-1].position if more and found else None


def _boards_of(order: Order) -> str | None:
    found, more = boards.list_of_owner(order.id, after=order.after, limit=AT_ONCE)
    indexing.refresh({Subject(BOARDS, board.id): () for board in found})
    for board in found:
        # What a board keeps to its members stands nowhere, whoever owns it; one that changes that is swept for itself.
        if board.pin_count and visibility.audience(board, None) is not Audience.MEMBERS:
            sweeps.begin(BOARDS, board.id)
    return found[-1].position if more and found else None
