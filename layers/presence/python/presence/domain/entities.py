"""The things Presence keeps. Plain values: they are loaded by ``storage``, judged by ``policies``, never self-saving.

Times are RFC 3339 UTC strings. ``version`` counts the changes that clients made; what functions derive from the
stream (a board's cover) does not count.
"""

import hashlib
from dataclasses import dataclass
from enum import StrEnum


class Privacy(StrEnum):
    PUBLIC = "PUBLIC"
    PROTECTED = "PROTECTED"
    SECRET = "SECRET"


class Role(StrEnum):
    """What a member may do on a board, least first. The owner is a fact of the board, the others are members."""

    VIEWER = "viewer"
    CONTRIBUTOR = "contributor"
    EDITOR = "editor"
    OWNER = "owner"


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who asks: the user and what their token allows."""

    user_id: str
    username: str
    """As it was when the token was made. Never shown: a profile tells the name of today."""
    scopes: frozenset[str]


@dataclass(frozen=True, slots=True)
class Board:
    """A collection of pins that one user owns and others may help to fill."""

    id: str
    owner_id: str
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
    """Users who follow this board itself; those who follow its owner are counted there."""
    collaborator_count: int = 0
    cover: tuple[str, ...] = ()
    """The pictures of its first pins (each a URL or a key in the media bucket), at most five."""
    cover_pin_id: str | None = None
    """The pin whose picture was chosen as cover; None: the first pin's."""
    topic_ids: tuple[str, ...] | None = None
    """What its owner says it is about, at most three topics; None: what its words tell."""
    rank: str | None = None
    """Where its owner put it among their boards (``domain.ranks``); None: where its id puts it."""
    archived_at: str | None = None
    """Put away: its members see it, nobody changes it until it is restored."""
    trashed_at: str | None = None
    """Deleted by its owner, who may restore it for 30 days; hidden from every other read."""
    merged_into: str | None = None
    """The board that has its pins now; the item stays, to answer with where they went."""
    deleted: bool = False
    """Gone for good and for every read; its item remains until its pins and sections are cleaned up."""
    deleted_at: str | None = None
    deleted_section_ids: frozenset[str] = frozenset()
    """Sections whose pins are still being released; to every read their pins are on the board itself."""
    version: int = 1

    @property
    def position(self) -> str:
        """Among its owner's boards, archived or not; in the trash the latest deleted is first."""
        return position(self.id, self.trashed_at or self.rank)


@dataclass(frozen=True, slots=True)
class Section:
    """A named part of a board."""

    id: str
    board_id: str
    name: str
    pin_count: int = 0
    rank: str | None = None
    """Where it was put among the board's sections; None: where its id puts it."""
    deleted: bool = False
    version: int = 1

    @property
    def position(self) -> str:
        return position(self.id, self.rank)


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

    @property
    def digest(self) -> str | None:
        """Stands for what is to be seen, whatever is written beside it; None where there is nothing to see.

        64 bits tell the pins of one board apart, and each pin carries them twice.
        """
        shown = [image.key or image.url or "" for image in self.images]
        if self.video_id:
            shown.append(f"video {self.video_id}")
        return hashlib.sha256("\n".join(shown).encode()).hexdigest()[:16] if shown else None


@dataclass(frozen=True, slots=True)
class Pin:
    """Something kept on a board, or in one of its sections, by whoever added it."""

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
    source_board_id: str | None = None
    """The board from which it was saved; stays when the parent moves on."""
    rank: str | None = None
    """Where it was put on the board; None: where its id puts it, the newest first."""
    section_rank: str | None = None
    """The same within its section."""
    trashed_at: str | None = None
    """Deleted; restorable for 30 days, hidden from every other read."""
    version: int = 1

    @property
    def position(self) -> str:
        """On its board."""
        return position(self.id, self.rank)

    @property
    def position_in_section(self) -> str:
        return position(self.id, self.section_rank)

    @property
    def uploads(self) -> tuple[str, ...]:
        """Keys in the media bucket; each object is kept while any pin references it."""
        return tuple(image.key for image in self.media.images if image.key)


@dataclass(frozen=True, slots=True)
class Profile:
    """A user, as they show themselves and as others count them."""

    id: str
    username: str
    created_at: str
    display_name: str | None = None
    about: str | None = None
    website_url: str | None = None
    location: str | None = None
    pronouns: str | None = None
    avatar: str | None = None
    """A picture: a URL, or a key in the media bucket."""
    banner: str | None = None
    is_private: bool = False
    """Only approved followers see its boards, pins and lists."""
    hidden_from_search: bool = False
    """Not in discovery, and search engines are asked not to list it."""
    featured_board_ids: tuple[str, ...] = ()
    """At most six, in the order in which they are shown."""
    board_count: int = 0
    """Boards that the user owns, archived ones included, those in the trash not."""
    pin_count: int = 0
    """Pins that the user added, wherever, but for those in the trash."""
    follower_count: int = 0
    """Approved followers; follows the edges through the stream."""
    following_count: int = 0
    """Users whom this one follows."""
    issuer: str | None = None
    """Who vouches for the user's identity, and ``subject`` as whom: the account they sign in to."""
    subject: str | None = None
    deleted: bool = False
    """The account is being deleted: gone for every read."""
    version: int = 1

    @property
    def uploads(self) -> tuple[str, ...]:
        """Keys in the media bucket; each object is kept while the profile references it."""
        return tuple(picture for picture in (self.avatar, self.banner) if picture and "://" not in picture)


@dataclass(frozen=True, slots=True)
class PinBatch:
    """An order to copy or move many pins to one board, written down before it is carried out."""

    id: str
    user_id: str
    board_id: str
    created_at: str
    steps: tuple[tuple[str, str, str], ...]
    """For each pin its id, an id made for it (the copy's, or the moved pin's rank), and the board where it was."""
    section_id: str | None = None
    copies: bool = False
    done: int = 0
    """How many steps have been carried out."""


class Following(StrEnum):
    """How one user follows another."""

    REQUESTED = "requested"
    """A private profile's owner has not approved it yet."""
    APPROVED = "approved"


@dataclass(frozen=True, slots=True)
class Tie:
    """What one user is to another, in one direction. Blocks are written in both, so that one read tells of both."""

    from_id: str
    to_id: str
    since: str
    """An id made when the present state began: the sort key of lists."""
    following: str | None = None
    """A ``Following``, or None."""
    blocks: bool = False
    blocked: bool = False
    """The other one blocks this one."""
    counted: bool = False
    """It is part of the other one's ``follower_count``."""

    @property
    def is_follow(self) -> bool:
        """It belongs into the other one's ``follower_count``."""
        return self.following == Following.APPROVED

    @property
    def is_over(self) -> bool:
        """It says nothing any more; the stream removes it when it is not counted either."""
        return not (self.following or self.blocks or self.blocked)

    @property
    def position(self) -> str:
        """In lists of one user's ties."""
        return position(self.to_id, self.since)

    @property
    def position_at_target(self) -> str:
        """In lists of those who are tied to one user."""
        return position(self.from_id, self.since)


@dataclass(frozen=True, slots=True)
class BoardFollow:
    """A user's word on one board, which goes before what follows from following its owner."""

    user_id: str
    board_id: str
    since: str
    follows: bool = True
    """False: not this one, although its owner is followed."""
    is_over: bool = False
    """Taken back: neither of both. It remains until the stream has uncounted it."""
    counted: bool = False
    """It is part of the board's ``follower_count``."""

    @property
    def is_follow(self) -> bool:
        return self.follows

    @property
    def position(self) -> str:
        """In the list of a user's board follows."""
        return position(self.board_id, self.since)

    @property
    def position_at_target(self) -> str:
        """In the list of a board's followers."""
        return position(self.user_id, self.since)


@dataclass(frozen=True, slots=True)
class Member:
    """A user's part on somebody else's board."""

    board_id: str
    user_id: str
    role: str
    since: str
    added_by: str

    @property
    def position(self) -> str:
        """In the list of a user's group boards."""
        return position(self.board_id, self.since)


@dataclass(frozen=True, slots=True)
class Invitation:
    """To work on a board, until the user whom it names answers it. It shows them that board's name, not the board."""

    board_id: str
    user_id: str
    role: str
    since: str
    invited_by: str
    ends_at: int
    """Seconds since the epoch. Not named ``expires_at``: what DynamoDB removes would stay counted."""

    @property
    def position(self) -> str:
        """In the list of what a user is invited to."""
        return position(self.board_id, self.since)


@dataclass(frozen=True, slots=True)
class InvitationLink:
    """To work on a board, for whoever has its token."""

    id: str
    board_id: str
    role: str
    digest: str
    """Of the token's secret, which is kept nowhere."""
    made_by: str
    ends_at: int
    """Seconds since the epoch."""
    uses: int = 0
    max_uses: int | None = None

    @property
    def position(self) -> str:
        return self.id


@dataclass(frozen=True, slots=True)
class JoinRequest:
    """A user's wish to work on a board that they can see."""

    board_id: str
    user_id: str
    role: str
    since: str
    message: str | None = None


class JobStatus(StrEnum):
    """Where the making or the reading of an archive is."""

    WAITING = "waiting"
    """An import whose archive its user has yet to upload."""
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Job:
    """An export or an import of a user's: what was asked for, how far it is, and all that going on with it needs."""

    id: str
    user_id: str
    status: str
    created_at: str
    expires_at: int
    """Seconds since the epoch; then it is forgotten with its archive."""
    cursor: str = ""
    """Where to go on: JSON that only the service at work understands."""
    step: int = 0
    """Counts the changes. Each is conditioned on the one before, so that two at work cannot do the same twice."""
    boards: int = 0
    pins: int = 0
    follows: int = 0
    size: int = 0
    """Of the archive, in bytes."""
    finished_at: str | None = None
    failure: str | None = None
    """Why it failed."""

    @property
    def position(self) -> str:
        return self.id

    @property
    def is_at_work(self) -> bool:
        return self.status in (JobStatus.QUEUED, JobStatus.RUNNING)


def position(thing_id: str, sort: str | None) -> str:
    """Where a thing lies in a list: its id, and its sort key there if that is not the id. What bookmarks carry."""
    return f"{thing_id}.{sort}" if sort else thing_id


def parted(place: str) -> tuple[str, str]:
    """The id and the sort key of a ``position``."""
    thing_id, _, sort = place.partition(".")
    return thing_id, sort or thing_id
