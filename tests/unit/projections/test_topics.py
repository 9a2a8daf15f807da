"""Which topics words tell of."""

import pytest

from presence.domain import topics
from presence.projections import documents
from presence.projections.topics import assigned
from tests.support.values import a_board, a_pin, a_profile


def of(name: str, description: str = "", *pins: str) -> tuple[str, ...]:
    found = documents.board(
        a_board(name=name, description=description), a_profile(), [a_pin(title=title) for title in pins]
    )
    assert found
    return found.topics


@pytest.mark.parametrize(
    ("name", "about"),
    [
        ("Wedding cakes", ("baking", "wedding-cakes")),
        ("Living room inspiration", ("living-room",)),
        ("Books to read", ("reading-lists",)),
        ("Kuchen backen", ("baking",)),
        ("Gemütliche Wohnzimmer", ("cozy", "living-room")),
        ("Idées cadeaux Noël", ("christmas",)),
        ("Recetas de cocina", ("food",)),
    ],
)
def test_a_name_tells_the_topic_in_any_of_four_languages(name: str, about: tuple[str, ...]) -> None:
    assert set(about) <= set(of(name))


@pytest.mark.parametrize("name", ["My favourites", "Ideas", "Ideas for everyone", "Stuff I love", "x", "🎉", "2026"])
def test_a_board_without_a_subject_has_no_topic(name: str) -> None:
    assert of(name) == ()


def test_one_word_beside_the_name_is_not_enough_and_two_are() -> None:
    assert of("Mine", "for the puppy") == ()
    assert of("Mine", "for the puppy, a labrador") == ("dogs",)


def test_words_that_pins_share_tell_as_much() -> None:
    assert of("Mine", "", "A labrador puppy", "Another labrador puppy") == ("dogs",)


def test_words_of_several_topics_tell_the_one_above_them() -> None:
    assert of("Mine", "a pizza, then cheesecake") == ("food",)


def test_no_board_has_more_than_three() -> None:
    assert len(of("Dogs, cats, horses, pottery and yoga")) == topics.MAX_TOPICS


def test_the_owners_word_stands_before_the_boards_own() -> None:
    for chosen in ((), ("yoga",)):
        found = documents.board(a_board(name="Wedding cakes", topic_ids=chosen), a_profile())
        assert found
        assert found.topics == chosen


def test_a_board_stands_in_the_lists_of_its_topics_and_of_those_above() -> None:
    found = documents.board(a_board(name="Labrador puppies"), a_profile())
    assert found
    assert {word for word in found.postings if word.startswith("#")} == {"#dogs", "#animals"}


def test_better_boards_come_first_in_a_topics_list() -> None:
    from presence.domain.postings import impact

    places = [
        impact(documents.Document("boards", "1", topics=("dogs",), standing=standing).postings["#dogs"])
        for standing in range(1, 256)
    ]
    assert places == sorted(set(places))


def test_every_topic_lies_below_one_that_lies_below_none() -> None:
    every = topics.every()
    assert len(every) > 140
    for topic in every.values():
        assert topic.parent is None or every[topic.parent].parent is None
        assert set(topic.words) == {"en", "de", "fr", "es"}


def test_a_few_words_of_a_topic_lead_to_it() -> None:
    for topic in topics.every().values():
        for code, terms in topic.words.items():
            few = " ".join(terms.split(",")[:4])
            found = assigned(documents._analysed(few, "").title, (), ())
            assert {topic.id, topic.parent} & {*topics.with_parents(found)}, (topic.id, code)
