"""Two boards become one: a request marks the one and makes room on the other, the stream brings what is on it.

Whatever is brought goes to the end of the chain of merges, in transactions that demand that it still is the end, so
that nothing gets lost where boards are merged on, put into the trash or purged meanwhile.
"""

from collections.abc import Iterable
from dataclasses import replace
from itertools import batched

from presence.domain.entities import Board, BoardFollow, Member, Pin, Role, Viewer
from presence.domain.errors import BoardMerged, InvalidParameter, LimitReached
from presence.policies import permissions
from presence.policies.permissions import Action
from presence.services import access, collaboration
from presence.services import boards as board_service
from presence.services.access import Seen
from presence.services.follows import Changed
from presence.services.paging import MAX_READ
from presence.services.receipts import Receipt
from presence.storage import boards, members, merges, pins, profiles, ties
from presence.storage.members import Count
from presence.storage.table import Otherwise, Transaction

SECTIONS_AT_ONCE = 40
"""Two writes for each, and one that demands the target."""
FOLLOWERS_AT_ONCE = 45
"""Two writes for each, and one for each board."""


class MovedOn(Exception):
    """What something was brought to is not the end of its chain any more; look again where that is."""


def merge(viewer: Viewer, board_id: str, into: str, *, receipt: Receipt | None = None) -> Seen:
    """Bring all that is on a board of the viewer's to another of theirs, and answer that one.

    Merging again what was merged there already changes nothing.

    Raises:
        BoardNotFound: no board that the viewer can see.
        NotPermitted: one is not the viewer's, or archived.
        InvalidParameter: the two are one.
        LimitReached: together they have more than ``MAX_SECTIONS`` sections.
        BoardMerged: one was merged into another board.
    """
    if board_id == into:
        raise InvalidParameter("into", "must be another board")
    try:
        source = _mergeable(viewer, board_id)
    except BoardMerged as error:
        if error.into != into:
            raise
        return _mergeable(viewer, into)
    target = _mergeable(viewer, into)
    sections = source.board.section_count
    full = LimitReached(f"Together they would have more than {board_service.MAX_SECTIONS} sections.")
    if target.board.section_count + sections > board_service.MAX_SECTIONS:
        raise full
    after = replace(
        target,
        board=replace(
            target.board, section_count=target.board.section_count + sections, version=target.board.version + 1
        ),
    )
    changed = board_service.changed_meanwhile()
    tx = Transaction()
    if receipt:
        receipt.record(tx, after)
    merges.mark(tx, source.board, into, is_open=access.closed(viewer, board_id, Action.MERGE_BOARD, changed))
    merges.take_in(
        tx,
        target.board,
        sections,
        at_most=board_service.MAX_SECTIONS,
        is_open=access.closed(viewer, into, Action.MERGE_BOARD, full),
    )
    boards.release_slug(tx, source.board, otherwise=changed)
    profiles.count_board(tx, viewer.user_id, -1, otherwise=changed)
    merges.order(tx, board_id)
    tx.commit()
    return after


def _mergeable(viewer: Viewer, board_id: str) -> Seen:
    seen = access.board(viewer, board_id)
    permissions.require_board(Action.MERGE_BOARD, seen.board, seen.standing)
    return seen


def way(board_id: str) -> tuple[Board, Board] | None:
    """A merged board and where all that is on it goes. None where nothing is to be brought any more: then the order is
    dropped, and what is on a board whose chain ends nowhere goes the way of the board at its end.
    """
    if not merges.is_ordered(board_id):
        return None
    source = boards.get(board_id)
    if source is None or source.deleted or not source.merged_into:
        tx = Transaction()
        merges.drop_order(tx, board_id)
        tx.commit()
        return None
    target = access.end_of(source)
    if target.deleted:
        follow_into_deletion(source)
        return None
    return source, target


def follow_into_deletion(source: Board) -> None:
    tx = Transaction()
    boards.mark_deleted(tx, source, version=None, otherwise=MovedOn())
    merges.drop_order(tx, source.id)
    tx.commit()


def bring_all_but_pins(source: Board, target: Board) -> None:
    """Members, followers, sections: sections before their pins, which stay in them.

    Raises:
        MovedOn: the target is not the end any more.
        Changed: something changed at the same time.
    """
    for member in members.list_on_board(source.id, after=None, limit=MAX_READ, strict=True)[0]:
        _bring_member(member, source, target)
    _end_requests(source.id)
    edges, _ = ties.list_board_followers(source.id, limit=MAX_READ, strict=True)
    bring_followers(source, target, edges)
    sections = [section for section in merges.sections_of(source.id) if not section.deleted]
    for some in batched(sections, SECTIONS_AT_ONCE, strict=False):
        tx = Transaction()
        for section in some:
            merges.take_section(tx, section, otherwise=Changed())
            boards.put_section(tx, replace(section, board_id=target.id), otherwise=Changed())
        merges.is_end(tx, target.id, otherwise=MovedOn())
        tx.commit()


_ROLES = list(Role)


def _bring_member(member: Member, source: Board, target: Board) -> None:
    """Who is on both boards keeps the higher role. Who comes needs no invitation any more. Limits of collaborators ask
    nobody to leave here.
    """
    tx = Transaction()
    members.remove(tx, source.id, member.user_id, otherwise=Changed())
    part = members.part(target.id, member.user_id)
    there = part.member
    came = {Count.COLLABORATORS: 0}
    if there is None and member.user_id != target.owner_id:
        members.put(tx, replace(member, board_id=target.id), otherwise=Changed())
        came = {Count.COLLABORATORS: 1, **collaboration.end_waiting(tx, part)}
    elif there and _ROLES.index(Role(member.role)) > _ROLES.index(Role(there.role)):
        members.set_role(tx, replace(there, role=member.role), otherwise=Changed())
    merges.move_counts(tx, source.id, target.id, left={Count.COLLABORATORS: 1}, came=came, otherwise=MovedOn())
    tx.commit()


def _end_requests(board_id: str) -> None:
    """Invitations, links and requests to join led to a board that is no more; whoever wants to can begin anew."""
    for invitation in members.list_invitations(board_id, after=None, limit=MAX_READ, strict=True)[0]:
        tx = Transaction()
        members.remove_invitation(tx, invitation, otherwise=Changed())
        members.count(tx, board_id, {Count.INVITATIONS: -1}, at_most={}, otherwise=Changed())
        tx.commit()
    for request in members.list_join_requests(board_id, after=None, limit=MAX_READ, strict=True)[0]:
        tx = Transaction()
        members.remove_join_request(tx, request, otherwise=Changed())
        members.count(tx, board_id, {Count.JOIN_REQUESTS: -1}, at_most={}, otherwise=Changed())
        tx.commit()
    for link in members.list_links(board_id, after=None, limit=MAX_READ, strict=True)[0]:
        tx = Transaction()
        members.remove_link(tx, link, otherwise=Changed())
        members.count(tx, board_id, {Count.LINKS: -1}, at_most={}, otherwise=Changed())
        tx.commit()


def bring_followers(source: Board, target: Board, edges: Iterable[BoardFollow]) -> None:
    """Who said something of the target themselves stays with that."""
    for some in batched(edges, FOLLOWERS_AT_ONCE, strict=False):
        said = ties.get_board_follows(((edge.user_id, target.id) for edge in some), strict=True)
        tx = Transaction()
        left = came = 0
        for edge in some:
            ties.remove(tx, edge, otherwise=Changed())
            left += edge.counted
            if (edge.user_id, target.id) not in said and edge.user_id != target.owner_id:
                brought = replace(edge, board_id=target.id, counted=True)
                ties.change(tx, None, brought, otherwise=Changed())
                came += 1
        merges.move_counts(
            tx,
            source.id,
            target.id,
            left={"follower_count": left},
            came={"follower_count": came},
            otherwise=MovedOn(),
        )
        tx.commit()


def carry(source: Board, target: Board, batch: Iterable[Pin], *, otherwise: Exception) -> None:
    """Pins in one transaction. ``otherwise``: what is raised where one of them changed.

    Raises:
        MovedOn: the target is not the end any more.
    """
    tx = Transaction()
    number = 0
    released: dict[str, int] = {}
    for pin in batch:
        number += 1
        after = access.carried(pin, source, target)
        pins.update(tx, pin, after, version=None, otherwise=otherwise)
        if pin.section_id and after.section_id is None:
            released[pin.section_id] = released.get(pin.section_id, 0) + 1
    for section_id, by in released.items():
        boards.leave_section(tx, source.id, section_id, by, otherwise=otherwise)
    moved = {"pin_count": number}
    merges.move_counts(tx, source.id, target.id, left=moved, came=moved, otherwise=MovedOn())
    tx.commit()


def close(source: Board, *, otherwise: Otherwise) -> None:
    """``otherwise``: what is raised where pins, followers or members are counted that no list showed."""
    tx = Transaction()
    merges.close(tx, source.id, otherwise=otherwise)
    merges.drop_order(tx, source.id)
    tx.commit()
