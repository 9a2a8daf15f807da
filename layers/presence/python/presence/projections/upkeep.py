"""What must follow a change of the main table, told from its stream. The order to do it is the item itself.

Doing a task twice, late, or in another order ends in the same state, so replays and duplicates are harmless.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from presence.domain.entities import Following

Image = Mapping[str, Any] | None
"""An item before or after the change, as DynamoDB writes it; None where there was or is none."""

# Not named tuples: those of different classes are equal when their values are, and a batch does equal tasks once.


@dataclass(frozen=True, slots=True)
class CleanUpBoard:
    """Delete the pins of a deleted board, what else lies with it (sections, members, invitations), and the board."""

    board_id: str


@dataclass(frozen=True, slots=True)
class ReleaseSection:
    """Put the pins of a deleted section on the board itself, then delete the section."""

    board_id: str
    section_id: str


@dataclass(frozen=True, slots=True)
class RefreshCover:
    """Show the board's first pins on its cover."""

    board_id: str


@dataclass(frozen=True, slots=True)
class BringToMerged:
    """Bring what is on a merged board to where it went."""

    board_id: str


@dataclass(frozen=True, slots=True)
class PurgeBoard:
    """A board's time in the trash is over; delete it unless it was restored."""

    board_id: str


@dataclass(frozen=True, slots=True)
class PurgePin:
    """A pin's time in the trash is over; delete it unless it was restored."""

    pin_id: str


@dataclass(frozen=True, slots=True)
class Rebalance:
    """Make room around something, told by its key, that was put where ranks had become long."""

    pk: str
    sk: str


@dataclass(frozen=True, slots=True)
class FinishPinBatch:
    """Copy or move what is left of many pins; mostly nothing is."""

    user_id: str
    batch_id: str


@dataclass(frozen=True, slots=True)
class WatchUpload:
    """A pin stopped showing an upload; unless others show it, start its last hour."""

    object_key: str


@dataclass(frozen=True, slots=True)
class SweepUpload:
    """An upload's last hour is over; delete it unless a pin shows it."""

    object_key: str


@dataclass(frozen=True, slots=True)
class CountFollowers:
    """Make the ties of these users to one user agree with that one's number of followers."""

    user_id: str
    follower_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CountBoardFollowers:
    """Make what these users say of a board agree with its number of followers."""

    board_id: str
    follower_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class UndoBoardFollows:
    """Undo what two users followed of each other's boards before one blocked the other."""

    blocker_id: str
    blocked_id: str
    since: str
    """An id made when the block began: what was followed after it, because the block is over, stays."""


@dataclass(frozen=True, slots=True)
class GoOnWithExport:
    """Write more of an archive."""

    user_id: str
    export_id: str


@dataclass(frozen=True, slots=True)
class GoOnWithImport:
    """Read more of an archive."""

    user_id: str
    import_id: str


@dataclass(frozen=True, slots=True)
class RemoveAccount:
    """Remove what is a deleted user's, then their profile."""

    user_id: str


type Task = (
    CleanUpBoard
    | ReleaseSection
    | RefreshCover
    | Rebalance
    | FinishPinBatch
    | CountFollowers
    | CountBoardFollowers
    | UndoBoardFollows
    | BringToMerged
    | PurgeBoard
    | PurgePin
    | WatchUpload
    | SweepUpload
    | GoOnWithExport
    | GoOnWithImport
    | RemoveAccount
)


def tasks(old: Image, new: Image) -> Iterator[Task]:  # noqa: C901, PLR0912 - one case for each kind of item
    """What follows from one record of the stream."""
    if new and "crowded" in new:
        yield Rebalance(_text(new, "pk"), _text(new, "sk"))
    match _text(new or old, "kind"):
        case "board" if new and _deleted(new):
            yield CleanUpBoard(_text(new, "id"))
        case "section" if new and _deleted(new):
            yield ReleaseSection(_text(new, "board_id"), _text(new, "id"))
        case "pin":
            yield from _covers(old, new)
        case "tie" if new:
            yield from _ties(old, new)
        case "board_follow" if new and _miscounted(new, is_follow="follows" not in new, is_over="is_over" in new):
            yield CountBoardFollowers(_text(new, "board_id"), (_text(new, "user_id"),))
        case "profile" if new and _deleted(new):
            yield RemoveAccount(_text(new, "id"))
        case "export" | "import" as kind if _is_at_work(new):
            go_on = GoOnWithExport if kind == "export" else GoOnWithImport
            yield go_on(_text(new, "user_id"), _text(new, "id"))
        case "merge" if new:
            yield BringToMerged(_text(new, "board_id"))
        case "trash" if old and not new:
            thing, thing_id = _partition(old)
            yield PurgeBoard(thing_id) if thing == "BOARD" else PurgePin(thing_id)
        case "pin_batch" if new and not old:
            yield FinishPinBatch(_text(new, "user_id"), _text(new, "id"))
        case "upload_reference" if old and not new:
            yield WatchUpload(_partition(old)[1])
        case "upload_unused" if old and not new:
            yield SweepUpload(_partition(old)[1])


def _covers(old: Image, new: Image) -> Iterator[RefreshCover]:
    """A board's pictures change when a pin comes, goes or is put elsewhere; nothing edits a pin's picture."""
    before, after = _shown_on(old), _shown_on(new)
    if before != after:
        yield from (RefreshCover(board_id) for board_id in dict.fromkeys((before[0], after[0])) if board_id)


def _ties(old: Image, new: Mapping[str, Any]) -> Iterator[Task]:
    from_id, to_id = _text(new, "from_id"), _text(new, "to_id")
    is_over = not ({"following", "blocks", "blocked"} & new.keys())
    if _miscounted(new, is_follow=_text(new, "following") == Following.APPROVED, is_over=is_over):
        yield CountFollowers(to_id, (from_id,))
    if "blocks" in new and not (old and "blocks" in old):
        yield UndoBoardFollows(from_id, to_id, _text(new, "since"))


def _miscounted(edge: Mapping[str, Any], *, is_follow: bool, is_over: bool) -> bool:
    return is_over or is_follow is not ("counted" in edge)


def joined(asked: Mapping[Task, list[str]]) -> dict[Task, list[str]]:
    """What a batch of records asks for, each task with the records that ask for it, and all that is to be counted for
    one user or board as one task: a profile that thousands follow at the same moment is written once a batch.

    Counts come first: a deleted board is cleaned up when nothing is counted any more.
    """
    counts: dict[CountFollowers | CountBoardFollowers, tuple[list[str], list[str]]] = {}
    others: dict[Task, list[str]] = {}
    for task, numbers in asked.items():
        if isinstance(task, CountFollowers | CountBoardFollowers):
            follower_ids, records = counts.setdefault(replace(task, follower_ids=()), ([], []))
            follower_ids += task.follower_ids
            records += numbers
        else:
            others[task] = numbers
    return {
        replace(task, follower_ids=tuple(follower_ids)): records for task, (follower_ids, records) in counts.items()
    } | others


def _shown_on(image: Image) -> tuple[str, str]:
    """The board, and the place on it."""
    return ("", "") if _text(image, "trashed_at") else (_text(image, "board_id"), _text(image, "board_sk"))


def _text(image: Image, name: str) -> str:
    return str(image[name]["S"]) if image and name in image else ""


def _is_at_work(image: Image) -> bool:
    return _text(image, "status") in ("queued", "running")


def _deleted(image: Mapping[str, Any]) -> bool:
    return bool(image.get("deleted", {}).get("BOOL"))


def _partition(image: Mapping[str, Any]) -> tuple[str, str]:
    """What kind of thing the item belongs to, and which."""
    kind, _, name = _text(image, "pk").partition("#")
    return kind, name
