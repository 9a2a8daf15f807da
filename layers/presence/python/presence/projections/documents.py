"""What discovery knows of a board, a pin or a person, if they are to be found: pure, and asked by every index."""

import math
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

from presence.domain import clock, ids
from presence.domain.entities import Board, BoardFollow, Pin, Profile
from presence.domain.postings import LEVELS, UNIT, Posting, digest, packed_length
from presence.domain.suggestions import MAX_NAME, folded, user_name
from presence.domain.topics import with_parents
from presence.domain.trends import Trend, trend
from presence.domain.words import DEFAULT_LANGUAGE, ideographs, is_small, language, small_words, stem, words
from presence.policies import visibility
from presence.projections.topics import assigned

BOARDS, PINS, USERS = "boards", "pins", "users"
KINDS = (BOARDS, PINS, USERS)

TITLE_WEIGHT = UNIT
TEXT_WEIGHT = UNIT * 3 // 4
"""At a half, longer texts were found by less than an engine finds them by; see docs/discovery.md."""
BESIDE_WEIGHT = UNIT // 4
FIRST_PINS = 50
"""Of a board; they tell what it is about."""
LAST_SAVES = 200
LAST_FOLLOWS = 100
"""Of a board; they tell what others do with it of late. A user follows it once, but may save much of it at once."""
MAX_BESIDE = 32
LISTED_BESIDE = 16
"""So many of these stand in lists. The others are on the card alone, where they cost no write of their own: they tell
which boards are alike."""
MAX_CONTENT = 8
"""Characters of a digest: 32 bits. That two pictures share one happens, and costs a related board that is none."""
MAX_WORDS = 256
"""Different words that a document is found by. A title, a description and an alt text together have fewer, but for the
longest in scripts that are taken in pairs of characters."""


@dataclass(frozen=True)
class Document:
    """What is found, and what tells how well it fits."""

    kind: str
    id: str
    title: tuple[str, ...] = ()
    """The stems of its title in their order: a board's name, a pin's title, a person's names."""
    text: tuple[str, ...] = ()
    """The stems of what is written beside it."""
    beside: tuple[str, ...] = ()
    """Of a board the stems that most of its first pins share, the most frequent first."""
    contents: tuple[str, ...] = ()
    """Of a board what its first pins show, as short digests: boards that share some are related."""
    topics: tuple[str, ...] = ()
    """Of a board what it is about, by its owner's word or by its own."""
    also: tuple[str, ...] = ()
    """Other stems that lead to it: a text in one language is looked for in another too, and by single ideographs."""
    small: int = 0
    """Which small words it has; see ``words.small_words``."""
    owner_id: str = ""
    board_id: str = ""
    standing: int = 0
    """How well it is liked and kept, from 0 to 255; see ``_standing``."""
    name: str = ""
    """What it is suggested by as somebody types: ``suggestions.Suggestion.name``."""
    day: int = 0
    """When something last came to it, in days since the epoch."""
    trend: Trend = ()
    """Of a board what others did with it of late. No list depends on it: it changes often."""

    @cached_property
    def length(self) -> int:
        units = TITLE_WEIGHT * len(self.title) + TEXT_WEIGHT * len(self.text) + BESIDE_WEIGHT * len(self._listed_beside)
        return packed_length(units)

    @cached_property
    def weights(self) -> dict[str, int]:
        """What each of its words weighs in it, in units."""
        weights: dict[str, int] = {}
        for word, weight in self._weighed():
            if word in weights or len(weights) < MAX_WORDS:
                weights[word] = weights.get(word, 0) + weight
        return weights

    @cached_property
    def postings(self) -> dict[str, Posting]:
        """What the list of each of its words says of it."""
        level = self.standing * LEVELS // 256
        told = {
            word: Posting(min(weight, 255), self.length, self.small, level) for word, weight in self.weights.items()
        }
        shown = Posting(UNIT, packed_length(UNIT * len(self.contents)))
        owned = Posting(UNIT, packed_length(UNIT))
        # The best boards of a topic come first: their lists are ordered by standing.
        about = Posting(max(1, self.standing), packed_length(UNIT))
        return (
            told
            | {shown_word(digest): shown for digest in self.contents}
            | {topic_word(topic_id): about for topic_id in with_parents(self.topics)}
            | ({owner_word(self.owner_id): owned} if self.owner_id else {})
            | self._named
        )

    @property
    def trends(self) -> dict[str, Trend]:
        """What the best boards of each topic, and of ``ANY_TOPIC``, say of it."""
        return dict.fromkeys((ANY_TOPIC, *with_parents(self.topics)), self.trend)

    @property
    def _named(self) -> dict[str, Posting]:
        """The list of its name says who gave it, in 16 bits, or how well the person is liked, in octaves."""
        if not self.name:
            return {}
        owner = digest(self.owner_id, 16) if self.owner_id else 0
        return {name_word(self.name): Posting(self.standing // _OCTAVE, 0, owner)}

    def _weighed(self) -> Iterator[tuple[str, int]]:
        yield from ((word, TITLE_WEIGHT) for word in self.title)
        yield from ((word, TEXT_WEIGHT) for word in self.text)
        yield from ((word, TEXT_WEIGHT) for word in self.also)
        yield from ((word, BESIDE_WEIGHT) for word in self._listed_beside)

    @property
    def _listed_beside(self) -> tuple[str, ...]:
        return self.beside[:LISTED_BESIDE]


def shown_word(digest: str) -> str:
    """What stands in the lists for something that is shown; no word of a text begins like it."""
    return f"={digest}"


def name_word(name: str) -> str:
    """What stands in the lists for a whole name; no word of a text begins like it."""
    return f'"{name}'


def name_of(word: str) -> str:
    """The name for which ``name_word`` stands, or nothing."""
    return word.removeprefix('"') if word.startswith('"') else ""


def topic_word(topic_id: str) -> str:
    """What stands in the lists for a topic; no word of a text begins like it."""
    return f"#{topic_id}"


def topic_of(word: str) -> str | None:
    """The topic for which ``topic_word`` stands, or nothing."""
    return word.removeprefix("#") if word.startswith("#") else None


def owner_word(user_id: str) -> str:
    """What stands in the lists for whose a board, or the board of a pin, is; no word of a text begins like it."""
    return f"@{user_id}"


def is_owner(word: str) -> bool:
    """Whether it is an ``owner_word``."""
    return word.startswith("@")


def trend_word(topic_id: str) -> str:
    """What is noted of a topic's best boards, as words of lists are; there is no list of it."""
    return f"^{topic_id}"


def trend_of(word: str) -> str | None:
    """The topic for which ``trend_word`` stands, or nothing."""
    return word.removeprefix("^") if word.startswith("^") else None


ANY_TOPIC = ""
"""What stands for a topic where any will do."""


def board(
    value: Board | None,
    owner: Profile | None,
    first_pins: Sequence[Pin] = (),
    saves: Sequence[Pin] = (),
    follows: Sequence[BoardFollow] = (),
) -> Document | None:
    """A board as it is found, or None if it is not to be.

    Args:
        first_pins: the first ``FIRST_PINS`` in its order.
        saves: the last ``LAST_SAVES`` pins that were saved from it, wherever they are.
        follows: the last ``LAST_FOLLOWS`` of it.
    """
    if value is None or not visibility.is_discoverable(value, owner):
        return None
    acts = _acts(value, first_pins, saves, follows) if first_pins else []
    return replace(described(value, first_pins), trend=trend(acts))


def described(value: Board, first_pins: Sequence[Pin] = ()) -> Document:
    """A board as it would be found if it were to be: what others are held against. Nothing of it may be written.

    Args:
        first_pins: the first ``FIRST_PINS`` in its order.
    """
    said = _analysed(value.name, value.description or "")
    beside = _beside(first_pins)
    about = value.topic_ids
    return Document(
        BOARDS,
        value.id,
        **said._asdict(),
        beside=beside,
        topics=assigned(said.title, (*said.text, *said.also), beside[:LISTED_BESIDE]) if about is None else about,
        contents=tuple(sorted(filter(None, set(map(shown_by, first_pins))))),
        owner_id=value.owner_id,
        standing=_standing(value.follower_count, value.pin_count),
        name=_board_name(value.name),
        day=_day(value.pins_modified_at or value.created_at),
    )


def belonging(value: Pin) -> Document:
    """What a pin shows and says, as if its board had nothing else: what boards for it are held against. Nothing of it
    may be written.
    """
    said, shown = described_pin(value), shown_by(value)
    stems = dict.fromkeys(word for word in (*said.title, *said.text, *said.also) if not is_small(word))
    return Document(PINS, value.board_id, beside=tuple(stems), contents=(shown,) if shown else ())


def pin(value: Pin | None, on: Board | None, owner: Profile | None) -> Document | None:
    """A pin as it is found, or None if it is not to be: it is where its board is.

    Args:
        owner: of the board.
    """
    if value is None or value.trashed_at or on is None or not visibility.is_discoverable(on, owner):
        return None
    said = described_pin(value)
    if not (said.title or said.text):
        return None
    return replace(said, owner_id=on.owner_id, board_id=on.id)


def described_pin(value: Pin) -> Document:
    """A pin as it would be found if it were to be, wherever it is."""
    said = _analysed(value.title or "", _written(value))
    return Document(PINS, value.id, **said._asdict(), day=_day(value.created_at))


def _acts(value: Board, first_pins: Sequence[Pin], saves: Sequence[Pin], follows: Sequence[BoardFollow]) -> list[float]:
    """When others did something with a board. Whoever does the same several times a day did it once, the last time."""
    acts = (
        *(("pinned", pin.owner_id, pin.id) for pin in first_pins),
        *(("saved", pin.owner_id, pin.id) for pin in saves if pin.board_id != value.id),
        *(("followed", follow.user_id, follow.since) for follow in follows),
    )
    last: dict[tuple[str, str, int], float] = {}
    for what, user_id, made in acts:
        time = ids.seconds(made)
        day = what, user_id, int(time // clock.DAY)
        if user_id != value.owner_id:
            last[day] = max(time, last.get(day, time))
    return list(last.values())


def _written(value: Pin) -> str:
    return " ".join(filter(None, (value.description, value.alt_text)))


def user(value: Profile | None) -> Document | None:
    """A person as they are found, or None if they are not to be."""
    if value is None or not visibility.is_findable(value):
        return None
    said = _analysed(f"{value.username} {value.display_name or ''}", value.about or "")
    standing = _standing(value.follower_count, 0)
    name = user_name(value.id, value.username, value.display_name)
    return Document(USERS, value.id, **said._asdict(), standing=standing, name=name, day=_day(value.created_at))


def _board_name(text: str) -> str:
    """As it is the same to whoever typed it; nothing where it would be no suggestion."""
    name = unicodedata.normalize("NFC", " ".join(text.split()).lower())
    return name if len(name) <= MAX_NAME and folded(name) else ""


def _beside(pins: Sequence[Pin]) -> tuple[str, ...]:
    """The stems that at least two of the pins have, small words left out."""
    having: Counter[str] = Counter()
    for each in pins:
        having.update(spoken(each))
    frequent = sorted((-times, word) for word, times in having.items() if times > 1)
    return tuple(word for _, word in frequent[:MAX_BESIDE])


def spoken(value: Pin) -> set[str]:
    """The stems of what a pin says, but for small words."""
    text = f"{value.title or ''} {value.description or ''}"
    code = language(text)
    stems = {stem(word.text, code) for word in words(text)}
    return {word for word in stems if not small_words((word,), code)}


def given_by(value: Pin) -> frozenset[str]:
    """The words by which a board may be found because this is among its first pins."""
    digest = shown_by(value)
    return frozenset(spoken(value) | ({shown_word(digest)} if digest else set()))


def shown_by(value: Pin) -> str | None:
    """Stands for what a pin shows (among a board's ``contents``); None where there is nothing to see."""
    digest = value.media.digest
    return digest[:MAX_CONTENT] if digest else None


class _Analysed(NamedTuple):
    title: tuple[str, ...]
    text: tuple[str, ...]
    also: tuple[str, ...]
    """What the same words are in the language that is taken for granted, where they are in another; and the ideographs
    of the title, which otherwise are found only in pairs.
    """
    small: int


def _analysed(title: str, text: str) -> _Analysed:
    code = language(f"{title} {text}")
    parts = [[word.text for word in words(part)] for part in (title, text)]
    stems = [tuple(stem(word, code) for word in part) for part in parts]
    also: dict[str, None] = {}
    if code != DEFAULT_LANGUAGE:
        also = dict.fromkeys(stem(word, DEFAULT_LANGUAGE) for part in parts for word in part)
    also |= dict.fromkeys(word.text for word in ideographs(title))
    others = tuple(word for word in also if word not in stems[0] and word not in stems[1])
    return _Analysed(stems[0], stems[1], others, small_words((*stems[0], *stems[1]), code))


_OCTAVE = 16


def _standing(followers: int, pins: int) -> int:
    """Grows with the logarithm of followers (half of it is reached at 256) and, less, of pins.

    It changes only when a count has grown by a fifth, so that a document is not written anew for each follower.
    """
    return min(255, int(4 * math.log2(1 + followers)) * _OCTAVE // 4 + min(32, int(4 * math.log2(1 + pins))))


def _day(time: str) -> int:
    return int(clock.seconds(time) // clock.DAY)
