"""Pages of what a viewer may see, cut from pages of what is stored."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import batched
from typing import NamedTuple, Protocol

from presence.domain.errors import InvalidParameter

MAX_READ = 1000
ENOUGH_READS = 20
MOST_READS = 300
"""Some four seconds. What hides more items in a row than this cannot be listed; nobody waits for it either."""


class Listed(Protocol):
    @property
    def position(self) -> str:
        """Where it lies in the list; enough to go on after it."""
        ...


type Read[T] = Callable[[str | None, int], tuple[list[T], bool]]
"""Takes (after, limit), gives items and whether more may follow."""


class PageRequest(NamedTuple):
    """How much of a list is asked for, and from where on."""

    size: int
    after: str | None = None
    """The position of the last item of the page before."""


class Page[T](NamedTuple):
    """A part of a list."""

    items: list[T]
    after: str | None
    """Where the next page begins, or None on the last page."""


def fill[T: Listed](
    request: PageRequest,
    read: Read[T],
    visible: Callable[[list[T]], Iterable[T]] = lambda items: items,
    *,
    most_reads: int | None = None,
    otherwise: Exception | None = None,
) -> Page[T]:
    """Read until the page is full or nothing is left, so that no page with a bookmark is empty.

    Args:
        visible: what the viewer may see of the items, in their order.
        most_reads: fewer than ``MOST_READS``, where a read is many requests.
        otherwise: what to say when all that so many reads gave is hidden.

    Raises:
        InvalidParameter: all that ``MOST_READS`` reads of ``MAX_READ`` items gave is hidden.
    """
    most_reads = most_reads or MOST_READS
    kept: list[T] = []
    after, limit = request.after, request.size + 1  # one more than a page tells whether there is a next
    for reads in range(1, most_reads + 1):
        items, more = read(after, limit)
        kept.extend(visible(items))
        if len(kept) > request.size:
            return Page(kept[: request.size], kept[request.size - 1].position)
        if not more or not items:
            return Page(kept, None)
        after = items[-1].position
        if kept and reads >= ENOUGH_READS:
            return Page(kept, after)
        # Much was hidden: read on in large strides, so that the number of requests stays small.
        limit = MAX_READ
    raise otherwise or InvalidParameter(
        "filters", f"leave nothing of {most_reads * MAX_READ:,} items in a row; list without them"
    )


def at_hand[T](items: Sequence[T], most: int = MAX_READ) -> Read[T]:
    """A list that is there already, at most so many at once. The positions of its items are their places, from 0 on."""

    def read(after: str | None, limit: int) -> tuple[list[T], bool]:
        start = int(after) + 1 if after else 0
        end = start + min(limit, most)
        return [*items[start:end]], end < len(items)

    return read


type Place = tuple[int, int]
"""Where something stands in an order: its score, below 0, the best first; then the number that it is known by."""


class Cut(NamedTuple):
    """Where a list was parted, told by what stood there: it is found again in the list as it is by then."""

    score: int
    before: int
    """What stood before the cut; 0: nothing."""
    behind: int
    """What stood behind it; 0: nothing."""

    @staticmethod
    def at(places: Sequence[Place], end: int) -> "Cut":
        """Behind the first so many places."""
        if not end:
            return BEGINNING
        return Cut(*places[:end][-1], places[end][1] if end < len(places) else 0)

    def end(self, places: Sequence[Place]) -> int:
        """How many places come before it.

        What stood beside it tells, and the score where neither is left: scores drift with all that comes and goes, so
        they are no guide while one is. Where the two are apart, something came between or one of them has moved, and
        the score tells where between them, or which of them.
        """
        numbers = [number for _, number in places]
        beside = (([0, *numbers], self.before), ([*numbers, 0], self.behind))
        told = [there.index(number) for there, number in beside if number in there]
        by_score = sum(place <= (self.score, self.before) for place in places)
        return sorted([*told, *told, by_score])[len(told)]


BEGINNING = Cut(-(10**12), 0, 0)
"""Of any list: no score is so good."""


def written(cuts: Iterable[Cut]) -> str:
    """A position that several cuts make."""
    return ".".join(str(part) for cut in cuts for part in cut)


def cuts(place: str) -> Iterator[Cut]:
    """What was ``written``."""
    return (Cut(*parts) for parts in batched(map(int, place.split(".")), len(Cut._fields), strict=True))


SECOND = "+"
"""What the positions of a second list begin with, where two are read in turn."""


def in_turn[T](first: Read[T], second: Read[T]) -> Read[T]:
    """One list, then the other. The items of the second say their positions with ``SECOND`` before them."""

    def read(after: str | None, limit: int) -> tuple[list[T], bool]:
        if after and after.startswith(SECOND):
            return second(after.removeprefix(SECOND), limit)
        items, more = first(after, limit)
        if more or len(items) >= limit:
            return items, True
        rest, more = second(None, limit - len(items))
        return items + rest, more

    return read
