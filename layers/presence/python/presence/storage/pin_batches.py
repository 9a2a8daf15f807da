"""Orders to copy or move many pins, while they are carried out."""

from presence.domain.entities import PinBatch
from presence.storage import codec, keys, table
from presence.storage.models import Item, PinBatchItem
from presence.storage.table import Otherwise, Transaction


def get(user_id: str, batch_id: str) -> PinBatch | None:
    raw = table.get(keys.pin_batch(user_id, batch_id))
    return codec.pin_batch(raw) if raw else None


def put(tx: Transaction, batch: PinBatch, *, otherwise: Otherwise) -> None:
    item = PinBatchItem(*keys.pin_batch(batch.user_id, batch.id), **codec.pin_batch_attributes(batch))
    tx.put(item, Item.pk.does_not_exist(), otherwise=otherwise)


def advance(tx: Transaction, batch: PinBatch, by: int, *, otherwise: Otherwise) -> None:
    """Note that so many more steps are done, if nobody else did; a batch is gone with its last step."""
    item = PinBatchItem(*keys.pin_batch(batch.user_id, batch.id))
    condition = PinBatchItem.done == batch.done
    if batch.done + by < len(batch.steps):
        tx.update(item, [PinBatchItem.done.add(by)], condition, otherwise=otherwise)
    else:
        tx.delete(item, condition, otherwise=otherwise)
