"""Boards and their sections: create, read, change. ``services.keeping`` puts boards away and deletes them."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

from presence.domain import clock
from presence.domain.entities import Board, Privacy, Role, Section, Viewer
from presence.domain.errors import (
    BoardNameTaken,
    Conflict,
    LimitReached,
    PreconditionFailed,
    SectionNotFound,
    UserNotFound,
)
from presence.domain.ids import new_id
from presence.domain.slugs import slug
from presence.policies import permissions, visibility
from presence.policies.permissions import Action
from presence.policies.visibility import Standing
from presence.services import access, accounts
from presence.services.access import Seen
from presence.services.paging import SECOND, Page, PageRequest, fill, in_turn
from presence.services.receipts import Receipt
from presence.storage import boards, profiles
from presence.storage.table import Otherwise, Raw, Transaction

MAX_BOARDS = 2000
MAX_SECTIONS = 500


def get(viewer: Viewer, board_id: str) -> Seen:
    """Raises: as ``access.board``."""
    return access.board(viewer, board_id)


def list_own(
    viewer: Viewer,
    request: PageRequest,
    privacy: Collection[str],
    *,
    are_archived: bool = False,
    fits: Callable[[Board], bool] = lambda _: True,
) -> Page[Seen]:
    """The viewer's boards with one of these privacies in their order, then the group boards they are a member of.

    The archived ones are listed by themselves, and only to their owner.

    Args:
        fits: which of them are wanted.
    """

    def own(after: str | None, limit: int) -> tuple[list[Seen], bool]:
        read = boards.list_archived if are_archived else boards.list_of_owner
        found, more = read(viewer.user_id, after=after, limit=limit)
        return access.before(viewer, found), more

    def group(after: str | None, limit: int) -> tuple[list[Seen], bool]:
        memberships, more = boards.list_memberships(viewer.user_id, after=after, limit=limit)
        return access.in_places(viewer, [(each.board_id, SECOND + each.position) for each in memberships]), more

    return fill(
        request,
        own if are_archived else in_turn(own, group),
        lambda found: (
            each
            for each in found
            if each.board.privacy in privacy and _is_listed(each, are_archived=are_archived) and fits(each.board)
        ),
    )


def _is_listed(seen: Seen, *, are_archived: bool) -> bool:
    return bool(seen.board.archived_at) is are_archived and visibility.may_list_board(seen.board, seen.standing)


def create(
    viewer: Viewer,
    *,
    name: str,
    description: str | None = None,
    privacy: str = Privacy.PUBLIC,
    is_ads_only: bool = False,
    topics: Sequence[str] | None = None,
    receipt: Receipt | None = None,
) -> Seen:
    """A new board of the viewer's: 2 requests.

    Raises:
        BoardNameTaken: the viewer has a board whose name has the same slug.
        LimitReached: the viewer has ``MAX_BOARDS`` boards.
        ScopeMissing: the board is to be secret and the token lacks ``boards:write_secret``.
    """
    if privacy == Privacy.SECRET:
        permissions.require_secret(Action.EDIT_BOARD, viewer)
    owner = accounts.get(viewer)
    board = Board(
        id=new_id(),
        owner_id=viewer.user_id,
        name=name,
        slug=slug(name),
        privacy=privacy,
        created_at=clock.timestamp(),
        description=description,
        is_ads_only=is_ads_only,
        topic_ids=None if topics is None else tuple(topics),
    )
    made = Seen(board, Standing(viewer, owner, Role.OWNER))
    tx = Transaction()
    if receipt:
        receipt.record(tx, made)
    boards.claim_slug(tx, board, otherwise=name_taken("create"))
    boards.put(tx, board, otherwise=Conflict("Could not create board; please try again."))
    count_board(tx, viewer.user_id)
    tx.commit()
    return made


def count_board(tx: Transaction, owner_id: str) -> None:
    """One board more: ``LimitReached`` at ``MAX_BOARDS`` boards, ``UserNotFound`` where the account is gone."""

    def refused(standing: Raw | None) -> Exception:
        if standing is None or "deleted" in standing:
            return UserNotFound()
        return LimitReached(f"The limit of {MAX_BOARDS} boards is reached.")

    profiles.count_board(tx, owner_id, 1, at_most=MAX_BOARDS, otherwise=refused)


def update(
    viewer: Viewer,
    board_id: str,
    *,
    name: str | None = None,
    description: str | None = None,
    clear_description: bool = False,
    privacy: str | None = None,
    topics: Sequence[str] | None = None,
    clear_topics: bool = False,
    version: int | None = None,
) -> Seen:
    """Change what is given; what is None stays (``clear_description`` removes the description, ``clear_topics`` leaves
    it to the board's words to tell its topics).

    Raises:
        BoardNotFound: no board that the viewer can see.
        NotPermitted: it is not the viewer's.
        BoardNameTaken: the new name has the slug of another board of the owner's.
        PreconditionFailed: ``version`` is given and not the current one.
        ScopeMissing: the board is or becomes secret and the token lacks ``boards:write_secret``.
    """
    seen = get(viewer, board_id)
    before = seen.board
    permissions.require_board(Action.EDIT_BOARD, before, seen.standing)
    if privacy == Privacy.SECRET:
        permissions.require_secret(Action.EDIT_BOARD, viewer)
    require_version(before.version, version)
    after = replace(
        before,
        name=before.name if name is None else name,
        slug=before.slug if name is None else slug(name),
        description=None if clear_description else before.description if description is None else description,
        privacy=before.privacy if privacy is None else privacy,
        topic_ids=None if clear_topics else before.topic_ids if topics is None else tuple(topics),
    )
    if after == before:
        return seen
    tx = Transaction()
    if after.slug != before.slug:
        boards.claim_slug(tx, after, otherwise=name_taken("edit", by=after.id))
        boards.release_slug(tx, before, otherwise=changed_meanwhile())
    changed = access.closed(viewer, board_id, Action.EDIT_BOARD, stale(version))
    boards.update(tx, before, after, version=version, otherwise=changed)
    tx.commit()
    return replace(seen, board=replace(after, version=before.version + 1))


def require_version(current: int, version: int | None) -> None:
    """``If-Match``, before anything is written; the write itself is conditioned on it again."""
    if version is not None and version != current:
        raise PreconditionFailed


def stale(version: int | None) -> Callable[[Raw | None], Exception]:
    """Why the condition of a change failed on an item that is still there."""

    def told(standing: Raw | None) -> Exception:
        if standing and version is not None and int(standing["version"]["N"]) != version:
            return PreconditionFailed()
        return changed_meanwhile()

    return told


def changed_meanwhile() -> Conflict:
    return Conflict("It was changed at the same time; please try again.")


def name_taken(verb: str, by: str | None = None) -> Otherwise:
    taken = BoardNameTaken(f"Could not {verb} board: you already have a board with this name.")
    return lambda standing: changed_meanwhile() if standing and standing["holder_id"]["S"] == by else taken


def list_sections(viewer: Viewer, board_id: str, request: PageRequest) -> Page[Section]:
    """A board's sections in its order.

    Raises:
        BoardNotFound: no board that the viewer can see.
    """
    get(viewer, board_id)
    return fill(
        request,
        lambda after, limit: boards.list_sections(board_id, after=after, limit=limit),
    )


def create_section(viewer: Viewer, board_id: str, *, name: str, receipt: Receipt | None = None) -> Section:
    """A new, empty section.

    Raises:
        BoardNotFound: no board that the viewer can see.
        NotPermitted: the viewer is neither its owner nor an editor.
        LimitReached: the board has ``MAX_SECTIONS`` sections.
    """
    seen = get(viewer, board_id)
    permissions.require_board(Action.EDIT_SECTIONS, seen.board, seen.standing)
    section = Section(id=new_id(), board_id=board_id, name=name)
    tx = Transaction()
    if receipt:
        receipt.record(tx, section)
    boards.put_section(tx, section, otherwise=Conflict("Please try again."))
    full = LimitReached(f"The board has reached the limit of {MAX_SECTIONS} sections.")
    boards.add_section(
        tx, board_id, at_most=MAX_SECTIONS, otherwise=access.closed(viewer, board_id, Action.EDIT_SECTIONS, full)
    )
    tx.commit()
    return section


def update_section(
    viewer: Viewer, board_id: str, section_id: str, *, name: str | None, version: int | None = None
) -> Section:
    """Rename a section.

    Raises:
        BoardNotFound, SectionNotFound: nothing that the viewer can see.
        NotPermitted: the viewer is neither the board's owner nor an editor.
        PreconditionFailed: ``version`` is given and not the current one.
    """
    section = _editable_section(viewer, board_id, section_id, version)
    if name is None or name == section.name:
        return section
    tx = Transaction()
    boards.rename_section(tx, section, name, version=version, otherwise=_section_changed(version))
    tx.commit()
    return replace(section, name=name, version=section.version + 1)


def delete_section(viewer: Viewer, board_id: str, section_id: str, *, version: int | None = None) -> None:
    """The section is gone at once and its pins are on the board; the stream takes the section's name off them.

    Raises: as ``update_section``.
    """
    section = _editable_section(viewer, board_id, section_id, version)
    tx = Transaction()
    boards.mark_section_deleted(tx, section, version=version, otherwise=_section_changed(version))
    changed = access.closed(viewer, board_id, Action.EDIT_SECTIONS, changed_meanwhile())
    boards.drop_section(tx, section, otherwise=changed)
    tx.commit()


def get_section(viewer: Viewer, board_id: str, section_id: str) -> tuple[Seen, Section]:
    """A section and its board: 2 requests.

    Raises:
        BoardNotFound, SectionNotFound: nothing that the viewer can see.
    """
    found, section = boards.get_with_section(board_id, section_id)
    seen = access.visible(access.standing(viewer, found, board_id))
    if section is None or section.deleted:
        raise SectionNotFound
    return seen, section


def _editable_section(viewer: Viewer, board_id: str, section_id: str, version: int | None) -> Section:
    seen, section = get_section(viewer, board_id, section_id)
    permissions.require_board(Action.EDIT_SECTIONS, seen.board, seen.standing)
    require_version(section.version, version)
    return section


def _section_changed(version: int | None) -> Otherwise:
    return lambda standing: stale(version)(standing) if standing and "deleted" not in standing else SectionNotFound()
