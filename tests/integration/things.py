"""What tests need to be there, made through the API."""

from itertools import count
from typing import Any

from tests.support.api import Client, Reply
from tests.support.pictures import a_png, base64

A_PICTURE = {"source_type": "image_url", "url": "https://pictures.example/2026/11/the-name-of-a-picture-0123456789.jpg"}
_numbers = count(1)


def a_board(user: Client, **fields: Any) -> str:
    return made(user.post("/boards", {"name": f"Board {next(_numbers)}", **fields}))


def a_section(user: Client, board_id: str, name: str = "A section") -> str:
    return made(user.post(f"/boards/{board_id}/sections", {"name": name}))


def a_pin(user: Client, board_id: str, section_id: str | None = None, **fields: Any) -> str:
    return made(user.post("/pins", pin_on(board_id, section_id, **fields)))


def delete_for_good(user: Client, path: str) -> None:
    """Delete a board or a pin, and take it out of the trash."""
    assert user.delete(path).status == 204
    assert user.delete(f"/user_account/trash{path}").status == 204


def pin_on(board_id: str, section_id: str | None = None, **fields: Any) -> dict[str, Any]:
    return {"board_id": board_id, "board_section_id": section_id, "media_source": A_PICTURE, **fields}


def an_upload(pictures: int = 1) -> dict[str, Any]:
    """The ``media_source`` of a pin with this many pictures."""
    data = {"content_type": "image/png", "data": base64(a_png())}
    if pictures == 1:
        return {"source_type": "image_base64", **data}
    return {"source_type": "multiple_image_base64", "items": [data] * pictures}


def made(reply: Reply) -> str:
    assert reply.status == 201, reply.text
    thing_id: str = reply.json["id"]
    return thing_id
