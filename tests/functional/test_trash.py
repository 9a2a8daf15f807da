"""The trash: what is deleted can be restored for 30 days, and is gone for every other read meanwhile."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from presence.domain import clock
from presence.storage import keys
from tests.support.api import Client
from tests.support.content import (
    a_board,
    a_pin,
    a_section,
    a_trashed_board,
    a_trashed_pin,
    an_upload,
    delete_for_good,
    ids,
    refusal,
)
from tests.support.people import a_user
from tests.support.stored import Stream, add_collaborator, everything, item, objects, remove, set_attribute
from tests.support.wire import (
    BOARD_NAME,
    BOARD_NOT_FOUND,
    NOT_PERMITTED,
    PIN_NOT_FOUND,
    SCOPE_MISSING,
    SECTION_NOT_FOUND,
)

BOARDS, PINS = "/user_account/trash/boards", "/user_account/trash/pins"
DAYS = 24 * 60 * 60


@pytest.fixture
def days_pass(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    real = clock._time

    def turn(days: float) -> None:
        monkeypatch.setattr(clock, "now", lambda: real() + days * DAYS)

    return turn


# Boards


def test_a_deleted_board_is_in_its_owners_trash_for_30_days() -> None:
    ann = a_user()
    board_id = a_trashed_board(ann)
    [found] = ann.get(BOARDS).json["items"]

    assert found["id"] == board_id
    trashed, purged = (datetime.fromisoformat(found[name]) for name in ("trashed_at", "purge_at"))
    assert purged - trashed == timedelta(days=30)
    assert abs(datetime.now(UTC) - trashed) < timedelta(minutes=1)


def test_the_trash_lists_the_latest_deleted_first(days_pass: Callable[[float], None]) -> None:
    ann = a_user()
    one, other = a_board(ann), a_board(ann)
    for day, board_id in enumerate((other, one)):
        days_pass(day)
        ann.delete(f"/boards/{board_id}")

    assert [[board["id"] for board in page] for page in ann.pages(f"{BOARDS}?page_size=1")] == [[one], [other]]


def test_a_board_in_the_trash_is_there_for_nobody_anywhere_else() -> None:
    ann, ben = a_user(), a_user()
    board_id = a_board(ann)
    pin_id = a_pin(ann, board_id)
    add_collaborator(board_id, ben)
    ann.delete(f"/boards/{board_id}")

    for user in (ann, ben, a_user()):
        for path in ("", "/pins", "/sections"):
            assert refusal(user.get(f"/boards/{board_id}{path}")) == BOARD_NOT_FOUND
        assert refusal(user.get(f"/pins/{pin_id}")) == PIN_NOT_FOUND
        assert ids(user.get("/boards")) == ids(user.get("/pins")) == []
    assert ids(ben.get(BOARDS)) == []
    assert refusal(ben.post(f"/boards/{board_id}/restore")) == BOARD_NOT_FOUND
    assert refusal(ben.delete(f"{BOARDS}/{board_id}")) == BOARD_NOT_FOUND


def test_a_restored_board_is_as_it_was() -> None:
    ann, ben = a_user(), a_user()
    first, board_id, last = a_board(ann), a_board(ann), a_board(ann)
    section_id = a_section(ann, board_id)
    pin_ids = [a_pin(ann, board_id), a_pin(ann, board_id, board_section_id=section_id)]
    add_collaborator(board_id, ben)
    before = ann.get(f"/boards/{board_id}").json
    ann.delete(f"/boards/{board_id}")
    reply = ann.post(f"/boards/{board_id}/restore")

    assert reply.status == 201
    assert reply.json == ann.get(f"/boards/{board_id}").json == before
    assert ids(ann.get("/boards")) == [last, board_id, first]
    assert ids(ann.get(f"/boards/{board_id}/pins")) == pin_ids[::-1]
    assert ids(ann.get(f"/boards/{board_id}/sections/{section_id}/pins")) == pin_ids[1:]
    assert ids(ben.get("/boards")) == [board_id]
    assert ids(ann.get(BOARDS)) == []
    assert ann.get("/user_account").json["board_count"] == 3


def test_a_board_in_the_trash_leaves_its_name_to_others_and_is_not_counted() -> None:
    ann = a_user()
    board_id = a_trashed_board(ann, name="Ideas")
    assert ann.get("/user_account").json["board_count"] == 0
    a_board(ann, name="Ideas")

    assert refusal(ann.post(f"/boards/{board_id}/restore")) == BOARD_NAME
    restored = ann.post(f"/boards/{board_id}/restore", {"name": "Older ideas"})
    assert (restored.status, restored.json["name"]) == (201, "Older ideas")
    assert refusal(ann.post("/boards", {"name": "older ideas"})) == BOARD_NAME


def test_a_board_is_not_restored_over_the_limit() -> None:
    ann = a_user()
    board_id = a_trashed_board(ann)
    set_attribute(keys.profile(ann.user_id), "board_count", {"N": "2000"})
    before = everything()

    assert refusal(ann.post(f"/boards/{board_id}/restore")) == NOT_PERMITTED
    assert everything() == before


def test_a_secret_board_in_the_trash_is_hidden_from_a_token_without_secrets() -> None:
    ann = a_user()
    board_id = a_trashed_board(ann, privacy="SECRET")
    blind, reading = ann.without_scopes("boards:read_secret"), ann.without_scopes("boards:write_secret")

    assert ids(blind.get(BOARDS)) == []
    assert refusal(blind.post(f"/boards/{board_id}/restore")) == BOARD_NOT_FOUND
    assert ids(reading.get(BOARDS)) == [board_id]
    assert refusal(reading.post(f"/boards/{board_id}/restore")) == SCOPE_MISSING
    assert refusal(reading.delete(f"{BOARDS}/{board_id}")) == SCOPE_MISSING


def test_a_purged_board_leaves_nothing(stream: Stream) -> None:
    ann = a_user()
    before = everything()
    board_id = a_board(ann)
    a_pin(ann, board_id, board_section_id=a_section(ann, board_id))
    delete_for_good(ann, f"/boards/{board_id}")
    assert ids(ann.get(BOARDS)) == []
    assert refusal(ann.post(f"/boards/{board_id}/restore")) == BOARD_NOT_FOUND
    stream.settle()

    assert everything() == before


def test_a_board_whose_time_is_over_is_purged(stream: Stream) -> None:
    ann = a_user()
    before = everything()
    board_id = a_board(ann)
    a_pin(ann, board_id)
    ann.delete(f"/boards/{board_id}")
    stream.settle()
    remove(keys.board_in_trash(board_id))
    stream.settle()

    assert everything() == before


def test_the_time_of_a_board_is_what_dynamodb_is_told() -> None:
    ann = a_user()
    board_id = a_trashed_board(ann)
    timer = item(keys.board_in_trash(board_id))
    [found] = ann.get(BOARDS).json["items"]

    assert timer
    assert int(timer["expires_at"]["N"]) == datetime.fromisoformat(found["purge_at"]).timestamp()


def test_a_board_whose_time_is_over_is_gone_before_dynamodb_removes_it(days_pass: Callable[[float], None]) -> None:
    ann = a_user()
    board_id = a_trashed_board(ann)
    days_pass(29.9)
    assert ids(ann.get(BOARDS)) == [board_id]
    days_pass(30)

    assert ids(ann.get(BOARDS)) == []
    assert refusal(ann.post(f"/boards/{board_id}/restore")) == BOARD_NOT_FOUND
    assert refusal(ann.delete(f"{BOARDS}/{board_id}")) == BOARD_NOT_FOUND


def test_a_board_whose_time_is_over_is_gone_before_the_stream_tells(stream: Stream) -> None:
    ann = a_user()
    board_id = a_trashed_board(ann)
    stream.settle()
    remove(keys.board_in_trash(board_id))

    assert refusal(ann.post(f"/boards/{board_id}/restore")) == BOARD_NOT_FOUND
    stream.settle()
    assert item(keys.board(board_id)) is None


def test_a_board_that_was_restored_and_deleted_again_is_not_purged_for_its_first_stay(stream: Stream) -> None:
    ann = a_user()
    board_id = a_trashed_board(ann)
    stream.settle()
    ann.post(f"/boards/{board_id}/restore")
    of_the_restore = stream.records()
    ann.delete(f"/boards/{board_id}")
    stream.deliver(of_the_restore)
    stream.settle()

    assert ids(ann.get(BOARDS)) == [board_id]
    assert ann.post(f"/boards/{board_id}/restore").status == 201


def test_a_board_restored_before_the_stream_tells_of_its_stay_is_kept(stream: Stream) -> None:
    ann = a_user()
    board_id = a_trashed_board(ann)
    ann.post(f"/boards/{board_id}/restore")
    stream.settle()

    assert ann.get(f"/boards/{board_id}").status == 200


# Pins


def test_a_deleted_pin_is_in_the_trash_of_who_added_it_whoever_deleted_it() -> None:
    ann, ben = a_user(), a_user()
    board_id = a_board(ann)
    add_collaborator(board_id, ben, "contributor")
    pin_id = a_pin(ben, board_id)
    ann.delete(f"/pins/{pin_id}")

    assert ids(ann.get(PINS)) == []
    assert ids(ben.get(PINS)) == [pin_id]
    assert ben.get(PINS).json["items"][0]["board_owner"] == {"username": ann.username}


def test_a_pin_in_the_trash_is_on_no_list_and_in_no_count(stream: Stream) -> None:
    ann = a_user()
    board_id = a_board(ann)
    section_id = a_section(ann, board_id)
    pin_id = a_trashed_pin(ann, board_id, board_section_id=section_id)
    stream.settle()

    assert refusal(ann.get(f"/pins/{pin_id}")) == PIN_NOT_FOUND
    assert refusal(ann.patch(f"/pins/{pin_id}", {"title": "Any"})) == PIN_NOT_FOUND
    assert refusal(ann.delete(f"/pins/{pin_id}")) == PIN_NOT_FOUND
    assert refusal(ann.post(f"/pins/{pin_id}/save")) == PIN_NOT_FOUND
    for path in (f"/boards/{board_id}/pins", f"/boards/{board_id}/sections/{section_id}/pins", "/pins"):
        assert ids(ann.get(path)) == []
    board = ann.get(f"/boards/{board_id}").json
    assert board["pin_count"] == ann.get("/user_account").json["pin_count"] == 0
    assert "media" not in board


def test_a_restored_pin_is_where_it_was(stream: Stream) -> None:
    ann = a_user()
    board_id = a_board(ann)
    section_id = a_section(ann, board_id)
    older, pin_id, newer = (a_pin(ann, board_id, board_section_id=section_id) for _ in range(3))
    before = ann.get(f"/pins/{pin_id}").json
    ann.delete(f"/pins/{pin_id}")
    reply = ann.post(f"/pins/{pin_id}/restore")
    stream.settle()

    assert reply.status == 201
    assert reply.json == ann.get(f"/pins/{pin_id}").json == before
    for path in (f"/boards/{board_id}/pins", f"/boards/{board_id}/sections/{section_id}/pins", "/pins"):
        assert ids(ann.get(path)) == [newer, pin_id, older]
    board = ann.get(f"/boards/{board_id}").json
    assert board["pin_count"] == ann.get("/user_account").json["pin_count"] == 3
    assert "media" in board
    assert ids(ann.get(PINS)) == []


def test_a_pin_whose_section_is_gone_names_it_and_is_restored_elsewhere(stream: Stream) -> None:
    ann = a_user()
    board_id = a_board(ann)
    gone, other = a_section(ann, board_id), a_section(ann, board_id)
    one, two = (a_trashed_pin(ann, board_id, board_section_id=gone) for _ in range(2))
    ann.delete(f"/boards/{board_id}/sections/{gone}")
    for _ in range(2):
        reply = ann.post(f"/pins/{one}/restore")
        assert refusal(reply) == SECTION_NOT_FOUND
        assert "board_section_id" in reply.json["message"]
        stream.settle()

    assert ann.post(f"/pins/{one}/restore", {"board_section_id": None}).json["board_section_id"] is None
    assert ann.post(f"/pins/{two}/restore", {"board_section_id": other}).json["board_section_id"] == other


def test_a_pin_that_was_deleted_after_its_section_is_restored_on_the_board(stream: Stream) -> None:
    ann = a_user()
    board_id = a_board(ann)
    section_id = a_section(ann, board_id)
    pin_id = a_pin(ann, board_id, board_section_id=section_id)
    ann.delete(f"/boards/{board_id}/sections/{section_id}")
    ann.delete(f"/pins/{pin_id}")
    stream.settle()

    assert ann.post(f"/pins/{pin_id}/restore").json["board_section_id"] is None


def test_a_pin_whose_board_is_gone_names_it_and_is_restored_elsewhere(stream: Stream) -> None:
    ann = a_user()
    board_id, elsewhere = a_board(ann), a_board(ann)
    pin_id = a_trashed_pin(ann, board_id, board_section_id=a_section(ann, board_id))
    delete_for_good(ann, f"/boards/{board_id}")
    for _ in range(2):
        reply = ann.post(f"/pins/{pin_id}/restore")
        assert refusal(reply) == BOARD_NOT_FOUND
        assert "board_id" in reply.json["message"]
        stream.settle()
    [listed] = ann.get(PINS).json["items"]
    assert "board_owner" not in listed

    restored = ann.post(f"/pins/{pin_id}/restore", {"board_id": elsewhere}).json
    assert (restored["board_id"], restored["board_section_id"]) == (elsewhere, None)
    assert ids(ann.get(f"/boards/{elsewhere}/pins")) == [pin_id]


def test_a_pin_is_restored_by_who_may_edit_it() -> None:
    ann, ben, cleo, dan = (a_user() for _ in range(4))
    board_id = a_board(ann)
    for user, role in ((ben, "contributor"), (cleo, "editor"), (dan, "contributor")):
        add_collaborator(board_id, user, role)
    one, two, three = (a_trashed_pin(ben, board_id) for _ in range(3))

    assert refusal(dan.post(f"/pins/{one}/restore")) == NOT_PERMITTED
    assert refusal(a_user().post(f"/pins/{one}/restore")) == NOT_PERMITTED
    assert [user.post(f"/pins/{pin}/restore").status for user, pin in ((ben, one), (cleo, two), (ann, three))] == [
        201
    ] * 3
    assert ben.get("/user_account").json["pin_count"] == 3


def test_who_left_a_board_restores_their_pin_on_another() -> None:
    ann, ben = a_user(), a_user()
    board_id = a_board(ann, privacy="SECRET")
    add_collaborator(board_id, ben, "contributor")
    pin_id = a_trashed_pin(ben, board_id)
    remove(keys.member(board_id, ben.user_id))

    [listed] = ben.get(PINS).json["items"]
    assert "board_owner" not in listed
    assert refusal(ben.post(f"/pins/{pin_id}/restore")) == BOARD_NOT_FOUND
    assert ben.post(f"/pins/{pin_id}/restore", {"board_id": a_board(ben)}).status == 201


def test_a_pin_in_the_trash_of_a_secret_board_needs_the_scope(stream: Stream) -> None:
    ann = a_user()
    board_id = a_board(ann, privacy="SECRET")
    pin_id = a_trashed_pin(ann, board_id)
    blind, reading = ann.without_scopes("pins:read_secret"), ann.without_scopes("pins:write_secret")
    for _ in range(2):
        assert ids(blind.get(PINS)) == []
        assert refusal(blind.post(f"/pins/{pin_id}/restore")) == PIN_NOT_FOUND
        assert ids(reading.get(PINS)) == [pin_id]
        assert refusal(reading.delete(f"{PINS}/{pin_id}")) == SCOPE_MISSING
        if item(keys.board(board_id)):
            assert refusal(reading.post(f"/pins/{pin_id}/restore")) == SCOPE_MISSING
            delete_for_good(ann, f"/boards/{board_id}")
            stream.settle()


def test_a_pin_on_an_archived_board_is_not_restored_there() -> None:
    ann = a_user()
    board_id = a_board(ann)
    pin_id = a_trashed_pin(ann, board_id)
    ann.post(f"/boards/{board_id}/archive")

    assert refusal(ann.post(f"/pins/{pin_id}/restore")) == NOT_PERMITTED


def test_restoring_a_pin_that_is_there_changes_nothing() -> None:
    ann, ben = a_user(), a_user()
    pin_id = a_pin(ann, a_board(ann))
    before = everything()

    assert ann.post(f"/pins/{pin_id}/restore").status == 201
    assert refusal(ben.post(f"/pins/{pin_id}/restore")) == NOT_PERMITTED
    assert everything() == before


@pytest.mark.parametrize("how", ["now", "when its time is over"])
def test_a_purged_pin_leaves_nothing_and_lets_its_picture_go(how: str, stream: Stream) -> None:
    ann = a_user()
    board_id = a_board(ann)
    stream.settle()
    pin_id = a_trashed_pin(ann, board_id, media_source=an_upload())
    [key] = objects()
    stream.settle()
    remove(keys.upload_unused(key))
    stream.settle()
    assert list(objects()) == [key]
    if how == "now":
        assert ann.delete(f"{PINS}/{pin_id}").status == 204
    else:
        remove(keys.pin_in_trash(pin_id))
    stream.settle()
    remove(keys.upload_unused(key))
    stream.settle()

    assert objects() == {}
    assert not [found for found in everything() if pin_id in str(found)]
    assert refusal(ann.post(f"/pins/{pin_id}/restore")) == PIN_NOT_FOUND
    assert refusal(ann.delete(f"{PINS}/{pin_id}")) == PIN_NOT_FOUND


def test_only_who_added_a_pin_purges_it() -> None:
    ann, ben = a_user(), a_user()
    board_id = a_board(ann)
    add_collaborator(board_id, ben)
    pin_id = a_trashed_pin(ben, board_id)

    assert refusal(ann.delete(f"{PINS}/{pin_id}")) == PIN_NOT_FOUND
    assert ben.delete(f"{PINS}/{pin_id}").status == 204


def test_a_pin_whose_time_is_over_is_gone_before_dynamodb_removes_it(days_pass: Callable[[float], None]) -> None:
    ann, ben = a_user(), a_user()
    board_id = a_board(ann)
    add_collaborator(board_id, ben)
    pin_id = a_trashed_pin(ann, board_id)
    days_pass(30)

    assert ids(ann.get(PINS)) == []
    for user in (ann, ben):
        assert refusal(user.post(f"/pins/{pin_id}/restore")) == PIN_NOT_FOUND
    assert refusal(ann.delete(f"{PINS}/{pin_id}")) == PIN_NOT_FOUND


def test_a_pin_whose_time_is_over_is_gone_before_the_stream_tells(stream: Stream) -> None:
    ann = a_user()
    pin_id = a_trashed_pin(ann, a_board(ann))
    stream.settle()
    remove(keys.pin_in_trash(pin_id))

    assert refusal(ann.post(f"/pins/{pin_id}/restore")) == PIN_NOT_FOUND
    stream.settle()
    assert item(keys.pin(pin_id)) is None


def test_a_pin_that_was_restored_and_deleted_again_is_not_purged_for_its_first_stay(stream: Stream) -> None:
    ann = a_user()
    pin_id = a_trashed_pin(ann, a_board(ann))
    stream.settle()
    ann.post(f"/pins/{pin_id}/restore")
    of_the_restore = stream.records()
    ann.delete(f"/pins/{pin_id}")
    stream.deliver(of_the_restore)
    stream.settle()

    assert ids(ann.get(PINS)) == [pin_id]


def test_a_repeated_restore_with_its_key_gets_the_first_answer() -> None:
    ann: Client = a_user()
    pin_id = a_trashed_pin(ann, a_board(ann))
    first = ann.post(f"/pins/{pin_id}/restore", idempotency_key="any")

    assert ann.post(f"/pins/{pin_id}/restore", idempotency_key="any").text == first.text
