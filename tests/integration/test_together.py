"""People on one board at the same time: what comes between, and what comes at once."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import pytest

from tests.integration.copies import Original
from tests.integration.local_cloud import LocalCloud
from tests.integration.parallel import answers, at_once
from tests.integration.races import SUCCESS, assert_settles, interleavings
from tests.integration.stream import Stream, table_after
from tests.integration.things import a_board, a_pin, pin_on
from tests.integration.truth import assert_exact
from tests.integration.wire import Wire
from tests.support.api import Client, Reply
from tests.support.people import a_user
from tests.support.together import a_link, a_member, ask, invite

REFUSED = {400, 403, 404, 409}
"""400: the body names somebody who works on the board by then, or does not any more."""


@dataclass(frozen=True)
class Scene:
    """A board with two members, one of whom added a pin; somebody who is invited and asks; a link that lets one in."""

    owner: Client
    member: Client
    other: Client
    newcomer: Client
    stranger: Client
    board: str
    pin: str
    link: str
    token: str

    def accept(self) -> Reply:
        return self.newcomer.post(f"/user_account/invitations/{self.board}")

    def decline(self) -> Reply:
        return self.newcomer.delete(f"/user_account/invitations/{self.board}")

    def revoke(self) -> Reply:
        return self.owner.delete(f"/boards/{self.board}/invitations/{self.newcomer.username}")

    def invite_again(self) -> Reply:
        body = {"username": self.newcomer.username, "role": "viewer"}
        return self.owner.post(f"/boards/{self.board}/invitations", body)

    def approve(self) -> Reply:
        return self.owner.post(f"/boards/{self.board}/join_requests/{self.newcomer.username}")

    def withdraw(self) -> Reply:
        return self.newcomer.delete(f"/boards/{self.board}/join_requests/{self.newcomer.username}")

    def use_link(self) -> Reply:
        return self.newcomer.post("/invitation_links/accept", {"token": self.token})

    def use_link_too(self) -> Reply:
        return self.stranger.post("/invitation_links/accept", {"token": self.token})

    def revoke_link(self) -> Reply:
        return self.owner.delete(f"/boards/{self.board}/invitation_links/{self.link}")

    def change_role(self) -> Reply:
        return self.owner.patch(f"/boards/{self.board}/collaborators/{self.member.username}", {"role": "viewer"})

    def remove(self) -> Reply:
        return self.owner.delete(f"/boards/{self.board}/collaborators/{self.member.username}")

    def leave(self) -> Reply:
        return self.member.delete(f"/boards/{self.board}/collaborators/{self.member.username}")

    def give_to_member(self) -> Reply:
        return self.owner.post(f"/boards/{self.board}/transfer", {"username": self.member.username})

    def give_to_other(self) -> Reply:
        return self.owner.post(f"/boards/{self.board}/transfer", {"username": self.other.username})

    def add_pin(self) -> Reply:
        return self.member.post("/pins", pin_on(self.board))

    def edit_pin(self) -> Reply:
        return self.member.patch(f"/pins/{self.pin}", {"title": "A title"})

    def rename(self) -> Reply:
        return self.owner.patch(f"/boards/{self.board}", {"name": "Another name"})

    def delete(self) -> Reply:
        return self.owner.delete(f"/boards/{self.board}")


def a_scene() -> Scene:
    owner, newcomer, stranger = a_user(), a_user(), a_user()
    board = a_board(owner)
    member, other = a_member(owner, board), a_member(owner, board)
    invite(owner, board, newcomer)
    ask(newcomer, board)
    link = a_link(owner, board, max_uses=1)
    return Scene(owner, member, other, newcomer, stranger, board, a_pin(member, board), link["id"], link["token"])


@cache
def the_scene(cloud: LocalCloud) -> Original[Scene]:
    return Original(cloud, a_scene)


type Act = Callable[[Scene], Reply]

ACTS: list[Act] = [
    Scene.accept,
    Scene.decline,
    Scene.invite_again,
    Scene.approve,
    Scene.use_link,
    Scene.change_role,
    Scene.remove,
    Scene.leave,
    Scene.give_to_member,
    Scene.add_pin,
    Scene.edit_pin,
    Scene.rename,
    Scene.delete,
]
OTHERS: list[Act] = [
    Scene.accept,
    Scene.revoke,
    Scene.withdraw,
    Scene.approve,
    Scene.use_link_too,
    Scene.revoke_link,
    Scene.remove,
    Scene.give_to_member,
    Scene.give_to_other,
    Scene.delete,
]
"""What brings people in, takes them out, or takes away what others count on."""


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.__name__)
def test_everything_adds_up_whatever_comes_between(cloud: LocalCloud, wire: Wire, act: Act) -> None:
    for other in OTHERS:
        for stream, reply in interleavings(cloud, wire, the_scene(cloud), act, other, clean_up=other is Scene.delete):
            assert reply.status in SUCCESS | REFUSED, (other.__name__, reply.text)
            assert_settles(stream)


@pytest.mark.parametrize(
    ("act", "other"),
    [
        (Scene.accept, Scene.revoke),
        (Scene.use_link, Scene.use_link_too),
        (Scene.use_link, Scene.revoke_link),
        (Scene.approve, Scene.withdraw),
        (Scene.give_to_member, Scene.give_to_other),
        (Scene.give_to_member, Scene.remove),
        (Scene.rename, Scene.give_to_member),
        (Scene.delete, Scene.give_to_member),
        (Scene.change_role, Scene.remove),
    ],
    ids=lambda act: act.__name__,
)
def test_of_two_that_exclude_each_other_one_is_done_wherever_the_other_comes(
    cloud: LocalCloud, wire: Wire, act: Act, other: Act
) -> None:
    replies = [reply for _, reply in interleavings(cloud, wire, the_scene(cloud), act, other)]
    assert replies
    assert {reply.status for reply in replies} <= REFUSED


def test_a_link_for_three_lets_in_three_of_twenty_who_come_at_once(stream: Stream) -> None:
    owner = a_user()
    board = a_board(owner)
    token = a_link(owner, board, max_uses=3)["token"]
    users = [a_user() for _ in range(20)]
    replies = at_once(lambda user=user: user.post("/invitation_links/accept", {"token": token}) for user in users)
    assert answers(replies).keys() <= {(201, None), (404, 404), (409, 409)}
    # A conflict that lasts is a documented answer; who got it tries again, until the link is used up.
    again = [user.post("/invitation_links/accept", {"token": token}) for user in users]
    assert answers(again) == {(201, None): 3, (404, 404): 17}
    assert owner.get(f"/boards/{board}").json["collaborator_count"] == 3
    assert_exact(table_after(stream.records()))


def test_who_accepts_many_times_at_once_is_a_member_once(stream: Stream) -> None:
    owner, user = a_user(), a_user()
    board = a_board(owner)
    invite(owner, board, user)
    replies = at_once(lambda: user.post(f"/user_account/invitations/{board}") for _ in range(10))
    assert answers(replies).keys() <= {(201, None), (404, 404), (409, 409)}
    assert answers(replies)[201, None] >= 1
    assert owner.get(f"/boards/{board}").json["collaborator_count"] == 1
    assert_exact(table_after(stream.records()))


def test_a_board_that_is_given_to_many_at_once_has_one_owner(stream: Stream) -> None:
    owner = a_user()
    board = a_board(owner)
    members = [a_member(owner, board) for _ in range(5)]
    replies = at_once(
        lambda member=member: owner.post(f"/boards/{board}/transfer", {"username": member.username})
        for member in members
    )
    assert answers(replies).keys() <= {(201, None), (403, 29), (409, 409)}
    assert answers(replies)[201, None] == 1
    roles = [user.get(f"/boards/{board}").json["role"] for user in (owner, *members)]
    assert sorted(roles) == ["contributor"] * 4 + ["editor", "owner"]
    assert_exact(table_after(stream.records()))
