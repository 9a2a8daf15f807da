"""What each route asks of DynamoDB is what docs/access-patterns.md says: the keys, the requests, the units."""

import importlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple, get_args

import pytest

from presence.domain import clock
from presence.projections.upkeep import Task
from presence.services import exporting, farewell, importing, search, upkeep
from presence.storage import keys
from tests.integration.capacity import Units, size, units
from tests.integration.local_cloud import LocalCloud
from tests.integration.patterns import PATTERNS, Typical
from tests.integration.routes import WRITES
from tests.integration.stream import Stream, table_after
from tests.integration.things import a_board, a_pin, a_section
from tests.integration.wire import S3, Sent, Wire
from tests.support.api import FAMILIES
from tests.support.people import a_user
from tests.support.social import block
from tests.support.wire import ROUTES, a_valid_body
from tests.support.world import NOWHERE

DOCUMENT = Path(__file__).parents[2] / "docs" / "access-patterns.md"


class Row(NamedTuple):
    """A row of the document, as text."""

    name: str
    keys: str
    requests: str
    read_units: str
    write_units: str

    def __str__(self) -> str:
        return f"| {' | '.join(self)} |"


def table_under(heading: str) -> Iterator[list[str]]:
    """The cells of the table that follows a heading."""
    section = DOCUMENT.read_text().split(f"\n## {heading}\n")[1].split("\n## ")[0]
    rows = [line.strip("| ").split(" | ") for line in section.splitlines() if line.startswith("|")]
    return ([cell.strip() for cell in row] for row in rows[2:])


def documented() -> dict[str, Row]:
    return {cells[0]: Row(*cells) for cells in table_under("Patterns")}


def measured(name: str, sent: list[Sent], cost: Units) -> Row:
    dynamodb = [each for each in sent if each.operation not in S3]
    keys = " → ".join(_shortened([_described(each) for each in sent])) or "nothing"
    return Row(name, keys, str(len(dynamodb)), f"{cost.read:g}", f"{cost.write:g}")


def _described(sent: Sent) -> str:
    match sent.operation:
        case "GetItem":
            return f"get {_key(sent.body['Key'])}"
        case "BatchGetItem":
            keys = [key for asked in sent.body["RequestItems"].values() for key in asked["Keys"]]
            return f"batch get {_keys(keys)}"
        case "PutItem":
            return f"put {_key(sent.body['Item'])}"
        case "Query":
            values = [f"`{_anonymous(value['S'])}`" for value in sent.body["ExpressionAttributeValues"].values()]
            where = f"{sent.body['IndexName']} " if "IndexName" in sent.body else ""
            return f"query {where}{', '.join(values)}{'…' if len(values) > 1 else ''}"
        case "TransactWriteItems":
            requests = [next(iter(item.values())) for item in sent.body["TransactItems"]]
            return f"write {_keys([request.get('Key') or request['Item'] for request in requests])}"
        case _:
            return S3[sent.operation]


def _keys(keys: list[dict[str, Any]]) -> str:
    return ", ".join(_shortened([_key(key) for key in keys]))


def _shortened(texts: list[str]) -> list[str]:
    """What comes several times in a row is said once, with its number."""
    runs: list[tuple[str, int]] = []
    for text in texts:
        if runs and runs[-1][0] == text:
            runs[-1] = text, runs[-1][1] + 1
        else:
            runs.append((text, 1))
    return [text if times == 1 else f"{times} times {_grouped(text)}" for text, times in runs]


def _grouped(text: str) -> str:
    return f"({text})" if ", " in text else text


def _key(key: dict[str, Any]) -> str:
    return f"`{_anonymous(key['pk']['S'])}/{_anonymous(key['sk']['S'])}`"


def _anonymous(key: str) -> str:
    key = re.sub(r"\d{19}\.\w+", "{key}", key)
    key = re.sub(r"\d{19}", "{id}", key)
    key = re.sub(r"(?<=WORD#)(\w+)#\w+", r"\1#{word}", key)
    key = re.sub(r"(?<=WORD#boards##)[\w-]+", "{topic}", key)
    key = re.sub(r"(?<=TREND#boards#)[\w-]+", "{topic}", key)
    key = re.sub(r"(?<=WORD#boards#)=\w+", "={digest}", key)
    key = re.sub(r"(?<=CARD#)(\w+)#\d+", r"\1#{number}", key)
    key = re.sub(r"(?<=SUGGEST#).+", "{beginning}", key)
    key = re.sub(r"(?<=SAME#)\w+", "{digest}", key)
    key = re.sub(r"(?<=RECEIPT#)\w+", "{digest}", key)
    key = re.sub(r"(?<=SLUG#).+", "{slug}", key)
    key = re.sub(r"(?<=IDENTITY#).+", "{issuer}#{subject}", key)
    return re.sub(r"(?<=USERNAME#).+", "{name}", key)


@pytest.fixture(autouse=True)
def no_haste(monkeypatch: pytest.MonkeyPatch) -> None:
    """However slow the machine is, what is measured is done in one go, and searches remember what they just read."""
    for module in (exporting, farewell, importing, upkeep):
        monkeypatch.setattr(module, "BUDGET_SECONDS", clock.DAY)
    monkeypatch.setattr(search, "REMEMBERED_SECONDS", clock.DAY)


@pytest.mark.parametrize("name", PATTERNS)
def test_a_pattern_costs_what_is_documented(cloud: LocalCloud, wire: Wire, name: str) -> None:
    act = PATTERNS[name](Typical(cloud))
    stream = Stream(cloud)
    with wire.recording() as sent:
        act()
    row = measured(name, sent, units(sent, stream.records()))
    assert str(documented().get(name, "")) == str(row)
    allowed = {cells[0]: set(cells[1].split(", ")) for cells in table_under("Actions")}
    assert actions(sent) <= allowed[f"`{function_of(name)}`"]


def actions(sent: list[Sent]) -> set[str]:
    """What a role must allow for this. A transaction needs the right to each of its writes, and no other."""
    found = set()
    for each in sent:
        if each.operation == "TransactWriteItems":
            found |= {f"`{next(iter(item))}Item`" for item in each.body["TransactItems"]}
        else:
            found.add(f"`{RIGHTS.get(each.operation, each.operation)}`")
    return found


RIGHTS = {
    "HeadObject": "GetObject",
    "CreateMultipartUpload": "PutObject",
    "UploadPart": "PutObject",
    "CompleteMultipartUpload": "PutObject",
}
"""Operations that the right to another one covers."""


def function_of(pattern: str) -> str:
    if pattern.startswith("Sign-in"):
        return "sign_in"
    return functions_of_routes().get(subject(pattern), "upkeep")


def subject(pattern: str) -> str:
    """The route or the task that a pattern's name begins with."""
    return re.split(r"[`?]", pattern)[1]


def functions_of_routes() -> dict[str, str]:
    return {
        f"{route.method} {route.path}": family
        for family in FAMILIES
        for route in importlib.import_module(f"{family}.routes").router.routes
    }


def test_the_document_lists_every_pattern_and_nothing_else() -> None:
    assert list(documented()) == list(PATTERNS)


def test_every_route_and_every_task_is_a_pattern() -> None:
    tasks = {task.__name__ for task in get_args(Task.__value__)}
    assert {subject(name) for name in PATTERNS if name.startswith("`")} == {*functions_of_routes(), *tasks}


def test_typical_things_are_as_big_as_documented(cloud: LocalCloud, stream: Stream) -> None:
    at = Typical(cloud)
    items = table_after(stream.records())
    things = {
        "a board": keys.board(at.board),
        "a section": keys.section(at.board, at.section),
        "a pin": keys.pin(at.pin),
        "a pin in a section": keys.pin(at.pin_in_section),
        "a profile": keys.profile(at.user.user_id),
    }
    assert dict(table_under("Typical things")) == {name: str(size(items[key])) for name, key in things.items()}


@pytest.mark.parametrize("name", WRITES)
def test_calculated_write_units_are_those_that_dynamodb_reports(
    clients: tuple[Any, Any], stream: Stream, wire: Wire, name: str
) -> None:
    write = WRITES[name](a_user())
    before = len(stream.records())
    events, event = clients[0].meta.events, "provide-client-params.dynamodb.TransactWriteItems"

    def ask(params: dict[str, Any], **_: Any) -> dict[str, Any]:
        return {**params, "ReturnConsumedCapacity": "INDEXES"}

    events.register(event, ask)
    try:
        with wire.recording() as sent:
            assert write.send().status < 300
    finally:
        events.unregister(event, ask)
    transactions = [each for each in sent if each.operation == "TransactWriteItems"]
    reported = sum(each.answer["ConsumedCapacity"][0]["CapacityUnits"] for each in transactions)
    assert units(sent, stream.records()[before:]).write == reported > 0


HIDDEN = [
    *(route for route in ROUTES if "{board_id}" in route[1] or "{pin_id}" in route[1]),
    ("POST", "/pins"),
]
"""The routes that name something that may be hidden, in the path or in the body."""


@pytest.mark.parametrize(("method", "path"), HIDDEN)
def test_what_is_hidden_takes_as_many_requests_as_what_is_not_there(wire: Wire, method: str, path: str) -> None:
    owner, stranger = a_user(), a_user()
    board = a_board(owner, privacy="SECRET")
    hidden = {"board_id": board, "section_id": a_section(owner, board), "pin_id": a_pin(owner, board)}
    missing = dict.fromkeys(hidden, "1234567890123456789")
    seen = []
    for ids in (NOWHERE | hidden, NOWHERE | missing):
        body = a_valid_body(method, path, board_id=ids["board_id"])
        with wire.recording() as sent:
            reply = stranger.request(method, path.format(**ids), body)
        assert reply.status == 404
        seen.append((reply.text, [each.operation for each in sent], units(sent, [])))
    assert seen[0] == seen[1]


PEOPLE = [(method, path) for method, path in ROUTES if re.match(r"/(user_account/(?!blocks).*|users/){username}", path)]
"""Who is blocked can block back, and so learns that a username is taken: docs/follows.md."""


@pytest.mark.parametrize(("method", "path"), PEOPLE)
def test_who_is_hidden_by_a_block_takes_as_many_requests_as_who_is_not_there(
    wire: Wire, method: str, path: str
) -> None:
    user, other = a_user(), a_user()
    block(other, user)
    seen = []
    for username in (other.username, "nobody_at_all"):
        with wire.recording() as sent:
            reply = user.request(method, path.format(username=username), a_valid_body(method, path))
        assert reply.status == 404
        seen.append((reply.text, [each.operation for each in sent], units(sent, [])))
    assert seen[0] == seen[1]
