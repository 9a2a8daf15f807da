"""Keeping the timelines true, as ``services.indexing`` keeps the posting lists: look at what is there now, have the
timelines say that, look once more.

A pin may stand where its board once belonged, so each has a note of where it may stand. It is written before the pin
is put anywhere, and cut down after it was taken away, when nobody can be at work any more who relies on it; whoever is
stopped between leaves too long a note.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace

from presence.domain import clock
from presence.domain.errors import Conflict
from presence.domain.timelines import Block
from presence.projections.timelines import Place, place
from presence.services import access
from presence.storage import boards, index, pins, profiles, timelines
from presence.storage.index import RUN_SECONDS, Group
from presence.storage.timelines import Note, Stored

ATTEMPTS = 12

type Places = dict[str, Place | None]
"""By pin id; None: on no timeline."""
type Lines = Mapping[str, Collection[str]]
"""By pin id the timelines where it may stand, beside those that its note names."""


def refresh(lines: Lines) -> None:
    """Have the timelines say of each pin what it is now.

    Raises:
        Conflict: others kept changing the same; it must come again.
        Throttled, StorageUnavailable: as any request.
    """
    run = _Run(lines)
    pending = set(lines)
    for _ in range(ATTEMPTS):
        if not pending:
            return
        truth = told(pending)
        later = _write(run, truth)
        pending = later | {pin_id for pin_id, now in told(pending).items() if now != truth[pin_id]}
    raise Conflict("Others keep changing the same pins.")


class _Run:
    """What a call of ``refresh`` remembers from one attempt for the next."""

    def __init__(self, lines: Lines) -> None:
        self.met = {pin_id: set(of_pin) for pin_id, of_pin in lines.items()}
        """By pin the lines where it may stand: those that it was put on, whatever the note says by now."""
        self.putting: set[str] = set()
        """Pins to put somewhere where that was noted so long ago that others may drop the note meanwhile."""


def told(pin_ids: Iterable[str]) -> Places:
    """Where the pins belong now: 1 request per 100 pins, their boards (2 where boards were merged) and their owners."""
    wanted = list(pin_ids)
    found = pins.get_many(wanted)
    ends = access.ends_of(boards.get_many({pin.board_id for pin in found.values()}))
    owners = profiles.get_many({board.owner_id for board in ends.values()})

    def now(pin_id: str) -> Place | None:
        pin = found.get(pin_id)
        board = ends.get(pin.board_id) if pin else None
        return place(pin, board, owners.get(board.owner_id) if board else None)

    return {pin_id: now(pin_id) for pin_id in wanted}


def astray(lines: Lines) -> list[tuple[str, str]]:
    """The timelines, with the pins, that say something else of a pin than it is, or of which its note does not tell:
    the requests of ``told``, 1 per 100 notes and per 100 timelines, and 1 for each block further down.
    """
    truth = told(lines)
    notes = timelines.notes(truth)
    found: list[tuple[str, str]] = []
    looked_on: dict[str, set[str]] = defaultdict(set)
    for pin_id, now in truth.items():
        rightly = now.lines if now else frozenset()
        found += [(line, pin_id) for line in rightly - notes[pin_id].lines.keys()]
        for line in {*rightly, *notes[pin_id].lines, *lines[pin_id]}:
            looked_on[line].add(pin_id)
    newest = timelines.newest(looked_on, consistent=True)
    for line, pin_ids in looked_on.items():
        for stored, here in _holding(line, newest[line], pin_ids):
            found += [(line, pin_id) for pin_id in here if stored.block.entries.get(pin_id) != _on(truth[pin_id], line)]
    return list(dict.fromkeys(found))


def _write(run: _Run, truth: Places) -> set[str]:
    """Gives the pins of which somebody else wrote something at the same time, or whose note is to be renewed."""
    found = timelines.notes(truth)
    wanted = {pin_id: now.lines if now else frozenset() for pin_id, now in truth.items()}
    longer = {pin_id: _lengthened(run, pin_id, note, wanted[pin_id]) for pin_id, note in found.items()}
    notes, late = _note(found, longer)
    for pin_id, note in notes.items():
        run.met[pin_id] |= note.lines.keys()
    late |= _put(run, {pin_id: now for pin_id, now in truth.items() if pin_id not in late}, notes)
    done = {pin_id: _shortened(note, wanted[pin_id]) for pin_id, note in notes.items() if pin_id not in late}
    _, also_late = _note(notes, done)
    return late | also_late


def _age(note: Note, line: str) -> float:
    """How long ago it was noted, in seconds. For one ``RUN_SECONDS`` whoever reads that may begin to put the pin there;
    for another one it stays noted, since they may still be at it, and should they be stopped, it alone says where the
    pin may stand.
    """
    return clock.now() - note.lines.get(line, 0)


def _lengthened(run: _Run, pin_id: str, note: Note, lines: frozenset[str]) -> Note:
    is_enough = lines <= note.lines.keys() and not (lines and note.is_leaving)
    if is_enough and pin_id not in run.putting:
        return note
    return replace(note, lines={**note.lines, **dict.fromkeys(lines, int(clock.now()))}, is_leaving=False)


def _shortened(note: Note, lines: frozenset[str]) -> Note:
    """Without the lines where nobody can be at work any more to put it. So however often a pin is moved, what is noted
    is where it was within ``2 * RUN_SECONDS``: 70 KB at most, at a move in each of the indexer's batches, one in 2 s.
    """
    left = {line: at for line, at in note.lines.items() if line in lines or _age(note, line) <= 2 * RUN_SECONDS}
    return replace(note, lines=left, is_leaving=bool(left and not lines))


def _note(notes: Mapping[str, Note], wanted: Mapping[str, Note]) -> tuple[dict[str, Note], set[str]]:
    """Have the notes say so. Gives them as they are now, and the pins whose note somebody else wrote."""
    writes = {pin_id: timelines.note_write(pin_id, note) for pin_id, note in wanted.items() if note != notes[pin_id]}
    written = index.write_each([Group([each]) for each in writes.values()])
    late = {pin_id for pin_id, is_written in zip(writes, written, strict=True) if not is_written}
    now = {
        pin_id: replace(wanted[pin_id], revision=each.becomes if each.attributes else 0)
        for pin_id, each in writes.items()
    }
    return {**notes, **now}, late


def _put(run: _Run, truth: Places, notes: Mapping[str, Note]) -> set[str]:
    """Put each pin where it belongs, and take it away from wherever else it may stand. Gives those that are late."""
    lines: dict[str, set[str]] = defaultdict(set)
    for pin_id in truth:
        for line in run.met[pin_id]:
            lines[line].add(pin_id)
    groups: list[tuple[Group, list[str]]] = []
    late: set[str] = set()
    newest = timelines.newest(lines, consistent=True)
    for line, concerned in lines.items():
        for stored, here in _holding(line, newest[line], concerned):
            wanted = {pin_id: _on(truth[pin_id], line) for pin_id in here}
            unsafe = {
                pin_id
                for pin_id, board_id in wanted.items()
                if board_id and board_id != stored.block.entries.get(pin_id) and _age(notes[pin_id], line) > RUN_SECONDS
            }
            late |= unsafe
            changed = [pin_id for pin_id in here if pin_id not in unsafe and stored.block.put(pin_id, wanted[pin_id])]
            if changed:
                groups.append((timelines.block_writes(line, stored), changed))
    run.putting |= late
    written = index.write_each([group for group, _ in groups])
    return late | {
        pin_id for (_, changed), is_written in zip(groups, written, strict=True) if not is_written for pin_id in changed
    }


def _on(now: Place | None, line: str) -> str | None:
    return now.board_id if now and line in now.lines else None


def _holding(line: str, newest: Stored, pin_ids: Iterable[str]) -> Iterator[tuple[Stored, list[str]]]:
    """The blocks where the pins have their place, each with those: 1 request for each but the newest."""
    waiting = sorted(pin_ids, reverse=True)
    stored = newest
    while True:
        here = [pin_id for pin_id in waiting if pin_id > stored.block.fence]
        if here:
            yield stored, here
        waiting = waiting[len(here) :]
        if not waiting:
            return
        stored = timelines.older(line, waiting[0]) or Stored(Block(), is_newest=False)
