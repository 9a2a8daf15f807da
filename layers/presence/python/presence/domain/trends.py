"""What others do with a board of late, as numbers that need not be written anew as time passes.

Forward decay: Cormode, Shkapenyuk, Srivastava & Xu, "Forward Decay: A Practical Time Decay Model for Streaming
Systems" (ICDE 2009). An act at time t counts 2 ** (t / half-life), so that later acts count more, and earlier ones
never less: what a board's acts come to is compared with another's at whatever time. Its logarithm is kept.
"""

import math
import zlib
from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, pairwise

from presence.domain.clock import DAY

WINDOWS: Mapping[str, float] = {"day": DAY, "week": 7 * DAY, "month": 30 * DAY}
"""In seconds."""
HALF_LIVES = 4
"""In a window: an act as old as that counts a sixteenth of one now."""
STEPS = 16
"""Of an octave. Finer ones would be written more often, for differences of less than 4 %."""
MOST = 100
"""Boards of a topic for each window. Where no board is among the best of two, they take less than 4 KB."""

type Trend = tuple[int, ...]
"""A score for each window, in steps; empty: nobody did anything."""
type Place = tuple[int, int]
"""Where a board stands among others: its score, then its id, since of equals the youngest comes first."""


def trend(times: Sequence[float]) -> Trend:
    """Of acts at these times, in seconds since the Unix epoch, the same in whatever order."""
    return tuple(_score(times, _half_life(window)) for window in WINDOWS) if times else ()


def _score(times: Sequence[float], half_life: float) -> int:
    last = max(times)
    octaves = last / half_life + math.log2(math.fsum(2 ** ((time - last) / half_life) for time in times))
    return round(octaves * STEPS)


def _half_life(window: str) -> float:
    return WINDOWS[window] / HALF_LIVES


def least(window: str, now: float) -> int:
    """The score of one act as old as the window: what has less is not of late."""
    return round((now / _half_life(window) - HALF_LIVES) * STEPS)


def together(scores: Iterable[int], since: int) -> float:
    """What several boards' acts come to, in acts that have the score ``since``."""
    return math.fsum(2 ** ((score - since) / STEPS) for score in scores)


@dataclass(slots=True)
class Best:
    """Of a topic's boards those that are among the best ``MOST`` in any window.

    ``floors`` tell for each window the best place that had no room: whatever is above one of them is here, and nothing
    else is. Scores grow with time, so that what comes later rises above them.
    """

    trends: dict[str, Trend] = field(default_factory=dict)
    """By board id."""
    floors: tuple[Place, ...] = ((0, 0),) * len(WINDOWS)

    def put(self, told: Mapping[str, Trend]) -> bool:
        """Have boards here as told, or not at all (an empty trend). Gives whether that changed anything."""
        trends = {board_id: each for board_id, each in {**self.trends, **told}.items() if each}
        floors = tuple(
            max(floor, *sorted(_places(trends, number), reverse=True)[MOST : MOST + 1], (0, 0))
            for number, floor in enumerate(self.floors)
        )
        before = self.trends, self.floors
        self.floors = floors
        self.trends = {board_id: each for board_id, each in trends.items() if self.has_room(board_id, each)}
        return before != (self.trends, self.floors)

    def fitting(self, board_id: str, each: Trend) -> Trend:
        """What is to be said here of a board with this trend, maybe nothing."""
        return each if each and self.has_room(board_id, each) else ()

    def has_room(self, board_id: str, each: Trend) -> bool:
        """Whether a board with this trend belongs here."""
        return any((score, int(board_id)) > floor for score, floor in zip(each, self.floors, strict=True))

    @property
    def is_lacking(self) -> bool:
        """It dropped boards for which it has room by now, since better ones are gone."""
        return self.floors != Best().floors and any(len(self.places(window)) < MOST // 2 for window in WINDOWS)

    def places(self, window: str) -> list[Place]:
        """The best first, as far as all that is better is known too."""
        number = list(WINDOWS).index(window)
        return sorted((place for place in _places(self.trends, number) if place > self.floors[number]), reverse=True)


def _places(trends: Mapping[str, Trend], number: int) -> Iterable[Place]:
    return ((each[number], int(board_id)) for board_id, each in trends.items())


_ID_BYTES, _SCORE_BYTES = 8, 4


def pack(trends: Mapping[str, Trend]) -> bytes:
    """Ids, as the steps between them, and scores, byte by byte in columns, compressed: the higher bytes are alike."""
    ids = sorted(trends, key=int)
    steps = (board_id - before for before, board_id in pairwise((0, *map(int, ids))))
    columns = [array("Q", steps), *(array("I", scores) for scores in zip(*(trends[each] for each in ids), strict=True))]
    planes = (column.tobytes()[byte :: column.itemsize] for column in columns for byte in range(column.itemsize))
    return zlib.compress(b"".join(planes), 9)


def unpack(packed: bytes) -> dict[str, Trend]:
    """What ``pack`` packed."""
    plain = zlib.decompress(packed)
    size = len(plain) // (_ID_BYTES + _SCORE_BYTES * len(WINDOWS))
    if not size:
        return {}
    steps = _column("Q", plain[: _ID_BYTES * size])
    width = _SCORE_BYTES * size
    scores = (_column("I", plain[begin:][:width]) for begin in range(_ID_BYTES * size, len(plain), width))
    return dict(zip(map(str, accumulate(steps)), zip(*scores, strict=True), strict=True))


def _column(code: str, planes: bytes) -> "array[int]":
    column: array[int] = array(code)
    size = len(planes) // column.itemsize
    whole = bytearray(len(planes))
    for byte in range(column.itemsize):
        whole[byte :: column.itemsize] = planes[byte * size :][:size]
    column.frombytes(bytes(whole))
    return column
