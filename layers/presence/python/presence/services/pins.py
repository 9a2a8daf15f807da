"""Pins: create, save, read, change and move. ``services.keeping`` deletes them."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from presence.domain import clock
from presence.domain.entities import Board, Media, Pin, Privacy, Viewer
from presence.domain.errors import (
    BoardNameTaken,
    Conflict,
    PinNotFound,
    PresenceError,
    SectionNotFound,
    UserNotFound,
)
from presence.domain.ids import new_id
from presence.domain.slugs import slug
from presence.policies import permissions, scopes, visibility
from presence.policies.permissions import Action
from presence.policies.scopes import Scope
from presence.policies.visibility import Standing
from presence.services import access, accounts, duplicates, uploading
from presence.services import boards as board_service
from presence.services.access import Seen
from presence.services.paging import Page, PageRequest, fill
from presence.services.receipts import Receipt
from presence.services.uploading import Upload
from presence.storage import boards, pins, profiles, standings, uploads
from presence.storage.table import Otherwise, Raw, Transaction

QUICK_SAVES = "Quick saves"


@dataclass(frozen=True, slots=True)
class Placed:
    """A pin and the board it is on, as the viewer sees them: what a pin shows and to whom follows from both."""

    pin: Pin
    seen: Seen
    added_by: str | None = None
    """The username of who added it; None where a block or a deleted account hides them."""
    place: str | None = None
    """Where it lies in the list that is being read, if that is not its board's."""
    duplicate_of: str | None = None
    """Of a pin that was just made: the oldest other pin on its board that shows the same."""

    @property
    def board(self) -> Board:
        return self.seen.board

    @property
    def standing(self) -> Standing:
        return self.seen.standing

    @property
    def id(self) -> str:
        return self.pin.id

    @property
    def position(self) -> str:
        return self.place or self.pin.position

    @property
    def section_id(self) -> str | None:
        """Pins of a deleted section are on the board itself, also while the stream is still at it."""
        return None if self.pin.section_id in self.board.deleted_section_ids else self.pin.section_id


def get(viewer: Viewer, pin_id: str) -> Placed:
    """3 requests, whether the pin is there, hidden or not there.

    Raises:
        PinNotFound: no pin that the viewer can see.
    """
    return visible(look_up(viewer, pin_id))


def visible(found: Placed | None) -> Placed:
    """
    Raises:
        PinNotFound: there is no pin, or it is hidden or in the trash.
    """
    if found is None or found.pin.trashed_at or not visibility.may_view_pins(found.board, found.standing):
        raise PinNotFound
    return found


def look_up(viewer: Viewer, pin_id: str) -> Placed | None:
    """The pin with what the viewer is to its board, for the caller to judge: 3 requests, also when it is not there.

    A pin that is still to follow its merged board is told as it will be where that went.
    """
    pin = pins.get(pin_id)
    # A pin that is not there costs the same as a hidden one, or the difference would tell them apart.
    board_id = pin.board_id if pin else pin_id
    board = boards.get(board_id) or access.gone(board_id)
    if pin and board.merged_into and not board.deleted:
        end, facts = access.followed(viewer, board, also=(pin.owner_id,))
        pin, board = access.carried(pin, board, end), end
    else:
        owner_id = board.owner_id or board_id
        facts = standings.load(
            viewer.user_id,
            people=(owner_id, pin.owner_id if pin else owner_id),
            board_ids=() if owner_id == viewer.user_id else (board_id,),
        )
    if pin is None:
        return None
    return Placed(pin, Seen(board, access.told(viewer, board, facts)), access.names(facts).get(pin.owner_id))


def list_on_board(
    viewer: Viewer, board_id: str, request: PageRequest, creative_types: Collection[str] | None
) -> Page[Placed]:
    """A board's pins, those in sections included, in its order.

    Raises:
        BoardNotFound: no board that the viewer can see.
        ScopeMissing: the board is secret and the token lacks ``pins:read_secret``.
    """
    seen = board_service.get(viewer, board_id)
    require_pins_scope(seen)

    def read(after: str | None, limit: int) -> tuple[list[Placed], bool]:
        found, more = pins.list_on_board(board_id, after=after, limit=limit)
        return [Placed(pin, seen) for pin in found], more

    return _named(fill(request, read, lambda found: _of_types(found, creative_types)), seen)


def list_in_section(viewer: Viewer, board_id: str, section_id: str, request: PageRequest) -> Page[Placed]:
    """A section's pins, in its order.

    Raises:
        BoardNotFound, SectionNotFound: nothing that the viewer can see.
        ScopeMissing: the board is secret and the token lacks ``pins:read_secret``.
    """
    seen, section = board_service.get_section(viewer, board_id, section_id)
    require_pins_scope(seen)

    def read(after: str | None, limit: int) -> tuple[list[Placed], bool]:
        found, more = pins.list_in_section(section.id, after=after, limit=limit)
        return [Placed(pin, seen, place=pin.position_in_section) for pin in found], more

    return _named(fill(request, read), seen)


def _named(page: Page[Placed], seen: Seen) -> Page[Placed]:
    """Who added each pin of a board: no request where that is the board's owner alone, else 1 per 100 facts."""
    others = {placed.pin.owner_id for placed in page.items} - {seen.board.owner_id}
    names = access.names(standings.load(seen.standing.viewer.user_id, people=others))
    names[seen.board.owner_id] = seen.owner_name
    return Page([replace(placed, added_by=names.get(placed.pin.owner_id)) for placed in page.items], page.after)


class Wanted(NamedTuple):
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
        return placed(viewer, found), more

    def visible(found: list[Placed]) -> Iterable[Placed]:
        return (each for each in found if wanted.takes(each) and visibility.may_view_pins(each.board, each.standing))

    return fill(request, read, visible)


def placed(viewer: Viewer, found: Collection[Pin]) -> list[Placed]:
    """Pins of any boards with what the viewer is to each, in a list that is ordered by id: 2 requests, if there are
    at most 100 boards and 100 facts. Nothing is hidden yet.
    """
    on = boards.get_many({pin.board_id for pin in found})
    their_boards = access.ends_of(on)
    facts = standings.load(
        viewer.user_id,
        people={board.owner_id for board in their_boards.values()} | {pin.owner_id for pin in found},
        board_ids=[board.id for board in their_boards.values() if board.owner_id != viewer.user_id],
    )
    names = access.names(facts)

    def seen(board_id: str) -> Seen:
        board = their_boards.get(board_id) or access.gone(board_id)
        return Seen(board, access.told(viewer, board, facts))

    before = {board_id: seen(board_id) for board_id in {pin.board_id for pin in found}}
    return [
        Placed(
            access.carried(pin, on.get(pin.board_id) or before[pin.board_id].board, before[pin.board_id].board),
            before[pin.board_id],
            names.get(pin.owner_id),
            place=pin.id,
        )
        for pin in found
    ]


def creative_type(pin: Pin) -> str:
    """The wire's name for what kind of pin this is."""
    return {"multiple_images": "CAROUSEL", "video": "VIDEO"}.get(pin.media.kind, "REGULAR")


def _of_types(found: Iterable[Placed], creative_types: Collection[str] | None) -> Iterable[Placed]:
    if creative_types is None:
        return found
    return (placed for placed in found if creative_type(placed.pin) in creative_types)


def require_pins_scope(seen: Seen) -> None:
    """Of a board that the viewer may see.

    Raises:
        ScopeMissing: it is secret and the token lacks ``pins:read_secret``.
    """
    if not visibility.may_view_pins(seen.board, seen.standing):
        scopes.require(seen.standing.viewer, (Scope.PINS_READ_SECRET,))


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
    """A new pin. 3 requests; on somebody else's board 1 more; with uploads 1 more and 1 to S3 for each.

    Args:
        texts: any of ``title, description, alt_text, link, dominant_color, parent_pin_id``.

    Raises:
        BoardNotFound, SectionNotFound: nothing that the viewer can see.
        NotPermitted: the viewer may not add to the board.
        ScopeMissing: the board is secret and the token lacks ``pins:write_secret``.
    """
    seen = board_service.get(viewer, board_id)
    permissions.require_board(Action.ADD_PIN, seen.board, seen.standing)
    uploading.store(new_uploads)
    pin = Pin(
        id=new_id(),
        owner_id=viewer.user_id,
        board_id=board_id,
        section_id=section_id,
        created_at=clock.timestamp(),
        media=media,
        **texts,
    )
    return _add(Placed(pin, seen, _own_name(seen)), receipt)


def _own_name(seen: Seen) -> str:
    """Of who adds a pin. On their own board it is at hand; elsewhere 1 request: a token may have a former name."""
    return seen.owner_name if seen.standing.is_owner else accounts.get(seen.standing.viewer).username


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
    seen = board_service.get(viewer, board_id) if board_id else _quick_saves(viewer)
    permissions.require_board(Action.ADD_PIN, seen.board, seen.standing)
    pin = copied(source, new_id(), user_id=viewer.user_id, board_id=seen.id, section_id=section_id)
    return _add(Placed(pin, seen, _own_name(seen)), receipt)


def copied(source: Pin, pin_id: str, *, user_id: str, board_id: str, section_id: str | None) -> Pin:
    """A new pin of a user's that shows what the source shows."""
    return replace(
        source,
        id=pin_id,
        owner_id=user_id,
        board_id=board_id,
        section_id=section_id,
        parent_pin_id=source.id,
        source_board_id=source.board_id,
        created_at=clock.timestamp(),
        rank=None,
        section_rank=None,
        version=1,
    )


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
    permissions.require_pin(source.pin, source.board, source.standing)
    board_service.require_version(source.pin.version, version)
    before, seen = source.pin, source.seen
    after = replace(before, **changes)
    if after.board_id != before.board_id:
        seen = board_service.get(viewer, after.board_id)
        permissions.require_board(Action.ADD_PIN, seen.board, seen.standing)
        after = replace(after, section_id=changes.get("section_id"), rank=None)
    elif "section_id" in changes and after.section_id in seen.board.deleted_section_ids:
        raise SectionNotFound
    if after == before:
        return source
    if after.section_id != before.section_id:
        after = replace(after, section_rank=None)
    tx = Transaction()
    pins.update(tx, before, after, version=version, otherwise=pin_changed(version))
    if after.board_id != before.board_id:
        now = clock.timestamp()
        boards.count_pins(tx, before.board_id, -1, at=now, otherwise=closed(viewer, pin_id))
        boards.count_pins(tx, after.board_id, 1, at=now, otherwise=closed_to_pins(viewer, after.board_id))
    if after.section_id != before.section_id:
        leave_section(tx, before)
        enter_section(tx, after)
    tx.commit()
    return replace(source, pin=replace(after, version=before.version + 1), seen=seen)


def _add(placed: Placed, receipt: Receipt | None) -> Placed:
    pin = placed.pin
    placed = replace(placed, duplicate_of=duplicates.oldest_alike(pin.board_id, (pin,)).get(pin.id))
    tx = Transaction()
    if receipt:
        receipt.record(tx, placed)
    pins.put(tx, pin, otherwise=Conflict("Please try again."))
    closed = closed_to_pins(placed.standing.viewer, pin.board_id)
    boards.count_pins(tx, pin.board_id, 1, at=pin.created_at, otherwise=closed)
    enter_section(tx, pin)
    profiles.count_pins(tx, pin.owner_id, 1, otherwise=UserNotFound())
    uploads.reference(tx, pin)
    tx.commit()
    return placed


def enter_section(tx: Transaction, pin: Pin) -> None:
    if pin.section_id:
        boards.enter_section(tx, pin.board_id, pin.section_id, otherwise=SectionNotFound())


def leave_section(tx: Transaction, pin: Pin) -> None:
    if pin.section_id:
        boards.leave_section(tx, pin.board_id, pin.section_id, otherwise=moved_meanwhile())


def _quick_saves(viewer: Viewer) -> Seen:
    board_id = boards.id_by_slug(viewer.user_id, slug(QUICK_SAVES))
    if board_id:
        return board_service.get(viewer, board_id)
    try:
        return board_service.create(viewer, name=QUICK_SAVES)
    except BoardNameTaken as error:
        raise moved_meanwhile() from error  # another save made it just now


def moved_meanwhile() -> Conflict:
    return Conflict("The pin was changed at the same time; please try again.")


def pin_changed(version: int | None) -> Otherwise:
    """What stands where a pin's condition failed: one that is in the trash is gone."""

    def told(standing: Raw | None) -> Exception:
        return board_service.stale(version)(standing) if standing and "trashed_at" not in standing else PinNotFound()

    return told


def closed(viewer: Viewer, pin_id: str) -> Otherwise:
    """What a change of a pin is told whose condition failed on the board: what a request that begins now is told."""

    def told_now(_: Raw | None) -> Exception:
        try:
            placed = get(viewer, pin_id)
            permissions.require_pin(placed.pin, placed.board, placed.standing)
        except PresenceError as error:
            return error
        return moved_meanwhile()

    return told_now


def closed_to_pins(viewer: Viewer, board_id: str) -> Otherwise:
    return access.closed(viewer, board_id, Action.ADD_PIN, moved_meanwhile())
