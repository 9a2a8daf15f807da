"""What clients get of who works on a board, and may come to. Beside ``views``, which every function imports."""

from presence.domain import clock
from presence.domain.entities import Invitation, JoinRequest, Member
from presence.domain.ids import made_at
from presence.http.views import View, person
from presence.services.collaboration import Named
from presence.services.invitations import Made, Received


def collaborator(value: Named[Member]) -> View:
    member = value.thing
    return {
        "username": value.username,
        "role": member.role,
        "since": made_at(member.since),
        "added_by": person(value.by),
    }


def invitation(value: Named[Invitation]) -> View:
    return {"username": value.username, **_invitation(value.thing, value.by)}


def received_invitation(value: Received) -> View:
    board = value.seen.board
    return {"board_id": board.id, "board_name": board.name, **_invitation(value.invitation, value.invited_by)}


def _invitation(value: Invitation, invited_by: str | None) -> View:
    return {
        "role": value.role,
        "invited_by": person(invited_by),
        "created_at": made_at(value.since),
        "expires_at": clock.timestamp(value.ends_at),
    }


def invitation_link(made: Made) -> View:
    link = made.link
    return {
        "id": link.id,
        "role": link.role,
        "uses": link.uses,
        "max_uses": link.max_uses,
        "created_at": made_at(link.id),
        "expires_at": clock.timestamp(link.ends_at),
        "token": made.token,
    }


def join_request(value: Named[JoinRequest]) -> View:
    request = value.thing
    return {
        "username": value.username,
        "role": request.role,
        "message": request.message,
        "created_at": made_at(request.since),
    }
