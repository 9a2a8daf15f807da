"""Boards that are put away: who sees them, who changes them, and how they come back."""

import pytest

from tests.support.api import Client
from tests.support.content import a_board, a_pin, a_section, ids, refusal
from tests.support.people import a_user
from tests.support.stored import add_collaborator, everything
from tests.support.wire import ANY_PICTURE, BOARD_NOT_FOUND, NOT_PERMITTED, PIN_NOT_FOUND


def an_archived_board(owner: Client, /, **fields: str) -> str:
    board_id = a_board(owner, **fields)
    assert owner.post(f"/boards/{board_id}/archive").status == 201
    return board_id


def test_an_archived_board_leaves_its_owners_list_for_that_of_archived_ones() -> None:
    ann = a_user()
    kept, away = a_board(ann), a_board(ann)
    reply = ann.post(f"/boards/{away}/archive")

    assert (reply.status, reply.json["id"], reply.json["is_archived"]) == (201, away, True)
    assert ids(ann.get("/boards")) == [kept]
    assert ids(ann.get("/boards?archived=true")) == [away]


def test_an_archived_board_counts_as_a_board_and_keeps_its_name() -> None:
    ann = a_user()
    an_archived_board(ann, name="Ideas")

    assert ann.get("/user_account").json["board_count"] == 1
    assert ann.post("/boards", {"name": "ideas"}).status == 400


def test_an_archived_board_is_seen_by_members_and_hidden_from_others() -> None:
    ann, ben, cleo = a_user(), a_user(), a_user()
    board_id = a_board(ann)
    pin_id = a_pin(ann, board_id)
    add_collaborator(board_id, ben, "viewer")
    ann.post(f"/boards/{board_id}/archive")

    for member in (ann, ben):
        assert member.get(f"/boards/{board_id}").json["is_archived"]
        assert ids(member.get(f"/boards/{board_id}/pins")) == [pin_id]
    assert refusal(cleo.get(f"/boards/{board_id}")) == BOARD_NOT_FOUND
    assert refusal(cleo.get(f"/pins/{pin_id}")) == PIN_NOT_FOUND


def test_nobody_changes_an_archived_board() -> None:
    ann = a_user()
    board_id, elsewhere = a_board(ann), a_board(ann)
    section_id, pin_id, other = a_section(ann, board_id), a_pin(ann, board_id), a_pin(ann, elsewhere)
    ann.post(f"/boards/{board_id}/archive")
    before = everything()
    refused = [
        ann.patch(f"/boards/{board_id}", {"name": "Another name"}),
        ann.post(f"/boards/{board_id}/sections", {"name": "Any"}),
        ann.patch(f"/boards/{board_id}/sections/{section_id}", {"name": "Another name"}),
        ann.delete(f"/boards/{board_id}/sections/{section_id}"),
        ann.post("/pins", {"board_id": board_id, "media_source": ANY_PICTURE}),
        ann.patch(f"/pins/{pin_id}", {"title": "Another title"}),
        ann.patch(f"/pins/{pin_id}", {"board_id": elsewhere}),
        ann.patch(f"/pins/{other}", {"board_id": board_id}),
        ann.delete(f"/pins/{pin_id}"),
        ann.post(f"/pins/{other}/save", {"board_id": board_id}),
    ]

    assert [refusal(reply) for reply in refused] == [NOT_PERMITTED] * len(refused)
    assert everything() == before


def test_only_its_owner_archives_and_restores_a_board() -> None:
    ann, ben, cleo = a_user(), a_user(), a_user()
    board_id = a_board(ann)
    add_collaborator(board_id, ben)

    assert refusal(ben.post(f"/boards/{board_id}/archive")) == NOT_PERMITTED
    assert refusal(cleo.post(f"/boards/{board_id}/archive")) == NOT_PERMITTED
    ann.post(f"/boards/{board_id}/archive")
    assert refusal(ben.post(f"/boards/{board_id}/restore")) == NOT_PERMITTED
    assert refusal(cleo.post(f"/boards/{board_id}/restore")) == BOARD_NOT_FOUND


def test_a_restored_board_is_where_and_as_it_was() -> None:
    ann, ben = a_user(), a_user()
    first, board_id, last = a_board(ann), a_board(ann), a_board(ann)
    pin_id = a_pin(ann, board_id)
    before = ann.get(f"/boards/{board_id}").json
    ann.post(f"/boards/{board_id}/archive")
    reply = ann.post(f"/boards/{board_id}/restore")

    assert reply.status == 201
    assert reply.json == ann.get(f"/boards/{board_id}").json == before
    assert ids(ann.get("/boards")) == [last, board_id, first]
    assert ids(ann.get("/boards?archived=true")) == []
    assert ids(ben.get(f"/boards/{board_id}/pins")) == [pin_id]
    assert ann.patch(f"/pins/{pin_id}", {"title": "Another title"}).status == 200


@pytest.mark.parametrize("verb", ["archive", "restore"])
def test_what_is_so_already_stays_so(verb: str) -> None:
    ann = a_user()
    board_id = an_archived_board(ann) if verb == "archive" else a_board(ann)
    before = everything()

    assert ann.post(f"/boards/{board_id}/{verb}").status == 201
    assert everything() == before


def test_a_repeated_archive_with_its_key_gets_the_first_answer() -> None:
    ann = a_user()
    board_id = a_board(ann)
    first = ann.post(f"/boards/{board_id}/archive", idempotency_key="any")
    ann.post(f"/boards/{board_id}/restore")
    again = ann.post(f"/boards/{board_id}/archive", idempotency_key="any")

    assert again.text == first.text
    assert not ann.get(f"/boards/{board_id}").json["is_archived"]


def test_an_archived_group_board_is_not_in_its_members_list() -> None:
    ann, ben = a_user(), a_user()
    board_id = a_board(ann)
    add_collaborator(board_id, ben)
    ann.post(f"/boards/{board_id}/archive")

    assert ids(ben.get("/boards")) == []


def test_a_deleted_archived_board_comes_back_archived() -> None:
    ann = a_user()
    board_id = an_archived_board(ann)
    ann.delete(f"/boards/{board_id}")
    assert ids(ann.get("/boards?archived=true")) == []

    assert ann.post(f"/boards/{board_id}/restore").json["is_archived"]
    assert ids(ann.get("/boards?archived=true")) == [board_id]
