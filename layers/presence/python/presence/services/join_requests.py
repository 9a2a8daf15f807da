"""Who sees a board may ask to work on it; its owner approves or declines."""

from presence.domain.entities import JoinRequest, Member, Viewer
from presence.domain.errors import JoinRequestNotFound, UserNotFound
from presence.domain.ids import new_id
from presence.policies import permissions
from presence.policies.permissions import Action
from presence.services import access, accounts, collaboration, people
from presence.services.collaboration import Named
from presence.services.paging import Page, PageRequest
from presence.services.receipts import Receipt
from presence.storage import members, profiles
from presence.storage.members import Count
from presence.storage.table import Transaction


def ask(
    viewer: Viewer, board_id: str, *, role: str, message: str | None, receipt: Receipt | None = None
) -> Named[JoinRequest]:
    """Ask to work on a board; again, it takes the place of the first.

    Raises:
        BoardNotFound: no board that the viewer can see.
        NotPermitted: the viewer owns the board or works on it already.
        LimitReached: ``MAX_JOIN_REQUESTS`` wait for an answer.
        UserNotFound: the viewer's account is gone.
    """
    seen = access.board(viewer, board_id)
    permissions.require_board(Action.ASK_TO_JOIN, seen.board, seen.standing)
    username = accounts.get(viewer).username
    before = members.part(board_id, viewer.user_id).join_request
    request = JoinRequest(board_id, viewer.user_id, role, since=new_id(), message=message or None)
    asked = Named(request, username)
    tx = Transaction()
    if receipt:
        receipt.record(tx, asked)
    profiles.require_alive(tx, viewer.user_id, otherwise=UserNotFound())
    members.put_join_request(tx, request, instead_of=before, otherwise=collaboration.changed_meanwhile())
    if before is None:
        collaboration.count(tx, board_id, {Count.JOIN_REQUESTS: 1})
    tx.commit()
    return asked


def list_of_board(viewer: Viewer, board_id: str, page: PageRequest) -> Page[Named[JoinRequest]]:
    """Who asks to work on a board of the viewer's.

    Raises:
        BoardNotFound: no board that the viewer can see.
        NotPermitted: it is not the viewer's.
    """
    seen = access.board(viewer, board_id)
    permissions.require_board(Action.MANAGE_COLLABORATORS, seen.board, seen.standing)
    return collaboration.named(
        viewer, page, lambda after, limit: members.list_join_requests(board_id, after=after, limit=limit)
    )


def approve(
    viewer: Viewer, board_id: str, username: str, *, role: str | None = None, receipt: Receipt | None = None
) -> Named[Member]:
    """Who asked becomes a member, in the role they asked for unless another is given. Who is one already stays so.

    Raises:
        BoardNotFound, UserNotFound, UserMoved: nothing and nobody that the viewer can see.
        NotPermitted: the board is not the viewer's.
        JoinRequestNotFound: the user does not ask, or not any more.
        LimitReached: the board has ``MAX_COLLABORATORS``.
    """
    seen = access.board(viewer, board_id)
    permissions.require_board(Action.MANAGE_COLLABORATORS, seen.board, seen.standing)
    profile = people.user(viewer, username).profile
    part = members.part(board_id, profile.id)
    request = part.join_request
    if part.member:
        if request:
            _drop(request)
        return collaboration.with_names(viewer, part.member, profile.username)
    if request is None:
        raise JoinRequestNotFound
    member = Member(board_id, profile.id, role or request.role, since=new_id(), added_by=viewer.user_id)
    joined = Named(member, profile.username, seen.owner_name)
    tx = Transaction()
    if receipt:
        receipt.record(tx, joined)
    collaboration.join(tx, member, part, answers=request, owner_id=viewer.user_id)
    tx.commit()
    return joined


def end(viewer: Viewer, board_id: str, username: str) -> None:
    """Decline somebody's request, or withdraw one's own.

    Raises:
        BoardNotFound, UserNotFound, UserMoved: nothing and nobody that the viewer can see.
        NotPermitted: it is somebody else's request to somebody else's board.
        JoinRequestNotFound: there is none.
    """
    seen = access.board(viewer, board_id)
    user_id = people.user(viewer, username, even_blocked=True).profile.id
    if user_id != viewer.user_id:
        permissions.require_board(Action.MANAGE_COLLABORATORS, seen.board, seen.standing)
    request = members.part(board_id, user_id).join_request
    if request is None:
        raise JoinRequestNotFound
    _drop(request)


def _drop(request: JoinRequest) -> None:
    tx = Transaction()
    members.remove_join_request(tx, request, otherwise=collaboration.gone(JoinRequestNotFound()))
    collaboration.count(tx, request.board_id, {Count.JOIN_REQUESTS: -1})
    tx.commit()
