"""``fields=`` for less, gzip for smaller."""

from typing import Any

import pytest

from tests.support.api import Client, http_event
from tests.support.content import a_board, a_pin, a_section, refusal
from tests.support.people import a_user
from tests.support.wire import BOARD_NOT_FOUND

LISTINGS = (
    "/boards",
    "/pins",
    "/boards/{board}/pins",
    "/boards/{board}/sections",
    "/boards/{board}/sections/{section}/pins",
)
SINGLE = ("/boards/{board}", "/pins/{pin}", "/user_account")


def _things(ann: Client) -> dict[str, str]:
    board_id = a_board(ann)
    section_id = a_section(ann, board_id)
    return {"board": board_id, "section": section_id, "pin": a_pin(ann, board_id, board_section_id=section_id)}


@pytest.mark.parametrize("path", LISTINGS)
def test_a_sparse_listing_has_only_the_fields_that_were_asked_for(path: str) -> None:
    ann = a_user()
    path = path.format(**_things(ann))
    [whole] = ann.get(path).json["items"]
    reply = ann.get(f"{path}?fields=id")

    assert reply.json == {"items": [{"id": whole["id"]}], "bookmark": None}


@pytest.mark.parametrize("path", SINGLE)
def test_a_sparse_read_has_only_the_fields_that_were_asked_for(path: str) -> None:
    ann = a_user()
    path = path.format(**_things(ann))
    whole = ann.get(path).json

    assert ann.get(f"{path}?fields=id").json == {"id": whole["id"]}


@pytest.mark.parametrize("query", ["fields=id,name", "fields=id&fields=name", "fields=name,%20id", "fields=id,name,"])
def test_fields_are_listed_by_commas_or_repeated(query: str) -> None:
    ann = a_user()
    board_id = a_board(ann, name="Any")

    assert ann.get(f"/boards/{board_id}?{query}").json == {"id": board_id, "name": "Any"}


def test_a_whole_object_is_one_field() -> None:
    ann = a_user("ann")

    assert ann.get(f"/boards/{a_board(ann)}?fields=owner").json == {"owner": {"username": "ann"}}


@pytest.mark.parametrize(
    ("query", "shown"), [("fields=unknown", {}), ("fields=media,description", {"description": None})]
)
def test_fields_that_are_not_there_are_left_out(query: str, shown: dict[str, Any]) -> None:
    ann = a_user()

    assert ann.get(f"/boards/{a_board(ann)}?{query}").json == shown


@pytest.mark.parametrize("query", ["", "fields=", "fields=,"])
def test_without_names_all_fields_are_sent(query: str) -> None:
    ann = a_user()
    board_id = a_board(ann)

    assert ann.get(f"/boards/{board_id}?{query}").json == ann.get(f"/boards/{board_id}").json


@pytest.mark.parametrize("path", [*LISTINGS, *SINGLE, "/openapi.json"])
@pytest.mark.parametrize("accepted", ["gzip", "gzip, deflate, br", "br;q=1.0, gzip;q=0.8"])
def test_an_answer_is_gzipped_when_asked(path: str, accepted: str) -> None:
    ann = a_user()
    path = path.format(**_things(ann))
    plain, zipped = ann.get(path), ann.get(path, accept_encoding=accepted)

    assert zipped.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert (zipped.status, zipped.text) == (plain.status, plain.text)


@pytest.mark.parametrize("accepted", ["identity", "br", ""])
def test_an_answer_is_plain_when_gzip_is_not_asked_for(accepted: str) -> None:
    ann = a_user()

    assert "content-encoding" not in ann.get("/boards", accept_encoding=accepted).headers


def test_an_answer_that_depends_on_the_encoding_says_so() -> None:
    ann = a_user()

    for path in ("/boards", f"/boards/{a_board(ann)}"):
        assert "Accept-Encoding" in ann.get(path).headers["vary"]


def test_errors_and_empty_answers_survive_gzip() -> None:
    ann = a_user()
    board_id = a_board(ann)
    etag = ann.get(f"/boards/{board_id}").headers["etag"]
    not_modified = ann.get(f"/boards/{board_id}", accept_encoding="gzip", if_none_match=etag)
    deleted = ann.delete(f"/boards/{board_id}", accept_encoding="gzip")

    assert (not_modified.status, not_modified.text or "") == (304, "")
    assert (deleted.status, deleted.text or "") == (204, "")
    assert refusal(ann.get(f"/boards/{board_id}", accept_encoding="gzip")) == BOARD_NOT_FOUND


def test_what_a_user_reads_is_not_kept_by_shared_caches() -> None:
    ann = a_user()

    for path in ("/boards", f"/boards/{a_board(ann)}", "/pins", "/user_account"):
        assert "private" in ann.get(path).headers["cache-control"]


def test_the_builder_of_events_joins_repeated_parameters_as_api_gateway_does() -> None:
    event = http_event("GET", "/boards?fields=id&fields=name", None, {}, None)

    assert event["queryStringParameters"] == {"fields": "id,name"}
