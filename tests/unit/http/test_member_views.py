"""What is told of who works on a board is what the OpenAPI description says, field by field."""

from typing import Any

import pytest
from openapi_schema_validator import OAS31Validator

from presence.domain.entities import Invitation, InvitationLink, JoinRequest, Member, Role
from presence.domain.ids import new_id
from presence.http import member_views
from presence.schemas import answers
from presence.services.collaboration import Named
from presence.services.invitations import Made, Received
from tests.support.values import seen
from tools.openapi import document

SCHEMAS = document()["components"]["schemas"]
A_TIME = 1_790_000_000


def _conforms(view: dict[str, Any], name: str) -> bool:
    getattr(answers, name).model_validate(view, strict=False)
    schema = {"$ref": f"#/components/schemas/{name}", "components": {"schemas": SCHEMAS}}
    errors = [error.message for error in OAS31Validator(schema).iter_errors(view)]
    assert not errors
    return True


def _invitation() -> Invitation:
    return Invitation(new_id(), new_id(), "editor", new_id(), new_id(), A_TIME)


@pytest.mark.parametrize("by", [None, "somebody"])
@pytest.mark.parametrize("role", [role for role in Role if role is not Role.OWNER])
def test_a_collaborator_is_as_described(role: str, by: str | None) -> None:
    member = Member(new_id(), new_id(), role, new_id(), new_id())

    assert _conforms(member_views.collaborator(Named(member, "anybody", by)), "Collaborator")


@pytest.mark.parametrize("by", [None, "somebody"])
def test_an_invitation_is_as_described_to_both_sides(by: str | None) -> None:
    assert _conforms(member_views.invitation(Named(_invitation(), "anybody", by)), "Invitation")
    assert _conforms(member_views.received_invitation(Received(_invitation(), seen(), by)), "ReceivedInvitation")


@pytest.mark.parametrize("token", [None, "any token"])
@pytest.mark.parametrize("max_uses", [None, 1])
def test_an_invitation_link_is_as_described(max_uses: int | None, token: str | None) -> None:
    link = InvitationLink(new_id(), new_id(), "viewer", "digest", new_id(), A_TIME, max_uses=max_uses)
    view = member_views.invitation_link(Made(link, token))

    assert _conforms(view, "InvitationLink")
    assert "digest" not in str(view)


@pytest.mark.parametrize("message", [None, "Any words"])
def test_a_join_request_is_as_described(message: str | None) -> None:
    request = JoinRequest(new_id(), new_id(), "viewer", new_id(), message)

    assert _conforms(member_views.join_request(Named(request, "anybody")), "JoinRequest")
