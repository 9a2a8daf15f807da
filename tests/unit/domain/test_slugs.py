import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from presence.domain.slugs import slug

SORT_KEY_BYTES = 1024


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ideas", "ideas"),
        ("Summer trips", "  summer   TRIPS "),
        ("Summer trips", "summer-trips!"),
        ("Café", "Cafe"),
        ("Cafe\u0301", "Caf\u00e9"),
        ("straße", "STRASSE"),
        ("ﬁne", "fine"),
        ("\uff26\uff55\uff4c\uff4c", "full"),
        ("Ёлка", "елка"),
    ],
)
def test_names_that_differ_in_case_accents_punctuation_or_spaces_share_a_slug(one: str, other: str) -> None:
    assert slug(one) == slug(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ideas", "Ideas 2"),
        ("Summer trips", "summertrips"),
        ("旅行", "料理"),
        ("поездки", "рецепты"),
        ("😀", "🎉"),
        ("!!!", "???"),
        ("각" * 179, "각" * 180),
    ],
)
def test_names_that_differ_in_letters_or_digits_do_not_share_a_slug(one: str, other: str) -> None:
    assert slug(one) != slug(other)


@given(st.text(min_size=1, max_size=180))
@example("\ufdfa" * 180)
@example("각" * 180)
@example("\U0001f600" * 180)
def test_the_slug_of_the_longest_name_leaves_room_in_a_sort_key(name: str) -> None:
    assert len(slug(name).encode()) <= SORT_KEY_BYTES - len("SLUG#")


@given(st.text(min_size=1, max_size=180))
def test_changing_case_keeps_the_slug_of_plain_letters(name: str) -> None:
    plain = "".join(c for c in name if c.isascii())

    assert slug(plain.upper()) == slug(plain.lower())
