"""The stream's part of exports: everything that a user owns, in one signed archive, made a part at a time.

A part is a gzip member with whole lines, cut where it has ``PART_BYTES`` of them, so the same things give the same
bytes however often the work was interrupted. What was saved last says where to go on; saving it sends the export
through the stream again. In the end the parts are joined behind the first line that vouches for them.

The export is not a snapshot: what its user changes meanwhile may or may not be in it.
"""

from collections import Counter
from dataclasses import dataclass, replace
from time import monotonic

import orjson

from presence.domain import clock
from presence.domain.entities import Job, JobStatus
from presence.services import archive, belongings
from presence.services.archive import Manifest
from presence.services.belongings import Place
from presence.storage import archives, jobs, profiles
from presence.storage.table import Transaction

BUDGET_SECONDS = 10.0
"""One turn holds up the stream for no longer, but for the part that it is at."""
PART_BYTES = 4 * 1024 * 1024
PIECE_BYTES = 5 * 1024 * 1024
"""S3's least for a piece of an object that is made of several."""


class _Overtaken(Exception):
    """Another turn did this step, or the export is gone."""


@dataclass(frozen=True, slots=True)
class _Cursor:
    """How far an export is: first its content is written, part by part, then the parts are joined."""

    place: Place | None = belongings.START
    """The last line that is in a part; None when all are."""
    parts: int = 0
    lines: int = 0
    bytes: int = 0
    digest: str = archive.NOTHING
    exported_at: str = ""
    username: str = ""
    upload_id: str = ""
    joined: int = 0
    """Parts that are in the joined pieces."""
    etags: tuple[str, ...] = ()
    """Of the joined pieces."""

    def written(self) -> str:
        return orjson.dumps(self).decode()

    @staticmethod
    def read(text: str) -> "_Cursor":
        if not text:
            return _Cursor()
        facts = orjson.loads(text)
        place, etags = facts.pop("place"), tuple(facts.pop("etags"))
        return _Cursor(place=Place(**place) if place else None, etags=etags, **facts)


def work(user_id: str, export_id: str) -> None:
    """Go on with an export until it is done or the time is up; what is saved then sends it through the stream again.

    Raises:
        Throttled, StorageUnavailable, Conflict: the record must come again.
    """
    deadline = monotonic() + BUDGET_SECONDS
    export = jobs.exports.get(user_id, export_id)
    try:
        while export and export.is_at_work:
            export = _advance(export)
            if monotonic() > deadline:
                return
    except _Overtaken:
        return


def _advance(export: Job) -> Job:
    cursor = _Cursor.read(export.cursor)
    if cursor.place:
        return _write_part(export, cursor, cursor.place)
    if not cursor.upload_id:
        upload_id = archives.begin_joining(archives.export_key(export.id))
        return _save(export, replace(cursor, upload_id=upload_id))
    if cursor.joined < cursor.parts:
        return _join(export, cursor)
    return _finish(export, cursor)


def _write_part(export: Job, cursor: _Cursor, place: Place) -> Job:
    """Of what comes after a place as much as one part holds."""
    text, lines, digest, after = bytearray(), 0, cursor.digest, place
    counted = Counter[str]()
    for written in belongings.of(export.user_id, place):
        text += written.text
        lines += 1
        digest = archive.chained(digest, written.text)
        after = written.place
        counted[written.kind] += 1
        if len(text) >= PART_BYTES:
            break
    is_last = len(text) < PART_BYTES
    if text:
        archives.put(archives.part_key(export.id, cursor.parts), archive.packed(bytes(text)))
    cursor = replace(
        cursor,
        place=None if is_last else after,
        parts=cursor.parts + bool(text),
        lines=cursor.lines + lines,
        bytes=cursor.bytes + len(text),
        digest=digest,
    )
    if is_last:
        profile = profiles.get(export.user_id)
        cursor = replace(cursor, exported_at=clock.timestamp(), username=profile.username if profile else "")
    return _save(
        replace(
            export,
            status=JobStatus.RUNNING,
            boards=export.boards + counted["board"],
            pins=export.pins + counted["pin"],
            follows=export.follows + counted["follow"] + counted["board_follow"],
        ),
        cursor,
    )


def _join(export: Job, cursor: _Cursor) -> Job:
    """One more piece of the archive; the first begins with the line that vouches for all."""
    piece = bytearray() if cursor.joined else bytearray(archive.packed(archive.seal(_manifest(export, cursor))))
    joined = cursor.joined
    while joined < cursor.parts and len(piece) < PIECE_BYTES:
        piece += archives.get(archives.part_key(export.id, joined))
        joined += 1
    key = archives.export_key(export.id)
    try:
        etag = archives.join(key, cursor.upload_id, len(cursor.etags) + 1, bytes(piece))
    except archives.Missing:
        raise _Overtaken from None
    cursor = replace(cursor, joined=joined, etags=(*cursor.etags, etag))
    return _save(replace(export, size=export.size + len(piece)), cursor)


def _manifest(export: Job, cursor: _Cursor) -> Manifest:
    return Manifest(
        username=cursor.username,
        exported_at=cursor.exported_at,
        boards=export.boards,
        pins=export.pins,
        follows=export.follows,
        lines=cursor.lines,
        bytes=cursor.bytes,
        digest=cursor.digest,
    )


def _finish(export: Job, cursor: _Cursor) -> Job:
    key = archives.export_key(export.id)
    try:
        archives.finish_joining(key, cursor.upload_id, list(cursor.etags))
    except archives.Missing:
        if not archives.exists(key):
            raise
    for number in range(cursor.parts):
        archives.remove(archives.part_key(export.id, number))
    tx = Transaction()
    done = replace(export, status=JobStatus.DONE, cursor="", step=export.step + 1, finished_at=clock.timestamp())
    jobs.exports.save(tx, done, otherwise=_Overtaken())
    jobs.exports.release(tx, export, otherwise=_Overtaken())
    tx.commit()
    return done


def _save(export: Job, cursor: _Cursor) -> Job:
    saved = replace(export, cursor=cursor.written(), step=export.step + 1)
    tx = Transaction()
    jobs.exports.save(tx, saved, otherwise=_Overtaken())
    tx.commit()
    return saved


def forget(export: Job) -> None:
    """Remove whatever there is of an export's archive, done or not."""
    archives.remove(archives.export_key(export.id))
    cursor = _Cursor.read(export.cursor)
    for number in range(cursor.parts + 1):  # the last may be there without being counted yet
        archives.remove(archives.part_key(export.id, number))
