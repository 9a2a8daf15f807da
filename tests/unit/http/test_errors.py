import inspect
import json

import pytest

from presence.domain import errors as domain
from presence.domain.errors import PresenceError
from presence.http.errors import OURS, TABLE, response

A_REQUEST = "a-request-id"
EVERY_ERROR = [
    error
    for _, error in inspect.getmembers(domain, inspect.isclass)
    if issubclass(error, PresenceError) and error is not PresenceError
]


@pytest.mark.parametrize("error", EVERY_ERROR, ids=lambda error: error.__name__)
def test_an_error_a_caller_can_meet_has_an_answer(error: type[PresenceError]) -> None:
    assert TABLE[error].status >= 400 or error is domain.UserMoved


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (domain.InvalidParameter("any", "rule"), 400, 1),
        (domain.UserMoved("ann"), 307, 307),
        (domain.UsernameTaken(), 400, 1),
        (domain.BoardNameInvalid("name", "rule"), 400, 400),
        (domain.BoardNameTaken("any message"), 400, 400),
        (domain.NotAuthenticated("any message"), 401, 2),
        (domain.ScopeMissing("pins:read"), 401, 3),
        (domain.NotPermitted("any message"), 403, 29),
        (domain.UserNotFound(), 404, 30),
        (domain.BoardNotFound(), 404, 40),
        (domain.PinNotFound(), 404, 50),
        (domain.SectionNotFound(), 404, 2031),
        (domain.MethodNotAllowed(("GET",)), 405, 5),
        (domain.Conflict("any message"), 409, 409),
        (domain.PreconditionFailed(), 412, 412),
        (domain.PayloadTooLarge("any message"), 413, 413),
        (domain.IdempotencyKeyReused(), 422, 422),
        (domain.Throttled("any message"), 429, 8),
        (domain.StorageUnavailable("any message"), 500, 500),
        (RuntimeError("anything else"), 500, 500),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else str(value),
)
def test_an_error_answers_its_status_and_code(error: Exception, status: int, code: int) -> None:
    answer = response(error, A_REQUEST)

    assert answer.status_code == status
    assert json.loads(str(answer.body))["code"] == code


def test_a_known_error_shows_its_message() -> None:
    assert json.loads(str(response(domain.NotPermitted("You may not."), A_REQUEST).body))["message"] == "You may not."


def test_an_unknown_error_hides_what_happened() -> None:
    error = RuntimeError("arn:aws:dynamodb:eu-west-1:123456789012:table/presence")
    answer = response(error, A_REQUEST)

    assert "arn:" not in str(answer.body)
    assert json.loads(str(answer.body))["request_id"] == A_REQUEST


def test_a_subclass_that_the_table_does_not_know_hides_its_message() -> None:
    class OfTomorrow(domain.NotPermitted):
        pass

    assert "internals" not in str(response(OfTomorrow("internals"), A_REQUEST).body)
    assert response(OfTomorrow("internals"), A_REQUEST).status_code == OURS.status


@pytest.mark.parametrize("error", [domain.BoardNotFound(), domain.NotPermitted("any"), domain.Conflict("any")])
def test_a_refusal_is_the_same_bytes_for_every_request(error: Exception) -> None:
    assert response(error, "one").body == response(error, "another").body


@pytest.mark.parametrize("error", [domain.Throttled("any"), domain.Conflict("any"), domain.StorageUnavailable("any")])
def test_what_may_be_tried_again_says_when(error: Exception) -> None:
    assert int(str(response(error, A_REQUEST).headers["Retry-After"])) >= 1


def test_a_bad_request_does_not_ask_to_be_tried_again() -> None:
    assert "Retry-After" not in response(domain.InvalidParameter("any", "rule"), A_REQUEST).headers


def test_a_405_names_the_methods_that_are_allowed() -> None:
    assert response(domain.MethodNotAllowed(("GET", "PATCH")), A_REQUEST).headers["Allow"] == "GET, PATCH"


@pytest.mark.parametrize("error", [domain.NotAuthenticated("any"), domain.ScopeMissing("pins:read")])
def test_a_401_asks_for_a_bearer_token(error: Exception) -> None:
    assert str(response(error, A_REQUEST).headers["WWW-Authenticate"]).startswith("Bearer")


def test_a_user_who_moved_is_found_at_the_same_place_under_their_name() -> None:
    answer = response(domain.UserMoved("ann"), A_REQUEST, moved_to=lambda username: f"/v5/users/{username}/boards")

    assert answer.headers["Location"] == "/v5/users/ann/boards"
    assert json.loads(str(answer.body))["username"] == "ann"
