"""Text as words, folded and stemmed; and whether a text has the words of a query."""

from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from presence.domain.words import (
    LANGUAGES,
    MAX_WORD,
    SMALL_WORDS,
    fold,
    has_words,
    ideographs,
    language,
    small_words,
    stem,
    words,
)


def texts(text: str) -> list[str]:
    return [word.text for word in words(text)]


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Crème BRÛLÉE", "creme brulee"),
        ("Straße", "strasse"),
        ("Łódź", "lodz"),
        ("Ærø", "aero"),
        ("ﬁne", "fine"),
        ("ΤΈΛΟΣ", "τελοσ"),
        ("Ёлка", "елка"),
        ("مَطْبَخ", "مطبخ"),
        ("हिन्दी", "हिन्दी"),
    ],
)
def test_folds_case_and_accents_but_not_letters(text: str, folded: str) -> None:
    assert fold(text) == folded


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Rock'n'Roll, 1950s!", ["rock", "n", "roll", "1950s"]),
        ("snake_case", ["snake", "case"]),
        ("tacos🌮🎉", ["tacos", "🌮", "🎉"]),
        ("寿司レシピ", ["寿司", "司レ", "レシ", "シピ"]),
        ("魚", ["魚"]),
        ("sushi寿司", ["sushi", "寿司"]),
        ("हिन्दी और தமிழ்", ["हिन्दी", "और", "தமிழ்"]),
        ("مُحَمَّد مكتبـــة", ["محمد", "مكتبة"]),
        ("שָׁלוֹם־עולם", ["שלום", "עולם"]),
        ("İstanbul'da", ["istanbul", "da"]),
        ("می\u200cخواهم Donau\u00addampf", ["میخواهم", "donaudampf"]),
        ("ภาษา ที่", ["ภา", "าษ", "ษา", "ที่"]),
        ("ພາສາ", ["ພາ", "າສ", "ສາ"]),
        ("ﾗｰﾒﾝ ﾊﾞﾅﾅ", ["ラー", "ーメ", "メン", "バナ", "ナナ"]),
        ("⭐ ⌚ 🇩🇪🇫🇷 ❤️ 1️⃣ 👩‍🍳", ["⭐", "⌚", "🇩🇪", "🇫🇷", "❤", "1", "👩", "🍳"]),
        ("人々 時々 〆切", ["人々", "時々", "〆切"]),
        ("محمد ﷺ", ["محمد", "صلى", "الله", "عليه", "وسلم"]),
        ("½ oz", ["1", "2", "oz"]),
        ("Fǿroyar ǽ", ["foroyar", "ae"]),
        ("coŀlecció", ["col", "leccio"]),
        ("\ufc60\ufe70", []),
        ("\u0301\u200d", []),
        ("--- !", []),
        ("", []),
        ("\ud800", []),
    ],
)
def test_words_are_letters_and_digits_and_pairs_of_characters_where_no_space_parts_them(
    text: str, found: list[str]
) -> None:
    assert texts(text) == found


@given(st.text(max_size=60))
def test_each_word_is_a_part_of_the_text_and_folded(text: str) -> None:
    for word in words(text):
        folded = fold(text[word.start : word.end])
        assert word.text == folded[:MAX_WORD] if folded.isalnum() else word.text in folded
        assert word.text.split() == [word.text]
        assert 0 < len(word.text) <= MAX_WORD


@pytest.mark.parametrize(
    "text",
    ["Crème brûlée", "İğdır", "がっこう バナナ", "한글 도서관", "Nguyễn Thị", "й Ёлка", "क़िताब", "Fǿroyar ǽ Ǣ", "𑂚𑂪"],
)
def test_words_are_the_same_however_their_letters_are_put_together(text: str) -> None:
    assert texts(normalize("NFD", text)) == texts(normalize("NFC", text))


@given(st.text(max_size=60))
def test_folding_again_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("The best of the garden", "en"),
        ("Les recettes de la mer", "fr"),
        ("Die schönsten Gärten und Häuser", "de"),
        ("Las recetas de mi abuela y el mar", "es"),
        ("Рецепты", "ru"),
        ("مطبخ", "ar"),
        ("Sea", "en"),
        ("Die hard", "en"),
        ("", "en"),
    ],
)
def test_a_texts_language_is_told_by_its_script_or_by_two_of_its_small_words(text: str, code: str) -> None:
    assert language(text) == code


def test_words_are_stemmed_in_their_language() -> None:
    assert stem("gardens", "en") == stem("garden", "en")
    assert stem("recettes", "fr") == stem("recette", "fr")
    assert all(stem("x", code) for code in LANGUAGES)


@pytest.mark.parametrize(("word", "code"), [("οταν", "el"), ("ιδια", "el"), ("ακι", "el"), ("छ", "ne")])
def test_a_word_of_which_stemming_leaves_nothing_is_its_own_stem(word: str, code: str) -> None:
    assert stem(word, code) == word


def test_ideographs_are_found_in_longer_words() -> None:
    text = "My 三毛猫レシピ"

    assert [(each.text, text[each.start : each.end]) for each in ideographs(text)] == [(x, x) for x in "三毛猫"]
    assert [*ideographs("Cats")] == []


def test_small_words_are_told_in_two_bytes() -> None:
    assert small_words(["sea"], "en") == 0
    assert small_words(["the"], "en") != small_words(["of"], "en")
    assert small_words(["the", "of"], "en") == small_words(["the"], "en") | small_words(["of"], "en")
    assert small_words(["the"], "de") == small_words(["the"], "ja") == 0
    assert all(small_words(["a", "the", "de", "og", "es"], code) < 1 << SMALL_WORDS for code in LANGUAGES)


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("Wedding cakes", "cake weddings"),
        ("Wedding cakes", "wedding ca"),
        ("Crème BRÛLÉE", "brulee creme"),
        ("Les recettes et les gâteaux", "gateau recette"),
        ("寿司レシピ", "寿司"),
        ("Tacos 🌮", "🌮"),
        ("三毛猫レシピ", "猫"),
        ("三毛猫レシピ", "毛 レシピ"),
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
