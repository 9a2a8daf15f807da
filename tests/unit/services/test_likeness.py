"""How alike two boards are, and what one of them misses."""

import pytest

from presence.projections.documents import BOARDS, Document
from presence.services import likeness
from presence.services.likeness import ABOUT, SAID, SHOWN, STANDING, Likeness


def a_document(document_id: str = "2", **facts: tuple[str, ...] | int) -> Document:
    return Document(BOARDS, document_id, **facts)  # type: ignore[arg-type]


def alike(one: Document, other: Document, unless: str | None = None) -> float:
    return Likeness(one, {}, unless).to(other)


def test_a_board_that_shows_the_same_is_as_like_as_can_be_by_that() -> None:
    mine, other = a_document("1", contents=("a", "b")), a_document(contents=("a", "b"))

    assert alike(mine, other) == pytest.approx(SHOWN)
    assert alike(mine, a_document(contents=("a", "c"))) == pytest.approx(SHOWN / 2)
    assert alike(mine, a_document(contents=("c", "d"))) == 0


def test_many_pins_that_are_not_shared_do_not_hide_that_names_are_the_same() -> None:
    mine = a_document("1", title=("copper", "lantern"), contents=("a", "b", "c"))

    assert alike(mine, a_document(title=("copper", "lantern"), contents=("d", "e", "f"))) == pytest.approx(SAID)


def test_small_words_make_nobody_alike() -> None:
    assert alike(a_document("1", title=("the", "lantern")), a_document(title=("the", "zoo"))) == 0
    assert alike(a_document("1", title=("the",)), a_document(title=("the",))) == 0


def test_topics_count_as_a_set() -> None:
    assert alike(a_document("1", topics=("dogs",)), a_document(topics=("dogs",))) == pytest.approx(ABOUT)
    assert alike(a_document("1", topics=("dogs",)), a_document(topics=("cats",))) == 0


def test_what_is_rare_tells_more() -> None:
    mine = a_document("1", contents=("rare", "frequent"))
    to = Likeness(mine, {"=rare": 4.0, "=frequent": 1.0}).to

    assert to(a_document(contents=("rare",))) > to(a_document(contents=("frequent",)))


def test_of_boards_that_are_as_like_the_one_that_stands_better_comes_first() -> None:
    mine = a_document("1", contents=("a",))

    assert alike(mine, a_document(contents=("a",), standing=255)) == pytest.approx(SHOWN * (1 + STANDING))


def test_no_board_is_like_itself_or_meant_where_it_shows_what_it_is_not_to() -> None:
    mine = a_document("1", contents=("a", "b"))

    assert alike(mine, mine) == 0
    assert alike(mine, a_document(contents=("a", "b")), unless="b") == 0
    assert alike(mine, a_document(contents=("a",)), unless="b") > 0


def test_an_empty_board_is_like_none() -> None:
    assert alike(a_document("1"), a_document(contents=("a",), title=("lantern",), topics=("dogs",))) == 0
    assert alike(a_document("1", contents=("a",)), a_document()) == 0


def test_what_is_missed_is_what_boards_show_that_are_alike() -> None:
    mine = a_document("1", contents=("a",))
    others = [(a_document("2", contents=("a", "b")), 1.0), (a_document("3", contents=("a", "b", "c")), 0.5)]

    missed = likeness.missed(mine, others)

    assert {*missed} == {"b", "c"}
    assert missed["b"] > missed["c"] > 0


def test_together_boards_show_what_most_of_them_show() -> None:
    alone = a_document("1", contents=("a",))
    others = [a_document("2", contents=("a", "b", "c")), a_document("3", contents=("a", "c"))]

    assert likeness.together(alone, others).contents == ("a", "c", "b")
