"""Pictures that came with a request, on their way into the media bucket."""

from collections.abc import Collection
from typing import NamedTuple

from presence.storage import uploads
from presence.storage.table import Transaction


class Upload(NamedTuple):
    """A picture that came with the request."""

    object_key: str
    content: bytes
    content_type: str


def store(new_uploads: Collection[Upload]) -> None:
    """1 request, and 1 to S3 for each. What is not referenced within an hour is deleted again.

    Raises:
        StorageUnavailable: S3 failed.
    """
    if not new_uploads:
        return
    tx = Transaction()
    for upload in new_uploads:
        uploads.mark_unused(tx, upload.object_key)
    tx.commit()
    for upload in new_uploads:
        uploads.store(upload.object_key, upload.content, upload.content_type)
