"""More ideas for a board: pins that others keep beside its pins, and pins that say what its pins say.

See ``docs/discovery.md``.
"""

from collections import defaultdict
from collections.abc import Collection, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from presence.domain.entities import Pin, Viewer
from presence.projections import documents
from presence.projections.documents import Document
from presence.services import likeness, related, search
from presence.services.access import Seen
from presence.services.paging import Page, PageRequest, fill
from presence.services.pins import Placed
from presence.services.speech import Speech
from presence.storage import index, pins

BESIDE_THINGS = 60
"""Of what lies beside the board's pins elsewhere so many things are looked at."""
SOURCES = 12
"""Boards on which pins are looked for that show these; as many again for copies of what turns out to be hidden."""
SAID, BESIDE = 0.7, 0.3
"""What it counts that a pin says what the board's pins say, and that it lies beside them elsewhere."""
IDEAS_PER_READ = 50
MORE_COPIES = 4
"""Of a thing of which the first copy is hidden so many others are looked at: 2 requests for those of as many things."""
MORE_PINS = 200
"""Of a board that has more than its first pins so many are read too, so that they are no ideas."""


@dataclass(frozen=True, slots=True)
class _Idea:
    """A thing that may belong on a board, with pins that show it; where it lies in the list, whichever of them is
    given; and, once they were read, the one that is.
    """

    digest: str
    copies: Sequence[Pin]
    position: str
    placed: Placed | None = None


def ideas_for(viewer: Viewer, board_id: str, request: PageRequest) -> Page[Placed]:
    """Pins that lie elsewhere beside pins of the board, on boards like it, or say what its pins say, and that it has
    not; each thing once, by the first copy that the viewer may find.

    3 requests for the board, 1 for posting lists of boards and 1 for cards of the 100 boards most like it; 3 for
    posting lists of pins, cards and pins, 1 more where a block hides one of them; 1 for the first pins of each of
    ``SOURCES`` boards; if the board has more than ``FIRST_PINS`` pins, 1 for ``MORE_PINS`` of them, and only if it has
    still more, 1 for each pin that may be given out. Then what ``_found`` takes for each ``IDEAS_PER_READ`` things that
    are looked at, of which there are at most 4 times as many.

    Raises:
        BoardNotFound, BoardMerged, ScopeMissing: as ``related.origin``.
    """
    seen, first_pins = related.origin(viewer, board_id)
    board = documents.described(seen.board, first_pins)
    alike = related.alike(board).window()
    beside = likeness.missed(board, alike)
    speech = Speech(first_pins)
    saying_it, hidden = speech.pins(viewer.user_id)
    elsewhere = _Elsewhere([document for document, _ in alike if document.owner_id not in hidden], beside)
    there = _pins_on(seen, first_pins)

    found = [pin for pin in [*saying_it, *elsewhere.pins()] if pin.board_id != board_id]
    things = _things(found, _things(there))
    order = _ordered(things, beside, speech)
    ideas = [_Idea(digest, things[digest], str(place)) for place, digest in enumerate(order)]

    def read(after: str | None, limit: int) -> tuple[list[_Idea], bool]:
        start = int(after) + 1 if after else 0
        end = start + min(limit, IDEAS_PER_READ)
        return ideas[start:end], end < len(ideas)

    def fitting(some: list[_Idea]) -> list[_Idea]:
        found = _found(viewer, some, elsewhere)
        return found if len(there) >= seen.board.pin_count else _not_on(seen, found)

    page = fill(request, read, fitting)
    return Page([replace(each.placed, place=each.position) for each in page.items if each.placed], page.after)


def _pins_on(seen: Seen, first_pins: Sequence[Pin]) -> list[Pin]:
    """The board's pins, as far as they are read: 1 request if it has more than its first. A request gives 1 MB at most,
    so that of very large pins there may be fewer.
    """
    there = list(first_pins)
    if there and seen.board.pin_count > len(there):
        there += pins.list_on_board(seen.id, after=there[-1].position, limit=MORE_PINS)[0]
    return there


class _Elsewhere:
    """The boards most like the one that is asked for, but for those that a block hides: what they show, their cards
    tell.
    """

    def __init__(self, alike: Sequence[Document], scores: Mapping[str, float]) -> None:
        """
        Args:
            scores: how much each thing belongs on the board that is asked for, by digest.
        """
        self._scores = scores
        on_any = {digest for document in alike for digest in document.contents} & scores.keys()
        self._wanted = sorted(on_any, key=lambda each: (-scores[each], each))[:BESIDE_THINGS]
        self._sources = self._covering(alike, self._wanted)
        self._others = [each for each in alike if each not in self._sources]

    def pins(self) -> list[Pin]:
        """Pins that show what belongs there most: 1 request for each of at most ``SOURCES`` boards."""
        return _showing(self._sources, self._wanted)

    def copies(self, digests: Collection[str]) -> list[Pin]:
        """Pins of other boards that show the same: 1 request for each of at most ``SOURCES``."""
        return _showing(self._covering(self._others, digests), digests)

    def _covering(self, boards: Sequence[Document], digests: Iterable[str]) -> list[Document]:
        """Boards that together show all of it, as far as ``SOURCES`` do: each time the one that adds most to those
        before it.
        """
        left = {digest: self._scores.get(digest, 0.0) for digest in digests}
        taken: list[Document] = []

        def adds(document: Document) -> float:
            return sum(left.get(digest, 0.0) for digest in document.contents)

        while len(taken) < SOURCES and (best := max(boards, key=adds, default=None)) and adds(best) > 0:
            taken.append(best)
            for digest in best.contents:
                left.pop(digest, None)
        return taken


def _showing(boards: Iterable[Document], digests: Collection[str]) -> list[Pin]:
    """The first pins of boards, as far as they show one of the things: 1 request for each board."""
    pins_of = index.in_parallel(related.first_pins, [board.id for board in boards])
    return [pin for of_board in pins_of for pin in of_board if documents.shown_by(pin) in digests]


def _things(found: Iterable[Pin], there: Container[str] = ()) -> dict[str, list[Pin]]:
    """By digest what pins show, but for what is there, with the pins that show it."""
    things: dict[str, list[Pin]] = defaultdict(list)
    for pin in found:
        digest = documents.shown_by(pin)
        if digest and digest not in there:
            things[digest].append(pin)
    return things


def _ordered(things: Mapping[str, list[Pin]], beside: Mapping[str, float], speech: Speech) -> list[str]:
    """The digests of things, what belongs on the board most first, of equals the newest: by their first copies."""
    said = {digest: speech.score(copies[0]) for digest, copies in things.items()}
    lying = {digest: beside.get(digest, 0.0) for digest in things}
    most_said, most_lying = (max(each.values(), default=0.0) or 1.0 for each in (said, lying))

    def place(digest: str) -> tuple[float, int]:
        score = SAID * speech.agreement * said[digest] / most_said + BESIDE * lying[digest] / most_lying
        return -round(score, 6), -int(things[digest][0].id)

    return sorted(things, key=place)


def _found(viewer: Viewer, ideas: Sequence[_Idea], elsewhere: _Elsewhere) -> list[_Idea]:
    """Those of which the viewer may find a copy, each with the first: what ``search.found_pins`` takes for the first
    copies.

    If some of these are hidden, as much once more for the other copies, of which there are at most ``MORE_COPIES`` for
    each; of what has none, they are looked for on at most ``SOURCES`` more boards, 1 request for each. What is hidden
    there too is left out.
    """
    found = _shown(viewer, [idea.copies[0] for idea in ideas])
    if hidden := [idea for idea in ideas if idea.digest not in found]:
        more = elsewhere.copies([idea.digest for idea in hidden if len(idea.copies) == 1])
        others = _things([*(pin for idea in hidden for pin in idea.copies[1:]), *more])
        found |= _shown(viewer, [pin for copies in others.values() for pin in copies[:MORE_COPIES]])
    return [replace(idea, placed=found[idea.digest]) for idea in ideas if idea.digest in found]


def _shown(viewer: Viewer, copies: Sequence[Pin]) -> dict[str, Placed]:
    """By digest the first of its copies that the viewer may find, added by somebody whom they see."""
    placed = search.found_pins(viewer, [pin.id for pin in copies])
    things = _things(pin for pin in copies if pin.id in placed and placed[pin.id].added_by)
    return {digest: placed[first.id] for digest, (first, *_) in things.items()}


def _not_on(seen: Seen, ideas: Sequence[_Idea]) -> list[_Idea]:
    """Those that a board has not: 1 request each."""
    there = index.in_parallel(lambda idea: related.is_on(seen, idea.copies[0]), [*ideas])
    return [idea for idea, is_there in zip(ideas, there, strict=True) if not is_there]
