"""What is sent wrongly is refused by name and rule, and nothing is written."""

import json
from base64 import b64encode
from collections.abc import Mapping
from typing import Any, NamedTuple

import pytest

from tests.support.api import Client, Reply, http_event, invoke
from tests.support.content import a_board, a_pin, a_section, an_upload, refusal
from tests.support.people import a_user
from tests.support.stored import everything, objects
from tests.support.wire import ANY_PICTURE, BOARD_NAME, INVALID, ROUTES, TOO_LARGE, Refusal, a_valid_body
from tests.support.world import NOWHERE

MEGABYTE = 1024 * 1024
WITH_BODY = [(method, path) for method, path in ROUTES if a_valid_body(method, path) is not None]
every_body = pytest.mark.parametrize(("method", "path"), WITH_BODY, ids=[" ".join(each) for each in WITH_BODY])


class World(NamedTuple):
    """A user and one of everything of theirs."""

    owner: Client
    ids: dict[str, str]

    def request(self, method: str, path: str, changes: Mapping[str, Any] | None = None, **rest: Any) -> Reply:
        """A request for what is there, with a body that would be taken but for ``changes``."""
        body = a_valid_body(method, path, board_id=self.ids["board_id"])
        return self.owner.request(method, path.format(**self.ids), body and body | (changes or {}), **rest)


@pytest.fixture
def ann() -> Client:
    return a_user()


@pytest.fixture
def world(ann: Client) -> World:
    board_id = a_board(ann)
    section_id, pin_id = a_section(ann, board_id), a_pin(ann, board_id)
    return World(ann, NOWHERE | {"board_id": board_id, "section_id": section_id, "pin_id": pin_id})


NO_JSON_OBJECTS = {
    "half an object": "{",
    "a list": "[]",
    "null": "null",
    "a text": '"text"',
    "a number": "7",
    "a form": "name=Any",
    "a comma too many": '{"name": "Any",}',
    "other quotes": "{'name': 'Any'}",
    "half a surrogate pair": '{"name": "\\ud800"}',
    "half a surrogate pair in an ignored field": '{"ignored": "\\ud800"}',
    "a raw surrogate": '{"name": "\ud800"}',
    "deep nesting": '{"ignored": ' + "[" * 100_000 + "]" * 100_000 + "}",
    "a huge number": '{"ignored": ' + "9" * 100_000 + "}",
    "a byte order mark": '\ufeff{"name": "Any"}',
    "a zero": "\x00",
}


@every_body
def test_a_body_that_is_no_json_object_is_refused(world: World, method: str, path: str) -> None:
    before = everything()
    for what, raw_body in NO_JSON_OBJECTS.items():
        reply = world.request(method, path, raw_body=raw_body)

        assert refusal(reply) == INVALID, what
        assert "'body'" in reply.json["message"], what
        assert len(reply.json["message"]) < 300, what
    assert everything() == before


@every_body
def test_a_body_of_another_content_type_is_refused(world: World, method: str, path: str) -> None:
    before = everything()
    for content_type in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data"):
        reply = world.request(method, path, headers={"content-type": content_type})

        assert refusal(reply) == INVALID
        assert "'Content-Type'" in reply.json["message"]
    assert everything() == before


@pytest.mark.parametrize(
    "content_type",
    ["application/json", "application/json; charset=utf-8", "Application/JSON", "application/merge-patch+json", ""],
)
def test_json_by_any_of_its_names_is_taken(ann: Client, content_type: str) -> None:
    assert ann.request("POST", "/boards", {"name": "Any"}, headers={"content-type": content_type}).status == 201


@every_body
def test_a_body_over_5_megabytes_is_refused(world: World, method: str, path: str) -> None:
    before = everything()
    for size in (5 * MEGABYTE + 1, 8 * MEGABYTE):
        reply = world.request(method, path, raw_body=" " * size)

        assert refusal(reply) == TOO_LARGE
        assert str(5 * MEGABYTE) in reply.json["message"]
    assert everything() == before


def test_a_body_of_5_megabytes_is_read(ann: Client) -> None:
    body = json.dumps({"name": "Any"})

    assert ann.request("POST", "/boards", raw_body=body + " " * (5 * MEGABYTE - len(body))).status == 201


def test_a_body_over_5_megabytes_behind_base64_is_refused(ann: Client) -> None:
    event = http_event("POST", "/boards", b64encode(b" " * (5 * MEGABYTE + 1)).decode(), {}, ann.claims())

    assert refusal(invoke(event | {"isBase64Encoded": True})) == TOO_LARGE


def test_a_body_behind_base64_is_read(ann: Client) -> None:
    event = http_event("POST", "/boards", b64encode('{"name": "Zoë"}'.encode()).decode(), {}, ann.claims())

    assert invoke(event | {"isBase64Encoded": True}).json["name"] == "Zoë"


@pytest.mark.parametrize("body", ["", None])
def test_without_a_body_the_missing_field_is_named(ann: Client, body: str | None) -> None:
    reply = invoke(http_event("POST", "/boards", body, {}, ann.claims()))

    assert refusal(reply) == BOARD_NAME
    assert "'name' is required" in reply.json["message"]


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        (None, ""),
        ("", "at least 1"),
        ("  ", "at least 1"),
        ("x" * 181, "at most 180"),
        (7, "string"),
        (["x"], "string"),
    ],
)
def test_a_bad_board_name_is_refused_with_a_code_of_its_own(ann: Client, name: Any, rule: str) -> None:
    before = everything()
    reply = ann.post("/boards", {"name": name})

    assert refusal(reply) == BOARD_NAME
    assert "'name'" in reply.json["message"]
    assert rule in reply.json["message"]
    assert everything() == before


@pytest.mark.parametrize(
    ("route", "broken", "rule"),
    [
        ("POST /boards", {"description": 7}, "string"),
        ("POST /boards", {"description": "x" * 501}, "at most 500"),
        ("POST /boards", {"privacy": "FRIENDS"}, "PUBLIC"),
        ("POST /boards", {"privacy": 7}, "PUBLIC"),
        ("POST /boards", {"is_ads_only": "true"}, "boolean"),
        ("POST /boards", {"is_ads_only": 1}, "boolean"),
        ("PATCH /boards/{board_id}", {"description": {}}, "string"),
        ("PATCH /boards/{board_id}", {"privacy": "PROTECTED"}, "PUBLIC"),
        ("POST /boards/{board_id}/sections", {"name": "x" * 181}, "at most 180"),
        ("PATCH /boards/{board_id}/sections/{section_id}", {"name": 7}, "string"),
        ("PATCH /boards/{board_id}/sections/{section_id}", {"name": ""}, "at least 1"),
        ("POST /pins", {"board_id": "x"}, "match"),
        ("POST /pins", {"board_id": 7}, "string"),
        ("POST /pins", {"board_id": None}, "string"),
        ("POST /pins", {"board_section_id": "x"}, "match"),
        ("POST /pins", {"title": "x" * 101}, "at most 100"),
        ("POST /pins", {"title": 7}, "string"),
        ("POST /pins", {"description": "x" * 801}, "at most 800"),
        ("POST /pins", {"alt_text": "x" * 501}, "at most 500"),
        ("POST /pins", {"link": "https://a.example/" + "x" * 2048}, "at most 2048"),
        ("POST /pins", {"link": "javascript:alert(1)"}, "http"),
        ("POST /pins", {"dominant_color": "red"}, "match"),
        ("POST /pins", {"parent_pin_id": "x"}, "match"),
        ("POST /pins", {"media_source": None}, "object"),
        ("POST /pins", {"media_source": {"source_type": "image"}}, "image_url"),
        ("POST /pins", {"media_source": {}}, "source_type"),
        ("PATCH /pins/{pin_id}", {"title": "x" * 101}, "at most 100"),
        ("PATCH /pins/{pin_id}", {"description": []}, "string"),
        ("PATCH /pins/{pin_id}", {"board_id": "x"}, "match"),
        ("PATCH /pins/{pin_id}", {"board_section_id": 7}, "string"),
        ("POST /pins/{pin_id}/save", {"board_id": "x"}, "match"),
        ("POST /pins/{pin_id}/save", {"board_section_id": {}}, "string"),
    ],
)
def test_a_field_that_breaks_its_rule_is_refused_by_name_and_rule(
    world: World, route: str, broken: dict[str, Any], rule: str
) -> None:
    method, path = route.split()
    before = everything()
    reply = world.request(method, path, broken)

    assert refusal(reply) == INVALID
    assert all(f"'{field}" in reply.json["message"] for field in broken)
    assert rule in reply.json["message"]
    assert everything() == before


def test_a_refused_upload_does_not_come_back_in_the_message(world: World) -> None:
    source = an_upload() | {"content_type": "image/gif"}
    reply = world.request("POST", "/pins", {"media_source": source})

    assert refusal(reply) == INVALID
    assert source["data"][:40] not in str(reply.text)
    assert objects() == {}


ODD_TEXTS = [
    "\x00",
    "a\x00b",
    "\x1c",
    "\u200b",
    "\u0301",
    "\ufdfa" * 60,
    "각" * 60,
    "👩‍👩‍👧‍👦",
    "\u202eabc",
    "'; DROP TABLE boards; --",
    "SLUG#x",
    "#name = :value",
    "\ufffe",
]


@pytest.mark.parametrize("text", ODD_TEXTS, ids=ascii)
def test_an_odd_text_is_kept_as_it_is(ann: Client, text: str) -> None:
    board = ann.post("/boards", {"name": text, "description": text})
    pin = ann.post("/pins", {"board_id": board.json["id"], "media_source": ANY_PICTURE, "title": text})

    assert (board.status, pin.status) == (201, 201)
    assert ann.get(f"/boards/{board.json['id']}").json["name"] == text
    assert ann.get(f"/pins/{pin.json['id']}").json["title"] == text
    assert refusal(ann.post("/boards", {"name": text})) == BOARD_NAME


@pytest.mark.parametrize("path", ["/boards", "/pins", "/user_account", "/boards/{board_id}", "/pins/{pin_id}"])
def test_an_ad_account_of_a_wrong_form_is_refused(world: World, path: str) -> None:
    for value in ("x", "1" * 19, "", "-1", "1,2"):
        reply = world.request("GET", f"{path}?ad_account_id={value}")

        assert refusal(reply) == INVALID
        assert "'ad_account_id'" in reply.json["message"]


@pytest.mark.parametrize("path", ["/boards", "/pins", "/user_account", "/boards/{board_id}", "/pins/{pin_id}"])
def test_an_ad_account_of_the_right_form_changes_nothing(world: World, path: str) -> None:
    assert world.request("GET", f"{path}?ad_account_id=549755885175").text == world.request("GET", path).text


def test_a_write_with_an_ad_account_of_a_wrong_form_writes_nothing(ann: Client) -> None:
    before = everything()

    assert refusal(ann.post("/boards?ad_account_id=x", {"name": "Any"})) == INVALID
    assert everything() == before


def test_unknown_parameters_are_ignored(ann: Client) -> None:
    assert ann.get("/boards?unknown=1&page_sizes=0").status == 200


@pytest.mark.parametrize("name", ["page_size", "privacy"])
def test_a_parameter_given_twice_is_refused_unless_it_is_a_list(ann: Client, name: str) -> None:
    good = {"page_size": "5", "privacy": "PUBLIC"}[name]

    assert refusal(ann.get(f"/boards?{name}={good}&{name}={good}")) == INVALID


def test_errors_are_a_code_and_a_message(ann: Client) -> None:
    reply = ann.post("/boards", {"name": 7})

    assert set(reply.json) == {"code", "message"}
    assert reply.headers["content-type"] == "application/json"
    assert Refusal(reply.status, reply.json["code"]) == BOARD_NAME
