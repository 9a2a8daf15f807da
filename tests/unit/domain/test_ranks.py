"""A rank between any two, short ones many at once, and ways to them on which nothing passes anything."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from presence.domain import clock, ranks
from presence.domain.ids import new_id

IDS = st.integers(10**18, 10**19 - 1).map(str)
RANKS = st.tuples(st.text(ranks.DIGITS, max_size=25), st.sampled_from(ranks.DIGITS[10:])).map("".join)
PLACES = IDS | RANKS
type Gap = tuple[str | None, str | None]
CLOSED = st.lists(PLACES, min_size=2, max_size=2, unique=True).map(lambda two: (min(two), max(two)))
GAPS = st.one_of(CLOSED, st.tuples(st.none(), PLACES), st.tuples(PLACES, st.none()), st.just((None, None)))


@given(GAPS)
def test_a_rank_lies_strictly_between_any_two_places(gap: Gap) -> None:
    low, high = gap
    rank = ranks.between(low, high)

    assert low is None or low < rank
    assert high is None or rank < high
    assert rank[-1] not in ranks.DIGITS[:10]


@given(PLACES)
def test_nothing_lies_between_a_place_and_itself(place: str) -> None:
    with pytest.raises(ValueError, match="nothing between"):
        ranks.between(place, place)


@given(GAPS, st.integers(0, 300))
def test_many_ranks_lie_between_two_places_in_their_order(gap: Gap, number: int) -> None:
    low, high = gap
    made = ranks.spread(low, high, number)

    assert len(made) == number
    assert made == sorted(set(made))
    assert all((low is None or low < rank) and (high is None or rank < high) for rank in made)
    # Beyond what the two have in common it takes a few characters to tell hundreds apart.
    assert all(len(rank) <= max(len(low or ""), len(high or "")) + 10 for rank in made)


def test_movers_to_the_same_gap_hardly_ever_collide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ranks, "choice", Random(1).choice)  # more than once in 1 of 200 runs
    low, high = sorted((new_id(), new_id()))

    assert len({ranks.between(low, high) for _ in range(200)}) >= 199


@pytest.mark.parametrize("which", ["low", "high", "either"])
def test_a_gap_between_two_ids_is_halved_some_hundred_times_before_it_is_crowded(which: str) -> None:
    low, high = "1177922390927245349", "1177922390927590652"
    chance, moves, rank = Random(1), 0, ""
    while len(rank) <= ranks.CROWDED:
        rank = ranks.between(low, high)
        moves += 1
        low, high = (low, rank) if which == "low" or (which == "either" and chance.random() < 0.5) else (rank, high)

    assert moves > 80


def test_thousands_go_to_the_end_of_a_list_before_it_is_crowded() -> None:
    rank = new_id()
    for _ in range(2000):
        rank = ranks.between(None, rank)

    assert len(rank) <= ranks.CROWDED


def test_what_is_new_lies_above_whatever_was_moved_to_the_top(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1_800_000_000.0
    monkeypatch.setattr(clock, "now", lambda: now)
    top = ranks.above(None)
    for _ in range(20):  # all in one millisecond
        higher = ranks.above(top)
        assert higher > top
        top = higher
    now += 0.002

    assert new_id() > top


@given(st.lists(PLACES, unique=True, min_size=1, max_size=60), st.sampled_from([None, "0" * 40 + "A"]))
def test_no_step_of_a_spreading_passes_another_thing(places: list[str], below: str | None) -> None:
    old = sorted(places)
    new = ranks.spread(below, None, len(old))
    now = list(old)
    for at in ranks.steps(old, new):
        now[at] = new[at]
        assert now == sorted(set(now))

    assert now == new
