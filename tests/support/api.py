"""The API without a network: requests become API Gateway events, and the real handlers answer them."""

import importlib
import json
import re
import threading
from base64 import b64decode
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from aws_lambda_powertools.event_handler.api_gateway import ApiGatewayResolver
from aws_lambda_powertools.utilities.data_classes.common import BaseProxyEvent

from presence.http.app import Handler, serve
from presence.http.routing import PREFIX
from presence.http.viewer import USER_ID_CLAIM, USERNAME_CLAIM
from presence.policies.scopes import Scope

FAMILIES = ("boards", "pins", "account", "people", "collaboration", "discovery")
ALL_SCOPES = frozenset(Scope)


@dataclass(frozen=True)
class Reply:
    status: int
    headers: Mapping[str, str]
    text: str | None

    @property
    def json(self) -> Any:
        return json.loads(self.text or "null")


class Context:
    aws_request_id = "00000000-0000-0000-0000-000000000000"
    function_name = "test"
    memory_limit_in_mb = 512
    invoked_function_arn = "arn:aws:lambda:eu-west-1:123456789012:function:test"

    def get_remaining_time_in_millis(self) -> int:
        return 30_000


@dataclass(frozen=True)
class Client:
    """One user's way to the API. ``user_id`` and ``username`` are what the token's claims say."""

    user_id: str
    username: str
    scopes: Iterable[str] = field(default=ALL_SCOPES)

    def request(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        headers: Mapping[str, str] | None = None,
        raw_body: str | None = None,
    ) -> Reply:
        text = raw_body if raw_body is not None else None if body is None else json.dumps(body)
        event = http_event(method, path, text, headers or {}, self.claims())
        return invoke(event)

    def claims(self) -> dict[str, str]:
        return {
            "iss": "https://issuer.example",
            "sub": f"subject-of-{self.username}",
            "scope": " ".join(self.scopes),
            USER_ID_CLAIM: self.user_id,
            USERNAME_CLAIM: self.username,
        }

    def get(self, path: str, **headers: str) -> Reply:
        return self.request("GET", path, headers=_headers(headers))

    def post(self, path: str, body: Any = None, **headers: str) -> Reply:
        return self.request("POST", path, {} if body is None else body, headers=_headers(headers))

    def patch(self, path: str, body: Any, **headers: str) -> Reply:
        return self.request("PATCH", path, body, headers=_headers(headers))

    def delete(self, path: str, **headers: str) -> Reply:
        return self.request("DELETE", path, headers=_headers(headers))

    def with_scopes(self, *scopes: str) -> "Client":
        return Client(self.user_id, self.username, scopes)

    def without_scopes(self, *scopes: str) -> "Client":
        return Client(self.user_id, self.username, ALL_SCOPES - set(scopes))

    def pages(self, path: str) -> list[list[Any]]:
        """Every page of a listing, as a client would turn them."""
        pages, bookmark = [], ""
        while True:
            glue = "&" if "?" in path else "?"
            reply = self.get(path + (f"{glue}bookmark={bookmark}" if bookmark else ""))
            assert reply.status == 200, reply.text
            pages.append(reply.json["items"])
            bookmark = reply.json["bookmark"]
            if not bookmark:
                return pages
            assert reply.json["items"], "an empty page may not have a bookmark"


def _headers(given: Mapping[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in given.items()}


def http_event(
    method: str, path: str, body: str | None, headers: Mapping[str, str], claims: Mapping[str, str] | None
) -> dict[str, Any]:
    """The event of an HTTP API's Lambda integration, payload format 2.0."""
    parts = urlsplit(path)
    query: dict[str, str] = {}
    for name, value in parse_qsl(parts.query, keep_blank_values=True):
        query[name] = f"{query[name]},{value}" if name in query else value
    context: dict[str, Any] = {
        "accountId": "123456789012",
        "apiId": "api",
        "http": {"method": method, "path": PREFIX + parts.path, "sourceIp": "127.0.0.1", "userAgent": "tests"},
        "requestId": "a-request",
        "stage": "$default",
    }
    if claims is not None:
        context["authorizer"] = {"jwt": {"claims": dict(claims), "scopes": None}}
    event: dict[str, Any] = {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": PREFIX + unquote(parts.path),
        "rawQueryString": parts.query,
        "headers": {"content-type": "application/json", **{name.lower(): value for name, value in headers.items()}},
        "requestContext": context,
        "isBase64Encoded": False,
    }
    if query:
        event["queryStringParameters"] = query
    if body is not None:
        event["body"] = body
    return event


class _EventOfThread(threading.local):
    """Powertools keeps the event of a request on a class, as a function has one at a time. Here threads have one each:
    else one might go on with another's.
    """

    event: BaseProxyEvent

    def take_over(self) -> None:
        made = ApiGatewayResolver._to_proxy_event

        def kept(resolver: ApiGatewayResolver, event: dict[str, Any]) -> BaseProxyEvent:
            self.event = made(resolver, event)
            return self.event

        replaced: Any = ApiGatewayResolver
        replaced._to_proxy_event = kept
        replaced.current_event = property(lambda _: self.event)


_EventOfThread().take_over()

_idle: dict[Handler, list[Handler]] = {}
"""By the handler of a family, it and others like it that are at no request."""


@contextmanager
def _sandbox(family: str) -> Iterator[Handler]:
    """A handler for one request at a time: it too remembers things of the request."""
    own = importlib.import_module(f"{family}.handler").handler
    idle = _idle.setdefault(own, [own])
    try:
        handler = idle.pop()
    except IndexError:
        handler = serve(importlib.import_module(f"{family}.routes").router, environment=())
    try:
        yield handler
    finally:
        idle.append(handler)


def invoke(event: dict[str, Any]) -> Reply:
    """Hand the event to the function that API Gateway would."""
    family = _family(event["requestContext"]["http"]["method"], event["rawPath"])
    with _sandbox(family) as handler:
        answer = handler(event, Context())
    body = answer.get("body")
    if answer.get("isBase64Encoded"):
        import gzip

        body = gzip.decompress(b64decode(body)).decode()
    return Reply(answer["statusCode"], {k.lower(): v for k, v in answer.get("headers", {}).items()}, body)


def _family(method: str, path: str) -> str:
    for family in FAMILIES:
        for route in importlib.import_module(f"{family}.routes").router.routes:
            if route.method == method and re.fullmatch(PREFIX + re.sub(r"\{\w+\}", "[^/]+", route.path), path):
                return family
    return "account"  # where the $default route leads
