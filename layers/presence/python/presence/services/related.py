"""More like this: boards like a board, and boards on which a pin may belong. ``services.ideas`` has pins for a board.

The board that is asked for is read from the main table, so it may be one that nobody else sees; what it is held against
is what the index knows of boards that everybody may find. See ``docs/discovery.md``.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cached_property

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
from presence.services.paging import BEGINNING, SECOND, Cut, Page, PageRequest, fill, in_turn, written
from presence.services.relevance import Scale, Weighing
from presence.services.search import SCALE, Hit, Ranking
from presence.storage import boards, index, keys, pins, ties

SAID_WORDS = 40
"""Of a board's words so many are looked for, the rarest. With 50 digests and 3 topics that is 93 lists of one block:
46.5 read units."""
OWN_BOARDS = 100
"""Of the viewer's boards so many are looked at, in their order."""
MOST_OWN = 10
"""So many of them come first."""


def boards_like(viewer: Viewer, board_id: str, request: PageRequest) -> Page[Hit]:
    """The boards that the viewer may find and that are most like a board: 3 requests for it, 1 for posting lists, then
    as ``Ranking.in_windows`` and ``_Sight`` say: 7 in all where all of a page of 25 is to be found.

    Raises:
        BoardNotFound, BoardMerged, ScopeMissing: as ``origin``.
    """
    seen, first = origin(viewer, board_id)
    ranking = alike(documents.described(seen.board, first), request.after)
    return fill(request, ranking.in_windows(request), _Sight(viewer).of)


def boards_for_pin(viewer: Viewer, pin_id: str, request: PageRequest) -> Page[Hit]:
    """Boards that do not have what a pin shows, and on which it may belong: the viewer's own that fit, secret ones
    too, then those of others. They say what the pin says, or show what lies beside it where others keep it.

    3 requests for the pin, 1 for the list of boards that show it and 1 for their cards, 1 for posting lists and 1 for
    each 100 cards; 3 for own boards and 1 for each of them that may be given out; for others' as ``Ranking.in_windows``
    and ``_Sight`` say.

    Raises:
        PinNotFound: no pin that the viewer can see.
    """
    pin = pin_service.get(viewer, pin_id).pin
    alone = documents.belonging(pin)
    shown = documents.shown_by(pin)
    ranking = alike(likeness.together(alone, _showing(shown) if shown else ()), request.after, shown)
    own, own_ids = _own(viewer, pin, ranking)
    read, sight = ranking.in_windows(request), _Sight(viewer)

    def mine(after: str | None, limit: int) -> tuple[list[Hit], bool]:
        [cut] = search.cuts_of(after) if after else [BEGINNING]
        begin = cut.end([search.place_of(hit.document, hit.score) for hit in own])
        return own[begin : begin + limit], begin + limit < len(own)

    def others(after: str | None, limit: int) -> tuple[list[Hit], bool]:
        hits, more = read(after, limit)
        return [replace(hit, position=SECOND + hit.position) for hit in hits], more

    def may_be_shown(hits: list[Hit]) -> list[Hit]:
        found = sight.of(hit for hit in hits if not hit.thing and hit.document.id not in own_ids)
        return [hit for hit in hits if hit.thing] + list(found)

    return fill(request, in_turn(mine, others), may_be_shown)


def origin(viewer: Viewer, board_id: str) -> tuple[Seen, list[Pin]]:
    """A board with its first pins: 3 requests, 2 where there is none.

    Raises:
        BoardNotFound, BoardMerged: as ``access.board``.
        ScopeMissing: it is secret and the token lacks ``pins:read_secret``.
    """
    seen = access.board(viewer, board_id)
    pin_service.require_pins_scope(seen)
    return seen, first_pins(board_id)


def first_pins(board_id: str) -> list[Pin]:
    """The ``FIRST_PINS`` of a board: 1 request."""
    return pins.list_on_board(board_id, limit=FIRST_PINS)[0]


def is_on(seen: Seen, pin: Pin) -> bool:
    """Whether a board has a pin that shows the same: 1 request."""
    return bool(pin.media.digest and pins.oldest_alike(seen.id, pin.media.digest, limit=1))


def alike(to: Document, after: str | None = None, unless: str | None = None) -> Ranking:
    """Boards by their likeness to a document, but for those that show a thing: 1 request.

    Args:
        after: a position of the list, which tells by what it goes while the document stays the same.
    """
    words = [*likeness.shown(to), *map(topic_word, to.topics), *likeness.said(to)]
    told = search.scale_of(after, words)
    blocks = told.blocks if told else _plan(to, words)
    lists, census = search.read_lists(BOARDS, blocks)
    scale = told or Scale.now(blocks, lists, census, search.today())
    lists = {word: lists[word] for word in scale.rarities if word in lists}
    weights = Weighing([*lists], scale, DEFAULT_LANGUAGE)
    likeness_of = Likeness(to, scale.rarities, unless)
    scores = likeness_of.candidates(lists)
    # What scores nothing in the end would take the places of what does.
    showing = lists.get(shown_word(unless)) if unless else None
    for number in (postings.number(to.id), *(showing.numbers() if showing else ())):
        scores.pop(number, None)
    return Ranking(BOARDS, search.best(scores), weights, likeness_of.to, scale.written(words))


def _plan(to: Document, words: Iterable[str]) -> dict[str, int]:
    """Of a document's words the best block of each list: that of what is shown, of topics, and of the rarest words, as
    far as their lists' lengths tell.
    """
    said, long = likeness.said(to), search.known_lengths(BOARDS) or {}
    common = sorted(said, key=lambda word: (long.get(word, 1), -said[word], word))[SAID_WORDS:]
    return {word: 1 for word in words if word not in common}


def _showing(digest: str) -> list[Document]:
    """Boards that show a thing, at most ``WINDOW``: 2 requests."""
    word = shown_word(digest)
    lists, _ = search.read_lists(BOARDS, {word: 1})
    numbers = sorted(lists[word].numbers())[: search.WINDOW] if word in lists else []
    cards = index.read(keys.card(BOARDS, number) for number in numbers)
    return [document for raw in cards.values() for document in index.cards(raw).values()]


def _own(viewer: Viewer, pin: Pin, ranking: Ranking) -> tuple[list[Hit], set[str]]:
    """The viewer's own boards that fit best and do not have what the pin shows, and the ids of all that fit best: 2
    requests, 1 for their cards, which tell of those that are to be found what is on them, and 1 for each that fits.
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
    have = index.in_parallel(lambda each: _tells_of(seen[each[0].id]) and is_on(seen[each[0].id], pin), best)
    fitting = [each for each, has in zip(best, have, strict=True) if not has]
    places = [search.place_of(document, score) for document, score in fitting]
    hits = [
        Hit(
            document,
            score,
            written([Cut.at(places, end)]) + SCALE + ranking.scale,
            ranking.weights,
            seen[document.id],
        )
        for end, (document, score) in enumerate(fitting, 1)
    ]
    return hits, {document.id for document, _ in best}


def _tells_of(seen: Seen) -> bool:
    """Whether the token may tell what is on a board; else the board is suggested whether it has the pin or not."""
    return visibility.may_view_pins(seen.board, seen.standing)


class _Sight:
    """What a viewer may find of hits that are read bit by bit.

    2 requests for each bit, 4 for 100 boards of as many people (``search.shown``). After the first, of which some was
    hidden, 1 more, once: it tells whom blocks hide, and their boards are not read, however many there are.
    """

    def __init__(self, viewer: Viewer) -> None:
        self._viewer = viewer
        self._is_first = True

    @cached_property
    def _hidden(self) -> frozenset[str]:
        return ties.get_hidden_people([self._viewer.user_id])[self._viewer.user_id].user_ids

    def of(self, hits: Iterable[Hit]) -> Iterator[Hit]:
        hidden = frozenset() if self._is_first else self._hidden
        self._is_first = False
        return search.shown(self._viewer, [hit for hit in hits if hit.document.owner_id not in hidden])
