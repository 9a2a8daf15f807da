import re

import pytest

from presence.storage import keys
from tests.support.content import a_board, a_pin, delete_for_good, ids, refusal
from tests.support.people import a_user
from tests.support.stored import add_collaborator, dynamodb_requests, everything, item, remove, set_attribute
from tests.support.values import ANY_TIME
from tests.support.wire import BOARD_NAME, BOARD_NOT_FOUND, INVALID, NOT_PERMITTED

RFC_3339 = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"


def test_a_new_board_is_answered_with_every_field() -> None:
    reply = a_user("ann").post("/boards", {"name": "Summer trips"})
    board = reply.json

    assert reply.status == 201
    assert re.fullmatch(r"\d{19}", board.pop("id"))
    assert re.fullmatch(RFC_3339, board.pop("created_at"))
    assert board == {
        "name": "Summer trips",
        "description": None,
        "privacy": "PUBLIC",
        "is_ads_only": False,
        "owner": {"username": "ann"},
        "pin_count": 0,
        "follower_count": 0,
        "collaborator_count": 0,
        "role": "owner",
        "is_archived": False,
    }


@pytest.mark.parametrize(
    "fields",
    [
        {"description": "Where to go"},
        {"privacy": "PUBLIC"},
        {"privacy": "PROTECTED"},
        {"privacy": "SECRET"},
        {"is_ads_only": True},
    ],
)
def test_a_new_board_keeps_what_it_was_given(fields: dict[str, object]) -> None:
    board = a_user().post("/boards", {"name": "Any"} | fields).json

    assert {name: board[name] for name in fields} == fields


def test_a_new_board_is_read_back_at_once() -> None:
    ann = a_user()
    created = ann.post("/boards", {"name": "Any"})

    assert ann.get(f"/boards/{created.json['id']}").text == created.text


def test_explicit_nulls_leave_a_new_board_at_its_defaults() -> None:
    board = a_user().post("/boards", {"name": "Any", "description": None, "privacy": None, "is_ads_only": None}).json

    assert (board["description"], board["privacy"], board["is_ads_only"]) == (None, "PUBLIC", False)


MEMBERS = ("viewer", "contributor", "editor")
FORGED = {
    "id": "1",
    "owner": {"username": "somebody else"},
    "owner_id": "1",
    "created_at": "1970-01-01T00:00:00Z",
    "board_pins_modified_at": "1970-01-01T00:00:00Z",
    "pin_count": 99,
    "follower_count": 99,
    "collaborator_count": 99,
    "role": "viewer",
    "is_archived": True,
    "archived_at": "1970-01-01T00:00:00Z",
    "media": {"image_cover_url": "https://pictures.example/forged.jpg"},
    "deleted": True,
    "version": 99,
    "unknown": "anything",
}


def test_read_only_and_unknown_fields_of_a_new_board_are_ignored_and_never_stored() -> None:
    ann = a_user()
    plain = item(keys.board(a_board(ann, name="Plain")))
    board_id = a_board(ann, name="Forgy", **FORGED)
    stored = item(keys.board(board_id))

    assert plain is not None
    assert stored is not None
    assert set(stored) == set(plain)
    assert not {"99", "anything", "somebody else"} & {str(v) for value in stored.values() for v in value.values()}


def test_read_only_and_unknown_fields_of_a_change_are_ignored_and_never_stored() -> None:
    ann = a_user()
    board_id = a_board(ann)
    before = item(keys.board(board_id))

    assert ann.patch(f"/boards/{board_id}", FORGED | {"is_ads_only": True, "slug": "forged"}).status == 200
    assert item(keys.board(board_id)) == before


def test_a_change_alters_what_is_given_and_keeps_the_rest() -> None:
    ann = a_user()
    board_id = a_board(ann, name="Before", description="Kept")
    before = ann.get(f"/boards/{board_id}").json
    reply = ann.patch(f"/boards/{board_id}", {"name": "After"})

    assert reply.status == 200
    assert reply.json == before | {"name": "After"}
    assert ann.get(f"/boards/{board_id}").json == reply.json


def test_a_description_is_changed_and_cleared() -> None:
    ann = a_user()
    board_id = a_board(ann, description="Before")

    assert ann.patch(f"/boards/{board_id}", {"description": "After"}).json["description"] == "After"
    assert ann.patch(f"/boards/{board_id}", {"description": None}).json["description"] is None
    assert ann.get(f"/boards/{board_id}").json["description"] is None


@pytest.mark.parametrize(("before", "after"), [("PUBLIC", "SECRET"), ("SECRET", "PUBLIC"), ("PROTECTED", "SECRET")])
def test_privacy_is_changed(before: str, after: str) -> None:
    ann = a_user()
    board_id = a_board(ann, privacy=before)

    assert ann.patch(f"/boards/{board_id}", {"privacy": after}).json["privacy"] == after
    assert ann.get(f"/boards/{board_id}").json["privacy"] == after


@pytest.mark.parametrize("privacy", ["PROTECTED", "ALL", "secret", ""])
def test_another_privacy_is_refused_in_a_change(privacy: str) -> None:
    ann = a_user()
    board_id = a_board(ann)
    reply = ann.patch(f"/boards/{board_id}", {"privacy": privacy})

    assert refusal(reply) == INVALID
    assert "'privacy'" in reply.json["message"]
    assert ann.get(f"/boards/{board_id}").json["privacy"] == "PUBLIC"


@pytest.mark.parametrize("body", [{}, {"name": None}, {"privacy": None}, {"unknown": 1}])
def test_a_change_of_nothing_answers_the_board_as_it_is(body: dict[str, object]) -> None:
    ann = a_user()
    board_id = a_board(ann)
    before = ann.get(f"/boards/{board_id}")
    reply = ann.patch(f"/boards/{board_id}", body)

    assert (reply.status, reply.text) == (200, before.text)
    assert reply.headers["etag"] == before.headers["etag"]


@pytest.mark.parametrize("name", ["Summer trips", "summer trips", " SUMMER  trips! ", "Sùmmer-Trips"])
def test_a_name_with_the_slug_of_another_board_is_refused(name: str) -> None:
    ann = a_user()
    a_board(ann, name="Summer trips")
    before = everything()
    reply = ann.post("/boards", {"name": name})

    assert refusal(reply) == BOARD_NAME
    assert "name" in reply.json["message"]
    assert everything() == before


def test_two_owners_may_use_one_name() -> None:
    assert a_user().post("/boards", {"name": "Ideas"}).status == 201
    assert a_user().post("/boards", {"name": "Ideas"}).status == 201


def test_a_rename_to_the_name_of_another_board_could_not_edit_the_board() -> None:
    ann = a_user()
    a_board(ann, name="Taken")
    board_id = a_board(ann, name="Free")
    reply = ann.patch(f"/boards/{board_id}", {"name": "taken", "description": "Not written"})

    assert refusal(reply) == BOARD_NAME
    assert "Could not edit board" in reply.json["message"]
    assert ann.get(f"/boards/{board_id}").json["name"] == "Free"
    assert ann.get(f"/boards/{board_id}").json["description"] is None


def test_a_board_may_change_the_spelling_of_its_own_name() -> None:
    ann = a_user()
    board_id = a_board(ann, name="ideas")

    assert ann.patch(f"/boards/{board_id}", {"name": "IDEAS!"}).json["name"] == "IDEAS!"


def test_the_name_of_a_renamed_board_is_free_again() -> None:
    ann = a_user()
    board_id = a_board(ann, name="Before")
    ann.patch(f"/boards/{board_id}", {"name": "After"})

    assert ann.post("/boards", {"name": "Before"}).status == 201
    assert refusal(ann.post("/boards", {"name": "After"})) == BOARD_NAME


def test_the_name_of_a_deleted_board_is_free_again() -> None:
    ann = a_user()
    ann.delete(f"/boards/{a_board(ann, name='Ideas')}")

    assert ann.post("/boards", {"name": "Ideas"}).status == 201


def test_a_deleted_board_is_gone_for_every_read() -> None:
    ann = a_user()
    board_id = a_board(ann)
    section_id = ann.post(f"/boards/{board_id}/sections", {"name": "Any"}).json["id"]
    pin_id = a_pin(ann, board_id)
    reply = ann.delete(f"/boards/{board_id}")

    assert (reply.status, reply.text or "") == (204, "")
    for path in ("", "/pins", "/sections", f"/sections/{section_id}/pins"):
        assert refusal(ann.get(f"/boards/{board_id}{path}")) == BOARD_NOT_FOUND, path
    assert ann.get(f"/pins/{pin_id}").status == 404
    assert ids(ann.get("/boards")) == []
    assert ids(ann.get("/pins")) == []


def test_a_deleted_board_is_no_burden_to_its_owners_listing() -> None:
    ann = a_user()
    board_id = a_board(ann)
    delete_for_good(ann, f"/boards/{board_id}")
    stored = item(keys.board(board_id))

    assert stored is not None
    assert not {"owner_pk", "owner_sk"} & set(stored)


def test_a_deleted_board_takes_no_more_changes() -> None:
    ann = a_user()
    board_id = a_board(ann)
    pin_id = a_pin(ann, board_id)
    other = a_pin(ann, a_board(ann))
    ann.delete(f"/boards/{board_id}")
    before = everything()
    replies = [
        ann.patch(f"/boards/{board_id}", {"name": "Another name"}),
        ann.delete(f"/boards/{board_id}"),
        ann.post(f"/boards/{board_id}/sections", {"name": "Any"}),
        ann.post("/pins", {"board_id": board_id, "media_source": {"source_type": "pin_url"}}),
        ann.patch(f"/pins/{other}", {"board_id": board_id}),
        ann.patch(f"/pins/{pin_id}", {"title": "Another title"}),
        ann.delete(f"/pins/{pin_id}"),
        ann.post(f"/pins/{other}/save", {"board_id": board_id}),
        ann.post(f"/pins/{pin_id}/save", {}),
    ]

    assert [reply.status for reply in replies] == [404] * len(replies)
    assert everything() == before


def test_boards_are_listed_newest_first() -> None:
    ann = a_user()
    made = [a_board(ann) for _ in range(3)]

    assert ids(ann.get("/boards")) == made[::-1]


def test_a_listed_board_is_the_board_that_is_read_alone() -> None:
    ann = a_user()
    board_id = a_board(ann, description="Any")

    assert ann.get("/boards").json["items"] == [ann.get(f"/boards/{board_id}").json]


def test_boards_of_others_are_not_listed() -> None:
    a_board(a_user())

    assert a_user().get("/boards").json == {"items": [], "bookmark": None}


@pytest.mark.parametrize(
    ("privacy", "listed"),
    [
        ("ALL", {"PUBLIC", "PROTECTED", "SECRET"}),
        ("PUBLIC", {"PUBLIC"}),
        ("PROTECTED", {"PROTECTED"}),
        ("SECRET", {"SECRET"}),
        ("PUBLIC_AND_SECRET", {"PUBLIC", "SECRET"}),
    ],
)
def test_a_privacy_filter_lists_boards_of_that_privacy(privacy: str, listed: set[str]) -> None:
    ann = a_user()
    for each in ("PUBLIC", "PROTECTED", "SECRET"):
        a_board(ann, privacy=each)

    assert {board["privacy"] for board in ann.get(f"/boards?privacy={privacy}").json["items"]} == listed


def test_without_a_filter_boards_of_all_privacies_are_listed() -> None:
    ann = a_user()
    for each in ("PUBLIC", "PROTECTED", "SECRET"):
        a_board(ann, privacy=each)

    assert len(ids(ann.get("/boards"))) == 3


@pytest.mark.parametrize("privacy", ["public", "ANY", "", "PUBLIC,SECRET"])
def test_another_privacy_filter_is_refused(privacy: str) -> None:
    reply = a_user().get(f"/boards?privacy={privacy}")

    assert refusal(reply) == INVALID
    assert "'privacy'" in reply.json["message"]


def test_a_board_counts_its_pins_and_knows_when_they_changed() -> None:
    ann = a_user()
    board_id = a_board(ann)
    one = a_pin(ann, board_id)
    a_pin(ann, board_id)
    board = ann.get(f"/boards/{board_id}").json

    assert board["pin_count"] == 2
    assert re.fullmatch(RFC_3339, board["board_pins_modified_at"])

    ann.delete(f"/pins/{one}")
    assert ann.get(f"/boards/{board_id}").json["pin_count"] == 1


def test_a_board_counts_its_collaborators() -> None:
    ann = a_user()
    board_id = a_board(ann)
    add_collaborator(board_id, a_user())

    assert ann.get(f"/boards/{board_id}").json["collaborator_count"] == 1


@pytest.mark.parametrize("role", [None, *MEMBERS])
def test_a_board_says_what_the_viewer_is_to_it(role: str | None) -> None:
    ann, ben = a_user(), a_user()
    board_id = a_board(ann)
    if role:
        add_collaborator(board_id, ben, role)

    assert ann.get(f"/boards/{board_id}").json["role"] == "owner"
    assert ben.get(f"/boards/{board_id}").json["role"] == role


@pytest.mark.parametrize("role", [None, *MEMBERS])
def test_only_its_owner_edits_or_deletes_a_board(role: str | None) -> None:
    ann, ben = a_user(), a_user()
    board_id = a_board(ann)
    if role:
        add_collaborator(board_id, ben, role)
    before = everything()

    assert refusal(ben.patch(f"/boards/{board_id}", {"name": "Another name"})) == NOT_PERMITTED
    assert refusal(ben.delete(f"/boards/{board_id}")) == NOT_PERMITTED
    assert everything() == before


def test_group_boards_are_listed_after_the_viewers_own_the_latest_joined_first() -> None:
    ann, ben = a_user(), a_user()
    earlier, later = a_board(ann), a_board(ann, privacy="SECRET")
    own = [a_board(ben), a_board(ben)]
    add_collaborator(later, ben, "viewer")
    add_collaborator(earlier, ben)
    listed = ben.get("/boards").json["items"]

    assert [board["id"] for board in listed] == [*reversed(own), earlier, later]
    assert [board["role"] for board in listed] == ["owner", "owner", "editor", "viewer"]


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 6])
def test_the_pages_of_own_and_group_boards_hold_each_once(size: int) -> None:
    ann, ben = a_user(), a_user()
    shared = [a_board(ann) for _ in range(3)]
    own = [a_board(ben) for _ in range(2)]
    for board_id in shared:
        add_collaborator(board_id, ben)
    pages = ben.pages(f"/boards?page_size={size}")

    assert [board["id"] for page in pages for board in page] == [*reversed(own), *reversed(shared)]
    assert {len(page) for page in pages[:-1]} <= {size}


def test_group_boards_that_the_viewer_may_not_see_in_lists_are_left_out() -> None:
    ann, ben = a_user(), a_user()
    shown, protected, deleted, gone, secret = (
        a_board(ann, privacy=privacy) for privacy in ("PUBLIC", "PROTECTED", "PUBLIC", "PUBLIC", "SECRET")
    )
    for board_id in (shown, protected, deleted, gone, secret):
        add_collaborator(board_id, ben)
    ann.delete(f"/boards/{deleted}")
    remove(keys.board(gone))

    assert ids(ben.get("/boards")) == [secret, shown]
    assert ids(ben.get("/boards?privacy=SECRET")) == [secret]
    assert ids(ben.without_scopes("boards:read_secret").get("/boards")) == [shown]


def test_archived_boards_are_listed_by_themselves() -> None:
    ann, ben = a_user(), a_user()
    archived, shown = a_board(ann), a_board(ann)
    add_collaborator(archived, ben)
    set_attribute(keys.board(archived), "archived_at", {"S": ANY_TIME})
    set_attribute(keys.board(archived), "owner_pk", {"S": keys.archived_boards_of(ann.user_id)})

    assert ids(ann.get("/boards")) == [shown]
    assert ids(ann.get("/boards?archived=true")) == [archived]
    assert ann.get(f"/boards/{archived}").json["is_archived"] is True
    assert ids(ben.get("/boards")) == ids(ben.get("/boards?archived=true")) == []


def test_a_page_of_own_boards_takes_two_requests_and_one_that_goes_on_to_group_boards_five() -> None:
    ann, ben = a_user(), a_user()
    for number in range(3):
        a_board(ben)
        if number:
            add_collaborator(a_board(ann), ben)

    with dynamodb_requests() as asked:
        ben.get("/boards?page_size=2")
    assert asked == ["Query", "BatchGetItem"]

    with dynamodb_requests() as asked:
        ben.get("/boards")
    assert asked == ["Query", "BatchGetItem", "Query", "BatchGetItem", "BatchGetItem"]
