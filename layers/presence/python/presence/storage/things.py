"""All boards, pins, profiles and ties, one page after the other."""

from presence.domain.entities import Board, Pin, Profile, Tie
from presence.storage import codec, images, table
from presence.storage.keys import Key
from presence.storage.table import Part

_KINDS = [{"S": kind} for kind in ("board", "pin", "profile", "tie")]


def page(part: Part, after: Key | None, limit: int) -> tuple[list[Board | Pin | Profile | Tie], Key | None]:
    """Those among some of all items, without those that cannot be read, and after which key more may follow: 1 request,
    1 read unit per 4 KB.
    """
    items, last = table.scan(part, after=after, limit=limit)
    found = codec.readable(images.decoded, (item for item in items if item.get("kind") in _KINDS))
    return [thing for thing in found if isinstance(thing, Board | Pin | Profile | Tie)], last
