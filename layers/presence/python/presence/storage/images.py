"""Items of the table, as a stream record or a page of all holds them, as the values that they are of."""

from collections.abc import Callable

from presence.domain.entities import Board, BoardFollow, Pin, Profile, Tie
from presence.storage import codec
from presence.storage.table import Raw

type Imaged = Board | BoardFollow | Pin | Profile | Tie

_DECODERS: dict[str, Callable[[Raw], Imaged]] = {
    "board": codec.board,
    "board_follow": codec.board_follow,
    "pin": codec.pin,
    "profile": codec.profile,
    "tie": codec.tie,
}


def kind(image: Raw) -> str:
    return str(image["kind"]["S"])


def thing_id(image: Raw) -> str:
    """Of a board, a pin or a user whose item it is, told by its key."""
    _, _, found = image["pk"]["S"].partition("#")
    return str(found)


def decoded(image: Raw | None) -> Imaged | None:
    return _DECODERS[kind(image)](image) if image else None


def readable(image: Raw | None) -> Imaged | None:
    """None also where it cannot be read."""
    return next(iter(codec.readable(_DECODERS[kind(image)], [image])), None) if image else None
