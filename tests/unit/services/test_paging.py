from collections.abc import Iterable
from dataclasses import dataclass, replace
from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from presence.domain.errors import InvalidParameter
from presence.services import paging
from presence.services.paging import (
    BEGINNING,
    ENOUGH_READS,
    MAX_READ,
    SECOND,
    Cut,
    Page,
    PageRequest,
    Read,
    cuts,
    fill,
    in_turn,
    written,
)


@dataclass(frozen=True)
class Thing:
    id: str
    seen: bool = True
    prefix: str = ""

    @property
    def position(self) -> str:
        return self.prefix + self.id


things = st.lists(st.booleans(), max_size=60).map(
    lambda seen: [Thing(str(number), it) for number, it in enumerate(seen, start=10)]
)
sizes = st.integers(min_value=1, max_value=20)


class Stored:
    """A list read in pages, as DynamoDB would: it says that more may follow whenever it stopped at a limit."""

    def __init__(self, items: list[Thing], *, largest_page: int = MAX_READ) -> None:
        self._items = items
        self._largest_page = largest_page
        self.reads = 0

    def __call__(self, after: str | None, limit: int) -> tuple[list[Thing], bool]:
        self.reads += 1
        start = 0 if after is None else [item.id for item in self._items].index(after) + 1
        page = self._items[start : start + min(limit, self._largest_page)]
        return page, len(page) == min(limit, self._largest_page)


def _seen(items: Iterable[Thing]) -> Iterable[Thing]:
    return (item for item in items if item.seen)


def _pages(size: int, read: Read[Thing]) -> list[Page[Thing]]:
    pages = [fill(PageRequest(size), read, _seen)]
    while pages[-1].after is not None:
        pages.append(fill(PageRequest(size, pages[-1].after), read, _seen))
    return pages


@given(things, sizes)
def test_the_pages_together_are_what_the_viewer_may_see_in_order(items: list[Thing], size: int) -> None:
    shown = [item for page in _pages(size, Stored(items)) for item in page.items]

    assert shown == list(_seen(items))


@given(things, sizes)
def test_every_page_but_the_last_is_full(items: list[Thing], size: int) -> None:
    *full, last = _pages(size, Stored(items))

    assert all(len(page.items) == size for page in full)
    assert len(last.items) <= size


@given(things, sizes, st.integers(min_value=1, max_value=7))
def test_no_page_that_has_a_bookmark_is_empty(items: list[Thing], size: int, largest_page: int) -> None:
    pages = _pages(size, Stored(items, largest_page=largest_page))

    assert all(page.items for page in pages if page.after is not None)


@given(things, sizes, st.integers(min_value=1, max_value=7))
def test_reads_that_end_early_lose_nothing(items: list[Thing], size: int, largest_page: int) -> None:
    shown = [it for page in _pages(size, Stored(items, largest_page=largest_page)) for it in page.items]

    assert shown == list(_seen(items))


@given(st.integers(min_value=1, max_value=60), sizes)
def test_the_last_page_is_not_empty_where_there_is_anything(number: int, size: int) -> None:
    pages = _pages(size, Stored([Thing(str(n)) for n in range(number)]))

    assert len(pages) == ceil(number / size)


def test_a_page_of_what_all_may_see_takes_one_read() -> None:
    stored = Stored([Thing(str(number)) for number in range(100)])

    fill(PageRequest(25), stored)

    assert stored.reads == 1


def test_a_page_behind_hundreds_of_hidden_things_takes_few_reads() -> None:
    stored = Stored([Thing(str(number), seen=number >= 900) for number in range(1000)])

    page = fill(PageRequest(25), stored, _seen)

    assert len(page.items) == 25
    assert stored.reads <= 3


def test_a_page_that_has_something_is_not_filled_at_any_price() -> None:
    stored = Stored([Thing("0"), *(Thing(str(number), seen=False) for number in range(1, 100))], largest_page=1)

    page = fill(PageRequest(25), stored, _seen)

    assert [item.id for item in page.items] == ["0"]
    assert page.after is not None
    assert stored.reads == ENOUGH_READS


def test_a_listing_that_hides_hundreds_of_thousands_in_a_row_gives_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paging, "MOST_READS", 30)
    stored = Stored([Thing(str(number), seen=False) for number in range(100)], largest_page=1)

    with pytest.raises(InvalidParameter):
        fill(PageRequest(25), stored, _seen)
    assert stored.reads == 30


def test_a_listing_whose_reads_are_dear_gives_up_sooner_with_words_of_its_own() -> None:
    stored = Stored([Thing(str(number), seen=False) for number in range(100)], largest_page=1)

    with pytest.raises(LookupError):
        fill(PageRequest(25), stored, _seen, most_reads=3, otherwise=LookupError())
    assert stored.reads == 3


def test_nothing_stored_is_one_empty_last_page() -> None:
    assert fill(PageRequest(25), Stored([])) == Page([], None)


def _second(stored: Stored) -> Read[Thing]:
    """A list that is read as the second of two: its items say so in their positions."""

    def read(after: str | None, limit: int) -> tuple[list[Thing], bool]:
        items, more = stored(after, limit)
        return [replace(item, prefix=SECOND) for item in items], more

    return read


@given(things, things, sizes, st.integers(min_value=1, max_value=7))
def test_two_lists_in_turn_are_one_list_whatever_the_sizes_of_pages(
    first: list[Thing], second: list[Thing], size: int, largest_page: int
) -> None:
    read = in_turn(Stored(first, largest_page=largest_page), _second(Stored(second, largest_page=largest_page)))
    pages = _pages(size, read)

    assert [item.id for page in pages for item in page.items] == [item.id for item in _seen(first + second)]
    assert all(page.items for page in pages if page.after is not None)


def test_the_second_list_is_not_read_before_the_first_has_ended() -> None:
    first, second = Stored([Thing(str(number)) for number in range(30)]), Stored([Thing("99")])

    fill(PageRequest(25), in_turn(first, _second(second)))

    assert (first.reads, second.reads) == (1, 0)


def test_the_first_list_is_not_read_again_after_it_has_ended() -> None:
    first, second = Stored([Thing("1")]), Stored([Thing(str(number)) for number in range(60, 90)])
    read = in_turn(first, _second(second))

    page = fill(PageRequest(20), read)
    fill(PageRequest(20, page.after), read)

    assert (first.reads, second.reads) == (1, 2)


PLACES = [(-30, 1), (-20, 2), (-20, 3), (-20, 4), (-10, 5)]


@given(st.integers(min_value=0, max_value=5), st.sets(st.sampled_from(PLACES)), st.sets(st.integers(6, 60)))
def test_a_cut_is_found_again_whatever_is_gone_or_came(end: int, gone: set[tuple[int, int]], came: set[int]) -> None:
    now = sorted({*PLACES, *((-number, number) for number in came)} - gone)

    found = Cut.at(PLACES, end).end(now)

    assert not set(PLACES[end:]) & set(now[:found])
    assert not set(PLACES[:end]) & set(now[found:])


@pytest.mark.parametrize("moved", [2, 3])
@pytest.mark.parametrize("score", [-40, -5])
def test_a_cut_is_found_again_though_what_stood_beside_it_moved(moved: int, score: int) -> None:
    now = sorted((score if number == moved else old, number) for old, number in PLACES)

    found = Cut.at(PLACES, 2).end(now)

    assert {number for _, number in now[:found]} - {moved} == {1, 2} - {moved}


@pytest.mark.parametrize("drift", [0.5, 0.9, 1.1, 2])
def test_a_cut_is_found_again_though_all_scores_changed(drift: float) -> None:
    now = [(round(score * drift), number) for score, number in PLACES]

    assert [Cut.at(PLACES, end).end(now) for end in range(6)] == [*range(6)]


def test_what_is_written_of_cuts_is_read_again() -> None:
    some = [BEGINNING, Cut.at(PLACES, 2), Cut.at(PLACES, 5), Cut(-1, -(10**19), -(10**19))]

    assert list(cuts(written(some))) == some
