"""Boards put away and brought back, and the trash: what was deleted can be restored for 30 days.

A board in the trash keeps all that is on it, its collaborators and its followers; its name is free for others. A pin in
the trash keeps its place in mind and its uploads. Whatever is there is hidden from every read but that of the trash.
"""

from collections.abc import Iterable
from dataclasses import replace

from presence.domain import clock
from presence.domain.entities import Pin, Privacy, Viewer, position
from presence.domain.errors import BoardNotFound, PinNotFound, SectionNotFound, UserNotFound
from presence.domain.slugs import slug
from presence.policies import permissions, visibility
from presence.policies.permissions import Action
from presence.services import access
from presence.services import boards as board_service
from presence.services import pins as pin_service
from presence.services.access import Seen
from presence.services.paging import Page, PageRequest, fill
from presence.services.pins import Placed
from presence.services.receipts import Receipt
from presence.storage import boards, keys, pins, profiles, trash, uploads
from presence.storage.table import Transaction


def archive(viewer: Viewer, board_id: str, *, receipt: Receipt | None = None) -> Seen:
    """Put a board away: its members see it and nobody changes it. One that is away already stays so.

    Raises:
        BoardNotFound: no board that the viewer can see.
        NotPermitted: it is not the viewer's.
    """
    seen = access.board(viewer, board_id)
    permissions.require_board(Action.ARCHIVE_BOARD, seen.board, seen.standing)
    if seen.board.archived_at:
        return seen
    return _set_archived(seen, clock.timestamp(), receipt)


def restore(viewer: Viewer, board_id: str, *, name: str | None = None, receipt: Receipt | None = None) -> Seen:
    """Bring a board back to its place: from the trash as it was (an archived one archived), else from the archive.

    A board that is neither here nor there stays as it is.

    Args:
        name: for a board in the trash, whose own may have been taken meanwhile.

    Raises:
        BoardNotFound: no board that the viewer can see, or its time in the trash is over.
        NotPermitted: it is not the viewer's.
        BoardNameTaken: the viewer has another board of that name by now.
        LimitReached: the viewer has ``MAX_BOARDS`` boards.
    """
    seen = access.standing(viewer, boards.get(board_id), board_id)
    if seen and _is_in_trash(seen):
        return _restored(seen, name, receipt)
    seen = access.visible(seen)
    permissions.require_board(Action.ARCHIVE_BOARD, seen.board, seen.standing)
    if not seen.board.archived_at:
        return seen
    return _set_archived(seen, None, receipt)


def _set_archived(seen: Seen, archived_at: str | None, receipt: Receipt | None) -> Seen:
    board = seen.board
    after = replace(seen, board=replace(board, archived_at=archived_at, version=board.version + 1))
    tx = Transaction()
    if receipt:
        receipt.record(tx, after)
    changed = access.closed(seen.standing.viewer, board.id, Action.ARCHIVE_BOARD, board_service.changed_meanwhile())
    boards.set_archived(tx, board, archived_at, otherwise=changed)
    tx.commit()
    return after


def _is_in_trash(seen: Seen) -> bool:
    """For its owner, and while it can be restored: what is over is gone, whenever DynamoDB gets round to it."""
    trashed_at = seen.board.trashed_at
    return visibility.may_see_in_trash(seen.board, seen.standing) and not trash.is_over(trashed_at or "")


def _restored(seen: Seen, name: str | None, receipt: Receipt | None) -> Seen:
    viewer, before = seen.standing.viewer, seen.board
    permissions.require_board(Action.DELETE_BOARD, before, seen.standing)
    if name is not None:
        before = replace(before, name=name, slug=slug(name))
    after = replace(seen, board=replace(before, trashed_at=None, version=before.version + 1))
    tx = Transaction()
    if receipt:
        receipt.record(tx, after)
    boards.restore(tx, before, otherwise=board_service.changed_meanwhile())
    trash.take(tx, keys.board_in_trash(before.id), otherwise=BoardNotFound())
    boards.claim_slug(tx, before, otherwise=board_service.name_taken("restore"))
    board_service.count_board(tx, viewer.user_id)
    tx.commit()
    return after


def delete_board(viewer: Viewer, board_id: str, *, version: int | None = None) -> None:
    """Put a board into its owner's trash: 3 requests, whatever is on it.

    Raises:
        BoardNotFound: no board that the viewer can see.
        NotPermitted: it is not the viewer's.
        PreconditionFailed: ``version`` is given and not the current one.
    """
    seen = access.board(viewer, board_id)
    board, now = seen.board, clock.timestamp()
    permissions.require_board(Action.DELETE_BOARD, board, seen.standing)
    board_service.require_version(board.version, version)
    tx = Transaction()
    changed = access.closed(viewer, board_id, Action.DELETE_BOARD, board_service.stale(version))
    boards.trash(tx, board, now, version=version, otherwise=changed)
    trash.put(tx, keys.board_in_trash(board_id), now)
    boards.release_slug(tx, board, otherwise=board_service.changed_meanwhile())
    profiles.count_board(tx, board.owner_id, -1, otherwise=UserNotFound())
    tx.commit()


def list_trashed_boards(viewer: Viewer, request: PageRequest) -> Page[Seen]:
    """The boards that the viewer deleted and can restore, the latest deleted first."""

    def read(after: str | None, limit: int) -> tuple[list[Seen], bool]:
        found, more = boards.list_trashed(viewer.user_id, after=after, limit=limit)
        return access.before(viewer, found), more

    return fill(request, read, lambda found: filter(_is_in_trash, found))


def purge_at(trashed_at: str) -> str:
    """Until when it can be restored."""
    return clock.timestamp(trash.ends_at(trashed_at))


def purge_board(viewer: Viewer, board_id: str) -> None:
    """Delete a board in the viewer's trash for good; what lies on it is cleaned up by the stream.

    Raises:
        BoardNotFound: it is not there.
        ScopeMissing: the board is secret and the token lacks ``boards:write_secret``.
    """
    seen = access.standing(viewer, boards.get(board_id), board_id)
    if seen is None or not _is_in_trash(seen):
        raise BoardNotFound
    permissions.require_board(Action.DELETE_BOARD, seen.board, seen.standing)
    tx = Transaction()
    boards.purge(tx, seen.board, otherwise=BoardNotFound())
    trash.take(tx, keys.board_in_trash(board_id), otherwise=BoardNotFound())
    tx.commit()


def delete_pin(viewer: Viewer, pin_id: str, *, version: int | None = None) -> None:
    """Put a pin into the trash of who added it, whoever deletes it.

    Raises:
        PinNotFound: no pin that the viewer can see.
        NotPermitted: it is not the viewer's to delete.
        PreconditionFailed: ``version`` is given and not the current one.
    """
    source = pin_service.get(viewer, pin_id)
    pin, now = source.pin, clock.timestamp()
    permissions.require_pin(pin, source.board, source.standing)
    board_service.require_version(pin.version, version)
    tx = Transaction()
    pins.trash(tx, pin, now, section_id=source.section_id, version=version, otherwise=pin_service.pin_changed(version))
    trash.put(tx, keys.pin_in_trash(pin_id), now)
    boards.count_pins(tx, pin.board_id, -1, at=now, otherwise=pin_service.closed(viewer, pin_id))
    pin_service.leave_section(tx, pin)
    profiles.count_pins(tx, pin.owner_id, -1, otherwise=PinNotFound())
    tx.commit()


def list_trashed_pins(viewer: Viewer, request: PageRequest) -> Page[Placed]:
    """The deleted pins that the viewer added and can restore, the latest deleted first."""

    def read(after: str | None, limit: int) -> tuple[list[Placed], bool]:
        found, more = pins.list_trashed(viewer.user_id, after=after, limit=limit)
        return [
            replace(each, place=position(each.id, each.pin.trashed_at)) for each in pin_service.placed(viewer, found)
        ], more

    def visible(found: list[Placed]) -> Iterable[Placed]:
        return filter(_is_pin_in_trash, found)

    return fill(request, read, visible)


def _is_pin_in_trash(placed: Placed) -> bool:
    """For who added it, and while it can be restored."""
    pin = placed.pin
    is_shown = visibility.may_see_pin_in_trash(pin, placed.board, placed.standing)
    return is_shown and not trash.is_over(pin.trashed_at or "")


def restore_pin(
    viewer: Viewer,
    pin_id: str,
    *,
    board_id: str | None = None,
    to_section: bool = False,
    section_id: str | None = None,
    receipt: Receipt | None = None,
) -> Placed:
    """Take a pin out of the trash, to where it was or to another place: who added it, and who may change any pin of
    its board. The viewer must be allowed to add pins there. A pin that is not in the trash stays as it is.

    Args:
        board_id: another board than the one it was on.
        to_section: ``section_id`` says where on the board: in which section, or in none.

    Raises:
        PinNotFound: no such pin that the viewer can see, or its time in the trash is over.
        BoardNotFound, SectionNotFound: where it was, or is to go, is gone or hidden.
        NotPermitted: it is not the viewer's to restore, or they may not add to the board.
    """
    source = pin_service.look_up(viewer, pin_id)
    if source is None or not source.pin.trashed_at:
        source = pin_service.visible(source)
        permissions.require_pin(source.pin, source.board, source.standing)
        return source
    _require_restorable(source)
    return _restored_pin(viewer, source, _place(source.pin, board_id, to_section, section_id), receipt)


def _require_restorable(source: Placed) -> None:
    """
    Raises:
        PinNotFound: its time is over, or neither is it the viewer's nor do they see its board.
        NotPermitted: they see its board and may not change any pin there.
    """
    if _is_pin_in_trash(source):
        return
    if trash.is_over(source.pin.trashed_at or "") or not visibility.may_view_pins(source.board, source.standing):
        raise PinNotFound
    permissions.require_board(Action.EDIT_ANY_PIN, source.board, source.standing)


def _place(pin: Pin, board_id: str | None, to_section: bool, section_id: str | None) -> Pin:
    """The pin where it is to go. On another board it is in no section unless one is named."""
    if board_id not in (None, pin.board_id):
        return replace(pin, board_id=board_id, section_id=section_id, rank=None, section_rank=None)
    if to_section and section_id != pin.section_id:
        return replace(pin, section_id=section_id, section_rank=None)
    return pin


def _restored_pin(viewer: Viewer, before: Placed, wanted: Pin, receipt: Receipt | None) -> Placed:
    was = before.pin
    seen = _own_board(before) if wanted.board_id == was.board_id else access.board(viewer, wanted.board_id)
    permissions.require_board(Action.ADD_PIN, seen.board, seen.standing)
    after = replace(before, pin=replace(wanted, trashed_at=None, version=was.version + 1), seen=seen)
    tx = Transaction()
    if receipt:
        receipt.record(tx, after)
    pins.restore(tx, was, after.pin, otherwise=pin_service.moved_meanwhile())
    trash.take(tx, keys.pin_in_trash(was.id), otherwise=PinNotFound())
    changed = pin_service.closed_to_pins(viewer, wanted.board_id)
    boards.count_pins(tx, wanted.board_id, 1, at=clock.timestamp(), otherwise=changed)
    if wanted.section_id:
        section_gone = SectionNotFound(_SECTION_GONE) if wanted.section_id == was.section_id else SectionNotFound()
        boards.enter_section(tx, wanted.board_id, wanted.section_id, otherwise=section_gone)
    profiles.count_pins(tx, was.owner_id, 1, otherwise=PinNotFound())
    tx.commit()
    return after


_BOARD_GONE = "The board that the pin was on is gone; name another with 'board_id'."
_SECTION_GONE = "The section that the pin was in is gone; name another with 'board_section_id', or null for none."


def _own_board(placed: Placed) -> Seen:
    try:
        return access.visible(placed.seen)
    except BoardNotFound:
        raise BoardNotFound(_BOARD_GONE) from None


def purge_pin(viewer: Viewer, pin_id: str) -> None:
    """Delete a pin in the viewer's trash for good.

    Raises:
        PinNotFound: it is not there.
        ScopeMissing: its board is secret and the token lacks ``pins:write_secret``.
    """
    source = pin_service.look_up(viewer, pin_id)
    if source is None or not _is_pin_in_trash(source):
        raise PinNotFound
    if source.board.deleted or source.board.privacy == Privacy.SECRET:
        permissions.require_secret(Action.EDIT_OWN_PIN, viewer)
    tx = Transaction()
    pins.purge(tx, source.pin, otherwise=PinNotFound())
    trash.take(tx, keys.pin_in_trash(pin_id), otherwise=PinNotFound())
    uploads.dereference(tx, source.pin)
    tx.commit()
