"""A stream record's images as the values that they are of."""

from collections.abc import Callable

from presence.domain.entities import Board, Pin, Profile
from presence.storage import codec
from presence.storage.table import Raw

_DECODERS: dict[str, Callable[[Raw], Board | Pin | Profile]] = {
    "board": codec.board,
    "pin": codec.pin,
    "profile": codec.profile,
}


def kind(image: Raw) -> str:
    return str(image["kind"]["S"])


def decoded(image: Raw | None) -> Board | Pin | Profile | None:
    return _DECODERS[kind(image)](image) if image else None
