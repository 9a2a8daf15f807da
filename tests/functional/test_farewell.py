"""An account that is deleted is gone at once, and in the end nothing of it is left."""

from itertools import count

import pytest

from presence.services import farewell
from presence.storage import archives, keys
from tests.support.api import Client
from tests.support.content import a_board, a_pin, a_section, an_upload, refusal
from tests.support.people import a_user
from tests.support.social import block, unblock
from tests.support.stored import Items, Stream, add_collaborator, everything, item
from tests.support.wire import BOARD_NOT_FOUND, PIN_NOT_FOUND, USER_NOT_FOUND


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(farewell, "PAUSE_SECONDS", 0.0)


def without_former_names(items: Items) -> Items:
    """Names are kept from others for a while after they were given up, and so are pictures."""
    return {
        key: each
        for key, each in items.items()
        if not (key[1] == "USERNAME" and "expires_at" in each) and key[1] != "UNUSED"
    }


def deleted(user: Client, stream: Stream) -> Items:
    """What is left when all has followed."""
    reply = user.delete("/user_account")
    assert reply.status == 204, reply.text
    stream.settle()
    return without_former_names(everything())


def test_nothing_of_a_deleted_account_is_left(stream: Stream) -> None:
    before = everything()
    ann = a_user()
    board_id = a_board(ann)
    section = a_section(ann, board_id)
    for place in (section, None):
        a_pin(ann, board_id, board_section_id=place)
    assert ann.patch("/user_account", {"avatar": an_upload(), "username": "another_name"}).status == 200
    trashed = a_board(ann)
    a_pin(ann, trashed, media_source=an_upload())
    ann.delete(f"/boards/{trashed}")
    ann.delete(f"/pins/{a_pin(ann, board_id)}")
    assert ann.post(f"/boards/{a_board(ann)}/archive").status == 201
    ann.post("/boards", {"name": "With a key"}, idempotency_key="k")
    ann.post("/user_account/exports")
    ann.post("/user_account/imports", {"size": 5})
    stream.settle()

    assert deleted(ann, stream) == before


def test_an_account_is_gone_at_once(stream: Stream) -> None:
    ann, bob = a_user(), a_user()
    board_id = a_board(ann)
    pin_id = a_pin(ann, board_id)
    assert ann.delete("/user_account").status == 204

    assert refusal(ann.get("/user_account")) == USER_NOT_FOUND
    assert refusal(ann.delete("/user_account")) == USER_NOT_FOUND
    for anybody in (ann, bob):
        assert refusal(anybody.get(f"/boards/{board_id}")) == BOARD_NOT_FOUND
        assert refusal(anybody.get(f"/pins/{pin_id}")) == PIN_NOT_FOUND
    assert ann.get("/boards").json["items"] == ann.get("/pins").json["items"] == []


def test_a_deleted_account_can_write_nothing_with_its_token(stream: Stream) -> None:
    ann = a_user()
    board_id = a_board(ann)
    section = a_section(ann, board_id)
    pin_id = a_pin(ann, board_id)
    import_id = ann.post("/user_account/imports", {"size": 5}).json["id"]
    ann.delete("/user_account")
    before = everything()
    replies = [
        ann.post("/boards", {"name": "Any"}),
        ann.patch(f"/boards/{board_id}", {"name": "Any"}),
        ann.delete(f"/boards/{board_id}"),
        ann.post(f"/boards/{board_id}/sections", {"name": "Any"}),
        ann.patch(f"/boards/{board_id}/sections/{section}", {"name": "Any"}),
        ann.delete(f"/boards/{board_id}/sections/{section}"),
        ann.patch(f"/pins/{pin_id}", {"title": "Any"}),
        ann.post(f"/pins/{pin_id}/save"),
        ann.delete(f"/pins/{pin_id}"),
        ann.patch("/user_account", {"about": "Any"}),
        ann.post("/user_account/exports"),
        ann.post("/user_account/imports", {"size": 5}),
        ann.post(f"/user_account/imports/{import_id}/start"),
    ]

    assert [reply.status for reply in replies] == [404] * len(replies)
    assert everything() == before


def test_pins_that_were_added_elsewhere_go_and_the_counts_there_are_exact(stream: Stream) -> None:
    ann, bob = a_user(), a_user()
    board_id = a_board(bob)
    section = a_section(bob, board_id)
    kept = a_pin(bob, board_id, board_section_id=section)
    add_collaborator(board_id, ann)
    a_pin(ann, board_id, board_section_id=section)
    a_pin(ann, board_id, media_source=an_upload())
    deleted(ann, stream)

    assert [pin["id"] for pin in bob.get(f"/boards/{board_id}/pins").json["items"]] == [kept]
    assert bob.get(f"/boards/{board_id}").json["pin_count"] == 1
    section_item = item(keys.section(board_id, section))
    assert section_item is not None
    assert section_item["pin_count"] == {"N": "1"}


def test_pins_of_others_on_its_boards_go_and_their_counts_are_exact(stream: Stream) -> None:
    ann, bob = a_user(), a_user()
    board_id = a_board(ann)
    add_collaborator(board_id, bob)
    a_pin(bob, board_id)
    deleted(ann, stream)

    assert bob.get("/user_account").json["pin_count"] == 0


def test_archives_go_with_their_account(stream: Stream) -> None:
    ann = a_user()
    export_id = ann.post("/user_account/exports").json["id"]
    stream.settle()
    import_id = ann.post("/user_account/imports", {"size": 5}).json["id"]
    archives.put(archives.import_key(import_id), b"12345")
    deleted(ann, stream)

    assert not archives.exists(archives.export_key(export_id))
    assert not archives.exists(archives.import_key(import_id))


def test_who_signs_in_again_gets_a_new_account_and_not_the_old_name(stream: Stream) -> None:
    ann = a_user("ann")
    ann.delete("/user_account")
    again = a_user("ann")

    assert again.user_id != ann.user_id
    assert again.username.startswith("ann_")
    stream.settle()
    assert again.get("/user_account").status == 200


def test_an_account_is_removed_in_as_many_turns_as_it_takes(stream: Stream, monkeypatch: pytest.MonkeyPatch) -> None:
    before = everything()
    ann = a_user()
    for _ in range(3):
        a_pin(ann, a_board(ann))
    monkeypatch.setattr(farewell, "_BOARDS_AT_ONCE", 1)
    seconds = count(0, 6)  # each look at the clock
    monkeypatch.setattr(farewell, "monotonic", lambda: next(seconds))

    assert deleted(ann, stream) == before


def test_follows_and_blocks_are_undone_and_the_counts_of_others_are_exact(stream: Stream) -> None:
    bob, eve = a_user(), a_user()
    board_id = a_board(bob)
    block(eve, bob)
    unblock(eve, bob)
    stream.settle()
    before = everything()
    ann, private = a_user(), a_user()
    private.patch("/user_account", {"is_private": True})
    for one, other in ((ann, bob), (bob, ann), (ann, private), (bob, private)):
        assert one.post(f"/user_account/following/{other.username}").status == 201
    ann.post(f"/user_account/following/boards/{board_id}")
    ann.post(f"/user_account/blocks/{eve.username}")
    eve.post(f"/user_account/blocks/{ann.username}")
    eve.post(f"/user_account/blocks/{private.username}")
    stream.settle()
    assert bob.get("/user_account").json["follower_count"] == 1
    assert private.delete("/user_account").status == 204

    assert deleted(ann, stream) == before
    counts = bob.get("/user_account").json
    assert (counts["follower_count"], counts["following_count"]) == (0, 0)
    assert bob.get(f"/boards/{board_id}").json["follower_count"] == 0


def test_a_deleted_account_can_follow_nobody_and_nobody_it(stream: Stream) -> None:
    ann, bob = a_user(), a_user()
    board_id = a_board(bob)
    ann.delete("/user_account")

    for reply in (
        ann.post(f"/user_account/following/{bob.username}"),
        bob.post(f"/user_account/following/{ann.username}"),
        bob.post(f"/user_account/blocks/{ann.username}"),
    ):
        assert refusal(reply) == USER_NOT_FOUND
    assert refusal(ann.post(f"/user_account/blocks/{bob.username}")) == USER_NOT_FOUND
    assert refusal(ann.post(f"/user_account/following/boards/{board_id}")) == USER_NOT_FOUND
    stream.settle()
    assert not [key for key in everything() if key[0].startswith(f"USER#{ann.user_id}")]


def test_parts_on_boards_of_others_go_and_the_counts_there_are_exact(stream: Stream) -> None:
    bob = a_user()
    boards = [a_board(bob) for _ in range(3)]
    before = everything()
    ann = a_user()
    for board_id in boards[:2]:
        assert bob.post(f"/boards/{board_id}/invitations", {"username": ann.username, "role": "editor"}).status == 201
    assert ann.post(f"/user_account/invitations/{boards[0]}").status == 201
    assert ann.post(f"/boards/{boards[2]}/join_requests", {"message": "May I?"}).status == 201
    left = deleted(ann, stream)
    zero = {"N": "0"}
    counts = {"invitation_count", "join_request_count", "collaborator_count"}
    for board_id in boards:
        board = left[keys.board(board_id)]
        assert all(board.get(name, zero) == zero for name in counts)

    def counted_by_bob(items: Items) -> Items:
        return {key: {n: v for n, v in each.items() if n not in counts} for key, each in items.items()}

    assert counted_by_bob(left) == counted_by_bob(before)


def test_a_board_of_a_deleted_account_goes_with_its_collaborators_and_invitations(stream: Stream) -> None:
    bob, eve = a_user(), a_user()
    before = everything()
    ann = a_user()
    board_id = a_board(ann)
    add_collaborator(board_id, bob)
    ann.post(f"/boards/{board_id}/invitations", {"username": eve.username, "role": "viewer"})

    assert deleted(ann, stream) == before


def test_a_deleted_account_joins_no_board(stream: Stream) -> None:
    ann, bob = a_user(), a_user()
    invited, asked = a_board(bob), a_board(bob)
    link = bob.post(f"/boards/{asked}/invitation_links", {"role": "editor"}).json["token"]
    bob.post(f"/boards/{invited}/invitations", {"username": ann.username, "role": "editor"})
    ann.delete("/user_account")
    replies = [
        ann.post(f"/user_account/invitations/{invited}"),
        ann.post("/invitation_links/accept", {"token": link}),
        ann.post(f"/boards/{asked}/join_requests", {}),
        bob.post(f"/boards/{asked}/invitations", {"username": ann.username, "role": "editor"}),
    ]

    assert [refusal(reply) for reply in replies] == [USER_NOT_FOUND] * len(replies)
    stream.settle()
    for board_id in (invited, asked):
        assert bob.get(f"/boards/{board_id}/collaborators").json["items"][1:] == []
