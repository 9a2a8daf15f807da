"""What can be the fence of a block."""

import pytest

from presence.domain.ids import DIGITS
from presence.domain.timelines import BOTTOM, is_fence


@pytest.mark.parametrize("text", [BOTTOM, "1179356273905499204", "9" * (DIGITS - 1)])
def test_ids_are_fences_and_what_lies_below_them(text: str) -> None:
    assert is_fence(text)


@pytest.mark.parametrize("text", ["", "abc", "9" * (DIGITS + 1), "٣", "-1", "1.5", "NEWEST"])
def test_nothing_else_is(text: str) -> None:
    assert not is_fence(text)
