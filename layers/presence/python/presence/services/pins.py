"""Pins: create, save, read, change and move, delete."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from presence.domain import clock
from presence.domain.entities import Board, Media, Pin, Privacy, Viewer
from presence.domain.errors import BoardNameTaken, BoardNotFound, Conflict, PinNotFound, SectionNotFound
from presence.domain.ids import new_id
from presence.domain.slugs import slug
from presence.policies import permissions, scopes, visibility
from presence.policies.permissions import Action
from presence.policies.scopes import Scope
from presence.services import boards as board_service
from presence.services.paging import Page, PageRequest, fill
from presence.services.receipts import Receipt
from presence.storage import boards, pins, uploads
from presence.storage.table import Otherwise, Transaction

QUICK_SAVES = "Quick saves"


@dataclass(frozen=True, slots=True)
class Placed:
    """A pin and the board it is on: what a pin shows and to whom follows from both."""

    pin: Pin
    board: Board

    @property
    def id(self) -> str:
        return self.pin.id

    @property
    def section_id(self) -> str | None:
        """Pins of a deleted section are on the board itself, also while the stream is still at it."""
        return None if self.pin.section_id in self.board.deleted_section_ids else self.pin.section_id


@dataclass(frozen=True, slots=True)
class Upload:
    """A picture that came with the request."""

    object_key: str
    content: bytes
    content_type: str


def get(viewer: Viewer, pin_id: str) -> Placed:
    """2 requests, whether the pin is there, hidden or not there.

    Raises:
        PinNotFound: no pin that the viewer can see.
    """
    pin = pins.get(pin_id)
    # A pin that is not there costs the same as a hidden one, or the difference would tell them apart.
    board = boards.get(pin.board_id if pin else pin_id)
    if pin is None or board is None or not visibility.may_view_pins(board, viewer):
        raise PinNotFound
    return Placed(pin, board)


def list_on_board(
    viewer: Viewer, board_id: str, request: PageRequest, creative_types: Collection[str] | None
) -> Page[Placed]:
    """A board's pins, those in sections included, newest first.

    Raises:
        BoardNotFound: no board that the viewer can see.
        ScopeMissing: the board is secret and the token lacks ``pins:read_secret``.
    """
    board = board_service.get(viewer, board_id)
    _require_pins_scope(board, viewer)
    return fill(
        request,
        lambda after, limit: _placed(board, pins.list_on_board(board_id, after=after, limit=limit)),
        lambda found: _of_types(found, creative_types),
    )


def list_in_section(viewer: Viewer, board_id: str, section_id: str, request: PageRequest) -> Page[Placed]:
    """A section's pins, newest first.

    Raises:
        BoardNotFound, SectionNotFound: nothing that the viewer can see.
        ScopeMissing: the board is secret and the token lacks ``pins:read_secret``.
    """
    board, section = board_service.get_section(viewer, board_id, section_id)
    _require_pins_scope(board, viewer)
    return fill(
        request,
        lambda after, limit: _placed(board, pins.list_in_section(section.id, after=after, limit=limit)),
    )


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which of their own pins a caller wants."""

    creative_types: Collection[str] | None = None
    pin_filter: str | None = None
    protected: bool = False
    """Also pins on protected boards."""
    secret_only: bool = False

    def takes(self, placed: Placed) -> bool:
        privacy, is_saved = placed.board.privacy, placed.pin.parent_pin_id is not None
        return (
            (self.protected or privacy != Privacy.PROTECTED)
            and (not self.secret_only or privacy == Privacy.SECRET)
            and {"exclude_native": is_saved, "exclude_repins": not is_saved, None: True}.get(self.pin_filter, False)
            and (self.creative_types is None or creative_type(placed.pin) in self.creative_types)
        )


def list_own(viewer: Viewer, request: PageRequest, wanted: Wanted) -> Page[Placed]:
    """The pins that the viewer added, newest first, without those on boards that hide them."""

    def read(after: str | None, limit: int) -> tuple[list[Placed], bool]:
        found, more = pins.list_of_owner(viewer.user_id, after=after, limit=limit)
        their_boards = boards.get_many({pin.board_id for pin in found})
        return [Placed(pin, their_boards.get(pin.board_id) or _gone(pin)) for pin in found], more

    def visible(found: list[Placed]) -> Iterable[Placed]:
        return (each for each in found if wanted.takes(each) and visibility.may_view_pins(each.board, viewer))

    return fill(request, read, visible)


def creative_type(pin: Pin) -> str:
    """The wire's name for what kind of pin this is."""
    return {"multiple_images": "CAROUSEL", "video": "VIDEO"}.get(pin.media.kind, "REGULAR")


def _of_types(found: Iterable[Placed], creative_types: Collection[str] | None) -> Iterable[Placed]:
    if creative_types is None:
        return found
    return (placed for placed in found if creative_type(placed.pin) in creative_types)


def _placed(board: Board, page: tuple[list[Pin], bool]) -> tuple[list[Placed], bool]:
    found, more = page
    return [Placed(pin, board) for pin in found], more


def _gone(pin: Pin) -> Board:
    """Stands for the board of a pin that is being cleaned up after it."""
    return Board(
        id=pin.board_id,
        owner_id="",
        owner_username="",
        name="",
        slug="",
        privacy="",
        created_at="",
        deleted=True,
    )


def _require_pins_scope(board: Board, viewer: Viewer) -> None:
    if not visibility.may_view_pins(board, viewer):
        scopes.require(viewer, (Scope.PINS_READ_SECRET,))


def create(
    viewer: Viewer,
    *,
    board_id: str,
    section_id: str | None,
    media: Media,
    texts: Mapping[str, Any],
    new_uploads: Collection[Upload] = (),
    receipt: Receipt | None = None,
) -> Placed:
    """A new pin. 2 requests; with uploads 2 more and 1 to S3 for each.

    Args:
        texts: any of ``title, description, alt_text, link, dominant_color, parent_pin_id``.

    Raises:
        BoardNotFound, SectionNotFound: nothing that the viewer can see.
        NotPermitted: the viewer may not add to the board.
        ScopeMissing: the board is secret and the token lacks ``pins:write_secret``.
    """
    board = board_service.get(viewer, board_id)
    permissions.require_board(Action.ADD_PIN, board, viewer)
    if new_uploads:
        _upload(new_uploads)
    pin = Pin(
        id=new_id(),
        owner_id=viewer.user_id,
        board_id=board_id,
        section_id=section_id,
        created_at=clock.timestamp(),
        media=media,
        **texts,
    )
    return _add(Placed(pin, board), receipt)


def save(
    viewer: Viewer,
    pin_id: str,
    *,
    board_id: str | None,
    section_id: str | None,
    receipt: Receipt | None = None,
) -> Placed:
    """A copy of a pin the viewer can see, on a board they may write; without a board, on their "Quick saves".

    Raises:
        PinNotFound, BoardNotFound, SectionNotFound: nothing that the viewer can see.
        NotPermitted: the viewer may not add to the board.
    """
    source = get(viewer, pin_id).pin
    board = board_service.get(viewer, board_id) if board_id else _quick_saves(viewer)
    permissions.require_board(Action.ADD_PIN, board, viewer)
    pin = replace(
        source,
        id=new_id(),
        owner_id=viewer.user_id,
        board_id=board.id,
        section_id=section_id,
        parent_pin_id=source.id,
        created_at=clock.timestamp(),
        version=1,
    )
    return _add(Placed(pin, board), receipt)


def update(viewer: Viewer, pin_id: str, changes: Mapping[str, Any], *, version: int | None = None) -> Placed:
    """Change texts, and move the pin when ``board_id`` or ``section_id`` are among the changes.

    On another board the pin is in no section unless one is given.

    Raises:
        PinNotFound, BoardNotFound, SectionNotFound: nothing that the viewer can see.
        NotPermitted: the pin is not the viewer's to change, or they may not add to the new board.
        PreconditionFailed: ``version`` is given and not the current one.
        Conflict: somebody else moved the pin at the same time.
    """
    source = get(viewer, pin_id)
    permissions.require_pin(source.pin, source.board, viewer)
    board_service.require_version(source.pin.version, version)
    before, board = source.pin, source.board
    after = replace(before, **changes)
    if after.board_id != before.board_id:
        board = board_service.get(viewer, after.board_id)
        permissions.require_board(Action.ADD_PIN, board, viewer)
        after = replace(after, section_id=changes.get("section_id"))
    elif "section_id" in changes and after.section_id in board.deleted_section_ids:
        raise SectionNotFound
    if after == before:
        return source
    tx = Transaction()
    pins.update(tx, before, after, version=version, otherwise=_pin_changed(version))
    if after.board_id != before.board_id:
        now = clock.timestamp()
        boards.count_pins(tx, before.board_id, -1, at=now, otherwise=PinNotFound())
        boards.count_pins(tx, after.board_id, 1, at=now, otherwise=BoardNotFound())
    if after.section_id != before.section_id:
        _leave_section(tx, before)
        _enter_section(tx, after)
    tx.commit()
    return Placed(replace(after, version=before.version + 1), board)


def delete(viewer: Viewer, pin_id: str, *, version: int | None = None) -> None:
    """
    Raises:
        PinNotFound: no pin that the viewer can see.
        NotPermitted: it is not the viewer's to delete.
        PreconditionFailed: ``version`` is given and not the current one.
    """
    placed = get(viewer, pin_id)
    pin = placed.pin
    permissions.require_pin(pin, placed.board, viewer)
    board_service.require_version(pin.version, version)
    tx = Transaction()
    pins.delete(tx, pin, version=version, otherwise=_pin_changed(version))
    boards.count_pins(tx, pin.board_id, -1, at=clock.timestamp(), otherwise=PinNotFound())
    _leave_section(tx, pin)
    uploads.dereference(tx, pin)
    tx.commit()


def _add(placed: Placed, receipt: Receipt | None) -> Placed:
    pin = placed.pin
    tx = Transaction()
    if receipt:
        receipt.record(tx, placed)
    pins.put(tx, pin, otherwise=Conflict("Please try again."))
    boards.count_pins(tx, pin.board_id, 1, at=pin.created_at, otherwise=BoardNotFound())
    _enter_section(tx, pin)
    uploads.reference(tx, pin)
    tx.commit()
    return placed


def _enter_section(tx: Transaction, pin: Pin) -> None:
    if pin.section_id:
        boards.enter_section(tx, pin.board_id, pin.section_id, otherwise=SectionNotFound())


def _leave_section(tx: Transaction, pin: Pin) -> None:
    if pin.section_id:
        boards.leave_section(tx, pin.board_id, pin.section_id, otherwise=_moved_meanwhile())


def _upload(new_uploads: Collection[Upload]) -> None:
    tx = Transaction()
    for upload in new_uploads:
        uploads.mark_unused(tx, upload.object_key)
    tx.commit()
    for upload in new_uploads:
        uploads.store(upload.object_key, upload.content, upload.content_type)


def _quick_saves(viewer: Viewer) -> Board:
    board_id = boards.id_by_slug(viewer.user_id, slug(QUICK_SAVES))
    if board_id:
        return board_service.get(viewer, board_id)
    try:
        return board_service.create(viewer, name=QUICK_SAVES)
    except BoardNameTaken as error:
        raise _moved_meanwhile() from error  # another save made it just now


def _moved_meanwhile() -> Conflict:
    return Conflict("The pin was changed at the same time; please try again.")


def _pin_changed(version: int | None) -> Otherwise:
    return lambda standing: board_service.stale(standing, version) if standing else PinNotFound()
