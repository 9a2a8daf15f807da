"""The one clock. Everything that needs the time asks here, so a test can set it."""

from datetime import UTC, datetime
from time import time as _time

MINUTE = 60
HOUR = 60 * MINUTE
DAY = 24 * HOUR


def now() -> float:
    """Seconds since the Unix epoch."""
    return _time()


def timestamp(seconds: float | None = None) -> str:
    """An RFC 3339 UTC time with second precision, such as ``2026-11-23T09:07:43Z``."""
    return datetime.fromtimestamp(now() if seconds is None else seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def seconds(timestamp: str) -> float:
    """Seconds since the Unix epoch of what ``timestamp`` wrote."""
    return datetime.strptime(timestamp, "%Y-%m-%dT%H:%M:%S%z").timestamp()
