"""ETag, If-None-Match and If-Match."""

import re
from collections.abc import Callable

import pytest

from tests.support.api import Client, Reply
from tests.support.content import a_board, a_pin, a_section, refusal
from tests.support.people import a_user
from tests.support.stored import Stream, everything
from tests.support.wire import NOT_PERMITTED, STALE


def _a_board(owner: Client) -> str:
    return f"/boards/{a_board(owner)}"


def _a_section(owner: Client) -> str:
    board_id = a_board(owner)
    return f"/boards/{board_id}/sections/{a_section(owner, board_id)}"


def _a_pin(owner: Client) -> str:
    return f"/pins/{a_pin(owner, a_board(owner))}"


def _an_account(owner: Client) -> str:
    return "/user_account"


every_read = pytest.mark.parametrize("path_of", [_a_board, _a_pin, _an_account])
every_thing = pytest.mark.parametrize("path_of", [_a_board, _a_section, _a_pin])
type PathOf = Callable[[Client], str]


def _change(client: Client, path: str, **headers: str) -> Reply:
    field = "title" if path.startswith("/pins") else "name"
    return client.patch(path, {field: "Another text"}, **headers)


def _current_etag(client: Client, path: str) -> str:
    """A section has no read of its own: a change of nothing tells."""
    return client.patch(path, {}).headers["etag"]


@every_read
def test_a_read_has_an_etag_that_stays_while_nothing_changes(path_of: PathOf) -> None:
    ann = a_user()
    path = path_of(ann)
    one, two = ann.get(path), ann.get(path)

    assert re.fullmatch(r'"[^"]+"', one.headers["etag"])
    assert one.headers["etag"] == two.headers["etag"]


@every_thing
def test_a_change_answers_another_etag(path_of: PathOf) -> None:
    ann = a_user()
    path = path_of(ann)

    assert _change(ann, path).headers["etag"] != _current_etag(ann, path_of(ann))
    before = _current_etag(ann, path)
    ann.patch(path, {"name": "Yet another text", "title": "Yet another text"})
    assert _current_etag(ann, path) != before


def test_the_etag_of_a_creation_is_that_of_the_read() -> None:
    ann = a_user()
    created = ann.post("/boards", {"name": "Any"})

    assert ann.get(f"/boards/{created.json['id']}").headers["etag"] == created.headers["etag"]


@every_read
@pytest.mark.parametrize("form", ["{}", "W/{}", '"other", {}', 'W/{}, "other"', "*"])
def test_a_read_of_what_the_client_has_answers_304_without_a_body(path_of: PathOf, form: str) -> None:
    ann = a_user()
    path = path_of(ann)
    etag = ann.get(path).headers["etag"]
    reply = ann.get(path, if_none_match=form.format(etag))

    assert reply.status == 304
    assert not reply.text
    assert reply.headers["etag"] == etag


@every_read
@pytest.mark.parametrize("header", ['"other"', "other", '""', "", '"1-0"', "W/"])
def test_a_read_of_what_the_client_has_not_answers_in_full(path_of: PathOf, header: str) -> None:
    ann = a_user()
    path = path_of(ann)

    assert ann.get(path, if_none_match=header).text == ann.get(path).text


@pytest.mark.parametrize("path_of", [_a_board, _a_pin])
def test_a_changed_thing_is_read_in_full_again(path_of: PathOf) -> None:
    ann = a_user()
    path = path_of(ann)
    etag = ann.get(path).headers["etag"]
    _change(ann, path)

    assert ann.get(path, if_none_match=etag).status == 200


@every_read
def test_another_selection_of_fields_has_another_etag(path_of: PathOf) -> None:
    ann = a_user()
    path = path_of(ann)
    whole, part = ann.get(path).headers["etag"], ann.get(f"{path}?fields=id").headers["etag"]

    assert whole != part
    assert ann.get(f"{path}?fields=id", if_none_match=part).status == 304
    assert ann.get(f"{path}?fields=id", if_none_match=whole).status == 200


@every_thing
@pytest.mark.parametrize("verb", ["PATCH", "DELETE"])
def test_a_change_of_the_version_that_was_read_is_made(path_of: PathOf, verb: str) -> None:
    ann = a_user()
    path = path_of(ann)
    headers = {"if_match": _current_etag(ann, path)}

    assert (_change(ann, path, **headers) if verb == "PATCH" else ann.delete(path, **headers)).status in (200, 204)


@pytest.mark.parametrize("path_of", [_a_board, _a_pin])
def test_a_change_of_the_version_that_was_read_in_part_is_made(path_of: PathOf) -> None:
    ann = a_user()
    path = path_of(ann)

    assert _change(ann, path, if_match=ann.get(f"{path}?fields=id").headers["etag"]).status == 200


@every_thing
@pytest.mark.parametrize("verb", ["PATCH", "DELETE"])
def test_a_change_of_a_stale_version_is_refused_and_nothing_is_written(path_of: PathOf, verb: str) -> None:
    ann = a_user()
    path = path_of(ann)
    etag = _current_etag(ann, path)
    _change(ann, path)
    before = everything()
    headers = {"if_match": etag}
    reply = ann.patch(path, {"name": "Lost"}, **headers) if verb == "PATCH" else ann.delete(path, **headers)

    assert refusal(reply) == STALE
    assert "If-Match" in reply.json["message"]
    assert everything() == before


@every_thing
@pytest.mark.parametrize(
    "header", ['"any"', "any", '""', "", "W/{}", '"-1-x"', '"x-1"', '"99999999999999999999-x"', '"²-x"']
)
def test_an_if_match_that_names_no_current_version_is_refused(path_of: PathOf, header: str) -> None:
    ann = a_user()
    path = path_of(ann)
    header = header.format(_current_etag(ann, path))

    assert refusal(_change(ann, path, if_match=header)) == STALE
    assert refusal(ann.delete(path, if_match=header)) == STALE


@every_thing
def test_an_if_match_of_anything_asks_only_that_it_is_there(path_of: PathOf) -> None:
    ann = a_user()
    path = path_of(ann)

    assert _change(ann, path, if_match="*").status == 200
    assert ann.delete(path, if_match="*").status == 204


def test_a_stranger_is_refused_whatever_version_they_name() -> None:
    ann, ben = a_user(), a_user()
    path = _a_board(ann)

    assert refusal(ben.patch(path, {"name": "Any"}, if_match='"99-any"')) == NOT_PERMITTED


def test_a_new_pin_makes_the_version_of_its_board_stale() -> None:
    ann = a_user()
    board_id = a_board(ann)
    etag = ann.get(f"/boards/{board_id}").headers["etag"]
    a_pin(ann, board_id)

    assert refusal(ann.patch(f"/boards/{board_id}", {"name": "Any"}, if_match=etag)) == STALE


def test_a_cover_that_was_renewed_behind_the_scenes_does_not_stand_in_the_way_of_a_change(stream: Stream) -> None:
    ann = a_user()
    board_id = a_board(ann)
    a_pin(ann, board_id)
    before = ann.get(f"/boards/{board_id}")
    stream.settle()
    after = ann.get(f"/boards/{board_id}")

    assert "media" in after.json
    assert ann.get(f"/boards/{board_id}", if_none_match=before.headers["etag"]).status == 200
    assert ann.patch(f"/boards/{board_id}", {"name": "Any"}, if_match=before.headers["etag"]).status == 200
