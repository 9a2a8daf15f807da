"""Invitations to work on a board: to a user by name, or by a link to whoever has it."""

import hashlib
import hmac
import re
import secrets
from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

from presence.domain import clock
from presence.domain.entities import Invitation, InvitationLink, Member, Viewer
from presence.domain.errors import Conflict, InvalidParameter, InvitationNotFound, LimitReached, UserNotFound
from presence.domain.ids import new_id
from presence.policies import permissions, visibility
from presence.policies.permissions import Action
from presence.services import access, collaboration, people
from presence.services.access import Seen
from presence.services.collaboration import MAX_INVITATIONS, MAX_LINKS, Named
from presence.services.paging import Page, PageRequest, fill
from presence.services.receipts import Receipt
from presence.storage import boards, members, profiles, standings
from presence.storage.members import Count, Part
from presence.storage.table import TRANSACTION_LIMIT, Transaction

INVITATION_SECONDS = 30 * clock.DAY
_SECRET_BYTES = 24
_TOKEN = re.compile(r"([0-9]{1,32})\.([0-9]{1,32})\.([A-Za-z0-9_-]{1,64})")


class Received(NamedTuple):
    """An invitation as who is invited sees it: of the board no more than which it is."""

    invitation: Invitation
    seen: Seen
    invited_by: str | None

    @property
    def position(self) -> str:
        return self.invitation.position


class Made(NamedTuple):
    """A link with its token, which is known when it is made and never again."""

    link: InvitationLink
    token: str | None = None

    @property
    def position(self) -> str:
        return self.link.position


def invite(
    viewer: Viewer, board_id: str, username: str, role: str, *, receipt: Receipt | None = None
) -> Named[Invitation]:
    """Invite a user to a board of the viewer's for ``INVITATION_SECONDS``; again, it takes the place of the first.

    Who is invited does not see the board for that. A request of theirs to join stays until it is answered, or they
    accept.

    Raises:
        BoardNotFound, UserNotFound: nothing and nobody that the viewer can see.
        NotPermitted: the board is not the viewer's.
        InvalidParameter: the user works on the board already.
        LimitReached: ``MAX_INVITATIONS`` wait for an answer.
    """
    seen = _manageable(viewer, board_id)
    profile = collaboration.in_body(viewer, username).profile
    if profile.id == viewer.user_id:
        raise InvalidParameter("username", "may not be your own")
    part = members.part(board_id, profile.id)
    if part.member:
        raise InvalidParameter("username", "is that of a collaborator of the board")
    invitation = Invitation(
        board_id, profile.id, role, since=new_id(), invited_by=viewer.user_id, ends_at=_in(INVITATION_SECONDS)
    )
    invited = Named(invitation, profile.username, seen.owner_name)

    def write() -> None:
        tx = Transaction()
        if receipt:
            receipt.record(tx, invited)
        profiles.require_alive(tx, profile.id, otherwise=UserNotFound())
        members.put_invitation(tx, invitation, instead_of=part.invitation, otherwise=collaboration.changed_meanwhile())
        if part.invitation is None:
            collaboration.count(tx, board_id, {Count.INVITATIONS: 1}, owner_id=viewer.user_id)
        tx.commit()

    _with_room(write, lambda: _forget_ended_invitations(board_id))
    return invited


def list_of_board(viewer: Viewer, board_id: str, request: PageRequest) -> Page[Named[Invitation]]:
    """The invitations that wait for an answer.

    Raises:
        BoardNotFound: no board that the viewer can see.
        NotPermitted: it is not the viewer's.
    """
    _manageable(viewer, board_id)
    return collaboration.named(
        viewer,
        request,
        lambda after, limit: members.list_invitations(board_id, after=after, limit=limit),
        lambda invitation: not _is_over(invitation),
    )


def revoke(viewer: Viewer, board_id: str, username: str) -> None:
    """
    Raises:
        BoardNotFound, UserNotFound, UserMoved: nothing and nobody that the viewer can see.
        NotPermitted: the board is not the viewer's.
        InvitationNotFound: the user is not invited.
    """
    _manageable(viewer, board_id)
    invitation = members.part(board_id, people.user(viewer, username, even_blocked=True).profile.id).invitation
    if invitation is None or _is_over(invitation):
        raise InvitationNotFound
    _drop(invitation, owner_id=viewer.user_id)


def list_received(viewer: Viewer, request: PageRequest) -> Page[Received]:
    """The boards that the viewer is invited to, the latest first."""

    def read(after: str | None, limit: int) -> tuple[list[Received], bool]:
        found, more = members.list_invitations_of(viewer.user_id, after=after, limit=limit)
        seen = access.in_places(viewer, ((each.board_id, each.position) for each in found))
        names = access.names(standings.load(viewer.user_id, people={each.invited_by for each in found}))
        return [
            Received(each, board, names.get(each.invited_by)) for each, board in zip(found, seen, strict=True)
        ], more

    def is_shown(received: Received) -> bool:
        seen = received.seen
        return not _is_over(received.invitation) and visibility.may_see_invitation(seen.board, seen.standing)

    return fill(request, read, lambda found: filter(is_shown, found))


def accept(viewer: Viewer, board_id: str, *, receipt: Receipt | None = None) -> Seen:
    """Become a member by an invitation, which is over with that. Who is one already stays what they are.

    Raises:
        InvitationNotFound: there is none, it is over or revoked, or its board is hidden from the viewer.
        LimitReached: the board has ``MAX_COLLABORATORS``.
        UserNotFound: the viewer's account is gone.
    """
    seen, part = _invited(viewer, board_id)
    if seen.standing.role:
        if part.invitation:
            _drop(part.invitation)
        return seen
    if part.invitation is None:
        raise InvitationNotFound
    member = _member(board_id, viewer, part.invitation.role, part.invitation.invited_by)
    joined = _joined(seen, member)
    tx = Transaction()
    if receipt:
        receipt.record(tx, joined)
    collaboration.join(tx, member, part, answers=part.invitation)
    tx.commit()
    return joined


def decline(viewer: Viewer, board_id: str) -> None:
    """Raises: InvitationNotFound, as ``accept``."""
    _, part = _invited(viewer, board_id)
    if part.invitation is None:
        raise InvitationNotFound
    _drop(part.invitation)


def create_link(
    viewer: Viewer,
    board_id: str,
    *,
    role: str,
    expires_in_seconds: int,
    max_uses: int | None = None,
    receipt: Receipt | None = None,
) -> Made:
    """A link by which whoever has its token joins the board. Only a digest of the token is kept; it cannot be shown
    again, and the answer to a retry with the same ``Idempotency-Key`` lacks it.

    Raises:
        BoardNotFound: no board that the viewer can see.
        NotPermitted: it is not the viewer's.
        LimitReached: the board has ``MAX_LINKS`` links that are not over.
    """
    _manageable(viewer, board_id)
    secret = secrets.token_urlsafe(_SECRET_BYTES)
    link = InvitationLink(
        id=new_id(),
        board_id=board_id,
        role=role,
        digest=_digest(secret),
        made_by=viewer.user_id,
        ends_at=_in(expires_in_seconds),
        max_uses=max_uses,
    )

    def write() -> None:
        tx = Transaction()
        if receipt:
            receipt.record(tx, Made(link))
        members.put_link(tx, link, otherwise=Conflict("Please try again."))
        collaboration.count(tx, board_id, {Count.LINKS: 1}, owner_id=viewer.user_id)
        tx.commit()

    _with_room(write, lambda: _forget_ended_links(board_id))
    return Made(link, _token(link, secret))


def list_links(viewer: Viewer, board_id: str, request: PageRequest) -> Page[Made]:
    """The links that are not over, the oldest first, without their tokens.

    Raises:
        BoardNotFound: no board that the viewer can see.
        NotPermitted: it is not the viewer's.
    """
    _manageable(viewer, board_id)

    def read(after: str | None, limit: int) -> tuple[list[Made], bool]:
        found, more = members.list_links(board_id, after=after, limit=limit)
        return [Made(link) for link in found], more

    return fill(request, read, lambda found: (made for made in found if not _is_over(made.link)))


def revoke_link(viewer: Viewer, board_id: str, link_id: str) -> None:
    """Who joined by it stays.

    Raises:
        BoardNotFound: no board that the viewer can see.
        NotPermitted: it is not the viewer's.
        InvitationNotFound: it has no such link.
    """
    _manageable(viewer, board_id)
    _, link = members.part_and_link(board_id, viewer.user_id, link_id)
    if link is None or _is_over(link):
        raise InvitationNotFound
    tx = Transaction()
    members.remove_link(tx, link, otherwise=InvitationNotFound())
    collaboration.count(tx, board_id, {Count.LINKS: -1}, owner_id=viewer.user_id)
    tx.commit()


def accept_link(viewer: Viewer, token: str, *, receipt: Receipt | None = None) -> Seen:
    """Become a member by a link. Who is one already, or owns the board, stays what they are and uses nothing up.

    Raises:
        InvitationNotFound: the token leads nowhere; its link is over, used up or revoked; or a block, the token's
            scopes or the board's state hide the board from the viewer.
        LimitReached: the board has ``MAX_COLLABORATORS``.
        UserNotFound: the viewer's account is gone.
    """
    board_id, link_id, secret = _read_token(token)
    found = access.standing(viewer, boards.get(board_id), board_id)
    part, link = members.part_and_link(board_id, viewer.user_id, link_id)
    seen = _open_to_invited(found)
    if link is None or not hmac.compare_digest(link.digest, _digest(secret)):
        raise InvitationNotFound
    if seen.standing.role:
        return seen
    if _is_over(link):
        raise InvitationNotFound
    member = _member(board_id, viewer, link.role, link.made_by)
    joined = _joined(seen, member)
    tx = Transaction()
    if receipt:
        receipt.record(tx, joined)
    collaboration.join(tx, member, part)
    members.use_link(tx, link, now=int(clock.now()), otherwise=InvitationNotFound())
    tx.commit()
    return joined


def _manageable(viewer: Viewer, board_id: str) -> Seen:
    seen = access.board(viewer, board_id)
    permissions.require_board(Action.MANAGE_COLLABORATORS, seen.board, seen.standing)
    return seen


def _in(seconds: int) -> int:
    return int(clock.now()) + seconds


def _is_over(asked: Invitation | InvitationLink) -> bool:
    used_up = isinstance(asked, InvitationLink) and asked.max_uses is not None and asked.uses >= asked.max_uses
    return used_up or asked.ends_at <= clock.now()


def _invited(viewer: Viewer, board_id: str) -> tuple[Seen, Part]:
    """A board that the viewer is invited to, or sees anyway; and what they are to it, without what is over."""
    found = access.standing(viewer, boards.get(board_id), board_id)
    part = members.part(board_id, viewer.user_id)
    if part.invitation and _is_over(part.invitation):
        part = part._replace(invitation=None)
    return _open_to_invited(found), part


def _open_to_invited(found: Seen | None) -> Seen:
    if found is None or not visibility.may_see_invitation(found.board, found.standing):
        raise InvitationNotFound
    return found


def _member(board_id: str, viewer: Viewer, role: str, added_by: str) -> Member:
    return Member(board_id, viewer.user_id, role, since=new_id(), added_by=added_by)


def _joined(seen: Seen, member: Member) -> Seen:
    """The board as its new member sees it."""
    board = replace(seen.board, collaborator_count=seen.board.collaborator_count + 1)
    return replace(seen, board=board, standing=replace(seen.standing, role=member.role))


def _drop(invitation: Invitation, *, owner_id: str | None = None) -> None:
    tx = Transaction()
    members.remove_invitation(tx, invitation, otherwise=collaboration.gone(InvitationNotFound()))
    collaboration.count(tx, invitation.board_id, {Count.INVITATIONS: -1}, owner_id=owner_id)
    tx.commit()


def _with_room(write: Callable[[], None], make_room: Callable[[], bool]) -> None:
    """What is over still counts; it is forgotten when a limit is met."""
    try:
        write()
    except LimitReached:
        if not make_room():
            raise
        write()


def _forget_ended_invitations(board_id: str) -> bool:
    found, _ = members.list_invitations(board_id, after=None, limit=MAX_INVITATIONS)
    ended = [each for each in found if _is_over(each)][: TRANSACTION_LIMIT - 1]
    tx = Transaction()
    for invitation in ended:
        members.remove_invitation(tx, invitation, otherwise=collaboration.changed_meanwhile())
    return _forgotten(tx, board_id, Count.INVITATIONS)


def _forget_ended_links(board_id: str) -> bool:
    found, _ = members.list_links(board_id, after=None, limit=MAX_LINKS)
    tx = Transaction()
    for link in found:
        if _is_over(link):
            members.remove_link(tx, link, otherwise=collaboration.changed_meanwhile())
    return _forgotten(tx, board_id, Count.LINKS)


def _forgotten(tx: Transaction, board_id: str, kind: Count) -> bool:
    """Whether there was anything to forget."""
    if not len(tx):
        return False
    collaboration.count(tx, board_id, {kind: -len(tx)})
    tx.commit()
    return True


def _token(link: InvitationLink, secret: str) -> str:
    """Where the link lies, and what only its token tells."""
    return f"{link.board_id}.{link.id}.{secret}"


def _read_token(token: str) -> tuple[str, str, str]:
    """The ids of the board and the link, and the secret.

    Raises:
        InvitationNotFound: it is no token of ours.
    """
    found = _TOKEN.fullmatch(token)
    if found is None:
        raise InvitationNotFound
    board_id, link_id, secret = found.groups()
    return board_id, link_id, secret


def _digest(secret: str) -> str:
    """Of 192 random bits, so that it needs neither salt nor stretching."""
    return hashlib.sha256(secret.encode()).hexdigest()
