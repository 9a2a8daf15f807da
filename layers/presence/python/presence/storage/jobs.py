"""Exports and imports in the table: each is one item, which says how far it is and brings it on through the stream."""

from dataclasses import dataclass

from presence.domain import clock
from presence.domain.entities import Job
from presence.storage import codec, keys, table
from presence.storage.models import ClaimItem, ExportItem, ImportItem, Item, JobItem
from presence.storage.table import Otherwise, Transaction


@dataclass(frozen=True, slots=True)
class Jobs:
    """The jobs of one kind. Of each user one is at work at a time: the claim's item exists once."""

    model: type[JobItem]
    prefix: str

    def _key(self, user_id: str, job_id: str) -> keys.Key:
        return (keys.export if self.model is ExportItem else keys.import_)(user_id, job_id)

    def _claim(self, user_id: str) -> keys.Key:
        return (keys.running_export if self.model is ExportItem else keys.running_import)(user_id)

    def get(self, user_id: str, job_id: str) -> Job | None:
        raw = table.get(self._key(user_id, job_id))
        job = codec.job(raw) if raw else None
        # Expired items stay readable until DynamoDB gets round to deleting them.
        return job if job and job.expires_at > clock.now() else None

    def list_of(self, user_id: str, *, after: str | None, limit: int) -> tuple[list[Job], bool]:
        """A user's jobs, the latest first."""
        items, more = table.query(
            self._key(user_id, "")[0],
            prefix=self.prefix,
            after=table.position(self._key(user_id, after)) if after else None,
            limit=limit,
        )
        return [codec.job(item) for item in items], more

    def put(self, tx: Transaction, job: Job, *, otherwise: Otherwise) -> None:
        tx.put(self._item(job), Item.pk.does_not_exist(), otherwise=otherwise)

    def save(self, tx: Transaction, job: Job, *, otherwise: Otherwise) -> None:
        """Write the next step of a job that is still at the one before."""
        tx.put(self._item(job), JobItem.step == job.step - 1, otherwise=otherwise)

    def _item(self, job: Job) -> JobItem:
        return self.model(*self._key(job.user_id, job.id), **codec.job_attributes(job))

    def claim(self, tx: Transaction, job: Job, *, otherwise: Otherwise) -> None:
        """Be the one at work. ``otherwise`` is told the item of the one that is, whose holder is its id."""
        item = ClaimItem(*self._claim(job.user_id), holder_id=job.id, expires_at=job.expires_at)
        free = Item.pk.does_not_exist() | (Item.expires_at <= int(clock.now()))
        tx.put(item, free, otherwise=otherwise)

    def release(self, tx: Transaction, job: Job, *, otherwise: Otherwise) -> None:
        """Let the next one work."""
        item = ClaimItem(*self._claim(job.user_id))
        tx.delete(item, Item.pk.does_not_exist() | (ClaimItem.holder_id == job.id), otherwise=otherwise)


exports = Jobs(ExportItem, keys.EXPORT_PREFIX)
imports = Jobs(ImportItem, keys.IMPORT_PREFIX)
