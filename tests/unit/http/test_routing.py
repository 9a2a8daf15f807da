import re

import pytest

from presence.http.routing import Route
from presence.schemas import answers, requests
from tests.support.wire import ROUTES
from tools.openapi import routes

every_route = pytest.mark.parametrize("route", routes(), ids=lambda route: f"{route.method} {route.path}")


def test_these_are_the_routes_and_no_others() -> None:
    declared = [(route.method, route.path) for route in routes()]

    assert sorted(declared) == sorted(ROUTES)


@every_route
def test_a_route_needs_all_of_its_scopes(route: Route) -> None:
    assert sorted(route.scopes) == sorted(ROUTES[route.method, route.path].scopes)


@every_route
def test_a_route_answers_its_status(route: Route) -> None:
    assert route.status == ROUTES[route.method, route.path].status


@every_route
def test_a_route_says_what_it_does_in_one_line(route: Route) -> None:
    assert re.fullmatch(r"[A-Z].*\.", route.summary)
    assert "\n" not in route.summary


@every_route
def test_a_routes_body_and_answer_are_described(route: Route) -> None:
    assert route.body is None or hasattr(requests, route.body)
    assert route.answer in (None, "OpenAPI") or hasattr(answers, str(route.answer))
    assert (route.answer is None) is (route.status == 204)


def test_a_listing_takes_a_page_size_and_a_bookmark() -> None:
    listings = [route for route in routes() if str(route.answer).endswith("Page")]

    assert listings
    assert all({"page_size", "bookmark"} <= {param.name for param in route.params} for route in listings)


def test_operations_have_names_of_their_own() -> None:
    names = [route.endpoint.__name__ for route in routes()]

    assert len(set(names)) == len(names)
