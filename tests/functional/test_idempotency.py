"""Idempotency-Key on POST."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from presence.domain import clock
from presence.storage import receipts
from tests.support.api import Client, Reply
from tests.support.content import a_board, a_pin, an_upload, ids, refusal
from tests.support.people import a_user
from tests.support.stored import everything, objects
from tests.support.together import a_link, a_member, ask, invite
from tests.support.wire import ANY_PICTURE, BOARD_NAME, BOARD_NOT_FOUND, CONFLICT, INVALID, KEY_REUSED

A_KEY = "6f1c2a9e-any-key"
DAY = 24 * 60 * 60

type Post = Callable[..., Reply]


def _to_boards(ann: Client) -> tuple[str, dict[str, Any]]:
    return "/boards", {"name": "Any", "description": "Any"}


def _to_sections(ann: Client) -> tuple[str, dict[str, Any]]:
    return f"/boards/{a_board(ann)}/sections", {"name": "Any"}


def _to_pins(ann: Client) -> tuple[str, dict[str, Any]]:
    return "/pins", {"board_id": a_board(ann), "media_source": ANY_PICTURE}


def _to_uploads(ann: Client) -> tuple[str, dict[str, Any]]:
    return "/pins", {"board_id": a_board(ann), "media_source": an_upload()}


def _to_saves(ann: Client) -> tuple[str, dict[str, Any]]:
    board_id = a_board(ann)
    return f"/pins/{a_pin(ann, board_id)}/save", {"board_id": board_id}


def _to_accept(ann: Client) -> tuple[str, dict[str, Any]]:
    owner = a_user()
    board_id = a_board(owner)
    invite(owner, board_id, ann)
    return f"/user_account/invitations/{board_id}", {}


def _to_accept_link(ann: Client) -> tuple[str, dict[str, Any]]:
    owner = a_user()
    return "/invitation_links/accept", {"token": a_link(owner, a_board(owner), max_uses=1)["token"]}


def _to_approve(ann: Client) -> tuple[str, dict[str, Any]]:
    board_id, ben = a_board(ann), a_user()
    ask(ben, board_id)
    return f"/boards/{board_id}/join_requests/{ben.username}", {"role": "viewer"}


def _to_transfer(ann: Client) -> tuple[str, dict[str, Any]]:
    board_id = a_board(ann)
    return f"/boards/{board_id}/transfer", {"username": a_member(ann, board_id).username}


def _to_invite(ann: Client) -> tuple[str, dict[str, Any]]:
    return f"/boards/{a_board(ann)}/invitations", {"username": a_user().username, "role": "viewer"}


def _to_ask(ann: Client) -> tuple[str, dict[str, Any]]:
    return f"/boards/{a_board(a_user())}/join_requests", {"message": "May I?"}


type Target = Callable[[Client], tuple[str, dict[str, Any]]]
every_answer = pytest.mark.parametrize(
    "target", [_to_invite, _to_ask, _to_approve, _to_accept, _to_accept_link, _to_transfer]
)
every_post = pytest.mark.parametrize("target", [_to_boards, _to_sections, _to_pins, _to_uploads, _to_saves])


@every_post
def test_a_retry_gets_the_first_answer_and_does_nothing(target: Target) -> None:
    ann = a_user()
    path, body = target(ann)
    first = ann.post(path, body, idempotency_key=A_KEY)
    written = everything()
    retry = ann.post(path, body, idempotency_key=A_KEY)

    assert first.status == retry.status == 201
    assert retry.text == first.text
    assert retry.headers["etag"] == first.headers["etag"]
    assert everything() == written


@every_answer
def test_a_retry_among_people_gets_the_first_answer_and_does_nothing(target: Target) -> None:
    ann = a_user()
    path, body = target(ann)
    first = ann.post(path, body, idempotency_key=A_KEY)
    written = everything()
    retry = ann.post(path, body, idempotency_key=A_KEY)

    assert first.status == retry.status == 201
    assert retry.text == first.text
    assert retry.headers["idempotent-replayed"] == "true"
    assert everything() == written


@every_post
def test_without_a_key_a_post_is_done_each_time(target: Target) -> None:
    ann = a_user()
    path, body = target(ann)
    first, second = ann.post(path, body), ann.post(path, body | ({"name": "Other"} if "name" in body else {}))

    assert first.json["id"] != second.json["id"]


@every_post
def test_the_same_key_with_another_body_is_refused(target: Target) -> None:
    ann = a_user()
    path, body = target(ann)
    ann.post(path, body, idempotency_key=A_KEY)
    written = everything()
    reply = ann.post(path, body | {"description": "Another"}, idempotency_key=A_KEY)

    assert refusal(reply) == KEY_REUSED
    assert "Idempotency-Key" in reply.json["message"]
    assert everything() == written


def test_the_same_key_on_another_route_is_refused() -> None:
    ann = a_user()
    path, body = _to_sections(ann)
    ann.post(path, body, idempotency_key=A_KEY)

    assert refusal(ann.post("/boards", body, idempotency_key=A_KEY)) == KEY_REUSED
    assert refusal(ann.post(f"/boards/{a_board(ann)}/sections", body, idempotency_key=A_KEY)) == KEY_REUSED


def test_the_first_answer_is_given_again_even_after_a_change() -> None:
    ann = a_user()
    path, body = _to_boards(ann)
    first = ann.post(path, body, idempotency_key=A_KEY)
    ann.patch(f"/boards/{first.json['id']}", {"name": "Changed"})

    assert ann.post(path, body, idempotency_key=A_KEY).text == first.text


def test_the_first_answer_is_given_again_even_after_deletion() -> None:
    ann = a_user()
    path, body = _to_boards(ann)
    first = ann.post(path, body, idempotency_key=A_KEY)
    ann.delete(f"/boards/{first.json['id']}")

    assert ann.post(path, body, idempotency_key=A_KEY).text == first.text
    assert ids(ann.get("/boards")) == []


def test_the_order_of_keys_and_white_space_of_a_retry_do_not_matter() -> None:
    ann = a_user()
    path, body = _to_pins(ann)
    first = ann.post(path, body, idempotency_key=A_KEY)
    reordered = {
        "media_source": {"url": ANY_PICTURE["url"], "source_type": "image_url"},
        "board_id": body["board_id"],
    }
    retry = ann.request("POST", path, headers={"idempotency-key": A_KEY}, raw_body=json.dumps(reordered, indent=3))

    assert retry.text == first.text


def test_the_order_of_a_list_matters() -> None:
    ann = a_user()
    items = [{"url": "https://a.example/1.jpg"}, {"url": "https://a.example/2.jpg"}]
    body = {"board_id": a_board(ann), "media_source": {"source_type": "multiple_image_urls", "items": items}}
    ann.post("/pins", body, idempotency_key=A_KEY)
    items.reverse()

    assert refusal(ann.post("/pins", body, idempotency_key=A_KEY)) == KEY_REUSED


@pytest.mark.parametrize("junk", ["NaN", "1e999", "9" * 400])
def test_a_body_that_only_a_lenient_parser_takes_can_be_retried(junk: str) -> None:
    ann = a_user()
    raw_body = f'{{"name": "Any", "ignored": {junk}}}'
    first, retry = (
        ann.request("POST", "/boards", headers={"idempotency-key": A_KEY}, raw_body=raw_body) for _ in range(2)
    )

    assert first.status == 201
    assert retry.text == first.text


def test_the_same_key_of_another_user_is_another_key() -> None:
    ann, ben = a_user(), a_user()
    one, other = (user.post("/boards", {"name": "Any"}, idempotency_key=A_KEY) for user in (ann, ben))

    assert (one.status, other.status) == (201, 201)
    assert one.json["id"] != other.json["id"]


def test_a_refused_request_leaves_its_key_free() -> None:
    ann = a_user()
    taken = a_board(ann, name="Taken")

    assert refusal(ann.post("/boards", {"name": "Taken"}, idempotency_key=A_KEY)) == BOARD_NAME
    ann.delete(f"/boards/{taken}")
    assert ann.post("/boards", {"name": "Taken"}, idempotency_key=A_KEY).status == 201


def test_a_refused_request_with_a_new_body_may_use_its_key() -> None:
    ann = a_user()

    assert refusal(ann.post("/boards/1/sections", {"name": "Any"}, idempotency_key=A_KEY)) == BOARD_NOT_FOUND
    assert ann.post("/boards", {"name": "Any"}, idempotency_key=A_KEY).status == 201


@every_post
def test_a_key_that_is_in_flight_is_a_conflict_and_the_work_is_done_once(
    target: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = a_user()
    path, body = target(ann)
    first: list[Reply] = []
    look = receipts.get

    def overtaken(user_id: str, digest: str) -> tuple[str, str] | None:
        """The other request with the key commits between our look and our write."""
        found = look(user_id, digest)
        monkeypatch.setattr(receipts, "get", look)
        first.append(ann.post(path, body, idempotency_key=A_KEY))
        return found

    monkeypatch.setattr(receipts, "get", overtaken)
    second = ann.post(path, body, idempotency_key=A_KEY)

    assert first[0].status == 201
    assert refusal(second) == CONFLICT
    assert "Idempotency-Key" in second.json["message"]
    assert int(second.headers["retry-after"]) >= 1
    assert ann.post(path, body, idempotency_key=A_KEY).text == first[0].text


def test_a_key_is_kept_for_a_day(monkeypatch: pytest.MonkeyPatch) -> None:
    ann = a_user()
    path, body = _to_pins(ann)
    first = ann.post(path, body, idempotency_key=A_KEY)
    began = clock.now()

    monkeypatch.setattr(clock, "now", lambda: began + DAY - 60)
    assert ann.post(path, body, idempotency_key=A_KEY).text == first.text

    monkeypatch.setattr(clock, "now", lambda: began + DAY + 60)
    again = ann.post(path, body | {"title": "Another"}, idempotency_key=A_KEY)
    assert again.status == 201
    assert again.json["id"] != first.json["id"]


@pytest.mark.parametrize("key", ["", "x" * 256])
def test_a_key_of_other_than_1_to_255_characters_is_refused(key: str) -> None:
    ann = a_user()
    reply = ann.post("/boards", {"name": "Any"}, idempotency_key=key)

    assert refusal(reply) == INVALID
    assert "'Idempotency-Key'" in reply.json["message"]
    assert ids(ann.get("/boards")) == []


@pytest.mark.parametrize("key", ["x", "x" * 255, "ключ #1/2", "\ud800"])
def test_a_key_of_1_to_255_characters_is_taken(key: str) -> None:
    ann = a_user()
    first, retry = (ann.post("/boards", {"name": "Any"}, idempotency_key=key) for _ in range(2))

    assert first.status == 201
    assert retry.text == first.text


def test_the_fields_of_a_retry_may_be_selected() -> None:
    ann = a_user()
    first = ann.post("/boards", {"name": "Any"}, idempotency_key=A_KEY)

    assert ann.post("/boards?fields=id", {"name": "Any"}, idempotency_key=A_KEY).json == {"id": first.json["id"]}


def test_a_retried_upload_stores_no_second_picture() -> None:
    ann = a_user()
    path, body = _to_uploads(ann)
    for _ in range(2):
        ann.post(path, body, idempotency_key=A_KEY)

    assert len(objects()) == 1
