"""The stream's reader that keeps the indexes: what it does with a batch, and with what fails of it."""

from typing import Any

import pytest

from presence.domain import postings
from presence.domain.errors import StorageUnavailable
from presence.projections.documents import BOARDS
from presence.services import indexing
from presence.storage import index, keys
from tests.support.content import a_board
from tests.support.people import a_user
from tests.support.stored import Stream


def cards_of(board_ids: list[str]) -> set[str]:
    """Those that the index has a card of."""
    by_key = {keys.card(BOARDS, postings.number(board_id)): board_id for board_id in board_ids}
    return {by_key[key] for key in index.read(by_key, consistent=True)}


def test_documents_that_fail_are_found_by_halves_and_alone_reported(
    indexed: Stream, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = a_user()
    boards = [a_board(ann) for _ in range(32)]
    records = indexed.records()
    bad = boards[21]
    refresh, tried = indexing.refresh, []

    def failing(touched: Any) -> None:
        tried.append(len(touched))
        if any(subject.id == bad for subject in touched):
            raise StorageUnavailable("any reason")
        refresh(touched)

    monkeypatch.setattr(indexing, "refresh", failing)
    of_bad = [each["dynamodb"]["SequenceNumber"] for each in records if bad in str(each["dynamodb"]["Keys"])]

    assert indexed.deliver(records) == of_bad
    assert cards_of(boards) == {*boards} - {bad}
    assert len(tried) <= 1 + 2 * 6  # there is Ann's profile too: 33 documents
