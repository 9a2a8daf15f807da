"""Posting lists: what is packed comes back, and nothing above a list's floor is lost, whenever a writer is stopped."""

import random
from collections.abc import Iterable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from presence.domain import clock
from presence.domain.ids import earlier_id, new_id
from presence.domain.postings import (
    BLOCK_BYTES,
    LENGTHS,
    MAX_BLOCKS,
    NUMBERS,
    SAMPLE_SIZE,
    Posting,
    Sample,
    TermList,
    columns,
    impact,
    number,
    pack,
    packed_length,
    place,
    rarity,
    saturation,
    unpack,
)

bytes_ = st.integers(0, 255)
some_postings = st.dictionaries(
    st.integers(0, NUMBERS - 1), st.builds(Posting, bytes_, bytes_, st.integers(0, 65_535), bytes_), max_size=300
)


@given(some_postings)
def test_what_is_packed_comes_back_in_the_order_of_numbers(postings: dict[int, Posting]) -> None:
    packed = pack(postings)

    assert unpack(packed) == postings
    assert list(columns(packed).numbers) == sorted(postings)


@pytest.mark.parametrize("numbers", [(), (0,), (NUMBERS - 1,), (0, NUMBERS - 1)])
def test_numbers_at_the_ends_are_packed(numbers: tuple[int, ...]) -> None:
    postings = {each: Posting(4, 8) for each in numbers}

    assert unpack(pack(postings)) == postings


def test_a_posting_takes_less_than_five_bytes() -> None:
    postings = a_crowd(900)

    assert len(pack(postings)) / 900 < 5


@given(st.integers(0, 20_000))
def test_a_length_in_a_byte_is_off_by_three_percent_at_most(units: int) -> None:
    kept = LENGTHS[packed_length(units)]

    assert kept == units if units <= 127 else kept == pytest.approx(units, rel=0.03)


def test_numbers_of_documents_have_42_bits_and_are_always_the_same() -> None:
    assert number("1") == number("1") != number("2")
    assert all(0 <= number(each) < NUMBERS for each in ("0", new_id(), str((1 << 63) - 1)))


def test_the_newer_a_document_is_the_smaller_is_its_number() -> None:
    first = new_id()
    made = [first, *(earlier_id(first, 3 * clock.MINUTE * 1000 * times) for times in range(1, 100))]

    assert [number(each) for each in made] == sorted(map(number, made))


def test_documents_made_at_once_have_numbers_of_their_own() -> None:
    first = "1196363140305470047"
    assert len({number(earlier_id(first, milliseconds)) for milliseconds in range(1_000)}) > 990


def test_a_word_adds_as_bm25_says() -> None:
    # Worked out by hand: a word in a document of average length, and twice in one of twice the average.
    assert saturation(Posting(4, 40), 40) == pytest.approx(2.2 / 2.2)
    assert saturation(Posting(8, 80), 40) == pytest.approx(2 * 2.2 / (2 + 1.2 * (0.25 + 0.75 * 2)))
    assert rarity(1, 10) == pytest.approx(1.992430165)
    assert rarity(10, 10) < rarity(9, 10)


# Lists.


def a_crowd(size: int, seed: int = 1) -> dict[int, Posting]:
    """Documents of four years."""
    chance = random.Random(seed)
    return {
        (1 << 41) + chance.getrandbits(38): Posting(
            4 * chance.choice((1, 1, 2)), 4 * chance.randint(1, 15), chance.choice((0, 1))
        )
        for _ in range(size)
    }


def filled(postings: dict[int, Posting], batch: int = 500) -> TermList:
    """A list that was told them in batches."""
    whole = TermList()
    told = list(postings.items())
    for start in range(0, len(told), batch):
        changed: set[int] = set()
        for document, posting in told[start : start + batch]:
            changed |= whole.put(document, posting)
        whole.settle(changed)
    return whole


def held(whole: TermList) -> dict[int, Posting]:
    return {document: posting for block in whole.blocks for document, posting in block.items()}


def above_the_floor(whole: TermList, postings: dict[int, Posting]) -> dict[int, Posting]:
    return {n: each for n, each in postings.items() if whole.floor is None or place(n, each) < whole.floor}


@pytest.mark.parametrize("size", [0, 1, 700, 1_500, 2_500, 12_000])
def test_a_list_holds_all_above_its_floor_in_blocks_that_fit(size: int) -> None:
    postings = a_crowd(size)
    whole = filled(postings)

    assert above_the_floor(whole, postings).items() <= held(whole).items() <= postings.items()
    assert len(held(whole)) == len(whole), "no document is in two blocks"
    assert len(whole.blocks) <= MAX_BLOCKS
    assert (whole.floor is not None) == (size == 12_000)
    room = BLOCK_BYTES - (len(whole.sample.pack()) if whole.sample else 0)
    assert all(
        len(pack(block)) <= (room if index == MAX_BLOCKS - 1 else BLOCK_BYTES)
        for index, block in enumerate(whole.blocks)
    )


def test_better_blocks_hold_what_weighs_more() -> None:
    whole = filled(a_crowd(3_000))

    impacts = [[impact(each) for each in block.values()] for block in whole.blocks]

    assert len(impacts) > 1
    assert all(min(better) >= max(worse) for better, worse in pairwise(impacts))


@given(st.lists(st.tuples(st.integers(0, 1_999), st.sampled_from((None, 1, 3))), max_size=60), st.integers(0, 3))
def test_whatever_changes_a_list_says_what_was_told_last(changes: list[tuple[int, int | None]], seed: int) -> None:
    postings = a_crowd(2_000, seed)
    numbers = list(postings)
    whole = filled(postings)
    changed: set[int] = set()
    for which, weight in changes:
        posting = Posting(4 * weight, 40) if weight else None
        changed |= whole.put(numbers[which], posting)
        if posting:
            postings[numbers[which]] = posting
        else:
            postings.pop(numbers[which], None)
    whole.settle(changed)

    assert above_the_floor(whole, postings).items() <= held(whole).items() <= postings.items()


@pytest.mark.parametrize("is_newest_first", [True, False])
def test_of_equals_a_full_list_keeps_the_newest_in_whatever_order_they_come(is_newest_first: bool) -> None:
    numbers = sorted(a_crowd(6_000), reverse=not is_newest_first)

    whole = filled(dict.fromkeys(numbers, Posting(4, 4)))

    assert sorted(held(whole)) == sorted(numbers)[: len(whole)]
    assert 2_000 < len(whole) < 5_000


def test_saying_the_same_again_changes_nothing() -> None:
    postings = a_crowd(2_000)
    whole = filled(postings)

    assert [whole.put(*each) for each in held(whole).items()] == [set()] * len(whole)
    assert whole.put(max(postings) + 1, None) == set()


def test_a_document_that_a_stopped_writer_left_in_two_blocks_is_in_one_after_its_next_change() -> None:
    whole = filled(a_crowd(2_000))
    document, posting = next(iter(whole.blocks[0].items()))
    whole.blocks[1][document] = posting

    assert whole.put(document, posting) == {0, 1}
    assert sum(document in block for block in whole.blocks) == 1


def test_a_list_that_has_shrunk_is_laid_down_as_one_block() -> None:
    postings = a_crowd(1_500)
    whole = filled(postings)
    kept = dict(list(postings.items())[:100])
    for document in postings.keys() - kept.keys():
        whole.put(document, None)
    assert whole.is_sparse

    whole.gather()

    assert whole.blocks == [kept]
    assert not whole.fences
    assert whole.sample is None


# Samples.


def sampled(documents: Iterable[int]) -> Sample:
    sample = Sample()
    for document in documents:
        sample.put(document, Posting(4, 4), SAMPLE_SIZE)
    return sample


@pytest.mark.parametrize("size", [0, SAMPLE_SIZE, 5_000, 60_000])
def test_a_sample_estimates_how_many_there_are(size: int) -> None:
    sample = sampled(a_crowd(size))

    assert len(sample.members) == min(size, SAMPLE_SIZE)
    assert sample.total == size if size <= SAMPLE_SIZE else sample.total == pytest.approx(size, rel=0.3)


@pytest.mark.parametrize("apart_ms", [1, 10_000, clock.HOUR * 1000])
def test_a_sample_does_not_mind_when_documents_were_made(apart_ms: int) -> None:
    last = new_id()

    sample = sampled(number(earlier_id(last, apart_ms * place)) for place in range(5_000))

    assert sample.total == pytest.approx(5_000, rel=0.2)


def test_a_sample_is_the_same_in_whatever_order_it_was_told() -> None:
    documents = list(a_crowd(3_000))

    assert sampled(documents) == sampled(reversed(documents))


@given(some_postings)
def test_a_packed_sample_comes_back(postings: dict[int, Posting]) -> None:
    sample = Sample(postings, 123)

    assert Sample.unpacked(sample.pack(), 123) == sample


def test_a_sample_takes_less_than_its_members_in_a_list() -> None:
    sample = sampled(a_crowd(60_000))

    assert len(sample.pack()) < len(pack(sample.members))


def test_a_sample_knows_who_left_and_does_not_count_twice() -> None:
    sample = Sample()
    assert sample.put(5, Posting(4, 4), SAMPLE_SIZE)
    assert not sample.put(5, Posting(4, 4), SAMPLE_SIZE)
    assert sample.put(5, None, SAMPLE_SIZE)
    assert not sample.put(5, None, SAMPLE_SIZE)
    assert sample.total == 0


def test_a_list_that_is_not_whole_estimates_how_long_it_would_be() -> None:
    whole = filled(a_crowd(12_000))

    assert len(whole) < 4_000
    assert whole.having == pytest.approx(12_000, rel=0.1)


def test_a_list_whose_writer_was_stopped_before_it_dropped_anything_keeps_all_until_it_does() -> None:
    postings = a_crowd(100)
    whole = TermList(floor=min(place(*each) for each in postings.items()))

    for document, posting in postings.items():
        whole.put(document, posting)

    assert held(whole) == postings
