"""Access tokens for the local cloud's users."""

from collections.abc import Sequence
from typing import Any

from tools.cloud import Stack

# The users exist in this machine's memory only.
PASSWORD = "Local-only-1"
TEMPORARY_PASSWORD = "Temporary-1"


def access_token(stack: Stack, user: str, scopes: Sequence[str] = ()) -> str:
    """A token with all scopes, or with these. The user is created when new."""
    cognito = stack.client("cognito-idp")
    _ensure_user(cognito, stack, user)
    return _narrowed(cognito, stack, user, scopes) if scopes else _full(cognito, stack, user)


def _ensure_user(cognito: Any, stack: Stack, user: str) -> None:
    who = {"UserPoolId": stack.user_pool_id, "Username": user}
    try:
        cognito.admin_create_user(**who, MessageAction="SUPPRESS")
    except cognito.exceptions.UsernameExistsException:
        return
    cognito.admin_set_user_password(**who, Password=PASSWORD, Permanent=True)


def _full(cognito: Any, stack: Stack, user: str) -> str:
    answer = _sign_in(cognito, stack, user, PASSWORD)
    return str(answer["AuthenticationResult"]["AccessToken"])


def _narrowed(cognito: Any, stack: Stack, user: str, scopes: Sequence[str]) -> str:
    # Cognito shows the trigger what a client sent with the answer to a challenge, never what it sent to begin with.
    # A temporary password brings about the simplest challenge there is.
    cognito.admin_set_user_password(
        UserPoolId=stack.user_pool_id, Username=user, Password=TEMPORARY_PASSWORD, Permanent=False
    )
    challenge = _sign_in(cognito, stack, user, TEMPORARY_PASSWORD)
    answer = cognito.respond_to_auth_challenge(
        ClientId=stack.client_id,
        ChallengeName=challenge["ChallengeName"],
        Session=challenge["Session"],
        ChallengeResponses={"USERNAME": user, "NEW_PASSWORD": PASSWORD},
        ClientMetadata={"scopes": " ".join(scopes)},
    )
    return str(answer["AuthenticationResult"]["AccessToken"])


def _sign_in(cognito: Any, stack: Stack, user: str, password: str) -> Any:
    return cognito.initiate_auth(
        ClientId=stack.client_id,
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": user, "PASSWORD": password},
    )
