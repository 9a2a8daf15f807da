"""What people on one board are told when another of them comes between their read and their write."""

from collections.abc import Callable
from typing import NamedTuple

import pytest

from tests.functional.conftest import Interpose
from tests.support.api import Client, Reply
from tests.support.content import a_board, a_pin, ids, refusal
from tests.support.people import a_user
from tests.support.stored import everything
from tests.support.together import a_link, a_member, ask, invite
from tests.support.wire import ANY_PICTURE, BOARD_NOT_FOUND, CONFLICT, NOT_FOUND, NOT_PERMITTED, Refusal


class World(NamedTuple):
    """A board with two members; somebody who is invited, somebody who asks, and a link that lets one in."""

    owner: Client
    member: Client
    other: Client
    invited: Client
    asking: Client
    board: str
    link: str
    token: str

    @property
    def path(self) -> str:
        return f"/boards/{self.board}"


@pytest.fixture
def world() -> World:
    owner, invited, asking = a_user(), a_user(), a_user()
    board = a_board(owner)
    member, other = a_member(owner, board), a_member(owner, board)
    invite(owner, board, invited)
    ask(asking, board)
    link = a_link(owner, board, max_uses=1)
    return World(owner, member, other, invited, asking, board, link["id"], link["token"])


type Act = Callable[[World], Reply]


def accept(w: World) -> Reply:
    return w.invited.post(f"/user_account/invitations/{w.board}")


def decline(w: World) -> Reply:
    return w.invited.delete(f"/user_account/invitations/{w.board}")


def revoke(w: World) -> Reply:
    return w.owner.delete(f"{w.path}/invitations/{w.invited.username}")


def invite_again(w: World) -> Reply:
    return w.owner.post(f"{w.path}/invitations", {"username": w.invited.username, "role": "viewer"})


def invite_another(w: World) -> Reply:
    return w.owner.post(f"{w.path}/invitations", {"username": w.asking.username, "role": "viewer"})


def use_link(w: World) -> Reply:
    return w.invited.post("/invitation_links/accept", {"token": w.token})


def use_link_too(w: World) -> Reply:
    return w.asking.post("/invitation_links/accept", {"token": w.token})


def revoke_link(w: World) -> Reply:
    return w.owner.delete(f"{w.path}/invitation_links/{w.link}")


def make_link(w: World) -> Reply:
    return w.owner.post(f"{w.path}/invitation_links", {"role": "viewer"})


def ask_again(w: World) -> Reply:
    return w.asking.post(f"{w.path}/join_requests", {"role": "editor"})


def ask_anew(w: World) -> Reply:
    return w.invited.post(f"{w.path}/join_requests", {})


def approve(w: World) -> Reply:
    return w.owner.post(f"{w.path}/join_requests/{w.asking.username}", {})


def withdraw(w: World) -> Reply:
    return w.asking.delete(f"{w.path}/join_requests/{w.asking.username}")


def remove(w: World) -> Reply:
    return w.owner.delete(f"{w.path}/collaborators/{w.member.username}")


def leave(w: World) -> Reply:
    return w.member.delete(f"{w.path}/collaborators/{w.member.username}")


def change_role(w: World) -> Reply:
    return w.owner.patch(f"{w.path}/collaborators/{w.member.username}", {"role": "viewer"})


def give_to_member(w: World) -> Reply:
    return w.owner.post(f"{w.path}/transfer", {"username": w.member.username})


def give_to_other(w: World) -> Reply:
    return w.owner.post(f"{w.path}/transfer", {"username": w.other.username})


def rename(w: World) -> Reply:
    return w.owner.patch(w.path, {"name": "Another name"})


def describe(w: World) -> Reply:
    return w.owner.patch(w.path, {"description": "Any"})


def delete(w: World) -> Reply:
    return w.owner.delete(w.path)


RACES: list[tuple[Act, Act, Refusal]] = [
    (accept, revoke, NOT_FOUND),
    (accept, decline, NOT_FOUND),
    (accept, accept, CONFLICT),
    (accept, invite_again, CONFLICT),
    (accept, use_link, CONFLICT),
    (accept, delete, BOARD_NOT_FOUND),
    (decline, accept, NOT_FOUND),
    (decline, invite_again, CONFLICT),
    (revoke, accept, NOT_FOUND),
    (revoke, give_to_member, CONFLICT),
    (invite_again, accept, CONFLICT),
    (invite_again, revoke, CONFLICT),
    (invite_another, delete, BOARD_NOT_FOUND),
    (invite_another, give_to_member, CONFLICT),
    (use_link, use_link_too, NOT_FOUND),
    (use_link, use_link, CONFLICT),
    (use_link, revoke_link, NOT_FOUND),
    (use_link, accept, CONFLICT),
    (use_link, delete, BOARD_NOT_FOUND),
    (revoke_link, revoke_link, NOT_FOUND),
    (make_link, give_to_member, CONFLICT),
    (make_link, delete, BOARD_NOT_FOUND),
    (approve, withdraw, NOT_FOUND),
    (approve, approve, CONFLICT),
    (approve, ask_again, CONFLICT),
    (approve, use_link_too, CONFLICT),
    (approve, give_to_member, CONFLICT),
    (withdraw, approve, NOT_FOUND),
    (ask_again, approve, CONFLICT),
    (ask_anew, delete, BOARD_NOT_FOUND),
    (remove, leave, NOT_FOUND),
    (remove, give_to_other, CONFLICT),
    (leave, remove, NOT_FOUND),
    (change_role, leave, NOT_FOUND),
    (change_role, give_to_member, NOT_FOUND),
    (give_to_member, give_to_other, CONFLICT),
    (give_to_member, give_to_member, CONFLICT),
    (give_to_member, leave, CONFLICT),
    (give_to_member, rename, CONFLICT),
    (give_to_member, delete, CONFLICT),
    (rename, give_to_member, CONFLICT),
    (describe, give_to_member, NOT_PERMITTED),
    (delete, give_to_member, NOT_PERMITTED),
]


@pytest.mark.parametrize(
    ("mine", "theirs", "expected"),
    [pytest.param(*race, id=f"{race[0].__name__}-{race[1].__name__}") for race in RACES],
)
def test_who_comes_second_is_told_what_happened_and_writes_nothing(
    mine: Act, theirs: Act, expected: Refusal, world: World, meanwhile: Interpose
) -> None:
    after_theirs: list[object] = []

    def act() -> None:
        assert theirs(world).status in (200, 201, 204)
        after_theirs.append(everything())

    meanwhile(act)

    assert refusal(mine(world)) == expected
    assert [everything()] == after_theirs


@pytest.mark.parametrize(("mine", "theirs"), [(accept, accept), (use_link, use_link), (approve, approve)])
def test_who_joined_in_another_request_of_theirs_is_in_when_they_try_again(
    mine: Act, theirs: Act, world: World, meanwhile: Interpose
) -> None:
    meanwhile(lambda: theirs(world))

    assert refusal(mine(world)) == CONFLICT
    assert mine(world).status == 201
    assert world.owner.get(world.path).json["collaborator_count"] == 3


@pytest.mark.parametrize("theirs", [remove, change_role, give_to_other])
def test_a_pin_whose_sender_was_let_in_is_added_and_the_next_is_judged_anew(
    theirs: Act, world: World, meanwhile: Interpose
) -> None:
    body = {"board_id": world.board, "media_source": ANY_PICTURE}
    meanwhile(lambda: theirs(world))
    first, second = world.member.post("/pins", body), world.member.post("/pins", body)

    assert first.status == 201
    if theirs is give_to_other:
        assert second.status == 201
    else:
        assert refusal(second) == NOT_PERMITTED
    added = ids(world.owner.get(f"{world.path}/pins"))
    assert len(added) == world.owner.get(world.path).json["pin_count"] == (2 if theirs is give_to_other else 1)


def test_an_edit_that_was_let_in_before_its_sender_was_removed_is_kept(world: World, meanwhile: Interpose) -> None:
    pin = a_pin(world.member, world.board)
    meanwhile(lambda: remove(world))

    assert world.member.patch(f"/pins/{pin}", {"title": "Mine"}).status == 200
    assert refusal(world.member.patch(f"/pins/{pin}", {"title": "Again"})) == NOT_PERMITTED
    assert world.owner.get(f"/pins/{pin}").json["title"] == "Mine"
