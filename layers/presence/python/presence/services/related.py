"""More like this: boards like a board, and pins that others keep beside its pins.

The board that is asked for is read from the main table, so it may be one that nobody else sees; what it is held against
is what the index knows of boards that everybody may find. See ``docs/discovery.md``.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from presence.domain import postings
from presence.domain.entities import Pin, Viewer
from presence.domain.words import DEFAULT_LANGUAGE
from presence.policies import visibility
from presence.projections import documents
from presence.projections.documents import BOARDS, FIRST_PINS, Document, shown_word, topic_word
from presence.services import access, likeness, relevance, search
from presence.services import pins as pin_service
from presence.services.access import Seen
from presence.services.likeness import Likeness
from presence.services.paging import SECOND, Page, PageRequest, Read, fill, in_turn
from presence.services.pins import Placed
from presence.services.search import Hit, Ranking
from presence.storage import boards, index, keys, pins

SAID_WORDS = 16
"""Of a board's words so many are looked for, the rarest. With 50 digests and 3 topics that is 69 lists of one block:
34.5 read units."""
SOURCES = 12
"""Boards from which ideas are taken."""
IDEAS_PER_READ = 50
OWN_BOARDS = 100
"""Of the viewer's boards so many are looked at, in their order."""
MOST_OWN = 10
"""So many of them come first."""


def boards_like(viewer: Viewer, board_id: str, request: PageRequest) -> Page[Hit]:
    """The boards that the viewer may find and that are most like a board: 3 requests for it, 1 for posting lists, 1 for
    each 100 cards, 2 for what is given out.

    Raises:
        BoardNotFound, BoardMerged, ScopeMissing: as ``_origin``.
    """
    _, origin = _origin(viewer, board_id)
    return search.page_of(viewer, _alike(origin).read, request)


def _origin(viewer: Viewer, board_id: str) -> tuple[Seen, Document]:
    """A board as others are held against it: 3 requests, 2 where there is none.

    Raises:
        BoardNotFound, BoardMerged: as ``access.board``.
        ScopeMissing: it is secret and the token lacks ``pins:read_secret``.
    """
    seen = access.board(viewer, board_id)
    pin_service.require_pins_scope(seen)
    first_pins, _ = pins.list_on_board(board_id, limit=FIRST_PINS)
    return seen, documents.described(seen.board, first_pins)


def _alike(origin: Document, unless: str | None = None) -> Ranking:
    """Boards by their likeness to a document, but for those that show a thing: 1 request."""
    lists, census = search.read_lists(BOARDS, lambda long, _: _plan(origin, long or {}))
    weights = relevance.weighing([*lists], DEFAULT_LANGUAGE, lists, census, search.today())
    alike = Likeness(origin, weights.rarities, unless)
    return Ranking(BOARDS, search.best(alike.candidates(lists)), weights, alike.to)


def _plan(origin: Document, long: Mapping[str, int]) -> dict[str, int]:
    """The best block of each list: that of what is shown, of topics, and of the rarest words, as far as their lists'
    lengths tell.
    """
    said = likeness.said(origin)
    rarest = sorted(said, key=lambda word: (long.get(word, 1), -said[word], word))[:SAID_WORDS]
    return dict.fromkeys([*likeness.shown(origin), *map(topic_word, origin.topics), *rarest], 1)


@dataclass(frozen=True, slots=True)
class _Idea:
    """A pin that may belong on a board, where it lies in the list, and, once it was read, itself."""

    pin: Pin
    position: str
    placed: Placed | None = None


def ideas_for(viewer: Viewer, board_id: str, request: PageRequest) -> Page[Placed]:
    """Pins that lie elsewhere beside pins of the board, or on boards like it, and that it has not; what is on the
    boards most like it, and on most of them, first, each thing once.

    3 requests for the board, 1 for posting lists, 1 for cards of the 100 boards most like it, 1 for the first pins of
    each of ``SOURCES`` of these, 3 for each ``IDEAS_PER_READ`` pins that are looked at; if the board has more than
    ``FIRST_PINS`` pins, 1 for each pin that may be given out.

    Raises:
        BoardNotFound, BoardMerged, ScopeMissing: as ``_origin``.
    """
    seen, origin = _origin(viewer, board_id)
    alike = [each for each in _alike(origin).window(0) if each[1] > 0]
    scores = likeness.missed(origin, alike)
    sources = _sources([document for document, _ in alike], scores)
    found = _one_of_each(index.in_parallel(_first_pins, sources), scores)
    ideas = [_Idea(pin, str(place)) for place, pin in enumerate(found)]

    def read(after: str | None, limit: int) -> tuple[list[_Idea], bool]:
        start = int(after) + 1 if after else 0
        end = start + min(limit, IDEAS_PER_READ)
        return ideas[start:end], end < len(ideas)

    page = fill(request, read, lambda some: _fitting(viewer, some, seen))
    return Page([each.placed for each in page.items if each.placed], page.after)


def _fitting(viewer: Viewer, ideas: Sequence[_Idea], seen: Seen) -> list[_Idea]:
    """Those that the viewer may find, added by somebody whom they see, and that the board has not."""
    found = search.found_pins(viewer, [each.pin.id for each in ideas])
    shown = [replace(each, placed=placed) for each in ideas if (placed := found.get(each.pin.id)) and placed.added_by]
    if seen.board.pin_count <= FIRST_PINS:
        return shown
    there = index.in_parallel(lambda idea: _is_on(seen, idea.pin), shown)
    return [idea for idea, is_there in zip(shown, there, strict=True) if not is_there]


def _is_on(seen: Seen, pin: Pin) -> bool:
    """Whether a board has a pin that shows the same: 1 request."""
    return bool(pin.media.digest and pins.oldest_alike(seen.id, pin.media.digest, limit=1))


def _first_pins(board_id: str) -> Sequence[Pin]:
    return pins.list_on_board(board_id, limit=FIRST_PINS)[0]


def _sources(alike: Sequence[Document], scores: Mapping[str, float]) -> list[str]:
    """Boards that show most of what belongs on a board: each time the one that adds most to those before it."""
    left, taken = dict(scores), list[str]()

    def adds(document: Document) -> float:
        return sum(left.get(digest, 0.0) for digest in document.contents)

    while len(taken) < SOURCES and (best := max(alike, key=adds, default=None)) and adds(best) > 0:
        taken.append(best.id)
        for digest in best.contents:
            left.pop(digest, None)
    return taken


def _one_of_each(boards: Iterable[Sequence[Pin]], scores: Mapping[str, float]) -> list[Pin]:
    """A pin for each thing that is shown, that of the first board, by what it scores; of equals the newest first."""
    first: dict[str, Pin] = {}
    for pin in (pin for of_board in boards for pin in of_board):
        digest = documents.shown_by(pin)
        if digest and digest in scores:
            first.setdefault(digest, pin)
    return [first[digest] for digest in sorted(first, key=lambda each: (-round(scores[each], 6), -int(first[each].id)))]


def boards_for_pin(viewer: Viewer, pin_id: str, request: PageRequest) -> Page[Hit]:
    """Boards that do not have what a pin shows, and on which it may belong: the viewer's own that fit, secret ones
    too, then those of others. They say what the pin says, or show what lies beside it where others keep it.

    3 requests for the pin, 1 for the list of boards that show it and 1 for their cards, 1 for posting lists and 1 for
    each 100 cards; 3 for own boards and 1 for each of them that may be given out; 2 for others'.

    Raises:
        PinNotFound: no pin that the viewer can see.
    """
    pin = pin_service.get(viewer, pin_id).pin
    alone = documents.belonging(pin)
    shown = documents.shown_by(pin)
    ranking = _alike(likeness.together(alone, _showing(shown) if shown else ()), shown)
    own = _own(viewer, pin, ranking)
    own_ids = {hit.document.id for hit in own}

    def others(after: str | None, limit: int) -> tuple[list[Hit], bool]:
        hits, more = ranking.read(after, limit)
        return [replace(hit, position=SECOND + hit.position) for hit in hits], more

    def may_be_shown(hits: list[Hit]) -> list[Hit]:
        found = search.shown(viewer, [hit for hit in hits if not hit.thing and hit.document.id not in own_ids])
        return [hit for hit in hits if hit.thing] + list(found)

    return fill(request, in_turn(_listed(own), others), may_be_shown)


def _showing(digest: str) -> list[Document]:
    """Boards that show a thing, at most ``WINDOW``: 2 requests."""
    word = shown_word(digest)
    lists, _ = search.read_lists(BOARDS, lambda *_: {word: 1})
    numbers = sorted(lists[word].numbers())[: search.WINDOW] if word in lists else []
    cards = index.read(keys.card(BOARDS, number) for number in numbers)
    return [document for raw in cards.values() for document in index.cards(raw).values()]


def _own(viewer: Viewer, pin: Pin, ranking: Ranking) -> list[Hit]:
    """The viewer's own boards that fit best and do not have what the pin shows: 2 requests, 1 for their cards, which
    tell of those that are to be found what is on them, and 1 for each that fits.
    """
    found, _ = boards.list_of_owner(viewer.user_id, after=None, limit=OWN_BOARDS)
    seen = {
        each.id: each
        for each in access.before(viewer, found)
        if each.id != pin.board_id and visibility.may_list_board(each.board, each.standing)
    }
    cards = index.read(keys.card(BOARDS, postings.number(board_id)) for board_id in seen)
    known = {board_id: document for raw in cards.values() for board_id, document in index.cards(raw).items()}
    theirs = (known.get(board_id) or documents.described(each.board) for board_id, each in seen.items())
    best = [each for each in relevance.ranked(theirs, ranking.score) if each[1] > 0][:MOST_OWN]
    have = index.in_parallel(lambda each: _is_on(seen[each[0].id], pin), best)
    fitting = [each for each, has in zip(best, have, strict=True) if not has]
    return [
        Hit(document, score, str(place), ranking.weights, seen[document.id])
        for place, (document, score) in enumerate(fitting)
    ]


def _listed(own: list[Hit]) -> Read[Hit]:
    def read(after: str | None, limit: int) -> tuple[list[Hit], bool]:
        start = int(after) + 1 if after else 0
        return own[start : start + limit], start + limit < len(own)

    return read
