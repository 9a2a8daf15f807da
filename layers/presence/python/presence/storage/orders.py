"""Lists that people put in order: an owner's boards, a board's sections, the pins of a board or of a section.

Each is a partition of an index, and a thing's place in it is its sort key there: its rank, or its id until it is moved
(``domain.ranks``). So a move writes one item, and it costs the same wherever it goes and however long the list is.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from pynamodb.expressions.update import Action

from presence.domain import ranks
from presence.storage import keys, table
from presence.storage.keys import Key
from presence.storage.models import BoardItem, Item, PinItem, SectionItem
from presence.storage.table import Otherwise, Raw, Transaction


class Slot(NamedTuple):
    """A thing and where it lies in a list."""

    id: str
    sort: str


@dataclass(frozen=True, slots=True)
class Order:
    """A list that its owner may put in order, and where its order is kept."""

    partition: str
    index: str
    rank: str
    """The attribute that says where a thing was put."""
    newest_first: bool
    item: Callable[[str], Item]
    """From a thing's id to its item, of which the key is set."""

    @property
    def stem(self) -> str:
        return self.index.removeprefix("by_")


def boards_of(owner_id: str) -> Order:
    return Order(keys.boards_of(owner_id), "by_owner", "rank", True, lambda board_id: BoardItem(*keys.board(board_id)))


def sections_on(board_id: str) -> Order:
    return Order(
        keys.sections_on(board_id),
        "by_board",
        "rank",
        False,
        lambda section_id: SectionItem(*keys.section(board_id, section_id)),
    )


def pins_on(board_id: str) -> Order:
    return Order(keys.pins_on(board_id), "by_board", "rank", True, _pin)


def pins_in(section_id: str) -> Order:
    return Order(keys.pins_in(section_id), "by_section", "section_rank", True, _pin)


def _pin(pin_id: str) -> Item:
    return PinItem(*keys.pin(pin_id))


def find(order: Order, thing_id: str) -> Slot | None:
    """Where a thing lies as of now; None where it is not in the list."""
    raw = table.get(_key(order, thing_id))
    return _slot(order, raw) if raw else None


def _slot(order: Order, raw: Raw) -> Slot | None:
    if raw.get(f"{order.stem}_pk") != {"S": order.partition}:
        return None
    return Slot(raw["id"]["S"], raw[f"{order.stem}_sk"]["S"])


def next_to(order: Order, start: Slot | None, *, upwards: bool, limit: int) -> list[Slot]:
    """The next things above (``upwards``: with higher ranks) or below a place, or from that end of the list. Fewer only
    where the list ends: 1 request, and 1 more for each MB.
    """
    found = [start] if start else []
    wanted = limit + len(found)
    while True:
        after = None
        if found:
            last = found[-1]
            after = table.index_position(_key(order, last.id), order.index, order.partition, last.sort)
        room = wanted - len(found)
        items, more = table.query(order.partition, index=order.index, after=after, limit=room, newest_first=not upwards)
        found += [Slot(item["id"]["S"], item[f"{order.stem}_sk"]["S"]) for item in items]
        if not more or len(found) == wanted:
            return found[-limit:] if start is None else found[1:]


def move(tx: Transaction, order: Order, thing_id: str, rank: str, *, version: int | None, otherwise: Otherwise) -> None:
    """Put a thing elsewhere, if it (and its version, if given) still is in the list."""
    item = order.item(thing_id)
    actions = [*_to(order, rank), _attribute(item, "version").add(1)]
    if len(rank) > ranks.CROWDED:
        actions.append(Item.crowded.add(1))
    condition = _attribute(item, f"{order.stem}_pk") == order.partition
    if version is not None:
        condition &= _attribute(item, "version") == version
    tx.update(item, actions, condition, otherwise=otherwise)


def respace(tx: Transaction, order: Order, slot: Slot, rank: str, *, otherwise: Otherwise) -> None:
    """Another rank for a thing that is still in this place. Not a change by a client, so the version stays."""
    item = order.item(slot.id)
    stem = order.stem
    condition = (_attribute(item, f"{stem}_pk") == order.partition) & (_attribute(item, f"{stem}_sk") == slot.sort)
    tx.update(item, _to(order, rank), condition, otherwise=otherwise)


def _to(order: Order, rank: str) -> list[Action]:
    item = order.item("")
    return [_attribute(item, order.rank).set(rank), _attribute(item, f"{order.stem}_sk").set(rank)]


def _attribute(item: Item, name: str) -> Any:
    return type(item).get_attributes()[name]


def _key(order: Order, thing_id: str) -> Key:
    item = order.item(thing_id)
    return item.pk, item.sk


class Crowded(NamedTuple):
    """A thing in whose neighbourhood ranks have become long."""

    orders: list[tuple[Order, Slot]]
    """The lists in which it has a long one itself; it may have left since."""
    mark: int


def crowded(pk: str, sk: str) -> Crowded | None:
    """What is to be done about a thing that was marked so; None when it is gone or done."""
    raw = table.get((pk, sk))
    if raw is None or "crowded" not in raw:
        return None
    found = ((order, _slot(order, raw)) for order in _lists(raw))
    long = [(order, slot) for order, slot in found if slot and len(slot.sort) > ranks.CROWDED]
    return Crowded(long, int(raw["crowded"]["N"]))


def _lists(raw: Raw) -> list[Order]:
    match raw["kind"]["S"]:
        case "board":
            return [boards_of(raw["owner_id"]["S"])]
        case "section":
            return [sections_on(raw["board_id"]["S"])]
        case _:
            inside = [pins_in(raw["section_id"]["S"])] if "section_id" in raw else []
            return [pins_on(raw["board_id"]["S"]), *inside]


def no_longer_crowded(tx: Transaction, pk: str, sk: str, mark: int, *, otherwise: Otherwise) -> None:
    tx.update(Item(pk, sk), [Item.crowded.remove()], Item.crowded == mark, otherwise=otherwise)
