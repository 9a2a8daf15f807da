"""Uploaded pictures: objects in the media bucket, and the table's record of which pins and profiles show them.

An object is deleted when an "unused" marker expires and nothing references it. A marker is put before every upload,
so one whose pin or profile was never written goes too, and again when the last reference goes. The hour's delay is
what makes this safe: a save that is under way when the last reference goes has long put its own.
"""

import os
from functools import cache
from typing import Any

import botocore.config
import botocore.exceptions
import botocore.session

from presence.domain import clock
from presence.domain.entities import Pin, Profile
from presence.domain.errors import StorageUnavailable
from presence.storage import keys, table
from presence.storage.models import UploadReferenceItem, UploadUnusedItem
from presence.storage.table import Transaction

UNUSED_SECONDS = clock.HOUR
_CACHE_CONTROL = "public, max-age=31536000, immutable"  # an object never changes: every upload has a key of its own


@cache
def _bucket() -> Any:
    """Made on first use: most requests need no S3 client, and making one takes as long as a cold start."""
    config = botocore.config.Config(
        connect_timeout=table.CONNECT_TIMEOUT_SECONDS,
        read_timeout=10,
        retries={"mode": "standard", "total_max_attempts": 2},
        s3={"addressing_style": "path"},
    )
    return botocore.session.get_session().create_client("s3", region_name=os.environ.get("AWS_REGION"), config=config)


def store(object_key: str, content: bytes, content_type: str) -> None:
    """Put an object. Its key must be marked unused before.

    Raises:
        StorageUnavailable: S3 failed; nothing refers to the object, and its marker removes what may be there.
    """
    try:
        _bucket().put_object(
            Bucket=os.environ["MEDIA_BUCKET"],
            Key=object_key,
            Body=content,
            ContentType=content_type,
            CacheControl=_CACHE_CONTROL,
        )
    except (botocore.exceptions.BotoCoreError, botocore.exceptions.ClientError) as error:
        raise StorageUnavailable("The picture could not be stored; please try again.") from error


def remove(object_key: str) -> None:
    _bucket().delete_object(Bucket=os.environ["MEDIA_BUCKET"], Key=object_key)


def is_referenced(object_key: str) -> bool:
    items, _ = table.query(keys.upload(object_key), prefix=keys.REFERENCE_PREFIX, limit=1)
    return bool(items)


def is_kept(object_key: str) -> bool:
    """Whether the object is there: a pin shows it, or its last hour is not over."""
    items, _ = table.query(keys.upload(object_key), limit=1)
    return bool(items)


def mark_unused(tx: Transaction, object_key: str) -> None:
    """(Re)start the hour after which an unreferenced object is deleted."""
    item = UploadUnusedItem(*keys.upload_unused(object_key), expires_at=int(clock.now()) + UNUSED_SECONDS)
    tx.put(item)


def reference(tx: Transaction, pin: Pin) -> None:
    for object_key in pin.uploads:
        tx.put(UploadReferenceItem(*keys.upload_reference(object_key, pin.id)))


def dereference(tx: Transaction, pin: Pin) -> None:
    for object_key in pin.uploads:
        tx.delete(UploadReferenceItem(*keys.upload_reference(object_key, pin.id)))


def reference_from_profile(tx: Transaction, before: Profile, after: Profile) -> None:
    """Refer to what the profile shows now, and no longer to what it showed before."""
    for object_key in set(before.uploads) - set(after.uploads):
        tx.delete(UploadReferenceItem(*keys.upload_reference_of_profile(object_key, before.id)))
    for object_key in set(after.uploads) - set(before.uploads):
        tx.put(UploadReferenceItem(*keys.upload_reference_of_profile(object_key, after.id)))
