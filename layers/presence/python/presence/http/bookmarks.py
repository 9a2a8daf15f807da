"""Bookmarks: where a page ended, signed for one listing of one caller.

A bookmark is base64url without padding of a format byte, the position of the page's last item and 15 bytes of an
HMAC-SHA-256 over these and the listing's context: it is worthless for another listing, another filter or another
caller.
"""

import hashlib
import hmac
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error

from presence.domain.errors import InvalidParameter

_FORMAT = b"\x05"
"""Changes when positions do: those from before are refused."""
_SIGNATURE_BYTES = 15
MAX_LENGTH = 2048


def encode(position: str, context: str) -> str:
    """The bookmark after an item of the listing that ``context`` describes."""
    payload = _FORMAT + position.encode()
    return _written(payload + _signature(payload, context))


def decode(bookmark: str, context: str) -> str:
    """The position of the item to go on after.

    Raises:
        InvalidParameter: it is not a bookmark that we made for this listing.
    """
    try:
        padding = "=" * (-len(bookmark) % 4)
        raw = urlsafe_b64decode(bookmark + padding) if len(bookmark) <= MAX_LENGTH and bookmark.isascii() else b""
    except Base64Error:
        raw = b""
    payload, signature = raw[:-_SIGNATURE_BYTES], raw[-_SIGNATURE_BYTES:]
    genuine = payload[:1] == _FORMAT and hmac.compare_digest(signature, _signature(payload, context))
    # urlsafe_b64decode drops characters outside its alphabet, so that two texts could be one bookmark.
    if not genuine or _written(raw) != bookmark:
        raise InvalidParameter("bookmark", "must be one that this listing gave you, with the same filters")
    return payload[1:].decode()


def _written(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")


def _signature(payload: bytes, context: str) -> bytes:
    key = os.environ["BOOKMARK_SECRET"].encode()
    return hmac.digest(key, payload + context.encode(), hashlib.sha256)[:_SIGNATURE_BYTES]
