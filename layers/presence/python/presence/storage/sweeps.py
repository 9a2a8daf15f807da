"""Orders to look at all that lies on a board, or at all boards of a user. Their progress goes through the stream."""

from dataclasses import dataclass

from presence.domain.ids import new_id
from presence.storage import keys
from presence.storage.models import SweepItem
from presence.storage.table import Raw, Transaction


@dataclass(frozen=True, slots=True)
class Order:
    """To look at all pins of a board again, or at all boards of a user, from some place on."""

    kind: str
    """Of what all parts are to be looked at: ``boards`` or ``users``."""
    id: str
    order: str
    after: str | None = None


class Superseded(Exception):
    """There is a later order for the same; it begins anew."""


def begin(kind: str, thing_id: str) -> None:
    tx = Transaction()
    tx.put(SweepItem(*_key(kind, thing_id), of_kind=kind, of_id=thing_id, order=new_id()))
    tx.commit()


def order(raw: Raw) -> Order:
    after = raw["after"]["S"] if "after" in raw else None
    return Order(raw["of_kind"]["S"], raw["of_id"]["S"], raw["order"]["S"], after)


def go_on(done: Order, after: str | None) -> None:
    """Note how far it is and have the stream bring it again, or drop it.

    Raises:
        Superseded: it is not the order that stands, or not as far as it was.
    """
    item = SweepItem(*_key(done.kind, done.id))
    was_after = SweepItem.after == done.after if done.after else SweepItem.after.does_not_exist()
    condition = (SweepItem.order == done.order) & was_after
    tx = Transaction()
    if after is None:
        tx.delete(item, condition, otherwise=Superseded())
    else:
        tx.update(item, [SweepItem.after.set(after)], condition, otherwise=Superseded())
    tx.commit()


def _key(kind: str, thing_id: str) -> keys.Key:
    return keys.sweep(f"{kind}#{thing_id}")
