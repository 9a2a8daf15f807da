"""What clients send, field by field, with the limits that the OpenAPI description states."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, WithJsonSchema, field_validator

from presence.domain import clock, topics, usernames
from presence.domain.entities import Privacy
from presence.domain.errors import BoardNameInvalid, PresenceError
from presence.schemas.base import Request

MAX_IMAGES = 5
MAX_ARCHIVE_BYTES = 1024 * 1024 * 1024
MAX_FEATURED = 6
MAX_PINS = 100


def _web_address(value: str) -> str:
    if not value.lower().startswith(("http://", "https://")):
        raise ValueError("should be an http or https URL")
    return value


DEFAULT_LINK_SECONDS, MAX_LINK_SECONDS = 7 * clock.DAY, 30 * clock.DAY
MAX_LINK_USES = 10_000
MemberRole = Literal["viewer", "contributor", "editor"]
Username = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_]+$", max_length=64)]
Id = Annotated[str, StringConstraints(pattern=r"^[0-9]+$", max_length=32)]
Link = Annotated[
    str | None, StringConstraints(max_length=2048), AfterValidator(lambda text: _web_address(text) if text else None)
]
Url = Annotated[str, StringConstraints(min_length=1, max_length=2048), AfterValidator(_web_address)]
BoardName = Annotated[str, StringConstraints(min_length=1, max_length=180)]
SectionName = Annotated[str, StringConstraints(min_length=1, max_length=180)]
BoardDescription = Annotated[str, StringConstraints(max_length=500)]
ContentType = Literal["image/jpeg", "image/png"]
Base64 = Annotated[str, StringConstraints(min_length=1, pattern=r"^[a-zA-Z0-9+/=\s]+$")]


class _BoardRequest(Request):
    @classmethod
    def broken_rule(cls, field: str, rule: str) -> PresenceError:
        return BoardNameInvalid(field, rule) if field == "name" else super().broken_rule(field, rule)


def _or_default(default: Any) -> BeforeValidator:
    """Clients send null for what their user left unset."""
    return BeforeValidator(lambda value: default if value is None else value)


def _distinct(values: list[str]) -> list[str]:
    if len(set(values)) < len(values):
        raise ValueError("should name each of them once")
    return values


def _are_topics(values: list[str]) -> list[str]:
    for value in values:
        if value not in topics.every():
            raise ValueError(f"should name topics of /discover/topics; '{value[:64]}' is none")
    return values


TopicIds = Annotated[
    list[str],
    Field(max_length=topics.MAX_TOPICS, description="What the board is about; null: what its words tell."),
    AfterValidator(_distinct),
    AfterValidator(_are_topics),
]


class BoardCreate(_BoardRequest):
    name: BoardName
    description: BoardDescription | None = None
    privacy: Annotated[Privacy, _or_default(Privacy.PUBLIC)] = Privacy.PUBLIC
    is_ads_only: Annotated[bool, _or_default(False)] = False
    topics: TopicIds | None = None


class BoardUpdate(_BoardRequest):
    name: BoardName | None = None
    description: BoardDescription | None = None
    privacy: Literal["PUBLIC", "SECRET"] | None = None
    topics: TopicIds | None = None


class BoardRestore(_BoardRequest):
    name: BoardName | None = None


class VisibilityPreview(Request):
    privacy: Privacy


class BoardMerge(Request):
    into: Id


class SectionCreate(Request):
    name: SectionName


class SectionUpdate(Request):
    name: SectionName | None = None


class ImageUrl(Request):
    source_type: Literal["image_url"]
    url: Url


class ImageBase64(Request):
    source_type: Literal["image_base64"]
    content_type: ContentType
    data: Base64


class _CarouselItem(Request):
    title: Annotated[str, StringConstraints(max_length=100)] | None = None
    description: Annotated[str, StringConstraints(max_length=800)] | None = None
    link: Link = None


class ImageUrlItem(_CarouselItem):
    url: Url


class ImageBase64Item(_CarouselItem):
    content_type: ContentType
    data: Base64


class MultipleImageUrls(Request):
    source_type: Literal["multiple_image_urls"]
    items: Annotated[list[ImageUrlItem], Field(min_length=2, max_length=MAX_IMAGES)]
    index: Annotated[int | None, Field(ge=0, lt=MAX_IMAGES)] = None


class MultipleImageBase64(Request):
    source_type: Literal["multiple_image_base64"]
    items: Annotated[list[ImageBase64Item], Field(min_length=2, max_length=MAX_IMAGES)]
    index: Annotated[int | None, Field(ge=0, lt=MAX_IMAGES)] = None


class VideoId(Request):
    source_type: Literal["video_id"]
    media_id: Id
    cover_image_url: Url | None = None
    cover_image_content_type: ContentType | None = None
    cover_image_data: Base64 | None = None


class PinUrl(Request):
    source_type: Literal["pin_url"]


MediaSource = Annotated[
    ImageUrl | ImageBase64 | MultipleImageUrls | MultipleImageBase64 | VideoId | PinUrl,
    Field(discriminator="source_type"),
]


class _PinTexts(Request):
    title: Annotated[str, StringConstraints(max_length=100)] | None = None
    description: Annotated[str, StringConstraints(max_length=800)] | None = None
    alt_text: Annotated[str, StringConstraints(max_length=500)] | None = None
    link: Link = None


class PinCreate(_PinTexts):
    board_id: Id
    board_section_id: Id | None = None
    dominant_color: Annotated[str, StringConstraints(pattern=r"^#[0-9A-Fa-f]{6}$")] | None = None
    parent_pin_id: Id | None = None
    media_source: MediaSource


class PinUpdate(_PinTexts):
    board_id: Id | None = None
    board_section_id: Id | None = None


def _new_username(value: str) -> str:
    name = value.lower() if value.isascii() else value
    if rule := usernames.broken_rule(name):
        raise ValueError(rule)
    return name


NewUsername = Annotated[
    str,
    AfterValidator(_new_username),
    WithJsonSchema(
        {
            "type": "string",
            "minLength": usernames.MIN_LENGTH,
            "maxLength": usernames.MAX_LENGTH,
            "pattern": r"^[a-zA-Z0-9_]*[a-zA-Z][a-zA-Z0-9_]*$",
            "description": "Kept in lower case. Neither reserved nor like a name that somebody has.",
        }
    ),
]
Picture = Annotated[ImageUrl | ImageBase64, Field(discriminator="source_type")]


_NothingIfEmpty = AfterValidator(lambda text: text or None)


class AccountUpdate(Request):
    """What is left out stays; null takes away what may be without."""

    username: NewUsername | None = None
    display_name: Annotated[str | None, StringConstraints(max_length=80), _NothingIfEmpty] = None
    about: Annotated[str | None, StringConstraints(max_length=500), _NothingIfEmpty] = None
    website_url: Annotated[Link, _NothingIfEmpty] = None
    location: Annotated[str | None, StringConstraints(max_length=100), _NothingIfEmpty] = None
    pronouns: Annotated[str | None, StringConstraints(max_length=40), _NothingIfEmpty] = None
    avatar: Picture | None = None
    banner: Picture | None = None
    is_private: bool | None = None
    hidden_from_search: bool | None = None
    featured_board_ids: Annotated[list[Id], Field(max_length=MAX_FEATURED), AfterValidator(_distinct)] | None = Field(
        default=None, description="Public boards of the caller's, in the order in which they are to be shown."
    )


class PinSave(Request):
    board_id: Id | None = None
    board_section_id: Id | None = None


class PinRestore(Request):
    board_id: Id | None = None
    board_section_id: Id | None = None


class ExportCreate(Request):
    """Nothing is asked."""


class ImportCreate(Request):
    size: Annotated[int, Field(ge=1, le=MAX_ARCHIVE_BYTES)]
    """Of the archive that will be uploaded, in bytes."""


class ImportStart(Request):
    """Nothing is asked."""


class UserFollow(Request):
    auto_follow: bool | None = None
    """Clients of v5 send it; here a follow is always meant."""


class CollaboratorUpdate(Request):
    role: MemberRole | None = None


class InvitationCreate(Request):
    username: Username
    role: MemberRole


class InvitationLinkCreate(Request):
    role: MemberRole
    expires_in_seconds: Annotated[
        int, Field(ge=clock.MINUTE, le=MAX_LINK_SECONDS), _or_default(DEFAULT_LINK_SECONDS)
    ] = DEFAULT_LINK_SECONDS
    max_uses: Annotated[int | None, Field(ge=1, le=MAX_LINK_USES)] = None


class InvitationLinkAccept(Request):
    token: Annotated[str, StringConstraints(min_length=1, max_length=200)]


class JoinRequestCreate(Request):
    role: Annotated[MemberRole, _or_default("contributor")] = "contributor"
    message: Annotated[str, StringConstraints(max_length=500)] | None = None


class JoinRequestApprove(Request):
    role: MemberRole | None = None


class BoardTransfer(_BoardRequest):
    username: Username
    name: BoardName | None = None


class Position(Request):
    """Right behind another thing of the list, or before all."""

    after: Id | None


class PinPosition(Position):
    list: Annotated[Literal["board", "section"], _or_default("board")] = "board"


class CoverChoice(Request):
    pin_id: Id | None


class ManyPins(Request):
    pin_ids: Annotated[list[Id], Field(min_length=1, json_schema_extra={"maxItems": MAX_PINS, "uniqueItems": True})]
    board_section_id: Id | None = None

    @field_validator("pin_ids")
    @classmethod
    def _are_different(cls, given: list[str]) -> list[str]:
        if len(set(given)) < len(given):
            raise ValueError("should name each pin once")
        return given
