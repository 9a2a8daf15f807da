"""Bookmarks: where a page ended, signed for one listing of one caller.

A bookmark is base64url of a format byte, the id of the page's last item (8 bytes) and 15 bytes of an HMAC-SHA-256
over these and the listing's context, so it is 32 characters without padding, says nothing that the page did not,
and is worthless for another listing, another filter or another caller.
"""

import hashlib
import hmac
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error

from presence.domain.errors import InvalidParameter

_FORMAT = b"\x01"
_SIGNATURE_BYTES = 15
LENGTH = 32


def encode(item_id: str, context: str) -> str:
    """The bookmark after an item of the listing that ``context`` describes."""
    payload = _FORMAT + int(item_id).to_bytes(8)
    return urlsafe_b64encode(payload + _signature(payload, context)).decode()


def decode(bookmark: str, context: str) -> str:
    """The id of the item to go on after.

    Raises:
        InvalidParameter: it is not a bookmark that we made for this listing.
    """
    try:
        raw = urlsafe_b64decode(bookmark) if len(bookmark) == LENGTH and bookmark.isascii() else b""
    except Base64Error:
        raw = b""
    payload, signature = raw[:-_SIGNATURE_BYTES], raw[-_SIGNATURE_BYTES:]
    genuine = payload[:1] == _FORMAT and hmac.compare_digest(signature, _signature(payload, context))
    # urlsafe_b64decode drops characters outside its alphabet, so that two texts could be one bookmark.
    if not genuine or urlsafe_b64encode(raw).decode() != bookmark:
        raise InvalidParameter("bookmark", "must be one that this listing gave you, with the same filters")
    return str(int.from_bytes(payload[1:]))


def _signature(payload: bytes, context: str) -> bytes:
    key = os.environ["BOOKMARK_SECRET"].encode()
    return hmac.digest(key, payload + context.encode(), hashlib.sha256)[:_SIGNATURE_BYTES]
