"""The answers given to requests with an ``Idempotency-Key``, written in the transaction that does the work."""

from presence.domain import clock
from presence.storage import keys, table
from presence.storage.models import Item, ReceiptItem
from presence.storage.table import Otherwise, Transaction

KEPT_SECONDS = clock.DAY


def get(user_id: str, digest: str) -> tuple[str, str] | None:
    """The request's fingerprint and its answer, for ``KEPT_SECONDS`` after the work was done."""
    raw = table.get(keys.receipt(user_id, digest))
    if raw is None or int(raw["expires_at"]["N"]) <= clock.now():
        return None
    return raw["fingerprint"]["S"], raw["answer"]["S"]


def put(tx: Transaction, user_id: str, digest: str, fingerprint: str, answer: str, *, otherwise: Otherwise) -> None:
    now = int(clock.now())
    item = ReceiptItem(
        *keys.receipt(user_id, digest), fingerprint=fingerprint, answer=answer, expires_at=now + KEPT_SECONDS
    )
    # Expired items stay readable until DynamoDB gets round to deleting them.
    tx.put(item, Item.pk.does_not_exist() | (Item.expires_at <= now), otherwise=otherwise)
