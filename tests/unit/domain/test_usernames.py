import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from presence.domain.reserved import RESERVED_USERNAMES
from presence.domain.usernames import broken_rule, skeleton

A_NAME = st.text("abclmnor01_", min_size=3, max_size=30)


@pytest.mark.parametrize("name", ["ann", "a_1", "paypal", "x" * 30, "_a_", "7up"])
def test_a_plain_name_breaks_no_rule(name: str) -> None:
    assert broken_rule(name) is None


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("", "3 to 30"),
        ("al", "3 to 30"),
        ("x" * 31, "3 to 30"),
        ("Ann", "letters a to z"),
        ("ann lee", "letters a to z"),
        ("ann-lee", "letters a to z"),
        ("ann\n", "letters a to z"),
        ("раураl", "letters a to z"),  # Cyrillic, but for the last letter
        ("ann\u200b", "letters a to z"),
        ("１２３", "letters a to z"),
        ("12345", "a letter"),
        ("12_34", "a letter"),
        ("___", "a letter"),
        ("admin", "reserved"),
        ("presence", "reserved"),
        ("user_account", "reserved"),
        ("supp0rt", "reserved"),
        ("a_d_m_i_n", "reserved"),
        ("adrnin", "reserved"),
        ("nu11", "reserved"),
    ],
)
def test_a_name_that_breaks_a_rule_is_told_which(name: str, rule: str) -> None:
    assert rule in str(broken_rule(name))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("paypal", "paypa1"),
        ("paypal", "PayPal"),
        ("bob", "b0b"),
        ("modern", "rnodern"),
        ("ann_lee", "annlee"),
        ("ann_lee", "ann__lee"),
        ("c1ara_m", "clara_rn"),
    ],
)
def test_names_that_look_alike_have_one_skeleton(one: str, other: str) -> None:
    assert skeleton(one) == skeleton(other)


@pytest.mark.parametrize(("one", "other"), [("ann", "anne"), ("bill", "biil"), ("user_5", "user_6"), ("nn", "m")])
def test_names_that_can_be_told_apart_have_two(one: str, other: str) -> None:
    assert skeleton(one) != skeleton(other)


@given(A_NAME)
def test_a_skeleton_is_its_own(name: str) -> None:
    assert skeleton(skeleton(name)) == skeleton(name)
    assert len(skeleton(name)) <= 2 * len(name)


def test_the_reserved_names_are_names() -> None:
    assert all(re.fullmatch(r"[a-z_]{3,30}", name) for name in RESERVED_USERNAMES)
