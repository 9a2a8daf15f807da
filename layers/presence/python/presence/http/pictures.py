"""The pictures in a request: addresses are taken as they are, uploads are looked into. Nothing is fetched.

Clients label PNG bytes ``image/jpeg``, so the bytes decide what a picture is.
"""

import struct
import zlib
from base64 import b64decode
from binascii import Error as Base64Error
from io import BytesIO

import imagesize

from presence.domain.entities import Image, Media
from presence.domain.errors import InvalidParameter
from presence.domain.ids import new_id
from presence.schemas import requests
from presence.services.uploading import Upload

MIN_PIXELS = 32
"""The shorter side of an upload; less is a tracking pixel or a mistake."""

_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG = b"\xff\xd8\xff"
_JPEG_SCAN, _JPEG_END = 0xDA, b"\xff\xd9"


def read(source: requests.MediaSource) -> tuple[Media, list[Upload]]:
    """What a pin will show, and the uploads to store for it.

    Raises:
        InvalidParameter: an upload is not a whole JPEG or PNG of at least ``MIN_PIXELS`` on each side, or the index
            of the picture to show first is beyond the last.
    """
    match source:
        case requests.ImageUrl():
            return Media("image", (Image(url=source.url),)), []
        case requests.ImageBase64():
            upload, image = _upload(source.data, "media_source.data")
            return Media("image", (image,)), [upload]
        case requests.MultipleImageUrls():
            images = tuple(
                Image(url=item.url, title=item.title, description=item.description, link=item.link)
                for item in source.items
            )
            return Media("multiple_images", images, cover_index=_index(source)), []
        case requests.MultipleImageBase64():
            return _carousel(source)
        case requests.VideoId():
            return _video(source)
        case requests.PinUrl():
            return Media("pin_url"), []


def read_one(source: requests.ImageUrl | requests.ImageBase64, field: str) -> tuple[str, list[Upload]]:
    """A picture that stands alone: its address or its key in the media bucket, and the upload to store for it.

    Args:
        field: what the request calls it.

    Raises:
        InvalidParameter: as ``read``.
    """
    if isinstance(source, requests.ImageUrl):
        return source.url, []
    upload, _ = _upload(source.data, f"{field}.data")
    return upload.object_key, [upload]


def _carousel(source: requests.MultipleImageBase64) -> tuple[Media, list[Upload]]:
    index = _index(source)
    uploads, images = [], []
    for position, item in enumerate(source.items):
        upload, measured = _upload(item.data, f"media_source.items.{position}.data")
        uploads.append(upload)
        images.append(
            Image(
                key=measured.key,
                width=measured.width,
                height=measured.height,
                title=item.title,
                description=item.description,
                link=item.link,
            )
        )
    return Media("multiple_images", tuple(images), cover_index=index), uploads


def _video(source: requests.VideoId) -> tuple[Media, list[Upload]]:
    if source.cover_image_data:
        upload, image = _upload(source.cover_image_data, "media_source.cover_image_data")
        return Media("video", (image,), video_id=source.media_id), [upload]
    cover = (Image(url=source.cover_image_url),) if source.cover_image_url else ()
    return Media("video", cover, video_id=source.media_id), []


def _index(source: requests.MultipleImageUrls | requests.MultipleImageBase64) -> int:
    index = source.index or 0
    if index >= len(source.items):
        raise InvalidParameter("media_source.index", "must be the position of one of the items, from 0")
    return index


def _upload(data: str, field: str) -> tuple[Upload, Image]:
    try:
        content = b64decode("".join(data.split()), validate=True)
    except Base64Error:
        raise InvalidParameter(field, "must be base64") from None
    if content.startswith(_PNG) and _is_whole_png(content):
        extension, content_type = "png", "image/png"
    elif content.startswith(_JPEG) and _is_whole_jpeg(content):
        extension, content_type = "jpg", "image/jpeg"
    else:
        raise InvalidParameter(field, "must be a whole JPEG or PNG picture")
    width, height = imagesize.get(BytesIO(content))
    if min(width, height) < MIN_PIXELS:
        raise InvalidParameter(field, f"must be a picture of at least {MIN_PIXELS}x{MIN_PIXELS} pixels")
    object_key = f"{new_id()}.{extension}"
    return Upload(object_key, content, content_type), Image(key=object_key, width=width, height=height)


def _is_whole_jpeg(content: bytes) -> bool:
    """Segment after segment up to the scan, and the end mark after it: one before may be a thumbnail's (T.81, B.1)."""
    position = 2
    while position + 4 <= len(content) and content[position] == 0xFF:
        kind, length = struct.unpack_from(">xBH", content, position)
        position += 2 + length
        if kind == _JPEG_SCAN:
            return content.find(_JPEG_END, position) > 0
    return False


def _is_whole_png(content: bytes) -> bool:
    """Every chunk is there with its checksum, up to the end mark (https://www.w3.org/TR/png-3/#5Chunk-layout)."""
    position, kinds = len(_PNG), set()
    while position + 12 <= len(content):
        (length,) = struct.unpack_from(">I", content, position)
        end = position + 12 + length
        if end > len(content):
            return False
        kind_and_data = content[position + 4 : end - 4]
        if zlib.crc32(kind_and_data) != struct.unpack_from(">I", content, end - 4)[0]:
            return False
        kinds.add(kind_and_data[:4])
        if b"IEND" in kinds:
            return b"IDAT" in kinds
        position = end
    return False
