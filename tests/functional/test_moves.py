"""Pins between boards and sections."""

from presence.storage import keys
from tests.support.api import Client
from tests.support.content import a_board, a_pin, a_section, ids, refusal
from tests.support.people import a_user
from tests.support.stored import add_collaborator, everything, item
from tests.support.wire import BOARD_NOT_FOUND, NOT_PERMITTED, SECTION_NOT_FOUND


def _pin_count(client: Client, board_id: str) -> int:
    count: int = client.get(f"/boards/{board_id}").json["pin_count"]
    return count


def _section_count(board_id: str, section_id: str) -> int:
    stored = item(keys.section(board_id, section_id))
    assert stored is not None
    return int(stored["pin_count"]["N"])


def test_a_pin_moved_to_another_board_leaves_the_first() -> None:
    ann = a_user()
    here, there = a_board(ann), a_board(ann)
    pin_id = a_pin(ann, here, title="Kept")
    reply = ann.patch(f"/pins/{pin_id}", {"board_id": there})

    assert reply.status == 200
    assert (reply.json["board_id"], reply.json["title"]) == (there, "Kept")
    assert ann.get(f"/pins/{pin_id}").json == reply.json
    assert (ids(ann.get(f"/boards/{here}/pins")), ids(ann.get(f"/boards/{there}/pins"))) == ([], [pin_id])
    assert (_pin_count(ann, here), _pin_count(ann, there)) == (0, 1)
    assert ids(ann.get("/pins")) == [pin_id]


def test_a_pin_moves_between_a_board_and_its_sections() -> None:
    ann = a_user()
    board_id = a_board(ann)
    one, two = a_section(ann, board_id), a_section(ann, board_id)
    pin_id = a_pin(ann, board_id)

    for target in (one, two, None, two):
        reply = ann.patch(f"/pins/{pin_id}", {"board_section_id": target})
        assert reply.json["board_section_id"] == target
        for section_id in (one, two):
            inside = [pin_id] if section_id == target else []
            assert ids(ann.get(f"/boards/{board_id}/sections/{section_id}/pins")) == inside
            assert _section_count(board_id, section_id) == len(inside)
    assert _pin_count(ann, board_id) == 1


def test_a_pin_moved_to_another_board_is_in_no_section_there() -> None:
    ann = a_user()
    here, there = a_board(ann), a_board(ann)
    section_id = a_section(ann, here)
    pin_id = a_pin(ann, here, board_section_id=section_id)
    reply = ann.patch(f"/pins/{pin_id}", {"board_id": there})

    assert reply.json["board_section_id"] is None
    assert _section_count(here, section_id) == 0


def test_a_pin_moves_into_a_section_of_another_board_in_one_step() -> None:
    ann = a_user()
    here, there = a_board(ann), a_board(ann)
    left, entered = a_section(ann, here), a_section(ann, there)
    pin_id = a_pin(ann, here, board_section_id=left)
    target = {"board_id": there, "board_section_id": entered, "title": "Moved"}
    pin = ann.patch(f"/pins/{pin_id}", target).json

    assert {name: pin[name] for name in target} == target
    assert (_section_count(here, left), _section_count(there, entered)) == (0, 1)
    assert ids(ann.get(f"/boards/{there}/sections/{entered}/pins")) == [pin_id]


def test_a_move_to_where_the_pin_is_changes_nothing() -> None:
    ann = a_user()
    board_id = a_board(ann)
    section_id = a_section(ann, board_id)
    pin_id = a_pin(ann, board_id, board_section_id=section_id)
    before = everything()

    assert ann.patch(f"/pins/{pin_id}", {"board_id": board_id, "board_section_id": section_id}).status == 200
    assert everything() == before


def test_a_section_of_the_board_it_leaves_does_not_go_with_a_pin() -> None:
    ann = a_user()
    here, there = a_board(ann), a_board(ann)
    section_id = a_section(ann, here)
    pin_id = a_pin(ann, here)
    before = everything()

    assert refusal(ann.patch(f"/pins/{pin_id}", {"board_id": there, "board_section_id": section_id})) == (
        SECTION_NOT_FOUND
    )
    assert everything() == before


def test_a_refused_move_changes_no_text_either() -> None:
    ann = a_user()
    pin_id = a_pin(ann, a_board(ann), title="Before")
    reply = ann.patch(f"/pins/{pin_id}", {"title": "After", "board_id": "1" * 19})

    assert refusal(reply) == BOARD_NOT_FOUND
    assert ann.get(f"/pins/{pin_id}").json["title"] == "Before"


def test_a_pin_does_not_move_to_a_strangers_board() -> None:
    ann, ben = a_user(), a_user()
    pin_id = a_pin(ann, a_board(ann))
    before = everything()

    assert refusal(ann.patch(f"/pins/{pin_id}", {"board_id": a_board(ben)})) == NOT_PERMITTED
    hidden = a_board(ben, privacy="SECRET")
    assert refusal(ann.patch(f"/pins/{pin_id}", {"board_id": hidden})) == BOARD_NOT_FOUND
    assert item(keys.pin(pin_id)) == before[keys.pin(pin_id)]


def test_a_pin_moves_to_a_board_its_adder_collaborates_on() -> None:
    ann, ben = a_user("ann"), a_user()
    shared = a_board(ann)
    add_collaborator(shared, ben)
    pin_id = a_pin(ben, a_board(ben))
    reply = ben.patch(f"/pins/{pin_id}", {"board_id": shared})

    assert reply.status == 200
    assert reply.json["board_owner"] == {"username": "ann"}
    assert reply.json["is_owner"] is True


def test_a_contributor_does_not_carry_off_the_pins_of_others() -> None:
    ann, ben = a_user(), a_user()
    shared = a_board(ann)
    add_collaborator(shared, ben, "contributor")
    pin_id = a_pin(ann, shared)

    assert refusal(ben.patch(f"/pins/{pin_id}", {"board_id": a_board(ben)})) == NOT_PERMITTED


def test_a_pin_moved_to_a_secret_board_is_hidden_from_strangers() -> None:
    ann, ben = a_user(), a_user()
    pin_id = a_pin(ann, a_board(ann))
    ann.patch(f"/pins/{pin_id}", {"board_id": a_board(ann, privacy="SECRET")})

    assert ann.get(f"/pins/{pin_id}").status == 200
    assert ben.get(f"/pins/{pin_id}").status == 404
