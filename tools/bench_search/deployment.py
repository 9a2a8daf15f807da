"""Presence with a collection's documents as pins on a public board: the real projections, indexer and handler, on
DynamoDB in memory."""

import random
from collections.abc import Iterable, Sequence
from itertools import batched
from typing import Any, NamedTuple, cast
from urllib.parse import urlencode

from indexer.handler import handler as index
from presence.domain.entities import Image, Media, Pin
from presence.projections.documents import PINS
from presence.projections.filters import INDEXER_FILTERS
from presence.services import search
from presence.storage import index as discovery
from presence.storage import pins, table
from presence.storage.table import Transaction
from tests.support.api import Context
from tests.support.content import a_board
from tests.support.filtering import passes
from tests.support.people import a_user
from tests.support.stored import a_record, put
from tools.bench_search.collection import Document
from tools.bench_search.metered import Bill, Metered

BATCH_SIZE = 1000
"""Records that the deployed indexer is given at once; see ``infra/service_stack.py``."""
MADE_AT = "2026-11-25T09:00:00Z"
_PIN_CARDS = f"CARD#{PINS}#"
_FIRST_ID = 1_048_576_000_000_000_000
_PICTURE = Media("image", (Image(url="https://pictures.example/any.jpg"),))


class Answer(NamedTuple):
    ids: list[str]
    """Of documents, the best first."""
    bill: Bill


class Deployment:
    """An empty one. There is one at a time: the code under test holds one client."""

    def __init__(self, documents: Sequence[Document]) -> None:
        """
        Args:
            documents: all that will ever be added, in their order. Of equal scores the first comes first, which the
                newest does here.
        """
        self.memory = Metered()
        table._table.connection._client = cast(Any, self.memory)
        self._user = a_user("collector")
        self._board_id = a_board(self._user, name="Collection")
        self._waiting = list(documents)
        self._id_of = _pin_ids(documents)
        self._document_of = {pin: document for document, pin in self._id_of.items()}
        self.memory.written.clear()

    def add(self, number: int) -> None:
        """Have the next documents written, and indexed through the stream."""
        coming, self._waiting = self._waiting[:number], self._waiting[number:]
        for batch in batched(coming, BATCH_SIZE, strict=False):
            put(self._items(batch))
            self._follow()
        search._known.cache_clear()

    def _items(self, documents: Iterable[Document]) -> list[table.Raw]:
        transaction = Transaction()
        for each in documents:
            pin = Pin(
                id=self._id_of[each.id],
                owner_id=self._user.user_id,
                board_id=self._board_id,
                created_at=MADE_AT,
                media=_PICTURE,
                title=each.title or None,
                description=each.text or None,
            )
            pins.put(transaction, pin, otherwise=RuntimeError(each.id))
        return [operation.request["Put"]["Item"] for operation in transaction._operations]

    def _follow(self) -> None:
        written = list(self.memory.written)
        self.memory.written.clear()
        records = [a_record(str(number), *each) for number, each in enumerate(written)]
        answer = index({"Records": [each for each in records if passes(each, INDEXER_FILTERS)]}, Context())
        if answer["batchItemFailures"]:
            raise RuntimeError(f"The indexer reports {len(answer['batchItemFailures'])} records")

    def search(self, text: str, *, size: int = 25) -> Answer:
        """The first page of what is found."""
        with self.memory.bill() as bill:
            reply = self._user.get(f"/discover/search?{urlencode({'type': 'pins', 'q': text, 'page_size': size})}")
        if reply.status != 200:
            raise RuntimeError(f"{text!r} is answered with {reply.status}: {reply.text}")
        return Answer([self._document_of[item["pin"]["id"]] for item in reply.json["items"]], bill)

    def forget(self) -> None:
        """As a function does that starts anew, or after a minute."""
        search._known.cache_clear()

    def postings(self) -> int:
        """How many different words all documents have together, each in its own language."""
        cards = (item for (part, _), item in self.memory.discovery.items.items() if part.startswith(_PIN_CARDS))
        pins_of = (document for card in cards for document in discovery.cards(card).values())
        return sum(len({*document.title, *document.text}) for document in pins_of)


def _pin_ids(documents: Iterable[Document]) -> dict[str, str]:
    """Ids that get smaller, with random lower bits as those of the API have."""
    chance = random.Random(1)
    return {
        document.id: str(_FIRST_ID - (place << 22) | chance.getrandbits(22)) for place, document in enumerate(documents)
    }
