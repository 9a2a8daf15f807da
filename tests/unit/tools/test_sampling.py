import pytest

from tools.bench_search import sampling, synthetic
from tools.bench_search.collection import Document

DOCUMENTS = [Document("1", "The blue sea, the sky"), Document("2", "Sea"), Document("3", "")]


@pytest.mark.parametrize("draw", sampling.DRAWS)
def test_queries_are_different_words_of_titles_and_always_the_same(draw: str) -> None:
    made = sampling.queries(DOCUMENTS, draw, 2, 20)

    assert made == sampling.queries(DOCUMENTS, draw, 2, 20)
    assert len(made) == 20
    for query in made:
        assert len(set(query.text.split())) == 2
        assert set(query.text.split()) <= {"the", "blue", "sea", "sky"}


def test_adjacent_words_are_neighbours() -> None:
    for query in sampling.queries(DOCUMENTS, "adjacent words of a title", 3, 20):
        assert query.text in "the blue sea the sky"


def test_no_title_has_as_many_words() -> None:
    assert sampling.queries(DOCUMENTS, "words of one title", 5, 20) == []


def test_a_synthetic_collection_is_always_the_same_and_judged_by_topics() -> None:
    made = synthetic.collection("any", 400, title=(2, 8), text=(0, 5))

    assert made == synthetic.collection("any", 400, title=(2, 8), text=(0, 5))
    assert len(made.documents) == 400
    assert {len(each.title.split()) for each in made.documents} == set(range(2, 9))
    assert set(made.judgements) == {query.id for query in made.queries}
    assert {grade for grades in made.judgements.values() for grade in grades.values()} == {1.0, 2.0}
