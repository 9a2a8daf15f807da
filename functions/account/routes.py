"""The caller's own account, the API's description, and what is asked of paths that no route has."""

from typing import Any

from aws_lambda_powertools.event_handler.api_gateway import Response

from presence.http import description, views
from presence.http.call import Call
from presence.http.params import FIELDS
from presence.http.routing import Router
from presence.policies.scopes import Scope
from presence.services import accounts

router = Router()


@router.get("/user_account", scopes=(Scope.USER_ACCOUNTS_READ,), answer="Account", params=(FIELDS,), etag=True)
def get_account(call: Call) -> Any:
    """Get the caller's profile."""
    profile = accounts.get(call.viewer)
    return call.one(views.account(profile), profile.version)


@router.get("/openapi.json", answer="OpenAPI")
def get_description(call: Call) -> Any:
    """Get this API's OpenAPI description."""
    return Response(200, "application/json", description.text(), {"Cache-Control": "public, max-age=300"})
