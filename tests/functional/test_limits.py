import pytest

from presence.services import boards
from presence.storage import keys
from tests.support.content import a_board, a_pin, a_section, ids, refusal
from tests.support.people import a_user
from tests.support.stored import everything, set_attribute
from tests.support.wire import NOT_PERMITTED


def test_a_user_has_2000_boards_at_most() -> None:
    ann = a_user()
    set_attribute(keys.profile(ann.user_id), "board_count", {"N": "1999"})
    a_board(ann)
    before = everything()
    reply = ann.post("/boards", {"name": "One too many"})

    assert refusal(reply) == NOT_PERMITTED
    assert "2000 boards" in reply.json["message"]
    assert everything() == before


def test_a_deleted_board_makes_room_for_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(boards, "MAX_BOARDS", 1)
    ann = a_user()
    ann.delete(f"/boards/{a_board(ann)}")

    assert ann.post("/boards", {"name": "Any"}).status == 201


def test_boards_of_others_take_no_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(boards, "MAX_BOARDS", 1)

    assert [a_user().post("/boards", {"name": "Any"}).status for _ in range(2)] == [201, 201]


def test_quick_saves_are_a_board_like_others(monkeypatch: pytest.MonkeyPatch) -> None:
    ann = a_user()
    pin_id = a_pin(ann, a_board(ann))
    monkeypatch.setattr(boards, "MAX_BOARDS", 1)

    assert refusal(ann.post(f"/pins/{pin_id}/save", {})) == NOT_PERMITTED


def test_a_board_has_500_sections_at_most() -> None:
    ann = a_user()
    board_id = a_board(ann)
    set_attribute(keys.board(board_id), "section_count", {"N": "499"})
    section_id = a_section(ann, board_id)
    before = everything()
    reply = ann.post(f"/boards/{board_id}/sections", {"name": "One too many"})

    assert refusal(reply) == NOT_PERMITTED
    assert "500 sections" in reply.json["message"]
    assert everything() == before

    ann.delete(f"/boards/{board_id}/sections/{section_id}")
    assert ann.post(f"/boards/{board_id}/sections", {"name": "Fits again"}).status == 201


def test_sections_of_other_boards_take_no_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(boards, "MAX_SECTIONS", 1)
    ann = a_user()
    here, there = a_board(ann), a_board(ann)
    section_id, other = a_section(ann, here), a_section(ann, there)

    assert ids(ann.get(f"/boards/{here}/sections")) == [section_id]
    assert ids(ann.get(f"/boards/{there}/sections")) == [other]
