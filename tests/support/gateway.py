"""API Gateway as a WSGI application, for tools that speak HTTP: every request comes from one signed-in user."""

import json
from base64 import b64encode
from collections.abc import Callable, Iterable, Mapping
from http.client import responses
from typing import Any
from urllib.parse import quote

from tests.support.api import http_event, invoke

type StartResponse = Callable[[str, list[tuple[str, str]]], Any]


class Gateway:
    def __init__(self) -> None:
        self.claims: Mapping[str, str] | None = None
        """What the authorizer would have read from the caller's token."""

    def __call__(self, environ: Mapping[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        reply = invoke(self._event(environ))
        headers = [(name, value) for name, value in reply.headers.items() if name != "content-encoding"]
        start_response(f"{reply.status} {responses[reply.status]}", headers)
        return [(reply.text or "").encode()]

    def _event(self, environ: Mapping[str, Any]) -> dict[str, Any]:
        # WSGI hands over the decoded bytes of the path as if they were Latin-1 (PEP 3333).
        path = quote(environ["PATH_INFO"].encode("latin-1")).removeprefix("/v5")
        query = environ.get("QUERY_STRING", "")
        content = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        event = http_event(environ["REQUEST_METHOD"], f"{path}?{query}", None, self._headers(environ), self.claims)
        if content:
            event["body"], event["isBase64Encoded"] = b64encode(content).decode(), True
        json.dumps(event)  # it would have to pass through Lambda's invocation
        return event

    def _headers(self, environ: Mapping[str, Any]) -> dict[str, str]:
        named = {name.removeprefix("HTTP_"): value for name, value in environ.items() if name.startswith("HTTP_")}
        if environ.get("CONTENT_TYPE"):
            named["CONTENT_TYPE"] = environ["CONTENT_TYPE"]
        return {name.replace("_", "-").lower(): value for name, value in named.items()}
