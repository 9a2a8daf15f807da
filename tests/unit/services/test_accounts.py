import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from presence.domain.reserved import RESERVED_USERNAMES
from presence.domain.usernames import broken_rule
from presence.services.accounts import _username


@given(
    st.text(max_size=60) | st.text("0123456789_", max_size=40) | st.sampled_from(sorted(RESERVED_USERNAMES)),
    st.integers(min_value=0, max_value=4),
)
def test_a_username_that_we_give_keeps_the_rules_of_usernames(wanted: str, attempt: int) -> None:
    assert broken_rule(_username(wanted, attempt)) is None


@pytest.mark.parametrize(
    ("wanted", "name"),
    [
        ("alice", "alice"),
        ("Alice", "alice"),
        ("alice@mail.example", "alice"),
        ("Zoë Ångström", "zoe_angstrom"),
        ("a.b-c", "a_b_c"),
        ("12345", "user_12345"),
        ("al", "user_al"),
        ("12_34", "user_12_34"),
        ("admin", "user_admin"),
        ("Adm1n", "adm1n"),
        ("supp0rt", "user_supp0rt"),
        ("愛", "user"),
        ("", "user"),
    ],
)
def test_a_username_is_made_of_the_wanted_name(wanted: str, name: str) -> None:
    assert _username(wanted, 0) == name


def test_a_variant_keeps_the_name_and_adds_digits() -> None:
    assert re.fullmatch(r"alice_[0-9]{5}", _username("alice", 1))


@pytest.mark.parametrize("wanted", ["account", "s"])
def test_a_name_that_cannot_be_had_even_with_more_words_gets_digits(wanted: str) -> None:
    assert re.fullmatch(rf"user_{wanted}_[0-9]{{5}}", _username(wanted, 0))
