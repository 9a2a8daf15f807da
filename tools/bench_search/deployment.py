"""Presence with a collection's documents as pins on public boards: the real projections, indexer and handlers, on
DynamoDB in memory."""

import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import batched, count
from typing import Any, NamedTuple, cast
from urllib.parse import urlencode

from indexer.handler import handler as index
from presence.domain.entities import Board, Image, Media, Pin
from presence.projections.documents import PINS
from presence.projections.filters import INDEXER_FILTERS
from presence.services import relevance, search
from presence.storage import boards, pins, table
from presence.storage import index as discovery
from presence.storage.table import Raw, Transaction
from tests.support.api import Context
from tests.support.content import a_board
from tests.support.filtering import passes
from tests.support.people import a_user
from tests.support.stored import a_record, put
from tools.bench_search.boards import Board as BoardOfItems
from tools.bench_search.collection import Document
from tools.bench_search.metered import Bill, Metered

BATCH_SIZE = 1000
"""Records that the deployed indexer is given at once; see ``infra/service_stack.py``."""
MADE_AT = "2026-11-25T09:00:00Z"
_PIN_CARDS = f"CARD#{PINS}#"
_LAST_ID = 1_048_576_000_000_000_000
_APART_MS = 600_000


class Answer(NamedTuple):
    ids: list[str]
    """Of documents or boards, or names; the best first."""
    bill: Bill


class Deployment:
    """An empty one. There is one at a time: the code under test holds one client."""

    def __init__(self) -> None:
        self.memory = Metered()
        table._table.connection._client = cast(Any, self.memory)
        self._user = a_user("reader")
        self.memory.written.clear()
        self._chance = random.Random(1)
        self._places = count()

    def index(self, items: Iterable[Raw]) -> None:
        """Have items of the main table written, and indexed through the stream."""
        for batch in batched(items, BATCH_SIZE, strict=False):
            put(batch)
            self._follow()
        self.forget()

    def _follow(self) -> None:
        written = list(self.memory.written)
        self.memory.written.clear()
        records = [a_record(str(number), *each) for number, each in enumerate(written)]
        answer = index({"Records": [each for each in records if passes(each, INDEXER_FILTERS)]}, Context())
        if answer["batchItemFailures"]:
            raise RuntimeError(f"The indexer reports {len(answer['batchItemFailures'])} records")

    def ask(self, path: str, **params: Any) -> tuple[list[Any], Bill]:
        """The items of the first page."""
        with self.memory.bill() as bill:
            reply = self._user.get(f"{path}?{urlencode(params)}")
        if reply.status != 200:
            raise RuntimeError(f"{path} with {params} is answered with {reply.status}: {reply.text}")
        return reply.json["items"], bill

    def new_id(self) -> str:
        """Each is ten minutes older than the one before."""
        return str(_LAST_ID - (next(self._places) * _APART_MS << 22) | self._chance.getrandbits(22))

    def forget(self) -> None:
        """As a function does that starts anew, or after a minute."""
        search._known.cache_clear()


class OneBoard(Deployment):
    """All documents are pins on one board, to be searched."""

    def __init__(self, documents: Sequence[Document]) -> None:
        """
        Args:
            documents: all that will ever be added, in their order. Of equal scores the first comes first, which the
                newest does here.
        """
        super().__init__()
        self._board_id = a_board(self._user, name="Collection")
        self._waiting = list(documents)
        self._id_of = {document.id: self.new_id() for document in documents}
        self._document_of = {pin: document for document, pin in self._id_of.items()}
        self.memory.written.clear()

    def add(self, number: int) -> None:
        """Have the next documents written, and indexed."""
        coming, self._waiting = self._waiting[:number], self._waiting[number:]
        self.index(
            _pin(self._id_of[each.id], self._user.user_id, self._board_id, each, picture="any") for each in coming
        )

    def search(self, text: str, *, size: int = 25) -> Answer:
        """The first page of what is found."""
        items, bill = self.ask("/discover/search", type="pins", q=text, page_size=size)
        return Answer([self._document_of[item["pin"]["id"]] for item in items], bill)

    @contextmanager
    def by_words_alone(self) -> Iterator[None]:
        """Neighbours count nothing; what else an order knows is the same of all documents here."""
        usual = relevance.ADJACENCY
        relevance.ADJACENCY = 0.0
        try:
            yield
        finally:
            relevance.ADJACENCY = usual

    def postings(self) -> int:
        """How many different words all documents have together, each in its own language."""
        cards = (item for (part, _), item in self.memory.discovery.items.items() if part.startswith(_PIN_CARDS))
        pins_of = (document for card in cards for document in discovery.cards(card).values())
        return sum(len({*document.title, *document.text}) for document in pins_of)


class ManyBoards(Deployment):
    """Boards, each of somebody else, with items as pins: the same item shows the same picture on all of them."""

    def __init__(self, items: Mapping[str, Document], boards: Sequence[BoardOfItems]) -> None:
        """
        Args:
            boards: all that will ever be added.
        """
        super().__init__()
        self._items = items
        self._waiting = list(boards)
        self._id_of = {board.id: self.new_id() for board in boards}
        self._board_of = {stored: board for board, stored in self._id_of.items()}
        self._item_of: dict[str, str] = {}
        """By pin."""
        self._pins_of: dict[str, list[str]] = {}
        """By item."""

    def add(self, number: int) -> None:
        """Have the next boards written with all their pins, and indexed."""
        coming, self._waiting = self._waiting[:number], self._waiting[number:]
        self.index(stored for board in coming for stored in self._stored(board))

    def _stored(self, board: BoardOfItems) -> Iterable[Raw]:
        owner = a_user()
        self.memory.written.clear()
        board_id = self._id_of[board.id]
        yield _board(board_id, owner.user_id, board.name, pins=len(board.items))
        for item in board.items:
            pin_id = self.new_id()
            self._item_of[pin_id] = item
            self._pins_of.setdefault(item, []).append(pin_id)
            yield _pin(pin_id, owner.user_id, board_id, self._items[item], picture=item)

    def ideas(self, board_id: str, number: int) -> Answer:
        """Items that are suggested for a board."""
        found, bill = self.ask(f"/discover/boards/{self._id_of[board_id]}/ideas", page_size=number)
        return Answer([self._item_of[pin["id"]] for pin in found], bill)

    def related(self, board_id: str, number: int) -> Answer:
        found, bill = self.ask(f"/discover/boards/{self._id_of[board_id]}/related", page_size=number)
        return Answer([self._board_of[board["id"]] for board in found], bill)

    def belonging(self, item: str, number: int) -> Answer:
        """Boards to which an item may be added, of which one has it."""
        found, bill = self.ask(f"/discover/pins/{self._pins_of[item][0]}/boards", page_size=number)
        return Answer([self._board_of[board["id"]] for board in found], bill)


class Names(Deployment):
    """Boards without pins, each name given by so many people."""

    def __init__(self, names: Mapping[str, int]) -> None:
        super().__init__()
        people = [a_user() for _ in range(max(names.values(), default=0))]
        self.memory.written.clear()
        self.index(
            _board(self.new_id(), person.user_id, name, pins=0)
            for name, number in names.items()
            for person in self._chance.sample(people, number)
        )

    def suggest(self, typed: str, number: int) -> Answer:
        found, bill = self.ask("/discover/suggest", q=typed)
        return Answer([each["text"] for each in found[:number]], bill)


def _board(board_id: str, owner_id: str, name: str, *, pins: int) -> Raw:
    transaction = Transaction()
    board = Board(board_id, owner_id, name, slug=board_id, privacy="PUBLIC", created_at=MADE_AT, pin_count=pins)
    boards.put(transaction, board, otherwise=RuntimeError(name))
    return _only_item(transaction)


def _pin(pin_id: str, owner_id: str, board_id: str, shown: Document, *, picture: str) -> Raw:
    transaction = Transaction()
    pin = Pin(
        id=pin_id,
        owner_id=owner_id,
        board_id=board_id,
        created_at=MADE_AT,
        media=Media("image", (Image(url=f"https://pictures.example/{picture}.jpg"),)),
        title=shown.title or None,
        description=shown.text or None,
    )
    pins.put(transaction, pin, otherwise=RuntimeError(pin_id))
    return _only_item(transaction)


def _only_item(transaction: Transaction) -> Raw:
    [operation] = transaction._operations
    item: Raw = operation.request["Put"]["Item"]
    return item
