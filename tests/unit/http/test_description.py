import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from presence.domain.errors import MethodNotAllowed, RouteNotFound
from presence.http import description
from presence.http.errors import TABLE
from presence.http.routing import Route
from tools import openapi

every_route = pytest.mark.parametrize("route", openapi.routes(), ids=lambda route: f"{route.method} {route.path}")


def test_the_committed_description_is_what_the_routes_give() -> None:
    assert description.text() == openapi.text(), "run: python -m tools.openapi"


def test_the_description_is_valid_openapi_3_1() -> None:
    document = openapi.document()

    assert document["openapi"].startswith("3.1")
    assert [error.message for error in OpenAPIV31SpecValidator(document).iter_errors()] == []


@every_route
def test_the_description_names_the_scopes_of_a_route(route: Route) -> None:
    operation = openapi.document()["paths"][route.path][route.method.lower()]

    assert operation["security"] == ([{"token": list(route.scopes)}] if route.scopes else [])
    assert all(scope in operation.get("description", "") for scope in route.scopes)


@every_route
def test_the_description_names_the_parameters_of_a_route(route: Route) -> None:
    operation = openapi.document()["paths"][route.path][route.method.lower()]
    named = {(parameter["in"], parameter["name"]) for parameter in operation["parameters"]}

    assert {("query", param.name) for param in route.params} <= named
    assert all(("path", name) in named for name in ("board_id", "section_id", "pin_id") if f"{{{name}}}" in route.path)


def test_every_status_of_the_error_table_is_described_or_of_no_route() -> None:
    described = set(openapi.document()["components"]["responses"])

    assert {str(answer.status) for answer in TABLE.values()} <= described


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/v5/boards", ("GET", "POST")),
        ("/v5/boards/1", ("DELETE", "GET", "PATCH")),
        ("/v5/pins/1/save", ("POST",)),
        ("/v5/openapi.json", ("GET",)),
    ],
)
def test_a_path_of_the_api_takes_these_methods_only(path: str, allowed: tuple[str, ...]) -> None:
    missing = description.missing("PUT", path)

    assert isinstance(missing, MethodNotAllowed)
    assert missing.allowed == allowed


@pytest.mark.parametrize("path", ["/", "/v5", "/v5/", "/boards", "/v5/boards/", "/v5/boards/1/2", "/v6/boards", ""])
def test_another_path_is_no_route(path: str) -> None:
    assert isinstance(description.missing("PUT", path), RouteNotFound)
