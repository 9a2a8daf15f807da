"""Small collections through the benchmark: the real stream handler and the real routes, and what they are charged."""

import pytest

from tests.functional.conftest import fresh_clients
from tools.bench_search import boards_trial, report, trial
from tools.bench_search.boards import Alias, Board, Gallery
from tools.bench_search.collection import Collection, Document, Query
from tools.bench_search.engine import Engine
from tools.bench_search.metered import CARDS, LISTS, MAIN

TITLES = ("The blue sea", "Sea and sky", "A garden by the sea", "Mountains", "Blue mountains")
COLLECTION = Collection(
    "seas",
    [Document(str(number), title) for number, title in enumerate(TITLES)],
    [Query("q", "blue sea")],
    {"q": {"0": 2.0, "4": 1.0}},
)


@pytest.fixture
def figures() -> trial.Figures:
    try:
        return trial.run(COLLECTION, sampled=5, progress=lambda _: None)
    finally:
        fresh_clients()


def test_finds_what_the_engine_finds_at_a_bounded_cost(figures: trial.Figures) -> None:
    assert figures.quality
    assert figures.quality.ndcg[0] == figures.quality.ndcg[1]
    assert figures.quality.recall == (1, 1)
    assert {each.with_ties for each in figures.overlaps.values()} == {1}
    assert (figures.requests[LISTS].most, figures.requests[CARDS].most, figures.requests[MAIN].most) == (1, 1, 3)
    assert figures.read_units[LISTS].most <= 4
    assert figures.postings == 14 / 5
    # The board that all are on has a card too, and first a note on it: no record names the words of its own name here.
    assert figures.write_units[CARDS] == 7 / 5, "a card is written once"


def test_says_which_goals_are_met(figures: trial.Figures) -> None:
    met = {goal.name: goal.met for goal in report.goals(figures)}

    assert met.pop("write units, per posting") is False, "five documents do not share enough words"
    assert all(met.values())
    assert "overlap@10" in report.as_text(report.of_search(figures))


def test_overlaps_are_held_against_their_goal_by_the_number_of_words_or_each(figures: trial.Figures) -> None:
    one, other = [each for each in figures.overlaps.values() if each.words == 2][:2]
    one.strict, other.words_alone = 0.9, 0.8

    told = {goal.name: (goal.result, goal.met) for goal in report.goals(figures) if "overlap" in goal.name}

    assert told == {
        "overlap@10 of 2 words": ("0.967", False),
        "overlap@10 of 3 words": ("1.000", True),
        "overlap@10 by words alone, least": ("0.800", False),
        "overlap@10 up to ties, least": ("1.000", True),
    }


def test_ties_of_the_engine_are_all_as_good_as_its_last() -> None:
    engine = Engine(Document(str(number), "sea") for number in range(400))

    first, as_good = engine.best("sea", 10)

    assert first == [str(number) for number in range(10)]
    assert len(as_good) == 400


TAGS = ("sea", "forest", "desert")
GALLERY = Gallery(
    "places",
    {f"{tag} {n}": Document(f"{tag} {n}", f"Picture {n}", f"{tag}, {tag} {n}") for tag in TAGS for n in range(16)},
    [
        Board(f"{tag} {n}", f"{tag} board {n}", tuple(f"{tag} {(n + each) % 16}" for each in range(12)), "tag")
        for tag in TAGS
        for n in range(4)
    ],
    aliases=[Alias("forest", "Forest board 2")],
)


@pytest.fixture
def of_boards() -> boards_trial.Figures:
    try:
        return boards_trial.run(GALLERY, sampled=3, progress=lambda _: None)
    finally:
        fresh_clients()


def test_finds_what_belongs_together_at_a_bounded_cost(of_boards: boards_trial.Figures) -> None:
    recalls = {(each.task, each.kind): each for each in of_boards.recalls}

    assert recalls["more ideas", "tag"].ours > recalls["more ideas", "tag"].popularity
    assert {each.ours for each in of_boards.recalls if each.task == "related boards"} == {1}
    assert recalls["suggestions", "aliases as given"].ours == 1
    assert {each.cosine for each in of_boards.recalls if each.task == "suggestions"} == {None}
    assert of_boards.requests["suggestions"].most == 1
    assert of_boards.read_units["suggestions"].most == 1.5
    assert list(of_boards.growth["more ideas"]) == [of_boards.boards]
    assert [goal.name for goal in report.goals_of_boards(of_boards) if not goal.met] == []
    assert "| more ideas: tag | 3 |" in report.as_text(report.of_boards(of_boards))
