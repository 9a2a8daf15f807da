"""A viewer before a board: the facts are loaded, the visibility policy is asked."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from presence.domain.entities import Board, Pin, Role, Viewer
from presence.domain.errors import BoardMerged, BoardNotFound, PresenceError
from presence.policies import permissions, visibility
from presence.policies.permissions import Action
from presence.policies.visibility import Standing
from presence.storage import boards, standings
from presence.storage.standings import Facts
from presence.storage.table import Otherwise, Raw


@dataclass(frozen=True, slots=True)
class Seen:
    """A board with what its viewer is to it: what is shown of it, and what they may do, follow from both."""

    board: Board
    standing: Standing
    place: str | None = None
    """Where it lies in the list that is being read, if not where its owner put it."""

    @property
    def id(self) -> str:
        return self.board.id

    @property
    def position(self) -> str:
        return self.place or self.board.position

    @property
    def owner_name(self) -> str:
        """The owner's username; the policy hides boards that have no owner any more, so one that is shown has one."""
        return self.standing.owner.username if self.standing.owner else ""


def board(viewer: Viewer, board_id: str) -> Seen:
    """The board, if there is one that the viewer may see. 2 requests, whether it is there, hidden or not there.

    Raises:
        BoardNotFound: there is none, or it is hidden: the two cannot be told apart.
        BoardMerged: it was merged into a board that the viewer may see.
    """
    return visible(standing(viewer, boards.get(board_id), board_id))


def visible(seen: Seen | None) -> Seen:
    """
    Raises:
        BoardNotFound: there is no board, or it is hidden.
    """
    if seen is None or not visibility.may_view_board(seen.board, seen.standing):
        raise BoardNotFound
    return seen


def standing(viewer: Viewer, found: Board | None, asked_id: str) -> Seen | None:
    """What the viewer is to a board that was looked for: 1 request.

    For one that is not there as much is read, or the difference would tell it from one that is hidden.
    """
    if found is None:
        standings.load(viewer.user_id, people=(asked_id,), board_ids=(asked_id,))
        return None
    if found.merged_into and not found.deleted:
        end, facts = followed(viewer, found)
        if visibility.may_view_board(end, told(viewer, end, facts)):
            raise BoardMerged(asked_id, end.id)
        return None
    return before(viewer, (found,))[0]


def followed(viewer: Viewer, merged: Board, *, also: Iterable[str] = ()) -> tuple[Board, Facts]:
    """Where a merged board's pins are now, with what the viewer is to that board: 1 request for each merge on the way,
    so that a board that was merged once takes as many as one that is not there; 1 more where the board at the end was
    given to somebody else since.
    """
    board, owner_id = merged, merged.owner_id
    while True:
        end_id = board.merged_into or board.id
        facts = standings.load(viewer.user_id, people=(owner_id, *also), board_ids=(end_id,), boards=(end_id,))
        board = facts.boards.get(end_id) or gone(end_id)
        if board.deleted or not (board.merged_into or board.owner_id != owner_id):
            return board, facts
        owner_id = board.owner_id


def end_of(merged: Board) -> Board:
    """Where a merged board's pins go: 1 request for each merge on the way."""
    board = merged
    while board.merged_into and not board.deleted:
        board = boards.get(board.merged_into) or gone(board.merged_into)
    return board


def ends_of(found: dict[str, Board]) -> dict[str, Board]:
    """For each of the boards the one where its pins are or go: 1 request more for each merge on the longest way."""
    ends = dict(found)
    while merged := {board.merged_into for board in ends.values() if board.merged_into and not board.deleted}:
        ahead = boards.get_many(merged)
        ends = {
            board_id: (ahead.get(board.merged_into) or gone(board.merged_into))
            if board.merged_into and not board.deleted
            else board
            for board_id, board in ends.items()
        }
    return ends


def carried(pin: Pin, on: Board, end: Board) -> Pin:
    """A pin of a merged board as it is, or will be, on the board at the end: in its section, and in its order."""
    if end.id == pin.board_id:
        return pin
    section_id = None if pin.section_id in on.deleted_section_ids else pin.section_id
    section_rank = pin.section_rank if section_id else None
    return replace(pin, board_id=end.id, section_id=section_id, section_rank=section_rank)


def before(viewer: Viewer, found: Iterable[Board]) -> list[Seen]:
    """What the viewer is to each of the boards, in their order: 1 request per 100 facts, 1 fact for an own board and
    3 for another.
    """
    theirs = list(found)
    facts = standings.load(
        viewer.user_id,
        people=[each.owner_id for each in theirs],
        board_ids=[each.id for each in theirs if each.owner_id != viewer.user_id],
    )
    return [Seen(each, told(viewer, each, facts)) for each in theirs]


def told(viewer: Viewer, found: Board, facts: Facts) -> Standing:
    """A standing from facts that have been loaded."""
    member = facts.members.get(found.id)
    role = Role.OWNER if found.owner_id == viewer.user_id else member.role if member else None
    return Standing(viewer, facts.profiles.get(found.owner_id), role, facts.ties.get(found.owner_id))


def in_places(viewer: Viewer, places: Iterable[tuple[str, str]]) -> list[Seen]:
    """Boards, each an id and where it stands in a list, before the viewer: 1 request per 100 boards, 1 per 100 facts.

    One that is not there any more is in its place as one that the visibility policy hides.
    """
    those = list(places)
    found = boards.get_many(board_id for board_id, _ in those)
    seen = {each.id: each for each in before(viewer, found.values())}
    return [
        replace(seen[board_id], place=place) if board_id in seen else nothing(viewer, place)
        for board_id, place in those
    ]


def nothing(viewer: Viewer, place: str) -> Seen:
    """Holds a place in a list where a board is gone, or not to be listed: the visibility policy hides it."""
    return Seen(gone(""), Standing(viewer, owner=None), place)


def names(facts: Facts) -> dict[str, str]:
    """The usernames of those whom the viewer may see, by user id."""
    return {
        user_id: profile.username
        for user_id, profile in facts.profiles.items()
        if visibility.may_see_user(profile, facts.ties.get(user_id))
    }


def closed(viewer: Viewer, board_id: str, action: Action, otherwise: Otherwise) -> Otherwise:
    """What a write is told whose condition failed on a board: what a request that begins now would be told of it.

    The board may have been deleted, archived or merged since it was read, or the viewer's part on it have ended. Where
    they may still do it, ``otherwise`` says what came between.
    """

    def told_now(standing: Raw | None) -> Exception:
        try:
            seen = board(viewer, board_id)
            permissions.require_board(action, seen.board, seen.standing)
        except PresenceError as error:
            return error
        return otherwise if isinstance(otherwise, Exception) else otherwise(standing)

    return told_now


def gone(board_id: str) -> Board:
    """Stands for a board that is not there any more, where something still names it. It is hidden from everybody."""
    return Board(id=board_id, owner_id="", name="", slug="", privacy="", created_at="", deleted=True)
