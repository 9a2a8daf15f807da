"""What a token may allow, and the rule that a route needs all the scopes it lists."""

from collections.abc import Iterable
from enum import StrEnum

from presence.domain.entities import Viewer
from presence.domain.errors import ScopeMissing


class Scope(StrEnum):
    BOARDS_READ = "boards:read"
    BOARDS_READ_SECRET = "boards:read_secret"
    BOARDS_WRITE = "boards:write"
    BOARDS_WRITE_SECRET = "boards:write_secret"
    PINS_READ = "pins:read"
    PINS_READ_SECRET = "pins:read_secret"
    PINS_WRITE = "pins:write"
    PINS_WRITE_SECRET = "pins:write_secret"
    USER_ACCOUNTS_READ = "user_accounts:read"
    USER_ACCOUNTS_WRITE = "user_accounts:write"


def require(viewer: Viewer, scopes: Iterable[str]) -> None:
    """All of ``scopes`` are needed.

    Raises:
        ScopeMissing: names those that the token lacks.
    """
    missing = [scope for scope in scopes if scope not in viewer.scopes]
    if missing:
        raise ScopeMissing(*missing)
