"""The description that is served. That it is what the code gives is tests/unit/http/test_description.py's matter."""

from openapi_spec_validator import OpenAPIV31SpecValidator

from presence.http.description import FILE
from tests.support.api import http_event, invoke
from tests.support.people import a_user
from tools import openapi


def test_the_description_is_served_to_everybody_as_it_was_committed() -> None:
    reply = invoke(http_event("GET", "/openapi.json", None, {}, None))

    assert (reply.status, reply.headers["content-type"]) == (200, "application/json")
    assert reply.text == FILE.read_text("utf-8") == openapi.text()


def test_the_served_description_is_valid_openapi_3_1() -> None:
    document = a_user().get("/openapi.json").json

    assert document["openapi"].startswith("3.1")
    assert list(OpenAPIV31SpecValidator(document).iter_errors()) == []


def test_the_description_may_be_kept_by_caches() -> None:
    assert "max-age" in a_user().get("/openapi.json").headers["cache-control"]


def test_the_described_addresses_are_relative_to_the_host() -> None:
    assert a_user().get("/openapi.json").json["servers"] == [{"url": "/v5"}]
