"""Every way in which the table is asked or changed, ready to be measured: the names are those in
docs/access-patterns.md, first column.
"""

from collections.abc import Callable
from itertools import count

from presence.projections.upkeep import CleanUpBoard, RefreshCover, ReleaseSection, SweepUpload, WatchUpload
from presence.services import accounts, upkeep
from tests.integration.local_cloud import LocalCloud
from tests.integration.seeding import add_pins
from tests.integration.things import a_board, a_pin, a_section, an_upload, made, pin_on
from tests.support.api import Client, Reply
from tests.support.people import a_user

type Act = Callable[[], object]
type Prepare = Callable[["Typical"], Act]

PATTERNS: dict[str, Prepare] = {}

DESCRIPTION = (
    "What a person writes about a board when they write anything at all, which is one or two sentences like these."
)
TEXTS = {
    "title": "A title of about forty characters, or so",
    "description": "A description as most pins have one, with some words on what is to be seen and why it was kept. "
    * 2,
    "alt_text": "What is to be seen in the picture, told in a sentence for those who cannot see it themselves.",
    "link": "https://shop.example/a-category/a-product-with-a-long-name",
}
_numbers = count(1)


class Typical:
    """A user with things of typical size. Names have a fixed length, so that sizes are the same in every run."""

    def __init__(self, cloud: LocalCloud) -> None:
        self.cloud = cloud
        self.user = self.another_user()
        self.board = self.another_board()
        self.section = a_section(self.user, self.board, "A typical section")
        self.pin = a_pin(self.user, self.board, **TEXTS)
        self.pin_in_section = a_pin(self.user, self.board, self.section, **TEXTS)

    def another_user(self) -> Client:
        return a_user(f"person_{next(_numbers):06}")

    def another_board(self, **fields: str) -> str:
        return a_board(self.user, name=f"A typical board {next(_numbers):06}", description=DESCRIPTION, **fields)

    def a_big_board(self, how_many: int, *, in_section: bool = False) -> tuple[str, str]:
        board = self.another_board()
        section = a_section(self.user, board, "A typical section")
        sections = (section,) if in_section else ()
        add_pins(self.cloud, self.user, board, how_many, sections=sections, texts=TEXTS)
        return board, section

    def a_shared_picture(self) -> str:
        """The key of an upload that a pin shows."""
        pin = self.user.post("/pins", pin_on(self.board, media_source=an_upload()))
        return pin.json["media"]["images"]["originals"]["url"].rpartition("/")[2]


def _pattern(name: str) -> Callable[[Prepare], Prepare]:
    def register(prepare: Prepare) -> Prepare:
        PATTERNS[name] = prepare
        return prepare

    return register


def _well(reply: Reply) -> None:
    assert reply.status < 300, reply.text


def _request(method: str, path: str, body: object = None, **headers: str) -> Prepare:
    """A request whose path and body may name the typical board, section and pin."""

    def prepare(at: Typical) -> Act:
        named = path.format(board_id=at.board, section_id=at.section, pin_id=at.pin)
        return lambda: _well(at.user.request(method, named, body, headers=headers))

    return prepare


A_BOARD = {"name": "A typical board 000000", "description": DESCRIPTION}
KEY = {"Idempotency-Key": "00000000-0000-4000-8000-000000000000"}

# Boards

PATTERNS["`POST /boards`"] = _request("POST", "/boards", A_BOARD)
PATTERNS["`POST /boards` with an `Idempotency-Key`"] = _request("POST", "/boards", A_BOARD, **KEY)


@_pattern("`POST /boards` again with its `Idempotency-Key`")
def _(at: Typical) -> Act:
    def send() -> None:
        _well(at.user.request("POST", "/boards", A_BOARD, headers=KEY))

    send()
    return send


@_pattern("`POST /boards`, the name is taken")
def _(at: Typical) -> Act:
    name = at.user.get(f"/boards/{at.board}").json["name"]

    def send() -> None:
        assert at.user.post("/boards", {"name": name}).status == 400

    return send


@_pattern("`GET /boards`, 25 of many")
def _(at: Typical) -> Act:
    for _ in range(30):
        at.another_board()
    return lambda: _well(at.user.get("/boards"))


PATTERNS["`GET /boards/{board_id}`"] = _request("GET", "/boards/{board_id}")


@_pattern("`GET /boards/{board_id}`, hidden or not there")
def _(at: Typical) -> Act:
    board, stranger = at.another_board(privacy="SECRET"), at.another_user()

    def send() -> None:
        assert stranger.get(f"/boards/{board}").status == 404

    return send


PATTERNS["`PATCH /boards/{board_id}`"] = _request("PATCH", "/boards/{board_id}", {"privacy": "SECRET"})
PATTERNS["`PATCH /boards/{board_id}`, another name"] = _request("PATCH", "/boards/{board_id}", {"name": "Another name"})
PATTERNS["`DELETE /boards/{board_id}`, of any size"] = _request("DELETE", "/boards/{board_id}")


@_pattern("`GET /boards/{board_id}/pins`, 25 of many")
def _(at: Typical) -> Act:
    board, _ = at.a_big_board(300)
    return lambda: _well(at.user.get(f"/boards/{board}/pins"))


@_pattern("`GET /boards/{board_id}/pins?page_size=250`, of many")
def _(at: Typical) -> Act:
    board, _ = at.a_big_board(300)
    return lambda: _well(at.user.get(f"/boards/{board}/pins?page_size=250"))


@_pattern("`GET /boards/{board_id}/pins?creative_types=VIDEO`, none of 1,000")
def _(at: Typical) -> Act:
    board, _ = at.a_big_board(1000)
    return lambda: _well(at.user.get(f"/boards/{board}/pins?creative_types=VIDEO"))


@_pattern("`GET /boards/{board_id}/sections`, 25 of many")
def _(at: Typical) -> Act:
    for _ in range(30):
        a_section(at.user, at.board, "A typical section")
    return lambda: _well(at.user.get(f"/boards/{at.board}/sections"))


PATTERNS["`POST /boards/{board_id}/sections`"] = _request("POST", "/boards/{board_id}/sections", {"name": "A section"})
PATTERNS["`PATCH /boards/{board_id}/sections/{section_id}`"] = _request(
    "PATCH", "/boards/{board_id}/sections/{section_id}", {"name": "Another name"}
)
PATTERNS["`DELETE /boards/{board_id}/sections/{section_id}`, of any size"] = _request(
    "DELETE", "/boards/{board_id}/sections/{section_id}"
)


@_pattern("`GET /boards/{board_id}/sections/{section_id}/pins`, 25 of many")
def _(at: Typical) -> Act:
    board, section = at.a_big_board(100, in_section=True)
    return lambda: _well(at.user.get(f"/boards/{board}/sections/{section}/pins"))


# Pins


@_pattern("`POST /pins`")
def _(at: Typical) -> Act:
    return lambda: made(at.user.post("/pins", pin_on(at.board, **TEXTS)))


@_pattern("`POST /pins` in a section, with an `Idempotency-Key`")
def _(at: Typical) -> Act:
    return lambda: made(at.user.request("POST", "/pins", pin_on(at.board, at.section, **TEXTS), headers=KEY))


@_pattern("`POST /pins` with an upload")
def _(at: Typical) -> Act:
    return lambda: made(at.user.post("/pins", pin_on(at.board, media_source=an_upload(), **TEXTS)))


@_pattern("`GET /pins`, 25 of many, on 3 boards")
def _(at: Typical) -> Act:
    boards = [at.board, at.another_board(), at.another_board()]
    for number in range(30):
        a_pin(at.user, boards[number % 3], **TEXTS)
    return lambda: _well(at.user.get("/pins"))


PATTERNS["`GET /pins/{pin_id}`"] = _request("GET", "/pins/{pin_id}")


@_pattern("`GET /pins/{pin_id}`, hidden")
def _(at: Typical) -> Act:
    pin, stranger = a_pin(at.user, at.another_board(privacy="SECRET"), **TEXTS), at.another_user()

    def send() -> None:
        assert stranger.get(f"/pins/{pin}").status == 404

    return send


@_pattern("`GET /pins/{pin_id}`, not there")
def _(at: Typical) -> Act:
    def send() -> None:
        assert at.user.get("/pins/1234567890123456789").status == 404

    return send


PATTERNS["`PATCH /pins/{pin_id}`"] = _request("PATCH", "/pins/{pin_id}", {"title": "Another title"})


@_pattern("`PATCH /pins/{pin_id}`, to a section")
def _(at: Typical) -> Act:
    return lambda: _well(at.user.patch(f"/pins/{at.pin}", {"board_section_id": at.section}))


@_pattern("`PATCH /pins/{pin_id}`, to another board")
def _(at: Typical) -> Act:
    board = at.another_board()
    return lambda: _well(at.user.patch(f"/pins/{at.pin}", {"board_id": board}))


PATTERNS["`DELETE /pins/{pin_id}`"] = _request("DELETE", "/pins/{pin_id}")


@_pattern("`DELETE /pins/{pin_id}`, in a section")
def _(at: Typical) -> Act:
    return lambda: _well(at.user.delete(f"/pins/{at.pin_in_section}"))


@_pattern("`POST /pins/{pin_id}/save`")
def _(at: Typical) -> Act:
    board = at.another_board()
    return lambda: made(at.user.post(f"/pins/{at.pin}/save", {"board_id": board}))


@_pattern("`POST /pins/{pin_id}/save` without a board")
def _(at: Typical) -> Act:
    made(at.user.post(f"/pins/{at.pin}/save"))
    return lambda: made(at.user.post(f"/pins/{at.pin}/save"))


@_pattern("`POST /pins/{pin_id}/save` without a board, for the first time")
def _(at: Typical) -> Act:
    return lambda: made(at.user.post(f"/pins/{at.pin}/save"))


# People

PATTERNS["`GET /user_account`"] = _request("GET", "/user_account")
PATTERNS["`GET /openapi.json`"] = _request("GET", "/openapi.json")


@_pattern("Sign-in, for the first time")
def _(at: Typical) -> Act:
    name = f"person_{next(_numbers):06}"
    return lambda: accounts.sign_in("https://issuer.example", f"subject-of-{name}", name)


@_pattern("Sign-in")
def _(at: Typical) -> Act:
    name = at.user.username
    return lambda: accounts.sign_in("https://issuer.example", f"subject-of-{name}", name)


# What follows from the stream


@_pattern("`RefreshCover`")
def _(at: Typical) -> Act:
    for _ in range(5):
        a_pin(at.user, at.board, **TEXTS)
    return lambda: upkeep.run(RefreshCover(at.board))


@_pattern("`RefreshCover`, nothing new")
def _(at: Typical) -> Act:
    upkeep.run(RefreshCover(at.board))
    return lambda: upkeep.run(RefreshCover(at.board))


@_pattern("`CleanUpBoard`, 1,000 pins and 2 sections")
def _(at: Typical) -> Act:
    board, _ = at.a_big_board(1000)
    a_section(at.user, board, "A typical section")
    _well(at.user.delete(f"/boards/{board}"))
    return lambda: upkeep.run(CleanUpBoard(board))


@_pattern("`CleanUpBoard`, done before")
def _(at: Typical) -> Act:
    return lambda: upkeep.run(CleanUpBoard("1234567890123456789"))


@_pattern("`ReleaseSection`, 500 pins")
def _(at: Typical) -> Act:
    board, section = at.a_big_board(1000, in_section=True)
    _well(at.user.delete(f"/boards/{board}/sections/{section}"))
    return lambda: upkeep.run(ReleaseSection(board, section))


@_pattern("`WatchUpload`, no pin shows it")
def _(at: Typical) -> Act:
    return lambda: upkeep.run(WatchUpload("1234567890123456789.jpg"))


@_pattern("`WatchUpload`, a pin shows it")
def _(at: Typical) -> Act:
    key = at.a_shared_picture()
    return lambda: upkeep.run(WatchUpload(key))


@_pattern("`SweepUpload`, no pin shows it")
def _(at: Typical) -> Act:
    return lambda: upkeep.run(SweepUpload("1234567890123456789.jpg"))


@_pattern("`SweepUpload`, a pin shows it")
def _(at: Typical) -> Act:
    key = at.a_shared_picture()
    return lambda: upkeep.run(SweepUpload(key))
