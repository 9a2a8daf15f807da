import re
from typing import Any

import pytest

from presence.storage import keys
from tests.support.content import a_board, a_pin, a_section, an_upload, ids, refusal
from tests.support.people import a_user
from tests.support.stored import add_collaborator, add_pins, dynamodb_requests, everything, item, remove
from tests.support.wire import (
    ANY_PICTURE,
    BOARD_NOT_FOUND,
    IMAGE_SIZES,
    INVALID,
    NOT_PERMITTED,
    PIN_NOT_FOUND,
    SECTION_NOT_FOUND,
)

NOT_THERE = "1" * 19
TEXTS = {
    "title": "A bay",
    "description": "At low tide",
    "alt_text": "Sand and rocks",
    "link": "https://trips.example/bay",
}


def test_a_new_pin_is_answered_with_every_field() -> None:
    ann = a_user("ann")
    board_id = a_board(ann)
    reply = ann.post("/pins", {"board_id": board_id, "media_source": ANY_PICTURE})
    pin = reply.json

    assert reply.status == 201
    assert re.fullmatch(r"\d{19}", pin.pop("id"))
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", pin.pop("created_at"))
    assert pin == {
        "link": None,
        "title": None,
        "description": None,
        "dominant_color": None,
        "alt_text": None,
        "creative_type": "REGULAR",
        "board_id": board_id,
        "board_section_id": None,
        "board_owner": {"username": "ann"},
        "is_owner": True,
        "added_by": {"username": "ann"},
        "is_standard": True,
        "has_been_promoted": False,
        "parent_pin_id": None,
        "pin_metrics": None,
        "media": {
            "media_type": "image",
            "images": {size: {"url": "https://pictures.example/any.jpg"} for size in IMAGE_SIZES},
        },
        "duplicate_of": None,
    }


def test_a_new_pin_keeps_what_it_was_given() -> None:
    ann = a_user()
    board_id = a_board(ann)
    section_id = a_section(ann, board_id)
    fields = TEXTS | {"dominant_color": "#6E7874", "parent_pin_id": NOT_THERE, "board_section_id": section_id}
    reply = ann.post("/pins", {"board_id": board_id, "media_source": ANY_PICTURE} | fields)

    assert {name: reply.json[name] for name in fields} == fields


def test_a_new_pin_is_read_back_at_once() -> None:
    ann = a_user()
    board_id = a_board(ann)
    created = ann.post("/pins", {"board_id": board_id, "media_source": ANY_PICTURE} | TEXTS).json
    del created["duplicate_of"]  # told once, when it is made

    assert ann.get(f"/pins/{created['id']}").json == created
    assert ann.get(f"/boards/{board_id}/pins").json["items"] == [created]
    assert ann.get("/pins").json["items"] == [created]


def test_explicit_nulls_and_extra_keys_are_what_the_official_client_sends() -> None:
    ann = a_user()
    board_id = a_board(ann)
    sent = {
        "board_id": board_id,
        "board_section_id": None,
        "link": None,
        "title": None,
        "description": None,
        "alt_text": None,
        "dominant_color": None,
        "parent_pin_id": None,
        "note": None,
        "media_source": ANY_PICTURE | {"content_type": "image/jpeg", "data": "anything", "is_standard": True},
    }
    reply = ann.post("/pins", sent)

    assert reply.status == 201
    assert reply.json["media"]["images"]["originals"] == {"url": ANY_PICTURE["url"]}


def test_read_only_and_unknown_fields_of_a_new_pin_are_ignored_and_never_stored() -> None:
    ann = a_user()
    board_id = a_board(ann)
    plain = item(keys.pin(a_pin(ann, board_id)))
    forged = {
        "id": "1",
        "owner_id": "1",
        "created_at": "1970-01-01T00:00:00Z",
        "is_owner": False,
        "board_owner": {"username": "somebody else"},
        "creative_type": "VIDEO",
        "has_been_promoted": True,
        "pin_metrics": {"all_time": 99},
        "media": {"media_type": "video"},
        "version": 99,
        "section_id": "1",
        "unknown": "anything",
    }
    stored = item(keys.pin(a_pin(ann, board_id, **forged)))

    assert plain is not None
    assert stored is not None
    assert set(stored) == set(plain)
    assert {name: stored[name] for name in ("owner_id", "version", "media")} == {
        name: plain[name] for name in ("owner_id", "version", "media")
    }


@pytest.mark.parametrize(
    ("source", "creative_type", "media_type"),
    [
        (ANY_PICTURE, "REGULAR", "image"),
        (an_upload(), "REGULAR", "image"),
        (
            {"source_type": "multiple_image_urls", "items": [{"url": "https://a.example/1.jpg"}] * 2},
            "CAROUSEL",
            "multiple_images",
        ),
        (
            {"source_type": "multiple_image_base64", "items": [an_upload()] * 2, "index": 1},
            "CAROUSEL",
            "multiple_images",
        ),
        ({"source_type": "video_id", "media_id": "7"}, "VIDEO", "video"),
        (
            {"source_type": "video_id", "media_id": "7", "cover_image_url": "https://a.example/1.jpg"},
            "VIDEO",
            "video",
        ),
        (
            {
                "source_type": "video_id",
                "media_id": "7",
                "cover_image_content_type": "image/png",
                "cover_image_data": an_upload()["data"],
            },
            "VIDEO",
            "video",
        ),
        ({"source_type": "pin_url"}, "REGULAR", None),
        ({"source_type": "pin_url", "url": "https://a.example/"}, "REGULAR", None),
    ],
    ids=lambda value: value.get("source_type") if isinstance(value, dict) else "",
)
def test_a_pin_is_made_of_every_kind_of_source(source: Any, creative_type: str, media_type: str | None) -> None:
    ann = a_user()
    reply = ann.post("/pins", {"board_id": a_board(ann), "media_source": source})

    assert reply.status == 201
    assert reply.json["creative_type"] == creative_type
    assert reply.json.get("media", {}).get("media_type") == media_type
    assert reply.json == ann.get(f"/pins/{reply.json['id']}").json | {"duplicate_of": None}


def test_a_carousel_keeps_its_texts() -> None:
    ann = a_user()
    items = [
        {"url": "https://a.example/1.jpg", "title": "one", "description": "first", "link": "https://a.example/"},
        {"url": "https://a.example/2.jpg"},
    ]
    source = {"source_type": "multiple_image_urls", "items": items}
    one, two = ann.post("/pins", {"board_id": a_board(ann), "media_source": source}).json["media"]["items"]

    assert (one["title"], one["description"], one["link"]) == ("one", "first", "https://a.example/")
    assert (two["title"], two["description"], two["link"]) == (None, None, None)
    assert two["images"]["originals"]["url"] == "https://a.example/2.jpg"


@pytest.mark.parametrize("field", TEXTS)
def test_a_text_is_changed_and_cleared_without_touching_the_others(field: str) -> None:
    ann = a_user()
    pin_id = a_pin(ann, a_board(ann), **TEXTS)
    before = ann.get(f"/pins/{pin_id}").json
    changed = ann.patch(f"/pins/{pin_id}", {field: "https://changed.example/"})
    cleared = ann.patch(f"/pins/{pin_id}", {field: None})

    assert changed.status == 200
    assert changed.json == before | {field: "https://changed.example/"}
    assert cleared.json == before | {field: None}
    assert ann.get(f"/pins/{pin_id}").json == cleared.json


@pytest.mark.parametrize("field", ["title", "description", "alt_text", "link"])
def test_an_empty_text_is_taken_and_read_back(field: str) -> None:
    ann = a_user()
    pin_id = a_pin(ann, a_board(ann), **{field: ""})

    assert not ann.get(f"/pins/{pin_id}").json[field]
    assert ann.patch(f"/pins/{pin_id}", {field: ""}).status == 200


def test_read_only_and_unknown_fields_of_a_change_are_ignored_and_never_stored() -> None:
    ann = a_user()
    pin_id = a_pin(ann, a_board(ann))
    before = everything()
    forged = {
        "id": "1",
        "owner_id": "1",
        "media": {},
        "media_source": {},
        "dominant_color": "red",
        "parent_pin_id": "7",
        "is_owner": False,
        "version": 99,
        "unknown": 1,
    }

    assert ann.patch(f"/pins/{pin_id}", forged).status == 200
    assert everything() == before


def test_a_change_of_nothing_answers_the_pin_as_it_is() -> None:
    ann = a_user()
    pin_id = a_pin(ann, a_board(ann), **TEXTS)
    before = ann.get(f"/pins/{pin_id}")
    replies = [ann.patch(f"/pins/{pin_id}", body) for body in ({}, {"board_id": None}, {"title": TEXTS["title"]})]

    assert [(reply.status, reply.text) for reply in replies] == [(200, before.text)] * 3
    assert {reply.headers["etag"] for reply in replies} == {before.headers["etag"]}


def test_a_deleted_pin_is_gone_for_every_read() -> None:
    ann = a_user()
    board_id = a_board(ann)
    section_id = a_section(ann, board_id)
    pin_id = a_pin(ann, board_id, board_section_id=section_id)
    reply = ann.delete(f"/pins/{pin_id}")

    assert (reply.status, reply.text or "") == (204, "")
    assert refusal(ann.get(f"/pins/{pin_id}")) == PIN_NOT_FOUND
    assert refusal(ann.delete(f"/pins/{pin_id}")) == PIN_NOT_FOUND
    assert refusal(ann.patch(f"/pins/{pin_id}", {"title": "Another title"})) == PIN_NOT_FOUND
    assert refusal(ann.post(f"/pins/{pin_id}/save", {})) == PIN_NOT_FOUND
    for path in ("/pins", f"/boards/{board_id}/pins", f"/boards/{board_id}/sections/{section_id}/pins"):
        assert ids(ann.get(path)) == []


def test_a_deleted_pin_can_leave_its_section_empty_for_deletion() -> None:
    ann = a_user()
    board_id = a_board(ann)
    section_id = a_section(ann, board_id)
    ann.delete(f"/pins/{a_pin(ann, board_id, board_section_id=section_id)}")
    stored = item(keys.section(board_id, section_id))

    assert stored is not None
    assert stored["pin_count"] == {"N": "0"}


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ({"board_id": NOT_THERE}, BOARD_NOT_FOUND),
        ({"board_section_id": NOT_THERE}, SECTION_NOT_FOUND),
    ],
)
def test_a_pin_cannot_be_put_where_there_is_nothing(target: dict[str, str], expected: object) -> None:
    ann = a_user()
    body = {"board_id": a_board(ann), "media_source": ANY_PICTURE}
    before = everything()

    assert refusal(ann.post("/pins", body | target)) == expected
    assert everything() == before


def test_a_stranger_may_not_add_pins() -> None:
    ann, ben = a_user(), a_user()
    body = {"board_id": a_board(ann), "media_source": an_upload()}
    before = everything()

    assert refusal(ben.post("/pins", body)) == NOT_PERMITTED
    assert everything() == before


@pytest.mark.parametrize("role", ["contributor", "editor"])
def test_a_contributor_or_editor_adds_changes_and_deletes_their_own_pins(role: str) -> None:
    ann, ben = a_user(), a_user()
    board_id = a_board(ann)
    add_collaborator(board_id, ben, role)
    pin_id = a_pin(ben, board_id)

    assert ben.patch(f"/pins/{pin_id}", {"title": "After"}).json["is_owner"] is True
    assert ids(ben.get("/pins")) == [pin_id]
    assert ben.delete(f"/pins/{pin_id}").status == 204


def test_an_editor_changes_and_deletes_the_pins_of_others() -> None:
    ann, ben = a_user("ann"), a_user()
    board_id = a_board(ann)
    add_collaborator(board_id, ben, "editor")
    pin_id = a_pin(ann, board_id)
    changed = ben.patch(f"/pins/{pin_id}", {"title": "After"}).json

    assert (changed["title"], changed["is_owner"], changed["added_by"]) == ("After", False, {"username": "ann"})
    assert ben.delete(f"/pins/{pin_id}").status == 204
    assert ann.get("/user_account").json["pin_count"] == 0


@pytest.mark.parametrize("role", ["viewer", "contributor"])
def test_a_viewer_or_contributor_may_not_change_the_pins_of_others(role: str) -> None:
    ann, ben = a_user(), a_user()
    board_id = a_board(ann)
    add_collaborator(board_id, ben, role)
    pin_id = a_pin(ann, board_id)
    before = everything()

    assert refusal(ben.patch(f"/pins/{pin_id}", {"title": "After"})) == NOT_PERMITTED
    assert refusal(ben.delete(f"/pins/{pin_id}")) == NOT_PERMITTED
    assert everything() == before


def test_a_viewer_may_not_add_pins() -> None:
    ann, ben = a_user(), a_user()
    board_id = a_board(ann)
    add_collaborator(board_id, ben, "viewer")
    before = everything()

    assert refusal(ben.post("/pins", {"board_id": board_id, "media_source": ANY_PICTURE})) == NOT_PERMITTED
    assert everything() == before


def test_every_read_of_a_pin_says_who_added_it() -> None:
    ann, ben = a_user("ann"), a_user("ben")
    board_id = a_board(ann)
    section_id = a_section(ann, board_id)
    add_collaborator(board_id, ben)
    bens, anns = (a_pin(user, board_id, board_section_id=section_id) for user in (ben, ann))
    expected = {anns: {"username": "ann"}, bens: {"username": "ben"}}

    for viewer in (ann, ben, a_user()):
        for path in (f"/boards/{board_id}/pins", f"/boards/{board_id}/sections/{section_id}/pins"):
            assert {pin["id"]: pin["added_by"] for pin in viewer.get(path).json["items"]} == expected
        assert {pin: viewer.get(f"/pins/{pin}").json["added_by"] for pin in expected} == expected
    assert [pin["added_by"] for pin in ben.get("/pins").json["items"]] == [{"username": "ben"}]


def test_who_added_a_pin_is_null_where_their_account_is_gone() -> None:
    ann, ben = a_user(), a_user()
    board_id = a_board(ann)
    add_collaborator(board_id, ben)
    pin_id = a_pin(ben, board_id)
    remove(keys.profile(ben.user_id))

    assert ann.get(f"/pins/{pin_id}").json["added_by"] is None
    assert [pin["added_by"] for pin in ann.get(f"/boards/{board_id}/pins").json["items"]] == [None]


def test_an_account_counts_the_pins_that_it_added_wherever_they_are() -> None:
    ann, ben = a_user(), a_user()
    shared = a_board(ann)
    add_collaborator(shared, ben)
    for board_id in (shared, shared, a_board(ben)):
        pin_id = a_pin(ben, board_id)
    a_pin(ann, shared)
    ben.delete(f"/pins/{pin_id}")

    assert ben.get("/user_account").json["pin_count"] == 2
    assert ann.get("/user_account").json["pin_count"] == 1


def test_the_owner_of_a_board_changes_and_deletes_the_pins_of_collaborators() -> None:
    ann, ben = a_user("ann"), a_user()
    board_id = a_board(ann)
    add_collaborator(board_id, ben)
    pin_id = a_pin(ben, board_id)

    assert ann.get(f"/pins/{pin_id}").json["is_owner"] is False
    assert ann.get(f"/pins/{pin_id}").json["board_owner"] == {"username": "ann"}
    assert ann.patch(f"/pins/{pin_id}", {"title": "After"}).status == 200
    assert ann.delete(f"/pins/{pin_id}").status == 204


def test_a_stranger_sees_a_pin_and_may_not_change_it() -> None:
    ann, ben = a_user(), a_user()
    pin_id = a_pin(ann, a_board(ann))
    before = everything()

    assert ben.get(f"/pins/{pin_id}").json["is_owner"] is False
    assert refusal(ben.patch(f"/pins/{pin_id}", {"title": "After"})) == NOT_PERMITTED
    assert refusal(ben.delete(f"/pins/{pin_id}")) == NOT_PERMITTED
    assert everything() == before


@pytest.mark.parametrize(
    ("query", "listed"),
    [
        ("", ["saved", "video", "carousel", "plain"]),
        ("?pin_filter=exclude_native", ["saved"]),
        ("?pin_filter=exclude_repins", ["video", "carousel", "plain"]),
        ("?pin_filter=has_been_promoted", []),
        ("?creative_types=REGULAR", ["saved", "plain"]),
        ("?creative_types=VIDEO,CAROUSEL", ["video", "carousel"]),
        ("?creative_types=VIDEO&creative_types=CAROUSEL", ["video", "carousel"]),
        ("?creative_types=IDEA", []),
        ("?creative_types=REGULAR&pin_filter=exclude_native", ["saved"]),
        ("?pin_metrics=True", ["saved", "video", "carousel", "plain"]),
    ],
)
def test_own_pins_are_listed_by_filter(query: str, listed: list[str]) -> None:
    ann = a_user()
    board_id = a_board(ann)
    carousel = {"source_type": "multiple_image_urls", "items": [{"url": "https://a.example/1.jpg"}] * 2}
    made = {"plain": a_pin(ann, board_id)}
    made["carousel"] = a_pin(ann, board_id, media_source=carousel)
    made["video"] = a_pin(ann, board_id, media_source={"source_type": "video_id", "media_id": "7"})
    made["saved"] = ann.post(f"/pins/{made['plain']}/save", {"board_id": board_id}).json["id"]

    assert ids(ann.get(f"/pins{query}")) == [made[name] for name in listed]


@pytest.mark.parametrize(
    ("query", "listed"),
    [
        ("", {"PUBLIC", "SECRET"}),
        ("?include_protected_pins=False", {"PUBLIC", "SECRET"}),
        ("?include_protected_pins=True", {"PUBLIC", "PROTECTED", "SECRET"}),
        ("?include_protected_pins=true", {"PUBLIC", "PROTECTED", "SECRET"}),
        ("?pin_type=PRIVATE", {"SECRET"}),
    ],
)
def test_own_pins_are_listed_by_the_privacy_of_their_boards(query: str, listed: set[str]) -> None:
    ann = a_user()
    made = {a_pin(ann, a_board(ann, privacy=privacy)): privacy for privacy in ("PUBLIC", "PROTECTED", "SECRET")}

    assert {made[pin_id] for pin_id in ids(ann.get(f"/pins{query}"))} == listed


def test_a_boards_pins_are_listed_by_creative_type() -> None:
    ann = a_user()
    board_id = a_board(ann)
    a_pin(ann, board_id)
    video = a_pin(ann, board_id, media_source={"source_type": "video_id", "media_id": "7"})

    assert ids(ann.get(f"/boards/{board_id}/pins?creative_types=VIDEO,IDEA")) == [video]


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/pins?pin_filter=everything", "pin_filter"),
        ("/pins?pin_type=PUBLIC", "pin_type"),
        ("/pins?include_protected_pins=yes", "include_protected_pins"),
        ("/pins?creative_types=HOLOGRAM", "creative_types"),
        ("/pins?pin_metrics=1", "pin_metrics"),
        ("/boards/1/pins?creative_types=HOLOGRAM", "creative_types"),
        ("/boards/1/pins?pin_metrics=1", "pin_metrics"),
        ("/pins/1?pin_metrics=1", "pin_metrics"),
    ],
)
def test_a_bad_filter_is_refused_by_name(path: str, name: str) -> None:
    reply = a_user().get(path)

    assert refusal(reply) == INVALID
    assert f"'{name}'" in reply.json["message"]


def test_pins_of_others_are_not_listed_as_own() -> None:
    ann = a_user()
    a_pin(ann, a_board(ann))

    assert a_user().get("/pins").json == {"items": [], "bookmark": None}


def test_a_listing_that_hides_many_pins_costs_few_requests() -> None:
    ann = a_user()
    shown = a_pin(ann, a_board(ann))
    add_pins(ann, a_board(ann, privacy="PROTECTED"), 60)
    with dynamodb_requests() as asked:
        listed = ids(ann.get("/pins?page_size=5"))

    assert listed == [shown]
    assert asked == ["Query", "BatchGetItem", "BatchGetItem"] * 2


def test_an_empty_link_is_no_link() -> None:
    ann = a_user()

    assert ann.get(f"/pins/{a_pin(ann, a_board(ann), link='')}").json["link"] is None
