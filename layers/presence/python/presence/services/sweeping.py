"""Looking again at all pins on a board, or at all boards of a user, after what hides or shows them changed."""

from collections.abc import Collection, Sequence
from contextlib import suppress

from presence.domain.entities import Board
from presence.domain.errors import StorageUnavailable, Throttled
from presence.policies import visibility
from presence.policies.visibility import Audience
from presence.projections.discovery import Subject
from presence.projections.documents import BOARDS, PINS, USERS
from presence.services import indexing
from presence.services.indexing import Undone
from presence.storage import boards, pins, profiles, sweeps
from presence.storage.listing import Place
from presence.storage.sweeps import Order

AT_ONCE = 200
"""Pins or boards in a turn. Then the order goes through the stream again, behind what others changed meanwhile."""


class PartsFailed(Exception):
    """Some parts of an order, which it names, could not be looked at."""


def work(order: Order, *, until: float) -> None:
    """One turn: look at the parts that the order names, and have it name the next. Doing it again is harmless.

    The order names them before they are looked at, so that whoever goes on where a turn was stopped looks at the same,
    though some of them may lie elsewhere by then. Where the order was done or superseded meanwhile, no further ones are
    named: what the stream brings twice would begin orders twice, and those others.

    Args:
        until: when a part fails, how long others are tried without it, in seconds since the epoch.

    Raises:
        PartsFailed: it must come again. The next parts do not wait for it, unless it is the database that failed, or
            no time was left.
        Conflict, Throttled, StorageUnavailable: it must come again.
    """
    failed = _look(order, until)
    if not any(why is None or isinstance(why, StorageUnavailable | Throttled) for why in failed.values()):
        _go_on(order)
    _require_none(failed)


def _go_on(order: Order) -> None:
    if not sweeps.stands(order):
        return
    if order.kind == USERS:
        _sweep_boards(order.parts)
    with suppress(sweeps.Superseded):
        found, more = ([], False) if order.is_last else _next(order)
        if found:
            sweeps.go_on(order, (part.id for part in found), found[-1].position, is_last=not more)
        else:
            sweeps.end(order, is_kept=order.kind == USERS and _is_there(order.id))


def put_off(order: Order, *, until: float) -> None:
    """Have it come again, behind what is waiting now. What does not stand any more cannot, and has its parts looked at:
    a turn at them may have been stopped.

    Raises:
        PartsFailed, Conflict, Throttled, StorageUnavailable: it must come again as it is.
    """
    try:
        sweeps.put_off(order)
    except sweeps.Superseded:
        _require_none(_look(order, until))


def _is_there(user_id: str) -> bool:
    """A board of theirs may still be moved to where their sweep has been."""
    profile = profiles.get(user_id)
    return profile is not None and not profile.deleted


def _next(order: Order) -> tuple[Sequence[Place], bool]:
    parts = pins.places_on_board if order.kind == BOARDS else boards.places_of_owner
    return parts(order.id, after=order.after, limit=AT_ONCE)


def _look(order: Order, until: float) -> Undone:
    """Gives the parts that could not be looked at."""
    kind = PINS if order.kind == BOARDS else BOARDS
    return indexing.refresh_apart({Subject(kind, part): () for part in order.parts}, until=until)


def _sweep_boards(board_ids: Collection[str]) -> None:
    found = boards.get_many(board_ids)
    for board_id in board_ids:
        if board_id not in found or _may_show_pins(found[board_id]):
            sweeps.begin(BOARDS, board_id)


def _may_show_pins(board: Board) -> bool:
    """What a board keeps to its members stands nowhere, whoever owns it; one that changes that is swept for itself."""
    return board.pin_count > 0 and visibility.audience(board, None) is not Audience.MEMBERS


def _require_none(failed: Undone) -> None:
    if failed:
        bad = {subject: why for subject, why in failed.items() if why}
        named = ", ".join(f"{subject.kind} {subject.id}" for subject in bad) or "no time was left"
        raise PartsFailed(named) from next(iter(bad.values()), None)
