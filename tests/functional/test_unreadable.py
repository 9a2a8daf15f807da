"""An item that no code of ours wrote, or that an older one cannot read: it is told and counted, and keeps nothing else
from anybody; but whoever deletes what is listed does not pass it over.
"""

import json
from collections.abc import Collection, Mapping
from typing import Any, NamedTuple, cast

import pytest

from presence.domain import postings
from presence.domain import timelines as blocks
from presence.domain.entities import Board, Pin, Profile
from presence.domain.errors import Conflict, StorageUnavailable
from presence.domain.postings import number
from presence.projections import documents
from presence.projections.discovery import Subject
from presence.projections.documents import PINS, Document
from presence.projections.timelines import of_user
from presence.services import drift, indexing, search, sweeping
from presence.services.drift import Flaw
from presence.storage import index, keys, timelines
from presence.storage.index import Group
from presence.storage.keys import Key
from presence.storage.table import Raw
from tests.support.api import Client
from tests.support.content import a_board, a_pin, delete_for_good
from tests.support.deployment import Deployed, Deployment
from tests.support.people import a_user
from tests.support.social import follow, follow_board
from tests.support.stored import add_collaborator, item, remove, set_attribute
from tools import redrive, reindex
from tools.cloud import Stack


class World(NamedTuple):
    """Of two people with boards and pins of the same words, whom a third one follows, one thing is to be spoilt."""

    ann: Client
    board: str
    pins: list[str]
    other_board: str
    other_pin: str
    viewer: Client


@pytest.fixture
def world(deployed: Deployment) -> World:
    ann, cara, viewer = a_user("ann_cakes"), a_user("cara_cakes"), a_user()
    board, other_board = (a_board(owner, name="Wedding cakes") for owner in (ann, cara))
    pins = [a_pin(ann, board, title=f"Chocolate cake {each}") for each in range(5)]
    other_pin = a_pin(cara, other_board, title="Chocolate cake")
    for owner, board_id in ((ann, board), (cara, other_board)):
        follow(viewer, owner)
        follow_board(viewer, board_id)
    assert viewer.post(f"/pins/{pins[0]}/save", {"board_id": a_board(viewer, name="Mine")}).status == 201
    deployed.source.drain()
    return World(ann, board, pins, other_board, other_pin, viewer)


def bad_item(world: World, kind: str) -> Key:
    match kind:
        case "board":
            return keys.board(world.board)
        case "pin":
            return keys.pin(world.pins[2])
        case _:
            return keys.profile(world.ann.user_id)


def spoil(key: Key) -> None:
    set_attribute(key, "created_at", {"BOOL": True})


def mend(key: Key) -> None:
    set_attribute(key, "created_at", {"S": "2026-01-01T00:00:00Z"})


def found(viewer: Client, kind: str, query: str = "cake") -> set[str]:
    reply = viewer.get(f"/discover/search?type={kind}&q={query}")
    assert reply.status == 200, reply.text
    return {each[kind.removesuffix("s")]["id"] for each in reply.json["items"]}


def indexed(pin_ids: list[str]) -> set[str]:
    """Those of which the index has a card."""
    by_key = {keys.card(PINS, number(pin_id)): pin_id for pin_id in pin_ids}
    return {by_key[key] for key in index.read(by_key, consistent=True)}


def given_up(deployed: Deployment, reader: str = "indexer") -> set[str]:
    """The keys of the records that a reader gave up."""
    records = [each for message in deployed.pollers[reader].failures for each in deployed.stream.named(message)]
    return {"/".join(record["dynamodb"]["Keys"][name]["S"] for name in ("pk", "sk")) for record in records}


PATHS = (
    *(f"/discover/search?q=cakes&type={kind}" for kind in ("boards", "pins", "users")),
    "/discover/suggest?q=cak",
    "/discover/topics/wedding-cakes/boards",
    "/discover/trending/boards",
    "/discover/trending/topics",
    "/discover/feed",
    "/discover/people",
    "/discover/boards/{other_board}/related",
    "/discover/boards/{other_board}/ideas",
    "/discover/pins/{other_pin}/boards",
    "/search/boards?query=mine",
    "/search/pins?query=cake",
    "/boards/{other_board}/pins",
    "/pins",
    "/user_account/following",
    "/user_account/following/boards",
)


@pytest.mark.parametrize("kind", ["board", "pin", "profile"])
def test_one_bad_item_keeps_no_other_from_anybody(world: World, kind: str) -> None:
    paths = [path.format(other_board=world.other_board, other_pin=world.other_pin) for path in PATHS]
    assert {path: world.viewer.get(path).status for path in paths} == dict.fromkeys(paths, 200)

    spoil(bad_item(world, kind))

    assert {path: world.viewer.get(path).status for path in paths} == dict.fromkeys(paths, 200)
    left = {*world.pins} - {world.pins[2]} if kind == "pin" else set()
    assert found(world.viewer, "boards") == {world.other_board} | ({world.board} if kind == "pin" else set())
    assert {*world.pins, world.other_pin} & found(world.viewer, "pins") == {world.other_pin} | left
    followed = [pin["id"] for pin in world.viewer.get("/discover/feed").json["items"]]
    assert {*followed} == {world.other_pin} | left


def test_whoever_has_a_tie_that_cannot_be_read_may_be_blocked(world: World) -> None:
    assert found(world.viewer, "boards") == {world.board, world.other_board}
    set_attribute(keys.tie(world.viewer.user_id, world.ann.user_id), "since", {"BOOL": True})

    assert found(world.viewer, "boards") == {world.other_board}
    assert found(world.viewer, "pins").isdisjoint(world.pins)
    assert world.viewer.get(f"/boards/{world.board}").status == 404
    assert world.viewer.get(f"/users/{world.ann.username}/boards").status == 404


def test_it_is_named_and_counted(
    world: World, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    spoil(keys.pin(world.pins[2]))
    caplog.clear()
    capsys.readouterr()

    assert world.viewer.get(f"/boards/{world.board}/pins").status == 200

    assert [each.message for each in caplog.records] == [f"PIN#{world.pins[2]}/PIN cannot be read: KeyError('S')"]
    metrics = [json.loads(line) for line in capsys.readouterr().out.splitlines() if '"_aws"' in line]
    assert [(each["Unreadable"], each["service"]) for each in metrics] == [([1.0], "storage")]


def test_an_edge_or_a_member_that_cannot_be_read_keeps_nobody_else_from_a_list(world: World) -> None:
    set_attribute(keys.board_follow(world.viewer.user_id, world.board), "since", {"BOOL": True})
    add_collaborator(world.board, world.viewer)
    add_collaborator(world.board, other := a_user())
    set_attribute(keys.member(world.board, world.viewer.user_id), "since", {"BOOL": True})

    assert world.viewer.get("/discover/feed").status == 200
    assert world.viewer.get("/user_account/following/boards").status == 200
    members = world.ann.get(f"/boards/{world.board}/collaborators")
    assert other.username in members.text
    assert world.viewer.username not in members.text


@pytest.mark.parametrize("bad", [{0}, {0, 1}, {1, 2}, {0, 1, 2}, {5}, {0, 1, 2, 3, 4, 5}])
@pytest.mark.parametrize("page_size", [1, 2, 25])
def test_a_list_of_members_goes_on_after_those_that_cannot_be_read(
    deployed: Deployment, bad: set[int], page_size: int
) -> None:
    ann, members = a_user(), [a_user() for _ in range(6)]
    board = a_board(ann)
    for place, member in enumerate(members):
        add_collaborator(board, member)
        if place in bad:
            set_attribute(keys.member(board, member.user_id), "since", {"BOOL": True})

    pages = ann.pages(f"/boards/{board}/collaborators?page_size={page_size}")

    told = [each["username"] for page in pages for each in page]
    assert told == [member.username for place, member in enumerate(members) if place not in bad]


def test_a_list_goes_on_after_pages_of_which_nothing_can_be_read(world: World) -> None:
    for pin_id in world.pins[1:4]:
        spoil(keys.pin(pin_id))

    pages = world.viewer.pages(f"/boards/{world.board}/pins?page_size=1")

    assert [pin["id"] for page in pages for pin in page] == [world.pins[4], world.pins[0]]


def test_an_archive_is_not_made_without_what_cannot_be_read(deployed: Deployment, world: World) -> None:
    key = keys.pin(world.pins[2])
    spoil(key)
    export = world.ann.post("/user_account/exports").json["id"]
    deployed.source.drain()
    assert world.ann.get(f"/user_account/exports/{export}").json["status"] != "done"

    mend(key)
    redrive.redrive(cast(Stack, Deployed(deployed)), lambda _: None)
    deployed.source.drain()
    done = world.ann.get(f"/user_account/exports/{export}").json
    assert (done["status"], done["progress"]["pins"]) == ("done", 5)


# What it has to do with the indexes.


def test_a_board_is_found_as_it_is_now_though_one_of_its_pins_cannot_be_read(
    deployed: Deployment, world: World
) -> None:
    spoil(keys.pin(world.pins[2]))
    assert world.ann.patch(f"/boards/{world.board}", {"name": "Birthday pies"}).status == 200
    deployed.source.drain()

    assert found(world.viewer, "boards", "pies") == {world.board}
    assert world.board not in found(world.viewer, "boards", "wedding")
    assert given_up(deployed) == {f"PIN#{world.pins[2]}/PIN"}


@pytest.mark.parametrize("kind", ["board", "profile"])
def test_what_cannot_be_read_leaves_with_what_is_hidden(deployed: Deployment, world: World, kind: str) -> None:
    spoil(keys.pin(world.pins[2]))
    deployed.source.drain()
    assert indexed(world.pins) == {*world.pins}

    if kind == "board":
        assert world.ann.patch(f"/boards/{world.board}", {"privacy": "SECRET"}).status == 200
    else:
        assert world.ann.patch("/user_account", {"is_private": True}).status == 200
    deployed.source.drain()

    assert indexed(world.pins) == set()
    assert given_up(deployed) == {f"PIN#{world.pins[2]}/PIN"}
    assert reindex.check(lambda _: None) == 0


def test_what_is_found_though_it_cannot_be_read_any_more_is_told_and_taken_away(
    deployed: Deployment, world: World
) -> None:
    spoil(keys.pin(world.pins[2]))
    deployed.source.drain()

    assert reindex.check(lambda _: None) > 0
    assert reindex.repair(lambda _: None) == 0
    assert indexed(world.pins) == {*world.pins} - {world.pins[2]}


@pytest.mark.parametrize("kind", ["board", "pin", "profile"])
def test_what_was_mended_is_found_again(deployed: Deployment, world: World, kind: str) -> None:
    key = bad_item(world, kind)
    spoil(key)
    deployed.source.drain()
    assert reindex.repair(lambda _: None) == 0

    mend(key)
    deployed.source.drain()

    assert found(world.viewer, "boards") == {world.board, world.other_board}
    assert indexed(world.pins) == {*world.pins}
    assert deployed.drift() == []


@pytest.mark.parametrize("kind", ["board", "pin", "profile"])
def test_what_was_taken_away_since_it_could_not_be_read_leaves_the_indexes(
    deployed: Deployment, world: World, kind: str
) -> None:
    key = bad_item(world, kind)
    spoil(key)
    deployed.source.drain()
    remove(key)
    deployed.source.drain()

    assert indexed(world.pins) == ({*world.pins} - {world.pins[2]} if kind == "pin" else set())
    assert given_up(deployed) == {"/".join(key)}  # the record that spoilt it
    assert deployed.drift() == []


@pytest.mark.parametrize("is_alone", [False, True])
def test_a_board_forgets_a_pin_that_was_taken_away_since_it_could_not_be_read(
    deployed: Deployment, world: World, is_alone: bool
) -> None:
    board = a_board(world.viewer, name="Stripes")
    saved = world.viewer.post(f"/pins/{world.other_pin}/save", {"board_id": board, "title": "Zebra"}).json["id"]
    if not is_alone:
        a_pin(world.viewer, board, title="Zebra")
    deployed.source.drain()
    spoil(keys.pin(saved))
    deployed.source.drain()
    remove(keys.pin(saved))
    deployed.source.drain()

    assert given_up(deployed) == {f"PIN#{saved}/PIN"}  # the record that spoilt it
    assert deployed.drift() == []


@pytest.mark.parametrize("is_mended", [False, True])
def test_a_board_forgets_who_followed_it_and_could_not_be_read(
    deployed: Deployment, world: World, is_mended: bool
) -> None:
    key = keys.board_follow(world.viewer.user_id, world.board)
    since = (item(key) or {})["since"]
    set_attribute(key, "since", {"BOOL": True})
    deployed.source.drain()
    if is_mended:
        set_attribute(key, "since", since)
    else:
        remove(key)
    deployed.source.drain()

    assert given_up(deployed) == {"/".join(key)}
    assert deployed.drift() == []


# A sweep of which a part fails, for whatever reason.


@pytest.mark.parametrize("is_unreadable", [False, True])
def test_the_pins_of_a_board_are_swept_though_nothing_is_known_of_the_board(
    deployed: Deployment, world: World, monkeypatch: pytest.MonkeyPatch, is_unreadable: bool
) -> None:
    def failing(*_: object) -> None:
        raise ZeroDivisionError

    if is_unreadable:
        spoil(keys.board(world.board))
        deployed.source.drain()
    else:
        monkeypatch.setattr(documents, "board", failing)
    assert world.ann.patch("/user_account", {"is_private": True}).status == 200
    deployed.source.drain()

    assert indexed(world.pins) == set()


def test_parts_of_a_sweep_that_fail_hold_up_no_other_and_are_done_when_their_reason_is_mended(
    deployed: Deployment, world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(sweeping, "AT_ONCE", 2)
    bad, project = world.pins[3], documents.pin

    def failing(pin: Pin | None, board: Board | None, owner: Profile | None) -> Document | None:
        if pin and pin.id == bad:
            raise ZeroDivisionError
        return project(pin, board, owner)

    with monkeypatch.context() as broken:
        broken.setattr(documents, "pin", failing)
        assert world.ann.patch(f"/boards/{world.board}", {"privacy": "SECRET"}).status == 200
        deployed.source.drain()

    assert indexed(world.pins) == {bad}
    assert given_up(deployed) == {f"BOARD#{world.board}/SWEEP"}
    assert f"PartsFailed: pins {bad}" in caplog.text
    redrive.redrive(cast(Stack, Deployed(deployed)), lambda _: None)
    assert indexed(world.pins) == set()
    assert deployed.drift() == []


def test_a_sweep_goes_no_further_where_all_its_parts_fail(
    deployed: Deployment, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Then the database is down, and would be for the next ones."""
    monkeypatch.setattr(sweeping, "AT_ONCE", 2)
    refresh, told = indexing.refresh, []

    def down_at_first(touched: Mapping[Subject, Collection[str]], **options: Any) -> None:
        if touched and touched.keys() <= {Subject(PINS, pin_id) for pin_id in world.pins[3:]} and len(told) < 6:
            told.append(item(keys.sweep(keys.board(world.board))))
            raise StorageUnavailable("The database is down.")
        refresh(touched, **options)

    monkeypatch.setattr(indexing, "refresh", down_at_first)
    assert world.ann.patch(f"/boards/{world.board}", {"privacy": "SECRET"}).status == 200
    deployed.source.drain()

    assert len(told) == 6
    assert all(order == told[0] for order in told)
    assert indexed(world.pins) == set()
    assert given_up(deployed) == set()
    assert deployed.drift() == []


# An item of the indexes.


def in_the_indexes(world: World) -> dict[str, tuple[Key, Raw]]:
    """An item of each kind, and what it says then that cannot be read."""
    text, data = {"S": "[{"}, {"B": "c3BvaWx0"}
    card, cakes = keys.card("boards", number(world.board)), keys.block("boards", "cake", 0)
    line = keys.newest_block(of_user(world.ann.user_id))

    def document(**told: object) -> Raw:
        plain = {"kind": "boards", "id": world.board, "title": "wed cake", "owner_id": world.ann.user_id, **told}
        return {"documents": {"S": json.dumps([plain])}}

    return {
        "card": (card, {"documents": text}),
        "card of another format": (card, {"documents": {"S": '[{"id": "7", "called": "cakes"}]'}}),
        "standing on a card": (card, document(standing="x")),
        "id on a card": (card, document(id="abc")),
        "owner on a card": (card, document(owner_id=5)),
        "day on a card": (card, document(day="x")),
        "trend on a card": (card, document(trend=[7])),
        "notes of another type": (card, {"notes": {"S": '{"run": [7]}'}}),
        "notes on a card": (card, {"notes": {"S": "[]"}}),
        "list": (cakes, {"data": data}),
        "list of names": (keys.block("boards", documents.name_word("wedding cakes"), 0), {"data": data}),
        "list that is cut off": (cakes, {"data": {"B": ""}}),
        "head of a list": (cakes, {"head": text}),
        "place in the head of a list": (cakes, {"head": {"S": '{"fences":[["a","b"]],"floor":null,"having":3}'}}),
        "sample of a list": (cakes, {"sample": data, "limit": {"N": "7"}}),
        "census": (keys.census("boards", number(world.board)), {"data": data}),
        "limit of a census": (keys.census("boards", number(world.board)), {"limit": {"N": "0"}}),
        "long lists": (keys.long_lists("boards"), {"words": {"S": "[1]"}, "revision": {"N": "7"}}),
        "suggestions": (keys.suggestions("cak"), {"names": {"S": '[["board"]]'}, "was_full": {"BOOL": True}}),
        "name that is suggested": (keys.suggestions("cak"), {"names": {"S": '[["board", 5, 1]]'}}),
        "weight of a suggestion": (keys.suggestions("cak"), {"names": {"S": '[["board", "wedding cakes", "x"]]'}}),
        "person that is suggested": (keys.suggestions("cak"), {"names": {"S": '[["user", "7", 1]]'}}),
        "thing that is suggested": (keys.suggestions("cak"), {"names": {"S": '[["shed", "cakes", 1]]'}}),
        "trend": (keys.trends(""), {"data": data}),
        "floors of a trend": (keys.trends(""), {"floors": {"S": "[]"}}),
        "timeline": (line, {"pins": {"B": "c3BvaWx0"}}),
        "fence of a timeline": (line, {"fence": {"BOOL": True}}),
        "fence that is none": (line, {"fence": {"S": "abc"}}),
        "fence above its pins": (line, {"fence": {"S": world.pins[-1]}}),
        "note": (keys.timelines_of_pin(world.pins[2]), {"lines": {"SS": ["USER#7"]}}),
        "revision of a card": (card, {"revision": {"S": "7"}}),
        "revision of a list": (cakes, {"revision": {"S": "7"}}),
        "revision of a timeline": (line, {"revision": {"S": "7"}}),
        "none of ours": (("JUNK", "JUNK"), {}),
        "of no kind of ours": (("WORD#sheds#oak", "0"), {"data": data, "revision": {"N": "7"}}),
        "block that no list has": (("WORD#boards#cake", "7"), {"revision": {"N": "7"}}),
    }


INDEXED = (
    "card",
    "card of another format",
    "standing on a card",
    "id on a card",
    "owner on a card",
    "day on a card",
    "trend on a card",
    "notes of another type",
    "notes on a card",
    "list",
    "list of names",
    "list that is cut off",
    "head of a list",
    "place in the head of a list",
    "sample of a list",
    "census",
    "limit of a census",
    "suggestions",
    "name that is suggested",
    "weight of a suggestion",
    "person that is suggested",
    "thing that is suggested",
    "trend",
    "floors of a trend",
    "timeline",
    "fence of a timeline",
    "fence that is none",
    "note",
)
"""What somebody writes who changes a board and its pins."""
OTHERS = (
    "fence above its pins",
    "long lists",
    "revision of a card",
    "revision of a list",
    "revision of a timeline",
    "none of ours",
    "of no kind of ours",
    "block that no list has",
)


def spoil_index(deployed: Deployment, world: World, kind: str) -> Key:
    key, spoilt = in_the_indexes(world)[kind]
    discovery = deployed.memory.discovery
    there = discovery.items.get(key)
    assert there or kind in OTHERS
    discovery.write(key, {"pk": {"S": key[0]}, "sk": {"S": key[1]}, **(there or {}), **spoilt})
    search._known.cache_clear()
    return key


def unreadable(deployed: Deployment) -> list[Key]:
    return [each.key for each in drift._unreadable(deployed.memory.discovery.items) if each.key]


def told(key: Key) -> str:
    return f"{'/'.join(key)} cannot be read"


@pytest.mark.parametrize("kind", INDEXED + OTHERS)
def test_an_item_of_the_indexes_keeps_nothing_else_from_anybody_and_is_repaired(
    deployed: Deployment, world: World, caplog: pytest.LogCaptureFixture, kind: str
) -> None:
    key = spoil_index(deployed, world, kind)
    assert unreadable(deployed) == [key]
    paths = [path.format(other_board=world.other_board, other_pin=world.other_pin) for path in PATHS]
    assert {path: world.viewer.get(path).status for path in paths} == dict.fromkeys(paths, 200)

    caplog.clear()
    said: list[str] = []
    assert reindex.check(said.append) > 0
    assert told(key) in caplog.text
    assert f"1 x {Flaw.UNREADABLE} ({key[0].partition('#')[0]})" in said
    assert reindex.repair(lambda _: None) == 0

    assert unreadable(deployed) == []
    assert deployed.drift() == []
    assert found(world.viewer, "boards") == {world.board, world.other_board}


@pytest.mark.parametrize("kind", INDEXED + OTHERS)
def test_an_item_of_the_indexes_that_cannot_be_read_is_made_anew_with_them(
    deployed: Deployment, world: World, caplog: pytest.LogCaptureFixture, kind: str
) -> None:
    key = spoil_index(deployed, world, kind)

    assert reindex.renew(lambda _: None, wait=lambda: deployed.source.drain(seconds=3))

    assert told(key) in caplog.text
    assert given_up(deployed) == set()
    assert unreadable(deployed) == []
    assert reindex.check(lambda _: None) == 0
    assert deployed.drift() == []


@pytest.mark.parametrize("kind", INDEXED)
def test_whoever_writes_an_item_of_the_indexes_that_cannot_be_read_writes_it_anew(
    deployed: Deployment, world: World, kind: str
) -> None:
    spoil_index(deployed, world, kind)

    assert (
        world.ann.patch(f"/boards/{world.board}", {"name": "Birthday cakes", "description": "Of all sizes"}).status
        == 200
    )
    assert world.ann.patch(f"/pins/{world.pins[2]}", {"title": "Lemon cake"}).status == 200
    a_pin(world.ann, world.board, title="Chocolate cake")
    newcomer = a_user("dan_cakes")
    board = a_board(newcomer, name="Wedding cakes")
    assert newcomer.post(f"/pins/{world.pins[1]}/save", {"board_id": board}).status == 201
    deployed.source.drain()

    assert given_up(deployed) == set()
    assert unreadable(deployed) == []
    assert board in found(world.viewer, "boards")
    assert reindex.repair(lambda _: None) == 0  # what else the item said
    assert deployed.drift() == []


def test_an_item_of_the_indexes_is_named_and_counted_by_whoever_asks_for_it(
    deployed: Deployment, world: World, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    key = spoil_index(deployed, world, "card")
    caplog.clear()
    capsys.readouterr()

    assert found(world.viewer, "boards") == {world.other_board}

    assert [told(key) in each.message for each in caplog.records] == [True]
    assert counted(capsys) == 1


def counted(capsys: pytest.CaptureFixture[str]) -> float:
    metrics = [json.loads(line) for line in capsys.readouterr().out.splitlines() if '"_aws"' in line]
    return float(sum(sum(each["Unreadable"]) for each in metrics))


def test_what_several_threads_cannot_read_is_counted_once_each(capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    raw: Raw = {"pk": {"S": "TIMELINE#USER#7"}, "sk": {"S": "0"}}

    assert [*index.in_parallel(timelines.entries, [raw] * 300)] == [{}] * 300

    assert counted(capsys) == 300


@pytest.mark.parametrize(
    ("place", "attribute"),
    [*((place, "data") for place in range(4)), (0, "head"), (3, "sample"), (0, "revision"), (3, "revision")],
)
@pytest.mark.parametrize("is_renewed", [False, True])
def test_a_block_of_a_long_list_that_cannot_be_read_is_made_anew(
    deployed: Deployment, monkeypatch: pytest.MonkeyPatch, place: int, attribute: str, is_renewed: bool
) -> None:
    for module in (postings, index):
        monkeypatch.setattr(module, "BLOCK_BYTES", 110)
    for name, documents_ in (("_SPARSE", 5), ("_LACKING", 10), ("SAMPLE_SIZE", 5)):
        monkeypatch.setattr(postings, name, documents_)
    ann = a_user()
    board = a_board(ann, name="Things")
    for each in range(110):
        a_pin(ann, board, title="cake", description="sweet " * (each % 7))
    deployed.source.drain()
    discovery = deployed.memory.discovery
    key = keys.block(PINS, "cake", place)
    before = index.stored_list(PINS, "cake", discovery.items).whole
    assert before.floor
    discovery.write(key, {**discovery.items[key], "limit": {"N": "7"}, attribute: {"B": "c3BvaWx0"}})
    assert a_user().get("/discover/search?q=cake&type=pins").status == 200

    if is_renewed:
        assert reindex.renew(lambda _: None, wait=lambda: deployed.source.drain(seconds=3))
        assert reindex.check(lambda _: None) == 0
    else:
        assert reindex.repair(lambda _: None) == 0
    # A sample of 5 is too small to tell how many there are.
    assert [line for line in deployed.drift() if "tells of" not in line] == []
    after = index.stored_list(PINS, "cake", discovery.items).whole
    assert after.floor
    assert after.sample == before.sample


@pytest.mark.parametrize("attribute", ["pins", "fence", "revision"])
@pytest.mark.parametrize("is_newest", [False, True])
@pytest.mark.parametrize("how", ["repaired", "renewed", "written"])
def test_a_block_of_a_long_timeline_that_cannot_be_read_hides_no_other(
    deployed: Deployment, monkeypatch: pytest.MonkeyPatch, attribute: str, is_newest: bool, how: str
) -> None:
    monkeypatch.setattr(blocks, "BLOCK_ENTRIES", 4)
    ann, viewer = a_user(), a_user()
    board = a_board(ann)
    follow(viewer, ann)
    made = [a_pin(ann, board) for _ in range(12)]
    deployed.source.drain()
    discovery = deployed.memory.discovery
    line = keys.newest_block(of_user(ann.user_id))
    key = line if is_newest else sorted(key for key in discovery.items if key[0] == line[0])[2]
    there = timelines.entries(discovery.items[key])
    discovery.write(key, {**discovery.items[key], attribute: {"BOOL": True}})

    shown = {pin["id"] for pin in viewer.get("/discover/feed?page_size=50").json["items"]}
    assert shown == {*made} - (there.keys() if attribute == "pins" else set())

    match how:
        case "repaired":
            assert reindex.repair(lambda _: None) == 0
        case "renewed":
            assert reindex.renew(lambda _: None, wait=lambda: deployed.source.drain(seconds=3))
        case _:
            made.append(a_pin(ann, board))
            deployed.source.drain()
            assert reindex.repair(lambda _: None) == 0
    assert reindex.check(lambda _: None) == 0
    assert deployed.drift() == []
    shown = {pin["id"] for pin in viewer.get("/discover/feed?page_size=50").json["items"]}
    assert shown == {*made}


def test_repairing_a_block_leaves_its_fence_where_whoever_writes_below_it_may_have_read_it(
    deployed: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blocks, "BLOCK_ENTRIES", 4)
    ann = a_user()
    board = a_board(ann)
    made = [a_pin(ann, board) for _ in range(12)]
    deployed.source.drain()
    key = keys.newest_block(of_user(ann.user_id))
    discovery = deployed.memory.discovery
    fence = timelines.fence(discovery.items[key])
    assert fence in made
    assert ann.delete(f"/pins/{fence}").status == 204
    deployed.source.drain()

    discovery.write(key, {**discovery.items[key], "pins": {"BOOL": True}})
    assert reindex.repair(lambda _: None) == 0

    assert timelines.fence(discovery.items[key]) == fence
    assert deployed.drift() == []


def test_a_repair_that_loses_to_somebody_else_is_done_again(
    deployed: Deployment, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = spoil_index(deployed, world, "fence above its pins")
    newest_again, discovery = timelines.newest_again, deployed.memory.discovery

    def late(line: str) -> Group:
        group = newest_again(line)
        discovery.write(key, {**discovery.items[key], "revision": {"N": "7"}})
        return group

    monkeypatch.setattr(timelines, "newest_again", late)
    with pytest.raises(Conflict):
        drift.mend([*drift._unreadable(discovery.items)])

    monkeypatch.setattr(timelines, "newest_again", newest_again)
    assert reindex.repair(lambda _: None) == 0
    assert unreadable(deployed) == []
    assert deployed.drift() == []


# Cleaning up.


def test_a_deleted_board_does_not_forget_a_pin_that_cannot_be_read(deployed: Deployment, world: World) -> None:
    key = keys.pin(world.pins[2])
    spoil(key)
    delete_for_good(world.ann, f"/boards/{world.board}")
    deployed.source.drain()
    assert item(key) is not None
    assert f"BOARD#{world.board}/BOARD" in given_up(deployed, "upkeep")

    mend(key)
    redrive.redrive(cast(Stack, Deployed(deployed)), lambda _: None)
    deployed.source.drain()
    assert item(key) is None
    assert item(keys.board(world.board)) is None


@pytest.mark.parametrize("kind", ["board", "pin"])
@pytest.mark.parametrize("is_in_trash", [False, True])
def test_an_account_does_not_go_without_what_cannot_be_read(
    deployed: Deployment, world: World, kind: str, is_in_trash: bool
) -> None:
    key = bad_item(world, kind)
    if is_in_trash:
        path = f"/boards/{world.board}" if kind == "board" else f"/pins/{world.pins[2]}"
        assert world.ann.delete(path).status == 204
        deployed.source.drain()
    spoil(key)
    assert world.ann.delete("/user_account").status == 204
    deployed.source.drain()
    assert item(key) is not None
    assert item(keys.profile(world.ann.user_id)) is not None
    assert given_up(deployed, "upkeep")

    mend(key)
    redrive.redrive(cast(Stack, Deployed(deployed)), lambda _: None)
    deployed.source.drain()
    assert item(key) is None
    assert item(keys.profile(world.ann.user_id)) is None
