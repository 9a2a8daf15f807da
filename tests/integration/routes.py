"""Every write of the API with what it needs to be there: for tests that go through all of them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.integration import things
from tests.integration.things import a_pin, a_section, an_upload, pin_on
from tests.support.api import Client, Reply
from tests.support.people import a_user
from tests.support.social import block, follow, follow_board
from tests.support.stored import make_private
from tests.support.together import a_link, a_member, ask, invite


def a_board(user: Client, name: str = "A board") -> str:
    """Named alike each time, so that two runs can be compared."""
    return things.a_board(user, name=name)


@dataclass(frozen=True)
class Write:
    """A request ready to be sent, also again."""

    user: Client
    method: str
    path: str
    body: Any = None

    def send(self, key: str | None = None) -> Reply:
        headers = {} if key is None else {"Idempotency-Key": key}
        return self.user.request(self.method, self.path, self.body, headers=headers)

    @property
    def takes_a_key(self) -> bool:
        return self.method == "POST"


type Prepare = Callable[[Client], Write]

WRITES: dict[str, Prepare] = {}


def _write(prepare: Prepare) -> Prepare:
    WRITES[prepare.__name__] = prepare
    return prepare


@_write
def create_board(user: Client) -> Write:
    return Write(user, "POST", "/boards", {"name": "A secret board", "privacy": "SECRET"})


@_write
def rename_board(user: Client) -> Write:
    board = a_board(user)
    return Write(user, "PATCH", f"/boards/{board}", {"name": "Another name"})


@_write
def describe_board(user: Client) -> Write:
    board = a_board(user)
    return Write(user, "PATCH", f"/boards/{board}", {"description": "What it is for"})


@_write
def delete_board(user: Client) -> Write:
    board = a_board(user)
    a_pin(user, board, a_section(user, board))
    return Write(user, "DELETE", f"/boards/{board}")


@_write
def archive_board(user: Client) -> Write:
    return Write(user, "POST", f"/boards/{a_board(user)}/archive")


@_write
def restore_board_from_the_archive(user: Client) -> Write:
    board = a_board(user)
    user.post(f"/boards/{board}/archive")
    return Write(user, "POST", f"/boards/{board}/restore")


@_write
def restore_board_from_the_trash(user: Client) -> Write:
    board = a_board(user)
    a_pin(user, board, a_section(user, board))
    user.delete(f"/boards/{board}")
    return Write(user, "POST", f"/boards/{board}/restore", {"name": "Another name"})


@_write
def merge_boards(user: Client) -> Write:
    source, target = a_board(user), a_board(user, name="Another board")
    a_pin(user, source, a_section(user, source))
    return Write(user, "POST", f"/boards/{source}/merge", {"into": target})


@_write
def delete_board_for_good(user: Client) -> Write:
    board = a_board(user)
    a_pin(user, board, a_section(user, board))
    user.delete(f"/boards/{board}")
    return Write(user, "DELETE", f"/user_account/trash/boards/{board}")


@_write
def create_section(user: Client) -> Write:
    board = a_board(user)
    return Write(user, "POST", f"/boards/{board}/sections", {"name": "A section"})


@_write
def rename_section(user: Client) -> Write:
    board = a_board(user)
    section = a_section(user, board)
    return Write(user, "PATCH", f"/boards/{board}/sections/{section}", {"name": "Another name"})


@_write
def delete_section(user: Client) -> Write:
    board = a_board(user)
    section = a_section(user, board)
    a_pin(user, board, section)
    return Write(user, "DELETE", f"/boards/{board}/sections/{section}")


@_write
def create_pin(user: Client) -> Write:
    board = a_board(user)
    return Write(user, "POST", "/pins", pin_on(board, a_section(user, board)))


@_write
def create_pin_with_uploads(user: Client) -> Write:
    return Write(user, "POST", "/pins", pin_on(a_board(user), media_source=an_upload(2)))


@_write
def edit_pin(user: Client) -> Write:
    pin = a_pin(user, a_board(user))
    return Write(user, "PATCH", f"/pins/{pin}", {"title": "A title"})


@_write
def move_pin_to_another_board(user: Client) -> Write:
    board, other = a_board(user), a_board(user, name="Another board")
    pin, section = a_pin(user, board, a_section(user, board)), a_section(user, other)
    return Write(user, "PATCH", f"/pins/{pin}", {"board_id": other, "board_section_id": section})


@_write
def move_pin_to_another_section(user: Client) -> Write:
    board = a_board(user)
    pin, section = a_pin(user, board, a_section(user, board)), a_section(user, board)
    return Write(user, "PATCH", f"/pins/{pin}", {"board_section_id": section})


@_write
def delete_pin(user: Client) -> Write:
    board = a_board(user)
    pin = a_pin(user, board, a_section(user, board), media_source=an_upload())
    return Write(user, "DELETE", f"/pins/{pin}")


@_write
def restore_pin(user: Client) -> Write:
    board = a_board(user)
    pin = a_pin(user, board, a_section(user, board), media_source=an_upload())
    user.delete(f"/pins/{pin}")
    return Write(user, "POST", f"/pins/{pin}/restore")


@_write
def delete_pin_for_good(user: Client) -> Write:
    pin = a_pin(user, a_board(user), media_source=an_upload())
    user.delete(f"/pins/{pin}")
    return Write(user, "DELETE", f"/user_account/trash/pins/{pin}")


@_write
def save_pin(user: Client) -> Write:
    source, board = a_board(user), a_board(user, name="Another board")
    pin = a_pin(user, source, media_source=an_upload())
    return Write(user, "POST", f"/pins/{pin}/save", {"board_id": board, "board_section_id": a_section(user, board)})


@_write
def save_pin_without_a_board(user: Client) -> Write:
    return Write(user, "POST", f"/pins/{a_pin(user, a_board(user))}/save")


@_write
def describe_oneself(user: Client) -> Write:
    return Write(user, "PATCH", "/user_account", {"about": "Any words", "featured_board_ids": [a_board(user)]})


@_write
def upload_another_avatar(user: Client) -> Write:
    assert user.patch("/user_account", {"avatar": an_upload()}).status == 200
    return Write(user, "PATCH", "/user_account", {"avatar": an_upload()})


@_write
def delete_account(user: Client) -> Write:
    a_pin(user, a_board(user))
    a_pin(user, a_board(user, name="Another board"), media_source=an_upload())
    follow(user, a_user())
    follow(a_user(), user)
    return Write(user, "DELETE", "/user_account")


@_write
def create_export(user: Client) -> Write:
    a_pin(user, a_board(user))
    return Write(user, "POST", "/user_account/exports", {})


@_write
def create_import(user: Client) -> Write:
    return Write(user, "POST", "/user_account/imports", {"size": 1000})


@_write
def start_import(user: Client) -> Write:
    """Of an archive that was never uploaded."""
    made = user.post("/user_account/imports", {"size": 1000})
    return Write(user, "POST", f"/user_account/imports/{made.json['id']}/start", {})


@_write
def follow_user(user: Client) -> Write:
    return Write(user, "POST", f"/user_account/following/{a_user().username}")


@_write
def ask_to_follow(user: Client) -> Write:
    other = a_user()
    make_private(other)
    return Write(user, "POST", f"/user_account/following/{other.username}")


@_write
def unfollow_user(user: Client) -> Write:
    other = a_user()
    follow(user, other)
    return Write(user, "DELETE", f"/user_account/following/{other.username}")


@_write
def remove_follower(user: Client) -> Write:
    other = a_user()
    follow(other, user)
    return Write(user, "DELETE", f"/user_account/followers/{other.username}")


def _who_asks(user: Client) -> Client:
    other = a_user()
    make_private(user)
    follow(other, user)
    return other


@_write
def approve_follow_request(user: Client) -> Write:
    return Write(user, "POST", f"/user_account/follow_requests/{_who_asks(user).username}")


@_write
def decline_follow_request(user: Client) -> Write:
    return Write(user, "DELETE", f"/user_account/follow_requests/{_who_asks(user).username}")


@_write
def follow_single_board(user: Client) -> Write:
    return Write(user, "POST", f"/user_account/following/boards/{a_board(a_user())}")


@_write
def unfollow_board(user: Client) -> Write:
    board = a_board(a_user())
    follow_board(user, board)
    return Write(user, "DELETE", f"/user_account/following/boards/{board}")


@_write
def unfollow_board_of_followed_user(user: Client) -> Write:
    other = a_user()
    follow(user, other)
    return Write(user, "DELETE", f"/user_account/following/boards/{a_board(other)}")


@_write
def block_user(user: Client) -> Write:
    other = a_user()
    follow(user, other)
    follow(other, user)
    follow_board(user, a_board(other))
    follow_board(other, a_board(user))
    return Write(user, "POST", f"/user_account/blocks/{other.username}")


@_write
def unblock_user(user: Client) -> Write:
    other = a_user()
    block(user, other)
    return Write(user, "DELETE", f"/user_account/blocks/{other.username}")


def _on_a_board(user: Client) -> tuple[str, Client]:
    """A board of the user's with a member."""
    board = a_board(user)
    return board, a_member(user, board)


@_write
def change_role(user: Client) -> Write:
    board, member = _on_a_board(user)
    return Write(user, "PATCH", f"/boards/{board}/collaborators/{member.username}", {"role": "editor"})


@_write
def delete_collaborator(user: Client) -> Write:
    board, member = _on_a_board(user)
    a_pin(member, board)
    return Write(user, "DELETE", f"/boards/{board}/collaborators/{member.username}")


@_write
def delete_own_membership(user: Client) -> Write:
    owner = a_user()
    board = a_board(owner)
    invite(owner, board, user)
    user.post(f"/user_account/invitations/{board}")
    return Write(user, "DELETE", f"/boards/{board}/collaborators/{user.username}")


@_write
def delete_board_with_people(user: Client) -> Write:
    board, _ = _on_a_board(user)
    invite(user, board, a_user())
    ask(a_user(), board)
    a_link(user, board)
    return Write(user, "DELETE", f"/boards/{board}")


@_write
def give_board_away(user: Client) -> Write:
    board, member = _on_a_board(user)
    return Write(user, "POST", f"/boards/{board}/transfer", {"username": member.username, "name": "Another name"})


@_write
def create_invitation(user: Client) -> Write:
    body = {"username": a_user().username, "role": "editor"}
    return Write(user, "POST", f"/boards/{a_board(user)}/invitations", body)


@_write
def delete_invitation(user: Client) -> Write:
    board, other = a_board(user), a_user()
    invite(user, board, other)
    return Write(user, "DELETE", f"/boards/{board}/invitations/{other.username}")


def _invited_to(user: Client) -> str:
    owner = a_user()
    board = a_board(owner)
    invite(owner, board, user)
    return board


@_write
def accept_invitation(user: Client) -> Write:
    board = _invited_to(user)
    ask(user, board)
    return Write(user, "POST", f"/user_account/invitations/{board}")


@_write
def delete_received_invitation(user: Client) -> Write:
    return Write(user, "DELETE", f"/user_account/invitations/{_invited_to(user)}")


@_write
def create_invitation_link(user: Client) -> Write:
    return Write(user, "POST", f"/boards/{a_board(user)}/invitation_links", {"role": "viewer", "max_uses": 3})


@_write
def delete_invitation_link(user: Client) -> Write:
    board = a_board(user)
    return Write(user, "DELETE", f"/boards/{board}/invitation_links/{a_link(user, board)['id']}")


@_write
def accept_invitation_link(user: Client) -> Write:
    owner = a_user()
    token = a_link(owner, a_board(owner), max_uses=1)["token"]
    return Write(user, "POST", "/invitation_links/accept", {"token": token})


@_write
def create_join_request(user: Client) -> Write:
    return Write(user, "POST", f"/boards/{a_board(a_user())}/join_requests", {"message": "May I?"})


@_write
def approve_join_request(user: Client) -> Write:
    board, other = a_board(user), a_user()
    ask(other, board)
    return Write(user, "POST", f"/boards/{board}/join_requests/{other.username}")


@_write
def delete_join_request(user: Client) -> Write:
    board, other = a_board(user), a_user()
    ask(other, board)
    return Write(user, "DELETE", f"/boards/{board}/join_requests/{other.username}")


@_write
def move_board(user: Client) -> Write:
    board, other = a_board(user), a_board(user, name="Another board")
    return Write(user, "PATCH", f"/boards/{other}/position", {"after": board})


@_write
def move_section(user: Client) -> Write:
    board = a_board(user)
    section, other = a_section(user, board), a_section(user, board)
    return Write(user, "PATCH", f"/boards/{board}/sections/{section}/position", {"after": other})


@_write
def move_pin(user: Client) -> Write:
    board = a_board(user)
    low, _, high = (a_pin(user, board) for _ in range(3))
    return Write(user, "PATCH", f"/pins/{low}/position", {"after": high})


@_write
def choose_cover(user: Client) -> Write:
    board = a_board(user)
    pin, _ = a_pin(user, board), a_pin(user, board)
    return Write(user, "PATCH", f"/boards/{board}/cover", {"pin_id": pin})


@_write
def move_pins(user: Client) -> Write:
    source, board = a_board(user), a_board(user, name="Another board")
    pins = [a_pin(user, source, a_section(user, source)), a_pin(user, source)]
    body = {"pin_ids": pins, "board_section_id": a_section(user, board)}
    return Write(user, "POST", f"/boards/{board}/pins/move", body)


@_write
def copy_pins(user: Client) -> Write:
    source, board = a_board(user), a_board(user, name="Another board")
    pins = [a_pin(user, source, media_source=an_upload()), a_pin(user, source)]
    body = {"pin_ids": pins, "board_section_id": a_section(user, board)}
    return Write(user, "POST", f"/boards/{board}/pins/copy", body)
