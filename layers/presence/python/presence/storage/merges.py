"""Boards merged into others: the marked item that answers where its pins went, and what is brought there meanwhile.

A merged board's item names the board that it was merged into. That one may be merged on: what is brought goes to the
end of the chain, and each transaction demands that it still is the end.
"""

from collections.abc import Mapping

from presence.domain import clock
from presence.domain.entities import Board, Section
from presence.storage import codec, keys, table
from presence.storage.models import BoardItem, MergeItem, SectionItem
from presence.storage.table import Otherwise, Transaction

_SECTIONS_READ = 1000


def mark(tx: Transaction, source: Board, into: str, *, is_open: Otherwise) -> None:
    """Take a board that is open to changes out of every list. Its sections belong to the other one from now on."""
    actions = [
        BoardItem.merged_into.set(into),
        BoardItem.owner_pk.remove(),
        BoardItem.owner_sk.remove(),
        BoardItem.target_pk.set(keys.merged_into(into)),
        BoardItem.target_sk.set(source.id),
        BoardItem.section_count.set(0),
        BoardItem.version.add(1),
    ]
    as_read = (BoardItem.section_count == source.section_count) & (BoardItem.slug == source.slug)
    condition = OPEN & as_read & (BoardItem.owner_id == source.owner_id)
    tx.update(BoardItem(*keys.board(source.id)), actions, condition, otherwise=is_open)


def take_in(tx: Transaction, target: Board, sections: int, *, at_most: int, is_open: Otherwise) -> None:
    """Make room for the sections of another board on one that is open to changes."""
    actions = [BoardItem.section_count.add(sections), BoardItem.version.add(1)]
    has_room = BoardItem.section_count <= at_most - sections
    condition = OPEN & has_room & (BoardItem.owner_id == target.owner_id)
    tx.update(BoardItem(*keys.board(target.id)), actions, condition, otherwise=is_open)


def order(tx: Transaction, board_id: str) -> None:
    """Have the stream bring what is on a merged board; ordered again, it goes on."""
    tx.put(MergeItem(*keys.merge_order(board_id), board_id=board_id, ordered_at=int(clock.now())))


def is_ordered(board_id: str) -> bool:
    return table.get(keys.merge_order(board_id)) is not None


def ordered_at(board_id: str) -> float:
    """When, in seconds since the epoch; 0 where there is no order, or from before that was kept."""
    raw = table.get(keys.merge_order(board_id))
    return float(raw["ordered_at"]["N"]) if raw and "ordered_at" in raw else 0.0


def go_on(tx: Transaction, board_id: str, *, otherwise: Otherwise) -> None:
    """Send the order through the stream again."""
    tx.update(
        MergeItem(*keys.merge_order(board_id)), [MergeItem.turns.add(1)], MergeItem.pk.exists(), otherwise=otherwise
    )


def drop_order(tx: Transaction, board_id: str) -> None:
    tx.delete(MergeItem(*keys.merge_order(board_id)))


def is_end(tx: Transaction, board_id: str, *, otherwise: Otherwise) -> None:
    """Demand that what is brought to a board stays there. An update that changes nothing carries the condition."""
    tx.update(BoardItem(*keys.board(board_id)), [BoardItem.section_count.add(0)], IS_END, otherwise=otherwise)


def move_counts[Name: str](
    tx: Transaction,
    source_id: str,
    target_id: str,
    *,
    left: Mapping[Name, int],
    came: Mapping[Name, int],
    otherwise: Otherwise,
) -> None:
    """How many left a merged board and how many came to the end of its chain, by the attribute that counts them."""
    leave = [getattr(BoardItem, name).add(-by) for name, by in left.items()]
    come = [getattr(BoardItem, name).add(by) for name, by in came.items()]
    tx.update(BoardItem(*keys.board(source_id)), leave, BoardItem.pk.exists(), otherwise=otherwise)
    tx.update(BoardItem(*keys.board(target_id)), come, IS_END, otherwise=otherwise)


def sections_of(board_id: str) -> list[Section]:
    """All that lie there as of now, deleted ones included."""
    items, _ = table.query(keys.sections_of(board_id), prefix=keys.SECTION_PREFIX, limit=_SECTIONS_READ)
    return [codec.section(item) for item in items]


def take_section(tx: Transaction, section: Section, *, otherwise: Otherwise) -> None:
    """Out of a board's partition, if it is as it was read."""
    as_read = (SectionItem.pin_count == section.pin_count) & (SectionItem.version == section.version)
    condition = as_read & SectionItem.deleted.does_not_exist()
    tx.delete(SectionItem(*keys.section(section.board_id, section.id)), condition, otherwise=otherwise)


def close(tx: Transaction, board_id: str, *, otherwise: Otherwise) -> None:
    """All is brought: what remains answers where it went, and says nothing else of the board that it was."""
    actions = [
        BoardItem.name.set(""),
        BoardItem.slug.set(""),
        BoardItem.description.remove(),
        BoardItem.cover.remove(),
        BoardItem.cover_pin_id.remove(),
    ]
    is_empty = (BoardItem.pin_count == 0) & (BoardItem.follower_count == 0) & (BoardItem.collaborator_count == 0)
    condition = BoardItem.merged_into.exists() & is_empty
    tx.update(BoardItem(*keys.board(board_id)), actions, condition, otherwise=otherwise)


def list_merged_into(board_id: str, *, limit: int) -> list[Board]:
    items, _ = table.query(keys.merged_into(board_id), index="by_target", limit=limit)
    return [codec.board(item) for item in items]


OPEN = (
    BoardItem.pk.exists()
    & BoardItem.deleted.does_not_exist()
    & BoardItem.trashed_at.does_not_exist()
    & BoardItem.merged_into.does_not_exist()
    & BoardItem.archived_at.does_not_exist()
)
IS_END = BoardItem.pk.exists() & BoardItem.deleted.does_not_exist() & BoardItem.merged_into.does_not_exist()
