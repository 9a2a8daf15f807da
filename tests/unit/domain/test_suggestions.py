"""Names by the beginnings of their words."""

from presence.domain.suggestions import (
    BOARD,
    LENGTHS,
    MOST,
    MOST_BYTES,
    USER,
    Suggestion,
    beginning,
    beginnings,
    best,
    folded,
    matching,
    user_name,
)


def a_name(name: str, weight: int = 1) -> Suggestion:
    return Suggestion(BOARD, name, weight)


def test_a_name_belongs_to_beginnings_of_each_of_its_first_words() -> None:
    assert beginnings(a_name("oak tables")) == {"o", "oa", "oak", "oak t", "oak tabl", "t", "ta", "tab", "table"}
    assert "f" not in beginnings(a_name("a b c d f"))


def test_whatever_is_typed_of_a_name_leads_to_an_item_that_has_it() -> None:
    for name in (
        a_name("crème brûlée à la carte"),
        a_name("寿司レシピ"),
        Suggestion(USER, user_name("1", "a_b", "C D"), 0),
    ):
        for whole in map(folded, name.texts):
            for length in range(1, len(whole) + 1):
                typed = folded(whole[:length])
                assert beginning(typed) in beginnings(name), typed
                assert matching([name], typed) == [name]


def test_an_item_keeps_the_heaviest_and_stays_small() -> None:
    many = [a_name(f"name {number:03}", weight=number % 4) for number in range(200)]
    kept = best(many)
    assert len(kept) == MOST
    assert {each.weight for each in kept} == {2, 3}
    assert best(reversed(many)) == kept

    long = best([a_name("é" * 79 + chr(97 + number)) for number in range(26)])
    assert sum(len(each.name.encode()) for each in long) <= MOST_BYTES


def test_the_longest_beginning_is_looked_up() -> None:
    assert [len(beginning("wedding cakes"[:length])) for length in range(1, 10)] == [1, 2, 3, 3, 5, 5, 5, 8, 8]
    assert LENGTHS[-1] == 8
