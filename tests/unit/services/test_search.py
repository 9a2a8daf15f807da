"""How much of its words' lists a search reads."""

import pytest

from presence.services.search import BLOCKS, _plan


@pytest.mark.parametrize(
    ("stems", "long", "plan"),
    [
        (["sea"], {}, {"sea": 1}),
        (["the", "sea"], {"the": 4}, {"the": 4, "sea": 1}),
        (["the", "blue", "sea"], {"the": 4, "blue": 3, "sea": 2}, {"the": 3, "blue": 3, "sea": 2}),
        (["a", "b", "c"], {"a": 4, "b": 4, "c": 4}, {"a": 4, "b": 3, "c": 1}),
    ],
)
def test_each_word_has_a_block_and_the_rarer_ones_get_the_others_first(
    stems: list[str], long: dict[str, int], plan: dict[str, int]
) -> None:
    assert _plan(stems, long) == plan


@pytest.mark.parametrize("number", range(1, 25))
@pytest.mark.parametrize("long", [None, {str(place): 4 for place in range(24)}])
def test_no_more_blocks_are_read_than_there_is_room_for_or_words(number: int, long: dict[str, int] | None) -> None:
    plan = _plan([str(place) for place in range(number)], long)

    assert len(plan) == number
    assert sum(plan.values()) <= max(BLOCKS, number)
    assert set(plan.values()) <= {1, 2, 3, 4}
