"""The OpenAPI description that lies beside this module: served as it is, and asked which paths there are.

``tools/openapi.py`` writes it from the routes, and a test fails when it is not what the routes give.
"""

import re
from functools import cache
from pathlib import Path

import orjson

from presence.domain.errors import InvalidParameter, MethodNotAllowed, PresenceError, RouteNotFound
from presence.http.params import path_param
from presence.http.routing import PREFIX

FILE = Path(__file__).with_name("openapi.json")


@cache
def text() -> str:
    return FILE.read_text("utf-8")


def missing(method: str, path: str) -> PresenceError:
    """Why no route takes a request."""
    allowed: set[str] = set()
    for template, operations in orjson.loads(text())["paths"].items():
        found = re.fullmatch(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", PREFIX + template), path)
        if found and method.lower() in operations:
            # Powertools matches a parameter with the characters that most APIs have: those beyond are in none of ours.
            return _broken(found.groupdict())
        if found:  # by another path too, it may be: one with a parameter for what this one spells out
            allowed |= {name.upper() for name in operations}
    return MethodNotAllowed(tuple(sorted(allowed))) if allowed else RouteNotFound("There is no such route.")


def _broken(path: dict[str, str]) -> PresenceError:
    for name, value in path.items():
        try:
            path_param(name, value)
        except InvalidParameter as error:
            return error
    return RouteNotFound("There is no such route.")
