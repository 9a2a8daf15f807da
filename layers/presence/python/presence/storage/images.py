"""Items of the table, as a stream record or a page of all holds them, as the values that they are of."""

from collections.abc import Callable

from presence.domain.entities import Board, BoardFollow, Pin, Profile, Tie
from presence.domain.ids import is_id
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


def board_ids(image: Raw) -> set[str]:
    """The boards that the item of a pin, or of who follows one, names, as far as it can be read: where the pin is, from
    which board it was saved, what is followed.
    """
    named = (image.get(name, {}).get("S", "") for name in ("board_pk", "source_pk", "sk", "board_id"))
    return {part for each in named for part in each.split("#") if is_id(part)}


def decoded(image: Raw | None) -> Imaged | None:
    return _DECODERS[kind(image)](image) if image else None


def readable(image: Raw | None) -> Imaged | None:
    """None also where it cannot be read."""
    return next(iter(codec.readable(_DECODERS[kind(image)], [image])), None) if image else None
