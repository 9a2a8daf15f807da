"""Many pins at once: copied or moved to one board.

All that one transaction takes is one transaction. What is more is written down first, as an order with the ids that it
will give, and then carried out part by part, each with its counts and with the note of how far it got: so it goes on
from there wherever it stopped. Should the request not live to see the end, the stream finishes it.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from presence.domain import clock
from presence.domain.entities import Pin, PinBatch, Viewer
from presence.domain.errors import (
    BoardNotFound,
    Conflict,
    NotPermitted,
    PinNotFound,
    PresenceError,
    SectionNotFound,
)
from presence.domain.ids import new_id, new_ids
from presence.policies import permissions, visibility
from presence.policies.permissions import Action
from presence.services import access, duplicates
from presence.services import boards as board_service
from presence.services import pins as pin_service
from presence.services.pins import Placed
from presence.services.receipts import Receipt
from presence.storage import boards, pin_batches, pins, profiles, uploads
from presence.storage.table import TRANSACTION_LIMIT, Transaction

MAX_PINS = 100
_BESIDE_PINS = 4
"""Writes of a part that are there whatever its pins are: the board, its section, the profile, and how far it got."""


class Outcome(NamedTuple):
    """What became of a pin."""

    pin_id: str
    id: str
    """Its copy's, or its own."""
    duplicate_of: str | None


def copy(
    viewer: Viewer,
    board_id: str,
    pin_ids: Sequence[str],
    *,
    section_id: str | None = None,
    receipt: Receipt | None = None,
) -> list[Outcome]:
    """Copies of up to ``MAX_PINS`` pins that the viewer sees, above all others on a board, the first on top.

    5 requests and 1 for each different picture, while all fits a transaction; 1 more for each that it takes more.

    Raises:
        PinNotFound: names the first pin that the viewer cannot see.
        BoardNotFound, SectionNotFound: nothing that the viewer can see.
        NotPermitted: the viewer may not add to the board.
    """
    return _start(viewer, board_id, pin_ids, section_id, receipt, copies=True)


def move(
    viewer: Viewer,
    board_id: str,
    pin_ids: Sequence[str],
    *,
    section_id: str | None = None,
    receipt: Receipt | None = None,
) -> list[Outcome]:
    """Up to ``MAX_PINS`` pins from wherever they are, above all others on a board, the first on top.

    Raises:
        PinNotFound: names the first pin that the viewer cannot see.
        NotPermitted: names the first pin that is not the viewer's to move; or they may not add to the board.
        BoardNotFound, SectionNotFound: nothing that the viewer can see.
        Conflict: a pin was moved or deleted at the same time.
    """
    return _start(viewer, board_id, pin_ids, section_id, receipt, copies=False)


def _start(
    viewer: Viewer,
    board_id: str,
    pin_ids: Sequence[str],
    section_id: str | None,
    receipt: Receipt | None,
    *,
    copies: bool,
) -> list[Outcome]:
    _require_target(viewer, board_id, section_id)
    sources = _sources(viewer, pin_ids, are_moved=not copies)
    steps = tuple((pin.id, new, pin.board_id) for pin, new in zip(sources, new_ids(len(sources)), strict=True))
    batch = PinBatch(
        id=new_id(),
        user_id=viewer.user_id,
        board_id=board_id,
        created_at=clock.timestamp(),
        steps=steps,
        section_id=section_id,
        copies=copies,
    )
    coming = [_coming(batch, pin, new) for pin, (_, new, _) in zip(sources, steps, strict=True)]
    alike = duplicates.oldest_alike(board_id, coming)
    outcomes = [Outcome(source.id, pin.id, alike.get(pin.id)) for source, pin in zip(sources, coming, strict=True)]
    found = {pin.id: pin for pin in sources}
    part = _part(batch, found, TRANSACTION_LIMIT)
    tx = Transaction()
    if receipt:
        receipt.record(tx, outcomes)
    if len(part) == len(steps):
        _write(tx, batch, part)
        _commit(tx)
    else:
        pin_batches.put(tx, batch, otherwise=Conflict("Please try again."))
        tx.commit()
        _carry_out(batch, found)
    return outcomes


def _require_target(viewer: Viewer, board_id: str, section_id: str | None) -> None:
    if section_id:
        seen, _ = board_service.get_section(viewer, board_id, section_id)
    else:
        seen = access.board(viewer, board_id)
    permissions.require_board(Action.ADD_PIN, seen.board, seen.standing)


def _sources(viewer: Viewer, pin_ids: Sequence[str], *, are_moved: bool) -> list[Pin]:
    """The pins, in the order of their ids: 3 requests."""
    found = pins.get_many(pin_ids)
    placed = {each.id: each for each in pin_service.placed(viewer, found.values())}
    for pin_id in pin_ids:
        each = placed.get(pin_id)
        if each is None or each.pin.trashed_at or not visibility.may_view_pins(each.board, each.standing):
            raise PinNotFound(pin_id)
        if are_moved:
            _require_move(each)
    return [found[pin_id] for pin_id in pin_ids]


def _require_move(placed: Placed) -> None:
    try:
        permissions.require_pin(placed.pin, placed.board, placed.standing)
    except NotPermitted as error:
        raise NotPermitted(f"Pin {placed.id}: {error}") from None


class _Step(NamedTuple):
    pin: Pin | None
    """None where it is no longer there: the step is taken, and nothing is written."""
    new_id: str


def _part(batch: PinBatch, found: Mapping[str, Pin], at_most: int) -> list[_Step]:
    """The next steps, as many as one transaction takes."""
    part: list[_Step] = []
    touched: set[str] = set()
    for pin_id, new, _ in batch.steps[batch.done : batch.done + at_most]:
        pin = found.get(pin_id)
        if pin:
            touched |= {new, *(f"{key} {new}" for key in pin.uploads)} if batch.copies else _touched(pin)
        if len(touched) > TRANSACTION_LIMIT - _BESIDE_PINS:
            break
        part.append(_Step(pin, new))
    return part


def _touched(pin: Pin) -> set[str]:
    """What a move writes."""
    return {pin.id, pin.board_id, pin.section_id or pin.board_id}


def _coming(batch: PinBatch, pin: Pin, new: str) -> Pin:
    """The pin as it will be on the board."""
    if batch.copies:
        made = pin_service.copied(pin, new, user_id=batch.user_id, board_id=batch.board_id, section_id=batch.section_id)
        return replace(made, created_at=batch.created_at)
    section_rank = new if batch.section_id else None
    return replace(pin, board_id=batch.board_id, section_id=batch.section_id, rank=new, section_rank=section_rank)


def _write(tx: Transaction, batch: PinBatch, part: list[_Step]) -> None:
    """The pins of a part, and what is counted of them."""
    on_boards: Counter[str] = Counter()
    in_sections: Counter[tuple[str, str]] = Counter()
    pairs = [(step.pin, _coming(batch, step.pin, step.new_id)) for step in part if step.pin]
    for pin, coming in pairs:
        on_boards[coming.board_id] += 1
        if coming.section_id:
            in_sections[coming.board_id, coming.section_id] += 1
        if batch.copies:
            continue
        on_boards[pin.board_id] -= 1
        if pin.section_id:
            in_sections[pin.board_id, pin.section_id] -= 1
    _count(tx, batch, on_boards, in_sections)
    if batch.copies and pairs:
        profiles.count_pins(tx, batch.user_id, len(pairs), otherwise=_BoardGone())
    for pin, coming in pairs:
        if batch.copies:
            pins.put(tx, coming, otherwise=_PinLeft())
            uploads.reference(tx, coming)
        else:
            pins.update(tx, pin, coming, version=None, otherwise=_PinLeft())


def _count(tx: Transaction, batch: PinBatch, on_boards: Counter[str], in_sections: Counter[tuple[str, str]]) -> None:
    now = clock.timestamp()
    for board_id, by in on_boards.items():
        if by:
            gone = _BoardGone() if board_id == batch.board_id else _PinLeft()
            boards.count_pins(tx, board_id, by, at=now, otherwise=gone)
    for (board_id, section_id), by in in_sections.items():
        if by > 0:
            boards.enter_section(tx, board_id, section_id, by, otherwise=_SectionGone())
        elif by:
            boards.leave_section(tx, board_id, section_id, -by, otherwise=_PinLeft())


class _Gone(Exception):
    """Why a part cannot be written as it is: what it needs is gone or changed."""


class _PinLeft(_Gone): ...


class _SectionGone(_Gone): ...


class _BoardGone(_Gone): ...


class _Overtaken(_Gone):
    """Somebody else has carried out this part."""


_TOLD: dict[type[_Gone], PresenceError] = {
    _PinLeft: Conflict("A pin was moved or deleted at the same time; please try again."),
    _SectionGone: SectionNotFound(),
    _BoardGone: BoardNotFound(),
}


def _commit(tx: Transaction) -> None:
    try:
        tx.commit()
    except _Gone as error:
        raise _TOLD[type(error)] from None


def finish(user_id: str, batch_id: str) -> None:
    """Carry out what is left of a batch, if anything is. Pins that went elsewhere meanwhile stay there."""
    batch = pin_batches.get(user_id, batch_id)
    if batch is None:
        return
    expected = {pin_id: board_id for pin_id, _, board_id in batch.steps[batch.done :]}
    found = pins.get_many(expected, strict=True)
    there = {pin.id: pin for pin in found.values() if pin.board_id == expected[pin.id] and not pin.trashed_at}
    _carry_out(batch, there)


def _carry_out(batch: PinBatch, found: dict[str, Pin]) -> None:
    """All steps that are left, of the pins that were found; the others are skipped."""
    left: PinBatch | None = batch
    at_most = TRANSACTION_LIMIT
    while left:
        part = _part(left, found, at_most)
        tx = Transaction()
        pin_batches.advance(tx, left, len(part), otherwise=_Overtaken())
        _write(tx, left, part)
        try:
            tx.commit()
        except _Overtaken:
            left = pin_batches.get(batch.user_id, batch.id)
        except _BoardGone:
            found = {}  # what came in time goes with the board; the others stay where they are
        except _SectionGone:
            left = replace(left, section_id=None)
        except _PinLeft:
            # Which one? The next parts are single pins, until it is found.
            if len(part) == 1:
                found = {pin_id: pin for pin_id, pin in found.items() if pin != part[0].pin}
            at_most = TRANSACTION_LIMIT if len(part) == 1 else 1
        else:
            left = replace(left, done=left.done + len(part)) if left.done + len(part) < len(left.steps) else None
