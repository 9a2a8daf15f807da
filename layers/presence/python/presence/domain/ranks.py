"""Ranks: where things lie in a list that somebody puts in order by hand.

A rank is read as the digits (base 62, in the order of ASCII) behind a point, so ranks sort as plain strings do. An id
is the rank of a thing that nobody has moved: a list needs nothing until it is put in order, and what is new lies above
everything, whatever was moved there before. Every other rank ends in a letter, so none is the beginning of an id, and
ids are equally long: that is why there always is room between two ranks.
"""

from collections.abc import Iterator, Sequence
from secrets import choice

from presence.domain.ids import new_id

DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_LETTERS = DIGITS[10:]
_RANDOM_DIGITS = 3
"""Who moves to the same gap at the same moment collides with a probability of 1 in 200,000; then the two lie side by
side, in the order of their keys."""

CROWDED = 40
"""Longer ranks want their neighbourhood to be spread anew. Halving one gap again and again, from between two ids of the
same second, takes some 100 moves to get there; moving to an end takes thousands."""


def between(low: str | None, high: str | None) -> str:
    """A rank strictly between two; None leaves that end open. As short as the two allow, but for the random digits.

    Raises:
        ValueError: ``low`` is not below ``high``.
    """
    return _halfway(low, high) + _random_tail()


def _halfway(low: str | None, high: str | None) -> str:
    """What every rank may begin with that lies about the middle of a gap.

    Where the low end is open it keeps close to the high one, for what is put last is followed by the next last.
    """
    if low is not None and high is not None and low >= high:
        raise ValueError(f"There is nothing between {low} and {high}.")
    rank, floor = "", low or ""
    for place in range(len(floor) + len(high or "") + 1):
        a = DIGITS.index(floor[place]) if place < len(floor) else 0
        b = len(DIGITS) if high is None else DIGITS.index(high[place])
        if b - a > 1:
            middle = b - 1 if low is None else (a + b) // 2
            return rank + DIGITS[middle]
        rank += DIGITS[a]
        if b > a:
            high = None  # what begins like this is below it
    raise ValueError(f"{low} or {high} is no rank.")


def above(highest: str | None) -> str:
    """A rank above all that are there and below every id to come: an id made now.

    Within one millisecond, or where clocks differ, that may not be above ``highest``; what begins with it is.
    """
    now = new_id()
    return now if highest is None or now > highest else highest + _random_tail()


def spread(low: str | None, high: str | None, number: int) -> list[str]:
    """This many ranks between two, in their order, as evenly and as short as may be. The same ones each time."""
    if number == 0:
        return []
    middle = _halfway(low, high) + "V"
    return [*spread(low, middle, (number - 1) // 2), middle, *spread(middle, high, number // 2)]


def steps(old: Sequence[str], new: Sequence[str]) -> Iterator[int]:
    """In which order to give the things of a list (by index, both lists rising) their new ranks one at a time, so that
    none passes another on the way: first those that go up, from the top, then those that go down, from the bottom.
    """
    yield from (at for at in reversed(range(len(old))) if new[at] > old[at])
    yield from (at for at in range(len(old)) if new[at] < old[at])


def _random_tail() -> str:
    return "".join(choice(DIGITS) for _ in range(_RANDOM_DIGITS - 1)) + choice(_LETTERS)
