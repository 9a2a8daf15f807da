"""Items of the table, as a stream record or a page of all holds them, as the values that they are of."""

from collections.abc import Callable

from presence.domain.entities import Board, Pin, Profile, Tie
from presence.storage import codec
from presence.storage.table import Raw

_DECODERS: dict[str, Callable[[Raw], Board | Pin | Profile | Tie]] = {
    "board": codec.board,
    "pin": codec.pin,
    "profile": codec.profile,
    "tie": codec.tie,
}


def kind(image: Raw) -> str:
    return str(image["kind"]["S"])


def decoded(image: Raw | None) -> Board | Pin | Profile | Tie | None:
    return _DECODERS[kind(image)](image) if image else None
