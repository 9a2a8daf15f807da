"""What acts come to as time passes, and which boards have room among the best."""

from itertools import permutations
from math import log2
from random import Random

import pytest

from presence.domain.clock import DAY, HOUR
from presence.domain.trends import MOST, STEPS, WINDOWS, Best, Trend, least, pack, together, trend, unpack

NOW = 1_800_000_000.0
SCORES = {window: number for number, window in enumerate(WINDOWS)}


def score(window: str, *times: float) -> int:
    return trend(times)[SCORES[window]]


@pytest.mark.parametrize(("window", "half_life"), [("day", 6 * HOUR), ("week", 42 * HOUR), ("month", 180 * HOUR)])
def test_an_act_counts_half_after_a_quarter_of_the_window(window: str, half_life: float) -> None:
    assert score(window, NOW) - score(window, NOW - half_life) == STEPS
    assert score(window, NOW, NOW) - score(window, NOW) == STEPS
    assert score(window, NOW - half_life, NOW - half_life) == score(window, NOW)


def test_scores_are_what_decaying_sums_come_to_at_any_time() -> None:
    chance = Random(1)
    for _ in range(200):
        times = [NOW - chance.expovariate(1 / (5 * DAY)) for _ in range(chance.randint(1, 40))]
        for window, seconds in WINDOWS.items():
            half_life = seconds / 4
            for now in (NOW, NOW + DAY, NOW + 100 * DAY):
                decayed = log2(sum(0.5 ** ((now - time) / half_life) for time in times))
                assert score(window, *times) / STEPS - now / half_life == pytest.approx(decayed, abs=0.51 / STEPS)


def test_the_order_of_acts_says_nothing() -> None:
    times = [NOW - 1e5, NOW, NOW - 3.3, NOW - 7e6]
    assert len({trend(some) for some in permutations(times)}) == 1


def test_an_act_lowers_no_score() -> None:
    chance = Random(2)
    times = [NOW]
    for _ in range(300):
        more = [*times, NOW - chance.random() * 300 * DAY]
        assert all(after >= before for before, after in zip(trend(times), trend(more), strict=True))
        times = more


def test_without_acts_there_is_no_trend() -> None:
    assert trend([]) == ()


@pytest.mark.parametrize("window", WINDOWS)
def test_one_act_is_of_late_as_long_as_the_window(window: str) -> None:
    seconds = WINDOWS[window]
    assert score(window, NOW) >= least(window, NOW + 0.99 * seconds)
    assert score(window, NOW) < least(window, NOW + 1.01 * seconds)


def test_boards_together_come_to_the_sum_of_their_acts() -> None:
    now = score("day", NOW)
    assert together([now, now, now - STEPS], now) == pytest.approx(2.5)
    assert together([], now) == 0


def some_trends(chance: Random, number: int) -> dict[str, Trend]:
    first = 12 * 10**17
    return {
        str(first + chance.randrange(10**17)): trend([NOW - chance.random() * 40 * DAY for _ in range(3)])
        for _ in range(number)
    }


def test_what_is_packed_is_unpacked_again() -> None:
    for number in (0, 1, 2, 200):
        some = some_trends(Random(number), number)
        assert unpack(pack(some)) == some


def test_no_item_takes_more_than_half_a_read_unit() -> None:
    """At worst no board is among the best in two windows, and their scores are as different as can be."""
    chance = Random(3)
    ids = [str(chance.randrange(10**18, 2 * 10**18)) for _ in range(3 * MOST)]
    worst = {each: tuple(at + chance.randrange(16 * STEPS) for at in trend([NOW])) for each in ids}
    assert len(pack(worst)) < 3_900


def test_the_same_boards_are_the_best_whatever_the_order_in_which_they_come() -> None:
    chance = Random(4)
    every = some_trends(chance, 3 * MOST)
    found = []
    for _ in range(4):
        best, left = Best(), list(every)
        chance.shuffle(left)
        while left:
            some = {board_id: every[board_id] for board_id in left[: chance.randint(1, 40)]}
            left = left[len(some) :]
            best.put(some)
            best.put(some)
        found.append(best)

    assert all(best == found[0] for best in found)
    for number, window in enumerate(WINDOWS):
        rightly = sorted(((each[number], int(board_id)) for board_id, each in every.items()), reverse=True)
        assert found[0].places(window) == rightly[:MOST]
        assert found[0].floors[number] == rightly[MOST]


def test_boards_of_one_score_have_room_by_age() -> None:
    best = Best()
    best.put({str(number): (7, 7, 7) for number in range(1, MOST + 10)})

    assert best.places("day") == [(7, number) for number in range(MOST + 9, 9, -1)]


def test_a_board_with_nothing_leaves() -> None:
    best = Best()
    assert best.put({"1": (7, 7, 7), "2": (8, 8, 8)})
    assert best.put({"1": ()})
    assert not best.put({"1": ()})
    assert best.trends == {"2": (8, 8, 8)}
    assert best.put({"2": ()})
    assert best == Best()


def test_what_had_no_room_is_told_by_a_floor_and_writes_nothing_more() -> None:
    best = Best()
    best.put({str(number): (100, 100, 100) for number in range(1, MOST + 1)})
    assert best.put({"9000": (99, 99, 99)})
    assert not best.has_room("9000", (99, 99, 99))
    assert not best.put({"9000": (99, 99, 99)})
    assert not best.put({"8999": (98, 98, 98)})
    assert best.put({"8999": (98, 98, 101)})
    assert best.places("month")[0] == (101, 8999)
    assert len(best.places("day")) == MOST
    assert not best.is_lacking


def test_what_dropped_boards_and_lost_others_is_lacking() -> None:
    best = Best()
    best.put({str(number): (100, 100, 100) for number in range(1, MOST + 2)})
    best.put({str(number): () for number in range(2, MOST // 2 + 2)})
    assert not best.is_lacking
    best.put({str(MOST): ()})
    assert best.is_lacking
    assert not Best().is_lacking
