"""Write the OpenAPI 3.1 description from the routes: ``python -m tools.openapi``.

Paths, scopes and parameters come from the routers, bodies and answers from ``presence.schemas``, errors from the
error table. The tests fail when the committed file is not what this gives.
"""

import importlib
import json
import re
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from presence.http import description
from presence.http.errors import MOVED, OURS, TABLE, Answer
from presence.http.params import AD_ACCOUNT, path_param_schema
from presence.http.routing import PREFIX, Route
from presence.policies.scopes import Scope
from presence.schemas import answers, requests

FAMILIES = ("boards", "pins", "account", "people", "collaboration", "discovery")
VERSION = "1.0.0"

_ERRORS: dict[int, str] = {
    307: "The user has another name by now; `Location` has the same request for it, the body the `username`.",
    308: "The board was merged; `Location` has the same request for where it went, the body `merged_into`.",
    400: "A parameter or field breaks a rule; the message names both.",
    401: "No valid token (code 2), or one that lacks a scope (code 3, the message names it). Where API Gateway itself "
    'refuses a token the body is `{"message": "Unauthorized"}`.',
    403: "The caller may see it but not do this to it, or a limit is reached.",
    404: "It does not exist, or is hidden from the caller: the two cannot be told apart.",
    405: "The path takes other methods.",
    409: "Somebody else changed it at the same time, or the Idempotency-Key is in flight; try again.",
    412: "`If-Match` does not name the current version.",
    413: "The body is too large.",
    422: "The Idempotency-Key was used with another request.",
    429: "Too many requests; `Retry-After` tells when to try again.",
    500: "Our fault; a retry is safe.",
}


def routes() -> list[Route]:
    """Every route of every family, in the order of declaration."""
    return [route for family in FAMILIES for route in importlib.import_module(f"{family}.routes").router.routes]


def document() -> dict[str, Any]:
    paths: dict[str, Any] = {}
    for route in routes():
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Presence",
            "version": VERSION,
            "description": "Boards and profiles. Wire-compatible with Pinterest's API v5 where the two overlap.",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": PREFIX}],
        "paths": paths,
        "components": {
            "schemas": _schemas(),
            "responses": {str(status): _error(status) for status in _ERRORS},
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "bearerFormat": "JWT",
                    "description": "An access token with scopes. All scopes that an operation lists are needed.",
                }
            },
        },
    }


def _operation(route: Route) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": route.endpoint.__name__,
        "summary": route.summary.splitlines()[0],
        "parameters": list(_parameters(route)),
        "responses": {str(route.status): _success(route), **_failures(route)},
    }
    if route.scopes:
        operation["security"] = [{"token": [str(scope) for scope in route.scopes]}]
        operation["description"] = _scopes(route.scopes)
    else:
        operation["security"] = []
    if route.body:
        schema = {"$ref": f"#/components/schemas/{route.body}"}
        operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema}}}
    return operation


def _scopes(scopes: tuple[Scope, ...]) -> str:
    return f"Needs the scopes {', '.join(f'`{scope}`' for scope in scopes)}."


def _parameters(route: Route) -> Iterator[dict[str, Any]]:
    for name in re.findall(r"\{(\w+)\}", route.path):
        yield {"name": name, "in": "path", "required": True, "schema": path_param_schema(name)}
    for param in (*route.params, *((AD_ACCOUNT,) if route.scopes else ())):
        stated = {"name": param.name, "in": "query", "schema": param.schema, "description": param.description}
        if param.schema["type"] == "array":
            stated.update(style="form", explode=False)
        yield stated
    for name, text in _headers(route):
        yield {"name": name, "in": "header", "schema": {"type": "string"}, "description": text}


def _headers(route: Route) -> Iterator[tuple[str, str]]:
    if route.method == "POST":
        yield (
            "Idempotency-Key",
            "For 24 hours a repeated request with this key gets the first answer (1-255 characters).",
        )
    if route.versioned:
        yield "If-Match", "An ETag: refuse with 412 if it is not the current version."
    if route.method == "GET" and route.etag:
        yield "If-None-Match", "An ETag: answer 304 if nothing changed."


def _success(route: Route) -> dict[str, Any]:
    if route.answer is None:
        return {"description": "Done."}
    if not hasattr(answers, route.answer):
        return {"description": "This document.", "content": {"application/json": {"schema": {"type": "object"}}}}
    schema = {"$ref": f"#/components/schemas/{route.answer}"}
    success: dict[str, Any] = {"description": route.summary, "content": {"application/json": {"schema": schema}}}
    if route.etag:
        text = "Version and digest of what was answered."
        success["headers"] = {"ETag": {"schema": {"type": "string"}, "description": text}}
    return success


def _failures(route: Route) -> dict[str, Any]:
    statuses = {500}
    if route.scopes:
        statuses |= {400, 401, 429}
        if "{username}" in route.path or any(param.names_user for param in route.params):
            statuses |= {307, 404}
        if "{board_id}" in route.path:
            statuses |= {308}
        if "{" in route.path or route.body or route.path == "/user_account":
            statuses |= {404}
    if route.method != "GET":
        statuses |= {403, 409}
    if route.body:
        statuses |= {413}
    if route.method == "POST":
        statuses |= {422}
    if route.versioned:
        statuses |= {412}
    failures: dict[str, Any] = {str(s): {"$ref": f"#/components/responses/{s}"} for s in sorted(statuses)}
    if route.method == "GET" and route.etag:
        failures["304"] = {"description": "Not modified since the ETag in `If-None-Match`."}
    return failures


def _error(status: int) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Error"}
    codes = sorted({answer.code for answer in (*TABLE.values(), OURS, MOVED) if answer.status == status})
    text = f"{_ERRORS[status]} Codes: {', '.join(map(str, codes))}."
    stated: dict[str, Any] = {"description": text, "content": {"application/json": {"schema": schema}}}
    if any(_retries(answer, status) for answer in TABLE.values()):
        stated["headers"] = {"Retry-After": {"schema": {"type": "integer"}, "description": "Seconds."}}
    return stated


def _retries(answer: Answer, status: int) -> bool:
    return answer.status == status and answer.retry_after_seconds is not None


def _schemas() -> dict[str, Any]:
    bodies = {getattr(requests, route.body) for route in routes() if route.body}
    shown = {getattr(answers, route.answer) for route in routes() if route.answer and hasattr(answers, route.answer)}
    models: list[type[BaseModel]] = sorted((*bodies, *shown, answers.Error), key=lambda model: model.__name__)
    _, schema = models_json_schema(
        [(model, "validation") for model in models], ref_template="#/components/schemas/{model}"
    )
    return dict(sorted(schema["$defs"].items()))


def text() -> str:
    return json.dumps(document(), indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    description.FILE.write_text(text(), "utf-8")
