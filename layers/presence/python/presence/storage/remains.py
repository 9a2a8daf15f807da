"""Whatever lies in a user's own partition, of any kind: what must go with the account."""

from presence.storage import keys, table
from presence.storage.models import Item
from presence.storage.table import Raw, Transaction


def list_of(user_id: str, *, limit: int) -> list[Raw]:
    """Items as they are stored, as of now, the profile not among them: 1 request."""
    own = keys.profile(user_id)
    items, _ = table.query(own[0], limit=limit)
    return [item for item in items if item["sk"]["S"] != own[1]]


def kind(item: Raw) -> str:
    text: str = item["kind"]["S"]
    return text


def remove(tx: Transaction, item: Raw) -> None:
    """Gone already is fine."""
    tx.delete(Item(item["pk"]["S"], item["sk"]["S"]))
