"""All boards, pins, profiles and ties, one page after the other."""

from presence.domain.entities import Board, Pin, Profile, Tie
from presence.storage import images, table
from presence.storage.keys import Key
from presence.storage.table import Part

KINDS = frozenset({"board", "pin", "profile", "tie"})


def page(part: Part, after: Key | None, limit: int) -> tuple[list[Board | Pin | Profile | Tie], Key | None]:
    """Those among some of all items, and after which key more may follow: 1 request, 1 read unit per 4 KB.

    Raises:
        Unreadable: an item is not as our code writes it.
    """
    items, last = table.scan(part, after=after, limit=limit)
    found = (images.decoded(item) for item in items if images.kind(item) in KINDS)
    return [thing for thing in found if isinstance(thing, Board | Pin | Profile | Tie)], last
