"""The archive of an account: a first line that vouches for the rest, then a line for each thing (docs/adr/0012).

Lines are JSON with sorted keys, and the file is gzip. It may consist of several gzip members, each of which ends with
a line, so that reading can go on at any of them. The same things give the same bytes; nothing in the content but the
names of people and boards that are followed tells whose it is.
"""

import hashlib
import hmac
import os
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, NamedTuple

import orjson

FORMAT = "presence-archive"
VERSION = 1
MAX_MANIFEST_BYTES = 4096
MAX_MEMBER_BYTES = 32 * 1024 * 1024
"""Of what a gzip member holds; ours hold a quarter of it."""
NOTHING = hashlib.sha256(b"").hexdigest()
"""The digest of no lines."""


class Refusal(StrEnum):
    """Why an archive is not read."""

    MISSING = "missing"
    """Nothing was uploaded."""
    CHANGED = "changed"
    """Something else was uploaded while it was being read."""
    NOT_AN_ARCHIVE = "not_an_archive"
    UNKNOWN_VERSION = "unknown_version"
    FOREIGN = "foreign"
    """It does not bear this deployment's signature."""
    DAMAGED = "damaged"
    """It is not what was signed: altered, cut off, or longer."""
    LIMIT_REACHED = "limit_reached"
    """The account would have more boards than it may, or too many of one name."""
    ID_TAKEN = "id_taken"
    """By a thing of somebody else's, which happens by chance and hardly ever. Another import will do."""


class Refused(Exception):
    def __init__(self, reason: Refusal) -> None:
        super().__init__(reason)
        self.reason = reason


def line(kind: str, **facts: Any) -> bytes:
    """A line of the content. What is unset, false or an empty list is left out."""
    stated = {name: value for name, value in facts.items() if not (value is None or value is False or value == [])}
    return orjson.dumps({"kind": kind, **stated}, option=orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE)


def read_line(text: bytes) -> dict[str, Any]:
    """
    Raises:
        Refused: it is no line of ours.
    """
    try:
        facts = orjson.loads(text)
    except orjson.JSONDecodeError:
        raise Refused(Refusal.DAMAGED) from None
    if not isinstance(facts, dict):
        raise Refused(Refusal.DAMAGED)
    return facts


def chained(digest: str, text: bytes) -> str:
    """The digest of some lines and one more: SHA-256 over that of the lines before and the line.

    Unlike a digest of the whole it can be kept between two functions' turns.
    """
    return hashlib.sha256(bytes.fromhex(digest) + text).hexdigest()


@dataclass(frozen=True, slots=True)
class Manifest:
    """What the first line says of the rest."""

    username: str
    exported_at: str
    boards: int
    pins: int
    follows: int
    lines: int
    bytes: int
    """Of the content, as lines."""
    digest: str


def seal(manifest: Manifest) -> bytes:
    """The first line, with the signature over all that it says."""
    stated = {"format": FORMAT, "version": VERSION, **asdict(manifest)}
    stated["signature"] = _signature(stated)
    return orjson.dumps(stated, option=orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE)


def open_seal(text: bytes) -> Manifest:
    """
    Raises:
        Refused: it is no first line, of another version, or not signed by this deployment.
    """
    try:
        stated = orjson.loads(text)
    except orjson.JSONDecodeError:
        stated = None
    if not isinstance(stated, dict) or stated.get("format") != FORMAT:
        raise Refused(Refusal.NOT_AN_ARCHIVE)
    if stated.get("version") != VERSION:
        raise Refused(Refusal.UNKNOWN_VERSION)
    signature = str(stated.pop("signature", ""))
    if not hmac.compare_digest(signature.encode("utf-8", "replace"), _signature(stated).encode()):
        raise Refused(Refusal.FOREIGN)
    del stated["format"], stated["version"]
    return Manifest(**stated)


def _signature(stated: dict[str, Any]) -> str:
    key = os.environ["ARCHIVE_SECRET"].encode()
    return hmac.new(key, orjson.dumps(stated, option=orjson.OPT_SORT_KEYS), hashlib.sha256).hexdigest()


def packed(text: bytes) -> bytes:
    """A gzip member, the same for the same text: without a time or a name."""
    deflate = zlib.compressobj(6, zlib.DEFLATED, 31)
    return deflate.compress(text) + deflate.flush()


class Member(NamedTuple):
    lines: list[bytes]
    """Each with its line break."""
    end: int
    """The offset of the member after it."""


def members(chunks: Iterable[bytes], start: int, *, at_most: int = MAX_MEMBER_BYTES) -> Iterator[Member]:
    """The gzip members that lie at an offset and after it. Of each no more than ``at_most`` bytes are unpacked.

    Raises:
        Refused: it is not gzip, is cut off, does not end with a line, or unpacks to more.
    """
    end, packed_bytes = start, b""
    source = iter(chunks)
    while packed_bytes or (packed_bytes := next(source, b"")):
        inflate = zlib.decompressobj(31)
        unpacked = bytearray()
        while not inflate.eof:
            if not packed_bytes and not (packed_bytes := next(source, b"")):
                raise Refused(Refusal.DAMAGED)
            try:
                unpacked += inflate.decompress(packed_bytes, at_most + 1 - len(unpacked))
            except zlib.error:
                raise Refused(Refusal.NOT_AN_ARCHIVE if end == 0 else Refusal.DAMAGED) from None
            if len(unpacked) > at_most:
                raise Refused(Refusal.DAMAGED)
            rest = inflate.unused_data if inflate.eof else inflate.unconsumed_tail
            end += len(packed_bytes) - len(rest)
            packed_bytes = rest
        if not unpacked.endswith(b"\n"):
            raise Refused(Refusal.DAMAGED)
        yield Member(bytes(unpacked).splitlines(keepends=True), end)
