"""Boards, sections and pins made through the API. Only what a test names matters; the rest is anything."""

from itertools import count
from typing import Any

from tests.support.api import Client, Reply
from tests.support.pictures import a_png, base64
from tests.support.wire import ANY_PICTURE, Refusal

_numbers = count(1)


def a_board(owner: Client, /, **fields: Any) -> str:
    """The id of a new board."""
    return _id(owner.post("/boards", {"name": f"Any board {next(_numbers)}"} | fields))


def a_section(owner: Client, board_id: str, name: str = "Any section") -> str:
    """The id of a new section."""
    return _id(owner.post(f"/boards/{board_id}/sections", {"name": name}))


def a_pin(owner: Client, board_id: str, /, **fields: Any) -> str:
    """The id of a new pin."""
    return _id(owner.post("/pins", {"board_id": board_id, "media_source": ANY_PICTURE} | fields))


def a_trashed_board(owner: Client, /, **fields: Any) -> str:
    """The id of a board in its owner's trash."""
    board_id = a_board(owner, **fields)
    assert owner.delete(f"/boards/{board_id}").status == 204
    return board_id


def a_trashed_pin(owner: Client, board_id: str, /, **fields: Any) -> str:
    """The id of a pin in the trash of who added it."""
    pin_id = a_pin(owner, board_id, **fields)
    assert owner.delete(f"/pins/{pin_id}").status == 204
    return pin_id


def delete_for_good(owner: Client, path: str) -> None:
    """Delete a board or a pin, and take it out of the trash."""
    assert owner.delete(path).status == 204
    assert owner.delete(f"/user_account/trash{path}").status == 204


def an_upload(content: bytes | None = None, content_type: str = "image/png") -> dict[str, str]:
    """A ``media_source`` with a picture in it."""
    data = base64(a_png() if content is None else content)
    return {"source_type": "image_base64", "content_type": content_type, "data": data}


def ids(reply: Reply) -> list[str]:
    """The ids of a page, in its order."""
    assert reply.status == 200, reply.text
    return [item["id"] for item in reply.json["items"]]


def refusal(reply: Reply) -> Refusal:
    """Status and code of an error (or of the answer that something is elsewhere), which has a message too."""
    assert reply.status >= 300, reply.text
    assert reply.json["message"]
    return Refusal(reply.status, reply.json["code"])


def _id(reply: Reply) -> str:
    assert reply.status == 201, reply.text
    return str(reply.json["id"])
