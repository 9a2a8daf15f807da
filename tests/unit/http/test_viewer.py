from typing import Any

import pytest

from presence.domain.errors import NotAuthenticated
from presence.http.viewer import USER_ID_CLAIM, USERNAME_CLAIM, from_event

OURS = {USER_ID_CLAIM: "7", USERNAME_CLAIM: "alice"}


def _event(claims: dict[str, Any]) -> dict[str, Any]:
    return {"requestContext": {"authorizer": {"jwt": {"claims": claims}}}}


def test_the_viewer_is_whom_the_claims_name() -> None:
    viewer = from_event(_event(OURS))

    assert (viewer.user_id, viewer.username) == ("7", "alice")


@pytest.mark.parametrize(
    "claims",
    [
        {"scope": "boards:read pins:read"},
        {"scp": "boards:read pins:read"},
        {"scope": "[boards:read pins:read]"},
        {"scp": "[boards:read pins:read]"},
        {"scope": "boards:read,pins:read"},
        {"scope": "boards:read  pins:read "},
    ],
)
def test_scopes_are_read_as_issuers_write_them(claims: dict[str, str]) -> None:
    assert from_event(_event(OURS | claims)).scopes == {"boards:read", "pins:read"}


def test_a_token_without_scopes_has_none() -> None:
    assert from_event(_event(OURS)).scopes == frozenset()


@pytest.mark.parametrize(
    "event",
    [
        {"requestContext": {}},
        {"requestContext": {"authorizer": None}},
        {"requestContext": {"authorizer": {}}},
        {"requestContext": {"authorizer": {"lambda": {"user": "anybody"}}}},
    ],
)
def test_a_request_that_passed_no_authorizer_is_not_authenticated(event: dict[str, Any]) -> None:
    with pytest.raises(NotAuthenticated):
        from_event(event)


@pytest.mark.parametrize("claims", [{}, {"iss": "https://issuer.example"}, {"sub": "anybody"}, {USER_ID_CLAIM: "7"}])
def test_a_token_that_names_no_subject_is_not_authenticated(claims: dict[str, str]) -> None:
    with pytest.raises(NotAuthenticated):
        from_event(_event(claims))
