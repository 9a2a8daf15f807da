"""For each route a request that it takes: what must be there is made, the path and the body name it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.support.api import Client, Reply
from tests.support.content import a_board, a_pin, a_section, a_trashed_board, a_trashed_pin
from tests.support.people import a_user
from tests.support.stored import make_private
from tests.support.wire import a_valid_body


@dataclass(frozen=True)
class Ready:
    """A request of ``user``'s that is as it should be."""

    user: Client
    method: str
    path: str
    body: Any = None
    ids: dict[str, str] = field(default_factory=dict)
    """What the path's parameters stand for."""

    def send(self, *, user: Client | None = None, **headers: str) -> Reply:
        return (user or self.user).request(self.method, self.path, self.body, headers=headers)


type Route = tuple[str, str]
type Prepare = Callable[[Client], tuple[dict[str, str], Any]]
"""Takes the user who will send it; gives the path's parameters, as far as they differ, and the body."""

PREPARE: dict[Route, Prepare] = {}
"""For routes that need more to be there than a board of the user's with a section and a pin, and another user."""


QUERIES: dict[Route, str] = {
    ("GET", "/discover/search"): "q=ideas",
    ("GET", "/discover/suggest"): "q=id",
    ("GET", "/search/pins"): "query=ideas",
}
"""For routes that need query parameters."""


def prepare(method: str, path: str) -> Callable[[Prepare], Prepare]:
    def register(make: Prepare) -> Prepare:
        PREPARE[method, path] = make
        return make

    return register


def _many_pins(user: Client) -> tuple[dict[str, str], Any]:
    source, target = a_board(user), a_board(user)
    return {"board_id": target}, {"pin_ids": [a_pin(user, source), a_pin(user, source)]}


for _verb in ("move", "copy"):
    PREPARE["POST", f"/boards/{{board_id}}/pins/{_verb}"] = _many_pins


def a_request(user: Client, method: str, path: str) -> Ready:
    ids: dict[str, str] = {}
    if "{board_id}" in path or "{pin_id}" in path or path.startswith("/pins"):
        board_id = a_board(user)
        ids = {"board_id": board_id, "section_id": a_section(user, board_id), "pin_id": a_pin(user, board_id)}
    if "{topic_id}" in path:
        ids["topic_id"] = "food"
    if "{username}" in path:
        ids["username"] = a_user().username
    body = a_valid_body(method, path, board_id=ids.get("board_id", "1"))
    if (method, path) in PREPARE:
        special, given = PREPARE[method, path](user)
        ids |= special
        body = given if given is not None else body
    query = QUERIES.get((method, path))
    return Ready(user, method, path.format(**ids) + (f"?{query}" if query else ""), body, ids)


@prepare("GET", "/user_account/exports/{export_id}")
def _(user: Client) -> tuple[dict[str, str], Any]:
    return {"export_id": user.post("/user_account/exports").json["id"]}, None


@prepare("GET", "/user_account/imports/{import_id}")
@prepare("POST", "/user_account/imports/{import_id}/start")
def _(user: Client) -> tuple[dict[str, str], Any]:
    return {"import_id": user.post("/user_account/imports", {"size": 1000}).json["id"]}, None


@prepare("POST", "/user_account/following/boards/{board_id}")
@prepare("DELETE", "/user_account/following/boards/{board_id}")
def _(user: Client) -> tuple[dict[str, str], Any]:
    return {"board_id": a_board(a_user())}, None


@prepare("POST", "/user_account/follow_requests/{username}")
def _(user: Client) -> tuple[dict[str, str], Any]:
    asking = a_user()
    make_private(user)
    assert asking.post(f"/user_account/following/{user.username}").status == 201
    return {"username": asking.username}, None


@prepare("POST", "/boards/{board_id}/merge")
def _(user: Client) -> tuple[dict[str, str], Any]:
    return {}, {"into": a_board(user)}


@prepare("DELETE", "/user_account/trash/boards/{board_id}")
def _(user: Client) -> tuple[dict[str, str], Any]:
    return {"board_id": a_trashed_board(user)}, None


@prepare("DELETE", "/user_account/trash/pins/{pin_id}")
def _(user: Client) -> tuple[dict[str, str], Any]:
    return {"pin_id": a_trashed_pin(user, a_board(user))}, None


_IDS = ("board_id", "section_id", "pin_id", "link_id", "export_id", "import_id")
NOWHERE = dict.fromkeys(_IDS, "1") | {"username": "nobody_at_all", "topic_id": "nothing-at-all"}
"""Parameters for every path, of things that are not there."""


from tests.support import together  # noqa: E402, F401 - what each area's routes need to be there
