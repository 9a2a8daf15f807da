"""Routes as data: what API Gateway routes, what a token needs, what the OpenAPI description says come from here."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from presence.http.params import Param
from presence.policies.scopes import Scope

type Endpoint = Callable[[Any], Any]
"""Takes a ``presence.http.call.Call``."""

PREFIX = "/v5"


class Route(NamedTuple):
    """What is asked for at a path, who may ask, and what answers."""

    method: str
    path: str
    """With its parameters in braces and without the prefix: ``/boards/{board_id}``."""
    endpoint: Endpoint
    scopes: tuple[Scope, ...]
    """All of them are needed. None: the route is public."""
    status: int
    params: tuple[Param[Any], ...] = ()
    body: str | None = None
    """The name of a class of ``presence.schemas.requests``: pydantic is imported when a body comes, not before."""
    answer: str | None = None
    """The name of a class of ``presence.schemas.answers``; None for 204."""
    etag: bool = False
    versioned: bool = False
    """It honours ``If-Match``: what it changes counts its versions."""

    @property
    def summary(self) -> str:
        return (self.endpoint.__doc__ or "").strip()


@dataclass(frozen=True, slots=True)
class Router:
    """A resource family's routes, in the order of their declaration."""

    routes: list[Route] = field(default_factory=list)

    def get(
        self,
        path: str,
        *,
        scopes: Iterable[Scope] = (),
        answer: str,
        params: Iterable[Param[Any]] = (),
        etag: bool = False,
    ) -> Callable[[Endpoint], Endpoint]:
        return self._route("GET", path, scopes, answer=answer, status=200, params=tuple(params), etag=etag)

    def post(
        self, path: str, *, scopes: Iterable[Scope], body: str | None = None, answer: str
    ) -> Callable[[Endpoint], Endpoint]:
        return self._route("POST", path, scopes, body=body, answer=answer, status=201, etag=True)

    def patch(
        self, path: str, *, scopes: Iterable[Scope], body: str, answer: str, versioned: bool = True
    ) -> Callable[[Endpoint], Endpoint]:
        return self._route("PATCH", path, scopes, body=body, answer=answer, status=200, etag=True, versioned=versioned)

    def delete(self, path: str, *, scopes: Iterable[Scope], versioned: bool = True) -> Callable[[Endpoint], Endpoint]:
        return self._route("DELETE", path, scopes, status=204, versioned=versioned)

    def _route(self, method: str, path: str, scopes: Iterable[Scope], **rest: Any) -> Callable[[Endpoint], Endpoint]:
        def register(endpoint: Endpoint) -> Endpoint:
            self.routes.append(Route(method, path, endpoint, tuple(scopes), **rest))
            return endpoint

        return register
