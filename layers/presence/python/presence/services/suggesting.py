"""Suggestions as somebody types: kept true by the indexer, given out with one request.

What people and boards are called stands in posting lists of its own (``documents.name_word``), kept as any other. Each
list tells whether its name is to be suggested and how heavily; the items of its beginnings are set to say that.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from string import ascii_lowercase, digits

from presence.domain import suggestions, topics
from presence.domain.entities import Viewer
from presence.domain.errors import Conflict
from presence.domain.suggestions import BOARD, SHOWN, TOPIC, USER, Suggestion, topic_name
from presence.projections.documents import BOARDS, USERS, name_of, name_word
from presence.storage import index, keys, ties
from presence.storage.index import Group
from presence.storage.keys import Key
from presence.storage.table import Raw

ATTEMPTS = 12
OWNERS_OF_A_NAME = 2
"""What only one person calls a board tells of that board, and is nobody else's business."""

type Told = dict[str, Suggestion | None]
"""What a name is suggested as."""


def settle(kind: str, words: Mapping[str, bool]) -> None:
    """Have the items say of each name what its list says: 1 request per 100 lists, 1 per 100 items and 1 for each item
    that changes; then the lists are read again, since others may have changed them meanwhile.

    Args:
        words: the names' words, with whether a document left their list or went to another owner, or others may have
            been at work on it and stopped. Else a name that still is not suggested was not suggested before.

    Raises:
        Conflict: others kept changing the same items.
        Throttled, StorageUnavailable: as any request.
    """
    told = _told(kind, words)
    pending: Told = {word: each for word, each in told.items() if each or words[word]}
    for _ in range(ATTEMPTS):
        if not pending:
            return
        is_written = _write(kind, pending)
        now = _told(kind, pending)
        pending = {word: each for word, each in now.items() if not is_written or each != pending[word]}
    raise Conflict("Others keep changing the same suggestions.")


def _told(kind: str, words: Iterable[str]) -> Told:
    """The first block of a list tells enough: a weight counts octaves."""
    wanted = list(words)
    found = index.read([keys.block(kind, word, 0) for word in wanted], consistent=True)
    return {word: _suggestion(kind, word, index.read_list(kind, word, found)) for word in wanted}


def _suggestion(kind: str, word: str, bearing: index.ReadList | None) -> Suggestion | None:
    if bearing is None:
        return None
    [block] = bearing.blocks
    if kind == BOARDS:
        owners = len(set(block.small))
        return Suggestion(BOARD, name_of(word), owners.bit_length() - 1) if owners >= OWNERS_OF_A_NAME else None
    return Suggestion(USER, name_of(word), max(block.weights)) if block.weights else None


def astray(kind: str, words: Iterable[str]) -> list[str]:
    """Of some names' words those of which the items say something else than the list: 1 request per 100 lists and 1
    per 100 items. An item that was full once may lack any.
    """
    told = _told(kind, words)
    wanted = _by_beginning(kind, told)
    found = _items(wanted)
    wrong: set[str] = set()
    for beginning, of_names in wanted.items():
        item = index.suggested(found.get(keys.suggestions(beginning)))
        there = {each.name: each for each in item.names}
        wrong |= {
            name_word(name)
            for name, suggestion in of_names.items()
            if there.get(name) != suggestion and (name in there or not item.was_full)
        }
    return [word for word in told if word in wrong]


def _write(kind: str, told: Told) -> bool:
    """Whether nobody else wrote one of the items at the same time."""
    wanted = _by_beginning(kind, told)
    return all(index.write_each(_groups(wanted, _items(wanted))))


def _by_beginning(kind: str, told: Told) -> dict[str, Told]:
    """What each item is to say, by name."""
    wanted: dict[str, Told] = defaultdict(dict)
    for word, suggestion in told.items():
        as_named = suggestion or Suggestion(BOARD if kind == BOARDS else USER, name_of(word), 0)
        for beginning in suggestions.beginnings(as_named):
            wanted[beginning][as_named.name] = suggestion
    return wanted


def _items(beginnings: Iterable[str]) -> Mapping[Key, Raw]:
    return index.read([keys.suggestions(beginning) for beginning in beginnings], consistent=True)


def _groups(wanted: Mapping[str, Told], found: Mapping[Key, Raw]) -> list[Group]:
    """The items that do not say so yet, as they are to be."""
    groups: list[Group] = []
    for beginning, of_names in wanted.items():
        raw = found.get(keys.suggestions(beginning))
        before = index.suggested(raw)
        others = [each for each in before.names if each.name not in of_names]
        wanting = [*others, *filter(None, of_names.values())]
        after = suggestions.best(wanting)
        was_full = before.was_full or len(after) < len(wanting)
        if before != (after, was_full):
            write = index.suggestions_write(beginning, after, index.revision(raw), was_full=was_full)
            groups.append(Group([write]))
    return groups


def words_of(raw: Raw) -> Iterator[tuple[str, str]]:
    """The lists from which an item's suggestions come: their documents' kind and the word."""
    for each in index.suggestions(raw):
        yield BOARDS if each.kind == BOARD else USERS, name_word(each.name)


TOPIC_WEIGHT = 4
"""A topic comes before names that fewer than 16 people gave or follow."""

MOST_TOPICS = 3
"""There are some for every letter; they leave room for names."""


@cache
def _topics() -> tuple[Suggestion, ...]:
    return tuple(Suggestion(TOPIC, topic_name(each.id, each.name), TOPIC_WEIGHT) for each in topics.every().values())


def suggest(viewer: Viewer, text: str) -> list[Suggestion]:
    """At most ``SHOWN`` suggestions for what was typed, the best first: 1 request, none where nothing was typed.

    People whom a block hides from the viewer are left out as of now; all else is as of when the indexer last wrote.
    Topics take no request.
    """
    typed = suggestions.folded(text)
    if not typed:
        return []
    key, hidden_key = keys.suggestions(suggestions.beginning(typed)), keys.hidden_people(viewer.user_id)
    found = index.read([key], beside=[hidden_key])
    hidden = ties.hidden_people(found.get(hidden_key))
    seen = [each for each in index.suggestions(found.get(key)) if each.kind != USER or not hidden.has(each.id)]
    about = suggestions.matching(_topics(), typed)[:MOST_TOPICS]
    return suggestions.matching([*about, *seen], typed)[:SHOWN]


def followed_people() -> Mapping[str, int]:
    """By user id those of all people whom most follow, with the octave of how many do: 1 request, 18 read units.

    Each username begins with a letter or a digit, and the items of these beginnings hold the heaviest.
    """
    found = index.read(keys.suggestions(beginning) for beginning in ascii_lowercase + digits)
    each = (suggestion for raw in found.values() for suggestion in index.suggestions(raw))
    return {person.id: person.weight for person in each if person.kind == USER and person.weight}
