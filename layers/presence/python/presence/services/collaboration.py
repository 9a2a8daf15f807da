"""Who works on a board together: who they are, their roles, how they go, and giving the board to one of them.

What somebody may do is decided when their request reads the board. A request that was let in is finished, also where
its sender is removed meanwhile; the next one is refused. Pins stay with whom they were added by, and on the board.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import NamedTuple

from presence.domain.entities import Invitation, JoinRequest, Member, Role, Viewer
from presence.domain.errors import (
    BoardNameTaken,
    BoardNotFound,
    CollaboratorNotFound,
    Conflict,
    InvalidParameter,
    InvitationNotFound,
    JoinRequestNotFound,
    LimitReached,
    PresenceError,
    UserMoved,
    UserNotFound,
)
from presence.domain.ids import new_id
from presence.domain.slugs import slug
from presence.policies import permissions
from presence.policies.permissions import Action
from presence.policies.visibility import Standing
from presence.services import access, people
from presence.services import boards as board_service
from presence.services.access import Seen
from presence.services.paging import Page, PageRequest, Read, fill
from presence.services.people import Person
from presence.services.receipts import Receipt
from presence.storage import boards, members, profiles, standings
from presence.storage.members import Count, Part
from presence.storage.table import Otherwise, Raw, Transaction

MAX_COLLABORATORS = 100
MAX_INVITATIONS = 100
MAX_LINKS = 10
MAX_JOIN_REQUESTS = 1000
_LIMITS: Mapping[Count, int] = {
    Count.COLLABORATORS: MAX_COLLABORATORS,
    Count.INVITATIONS: MAX_INVITATIONS,
    Count.LINKS: MAX_LINKS,
    Count.JOIN_REQUESTS: MAX_JOIN_REQUESTS,
}
"""Per board."""


class Named[T: (Member, Invitation, JoinRequest)](NamedTuple):
    """What a user is to a board, or may become, with the usernames that the viewer may know."""

    thing: T
    username: str | None
    by: str | None = None
    """Who added or invited them. Names that a block or a deleted account hides are None."""

    @property
    def position(self) -> str:
        return self.thing.user_id


def list_on_board(viewer: Viewer, board_id: str, request: PageRequest) -> Page[Named[Member]]:
    """A board's collaborators but its owner, for whoever sees the board; those whom a block hides are left out.

    Raises:
        BoardNotFound: no board that the viewer can see.
    """
    access.board(viewer, board_id)
    return named(viewer, request, lambda after, limit: members.list_on_board(board_id, after=after, limit=limit))


def named[T: (Member, Invitation, JoinRequest)](
    viewer: Viewer, request: PageRequest, read: Read[T], waits: Callable[[T], bool] = lambda _: True
) -> Page[Named[T]]:
    """A page of what users are to a board, as far as it ``waits``, without those whom the viewer may not see."""

    def read_and_name(after: str | None, limit: int) -> tuple[list[Named[T]], bool]:
        found, more = read(after, limit)
        people_named = {each.user_id for each in found} | {_by(each) for each in found} - {""}
        names = access.names(standings.load(viewer.user_id, people=people_named))
        return [Named(each, names.get(each.user_id), names.get(_by(each))) for each in found], more

    return fill(request, read_and_name, lambda found: (each for each in found if each.username and waits(each.thing)))


def _by(thing: Member | Invitation | JoinRequest) -> str:
    match thing:
        case Member():
            return thing.added_by
        case Invitation():
            return thing.invited_by
        case JoinRequest():
            return ""


def change_role(viewer: Viewer, board_id: str, username: str, role: str | None) -> Named[Member]:
    """Another role for a collaborator; None leaves it.

    Raises:
        BoardNotFound, UserNotFound, UserMoved: nothing and nobody that the viewer can see.
        NotPermitted: the board is not the viewer's.
        CollaboratorNotFound: the user is none.
    """
    seen = access.board(viewer, board_id)
    permissions.require_board(Action.MANAGE_COLLABORATORS, seen.board, seen.standing)
    profile = people.user(viewer, username, even_blocked=True).profile
    member = members.part(board_id, profile.id).member
    if member is None:
        raise CollaboratorNotFound
    changed = with_names(viewer, replace(member, role=role or member.role), profile.username)
    if changed.thing != member:
        tx = Transaction()
        members.set_role(tx, changed.thing, otherwise=CollaboratorNotFound())
        tx.commit()
    return changed


def with_names(viewer: Viewer, member: Member, username: str) -> Named[Member]:
    names = access.names(standings.load(viewer.user_id, people=(member.added_by,)))
    return Named(member, username, names.get(member.added_by))


def remove(viewer: Viewer, board_id: str, username: str) -> None:
    """Take a collaborator off a board, or leave it. What they added stays where it is, and theirs; but they may not
    change it any more.

    Raises:
        BoardNotFound, UserNotFound, UserMoved: nothing and nobody that the viewer can see.
        NotPermitted: it is somebody else's board, and the user somebody else; or the owner would leave.
        CollaboratorNotFound: the user is none.
    """
    seen = access.board(viewer, board_id)
    user_id = people.user(viewer, username, even_blocked=True).profile.id
    leaves = user_id == viewer.user_id
    permissions.require_board(Action.LEAVE_BOARD if leaves else Action.MANAGE_COLLABORATORS, seen.board, seen.standing)
    tx = Transaction()
    members.remove(tx, board_id, user_id, otherwise=CollaboratorNotFound())
    count(tx, board_id, {Count.COLLABORATORS: -1}, owner_id=None if leaves else viewer.user_id)
    tx.commit()


def transfer(
    viewer: Viewer, board_id: str, username: str, *, name: str | None = None, receipt: Receipt | None = None
) -> Seen:
    """Give a board to one of its collaborators, at once; the former owner stays as editor.

    Args:
        name: another name for the board, where the new owner has one of the old name.

    Raises:
        BoardNotFound, UserNotFound: nothing and nobody that the viewer can see.
        NotPermitted: the board is not the viewer's.
        InvalidParameter: the user is no collaborator of it.
        BoardNameTaken: the new owner has a board whose name has the same slug.
        LimitReached: the new owner has ``MAX_BOARDS`` boards.
        Conflict: the board, its owner or the collaborator changed at the same time.
    """
    seen = access.board(viewer, board_id)
    before = seen.board
    permissions.require_board(Action.TRANSFER_BOARD, before, seen.standing)
    person = in_body(viewer, username)
    if members.part(board_id, person.profile.id).member is None:
        raise InvalidParameter("username", "must be that of a collaborator of the board")
    name = name or before.name
    after = replace(before, owner_id=person.profile.id, name=name, slug=slug(name), rank=None)
    given = Seen(replace(after, version=before.version + 1), Standing(viewer, person.profile, Role.EDITOR, person.tie))
    tx = Transaction()
    if receipt:
        receipt.record(tx, given)
    boards.claim_slug(tx, after, otherwise=_name_taken(after.id, person.profile.username))
    boards.release_slug(tx, before, otherwise=changed_meanwhile())
    boards.transfer(tx, before, after, otherwise=_board_changed)
    profiles.count_board(tx, before.owner_id, -1, otherwise=UserNotFound())
    board_service.count_board(tx, after.owner_id)
    members.remove(tx, board_id, after.owner_id, otherwise=changed_meanwhile())
    editor = Member(board_id, viewer.user_id, Role.EDITOR, since=new_id(), added_by=viewer.user_id)
    members.put(tx, editor, otherwise=changed_meanwhile())
    tx.commit()
    return given


def in_body(viewer: Viewer, username: str) -> Person:
    """Whom a request names in its body, where it can be sent to no other place.

    Raises:
        UserNotFound: nobody whom the viewer can see.
        InvalidParameter: they are called otherwise.
    """
    try:
        return people.user(viewer, username.lower())
    except UserMoved as moved:
        raise InvalidParameter("username", f"is now {moved.username}") from None


def join(
    tx: Transaction,
    member: Member,
    part: Part,
    *,
    answers: Invitation | JoinRequest | None = None,
    owner_id: str | None = None,
) -> None:
    """A new member, whose account must be there. What else waits for an answer is answered by that, and goes.

    Args:
        part: what the user was to the board.
        answers: what of it the caller answers; they are told where that is gone.
        owner_id: whose the board must still be.
    """
    profiles.require_alive(tx, member.user_id, otherwise=UserNotFound())
    members.put(tx, member, otherwise=changed_meanwhile())
    count(tx, member.board_id, {Count.COLLABORATORS: 1, **end_waiting(tx, part, answers=answers)}, owner_id=owner_id)


def end_waiting(tx: Transaction, part: Part, *, answers: Invitation | JoinRequest | None = None) -> dict[Count, int]:
    """Take away what of a user's part waits for an answer. Returns what the board has to count of it."""
    changes: dict[Count, int] = {}
    if part.invitation:
        otherwise = gone(InvitationNotFound()) if part.invitation is answers else changed_meanwhile()
        members.remove_invitation(tx, part.invitation, otherwise=otherwise)
        changes[Count.INVITATIONS] = -1
    if part.join_request:
        otherwise = gone(JoinRequestNotFound()) if part.join_request is answers else changed_meanwhile()
        members.remove_join_request(tx, part.join_request, otherwise=otherwise)
        changes[Count.JOIN_REQUESTS] = -1
    return changes


def count(tx: Transaction, board_id: str, changes: Mapping[Count, int], *, owner_id: str | None = None) -> None:
    """Count who comes and goes: ``LimitReached`` over a limit, ``BoardNotFound`` where the board is gone, ``Conflict``
    where it is not ``owner_id``'s any more.
    """

    def refused(standing: Raw | None) -> Exception:
        if standing is None or boards.alive(standing) is None:
            return BoardNotFound()
        for kind, by in changes.items():
            if by > 0 and kind in standing and int(standing[kind]["N"]) >= _LIMITS[kind]:
                return LimitReached(f"The board has reached the limit of {_LIMITS[kind]} {_PLURALS[kind]}.")
        return changed_meanwhile()

    members.count(tx, board_id, changes, at_most=_LIMITS, owner_id=owner_id, otherwise=refused)


_PLURALS = {
    Count.COLLABORATORS: "collaborators",
    Count.INVITATIONS: "invitations",
    Count.LINKS: "invitation links",
    Count.JOIN_REQUESTS: "join requests",
}


def gone(missing: PresenceError) -> Callable[[Raw | None], Exception]:
    """What it means that something is not there any more, or that something else took its place."""
    return lambda standing: changed_meanwhile() if standing else missing


def changed_meanwhile() -> Conflict:
    return Conflict("It was changed at the same time; please try again.")


def _board_changed(standing: Raw | None) -> Exception:
    return changed_meanwhile() if boards.alive(standing) else BoardNotFound()


def _name_taken(board_id: str, username: str) -> Otherwise:
    taken = BoardNameTaken(
        f"Could not transfer board: {username} already has a board with this name; give another 'name'."
    )
    return lambda standing: changed_meanwhile() if standing and standing["holder_id"]["S"] == board_id else taken
