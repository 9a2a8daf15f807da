from typing import Any

import pytest

from presence.domain.errors import InvalidParameter
from presence.http.params import AD_ACCOUNT, BOOKMARK, CREATIVE_TYPES, FIELDS, PAGE_SIZE, Param, choice, flag, is_id

A_FLAG = flag("a_flag", "any description")
A_CHOICE = choice("a_choice", "first", ("first", "second"), "any description")


@pytest.mark.parametrize(
    ("param", "default"),
    [(PAGE_SIZE, 25), (BOOKMARK, None), (FIELDS, ()), (AD_ACCOUNT, None), (CREATIVE_TYPES, None), (A_FLAG, False)],
)
def test_a_parameter_that_is_not_given_has_its_default(param: Param[Any], default: Any) -> None:
    assert param.of({}) == default


@pytest.mark.parametrize(("text", "size"), [("1", 1), ("25", 25), ("250", 250), ("025", 25)])
def test_a_page_size_from_1_to_250_is_taken(text: str, size: int) -> None:
    assert PAGE_SIZE.of({"page_size": text}) == size


@pytest.mark.parametrize("text", ["0", "251", "-1", "1.0", "1e2", "", " 5", "+5", "five", "\u0665", "5,6", "9" * 5000])
def test_another_page_size_is_refused_by_name_and_rule(text: str) -> None:
    with pytest.raises(InvalidParameter, match=r"'page_size' .*1 to 250"):
        PAGE_SIZE.of({"page_size": text})


@pytest.mark.parametrize(("text", "value"), [("true", True), ("True", True), ("false", False), ("False", False)])
def test_a_boolean_is_read_as_python_and_javascript_write_it(text: str, value: bool) -> None:
    assert A_FLAG.of({"a_flag": text}) is value


@pytest.mark.parametrize("text", ["", "1", "0", "yes", "None", "true,false", " true"])
def test_another_boolean_is_refused(text: str) -> None:
    with pytest.raises(InvalidParameter, match="'a_flag' must be true or false"):
        A_FLAG.of({"a_flag": text})


def test_a_choice_is_one_of_its_names() -> None:
    assert A_CHOICE.of({"a_choice": "second"}) == "second"
    with pytest.raises(InvalidParameter, match="'a_choice' must be one of first, second"):
        A_CHOICE.of({"a_choice": "Second"})


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("REGULAR", ("REGULAR",)),
        ("REGULAR,VIDEO", ("REGULAR", "VIDEO")),
        (" REGULAR , VIDEO ", ("REGULAR", "VIDEO")),
        ("", None),
        (",", None),
    ],
)
def test_a_list_is_comma_separated(text: str, values: Any) -> None:
    assert CREATIVE_TYPES.of({"creative_types": text}) == values


def test_a_list_with_an_unknown_name_is_refused() -> None:
    with pytest.raises(InvalidParameter, match="'creative_types' must be a list of REGULAR, VIDEO"):
        CREATIVE_TYPES.of({"creative_types": "REGULAR,HOLOGRAM"})


@pytest.mark.parametrize("text", ["1", "549755885175", "9" * 18])
def test_an_ad_account_is_a_number_of_up_to_18_digits(text: str) -> None:
    assert AD_ACCOUNT.of({"ad_account_id": text}) == text


@pytest.mark.parametrize("text", ["", "x", "9" * 19, "-1", "1.0", "\u0663", "1,2"])
def test_another_ad_account_is_refused(text: str) -> None:
    with pytest.raises(InvalidParameter, match=r"'ad_account_id' .*18 digits"):
        AD_ACCOUNT.of({"ad_account_id": text})


def test_a_message_never_repeats_what_was_sent() -> None:
    with pytest.raises(InvalidParameter) as refused:
        PAGE_SIZE.of({"page_size": "<script>"})

    assert "<script>" not in str(refused.value)


@pytest.mark.parametrize(
    ("text", "taken"), [("1", True), ("1" * 32, True), ("1" * 33, False), ("", False), ("\u0663", False)]
)
def test_an_id_is_up_to_32_plain_digits(text: str, taken: bool) -> None:
    assert is_id(text) is taken
