"""v5's searches through what is the caller's own: a list of theirs, of which what has the words of a query is left.

There is no index of it: nothing is written for a search that its owner alone can make, and what they just made or
changed is found at once. The price is read units, as many as the listing takes; see ``docs/discovery.md``.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from presence.domain.entities import Board, Pin, Privacy, Viewer
from presence.domain.ids import is_id
from presence.domain.words import has_words
from presence.policies import visibility
from presence.services import boards as board_service
from presence.services import pins as pin_service
from presence.services.access import Seen
from presence.services.paging import Page, PageRequest, fill
from presence.services.pins import Placed
from presence.storage import pins


def search_boards(viewer: Viewer, text: str | None, request: PageRequest) -> Page[Seen]:
    """The viewer's boards, then their group boards, whose name and description have the words; without a text, all.

    Takes what ``boards.list_own`` takes, which reads on as long as nothing fits.

    Raises:
        InvalidParameter: as ``paging.fill``.
    """

    def fits(board: Board) -> bool:
        return text is None or has_words(f"{board.name} {board.description or ''}", text)

    return board_service.list_own(viewer, request, tuple(Privacy), fits=fits)


def search_pins(viewer: Viewer, text: str, request: PageRequest) -> Page[Placed]:
    """The pins that the viewer added whose texts have the words, newest first; or, where the text is ids with commas
    between them, those pins in that order.

    1 request for each 1,000 pins that are looked through (for 100 ids), then 2 for those that fit, more where they
    lie on more than 100 boards.

    Raises:
        InvalidParameter: as ``paging.fill``.
    """
    ids = _ids(text)

    def fits(found: list[_Found]) -> Iterable[_Found]:
        fitting = [each.pin for each in found if each.pin and (ids or has_words(_texts(each.pin), text))]
        for placed in pin_service.placed(viewer, fitting) if fitting else ():
            if not placed.pin.trashed_at and visibility.may_view_pins(placed.board, placed.standing):
                yield _Found(placed.id, placed.pin, placed)

    page = fill(request, _named(viewer, ids) if ids else _added(viewer), fits)
    return Page([each.placed for each in page.items if each.placed], page.after)


@dataclass(frozen=True, slots=True)
class _Found:
    """A place in the list: the pin that lies there, if it is the viewer's, and, once it fits, its board."""

    position: str
    pin: Pin | None
    placed: Placed | None = None


type _Read = Callable[[str | None, int], tuple[list[_Found], bool]]


def _added(viewer: Viewer) -> _Read:
    def read(after: str | None, limit: int) -> tuple[list[_Found], bool]:
        found, more = pins.list_of_owner(viewer.user_id, after=after, limit=limit)
        return [_Found(pin.id, pin) for pin in found], more

    return read


def _named(viewer: Viewer, ids: list[str]) -> _Read:
    def read(after: str | None, limit: int) -> tuple[list[_Found], bool]:
        start = ids.index(after) + 1 if after else 0
        asked = ids[start : start + limit]
        theirs = {pin.id: pin for pin in pins.get_many(asked).values() if pin.owner_id == viewer.user_id}
        return [_Found(each, theirs.get(each)) for each in asked], start + limit < len(ids)

    return read


def _ids(text: str) -> list[str]:
    """The ids that a query is a list of, each once; of words there are none."""
    parts = [part.strip() for part in text.split(",") if part.strip()]
    are_ids = all(map(is_id, parts))  # what has fewer digits is a word: a year, say
    return list(dict.fromkeys(parts)) if are_ids else []


def _texts(pin: Pin) -> str:
    return " ".join(filter(None, (pin.title, pin.description, pin.alt_text)))
