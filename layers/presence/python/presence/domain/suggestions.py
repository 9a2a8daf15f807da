"""What is suggested while somebody types: names, found by the beginnings of their words.

For beginnings of each of ``LENGTHS`` characters an item of the index holds the best names that have a word beginning
so. Whoever has typed more looks through the item of the longest of these lengths.
"""

from collections.abc import Iterable
from typing import NamedTuple

from presence.domain.words import words

LENGTHS = (1, 2, 3, 5, 8)
"""In characters. Each costs a write for each word of a name; from 8 on hardly more than ``MOST`` names begin alike."""
WORDS = 4
"""Of a name; later ones do not lead to it."""
MOST = 60
MOST_BYTES = 3_500
"""Of names. With the rest an item stays under the 4 KB that half a read unit reads."""
SHOWN = 10
MAX_NAME = 80
"""Characters. What is longer is no suggestion."""

KINDS = BOARD, USER, TOPIC = "board", "user", "topic"


class Suggestion(NamedTuple):
    kind: str
    name: str
    """Of boards what at least two people call one; of a person ``user_name``, of a topic ``topic_name``."""
    weight: int
    """In octaves, of people who have such a board or who follow the person."""

    @property
    def id(self) -> str:
        """Of the person or the topic."""
        return self.name.split(" ", 1)[0]

    @property
    def texts(self) -> list[str]:
        """By what it is found; the last is what is shown."""
        match self.kind:
            case "user":
                return [text for text in self.name.split(" ", 2)[1:] if text]
            case "topic":
                return [self.name.split(" ", 1)[1]]
            case _:
                return [self.name]

    @property
    def username(self) -> str:
        return self.texts[0]


def user_name(user_id: str, username: str, display_name: str | None) -> str:
    return f"{user_id} {username} {display_name or ''}"


def topic_name(topic_id: str, name: str) -> str:
    """A topic's id has no spaces."""
    return f"{topic_id} {name}"


def folded(text: str) -> str:
    """A text, or what was typed, as its words with spaces between."""
    return " ".join(word.text for word in words(text))


def _starts(text: str) -> list[str]:
    """A text from each of its words on."""
    parts = folded(text).split()
    return [" ".join(parts[first:]) for first in range(min(len(parts), WORDS))]


def beginnings(suggestion: Suggestion) -> set[str]:
    """Whose items it belongs into."""
    starts = [start for text in suggestion.texts for start in _starts(text)][: 2 * WORDS]
    return {start[:length] for start in starts for length in LENGTHS if len(start) >= length}


def beginning(typed: str) -> str:
    """Whose item to look through.

    Args:
        typed: folded, and not empty.
    """
    return typed[: max(length for length in LENGTHS if length <= len(typed))]


def best(suggestions: Iterable[Suggestion]) -> list[Suggestion]:
    """What an item has room for, the same of the same set. Of equals those whose names come first are kept."""
    kept: list[Suggestion] = []
    size = 0
    for each in sorted(suggestions, key=lambda each: (-each.weight, each.kind, each.name))[:MOST]:
        size += len(each.name.encode())
        if size > MOST_BYTES:
            break
        kept.append(each)
    return kept


def matching(suggestions: Iterable[Suggestion], typed: str) -> list[Suggestion]:
    """Those with a word that begins with what was typed (folded). First what is called just so, then what begins so,
    then the others; of these the heaviest, then the shortest, come first.
    """
    ranked = [(rank, each) for each in suggestions if (rank := _rank(each, typed))]
    return [each for _, each in sorted(ranked)]


def _rank(suggestion: Suggestion, typed: str) -> tuple[int, int, int] | None:
    starts = [start for text in suggestion.texts for start in _starts(text)]
    if not any(start.startswith(typed) for start in starts):
        return None
    wholes = [folded(text) for text in suggestion.texts]
    place = 0 if typed in wholes else 1 if any(whole.startswith(typed) for whole in wholes) else 2
    return place, -suggestion.weight, len(suggestion.name)
