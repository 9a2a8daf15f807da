"""What clients get of our values. Plain dictionaries: a list of 100 boards is built in microseconds.

``presence.schemas.answers`` describes the same for the OpenAPI description, and a test holds the two equal.
What is unknown and not nullable is left out, never sent as null: Pinterest's official clients refuse it.

Here are boards, sections and pins, which all functions show; the rest lies beside it by area, so that no function
imports what it does not show.
"""

import os
from functools import cache
from typing import Any

from presence.domain.entities import Image, Media, Profile, Section
from presence.services.access import Seen
from presence.services.pins import Placed, creative_type

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
        cover, *thumbnails = map(picture_url, value.cover)
        view["media"] = {"image_cover_url": cover, "pin_thumbnail_urls": thumbnails}
    return view


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


def new_pin(placed: Placed) -> View:
    return pin(placed) | {"duplicate_of": placed.duplicate_of}


def known_of_person(value: Profile) -> View:
    known = {
        "about": value.about,
        "profile_image": picture_url(value.avatar) if value.avatar else None,
        "website_url": value.website_url,
    }
    return {name: text for name, text in known.items() if text}


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
    return picture_url(image.key or image.url or "")


def picture_url(picture: str) -> str:
    """A picture is an address on the web, or a key in the media bucket."""
    return picture if "://" in picture else f"{_media_url()}/{picture}"


@cache
def _media_url() -> str:
    return os.environ["MEDIA_URL"]  # asking for each picture takes a tenth of the CPU time of listing boards
