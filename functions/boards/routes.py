"""Boards, their sections, and the pins on them."""

from collections.abc import Callable
from typing import Any

from presence.domain.entities import Section
from presence.domain.errors import PayloadTooLarge
from presence.http import board_views, params, views
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
from presence.services import audience, boards, bulk, keeping, merging, pins, shaping
from presence.services.access import Seen
from presence.services.bulk import Outcome

router = Router()

READ = (Scope.BOARDS_READ,)
WRITE = (Scope.BOARDS_READ, Scope.BOARDS_WRITE)
READ_PINS = (Scope.BOARDS_READ, Scope.PINS_READ)
WRITE_PINS = (*WRITE, Scope.PINS_READ, Scope.PINS_WRITE)
PAGING = (PAGE_SIZE, BOOKMARK, FIELDS)

_PRIVACIES = {
    "ALL": ("PUBLIC", "PROTECTED", "SECRET"),
    "PUBLIC": ("PUBLIC",),
    "PROTECTED": ("PROTECTED",),
    "SECRET": ("SECRET",),
    "PUBLIC_AND_SECRET": ("PUBLIC", "SECRET"),
}
PRIVACY: Param[str] = choice("privacy", "ALL", tuple(_PRIVACIES), "Only boards of this privacy.")
OF_WHOM: Param[str | None] = Param(
    "viewer",
    params.username,
    None,
    {"type": "string", "maxLength": params.USERNAME_MAX},
    "The username of whom to ask about; without it, somebody who has nothing to do with the owner.",
)
ARCHIVED = flag("archived", "The caller's archived boards instead.")


@router.post("/boards", scopes=WRITE, body="BoardCreate", answer="Board")
def create_board(call: Call) -> Any:
    """Create a board."""
    draft = call.body()
    return call.once(lambda receipt: boards.create(call.viewer, **dict(draft), receipt=receipt), _board)


@router.get("/boards", scopes=READ, answer="BoardPage", params=(*PAGING, PRIVACY, ARCHIVED))
def list_boards(call: Call) -> Any:
    """List the caller's boards in their order, then the boards of others on which they collaborate."""
    privacy, archived = call[PRIVACY], call[ARCHIVED]
    context = (privacy, str(archived))
    page = boards.list_own(call.viewer, call.page_request(*context), _PRIVACIES[privacy], are_archived=archived)
    return call.page(page, views.board, *context)


@router.get("/boards/{board_id}", scopes=READ, answer="Board", params=(FIELDS,), etag=True)
def get_board(call: Call) -> Any:
    """Get a board."""
    return call.one(*_board(boards.get(call.viewer, call.id("board_id"))))


@router.patch("/boards/{board_id}", scopes=WRITE, body="BoardUpdate", answer="Board")
def update_board(call: Call) -> Any:
    """Change a board's name, description, privacy or topics."""
    changes = call.body().given()
    board = boards.update(
        call.viewer,
        call.id("board_id"),
        **changes,
        clear_description="description" in changes and changes["description"] is None,
        clear_topics="topics" in changes and changes["topics"] is None,
        version=call.if_match(),
    )
    return call.one(*_board(board))


@router.delete("/boards/{board_id}", scopes=WRITE)
def delete_board(call: Call) -> Any:
    """Put a board with its sections and pins into the trash, where it can be restored for 30 days."""
    keeping.delete_board(call.viewer, call.id("board_id"), version=call.if_match())
    return no_content()


@router.post("/boards/{board_id}/archive", scopes=WRITE, answer="Board")
def archive_board(call: Call) -> Any:
    """Put a board away: its members see it and nobody changes it until it is restored."""
    board_id = call.id("board_id")
    return call.once(lambda receipt: keeping.archive(call.viewer, board_id, receipt=receipt), _board)


@router.post("/boards/{board_id}/restore", scopes=WRITE, body="BoardRestore", answer="Board")
def restore_board(call: Call) -> Any:
    """Bring a board back from the trash (under another name, if one is given) or from the archive."""
    board_id, name = call.id("board_id"), call.body().name
    return call.once(lambda receipt: keeping.restore(call.viewer, board_id, name=name, receipt=receipt), _board)


@router.post("/boards/{board_id}/merge", scopes=WRITE, body="BoardMerge", answer="Board")
def merge_board(call: Call) -> Any:
    """Bring all that is on a board to another one of the caller's; the old id answers where it went."""
    board_id, into = call.id("board_id"), call.body().into
    return call.once(lambda receipt: merging.merge(call.viewer, board_id, into, receipt=receipt), _board)


@router.patch("/boards/{board_id}/position", scopes=WRITE, body="Position", answer="Board")
def move_board(call: Call) -> Any:
    """Put a board right behind another of the caller's, or before all."""
    board_id, after = call.id("board_id"), call.body().after
    return call.one(*_board(shaping.move_board(call.viewer, board_id, after, version=call.if_match())))


@router.patch("/boards/{board_id}/cover", scopes=WRITE, body="CoverChoice", answer="Board")
def choose_cover(call: Call) -> Any:
    """Show a pin's picture first on the board's cover, or (null) that of whichever pin is first."""
    board_id, pin_id = call.id("board_id"), call.body().pin_id
    return call.one(*_board(shaping.choose_cover(call.viewer, board_id, pin_id, version=call.if_match())))


@router.get(
    "/boards/{board_id}/pins",
    scopes=READ_PINS,
    answer="PinPage",
    params=(*PAGING, CREATIVE_TYPES, PIN_METRICS),
)
def list_board_pins(call: Call) -> Any:
    """List a board's pins, those in sections included, in its order; the newest come first until they are moved."""
    types = call[CREATIVE_TYPES]
    context = ",".join(types or ())
    page = pins.list_on_board(call.viewer, call.id("board_id"), call.page_request(context), types)
    return call.page(page, views.pin, context)


@router.post("/boards/{board_id}/pins/move", scopes=WRITE_PINS, body="ManyPins", answer="PinOutcomes")
def move_pins(call: Call) -> Any:
    """Move up to 100 pins to the top of this board, and of one of its sections, the first one uppermost."""
    return _many(call, bulk.move)


@router.post("/boards/{board_id}/pins/copy", scopes=WRITE_PINS, body="ManyPins", answer="PinOutcomes")
def copy_pins(call: Call) -> Any:
    """Copy up to 100 pins to the top of this board, and of one of its sections, the first one uppermost."""
    return _many(call, bulk.copy)


def _many(call: Call, work: Callable[..., list[Outcome]]) -> Any:
    board_id, asked = call.id("board_id"), call.body()
    if len(asked.pin_ids) > bulk.MAX_PINS:
        raise PayloadTooLarge(f"At most {bulk.MAX_PINS} pins at once.")
    return call.once(
        lambda receipt: work(call.viewer, board_id, asked.pin_ids, section_id=asked.board_section_id, receipt=receipt),
        lambda outcomes: (board_views.outcomes(outcomes), 1),
    )


@router.get("/boards/{board_id}/sections", scopes=READ, answer="SectionPage", params=PAGING)
def list_sections(call: Call) -> Any:
    """List a board's sections in its order; the newest come last until they are moved."""
    page = boards.list_sections(call.viewer, call.id("board_id"), call.page_request())
    return call.page(page, views.section)


@router.post("/boards/{board_id}/sections", scopes=WRITE, body="SectionCreate", answer="Section")
def create_section(call: Call) -> Any:
    """Create a section on a board."""
    board_id, name = call.id("board_id"), call.body().name
    return call.once(lambda receipt: boards.create_section(call.viewer, board_id, name=name, receipt=receipt), _section)


@router.patch("/boards/{board_id}/sections/{section_id}", scopes=WRITE, body="SectionUpdate", answer="Section")
def update_section(call: Call) -> Any:
    """Rename a section."""
    section = boards.update_section(
        call.viewer,
        call.id("board_id"),
        call.id("section_id"),
        name=call.body().name,
        version=call.if_match(),
    )
    return call.one(*_section(section))


@router.patch("/boards/{board_id}/sections/{section_id}/position", scopes=WRITE, body="Position", answer="Section")
def move_section(call: Call) -> Any:
    """Put a section right behind another of its board, or before all."""
    section = shaping.move_section(
        call.viewer,
        call.id("board_id"),
        call.id("section_id"),
        call.body().after,
        version=call.if_match(),
    )
    return call.one(*_section(section))


@router.delete("/boards/{board_id}/sections/{section_id}", scopes=WRITE)
def delete_section(call: Call) -> Any:
    """Delete a section; its pins stay on the board."""
    boards.delete_section(call.viewer, call.id("board_id"), call.id("section_id"), version=call.if_match())
    return no_content()


@router.get("/boards/{board_id}/sections/{section_id}/pins", scopes=READ_PINS, answer="PinPage", params=PAGING)
def list_section_pins(call: Call) -> Any:
    """List a section's pins in its order; the newest come first until they are moved."""
    page = pins.list_in_section(call.viewer, call.id("board_id"), call.id("section_id"), call.page_request())
    return call.page(page, views.pin)


@router.get("/boards/{board_id}/visibility", scopes=READ, answer="Visibility", params=(OF_WHOM, FIELDS), etag=True)
def explain_visibility(call: Call) -> Any:
    """Tell a board's owner whether somebody sees it, and which rules decided. Of a token that has all scopes."""
    explained = audience.explain(call.viewer, call.id("board_id"), call[OF_WHOM])
    return call.one(board_views.explanation(explained), explained.seen.board.version)


@router.post(
    "/boards/{board_id}/visibility/preview", scopes=READ_PINS, body="VisibilityPreview", answer="VisibilityChange"
)
def preview_visibility(call: Call) -> Any:
    """Tell a board's owner who would lose or gain access by another privacy, and which saved copies stay public."""
    preview = audience.preview(call.viewer, call.id("board_id"), call.body().privacy)
    return call.one(board_views.visibility_change(preview), preview.seen.board.version)


def _board(seen: Seen) -> tuple[dict[str, Any], int]:
    return views.board(seen), seen.board.version


def _section(section: Section) -> tuple[dict[str, Any], int]:
    return views.section(section), section.version
