"""Small pictures, made byte by byte."""

import struct
import zlib
from base64 import b64encode

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"


def a_png(width: int = 40, height: int = 40) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress((b"\0" + b"\x7f" * width) * height)
    return PNG_SIGNATURE + png_chunk(b"IHDR", header) + png_chunk(b"IDAT", rows) + png_chunk(b"IEND", b"")


def png_chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def a_jpeg(width: int = 40, height: int = 40, *, segments: bytes = b"") -> bytes:
    """The markers of a baseline JPEG, with a scan that no decoder would like but every parser walks over."""
    frame = struct.pack(">BHHB", 8, height, width, 1) + b"\x01\x11\x00"
    scan = b"\x01\x01\x00\x00\x3f\x00"
    return (
        b"\xff\xd8"
        + jpeg_segment(0xE0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0")
        + segments
        + jpeg_segment(0xC0, frame)
        + jpeg_segment(0xDA, scan)
        + b"\x12\x34\x56" * 20
        + b"\xff\xd9"
    )


def jpeg_segment(marker: int, data: bytes) -> bytes:
    return b"\xff" + bytes([marker]) + struct.pack(">H", len(data) + 2) + data


def a_gif() -> bytes:
    return b"GIF89a" + struct.pack("<HH", 40, 40) + b"\0" * 30 + b";"


def base64(content: bytes) -> str:
    return b64encode(content).decode()
