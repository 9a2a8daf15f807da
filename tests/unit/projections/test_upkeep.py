from typing import Any

import pytest

from presence.projections.upkeep import (
    CleanUpBoard,
    CountBoardFollowers,
    CountFollowers,
    FinishPinBatch,
    GoOnWithExport,
    GoOnWithImport,
    PurgeBoard,
    PurgePin,
    Rebalance,
    RefreshCover,
    ReleaseSection,
    RemoveAccount,
    SweepUpload,
    UndoBoardFollows,
    WatchUpload,
    joined,
    tasks,
)


def _image(kind: str, **attributes: Any) -> dict[str, Any]:
    wire = {name: {"BOOL": value} if isinstance(value, bool) else {"S": value} for name, value in attributes.items()}
    return {"kind": {"S": kind}, **wire}


BOARD = _image("board", id="1")
DELETED_BOARD = _image("board", id="1", deleted=True)
SECTION = _image("section", id="2", board_id="1")
DELETED_SECTION = _image("section", id="2", board_id="1", deleted=True)
PIN = _image("pin", id="3", board_id="1")
PIN_ELSEWHERE = _image("pin", id="3", board_id="9")
PIN_IN_TRASH = _image("pin", id="3", board_id="1", trashed_at="any")
BOARD_TIMER = _image("trash", pk="BOARD#1", sk="TRASH")
PIN_TIMER = _image("trash", pk="PIN#3", sk="TRASH")
PIN_RETITLED = _image("pin", id="3", board_id="1", title="Another title")
REFERENCE = _image("upload_reference", pk="UPLOAD#7.png", sk="PIN#3")
FOLLOW = _image("tie", from_id="5", to_id="6", following="approved")
COUNTED_FOLLOW = FOLLOW | _image("tie", counted=True)
REQUEST = _image("tie", from_id="5", to_id="6", following="requested")
BLOCK = _image("tie", from_id="5", to_id="6", since="77", blocks=True)
BLOCKED = _image("tie", from_id="5", to_id="6", blocked=True)
SPENT = _image("tie", from_id="5", to_id="6")
BOARD_FOLLOW = _image("board_follow", user_id="5", board_id="1")
COUNTED_BOARD_FOLLOW = BOARD_FOLLOW | _image("board_follow", counted=True)
OPT_OUT = BOARD_FOLLOW | _image("board_follow", follows=False)
SPENT_BOARD_FOLLOW = OPT_OUT | _image("board_follow", is_over=True)
BATCH = _image("pin_batch", id="6", user_id="4", board_id="1")
UNUSED = _image("upload_unused", pk="UPLOAD#7.png", sk="UNUSED")


@pytest.mark.parametrize("old", [BOARD, DELETED_BOARD, None])
def test_a_deleted_board_is_cleaned_up(old: Any) -> None:
    assert list(tasks(old, DELETED_BOARD)) == [CleanUpBoard("1")]


@pytest.mark.parametrize("old", [SECTION, DELETED_SECTION, None])
def test_a_deleted_section_releases_its_pins(old: Any) -> None:
    assert list(tasks(old, DELETED_SECTION)) == [ReleaseSection("1", "2")]


def test_a_new_pin_refreshes_its_boards_cover() -> None:
    assert list(tasks(None, PIN)) == [RefreshCover("1")]


def test_a_deleted_pin_refreshes_its_boards_cover() -> None:
    assert list(tasks(PIN, None)) == [RefreshCover("1")]


def test_a_moved_pin_refreshes_the_covers_of_both_boards() -> None:
    assert list(tasks(PIN, PIN_ELSEWHERE)) == [RefreshCover("1"), RefreshCover("9")]


@pytest.mark.parametrize(("old", "new"), [(PIN, PIN_IN_TRASH), (PIN_IN_TRASH, PIN)], ids=["goes", "comes back"])
def test_a_pin_that_goes_into_the_trash_or_comes_back_refreshes_its_boards_cover(old: Any, new: Any) -> None:
    assert list(tasks(old, new)) == [RefreshCover("1")]


def test_a_board_whose_time_in_the_trash_ends_is_purged() -> None:
    assert list(tasks(BOARD_TIMER, None)) == [PurgeBoard("1")]


def test_a_pin_whose_time_in_the_trash_ends_is_purged() -> None:
    assert list(tasks(PIN_TIMER, None)) == [PurgePin("3")]


def test_a_pin_put_elsewhere_on_its_board_refreshes_the_cover() -> None:
    moved = PIN | {"board_sk": {"S": "3A"}}

    assert list(tasks(PIN, moved)) == [RefreshCover("1")]


@pytest.mark.parametrize("kind", ["board", "section", "pin"])
def test_what_is_crowded_gets_room(kind: str) -> None:
    image = _image(kind, pk="ANY#1", sk="ANY", id="1", board_id="1") | {"crowded": {"N": "1"}}

    assert list(tasks(image, image)) == [Rebalance("ANY#1", "ANY")]


def test_a_new_batch_of_pins_is_finished() -> None:
    assert list(tasks(None, BATCH)) == [FinishPinBatch("4", "6")]


def test_a_pin_that_loses_its_last_reference_to_an_upload_has_the_upload_watched() -> None:
    assert list(tasks(REFERENCE, None)) == [WatchUpload("7.png")]


def test_an_expired_marker_sweeps_its_upload() -> None:
    assert list(tasks(UNUSED, None)) == [SweepUpload("7.png")]


def test_a_deleted_account_is_removed() -> None:
    deleted = _image("profile", id="5", deleted=True)

    assert list(tasks(_image("profile", id="5"), deleted)) == list(tasks(deleted, deleted)) == [RemoveAccount("5")]
    assert list(tasks(deleted, None)) == []


@pytest.mark.parametrize("status", ["queued", "running"])
def test_an_archive_that_is_not_done_is_gone_on_with(status: str) -> None:
    export = _image("export", id="4", user_id="5", status=status)
    import_ = _image("import", id="4", user_id="5", status=status)

    assert list(tasks(None, export)) == list(tasks(export, export)) == [GoOnWithExport("5", "4")]
    assert list(tasks(None, import_)) == list(tasks(import_, import_)) == [GoOnWithImport("5", "4")]


@pytest.mark.parametrize("status", ["waiting", "done", "failed"])
@pytest.mark.parametrize("kind", ["export", "import"])
def test_nobody_works_on_what_waits_or_has_ended(kind: str, status: str) -> None:
    job = _image(kind, id="4", user_id="5", status=status)

    assert list(tasks(None, job)) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param(None, FOLLOW, id="a follow"),
        pytest.param(REQUEST, FOLLOW, id="an approved request"),
        pytest.param(COUNTED_FOLLOW, SPENT | _image("tie", counted=True), id="a follow that ended"),
        pytest.param(COUNTED_FOLLOW, BLOCKED | _image("tie", counted=True), id="a follow that a block ended"),
        pytest.param(REQUEST, SPENT, id="a request that is gone"),
        pytest.param(BLOCKED, SPENT, id="a block that is over"),
    ],
)
def test_a_tie_is_counted_when_it_says_other_than_the_count(old: Any, new: Any) -> None:
    assert list(tasks(old, new)) == [CountFollowers("6", ("5",))]


@pytest.mark.parametrize(
    "new",
    [
        pytest.param(BOARD_FOLLOW, id="a follow"),
        pytest.param(SPENT_BOARD_FOLLOW, id="a follow that ended before it was counted"),
        pytest.param(SPENT_BOARD_FOLLOW | _image("board_follow", counted=True), id="a follow that ended"),
        pytest.param(OPT_OUT | _image("board_follow", counted=True), id="a follow that became an opt-out"),
    ],
)
def test_a_board_follow_is_counted_when_it_says_other_than_the_count(new: Any) -> None:
    assert list(tasks(None, new)) == [CountBoardFollowers("1", ("5",))]


def test_a_block_undoes_the_board_follows_from_before_it() -> None:
    assert list(tasks(None, BLOCK)) == [UndoBoardFollows("5", "6", "77")]
    assert list(tasks(BLOCKED, BLOCK | BLOCKED)) == [UndoBoardFollows("5", "6", "77")]


def test_a_batch_counts_once_for_each_that_is_followed() -> None:
    asked = {
        CountFollowers("6", ("5",)): ["1", "4"],
        RefreshCover("1"): ["2"],
        CountFollowers("6", ("7",)): ["3"],
        CountFollowers("8", ("5",)): ["5"],
        CountBoardFollowers("6", ("5",)): ["6"],
    }
    assert list(joined(asked).items()) == [
        (CountFollowers("6", ("5", "7")), ["1", "4", "3"]),
        (CountFollowers("8", ("5",)), ["5"]),
        (CountBoardFollowers("6", ("5",)), ["6"]),
        (RefreshCover("1"), ["2"]),
    ]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param(FOLLOW, COUNTED_FOLLOW, id="a follow that was counted"),
        pytest.param(None, REQUEST, id="a request"),
        pytest.param(None, BLOCKED, id="the other side of a block"),
        pytest.param(BLOCK, BLOCK | BLOCKED, id="a block that is answered by another"),
        pytest.param(SPENT, None, id="a tie that was removed"),
        pytest.param(BOARD_FOLLOW, COUNTED_BOARD_FOLLOW, id="a board follow that was counted"),
        pytest.param(None, OPT_OUT, id="an opt-out"),
        pytest.param(SPENT_BOARD_FOLLOW, None, id="a board follow that was removed"),
        pytest.param(None, BOARD, id="a new board"),
        pytest.param(BOARD, BOARD, id="a changed board"),
        pytest.param(DELETED_BOARD, None, id="a board that is cleaned up"),
        pytest.param(None, SECTION, id="a new section"),
        pytest.param(SECTION, SECTION, id="a renamed section"),
        pytest.param(DELETED_SECTION, None, id="a section that is released"),
        pytest.param(PIN, PIN_RETITLED, id="a pin changed in place"),
        pytest.param(PIN_IN_TRASH, None, id="a purged pin"),
        pytest.param(None, BOARD_TIMER, id="a time in the trash that begins"),
        pytest.param(BOARD_TIMER, BOARD_TIMER, id="a time in the trash that begins anew"),
        pytest.param(None, REFERENCE, id="a new reference"),
        pytest.param(BATCH, BATCH, id="a batch of pins that goes on"),
        pytest.param(BATCH, None, id="a batch of pins that is done"),
        pytest.param(None, UNUSED, id="a new marker"),
        pytest.param(UNUSED, UNUSED, id="a marker put again"),
        pytest.param(None, _image("profile", id="4"), id="a new profile"),
        pytest.param(_image("receipt"), None, id="an expired receipt"),
        pytest.param(_image("claim"), None, id="a released claim"),
        pytest.param(None, _image("something of tomorrow", id="5"), id="a kind that is not known"),
    ],
)
def test_nothing_follows_from(old: Any, new: Any) -> None:
    assert list(tasks(old, new)) == []
