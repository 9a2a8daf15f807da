from collections import Counter

from tools.bench_search import synthetic, tasks
from tools.bench_search.boards import Alias, Board, Gallery
from tools.bench_search.collection import Document

ITEMS = {str(number): Document(str(number), f"Item {number}") for number in range(60)}


def a_gallery(**facts: object) -> Gallery:
    """Boards of 20 items each, of which neighbours share 10."""
    boards = [
        Board(f"b{n}", f"Board of {n}", tuple(str(each % 60) for each in range(10 * n, 10 * n + 20)), "kind")
        for n in range(6)
    ]
    return Gallery("any", ITEMS, boards, **facts)  # type: ignore[arg-type]


def test_is_always_the_same() -> None:
    assert tasks.drawn(a_gallery(), 2) == tasks.drawn(a_gallery(), 2)
    assert synthetic.gallery() == synthetic.gallery()


def test_what_is_held_out_of_a_board_stands_on_another() -> None:
    drawn = tasks.drawn(a_gallery(), 2)
    boards = {board.id: set(board.items) for board in drawn.boards}

    assert len(drawn.ideas) == 2
    for question in drawn.ideas:
        assert not question.wanted & boards[question.about]
        assert question.wanted <= set().union(*boards.values())
    assert {(each.about in boards[next(iter(each.wanted))]) for each in drawn.belonging} == {False}


def test_halves_of_a_board_are_to_find_each_other() -> None:
    drawn = tasks.drawn(a_gallery(), 2)
    boards = {board.id: board for board in drawn.boards}
    halves = [question for question in drawn.related if question.about.endswith("(1)")]

    assert len(halves) == 2
    for kind, about, wanted in halves:
        one, other = boards[about], boards[next(iter(wanted))]
        shared = set(one.items) & set(other.items)
        assert len(shared) == (7 if kind.startswith("a third shared") else 0)
        assert (one.name == other.name) == kind.endswith("same name")
        assert len({*one.items, *other.items}) == 20


def test_given_pairs_are_asked_in_both_directions_and_no_board_is_parted() -> None:
    drawn = tasks.drawn(a_gallery(pairs=[("b0", "b1"), ("b0", "b2"), ("b0", "gone")]), 2)

    assert {(each.about, each.wanted) for each in drawn.related} == {
        ("b0", frozenset({"b1", "b2"})),
        ("b1", frozenset({"b0"})),
        ("b2", frozenset({"b0"})),
    }
    assert len(drawn.boards) == 6


def test_small_boards_are_left_out_and_of_large_ones_some_are_drawn() -> None:
    many = {str(number): Document(str(number), "Any") for number in range(300)}
    small, large = Board("small", "Small", tuple(many)[:9]), Board("large", "Large", tuple(many))

    [board] = tasks.drawn(Gallery("any", many, [small, large]), 0).boards

    assert board.id == "large"
    assert len(board.items) == tasks.MOST


def test_a_name_is_borne_by_more_people_the_more_its_board_has() -> None:
    assert tasks.bearers(a_gallery()) == {f"board of {n}": 5 for n in range(6)}


def test_beginnings_are_typed_of_names_and_of_their_later_words() -> None:
    gallery = a_gallery(aliases=[Alias("sea", "Board  of 3")])
    typed = list(tasks.typed(gallery, {"blue sea": 3}, 2))

    assert Counter((each.kind, each.about) for each in typed) == {
        ("first 1", "b"): 2,
        ("first 2", "bl"): 2,
        ("first 3", "blu"): 2,
        ("first 5", "blue "): 2,
        ("first 3 of a later word", "sea"): 2,
        ("aliases as given", "sea"): 1,
    }
    assert typed[-1].wanted == {"board of 3"}
