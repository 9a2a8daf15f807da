"""Writes of posting lists: whoever is stopped between any two of them has lost nothing."""

import random
from base64 import b64encode
from collections.abc import Iterable, Mapping

import pytest

from presence.domain.postings import BLOCK_BYTES, Posting, place
from presence.projections.documents import BOARDS
from presence.storage import index, keys
from presence.storage.index import Group, Write
from presence.storage.keys import Key
from presence.storage.table import Raw

KIND, WORD = BOARDS, "sea"

type Stored = dict[Key, Raw]
type Postings = dict[int, Posting]


def a_crowd(size: int, seed: int) -> Postings:
    chance = random.Random(seed)
    return {
        chance.getrandbits(38): Posting(
            chance.randint(1, 40), chance.randint(4, 200), chance.getrandbits(16), chance.randint(0, 7)
        )
        for _ in range(size)
    }


def changes(stored: Stored, told: Mapping[int, Posting | None]) -> Group:
    found = index.stored_list(KIND, WORD, stored)
    changed = set(found.unsettled)
    for document, posting in told.items():
        changed |= found.whole.put(document, posting)
    return index.list_writes(KIND, found, changed)


def apply(stored: Stored, writes: Iterable[Write]) -> Stored:
    """As DynamoDB does, and as it gives bytes back."""
    after = dict(stored)
    for write in writes:
        assert write.revision == index.revision(after.get(write.key)), "every write demands what was read"
        if write.attributes is None:
            del after[write.key]
        else:
            item = {name: _read(value) for name, value in write.attributes.items()}
            after[write.key] = {**item, "revision": {"N": str(write.becomes)}}
    return after


def _read(value: Raw) -> Raw:
    return {"B": b64encode(value["B"]).decode()} if "B" in value else value


def says(stored: Stored) -> tuple[Postings, int | None]:
    """What the list has, and its floor."""
    whole = index.stored_list(KIND, WORD, stored).whole
    return {document: posting for block in whole.blocks for document, posting in block.items()}, whole.floor


def written(postings: Postings) -> Stored:
    stored: Stored = {}
    told = list(postings.items())
    for start in range(0, len(told), 500):
        stored = apply(stored, changes(stored, dict(told[start : start + 500])).writes)
    return stored


@pytest.mark.parametrize("before", [0, 600, 900, 1_700, 2_600, 3_400, 5_000])
def test_a_writer_stopped_between_any_two_requests_loses_nothing(before: int) -> None:
    postings, coming = a_crowd(before, 1), a_crowd(500, 2)
    stored = written(postings)
    group = changes(stored, coming)
    assert group.writes

    for done in (0, len(group.writes)) if group.at_once else range(len(group.writes) + 1):
        stopped = apply(stored, group.writes[:done])
        found, floor = says(stopped)
        there = {n: each for n, each in postings.items() if floor is None or place(n, each) < floor}
        assert there.items() <= found.items(), f"stopped after {done} of {len(group.writes)} writes"

        # Whoever comes again says the same, and all is there, each document once.
        mended = apply(stopped, changes(stopped, coming).writes)
        found, floor = says(mended)
        wanted = {n: each for n, each in (postings | coming).items() if floor is None or place(n, each) < floor}
        assert wanted.items() <= found.items() <= (postings | coming).items()


def test_what_is_told_again_is_not_written() -> None:
    coming = a_crowd(50, 1)
    stored = written(coming)

    assert changes(stored, coming).writes == []


def test_a_list_without_documents_is_not_there() -> None:
    coming = a_crowd(1, 1)
    stored = written(coming)

    assert apply(stored, changes(stored, dict.fromkeys(coming)).writes) == {}


def test_a_sparse_list_is_laid_down_at_once() -> None:
    postings = a_crowd(1_200, 1)
    stored = written(postings)
    gone = dict.fromkeys(list(postings)[:900])

    group = changes(stored, gone)

    assert group.at_once
    after = apply(stored, group.writes)
    assert len(after) == 1
    assert says(after) == ({n: each for n, each in postings.items() if n not in gone}, None)


def test_items_are_read_with_half_a_unit() -> None:
    for raw in written(a_crowd(5_000, 1)).values():
        bytes_ = [len(value["B"]) * 3 // 4 for value in raw.values() if "B" in value]
        assert sum(bytes_) <= BLOCK_BYTES + 2


def test_a_search_reads_as_much_of_a_list_as_it_asked_for() -> None:
    postings = a_crowd(1_400, 1)
    stored = written(postings)
    first = index.list_keys(KIND, WORD, 1)[0]

    whole = index.read_list(KIND, WORD, stored)
    part = index.read_list(KIND, WORD, {first: stored[first]})

    assert whole is not None
    assert whole.is_read
    assert whole.numbers() == set(postings)
    assert whole.having == len(postings)
    assert part is not None
    assert not part.is_read
    assert part.numbers() < set(postings)
    assert part.having == pytest.approx(len(postings), rel=0.1), "the first block knows how many there are"
    assert index.read_list(KIND, WORD, {}) is None


def test_an_item_that_went_and_came_again_is_not_taken_for_the_one_that_was_read() -> None:
    first, again = (Write(keys.census("boards", 0), {}, 0) for _ in range(2))

    assert first.becomes != again.becomes
