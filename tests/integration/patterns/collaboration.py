"""Collaborators, invitations, links, requests to join, and giving a board away."""

from tests.integration.patterns.typical import PATTERNS, Act, Typical, pattern, request, well
from tests.support.api import Client
from tests.support.together import a_link, ask, invite

PATH = "/boards/{board_id}"


def a_member(at: Typical) -> Client:
    user = at.another_user()
    invite(at.user, at.board, user)
    well(user.post(f"/user_account/invitations/{at.board}"))
    return user


@pattern("`GET /boards/{board_id}/collaborators`, 25 of many")
def _(at: Typical) -> Act:
    for _ in range(30):
        a_member(at)
    return lambda: well(at.user.get(f"/boards/{at.board}/collaborators"))


@pattern("`PATCH /boards/{board_id}/collaborators/{username}`")
def _(at: Typical) -> Act:
    member = a_member(at)
    return lambda: well(at.user.patch(f"/boards/{at.board}/collaborators/{member.username}", {"role": "editor"}))


@pattern("`DELETE /boards/{board_id}/collaborators/{username}`")
def _(at: Typical) -> Act:
    member = a_member(at)
    return lambda: well(at.user.delete(f"/boards/{at.board}/collaborators/{member.username}"))


@pattern("`DELETE /boards/{board_id}/collaborators/{username}`, to leave")
def _(at: Typical) -> Act:
    member = a_member(at)
    return lambda: well(member.delete(f"/boards/{at.board}/collaborators/{member.username}"))


@pattern("`POST /boards/{board_id}/transfer`")
def _(at: Typical) -> Act:
    member = a_member(at)
    return lambda: well(at.user.post(f"/boards/{at.board}/transfer", {"username": member.username}))


@pattern("`POST /boards/{board_id}/invitations`")
def _(at: Typical) -> Act:
    body = {"username": at.another_user().username, "role": "contributor"}
    return lambda: well(at.user.post(f"/boards/{at.board}/invitations", body))


@pattern("`GET /boards/{board_id}/invitations`, 25 of many")
def _(at: Typical) -> Act:
    for _ in range(30):
        invite(at.user, at.board, at.another_user())
    return lambda: well(at.user.get(f"/boards/{at.board}/invitations"))


@pattern("`DELETE /boards/{board_id}/invitations/{username}`")
def _(at: Typical) -> Act:
    user = at.another_user()
    invite(at.user, at.board, user)
    return lambda: well(at.user.delete(f"/boards/{at.board}/invitations/{user.username}"))


@pattern("`GET /user_account/invitations`, 25 of many")
def _(at: Typical) -> Act:
    user = at.another_user()
    for _ in range(30):
        invite(at.user, at.another_board(), user)
    return lambda: well(user.get("/user_account/invitations"))


@pattern("`POST /user_account/invitations/{board_id}`")
def _(at: Typical) -> Act:
    user = at.another_user()
    invite(at.user, at.board, user)
    return lambda: well(user.post(f"/user_account/invitations/{at.board}"))


@pattern("`POST /user_account/invitations/{board_id}`, there is none")
def _(at: Typical) -> Act:
    user = at.another_user()

    def send() -> None:
        assert user.post(f"/user_account/invitations/{at.board}").status == 404

    return send


@pattern("`DELETE /user_account/invitations/{board_id}`")
def _(at: Typical) -> Act:
    user = at.another_user()
    invite(at.user, at.board, user)
    return lambda: well(user.delete(f"/user_account/invitations/{at.board}"))


PATTERNS["`POST /boards/{board_id}/invitation_links`"] = request(
    "POST", f"{PATH}/invitation_links", {"role": "contributor"}
)


@pattern("`GET /boards/{board_id}/invitation_links`")
def _(at: Typical) -> Act:
    for _ in range(10):
        a_link(at.user, at.board)
    return lambda: well(at.user.get(f"/boards/{at.board}/invitation_links"))


@pattern("`DELETE /boards/{board_id}/invitation_links/{link_id}`")
def _(at: Typical) -> Act:
    link = a_link(at.user, at.board)["id"]
    return lambda: well(at.user.delete(f"/boards/{at.board}/invitation_links/{link}"))


@pattern("`POST /invitation_links/accept`")
def _(at: Typical) -> Act:
    user, token = at.another_user(), a_link(at.user, at.board)["token"]
    return lambda: well(user.post("/invitation_links/accept", {"token": token}))


@pattern("`POST /invitation_links/accept`, the link is not there")
def _(at: Typical) -> Act:
    user, link = at.another_user(), a_link(at.user, at.board)
    well(at.user.delete(f"/boards/{at.board}/invitation_links/{link['id']}"))

    def send() -> None:
        assert user.post("/invitation_links/accept", {"token": link["token"]}).status == 404

    return send


@pattern("`POST /boards/{board_id}/join_requests`")
def _(at: Typical) -> Act:
    user = at.another_user()
    return lambda: well(user.post(f"/boards/{at.board}/join_requests", {"message": "May I add what I have found?"}))


@pattern("`GET /boards/{board_id}/join_requests`, 25 of many")
def _(at: Typical) -> Act:
    for _ in range(30):
        ask(at.another_user(), at.board, message="May I add what I have found?")
    return lambda: well(at.user.get(f"/boards/{at.board}/join_requests"))


@pattern("`POST /boards/{board_id}/join_requests/{username}`")
def _(at: Typical) -> Act:
    user = at.another_user()
    ask(user, at.board)
    return lambda: well(at.user.post(f"/boards/{at.board}/join_requests/{user.username}"))


@pattern("`DELETE /boards/{board_id}/join_requests/{username}`")
def _(at: Typical) -> Act:
    user = at.another_user()
    ask(user, at.board)
    return lambda: well(at.user.delete(f"/boards/{at.board}/join_requests/{user.username}"))
