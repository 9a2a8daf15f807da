"""The OpenAPI description that lies beside this module: served as it is, and asked which paths there are.

``tools/openapi.py`` writes it from the routes, and a test fails when it is not what the routes give.
"""

import re
from functools import cache
from pathlib import Path

import orjson

from presence.domain.errors import MethodNotAllowed, RouteNotFound
from presence.http.routing import PREFIX

FILE = Path(__file__).with_name("openapi.json")


@cache
def text() -> str:
    return FILE.read_text("utf-8")


def missing(path: str) -> MethodNotAllowed | RouteNotFound:
    """Why no route takes a request to this path."""
    for template, operations in orjson.loads(text())["paths"].items():
        if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", PREFIX + template), path):
            return MethodNotAllowed(tuple(sorted(method.upper() for method in operations if method != "parameters")))
    return RouteNotFound("There is no such route.")
