"""Asking to work on a board, and the owner's answer."""

import pytest

from presence.services import collaboration
from presence.storage import keys
from presence.storage.members import Count
from tests.support.api import Client
from tests.support.content import a_board, refusal
from tests.support.people import a_user
from tests.support.social import block
from tests.support.stored import everything
from tests.support.together import a_member, ask, invite
from tests.support.wire import BOARD_NOT_FOUND, INVALID, NOT_FOUND, NOT_PERMITTED, USER_NOT_FOUND


@pytest.fixture
def ann() -> Client:
    return a_user()


@pytest.fixture
def ben() -> Client:
    return a_user()


@pytest.fixture
def board_id(ann: Client) -> str:
    return a_board(ann)


def asking(owner: Client, board_id: str) -> list[str]:
    pages = owner.pages(f"/boards/{board_id}/join_requests?page_size=2")
    return [each["username"] for page in pages for each in page]


def test_the_owner_is_shown_who_asks_for_what_and_why(ann: Client, ben: Client, board_id: str) -> None:
    ask(ben, board_id, role="editor", message="I bake too.")
    (asked,) = ann.get(f"/boards/{board_id}/join_requests").json["items"]

    assert asked.pop("created_at")
    assert asked == {"username": ben.username, "role": "editor", "message": "I bake too."}
    assert ben.get(f"/boards/{board_id}").json["role"] is None


def test_who_asks_for_no_role_asks_to_contribute(ann: Client, ben: Client, board_id: str) -> None:
    ask(ben, board_id, role=None, message=None)
    (asked,) = ann.get(f"/boards/{board_id}/join_requests").json["items"]

    assert (asked["role"], asked["message"]) == ("contributor", None)


def test_asking_again_takes_the_place_of_the_first(ann: Client, ben: Client, board_id: str) -> None:
    ask(ben, board_id, role="editor", message="Please.")
    ask(ben, board_id, role="viewer")
    (asked,) = ann.get(f"/boards/{board_id}/join_requests").json["items"]

    assert (asked["role"], asked["message"]) == ("viewer", None)


def test_all_who_ask_are_listed(ann: Client, board_id: str) -> None:
    users = [a_user() for _ in range(5)]
    for user in users:
        ask(user, board_id)

    assert asking(ann, board_id) == [user.username for user in users]


@pytest.mark.parametrize(("given", "role"), [(None, "editor"), ("viewer", "viewer")])
def test_who_is_approved_becomes_a_member(
    ann: Client, ben: Client, board_id: str, given: str | None, role: str
) -> None:
    ask(ben, board_id, role="editor")
    reply = ann.post(f"/boards/{board_id}/join_requests/{ben.username}", {"role": given})

    assert reply.status == 201
    assert (reply.json["username"], reply.json["role"]) == (ben.username, role)
    assert reply.json["added_by"] == {"username": ann.username}
    assert ben.get(f"/boards/{board_id}").json["role"] == role
    assert ann.get(f"/boards/{board_id}").json["collaborator_count"] == 1
    assert asking(ann, board_id) == []


def test_approving_again_changes_nothing(ann: Client, ben: Client, board_id: str) -> None:
    ask(ben, board_id)
    path = f"/boards/{board_id}/join_requests/{ben.username}"
    first = ann.post(path, {})
    before = everything()

    assert ann.post(path, {"role": "editor"}).json == first.json
    assert everything() == before


def test_an_invitation_goes_with_the_request_that_is_approved(ann: Client, ben: Client, board_id: str) -> None:
    invite(ann, board_id, ben)
    ask(ben, board_id)
    ann.post(f"/boards/{board_id}/join_requests/{ben.username}", {})

    assert ben.get("/user_account/invitations").json["items"] == []
    assert keys.invitation(board_id, ben.user_id) not in everything()


@pytest.mark.parametrize("who", ["owner", "who asked"])
def test_a_request_is_declined_by_the_owner_or_withdrawn(ann: Client, ben: Client, board_id: str, who: str) -> None:
    before = everything()
    ask(ben, board_id)
    user, path = ann if who == "owner" else ben, f"/boards/{board_id}/join_requests/{ben.username}"

    assert user.delete(path).status == 204
    assert everything().keys() == before.keys()
    assert refusal(user.delete(path)) == NOT_FOUND
    assert refusal(ann.post(path, {})) == NOT_FOUND


def test_somebody_elses_request_is_nobody_elses_to_end(ann: Client, ben: Client, board_id: str) -> None:
    ask(ben, board_id)

    assert refusal(a_user().delete(f"/boards/{board_id}/join_requests/{ben.username}")) == NOT_PERMITTED


@pytest.mark.parametrize("role", ["owner", "viewer", "contributor", "editor"])
def test_who_works_on_the_board_does_not_ask(ann: Client, board_id: str, role: str) -> None:
    user = ann if role == "owner" else a_member(ann, board_id, role)

    assert refusal(user.post(f"/boards/{board_id}/join_requests", {})) == NOT_PERMITTED


def test_nobody_asks_to_join_what_they_cannot_see(ann: Client, ben: Client) -> None:
    board_id = a_board(ann, privacy="SECRET")

    assert refusal(ben.post(f"/boards/{board_id}/join_requests", {})) == BOARD_NOT_FOUND


def test_a_block_hides_a_request(ann: Client, ben: Client, board_id: str) -> None:
    ask(ben, board_id)
    block(ben, ann)

    assert asking(ann, board_id) == []
    assert refusal(ann.post(f"/boards/{board_id}/join_requests/{ben.username}", {})) == USER_NOT_FOUND
    assert refusal(ben.delete(f"/boards/{board_id}/join_requests/{ben.username}")) == BOARD_NOT_FOUND


@pytest.mark.parametrize("body", [{"role": "owner"}, {"message": "x" * 501}, {"message": 7}])
def test_a_request_that_breaks_a_rule_is_refused(ben: Client, board_id: str, body: dict[str, object]) -> None:
    reply = ben.post(f"/boards/{board_id}/join_requests", body)

    assert refusal(reply) == INVALID
    assert f"'{next(iter(body))}'" in reply.json["message"]


def test_no_more_ask_than_the_limit(ann: Client, ben: Client, board_id: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collaboration, "_LIMITS", {**collaboration._LIMITS, Count.JOIN_REQUESTS: 1})
    ask(a_user(), board_id)
    before = everything()

    reply = ben.post(f"/boards/{board_id}/join_requests", {})
    assert refusal(reply) == NOT_PERMITTED
    assert "limit of 1 join requests" in reply.json["message"]
    assert everything() == before
