"""What the stream makes happen after a change: clean-up of what was deleted, covers, counts of followers, unused
uploads.

Progress lives in the table alone, so work that stops anywhere goes on from there. A deleted board is removed only
when its exact ``pin_count`` and ``follower_count`` are 0: an index that lags cannot make it forget any.
"""

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from time import monotonic, sleep

from presence.domain import clock
from presence.domain.entities import Board, Pin
from presence.projections.upkeep import (
    BringToMerged,
    CleanUpBoard,
    CountBoardFollowers,
    CountFollowers,
    FinishPinBatch,
    GoOnWithExport,
    GoOnWithImport,
    PurgeBoard,
    PurgePin,
    Rebalance,
    RefreshCover,
    ReleaseSection,
    RemoveAccount,
    SweepUpload,
    Task,
    UndoBoardFollows,
    WatchUpload,
)
from presence.services import bulk, exporting, farewell, followers, importing, merging, shaping
from presence.services.follows import Changed
from presence.services.paging import MAX_READ
from presence.storage import boards, keys, merges, pins, profiles, trash, uploads
from presence.storage.table import TRANSACTION_LIMIT, Raw, Transaction

BUDGET_SECONDS = 10.0
"""One task holds up the shard for no longer; then its item goes through the stream again, behind the others."""
WAITING_SECONDS = clock.HOUR
"""For so long what is still counted on a deleted or merged board may be on its way. What is counted longer raises an
alarm.
"""
LAG_SECONDS = 0.5
"""How long to wait for an index that does not show yet what is counted; usually it takes milliseconds."""


class _Changed(Exception):
    """What was to be cleaned up changed meanwhile; look again."""


class NotYetVisible(Exception):
    """The index lags behind the counts; the record must come again."""


def run(task: Task) -> None:  # noqa: C901, PLR0912 - one case for each kind of task
    """Do one task. Doing it again, or later, is harmless.

    Raises:
        NotYetVisible, StillCrowded, Throttled, StorageUnavailable, Conflict: the record must come again.
    """
    match task:
        case CleanUpBoard(board_id):
            _clean_up_board(board_id)
        case ReleaseSection(board_id, section_id):
            _release_section(board_id, section_id)
        case RefreshCover(board_id):
            shaping.refresh_cover(board_id)
        case CountFollowers(user_id, follower_ids):
            followers.count(user_id, follower_ids)
        case CountBoardFollowers(board_id, follower_ids):
            followers.count_of_board(board_id, follower_ids)
        case UndoBoardFollows(blocker_id, blocked_id, since):
            followers.undo_board_follows(blocker_id, blocked_id, since)
        case BringToMerged(board_id):
            _bring_to_merged(board_id)
        case PurgeBoard(board_id):
            _purge_board(board_id)
        case PurgePin(pin_id):
            _purge_pin(pin_id)
        case Rebalance(pk, sk):
            shaping.rebalance(pk, sk)
        case FinishPinBatch(user_id, batch_id):
            bulk.finish(user_id, batch_id)
        case WatchUpload(object_key):
            _watch_upload(object_key)
        case GoOnWithExport(user_id, export_id):
            exporting.work(user_id, export_id)
        case GoOnWithImport(user_id, import_id):
            importing.work(user_id, import_id)
        case RemoveAccount(user_id):
            farewell.work(user_id)
        case SweepUpload(object_key):
            if not uploads.is_referenced(object_key):
                uploads.remove(object_key)


def _clean_up_board(board_id: str) -> None:
    board = boards.get(board_id)
    if board is None or not board.deleted:
        return

    def delete(batch: list[Pin]) -> None:
        tx = Transaction()
        for pin in batch:
            pins.delete(tx, pin, otherwise=_Changed())
            uploads.dereference(tx, pin)
        for user_id, number in Counter(pin.owner_id for pin in batch).items():
            profiles.count_pins(tx, user_id, -number, otherwise=_Changed())
        boards.uncount_pins_of_deleted(tx, board_id, len(batch), otherwise=_Changed())
        tx.commit()

    def finish() -> None:
        while parts := boards.list_parts(board_id, limit=TRANSACTION_LIMIT):
            tx = Transaction()
            for part in parts:
                boards.purge_part(tx, part)
            tx.commit()
        for merged in merges.list_merged_into(board_id, limit=MAX_READ):
            merging.follow_into_deletion(merged)
        tx = Transaction()
        boards.remove(tx, board_id, otherwise=_not_yet_empty)
        tx.commit()

    if not _is_done(
        lambda: (
            followers.release(board_id, monotonic() + BUDGET_SECONDS)
            and _drain(lambda: pins.list_on_board(board_id, limit=MAX_READ, strict=True)[0], delete, finish)
        ),
        since=lambda: clock.seconds(board.deleted_at or board.created_at),
    ):
        _again(lambda tx: boards.touch(tx, board_id, otherwise=_Changed()))


def _is_done(work: Callable[[], bool], *, since: Callable[[], float]) -> bool:
    """Not either where something is counted that may come yet: a follow that was ended is, until its record comes, and
    that may lie behind this one in its shard.

    Args:
        since: when the work was asked for, in seconds since the epoch.
    """
    try:
        return work()
    except NotYetVisible:
        if clock.now() - since() > WAITING_SECONDS:
            raise
        return False


def _release_section(board_id: str, section_id: str) -> None:
    _, section = boards.get_with_section(board_id, section_id)
    if section is None or not section.deleted:
        return

    def release(batch: list[Pin]) -> None:
        tx = Transaction()
        for pin in batch:
            pins.leave_section(tx, pin, otherwise=_Changed())
        boards.leave_section(tx, board_id, section_id, len(batch), otherwise=_Changed())
        tx.commit()

    def finish() -> None:
        tx = Transaction()
        boards.remove_section(tx, board_id, section_id, otherwise=_not_yet_empty)
        boards.forget_section(tx, board_id, section_id, otherwise=_Changed())
        tx.commit()

    if not _drain(lambda: pins.list_in_section(section_id, limit=MAX_READ, strict=True)[0], release, finish):
        _again(lambda tx: boards.touch_section(tx, board_id, section_id, otherwise=_Changed()))


def _drain(read: Callable[[], list[Pin]], work: Callable[[list[Pin]], None], finish: Callable[[], None]) -> bool:
    """Work on all pins in transactions, then finish. False when the time is up before all pins in sight are done.

    Raises:
        NotYetVisible: pins are counted that the index did not show in all that time.
    """
    deadline = monotonic() + BUDGET_SECONDS
    done: set[str] = set()
    while True:
        while waiting := [pin for pin in read() if pin.id not in done]:
            for batch in _batches(waiting):
                if monotonic() > deadline:
                    return False
                try:
                    work(batch)
                except _Changed:
                    _one_by_one(batch, work)
                done.update(pin.id for pin in batch)
        try:
            finish()
            return True
        except NotYetVisible:
            if monotonic() + LAG_SECONDS > deadline:
                raise
            sleep(LAG_SECONDS)


def _one_by_one(batch: list[Pin], work: Callable[[list[Pin]], None]) -> None:
    """A pin that changed must not hold up the others; if it is still to be done, the next look finds it."""
    for pin in batch:
        try:
            work([pin])
        except _Changed:
            continue


def _batches(waiting: list[Pin]) -> list[list[Pin]]:
    """Batches that fit a transaction: a write for each pin, each upload and each user, and one for the board."""
    batches: list[list[Pin]] = [[]]
    room, users = TRANSACTION_LIMIT - 1, set[str]()
    for pin in waiting:
        writes = 1 + len(pin.uploads) + (pin.owner_id not in users)
        if writes > room and batches[-1]:
            batches.append([])
            room, users = TRANSACTION_LIMIT - 1, set()
            writes = 2 + len(pin.uploads)
        batches[-1].append(pin)
        users.add(pin.owner_id)
        room -= writes
    return batches


def _again(touch: Callable[[Transaction], None]) -> None:
    tx = Transaction()
    touch(tx)
    tx.commit()


def _bring_to_merged(board_id: str) -> None:
    """To the end of the chain, wherever that is by now: a merge, a trip to the trash and back, or a purge of what it
    was merged into may come between any two transactions.
    """
    while on_the_way := merging.way(board_id):
        with suppress(merging.MovedOn):
            _bring(*on_the_way)
            return


def _bring(source: Board, target: Board) -> None:
    try:
        merging.bring_all_but_pins(source, target)
    except Changed:
        raise NotYetVisible("What is brought changed; the record must come again.") from None

    def carry(batch: list[Pin]) -> None:
        merging.carry(source, target, batch, otherwise=_Changed())

    def finish() -> None:
        merging.close(source, otherwise=_not_yet_empty)

    if not _is_done(
        lambda: _drain(lambda: pins.list_on_board(source.id, limit=MAX_READ, strict=True)[0], carry, finish),
        since=lambda: merges.ordered_at(source.id),
    ):
        _again(lambda tx: merges.go_on(tx, source.id, otherwise=_Changed()))


def _purge_board(board_id: str) -> None:
    board = boards.get(board_id)
    if board is None or board.deleted or not board.trashed_at:
        return
    tx = Transaction()
    boards.purge(tx, board, otherwise=_Changed())
    trash.require_gone(tx, keys.board_in_trash(board_id), otherwise=_Changed())
    _unless_changed(tx)


def _purge_pin(pin_id: str) -> None:
    pin = pins.get(pin_id)
    if pin is None or not pin.trashed_at:
        return
    tx = Transaction()
    pins.purge(tx, pin, otherwise=_Changed())
    trash.require_gone(tx, keys.pin_in_trash(pin_id), otherwise=_Changed())
    uploads.dereference(tx, pin)
    _unless_changed(tx)


def _unless_changed(tx: Transaction) -> None:
    """What was restored, or came into the trash again, has a record of its own to come."""
    with suppress(_Changed):
        tx.commit()


def _watch_upload(object_key: str) -> None:
    if uploads.is_referenced(object_key):
        return
    tx = Transaction()
    uploads.mark_unused(tx, object_key)
    tx.commit()


def _not_yet_empty(standing: Raw | None) -> Exception:
    return _Changed() if standing is None else NotYetVisible("Something is counted that the index does not show yet.")
