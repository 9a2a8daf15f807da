"""What is built by hand for speed is what the OpenAPI description says, field by field."""

from dataclasses import replace
from typing import Any

import pytest
from openapi_schema_validator import OAS31Validator

from presence.domain.entities import Following, Media, Profile, Role
from presence.http import account_views, people_views, views
from presence.schemas import answers
from presence.services.profiles import Shown
from tests.support.values import (
    ANY_TIME,
    a_board,
    a_pin,
    a_placed_pin,
    a_profile,
    a_section,
    a_standing,
    a_tie,
    a_viewer,
    an_image,
    seen,
)
from tests.support.wire import IMAGE_SIZES, NULLABLE_PIN_FIELDS
from tools.openapi import document

SCHEMAS = document()["components"]["schemas"]
AN_ADDRESS = "https://pictures.example/any.jpg"
CAROUSEL = Media("multiple_images", (an_image(key="1.png", width=50, height=60, title="one"), an_image()))


def _conforms(view: dict[str, Any], name: str) -> bool:
    getattr(answers, name).model_validate(view, strict=False)
    schema = {"$ref": f"#/components/schemas/{name}", "components": {"schemas": SCHEMAS}}
    errors = [error.message for error in OAS31Validator(schema).iter_errors(view)]
    assert not errors
    return True


def _pin_view(**facts: Any) -> dict[str, Any]:
    return views.pin(a_placed_pin(**facts))


@pytest.mark.parametrize(
    "facts",
    [
        pytest.param({}, id="as bare as can be"),
        pytest.param(
            {
                "description": "Any description",
                "is_ads_only": True,
                "pins_modified_at": "2026-01-01T00:00:00Z",
                "collaborator_count": 2,
                "cover": ("1.png", AN_ADDRESS),
            },
            id="with everything",
        ),
        pytest.param({"privacy": "PROTECTED", "cover": ("1.png",)}, id="protected with one picture"),
        pytest.param({"privacy": "SECRET", "cover": ("1.png",) * 5}, id="secret with five pictures"),
        pytest.param({"archived_at": ANY_TIME}, id="archived"),
    ],
)
@pytest.mark.parametrize("role", [None, *Role])
def test_a_board_is_as_described_to_every_role(facts: dict[str, Any], role: str | None) -> None:
    assert _conforms(views.board(seen(a_board(**facts), role=role)), "Board")


def test_a_section_is_as_described() -> None:
    assert _conforms(views.section(a_section()), "Section")


A_FULL_PROFILE = a_profile(
    **dict.fromkeys(("display_name", "about", "website_url", "location", "pronouns"), "any text"),
    avatar="1.png",
    banner="2.png",
    is_private=True,
    hidden_from_search=True,
    featured_board_ids=("1", "2"),
    follower_count=3,
    following_count=4,
)


@pytest.mark.parametrize("profile", [a_profile(), A_FULL_PROFILE], ids=["bare", "full"])
def test_an_account_is_as_described(profile: Profile) -> None:
    assert _conforms(account_views.account(profile), "Account")


@pytest.mark.parametrize(
    "media",
    [
        Media("image", (an_image(),)),
        Media("image", (an_image(key="1.png", width=50, height=60),)),
        CAROUSEL,
        Media("video", (), video_id="7"),
        Media("video", (an_image(),), video_id="7"),
        Media("video", (an_image(key="1.png", width=50, height=60),), video_id="7"),
        Media("pin_url"),
    ],
    ids=repr,
)
def test_a_pin_is_as_described_whatever_it_shows(media: Media) -> None:
    assert _conforms(_pin_view(media=media), "Pin")


def test_a_pin_with_every_field_is_as_described() -> None:
    texts = dict.fromkeys(("title", "description", "alt_text", "link", "dominant_color"), "any text")

    assert _conforms(_pin_view(section_id="1", parent_pin_id="2", **texts), "Pin")


def test_the_nullable_fields_of_a_pin_are_always_sent() -> None:
    bare = _pin_view()

    assert set(NULLABLE_PIN_FIELDS) <= set(bare)
    assert {name for name in bare if bare[name] is None} == set(NULLABLE_PIN_FIELDS) - {"creative_type"}


def test_what_is_unknown_of_a_board_is_left_out() -> None:
    bare = views.board(seen())

    assert not {"media", "board_pins_modified_at"} & set(bare)
    assert {name for name in bare if bare[name] is None} == {"description", "role"}


def test_what_is_unknown_of_an_account_is_left_out_or_null() -> None:
    bare = account_views.account(a_profile())

    assert not {"about", "profile_image", "website_url"} & set(bare)
    assert {name for name in bare if bare[name] is None} == {
        *("business_name", "monthly_views", "display_name", "location", "pronouns", "banner_image")
    }


@pytest.mark.parametrize("profile", [a_profile(), A_FULL_PROFILE], ids=["bare", "full"])
@pytest.mark.parametrize("is_open", [False, True])
@pytest.mark.parametrize("is_own", [False, True])
@pytest.mark.parametrize("following", [None, *Following])
def test_a_user_is_as_described(profile: Profile, is_open: bool, is_own: bool, following: str | None) -> None:
    shown = Shown(profile, a_tie(following=following), is_own=is_own, is_open=is_open)

    assert _conforms(people_views.user(shown), "User")


def test_of_a_user_who_is_closed_only_the_card_is_shown() -> None:
    card = people_views.user(Shown(A_FULL_PROFILE, None, is_own=False, is_open=False))

    assert {name for name, value in card.items() if value not in (None, [])} == {
        *("username", "display_name", "profile_image", "is_private"),
        *("follower_count", "following_count", "follow_state"),
    }


def test_a_boards_first_picture_is_its_cover_and_the_next_four_its_thumbnails() -> None:
    media = views.board(seen(a_board(cover=("1.png", "2.png", AN_ADDRESS, "4.png", "5.png"))))["media"]

    assert media == {
        "image_cover_url": "https://media.example/1.png",
        "pin_thumbnail_urls": [
            "https://media.example/2.png",
            AN_ADDRESS,
            "https://media.example/4.png",
            "https://media.example/5.png",
        ],
    }


def test_a_board_names_its_owner_as_they_are_called_now() -> None:
    assert views.board(seen(owner=a_profile(username="ann")))["owner"] == {"username": "ann"}


@pytest.mark.parametrize("role", [None, *Role])
def test_a_board_says_what_the_viewer_is_to_it(role: str | None) -> None:
    assert views.board(seen(role=role))["role"] == role


@pytest.mark.parametrize(("archived_at", "is_archived"), [(None, False), (ANY_TIME, True)])
def test_a_board_says_whether_it_is_archived(archived_at: str | None, is_archived: bool) -> None:
    assert views.board(seen(a_board(archived_at=archived_at)))["is_archived"] is is_archived


def test_a_given_address_is_shown_at_every_size_without_measures() -> None:
    images = _pin_view(media=Media("image", (an_image(url=AN_ADDRESS),)))["media"]["images"]

    assert images == {size: {"url": AN_ADDRESS} for size in IMAGE_SIZES}


def test_an_upload_is_shown_from_the_media_bucket_with_its_measures() -> None:
    images = _pin_view(media=Media("image", (an_image(key="1.png", width=50, height=60),)))["media"]["images"]

    assert images["originals"] == {"url": "https://media.example/1.png", "width": 50, "height": 60}


def test_a_carousel_shows_each_picture_with_its_texts() -> None:
    media = _pin_view(media=CAROUSEL)["media"]

    assert (media["media_type"], [item["title"] for item in media["items"]]) == ("multiple_images", ["one", None])


@pytest.mark.parametrize(
    ("kind", "creative_type"),
    [("image", "REGULAR"), ("pin_url", "REGULAR"), ("multiple_images", "CAROUSEL"), ("video", "VIDEO")],
)
def test_the_creative_type_follows_from_what_a_pin_shows(kind: str, creative_type: str) -> None:
    assert _pin_view(media=Media(kind, (an_image(),)))["creative_type"] == creative_type


def test_a_pin_is_the_viewers_own_when_they_added_it() -> None:
    ann = a_viewer()
    standing = a_standing(viewer=ann)

    assert views.pin(a_placed_pin(owner_id=ann.user_id, standing=standing))["is_owner"] is True
    assert views.pin(a_placed_pin(standing=standing))["is_owner"] is False


def test_a_pin_in_a_section_that_is_gone_is_on_the_board_itself() -> None:
    board = a_board(deleted_section_ids=frozenset({"7"}))

    assert views.pin(a_placed_pin(board, section_id="7"))["board_section_id"] is None
    assert views.pin(a_placed_pin(board, section_id="8"))["board_section_id"] == "8"


def test_a_pin_names_the_owner_of_its_board() -> None:
    standing = a_standing(owner=a_profile(username="ann"))

    assert views.pin(a_placed_pin(standing=standing))["board_owner"] == {"username": "ann"}


def test_a_pin_names_who_added_it_unless_they_are_hidden() -> None:
    placed = a_placed_pin()

    assert views.pin(replace(placed, added_by="ben"))["added_by"] == {"username": "ben"}
    assert _conforms(views.pin(replace(placed, added_by=None)), "Pin")


def test_a_field_the_description_does_not_know_would_be_noticed() -> None:
    with pytest.raises(ValueError, match="of_tomorrow"):
        _conforms(views.section(a_section()) | {"of_tomorrow": 1}, "Section")


def test_a_null_where_the_description_allows_none_would_be_noticed() -> None:
    with pytest.raises(AssertionError):
        _conforms(_pin_view() | {"media": None}, "Pin")


def test_pins_of_one_board_share_nothing_that_could_be_changed() -> None:
    board, standing = a_board(), a_standing()
    one, other = (views.pin(a_placed_pin(board, standing=standing, media=a_pin().media)) for _ in range(2))
    one["board_owner"]["username"] = "changed"

    assert other["board_owner"]["username"] != "changed"


def test_a_board_in_the_trash_tells_until_when_it_can_be_restored() -> None:
    view = account_views.trashed_board(seen(a_board(trashed_at="2026-01-01T00:00:00Z")))

    assert _conforms(view, "TrashedBoard")
    assert (view["trashed_at"], view["purge_at"]) == ("2026-01-01T00:00:00Z", "2026-01-31T00:00:00Z")


def test_a_pin_in_the_trash_names_the_owner_of_its_board_unless_they_are_hidden() -> None:
    shown = a_placed_pin(trashed_at=ANY_TIME)
    hidden = a_placed_pin(a_board(deleted=True), trashed_at=ANY_TIME)

    assert _conforms(account_views.trashed_pin(shown), "TrashedPin")
    assert _conforms(account_views.trashed_pin(hidden), "TrashedPin")
    assert "board_owner" in account_views.trashed_pin(shown)
    assert "board_owner" not in account_views.trashed_pin(hidden)
