"""What a user owns, as the lines of an archive: in an order that depends on nothing but the things themselves.

A place is where a line ends; going on from a place gives the lines after it.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from presence.domain.entities import Board, Image, Media, Pin, Profile, Section
from presence.services.archive import line
from presence.services.paging import MAX_READ
from presence.storage import boards, pins, profiles

PHASES = BOARDS, ARCHIVED, PROFILE = "boards", "archived", "profile"


@dataclass(frozen=True, slots=True)
class Place:
    phase: str = BOARDS
    after: str | None = None
    """The position of the last thing of the list that is being read; of boards, the one that is being written."""
    board_id: str | None = None
    """The board whose pins are being written."""
    pin: str | None = None
    """The position on it of the last pin."""
    pins: int = 0
    """How many of its pins are written."""
    cover: int | None = None
    """Which of them was chosen as its cover."""
    has_orders: bool = False
    """Pins of its sections may stand in another order there than on the board."""
    sections: int = 0
    """How many of its sections have had their order written."""


START = Place()


class Written(NamedTuple):
    kind: str
    text: bytes
    place: Place


def of(user_id: str, place: Place) -> Iterator[Written]:
    """The lines after a place: boards in their user's order, the archived ones last, then whom and what they follow,
    then their profile.

    Not among them: what is in the trash, and pins that they added to boards of others.
    """
    profile = profiles.get(user_id)
    if profile is None:
        return
    for phase in PHASES[PHASES.index(place.phase) :]:
        at = place if phase == place.phase else Place(phase)
        if phase == PROFILE:
            yield from _profile(profile, at)
        else:
            yield from _boards(profile, at)


def _boards(owner: Profile, at: Place) -> Iterator[Written]:
    if at.board_id and (begun := boards.get(at.board_id)):
        yield from _rest_of_board(begun, _sections(begun.id), at)
    read = boards.list_archived if at.phase == ARCHIVED else boards.list_of_owner
    after, more = at.after, True
    while more:
        found, more = read(owner.id, after=after, limit=MAX_READ)
        for board in found:
            after = board.position
            place = Place(at.phase, after=after, board_id=board.id)
            sections = _sections(board.id)
            yield Written("board", _board(board, sections, owner.featured_board_ids), place)
            yield from _rest_of_board(board, sections, place)


def _board(board: Board, sections: list[Section], featured: Sequence[str]) -> bytes:
    return line(
        "board",
        name=board.name,
        description=board.description,
        privacy=board.privacy,
        is_ads_only=board.is_ads_only,
        created_at=board.created_at,
        archived_at=board.archived_at,
        featured=featured.index(board.id) if board.id in featured else None,
        sections=[section.name for section in sections],
    )


def _sections(board_id: str) -> list[Section]:
    found = _all(lambda after: boards.list_sections(board_id, after=after, limit=MAX_READ), lambda each: each.id)
    return [section for section in found if not section.deleted]


def _rest_of_board(board: Board, sections: list[Section], at: Place) -> Iterator[Written]:
    """Its pins, which of them is its cover, and the orders of its sections where they are not the board's."""
    numbers = {section.id: number for number, section in enumerate(sections)}
    more = True
    while more:
        found, more = pins.list_on_board(board.id, after=at.pin, limit=MAX_READ)
        for pin in found:
            section = numbers.get(pin.section_id or "")
            at = replace(
                at,
                pin=pin.position,
                pins=at.pins + 1,
                cover=at.pins if pin.id == board.cover_pin_id else at.cover,
                has_orders=at.has_orders or (section is not None and bool(pin.rank or pin.section_rank)),
            )
            yield Written("pin", _pin(pin, section), at)
    if at.cover is not None:
        text = line("cover", pin=at.cover)
        at = replace(at, cover=None)
        yield Written("cover", text, at)
    if at.has_orders:
        yield from _orders(board.id, sections, at)


def _orders(board_id: str, sections: list[Section], at: Place) -> Iterator[Written]:
    """This holds a number for each pin of the board in memory: some 100 bytes each."""
    on_board = _all(lambda after: pins.list_on_board(board_id, after=after, limit=MAX_READ), lambda pin: pin.position)
    numbers = {pin.id: number for number, pin in enumerate(on_board)}
    for section in range(at.sections, len(sections)):
        order = [numbers[pin.id] for pin in _pins_in(sections[section].id) if pin.id in numbers]
        at = replace(at, sections=section + 1)
        if order != sorted(order):
            yield Written("order", line("order", section=section, pins=order), at)


def _pins_in(section_id: str) -> Iterator[Pin]:
    return _all(
        lambda after: pins.list_in_section(section_id, after=after, limit=MAX_READ),
        lambda pin: pin.position_in_section,
    )


def _all[T](read: Callable[[str | None], tuple[list[T], bool]], position: Callable[[T], str]) -> Iterator[T]:
    after, more = None, True
    while more:
        found, more = read(after)
        yield from found
        if found:
            after = position(found[-1])


def _pin(pin: Pin, section: int | None) -> bytes:
    return line(
        "pin",
        section=section,
        title=pin.title,
        description=pin.description,
        alt_text=pin.alt_text,
        link=pin.link,
        dominant_color=pin.dominant_color,
        created_at=pin.created_at,
        media=_stated(
            kind=pin.media.kind,
            images=[_image(image) for image in pin.media.images],
            cover_index=pin.media.cover_index or None,
            video_id=pin.media.video_id,
        ),
    )


def _image(image: Image) -> dict[str, Any]:
    return _stated(
        url=image.url,
        key=image.key,
        width=image.width,
        height=image.height,
        title=image.title,
        description=image.description,
        link=image.link,
    )


def _stated(**facts: Any) -> dict[str, Any]:
    return {name: value for name, value in facts.items() if value is not None and value != []}


PROFILE_TEXTS = ("display_name", "about", "website_url", "location", "pronouns", "avatar", "banner")
PROFILE_FLAGS = ("is_private", "hidden_from_search")


def _profile(profile: Profile, at: Place) -> Iterator[Written]:
    if not at.after:
        facts = {name: getattr(profile, name) for name in (*PROFILE_TEXTS, *PROFILE_FLAGS)}
        yield Written("profile", line("profile", **facts), replace(at, after="written"))


def media_of(facts: dict[str, Any]) -> Media:
    """What a pin's line says that it shows."""
    images = tuple(Image(**image) for image in facts.get("images", ()))
    return Media(facts["kind"], images, facts.get("cover_index", 0), facts.get("video_id"))
