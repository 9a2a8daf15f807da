"""One request: who calls, with what, and the ways to answer."""

import hashlib
from base64 import b64decode
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import orjson
from aws_lambda_powertools.event_handler.api_gateway import Response

from presence.domain.entities import Viewer
from presence.domain.errors import InvalidParameter, PayloadTooLarge, PreconditionFailed
from presence.http import bookmarks
from presence.http.params import AD_ACCOUNT, BOOKMARK, FIELDS, PAGE_SIZE, Param, path_param
from presence.http.routing import Route
from presence.services.paging import Page, PageRequest
from presence.services.receipts import Receipt

MAX_BODY_BYTES = 5 * 1024 * 1024
"""Lambda takes events of 6 MB, and the event wraps the body in an envelope."""
MAX_ANSWER_BYTES = 5 * 1024 * 1024
"""Lambda gives answers of 6 MB; a page of the largest pins that would be larger is cut, and the next goes on there."""
IDEMPOTENCY_KEY_MAX = 255

type View = dict[str, Any]


class Call:
    """What an endpoint gets.

    Raises:
        InvalidParameter: a query parameter breaks its rule, also one that the endpoint does not ask for.
    """

    __slots__ = ("_event", "_path", "_query", "route", "viewer")

    def __init__(self, event: dict[str, Any], route: Route, path: dict[str, str], viewer: Viewer) -> None:
        self.route = route
        self.viewer = viewer
        self._event = event
        self._path = path
        self._query: dict[str, str] = event.get("queryStringParameters") or {}
        if self._query:
            for param in (*route.params, AD_ACCOUNT):
                param.of(self._query)

    def id(self, name: str) -> str:
        """An id in the path.

        Raises:
            InvalidParameter: it is not a number.
        """
        return path_param(name, self._path[name])

    def topic_id(self) -> str:
        """The id of a topic in the path, whether there is one or not.

        Raises:
            InvalidParameter: it cannot be one.
        """
        return path_param("topic_id", self._path["topic_id"])

    def username(self) -> str:
        """The username in the path, in lower case.

        Raises:
            InvalidParameter: it cannot be one.
        """
        return path_param("username", self._path["username"])

    def __getitem__[T](self, param: Param[T]) -> T:
        return param.of(self._query)

    def _header(self, name: str) -> str | None:
        value: str | None = (self._event.get("headers") or {}).get(name)
        return value

    def body(self) -> Any:
        """The body as the route's request class.

        Raises:
            PayloadTooLarge: over ``MAX_BODY_BYTES``.
            PresenceError: not JSON, or a field breaks a rule.
        """
        content_type = (self._header("content-type") or "application/json").partition(";")[0].strip().lower()
        if content_type != "application/json" and not content_type.endswith("+json"):
            raise InvalidParameter("Content-Type", "must be application/json")
        from presence.schemas import requests  # noqa: PLC0415 - see Route.body

        return getattr(requests, str(self.route.body)).read(self._raw_body())

    def _raw_body(self) -> bytes:
        text = self._event.get("body") or ""
        if len(text) > MAX_BODY_BYTES * 4 // 3 + 4:
            raise PayloadTooLarge(f"The body may not be over {MAX_BODY_BYTES} bytes.")
        raw = b64decode(text) if self._event.get("isBase64Encoded") else text.encode("utf-8", "surrogatepass")
        if len(raw) > MAX_BODY_BYTES:
            raise PayloadTooLarge(f"The body may not be over {MAX_BODY_BYTES} bytes.")
        return raw or b"{}"  # then the error names the field that is missing

    def one(self, view: View, version: int) -> Response[Any]:
        """A single thing with its ETag; 304 where the client has it already."""
        wanted = self[FIELDS]
        body = orjson.dumps(_sparse(view, wanted) if wanted else view)
        etag = f'"{version}-{hashlib.md5(body, usedforsecurity=False).hexdigest()}"'
        headers: dict[str, str | list[str]] = {
            "ETag": etag,
            "Cache-Control": "private, no-cache",
            "Vary": _VARY,
        }
        if self.route.method == "GET" and _names(self._header("if-none-match"), etag):
            return _empty(304, headers)
        return Response(self.route.status, "application/json", body.decode(), headers)

    def page(self, page: Page[Any], view: Callable[[Any], View], *context: str) -> Response[Any]:
        """A page of a listing. ``context`` are the filters, as given to ``page_request``."""
        wanted = self[FIELDS]
        items, after = page.items, page.after
        views = [_sparse(view(item), wanted) if wanted else view(item) for item in items]
        while True:
            bookmark = bookmarks.encode(after, self._listing(context)) if after else None
            body = orjson.dumps({"items": views, "bookmark": bookmark})
            if len(body) <= MAX_ANSWER_BYTES:
                break
            views = views[: len(views) // 2]
            after = items[len(views) - 1].position
        headers: dict[str, str | list[str]] = {"Cache-Control": "private, no-cache", "Vary": _VARY}
        return Response(200, "application/json", body.decode(), headers)

    def page_request(self, *context: str) -> PageRequest:
        """
        Raises:
            InvalidParameter: the page size is out of range, or the bookmark is not one of this listing.
        """
        bookmark = self[BOOKMARK]
        after = bookmarks.decode(bookmark, self._listing(context)) if bookmark else None
        return PageRequest(self[PAGE_SIZE], after)

    def _listing(self, context: tuple[str, ...]) -> str:
        """What a bookmark is for. Not the username in the path: whoever is listed may be renamed between two pages, so
        such a listing names them by their id in its context.
        """
        path = (value for name, value in self._path.items() if name != "username")
        return "\n".join((self.viewer.user_id, self.route.path, *path, *context))

    def if_match(self) -> int | None:
        """The version that ``If-Match`` demands, or None.

        An ETag is a version and a digest of the body. The version counts the changes that clients made; a cover
        that the stream renewed alters only the digest and must not make an edit fail.

        Raises:
            PreconditionFailed: the header names no ETag of ours.
        """
        header = self._header("if-match")
        if header is None or header.strip() == "*":
            return None
        version, dash, _ = header.strip().strip('"').partition("-")
        if not (dash and version.isdigit() and version.isascii() and len(version) <= MAX_VERSION_DIGITS):
            raise PreconditionFailed
        return int(version)

    def once(self, work: Callable[[Receipt | None], Any], answer: Callable[[Any], tuple[View, int]]) -> Response[Any]:
        """Do the work of a POST, or give the first answer again where its ``Idempotency-Key`` did it before.

        Args:
            work: takes the receipt to record in its transaction.
            answer: makes the view and its version of what ``work`` gave.

        Raises:
            InvalidParameter: the key is empty or longer than ``IDEMPOTENCY_KEY_MAX``.
            IdempotencyKeyReused: the key came with another request before.
        """
        key = self._header("idempotency-key")
        if key is None:
            return self.one(*answer(work(None)))
        if not 0 < len(key) <= IDEMPOTENCY_KEY_MAX:
            raise InvalidParameter("Idempotency-Key", f"must have 1 to {IDEMPOTENCY_KEY_MAX} characters")
        receipt = Receipt(
            self.viewer.user_id,
            hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest(),
            self._fingerprint(),
            lambda result: orjson.dumps(answer(result)).decode(),
        )
        first = receipt.first_answer()
        if first is not None:
            response = self.one(*orjson.loads(first))
            response.headers["Idempotent-Replayed"] = "true"
            return response
        return self.one(*answer(work(receipt)))

    def _fingerprint(self) -> str:
        body = self._raw_body()
        with suppress(orjson.JSONDecodeError):  # NaN, say, in a field that the route ignores
            # Sorted keys: some clients' dictionaries come out in another order on a retry.
            body = orjson.dumps(orjson.loads(body), option=orjson.OPT_SORT_KEYS)
        request = "\n".join((self.route.method, self.route.path, *self._path.values())).encode()
        return hashlib.sha256(request + b"\n" + body).hexdigest()


MAX_VERSION_DIGITS = 15
_VARY = "Authorization, Accept-Encoding"


def _sparse(view: View, wanted: tuple[str, ...]) -> View:
    return {name: view[name] for name in wanted if name in view}


def _names(header: str | None, etag: str) -> bool:
    """Whether ``If-None-Match`` names the ETag; comparison is weak (RFC 9110, 13.1.2), as after compression."""
    if header is None:
        return False
    return header.strip() == "*" or etag in (tag.strip().removeprefix("W/") for tag in header.split(","))


def no_content() -> Response[Any]:
    """The answer to a DELETE."""
    return _empty(204)


def _empty(status: int, headers: dict[str, str | list[str]] | None = None) -> Response[Any]:
    return Response(status, body="", headers=headers, compress=False)  # compressed, nothing would be 20 bytes
