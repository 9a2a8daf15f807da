"""The deployed system through HTTP: what only the real gateway, authorizer, stream and bucket can show."""

import base64
import gzip
import json
import struct
import time
import zlib
from collections.abc import Callable
from typing import Any
from urllib.request import Request, urlopen

from tests.e2e.client import Http, Stack


def test_requests_without_a_good_token_are_refused(stack: Stack, alice: Http) -> None:
    header, payload, signature = alice.token.split(".")
    claims = json.loads(base64.urlsafe_b64decode(payload + "==="))
    tokens = {
        "none": None,
        "not a token": "abc",
        "altered": ".".join((header, _claims(claims | {"sub": "someone-else"}), signature)),
        "unsigned": ".".join((_claims({"alg": "none", "typ": "JWT"}), payload, "")),
        "expired": ".".join((header, _claims(claims | {"exp": 1}), signature)),
        "wrong audience": ".".join((header, _claims(claims | {"client_id": "other"}), signature)),
    }
    statuses = {name: Http(stack.api_url, token).get("/boards").status for name, token in tokens.items()}
    assert statuses == dict.fromkeys(tokens, 401)


def test_a_narrow_token_is_told_which_scope_it_lacks(stack: Stack) -> None:
    reply = stack.user("alice", "boards:read").post("/boards", {"name": "x"})
    assert (reply.status, reply.json["code"]) == (401, 3)
    assert "boards:write" in reply.json["message"]


def test_paths_and_methods_without_a_route_get_the_error_body(stack: Stack) -> None:
    nobody = Http(stack.api_url, None)
    assert nobody.get("/nothing/here").json["code"] == 404
    refused = nobody.request("PUT", "/boards")
    assert (refused.status, refused.json["code"], refused.headers["allow"]) == (405, 5, "GET, POST")


def test_the_description_is_served_to_anyone(stack: Stack) -> None:
    served = Http(stack.api_url, None).get("/openapi.json")
    assert served.status == 200
    assert served.json["openapi"] == "3.1.0"


def test_answers_are_compressed_when_asked(alice: Http) -> None:
    assert alice.get("/user_account", accept_encoding="gzip").headers["content-encoding"] == "gzip"


def test_a_conditional_read_and_a_stale_write(alice: Http, a_name: str) -> None:
    board = alice.post("/boards", {"name": a_name})
    path, etag = f"/boards/{board.json['id']}", board.headers["etag"]
    assert alice.get(path, if_none_match=etag).status == 304
    assert alice.patch(path, {"description": "new"}, if_match=etag).status == 200
    assert alice.patch(path, {"description": "newer"}, if_match=etag).status == 412


def test_a_repeated_post_gets_the_first_answer(alice: Http, a_name: str) -> None:
    first = alice.post("/boards", {"name": a_name}, idempotency_key=a_name)
    again = alice.post("/boards", {"name": a_name}, idempotency_key=a_name)
    assert (again.status, again.text) == (201, first.text)
    assert alice.post("/boards", {"name": "another"}, idempotency_key=a_name).status == 422


def test_an_uploaded_picture_can_be_looked_at_and_becomes_the_cover(alice: Http, a_name: str) -> None:
    board_id = alice.post("/boards", {"name": a_name}).json["id"]
    picture = png(64, 48)
    source = {
        "source_type": "image_base64",
        "content_type": "image/jpeg",
        "data": base64.b64encode(picture).decode(),
    }
    pin = alice.post("/pins", {"board_id": board_id, "media_source": source})
    assert pin.status == 201, pin.text
    original = pin.json["media"]["images"]["originals"]
    assert (original["width"], original["height"]) == (64, 48)
    with urlopen(original["url"], timeout=10) as response:
        assert (response.read(), response.headers["content-type"]) == (picture, "image/png")
    cover = eventually(lambda: alice.get(f"/boards/{board_id}").json.get("media"))
    assert cover["image_cover_url"] == original["url"]


def test_a_secret_board_is_hidden_from_others(alice: Http, bob: Http, a_name: str) -> None:
    board_id = alice.post("/boards", {"name": a_name, "privacy": "SECRET"}).json["id"]
    assert alice.get(f"/boards/{board_id}").status == 200
    hidden, missing = bob.get(f"/boards/{board_id}"), bob.get("/boards/1")
    assert (hidden.status, hidden.text) == (missing.status, missing.text) == (404, missing.text)


def test_a_purged_board_leaves_nothing_behind(stack: Stack, alice: Http, a_name: str) -> None:
    board_id = alice.post("/boards", {"name": a_name}).json["id"]
    section_id = alice.post(f"/boards/{board_id}/sections", {"name": "s"}).json["id"]
    source = {"source_type": "image_url", "url": "https://pictures.example/a.jpg"}
    pin = {"board_id": board_id, "board_section_id": section_id, "media_source": source}
    pin_ids = [alice.post("/pins", pin).json["id"] for _ in range(5)]
    assert alice.delete(f"/boards/{board_id}").status == 204
    assert {alice.get(f"/pins/{pin_id}").status for pin_id in pin_ids} == {404}
    assert board_id in [board["id"] for board in alice.get("/user_account/trash/boards").json["items"]]
    assert alice.delete(f"/user_account/trash/boards/{board_id}").status == 204
    assert eventually(lambda: not stack.items_naming(board_id))


def test_a_deleted_section_releases_its_pins(stack: Stack, alice: Http, a_name: str) -> None:
    board_id = alice.post("/boards", {"name": a_name}).json["id"]
    section_id = alice.post(f"/boards/{board_id}/sections", {"name": "s"}).json["id"]
    source = {"source_type": "image_url", "url": "https://pictures.example/a.jpg"}
    pin = {"board_id": board_id, "board_section_id": section_id, "media_source": source}
    pin_id = alice.post("/pins", pin).json["id"]
    assert alice.delete(f"/boards/{board_id}/sections/{section_id}").status == 204
    assert alice.get(f"/pins/{pin_id}").json["board_section_id"] is None
    assert eventually(lambda: not stack.items_naming(section_id))
    assert alice.get(f"/boards/{board_id}").json["pin_count"] == 1


def eventually(look: Callable[[], Any], seconds: float = 20) -> Any:
    """What ``look`` sees as soon as it is something; the stream takes a moment."""
    deadline = time.monotonic() + seconds
    while not (seen := look()) and time.monotonic() < deadline:
        time.sleep(0.2)
    return seen


def png(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + b"\x40\x80\x40" * width for _ in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunks


def _claims(values: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


def test_an_archive_is_taken_to_another_account_and_made_again_the_same(stack: Stack, alice: Http, a_name: str) -> None:
    board_id = alice.post("/boards", {"name": a_name}).json["id"]
    section_id = alice.post(f"/boards/{board_id}/sections", {"name": "s"}).json["id"]
    picture = {"source_type": "image_base64", "content_type": "image/png", "data": base64.b64encode(png(8, 8)).decode()}
    elsewhere = {"source_type": "image_url", "url": "https://pictures.example/a.jpg"}
    alice.post("/pins", {"board_id": board_id, "title": "first", "media_source": picture})
    alice.post("/pins", {"board_id": board_id, "board_section_id": section_id, "media_source": elsewhere})
    archive = _exported(alice)
    newcomer = stack.user("newcomer")

    made = newcomer.post("/user_account/imports", {"size": len(archive)}).json
    with urlopen(Request(made["upload"]["url"], archive, method="PUT"), timeout=10) as response:
        assert response.status == 200
    assert newcomer.post(f"/user_account/imports/{made['id']}/start", {}).status == 201
    done = eventually(lambda: _ended(newcomer, f"/user_account/imports/{made['id']}"))
    assert (done["status"], done["failure"]) == ("done", None)
    assert _content(_exported(newcomer)) == _content(archive)


def test_a_deleted_account_leaves_nothing_behind(stack: Stack) -> None:
    leaver = stack.user("leaver")
    user_id = leaver.get("/user_account").json["id"]
    board_id = leaver.post("/boards", {"name": "x"}).json["id"]
    source = {"source_type": "image_url", "url": "https://pictures.example/a.jpg"}
    leaver.post("/pins", {"board_id": board_id, "media_source": source})
    assert leaver.delete("/user_account").status == 204
    assert leaver.get("/user_account").status == 404

    def left() -> list[Any]:
        """But for the name, which is kept from others for a while."""
        return [item for item in stack.items_naming(user_id) if item["sk"] != {"S": "USERNAME"}]

    assert eventually(lambda: not left())


def _exported(user: Http) -> bytes:
    export_id = user.post("/user_account/exports", {}).json["id"]
    done = eventually(lambda: _ended(user, f"/user_account/exports/{export_id}"))
    with urlopen(done["download"]["url"], timeout=10) as response:
        content: bytes = response.read()
    return content


def _ended(user: Http, path: str) -> Any:
    job = user.get(path).json
    return job if job["status"] in ("done", "failed") else None


def _content(archive: bytes) -> bytes:
    """Without the first line, which says whose it is."""
    return gzip.decompress(archive).split(b"\n", 1)[1]


def test_a_board_is_found_by_others_until_it_turns_secret(alice: Http, bob: Http, a_name: str) -> None:
    word = "".join(letter for letter in a_name if letter.isalnum())
    board_id = alice.post("/boards", {"name": f"Crème brûlée {word}"}).json["id"]

    def found() -> list[str]:
        items = bob.get(f"/discover/search?q=creme+{word}").json["items"]
        return [item["board"]["id"] for item in items if word in item["board"]["name"]]

    assert eventually(found) == [board_id]
    assert alice.patch(f"/boards/{board_id}", {"privacy": "SECRET"}).status == 200
    assert found() == []
