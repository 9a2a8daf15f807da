"""Pages of what a viewer may see, cut from pages of what is stored."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

from presence.domain.errors import InvalidParameter

MAX_READ = 1000
ENOUGH_READS = 20
MOST_READS = 300
"""Some four seconds. What hides more items in a row than this cannot be listed; nobody waits for it either."""


class HasId(Protocol):
    @property
    def id(self) -> str: ...


@dataclass(frozen=True, slots=True)
class PageRequest:
    size: int
    after: str | None = None
    """The id of the last item of the page before."""


@dataclass(frozen=True, slots=True)
class Page[T]:
    items: list[T]
    after: str | None
    """Where the next page begins, or None on the last page."""


def fill[T: HasId](
    request: PageRequest,
    read: Callable[[str | None, int], tuple[list[T], bool]],
    visible: Callable[[list[T]], Iterable[T]] = lambda items: items,
) -> Page[T]:
    """Read until the page is full or nothing is left, so that no page with a bookmark is empty.

    Args:
        read: takes (after, limit), gives items and whether more may follow.
        visible: what the viewer may see of the items, in their order.

    Raises:
        InvalidParameter: ``MOST_READS`` times ``MAX_READ`` items in a row are hidden.
    """
    kept: list[T] = []
    after, limit = request.after, request.size + 1  # one more than a page tells whether there is a next
    for reads in range(1, MOST_READS + 1):
        items, more = read(after, limit)
        kept.extend(visible(items))
        if len(kept) > request.size:
            return Page(kept[: request.size], kept[request.size - 1].id)
        if not more or not items:
            return Page(kept, None)
        after = items[-1].id
        if kept and reads >= ENOUGH_READS:
            return Page(kept, after)
        # Much was hidden: read on in large strides, so that the number of requests stays small.
        limit = MAX_READ
    raise InvalidParameter("filters", f"leave nothing of {MOST_READS * MAX_READ:,} items in a row; list without them")
