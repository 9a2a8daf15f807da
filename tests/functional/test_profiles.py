"""One's own profile: what it says, its pictures, the boards it features."""

from typing import Any

import pytest

from presence.storage import keys
from tests.support.api import Client
from tests.support.content import a_board, an_upload, refusal
from tests.support.people import a_user
from tests.support.pictures import a_gif, a_jpeg
from tests.support.stored import Stream, dynamodb_requests, everything, item, objects, remove, set_attribute
from tests.support.wire import INVALID, OURS, STALE, USER_NOT_FOUND

AN_ADDRESS = "https://pictures.example/ann.jpg"
TEXTS = {
    "display_name": "Ann Ång",
    "about": "Wood, wool\nand water.",
    "website_url": "https://ann.example",
    "location": "Malmö",
    "pronouns": "she/her",
}


@pytest.fixture
def ann() -> Client:
    return a_user("ann")


def _patched(user: Client, **changes: Any) -> Any:
    reply = user.patch("/user_account", changes)
    assert reply.status == 200, reply.text
    return reply.json


def test_a_profile_says_what_its_owner_wrote(ann: Client) -> None:
    changed = ann.patch("/user_account", TEXTS)
    read = ann.get("/user_account")

    assert {name: read.json[name] for name in TEXTS} == TEXTS
    assert read.text == changed.text
    assert read.headers["etag"] == changed.headers["etag"]


@pytest.mark.parametrize("empty", [None, "", "  "])
def test_what_was_written_can_be_taken_away(ann: Client, empty: str | None) -> None:
    before = ann.get("/user_account").json
    _patched(ann, **TEXTS)

    assert _patched(ann, **dict.fromkeys(TEXTS, empty)) == before


def test_what_is_left_out_stays(ann: Client) -> None:
    _patched(ann, **TEXTS)

    assert _patched(ann, about="Less.") == _patched(ann) == ann.get("/user_account").json
    assert ann.get("/user_account").json["location"] == TEXTS["location"]


@pytest.mark.parametrize("name", ["is_private", "hidden_from_search"])
def test_a_switch_stays_as_it_is_where_null_is_sent(ann: Client, name: str) -> None:
    assert _patched(ann, **{name: True})[name] is True
    assert _patched(ann, **{name: None})[name] is True
    assert _patched(ann, **{name: False})[name] is False


def test_a_change_of_nothing_writes_nothing(ann: Client) -> None:
    _patched(ann, **TEXTS, avatar={"source_type": "image_url", "url": AN_ADDRESS})
    before = everything()
    _patched(ann, **TEXTS, username="Ann", avatar={"source_type": "image_url", "url": AN_ADDRESS})
    _patched(ann)

    assert everything() == before


@pytest.mark.parametrize(
    ("broken", "rule"),
    [
        ({"display_name": "x" * 81}, "at most 80"),
        ({"about": "x" * 501}, "at most 500"),
        ({"website_url": "ann.example"}, "http"),
        ({"location": "x" * 101}, "at most 100"),
        ({"pronouns": "x" * 41}, "at most 40"),
        ({"pronouns": ["she"]}, "string"),
        ({"is_private": "true"}, "boolean"),
        ({"avatar": AN_ADDRESS}, ""),
        ({"avatar": {"source_type": "image_url", "url": "ftp://pictures.example"}}, "http"),
        ({"banner": {"source_type": "pin_url"}}, "image_url"),
        ({"banner": an_upload(a_gif())}, "JPEG or PNG"),
        ({"username": "al"}, "3 to 30"),
        ({"username": ""}, "3 to 30"),
        ({"username": "12345"}, "a letter"),
        ({"username": "ann.lee"}, "letters a to z"),
        ({"username": "аnn"}, "letters a to z"),  # a Cyrillic letter first
        ({"username": "\u212aaren"}, "letters a to z"),  # Kelvin's sign, which is k in lower case
        ({"username": "support"}, "reserved"),
        ({"username": "SUPP0RT"}, "reserved"),
        ({"featured_board_ids": ["1"] * 2}, "once"),
        ({"featured_board_ids": list("1234567")}, "at most 6"),
        ({"featured_board_ids": ["x"]}, "match"),
        ({"featured_board_ids": "1"}, "array"),
    ],
)
def test_a_field_that_breaks_its_rule_is_refused_by_name_and_rule(
    ann: Client, broken: dict[str, Any], rule: str
) -> None:
    before = everything()
    reply = ann.patch("/user_account", broken)

    assert refusal(reply) == INVALID
    assert all(f"'{field}" in reply.json["message"] for field in broken)
    assert rule in reply.json["message"]
    assert everything() == before
    assert objects() == {}


def test_a_change_of_the_version_that_was_read_is_made_and_of_a_stale_one_refused(ann: Client) -> None:
    etag = ann.get("/user_account").headers["etag"]

    assert ann.patch("/user_account", {"about": "Mine"}, if_match=etag).status == 200
    assert refusal(ann.patch("/user_account", {"about": "Lost"}, if_match=etag)) == STALE
    assert ann.get("/user_account").json["about"] == "Mine"


def test_a_new_board_does_not_make_a_profile_stale(ann: Client) -> None:
    etag = ann.get("/user_account").headers["etag"]
    a_board(ann)

    assert ann.get("/user_account").headers["etag"] != etag
    assert ann.patch("/user_account", {"about": "Mine"}, if_match=etag).status == 200


def test_a_profile_that_is_gone_is_not_changed(ann: Client) -> None:
    remove(keys.profile(ann.user_id))

    assert refusal(ann.patch("/user_account", {"about": "Any"})) == USER_NOT_FOUND
    assert item(keys.profile(ann.user_id)) is None


# Pictures


@pytest.mark.parametrize(("name", "shown"), [("avatar", "profile_image"), ("banner", "banner_image")])
def test_a_picture_is_shown_from_where_it_is(ann: Client, name: str, shown: str) -> None:
    assert _patched(ann, **{name: {"source_type": "image_url", "url": AN_ADDRESS}})[shown] == AN_ADDRESS
    assert objects() == {}


@pytest.mark.parametrize(("name", "shown"), [("avatar", "profile_image"), ("banner", "banner_image")])
def test_an_uploaded_picture_is_kept_while_it_is_shown(ann: Client, stream: Stream, name: str, shown: str) -> None:
    key = _key(_patched(ann, **{name: an_upload()})[shown])
    _let_an_hour_pass(stream, key)

    assert objects() == {key: "image/png"}
    assert item(keys.upload_reference_of_profile(key, ann.user_id))


@pytest.mark.parametrize("name", ["avatar", "banner"])
@pytest.mark.parametrize("other", [None, {"source_type": "image_url", "url": AN_ADDRESS}, an_upload(a_jpeg())])
def test_an_uploaded_picture_goes_an_hour_after_it_was_replaced(
    ann: Client, stream: Stream, name: str, other: Any
) -> None:
    shown = {"avatar": "profile_image", "banner": "banner_image"}[name]
    old = _key(_patched(ann, **{name: an_upload()})[shown])
    new = _patched(ann, **{name: other}).get(shown)
    assert old in objects()
    _let_an_hour_pass(stream, old)

    assert set(objects()) == ({_key(new)} if other and "data" in other else set())
    assert item(keys.upload_reference_of_profile(old, ann.user_id)) is None


def test_a_picture_that_could_not_be_stored_changes_nothing(ann: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    before = ann.get("/user_account").text
    monkeypatch.setenv("MEDIA_BUCKET", "not-there")

    assert refusal(ann.patch("/user_account", {"avatar": an_upload(), "about": "Any"})) == OURS
    assert ann.get("/user_account").text == before


def _key(url: str) -> str:
    return url.removeprefix("https://media.example/")


def _let_an_hour_pass(stream: Stream, object_key: str) -> None:
    stream.settle()
    remove(keys.upload_unused(object_key))
    stream.settle()


# Featured boards


def test_featured_boards_are_shown_in_their_order(ann: Client) -> None:
    boards = [a_board(ann) for _ in range(6)]
    order = [boards[n] for n in (3, 0, 5, 1, 4, 2)]

    assert _patched(ann, featured_board_ids=order)["featured_board_ids"] == order
    assert a_user().get("/users/ann").json["featured_board_ids"] == order
    assert _patched(ann, featured_board_ids=boards)["featured_board_ids"] == boards


@pytest.mark.parametrize("nothing", [None, []])
def test_featuring_boards_can_end(ann: Client, nothing: Any) -> None:
    _patched(ann, featured_board_ids=[a_board(ann)])

    assert _patched(ann, featured_board_ids=nothing)["featured_board_ids"] == []


@pytest.mark.parametrize("privacy", ["PROTECTED", "SECRET"])
def test_a_board_that_is_not_listed_to_everybody_cannot_be_featured(ann: Client, privacy: str) -> None:
    reply = ann.patch("/user_account", {"featured_board_ids": [a_board(ann), a_board(ann, privacy=privacy)]})

    assert refusal(reply) == INVALID
    assert "'featured_board_ids' must be public boards of yours" in reply.json["message"]


def test_another_users_board_and_one_that_is_not_there_are_refused_alike(ann: Client) -> None:
    bens = a_board(a_user("ben"))
    replies = [ann.patch("/user_account", {"featured_board_ids": [board]}) for board in (bens, "1")]

    assert {refusal(reply) for reply in replies} == {INVALID}
    assert len({reply.text for reply in replies}) == 1


def test_a_featured_board_that_is_hidden_later_is_left_out(ann: Client) -> None:
    stays, goes, archived, deleted = (a_board(ann) for _ in range(4))
    _patched(ann, featured_board_ids=[deleted, archived, goes, stays])
    ann.patch(f"/boards/{goes}", {"privacy": "SECRET"})
    set_attribute(keys.board(archived), "archived_at", {"S": "2026-01-01T00:00:00Z"})
    ann.delete(f"/boards/{deleted}")

    assert ann.get("/user_account").json["featured_board_ids"] == [stays]
    assert ann.get("/users/ann").json["featured_board_ids"] == [stays]
    assert a_user().get("/users/ann").json["featured_board_ids"] == [stays]


def test_a_board_that_was_hidden_while_others_were_featured_does_not_stand_in_the_way(ann: Client) -> None:
    hidden, stays, new = (a_board(ann) for _ in range(3))
    _patched(ann, featured_board_ids=[hidden, stays])
    ann.patch(f"/boards/{hidden}", {"privacy": "SECRET"})

    assert _patched(ann, featured_board_ids=[new, hidden, stays])["featured_board_ids"] == [new, stays]


def test_a_profile_without_featured_boards_costs_one_request(ann: Client) -> None:
    with dynamodb_requests() as asked:
        ann.get("/user_account")

    assert asked == ["GetItem"]
