"""Ids: 63-bit integers written in decimal, ordered by the time they were made.

The upper 41 bits are milliseconds since 2018-01-01, the lower 22 bits are random. The epoch lies far enough
back that every id has exactly 19 digits until 2087, so ids sort as strings as they sort as numbers and need no
padding in sort keys. Two ids of one millisecond collide with probability 2**-22; whoever stores one does so on
the condition that it is new.
"""

import hashlib
from secrets import randbits

from presence.domain import clock

_EPOCH_MS = 1_514_764_800_000  # 2018-01-01T00:00:00Z
_MS_BITS, _RANDOM_BITS = 41, 22
COARSE_BITS = 24
DIGITS = 19
MAX_DIGITS = 32  # what a path accepts; longer is not an id of ours and not worth a look


def is_id(text: str) -> bool:
    """Whether it is written as an id is."""
    return len(text) == DIGITS and text.isascii() and text.isdecimal()


def new_ids(number: int) -> list[str]:
    """This many different ids, the youngest first."""
    made: set[str] = set()
    while len(made) < number:
        made.add(new_id())
    return sorted(made, reverse=True)


def new_id() -> str:
    """A new id. Call it while handling a request, never at import: a snapshot would repeat it."""
    return str((int(clock.now() * 1000) - _EPOCH_MS) << _RANDOM_BITS | randbits(_RANDOM_BITS))


def earlier_id(base: str, number: int) -> str:
    """An id that is ``number`` milliseconds earlier than another, always the same: what is made step by step can be
    made again under the ids that it has. With another number it is another id, the later the smaller the number.
    """
    made_ms = (int(base) >> _RANDOM_BITS) - number
    digest = hashlib.sha256(f"{base} {number}".encode()).digest()
    return str(made_ms << _RANDOM_BITS | int.from_bytes(digest) & (1 << _RANDOM_BITS) - 1)


def made_at(thing_id: str) -> str:
    """When an id was made, as an RFC 3339 UTC time."""
    return clock.timestamp(seconds(thing_id))


def seconds(thing_id: str) -> float:
    """When an id was made, in seconds since the Unix epoch."""
    return ((int(thing_id) >> _RANDOM_BITS) + _EPOCH_MS) / 1000


def coarse_time(thing_id: str) -> int:
    """When an id was made, in units of 131 seconds (2**17 ms) since the epoch of ids: ``COARSE_BITS`` bits."""
    return int(thing_id) >> _MS_BITS + _RANDOM_BITS - COARSE_BITS
