"""What a user owns, as the lines of an archive: in an order that depends on nothing but the things themselves.

A place is where a line ends; going on from a place gives the lines after it.
"""

import heapq
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import batched
from typing import Any, NamedTuple

from presence.domain.entities import Board, BoardFollow, Following, Image, Media, Pin, Profile, Section, Tie, Viewer
from presence.policies.scopes import Scope
from presence.policies.visibility import may_feature, may_view_board
from presence.services import access
from presence.services.archive import line
from presence.services.paging import MAX_READ
from presence.storage import boards, pins, profiles, standings, ties

PHASES = BOARDS, ARCHIVED, FOLLOWS, BOARD_FOLLOWS, OPT_OUTS, PROFILE = (
    *("boards", "archived", "follows", "board_follows", "opt_outs"),
    "profile",
)


@dataclass(frozen=True, slots=True)
class Place:
    """How far an archive has been written."""

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
    is_put_away: bool = False
    """It is said already that the board is archived."""
    requested: str | None = None
    """The position of the last follow that was asked for, as ``after`` is that of the last that was approved."""


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
        match phase:
            case "boards" | "archived":
                yield from _boards(profile, at)
            case "follows":
                yield from _follows(profile, at)
            case "board_follows" | "opt_outs":
                yield from _board_follows(profile, at)
            case _:
                yield from _profile(profile, at)


def _boards(owner: Profile, at: Place) -> Iterator[Written]:
    if at.board_id and (begun := boards.get(at.board_id)):
        yield from _rest_of_board(begun, _sections(begun.id), at)
    featured = _featured(owner)
    read = boards.list_archived if at.phase == ARCHIVED else boards.list_of_owner
    after, more = at.after, True
    while more:
        found, more = read(owner.id, after=after, limit=MAX_READ, strict=True)
        for board in found:
            after = board.position
            place = Place(at.phase, after=after, board_id=board.id)
            sections = _sections(board.id)
            yield Written("board", _board(board, sections, featured), place)
            yield from _rest_of_board(board, sections, place)


def _board(board: Board, sections: list[Section], featured: Sequence[str]) -> bytes:
    return line(
        "board",
        name=board.name,
        description=board.description,
        privacy=board.privacy,
        is_ads_only=board.is_ads_only,
        created_at=board.created_at,
        featured=featured.index(board.id) if board.id in featured else None,
        # That it is to have none is said otherwise than by an empty list, which archives leave out.
        topics=",".join(board.topic_ids) if board.topic_ids is not None else None,
        sections=[section.name for section in sections],
    )


def _featured(owner: Profile) -> list[str]:
    """The boards that the profile features, without those that are gone or hidden by now."""
    found = boards.get_many(owner.featured_board_ids, strict=True)
    return [each for each in owner.featured_board_ids if each in found and may_feature(found[each], owner.id)]


def _sections(board_id: str) -> list[Section]:
    found = _all(
        lambda after: boards.list_sections(board_id, after=after, limit=MAX_READ, strict=True),
        lambda each: each.position,
    )
    return [section for section in found if not section.deleted]


def _rest_of_board(board: Board, sections: list[Section], at: Place) -> Iterator[Written]:
    """Its pins, which of them is its cover, and the orders of its sections where they are not the board's, and that
    it is archived: nothing can be added to one that is.
    """
    numbers = {section.id: number for number, section in enumerate(sections)}
    more = True
    while more:
        found, more = pins.list_on_board(board.id, after=at.pin, limit=MAX_READ, strict=True)
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
        for written in _orders(board.id, sections, at):
            at = written.place
            yield written
    if board.archived_at and not at.is_put_away:
        yield Written("archived", line("archived", at=board.archived_at), replace(at, is_put_away=True))


def _orders(board_id: str, sections: list[Section], at: Place) -> Iterator[Written]:
    """This holds a number for each pin of the board in memory: some 100 bytes each."""
    on_board = _all(
        lambda after: pins.list_on_board(board_id, after=after, limit=MAX_READ, strict=True), lambda pin: pin.position
    )
    numbers = {pin.id: number for number, pin in enumerate(on_board)}
    for section in range(at.sections, len(sections)):
        order = [numbers[pin.id] for pin in _pins_in(sections[section].id) if pin.id in numbers]
        at = replace(at, sections=section + 1)
        if order != sorted(order):
            yield Written("order", line("order", section=section, pins=order), at)


def _pins_in(section_id: str) -> Iterator[Pin]:
    return _all(
        lambda after: pins.list_in_section(section_id, after=after, limit=MAX_READ, strict=True),
        lambda pin: pin.position_in_section,
    )


def _all[T](
    read: Callable[[str | None], tuple[list[T], bool]], position: Callable[[T], str], after: str | None = None
) -> Iterator[T]:
    more = True
    while more:
        found, more = read(after)
        yield from found
        if found:
            after = position(found[-1])


_PEOPLE_AT_ONCE = 50


def _follows(owner: Profile, at: Place) -> Iterator[Written]:
    """Whom they follow, the latest first, those who have not approved it included: whether somebody has to approve
    may be another in another account, and the order is the same.
    """
    merged = heapq.merge(
        _all(
            lambda after: ties.list_following(owner.id, after=after, limit=MAX_READ, strict=True), _position, at.after
        ),
        _all(
            lambda after: ties.list_requested(owner.id, after=after, limit=MAX_READ, strict=True),
            _position,
            at.requested,
        ),
        key=lambda tie: tie.since,
        reverse=True,
    )
    for some in batched(merged, _PEOPLE_AT_ONCE, strict=False):
        people = standings.load(owner.id, people=[tie.to_id for tie in some]).profiles
        for tie in some:
            is_approved = tie.following == Following.APPROVED
            at = replace(at, after=tie.position) if is_approved else replace(at, requested=tie.position)
            followed = people.get(tie.to_id)
            if followed and not followed.deleted:
                yield Written("follow", line("follow", username=followed.username), at)


def _board_follows(owner: Profile, at: Place) -> Iterator[Written]:
    """The boards that they follow themselves, the latest first; then, in the boards' order, those that they do not
    want although they follow the owner. What they cannot see any more is left out.
    """
    viewer = Viewer(owner.id, owner.username, frozenset(Scope))
    if at.phase == BOARD_FOLLOWS:
        edges = _all(
            lambda after: ties.list_board_follows(owner.id, after=after, limit=MAX_READ, strict=True),
            _position,
            at.after,
        )
    else:
        edges = _all(
            lambda after: ties.list_said_of_boards(owner.id, after=after, limit=MAX_READ, strict=True),
            _board_id,
            at.after,
        )
    for some in batched(edges, _PEOPLE_AT_ONCE, strict=False):
        found = boards.get_many((edge.board_id for edge in some), strict=True)
        seen = {each.id: each for each in access.before(viewer, found.values())}
        for edge in some:
            at = replace(at, after=edge.position if at.phase == BOARD_FOLLOWS else edge.board_id)
            each = seen.get(edge.board_id)
            said = at.phase == BOARD_FOLLOWS or (not edge.follows and not edge.is_over)
            if said and each and each.standing.owner and may_view_board(each.board, each.standing):
                kind = "board_follow" if edge.follows else "opt_out"
                text = line(kind, owner=each.standing.owner.username, board=each.board.slug)
                yield Written(kind, text, at)


def _position(edge: Tie | BoardFollow) -> str:
    return edge.position


def _board_id(edge: BoardFollow) -> str:
    return edge.board_id


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


PROFILE_PICTURES = ("avatar", "banner")
PROFILE_TEXTS = ("display_name", "about", "website_url", "location", "pronouns", *PROFILE_PICTURES)
PROFILE_FLAGS = ("is_private", "hidden_from_search")


def _profile(profile: Profile, at: Place) -> Iterator[Written]:
    if not at.after:
        facts = {name: getattr(profile, name) for name in (*PROFILE_TEXTS, *PROFILE_FLAGS)}
        yield Written("profile", line("profile", **facts), replace(at, after="written"))


def media_of(facts: dict[str, Any]) -> Media:
    """What a pin's line says that it shows."""
    images = tuple(Image(**image) for image in facts.get("images", ()))
    return Media(facts["kind"], images, facts.get("cover_index", 0), facts.get("video_id"))
