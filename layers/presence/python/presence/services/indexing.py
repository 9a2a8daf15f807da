"""Keeping the indexes true: whatever changed, look at what is there now and have the indexes say that.

Nothing here depends on the order in which changes are told, or how often: documents are read as they are, lists are
sets, every write demands what was read, and in the end what was read is read once more. What changes after that
tells of itself.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import batched, filterfalse
from types import MappingProxyType

from presence.domain import clock, postings
from presence.domain.entities import Board, BoardFollow, Pin, Profile
from presence.domain.errors import Conflict
from presence.domain.ids import made_at, new_id
from presence.domain.postings import CENSUS_SIZE, MAX_BLOCKS, Posting
from presence.domain.trends import Trend
from presence.policies import visibility
from presence.projections import documents
from presence.projections.discovery import Subject
from presence.projections.documents import (
    ANY_TOPIC,
    BOARDS,
    PINS,
    USERS,
    Document,
    name_of,
    topic_of,
    trend_of,
    trend_word,
)
from presence.services import access, suggesting, timelines, trending
from presence.storage import boards, index, keys, pins, profiles, ties
from presence.storage.index import RUN_SECONDS, Card, Group, Notes, StoredList
from presence.storage.keys import Key
from presence.storage.table import Raw

ATTEMPTS = 12
MOST_NOTES = 4
"""On a card: of more than that several are put together."""
LISTS_AT_ONCE = 500
"""So many lists are held in memory: up to 16 KB each."""

type Truth = dict[Subject, Document | None]
type Undone = dict[Subject, Exception | None]
"""Documents that could not be brought up to date, and why; None where no time was left for them."""
type Changes = dict[str, dict[int, Posting | None]]
"""What each word's list is to say of which documents."""


class _Run:
    """What a call of ``refresh`` knows that others do not."""

    def __init__(self, touched: Mapping[Subject, Collection[str]], *, once: bool) -> None:
        self.id = new_id()
        self.named = touched
        """Words that are named again if it fails and comes again, unless they are named but once."""
        self.met = {subject: set[str]() for subject in touched}
        """Words that it came upon besides: what was written once is written again where documents changed meanwhile."""
        self._once = once

    def must_note(self, word: str) -> bool:
        """Whether a word is to be noted though it is named. Names are: of a list that is right it cannot be told
        whether what is suggested was set after it.
        """
        return self._once or bool(name_of(word))

    def to_note(self, subject: Subject) -> set[str]:
        """What nobody else would name, should it be stopped."""
        return {word for word in self.met[subject] if word not in self.named[subject] or self.must_note(word)}

    def look_again(self, subjects: Iterable[Subject]) -> None:
        """Of documents that changed meanwhile, or whose lists say otherwise than their cards: these are written when
        that is noted.
        """
        for subject in subjects:
            self.met[subject].update(filter(self.must_note, self.named[subject]))


class _Number:
    """The documents that share a number, nearly always one, and what is to be said of them."""

    def __init__(self, card: Card) -> None:
        self.card = card
        self.documents = {**card.documents}
        self.subjects: list[Subject] = []
        """Those that are looked at."""
        self.in_doubt: frozenset[str] = frozenset().union(*card.notes.values())
        """Words of which others may have written anything, and were stopped."""
        self.differing: set[str] = set()
        """Words of which the card tells otherwise."""
        self.words = {*self.in_doubt}
        """Words of which all is to be set right: those, and whatever the run named or met."""

    def take(self, run: _Run, subject: Subject, document: Document | None) -> None:
        """A document as it is now."""
        self.subjects.append(subject)
        known = self.documents.pop(subject.id, None)
        if document is not None:
            self.documents[subject.id] = document
        before, after = known.postings if known else {}, document.postings if document else {}
        differing = {word for word in {*before, *after} if before.get(word) != after.get(word)}
        self.differing |= differing
        run.met[subject] |= differing | self.in_doubt
        self.words |= run.met[subject].union(run.named[subject])

    def posting(self, word: str | None) -> Posting | None:
        return strongest(word, self.documents.values())

    def is_given_up(self, word: str) -> bool:
        """Whether it had a name by its card that it has no more, or as another owner's."""
        before, after = strongest(word, self.card.documents.values()), self.posting(word)
        return before is not None and (after is None or after.small != before.small)


def refresh(touched: Mapping[Subject, Collection[str]], *, once: bool = False) -> None:
    """Have the indexes say of each document what it is now.

    Args:
        touched: documents with words that they may have had. Those on their card are known.
        once: whoever comes again, should this be stopped, may name other words.

    Raises:
        Conflict: others kept changing the same; it must come again.
        Throttled, StorageUnavailable: as any request.
    """
    timelines.refresh({subject.id: () for subject in touched if subject.kind == PINS})
    run = _Run(touched, once=once)
    pending = {*touched}
    for _ in range(ATTEMPTS):
        if not pending:
            return
        truth = told(pending)
        later = _write(run, truth)
        pending = later | {subject for subject, document in told(pending).items() if document != truth[subject]}
        run.look_again(pending)
    raise Conflict("Others keep changing the same documents.")


def refresh_apart(touched: Mapping[Subject, Collection[str]], *, until: float) -> Undone:
    """``refresh`` all documents at once; where that fails, each half for itself, so that one cannot hold up the others.
    What was written before it failed is not written again.

    Args:
        until: no half begins after that moment, in seconds since the epoch.

    Gives those that are not done.
    """
    try:
        refresh(touched)
    except Exception as error:  # noqa: BLE001 - whatever it is, the caller has it told
        why = error
    else:
        return {}
    if len(touched) <= 1:
        return dict.fromkeys(touched, why)
    undone: Undone = {}
    for half in batched(touched.items(), (len(touched) + 1) // 2, strict=False):
        some = dict(half)
        undone |= refresh_apart(some, until=until) if clock.now() <= until else dict.fromkeys(some)
    return undone


def told(subjects: Iterable[Subject]) -> Truth:
    """What the documents are now, None where one is not to be found: 1 request per 100 things, their boards (2 where
    boards were merged) and their owners; for each board that is to be found 1 for its first pins, and where it has some
    1 for what was saved from it, and 1 for its followers if it has any.
    """
    wanted = list(subjects)
    ids = {kind: [each.id for each in wanted if each.kind == kind] for kind in documents.KINDS}
    found_pins = pins.get_many(ids[PINS])
    found_boards = boards.get_many(dict.fromkeys([*ids[BOARDS], *(pin.board_id for pin in found_pins.values())]))
    ends = access.ends_of(found_boards)
    owners = profiles.get_many(
        dict.fromkeys([*ids[USERS], *(board.owner_id for board in (*found_boards.values(), *ends.values()))])
    )
    open_boards = [
        board
        for board in map(found_boards.get, ids[BOARDS])
        if board and visibility.is_discoverable(board, _owner(board, owners))
    ]
    around = dict(zip((board.id for board in open_boards), index.in_parallel(_around, open_boards), strict=True))

    def document(subject: Subject) -> Document | None:
        match subject.kind:
            case "boards":
                board = found_boards.get(subject.id)
                return documents.board(board, _owner(board, owners), *around.get(subject.id, ()))
            case "pins":
                pin = found_pins.get(subject.id)
                end = ends.get(pin.board_id) if pin else None
                return documents.pin(pin, end, _owner(end, owners))
            case _:
                return documents.user(owners.get(subject.id))

    return {subject: document(subject) for subject in wanted}


def _around(board: Board) -> tuple[Sequence[Pin], Sequence[Pin], Sequence[BoardFollow]]:
    """Its first pins, the last that were saved from it, and the last follows."""
    first_pins, _ = pins.list_on_board(board.id, limit=documents.FIRST_PINS)
    if not first_pins:
        return (), (), ()
    saves, _ = pins.list_saved_from(board.id, limit=documents.LAST_SAVES)
    # A follow that is not counted yet is looked for when it is.
    follows, _ = ties.list_board_followers(board.id, limit=documents.LAST_FOLLOWS) if board.follower_count else ((), 0)
    return first_pins, saves, follows


def _owner(board: Board | None, owners: Mapping[str, Profile]) -> Profile | None:
    return owners.get(board.owner_id) if board else None


def _write(run: _Run, truth: Truth) -> set[Subject]:
    """Gives the documents of which somebody else wrote something at the same time."""
    later: set[Subject] = set()
    for kind in documents.KINDS:
        of_kind = {subject: document for subject, document in truth.items() if subject.kind == kind}
        if of_kind:
            later |= _write_kind(run, kind, of_kind)
    return later


def _write_kind(run: _Run, kind: str, now: Truth) -> set[Subject]:
    """Notes first, then lists and what stands beside them, then what follows from lists, cards last: a card tells what
    has been written.
    """
    card_keys = {number: keys.card(kind, number) for number in {postings.number(subject.id) for subject in now}}
    long_key = keys.long_lists(kind)
    found = index.read([*card_keys.values(), *_counting(kind, card_keys), long_key], consistent=True)
    numbers = {number: _Number(index.card(found.get(key))) for number, key in card_keys.items()}
    for subject, document in now.items():
        numbers[postings.number(subject.id)].take(run, subject, document)
    trends = _trends(run, numbers.values()) if kind == BOARDS else {}
    noted, late = _note(run, kind, numbers)
    changes = _changes({number: numbers[number] for number in noted})
    trending.settle(
        {
            topic_id: {each: trend for each, trend in of_boards.items() if postings.number(each) in noted}
            for topic_id, of_boards in trends.items()
        }
    )
    unnoted = {
        word: {number for number in of if word not in noted[number].notes.get((run.id,), ())}
        for word, of in changes.items()
        if run.must_note(word)
    }
    written = _write_lists(kind, changes, index.long_lists(found.get(long_key)), late, unnoted)
    in_doubt = set().union(*(numbers[number].in_doubt for number in noted))
    names = {*filter(name_of, written.union(in_doubt, *(numbers[number].differing for number in noted)))}
    given_up = {word for word in names if any(numbers[number].is_given_up(word) for number in changes[word])}
    _settle_names(kind, changes, names, in_doubt | given_up)
    ended = {
        number: Card(numbers[number].documents, _others(run, card.notes), card.revision)
        for number, card in noted.items()
        if number not in late
    }
    # Of documents that share a number lists say what the card said of the others: who changed that must come too late.
    told_of = {number for word in written for number in changes[word]}
    late |= _put(kind, {n: card for n, card in ended.items() if card != noted[n] or n in told_of})[1]
    if not _is_counted(kind, {number: each.posting(None) for number, each in numbers.items()}, found):
        late |= set(numbers)
    return {subject for number in late for subject in numbers[number].subjects}


def _trends(run: _Run, numbers: Iterable[_Number]) -> trending.Told:
    """What the topics, that boards are about or may have been, are to say of them and do not say yet."""
    told_now: dict[str, dict[str, Trend]] = defaultdict(dict)
    for number in numbers:
        topics_met = {*filter(None, (topic_of(word) or trend_of(word) for word in number.words))}
        for subject in number.subjects:
            known, document = (of.get(subject.id) for of in (number.card.documents, number.documents))
            trends = document.trends if document else {}
            for topic_id in {ANY_TOPIC, *trends, *(known.trends if known else ()), *topics_met}:
                told_now[topic_id][subject.id] = trends.get(topic_id, ())
    unsaid = trending.differing(told_now)
    for topic_id, of_boards in unsaid.items():
        for board_id, trend in of_boards.items():
            if trend and topic_id != ANY_TOPIC:  # which all are looked for in, as they are in the topics that they have
                run.met[Subject(BOARDS, board_id)].add(trend_word(topic_id))
    return unsaid


def _note(run: _Run, kind: str, numbers: Mapping[int, _Number]) -> tuple[dict[int, Card], set[int]]:
    """Have the cards name what nobody else would, should the run be stopped between the lists and the cards.

    Gives the cards as they are now, without those that somebody else wrote, and the numbers of these.
    """
    stored = {number: each.card for number, each in numbers.items()}
    noting: dict[int, Card] = {}
    for number, card in stored.items():
        words = set().union(*map(run.to_note, numbers[number].subjects))
        own = card.notes.get((run.id,), frozenset())
        if words - own:
            noting[number] = replace(card, notes={**_folded(_others(run, card.notes)), (run.id,): own | words})
    written, late = _put(kind, noting)
    return {number: card for number, card in {**stored, **written}.items() if number not in late}, late


def _changes(numbers: Mapping[int, _Number]) -> Changes:
    changes: Changes = defaultdict(dict)
    for number, each in numbers.items():
        for word in filterfalse(trend_of, each.words):
            changes[word][number] = each.posting(word)
    return dict(changes)


def _folded(notes: Notes) -> Notes:
    """Several in one where they are many: if runs keep failing each leaves one, of the same words mostly, and an item
    has 400 KB. It stays until the last of its runs is over.
    """
    if len(notes) < MOST_NOTES:
        return notes
    return {tuple(sorted(who for runs in notes for who in runs)): frozenset().union(*notes.values())}


def _others(run: _Run, notes: Notes) -> Notes:
    """Without the run, and those that have long been stopped: here their words have been set right."""
    over = clock.now() - RUN_SECONDS
    left = (
        (tuple(who for who in runs if who != run.id and clock.seconds(made_at(who)) > over), words)
        for runs, words in notes.items()
    )
    return {runs: words for runs, words in left if runs}


def _put(kind: str, wanted: Mapping[int, Card]) -> tuple[dict[int, Card], set[int]]:
    """Gives the cards that were written, and the numbers of those that somebody else wrote at the same time."""
    writes = {number: index.card_write(kind, number, card) for number, card in wanted.items()}
    written = index.write_each([Group([each]) for each in writes.values()])
    late = {number for number, is_written in zip(writes, written, strict=True) if not is_written}
    now = {number: replace(wanted[number], revision=each.becomes) for number, each in writes.items()}
    return now, late


def strongest(word: str | None, sharing: Iterable[Document]) -> Posting | None:
    """What a list says of the documents that share a number; without a word, what the census says."""
    told = [each.postings.get(word) if word is not None else Posting(0, each.length) for each in sharing]
    return max((posting for posting in told if posting), default=None)


def _write_lists(
    kind: str,
    changes: Changes,
    long: Mapping[str, int],
    late: set[int],
    unnoted: Mapping[str, Collection[int]] = MappingProxyType({}),
) -> set[str]:
    """Gives the words whose lists changed, and adds the numbers whose lists somebody else wrote at the same time.

    Args:
        unnoted: by word the numbers of which its list is not to be changed before that is noted. They are late then.
    """
    rewritten: set[str] = set()
    for some in batched(changes, LISTS_AT_ONCE, strict=False):
        lists = read_lists(kind, {word: changes[word] for word in some}, long)
        groups: dict[str, Group] = {}
        for word in some:
            if any(lists[word].whole.put(number, changes[word][number]) for number in unnoted.get(word, ())):
                late.update(changes[word])
            elif group := _list_writes(kind, lists[word], changes[word]):
                groups[word] = group
        written = index.write_each(list(groups.values()))
        rewritten.update(groups)
        late |= {
            number
            for word, is_written in zip(groups, written, strict=True)
            if not is_written
            for number in changes[word]
        }
        _note_long(kind, {word: len(lists[word].whole.blocks) for word in groups}, long)
    return rewritten


def _settle_names(kind: str, changes: Changes, words: Iterable[str], in_doubt: Collection[str] = ()) -> None:
    """What is suggested follows from the lists of names.

    Args:
        in_doubt: words that may have fewer owners than before.
    """
    suggesting.settle(
        kind, {word: word in in_doubt or None in changes[word].values() for word in words if name_of(word)}
    )


def read_lists(kind: str, changes: Mapping[str, Collection[int]], long: Mapping[str, int]) -> dict[str, StoredList]:
    """Most lists have one block: the others' further blocks are read when their first one tells of them."""
    found = index.read(
        [key for word in changes for key in index.list_keys(kind, word, MAX_BLOCKS if word in long else 1)],
        consistent=True,
    )
    longer = [
        word
        for word, coming in changes.items()
        if word not in long and index.may_need_more(found.get(keys.block(kind, word, 0)), len(coming))
    ]
    if longer:
        found |= index.read([key for word in longer for key in index.list_keys(kind, word)[1:]], consistent=True)
    return {word: index.stored_list(kind, word, found) for word in changes}


def expel(kind: str, strays: Mapping[int, Collection[str]]) -> None:
    """Take out of lists and the census what no card stands behind, by number with the words of the lists.

    A posting that was only just written, before its card, goes with them: have looked twice before.

    Raises:
        Conflict: somebody else wrote the same at the same time.
    """
    wanted = {number: keys.card(kind, number) for number in strays}
    long_key = keys.long_lists(kind)
    found = index.read([*wanted.values(), long_key, *_counting(kind, strays)], consistent=True)
    changes: Changes = defaultdict(dict)
    for number, words in strays.items():
        if not index.cards(found.get(wanted[number])):
            for word in words:
                changes[word][number] = None
    late: set[int] = set()
    _write_lists(kind, changes, index.long_lists(found.get(long_key)), late)
    _settle_names(kind, changes, changes)
    gone = {number: None for number, key in wanted.items() if not index.cards(found.get(key))}
    if late or not _is_counted(kind, gone, found):
        raise Conflict("Others keep changing the same lists.")


def tidy(kind: str, words: Collection[str]) -> None:
    """Open lists again that dropped postings and have room by now, for whoever sets what is missing, and have the first
    blocks tell of those that a writer left that was stopped.

    Raises:
        Conflict: somebody else wrote the same at the same time.
    """
    key = keys.long_lists(kind)
    long = index.long_lists(index.read([key], consistent=True).get(key))
    lists = read_lists(kind, dict.fromkeys(words, ()), dict.fromkeys(words, MAX_BLOCKS))
    for stored in lists.values():
        if stored.whole.is_lacking:
            stored.whole.floor = None
    if not all(index.write_each([index.list_writes(kind, each, {0, *each.unsettled}) for each in lists.values()])):
        raise Conflict("Others keep changing the same lists.")
    suggesting.settle(kind, {word: True for word in words if name_of(word)})
    _note_long(kind, {word: len(stored.whole.blocks) for word, stored in lists.items()}, long)


def _list_writes(kind: str, stored: StoredList, changes: Mapping[int, Posting | None]) -> Group | None:
    """None where the list says all that already."""
    changed = set(stored.unsettled)
    for number, posting in changes.items():
        changed |= stored.whole.put(number, posting)
    return index.list_writes(kind, stored, changed) if changed else None


def _note_long(kind: str, blocks: Mapping[str, int], known: Mapping[str, int]) -> None:
    """Which lists are long is a hint for searches: whoever comes too late leaves it to the next."""
    differing = {
        word: number for word, number in blocks.items() if index.is_noted(word) and known.get(word, 1) != number
    }
    if not differing:
        return
    raw = index.read([keys.long_lists(kind)], consistent=True).get(keys.long_lists(kind))
    words = {word: number for word, number in (index.long_lists(raw) | differing).items() if number > 1}
    index.write_each([Group([index.long_lists_write(kind, words, index.revision(raw))])])


def _counting(kind: str, numbers: Iterable[int]) -> set[Key]:
    """Where these are counted."""
    return {keys.census(kind, number) for number in numbers}


def _is_counted(kind: str, counted: Mapping[int, Posting | None], found: Mapping[Key, Raw]) -> bool:
    samples = index.census(kind, found).samples
    changed: set[Key] = set()
    for number, posting in counted.items():
        key = keys.census(kind, number)
        if samples[key].put(number, posting, CENSUS_SIZE):
            changed.add(key)
    writes = [index.census_write(key, samples[key], index.revision(found.get(key))) for key in changed]
    return all(index.write_each([Group([each]) for each in writes]))
