"""What the stream makes happen: deletions are finished, covers follow, crashes are made good."""

import importlib
from collections.abc import Callable
from typing import Any

import pytest

from presence.domain.errors import StorageUnavailable
from presence.services import shaping, upkeep
from presence.storage import keys, table, uploads
from presence.storage.table import Raw, Transaction
from tests.support.api import Client, Context
from tests.support.content import a_board, a_pin, a_section, an_upload, delete_for_good, ids
from tests.support.people import a_user
from tests.support.social import follow_board
from tests.support.stored import Stream, add_pins, everything, item, objects, remove, set_attribute


def _thumbnail(number: int) -> dict[str, str]:
    return {"source_type": "image_url", "url": f"https://pictures.example/{number}.jpg"}


def _fail_at(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    """The process dies before its nth transaction."""
    commit, seen = Transaction.commit, [0]

    def dying(self: Transaction) -> None:
        seen[0] += 1
        if seen[0] == number:
            raise StorageUnavailable("any reason")
        commit(self)

    monkeypatch.setattr(Transaction, "commit", dying)


def test_nothing_of_a_deleted_board_is_left_in_the_table(stream: Stream) -> None:
    ann = a_user()
    kept = a_board(ann)
    a_pin(ann, kept, board_section_id=a_section(ann, kept), media_source=an_upload())
    stream.settle()
    before = everything()
    board_id = a_board(ann)
    section_id, empty = a_section(ann, board_id), a_section(ann, board_id)
    made = [a_pin(ann, board_id), a_pin(ann, board_id, board_section_id=section_id)]
    stream.settle()
    delete_for_good(ann, f"/boards/{board_id}")
    stream.settle()

    assert everything() == before
    assert empty
    assert made


def test_a_deleted_board_with_more_pins_than_a_transaction_takes_is_cleaned_up(stream: Stream) -> None:
    ann = a_user()
    before = everything()
    board_id = a_board(ann)
    add_pins(ann, board_id, 120, section_id=a_section(ann, board_id))
    delete_for_good(ann, f"/boards/{board_id}")
    stream.settle()

    assert everything() == before


def test_a_section_with_more_pins_than_a_transaction_takes_is_released(stream: Stream) -> None:
    ann = a_user()
    board_id = a_board(ann)
    section_id = a_section(ann, board_id)
    made = add_pins(ann, board_id, 120, section_id=section_id)
    ann.delete(f"/boards/{board_id}/sections/{section_id}")
    stream.settle()

    assert item(keys.section(board_id, section_id)) is None
    assert not [each for each in everything().values() if "section_id" in each or "section_pk" in each]
    assert ids(ann.get(f"/boards/{board_id}/pins?page_size=250")) == made


def test_releasing_a_section_changes_no_pins_version(stream: Stream) -> None:
    ann = a_user()
    board_id = a_board(ann)
    section_id = a_section(ann, board_id)
    pin_id = a_pin(ann, board_id, board_section_id=section_id)
    ann.delete(f"/boards/{board_id}/sections/{section_id}")
    before = ann.get(f"/pins/{pin_id}")
    stream.settle()

    assert ann.get(f"/pins/{pin_id}").headers["etag"] == before.headers["etag"]
    assert ann.get(f"/boards/{board_id}").json["pin_count"] == 1


def test_a_board_forgets_the_sections_that_were_released(stream: Stream) -> None:
    ann = a_user()
    board_id = a_board(ann)
    section_id = a_section(ann, board_id)
    ann.delete(f"/boards/{board_id}/sections/{section_id}")
    stream.settle()
    board = item(keys.board(board_id))

    assert board is not None
    assert "deleted_section_ids" not in board
    assert board["section_count"] == {"N": "0"}


def test_a_board_deleted_while_its_section_is_being_released_leaves_nothing(stream: Stream) -> None:
    ann = a_user()
    before = everything()
    board_id = a_board(ann)
    section_id = a_section(ann, board_id)
    a_pin(ann, board_id, board_section_id=section_id)
    ann.delete(f"/boards/{board_id}/sections/{section_id}")
    of_section = stream.records()
    delete_for_good(ann, f"/boards/{board_id}")
    of_board = stream.records()
    stream.deliver(of_board)
    stream.deliver(of_section)
    stream.settle()

    assert everything() == before


@pytest.mark.parametrize("dies_at", [1, 2, 3, 4])
def test_a_clean_up_that_dies_goes_on_from_where_it_was(
    dies_at: int, stream: Stream, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upkeep, "TRANSACTION_LIMIT", 4)
    ann = a_user()
    before = everything()
    board_id = a_board(ann)
    section_id = a_section(ann, board_id)
    add_pins(ann, board_id, 5)
    a_pin(ann, board_id, board_section_id=section_id)
    stream.settle()
    delete_for_good(ann, f"/boards/{board_id}")
    [record] = [each for each in stream.records() if each["dynamodb"]["Keys"]["sk"] == {"S": "BOARD"}]
    with monkeypatch.context() as dying:
        _fail_at(dying, dies_at)
        assert stream.deliver([record]) == [record["dynamodb"]["SequenceNumber"]]

    assert everything() != before
    assert stream.deliver([record]) == []
    stream.settle()
    assert everything() == before


@pytest.mark.parametrize("dies_at", [1, 2])
def test_a_release_that_dies_goes_on_from_where_it_was(
    dies_at: int, stream: Stream, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = a_user()
    board_id = a_board(ann)
    section_id = a_section(ann, board_id)
    made = [a_pin(ann, board_id, board_section_id=section_id) for _ in range(2)]
    stream.settle()
    ann.delete(f"/boards/{board_id}/sections/{section_id}")
    records = stream.records()
    with monkeypatch.context() as dying:
        _fail_at(dying, dies_at)
        assert len(stream.deliver(records)) == 1

    assert stream.deliver(records) == []
    stream.settle()
    assert item(keys.section(board_id, section_id)) is None
    assert ids(ann.get(f"/boards/{board_id}/pins")) == made[::-1]


def test_a_clean_up_whose_time_is_up_sends_its_board_through_the_stream_again(
    stream: Stream, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = a_user()
    before = everything()
    board_id = a_board(ann)
    a_pin(ann, board_id)
    stream.settle()
    delete_for_good(ann, f"/boards/{board_id}")
    with monkeypatch.context() as hurried:
        hurried.setattr(upkeep, "BUDGET_SECONDS", -1.0)
        assert stream.deliver() == []
    assert item(keys.board(board_id)) is not None

    stream.settle()
    assert everything() == before


def test_a_release_whose_time_is_up_sends_its_section_through_the_stream_again(
    stream: Stream, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = a_user()
    board_id = a_board(ann)
    section_id = a_section(ann, board_id)
    a_pin(ann, board_id, board_section_id=section_id)
    stream.settle()
    ann.delete(f"/boards/{board_id}/sections/{section_id}")
    with monkeypatch.context() as hurried:
        hurried.setattr(upkeep, "BUDGET_SECONDS", -1.0)
        assert stream.deliver() == []
    assert item(keys.section(board_id, section_id)) is not None

    stream.settle()
    assert item(keys.section(board_id, section_id)) is None


class LaggingIndex:
    """Shows nothing for as many looks as are given."""

    def __init__(self, looks: int) -> None:
        self._looks = looks
        self._query = table.query

    def __call__(self, *args: Any, index: str | None = None, **rest: Any) -> tuple[list[table.Raw], bool]:
        if index and self._looks > 0:
            self._looks -= 1
            return [], False
        return self._query(*args, index=index, **rest)


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Every pause, in seconds, instead of pausing; the clock goes on."""
    paused: list[float] = []
    monkeypatch.setattr(upkeep, "sleep", paused.append)
    monkeypatch.setattr(upkeep, "monotonic", lambda: sum(paused))
    return paused


def test_an_index_that_catches_up_soon_is_waited_for(
    stream: Stream, monkeypatch: pytest.MonkeyPatch, waits: list[float]
) -> None:
    ann = a_user()
    before = everything()
    board_id = a_board(ann)
    a_pin(ann, board_id)
    stream.settle()
    delete_for_good(ann, f"/boards/{board_id}")
    monkeypatch.setattr(table, "query", LaggingIndex(3))

    assert stream.deliver() == []
    assert waits
    stream.settle()
    assert everything() == before


def test_a_board_is_kept_while_pins_are_counted_that_the_index_does_not_show(
    stream: Stream, monkeypatch: pytest.MonkeyPatch, waits: list[float]
) -> None:
    """It goes through the stream again; if that lasts, its record is reported."""
    ann = a_user()
    before = everything()
    board_id = a_board(ann)
    a_pin(ann, board_id)
    stream.settle()
    delete_for_good(ann, f"/boards/{board_id}")
    records = stream.records()
    with monkeypatch.context() as lagging:
        lagging.setattr(table, "query", LaggingIndex(10_000))
        assert stream.deliver(records) == []
        assert sum(waits) < 20
        lagging.setattr(upkeep, "WAITING_SECONDS", -1)
        assert len(stream.deliver(records)) == 1
    assert item(keys.board(board_id)) is not None

    assert stream.deliver(records) == []
    stream.settle()
    assert everything() == before


def ended_follow(stream: Stream, user: Client, board_id: str) -> list[Raw]:
    """The records of a follow that was ended, and is counted until they come."""
    for name, value in (("follows", {"BOOL": False}), ("target_pk", {"S": "no follower any more"})):
        set_attribute(keys.board_follow(user.user_id, board_id), name, value)
    return stream.records()


def test_a_deleted_board_does_not_hold_up_the_record_that_it_waits_for(stream: Stream, waits: list[float]) -> None:
    """Of a follow that was ended, which is counted until then."""
    ann, bob = a_user(), a_user()
    before = everything()
    board_id = a_board(ann)
    follow_board(bob, board_id)
    stream.settle()
    delete_for_good(ann, f"/boards/{board_id}")
    of_board = stream.records()
    of_follow = ended_follow(stream, bob, board_id)

    assert stream.deliver(of_board) == []
    assert waits
    assert stream.deliver(of_follow) == []
    stream.settle()
    assert everything() == before


def test_a_merge_does_not_hold_up_the_record_that_it_waits_for(
    stream: Stream, monkeypatch: pytest.MonkeyPatch, waits: list[float]
) -> None:
    ann, bob = a_user(), a_user()
    source, target = a_board(ann), a_board(ann, name="Another")
    follow_board(bob, source)
    stream.settle()
    assert ann.post(f"/boards/{source}/merge", {"into": target}).status == 201
    of_merge = stream.records()
    of_follow = ended_follow(stream, bob, source)

    assert stream.deliver(of_merge) == []
    assert waits
    with monkeypatch.context() as later:
        later.setattr(upkeep, "WAITING_SECONDS", -1)
        assert len(stream.deliver(of_merge)) == 1
    assert stream.deliver(of_follow) == []
    stream.settle()
    assert item(keys.merge_order(source)) is None
    assert item(keys.board(source))["follower_count"] == {"N": "0"}


def test_a_section_is_kept_while_pins_are_counted_that_the_index_does_not_show(
    stream: Stream, monkeypatch: pytest.MonkeyPatch, waits: list[float]
) -> None:
    ann = a_user()
    board_id = a_board(ann)
    section_id = a_section(ann, board_id)
    pin_id = a_pin(ann, board_id, board_section_id=section_id)
    stream.settle()
    ann.delete(f"/boards/{board_id}/sections/{section_id}")
    records = stream.records()
    with monkeypatch.context() as lagging:
        lagging.setattr(table, "query", LaggingIndex(10_000))
        assert len(stream.deliver(records)) == 1
    assert ann.get(f"/pins/{pin_id}").json["board_section_id"] is None

    assert stream.deliver(records) == []
    assert item(keys.section(board_id, section_id)) is None


def test_records_may_come_twice_late_and_in_any_order(stream: Stream) -> None:
    ann = a_user()
    before = everything()
    board_id = a_board(ann)
    section_id = a_section(ann, board_id)
    a_pin(ann, board_id, board_section_id=section_id)
    made = stream.records()
    ann.delete(f"/boards/{board_id}/sections/{section_id}")
    released = stream.records()
    delete_for_good(ann, f"/boards/{board_id}")
    deleted = stream.records()
    for records in (deleted, made, released, deleted, made[::-1], released):
        assert stream.deliver(records) == []
    stream.settle()

    assert everything() == before


def test_a_record_of_a_board_that_lives_cleans_nothing_up(stream: Stream) -> None:
    """An order to clean up is looked up in the table: the record alone is not believed."""
    ann = a_user()
    board_id = a_board(ann)
    pin_id = a_pin(ann, board_id)
    board = item(keys.board(board_id))
    assert board is not None
    forged = {
        "eventName": "MODIFY",
        "dynamodb": {"SequenceNumber": "1", "NewImage": board | {"deleted": {"BOOL": True}}},
    }
    stream.deliver([forged])

    assert ids(ann.get(f"/boards/{board_id}/pins")) == [pin_id]


def test_one_failed_task_is_reported_and_the_others_are_done(stream: Stream, monkeypatch: pytest.MonkeyPatch) -> None:
    ann = a_user()
    bad, good = a_board(ann), a_board(ann)
    for board_id in (bad, good):
        a_pin(ann, board_id)
    records = stream.records()
    refresh = shaping.refresh_cover

    def failing(board_id: str) -> None:
        if board_id == bad:
            raise StorageUnavailable("any reason")
        refresh(board_id)

    monkeypatch.setattr(shaping, "refresh_cover", failing)
    of_bad = [r["dynamodb"]["SequenceNumber"] for r in records if _is_pin_on(r, bad)]

    assert stream.deliver(records) == of_bad
    assert "media" in ann.get(f"/boards/{good}").json


def _is_pin_on(record: dict[str, Any], board_id: str) -> bool:
    image = record["dynamodb"].get("NewImage", {})
    return image.get("kind") == {"S": "pin"} and image["board_id"] == {"S": board_id}


def test_a_task_that_many_records_ask_for_is_done_once(stream: Stream, monkeypatch: pytest.MonkeyPatch) -> None:
    ann = a_user()
    board_id = a_board(ann)
    for _ in range(3):
        a_pin(ann, board_id)
    done: list[object] = []
    monkeypatch.setattr(upkeep, "run", done.append)
    stream.deliver()

    assert len(done) == 1


def test_a_failed_task_is_reported_for_every_record_that_asked_for_it(
    stream: Stream, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = a_user()
    board_id = a_board(ann)
    for _ in range(3):
        a_pin(ann, board_id)

    def fail(_: object) -> None:
        raise RuntimeError("any reason")

    monkeypatch.setattr(upkeep, "run", fail)
    assert len(stream.deliver()) == 3


def test_an_empty_batch_reports_nothing() -> None:
    assert importlib.import_module("upkeep.handler").handler({"Records": []}, Context()) == {"batchItemFailures": []}


def test_a_cover_shows_the_newest_picture_and_thumbnails_of_the_next_four(stream: Stream) -> None:
    ann = a_user()
    board_id = a_board(ann)
    for number in range(6):
        a_pin(ann, board_id, media_source=_thumbnail(number))
    stream.settle()

    assert ann.get(f"/boards/{board_id}").json["media"] == {
        "image_cover_url": "https://pictures.example/5.jpg",
        "pin_thumbnail_urls": [f"https://pictures.example/{number}.jpg" for number in (4, 3, 2, 1)],
    }


def _delete(ann: Any, pin_id: str, _: str) -> None:
    ann.delete(f"/pins/{pin_id}")


def _move(ann: Any, pin_id: str, other_board: str) -> None:
    ann.patch(f"/pins/{pin_id}", {"board_id": other_board})


@pytest.mark.parametrize("leave", [_delete, _move])
def test_a_cover_follows_the_pins_that_leave(leave: Callable[..., None], stream: Stream) -> None:
    ann = a_user()
    board_id, other = a_board(ann), a_board(ann)
    a_pin(ann, board_id, media_source=_thumbnail(1))
    newest = a_pin(ann, board_id, media_source=_thumbnail(2))
    stream.settle()
    leave(ann, newest, other)
    stream.settle()

    assert ann.get(f"/boards/{board_id}").json["media"]["image_cover_url"] == "https://pictures.example/1.jpg"
    if leave is _move:
        assert ann.get(f"/boards/{other}").json["media"]["image_cover_url"] == "https://pictures.example/2.jpg"


def test_a_board_without_pictures_has_no_cover(stream: Stream) -> None:
    ann = a_user()
    board_id = a_board(ann)
    pin_id = a_pin(ann, board_id)
    a_pin(ann, board_id, media_source={"source_type": "pin_url"})
    stream.settle()
    assert "media" in ann.get(f"/boards/{board_id}").json

    ann.delete(f"/pins/{pin_id}")
    stream.settle()
    assert "media" not in ann.get(f"/boards/{board_id}").json


def test_a_carousels_cover_is_the_picture_at_its_index(stream: Stream) -> None:
    ann = a_user()
    board_id = a_board(ann)
    items = [{"url": f"https://pictures.example/{number}.jpg"} for number in range(3)]
    a_pin(ann, board_id, media_source={"source_type": "multiple_image_urls", "items": items, "index": 2})
    stream.settle()

    assert ann.get(f"/boards/{board_id}").json["media"]["image_cover_url"] == "https://pictures.example/2.jpg"


def test_an_upload_on_a_cover_is_shown_from_the_bucket(stream: Stream) -> None:
    ann = a_user()
    board_id = a_board(ann)
    a_pin(ann, board_id, media_source=an_upload())
    stream.settle()
    [key] = objects()

    assert ann.get(f"/boards/{board_id}").json["media"]["image_cover_url"] == f"https://media.example/{key}"


def test_a_cover_that_stays_is_not_written_again(stream: Stream) -> None:
    ann = a_user()
    board_id = a_board(ann)
    a_pin(ann, board_id)
    records = stream.records()
    stream.deliver(records)
    before = everything()
    stream.deliver(records)

    assert everything() == before


def test_a_failed_sweep_is_reported_and_done_when_the_record_comes_again(
    stream: Stream, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = a_user()
    pin_id = a_pin(ann, a_board(ann), media_source=an_upload())
    delete_for_good(ann, f"/pins/{pin_id}")
    stream.settle()
    [key] = objects()
    remove(keys.upload_unused(key))
    records = stream.records()

    def fail(_: str) -> None:
        raise StorageUnavailable("any reason")

    with monkeypatch.context() as broken:
        broken.setattr(uploads, "remove", fail)
        assert len(stream.deliver(records)) == 1
    assert stream.deliver(records) == []
    assert objects() == {}
