"""A typical user, and how a pattern is registered."""

from collections.abc import Callable
from itertools import count

from tests.integration.local_cloud import LocalCloud
from tests.integration.seeding import add_pins
from tests.integration.things import a_board, a_pin, a_section, an_upload, pin_on
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

    def another_board(self, owner: Client | None = None, **fields: str) -> str:
        name = f"A typical board {next(_numbers):06}"
        return a_board(owner or self.user, name=name, description=DESCRIPTION, **fields)

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


def pattern(name: str) -> Callable[[Prepare], Prepare]:
    def register(prepare: Prepare) -> Prepare:
        PATTERNS[name] = prepare
        return prepare

    return register


def well(reply: Reply) -> None:
    assert reply.status < 300, reply.text


def request(method: str, path: str, body: object = None, **headers: str) -> Prepare:
    """A request whose path and body may name the typical board, section and pin."""

    def prepare(at: Typical) -> Act:
        named = path.format(board_id=at.board, section_id=at.section, pin_id=at.pin)
        return lambda: well(at.user.request(method, named, body, headers=headers))

    return prepare


KEY = {"Idempotency-Key": "00000000-0000-4000-8000-000000000000"}
