"""People on each other's boards, made through the API; and what each route of collaboration needs to be there."""

from typing import Any

from tests.support.api import Client, Reply
from tests.support.content import a_board
from tests.support.people import a_user
from tests.support.world import prepare


def invite(owner: Client, board_id: str, user: Client, role: str = "contributor") -> None:
    _done(owner.post(f"/boards/{board_id}/invitations", {"username": user.username, "role": role}))


def a_member(owner: Client, board_id: str, role: str = "contributor") -> Client:
    """A new user who has accepted an invitation."""
    user = a_user()
    invite(owner, board_id, user, role)
    _done(user.post(f"/user_account/invitations/{board_id}"))
    return user


def a_link(owner: Client, board_id: str, role: str = "contributor", **fields: Any) -> dict[str, Any]:
    """A new invitation link, with its token."""
    link: dict[str, Any] = _done(owner.post(f"/boards/{board_id}/invitation_links", {"role": role} | fields)).json
    return link


def ask(user: Client, board_id: str, **fields: Any) -> None:
    _done(user.post(f"/boards/{board_id}/join_requests", fields))


def _done(reply: Reply) -> Reply:
    assert reply.status == 201, reply.text
    return reply


type Prepared = tuple[dict[str, str], Any]


@prepare("PATCH", "/boards/{board_id}/collaborators/{username}")
@prepare("DELETE", "/boards/{board_id}/collaborators/{username}")
def _(owner: Client) -> Prepared:
    board_id = a_board(owner)
    return {"board_id": board_id, "username": a_member(owner, board_id).username}, None


@prepare("POST", "/boards/{board_id}/transfer")
def _(owner: Client) -> Prepared:
    board_id = a_board(owner)
    return {"board_id": board_id}, {"username": a_member(owner, board_id).username}


@prepare("POST", "/boards/{board_id}/invitations")
def _(owner: Client) -> Prepared:
    return {"board_id": a_board(owner)}, {"username": a_user().username, "role": "editor"}


@prepare("DELETE", "/boards/{board_id}/invitations/{username}")
def _(owner: Client) -> Prepared:
    board_id, user = a_board(owner), a_user()
    invite(owner, board_id, user)
    return {"board_id": board_id, "username": user.username}, None


@prepare("POST", "/user_account/invitations/{board_id}")
@prepare("DELETE", "/user_account/invitations/{board_id}")
def _(user: Client) -> Prepared:
    owner = a_user()
    board_id = a_board(owner)
    invite(owner, board_id, user)
    return {"board_id": board_id}, None


@prepare("DELETE", "/boards/{board_id}/invitation_links/{link_id}")
def _(owner: Client) -> Prepared:
    board_id = a_board(owner)
    return {"board_id": board_id, "link_id": a_link(owner, board_id)["id"]}, None


@prepare("POST", "/invitation_links/accept")
def _(_: Client) -> Prepared:
    owner = a_user()
    return {}, {"token": a_link(owner, a_board(owner))["token"]}


@prepare("POST", "/boards/{board_id}/join_requests")
def _(_: Client) -> Prepared:
    return {"board_id": a_board(a_user())}, None


@prepare("POST", "/boards/{board_id}/join_requests/{username}")
@prepare("DELETE", "/boards/{board_id}/join_requests/{username}")
def _(owner: Client) -> Prepared:
    board_id, user = a_board(owner), a_user()
    ask(user, board_id)
    return {"board_id": board_id, "username": user.username}, None
