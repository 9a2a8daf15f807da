"""The things Presence keeps. Plain values: they are loaded by ``storage``, judged by ``policies``, never self-saving.

Times are RFC 3339 UTC strings. ``version`` counts the changes that clients made; what functions derive from the
stream (a board's cover) does not count.
"""

from dataclasses import dataclass
from enum import StrEnum


class Privacy(StrEnum):
    PUBLIC = "PUBLIC"
    PROTECTED = "PROTECTED"
    SECRET = "SECRET"


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who asks: the user and what their token allows."""

    user_id: str
    username: str
    scopes: frozenset[str]


@dataclass(frozen=True, slots=True)
class Board:
    id: str
    owner_id: str
    owner_username: str
    name: str
    slug: str
    privacy: str
    created_at: str
    description: str | None = None
    is_ads_only: bool = False
    pins_modified_at: str | None = None
    pin_count: int = 0
    section_count: int = 0
    follower_count: int = 0
    collaborator_ids: frozenset[str] = frozenset()
    cover: tuple[str, ...] = ()
    """The pictures of its newest pins (each a URL or a key in the media bucket), newest first, at most five."""
    deleted: bool = False
    """A deleted board is gone for every read; its item remains until its pins and sections are cleaned up."""
    deleted_section_ids: frozenset[str] = frozenset()
    """Sections whose pins are still being released; to every read their pins are on the board itself."""
    version: int = 1


@dataclass(frozen=True, slots=True)
class Section:
    id: str
    board_id: str
    name: str
    pin_count: int = 0
    deleted: bool = False
    version: int = 1


@dataclass(frozen=True, slots=True)
class Image:
    """A picture: either ``url`` somewhere on the web, or ``key`` in the media bucket with its measured size."""

    url: str | None = None
    key: str | None = None
    width: int | None = None
    height: int | None = None
    title: str | None = None
    description: str | None = None
    link: str | None = None


@dataclass(frozen=True, slots=True)
class Media:
    """What a pin shows: one picture, several (the one at ``cover_index`` first to be seen), or a video's cover."""

    kind: str
    """``image``, ``multiple_images``, ``video`` or ``pin_url``."""
    images: tuple[Image, ...] = ()
    cover_index: int = 0
    video_id: str | None = None


@dataclass(frozen=True, slots=True)
class Pin:
    id: str
    owner_id: str
    board_id: str
    created_at: str
    media: Media
    section_id: str | None = None
    title: str | None = None
    description: str | None = None
    alt_text: str | None = None
    link: str | None = None
    dominant_color: str | None = None
    parent_pin_id: str | None = None
    version: int = 1

    @property
    def uploads(self) -> tuple[str, ...]:
        """Keys in the media bucket; each object is kept while any pin references it."""
        return tuple(image.key for image in self.media.images if image.key)


@dataclass(frozen=True, slots=True)
class Profile:
    id: str
    username: str
    created_at: str
    board_count: int = 0
    version: int = 1
