import re

import pytest

from presence.domain import clock
from presence.domain.ids import earlier_id, made_at, new_id

AT_LAUNCH = 1_790_000_000.0
IN_2086 = 3_660_000_000.0


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch):
    return lambda seconds: monkeypatch.setattr(clock, "now", lambda: seconds)


@pytest.mark.parametrize("seconds", [AT_LAUNCH, IN_2086])
def test_an_id_is_19_digits(at, seconds: float) -> None:
    at(seconds)

    assert all(re.fullmatch(r"[1-9][0-9]{18}", new_id()) for _ in range(200))


@pytest.mark.parametrize("seconds", [AT_LAUNCH, IN_2086])
def test_an_id_fits_a_signed_64_bit_integer(at, seconds: float) -> None:
    at(seconds)

    assert all(int(new_id()) < 2**63 for _ in range(200))


def test_an_id_made_a_millisecond_later_sorts_later(at) -> None:
    ids = []
    for millisecond in range(200):
        at(AT_LAUNCH + millisecond / 1000)
        ids.append(new_id())

    assert ids == sorted(ids)


def test_ids_of_one_millisecond_differ(at) -> None:
    at(AT_LAUNCH)

    assert len({new_id() for _ in range(50)}) > 45


def test_an_id_made_after_another_is_earlier_the_larger_its_number_and_always_the_same() -> None:
    base = new_id()
    made = [earlier_id(base, number) for number in range(1, 1000)]

    assert made == [earlier_id(base, number) for number in range(1, 1000)]
    assert made == sorted(made, reverse=True)
    assert len({*made, base}) == 1000
    assert max(made) < base
    assert {len(each) for each in made} == {19}


@pytest.mark.parametrize("seconds", [AT_LAUNCH, IN_2086])
def test_an_id_tells_when_it_was_made(at, seconds: float) -> None:
    at(seconds)

    assert made_at(new_id()) == clock.timestamp(seconds)
