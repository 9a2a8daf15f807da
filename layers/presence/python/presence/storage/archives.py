"""Archives: objects in a bucket of their own that nobody sees, but through an address that is signed for a while."""

import os
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, NamedTuple

import botocore.config
import botocore.exceptions
import botocore.session

from presence.domain import clock
from presence.domain.errors import StorageUnavailable
from presence.storage import table

KEPT_SECONDS = 7 * clock.DAY
"""S3 deletes them not earlier, and up to a day later."""
DOWNLOAD_SECONDS = 15 * 60
UPLOAD_SECONDS = clock.HOUR
MEDIA_TYPE = "application/gzip"
_CHUNK_BYTES = 256 * 1024


class Missing(Exception):
    """There is no such object, or no such upload in parts."""


@cache
def _client() -> Any:
    config = botocore.config.Config(
        connect_timeout=table.CONNECT_TIMEOUT_SECONDS,
        read_timeout=30,
        retries={"mode": "standard", "total_max_attempts": 3},
        signature_version="s3v4",
        s3={"addressing_style": "path"},
    )
    return botocore.session.get_session().create_client("s3", region_name=os.environ.get("AWS_REGION"), config=config)


def export_key(export_id: str) -> str:
    return f"exports/{export_id}.jsonl.gz"


def part_key(export_id: str, number: int) -> str:
    return f"exports/{export_id}/{number:06}"


def import_key(import_id: str) -> str:
    return f"imports/{import_id}.jsonl.gz"


def _ask(operation: str, **parameters: Any) -> Any:
    """
    Raises:
        Missing: there is nothing under this key.
        StorageUnavailable: S3 failed; asking again is safe.
    """
    try:
        return getattr(_client(), operation)(Bucket=os.environ["ARCHIVE_BUCKET"], **parameters)
    except botocore.exceptions.ClientError as error:
        # Without the right to list a bucket, what is not there is answered like what is forbidden.
        if error.response.get("Error", {}).get("Code") in {"NoSuchKey", "NoSuchUpload", "AccessDenied", "404", "403"}:
            raise Missing from error
        raise StorageUnavailable("The archive could not be reached; please try again.") from error
    except botocore.exceptions.BotoCoreError as error:
        raise StorageUnavailable("The archive could not be reached; please try again.") from error


def put(key: str, content: bytes) -> None:
    _ask("put_object", Key=key, Body=content, ContentType=MEDIA_TYPE)


def get(key: str) -> bytes:
    content: bytes = _ask("get_object", Key=key)["Body"].read()
    return content


class Opened(NamedTuple):
    size: int
    """Of the whole object, in bytes."""
    etag: str
    """Changes with the content."""
    chunks: Iterator[bytes]
    close: Callable[[], None]
    """For who reads nothing of it."""


def open_at(key: str, offset: int) -> Opened:
    """An object's bytes from an offset on, a little at a time.

    Raises:
        Missing: there is no such object, or it ends before.
        StorageUnavailable: S3 failed, also while the chunks are read.
    """
    try:
        reply = _ask("get_object", Key=key, Range=f"bytes={offset}-")
    except StorageUnavailable as error:
        if "InvalidRange" in str(error.__cause__):
            raise Missing from error
        raise
    size = int(reply["ContentRange"].rpartition("/")[2])
    return Opened(size, reply["ETag"], _chunks(reply["Body"]), reply["Body"].close)


def _chunks(body: Any) -> Iterator[bytes]:
    try:
        yield from body.iter_chunks(_CHUNK_BYTES)
    except botocore.exceptions.BotoCoreError as error:
        raise StorageUnavailable("The archive could not be reached; please try again.") from error
    finally:
        body.close()


def remove(key: str) -> None:
    _ask("delete_object", Key=key)


def exists(key: str) -> bool:
    try:
        _ask("head_object", Key=key)
    except Missing:
        return False
    return True


def begin_joining(key: str) -> str:
    """Begin an object that is made of pieces, each of 5 MiB at least but for the last. Gives its upload's id."""
    upload_id: str = _ask("create_multipart_upload", Key=key, ContentType=MEDIA_TYPE)["UploadId"]
    return upload_id


def join(key: str, upload_id: str, number: int, piece: bytes) -> str:
    """Hand in a piece, 1 being the first; again is harmless. Gives its ETag.

    Raises:
        Missing: no such upload is under way.
    """
    etag: str = _ask("upload_part", Key=key, UploadId=upload_id, PartNumber=number, Body=piece)["ETag"]
    return etag


def finish_joining(key: str, upload_id: str, etags: list[str]) -> None:
    """
    Raises:
        Missing: no such upload is under way, for example because it is finished.
    """
    parts = [{"PartNumber": number, "ETag": etag} for number, etag in enumerate(etags, 1)]
    _ask("complete_multipart_upload", Key=key, UploadId=upload_id, MultipartUpload={"Parts": parts})


class Address(NamedTuple):
    """Whoever has it may use it."""

    url: str
    expires_in_seconds: int


def to_download(key: str, name: str) -> Address:
    """Where the object can be read for a while. Nothing is asked of S3."""
    disposition = f'attachment; filename="{name}"'
    return _signed("get_object", DOWNLOAD_SECONDS, Key=key, ResponseContentDisposition=disposition)


def to_upload(key: str, size: int) -> Address:
    """Where an object of exactly this many bytes can be put for a while: S3 refuses any other."""
    return _signed("put_object", UPLOAD_SECONDS, Key=key, ContentLength=size)


def _signed(operation: str, seconds: int, **parameters: Any) -> Address:
    url: str = _client().generate_presigned_url(
        operation, Params={"Bucket": os.environ["ARCHIVE_BUCKET"], **parameters}, ExpiresIn=seconds
    )
    return Address(url, seconds)
