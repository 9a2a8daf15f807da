"""``Idempotency-Key``: the first answer is stored in the transaction that does the work, so both happen or neither."""

from collections.abc import Callable
from typing import Any, NamedTuple

from presence.domain.errors import Conflict, IdempotencyKeyReused
from presence.storage import receipts
from presence.storage.table import Transaction


class Receipt(NamedTuple):
    """A key of one user, what it was first used for, and how its answer is written.

    ``digest`` stands for the key, ``fingerprint`` for the request (method, path, body).
    """

    user_id: str
    digest: str
    fingerprint: str
    render: Callable[[Any], str]

    def first_answer(self) -> str | None:
        """The stored answer, if the work was done before: 1 request.

        Raises:
            IdempotencyKeyReused: it was done for another request.
        """
        found = receipts.get(self.user_id, self.digest)
        if found is None:
            return None
        fingerprint, answer = found
        if fingerprint != self.fingerprint:
            raise IdempotencyKeyReused
        return answer

    def record(self, tx: Transaction, result: Any) -> None:
        """Store the answer with the work. Fails with ``Conflict`` where the same key is at work right now."""
        receipts.put(
            tx,
            self.user_id,
            self.digest,
            self.fingerprint,
            self.render(result),
            otherwise=Conflict("A request with this Idempotency-Key is in flight; please try again."),
        )
