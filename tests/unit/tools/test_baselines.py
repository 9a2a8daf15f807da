"""Against rankings that are plain to see."""

from tools.bench_search.baselines import Popularity, TagCosine, most_borne, terms
from tools.bench_search.boards import Board
from tools.bench_search.collection import Document

ITEMS = {
    each.id: each
    for each in (
        Document("boat", "A boat", "sea, boat"),
        Document("beach", "A beach", "sea, sand"),
        Document("wave", "A wave", "sea"),
        Document("dune", "A dune", "sand"),
        Document("fir", "A fir", "forest"),
    )
}
BOARDS = [
    Board("harbour", "Harbour", ("boat",)),
    Board("coast", "Coast", ("beach", "wave")),
    Board("desert", "Desert", ("dune", "beach")),
    Board("wood", "Wood", ("fir", "beach", "wave")),
]


def test_tags_stand_between_commas_and_titles_tell_where_there_are_none() -> None:
    assert terms(ITEMS["boat"]) == ["sea", "boat"]
    assert terms(Document("any", "The Blue sea")) == ["the", "blue", "sea"]


def test_cosine_ranks_by_shared_tags_and_leaves_out_what_is_there() -> None:
    cosine = TagCosine(ITEMS, BOARDS)

    assert cosine.ideas("harbour", 10) == ["wave", "beach"]
    assert cosine.related("coast", 1) == ["desert"]
    assert cosine.belonging("dune", 2) == ["coast", "wood"]


def test_popularity_is_the_same_for_all_but_for_what_is_there() -> None:
    popularity = Popularity(BOARDS)

    assert popularity.ideas("harbour", 2) == ["beach", "wave"]
    assert popularity.ideas("coast", 1) == ["boat"]
    assert popularity.related("harbour", 1) == ["wood"]
    assert popularity.belonging("beach", 10) == ["harbour"]


def test_what_most_people_bear_comes_first_of_what_begins_so() -> None:
    names = {"blue sea": 2, "sea": 5, "the seaside": 9, "overseas": 20}

    assert most_borne(names, "sea", 10) == ["the seaside", "sea", "blue sea"]
    assert most_borne(names, "sea", 1) == ["the seaside"]
