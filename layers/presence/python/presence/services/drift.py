"""Where the discovery indexes differ from what the main table implies, and having them not differ.

Both tables are looked through page by page. The main one tells what is missing: each document's card, its postings,
its place in samples, and a pin's on timelines. The discovery table tells what ought not to be there: a card is held
against its document, what a list or a sample says of a number against the card of that number, and what a timeline says
of a pin against the pin. So no page needs more than itself.

What changes while it is looked at may seem to differ: look again, some time later, before believing it.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import batched
from typing import Any

from presence.domain import postings
from presence.domain.entities import Board, Pin, Profile, Tie
from presence.domain.errors import Conflict
from presence.domain.postings import COUNTED, Posting, Sample
from presence.domain.timelines import is_fence
from presence.domain.trends import Best
from presence.projections.discovery import Subject
from presence.projections.documents import (
    ANY_TOPIC,
    BOARDS,
    KINDS,
    PINS,
    USERS,
    Document,
    name_of,
    topic_of,
    topic_word,
)
from presence.services import blocks, indexing, suggesting, timelines, trending
from presence.storage import index, keys, things
from presence.storage import timelines as stored_timelines
from presence.storage.index import Census, Decoder, Group, StoredList, Write
from presence.storage.keys import Key
from presence.storage.table import Part, Raw

THINGS_AT_ONCE = 200
RENEWED_AT_ONCE = 50
"""All their words' lists may have to be written, within a turn of a second or two."""
ITEMS_AT_ONCE = 25
"""Of the discovery table. A block names up to a thousand numbers, whose cards are read."""
LISTS_AT_ONCE = indexing.LISTS_AT_ONCE


class Flaw(StrEnum):
    CARD_MISSING = "card missing"
    CARD_WRONG = "card wrong"
    CARD_NEEDLESS = "card of what is not to be found"
    POSTING_MISSING = "posting missing"
    POSTING_WRONG = "posting wrong"
    POSTING_NEEDLESS = "posting of what is not to be found by that word"
    SAMPLE_WRONG = "sample wrong"
    """A list's sample says something else than the documents that it stands for."""
    CENSUS_WRONG = "census wrong"
    BLOCKS_UNSETTLED = "blocks as a writer left them that was stopped"
    LIST_LACKING = "list with room for what it dropped"
    TREND_WRONG = "trending board that is not what its card says, or lacks"
    TREND_LACKING = "topic with room for trending boards that it dropped"
    SUGGESTION_WRONG = "suggestion that its list does not imply, or lacks"
    LENGTH_WRONG = "length of a list noted wrong"
    TIMELINE_WRONG = "timeline that a pin does not stand on, or is not where it belongs"
    UNREADABLE = "item that cannot be read, or is none of ours"


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that an index says otherwise than the table implies."""

    flaw: Flaw
    kind: str
    """Of the documents that the index is of; of an item that cannot be read what it is, by its key."""
    word: str = ""
    """Of the list, where it is about one; of a timeline its name."""
    number: int | None = None
    id: str = ""
    """Of the document, where it is known."""
    key: Key | None = None
    """Of an item that cannot be read."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What was found on a page."""

    differences: list[Difference]
    examined: int
    """Documents and ties, or items of the discovery table."""
    after: Key | None
    """What the next page comes after; None: this was the last."""


def missing(part: Part, after: Key | None) -> Seen:
    """Look whether all documents on a page of the main table are indexed."""
    found, last = things.page(part, after, THINGS_AT_ONCE)
    return Seen(look_at_documents(_subjects(found)), len(found), last)


def needless(part: Part, after: Key | None) -> Seen:
    """Look whether all that a page of the discovery table says is so."""
    items, last = index.page(part, after, ITEMS_AT_ONCE)
    unreadable = {each.key: each for each in _unreadable(items)}
    readable = {key: raw for key, raw in items.items() if key not in unreadable}
    return Seen([*unreadable.values(), *_look_at_items(readable)], len(items), last)


def cleared(part: Part, after: Key | None) -> Seen:
    """Have a page of the discovery table say nothing that is not so. Doing it again is harmless.

    Somebody else's posting may go that was written just then, and lists are opened that dropped some: have what is
    there ``renewed`` afterwards.

    Raises:
        Conflict, Throttled, StorageUnavailable: it must be done again.
    """
    seen = needless(part, after)
    mend(seen.differences)
    return seen


def renewed(part: Part, after: Key | None) -> Seen:
    """Have all indexes say of the documents on a page of the main table what they are, and have it be noted whom the
    blocks there hide, which suggestions ask. Doing it again is harmless.

    Raises:
        Conflict, Throttled, StorageUnavailable: it must be done again.
    """
    found, last = things.page(part, after, RENEWED_AT_ONCE)
    # A card that is right says nothing of lists that were lost: all words are set, also where nothing seems to differ.
    truth = indexing.told(_subjects(found))
    indexing.refresh({subject: document.postings if document else () for subject, document in truth.items()}, once=True)
    blocks.note(thing for thing in found if isinstance(thing, Tie))
    return Seen([], len(found), last)


def _subjects(found: Iterable[Board | Pin | Profile | Tie]) -> list[Subject]:
    return [Subject(_KINDS[type(thing)], thing.id) for thing in found if not isinstance(thing, Tie)]


_KINDS = {Board: BOARDS, Pin: PINS, Profile: USERS}


def again(differences: Collection[Difference]) -> list[Difference]:
    """Those that are still there; the items first that cannot be read, since they are in the way of others."""
    words = _by_kind((each.kind, each.word) for each in differences if each.word and each.flaw != Flaw.TIMELINE_WRONG)
    found = {
        *_unreadable(index.read(_keys(differences), consistent=True)),
        *look_at_documents(dict.fromkeys(Subject(each.kind, each.id) for each in differences if each.id)),
        *(each for kind, some in words.items() for each in _look_at_lists(kind, some)),
        *_look_at_censuses({each.kind for each in differences if each.flaw == Flaw.CENSUS_WRONG}),
        *_look_at_trends(_topics(differences, Flaw.TREND_WRONG, Flaw.TREND_LACKING)),
        *_look_at_timelines(_lines(differences)),
    }
    return sorted((each for each in dict.fromkeys(differences) if each in found), key=lambda each: each.key is None)


def mend(differences: Collection[Difference]) -> None:
    """Have the indexes say what the table implies where they differed. Doing it again is harmless.

    Lists that lack postings, and topics that lack boards, are opened only: what they lack is missing from then on. So
    is what stood in items that cannot be read: they go, whoever writes them now.

    Raises:
        Conflict, Throttled, StorageUnavailable: it must be done again.
    """
    if not all(index.write_each([_without(key) for key in _keys(differences)])):
        raise Conflict("Others keep changing the same items.")
    untidy = (Flaw.LIST_LACKING, Flaw.BLOCKS_UNSETTLED, Flaw.LENGTH_WRONG)
    for kind, words in _by_kind((each.kind, each.word) for each in differences if each.flaw in untidy).items():
        for some in batched(words, LISTS_AT_ONCE, strict=False):
            indexing.tidy(kind, some)
    trending.reopen(_topics(differences, Flaw.TREND_LACKING))
    touched: dict[Subject, set[str]] = defaultdict(set)
    strays: dict[str, dict[int, set[str]]] = defaultdict(lambda: defaultdict(set))
    cards = _cards(_by_kind((each.kind, each.number) for each in differences if each.number is not None))
    for each in differences:
        if each.number is None:
            continue
        ids = {each.id} if each.id else cards.get((each.kind, each.number), {}).keys()
        words = {each.word} - {""}
        for document_id in ids:
            touched[Subject(each.kind, document_id)] |= words
        if not ids:
            strays[each.kind][each.number] |= words
    indexing.refresh(touched)
    for kind, numbers in strays.items():
        indexing.expel(kind, numbers)
    astray = ((each.kind, each.word) for each in differences if each.flaw == Flaw.SUGGESTION_WRONG)
    for kind, words in _by_kind(astray).items():
        suggesting.settle(kind, dict.fromkeys(words, True))
    timelines.refresh(_lines(differences))


def _keys(differences: Iterable[Difference]) -> list[Key]:
    return [each.key for each in differences if each.key]


def _without(key: Key) -> Group:
    line = stored_timelines.line_of(key[0])
    if key == keys.newest_block(line):
        return stored_timelines.newest_again(line)
    return Group([Write(key, None, revision=None)])


def _lines(differences: Iterable[Difference]) -> timelines.Lines:
    return _by_kind((each.id, each.word) for each in differences if each.flaw == Flaw.TIMELINE_WRONG)


def _topics(differences: Iterable[Difference], *flaws: Flaw) -> set[str]:
    return {topic_of(each.word) or ANY_TOPIC for each in differences if each.flaw in flaws}


# What is compared with what: pure.


type Cards = Mapping[tuple[str, int], Mapping[str, Document]]
"""By kind and number the documents that have it, by id."""


@dataclass(frozen=True, slots=True)
class Indexed:
    """What the indexes of one kind of documents say of some."""

    kind: str
    cards: Cards
    census: Census
    lists: Mapping[str, StoredList] = field(default_factory=dict)


def of_document(document_id: str, document: Document | None, said: Indexed) -> Iterator[Difference]:
    """What a document's card and the census say of it."""
    number = postings.number(document_id)
    card = said.cards.get((said.kind, number), {})
    if card.get(document_id) != document:
        flaw = Flaw.CARD_MISSING if document_id not in card else Flaw.CARD_WRONG
        yield Difference(Flaw.CARD_NEEDLESS if document is None else flaw, said.kind, number=number, id=document_id)
    expected = indexing.strongest(None, _sharing(card, document_id, document))
    if not _is_sampled(said.census.samples[keys.census(said.kind, number)], number, expected):
        yield Difference(Flaw.CENSUS_WRONG, said.kind, number=number, id=document_id)


def of_postings(document: Document, words: Collection[str], said: Indexed) -> Iterator[Difference]:
    """What the lists of some of a document's words say of it."""
    number = postings.number(document.id)
    sharing = _sharing(said.cards.get((said.kind, number), {}), document.id, document)
    for word in words:
        expected = indexing.strongest(word, sharing)
        flaw = expected and _of_posting(said.lists[word], number, expected)
        if flaw:
            yield Difference(flaw, said.kind, word, number, document.id)


def of_list(stored: StoredList, said: Indexed, noted: int) -> Iterator[Difference]:
    """What a list says that its documents' cards do not.

    Args:
        noted: how many blocks it is known to have.
    """
    whole, kind, word = stored.whole, said.kind, stored.word
    sampled = whole.sample.members if whole.sample else {}
    for number in {*sampled, *(number for block in whole.blocks for number in block)}:
        expected = indexing.strongest(word, said.cards.get((kind, number), {}).values())
        flaw = _of_posting(stored, number, expected)
        if flaw:
            yield Difference(flaw, kind, word, number)
    if len(whole.blocks) != noted:
        yield Difference(Flaw.LENGTH_WRONG, kind, word)
    if stored.unsettled:
        yield Difference(Flaw.BLOCKS_UNSETTLED, kind, word)
    if whole.is_lacking:
        yield Difference(Flaw.LIST_LACKING, kind, word)


def _of_posting(stored: StoredList, number: int, expected: Posting | None) -> Flaw | None:
    whole = stored.whole
    told = [block[number] for block in whole.blocks if number in block]
    if told and expected is None:
        return Flaw.POSTING_NEEDLESS
    if told and told != [expected]:
        return Flaw.POSTING_WRONG
    if expected and not told and whole.keeps(number, expected):
        return Flaw.POSTING_MISSING
    if whole.sample is not None and not _is_sampled(whole.sample, number, expected and COUNTED):
        return Flaw.SAMPLE_WRONG
    return None


def of_best(topic_id: str, best: Best, boards: Mapping[str, Document | None]) -> Iterator[Difference]:
    """What a topic's best boards say of some, by id."""
    for board_id, document in boards.items():
        trend = document.trends.get(topic_id, ()) if document else ()
        if best.trends.get(board_id, ()) != best.fitting(board_id, trend):
            number = postings.number(board_id)
            yield Difference(Flaw.TREND_WRONG, BOARDS, topic_word(topic_id), number, board_id)


def _is_sampled(sample: Sample, number: int, expected: Posting | None) -> bool:
    return sample.members.get(number) == (expected if sample.has_room_for(number) else None)


def _sharing(card: Mapping[str, Document], document_id: str, document: Document | None) -> list[Document]:
    """The documents of a number, of which one is known better than its card knows it."""
    others = [each for each in card.values() if each.id != document_id]
    return [*others, document] if document else others


# Reading it.


def look_at_documents(subjects: Iterable[Subject]) -> list[Difference]:
    found: list[Difference] = []
    truth = indexing.told(subjects)
    for kind in dict.fromkeys(subject.kind for subject in truth):
        told = {subject.id: document for subject, document in truth.items() if subject.kind == kind}
        cards = _cards({kind: set(map(postings.number, told))})
        raw = index.read([*keys.censuses(kind), keys.long_lists(kind)], consistent=True)
        census, long = index.census(kind, raw), index.long_lists(raw.get(keys.long_lists(kind)))
        said = Indexed(kind, cards, census)
        for document_id, document in told.items():
            found += of_document(document_id, document, said)
        by_word: dict[str, list[Document]] = defaultdict(list)
        for document in filter(None, told.values()):
            for word in document.postings:
                by_word[word].append(document)
        for some in batched(by_word, LISTS_AT_ONCE, strict=False):
            lists = indexing.read_lists(kind, dict.fromkeys(some, ()), long)
            said = Indexed(kind, cards, census, lists)
            found += [each for word in some for it in by_word[word] for each in of_postings(it, (word,), said)]
    of_pins: timelines.Lines = {subject.id: () for subject in truth if subject.kind == PINS}
    documents = [document for document in truth.values() if document]
    return [*found, *_look_at_trends_of(documents), *_look_at_timelines(of_pins)]


def _unreadable(items: Mapping[Key, Raw]) -> Iterator[Difference]:
    for key, raw in items.items():
        if not all(decoder.can_read(raw) for decoder in _decoders(key)):
            yield Difference(Flaw.UNREADABLE, keys.indexed(key[0])[0], key=key)


def _decoders(key: Key) -> tuple[Decoder[Any], ...]:
    """Of all that an item with this key says."""
    what, kind, name = keys.indexed(key[0])
    told: tuple[Decoder[Any], ...]
    match what, key[1]:
        case keys.CARD, keys.CARD if kind in KINDS and name.isdecimal():
            told = index.cards, index.notes
        case keys.WORD, _ if kind in KINDS and key in index.list_keys(kind, name):
            told = (index.block,)
        case keys.CENSUS, keys.LONG if kind in KINDS:
            told = (index.long_lists,)
        case keys.CENSUS, _ if kind in KINDS and key in keys.censuses(kind):
            told = (index.counted,)
        case keys.SUGGEST, keys.SUGGEST:
            told = (index.suggested,)
        case keys.TREND, keys.TREND if kind == BOARDS:
            told = (index.best,)
        case keys.TIMELINE, keys.NOTE:
            told = (stored_timelines.noted,)
        case keys.TIMELINE, fence if fence == keys.NEWEST or is_fence(fence):
            told = stored_timelines.fence, stored_timelines.entries, stored_timelines.above_fence
        case _:
            told = (index.nothing_of_ours,)
    return (*told, index.revision)


def _look_at_items(items: Mapping[Key, Raw]) -> list[Difference]:
    subjects: list[Subject] = []
    words: dict[str, set[str]] = defaultdict(set)
    censuses: set[str] = set()
    topics: set[str] = set()
    names: dict[str, set[str]] = defaultdict(set)
    lines: dict[str, set[str]] = defaultdict(set)
    for (pk, sk), raw in items.items():
        what, kind, name = keys.indexed(pk)
        if what == keys.CARD:
            subjects += [Subject(kind, document_id) for document_id in index.cards(raw)]
        elif what == keys.WORD:
            words[kind].add(name)
        elif what == keys.CENSUS:
            censuses.add(kind)
        elif what == keys.TREND:
            topics.add(name)
        elif what == keys.TIMELINE and sk != keys.NOTE:
            for pin_id in stored_timelines.entries(raw):
                lines[pin_id].add(stored_timelines.line_of(pk))
        elif what == keys.SUGGEST:
            for of_kind, word in suggesting.words_of(raw):
                names[of_kind].add(word)
    return [
        *_look_at_cards(subjects),
        *(each for kind, some in words.items() for each in _look_at_lists(kind, some)),
        *(each for kind, some in names.items() for each in _look_at_suggestions(kind, some)),
        *_look_at_censuses(censuses),
        *_look_at_trends(topics),
        *_look_at_timelines(lines),
    ]


def _look_at_cards(subjects: Collection[Subject]) -> Iterator[Difference]:
    truth = indexing.told(subjects)
    cards = _cards(_by_kind((subject.kind, postings.number(subject.id)) for subject in truth))
    for subject, document in truth.items():
        number = postings.number(subject.id)
        card = cards.get((subject.kind, number), {})
        if subject.id in card and card[subject.id] != document:
            flaw = Flaw.CARD_WRONG if document else Flaw.CARD_NEEDLESS
            yield Difference(flaw, subject.kind, number=number, id=subject.id)


def _look_at_lists(kind: str, words: Collection[str]) -> Iterator[Difference]:
    key = keys.long_lists(kind)
    long = index.long_lists(index.read([key], consistent=True).get(key))
    is_full = len(long) >= index.MAX_LONG_LISTS
    for some in batched(words, ITEMS_AT_ONCE, strict=False):
        lists = indexing.read_lists(kind, dict.fromkeys(some, ()), dict.fromkeys(some, postings.MAX_BLOCKS))
        numbers = {
            number
            for stored in lists.values()
            for block in (*stored.whole.blocks, stored.whole.sample.members if stored.whole.sample else {})
            for number in block
        }
        said = Indexed(kind, _cards({kind: numbers}), index.census(kind, {}))
        for word, stored in lists.items():
            blocks = len(stored.whole.blocks)
            is_unknown = is_full or not index.is_noted(word)
            yield from of_list(stored, said, long.get(word, blocks if is_unknown else 1))
        yield from _look_at_suggestions(kind, filter(name_of, some))


def _look_at_suggestions(kind: str, words: Iterable[str]) -> Iterator[Difference]:
    yield from (Difference(Flaw.SUGGESTION_WRONG, kind, word) for word in suggesting.astray(kind, words))


def _look_at_censuses(kinds: Iterable[str]) -> Iterator[Difference]:
    for kind in kinds:
        long_key = keys.long_lists(kind)
        found = index.read([*keys.censuses(kind), long_key], consistent=True)
        samples = index.census(kind, found).samples.values()
        members = {number: told for sample in samples for number, told in sample.members.items()}
        cards = _cards({kind: members})
        for number, told in members.items():
            if told != indexing.strongest(None, cards.get((kind, number), {}).values()):
                yield Difference(Flaw.CENSUS_WRONG, kind, number=number)
        long = index.long_lists(found.get(long_key))
        for some in batched(long, ITEMS_AT_ONCE, strict=False):
            lists = indexing.read_lists(kind, dict.fromkeys(some, ()), long)
            yield from (
                Difference(Flaw.LENGTH_WRONG, kind, word)
                for word, stored in lists.items()
                if len(stored.whole.blocks) != long[word]
            )


def _look_at_trends_of(documents: Iterable[Document]) -> Iterator[Difference]:
    boards = {document.id: document for document in documents if document.kind == BOARDS}
    topic_ids = {topic_id for board in boards.values() for topic_id in board.trends}
    for topic_id, (best, _) in trending.read(topic_ids, consistent=True).items():
        about = {board_id: board for board_id, board in boards.items() if topic_id in board.trends}
        yield from of_best(topic_id, best, about)


def _look_at_trends(topic_ids: Iterable[str]) -> Iterator[Difference]:
    for topic_id, (best, _) in trending.read(topic_ids, consistent=True).items():
        numbers = {board_id: postings.number(board_id) for board_id in best.trends}
        cards = _cards({BOARDS: numbers.values()})
        boards = {board_id: cards.get((BOARDS, number), {}).get(board_id) for board_id, number in numbers.items()}
        yield from of_best(topic_id, best, boards)
        if best.is_lacking:
            yield Difference(Flaw.TREND_LACKING, BOARDS, topic_word(topic_id))


def _look_at_timelines(lines: timelines.Lines) -> Iterator[Difference]:
    for line, pin_id in timelines.astray(lines):
        yield Difference(Flaw.TIMELINE_WRONG, PINS, line, id=pin_id)


def _cards(wanted: Mapping[str, Iterable[int]]) -> Cards:
    of = {keys.card(kind, number): (kind, number) for kind, numbers in wanted.items() for number in numbers}
    return {of[key]: index.cards(raw) for key, raw in index.read(of, consistent=True).items()}


def _by_kind[T](pairs: Iterable[tuple[str, T]]) -> dict[str, set[T]]:
    found: dict[str, set[T]] = defaultdict(set)
    for kind, each in pairs:
        found[kind].add(each)
    return found
