"""Making all discovery indexes anew in place, so that searches go on meanwhile.

Each segment of the discovery table is cleared first of what ought not to be there; when all are, each segment of the
main table has the indexes say what is there. Clearing may take away a posting that somebody wrote just then, and opens
lists that dropped some: all of these are set when their documents are renewed, so nothing is renewed before all is
cleared.
"""

from contextlib import suppress
from dataclasses import replace
from time import monotonic

from presence.domain.ids import new_id
from presence.services import drift
from presence.storage import rebuilds
from presence.storage.rebuilds import Order, Phase

TURN_SECONDS = 2.0
"""All orders of a batch together hold up the shard for no longer than this and a page."""
NEXT = {Phase.CLEARING: Phase.WAITING, Phase.RENEWING: Phase.DONE}


def begin() -> None:
    """Begin, unless it is under way: then have the segments that may have been given up go on from where they are.

    Raises:
        Conflict, Throttled, StorageUnavailable: as any request.
    """
    with suppress(rebuilds.Superseded):
        rebuilds.begin(new_id())
        return
    for order in rebuilds.read():
        if order.phase is not Phase.DONE:
            _go_on(order, order)


def work(order: Order, seconds: float) -> None:
    """One turn of about so long: a page at least, or where no time is left, nothing; it comes again behind what is
    waiting now. Doing it again is harmless.

    Raises:
        Conflict, Throttled, StorageUnavailable: it must come again.
    """
    orders = rebuilds.read()
    if order not in orders:
        return  # what is cleared after others renewed it may stay as it was left
    match order.phase:
        case Phase.CLEARING | Phase.RENEWING if seconds <= 0:
            _go_on(order, order)
        case Phase.CLEARING | Phase.RENEWING:
            _look_through(order, monotonic() + seconds)
        case Phase.WAITING:
            _renew_if_all_are_cleared(orders)


def _look_through(order: Order, until: float) -> None:
    look = drift.cleared if order.phase is Phase.CLEARING else drift.renewed
    now = order
    while True:
        seen = look(order.part, now.after)
        now = replace(now, after=seen.after, examined=now.examined + seen.examined)
        if seen.after is None or monotonic() >= until:
            break
    _go_on(order, now if now.after else replace(now, phase=NEXT[order.phase]))


def _renew_if_all_are_cleared(orders: list[Order]) -> None:
    """Whoever waits last sees that all others do: their orders were written before."""
    if not any(order.phase is Phase.CLEARING for order in orders):
        for order in orders:
            if order.phase is Phase.WAITING:
                _go_on(order, replace(order, phase=Phase.RENEWING, examined=0))


def _go_on(order: Order, now: Order) -> None:
    """Unless somebody else did."""
    with suppress(rebuilds.Superseded):
        rebuilds.go_on(order, now)
