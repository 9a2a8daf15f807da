"""The stream's part of imports: an archive of this deployment's becomes part of an account, whoever's it was.

First all of it is checked against its signature, a gzip member at a time, and nothing is written before that is done.
Then its lines are applied: ``services/unpacking.py`` does units of work in their order, in transactions that also save
how many are done, so each happens once however often a turn is interrupted.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from time import monotonic

import orjson

from presence.domain import clock
from presence.domain.entities import Job, JobStatus
from presence.domain.errors import LimitReached, UserNotFound
from presence.services import archive
from presence.services import boards as board_service
from presence.services.archive import Manifest, Member, Refusal, Refused
from presence.services.unpacking import START, Context, Unpacker, batches, context_after, units
from presence.storage import archives, jobs, profiles
from presence.storage.table import Transaction

BUDGET_SECONDS = 10.0
"""One turn holds up the stream for no longer, but for the transaction that it is at."""


class _Overtaken(Exception):
    """Another turn did this step, or the import is gone."""


@dataclass(frozen=True, slots=True)
class _Cursor:
    """How far an import is: first its archive is checked, then applied."""

    etag: str = ""
    offset: int = 0
    """Of the member to go on at."""
    manifest: Manifest | None = None
    content: int = 0
    """The offset of the first member after the manifest's."""
    lines: int = 0
    bytes: int = 0
    digest: str = archive.NOTHING
    is_checked: bool = False
    context: Context = START
    """Before the member's first line."""
    done: int = 0
    """The last unit that is done."""

    def written(self) -> str:
        return orjson.dumps(self).decode()

    @staticmethod
    def read(text: str) -> "_Cursor":
        if not text:
            return _Cursor()
        facts = orjson.loads(text)
        manifest, context = facts.pop("manifest"), facts.pop("context")
        featured = tuple((place, unit) for place, unit in context.pop("featured"))
        return _Cursor(
            manifest=Manifest(**manifest) if manifest else None,
            context=Context(**context, featured=featured),
            **facts,
        )


def work(user_id: str, import_id: str) -> None:
    """Go on with an import until it is done or the time is up; what is saved then sends it through the stream again.

    Raises:
        Throttled, StorageUnavailable, Conflict: the record must come again.
    """
    deadline = monotonic() + BUDGET_SECONDS
    job = jobs.imports.get(user_id, import_id)
    if job is None:
        return None
    if not job.is_at_work:
        return forget(job)  # whoever ended it may not have got to that
    try:
        _Turn(job, deadline).run()
    except (_Overtaken, UserNotFound):
        return None  # who deletes their account deletes their imports too


class _Turn:
    """Some seconds of work on one import."""

    def __init__(self, job: Job, deadline: float) -> None:
        self.job = job
        self.cursor = _Cursor.read(job.cursor)
        self._deadline = deadline

    def run(self) -> None:
        try:
            if not self.cursor.is_checked:
                self._check()
            if self.cursor.is_checked:
                self._apply()
        except Refused as refused:
            self._end(JobStatus.FAILED, refused.reason)
        except LimitReached:
            self._end(JobStatus.FAILED, Refusal.LIMIT_REACHED)

    def _is_late(self) -> bool:
        return monotonic() > self._deadline

    def _members(self, *, at_most: int = archive.MAX_MEMBER_BYTES) -> Iterator[Member]:
        try:
            opened = archives.open_at(archives.import_key(self.job.id), self.cursor.offset)
        except archives.Missing:
            raise Refused(Refusal.CHANGED if self.cursor.etag else Refusal.MISSING) from None
        is_changed = self.cursor.etag not in ("", opened.etag)
        if is_changed or opened.size != self.job.size:
            opened.close()
            raise Refused(Refusal.CHANGED if is_changed else Refusal.DAMAGED)
        self.cursor = replace(self.cursor, etag=opened.etag)
        return archive.members(opened.chunks, self.cursor.offset, at_most=at_most)

    # Checking

    def _check(self) -> None:
        if self.cursor.manifest is None:
            self._check_manifest()
        manifest = self.cursor.manifest
        assert manifest is not None  # noqa: S101 - read just now, or raised
        if self.cursor.offset < self.job.size:
            for member in self._members():
                self._check_member(member, manifest)
                if self._is_late():
                    break
        if self.cursor.offset == self.job.size:
            if (self.cursor.lines, self.cursor.digest) != (manifest.lines, manifest.digest):
                raise Refused(Refusal.DAMAGED)
            profile = profiles.get(self.job.user_id)
            if profile and profile.board_count + manifest.boards > board_service.MAX_BOARDS:
                raise Refused(Refusal.LIMIT_REACHED)
            self.cursor = replace(self.cursor, is_checked=True, offset=self.cursor.content)
        self._commit(self._begin(self.cursor.done))

    def _check_manifest(self) -> None:
        member = next(self._members(at_most=archive.MAX_MANIFEST_BYTES), None)
        if member is None or len(member.lines) != 1:
            raise Refused(Refusal.NOT_AN_ARCHIVE)
        manifest = archive.open_seal(member.lines[0])
        self.cursor = replace(self.cursor, manifest=manifest, offset=member.end, content=member.end)

    def _check_member(self, member: Member, manifest: Manifest) -> None:
        cursor, digest = self.cursor, self.cursor.digest
        for text in member.lines:
            digest = archive.chained(digest, text)
        self.cursor = replace(
            cursor,
            offset=member.end,
            lines=cursor.lines + len(member.lines),
            bytes=cursor.bytes + sum(map(len, member.lines)),
            digest=digest,
        )
        if self.cursor.bytes > manifest.bytes:
            raise Refused(Refusal.DAMAGED)  # whoever appends to an archive cannot make us unpack it all

    # Applying

    def _apply(self) -> None:
        unpacker = Unpacker(self.job, self._begin, self._commit)
        if self.cursor.offset < self.job.size:
            for member in self._members():
                for batch in batches(units(member.lines, self.cursor.context, self.cursor.done)):
                    unpacker.make(batch)
                    if self._is_late():
                        return
                context = context_after(member.lines, self.cursor.context)
                self.cursor = replace(self.cursor, offset=member.end, context=context)
        self._end(JobStatus.DONE)

    def _begin(self, done: int, **counts: int) -> Transaction:
        """A transaction with which the units up to this one will be done.

        The job goes first, so that one who is overtaken learns that and nothing else.
        """
        self._next_cursor = replace(self.cursor, done=done)
        self._next_job = replace(
            self.job,
            status=JobStatus.RUNNING,
            cursor=self._next_cursor.written(),
            step=self.job.step + 1,
            **{name: getattr(self.job, name) + by for name, by in counts.items()},
        )
        tx = Transaction()
        jobs.imports.save(tx, self._next_job, otherwise=_Overtaken())
        return tx

    def _commit(self, tx: Transaction) -> None:
        tx.commit()
        self.job, self.cursor = self._next_job, self._next_cursor

    def _end(self, status: JobStatus, failure: str | None = None) -> None:
        ended = replace(
            self.job,
            status=status,
            cursor=self.cursor.written(),
            step=self.job.step + 1,
            failure=failure,
            finished_at=clock.timestamp(),
        )
        tx = Transaction()
        jobs.imports.save(tx, ended, otherwise=_Overtaken())
        jobs.imports.release(tx, ended, otherwise=_Overtaken())
        tx.commit()
        forget(ended)


def forget(job: Job) -> None:
    """Remove what was uploaded for an import."""
    archives.remove(archives.import_key(job.id))
