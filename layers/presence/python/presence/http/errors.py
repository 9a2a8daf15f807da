"""The one table from what went wrong to what the client gets: HTTP status and code of the API's error body."""

from collections.abc import Callable
from typing import Any, NamedTuple

import orjson
from aws_lambda_powertools.event_handler.api_gateway import Response

from presence.domain import errors


class Answer(NamedTuple):
    status: int
    code: int
    retry_after_seconds: int | None = None


TABLE: dict[type[Exception], Answer] = {
    errors.UserMoved: Answer(307, 307),
    errors.InvalidParameter: Answer(400, 1),
    errors.UsernameTaken: Answer(400, 1),
    errors.BoardNameInvalid: Answer(400, 400),
    errors.BoardNameTaken: Answer(400, 400),
    errors.NotAuthenticated: Answer(401, 2),
    errors.ScopeMissing: Answer(401, 3),
    errors.NotPermitted: Answer(403, 29),
    errors.LimitReached: Answer(403, 29),
    errors.UserNotFound: Answer(404, 30),
    errors.FollowRequestNotFound: Answer(404, 30),
    errors.BoardNotFound: Answer(404, 40),
    errors.PinNotFound: Answer(404, 50),
    errors.SectionNotFound: Answer(404, 2031),
    errors.ExportNotFound: Answer(404, 404),
    errors.ImportNotFound: Answer(404, 404),
    errors.TopicNotFound: Answer(404, 404),
    errors.CollaboratorNotFound: Answer(404, 404),
    errors.InvitationNotFound: Answer(404, 404),
    errors.JoinRequestNotFound: Answer(404, 404),
    errors.RouteNotFound: Answer(404, 404),
    errors.MethodNotAllowed: Answer(405, 5),
    errors.BoardMerged: Answer(409, 409),
    errors.Conflict: Answer(409, 409, retry_after_seconds=1),
    errors.PreconditionFailed: Answer(412, 412),
    errors.PayloadTooLarge: Answer(413, 413),
    errors.IdempotencyKeyReused: Answer(422, 422),
    errors.Throttled: Answer(429, 8, retry_after_seconds=1),
    errors.StorageUnavailable: Answer(500, 500, retry_after_seconds=1),
}
OURS = Answer(500, 500)
MOVED = Answer(308, 308)
"""Instead of 409, where the path names the board that was merged."""


def response(error: Exception, request_id: str, *, moved_to: Callable[[str], str] = str) -> Response[Any]:
    """The error body; what is not in the table is ours, and of that nothing is shown.

    Args:
        moved_to: where the same request goes for another username.
    """
    answer = TABLE.get(type(error), OURS)
    message = "Something went wrong on our side." if answer is OURS else str(error)
    headers: dict[str, str | list[str]] = {}
    if answer.retry_after_seconds:
        headers["Retry-After"] = str(answer.retry_after_seconds)
    if isinstance(error, errors.MethodNotAllowed):
        headers["Allow"] = ", ".join(error.allowed)
    if isinstance(error, errors.NotAuthenticated | errors.ScopeMissing):
        # https://www.rfc-editor.org/rfc/rfc6750#section-3
        headers["WWW-Authenticate"] = "Bearer"
    body: dict[str, Any] = {"code": answer.code, "message": message}
    if isinstance(error, errors.BoardMerged):
        body["merged_into"] = error.into
    if isinstance(error, errors.UserMoved):
        headers["Location"] = moved_to(error.username)
        headers["Cache-Control"] = "private, no-cache"
        body["username"] = error.username
    if answer.status >= 500:
        body["request_id"] = request_id  # not otherwise: what is hidden and what is not there answer the same bytes
    return Response(answer.status, "application/json", orjson.dumps(body).decode(), headers)


def moved(error: errors.BoardMerged, location: str) -> Response[Any]:
    """The same request, method and body included, is to be sent to where the board went. Who may see that can change,
    so nobody keeps the answer.
    """
    body = {"code": MOVED.code, "message": str(error), "merged_into": error.into}
    headers: dict[str, str | list[str]] = {"Location": location, "Cache-Control": "private, no-cache"}
    return Response(MOVED.status, "application/json", orjson.dumps(body).decode(), headers)
