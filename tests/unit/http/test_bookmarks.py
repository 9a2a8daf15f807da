import re
from base64 import urlsafe_b64decode, urlsafe_b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from presence.domain.errors import InvalidParameter
from presence.http import bookmarks

positions = st.text(max_size=80)
contexts = st.text(max_size=40)

AN_ID = "1177182635024356757"
A_LISTING = "any listing"


def _a_bookmark() -> str:
    return bookmarks.encode(AN_ID, A_LISTING)


def _base64(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")


@given(positions, contexts)
def test_a_bookmark_leads_back_to_where_it_was_made(position: str, context: str) -> None:
    assert bookmarks.decode(bookmarks.encode(position, context), context) == position


@given(positions, contexts)
def test_a_bookmark_needs_no_escaping_in_a_url(position: str, context: str) -> None:
    assert re.fullmatch(r"[A-Za-z0-9_-]+", bookmarks.encode(position, context))


def test_a_bookmark_grows_with_its_position_alone() -> None:
    assert len(bookmarks.encode(AN_ID, A_LISTING)) == len(bookmarks.encode(AN_ID, A_LISTING * 9)) == 47
    assert len(bookmarks.encode(f"+{AN_ID}.{AN_ID}", A_LISTING)) == 75


def test_a_bookmark_that_is_too_long_is_refused_before_it_is_read() -> None:
    signed = bookmarks.encode("1" * bookmarks.MAX_LENGTH, A_LISTING)

    with pytest.raises(InvalidParameter):
        bookmarks.decode(signed, A_LISTING)


@given(positions, contexts, contexts)
def test_a_bookmark_of_another_listing_is_refused(position: str, one: str, other: str) -> None:
    if one != other:
        with pytest.raises(InvalidParameter):
            bookmarks.decode(bookmarks.encode(position, one), other)


def test_a_bookmark_with_any_bit_changed_is_refused() -> None:
    genuine = urlsafe_b64decode(_a_bookmark() + "=")
    for bit in range(len(genuine) * 8):
        tampered = bytearray(genuine)
        tampered[bit // 8] ^= 1 << bit % 8
        with pytest.raises(InvalidParameter):
            bookmarks.decode(_base64(tampered), A_LISTING)


def test_a_bookmark_of_another_format_is_refused_even_when_signed() -> None:
    payload = b"\x01" + int(AN_ID).to_bytes(8)
    signed = payload + bookmarks._signature(payload, A_LISTING)

    with pytest.raises(InvalidParameter):
        bookmarks.decode(_base64(signed), A_LISTING)


def test_a_bookmark_signed_with_another_secret_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    before = _a_bookmark()
    monkeypatch.setenv("BOOKMARK_SECRET", "another secret")

    with pytest.raises(InvalidParameter):
        bookmarks.decode(before, A_LISTING)


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda b: b[:-1], id="one character less"),
        pytest.param(lambda b: b + "A", id="one character more"),
        pytest.param(lambda b: b[:16] + "\n" + b[16:], id="a line break inside"),
        pytest.param(lambda b: b[:16] + "!" + b[17:], id="a character of no alphabet"),
        pytest.param(lambda b: b + "=", id="padding"),
        pytest.param(lambda b: b[:-1] + chr(ord(b[-1]) + 1), id="bits beyond the last byte"),
        pytest.param(lambda b: b[:-1] + "é", id="a character beyond ASCII"),
        pytest.param(lambda b: " " + b[1:], id="a blank"),
        pytest.param(lambda _: "x", id="a single character"),
        pytest.param(lambda _: "0" * 32, id="zeros"),
        pytest.param(lambda _: "null", id="a word"),
    ],
)
def test_a_spoilt_bookmark_is_refused_by_name(spoil) -> None:
    with pytest.raises(InvalidParameter, match="'bookmark'"):
        bookmarks.decode(spoil(_a_bookmark()), A_LISTING)


@given(st.text(max_size=40))
def test_no_text_that_we_did_not_sign_is_a_bookmark(text: str) -> None:
    with pytest.raises(InvalidParameter):
        bookmarks.decode(text, A_LISTING)


def test_a_bookmark_in_the_standard_alphabet_is_refused() -> None:
    signed = next(b for n in range(10_000) if "-" in (b := bookmarks.encode(str(n), A_LISTING)))

    with pytest.raises(InvalidParameter):
        bookmarks.decode(signed.replace("-", "+"), A_LISTING)
