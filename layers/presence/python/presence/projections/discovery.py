"""What a change of the main table means for discovery: which documents to look at again.

Only that is told from the images, and the words that a document may have had; what it is now, the indexer reads.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from presence.domain.entities import Board, BoardFollow, Pin, Profile
from presence.projections import documents, timelines
from presence.projections.documents import BOARDS, PINS, USERS, Document

# A profile that stands for any owner who hides nothing.
_ANYBODY = Profile(id="", username="", created_at="")
_ANYWHERE = Board(id="", owner_id="", name="", slug="", privacy="PUBLIC", created_at="1970-01-01T00:00:00Z")


@dataclass(frozen=True, slots=True)
class Subject:
    """A document to look at again."""

    kind: str
    id: str


@dataclass(frozen=True, slots=True)
class Touched:
    """A document with the words under which the change found or left it; without those that its card names."""

    subject: Subject
    words: frozenset[str]


@dataclass(frozen=True, slots=True)
class Sweep:
    """Look at all pins on a board again, or at all boards of a user: what hides them, or shows them, is not theirs."""

    of: Subject
    missed_by: str | None = None
    """Only if all boards of this user are being swept, or were of late: that sweep may have passed it by."""


type Consequence = Touched | Sweep


def of_board(old: Board | None, new: Board | None) -> Iterator[Consequence]:
    """What follows from a board's change, told by both as if nothing else hid them."""
    before, after = documents.board(old, _ANYBODY), documents.board(new, _ANYBODY)
    yield from _touched(BOARDS, (old or new), before, after, anyway=_is_moved(old, new))
    if old and new and _moves_pins(old, before, new, after):
        yield Sweep(Subject(BOARDS, new.id))
    elif new and new.pin_count and _is_moved(old, new):
        yield Sweep(Subject(BOARDS, new.id), missed_by=new.owner_id)


def of_pin(old: Pin | None, new: Pin | None) -> Iterator[Consequence]:
    """What follows from a pin's change, for itself, for the boards that are known by their first pins, and for the one
    from which it was saved.
    """
    before, after = (documents.pin(each, _on(each), _ANYBODY) for each in (old, new))
    stood, stands = (timelines.place(each, _on(each), _ANYBODY) for each in (old, new))
    yield from _touched(PINS, (old or new), before, after, anyway=stood != stands or _is_moved(old, new))
    for each in (old, new):
        if each:
            yield Touched(Subject(BOARDS, each.board_id), documents.given_by(each))
    for board_id in {_saved_from(old)} ^ {_saved_from(new)}:
        if board_id:
            yield Touched(Subject(BOARDS, board_id), frozenset())


def of_board_follow(old: BoardFollow | None, new: BoardFollow | None) -> Iterator[Consequence]:
    """A follow that came, went, or began anew is an act on the board."""
    before, after = ((each.since if each and each.follows else None) for each in (old, new))
    follow = new or old
    if follow and before != after:
        yield Touched(Subject(BOARDS, follow.board_id), frozenset())


def of_profile(old: Profile | None, new: Profile | None) -> Iterator[Consequence]:
    before, after = documents.user(old), documents.user(new)
    yield from _touched(USERS, (old or new), before, after)
    if old and new and _hides_boards(old) != _hides_boards(new):
        yield Sweep(Subject(USERS, new.id))


def of_unknown(kind: str, thing_id: str, board_ids: Iterable[str]) -> Iterator[Consequence]:
    """What follows from a change of something of which it cannot be read what it was.

    Args:
        kind: of its item.
        board_ids: the boards that the item names, of a pin or of somebody who follows one.
    """
    for board_id in board_ids:
        yield Touched(Subject(BOARDS, board_id), frozenset())
    match kind:
        case "pin":
            yield Touched(Subject(PINS, thing_id), frozenset())
        case "board" | "profile":
            subject = Subject(BOARDS if kind == "board" else USERS, thing_id)
            yield Touched(subject, frozenset())
            yield Sweep(subject)


def _touched(
    kind: str,
    thing: Board | Pin | Profile | None,
    before: Document | None,
    after: Document | None,
    *,
    anyway: bool = False,
) -> Iterator[Touched]:
    if thing is not None and (before != after or anyway):
        words = frozenset(word for document in (before, after) if document for word in document.postings)
        yield Touched(Subject(kind, thing.id), words)


def _is_moved(old: Board | Pin | None, new: Board | Pin | None) -> bool:
    """Sweeps go through lists in their order, and do not meet what is moved to where they have been."""
    return old is not None and new is not None and old.rank != new.rank


def _saved_from(pin: Pin | None) -> str | None:
    return pin.source_board_id if pin and not pin.trashed_at else None


def _on(pin: Pin | None) -> Board | None:
    """Most pins are on boards of who added them."""
    return replace(_ANYWHERE, id=pin.board_id, owner_id=pin.owner_id) if pin else None


def _moves_pins(old: Board, before: Document | None, new: Board, after: Document | None) -> bool:
    """Whether its pins are found, or stand on timelines, otherwise than before."""
    was = _is_open(before), old.owner_id, timelines.lines(old, _ANYBODY)
    return was != (_is_open(after), new.owner_id, timelines.lines(new, _ANYBODY))


def _is_open(document: Document | None) -> bool:
    return document is not None


def _hides_boards(profile: Profile) -> tuple[bool, bool, bool]:
    return profile.is_private, profile.hidden_from_search, profile.deleted
