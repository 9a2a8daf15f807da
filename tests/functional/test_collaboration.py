"""Who works on a board with its owner: their roles, how they go, and giving the board away."""

from collections.abc import Callable

import pytest

from presence.domain import clock
from presence.services import boards as board_service
from presence.services import collaboration
from presence.storage import keys
from tests.support.api import Client, Reply
from tests.support.content import a_board, a_pin, a_section, delete_for_good, ids, refusal
from tests.support.people import a_user
from tests.support.social import block
from tests.support.stored import Stream, everything, set_attribute
from tests.support.together import a_link, a_member, ask, invite
from tests.support.wire import (
    ANY_PICTURE,
    BOARD_NAME,
    BOARD_NOT_FOUND,
    INVALID,
    NOT_FOUND,
    NOT_PERMITTED,
    SCOPE_MISSING,
    USER_NOT_FOUND,
)


@pytest.fixture
def ann() -> Client:
    return a_user()


@pytest.fixture
def board_id(ann: Client) -> str:
    return a_board(ann)


def collaborators(viewer: Client, board_id: str) -> dict[str, str]:
    """Who is listed, and in which role."""
    pages = viewer.pages(f"/boards/{board_id}/collaborators?page_size=2")
    return {each["username"]: each["role"] for page in pages for each in page}


def test_collaborators_are_listed_with_their_role_and_who_added_them(ann: Client, board_id: str) -> None:
    earliest = clock.timestamp()
    ben = a_member(ann, board_id, "editor")
    [item] = ann.get(f"/boards/{board_id}/collaborators").json["items"]

    assert earliest <= item.pop("since") <= clock.timestamp()
    assert item == {"username": ben.username, "role": "editor", "added_by": {"username": ann.username}}
    assert ann.get(f"/boards/{board_id}").json["collaborator_count"] == 1


@pytest.mark.parametrize("privacy", ["PUBLIC", "PROTECTED"])
def test_collaborators_of_an_open_board_are_listed_to_everybody(ann: Client, privacy: str) -> None:
    board_id = a_board(ann, privacy=privacy)
    members = [a_member(ann, board_id) for _ in range(5)]

    for viewer in (ann, members[0], a_user()):
        assert collaborators(viewer, board_id) == {member.username: "contributor" for member in members}


def test_collaborators_of_a_secret_board_are_listed_to_its_members_only(ann: Client) -> None:
    board_id = a_board(ann, privacy="SECRET")
    ben = a_member(ann, board_id, "viewer")

    assert collaborators(ben, board_id) == {ben.username: "viewer"}
    assert refusal(a_user().get(f"/boards/{board_id}/collaborators")) == BOARD_NOT_FOUND


def test_a_block_leaves_a_collaborator_out_of_the_list_of_who_is_blocked(ann: Client, board_id: str) -> None:
    ben, carl = a_member(ann, board_id), a_member(ann, board_id)
    block(ben, carl)

    assert collaborators(carl, board_id).keys() == {carl.username}
    assert collaborators(ben, board_id).keys() == {ben.username}
    assert collaborators(ann, board_id).keys() == {ben.username, carl.username}


def test_a_group_board_is_listed_among_its_members_boards_with_their_role(ann: Client, board_id: str) -> None:
    ben = a_member(ann, board_id, "editor")
    (listed,) = ben.get("/boards").json["items"]

    assert (listed["id"], listed["role"], listed["owner"]["username"]) == (board_id, "editor", ann.username)
    assert ben.get(f"/boards/{board_id}").json["role"] == "editor"


@pytest.mark.parametrize(
    ("role", "may_add", "may_edit_sections"),
    [("viewer", False, False), ("contributor", True, False), ("editor", True, True)],
)
def test_a_role_allows_what_it_says(
    ann: Client, board_id: str, role: str, may_add: bool, may_edit_sections: bool
) -> None:
    ben = a_member(ann, board_id, role)
    pin = ben.post("/pins", {"board_id": board_id, "media_source": ANY_PICTURE})
    section = ben.post(f"/boards/{board_id}/sections", {"name": "Any"})

    assert pin.status == (201 if may_add else 403)
    assert section.status == (201 if may_edit_sections else 403)


def test_another_role_holds_from_the_next_request_on(ann: Client, board_id: str) -> None:
    ben = a_member(ann, board_id, "viewer")
    path = f"/boards/{board_id}/collaborators/{ben.username}"

    assert refusal(ben.post("/pins", {"board_id": board_id, "media_source": ANY_PICTURE})) == NOT_PERMITTED
    assert ann.patch(path, {"role": "contributor"}).json["role"] == "contributor"
    assert ben.post("/pins", {"board_id": board_id, "media_source": ANY_PICTURE}).status == 201
    assert ann.patch(path, {"role": "viewer"}).json["role"] == "viewer"
    assert refusal(ben.post("/pins", {"board_id": board_id, "media_source": ANY_PICTURE})) == NOT_PERMITTED


def test_no_role_leaves_the_role(ann: Client, board_id: str) -> None:
    ben = a_member(ann, board_id, "editor")
    before = everything()

    assert ann.patch(f"/boards/{board_id}/collaborators/{ben.username}", {}).json["role"] == "editor"
    assert everything() == before


@pytest.mark.parametrize("role", ["owner", "admin", "", 7])
def test_a_role_that_nobody_can_be_given_is_refused(ann: Client, board_id: str, role: object) -> None:
    ben = a_member(ann, board_id)
    before = everything()
    reply = ann.patch(f"/boards/{board_id}/collaborators/{ben.username}", {"role": role})

    assert refusal(reply) == INVALID
    assert "'role'" in reply.json["message"]
    assert everything() == before


def test_a_removed_collaborator_has_no_access_from_their_next_request_on(ann: Client) -> None:
    board_id = a_board(ann, privacy="SECRET")
    ben = a_member(ann, board_id, "editor")
    pin_id = a_pin(ben, board_id)

    assert ann.delete(f"/boards/{board_id}/collaborators/{ben.username}").status == 204
    assert refusal(ben.get(f"/boards/{board_id}")) == BOARD_NOT_FOUND
    assert ben.get(f"/pins/{pin_id}").status == 404
    assert ids(ben.get("/boards")) == []
    assert ids(ben.get("/pins")) == []
    assert ann.get(f"/boards/{board_id}").json["collaborator_count"] == 0


def test_the_pins_of_who_leaves_stay_theirs_but_they_may_not_change_them(ann: Client, board_id: str) -> None:
    ben = a_member(ann, board_id)
    pin_id = a_pin(ben, board_id)

    assert ben.delete(f"/boards/{board_id}/collaborators/{ben.username}").status == 204
    (pin,) = ann.get(f"/boards/{board_id}/pins").json["items"]
    assert (pin["id"], pin["added_by"]) == (pin_id, {"username": ben.username})
    assert refusal(ben.patch(f"/pins/{pin_id}", {"title": "Any"})) == NOT_PERMITTED
    assert refusal(ben.delete(f"/pins/{pin_id}")) == NOT_PERMITTED
    assert ids(ben.get("/pins")) == [pin_id]
    assert ann.get(f"/boards/{board_id}").json["pin_count"] == 1


def test_an_archived_board_can_be_left(ann: Client, board_id: str) -> None:
    ben = a_member(ann, board_id)
    set_attribute(keys.board(board_id), "archived_at", {"S": "2026-01-01T00:00:00Z"})

    assert ben.delete(f"/boards/{board_id}/collaborators/{ben.username}").status == 204
    assert refusal(ben.get(f"/boards/{board_id}")) == BOARD_NOT_FOUND


def test_an_owner_cannot_leave_their_board(ann: Client, board_id: str) -> None:
    assert refusal(ann.delete(f"/boards/{board_id}/collaborators/{ann.username}")) == NOT_PERMITTED


def test_who_is_no_collaborator_can_neither_go_nor_have_a_role(ann: Client, board_id: str) -> None:
    path = f"/boards/{board_id}/collaborators/{a_user().username}"

    assert refusal(ann.delete(path)) == NOT_FOUND
    assert refusal(ann.patch(path, {"role": "viewer"})) == NOT_FOUND
    assert refusal(ann.delete(f"/boards/{board_id}/collaborators/nobody_at_all")) == USER_NOT_FOUND


def test_an_owner_removes_whom_they_block(ann: Client, board_id: str) -> None:
    ben = a_member(ann, board_id)
    block(ann, ben)

    assert refusal(ben.get(f"/boards/{board_id}")) == BOARD_NOT_FOUND
    assert ann.delete(f"/boards/{board_id}/collaborators/{ben.username}").status == 204


type Manage = Callable[[Client, str, Client], Reply]

MANAGING: dict[str, Manage] = {
    "change a role": lambda me, board, ben: me.patch(
        f"/boards/{board}/collaborators/{ben.username}", {"role": "viewer"}
    ),
    "remove": lambda me, board, ben: me.delete(f"/boards/{board}/collaborators/{ben.username}"),
    "transfer": lambda me, board, ben: me.post(f"/boards/{board}/transfer", {"username": ben.username}),
    "invite": lambda me, board, ben: me.post(
        f"/boards/{board}/invitations", {"username": ben.username, "role": "viewer"}
    ),
    "list invitations": lambda me, board, ben: me.get(f"/boards/{board}/invitations"),
    "revoke": lambda me, board, ben: me.delete(f"/boards/{board}/invitations/{ben.username}"),
    "make a link": lambda me, board, ben: me.post(f"/boards/{board}/invitation_links", {"role": "viewer"}),
    "list links": lambda me, board, ben: me.get(f"/boards/{board}/invitation_links"),
    "revoke a link": lambda me, board, ben: me.delete(f"/boards/{board}/invitation_links/1"),
    "list requests": lambda me, board, ben: me.get(f"/boards/{board}/join_requests"),
    "approve": lambda me, board, ben: me.post(f"/boards/{board}/join_requests/{ben.username}", {}),
    "decline": lambda me, board, ben: me.delete(f"/boards/{board}/join_requests/{ben.username}"),
}
every_managing = pytest.mark.parametrize("manage", MANAGING.values(), ids=MANAGING)


@every_managing
@pytest.mark.parametrize("role", [None, "viewer", "contributor", "editor"])
def test_only_the_owner_manages_who_works_on_a_board(
    ann: Client, board_id: str, manage: Manage, role: str | None
) -> None:
    ben = a_member(ann, board_id)
    me = a_member(ann, board_id, role) if role else a_user()
    before = everything()

    assert refusal(manage(me, board_id, ben)) == NOT_PERMITTED
    assert everything() == before


@every_managing
def test_of_a_hidden_board_nothing_is_told(ann: Client, manage: Manage) -> None:
    board_id, ben, me = a_board(ann, privacy="SECRET"), a_user(), a_user()

    assert manage(me, board_id, ben) == manage(me, "1" * 19, ben)


@pytest.mark.parametrize("name", [name for name in MANAGING if not name.startswith("list")])
def test_managing_a_secret_board_needs_the_scope_for_it(ann: Client, name: str) -> None:
    board_id = a_board(ann, privacy="SECRET")
    ben = a_member(ann, board_id)
    before = everything()
    reply = MANAGING[name](ann.without_scopes("boards:write_secret"), board_id, ben)

    assert refusal(reply) == SCOPE_MISSING
    assert reply.json["message"].endswith("boards:write_secret")
    assert everything() == before


# Giving a board away


def transfer(owner: Client, board_id: str, to: Client, **fields: str) -> Reply:
    return owner.post(f"/boards/{board_id}/transfer", {"username": to.username} | fields)


def counts(user: Client) -> int:
    number: int = user.get("/user_account").json["board_count"]
    return number


def test_a_board_is_given_to_a_collaborator_and_its_owner_stays_as_editor(ann: Client, board_id: str) -> None:
    ben, carl = a_member(ann, board_id, "viewer"), a_member(ann, board_id)
    pin_id = a_pin(ann, board_id)
    reply = transfer(ann, board_id, ben)

    assert reply.status == 201
    assert reply.json == ann.get(f"/boards/{board_id}").json
    assert (reply.json["owner"]["username"], reply.json["role"]) == (ben.username, "editor")
    assert ben.get(f"/boards/{board_id}").json["role"] == "owner"
    assert collaborators(ben, board_id) == {ann.username: "editor", carl.username: "contributor"}
    assert reply.json["collaborator_count"] == 2
    assert (counts(ann), counts(ben)) == (0, 1)
    assert [ids(user.get("/boards")) for user in (ann, ben, carl)] == [[board_id]] * 3
    assert ann.patch(f"/pins/{pin_id}", {"title": "Any"}).status == 200
    assert ben.patch(f"/boards/{board_id}", {"name": "Mine now"}).status == 200
    assert refusal(ann.patch(f"/boards/{board_id}", {"name": "Mine"})) == NOT_PERMITTED


def test_the_name_of_a_board_that_was_given_away_is_free_for_its_former_owner(ann: Client) -> None:
    board_id = a_board(ann, name="Kitchens")
    ben = a_member(ann, board_id)
    transfer(ann, board_id, ben)

    assert ann.post("/boards", {"name": "Kitchens"}).status == 201
    assert refusal(ben.post("/boards", {"name": "Kitchens"})) == BOARD_NAME


def test_a_name_that_the_new_owner_has_taken_is_told_and_another_one_helps(ann: Client) -> None:
    board_id = a_board(ann, name="Kitchens")
    ben = a_member(ann, board_id)
    a_board(ben, name="kitchens")
    before = everything()
    reply = transfer(ann, board_id, ben)

    assert refusal(reply) == BOARD_NAME
    assert "'name'" in reply.json["message"]
    assert everything() == before
    assert transfer(ann, board_id, ben, name="More kitchens").json["name"] == "More kitchens"
    assert a_board(ann, name="Kitchens")


def test_an_archived_board_can_be_given_away_and_stays_archived(ann: Client, board_id: str) -> None:
    ben = a_member(ann, board_id)
    set_attribute(keys.board(board_id), "archived_at", {"S": "2026-01-01T00:00:00Z"})
    set_attribute(keys.board(board_id), "owner_pk", {"S": keys.archived_boards_of(ann.user_id)})

    assert transfer(ann, board_id, ben).json["is_archived"]
    assert ids(ben.get("/boards?archived=true")) == [board_id]
    assert ids(ben.get("/boards")) == []


@pytest.mark.parametrize("state", ["trashed_at", "merged_into"])
def test_a_board_in_the_trash_or_merged_cannot_be_given_away(ann: Client, board_id: str, state: str) -> None:
    ben = a_member(ann, board_id)
    set_attribute(keys.board(board_id), state, {"S": "1"})

    assert refusal(transfer(ann, board_id, ben)) == BOARD_NOT_FOUND


def test_a_board_is_given_to_a_collaborator_only(ann: Client, board_id: str) -> None:
    before = everything()
    replies = [transfer(ann, board_id, other) for other in (a_user(), ann)]

    assert [refusal(reply) for reply in replies] == [INVALID, INVALID]
    assert all("'username'" in reply.json["message"] for reply in replies)
    assert everything().keys() >= before.keys()


def test_a_board_is_not_given_to_whom_a_block_hides(ann: Client, board_id: str) -> None:
    ben = a_member(ann, board_id)
    block(ben, ann)

    assert refusal(transfer(ann, board_id, ben)) == USER_NOT_FOUND


def test_a_board_is_not_given_to_who_has_too_many(ann: Client, board_id: str, monkeypatch: pytest.MonkeyPatch) -> None:
    ben = a_member(ann, board_id)
    a_board(ben)
    monkeypatch.setattr(board_service, "MAX_BOARDS", 1)
    before = everything()

    assert refusal(transfer(ann, board_id, ben)) == NOT_PERMITTED
    assert everything() == before


def test_a_board_that_is_given_to_and_fro_is_as_it_was(ann: Client, board_id: str) -> None:
    ben = a_member(ann, board_id, "editor")
    transfer(ann, board_id, ben)
    transfer(ben, board_id, ann)

    assert collaborators(ann, board_id) == {ben.username: "editor"}
    assert (counts(ann), counts(ben)) == (1, 0)
    assert ann.get(f"/boards/{board_id}").json["role"] == "owner"


def test_a_board_has_no_more_collaborators_than_the_limit(
    ann: Client, board_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    limit = {**collaboration._LIMITS, collaboration.Count.COLLABORATORS: 1}
    monkeypatch.setattr(collaboration, "_LIMITS", limit)
    a_member(ann, board_id)
    ben, carl, dora = a_user(), a_user(), a_user()
    invite(ann, board_id, ben)
    ask(carl, board_id)
    token = a_link(ann, board_id)["token"]
    before = everything()
    replies = [
        ben.post(f"/user_account/invitations/{board_id}"),
        ann.post(f"/boards/{board_id}/join_requests/{carl.username}", {}),
        dora.post("/invitation_links/accept", {"token": token}),
    ]

    assert [refusal(reply) for reply in replies] == [NOT_PERMITTED] * 3
    assert all("limit of 1 collaborators" in reply.json["message"] for reply in replies)
    assert everything() == before


def test_the_clean_up_of_a_board_takes_everybody_and_all_that_waits_with_it(stream: Stream) -> None:
    ann, ben, carl, dora = (a_user() for _ in range(4))
    before = everything()
    board_id = a_board(ann)
    a_section(ann, board_id)
    invite(ann, board_id, ben)
    ben.post(f"/user_account/invitations/{board_id}")
    invite(ann, board_id, carl)
    ask(dora, board_id)
    a_link(ann, board_id)
    stream.settle()
    delete_for_good(ann, f"/boards/{board_id}")
    stream.settle()

    assert everything() == before
    assert ids(ben.get("/boards")) == []
    assert carl.get("/user_account/invitations").json["items"] == []
