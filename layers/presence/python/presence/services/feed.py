"""The home feed: the pins on the boards that the viewer follows, newest first, gathered when it is read.

Each followed user, and each board that is followed itself, has a timeline (``services.timelines``). They are merged as
far as the page needs, and what they name is read from the main table and judged anew: they may be a moment behind.
"""

import heapq
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from presence.domain.entities import BoardFollow, Viewer
from presence.domain.errors import InvalidParameter
from presence.domain.timelines import BOTTOM
from presence.policies import visibility
from presence.projections.timelines import lines, of_board, of_user
from presence.services import pins as pin_service
from presence.services.access import Seen
from presence.services.paging import MAX_READ, Page, PageRequest, fill
from presence.services.pins import Placed
from presence.storage import index, pins, ties, timelines
from presence.storage.timelines import Stored

MOST_FOLLOWED = 500
"""Of the people whom one follows, and of the boards, the latest; the pins of others are not in the feed."""
PINS_PER_READ = 100
MOST_READS = 100


@dataclass(frozen=True, slots=True)
class _Entry:
    """What a timeline says, and, once it was read and may be shown, the pin itself."""

    pin_id: str
    board_id: str
    placed: Placed | None = None

    @property
    def position(self) -> str:
        return self.pin_id


def read(viewer: Viewer, request: PageRequest) -> Page[Placed]:
    """Others' pins on followed boards that the viewer may see: those of followed people as far as they are listed to
    them, and those that are followed themselves, but for SECRET and archived ones.

    2 requests for what is followed; 1 for each 100 of that; 1 for each that has more than a block of pins above the
    place where the page begins, or runs out of a block on the page; 4 for the page's pins (and 4 for each 100 more
    that have to be looked at because some are hidden).

    Raises:
        InvalidParameter: very many pins in a row are on followed people's boards that are not followed.
    """
    merged = _newest_first(_followed(viewer), request.after)
    hidden: set[str] = set()
    """Boards that turned out not to be shown: what else is on them need not be read."""

    def take(_: str | None, limit: int) -> tuple[list[_Entry], bool]:
        """What comes after what was taken before."""
        taken: list[_Entry] = []
        to_read = min(limit, PINS_PER_READ)
        for entry in merged:
            taken.append(entry)
            to_read -= entry.board_id not in hidden
            if not to_read or len(taken) == MAX_READ:
                return taken, True
        return taken, False

    def shown(taken: list[_Entry]) -> Iterable[_Entry]:
        return _shown(viewer, [entry for entry in taken if entry.board_id not in hidden], hidden.add)

    otherwise = InvalidParameter(
        "bookmark", f"leads to {MOST_READS * MAX_READ:,} pins in a row that are not to be shown"
    )
    page = fill(request, take, shown, most_reads=MOST_READS, otherwise=otherwise)
    return Page([entry.placed for entry in page.items if entry.placed], page.after)


def _followed(viewer: Viewer) -> list[str]:
    """The timelines of whom and what the viewer follows: 2 requests."""
    people, _ = ties.list_following(viewer.user_id, limit=MOST_FOLLOWED)
    boards, _ = ties.list_board_follows(viewer.user_id, limit=MOST_FOLLOWED)
    return [*(of_user(tie.to_id) for tie in people), *(of_board(edge.board_id) for edge in boards)]


def _newest_first(names: list[str], before: str | None) -> Iterator[_Entry]:
    """What the timelines hold, each pin once, older than a pin if one is given."""
    newest = timelines.newest(names)
    if before:
        far = [name for name in names if newest[name].block.fence >= before]
        found = index.in_parallel(lambda name: timelines.older(name, before), far)
        first: dict[str, Stored | None] = {**newest, **dict(zip(far, found, strict=True))}
    else:
        first = {**newest}
    last = ""
    for entry in heapq.merge(*(_line(name, first[name], before) for name in names), key=_id, reverse=True):
        if entry.pin_id != last:
            last = entry.pin_id
            yield entry


def _id(entry: _Entry) -> str:
    return entry.pin_id


def _line(name: str, first: Stored | None, before: str | None) -> Iterator[_Entry]:
    """What one timeline holds; its blocks are read one after the other, when they are asked for."""
    stored = first
    while stored:
        for pin_id, board_id in stored.block.newest_first():
            if before is None or pin_id < before:
                yield _Entry(pin_id, board_id)
        fence = stored.block.fence
        stored = timelines.older(name, fence) if fence != BOTTOM else None


def _shown(viewer: Viewer, entries: list[_Entry], hide_board: Callable[[str], None]) -> Iterator[_Entry]:
    """4 requests for at most 100 pins."""
    found = pins.get_many(entry.pin_id for entry in entries)
    placed = {each.id: each for each in pin_service.placed(viewer, list(found.values()))}
    board_ids = {each.board.id for each in placed.values()}
    said = {
        edge.board_id: edge for edge in ties.get_board_follows((viewer.user_id, each) for each in board_ids).values()
    }
    for entry in entries:
        pin = placed.get(entry.pin_id)
        if pin is None:
            continue
        if not _is_followed(pin.seen, said):
            hide_board(pin.board.id)
        elif not pin.pin.trashed_at and pin.pin.owner_id != viewer.user_id:
            yield replace(entry, placed=pin)


def _is_followed(seen: Seen, said: Mapping[str, BoardFollow]) -> bool:
    """The viewer follows it, and it may stand on a timeline and be shown to them."""
    board, standing = seen.board, seen.standing
    if standing.is_owner or not (lines(board, standing.owner) and visibility.may_view_pins(board, standing)):
        return False
    word = said.get(board.id)
    if word and not word.is_over:
        return word.follows
    return visibility.is_follower(standing.tie) and visibility.may_list_pins(board, standing)
