"""Searching boards, pins and people: their posting lists name candidates, their cards order them, and what is given
out is read from the main table and judged anew.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from types import MappingProxyType

from presence.domain import clock, topics
from presence.domain.entities import Viewer, parted, position
from presence.domain.errors import TopicNotFound
from presence.domain.postings import MAX_BLOCKS, number
from presence.domain.words import DEFAULT_LANGUAGE, ideographs, language, stem, words
from presence.policies import visibility
from presence.projections.documents import ANY_TOPIC, BOARDS, PINS, USERS, Document, is_owner, owner_word, topic_word
from presence.services import access, people, relevance, trending
from presence.services import pins as pin_service
from presence.services.access import Seen
from presence.services.paging import BEGINNING, Cut, Page, PageRequest, Place, Read, cuts, fill, written
from presence.services.people import Person
from presence.services.pins import Placed
from presence.services.relevance import Scale, Weighing
from presence.storage import boards, index, keys, pins, standings
from presence.storage.index import Census, ReadList

MAX_WORDS = 24
"""Of a query; what comes after them is not looked for."""
BLOCKS = 8
"""4 read units. Queries of more than so many words read one block for each."""
WINDOW = 100
"""Cards in one request. A search orders so many at a time."""
MAX_CANDIDATES = 1000
"""Nobody pages further; what comes after them is not found."""
REMEMBERED_SECONDS = 60
"""How long a function may go on with what it knows of a whole index."""


@dataclass(frozen=True, slots=True)
class Query:
    """What is looked for."""

    text: str
    kind: str = BOARDS
    language: str | None = None
    """What the text is in; None: as it seems."""
    owner: str | None = None
    """A username: only boards of theirs, or pins on those."""
    updated_since: str | None = None
    """Only boards to which something came since, and pins made since; an RFC 3339 UTC time."""
    min_sections: int = 0
    topic: str | None = None
    """The id of a topic: only boards that are about it, or about one below it."""


@dataclass(frozen=True, slots=True)
class Hit:
    """Something found, where it lies in the list, and, once it was read, itself."""

    document: Document
    score: float
    position: str
    weights: Weighing
    thing: Seen | Placed | Person | None = None


SCALE = "~"
"""What parts in a position where a page ended from what the pages go by."""


def scale_of(after: str | None, words: Sequence[str]) -> Scale | None:
    """By what a list of these words goes, as told by one of its positions."""
    return Scale.read((after or "").partition(SCALE)[2], words)


def cuts_of(after: str) -> Iterator[Cut]:
    """Where a list goes on, as told by one of its positions."""
    return cuts(after.partition(SCALE)[0])


def place_of(document: Document, score: float) -> Place:
    """Where it stands among what a list gives."""
    return _place(score, -int(document.id))


@dataclass(frozen=True, slots=True)
class Ranking:
    """All that fits, what fits best by its lists first; within windows the cards order it."""

    kind: str
    candidates: Sequence[Place]
    """By their numbers."""
    weights: Weighing
    score: Callable[[Document], float]
    """How well a document fits, told by its card."""
    scale: str
    """As it was written: by what all pages of the list go."""

    def in_windows(self, request: PageRequest) -> Read[Hit]:
        """What a page asks for; then, where some of that is hidden or not wanted, not all that is left but the rest of
        a window: 1 request for the cards of each, of which there are at most 10, and 1 more for one that was cut; 1
        more if so many came into a window since the page before that it has over ``WINDOW``.
        """
        enough = request.size + 1

        def read(after: str | None, limit: int) -> tuple[list[Hit], bool]:
            begin, end, last = 0, WINDOW, BEGINNING
            if after:
                *ends, last = cuts_of(after)
                begin, end = (each.end(self.candidates) for each in ends)
            hits: list[Hit] = []
            while begin < len(self.candidates) and len(hits) < enough:
                end = min(max(begin, end), begin + 2 * WINDOW)
                hits += self._hits(begin, end, last)
                begin, end, last = end, end + WINDOW, BEGINNING
            return hits[:limit], begin < len(self.candidates) or len(hits) > limit

        return read

    def _hits(self, begin: int, end: int, last: Cut) -> Iterator[Hit]:
        """Of a window what stands behind a cut. Positions tell where the list goes on: the ends of the window among the
        candidates, which keep in it what was in it, and within it the cut behind the hit.
        """
        window = self.window(begin, end)
        places = [place_of(document, score) for document, score in window]
        ends = [Cut.at(self.candidates, each) for each in (begin, end, end + WINDOW)]
        given = last.end(places)
        for place, (document, score) in enumerate(window[given:], given + 1):
            goes_on = [*ends[:2], Cut.at(places, place)] if place < len(window) else [*ends[1:], BEGINNING]
            yield Hit(document, score, written(goes_on) + SCALE + self.scale, self.weights)

    def window(self, begin: int = 0, end: int | None = None) -> list[tuple[Document, float]]:
        """What some candidates stand for, the first ``WINDOW`` unless told, as far as it fits, the best first: 1
        request for each 100.
        """
        candidates = self.candidates[begin : WINDOW if end is None else end]
        cards = index.read(keys.card(self.kind, number) for _, number in candidates)
        found = (document for raw in cards.values() for document in index.cards(raw).values())
        return [each for each in relevance.ranked(found, self.score) if each[1] > 0]


def search(viewer: Viewer, query: Query, request: PageRequest) -> Page[Hit]:
    """What fits best of what the viewer may see: 1 request for posting lists, 1 for each 100 cards, then as many as
    reading what is found takes.

    Raises:
        UserNotFound, UserMoved: as ``people.user``, of the owner.
    """
    owner_id = people.user(viewer, query.owner).profile.id if query.owner else None
    code = query.language or language(query.text)
    texts = [word.text for word in words(query.text)]
    stems = list(dict.fromkeys(stem(text, code) for text in texts))[:MAX_WORDS]
    if not stems:
        return Page([], None)
    within = [topic_word(query.topic)] if query.topic else []
    within += [owner_word(owner_id)] if owner_id else []
    instead = _instead(texts, stems, code)
    ranking = _ranking(query.kind, stems, code, instead=instead, within=within, after=request.after)
    return page_of(viewer, ranking.in_windows(request), request, query, owner_id)


def _instead(texts: Iterable[str], stems: Sequence[str], code: str) -> dict[str, list[str]]:
    """The stems of a query's words in English too, so that it finds short texts, which are taken for English whatever
    they are in, and those that are found by such stems as well.
    """
    asked, found = {*stems}, dict[str, list[str]]()
    for text in texts:
        word, other = stem(text, code), stem(text, DEFAULT_LANGUAGE)
        if word in stems and other not in asked and len(asked) < MAX_WORDS:
            asked.add(other)
            found.setdefault(word, []).append(other)
    return found


def best_of_topic(viewer: Viewer, topic_id: str, request: PageRequest) -> Page[Hit]:
    """The boards of a topic and of those below it, what is liked and kept most first: as many requests as a search.

    Raises:
        TopicNotFound: there is no such topic.
    """
    if topic_id not in topics.every():
        raise TopicNotFound
    ranking = _ranking(BOARDS, [topic_word(topic_id)], DEFAULT_LANGUAGE, after=request.after)
    return page_of(viewer, ranking.in_windows(request), request, Query("", topic=topic_id))


def trending_boards(viewer: Viewer, window: str, topic_id: str | None, request: PageRequest) -> Page[Hit]:
    """The boards with which others do most of late, of a topic and of those below it if one is given: 1 request for the
    best, 1 for each 100 cards, then as many as reading what is found takes.

    Args:
        window: one of ``trends.WINDOWS``.
    """
    best = trending.best(window, topic_id or ANY_TOPIC)
    unweighed = Weighing((), Scale({}, 1.0, 0), DEFAULT_LANGUAGE)

    def read(after: str | None, limit: int) -> tuple[list[Hit], bool]:
        left = best
        if after:
            board_id, score = parted(after)
            left = [place for place in best if place < (int(score), int(board_id))]
        places = [(str(board_id), score) for score, board_id in left[:limit]]
        cards = index.read(keys.card(BOARDS, number(board_id)) for board_id, _ in places)
        known = {document.id: document for raw in cards.values() for document in index.cards(raw).values()}
        gone = Document(BOARDS, "")
        hits = [
            Hit(known.get(board_id, gone), score, position(board_id, str(score)), unweighed)
            for board_id, score in places
        ]
        return hits, len(left) > limit

    return page_of(viewer, read, request, Query("", topic=topic_id))


def known_of_topics(topic_ids: Iterable[str]) -> list[tuple[Document, float]]:
    """What the index knows of boards about any of the topics, a window of them, the best first, with how well they fit;
    nobody asked whether they are still there and whose they are to see. 2 requests.
    """
    about = [topic_word(topic_id) for topic_id in topic_ids]
    return _ranking(BOARDS, about, DEFAULT_LANGUAGE).window() if about else []


ANYTHING = Query("")


def page_of(
    viewer: Viewer, read: Read[Hit], request: PageRequest, query: Query = ANYTHING, owner_id: str | None = None
) -> Page[Hit]:
    """What the viewer may see of a list, as far as it is wanted."""
    return fill(request, read, lambda hits: shown(viewer, hits, query, owner_id))


def shown(viewer: Viewer, hits: Iterable[Hit], query: Query = ANYTHING, owner_id: str | None = None) -> Iterator[Hit]:
    """Of what an index knows that which is wanted and which the viewer may find, read. Of at most 100 boards: 1 request
    for them and 1 for each 100 facts, of which there are 2 for each owner and 1 for each board, so 2 for 33 boards and
    4 for 100 of as many people. Of pins 1 more, and 2 facts for each who added one. Of people 1 for each 50.
    """
    wanted = [
        hit
        for hit in hits
        if hit.document.id
        and owner_id in (None, hit.document.owner_id)
        and (query.topic is None or topic_word(query.topic) in hit.document.postings)
    ]
    return _READERS[query.kind](viewer, wanted, query)


def _ranking(
    kind: str,
    stems: Sequence[str],
    code: str,
    *,
    instead: Mapping[str, Sequence[str]] = MappingProxyType({}),
    within: Sequence[str] = (),
    after: str | None = None,
) -> Ranking:
    """What has any of the stems: 1 request.

    Args:
        instead: other stems, for what does not have the first; see ``Weighing``.
        within: words for a topic and an owner; only what has them. Of what the lists do not tell since they were not
            read to their ends, the cards do; what these lists tell of comes before what they may have dropped.
        after: a position of the list, which tells by what it goes.
    """
    asked = [*stems, *(other for each in instead.values() for other in each)]
    told = scale_of(after, [*asked, *within])
    long = known_lengths(kind)
    blocks = told.blocks if told else _plan(asked, long) | _plan_within(within, long)
    lists, census = read_lists(kind, blocks)
    bounds = [lists.pop(word, None) for word in within]
    scale = told or Scale.now(blocks, lists, census, today())
    lists = {word: lists[word] for word in scale.rarities if word in lists}
    weights = Weighing(stems, scale, code, instead)
    scores = relevance.candidates(lists, weights)
    is_told = all(found.is_read for found in lists.values())
    if not all(bounds):
        scores = {}
    elif ends := [bound.numbers() for bound in bounds if bound and bound.is_read]:
        scores = {each: scores.get(each, 0.0) for each in set.intersection(*ends) if each in scores or not is_told}
    cut_off = [bound.numbers() for bound in bounds if bound and not bound.is_read]
    candidates = best(scores, set.intersection(*cut_off) if cut_off else ())
    goes_by = scale.written([*asked, *within])
    return Ranking(kind, candidates, weights, lambda document: relevance.score(document, weights), goes_by)


def known_lengths(kind: str) -> Mapping[str, int] | None:
    """How many blocks long lists have; None: not known."""
    return _known(kind).long


def read_lists(kind: str, blocks: Mapping[str, int]) -> tuple[dict[str, ReadList], Census]:
    """The lists of words that any document has, and how many documents there are: 1 request per 100 blocks.

    Args:
        blocks: how many to read of the list of each word.
    """
    known = _known(kind)
    wanted = [key for word, number in blocks.items() for key in index.list_keys(kind, word, number)]
    is_old = known.is_old
    found = index.read([*wanted, *keys.censuses(kind), keys.long_lists(kind)] if is_old else wanted)
    if is_old:
        known.learn(index.census(kind, found), index.long_lists(found.get(keys.long_lists(kind))))
    return {word: read for word in blocks if (read := index.read_list(kind, word, found))}, known.census


def best(scores: Mapping[int, float], likely: Collection[int] = ()) -> list[Place]:
    """What fits best, in that order, by number.

    Args:
        likely: what is there before others if not all can be.
    """
    places = sorted(_place(score, number) for number, score in scores.items())
    if likely and len(places) > MAX_CANDIDATES:
        places = sorted(sorted(places, key=lambda place: place[1] not in likely)[:MAX_CANDIDATES])
    return places[:MAX_CANDIDATES]


def _place(score: float, number: int) -> Place:
    return -round(score * 10**6), number


def today() -> int:
    """In days since the epoch."""
    return int(clock.now() // clock.DAY)


def _plan(stems: Sequence[str], long: Mapping[str, int] | None) -> dict[str, int]:
    """How many blocks to read of each word's list: one, and what is left to those that have more, the shortest first:
    the rarer a word, the more it tells.

    Args:
        long: how many blocks lists have; None: not known, and all get the same.
    """
    if long is None:
        return dict.fromkeys(stems, max(1, min(BLOCKS // len(stems), MAX_BLOCKS)))
    plan = dict.fromkeys(stems, 1)
    left = BLOCKS - len(stems)
    for word in sorted(stems, key=lambda each: long.get(each, 1)):
        more = max(0, min(long.get(word, 1) - 1, left))
        plan[word] += more
        left -= more
    return plan


def _plan_within(words: Iterable[str], long: Mapping[str, int] | None) -> dict[str, int]:
    """Of these the lists are read to their ends. How long those of owners are is noted nowhere."""
    return {word: MAX_BLOCKS if long is None or is_owner(word) else long.get(word, 1) for word in words}


class _Known:
    """What a function remembers of a whole index for a while, so that searches need not read it."""

    def __init__(self) -> None:
        self.census = index.census("", {})
        self.long: Mapping[str, int] | None = None
        self._read_at = 0.0

    @property
    def is_old(self) -> bool:
        return clock.now() - self._read_at > REMEMBERED_SECONDS

    def learn(self, census: Census, long: Mapping[str, int]) -> None:
        self.census, self.long, self._read_at = census, long, clock.now()


@cache
def _known(kind: str) -> _Known:  # noqa: ARG001 - one for each kind
    return _Known()


def _boards(viewer: Viewer, hits: Sequence[Hit], query: Query) -> Iterator[Hit]:
    found = boards.get_many(hit.document.id for hit in hits)
    seen = {each.id: each for each in access.before(viewer, found.values())}
    for hit in hits:
        board = seen.get(hit.document.id)
        if board and _is_found(board) and _is_wanted_board(board, query):
            yield _with(hit, board)


def _pins(viewer: Viewer, hits: Sequence[Hit], query: Query) -> Iterator[Hit]:
    placed = found_pins(viewer, [hit.document.id for hit in hits])
    for hit in hits:
        pin = placed.get(hit.document.id)
        if pin and _is_since(pin.pin.created_at, query):
            yield _with(hit, pin)


def found_pins(viewer: Viewer, pin_ids: Iterable[str]) -> dict[str, Placed]:
    """Of pins those that are still to be found, and by this viewer, by id: 3 requests for at most 100."""
    placed = pin_service.placed(viewer, list(pins.get_many(pin_ids).values()))
    return {each.id: each for each in placed if not each.pin.trashed_at and _is_found(each.seen)}


def _users(viewer: Viewer, hits: Sequence[Hit], _: Query) -> Iterator[Hit]:
    facts = standings.load(viewer.user_id, people=[hit.document.id for hit in hits])
    for hit in hits:
        profile, tie = facts.profiles.get(hit.document.id), facts.ties.get(hit.document.id)
        if profile and visibility.is_findable(profile) and visibility.may_see_user(profile, tie):
            yield _with(hit, Person(profile, tie))


_READERS: Mapping[str, Callable[[Viewer, Sequence[Hit], Query], Iterator[Hit]]] = {
    BOARDS: _boards,
    PINS: _pins,
    USERS: _users,
}


def _is_found(seen: Seen) -> bool:
    """It is still to be found, and by this viewer: an index may be a moment behind."""
    board, standing = seen.board, seen.standing
    return visibility.is_discoverable(board, standing.owner) and visibility.may_list_board(board, standing)


def _is_wanted_board(seen: Seen, query: Query) -> bool:
    board = seen.board
    return board.section_count >= query.min_sections and _is_since(board.pins_modified_at or board.created_at, query)


def _is_since(time: str, query: Query) -> bool:
    return query.updated_since is None or time >= query.updated_since


def _with(hit: Hit, thing: Seen | Placed | Person) -> Hit:
    return replace(hit, thing=thing)


def highlights(hit: Hit, text: str) -> list[tuple[int, int]]:
    """Which parts of a text, in characters, are what it was found by. Words may overlap; parts do not."""
    codes = {hit.weights.language, language(text), DEFAULT_LANGUAGE}
    parts: list[tuple[int, int]] = []
    for word in sorted((*words(text), *ideographs(text)), key=lambda word: word.start):
        if any(stem(word.text, code) in hit.weights.scale.rarities for code in codes):
            begin, end = parts.pop() if parts and word.start < parts[-1][1] else (word.start, word.end)
            parts.append((begin, max(end, word.end)))
    return parts
