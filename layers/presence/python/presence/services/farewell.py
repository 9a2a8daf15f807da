"""Deleting an account: hidden at once, and removed by the stream with everything that is its user's.

The marked profile is the work order and the last to go: only when nothing is left in its user's lists and partition,
and nothing of theirs is counted any more. Boards that they own go with all that is on them, whoever added it (transfer
a board before to keep it); what they added elsewhere goes too.
"""

from dataclasses import replace
from time import monotonic, sleep

from presence.domain.entities import Board, BoardFollow, Pin, Profile, Tie
from presence.domain.errors import UserNotFound
from presence.services import exporting, follows, importing
from presence.services.paging import MAX_READ
from presence.storage import boards, codec, keys, members, pins, profiles, remains, ties, trash, uploads
from presence.storage.members import Count
from presence.storage.table import TRANSACTION_LIMIT, Raw, Transaction

BUDGET_SECONDS = 10.0
"""One turn holds up the stream for no longer; then the profile goes through it again, behind the others."""
PAUSE_SECONDS = 0.5
"""What has been marked goes in turns of its own; there is no use in looking for it all the time."""
_TIES_AT_ONCE = 40
_BOARDS_AT_ONCE = 30
"""In a transaction, with the writes that each takes and the owner's profile."""


class _Changed(Exception):
    """What was to go changed meanwhile; look again."""


class _Late(Exception):
    """The time is up."""


def work(user_id: str) -> None:
    """Go on with removing what is a deleted user's. Doing it again, or later, is harmless.

    Raises:
        Throttled, StorageUnavailable, Conflict: the record must come again.
    """
    profile = profiles.get(user_id)
    if profile is None or not profile.deleted:
        return
    try:
        _Farewell(profile, monotonic() + BUDGET_SECONDS).take()
    except (_Late, _Changed, follows.Changed, UserNotFound):  # the last where a follower's account went just now
        _again(user_id)


def _again(user_id: str) -> None:
    tx = Transaction()
    profiles.touch(tx, user_id, otherwise=_Changed())
    try:
        tx.commit()
    except _Changed:
        return  # another turn was the last


class _Farewell:
    """Some seconds of work on one account."""

    def __init__(self, profile: Profile, deadline: float) -> None:
        self._profile = profile
        self._id = profile.id
        self._deadline = deadline

    def take(self) -> None:
        self._boards()
        self._trash()
        self._pins_elsewhere()
        self._followers()
        self._parts_on_boards()
        is_empty = self._partition()
        if is_empty:
            tx = Transaction()
            nothing_shown = replace(self._profile, avatar=None, banner=None)
            uploads.reference_from_profile(tx, self._profile, nothing_shown)
            profiles.remove(tx, self._id, otherwise=_Changed())
            try:
                tx.commit()
                return
            except _Changed:
                pass  # boards are still being cleaned up, or follows counted
        sleep(PAUSE_SECONDS)
        raise _Changed

    def _commit(self, tx: Transaction) -> None:
        if monotonic() > self._deadline:
            raise _Late
        tx.commit()

    def _boards(self) -> None:
        for read in (boards.list_of_owner, boards.list_archived):
            while found := read(self._id, after=None, limit=_BOARDS_AT_ONCE, strict=True)[0]:
                self._mark_deleted(found)

    def _trash(self) -> None:
        while found := boards.list_trashed(self._id, after=None, limit=_BOARDS_AT_ONCE, strict=True)[0]:
            tx = Transaction()
            for board in found:
                boards.purge(tx, board, otherwise=_Changed())
                trash.forget(tx, keys.board_in_trash(board.id))
            self._commit(tx)
        while pins_there := pins.list_trashed(self._id, after=None, limit=_BOARDS_AT_ONCE, strict=True)[0]:
            for pin in pins_there:
                tx = Transaction()
                pins.purge(tx, pin, otherwise=_Changed())
                trash.forget(tx, keys.pin_in_trash(pin.id))
                uploads.dereference(tx, pin)
                self._commit(tx)

    def _mark_deleted(self, found: list[Board]) -> None:
        tx = Transaction()
        for board in found:
            boards.mark_deleted(tx, board, version=None, otherwise=_Changed())
            boards.release_slug(tx, board, otherwise=_Changed())
        profiles.count_board(tx, self._id, -len(found), otherwise=_Changed())
        self._commit(tx)

    def _pins_elsewhere(self) -> None:
        after, more = None, True
        while more:
            found, more = pins.list_of_owner(self._id, after=after, limit=MAX_READ, strict=True)
            on = boards.get_many({pin.board_id for pin in found}, strict=True)
            for pin in found:
                board = on.get(pin.board_id)
                if board and board.owner_id != self._id:
                    self._remove_pin(pin)
            after = found[-1].id if found else None

    def _remove_pin(self, pin: Pin) -> None:
        tx = Transaction()
        pins.delete(tx, pin, otherwise=_Changed())
        boards.uncount_pins_of_deleted(tx, pin.board_id, 1, otherwise=_Changed())
        if pin.section_id:
            boards.leave_section(tx, pin.board_id, pin.section_id, otherwise=_Changed())
        profiles.count_pins(tx, self._id, -1, otherwise=_Changed())
        uploads.dereference(tx, pin)
        self._commit(tx)

    def _parts_on_boards(self) -> None:
        """Where they work on boards of others, are invited to or ask to."""
        while found := boards.list_memberships(self._id, after=None, limit=MAX_READ, strict=True)[0]:
            for member in found:
                tx = Transaction()
                members.remove(tx, member.board_id, self._id, otherwise=_Changed())
                self._uncount(tx, member.board_id, Count.COLLABORATORS)
        while invitations := members.list_invitations_of(self._id, after=None, limit=MAX_READ, strict=True)[0]:
            for invitation in invitations:
                tx = Transaction()
                members.remove_invitation(tx, invitation, otherwise=_Changed())
                self._uncount(tx, invitation.board_id, Count.INVITATIONS)
        while requests := members.list_join_requests_of(self._id, limit=MAX_READ):
            for request in requests:
                tx = Transaction()
                members.remove_join_request(tx, request, otherwise=_Changed())
                self._uncount(tx, request.board_id, Count.JOIN_REQUESTS)

    def _uncount(self, tx: Transaction, board_id: str, kind: Count) -> None:
        members.count(tx, board_id, {kind: -1}, at_most={}, otherwise=_Changed())
        self._commit(tx)

    def _followers(self) -> None:
        """Those who follow or ask to: their ties are over, which the stream counts and removes."""
        for read in (ties.list_followers, ties.list_follow_requests):
            while found := read(self._id, limit=_TIES_AT_ONCE, strict=True)[0]:
                tx = Transaction()
                for tie in found:
                    follows.change(tx, tie, replace(tie, following=None))
                self._commit(tx)

    def _untie(self, tie: Tie) -> None:
        """Whom they follow, block or are blocked by. Blocks stand on both sides."""
        back = ties.get(tie.to_id, self._id)
        tx = Transaction()
        for each in (tie, back):
            if each and not each.is_over:
                follows.change(tx, each, replace(each, following=None, blocks=False, blocked=False))
        if len(tx):
            self._commit(tx)

    def _forget_board(self, edge: BoardFollow) -> None:
        if not edge.is_over:
            tx = Transaction()
            ties.change(tx, edge, replace(edge, follows=False, is_over=True), otherwise=_Changed())
            self._commit(tx)

    def _partition(self) -> bool:
        """Whether nothing but the profile is left there."""
        while found := remains.list_of(self._id, limit=TRANSACTION_LIMIT):
            leaving = [item for item in found if self._let_go(item)]
            if not leaving:
                return False
            tx = Transaction()
            for item in leaving:
                remains.remove(tx, item)
            self._commit(tx)
        return True

    def _let_go(self, item: Raw) -> bool:
        """Whether an item can simply be removed; others go by themselves when what they belong to is gone."""
        match remains.kind(item):
            case "tie":
                self._untie(codec.tie(item))
                return False
            case "board_follow":
                self._forget_board(codec.board_follow(item))
                return False
            case "export":
                exporting.forget(codec.job(item))
            case "import":
                importing.forget(codec.job(item))
            case "claim":
                return not item["sk"]["S"].startswith(keys.SLUG_PREFIX)
            case "receipt" | "hidden_people" | "sweep":
                return True
            case _:
                return False
        return True
