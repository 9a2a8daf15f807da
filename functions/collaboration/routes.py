"""Collaborators, invitations, requests to join, and giving a board away."""

from typing import Any

from presence.domain.entities import Invitation, JoinRequest, Member
from presence.http import member_views, views
from presence.http.call import Call, no_content
from presence.http.params import BOOKMARK, FIELDS, PAGE_SIZE
from presence.http.routing import Router
from presence.policies.scopes import Scope
from presence.services import collaboration, invitations, join_requests
from presence.services.access import Seen
from presence.services.collaboration import Named
from presence.services.invitations import Made

router = Router()

READ = (Scope.BOARDS_READ,)
WRITE = (Scope.BOARDS_READ, Scope.BOARDS_WRITE)
PAGING = (PAGE_SIZE, BOOKMARK, FIELDS)

type Answer = tuple[dict[str, Any], int]


@router.get("/boards/{board_id}/collaborators", scopes=READ, answer="CollaboratorPage", params=PAGING)
def list_collaborators(call: Call) -> Any:
    """List who works on a board with its owner, and in which role."""
    page = collaboration.list_on_board(call.viewer, call.id("board_id"), call.page_request())
    return call.page(page, member_views.collaborator)


@router.patch(
    "/boards/{board_id}/collaborators/{username}",
    scopes=WRITE,
    body="CollaboratorUpdate",
    answer="Collaborator",
    versioned=False,
)
def update_collaborator(call: Call) -> Any:
    """Give a collaborator another role."""
    named = collaboration.change_role(call.viewer, call.id("board_id"), call.username(), call.body().role)
    return call.one(*_collaborator(named))


@router.delete("/boards/{board_id}/collaborators/{username}", scopes=WRITE, versioned=False)
def remove_collaborator(call: Call) -> Any:
    """Take a collaborator off a board, or leave it by one's own username. Pins stay."""
    collaboration.remove(call.viewer, call.id("board_id"), call.username())
    return no_content()


@router.post("/boards/{board_id}/transfer", scopes=WRITE, body="BoardTransfer", answer="Board")
def transfer_board(call: Call) -> Any:
    """Give a board to one of its collaborators; its former owner stays as editor."""
    board_id, wanted = call.id("board_id"), call.body()
    return call.once(
        lambda receipt: collaboration.transfer(
            call.viewer, board_id, wanted.username, name=wanted.name, receipt=receipt
        ),
        _board,
    )


@router.post("/boards/{board_id}/invitations", scopes=WRITE, body="InvitationCreate", answer="Invitation")
def create_invitation(call: Call) -> Any:
    """Invite a user to a board, for 30 days; again, it takes the place of the first."""
    board_id, wanted = call.id("board_id"), call.body()
    return call.once(
        lambda receipt: invitations.invite(call.viewer, board_id, wanted.username, wanted.role, receipt=receipt),
        _invitation,
    )


@router.get("/boards/{board_id}/invitations", scopes=READ, answer="InvitationPage", params=PAGING)
def list_board_invitations(call: Call) -> Any:
    """List the invitations to a board of the caller's that wait for an answer."""
    page = invitations.list_of_board(call.viewer, call.id("board_id"), call.page_request())
    return call.page(page, member_views.invitation)


@router.delete("/boards/{board_id}/invitations/{username}", scopes=WRITE, versioned=False)
def revoke_invitation(call: Call) -> Any:
    """Revoke an invitation."""
    invitations.revoke(call.viewer, call.id("board_id"), call.username())
    return no_content()


@router.get("/user_account/invitations", scopes=READ, answer="ReceivedInvitationPage", params=PAGING)
def list_invitations(call: Call) -> Any:
    """List the boards that the caller is invited to, the latest first."""
    page = invitations.list_received(call.viewer, call.page_request())
    return call.page(page, member_views.received_invitation)


@router.post("/user_account/invitations/{board_id}", scopes=WRITE, answer="Board")
def accept_invitation(call: Call) -> Any:
    """Accept an invitation."""
    board_id = call.id("board_id")
    return call.once(lambda receipt: invitations.accept(call.viewer, board_id, receipt=receipt), _board)


@router.delete("/user_account/invitations/{board_id}", scopes=WRITE, versioned=False)
def decline_invitation(call: Call) -> Any:
    """Decline an invitation."""
    invitations.decline(call.viewer, call.id("board_id"))
    return no_content()


@router.post("/boards/{board_id}/invitation_links", scopes=WRITE, body="InvitationLinkCreate", answer="InvitationLink")
def create_invitation_link(call: Call) -> Any:
    """Make a link by which whoever has its token joins a board. The token is shown this once."""
    board_id, wanted = call.id("board_id"), call.body()
    return call.once(
        lambda receipt: invitations.create_link(call.viewer, board_id, **dict(wanted), receipt=receipt), _link
    )


@router.get("/boards/{board_id}/invitation_links", scopes=READ, answer="InvitationLinkPage", params=PAGING)
def list_invitation_links(call: Call) -> Any:
    """List the invitation links of a board of the caller's, without their tokens."""
    page = invitations.list_links(call.viewer, call.id("board_id"), call.page_request())
    return call.page(page, member_views.invitation_link)


@router.delete("/boards/{board_id}/invitation_links/{link_id}", scopes=WRITE, versioned=False)
def revoke_invitation_link(call: Call) -> Any:
    """Revoke an invitation link. Who joined by it stays."""
    invitations.revoke_link(call.viewer, call.id("board_id"), call.id("link_id"))
    return no_content()


@router.post("/invitation_links/accept", scopes=WRITE, body="InvitationLinkAccept", answer="Board")
def accept_invitation_link(call: Call) -> Any:
    """Join a board by the token of an invitation link."""
    token = call.body().token
    return call.once(lambda receipt: invitations.accept_link(call.viewer, token, receipt=receipt), _board)


@router.post("/boards/{board_id}/join_requests", scopes=WRITE, body="JoinRequestCreate", answer="JoinRequest")
def create_join_request(call: Call) -> Any:
    """Ask to work on a board; again, it takes the place of the first."""
    board_id, wanted = call.id("board_id"), call.body()
    return call.once(
        lambda receipt: join_requests.ask(call.viewer, board_id, **dict(wanted), receipt=receipt), _join_request
    )


@router.get("/boards/{board_id}/join_requests", scopes=READ, answer="JoinRequestPage", params=PAGING)
def list_join_requests(call: Call) -> Any:
    """List who asks to work on a board of the caller's."""
    page = join_requests.list_of_board(call.viewer, call.id("board_id"), call.page_request())
    return call.page(page, member_views.join_request)


@router.post(
    "/boards/{board_id}/join_requests/{username}", scopes=WRITE, body="JoinRequestApprove", answer="Collaborator"
)
def approve_join_request(call: Call) -> Any:
    """Approve a request to join, in the role that was asked for or in another."""
    board_id, username, role = call.id("board_id"), call.username(), call.body().role
    return call.once(
        lambda receipt: join_requests.approve(call.viewer, board_id, username, role=role, receipt=receipt),
        _collaborator,
    )


@router.delete("/boards/{board_id}/join_requests/{username}", scopes=WRITE, versioned=False)
def end_join_request(call: Call) -> Any:
    """Decline a request to join, or withdraw one's own."""
    join_requests.end(call.viewer, call.id("board_id"), call.username())
    return no_content()


UNVERSIONED = 1
"""What these answer counts no versions."""


def _board(seen: Seen) -> Answer:
    return views.board(seen), seen.board.version


def _collaborator(named: Named[Member]) -> Answer:
    return member_views.collaborator(named), UNVERSIONED


def _invitation(named: Named[Invitation]) -> Answer:
    return member_views.invitation(named), UNVERSIONED


def _link(made: Made) -> Answer:
    return member_views.invitation_link(made), UNVERSIONED


def _join_request(named: Named[JoinRequest]) -> Answer:
    return member_views.join_request(named), UNVERSIONED
