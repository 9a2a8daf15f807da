import pytest

from presence.storage import keys
from tests.support.api import Client
from tests.support.content import a_board, a_pin, a_section, ids, refusal
from tests.support.people import a_user
from tests.support.stored import Stream, add_collaborator, everything, item
from tests.support.wire import BOARD_NOT_FOUND, INVALID, NOT_PERMITTED, SECTION_NOT_FOUND

NOT_THERE = "1" * 19


def _section_of(client: Client, pin_id: str) -> str | None:
    section_id: str | None = client.get(f"/pins/{pin_id}").json["board_section_id"]
    return section_id


def test_a_new_section_is_answered_with_its_id_and_name() -> None:
    ann = a_user()
    reply = ann.post(f"/boards/{a_board(ann)}/sections", {"name": "Beaches"})

    assert reply.status == 201
    assert set(reply.json) == {"id", "name"}
    assert reply.json["name"] == "Beaches"


def test_sections_are_listed_in_the_order_they_were_made() -> None:
    ann = a_user()
    board_id = a_board(ann)
    made = [a_section(ann, board_id, name) for name in ("one", "two", "three")]
    reply = ann.get(f"/boards/{board_id}/sections")

    assert ids(reply) == made
    assert [section["name"] for section in reply.json["items"]] == ["one", "two", "three"]
    assert reply.json["bookmark"] is None


def test_two_sections_of_a_board_may_have_one_name() -> None:
    ann = a_user()
    board_id = a_board(ann)
    made = [a_section(ann, board_id, "Beaches") for _ in range(2)]

    assert ids(ann.get(f"/boards/{board_id}/sections")) == made


def test_a_renamed_section_keeps_its_id_and_place() -> None:
    ann = a_user()
    board_id = a_board(ann)
    section_id, last = a_section(ann, board_id), a_section(ann, board_id)
    reply = ann.patch(f"/boards/{board_id}/sections/{section_id}", {"name": "After"})

    assert (reply.status, reply.json) == (200, {"id": section_id, "name": "After"})
    assert ids(ann.get(f"/boards/{board_id}/sections")) == [section_id, last]


@pytest.mark.parametrize("body", [{}, {"name": None}, {"id": "1", "pin_count": 99, "unknown": 1}])
def test_a_change_of_nothing_answers_the_section_as_it_is(body: dict[str, object]) -> None:
    ann = a_user()
    board_id = a_board(ann)
    section_id = a_section(ann, board_id, "Before")
    before = everything()
    reply = ann.patch(f"/boards/{board_id}/sections/{section_id}", body)

    assert (reply.status, reply.json) == (200, {"id": section_id, "name": "Before"})
    assert everything() == before


def test_read_only_and_unknown_fields_of_a_new_section_are_ignored_and_never_stored() -> None:
    ann = a_user()
    board_id = a_board(ann)
    forged = {"id": "1", "board_id": "1", "pin_count": 99, "deleted": True, "version": 99, "unknown": "anything"}
    section_id = ann.post(f"/boards/{board_id}/sections", {"name": "Any"} | forged).json["id"]
    stored = item(keys.section(board_id, section_id))

    assert stored is not None
    assert not {"unknown", "deleted"} & set(stored)
    assert (stored["pin_count"], stored["version"], stored["board_id"]) == ({"N": "0"}, {"N": "1"}, {"S": board_id})


@pytest.mark.parametrize("name", ["", "  ", "x" * 181, None, 7])
def test_a_section_name_of_other_than_1_to_180_characters_is_refused(name: object) -> None:
    ann = a_user()
    board_id = a_board(ann)
    reply = ann.post(f"/boards/{board_id}/sections", {"name": name})

    assert refusal(reply) == INVALID
    assert "'name'" in reply.json["message"]
    assert ids(ann.get(f"/boards/{board_id}/sections")) == []


@pytest.mark.parametrize("name", ["x", "x" * 180])
def test_a_section_name_of_1_to_180_characters_is_taken(name: str) -> None:
    ann = a_user()

    assert ann.post(f"/boards/{a_board(ann)}/sections", {"name": name}).json["name"] == name


def test_a_sections_pins_are_those_in_it_newest_first() -> None:
    ann = a_user()
    board_id = a_board(ann)
    section_id, other = a_section(ann, board_id), a_section(ann, board_id)
    made = [a_pin(ann, board_id, board_section_id=section_id) for _ in range(2)]
    a_pin(ann, board_id)
    a_pin(ann, board_id, board_section_id=other)

    assert ids(ann.get(f"/boards/{board_id}/sections/{section_id}/pins")) == made[::-1]


def test_a_boards_pins_include_those_in_sections() -> None:
    ann = a_user()
    board_id = a_board(ann)
    outside, inside = a_pin(ann, board_id), a_pin(ann, board_id, board_section_id=a_section(ann, board_id))

    assert ids(ann.get(f"/boards/{board_id}/pins")) == [inside, outside]


def test_deleting_a_section_keeps_its_pins_on_the_board_and_takes_its_name_off_them_at_once() -> None:
    ann = a_user()
    board_id = a_board(ann)
    section_id = a_section(ann, board_id)
    pin_id = a_pin(ann, board_id, board_section_id=section_id)
    reply = ann.delete(f"/boards/{board_id}/sections/{section_id}")

    assert (reply.status, reply.text or "") == (204, "")
    assert _section_of(ann, pin_id) is None
    for path in (f"/boards/{board_id}/pins", "/pins"):
        assert [(pin["id"], pin["board_section_id"]) for pin in ann.get(path).json["items"]] == [(pin_id, None)]
    assert ann.get(f"/boards/{board_id}").json["pin_count"] == 1


def test_a_deleted_section_is_gone_at_once_and_after_clean_up(stream: Stream) -> None:
    ann = a_user()
    board_id = a_board(ann)
    section_id, kept = a_section(ann, board_id), a_section(ann, board_id)
    a_pin(ann, board_id, board_section_id=section_id)
    ann.delete(f"/boards/{board_id}/sections/{section_id}")
    path = f"/boards/{board_id}/sections/{section_id}"

    for settle in (lambda: None, stream.settle):
        settle()
        assert ids(ann.get(f"/boards/{board_id}/sections")) == [kept]
        assert refusal(ann.get(f"{path}/pins")) == SECTION_NOT_FOUND
        assert refusal(ann.patch(path, {"name": "Another name"})) == SECTION_NOT_FOUND
        assert refusal(ann.delete(path)) == SECTION_NOT_FOUND


def test_nothing_moves_into_a_deleted_section() -> None:
    ann = a_user()
    board_id = a_board(ann)
    section_id = a_section(ann, board_id)
    outside = a_pin(ann, board_id)
    ann.delete(f"/boards/{board_id}/sections/{section_id}")
    target = {"board_id": board_id, "board_section_id": section_id}
    before = everything()
    replies = [
        ann.post("/pins", target | {"media_source": {"source_type": "pin_url"}}),
        ann.post(f"/pins/{outside}/save", target),
        ann.patch(f"/pins/{outside}", {"board_section_id": section_id}),
    ]

    assert [refusal(reply) for reply in replies] == [SECTION_NOT_FOUND] * len(replies)
    assert everything() == before


def test_a_pin_of_a_deleted_section_cannot_be_put_back_into_it() -> None:
    ann = a_user()
    board_id = a_board(ann)
    section_id = a_section(ann, board_id)
    pin_id = a_pin(ann, board_id, board_section_id=section_id)
    ann.delete(f"/boards/{board_id}/sections/{section_id}")

    assert refusal(ann.patch(f"/pins/{pin_id}", {"board_section_id": section_id})) == SECTION_NOT_FOUND


def test_a_pin_of_a_deleted_section_can_be_changed_moved_and_deleted_before_clean_up(stream: Stream) -> None:
    ann = a_user()
    board_id, other_board = a_board(ann), a_board(ann)
    section_id, other = a_section(ann, board_id), a_section(ann, board_id)
    changed, moved, sent, deleted = (a_pin(ann, board_id, board_section_id=section_id) for _ in range(4))
    ann.delete(f"/boards/{board_id}/sections/{section_id}")

    assert ann.patch(f"/pins/{changed}", {"title": "After"}).json["board_section_id"] is None
    assert ann.patch(f"/pins/{moved}", {"board_section_id": other}).json["board_section_id"] == other
    assert ann.patch(f"/pins/{sent}", {"board_id": other_board}).json["board_id"] == other_board
    assert ann.delete(f"/pins/{deleted}").status == 204

    stream.settle()
    assert ids(ann.get(f"/boards/{board_id}/pins")) == [moved, changed]
    assert _section_of(ann, moved) == other
    assert ann.get(f"/boards/{board_id}").json["pin_count"] == 2
    assert ids(ann.get(f"/boards/{board_id}/sections/{other}/pins")) == [moved]


def test_a_collaborator_writes_sections() -> None:
    ann, ben = a_user(), a_user()
    board_id = a_board(ann)
    add_collaborator(board_id, ben)
    section_id = a_section(ben, board_id)

    assert ben.patch(f"/boards/{board_id}/sections/{section_id}", {"name": "After"}).status == 200
    assert ben.delete(f"/boards/{board_id}/sections/{section_id}").status == 204


def test_a_stranger_sees_sections_and_may_not_write_them() -> None:
    ann, ben = a_user(), a_user()
    board_id = a_board(ann)
    section_id = a_section(ann, board_id)
    before = everything()

    assert ids(ben.get(f"/boards/{board_id}/sections")) == [section_id]
    assert refusal(ben.post(f"/boards/{board_id}/sections", {"name": "Any"})) == NOT_PERMITTED
    assert refusal(ben.patch(f"/boards/{board_id}/sections/{section_id}", {"name": "Any"})) == NOT_PERMITTED
    assert refusal(ben.delete(f"/boards/{board_id}/sections/{section_id}")) == NOT_PERMITTED
    assert everything() == before


def test_a_section_of_another_board_is_not_found() -> None:
    ann = a_user()
    board_id, elsewhere = a_board(ann), a_board(ann)
    section_id = a_section(ann, elsewhere)
    pin_id = a_pin(ann, board_id)
    path = f"/boards/{board_id}/sections/{section_id}"

    assert refusal(ann.get(f"{path}/pins")) == SECTION_NOT_FOUND
    assert refusal(ann.patch(path, {"name": "Any"})) == SECTION_NOT_FOUND
    assert refusal(ann.delete(path)) == SECTION_NOT_FOUND
    assert refusal(ann.patch(f"/pins/{pin_id}", {"board_section_id": section_id})) == SECTION_NOT_FOUND


def test_a_section_of_no_board_is_not_found_for_want_of_the_board() -> None:
    ann = a_user()

    assert refusal(ann.get(f"/boards/{NOT_THERE}/sections/{NOT_THERE}/pins")) == BOARD_NOT_FOUND
    assert refusal(ann.get(f"/boards/{NOT_THERE}/sections")) == BOARD_NOT_FOUND
    assert refusal(ann.post(f"/boards/{NOT_THERE}/sections", {"name": "Any"})) == BOARD_NOT_FOUND
