"""Imports: a user brings an archive of this deployment's, has it applied to their account, and looks how far that is.

``services/importing.py`` applies it.
"""

from collections.abc import Mapping
from dataclasses import replace

import orjson

from presence.domain import clock
from presence.domain.entities import Job, JobStatus, Viewer
from presence.domain.errors import Conflict, ImportNotFound, UserNotFound
from presence.domain.ids import new_id
from presence.services.paging import Page, PageRequest, fill
from presence.services.receipts import Receipt
from presence.storage import archives, jobs, profiles
from presence.storage.archives import Address
from presence.storage.table import Transaction


def request(viewer: Viewer, *, size: int, receipt: Receipt | None = None) -> Job:
    """A new import that waits for an archive of so many bytes: 1 request.

    Raises:
        UserNotFound: the account is gone.
    """
    made = Job(
        id=new_id(),
        user_id=viewer.user_id,
        status=JobStatus.WAITING,
        created_at=clock.timestamp(),
        expires_at=int(clock.now()) + archives.KEPT_SECONDS,
        size=size,
    )
    tx = Transaction()
    if receipt:
        receipt.record(tx, made)
    jobs.imports.put(tx, made, otherwise=Conflict("Please try again."))
    profiles.require_alive(tx, viewer.user_id, otherwise=UserNotFound())
    tx.commit()
    return made


def start(viewer: Viewer, import_id: str, receipt: Receipt | None = None) -> Job:
    """Its archive is uploaded: begin. 2 requests; 1 for an import that was started before, which stays as it is.

    Raises:
        ImportNotFound: the viewer has no such import, or it has expired.
        UserNotFound: the account is gone.
        Conflict: another import of the viewer's is at work.
    """
    found = get(viewer, import_id)
    if found.status != JobStatus.WAITING:
        return found
    queued = replace(found, status=JobStatus.QUEUED, step=found.step + 1)
    tx = Transaction()
    if receipt:
        receipt.record(tx, queued)
    jobs.imports.save(tx, queued, otherwise=Conflict("It was started at the same time; please try again."))
    profiles.require_alive(tx, viewer.user_id, otherwise=UserNotFound())
    jobs.imports.claim(tx, queued, otherwise=Conflict("Another import is at work; start this one when it is done."))
    tx.commit()
    return queued


def get(viewer: Viewer, import_id: str) -> Job:
    """1 request.

    Raises:
        ImportNotFound: the viewer has no such import, or it has expired.
    """
    found = jobs.imports.get(viewer.user_id, import_id)
    if found is None:
        raise ImportNotFound
    return found


def list_own(viewer: Viewer, request: PageRequest) -> Page[Job]:
    """The viewer's imports, the latest first."""
    return fill(
        request,
        lambda after, limit: jobs.imports.list_of(viewer.user_id, after=after, limit=limit),
        lambda found: (each for each in found if each.expires_at > clock.now()),
    )


def upload(job: Job) -> Address | None:
    """Where the archive is to be put, while the import waits for it. No request."""
    return archives.to_upload(archives.import_key(job.id), job.size) if job.status == JobStatus.WAITING else None


def totals(job: Job) -> Mapping[str, int] | None:
    """How many boards, pins and follows the archive says are in it, once its first line, the manifest, is read.

    The cursor has it as it was signed; to show numbers, what checks and applies archives need not be imported.
    """
    manifest = orjson.loads(job.cursor)["manifest"] if job.cursor else None
    return manifest and {name: manifest[name] for name in ("boards", "pins", "follows")}
