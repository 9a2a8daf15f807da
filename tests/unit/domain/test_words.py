"""Whether a text has the words of a query."""

import pytest

from presence.domain.words import has_words


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("Wedding cakes", "cake weddings"),
        ("Wedding cakes", "wedding ca"),
        ("Crème BRÛLÉE", "brulee creme"),
        ("Les recettes et les gâteaux", "gateau recette"),
        ("寿司レシピ", "寿司"),
        ("Tacos 🌮", "🌮"),
    ],
)
def test_a_text_has_words_by_their_stems_and_the_last_by_its_beginning(text: str, query: str) -> None:
    assert has_words(text, query)


@pytest.mark.parametrize(
    ("text", "query"),
    [("Wedding cakes", "ca wedding"), ("Wedding cakes", "wedding shoes"), ("Wedding", "!"), ("", "a"), ("", "")],
)
def test_a_text_lacks_words_that_are_not_there_or_only_begun(text: str, query: str) -> None:
    assert not has_words(text, query)
