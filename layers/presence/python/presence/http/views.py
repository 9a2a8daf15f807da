"""What clients get of our values. Plain dictionaries: a list of 100 boards is built in microseconds.

``presence.schemas.answers`` describes the same for the OpenAPI description, and a test holds the two equal.
What is unknown and not nullable is left out, never sent as null: Pinterest's official clients refuse it.
"""

import os
from collections.abc import Iterable
from functools import cache
from typing import Any

from presence.domain.entities import Following, Image, Media, Profile, Section, Tie
from presence.policies import visibility
from presence.services import keeping
from presence.services.access import Seen
from presence.services.audience import Affected, Explanation, Preview
from presence.services.bulk import Outcome
from presence.services.follows import Listed
from presence.services.people import Person
from presence.services.pins import Placed, creative_type
from presence.services.profiles import Shown

IMAGE_SIZES = ("150x150", "400x300", "600x", "1200x", "originals")

View = dict[str, Any]


def board(seen: Seen) -> View:
    value = seen.board
    view: View = {
        "id": value.id,
        "name": value.name,
        "description": value.description,
        "privacy": value.privacy,
        "is_ads_only": value.is_ads_only,
        "owner": {"username": seen.owner_name},
        "created_at": value.created_at,
        "pin_count": value.pin_count,
        "follower_count": value.follower_count,
        "collaborator_count": value.collaborator_count,
        "role": seen.standing.role,
        "is_archived": value.archived_at is not None,
    }
    if value.pins_modified_at:
        view["board_pins_modified_at"] = value.pins_modified_at
    if value.topic_ids is not None:
        view["topics"] = list(value.topic_ids)
    if value.cover:
        cover, *thumbnails = map(_picture_url, value.cover)
        view["media"] = {"image_cover_url": cover, "pin_thumbnail_urls": thumbnails}
    return view


def user_summary(value: Person | Listed) -> View:
    return {"username": value.profile.username if value.profile else "", "type": "user"}


def user_card(value: Person) -> View:
    """What everybody sees of a user, be their profile private or not."""
    view: View = user_summary(value) | {
        "display_name": value.profile.display_name,
        "is_private": value.profile.is_private,
        "follower_count": value.profile.follower_count,
        "follow_state": _follow_state(value.tie),
    }
    if value.profile.avatar:
        view["profile_image"] = _picture_url(value.profile.avatar)
    return view


def followed_user(value: Person) -> View:
    state = "following" if visibility.is_follower(value.tie) else "requested"
    return {**user_summary(value), "follow_state": state}


def explanation(explained: Explanation) -> View:
    return {
        "viewer": explained.username,
        "can_see": explained.can_see,
        "listed": explained.is_listed,
        "decided_by": explained.chain[-1].rule,
        "rules": [ruling._asdict() for ruling in explained.chain],
    }


def visibility_change(preview: Preview) -> View:
    return {
        "audience_before": preview.before,
        "audience_after": preview.after,
        "loses": _affected(preview.loses),
        "gains": _affected(preview.gains),
        "and_more": preview.and_more,
        "members_keep": preview.seen.board.collaborator_count,
        "saved_copies": {
            "public_count": len(preview.copies),
            "items": [_saved_copy(placed) for placed in preview.copies],
            "and_more": preview.more_copies,
        },
    }


def _affected(affected: Affected) -> View:
    return {"people": affected.usernames, "follower_count": affected.follower_count}


def _saved_copy(placed: Placed) -> View:
    return {"pin_id": placed.id, "board_id": placed.board.id, "username": placed.seen.owner_name}


def section(value: Section) -> View:
    return {"id": value.id, "name": value.name}


def pin(placed: Placed) -> View:
    value = placed.pin
    view: View = {
        "id": value.id,
        "created_at": value.created_at,
        "link": value.link,
        "title": value.title,
        "description": value.description,
        "dominant_color": value.dominant_color,
        "alt_text": value.alt_text,
        "creative_type": creative_type(value),
        "board_id": value.board_id,
        "board_section_id": placed.section_id,
        "board_owner": {"username": placed.seen.owner_name},
        "is_owner": value.owner_id == placed.standing.viewer.user_id,
        "added_by": person(placed.added_by),
        "is_standard": True,
        "has_been_promoted": False,
        "parent_pin_id": value.parent_pin_id,
        "pin_metrics": None,
    }
    if media := _media(value.media):
        view["media"] = media
    return view


def person(username: str | None) -> View | None:
    return {"username": username} if username else None


def trashed_board(seen: Seen) -> View:
    return board(seen) | _times_in_trash(seen.board.trashed_at)


def trashed_pin(placed: Placed) -> View:
    view = pin(placed) | _times_in_trash(placed.pin.trashed_at)
    if not visibility.may_view_pins(placed.board, placed.standing):
        del view["board_owner"]
    return view


def _times_in_trash(trashed_at: str | None) -> View:
    return {"trashed_at": trashed_at, "purge_at": keeping.purge_at(trashed_at or "")}


def new_pin(placed: Placed) -> View:
    return pin(placed) | {"duplicate_of": placed.duplicate_of}


def outcomes(values: Iterable[Outcome]) -> View:
    """What became of many pins."""
    return {"items": [{"id": each.id, "pin_id": each.pin_id, "duplicate_of": each.duplicate_of} for each in values]}


def account(value: Profile) -> View:
    """The caller's own profile."""
    view: View = {
        "id": value.id,
        "username": value.username,
        "account_type": "PINNER",
        "business_name": None,
        "display_name": value.display_name,
        "location": value.location,
        "pronouns": value.pronouns,
        "banner_image": _picture_url(value.banner) if value.banner else None,
        "is_private": value.is_private,
        "hidden_from_search": value.hidden_from_search,
        "featured_board_ids": list(value.featured_board_ids),
        "board_count": value.board_count,
        "pin_count": value.pin_count,
        "follower_count": value.follower_count,
        "following_count": value.following_count,
        "monthly_views": None,
    }
    return view | _known_of_person(value)


def _known_of_person(value: Profile) -> View:
    known = {
        "about": value.about,
        "profile_image": _picture_url(value.avatar) if value.avatar else None,
        "website_url": value.website_url,
    }
    return {name: text for name, text in known.items() if text}


def user(shown: Shown) -> View:
    """Anybody's profile; of a private one that is closed to the viewer, its card."""
    value = shown.profile
    if not shown.is_open:
        value = Profile(
            id=value.id,
            username=value.username,
            created_at=value.created_at,
            display_name=value.display_name,
            avatar=value.avatar,
            is_private=value.is_private,
            follower_count=value.follower_count,
            following_count=value.following_count,
        )
    view: View = {
        "username": value.username,
        "display_name": value.display_name,
        "location": value.location,
        "pronouns": value.pronouns,
        "banner_image": _picture_url(value.banner) if value.banner else None,
        "is_private": value.is_private,
        "featured_board_ids": list(value.featured_board_ids),
        # What is secret is counted too: others are not told that it is there.
        "board_count": value.board_count if shown.is_own else None,
        "pin_count": value.pin_count if shown.is_own else None,
        "follower_count": value.follower_count,
        "following_count": value.following_count,
        "follow_state": None if shown.is_own else _follow_state(shown.tie),
    }
    return view | _known_of_person(value)


def _follow_state(tie: Tie | None) -> str:
    """What the viewer is to the user."""
    states = {Following.APPROVED: "following", Following.REQUESTED: "requested", None: "none"}
    return states[Following(tie.following) if tie and tie.following else None]


def _media(media: Media) -> View | None:
    match media.kind:
        case "image":
            return {"media_type": "image", "images": _sizes(media.images[0])}
        case "multiple_images":
            return {"media_type": "multiple_images", "items": [_item(image) for image in media.images]}
        case "video":
            view: View = {"media_type": "video", "media_id": media.video_id, "video_url": None}
            if media.images:
                view["cover_image_url"] = _url(media.images[0])
                view["images"] = _sizes(media.images[0])
            return view
        case _:
            return None


def _item(image: Image) -> View:
    return {
        "item_type": "image",
        "title": image.title,
        "description": image.description,
        "link": image.link,
        "images": _sizes(image),
    }


def _sizes(image: Image) -> View:
    """The same picture at every size: nothing is fetched or scaled. Its measures are those of what ``url`` gives."""
    rendition: View = {"url": _url(image)}
    if image.width and image.height:
        rendition.update(width=image.width, height=image.height)
    return dict.fromkeys(IMAGE_SIZES, rendition)


def _url(image: Image) -> str:
    return _picture_url(image.key or image.url or "")


def _picture_url(picture: str) -> str:
    """A picture is an address on the web, or a key in the media bucket."""
    return picture if "://" in picture else f"{_media_url()}/{picture}"


@cache
def _media_url() -> str:
    return os.environ["MEDIA_URL"]  # asking for each picture takes a tenth of the CPU time of listing boards
