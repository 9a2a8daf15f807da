"""The stream's reader that keeps the indexes: what it does with a batch, and with what fails of it."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from operator import add
from typing import Any

import pytest

from presence.domain import clock, postings
from presence.domain.errors import StorageUnavailable
from presence.domain.ids import earlier_id, new_id
from presence.projections import timelines
from presence.projections.discovery import Subject
from presence.projections.documents import BOARDS
from presence.services import indexing, suggesting
from presence.services import timelines as timelines_kept
from presence.storage import index, keys
from presence.storage import timelines as stored_timelines
from presence.storage.index import RUN_SECONDS, Group, Write
from presence.storage.table import Raw
from tests.support.api import Client
from tests.support.clock import Clock
from tests.support.content import a_board, a_pin
from tests.support.deployment import Deployment
from tests.support.people import a_user
from tests.support.social import follow_board
from tests.support.stored import Stream
from tests.support.turns import Run, all_goes_well


def cards_of(board_ids: list[str]) -> set[str]:
    """Those that the index has a card of."""
    by_key = {keys.card(BOARDS, postings.number(board_id)): board_id for board_id in board_ids}
    return {by_key[key] for key in index.read(by_key, consistent=True)}


def test_documents_that_fail_are_found_by_halves_and_alone_reported(
    indexed: Stream, time: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = a_user()
    boards = [a_board(ann) for _ in range(32)]
    records = indexed.records()
    bad = boards[21]
    refresh, tried = indexing.refresh, []

    def failing(touched: Any) -> None:
        tried.append(len(touched))
        if any(subject.id == bad for subject in touched):
            raise StorageUnavailable("any reason")
        refresh(touched)

    monkeypatch.setattr(indexing, "refresh", failing)
    of_bad = [each["dynamodb"]["SequenceNumber"] for each in records if bad in str(each["dynamodb"]["Keys"])]

    assert indexed.deliver(records) == of_bad
    assert cards_of(boards) == {*boards} - {bad}
    assert len(tried) <= 1 + 2 * 6  # there is Ann's profile too: 33 documents


def test_a_batch_that_touches_no_document_is_done_though_the_database_is_down(
    indexed: Stream, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexing, "refresh", failing)
    assert indexed.deliver([]) == []


def test_words_that_a_failed_run_put_into_lists_are_known_though_no_record_names_them(
    indexed: Stream, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann, board_id, shown = a_board_shown(indexed)
    with monkeypatch.context() as patch:
        patch.setattr(suggesting, "settle", failing)
        assert indexed.deliver(shown)
    chocolate, card = keys.block(BOARDS, "chocol", 0), keys.card(BOARDS, postings.number(board_id))
    assert chocolate in index.read([chocolate], consistent=True)

    ann.patch(f"/boards/{board_id}", {"privacy": "SECRET"})
    indexed.deliver(shown)
    indexed.settle()

    assert chocolate not in index.read([chocolate], consistent=True)
    monkeypatch.setattr(indexing, "RUN_SECONDS", 0)
    indexed.deliver(shown)
    assert card not in index.read([card], consistent=True)


def a_board_shown(indexed: Stream) -> tuple[Client, str, list[Raw]]:
    """Whose it is, a board that turned public, and its records: none of them names what its pins share."""
    ann = a_user()
    board_id = a_board(ann, privacy="SECRET")
    for _ in range(2):
        a_pin(ann, board_id, title="Chocolate")
    indexed.settle()
    ann.patch(f"/boards/{board_id}", {"privacy": "PUBLIC"})
    return ann, board_id, indexed.records()


def failing(*_: Any) -> None:
    raise StorageUnavailable("any reason")


@pytest.mark.parametrize(("minutes", "stays"), [(0, True), (16, False)])
def test_what_another_run_noted_on_a_card_stays_until_that_run_is_over(
    indexed: Stream, minutes: int, stays: bool
) -> None:
    ann = a_user()
    board_id = a_board(ann)
    indexed.settle()
    number = postings.number(board_id)
    card = index.card(stored_card(board_id))
    notes = {(earlier_id(new_id(), minutes * 60_000),): frozenset({"chocol"})}
    index.write_each([Group([index.card_write(BOARDS, number, replace(card, notes=notes))])])

    ann.patch(f"/boards/{board_id}", {"description": "Another"})
    indexed.settle()

    assert index.card(stored_card(board_id)).notes == (notes if stays else {})


@pytest.mark.parametrize("change", ["SECRET", "renamed and SECRET", "deleted", "with its owner"])
def test_of_a_board_that_is_not_to_be_found_no_card_is_left(indexed: Stream, change: str) -> None:
    ann = a_user()
    board_id = a_board(ann, name="Wedding cakes", topics=["weddings"])
    for _ in range(2):
        a_pin(ann, board_id, title="Chocolate")
    follow_board(a_user(), board_id)
    indexed.settle()
    assert stored_card(board_id)

    if "renamed" in change:
        ann.patch(f"/boards/{board_id}", {"name": "Another", "topics": []})
    if "SECRET" in change:
        ann.patch(f"/boards/{board_id}", {"privacy": "SECRET"})
    else:
        ann.delete(f"/boards/{board_id}" if change == "deleted" else "/user_account")
    indexed.settle()

    assert stored_card(board_id) is None


def test_what_a_run_wrote_since_another_had_noted_it_is_set_right_when_it_looks_again(
    deployed: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann, turns = a_user(), deployed.turns
    board_id = a_board(ann)
    _, pin_id = (a_pin(ann, board_id, title="Chocolate") for _ in range(2))
    deployed.source.drain()

    def refresh() -> None:
        indexing.refresh({Subject(BOARDS, board_id): ()})

    other = Run(refresh, all_goes_well)

    def once(name: str, before: Callable[[], None], after: Callable[[], None]) -> None:
        asked = getattr(indexing, name)

        def instead(*arguments: Any) -> Any:
            monkeypatch.setattr(indexing, name, asked)
            before()
            answer = asked(*arguments)
            after()
            return answer

        monkeypatch.setattr(indexing, name, instead)

    def another_notes() -> None:
        assert ann.delete(f"/pins/{pin_id}").status == 204
        while not noted(board_id):
            turns.go_on(other)
        once("read_lists", another_ends, nothing)

    def another_ends() -> None:
        turns.end(other)
        deployed.source.drain()

    once("told", nothing, another_notes)
    refresh()

    assert other.error is None
    assert deployed.drift() == []


def nothing() -> None: ...


def test_notes_of_runs_that_fail_one_after_the_other_do_not_heap_up(
    indexed: Stream, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, board_id, shown = a_board_shown(indexed)

    sizes, words = [], []
    with monkeypatch.context() as outage:
        outage.setattr(suggesting, "settle", failing)
        for _ in range(30):
            assert indexed.deliver(shown)
            sizes.append(len(str(stored_card(board_id))))
            words.append(sum(map(len, index.card(stored_card(board_id)).notes.values())))
    assert noted(board_id) >= {"chocol"}
    assert max(words) <= indexing.MOST_NOTES * words[0]
    assert sizes[-1] <= 2 * sizes[0] + 30 * len(f"{new_id()} ")

    indexed.settle()
    monkeypatch.setattr(indexing, "RUN_SECONDS", 0)
    indexed.deliver(shown)
    assert noted(board_id) == set()


def test_a_run_that_ends_leaves_the_notes_of_others_that_failed_meanwhile(
    indexed: Stream, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = a_user()
    board_id = a_board(ann)
    indexed.settle()
    settle = suggesting.settle

    def refresh() -> None:
        indexing.refresh({Subject(BOARDS, board_id): ()})

    def overtaken(*arguments: Any) -> None:
        """Others note more and fail, one after the other."""
        monkeypatch.setattr(suggesting, "settle", failing)
        for name in ("Chocolate", "Lanterns", "Violins"):
            ann.patch(f"/boards/{board_id}", {"name": name})
            with pytest.raises(StorageUnavailable):
                refresh()
        monkeypatch.setattr(suggesting, "settle", settle)
        settle(*arguments)

    ann.patch(f"/boards/{board_id}", {"name": "Wedding cakes"})
    monkeypatch.setattr(suggesting, "settle", overtaken)
    refresh()

    assert noted(board_id) >= {"chocol", "lantern", "violin"}


def stored_card(board_id: str) -> Any:
    key = keys.card(BOARDS, postings.number(board_id))
    return index.read([key], consistent=True).get(key)


def noted(board_id: str) -> set[str]:
    return set().union(*index.card(stored_card(board_id)).notes.values())


def test_a_pin_that_a_failed_run_put_on_a_timeline_is_taken_away_though_others_were_done_with_it_before(
    indexed: Stream, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = a_user()
    board_id = a_board(ann, privacy="SECRET")
    pin_id = a_pin(ann, board_id)
    indexed.settle()
    line, put = timelines.of_board(board_id), timelines_kept._put

    def overtaken(*arguments: Any) -> set[str]:
        """While it stood still, others heard that the board is secret again. Then it fails."""
        with monkeypatch.context() as patch:
            patch.setattr(timelines_kept, "_put", put)
            ann.patch(f"/boards/{board_id}", {"privacy": "SECRET"})
            timelines_kept.refresh({pin_id: ()})
        put(*arguments)
        raise StorageUnavailable("any reason")

    ann.patch(f"/boards/{board_id}", {"privacy": "PUBLIC"})
    monkeypatch.setattr(timelines_kept, "_put", overtaken)
    with pytest.raises(StorageUnavailable):
        timelines_kept.refresh({pin_id: ()})
    monkeypatch.setattr(timelines_kept, "_put", put)
    timelines_kept.refresh({pin_id: ()})

    assert not stored_timelines.newest([line], consistent=True)[line].block.entries
    assert stored_timelines.notes([pin_id])[pin_id].is_leaving


def test_a_note_on_a_pin_is_cut_down_when_nobody_can_be_at_work_who_read_it(
    indexed: Stream, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = a_user()
    board_id = a_board(ann)
    pin_id = a_pin(ann, board_id)
    indexed.settle()
    lines = {timelines.of_board(board_id), timelines.of_user(ann.user_id)}

    def noted() -> stored_timelines.Note:
        return stored_timelines.notes([pin_id])[pin_id]

    ann.patch(f"/boards/{board_id}", {"privacy": "SECRET"})
    indexed.settle()
    assert (noted().lines.keys(), noted().is_leaving) == (lines, True)
    ann.patch(f"/boards/{board_id}", {"privacy": "PUBLIC"})
    indexed.settle()
    assert (noted().lines.keys(), noted().is_leaving) == (lines, False)
    later = clock.now() + 3600
    monkeypatch.setattr(clock, "_time", lambda: later)
    ann.patch(f"/boards/{board_id}", {"privacy": "SECRET"})
    indexed.settle()
    assert noted().lines == {}


def test_a_note_on_a_pin_that_is_moved_again_and_again_names_only_where_it_was_of_late(
    indexed: Stream, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = a_user()
    board_ids = [a_board(ann) for _ in range(12)]
    pin_id = a_pin(ann, board_ids[0])
    indexed.settle()
    began = clock.now()
    for moves, board_id in enumerate(board_ids):
        monkeypatch.setattr(clock, "_time", partial(add, began, moves * 0.8 * RUN_SECONDS))
        ann.patch(f"/pins/{pin_id}", {"board_id": board_id})
        indexed.settle()

        lately = {timelines.of_board(each) for each in board_ids[max(0, moves - 2) : moves + 1]}
        assert stored_timelines.notes([pin_id])[pin_id].lines.keys() == lately | {timelines.of_user(ann.user_id)}
        for each in board_ids:
            entries = stored_timelines.newest([line := timelines.of_board(each)], consistent=True)[line].block.entries
            assert entries == ({pin_id: board_id} if each == board_id else {})


def test_a_note_that_was_written_when_all_lines_had_one_moment_is_read(indexed: Stream) -> None:
    ann = a_user()
    pin_id = a_pin(ann, a_board(ann))
    indexed.settle()
    now = stored_timelines.notes([pin_id])[pin_id]
    as_then = {"lines": {"SS": [*now.lines]}, "since": {"N": "1700000000"}}
    index.write_each([Group([Write(keys.timelines_of_pin(pin_id), as_then, now.revision)])])

    found = stored_timelines.notes([pin_id])[pin_id]
    assert found.lines == dict.fromkeys(now.lines, 1700000000)
    assert timelines_kept.astray({pin_id: ()}) == []


def test_a_pin_is_put_on_a_timeline_only_while_its_note_is_sure_to_stay(
    indexed: Stream, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its note is as it should be, and old; the timeline lost it."""
    ann = a_user()
    board_id = a_board(ann)
    pin_id = a_pin(ann, board_id)
    indexed.settle()
    line = timelines.of_board(board_id)
    index.write_each([stored_timelines.block_writes(line, without(pin_id, line))])
    later = clock.now() + 3600
    monkeypatch.setattr(clock, "_time", lambda: later)

    timelines_kept.refresh({pin_id: ()})

    assert stored_timelines.newest([line], consistent=True)[line].block.entries == {pin_id: board_id}
    assert stored_timelines.notes([pin_id])[pin_id].lines[line] == int(later)


def without(pin_id: str, line: str) -> stored_timelines.Stored:
    stored = stored_timelines.newest([line], consistent=True)[line]
    stored.block.put(pin_id, None)
    return stored
