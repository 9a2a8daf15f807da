"""What comes first, and why."""

from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from presence.domain.postings import CENSUS_SIZE, STANDING, Posting, columns, pack, rarity
from presence.domain.topics import MAX_TOPICS
from presence.domain.words import small_words
from presence.http import bookmarks
from presence.projections import documents as projected
from presence.projections.documents import BOARDS, FIRST_PINS, MAX_BESIDE, Document
from presence.services import paging, relevance, search
from presence.services.paging import SECOND, Cut
from presence.services.related import SAID_WORDS
from presence.services.relevance import Scale, Weighing
from presence.services.search import MAX_WORDS
from presence.storage import index, keys
from presence.storage.index import ReadList

TODAY = 20_000


def a_document(title: str, text: str = "", **facts: Any) -> Document:
    title_words, text_words = tuple(title.split()), tuple(text.split())
    small = small_words((*title_words, *text_words), "en")
    anything = {"id": "1", "title": title_words, "text": text_words, "small": small, "day": TODAY}
    return Document(BOARDS, **anything | facts)


def lists(documents: Mapping[int, Document], words: Sequence[str], unread: Sequence[str] = ()) -> dict[str, ReadList]:
    """Of each word that documents have. Of lists that were not read to their end, nothing was."""
    found = {}
    for word in words:
        having = {n: each.postings[word] for n, each in documents.items() if word in each.postings}
        if having:
            read = {} if word in unread else having
            found[word] = ReadList([columns(pack(read))], len(having), word not in unread)
    return found


def weighing(documents: Mapping[int, Document], query: str, unread: Sequence[str] = ()) -> Weighing:
    census = index.census(BOARDS, {})
    for number, each in documents.items():
        census.samples[keys.census(BOARDS, number)].put(number, Posting(0, each.length), CENSUS_SIZE)
    words = query.split()
    return Weighing(words, Scale.now(dict.fromkeys(words, 1), lists(documents, words, unread), census, TODAY), "en")


def order(query: str, *documents: Document) -> list[str]:
    corpus = dict(enumerate((*documents, a_document("nothing of it"))))
    weights = weighing(corpus, query)
    ranked = relevance.ranked(documents, lambda document: relevance.score(document, weights))
    return [document.id for document, _ in ranked]


@pytest.mark.parametrize(
    ("query", "first", "second"),
    [
        ("sea", a_document("sea", id="1"), a_document("sea and shore", id="2")),
        ("sea", a_document("sea shore", id="1"), a_document("shore", "sea", id="2")),
        ("blue sea", a_document("blue sea", id="1"), a_document("sea shore", id="2")),
        ("blue sea", a_document("blue sea garden", id="1"), a_document("sea garden blue", id="2")),
        ("sea", a_document("sea", id="1", standing=200), a_document("sea", id="2")),
        ("sea", a_document("sea", id="1"), a_document("sea", id="2", day=TODAY - 400)),
        ("sea", a_document("sea", id="2"), a_document("sea", id="1")),
    ],
    ids=["shorter", "title", "more words", "neighbours", "liked", "of late", "newest of equals"],
)
def test_comes_first(query: str, first: Document, second: Document) -> None:
    assert order(query, first, second) == [first.id, second.id]
    assert order(query, second, first) == [first.id, second.id]


def test_what_is_liked_does_not_outweigh_words() -> None:
    liked = a_document("sea garden", id="1", standing=255)

    assert order("blue sea", liked, a_document("blue sea", id="2")) == ["2", "1"]


def test_a_score_is_bm25_with_its_gains() -> None:
    document = a_document("blue sea", standing=51)
    scale = Scale({"blue": rarity(2, 10), "sea": rarity(5, 10)}, 8.0, TODAY + 180)
    weights = Weighing(["blue", "sea"], scale, "en")

    # Both words once in a document of average length: each adds its rarity. Neighbours, a fifth of 255, half the time.
    gains = relevance.ADJACENCY + STANDING * 0.2 + relevance.FRESHNESS * 0.5
    assert relevance.score(document, weights) == pytest.approx((rarity(2, 10) + rarity(5, 10)) * (1 + gains))


def test_lists_tell_the_scores_of_words() -> None:
    documents = {7: a_document("blue sea"), 8: a_document("sea"), 9: a_document("shore")}
    weights = weighing(documents, "blue sea")

    scores = relevance.candidates(lists(documents, ["blue", "sea"]), weights)

    assert scores.keys() == {7, 8}
    fresh = 1 + relevance.FRESHNESS
    assert scores[8] == pytest.approx(relevance.score(documents[8], weights) / fresh)
    assert scores[7] == pytest.approx(relevance.score(documents[7], weights) / (fresh + relevance.ADJACENCY))


def test_lists_tell_how_well_documents_are_liked() -> None:
    liked = [a_document("sea", standing=standing) for standing in (0, 31, 32, 255)]
    documents = dict(enumerate(liked))
    weights = weighing(documents, "sea")

    none, hardly, some, most = relevance.candidates(lists(documents, ["sea"]), weights).values()

    assert none == hardly < some < most
    assert most == pytest.approx(none * (1 + STANDING * 7 / 8))


def test_other_lists_tell_which_documents_have_a_small_word_whose_own_list_ended_early() -> None:
    documents = {1: a_document("the sea"), 2: a_document("sea shore")}
    weights = weighing(documents, "the sea", unread=["the"])

    scores = relevance.candidates(lists(documents, ["the", "sea"], unread=["the"]), weights)

    told = relevance.candidates(lists(documents, ["the", "sea"]), weights)
    assert scores == pytest.approx(told)
    assert scores[1] > scores[2]


def test_words_that_no_document_has_weigh_nothing() -> None:
    documents = {1: a_document("sea")}

    assert weighing(documents, "sea zebra").scale.rarities.keys() == {"sea"}
    assert weighing({}, "zebra").scale.rarities == {}


@given(st.lists(st.text("abcdef", min_size=1), unique=True, max_size=MAX_WORDS), st.randoms())
def test_what_is_written_of_a_scale_is_read_again(words: list[str], chance: Random) -> None:
    documents = {number: a_document(" ".join(chance.sample(words, len(words) // 2))) for number in range(9)}
    blocks = {word: chance.randint(1, 4) for word in words}
    scale = Scale.now(blocks, lists(documents, words), index.census(BOARDS, {}), TODAY)
    written = scale.written(words)

    assert Scale.read(written, words) == scale
    assert Scale.read(written, [*words, "another"]) is None
    assert Scale.read("", words) is None
    assert len(written) < 40 + 7 * len(words)


def test_a_bookmark_has_room_for_what_as_many_words_tell_as_are_looked_for() -> None:
    """Of a board: what it shows, its topics, its words, of which the rarest; and three ends of pages."""
    asked = FIRST_PINS + MAX_TOPICS + SAID_WORDS
    words = [f"word {number}" for number in range(FIRST_PINS + MAX_TOPICS + projected.MAX_WORDS + MAX_BESIDE)]
    chance = Random(1)
    known = chance.sample(words, asked)
    scale = Scale({word: chance.random() for word in known}, 8.0, TODAY, dict.fromkeys(known, 1))
    largest = Cut(-(10**9), -(10**19), -(10**19))
    position = f"{SECOND}{paging.written([largest] * 3)}{search.SCALE}{scale.written(words)}"

    assert len(bookmarks.encode(position, "")) <= bookmarks.MAX_LENGTH


def test_of_what_a_word_is_in_another_language_the_first_counts_that_is_there() -> None:
    documents = {1: a_document("gatos"), 2: a_document("gato gata"), 3: a_document("gata"), 4: a_document("gat gato")}
    words = ["gat", "gato", "gata"]
    census = index.census(BOARDS, {})
    scale = Scale.now(dict.fromkeys(words, 1), lists(documents, words), census, TODAY)
    weights = Weighing(["gat"], scale, "es", {"gat": ["gato", "gata"]})
    fresh = 1 + relevance.FRESHNESS

    scores = relevance.candidates(lists(documents, words), weights)

    assert scores.keys() == {2, 3, 4}
    assert {each: score * fresh for each, score in scores.items()} == pytest.approx(
        {each: relevance.score(documents[each], weights) for each in scores}
    )
