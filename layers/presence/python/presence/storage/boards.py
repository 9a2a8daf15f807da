"""Boards and sections in the table. docs/access-patterns.md lists the cost of each."""

from collections.abc import Iterable
from dataclasses import replace

from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from presence.domain import clock
from presence.domain.entities import Board, Member, Section
from presence.storage import codec, keys, listing, table
from presence.storage.listing import Listing, Place
from presence.storage.models import BoardItem, ClaimItem, Item, SectionItem
from presence.storage.table import Otherwise, Raw, Transaction


def get(board_id: str) -> Board | None:
    raw = table.get(keys.board(board_id))
    return codec.board(raw) if raw else None


def get_many(board_ids: Iterable[str], *, strict: bool = False) -> dict[str, Board]:
    """Those that are there.

    Args:
        strict: for whoever may overlook none, see ``listing.page``.
    """
    found = table.batch_get(keys.board(board_id) for board_id in board_ids).values()
    boards = map(codec.board, found) if strict else codec.readable(codec.board, found)
    return {board.id: board for board in boards}


def get_with_section(board_id: str, section_id: str) -> tuple[Board | None, Section | None]:
    board_key, section_key = keys.board(board_id), keys.section(board_id, section_id)
    found = table.batch_get((board_key, section_key))
    board, section = found.get(board_key), found.get(section_key)
    return codec.board(board) if board else None, codec.section(section) if section else None


def list_of_owner(owner_id: str, *, after: str | None, limit: int, strict: bool = False) -> tuple[list[Board], bool]:
    """A user's boards as they ordered them, the newest of the others first."""
    return listing.page(_of_owner(owner_id), after=after, limit=limit, strict=strict)


def places_of_owner(owner_id: str, *, after: str | None, limit: int) -> tuple[list[Place], bool]:
    """The same, by their ids."""
    return listing.places(_of_owner(owner_id), after=after, limit=limit)


def list_archived(owner_id: str, *, after: str | None, limit: int, strict: bool = False) -> tuple[list[Board], bool]:
    return listing.page(_listing(keys.archived_boards_of(owner_id)), after=after, limit=limit, strict=strict)


def list_trashed(owner_id: str, *, after: str | None, limit: int, strict: bool = False) -> tuple[list[Board], bool]:
    """The latest deleted first."""
    return listing.page(_listing(keys.trashed_boards_of(owner_id)), after=after, limit=limit, strict=strict)


def _of_owner(owner_id: str) -> Listing[Board]:
    return _listing(keys.boards_of(owner_id))


def _listing(partition: str) -> Listing[Board]:
    return Listing("by_owner", partition, keys.board, codec.board)


def list_memberships(user_id: str, *, after: str | None, limit: int, strict: bool = False) -> tuple[list[Member], bool]:
    """A user's parts on other people's boards, the latest first."""
    theirs = Listing("by_owner", keys.group_boards_of(user_id), lambda id_: keys.member(id_, user_id), codec.member)
    return listing.page(theirs, after=after, limit=limit, strict=strict)


def list_sections(board_id: str, *, after: str | None, limit: int, strict: bool = False) -> tuple[list[Section], bool]:
    """A board's living sections in its order: as they were put, the newest of the others last."""
    there = Listing(
        "by_board",
        keys.sections_on(board_id),
        lambda section_id: keys.section(board_id, section_id),
        codec.section,
        newest_first=False,
    )
    return listing.page(there, after=after, limit=limit, strict=strict)


def id_by_slug(owner_id: str, slug: str) -> str | None:
    claim = table.get(keys.board_slug(owner_id, slug))
    return claim["holder_id"]["S"] if claim else None


_ALIVE: Condition = BoardItem.pk.exists() & BoardItem.deleted.does_not_exist()
_THERE: Condition = _ALIVE & BoardItem.trashed_at.does_not_exist() & BoardItem.merged_into.does_not_exist()
_OPEN: Condition = _THERE & BoardItem.archived_at.does_not_exist()
"""To changes of what is on it."""
_SECTION_ALIVE: Condition = SectionItem.pk.exists() & SectionItem.deleted.does_not_exist()


def alive(standing: Raw | None) -> Board | None:
    """The board that stands where a condition failed, unless it is gone for every read but that of the trash."""
    board = codec.board(standing) if standing else None
    return None if board is None or board.deleted or board.trashed_at or board.merged_into else board


def put(tx: Transaction, board: Board, *, otherwise: Otherwise) -> None:
    partition, sort = _listed(board)
    item = BoardItem(
        *keys.board(board.id),
        owner_pk=partition,
        owner_sk=sort,
        **codec.board_attributes(board),
    )
    tx.put(item, Item.pk.does_not_exist(), otherwise=otherwise)


def _listed(board: Board) -> keys.Key:
    """Where its owner finds a board that is not gone."""
    if board.trashed_at:
        return keys.trashed_boards_of(board.owner_id), board.trashed_at
    partition = keys.archived_boards_of if board.archived_at else keys.boards_of
    return partition(board.owner_id), board.rank or board.id


def claim_slug(tx: Transaction, board: Board, *, otherwise: Otherwise) -> None:
    """Board names are unique per owner: the slug's item exists once."""
    item = ClaimItem(*keys.board_slug(board.owner_id, board.slug), holder_id=board.id)
    tx.put(item, Item.pk.does_not_exist(), otherwise=otherwise)


def release_slug(tx: Transaction, board: Board, *, otherwise: Otherwise) -> None:
    item = ClaimItem(*keys.board_slug(board.owner_id, board.slug))
    tx.delete(item, ClaimItem.holder_id == board.id, otherwise=otherwise)


def update(tx: Transaction, before: Board, after: Board, *, version: int | None, otherwise: Otherwise) -> None:
    """Write what changed of name, description, privacy and topics, if the slug (and the version, if given) is still
    so.
    """
    actions: list[Action] = [BoardItem.version.add(1)]
    if after.name != before.name:
        actions += [BoardItem.name.set(after.name), BoardItem.slug.set(after.slug)]
    if after.description != before.description:
        actions.append(
            BoardItem.description.remove()
            if after.description is None
            else BoardItem.description.set(after.description)
        )
    if after.privacy != before.privacy:
        actions.append(BoardItem.privacy.set(after.privacy))
    if after.topic_ids != before.topic_ids:
        actions.append(
            BoardItem.topic_ids.remove()
            if after.topic_ids is None
            else BoardItem.topic_ids.set(codec.list_to_wire(after.topic_ids))
        )
    tx.update(BoardItem(*keys.board(before.id)), actions, _OPEN & _still(before, version), otherwise=otherwise)


def set_archived(tx: Transaction, before: Board, archived_at: str | None, *, otherwise: Otherwise) -> None:
    """Put a board away, or back to where it was."""
    stands = BoardItem.archived_at.exists() if before.archived_at else BoardItem.archived_at.does_not_exist()
    actions = [
        BoardItem.archived_at.remove() if archived_at is None else BoardItem.archived_at.set(archived_at),
        *_moved_to(_listed(replace(before, archived_at=archived_at))),
    ]
    condition = _THERE & stands & _still(before, None)
    tx.update(BoardItem(*keys.board(before.id)), actions, condition, otherwise=otherwise)


def trash(tx: Transaction, board: Board, at: str, *, version: int | None, otherwise: Otherwise) -> None:
    """Put a board into its owner's trash, from where it may come back as it is."""
    actions = [BoardItem.trashed_at.set(at), *_moved_to(_listed(replace(board, trashed_at=at)))]
    condition = _THERE & _still(board, version)
    tx.update(BoardItem(*keys.board(board.id)), actions, condition, otherwise=otherwise)


def restore(tx: Transaction, board: Board, *, otherwise: Otherwise) -> None:
    """Take a board out of the trash, under the name it has now."""
    back = replace(board, trashed_at=None)
    actions = [
        BoardItem.trashed_at.remove(),
        BoardItem.name.set(board.name),
        BoardItem.slug.set(board.slug),
        *_moved_to(_listed(back)),
    ]
    tx.update(BoardItem(*keys.board(board.id)), actions, _in_trash(board), otherwise=otherwise)


def purge(tx: Transaction, board: Board, *, otherwise: Otherwise) -> None:
    """Mark a board in the trash as deleted."""
    tx.update(BoardItem(*keys.board(board.id)), _deletion(), _in_trash(board), otherwise=otherwise)


def _in_trash(board: Board) -> Condition:
    """Still there since the same time, and in the same hands."""
    since_then = BoardItem.trashed_at == board.trashed_at
    condition: Condition = _ALIVE & since_then & (BoardItem.owner_id == board.owner_id)
    return condition


def _moved_to(place: keys.Key) -> list[Action]:
    """To another list of its owner's. A change by a client."""
    partition, sort = place
    return [BoardItem.owner_pk.set(partition), BoardItem.owner_sk.set(sort), BoardItem.version.add(1)]


def transfer(tx: Transaction, before: Board, after: Board, *, otherwise: Otherwise) -> None:
    """Another owner, and perhaps another name, for a board that is as it was read; at the end of the new one's list.

    Its place among the boards of its former owner means nothing there.
    """
    listed = keys.archived_boards_of if after.archived_at else keys.boards_of
    actions = [
        BoardItem.owner_id.set(after.owner_id),
        BoardItem.owner_pk.set(listed(after.owner_id)),
        BoardItem.owner_sk.set(after.id),
        BoardItem.rank.remove(),
        BoardItem.name.set(after.name),
        BoardItem.slug.set(after.slug),
        BoardItem.version.add(1),
    ]
    is_put_away = BoardItem.archived_at.exists() if before.archived_at else BoardItem.archived_at.does_not_exist()
    condition = _still(before, None) & _THERE & is_put_away
    tx.update(BoardItem(*keys.board(before.id)), actions, condition, otherwise=otherwise)


def mark_deleted(tx: Transaction, board: Board, *, version: int | None, otherwise: Otherwise) -> None:
    """Gone for every read; the item stays as the order to clean up what is on it."""
    condition = _ALIVE & _still(board, version)
    tx.update(BoardItem(*keys.board(board.id)), _deletion(), condition, otherwise=otherwise)


def _deletion() -> list[Action]:
    return [
        BoardItem.deleted.set(True),
        BoardItem.deleted_at.set(clock.timestamp()),
        BoardItem.owner_pk.remove(),
        BoardItem.owner_sk.remove(),
        BoardItem.target_pk.remove(),
        BoardItem.target_sk.remove(),
        BoardItem.version.add(1),
    ]


def _still(board: Board, version: int | None) -> Condition:
    condition: Condition = (BoardItem.slug == board.slug) & (BoardItem.owner_id == board.owner_id)
    return condition if version is None else condition & (BoardItem.version == version)


def count_pins(tx: Transaction, board_id: str, by: int, *, at: str, otherwise: Otherwise) -> None:
    """Add to the number of pins of a board that is open to changes, modified at the given time."""
    actions = [BoardItem.pin_count.add(by), BoardItem.pins_modified_at.set(at), BoardItem.version.add(1)]
    tx.update(BoardItem(*keys.board(board_id)), actions, _OPEN, otherwise=otherwise)


def count_followers(tx: Transaction, board_id: str, by: int, *, otherwise: Otherwise) -> None:
    """Add to the number of those who follow a living board itself."""
    condition = _ALIVE & BoardItem.merged_into.does_not_exist()
    tx.update(BoardItem(*keys.board(board_id)), [BoardItem.follower_count.add(by)], condition, otherwise=otherwise)


def uncount_followers_of_deleted(tx: Transaction, board_id: str, by: int, *, otherwise: Otherwise) -> None:
    item = BoardItem(*keys.board(board_id))
    tx.update(item, [BoardItem.follower_count.add(-by)], BoardItem.pk.exists(), otherwise=otherwise)


def put_section(tx: Transaction, section: Section, *, otherwise: Otherwise) -> None:
    item = SectionItem(
        *keys.section(section.board_id, section.id),
        board_pk=keys.sections_on(section.board_id),
        board_sk=section.rank or section.id,
        **codec.section_attributes(section),
    )
    tx.put(item, Item.pk.does_not_exist(), otherwise=otherwise)


def add_section(tx: Transaction, board_id: str, by: int = 1, *, at_most: int, otherwise: Otherwise) -> None:
    """Count more sections on a board that is open to changes, which may not have more than ``at_most``."""
    condition = _OPEN & (BoardItem.section_count <= at_most - by)
    tx.update(BoardItem(*keys.board(board_id)), [BoardItem.section_count.add(by)], condition, otherwise=otherwise)


def drop_section(tx: Transaction, section: Section, *, otherwise: Otherwise) -> None:
    """Count one section less; until its pins are released, reads take them to be on the board itself."""
    actions = [BoardItem.section_count.add(-1), BoardItem.deleted_section_ids.add({section.id})]
    tx.update(BoardItem(*keys.board(section.board_id)), actions, _OPEN, otherwise=otherwise)


def rename_section(tx: Transaction, section: Section, name: str, *, version: int | None, otherwise: Otherwise) -> None:
    actions = [SectionItem.name.set(name), SectionItem.version.add(1)]
    tx.update(_section(section), actions, _section_still(version), otherwise=otherwise)


def mark_section_deleted(tx: Transaction, section: Section, *, version: int | None, otherwise: Otherwise) -> None:
    actions = [SectionItem.deleted.set(True), SectionItem.board_pk.remove(), SectionItem.board_sk.remove()]
    tx.update(_section(section), actions, _section_still(version), otherwise=otherwise)


def _section(section: Section) -> SectionItem:
    return SectionItem(*keys.section(section.board_id, section.id))


def _section_still(version: int | None) -> Condition:
    return _SECTION_ALIVE if version is None else _SECTION_ALIVE & (SectionItem.version == version)


def enter_section(tx: Transaction, board_id: str, section_id: str, by: int = 1, *, otherwise: Otherwise) -> None:
    """Pins more in a living section."""
    item = SectionItem(*keys.section(board_id, section_id))
    tx.update(item, [SectionItem.pin_count.add(by)], _SECTION_ALIVE, otherwise=otherwise)


def leave_section(tx: Transaction, board_id: str, section_id: str, by: int = 1, *, otherwise: Otherwise) -> None:
    """Pins less in a section that exists: it does until its last pin has left, even when it is deleted."""
    item = SectionItem(*keys.section(board_id, section_id))
    tx.update(item, [SectionItem.pin_count.add(-by)], SectionItem.pk.exists(), otherwise=otherwise)


def uncount_pins_of_deleted(tx: Transaction, board_id: str, by: int, *, otherwise: Otherwise) -> None:
    item = BoardItem(*keys.board(board_id))
    tx.update(item, [BoardItem.pin_count.add(-by)], BoardItem.pk.exists(), otherwise=otherwise)


def remove_section(tx: Transaction, board_id: str, section_id: str, *, otherwise: Otherwise) -> None:
    """A deleted section whose last pin has left."""
    tx.delete(SectionItem(*keys.section(board_id, section_id)), SectionItem.pin_count == 0, otherwise=otherwise)


def list_parts(board_id: str, *, limit: int) -> list[keys.Key]:
    """What lies with a board but the board itself: sections, members, invitations, links, join requests, an order to
    sweep it.
    """
    board = keys.board(board_id)
    items, _ = table.query(board[0], limit=limit + 1)
    found = [(item["pk"]["S"], item["sk"]["S"]) for item in items]
    return [key for key in found if key != board][:limit]


def purge_part(tx: Transaction, part: keys.Key) -> None:
    """What lies with a deleted board whose pins are gone. Gone already is fine."""
    tx.delete(Item(*part))


def forget_section(tx: Transaction, board_id: str, section_id: str, *, otherwise: Otherwise) -> None:
    """No pin refers to the section any more, so reads need not know of it."""
    actions = [BoardItem.deleted_section_ids.delete({section_id})]
    tx.update(BoardItem(*keys.board(board_id)), actions, BoardItem.pk.exists(), otherwise=otherwise)


def remove(tx: Transaction, board_id: str, *, otherwise: Otherwise) -> None:
    """A deleted board whose last pin and last follower are gone."""
    is_empty = (BoardItem.pin_count == 0) & (BoardItem.follower_count == 0)
    condition = is_empty & (BoardItem.deleted == True)  # noqa: E712
    tx.delete(BoardItem(*keys.board(board_id)), condition, otherwise=otherwise)


def touch(tx: Transaction, board_id: str, *, otherwise: Otherwise) -> None:
    """Send a board through the stream again."""
    tx.update(
        BoardItem(*keys.board(board_id)),
        [BoardItem.version.add(1)],
        BoardItem.pk.exists(),
        otherwise=otherwise,
    )


def touch_section(tx: Transaction, board_id: str, section_id: str, *, otherwise: Otherwise) -> None:
    """Send a section through the stream again."""
    item = SectionItem(*keys.section(board_id, section_id))
    tx.update(item, [SectionItem.version.add(1)], SectionItem.pk.exists(), otherwise=otherwise)


def choose_cover(tx: Transaction, board_id: str, pin_id: str, *, otherwise: Otherwise) -> None:
    """The pin whose picture a living board shows."""
    tx.update(BoardItem(*keys.board(board_id)), [BoardItem.cover_pin_id.set(pin_id)], _ALIVE, otherwise=otherwise)


def set_cover(
    tx: Transaction, board_id: str, cover: tuple[str, ...], *, chosen: str | None, otherwise: Otherwise
) -> None:
    """Not a change by a client, so the version stays. Fails where the cover is so already, and where another pin than
    ``chosen`` was chosen for it.
    """
    text = codec.list_to_wire(cover)
    there = _ALIVE & BoardItem.merged_into.does_not_exist()
    condition = there & ((BoardItem.cover != text) | BoardItem.cover.does_not_exist())
    condition &= BoardItem.cover_pin_id.does_not_exist() if chosen is None else BoardItem.cover_pin_id == chosen
    tx.update(BoardItem(*keys.board(board_id)), [BoardItem.cover.set(text)], condition, otherwise=otherwise)


def change_cover(
    tx: Transaction,
    board_id: str,
    pin_id: str | None,
    cover: tuple[str, ...],
    *,
    version: int | None,
    otherwise: Otherwise,
) -> None:
    """A pin whose picture comes first, None for whichever pin is first; and the cover that follows."""
    actions = [
        BoardItem.cover_pin_id.remove() if pin_id is None else BoardItem.cover_pin_id.set(pin_id),
        BoardItem.cover.set(codec.list_to_wire(cover)),
        BoardItem.version.add(1),
    ]
    condition = _OPEN if version is None else _OPEN & (BoardItem.version == version)
    tx.update(BoardItem(*keys.board(board_id)), actions, condition, otherwise=otherwise)
