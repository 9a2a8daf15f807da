"""Pins: create, save, read, change and move, delete and restore."""

from typing import Any

from presence.http import views
from presence.http.call import Call, no_content
from presence.http.params import (
    BOOKMARK,
    CREATIVE_TYPES,
    FIELDS,
    PAGE_SIZE,
    PIN_METRICS,
    Param,
    choice,
    flag,
)
from presence.http.routing import Router
from presence.policies.scopes import Scope
from presence.services import keeping, pins, shaping
from presence.services.pins import Placed

router = Router()

READ = (Scope.BOARDS_READ, Scope.PINS_READ)
WRITE = (Scope.BOARDS_READ, Scope.BOARDS_WRITE, Scope.PINS_READ, Scope.PINS_WRITE)

PIN_FILTER: Param[str | None] = choice(
    "pin_filter",
    None,
    ("exclude_native", "exclude_repins", "has_been_promoted"),
    "Leave out pins made here, or saved ones; or only promoted ones (there are none).",
)
PIN_TYPE: Param[str | None] = choice("pin_type", None, ("PRIVATE",), "Only pins on secret boards.")
INCLUDE_PROTECTED = flag("include_protected_pins", "Also pins on protected boards.")


@router.post("/pins", scopes=WRITE, body="PinCreate", answer="NewPin")
def create_pin(call: Call) -> Any:
    """Create a pin on a board or in one of its sections."""
    draft = call.body()
    from presence.http import pictures  # noqa: PLC0415 - only needed here

    media, uploads = pictures.read(draft.media_source)
    return call.once(
        lambda receipt: pins.create(
            call.viewer,
            board_id=draft.board_id,
            section_id=draft.board_section_id,
            media=media,
            texts={name: getattr(draft, name) for name in _TEXTS},
            new_uploads=uploads,
            receipt=receipt,
        ),
        _new_pin,
    )


@router.get(
    "/pins",
    scopes=READ,
    answer="PinPage",
    params=(
        PAGE_SIZE,
        BOOKMARK,
        FIELDS,
        PIN_FILTER,
        PIN_TYPE,
        INCLUDE_PROTECTED,
        CREATIVE_TYPES,
        PIN_METRICS,
    ),
)
def list_pins(call: Call) -> Any:
    """List the pins that the caller added, newest first."""
    wanted = pins.Wanted(
        creative_types=call[CREATIVE_TYPES],
        pin_filter=call[PIN_FILTER],
        protected=call[INCLUDE_PROTECTED],
        secret_only=call[PIN_TYPE] == "PRIVATE",
    )
    context = repr(wanted)
    page = pins.list_own(call.viewer, call.page_request(context), wanted)
    return call.page(page, views.pin, context)


@router.get("/pins/{pin_id}", scopes=READ, answer="Pin", params=(FIELDS, PIN_METRICS), etag=True)
def get_pin(call: Call) -> Any:
    """Get a pin."""
    return call.one(*_pin(pins.get(call.viewer, call.id("pin_id"))))


@router.patch("/pins/{pin_id}", scopes=WRITE, body="PinUpdate", answer="Pin")
def update_pin(call: Call) -> Any:
    """Change a pin's texts, or move it to another board or section."""
    changes = call.body().given()
    if changes.get("board_id", "") is None:
        del changes["board_id"]
    if "board_section_id" in changes:
        changes["section_id"] = changes.pop("board_section_id")
    placed = pins.update(call.viewer, call.id("pin_id"), changes, version=call.if_match())
    return call.one(*_pin(placed))


@router.delete("/pins/{pin_id}", scopes=WRITE)
def delete_pin(call: Call) -> Any:
    """Put a pin into the trash of who added it, where it can be restored for 30 days."""
    keeping.delete_pin(call.viewer, call.id("pin_id"), version=call.if_match())
    return no_content()


@router.post("/pins/{pin_id}/restore", scopes=WRITE, body="PinRestore", answer="Pin")
def restore_pin(call: Call) -> Any:
    """Take a pin out of the trash, to where it was or to the board and section that are given."""
    pin_id, place = call.id("pin_id"), call.body()
    return call.once(
        lambda receipt: keeping.restore_pin(
            call.viewer,
            pin_id,
            board_id=place.board_id,
            to_section="board_section_id" in place.given(),
            section_id=place.board_section_id,
            receipt=receipt,
        ),
        _pin,
    )


@router.patch("/pins/{pin_id}/position", scopes=WRITE, body="PinPosition", answer="Pin")
def move_pin(call: Call) -> Any:
    """Put a pin right behind another on its board (or in its section), or before all."""
    asked = call.body()
    placed = shaping.move_pin(
        call.viewer,
        call.id("pin_id"),
        asked.after,
        in_section=asked.list == "section",
        version=call.if_match(),
    )
    return call.one(*_pin(placed))


@router.post("/pins/{pin_id}/save", scopes=WRITE, body="PinSave", answer="NewPin")
def save_pin(call: Call) -> Any:
    """Save a copy of a pin on one of the caller's boards; without a board, on their "Quick saves"."""
    pin_id, target = call.id("pin_id"), call.body()
    return call.once(
        lambda receipt: pins.save(
            call.viewer,
            pin_id,
            board_id=target.board_id,
            section_id=target.board_section_id,
            receipt=receipt,
        ),
        _new_pin,
    )


_TEXTS = ("title", "description", "alt_text", "link", "dominant_color", "parent_pin_id")


def _pin(placed: Placed) -> tuple[dict[str, Any], int]:
    return views.pin(placed), placed.pin.version


def _new_pin(placed: Placed) -> tuple[dict[str, Any], int]:
    return views.new_pin(placed), placed.pin.version
