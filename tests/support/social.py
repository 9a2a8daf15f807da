"""What people do to each other, through the API."""

from typing import Any

from tests.support.api import Client


def follow(user: Client, other: Client) -> str:
    """The state that it answers."""
    reply = user.post(f"/user_account/following/{other.username}")
    assert reply.status == 201, reply.text
    return str(reply.json["follow_state"])


def unfollow(user: Client, other: Client) -> None:
    _done(user, f"/user_account/following/{other.username}")


def follow_board(user: Client, board_id: str) -> None:
    reply = user.post(f"/user_account/following/boards/{board_id}")
    assert reply.status == 201, reply.text
    assert reply.json["id"] == board_id


def unfollow_board(user: Client, board_id: str) -> None:
    _done(user, f"/user_account/following/boards/{board_id}")


def approve(user: Client, other: Client) -> None:
    reply = user.post(f"/user_account/follow_requests/{other.username}")
    assert reply.status == 201, reply.text
    assert reply.json == {"username": other.username, "type": "user"}


def block(user: Client, other: Client) -> None:
    reply = user.post(f"/user_account/blocks/{other.username}")
    assert reply.status == 201, reply.text
    assert reply.json == {"username": other.username, "type": "user"}


def unblock(user: Client, other: Client) -> None:
    _done(user, f"/user_account/blocks/{other.username}")


def names(user: Client, path: str) -> list[str]:
    """The usernames of a list, on however many pages."""
    items: list[Any] = [item for page in user.pages(path) for item in page]
    assert all(item["type"] == "user" for item in items)
    return [item["username"] for item in items]


def boards_followed_by(user: Client, *, explicit: bool = False, page_size: int = 25) -> list[str]:
    """The ids of the boards that a user follows."""
    path = f"/user_account/following/boards?page_size={page_size}&explicit_following={explicit}"
    return [board["id"] for page in user.pages(path) for board in page]


def _done(user: Client, path: str) -> None:
    reply = user.delete(path)
    assert reply.status == 204, reply.text
