"""Pages of what a partition lists: the one place where a list goes on after a position, or past what is unreadable."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from presence.domain.entities import parted, position
from presence.storage import codec, table
from presence.storage.keys import Key
from presence.storage.table import Raw


@dataclass(frozen=True, slots=True)
class Listing[T]:
    """A partition of an index, or a part of one of the table itself, which is read as of now."""

    index: str | None
    partition: str
    key: Callable[[str], Key]
    """Of an item there, by the id that its position tells."""
    decode: Callable[[Raw], T]
    newest_first: bool = True
    prefix: str = ""
    """What sort keys begin with."""


class Place(NamedTuple):
    """Of a thing in a list, which may be unreadable itself."""

    id: str
    position: str


def page[T](of: Listing[T], *, after: str | None, limit: int, strict: bool = False) -> tuple[list[T], bool]:
    """Some things and whether more may follow: 1 request, and as many more as it takes where some cannot be read, so
    that a page that is not full is the last.

    Args:
        strict: for whoever may overlook none, since they delete what is listed, or take it elsewhere.

    Raises:
        Unreadable: if strict, an item is not as our code writes it.
    """
    start, found = _start(of, after), list[T]()
    while True:
        items, more = _query(of, start, limit - len(found))
        read = [of.decode(item) for item in items] if strict else codec.readable(of.decode, items)
        found += read
        if not more or len(read) == len(items):
            return found, more
        last = items[-1]
        key = last["pk"]["S"], last["sk"]["S"]
        start = table.index_position(key, of.index, of.partition, table.index_sort(last, of.index))


def places[T](of: Listing[T], *, after: str | None, limit: int) -> tuple[list[Place], bool]:
    """Of boards or pins where they lie, also of those that cannot be read: their keys tell."""
    items, more = _query(of, _start(of, after), limit)
    return [_place(item, table.index_sort(item, of.index)) for item in items], more


def _place(item: Raw, sort: str) -> Place:
    _, _, thing_id = item["pk"]["S"].partition("#")
    return Place(thing_id, position(thing_id, None if sort == thing_id else sort))


def _query[T](of: Listing[T], start: Raw | None, limit: int) -> tuple[list[Raw], bool]:
    return table.query(
        of.partition, index=of.index, prefix=of.prefix, after=start, limit=limit, newest_first=of.newest_first
    )


def _start[T](of: Listing[T], after: str | None) -> Raw | None:
    if not after:
        return None
    thing_id, sort = parted(after)
    key = of.key(thing_id)
    return table.index_position(key, of.index, of.partition, sort if of.index else key[1])
