"""Paths and methods that no route has."""

import re

import pytest

from tests.support.api import http_event, invoke
from tests.support.content import refusal
from tests.support.wire import INVALID, METHOD_NOT_ALLOWED, NOT_AUTHENTICATED, ROUTES
from tests.support.world import NOWHERE

METHODS = ("GET", "POST", "PATCH", "DELETE", "PUT", "HEAD", "OPTIONS")
PATHS = sorted({path for _, path in ROUTES})


@pytest.mark.parametrize("path", PATHS)
def test_a_method_that_a_path_does_not_take_is_answered_with_those_it_takes(path: str) -> None:
    there = path.format(**NOWHERE)
    # A path may also be one with a parameter: /user_account/following/boards that of a user.
    taken = sorted({method for method, each in ROUTES if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", each), there)})
    for method in set(METHODS) - set(taken):
        reply = invoke(http_event(method, there, None, {}, None))

        assert refusal(reply) == METHOD_NOT_ALLOWED
        assert reply.headers["allow"] == ", ".join(taken)


@pytest.mark.parametrize(
    "path", ["/", "", "/board", "/boards/", "/boards/1/2", "/boards/1/pins/2", "/pins/1/save/2", "/users", "/../boards"]
)
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_a_path_that_is_not_there_is_answered_in_our_error_body(method: str, path: str) -> None:
    reply = invoke(http_event(method, path, None, {}, None))

    assert reply.status == 404
    assert set(reply.json) == {"code", "message"}
    assert reply.headers["content-type"] == "application/json"


@pytest.mark.parametrize(
    "odd",
    [
        *("x", "-1", "1.0", "0x1", "1" * 33, "%20", "é"),
        *("%F0%9F%98%80", "%22", "%5C", "%60", "%23", "%3F", "%00", "%0A1"),
    ],
)
def test_an_id_that_is_no_number_is_refused_by_name(odd: str) -> None:
    claims = {"presence:user_id": "1", "presence:username": "any", "scope": "boards:read pins:read"}
    for path, name in (
        ("/boards/{}", "board_id"),
        ("/boards/{}/pins", "board_id"),
        ("/boards/1/sections/{}/pins", "section_id"),
        ("/pins/{}", "pin_id"),
    ):
        reply = invoke(http_event("GET", path.format(odd), None, {}, claims))

        assert refusal(reply) == INVALID
        assert f"'{name}'" in reply.json["message"]


def test_a_known_path_without_a_token_is_refused_for_that() -> None:
    assert refusal(invoke(http_event("GET", "/boards", None, {}, None))) == NOT_AUTHENTICATED
