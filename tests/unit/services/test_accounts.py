import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from presence.services.accounts import _username


@given(st.text(max_size=60), st.integers(min_value=0, max_value=4))
def test_a_username_has_3_to_30_plain_characters_and_is_never_all_digits(wanted: str, attempt: int) -> None:
    name = _username(wanted, attempt)

    assert re.fullmatch(r"[a-z0-9_]{3,30}", name)
    assert not name.isdigit()


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
        ("愛", "user"),
        ("", "user"),
    ],
)
def test_a_username_is_made_of_the_wanted_name(wanted: str, name: str) -> None:
    assert _username(wanted, 0) == name


def test_a_variant_keeps_the_name_and_adds_digits() -> None:
    assert re.fullmatch(r"alice_[0-9]{5}", _username("alice", 1))
