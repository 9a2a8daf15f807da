"""Limits of what clients send, at the limit and one beyond it."""

from typing import Any

import orjson
import pytest

from presence.domain.errors import BoardNameInvalid, InvalidParameter, PresenceError
from presence.schemas import requests
from presence.schemas.base import Request
from tests.support.wire import ANY_PICTURE

BOARD = {"name": "Any name"}
PIN = {"board_id": "1", "media_source": ANY_PICTURE}
URL_ROOM = 2048 - len("https://a.example/")


def _read(model: type[Request], **fields: Any) -> Any:
    return model.read(orjson.dumps(fields))


def _a_url(extra: int = 0) -> str:
    return "https://a.example/" + "x" * (URL_ROOM + extra)


@pytest.mark.parametrize(
    ("model", "rest", "field", "longest"),
    [
        (requests.BoardCreate, {}, "name", 180),
        (requests.BoardUpdate, {}, "name", 180),
        (requests.BoardCreate, BOARD, "description", 500),
        (requests.BoardUpdate, {}, "description", 500),
        (requests.SectionCreate, {}, "name", 180),
        (requests.SectionUpdate, {}, "name", 180),
        (requests.PinCreate, PIN, "title", 100),
        (requests.PinUpdate, {}, "title", 100),
        (requests.PinCreate, PIN, "description", 800),
        (requests.PinUpdate, {}, "description", 800),
        (requests.PinCreate, PIN, "alt_text", 500),
        (requests.PinUpdate, {}, "alt_text", 500),
    ],
)
def test_a_text_may_be_as_long_as_its_limit_and_no_longer(
    model: type[Request], rest: dict[str, Any], field: str, longest: int
) -> None:
    at_limit = "ü" * longest

    assert getattr(_read(model, **rest | {field: at_limit}), field) == at_limit
    with pytest.raises(PresenceError, match=rf"'{field}' .*at most {longest} characters"):
        _read(model, **rest | {field: at_limit + "x"})


@pytest.mark.parametrize(("model", "rest"), [(requests.PinCreate, PIN), (requests.PinUpdate, {})])
def test_a_link_has_2048_characters_at_most(model: type[Request], rest: dict[str, Any]) -> None:
    assert _read(model, **rest | {"link": _a_url()}).link == _a_url()
    with pytest.raises(InvalidParameter, match=r"'link' .*at most 2048"):
        _read(model, **rest | {"link": _a_url(1)})


@pytest.mark.parametrize("link", ["javascript:alert(1)", "ftp://a.example", "//a.example", "a.example", "data:,x"])
def test_a_link_is_an_http_address(link: str) -> None:
    with pytest.raises(InvalidParameter, match="'link' should be an http or https URL"):
        _read(requests.PinUpdate, link=link)


@pytest.mark.parametrize("model", [requests.BoardCreate, requests.SectionCreate])
@pytest.mark.parametrize("name", ["", "   ", "\n\t"])
def test_a_name_of_nothing_but_blanks_is_refused(model: type[Request], name: str) -> None:
    with pytest.raises(PresenceError, match=r"'name' .*at least 1 character"):
        _read(model, name=name)


def test_blanks_around_a_name_are_dropped() -> None:
    assert _read(requests.BoardCreate, name="  Any name ").name == "Any name"


@pytest.mark.parametrize("model", [requests.BoardCreate, requests.BoardUpdate])
def test_a_bad_board_name_is_an_error_of_its_own(model: type[Request]) -> None:
    with pytest.raises(BoardNameInvalid, match="'name'"):
        _read(model, name=7)


@pytest.mark.parametrize(
    ("model", "fields", "field"),
    [
        (requests.BoardCreate, {}, "name"),
        (requests.SectionCreate, {}, "name"),
        (requests.PinCreate, {"media_source": ANY_PICTURE}, "board_id"),
        (requests.PinCreate, {"board_id": "1"}, "media_source"),
    ],
)
def test_a_required_field_that_is_missing_is_named(model: type[Request], fields: dict[str, Any], field: str) -> None:
    with pytest.raises(PresenceError, match=f"'{field}' is required"):
        _read(model, **fields)


WRONG_TYPES = ("text", 7, 1.5, True, [], {}, ["text"])


@pytest.mark.parametrize(
    ("model", "rest", "field", "right"),
    [
        (requests.BoardCreate, {}, "name", str),
        (requests.BoardCreate, BOARD, "description", str),
        (requests.BoardCreate, BOARD, "privacy", None),
        (requests.BoardCreate, BOARD, "is_ads_only", bool),
        (requests.BoardUpdate, {}, "name", str),
        (requests.BoardUpdate, {}, "description", str),
        (requests.BoardUpdate, {}, "privacy", None),
        (requests.SectionCreate, {}, "name", str),
        (requests.SectionUpdate, {}, "name", str),
        (requests.PinCreate, PIN, "board_id", None),
        (requests.PinCreate, PIN, "board_section_id", None),
        (requests.PinCreate, PIN, "title", str),
        (requests.PinCreate, PIN, "description", str),
        (requests.PinCreate, PIN, "alt_text", str),
        (requests.PinCreate, PIN, "link", None),
        (requests.PinCreate, PIN, "dominant_color", None),
        (requests.PinCreate, PIN, "parent_pin_id", None),
        (requests.PinCreate, PIN, "media_source", None),
        (requests.PinUpdate, {}, "board_id", None),
        (requests.PinUpdate, {}, "board_section_id", None),
        (requests.PinUpdate, {}, "title", str),
        (requests.PinUpdate, {}, "description", str),
        (requests.PinUpdate, {}, "alt_text", str),
        (requests.PinUpdate, {}, "link", None),
        (requests.PinSave, {}, "board_id", None),
        (requests.PinSave, {}, "board_section_id", None),
        (requests.AccountUpdate, {}, "username", str),
        (requests.AccountUpdate, {}, "display_name", str),
        (requests.AccountUpdate, {}, "about", str),
        (requests.AccountUpdate, {}, "website_url", None),
        (requests.AccountUpdate, {}, "location", str),
        (requests.AccountUpdate, {}, "pronouns", str),
        (requests.AccountUpdate, {}, "avatar", None),
        (requests.AccountUpdate, {}, "banner", None),
        (requests.AccountUpdate, {}, "is_private", bool),
        (requests.AccountUpdate, {}, "hidden_from_search", bool),
        (requests.AccountUpdate, {}, "featured_board_ids", list),
    ],
)
def test_a_value_of_a_wrong_type_is_refused_by_name(
    model: type[Request], rest: dict[str, Any], field: str, right: type | None
) -> None:
    for value in WRONG_TYPES:
        if right is None or type(value) is not right:
            with pytest.raises(PresenceError, match=f"'{field}"):
                _read(model, **rest | {field: value})


@pytest.mark.parametrize(
    ("model", "rest", "fields"),
    [
        (requests.BoardCreate, BOARD, ("description", "privacy", "is_ads_only")),
        (requests.BoardUpdate, {}, ("name", "description", "privacy")),
        (requests.SectionUpdate, {}, ("name",)),
        (
            requests.PinCreate,
            PIN,
            ("board_section_id", "title", "description", "alt_text", "link", "dominant_color", "parent_pin_id"),
        ),
        (requests.PinUpdate, {}, ("board_id", "board_section_id", "title", "description", "alt_text", "link")),
        (requests.PinSave, {}, ("board_id", "board_section_id")),
        (
            requests.AccountUpdate,
            {},
            (
                *("username", "display_name", "about", "website_url", "location", "pronouns", "avatar", "banner"),
                *("is_private", "hidden_from_search", "featured_board_ids"),
            ),
        ),
    ],
)
def test_an_explicit_null_means_unset(model: type[Request], rest: dict[str, Any], fields: tuple[str, ...]) -> None:
    with_nulls, without = _read(model, **rest | dict.fromkeys(fields)), _read(model, **rest)

    assert with_nulls.model_dump() == without.model_dump()


@pytest.mark.parametrize("color", ["#6E7874", "#ffffff"])
def test_a_dominant_color_is_a_hex_color(color: str) -> None:
    assert _read(requests.PinCreate, **PIN | {"dominant_color": color}).dominant_color == color


@pytest.mark.parametrize("color", ["red", "#fff", "#6E78740", "6E7874", "#6E787G"])
def test_another_dominant_color_is_refused(color: str) -> None:
    with pytest.raises(InvalidParameter, match="'dominant_color'"):
        _read(requests.PinCreate, **PIN | {"dominant_color": color})


@pytest.mark.parametrize("board_id", ["", "x", "-1", "1.0", "1" * 33, "٣", "1 2"])
def test_an_id_is_a_number(board_id: str) -> None:
    with pytest.raises(InvalidParameter, match="'board_id'"):
        _read(requests.PinCreate, **PIN | {"board_id": board_id})


def test_the_privacy_of_a_new_board_is_one_of_three() -> None:
    assert _read(requests.BoardCreate, **BOARD | {"privacy": "PROTECTED"}).privacy == "PROTECTED"
    with pytest.raises(InvalidParameter, match="'privacy'"):
        _read(requests.BoardCreate, **BOARD | {"privacy": "public"})


def test_a_board_cannot_be_made_protected_later() -> None:
    with pytest.raises(InvalidParameter, match="'privacy' should be 'PUBLIC' or 'SECRET'"):
        _read(requests.BoardUpdate, privacy="PROTECTED")


def test_an_update_knows_what_was_sent_from_what_was_not() -> None:
    assert _read(requests.BoardUpdate, description=None, unknown=1).given() == {"description": None}


AN_ITEM = {"url": "https://pictures.example/any.jpg"}
AN_UPLOAD = {"content_type": "image/png", "data": "AAAA"}


@pytest.mark.parametrize("kind", ["multiple_image_urls", "multiple_image_base64"])
@pytest.mark.parametrize(("number", "taken"), [(0, False), (1, False), (2, True), (5, True), (6, False)])
def test_a_carousel_has_two_to_five_pictures(kind: str, number: int, taken: bool) -> None:
    item = AN_ITEM if kind == "multiple_image_urls" else AN_UPLOAD
    source = {"source_type": kind, "items": [item] * number}
    if taken:
        assert len(_read(requests.PinCreate, **PIN | {"media_source": source}).media_source.items) == number
    else:
        with pytest.raises(InvalidParameter, match=r"'media_source\.items'"):
            _read(requests.PinCreate, **PIN | {"media_source": source})


@pytest.mark.parametrize(
    ("source", "field"),
    [
        ({}, "media_source"),
        ({"source_type": "image"}, "media_source"),
        ({"source_type": None}, "media_source"),
        ({"source_type": "image_url"}, "media_source.url"),
        ({"source_type": "image_url", "url": ""}, "media_source.url"),
        ({"source_type": "image_url", "url": None}, "media_source.url"),
        ({"source_type": "image_url", "url": "file:///etc/passwd"}, "media_source.url"),
        ({"source_type": "image_url", "url": _a_url(1)}, "media_source.url"),
        ({"source_type": "image_base64", "data": "AAAA"}, "media_source.content_type"),
        ({"source_type": "image_base64", "data": "AAAA", "content_type": "image/gif"}, "media_source.content_type"),
        ({"source_type": "image_base64", "content_type": "image/png"}, "media_source.data"),
        ({"source_type": "image_base64", "content_type": "image/png", "data": ""}, "media_source.data"),
        ({"source_type": "image_base64", "content_type": "image/png", "data": "*"}, "media_source.data"),
        ({"source_type": "multiple_image_urls", "items": [AN_ITEM, {}]}, "media_source.items.1.url"),
        (
            {"source_type": "multiple_image_urls", "items": [AN_ITEM | {"title": "x" * 101}, AN_ITEM]},
            "media_source.items.0.title",
        ),
        ({"source_type": "multiple_image_urls", "items": [AN_ITEM, AN_ITEM], "index": -1}, "media_source.index"),
        ({"source_type": "multiple_image_urls", "items": [AN_ITEM, AN_ITEM], "index": "0"}, "media_source.index"),
        ({"source_type": "multiple_image_base64", "items": [AN_UPLOAD, {}]}, "media_source.items.1.content_type"),
        ({"source_type": "video_id"}, "media_source.media_id"),
        ({"source_type": "video_id", "media_id": 7}, "media_source.media_id"),
        ({"source_type": "video_id", "media_id": "7", "cover_image_url": "x"}, "media_source.cover_image_url"),
    ],
)
def test_a_bad_media_source_is_refused_by_the_path_of_its_field(source: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidParameter, match=f"'{field}'"):
        _read(requests.PinCreate, **PIN | {"media_source": source})


def test_extra_keys_beside_an_image_url_are_dropped() -> None:
    source = ANY_PICTURE | {"content_type": "anything", "data": 7}

    assert _read(requests.PinCreate, **PIN | {"media_source": source}).media_source.model_dump() == ANY_PICTURE


def test_a_message_never_repeats_what_was_sent() -> None:
    with pytest.raises(PresenceError) as refused:
        _read(requests.PinCreate, **PIN | {"title": "x" * 10_000})

    assert len(str(refused.value)) < 200
