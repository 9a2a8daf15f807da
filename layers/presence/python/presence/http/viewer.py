"""The caller, from the claims of a token that API Gateway's authorizer has verified."""

from functools import lru_cache
from typing import Any

from presence.domain import clock
from presence.domain.entities import Viewer
from presence.domain.errors import NotAuthenticated
from presence.services import accounts

USER_ID_CLAIM = "presence:user_id"
USERNAME_CLAIM = "presence:username"
_REMEMBERED_SECONDS = 5 * 60


def from_event(event: dict[str, Any]) -> Viewer:
    """
    Raises:
        NotAuthenticated: the request did not pass an authorizer, or the token names no subject.
    """
    try:
        claims = event["requestContext"]["authorizer"]["jwt"]["claims"]
    except (KeyError, TypeError):
        raise NotAuthenticated("Authentication failed: a bearer token is required.") from None
    user_id, username = claims.get(USER_ID_CLAIM), claims.get(USERNAME_CLAIM)
    if not (user_id and username):
        user_id, username = _from_issuer(claims)
    return Viewer(user_id, username, _scopes(claims))


def _from_issuer(claims: dict[str, Any]) -> tuple[str, str]:
    """Tokens of an issuer that is not our user pool carry no claims of ours: ask who their subject is here."""
    issuer, subject = claims.get("iss"), claims.get("sub")
    if not (issuer and subject):
        raise NotAuthenticated("Authentication failed: the token names no subject.")
    wanted = claims.get("preferred_username") or claims.get("username") or claims.get("name") or "user"
    return _remembered(issuer, subject, wanted, int(clock.now()) // _REMEMBERED_SECONDS)


@lru_cache(maxsize=1024)
def _remembered(issuer: str, subject: str, wanted: str, _period: int) -> tuple[str, str]:
    profile = accounts.sign_in(issuer, subject, wanted)
    return profile.id, profile.username


def _scopes(claims: dict[str, Any]) -> frozenset[str]:
    """OAuth's ``scope`` is one string (RFC 8693); some issuers send a list, which API Gateway writes as "[a b]"."""
    return frozenset(str(claims.get("scope") or claims.get("scp") or "").strip("[]").replace(",", " ").split())
