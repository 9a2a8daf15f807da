"""What a writer is told when somebody else changes the same thing between their read and their write."""

from collections.abc import Callable
from typing import NamedTuple

import pytest

from presence.storage import keys
from tests.functional.conftest import Interpose
from tests.support.api import Client, Reply
from tests.support.content import (
    a_board,
    a_pin,
    a_section,
    a_trashed_board,
    a_trashed_pin,
    delete_for_good,
    ids,
    refusal,
)
from tests.support.people import a_user
from tests.support.stored import Stream, add_pins, everything, item, remove
from tests.support.wire import (
    ANY_PICTURE,
    BOARD_NOT_FOUND,
    CONFLICT,
    NOT_PERMITTED,
    PIN_NOT_FOUND,
    SECTION_NOT_FOUND,
    STALE,
    Refusal,
)


class World(NamedTuple):
    owner: Client
    board: str
    other_board: str
    section: str
    pin: str
    trashed: str
    trashed_pin: str

    def patch_board(self, **fields: str) -> Reply:
        return self.owner.patch(f"/boards/{self.board}", fields)

    def patch_pin(self, **fields: str | None) -> Reply:
        return self.owner.patch(f"/pins/{self.pin}", fields)

    def path(self, template: str) -> str:
        return template.format(**self._asdict())


@pytest.fixture
def world() -> World:
    ann = a_user()
    board, other = a_board(ann), a_board(ann)
    section = a_section(ann, board)
    pin = a_pin(ann, board, board_section_id=section)
    trashed_pin = a_trashed_pin(ann, board, board_section_id=section)
    return World(ann, board, other, section, pin, a_trashed_board(ann), trashed_pin)


def _delete(template: str) -> Callable[[World], Reply]:
    return lambda world: world.owner.delete(world.path(template))


def _archive(template: str) -> Callable[[World], Reply]:
    return lambda world: world.owner.post(world.path(f"{template}/archive"))


def _restore(template: str) -> Callable[[World], Reply]:
    return lambda world: world.owner.post(world.path(f"{template}/restore"))


BOARD, SECTION, PIN = "/boards/{board}", "/boards/{board}/sections/{section}", "/pins/{pin}"


@pytest.mark.parametrize(
    ("mine", "theirs", "expected"),
    [
        pytest.param(
            lambda w: w.patch_board(description="Mine"), _delete(BOARD), BOARD_NOT_FOUND, id="edit-delete a board"
        ),
        pytest.param(lambda w: w.patch_board(name="Mine"), _delete(BOARD), CONFLICT, id="rename-delete a board"),
        pytest.param(
            lambda w: w.patch_board(description="Mine"),
            lambda w: w.patch_board(name="Theirs"),
            CONFLICT,
            id="edit-rename a board",
        ),
        pytest.param(
            lambda w: w.patch_board(name="Same"), lambda w: w.patch_board(name="Same"), CONFLICT, id="rename alike"
        ),
        pytest.param(_delete(BOARD), _delete(BOARD), BOARD_NOT_FOUND, id="delete a board twice"),
        pytest.param(_delete(BOARD), lambda w: w.patch_board(name="Theirs"), CONFLICT, id="delete-rename a board"),
        pytest.param(
            lambda w: w.owner.post(w.path(BOARD + "/sections"), {"name": "Mine"}),
            _delete(BOARD),
            BOARD_NOT_FOUND,
            id="add a section to-delete a board",
        ),
        pytest.param(
            lambda w: w.owner.patch(w.path(SECTION), {"name": "Mine"}),
            _delete(SECTION),
            SECTION_NOT_FOUND,
            id="rename-delete a section",
        ),
        pytest.param(_delete(SECTION), _delete(SECTION), SECTION_NOT_FOUND, id="delete a section twice"),
        pytest.param(_delete(SECTION), _delete(BOARD), BOARD_NOT_FOUND, id="delete a section-its board"),
        pytest.param(
            lambda w: w.owner.post("/pins", {"board_id": w.board, "media_source": ANY_PICTURE}),
            _delete(BOARD),
            BOARD_NOT_FOUND,
            id="add a pin to-delete a board",
        ),
        pytest.param(
            lambda w: w.owner.post(
                "/pins", {"board_id": w.board, "board_section_id": w.section, "media_source": ANY_PICTURE}
            ),
            _delete(SECTION),
            SECTION_NOT_FOUND,
            id="add a pin to-delete a section",
        ),
        pytest.param(lambda w: w.patch_pin(title="Mine"), _delete(PIN), PIN_NOT_FOUND, id="edit-delete a pin"),
        pytest.param(
            lambda w: w.patch_pin(title="Mine"),
            lambda w: w.patch_pin(board_id=w.other_board),
            CONFLICT,
            id="edit-move a pin",
        ),
        pytest.param(
            lambda w: w.patch_pin(board_id=w.other_board),
            lambda w: w.patch_pin(board_section_id=None),
            CONFLICT,
            id="move a pin twice",
        ),
        pytest.param(
            lambda w: w.patch_pin(board_id=w.other_board),
            _delete(BOARD),
            PIN_NOT_FOUND,
            id="move a pin-delete its board",
        ),
        pytest.param(
            lambda w: w.patch_pin(board_id=w.other_board),
            _delete("/boards/{other_board}"),
            BOARD_NOT_FOUND,
            id="move a pin-delete where to",
        ),
        pytest.param(_delete(PIN), _delete(PIN), PIN_NOT_FOUND, id="delete a pin twice"),
        pytest.param(_delete(PIN), lambda w: w.patch_pin(board_section_id=None), CONFLICT, id="delete-move a pin"),
        pytest.param(_delete(PIN), _delete(BOARD), PIN_NOT_FOUND, id="delete a pin-its board"),
        pytest.param(
            lambda w: w.owner.post(f"/pins/{w.pin}/save", {"board_id": w.other_board}),
            _delete("/boards/{other_board}"),
            BOARD_NOT_FOUND,
            id="save a pin to-delete a board",
        ),
        pytest.param(
            lambda w: w.patch_board(description="Mine"), _archive(BOARD), NOT_PERMITTED, id="edit-archive a board"
        ),
        pytest.param(
            lambda w: w.owner.post(w.path(BOARD + "/sections"), {"name": "Mine"}),
            _archive(BOARD),
            NOT_PERMITTED,
            id="add a section to-archive a board",
        ),
        pytest.param(_delete(SECTION), _archive(BOARD), NOT_PERMITTED, id="delete a section-archive its board"),
        pytest.param(
            lambda w: w.owner.post("/pins", {"board_id": w.board, "media_source": ANY_PICTURE}),
            _archive(BOARD),
            NOT_PERMITTED,
            id="add a pin to-archive a board",
        ),
        pytest.param(
            lambda w: w.patch_pin(board_id=w.other_board),
            _archive(BOARD),
            NOT_PERMITTED,
            id="move a pin-archive its board",
        ),
        pytest.param(
            lambda w: w.patch_pin(board_id=w.other_board),
            _archive("/boards/{other_board}"),
            NOT_PERMITTED,
            id="move a pin-archive where to",
        ),
        pytest.param(_delete(PIN), _archive(BOARD), NOT_PERMITTED, id="delete a pin-archive its board"),
        pytest.param(_archive(BOARD), _delete(BOARD), BOARD_NOT_FOUND, id="archive-delete a board"),
        pytest.param(_archive(BOARD), _archive(BOARD), CONFLICT, id="archive a board twice"),
        pytest.param(
            _restore("/boards/{trashed}"), _restore("/boards/{trashed}"), CONFLICT, id="restore a board twice"
        ),
        pytest.param(
            _restore("/boards/{trashed}"),
            _delete("/user_account/trash/boards/{trashed}"),
            CONFLICT,
            id="restore-purge a board",
        ),
        pytest.param(
            _delete("/user_account/trash/boards/{trashed}"),
            _restore("/boards/{trashed}"),
            BOARD_NOT_FOUND,
            id="purge-restore a board",
        ),
        pytest.param(
            _restore("/pins/{trashed_pin}"), _restore("/pins/{trashed_pin}"), CONFLICT, id="restore a pin twice"
        ),
        pytest.param(
            _restore("/pins/{trashed_pin}"), _delete(SECTION), SECTION_NOT_FOUND, id="restore a pin-delete its section"
        ),
        pytest.param(
            _restore("/pins/{trashed_pin}"), _delete(BOARD), BOARD_NOT_FOUND, id="restore a pin-delete its board"
        ),
        pytest.param(
            _delete("/user_account/trash/pins/{trashed_pin}"),
            _restore("/pins/{trashed_pin}"),
            PIN_NOT_FOUND,
            id="purge-restore a pin",
        ),
    ],
)
def test_who_comes_second_is_told_what_happened_and_writes_nothing(
    mine: Callable[[World], Reply],
    theirs: Callable[[World], Reply],
    expected: Refusal,
    world: World,
    meanwhile: Interpose,
) -> None:
    after_theirs: list[object] = []

    def act() -> None:
        assert theirs(world).status in (200, 201, 204)
        after_theirs.append(everything())

    meanwhile(act)

    assert refusal(mine(world)) == expected
    assert [everything()] == after_theirs


@pytest.mark.parametrize(
    ("path", "change"),
    [
        (BOARD, {"description": "Theirs"}),
        (SECTION, {"name": "Theirs"}),
        (PIN, {"title": "Theirs"}),
    ],
)
@pytest.mark.parametrize("verb", ["PATCH", "DELETE"])
def test_who_named_a_version_is_told_that_it_became_stale(
    path: str, change: dict[str, str], verb: str, world: World, meanwhile: Interpose
) -> None:
    path = world.path(path)
    etag = world.owner.patch(path, {}).headers["etag"]
    meanwhile(lambda: world.owner.patch(path, change))
    body = {"name": "Mine", "title": "Mine"} if verb == "PATCH" else None

    assert refusal(world.owner.request(verb, path, body, headers={"if-match": etag})) == STALE
    assert next(iter(change.values())) in str(world.owner.patch(path, {}).text)


def test_changes_of_different_texts_of_a_pin_are_both_kept(world: World, meanwhile: Interpose) -> None:
    meanwhile(lambda: world.patch_pin(title="Theirs"))
    world.patch_pin(description="Mine")
    pin = world.owner.get(f"/pins/{world.pin}").json

    assert (pin["title"], pin["description"]) == ("Theirs", "Mine")


def test_quick_saves_that_two_saves_make_at_once_are_made_once(world: World, meanwhile: Interpose) -> None:
    save = f"/pins/{world.pin}/save"
    first: list[Reply] = []
    meanwhile(lambda: first.append(world.owner.post(save, {})))

    assert refusal(world.owner.post(save, {})) == CONFLICT
    assert world.owner.post(save, {}).json["board_id"] == first[0].json["board_id"]
    assert [board["name"] for board in world.owner.get("/boards").json["items"]].count("Quick saves") == 1


def test_a_pin_whose_board_is_gone_from_the_table_is_not_listed(world: World) -> None:
    remove(keys.board(world.board))

    assert ids(world.owner.get("/pins")) == []


def test_a_pin_that_leaves_a_section_while_it_is_released_does_not_hold_up_the_others(
    stream: Stream, meanwhile: Interpose
) -> None:
    ann = a_user()
    board_id = a_board(ann)
    section_id = a_section(ann, board_id)
    moved, *others = add_pins(ann, board_id, 3, section_id=section_id)
    stream.settle()
    ann.delete(f"/boards/{board_id}/sections/{section_id}")
    records = stream.records()
    meanwhile(lambda: ann.patch(f"/pins/{moved}", {"board_section_id": None}))

    assert stream.deliver(records) == []
    assert item(keys.section(board_id, section_id)) is None
    assert ids(ann.get(f"/boards/{board_id}/pins")) == [moved, *others]


def test_two_clean_ups_of_one_board_at_once_leave_nothing_and_count_nothing_twice(
    stream: Stream, meanwhile: Interpose
) -> None:
    ann = a_user()
    before = everything()
    board_id = a_board(ann)
    add_pins(ann, board_id, 3)
    stream.settle()
    delete_for_good(ann, f"/boards/{board_id}")
    records = stream.records()
    meanwhile(lambda: stream.deliver(records))
    stream.deliver(records)

    assert stream.deliver(records) == []
    stream.settle()
    assert everything() == before
