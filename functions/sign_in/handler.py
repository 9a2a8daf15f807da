"""Lambda: Cognito asks before it issues a token (pre token generation, version 2).

https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-pre-token-generation.html
"""

import os
from typing import Any

from presence import started
from presence.http.viewer import USER_ID_CLAIM, USERNAME_CLAIM
from presence.policies.scopes import Scope
from presence.services import accounts
from presence.storage import table

os.environ["TABLE_NAME"]  # fail at init, not at the first sign-in
table.client()
started()


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Put the user's id, username and scopes into the access token; the first sign-in makes the profile."""
    issuer = f"https://cognito-idp.{event['region']}.amazonaws.com/{event['userPoolId']}"
    profile = accounts.sign_in(issuer, event["request"]["userAttributes"]["sub"], event["userName"])
    event["response"]["claimsAndScopeOverrideDetails"] = {
        "accessTokenGeneration": {
            "claimsToAddOrOverride": {USER_ID_CLAIM: profile.id, USERNAME_CLAIM: profile.username},
            "scopesToAdd": _scopes(event),
        }
    }
    return event


def _scopes(event: dict[str, Any]) -> list[str]:
    """All scopes, or those that the client asks for: a client may want a weaker token, never a stronger one."""
    asked = (event["request"].get("clientMetadata") or {}).get("scopes")
    return [scope for scope in Scope if asked is None or scope in asked.split()]
