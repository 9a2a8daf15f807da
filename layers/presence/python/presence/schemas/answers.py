"""What clients get, for the OpenAPI description and the tests. ``presence.http.views`` builds it."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.json_schema import SkipJsonSchema

from presence.domain.entities import Privacy, Role

Count = Field(ge=0)
AnId = Field(pattern=r"^\d+$")


def _no_default(schema: dict[str, Any]) -> None:
    schema.pop("default", None)


def _absent(when: str) -> Any:
    """A field that is left out when unknown, never null."""
    return Field(default=None, description=f"Absent {when}.", json_schema_extra=_no_default)


class _Answer(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Error(BaseModel):
    code: int
    message: str


class Owner(_Answer):
    username: str


class BoardMedia(_Answer):
    image_cover_url: str | None
    pin_thumbnail_urls: list[str] = Field(max_length=4)


class Board(_Answer):
    id: str = AnId
    name: str
    description: str | None
    privacy: Privacy
    is_ads_only: bool
    owner: Owner
    created_at: str
    board_pins_modified_at: str | SkipJsonSchema[None] = _absent("until a pin was added, moved or deleted")
    pin_count: int = Count
    follower_count: int = Count
    collaborator_count: int = Count
    role: Role | None = Field(description="The caller's on this board.")
    is_archived: bool
    topics: list[str] | SkipJsonSchema[None] = _absent("where its owner chose none and it was not found by an index")
    media: BoardMedia | SkipJsonSchema[None] = _absent("while the board has no picture")


class Progress(_Answer):
    boards: int = Count
    pins: int = Count
    follows: int = Count


class Transfer(_Answer):
    """Where an archive is handed over."""

    url: str
    expires_in_seconds: int
    bytes: int


class _Job(_Answer):
    id: str = AnId
    created_at: str
    expires_at: str = Field(description="Then it is forgotten, with its archive.")
    finished_at: str | None
    progress: Progress


class Export(_Job):
    status: Literal["queued", "running", "done"]
    download: Transfer | SkipJsonSchema[None] = _absent("until it is done; its `url` is good for a while")


class Import(_Job):
    status: Literal["waiting", "queued", "running", "done", "failed"]
    failure: (
        Literal[
            "missing",
            "changed",
            "not_an_archive",
            "unknown_version",
            "foreign",
            "damaged",
            "limit_reached",
            "id_taken",
        ]
        | None
    ) = Field(description="Why it failed. Before `limit_reached` and `id_taken` things may have been made.")
    total: Progress | SkipJsonSchema[None] = _absent("until the archive's first line is read")
    upload: Transfer | SkipJsonSchema[None] = _absent("but while it waits: PUT exactly this many bytes there")


class ExportPage(_Answer):
    items: list[Export]
    bookmark: str | None


class ImportPage(_Answer):
    items: list[Import]
    bookmark: str | None


class Ruling(_Answer):
    rule: str
    says: Literal["hides", "shows", "has no say"]
    because: str


class Visibility(_Answer):
    viewer: str | None = Field(description="Null: somebody who has nothing to do with the board's owner.")
    can_see: bool
    listed: bool
    decided_by: str = Field(description="The last of the rules.")
    rules: list[Ruling] = Field(description="Those that were asked, in their order, until one had a say.")


class Affected(_Answer):
    people: list[str] = Field(description="Usernames, of those who follow the board itself.")
    follower_count: int = Count


class SavedCopy(_Answer):
    pin_id: str = AnId
    board_id: str = AnId
    username: str = Field(description="Of the owner of that board.")


class SavedCopies(_Answer):
    public_count: int = Count
    items: list[SavedCopy]
    and_more: bool


AnAudience = Literal["everyone", "anyone with the link", "approved followers", "members"]


class VisibilityChange(_Answer):
    audience_before: AnAudience
    audience_after: AnAudience
    loses: Affected
    gains: Affected
    and_more: bool = Field(description="More follow the board than were looked at; then the counts are at most so.")
    members_keep: int = Count
    saved_copies: SavedCopies


class Section(_Answer):
    id: str = AnId
    name: str


class ImageDetails(_Answer):
    url: str
    width: int | SkipJsonSchema[None] = _absent("for pictures that were not uploaded here")
    height: int | SkipJsonSchema[None] = _absent("for pictures that were not uploaded here")


Images = dict[Literal["150x150", "400x300", "600x", "1200x", "originals"], ImageDetails]


class MediaImage(_Answer):
    media_type: Literal["image"]
    images: Images


class MediaItem(_Answer):
    item_type: Literal["image"]
    title: str | None
    description: str | None
    link: str | None
    images: Images


class MediaImages(_Answer):
    media_type: Literal["multiple_images"]
    items: list[MediaItem]


class MediaVideo(_Answer):
    media_type: Literal["video"]
    media_id: str
    video_url: str | None
    cover_image_url: str | SkipJsonSchema[None] = _absent("without a cover")
    images: Images | SkipJsonSchema[None] = _absent("without a cover")


class Pin(_Answer):
    id: str = AnId
    created_at: str
    link: str | None
    title: str | None
    description: str | None
    dominant_color: str | None
    alt_text: str | None
    creative_type: Literal["REGULAR", "CAROUSEL", "VIDEO"]
    board_id: str
    board_section_id: str | None
    board_owner: Owner
    is_owner: bool
    added_by: Owner | None
    is_standard: bool
    has_been_promoted: bool
    parent_pin_id: str | None
    pin_metrics: None
    media: MediaImage | MediaImages | MediaVideo | SkipJsonSchema[None] = _absent("for a pin made from a URL")


class TrashedBoard(Board):
    trashed_at: str
    purge_at: str = Field(description="Until then it can be restored.")


class TrashedPin(Pin):
    board_owner: Owner | SkipJsonSchema[None] = _absent("where the board it was on is gone or hidden")  # type: ignore[assignment]
    trashed_at: str
    purge_at: str = Field(description="Until then it can be restored.")


_DUPLICATE = "The oldest other pin on the board that shows the same; the pin was made, or moved, all the same."


class NewPin(Pin):
    duplicate_of: str | None = Field(description=_DUPLICATE)


class PinOutcome(_Answer):
    id: str = Field(pattern=r"^\d+$", description="The copy's, or the moved pin's own.")
    pin_id: str = Field(pattern=r"^\d+$", description="The one that was asked for.")
    duplicate_of: str | None = Field(description=_DUPLICATE)


class PinOutcomes(_Answer):
    items: list[PinOutcome]


class _Person(_Answer):
    username: str
    display_name: str | None
    about: str | SkipJsonSchema[None] = _absent("until something is written")
    profile_image: str | SkipJsonSchema[None] = _absent("without an avatar")
    website_url: str | SkipJsonSchema[None] = _absent("until one is given")
    location: str | None
    pronouns: str | None
    banner_image: str | None
    is_private: bool
    featured_board_ids: list[str] = Field(
        max_length=6, description="In the owner's order, without boards that are gone or hidden from the caller."
    )


class User(_Person):
    board_count: int | None = Field(description="Only to the user: secret boards are counted too.")
    pin_count: int | None = Field(description="Only to the user: pins on secret boards are counted too.")
    follower_count: int = Count
    following_count: int = Count
    follow_state: Literal["none", "requested", "following"] | None = Field(
        description="How the caller follows the user; null for oneself."
    )


class Account(_Person):
    id: str = AnId
    account_type: Literal["PINNER", "BUSINESS"]
    business_name: str | None
    hidden_from_search: bool
    board_count: int | None
    pin_count: int | None
    follower_count: int | None
    following_count: int | None
    monthly_views: int | None


class UserSummary(_Answer):
    username: str
    type: Literal["user"]


class FollowedUser(UserSummary):
    follow_state: Literal["following", "requested"]


class UserPage(_Answer):
    items: list[UserSummary]
    bookmark: str | None


class Collaborator(_Answer):
    username: str
    role: Role
    since: str
    added_by: Owner | None


class _Invited(_Answer):
    role: Role
    invited_by: Owner | None
    created_at: str
    expires_at: str


class Invitation(_Invited):
    username: str


class ReceivedInvitation(_Invited):
    board_id: str = AnId
    board_name: str


class InvitationLink(_Answer):
    id: str = AnId
    role: Role
    uses: int = Count
    max_uses: int | None
    created_at: str
    expires_at: str
    token: str | None = Field(description="Shown when the link is made, and never again.")


class JoinRequest(_Answer):
    username: str
    role: Role
    message: str | None
    created_at: str


class CollaboratorPage(_Answer):
    items: list[Collaborator]
    bookmark: str | None


class InvitationPage(_Answer):
    items: list[Invitation]
    bookmark: str | None


class ReceivedInvitationPage(_Answer):
    items: list[ReceivedInvitation]
    bookmark: str | None


class InvitationLinkPage(_Answer):
    items: list[InvitationLink]
    bookmark: str | None


class JoinRequestPage(_Answer):
    items: list[JoinRequest]
    bookmark: str | None


class BoardPage(_Answer):
    items: list[Board]
    bookmark: str | None


class SectionPage(_Answer):
    items: list[Section]
    bookmark: str | None


class PinPage(_Answer):
    items: list[Pin]
    bookmark: str | None


class TrashedBoardPage(_Answer):
    items: list[TrashedBoard]
    bookmark: str | None


class TrashedPinPage(_Answer):
    items: list[TrashedPin]
    bookmark: str | None


class UserCard(UserSummary):
    display_name: str | None
    is_private: bool
    follower_count: int = Count
    follow_state: Literal["none", "requested", "following"]
    profile_image: str | SkipJsonSchema[None] = _absent("without an avatar")


class Highlight(_Answer):
    field: Literal["name", "description", "title", "alt_text", "username", "display_name"] = Field(
        description="Of the board, pin or user."
    )
    ranges: list[tuple[int, int]] = Field(
        description="Where the text's matching words begin, and the first character after them, counted in Unicode "
        "code points from 0: where a language counts UTF-16 units, emoji are two of them."
    )


class _Found(_Answer):
    score: float = Field(ge=0, description="How well it fits; comparable within one search only.")
    highlights: list[Highlight]


class FoundBoard(_Found):
    type: Literal["board"]
    board: Board


class FoundPin(_Found):
    type: Literal["pin"]
    pin: Pin


class FoundUser(_Found):
    type: Literal["user"]
    user: UserCard


class Topic(_Answer):
    id: str
    name: str
    parent: str | None


class TopicTree(_Answer):
    items: list[Topic]
    bookmark: None


class TopicPage(_Answer):
    items: list[Topic]
    bookmark: str | None


class SearchPage(_Answer):
    items: list[FoundBoard | FoundPin | FoundUser]
    bookmark: str | None


class Suggestion(_Answer):
    type: Literal["board", "user", "topic"]
    text: str
    username: str | SkipJsonSchema[None] = _absent("of a board's name or a topic")
    topic_id: str | SkipJsonSchema[None] = _absent("of a board's name or a user")


class Suggestions(_Answer):
    items: list[Suggestion]
    bookmark: None


class NamedBoard(_Answer):
    id: str = AnId
    name: str


class PersonToFollow(UserCard):
    followed_by: list[str] = Field(max_length=3, description="Usernames of people whom the caller follows.")
    boards: list[NamedBoard] = Field(max_length=3, description="Of theirs, that the caller follows.")


class PeopleToFollow(_Answer):
    items: list[PersonToFollow]
    bookmark: str | None
