"""Exports: an archive of everything that a user owns is asked for, looked at and fetched here.

``services/exporting.py`` makes it.
"""

from presence.domain import clock
from presence.domain.entities import Job, JobStatus, Viewer
from presence.domain.errors import Conflict, ExportNotFound, UserNotFound
from presence.domain.ids import new_id
from presence.services.paging import Page, PageRequest, fill
from presence.services.receipts import Receipt
from presence.storage import archives, jobs, profiles
from presence.storage.archives import Address
from presence.storage.table import Raw, Transaction


class _Running(Exception):
    """Another export of the same user's is at work."""

    def __init__(self, standing: Raw | None) -> None:
        super().__init__()
        self.export_id = standing["holder_id"]["S"] if standing else ""


def request(viewer: Viewer, receipt: Receipt | None = None) -> Job:
    """A new export, or the one that is at work already: 1 request, 2 where one is at work.

    Raises:
        UserNotFound: the account is gone.
        Conflict: the one at work ended just now.
    """
    export = Job(
        id=new_id(),
        user_id=viewer.user_id,
        status=JobStatus.QUEUED,
        created_at=clock.timestamp(),
        expires_at=int(clock.now()) + archives.KEPT_SECONDS,
    )
    tx = Transaction()
    if receipt:
        receipt.record(tx, export)
    jobs.exports.claim(tx, export, otherwise=_Running)
    jobs.exports.put(tx, export, otherwise=Conflict("Please try again."))
    profiles.require_alive(tx, viewer.user_id, otherwise=UserNotFound())
    try:
        tx.commit()
    except _Running as running:
        found = jobs.exports.get(viewer.user_id, running.export_id)
        if found is None:
            raise Conflict("Another export ended just now; please try again.") from running
        return found
    return export


def get(viewer: Viewer, export_id: str) -> Job:
    """1 request.

    Raises:
        ExportNotFound: the viewer has no such export, or it has expired.
    """
    found = jobs.exports.get(viewer.user_id, export_id)
    if found is None:
        raise ExportNotFound
    return found


def list_own(viewer: Viewer, request: PageRequest) -> Page[Job]:
    """The viewer's exports, the latest first."""
    return fill(
        request,
        lambda after, limit: jobs.exports.list_of(viewer.user_id, after=after, limit=limit),
        lambda found: (each for each in found if each.expires_at > clock.now()),
    )


def download(export: Job) -> Address | None:
    """Where the archive is for a while, once it is made. No request."""
    if export.status != JobStatus.DONE:
        return None
    return archives.to_download(archives.export_key(export.id), f"presence-{export.created_at[:10]}.jsonl.gz")
