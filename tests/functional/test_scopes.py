"""Every route needs all of its scopes."""

import pytest

from tests.support.api import http_event, invoke
from tests.support.content import refusal
from tests.support.people import a_user
from tests.support.stored import dynamodb_requests, everything
from tests.support.wire import NOT_AUTHENTICATED, ROUTES, SCOPE_MISSING, Expected
from tests.support.world import NOWHERE, a_request

PROTECTED = {route: expected for route, expected in ROUTES.items() if expected.scopes}
every_protected_route = pytest.mark.parametrize(
    ("route", "expected"), PROTECTED.items(), ids=[" ".join(route) for route in PROTECTED]
)


@every_protected_route
def test_a_token_with_exactly_the_scopes_of_a_route_passes(route: tuple[str, str], expected: Expected) -> None:
    ready = a_request(a_user(), *route)
    reply = ready.send(user=ready.user.with_scopes(*expected.scopes))

    assert reply.status == expected.status, reply.text


@every_protected_route
def test_a_token_that_lacks_one_scope_of_a_route_is_refused_by_its_name(
    route: tuple[str, str], expected: Expected
) -> None:
    ready = a_request(a_user(), *route)
    before = everything()
    for missing in expected.scopes:
        reply = ready.send(user=ready.user.without_scopes(missing))

        assert refusal(reply) == SCOPE_MISSING
        assert reply.json["message"].endswith(f" {missing}")
    assert everything() == before


@every_protected_route
def test_a_token_without_scopes_is_refused_before_anything_is_read(route: tuple[str, str], expected: Expected) -> None:
    ann = a_user()
    method, path = route
    with dynamodb_requests() as asked:
        reply = ann.with_scopes().request(method, path.format(**NOWHERE))

    assert refusal(reply) == SCOPE_MISSING
    assert all(scope in reply.json["message"] for scope in expected.scopes)
    assert asked == []


@every_protected_route
def test_a_request_without_a_token_is_refused(route: tuple[str, str], expected: Expected) -> None:
    method, path = route
    event = http_event(method, path.format(**NOWHERE), None, {}, None)
    reply = invoke(event)

    assert refusal(reply) == NOT_AUTHENTICATED
    assert reply.headers["www-authenticate"].startswith("Bearer")


def test_the_description_of_the_api_is_for_everybody() -> None:
    assert invoke(http_event("GET", "/openapi.json", None, {}, None)).status == 200
