"""How long what was deleted can be restored: each thing in the trash has an item that expires with its time.

Where that item went without the thing having been restored, the thing is to be purged. DynamoDB removes what has
expired some time after (up to a few days), so whoever restores asks the clock as well: when the time is up, it is up.
"""

from presence.domain import clock
from presence.storage.keys import Key
from presence.storage.models import Item, TrashItem
from presence.storage.table import Otherwise, Transaction

KEPT_SECONDS = 30 * clock.DAY


def ends_at(trashed_at: str) -> float:
    """When it can no longer be restored, in seconds since the epoch."""
    return clock.seconds(trashed_at) + KEPT_SECONDS


def is_over(trashed_at: str) -> bool:
    return ends_at(trashed_at) <= clock.now()


def put(tx: Transaction, key: Key, trashed_at: str) -> None:
    tx.put(TrashItem(*key, expires_at=int(ends_at(trashed_at))))


def take(tx: Transaction, key: Key, *, otherwise: Otherwise) -> None:
    """End its time, to restore it or to purge it now. Fails when the time is up."""
    tx.delete(TrashItem(*key), Item.expires_at > int(clock.now()), otherwise=otherwise)


def require_gone(tx: Transaction, key: Key, *, otherwise: Otherwise) -> None:
    """Purge only what is still in the trash without time: it may have been restored, and deleted again since."""
    tx.delete(TrashItem(*key), Item.pk.does_not_exist(), otherwise=otherwise)


def forget(tx: Transaction, key: Key) -> None:
    """What was in the trash goes, whatever was left of its time."""
    tx.delete(TrashItem(*key))
