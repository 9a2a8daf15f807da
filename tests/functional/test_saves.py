from presence.storage import keys
from tests.support.content import a_board, a_pin, a_section, an_upload, ids, refusal
from tests.support.people import a_user
from tests.support.stored import add_collaborator, everything, item
from tests.support.wire import BOARD_NOT_FOUND, NOT_PERMITTED, PIN_NOT_FOUND, SECTION_NOT_FOUND

TEXTS = {
    "title": "A bay",
    "description": "At low tide",
    "alt_text": "Sand and rocks",
    "link": "https://trips.example/bay",
    "dominant_color": "#6E7874",
}


def test_a_saved_pin_is_a_copy_that_names_its_parent() -> None:
    ann, ben = a_user("ann"), a_user("ben")
    parent_id = a_pin(ann, a_board(ann), **TEXTS)
    board_id = a_board(ben)
    reply = ben.post(f"/pins/{parent_id}/save", {"board_id": board_id})

    assert reply.status == 201
    assert reply.json["id"] != parent_id
    assert {name: reply.json[name] for name in TEXTS} == TEXTS
    assert reply.json["media"] == ben.get(f"/pins/{parent_id}").json["media"]
    assert reply.json["parent_pin_id"] == parent_id
    assert reply.json["board_id"] == board_id
    assert reply.json["board_owner"] == {"username": "ben"}
    assert reply.json["is_owner"] is True
    assert reply.json == ben.get(f"/pins/{reply.json['id']}").json | {"duplicate_of": None}


def test_a_saved_pin_is_counted_on_its_board_and_the_parent_is_untouched() -> None:
    ann, ben = a_user(), a_user()
    parent_id = a_pin(ann, a_board(ann))
    parent = ann.get(f"/pins/{parent_id}").text
    board_id = a_board(ben)
    saved = ben.post(f"/pins/{parent_id}/save", {"board_id": board_id}).json["id"]

    assert ids(ben.get(f"/boards/{board_id}/pins")) == [saved]
    assert ben.get(f"/boards/{board_id}").json["pin_count"] == 1
    assert ann.get(f"/pins/{parent_id}").text == parent


def test_a_pin_is_saved_into_a_section_and_out_of_one() -> None:
    ann = a_user()
    board_id = a_board(ann)
    section_id = a_section(ann, board_id)
    inside = a_pin(ann, board_id, board_section_id=section_id)
    into = ann.post(f"/pins/{inside}/save", {"board_id": board_id, "board_section_id": section_id}).json
    out_of = ann.post(f"/pins/{inside}/save", {"board_id": board_id}).json

    assert (into["board_section_id"], out_of["board_section_id"]) == (section_id, None)
    assert ids(ann.get(f"/boards/{board_id}/sections/{section_id}/pins")) == [into["id"], inside]


def test_a_saved_pin_outlives_its_parent() -> None:
    ann, ben = a_user(), a_user()
    parent_id = a_pin(ann, a_board(ann), media_source=an_upload())
    saved = ben.post(f"/pins/{parent_id}/save", {"board_id": a_board(ben)}).json
    ann.delete(f"/pins/{parent_id}")

    assert ben.get(f"/pins/{saved['id']}").json | {"duplicate_of": None} == saved


def test_a_save_without_a_board_goes_to_quick_saves_which_is_made_once() -> None:
    ann = a_user()
    pin_id = a_pin(ann, a_board(ann))
    one, two, three = (ann.post(f"/pins/{pin_id}/save", body) for body in ({}, {"board_id": None}, {}))
    [quick_saves, _] = ann.get("/boards").json["items"]

    assert [reply.status for reply in (one, two, three)] == [201] * 3
    assert quick_saves["name"] == "Quick saves"
    assert quick_saves["pin_count"] == 3
    assert {reply.json["board_id"] for reply in (one, two, three)} == {quick_saves["id"]}


def test_quick_saves_is_the_board_that_has_the_name_already() -> None:
    ann = a_user()
    board_id = a_board(ann, name="quick saves")

    assert ann.post(f"/pins/{a_pin(ann, board_id)}/save", {}).json["board_id"] == board_id


def test_each_user_has_quick_saves_of_their_own() -> None:
    ann, ben = a_user(), a_user()
    pin_id = a_pin(ann, a_board(ann))

    assert ann.post(f"/pins/{pin_id}/save").json["board_id"] != ben.post(f"/pins/{pin_id}/save").json["board_id"]


def test_a_pin_is_not_saved_on_a_strangers_board() -> None:
    ann, ben = a_user(), a_user()
    board_id = a_board(ann)
    pin_id = a_pin(ann, board_id)
    before = everything()

    assert refusal(ben.post(f"/pins/{pin_id}/save", {"board_id": board_id})) == NOT_PERMITTED
    assert everything() == before


def test_a_pin_is_not_saved_on_a_hidden_board() -> None:
    ann, ben = a_user(), a_user()
    pin_id = a_pin(ann, a_board(ann))
    hidden = a_board(ann, privacy="SECRET")

    assert refusal(ben.post(f"/pins/{pin_id}/save", {"board_id": hidden})) == BOARD_NOT_FOUND


def test_a_pin_is_not_saved_into_a_section_that_is_not_there() -> None:
    ann = a_user()
    board_id = a_board(ann)
    target = {"board_id": board_id, "board_section_id": "1" * 19}

    assert refusal(ann.post(f"/pins/{a_pin(ann, board_id)}/save", target)) == SECTION_NOT_FOUND


def test_a_hidden_pin_is_not_saved() -> None:
    ann, ben = a_user(), a_user()
    pin_id = a_pin(ann, a_board(ann, privacy="SECRET"))

    assert refusal(ben.post(f"/pins/{pin_id}/save", {"board_id": a_board(ben)})) == PIN_NOT_FOUND


def test_a_pin_of_a_protected_board_is_saved_by_whoever_has_its_id() -> None:
    ann, ben = a_user(), a_user()
    pin_id = a_pin(ann, a_board(ann, privacy="PROTECTED"))

    assert ben.post(f"/pins/{pin_id}/save", {"board_id": a_board(ben)}).status == 201


def test_a_collaborator_saves_on_the_board_they_share() -> None:
    ann, ben = a_user("ann"), a_user()
    board_id = a_board(ann)
    add_collaborator(board_id, ben)
    reply = ben.post(f"/pins/{a_pin(ann, board_id)}/save", {"board_id": board_id})

    assert reply.status == 201
    assert reply.json["board_owner"] == {"username": "ann"}


def test_a_saved_upload_refers_to_the_object_of_its_parent() -> None:
    ann = a_user()
    board_id = a_board(ann)
    pin_id = a_pin(ann, board_id, media_source=an_upload())
    saved = ann.post(f"/pins/{pin_id}/save", {"board_id": board_id}).json
    object_key = saved["media"]["images"]["originals"]["url"].rpartition("/")[2]

    assert item(keys.upload_reference(object_key, pin_id))
    assert item(keys.upload_reference(object_key, saved["id"]))


def test_read_only_and_unknown_fields_of_a_save_are_ignored() -> None:
    ann = a_user()
    board_id = a_board(ann)
    forged = {"id": "1", "title": "Forged", "parent_pin_id": "1", "owner_id": "1", "version": 99, "unknown": 1}
    saved = ann.post(f"/pins/{a_pin(ann, board_id, title='Real')}/save", {"board_id": board_id} | forged).json
    stored = item(keys.pin(saved["id"]))

    assert saved["title"] == "Real"
    assert stored is not None
    assert (stored["version"], stored["owner_id"]) == ({"N": "1"}, {"S": ann.user_id})
    assert "unknown" not in stored
