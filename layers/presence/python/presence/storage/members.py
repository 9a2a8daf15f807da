"""Who works on a board, who is invited to it and who asks to join. All of it lies in the board's own partition.

The board counts each kind of it (``Count``), in the transaction that changes it: limits are conditions on these counts,
and who joins a board that is deleted at the same time finds it gone.
"""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import NamedTuple

from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from presence.domain.entities import Invitation, InvitationLink, JoinRequest, Member
from presence.storage import codec, keys, listing, table
from presence.storage.listing import Listing
from presence.storage.models import BoardItem, InvitationItem, InvitationLinkItem, Item, JoinRequestItem, MemberItem
from presence.storage.table import Otherwise, Raw, Transaction


class Count(StrEnum):
    """The board's attribute that counts them."""

    COLLABORATORS = "collaborator_count"
    INVITATIONS = "invitation_count"
    LINKS = "link_count"
    JOIN_REQUESTS = "join_request_count"


class Part(NamedTuple):
    """What one user is to a board, or may become."""

    member: Member | None
    invitation: Invitation | None
    join_request: JoinRequest | None


def part(board_id: str, user_id: str) -> Part:
    """1 request."""
    return part_and_link(board_id, user_id, None)[0]


def part_and_link(board_id: str, user_id: str, link_id: str | None) -> tuple[Part, InvitationLink | None]:
    """The same with a link that leads to the board: 1 request."""
    member, invitation = keys.member(board_id, user_id), keys.invitation(board_id, user_id)
    request, link = keys.join_request(board_id, user_id), keys.invitation_link(board_id, link_id or "")
    found = table.batch_get((member, invitation, request, *((link,) if link_id else ())))
    return (
        Part(
            codec.member(found[member]) if member in found else None,
            codec.invitation(found[invitation]) if invitation in found else None,
            codec.join_request(found[request]) if request in found else None,
        ),
        codec.invitation_link(found[link]) if link in found else None,
    )


def list_on_board(board_id: str, *, after: str | None, limit: int, strict: bool = False) -> tuple[list[Member], bool]:
    """A board's members, those with the oldest accounts first; as of now."""
    return _list(codec.member, board_id, keys.MEMBER_PREFIX, after, limit, strict=strict)


def list_invitations(
    board_id: str, *, after: str | None, limit: int, strict: bool = False
) -> tuple[list[Invitation], bool]:
    return _list(codec.invitation, board_id, keys.INVITATION_PREFIX, after, limit, strict=strict)


def list_join_requests(
    board_id: str, *, after: str | None, limit: int, strict: bool = False
) -> tuple[list[JoinRequest], bool]:
    return _list(codec.join_request, board_id, keys.JOIN_REQUEST_PREFIX, after, limit, strict=strict)


def list_links(
    board_id: str, *, after: str | None, limit: int, strict: bool = False
) -> tuple[list[InvitationLink], bool]:
    return _list(codec.invitation_link, board_id, keys.LINK_PREFIX, after, limit, strict=strict)


def _list[T](
    decode: Callable[[Raw], T], board_id: str, prefix: str, after: str | None, limit: int, *, strict: bool
) -> tuple[list[T], bool]:
    partition = keys.members_of(board_id)
    there = Listing(
        None, partition, lambda thing_id: (partition, prefix + thing_id), decode, newest_first=False, prefix=prefix
    )
    return listing.page(there, after=after, limit=limit, strict=strict)


def list_invitations_of(
    user_id: str, *, after: str | None, limit: int, strict: bool = False
) -> tuple[list[Invitation], bool]:
    """The boards that a user is invited to, the latest first."""
    theirs = Listing(
        "by_owner",
        keys.invitations_of(user_id),
        lambda board_id: keys.invitation(board_id, user_id),
        codec.invitation,
    )
    return listing.page(theirs, after=after, limit=limit, strict=strict)


def list_join_requests_of(user_id: str, *, limit: int) -> list[JoinRequest]:
    """The latest of what a user asks to join."""
    items, _ = table.query(keys.join_requests_of(user_id), index="by_owner", limit=limit)
    return [codec.join_request(item) for item in items]


_ALIVE: Condition = BoardItem.pk.exists() & BoardItem.deleted.does_not_exist()
_OPEN: Condition = _ALIVE & BoardItem.trashed_at.does_not_exist() & BoardItem.merged_into.does_not_exist()


def count(
    tx: Transaction,
    board_id: str,
    changes: Mapping[Count, int],
    *,
    at_most: Mapping[Count, int],
    owner_id: str | None = None,
    otherwise: Otherwise,
) -> None:
    """Count who comes and who goes, on a board that is still its owner's (if given). Not a change of the board itself,
    so its version stays.
    """
    is_more = any(by > 0 for by in changes.values())
    condition = _OPEN if is_more else _ALIVE
    if owner_id:
        condition &= BoardItem.owner_id == owner_id
    actions: list[Action] = []
    for kind, by in changes.items():
        attribute = getattr(BoardItem, kind)
        actions.append(attribute.add(by))
        if by > 0:
            condition &= attribute.does_not_exist() | (attribute < at_most[kind])
    tx.update(BoardItem(*keys.board(board_id)), actions, condition, otherwise=otherwise)


def put(tx: Transaction, member: Member, *, otherwise: Otherwise) -> None:
    item = MemberItem(
        *keys.member(member.board_id, member.user_id),
        owner_pk=keys.group_boards_of(member.user_id),
        owner_sk=member.since,
        **codec.member_attributes(member),
    )
    tx.put(item, Item.pk.does_not_exist(), otherwise=otherwise)


def set_role(tx: Transaction, member: Member, *, otherwise: Otherwise) -> None:
    """The role that the member has by now, where the table has another."""
    item = MemberItem(*keys.member(member.board_id, member.user_id))
    tx.update(item, [MemberItem.role.set(member.role)], MemberItem.pk.exists(), otherwise=otherwise)


def remove(tx: Transaction, board_id: str, user_id: str, *, otherwise: Otherwise) -> None:
    tx.delete(MemberItem(*keys.member(board_id, user_id)), MemberItem.pk.exists(), otherwise=otherwise)


def put_invitation(
    tx: Transaction, invitation: Invitation, *, instead_of: Invitation | None, otherwise: Otherwise
) -> None:
    """A new invitation, or one in the place of an earlier one."""
    item = InvitationItem(
        *keys.invitation(invitation.board_id, invitation.user_id),
        owner_pk=keys.invitations_of(invitation.user_id),
        owner_sk=invitation.since,
        **codec.invitation_attributes(invitation),
    )
    condition = InvitationItem.since == instead_of.since if instead_of else Item.pk.does_not_exist()
    tx.put(item, condition, otherwise=otherwise)


def remove_invitation(tx: Transaction, invitation: Invitation, *, otherwise: Otherwise) -> None:
    """Fails where it is gone, and where another one took its place."""
    item = InvitationItem(*keys.invitation(invitation.board_id, invitation.user_id))
    tx.delete(item, InvitationItem.since == invitation.since, otherwise=otherwise)


def put_join_request(
    tx: Transaction, request: JoinRequest, *, instead_of: JoinRequest | None, otherwise: Otherwise
) -> None:
    """A new request, or one in the place of an earlier one."""
    item = JoinRequestItem(
        *keys.join_request(request.board_id, request.user_id),
        owner_pk=keys.join_requests_of(request.user_id),
        owner_sk=request.since,
        **codec.join_request_attributes(request),
    )
    condition = JoinRequestItem.since == instead_of.since if instead_of else Item.pk.does_not_exist()
    tx.put(item, condition, otherwise=otherwise)


def remove_join_request(tx: Transaction, request: JoinRequest, *, otherwise: Otherwise) -> None:
    """Fails where it is gone, and where another one took its place."""
    item = JoinRequestItem(*keys.join_request(request.board_id, request.user_id))
    tx.delete(item, JoinRequestItem.since == request.since, otherwise=otherwise)


def put_link(tx: Transaction, link: InvitationLink, *, otherwise: Otherwise) -> None:
    item = InvitationLinkItem(*_link_key(link), **codec.invitation_link_attributes(link))
    tx.put(item, Item.pk.does_not_exist(), otherwise=otherwise)


def use_link(tx: Transaction, link: InvitationLink, *, now: int, otherwise: Otherwise) -> None:
    """One use more of a link that is there, not over and not used up."""
    condition: Condition = InvitationLinkItem.pk.exists() & (InvitationLinkItem.ends_at > now)
    if link.max_uses is not None:
        condition &= InvitationLinkItem.uses < link.max_uses
    tx.update(InvitationLinkItem(*_link_key(link)), [InvitationLinkItem.uses.add(1)], condition, otherwise=otherwise)


def remove_link(tx: Transaction, link: InvitationLink, *, otherwise: Otherwise) -> None:
    tx.delete(InvitationLinkItem(*_link_key(link)), InvitationLinkItem.pk.exists(), otherwise=otherwise)


def _link_key(link: InvitationLink) -> keys.Key:
    return keys.invitation_link(link.board_id, link.id)
