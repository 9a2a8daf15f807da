"""Orders to make the discovery indexes anew, one for each segment of the tables. They go on through the stream."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from presence.storage import keys, table
from presence.storage.keys import Key
from presence.storage.models import RebuildItem
from presence.storage.table import Part, Raw, Transaction

SEGMENTS: Final = 4
"""Their orders lie in different partitions, so that a large table's shards work on them side by side."""


class Phase(StrEnum):
    """What is being done in a segment."""

    CLEARING = "clearing"
    """Of the discovery table: what ought not to be there is taken out."""
    WAITING = "waiting"
    """Until the others are cleared too."""
    RENEWING = "renewing"
    """Of the main table: the indexes are made to say what is there."""
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Order:
    """How far a segment is."""

    run: str
    """An id made with the orders of all segments."""
    segment: int
    phase: Phase = Phase.CLEARING
    after: Key | None = None
    """The last item that was looked at."""
    examined: int = 0
    """Items of the discovery table, or documents, that were looked at in this phase."""
    turn: int = 0
    """How often it went through the stream."""

    @property
    def part(self) -> Part:
        return Part(self.segment, SEGMENTS)


class Superseded(Exception):
    """It is not the order that stands, or not as far as it was."""


def read() -> list[Order]:
    """Of the last run, in the order of segments; none before the first: 1 request."""
    wanted = [keys.rebuild(segment) for segment in range(SEGMENTS)]
    found = table.batch_get(wanted)
    return [order(found[key]) for key in wanted if key in found]


def order(raw: Raw) -> Order:
    after = (raw["after_pk"]["S"], raw["after_sk"]["S"]) if "after_pk" in raw else None
    numbers = (int(raw[name]["N"]) for name in ("examined", "turn"))
    return Order(raw["run"]["S"], int(raw["segment"]["N"]), Phase(raw["phase"]["S"]), after, *numbers)


def begin(run: str) -> None:
    """All segments at once.

    Raises:
        Superseded: a run is at work, or was begun at the same time.
    """
    tx = Transaction()
    is_over = RebuildItem.pk.does_not_exist() | (RebuildItem.phase == Phase.DONE.value)
    for segment in range(SEGMENTS):
        tx.put(_item(Order(run, segment)), is_over, otherwise=Superseded())
    tx.commit()


def go_on(done: Order, now: Order) -> None:
    """Note how far it is and have the stream bring it again.

    Raises:
        Superseded: it is not the order that stands, or not as far as it was.
    """
    stands = (RebuildItem.run == done.run) & (RebuildItem.turn == done.turn)
    tx = Transaction()
    tx.put(_item(now, turn=done.turn + 1), stands, otherwise=Superseded())
    tx.commit()


def _item(of: Order, *, turn: int = 0) -> RebuildItem:
    item = RebuildItem(
        *keys.rebuild(of.segment),
        run=of.run,
        segment=of.segment,
        phase=of.phase.value,
        examined=of.examined,
        turn=turn,
    )
    if of.after:
        item.after_pk, item.after_sk = of.after
    return item
