"""Orders to look at all that lies on a board, or at all boards of a user. Their progress goes through the stream."""

from collections.abc import Iterable
from dataclasses import dataclass

from pynamodb.expressions.condition import Condition

from presence.domain import clock
from presence.domain.ids import new_id
from presence.projections.documents import BOARDS, USERS
from presence.storage import keys, table
from presence.storage.models import SweepItem
from presence.storage.table import Raw, Transaction

KEPT_SECONDS = clock.DAY
"""An order that is over: as long as DynamoDB keeps a record in the stream."""


@dataclass(frozen=True, slots=True)
class Order:
    """To look at all pins of a board again, or at all boards of a user, from some place on."""

    kind: str
    """Of what all parts are to be looked at: ``boards`` or ``users``."""
    id: str
    order: str
    parts: frozenset[str] = frozenset()
    """The ids of those to look at in this turn; none yet when it has just begun."""
    after: str | None = None
    """The position of the last of them."""
    is_last: bool = False
    """None come after them."""
    is_over: bool = False
    """All parts have been looked at."""


class Superseded(Exception):
    """There is a later order for the same; it begins anew."""


def begin(kind: str, thing_id: str) -> None:
    tx = Transaction()
    tx.put(SweepItem(*_key(kind, thing_id), of_kind=kind, of_id=thing_id, order=new_id()))
    tx.commit()


def order(raw: Raw) -> Order:
    return Order(
        raw["of_kind"]["S"],
        raw["of_id"]["S"],
        raw["order"]["S"],
        frozenset(raw["parts"]["SS"]) if "parts" in raw else frozenset(),
        raw["after"]["S"] if "after" in raw else None,
        "is_last" in raw,
        "expires_at" in raw,
    )


def was_begun(user_id: str) -> bool:
    """Whether there is an order for all boards of a user, or was within a day: 1 request."""
    return table.get(_key(USERS, user_id)) is not None


def stands(told: Order) -> bool:
    """Whether it is still the order for its thing, and no further than this: 1 request."""
    raw = table.get(_key(told.kind, told.id))
    return raw is not None and order(raw) == told


def go_on(done: Order, parts: Iterable[str], after: str, *, is_last: bool) -> None:
    """Have the stream bring it again, for the next of its parts.

    Raises:
        Superseded: it is not the order that stands, or not as far as it was.
    """
    actions = [SweepItem.parts.set({*parts}), SweepItem.after.set(after)]
    if is_last:
        actions.append(SweepItem.is_last.set(True))
    tx = Transaction()
    tx.update(SweepItem(*_key(done.kind, done.id)), actions, _is(done), otherwise=Superseded())
    tx.commit()


def put_off(told: Order) -> None:
    """Have the stream bring it again as it is, behind what is waiting now.

    Raises:
        Superseded: it is not the order that stands, or not as far as it was.
    """
    tx = Transaction()
    item = SweepItem(*_key(told.kind, told.id))
    tx.update(item, [SweepItem.waited.add(1)], _is(told), otherwise=Superseded())
    tx.commit()


def end(done: Order, *, is_kept: bool) -> None:
    """All parts have been looked at.

    Args:
        is_kept: the order stays while the stream may still tell of a part that it passed by. Else it is dropped.

    Raises:
        Superseded: it is not the order that stands.
    """
    tx = Transaction()
    item = SweepItem(*_key(done.kind, done.id))
    if is_kept:
        actions = [SweepItem.parts.remove(), SweepItem.expires_at.set(int(clock.now()) + KEPT_SECONDS)]
        tx.update(item, actions, _is(done), otherwise=Superseded())
    else:
        tx.delete(item, _is(done), otherwise=Superseded())
    tx.commit()


def _is(told: Order) -> Condition:
    was_after = SweepItem.after == told.after if told.after else SweepItem.after.does_not_exist()
    condition: Condition = (SweepItem.order == told.order) & was_after & SweepItem.expires_at.does_not_exist()
    return condition


def _key(kind: str, thing_id: str) -> keys.Key:
    return keys.sweep(keys.board(thing_id) if kind == BOARDS else keys.profile(thing_id))
