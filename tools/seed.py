"""Demo data: a few people with boards, sections and pins, made through the HTTP API like anybody's."""

import base64
import json
import struct
import urllib.request
import zlib
from collections.abc import Mapping
from typing import Any

from tools.cloud import Stack
from tools.tokens import access_token

# user → board → what it is: (privacy, section → titles of its pins). The section "" stands for none.
PEOPLE: Mapping[str, Mapping[str, tuple[str, Mapping[str, list[str]]]]] = {
    "alice": {
        "Small kitchens": (
            "PUBLIC",
            {
                "": ["Open shelves", "A table for two"],
                "Lighting": ["Brass pendant", "Under the cupboards"],
                "Colours": ["Sage green", "Warm white"],
            },
        ),
        "Weekend hikes": ("PUBLIC", {"": ["Ridge walk", "Lake at dawn", "Old forest"]}),
        "Surprise party": ("SECRET", {"": ["Paper lanterns", "Lemon cake"]}),
    },
    "bob": {
        "Bikes to build": ("PUBLIC", {"": ["Steel frame"], "Wheels": ["36 spokes", "Dynamo hub"]}),
        "Portfolio": ("PROTECTED", {"": ["Poster", "Book cover"]}),
        "Ring ideas": ("SECRET", {"": ["Plain band"]}),
    },
    "carol": {
        "Bread": ("PUBLIC", {"": ["Rye", "Ciabatta"], "Starters": ["Day one", "Day seven"]}),
        "Balcony": ("PROTECTED", {"": ["Tomatoes", "Mint"]}),
    },
    "dave": {
        "Kitchens for tiny homes": ("PUBLIC", {"": ["Fold-down table", "Magnetic knife rail"]}),
        "Cargo bikes": ("PUBLIC", {"": ["Front box"]}),
    },
}

FOLLOWS = {"alice": ["bob", "carol"], "bob": ["alice", "dave"], "carol": ["alice"], "dave": ["bob"]}
# Who saves pins of others' boards to their own, and follows those boards: by this boards are alike, and trend.
SAVES = {
    ("dave", "Kitchens for tiny homes"): ("alice", "Small kitchens", ["Open shelves", "Brass pendant", "Sage green"]),
    ("dave", "Cargo bikes"): ("bob", "Bikes to build", ["Steel frame", "Dynamo hub"]),
}

PROFILES: Mapping[str, Mapping[str, Any]] = {
    "alice": {
        "display_name": "Alice Moreau",
        "about": "Small rooms, long walks.",
        "location": "Lyon",
        "pronouns": "she/her",
        "website_url": "https://alice.example",
        "avatar": {"source_type": "image_url", "url": "https://picsum.photos/seed/alice/400"},
    },
    "bob": {"display_name": "Bob Larsen", "about": "I build bikes and sometimes ride them.", "location": "Aarhus"},
    "carol": {"display_name": "Carol Nwosu", "about": "Bread first.", "pronouns": "she/they"},
    "dave": {"display_name": "Dave Okafor", "about": "Lives on eleven square metres."},
}
# owner and board → who works on it, in which role, and the pins they add; and who is invited.
TOGETHER = {("alice", "Small kitchens"): ("bob", "editor", ["Hooks by the door", "A folding bench"])}
INVITED = {("alice", "Weekend hikes"): ("carol", "contributor")}


def seed(stack: Stack) -> int:
    """Make what is missing. Returns the number of boards made."""
    made = 0
    for user, boards in PEOPLE.items():
        api = _of(stack, user)
        _introduce(api, user)
        present = {board["name"] for board in api.get("/boards?page_size=250")["items"] if board["role"] == "owner"}
        for name in boards.keys() - present:
            privacy, sections = boards[name]
            _make_board(api, name, privacy, sections)
            made += 1
    for user, others in FOLLOWS.items():
        api = _of(stack, user)
        for other in others:
            api.post(f"/user_account/following/{other}", {})
    for (saver, board), (owner, source, titles) in SAVES.items():
        _save(_of(stack, saver), board, _of(stack, owner), source, titles)
    for (owner, name), (member, role, titles) in TOGETHER.items():
        board_id = _invite(_of(stack, owner), name, member, role)
        if board_id:
            _join(_of(stack, member), board_id, titles)
    for (owner, name), (guest, role) in INVITED.items():
        _invite(_of(stack, owner), name, guest, role)
    return made


def _introduce(api: "_Api", user: str) -> None:
    if api.get("/user_account")["display_name"] is None:
        api.patch("/user_account", PROFILES[user])


def _of(stack: Stack, user: str) -> "_Api":
    return _Api(stack.api_url, access_token(stack, user))


def _board_id(owner: "_Api", name: str) -> str:
    found = owner.get("/boards?page_size=250")["items"]
    return str(next(board["id"] for board in found if board["name"] == name))


def _save(saver: "_Api", board: str, owner: "_Api", source: str, titles: list[str]) -> None:
    board_id, source_id = _board_id(saver, board), _board_id(owner, source)
    saver.post(f"/user_account/following/boards/{source_id}", {})
    saved = {pin["title"] for pin in saver.get(f"/boards/{board_id}/pins?page_size=250")["items"]}
    pins = {pin["title"]: pin["id"] for pin in owner.get(f"/boards/{source_id}/pins?page_size=250")["items"]}
    for title in titles:
        if title not in saved:
            saver.post(f"/pins/{pins[title]}/save", {"board_id": board_id})


def _invite(owner: "_Api", name: str, guest: str, role: str) -> str | None:
    """The id of the board to which the guest is invited; None where they work on it already."""
    board_id = _board_id(owner, name)
    if any(member["username"] == guest for member in owner.get(f"/boards/{board_id}/collaborators")["items"]):
        return None
    owner.post(f"/boards/{board_id}/invitations", {"username": guest, "role": role})
    return board_id


def _join(member: "_Api", board_id: str, titles: list[str]) -> None:
    member.post(f"/user_account/invitations/{board_id}", {})
    for title in titles:
        member.post("/pins", {"board_id": board_id, "title": title, "media_source": _media(title)})


def _make_board(api: "_Api", name: str, privacy: str, sections: Mapping[str, list[str]]) -> None:
    board_id = api.post("/boards", {"name": name, "privacy": privacy})["id"]
    for section, titles in sections.items():
        section_id = section and api.post(f"/boards/{board_id}/sections", {"name": section})["id"]
        for title in titles:
            pin = {"board_id": board_id, "title": title, "media_source": _media(title)}
            api.post("/pins", pin | ({"board_section_id": section_id} if section_id else {}))


def _media(title: str) -> dict[str, str]:
    if title == "Lemon cake":  # One upload, so that the media bucket is seen at work.
        return {
            "source_type": "image_base64",
            "content_type": "image/png",
            "data": base64.b64encode(_png(600, 900, colour=(250, 220, 90))).decode(),
        }
    name = title.lower().replace(" ", "-")
    return {"source_type": "image_url", "url": f"https://picsum.photos/seed/{name}/800/1200"}


def _png(width: int, height: int, *, colour: tuple[int, int, int]) -> bytes:
    def chunk(kind: bytes, content: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + content))
        return struct.pack(">I", len(content)) + kind + content + check

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)  # 8 bits each of red, green and blue
    rows = (b"\0" + bytes(colour) * width) * height
    chunks = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunks


class _Api:
    def __init__(self, url: str, token: str) -> None:
        self._url = f"{url}/v5"
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    def get(self, path: str) -> Any:
        return self._call("GET", path, None)

    def post(self, path: str, body: object) -> Any:
        return self._call("POST", path, json.dumps(body).encode())

    def patch(self, path: str, body: object) -> Any:
        return self._call("PATCH", path, json.dumps(body).encode())

    def _call(self, method: str, path: str, body: bytes | None) -> Any:
        request = urllib.request.Request(self._url + path, body, self._headers, method=method)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)
