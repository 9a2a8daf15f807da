"""Who sees what: owner, collaborator, stranger; with and without the scopes for secret things."""

from collections.abc import Callable
from typing import NamedTuple

import pytest

from presence.storage import keys
from tests.support.api import Client, Reply
from tests.support.content import a_board, a_pin, a_section, an_upload, ids, refusal
from tests.support.people import a_user
from tests.support.stored import add_collaborator, dynamodb_requests, everything, remove
from tests.support.wire import ANY_PICTURE, BOARD_NOT_FOUND, PIN_NOT_FOUND, SCOPE_MISSING

NOT_THERE = "1" * 19


class World(NamedTuple):
    owner: Client
    board: str
    section: str
    pin: str


def a_world(privacy: str) -> World:
    owner = a_user()
    board_id = a_board(owner, privacy=privacy)
    section_id = a_section(owner, board_id)
    return World(owner, board_id, section_id, a_pin(owner, board_id, board_section_id=section_id))


NOWHERE = (NOT_THERE,) * 3

type Call = Callable[[Client, str, str, str, str], Reply]
"""Takes who asks, then board, section and pin, and a pin of the caller's own."""

CALLS: dict[str, Call] = {
    "get a board": lambda me, board, section, pin, own: me.get(f"/boards/{board}"),
    "get fields of a board": lambda me, board, section, pin, own: me.get(f"/boards/{board}?fields=id"),
    "get a board again": lambda me, board, section, pin, own: me.get(f"/boards/{board}", if_none_match="*"),
    "edit a board": lambda me, board, section, pin, own: me.patch(f"/boards/{board}", {"name": "Any"}),
    "edit a board, unless stale": lambda me, board, section, pin, own: me.patch(
        f"/boards/{board}", {"name": "Any"}, if_match='"99-any"'
    ),
    "delete a board": lambda me, board, section, pin, own: me.delete(f"/boards/{board}"),
    "list a board's pins": lambda me, board, section, pin, own: me.get(f"/boards/{board}/pins"),
    "list related boards": lambda me, board, section, pin, own: me.get(f"/discover/boards/{board}/related"),
    "list ideas for a board": lambda me, board, section, pin, own: me.get(f"/discover/boards/{board}/ideas"),
    "list boards for a pin": lambda me, board, section, pin, own: me.get(f"/discover/pins/{pin}/boards"),
    "list sections": lambda me, board, section, pin, own: me.get(f"/boards/{board}/sections"),
    "create a section": lambda me, board, section, pin, own: me.post(f"/boards/{board}/sections", {"name": "Any"}),
    "create a section once": lambda me, board, section, pin, own: me.post(
        f"/boards/{board}/sections", {"name": "Any"}, idempotency_key=f"any key {board}"
    ),
    "rename a section": lambda me, board, section, pin, own: me.patch(
        f"/boards/{board}/sections/{section}", {"name": "Any"}
    ),
    "delete a section": lambda me, board, section, pin, own: me.delete(f"/boards/{board}/sections/{section}"),
    "list a section's pins": lambda me, board, section, pin, own: me.get(f"/boards/{board}/sections/{section}/pins"),
    "create a pin": lambda me, board, section, pin, own: me.post(
        "/pins", {"board_id": board, "media_source": ANY_PICTURE}
    ),
    "create a pin in a section": lambda me, board, section, pin, own: me.post(
        "/pins", {"board_id": board, "board_section_id": section, "media_source": ANY_PICTURE}
    ),
    "upload a pin": lambda me, board, section, pin, own: me.post(
        "/pins", {"board_id": board, "media_source": an_upload()}
    ),
    "get a pin": lambda me, board, section, pin, own: me.get(f"/pins/{pin}"),
    "edit a pin": lambda me, board, section, pin, own: me.patch(f"/pins/{pin}", {"title": "Any"}),
    "move a pin": lambda me, board, section, pin, own: me.patch(f"/pins/{pin}", {"board_section_id": section}),
    "delete a pin": lambda me, board, section, pin, own: me.delete(f"/pins/{pin}"),
    "delete a pin, unless stale": lambda me, board, section, pin, own: me.delete(f"/pins/{pin}", if_match='"99-any"'),
    "save a pin": lambda me, board, section, pin, own: me.post(f"/pins/{pin}/save", {}),
    "save a pin on a board": lambda me, board, section, pin, own: me.post(f"/pins/{own}/save", {"board_id": board}),
    "move an own pin to a board": lambda me, board, section, pin, own: me.patch(f"/pins/{own}", {"board_id": board}),
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_to_a_stranger_what_is_secret_is_what_is_not_there(call: Call) -> None:
    world, ben = a_world("SECRET"), a_user()
    own = a_pin(ben, a_board(ben))
    before = everything()
    with dynamodb_requests() as for_missing:
        missing = call(ben, *NOWHERE, own)
    with dynamodb_requests() as for_hidden:
        hidden = call(ben, world.board, world.section, world.pin, own)

    assert hidden.status == 404
    assert hidden == missing
    assert for_hidden == for_missing
    assert everything() == before


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_to_an_owner_without_the_secret_scopes_what_is_secret_is_what_is_not_there(call: Call) -> None:
    world = a_world("SECRET")
    own = a_pin(world.owner, a_board(world.owner))
    owner = world.owner.without_scopes("boards:read_secret", "pins:read_secret")
    before = everything()

    assert call(owner, world.board, world.section, world.pin, own) == call(owner, *NOWHERE, own)
    assert everything() == before


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_to_its_owner_nothing_is_hidden(call: Call) -> None:
    world = a_world("SECRET")
    own = a_pin(world.owner, a_board(world.owner))

    assert call(world.owner, world.board, world.section, world.pin, own).status in (200, 201, 204, 304, 412)


@pytest.mark.parametrize("privacy", ["PUBLIC", "PROTECTED"])
@pytest.mark.parametrize(
    "call", ["get a board", "list a board's pins", "list sections", "list a section's pins", "get a pin", "save a pin"]
)
def test_an_open_board_and_what_is_on_it_is_shown_to_strangers(privacy: str, call: str) -> None:
    world, ben = a_world(privacy), a_user()

    assert CALLS[call](ben, world.board, world.section, world.pin, "").status in (200, 201)


@pytest.mark.parametrize(
    "call", ["get a board", "list a board's pins", "list sections", "list a section's pins", "get a pin", "save a pin"]
)
def test_a_secret_board_and_what_is_on_it_is_shown_to_collaborators(call: str) -> None:
    world, ben = a_world("SECRET"), a_user()
    add_collaborator(world.board, ben)

    assert CALLS[call](ben, world.board, world.section, world.pin, "").status in (200, 201)


@pytest.mark.parametrize(
    "call", ["get a board", "list a board's pins", "list sections", "list a section's pins", "get a pin", "save a pin"]
)
def test_a_former_collaborator_sees_what_a_stranger_sees(call: str) -> None:
    world, ben, carl = a_world("SECRET"), a_user(), a_user()
    add_collaborator(world.board, ben)
    add_collaborator(world.board, carl)
    remove(keys.member(world.board, ben.user_id))

    assert CALLS[call](ben, world.board, world.section, world.pin, "").status == 404


def test_a_board_made_secret_is_hidden_at_once_and_shown_again_when_made_public() -> None:
    world, ben = a_world("PUBLIC"), a_user()
    world.owner.patch(f"/boards/{world.board}", {"privacy": "SECRET"})

    assert refusal(ben.get(f"/boards/{world.board}")) == BOARD_NOT_FOUND
    assert refusal(ben.get(f"/pins/{world.pin}")) == PIN_NOT_FOUND

    world.owner.patch(f"/boards/{world.board}", {"privacy": "PUBLIC"})
    assert ben.get(f"/boards/{world.board}").status == 200
    assert ben.get(f"/pins/{world.pin}").status == 200


def test_a_secret_board_is_not_listed_to_its_owner_without_the_secret_scope() -> None:
    world = a_world("SECRET")
    open_board = a_board(world.owner)
    owner = world.owner.without_scopes("boards:read_secret")

    assert ids(owner.get("/boards")) == [open_board]
    assert ids(owner.get("/boards?privacy=SECRET")) == []
    assert refusal(owner.get(f"/boards/{world.board}")) == BOARD_NOT_FOUND


def test_secret_pins_are_not_listed_to_their_owner_without_the_secret_scope() -> None:
    world = a_world("SECRET")
    open_pin = a_pin(world.owner, a_board(world.owner))
    owner = world.owner.without_scopes("pins:read_secret")

    assert ids(owner.get("/pins")) == [open_pin]
    assert ids(owner.get("/pins?pin_type=PRIVATE")) == []
    assert refusal(owner.get(f"/pins/{world.pin}")) == PIN_NOT_FOUND


@pytest.mark.parametrize("path", ["/boards/{board}/pins", "/boards/{board}/sections/{section}/pins"])
def test_a_listing_of_secret_pins_names_the_scope_that_is_missing(path: str) -> None:
    world = a_world("SECRET")
    reply = world.owner.without_scopes("pins:read_secret").get(path.format(board=world.board, section=world.section))

    assert refusal(reply) == SCOPE_MISSING
    assert reply.json["message"].endswith("pins:read_secret")


@pytest.mark.parametrize(
    ("scope", "call"),
    [
        *[
            ("boards:write_secret", call)
            for call in ("edit a board", "delete a board", "create a section", "rename a section", "delete a section")
        ],
        *[
            ("pins:write_secret", call)
            for call in ("create a pin", "upload a pin", "edit a pin", "move a pin", "delete a pin")
        ],
        ("pins:write_secret", "save a pin on a board"),
        ("pins:write_secret", "move an own pin to a board"),
    ],
)
def test_changing_what_is_secret_names_the_scope_that_is_missing(scope: str, call: str) -> None:
    world = a_world("SECRET")
    own = a_pin(world.owner, a_board(world.owner))
    before = everything()
    reply = CALLS[call](world.owner.without_scopes(scope), world.board, world.section, world.pin, own)

    assert refusal(reply) == SCOPE_MISSING
    assert reply.json["message"].endswith(scope)
    assert everything() == before


def test_making_a_secret_board_needs_the_scope_for_it() -> None:
    world = a_world("PUBLIC")
    owner = world.owner.without_scopes("boards:write_secret")
    before = everything()
    replies = [
        owner.post("/boards", {"name": "Hidden", "privacy": "SECRET"}),
        owner.patch(f"/boards/{world.board}", {"privacy": "SECRET"}),
    ]

    assert [refusal(reply) for reply in replies] == [SCOPE_MISSING] * 2
    assert all(reply.json["message"].endswith("boards:write_secret") for reply in replies)
    assert everything() == before


def test_what_is_open_needs_no_scope_for_secrets() -> None:
    ann = a_user().without_scopes("boards:read_secret", "boards:write_secret", "pins:read_secret", "pins:write_secret")
    board_id = a_board(ann)
    section_id = a_section(ann, board_id)
    pin_id = a_pin(ann, board_id)

    assert ann.patch(f"/pins/{pin_id}", {"board_section_id": section_id}).status == 200
    assert ids(ann.get(f"/boards/{board_id}/sections/{section_id}/pins")) == [pin_id]
    assert ann.delete(f"/boards/{board_id}").status == 204
