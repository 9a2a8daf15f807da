"""Timelines in the discovery table, and for each pin the note on which of them it may stand."""

import struct
from base64 import b64decode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from presence.domain.timelines import BOTTOM, Block, is_fence
from presence.storage import index, keys, table
from presence.storage.index import Decoder, Group, Write
from presence.storage.table import Raw


@dataclass(frozen=True, slots=True)
class Stored:
    """A block as it lies in the table, or may come to lie there."""

    block: Block
    is_newest: bool
    revision: int | None = 0


def newest(lines: Iterable[str], *, consistent: bool = False) -> dict[str, Stored]:
    """The newest block of each timeline, an empty one where there is none: 1 request per 100, half a read unit each (1
    if consistent).
    """
    wanted = {line: keys.newest_block(line) for line in lines}
    found = index.read(wanted.values(), consistent=consistent)
    return {line: _newest(line, found.get(key)) for line, key in wanted.items()}


def older(line: str, than: str) -> Stored | None:
    """The block below the newest that holds what comes before an id, as of now: 1 request, 1 read unit.

    Consistent, because a block that was cut off a moment ago may not be missed.
    """
    partition, _ = keys.newest_block(line)
    start = table.position(keys.older_block(line, than))
    found, _ = table.query(partition, of=index.name(), after=start, limit=1)
    return Stored(Block(found[0]["sk"]["S"], entries(found[0])), False, index.revision(found[0])) if found else None


def _newest(line: str, raw: Raw | None) -> Stored:
    told = fence(raw) if raw else BOTTOM
    # What is below must not be lost with it.
    return Stored(Block(told or _fence_above_older(line), entries(raw)), True, index.revision(raw))


def _fence_above_older(line: str) -> str:
    """Of the newest block, as the one below it implies."""
    below = older(line, keys.NEWEST)
    return max(below.block.entries, default=below.block.fence) if below else BOTTOM


@Decoder
def fence(raw: Raw | None) -> str | None:
    """Of a block."""
    if raw is None:
        return None
    told: str = raw["fence"]["S"] if raw["sk"]["S"] == keys.NEWEST else raw["sk"]["S"]
    if not is_fence(told):
        raise ValueError("no fence of ours")
    return told


@Decoder
def entries(raw: Raw | None) -> dict[str, str]:
    """The pins that stand in a block, with their boards."""
    return _unpacked(b64decode(raw["pins"]["B"])) if raw else {}


@Decoder
def above_fence(raw: Raw | None) -> dict[str, str]:
    """The same; an item of which some stand where its fence says that none does cannot be read."""
    told, there = fence(raw), entries(raw)
    if any(pin_id <= told for pin_id in there if told):
        raise ValueError("pins below the fence")
    return there


def newest_again(line: str) -> Group:
    """Puts the newest block down as far as it can be read: its fence leads to what is below, and is lowered only where
    it must be, since somebody who read it may be about to put a pin below it.
    """
    key = keys.newest_block(line)
    raw = index.read([key], consistent=True).get(key)
    told, there = fence(raw), entries(raw)
    if told is None or any(pin_id <= told for pin_id in there):
        told = _fence_above_older(line)
        there = {pin_id: board_id for pin_id, board_id in there.items() if pin_id > told}
    return block_writes(line, Stored(Block(told, there), True, index.revision(raw) or None))


def line_of(partition: str) -> str:
    """The name of a timeline, by its blocks' keys."""
    return partition.removeprefix(f"{keys.TIMELINE}#")


def block_writes(line: str, stored: Stored) -> Group:
    """Puts a changed block down, in parts if it has grown too large: all at once, so that none is ever missing.

    An empty one goes, and what is below it holds its place too; the newest stays while others are below it.
    """
    block = stored.block
    *cut_off, last = block.parts()
    if stored.is_newest:
        is_there = bool(last.entries) or last.fence != BOTTOM
        top = Write(keys.newest_block(line), _attributes(last, fence=True) if is_there else None, stored.revision)
        return Group([*(_new(line, part) for part in cut_off), top], at_once=bool(cut_off))
    first, *rest = [*cut_off, last]
    bottom = Write(keys.older_block(line, first.fence), _attributes(first) if first.entries else None, stored.revision)
    return Group([bottom, *(_new(line, part) for part in rest)], at_once=bool(rest))


def _new(line: str, block: Block) -> Write:
    return Write(keys.older_block(line, block.fence), _attributes(block), 0)


def _attributes(block: Block, *, fence: bool = False) -> Mapping[str, Raw]:
    attributes: dict[str, Raw] = {"pins": {"B": _packed(block)}}
    return attributes | {"fence": {"S": block.fence}} if fence else attributes


_ENTRY = struct.Struct(">QQ")


def _packed(block: Block) -> bytes:
    return b"".join(_ENTRY.pack(int(pin_id), int(board_id)) for pin_id, board_id in block.newest_first())


def _unpacked(data: bytes) -> dict[str, str]:
    return {str(pin_id): str(board_id) for pin_id, board_id in _ENTRY.iter_unpack(data)}


@dataclass(frozen=True, slots=True)
class Note:
    """On which timelines a pin may stand: on all where it does, and where somebody was about to put it."""

    lines: Mapping[str, int] = field(default_factory=dict)
    """With the moment when somebody last noted to put it there, in seconds since the Unix epoch."""
    is_leaving: bool = False
    """It stands nowhere any more; the note goes by itself, see ``index.leaving``."""
    revision: int = 0


def notes(pin_ids: Iterable[str]) -> dict[str, Note]:
    """1 request per 100, as of now."""
    wanted = {pin_id: keys.timelines_of_pin(pin_id) for pin_id in pin_ids}
    found = index.read(wanted.values(), consistent=True)
    return {pin_id: _note(found.get(key)) for pin_id, key in wanted.items()}


def _note(raw: Raw | None) -> Note:
    return Note(noted(raw), index.is_leaving(raw), index.revision(raw)) if raw else Note()


@Decoder
def noted(raw: Raw | None) -> dict[str, int]:
    """The lines of a note."""
    if raw is None:
        return {}
    if "since" in raw:  # as it was written when all lines of a note had one moment
        return dict.fromkeys(raw["lines"]["SS"], int(raw["since"]["N"]))
    return {line: int(at["N"]) for line, at in raw["lines"]["M"].items()}


def note_write(pin_id: str, note: Note) -> Write:
    attributes: Mapping[str, Raw] = {"lines": {"M": {line: {"N": str(at)} for line, at in note.lines.items()}}}
    if note.is_leaving:
        attributes = index.leaving(attributes)
    return Write(keys.timelines_of_pin(pin_id), attributes if note.lines else None, note.revision)
