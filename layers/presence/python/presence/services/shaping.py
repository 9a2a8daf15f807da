"""Where things lie on a board and among boards, and what is on a board's cover."""

from collections.abc import Callable
from dataclasses import replace
from time import monotonic, sleep

from presence.domain import ranks
from presence.domain.entities import Board, Pin, Section, Viewer
from presence.domain.errors import (
    BoardNotFound,
    InvalidParameter,
    PinNotFound,
    PresenceError,
    SectionNotFound,
)
from presence.policies import permissions, visibility
from presence.policies.permissions import Action
from presence.services import access, pins
from presence.services import boards as board_service
from presence.services.access import Seen
from presence.services.pins import Placed
from presence.storage import boards, orders
from presence.storage import pins as stored_pins
from presence.storage.orders import Order, Slot
from presence.storage.table import Otherwise, Raw, Transaction

COVER_PINS = 5
ROOMY = 30
"""How long ranks may be at most where they were spread anew: from there it is some way to ``ranks.CROWDED``."""
REACHES = (16, 128, 500)
"""How many things on either side of a crowded one are spread anew: the fewest that give it room, and no more than
are done in ``REBALANCING_SECONDS``."""
REBALANCING_SECONDS = 10.0
LAG_SECONDS = 0.1


def move_board(viewer: Viewer, board_id: str, after: str | None, *, version: int | None = None) -> Seen:
    """Put an own board right behind another, or before all (None). 5 requests.

    Raises:
        BoardNotFound: no board that the viewer can see.
        NotPermitted: it is not the viewer's, or archived.
        InvalidParameter: ``after`` is not another of the viewer's boards.
    """
    seen = access.board(viewer, board_id)
    permissions.require_board(Action.EDIT_BOARD, seen.board, seen.standing)
    board_service.require_version(seen.board.version, version)
    order = orders.boards_of(viewer.user_id)

    def slot(other_id: str) -> Slot | None:
        other = boards.get(other_id)
        is_listed = other and other.owner_id == viewer.user_id and not other.archived_at
        if other is None or not is_listed or not visibility.may_list_board(other, seen.standing):
            return None
        return Slot(other.id, other.rank or other.id)

    rank = _rank(order, _own(seen.board), after, slot, "board of yours")
    if rank is None:
        return seen
    _move(order, board_id, rank, version, gone=BoardNotFound())
    return replace(seen, board=replace(seen.board, rank=rank, version=seen.board.version + 1))


def move_section(
    viewer: Viewer, board_id: str, section_id: str, after: str | None, *, version: int | None = None
) -> Section:
    """Put a section right behind another of its board, or before all (None). 5 requests.

    Raises:
        BoardNotFound, SectionNotFound: nothing that the viewer can see.
        NotPermitted: the viewer is neither the board's owner nor an editor.
        InvalidParameter: ``after`` is not another section of the board.
    """
    seen, section = board_service.get_section(viewer, board_id, section_id)
    permissions.require_board(Action.EDIT_SECTIONS, seen.board, seen.standing)
    board_service.require_version(section.version, version)
    order = orders.sections_on(board_id)
    rank = _rank(order, _own(section), after, lambda other: orders.find(order, other), "section of this board")
    if rank is None:
        return section
    _move(order, section_id, rank, version, gone=SectionNotFound())
    return replace(section, rank=rank, version=section.version + 1)


def move_pin(
    viewer: Viewer, pin_id: str, after: str | None, *, in_section: bool = False, version: int | None = None
) -> Placed:
    """Put a pin right behind another of its board (of its section, in the section's list), or before all (None).
    6 requests.

    Raises:
        PinNotFound: no pin that the viewer can see.
        NotPermitted: the viewer is neither the board's owner nor an editor.
        InvalidParameter: ``after`` is not another pin of the list, or the pin is in no section.
    """
    placed = pins.get(viewer, pin_id)
    permissions.require_board(Action.ORDER_PINS, placed.board, placed.standing)
    board_service.require_version(placed.pin.version, version)
    pin, section_id = placed.pin, placed.section_id
    if in_section and section_id is None:
        raise InvalidParameter("list", "must be 'board': this pin is in no section")
    if in_section and section_id:
        order, own = orders.pins_in(section_id), Slot(pin.id, pin.section_rank or pin.id)
    else:
        order, own = orders.pins_on(pin.board_id), _own(pin)
    where = "pin of this section" if in_section else "pin of this board"
    rank = _rank(order, own, after, lambda other: orders.find(order, other), where)
    if rank is None:
        return placed
    _move(order, pin_id, rank, version, gone=PinNotFound())
    moved = replace(pin, version=pin.version + 1)
    return replace(placed, pin=replace(moved, section_rank=rank) if in_section else replace(moved, rank=rank))


def _own(thing: Board | Section | Pin) -> Slot:
    return Slot(thing.id, thing.rank or thing.id)


def _rank(order: Order, own: Slot, after: str | None, find: Callable[[str], Slot | None], what: str) -> str | None:
    """The rank that puts a thing right behind another, or before all; None where it lies there already.

    The one it shall follow is read as of now; what comes next is told by the index, which may lag: then something else
    may come between, but never the wrong way round.
    """
    anchor = None
    if after is not None:
        anchor = find(after) if after != own.id else None
        if anchor is None:
            raise InvalidParameter("after", f"must be the id of another {what}, or null")
    following = _following(order, anchor)
    if following == own:
        return None
    beyond = following.sort if following else None
    behind = anchor.sort if anchor else None
    low, high = (beyond, behind) if order.newest_first else (behind, beyond)
    return ranks.above(low) if high is None else ranks.between(low, high)


def _following(order: Order, anchor: Slot | None) -> Slot | None:
    """The next in the list, past what lies in the very same place."""
    while found := orders.next_to(order, anchor, upwards=not order.newest_first, limit=1):
        if anchor is None or found[0].sort != anchor.sort:
            return found[0]
        anchor = found[0]
    return None


def _move(order: Order, thing_id: str, rank: str, version: int | None, *, gone: PresenceError) -> None:
    tx = Transaction()
    orders.move(tx, order, thing_id, rank, version=version, otherwise=_left(version, gone))
    tx.commit()


_GONE = frozenset({"deleted", "merged_into", "trashed_at"})


def _left(version: int | None, gone: PresenceError) -> Otherwise:
    def refused(standing: Raw | None) -> Exception:
        return gone if standing is None or standing.keys() & _GONE else board_service.stale(version)(standing)

    return refused


class _Changed(Exception):
    """Something lies elsewhere by now; look again."""


class StillCrowded(Exception):
    """Movers were quicker all the time; the record must come again."""


def rebalance(pk: str, sk: str) -> None:
    """Make room around a thing that was put where ranks had become long.

    Its neighbours get new ranks one by one, each if it still is where it was, and in an order in which none passes
    another. So everybody reads and moves on meanwhile, and whoever begins anew goes on from what is there. A move right
    into the gap that is being changed, between the look and the write, may end some places off; nothing else can.

    Raises:
        StillCrowded: after ``REBALANCING_SECONDS``.
    """
    deadline = monotonic() + REBALANCING_SECONDS
    while found := orders.crowded(pk, sk):
        try:
            for order, slot in found.orders:
                _make_room(order, slot)
            tx = Transaction()
            orders.no_longer_crowded(tx, pk, sk, found.mark, otherwise=_Changed())
            tx.commit()
        except _Changed:
            if monotonic() > deadline:
                raise StillCrowded from None
            sleep(LAG_SECONDS)  # else the index shows where things were


def _make_room(order: Order, crowded: Slot) -> None:
    for reach in REACHES:
        window, new = _respread(order, crowded, reach)
        if max(map(len, new)) <= ROOMY:
            break
    for at in ranks.steps([slot.sort for slot in window], new):
        tx = Transaction()
        orders.respace(tx, order, window[at], new[at], otherwise=_Changed())
        tx.commit()


def _respread(order: Order, crowded: Slot, reach: int) -> tuple[list[Slot], list[str]]:
    """What lies around a thing, the lowest first, and new ranks for it, between those just outside.

    They depend on these two and the number alone: who begins anew finds what has been done already as it shall be.
    """
    below, above = (_around(order, crowded, upwards, reach + 1) for upwards in (False, True))
    low = below[reach].sort if len(below) > reach else None
    high = above.pop().sort if above else ranks.above(crowded.sort)
    window = [*reversed(below[:reach]), crowded, *above]
    return window, ranks.spread(low, high, len(window))


def _around(order: Order, crowded: Slot, upwards: bool, limit: int) -> list[Slot]:
    """Its neighbours on one side, without itself where the index still shows it elsewhere."""
    found = orders.next_to(order, crowded, upwards=upwards, limit=limit + 1)
    return [slot for slot in found if slot.id != crowded.id][:limit]


def choose_cover(viewer: Viewer, board_id: str, pin_id: str | None, *, version: int | None = None) -> Seen:
    """Show a pin's picture first on its board's cover; None: that of whichever pin is first. 4 requests.

    Raises:
        BoardNotFound: no board that the viewer can see.
        NotPermitted: the viewer is neither its owner nor an editor.
        PinNotFound: the pin is not on the board.
        InvalidParameter: the pin has no picture.
    """
    seen = access.board(viewer, board_id)
    permissions.require_board(Action.CHOOSE_COVER, seen.board, seen.standing)
    board_service.require_version(seen.board.version, version)
    chosen = stored_pins.get(pin_id) if pin_id else None
    if pin_id and not (chosen and _is_on(chosen, board_id)):
        raise PinNotFound
    if chosen and not _picture(chosen):
        raise InvalidParameter("pin_id", "must be a pin with a picture")
    if pin_id == seen.board.cover_pin_id:
        return seen
    cover = _pictures(_first_pins(board_id), chosen)
    tx = Transaction()
    boards.change_cover(tx, board_id, pin_id, cover, version=version, otherwise=_left(version, BoardNotFound()))
    tx.commit()
    return replace(seen, board=replace(seen.board, cover=cover, cover_pin_id=pin_id, version=seen.board.version + 1))


class _Chosen(Exception):
    """Another pin is chosen for the cover than was assumed."""

    def __init__(self, pin_id: str | None) -> None:
        super().__init__(pin_id)
        self.pin_id = pin_id


def refresh_cover(board_id: str) -> None:
    """Show the pictures of a board's first pins; before them the chosen pin's, while it is on the board. 2 requests,
    and 2 more where a pin is chosen: mostly none is, and only the write needs to know.
    """
    first = _first_pins(board_id)
    chosen_id, chosen = None, None
    while True:
        tx = Transaction()
        cover = _pictures(first, chosen if chosen and _is_on(chosen, board_id) else None)
        boards.set_cover(tx, board_id, cover, chosen=chosen_id, otherwise=_cover_stands(chosen_id))
        try:
            tx.commit()
        except _Changed:
            return  # it is so already, or the board is gone
        except _Chosen as other:
            chosen_id = other.pin_id
            chosen = stored_pins.get(chosen_id) if chosen_id else None
        else:
            return


def _cover_stands(assumed: str | None) -> Otherwise:
    def refused(standing: Raw | None) -> Exception:
        board = boards.alive(standing)
        return _Chosen(board.cover_pin_id) if board and board.cover_pin_id != assumed else _Changed()

    return refused


def _is_on(pin: Pin, board_id: str) -> bool:
    return pin.board_id == board_id and not pin.trashed_at


def _first_pins(board_id: str) -> list[Pin]:
    found, _ = stored_pins.list_on_board(board_id, limit=COVER_PINS)
    return found


def _pictures(first: list[Pin], chosen: Pin | None) -> tuple[str, ...]:
    ahead = [chosen] if chosen else []
    shown = ahead + [pin for pin in first if chosen is None or pin.id != chosen.id]
    return tuple(picture for picture in map(_picture, shown) if picture)[:COVER_PINS]


def _picture(pin: Pin) -> str | None:
    if not pin.media.images:
        return None
    image = pin.media.images[pin.media.cover_index]
    return image.key or image.url
