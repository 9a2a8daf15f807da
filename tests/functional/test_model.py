"""The handlers and a plain model of the API do the same, whatever people do to each other and to their boards.

Hypothesis makes up sequences of what people do; the real handlers carry them out on ``tests/support/memory.py``, the
model (``tests/support/oracle.py``) in plain sets, and then every read path answers everybody what the model says.
``MODEL_SEQUENCES`` sets how many sequences there are: 200 unless told, 2,000 and more at night.
"""

import os
from collections.abc import Callable, Iterator
from itertools import count, permutations
from typing import Any

import pytest
from hypothesis import HealthCheck, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from presence.domain import clock
from presence.storage import table
from tests.functional.conftest import fresh_clients
from tests.support.api import Client, Reply
from tests.support.content import refusal
from tests.support.memory import Memory, MemoryStream
from tests.support.oracle import Elsewhere, Oracle, Reader, Refused
from tests.support.people import a_user
from tests.support.wire import ANY_PICTURE, Refusal

SEQUENCES = int(os.environ.get("MODEL_SEQUENCES", "200"))
PARTS = 2
"""Of the sequences, so that two processes can run them."""
STEPS = 25

PEOPLE = ("ann", "ben", "cat")
NAMES = ("Cakes", "Boats", "Trees")
who = st.sampled_from(PEOPLE)
names = st.sampled_from(NAMES)
boards = st.runner().flatmap(lambda model: st.sampled_from(model.boards))
sections = st.runner().flatmap(lambda model: st.sampled_from(model.sections))
pins = st.runner().flatmap(lambda model: st.sampled_from(model.pins))
two_boards = st.runner().flatmap(lambda model: st.sampled_from(model.pairs()))
roles = st.sampled_from(("viewer", "contributor", "editor"))
some_privacy = st.sampled_from(("PUBLIC", "PROTECTED", "SECRET"))

type Row = tuple[Any, ...]
type Question = tuple[str, Callable[[dict[str, Any]], Row], Callable[[], Any]]
"""A path, how an item or a thing of its answer becomes a row, and what the model answers."""


def board_row(board: dict[str, Any]) -> Row:
    names = ("id", "name", "privacy", "owner", "role", "is_archived", "pin_count", "collaborator_count")
    return tuple(_username(board[name]) if name == "owner" else board[name] for name in names)


def pin_row(pin: dict[str, Any]) -> Row:
    by, owner = _username(pin["added_by"]), _username(pin["board_owner"])
    return (pin["id"], pin["board_id"], owner, pin["board_section_id"], by, pin["parent_pin_id"])


def section_row(section: dict[str, Any]) -> Row:
    return (section["id"], section["name"])


def account_row(account: dict[str, Any]) -> Row:
    return tuple(
        account[name] for name in ("username", "board_count", "pin_count", "follower_count", "following_count")
    )


def user_row(user: dict[str, Any]) -> Row:
    return (user["username"], user["is_private"], user["follow_state"])


def id_row(thing: dict[str, Any]) -> Row:
    return (thing["id"],)


def name_row(user: dict[str, Any]) -> Row:
    return (user["username"],)


def part_row(part: dict[str, Any]) -> Row:
    return (part["username"], part["role"])


def received_row(invitation: dict[str, Any]) -> Row:
    return (invitation["board_id"], invitation["role"])


def followed_row(board: dict[str, Any]) -> Row:
    return (board["id"], board["follower_count"])


def _username(owner: dict[str, str] | None) -> str | None:
    return owner["username"] if owner else None


class Model(RuleBasedStateMachine):
    """Three people, of whom two have boards with pins to begin with, and two a part on another's."""

    def __init__(self) -> None:
        super().__init__()
        memory().forget()
        self.stream = MemoryStream(memory())
        self.clients = {name: a_user(name) for name in PEOPLE}
        self.oracle = Oracle(*PEOPLE)
        self.boards: list[str] = []
        self.sections: list[tuple[str, str]] = []
        """Boards and a section of each."""
        self.pins: list[str] = []
        self.has_blocks_to_tell = False
        for who, name, privacy in (
            ("ann", "Cakes", "PUBLIC"),
            ("ann", "Boats", "SECRET"),
            ("ben", "Cakes", "PROTECTED"),
        ):
            self.create_board(who, name, privacy)
            self.create_pin(who, self.boards[-1])
        cakes, boats, _ = self.boards
        self.create_section("ann", cakes)
        self.create_pin_in_section("ann", self.sections[0])
        self.invite_and_accept(cakes, "ben", "contributor")
        self.invite_and_accept(boats, "cat", "editor")
        self.create_pin("ben", cakes)
        self.create_pin("cat", boats)

    def pairs(self) -> list[tuple[str, str]]:
        """Boards that are there and have one owner; any two where there are none."""
        there = [board for board in self.oracle.boards.values() if not board.is_gone]
        of_one_owner = [(one.id, other.id) for one, other in permutations(there, 2) if one.owner == other.owner]
        return of_one_owner or [(self.boards[0], self.boards[-1])]

    # What people do

    def _same(self, reply: Reply, change: Callable[[], None]) -> bool:
        """Whether it was done: by both, or by neither and with the same refusal."""
        assert reply.status < 500, reply.text
        refused = _answer(change)
        assert (_refused(reply) if reply.status >= 300 else None) == refused, reply.text
        return refused is None

    @rule(who=who, name=names, privacy=some_privacy)
    def create_board(self, who: str, name: str, privacy: str) -> None:
        reply = self.clients[who].post("/boards", {"name": name, "privacy": privacy})
        board = reply.json.get("id", "")
        if self._same(reply, lambda: self.oracle.create_board(who, board, name, privacy)):
            self.boards.append(board)

    @rule(who=who, board=boards, privacy=st.sampled_from(("PUBLIC", "SECRET")))
    def change_privacy(self, who: str, board: str, privacy: str) -> None:
        reply = self.clients[who].patch(f"/boards/{board}", {"privacy": privacy})
        self._same(reply, lambda: self.oracle.change_board(who, board, privacy=privacy))

    @rule(who=who, board=boards, name=names)
    def rename_board(self, who: str, board: str, name: str) -> None:
        reply = self.clients[who].patch(f"/boards/{board}", {"name": name})
        self._same(reply, lambda: self.oracle.change_board(who, board, name=name))

    @rule(who=who, board=boards)
    def delete_board(self, who: str, board: str) -> None:
        reply = self.clients[who].delete(f"/boards/{board}")
        self._same(reply, lambda: self.oracle.delete_board(who, board))

    @rule(who=who, board=boards)
    def create_section(self, who: str, board: str) -> None:
        reply = self.clients[who].post(f"/boards/{board}/sections", {"name": "Any"})
        section = reply.json.get("id", "")
        if self._same(reply, lambda: self.oracle.create_section(who, board, section, "Any")):
            self.sections.append((board, section))

    @rule(who=who, section=sections)
    def rename_section(self, who: str, section: tuple[str, str]) -> None:
        board, section_id = section
        reply = self.clients[who].patch(f"/boards/{board}/sections/{section_id}", {"name": "Another"})
        self._same(reply, lambda: self.oracle.rename_section(who, board, section_id, "Another"))

    @rule(who=who, section=sections)
    def delete_section(self, who: str, section: tuple[str, str]) -> None:
        board, section_id = section
        reply = self.clients[who].delete(f"/boards/{board}/sections/{section_id}")
        self._same(reply, lambda: self.oracle.delete_section(who, board, section_id))

    @rule(who=who, board=boards)
    def create_pin(self, who: str, board: str) -> None:
        self._create_pin(who, board, None)

    @rule(who=who, section=sections)
    def create_pin_in_section(self, who: str, section: tuple[str, str]) -> None:
        self._create_pin(who, *section)

    def _create_pin(self, who: str, board: str, section: str | None) -> None:
        body = {"board_id": board, "board_section_id": section, "media_source": ANY_PICTURE}
        reply = self.clients[who].post("/pins", body)
        pin = reply.json.get("id", "")
        if self._same(reply, lambda: self.oracle.create_pin(who, pin, board, section)):
            self.pins.append(pin)

    @rule(who=who, pin=pins, board=boards)
    def save_pin(self, who: str, pin: str, board: str) -> None:
        reply = self.clients[who].post(f"/pins/{pin}/save", {"board_id": board})
        copy = reply.json.get("id", "")
        if self._same(reply, lambda: self.oracle.save_pin(who, pin, copy, board)):
            self.pins.append(copy)

    @rule(who=who, pin=pins, board=boards)
    def move_pin(self, who: str, pin: str, board: str) -> None:
        reply = self.clients[who].patch(f"/pins/{pin}", {"board_id": board, "board_section_id": None})
        self._same(reply, lambda: self.oracle.move_pin(who, pin, board, None))

    @rule(who=who, pin=pins, section=sections)
    def move_pin_to_section(self, who: str, pin: str, section: tuple[str, str]) -> None:
        board, section_id = section
        reply = self.clients[who].patch(f"/pins/{pin}", {"board_id": board, "board_section_id": section_id})
        self._same(reply, lambda: self.oracle.move_pin(who, pin, board, section_id))

    @rule(who=who, pin=pins)
    def delete_pin(self, who: str, pin: str) -> None:
        reply = self.clients[who].delete(f"/pins/{pin}")
        self._same(reply, lambda: self.oracle.delete_pin(who, pin))

    @rule(who=who, board=boards)
    def archive(self, who: str, board: str) -> None:
        reply = self.clients[who].post(f"/boards/{board}/archive")
        self._same(reply, lambda: self.oracle.archive(who, board))

    @rule(who=who, board=boards)
    def restore_board(self, who: str, board: str) -> None:
        reply = self.clients[who].post(f"/boards/{board}/restore")
        self._same(reply, lambda: self.oracle.restore_board(who, board))

    @rule(who=who, board=boards)
    def purge_board(self, who: str, board: str) -> None:
        reply = self.clients[who].delete(f"/user_account/trash/boards/{board}")
        self._same(reply, lambda: self.oracle.purge_board(who, board))

    @rule(who=who, pin=pins)
    def restore_pin(self, who: str, pin: str) -> None:
        reply = self.clients[who].post(f"/pins/{pin}/restore")
        self._same(reply, lambda: self.oracle.restore_pin(who, pin))

    @rule(who=who, pin=pins)
    def purge_pin(self, who: str, pin: str) -> None:
        reply = self.clients[who].delete(f"/user_account/trash/pins/{pin}")
        self._same(reply, lambda: self.oracle.purge_pin(who, pin))

    @rule(who=who, is_private=st.booleans())
    def set_private(self, who: str, is_private: bool) -> None:
        reply = self.clients[who].patch("/user_account", {"is_private": is_private})
        self._same(reply, lambda: self.oracle.set_private(who, is_private))

    @rule(who=who, other=who)
    def follow(self, who: str, other: str) -> None:
        reply = self.clients[who].post(f"/user_account/following/{other}")
        self._same(reply, lambda: self.oracle.follow(who, other))

    @rule(who=who, other=who)
    def unfollow(self, who: str, other: str) -> None:
        reply = self.clients[who].delete(f"/user_account/following/{other}")
        self._same(reply, lambda: self.oracle.unfollow(who, other))

    @rule(who=who, other=who)
    def remove_follower(self, who: str, other: str) -> None:
        reply = self.clients[who].delete(f"/user_account/followers/{other}")
        self._same(reply, lambda: self.oracle.remove_follower(who, other))

    @rule(who=who, other=who, approve=st.booleans())
    def answer_follow_request(self, who: str, other: str, approve: bool) -> None:
        method, answer = ("POST", self.oracle.approve) if approve else ("DELETE", self.oracle.decline)
        reply = self.clients[who].request(method, f"/user_account/follow_requests/{other}", {})
        self._same(reply, lambda: answer(who, other))

    @rule(who=who, other=who)
    def block(self, who: str, other: str) -> None:
        reply = self.clients[who].post(f"/user_account/blocks/{other}")
        if self._same(reply, lambda: self.oracle.block(who, other)):
            self.has_blocks_to_tell = True

    @rule(who=who, other=who)
    def unblock(self, who: str, other: str) -> None:
        reply = self.clients[who].delete(f"/user_account/blocks/{other}")
        self._same(reply, lambda: self.oracle.unblock(who, other))

    @rule(who=who, board=boards)
    def follow_board(self, who: str, board: str) -> None:
        reply = self.clients[who].post(f"/user_account/following/boards/{board}")
        self._same(reply, lambda: self.oracle.follow_board(who, board))

    @rule(who=who, board=boards)
    def unfollow_board(self, who: str, board: str) -> None:
        reply = self.clients[who].delete(f"/user_account/following/boards/{board}")
        self._same(reply, lambda: self.oracle.unfollow_board(who, board))

    @rule(who=who, board=boards, other=who, role=roles)
    def invite(self, who: str, board: str, other: str, role: str) -> None:
        reply = self.clients[who].post(f"/boards/{board}/invitations", {"username": other, "role": role})
        self._same(reply, lambda: self.oracle.invite(who, board, other, role))

    @rule(board=boards, other=who, role=roles)
    def invite_and_accept(self, board: str, other: str, role: str) -> None:
        owner = self.oracle.boards[board].owner
        self.invite(owner, board, other, role)
        self.accept(other, board)

    @rule(who=who, board=boards, other=who)
    def revoke(self, who: str, board: str, other: str) -> None:
        reply = self.clients[who].delete(f"/boards/{board}/invitations/{other}")
        self._same(reply, lambda: self.oracle.revoke(who, board, other))

    @rule(who=who, board=boards)
    def accept(self, who: str, board: str) -> None:
        reply = self.clients[who].post(f"/user_account/invitations/{board}")
        self._same(reply, lambda: self.oracle.accept(who, board))

    @rule(who=who, board=boards)
    def refuse(self, who: str, board: str) -> None:
        reply = self.clients[who].delete(f"/user_account/invitations/{board}")
        self._same(reply, lambda: self.oracle.refuse(who, board))

    @rule(who=who, board=boards, role=roles)
    def ask_to_join(self, who: str, board: str, role: str) -> None:
        reply = self.clients[who].post(f"/boards/{board}/join_requests", {"role": role})
        self._same(reply, lambda: self.oracle.ask_to_join(who, board, role))

    @rule(board=boards, other=who, role=roles, approve=st.booleans())
    def ask_and_be_answered(self, board: str, other: str, role: str, approve: bool) -> None:
        self.ask_to_join(other, board, role)
        self.answer_join_request(self.oracle.boards[board].owner, board, other, approve)

    @rule(who=who, board=boards, other=who, approve=st.booleans())
    def answer_join_request(self, who: str, board: str, other: str, approve: bool) -> None:
        method, answer = ("POST", self.oracle.let_join) if approve else ("DELETE", self.oracle.end_join_request)
        reply = self.clients[who].request(method, f"/boards/{board}/join_requests/{other}", {})
        self._same(reply, lambda: answer(who, board, other))

    @rule(who=who, board=boards, other=who, role=roles)
    def set_role(self, who: str, board: str, other: str, role: str) -> None:
        reply = self.clients[who].patch(f"/boards/{board}/collaborators/{other}", {"role": role})
        self._same(reply, lambda: self.oracle.set_role(who, board, other, role))

    @rule(who=who, board=boards, other=who)
    def remove_member(self, who: str, board: str, other: str) -> None:
        reply = self.clients[who].delete(f"/boards/{board}/collaborators/{other}")
        self._same(reply, lambda: self.oracle.remove_member(who, board, other))

    @rule(board=boards, who=who, other=who)
    def transfer(self, who: str, board: str, other: str) -> None:
        """Whose boards a block parts from their followers is decided when the stream comes to it. Which follows it ends
        of boards that change hands before that is left open.
        """
        if self.has_blocks_to_tell:
            self.the_stream_is_told()
        reply = self.clients[who].post(f"/boards/{board}/transfer", {"username": other})
        self._same(reply, lambda: self.oracle.transfer(who, board, other))

    @rule(who=who, board=boards, into=boards)
    def merge(self, who: str, board: str, into: str) -> None:
        reply = self.clients[who].post(f"/boards/{board}/merge", {"into": into})
        if self._same(reply, lambda: self.oracle.merge(who, board, into)):
            brought = [(into, section) for held_by, section in self.sections if held_by == board]
            self.sections += [section for section in brought if section not in self.sections]

    @rule(pair=two_boards, is_told=st.booleans())
    def merge_own(self, pair: tuple[str, str], is_told: bool) -> None:
        board, into = pair
        owner = self.oracle.boards[board].owner
        self.merge(owner, board, into)
        if is_told:
            self.the_stream_is_told()
        self.merge(owner, board, into)

    @rule(pair=two_boards, other=who, role=roles)
    def furnish_and_merge(self, pair: tuple[str, str], other: str, role: str) -> None:
        board, into = pair
        owner = self.oracle.boards[board].owner
        self.furnish(board, other, role)
        self.invite(owner, into, other, role)
        self.merge(owner, board, into)
        self.delete_pin(owner, self.pins[-1])  # still on its way

    @rule(who=who, pair=two_boards, other=who, role=roles)
    def share_merge_and_transfer(self, who: str, pair: tuple[str, str], other: str, role: str) -> None:
        board, into = pair
        self.invite_and_accept(board, other, role)
        self.invite_and_accept(into, other, role)
        self.follow_board(other, board)
        self.merge(who, board, into)
        self.transfer(self.oracle.boards[into].owner, into, other)

    @rule(pair=two_boards, other=who, is_followed=st.booleans())
    def merge_what_is_followed_and_what_is_left_out(self, pair: tuple[str, str], other: str, is_followed: bool) -> None:
        owner = self.oracle.boards[pair[0]].owner
        followed, left_out = pair if is_followed else reversed(pair)
        self.follow(other, owner)
        self.unfollow_board(other, left_out)
        self.follow_board(other, followed)
        self.merge(owner, *pair)

    @rule(board=boards, names=st.permutations(NAMES), privacy=some_privacy, is_told=st.booleans())
    def merge_on_and_on(self, board: str, names: list[str], privacy: str, is_told: bool) -> None:
        for name in names[:2]:
            end = self.oracle.end(board)
            self.create_board(end.owner, name, privacy)
            self.merge(end.owner, end.id, self.boards[-1])
            if is_told:
                self.the_stream_is_told()

    @rule(board=boards, other=who, role=roles)
    def furnish(self, board: str, other: str, role: str) -> None:
        """With what a merge has to bring."""
        owner = self.oracle.boards[board].owner
        self.create_section(owner, board)
        self.create_pin_in_section(owner, self.sections[-1])
        self.invite_and_accept(board, other, role)
        self.create_pin(other, board)
        self.follow_board(other, board)
        self.ask_to_join(other, board, role)

    @rule()
    def the_stream_is_told(self) -> None:
        self.stream.settle()
        self.oracle.the_stream_has_run()
        self.has_blocks_to_tell = False

    # What everybody reads then

    @rule(who=who, secret_boards=st.booleans(), secret_pins=st.booleans())
    def look(self, who: str, secret_boards: bool, secret_pins: bool) -> None:
        self._compare(Reader(who, secret_boards, secret_pins), page_size=25)

    def teardown(self) -> None:
        for settled in (False, True):
            for name in PEOPLE:
                self._compare(Reader(name), page_size=2)
                self._compare(Reader(name, secret_boards=settled, secret_pins=not settled), page_size=25)
            self.the_stream_is_told()

    def _compare(self, reader: Reader, *, page_size: int) -> None:
        lacks = ("boards:read_secret",) * (not reader.secret_boards) + ("pins:read_secret",) * (not reader.secret_pins)
        client = self.clients[reader.name].without_scopes(*lacks)
        for path, row, ask in self._questions(reader):
            answer, expected = _read(client, path, row, page_size), _answer(ask)
            if isinstance(expected, set):  # a list in an order that nobody chose
                assert isinstance(answer, list), f"{reader} GET {path}"
                assert len(set(answer)) == len(answer), f"{reader} GET {path}"
                answer = set(answer)
            assert answer == expected, f"{reader} GET {path}"

    def _questions(self, reader: Reader) -> Iterator[Question]:
        ask = self.oracle
        if not memory().written:  # counts and what a block undoes of boards follow through the stream
            yield from self._settled_questions(reader)
        yield "/user_account/followers?", name_row, lambda: ask.get_followers(reader, reader.name)
        yield (
            "/user_account/following?explicit_following=true",
            name_row,
            lambda: ask.get_following(reader, reader.name),
        )
        yield "/user_account/follow_requests?", name_row, lambda: ask.get_follow_requests(reader)
        yield "/user_account/blocks?", name_row, lambda: ask.get_blocks(reader)
        yield "/user_account/invitations?", received_row, lambda: ask.get_invitations(reader)
        yield "/user_account/trash/boards?", id_row, lambda: ask.get_trashed_boards(reader)
        yield "/user_account/trash/pins?", id_row, lambda: ask.get_trashed_pins(reader)
        for name in PEOPLE:
            yield f"/users/{name}", user_row, lambda name=name: ask.get_user(reader, name)
            yield f"/users/{name}/boards?", board_row, lambda name=name: ask.get_boards_of(reader, name)
            yield f"/users/{name}/pins?", pin_row, lambda name=name: ask.get_pins_of(reader, name)
            yield f"/users/{name}/followers?", name_row, lambda name=name: ask.get_followers(reader, name)
            yield f"/users/{name}/following?", name_row, lambda name=name: ask.get_following(reader, name)
        yield "/boards?", board_row, lambda: ask.get_own_boards(reader)
        yield "/boards?archived=true", board_row, lambda: ask.get_own_boards(reader, archived=True)
        yield "/pins?", pin_row, lambda: ask.get_own_pins(reader)
        yield "/pins?include_protected_pins=true", pin_row, lambda: ask.get_own_pins(reader, protected=True)
        for board in self.boards:
            yield f"/boards/{board}", board_row, lambda board=board: ask.get_board(reader, board)
            yield f"/boards/{board}/pins?", pin_row, lambda board=board: ask.get_board_pins(reader, board)
            yield f"/boards/{board}/sections?", section_row, lambda board=board: ask.get_sections(reader, board)
            yield (
                f"/boards/{board}/collaborators?",
                part_row,
                lambda board=board: ask.get_collaborators(reader, board),
            )
            yield (
                f"/boards/{board}/invitations?",
                part_row,
                lambda board=board: ask.get_board_invitations(reader, board),
            )
            yield (
                f"/boards/{board}/join_requests?",
                part_row,
                lambda board=board: ask.get_join_requests(reader, board),
            )
        for board, section in self.sections:
            path = f"/boards/{board}/sections/{section}/pins?"
            yield path, pin_row, lambda board=board, section=section: ask.get_section_pins(reader, board, section)
        for pin in self.pins:
            yield f"/pins/{pin}", pin_row, lambda pin=pin: ask.get_pin(reader, pin)

    def _settled_questions(self, reader: Reader) -> Iterator[Question]:
        ask = self.oracle
        boards = "/user_account/following/boards?"
        yield "/user_account", account_row, lambda: ask.get_account(reader)
        yield boards, board_row, lambda: ask.get_followed_boards(reader)
        yield f"{boards}explicit_following=true", board_row, lambda: ask.get_followed_boards(reader, explicit=True)
        for board in self.boards:
            yield f"/boards/{board}", followed_row, lambda board=board: ask.get_follower_count(reader, board)


def _read(client: Client, path: str, row: Callable[[dict[str, Any]], Row], page_size: int) -> Any:
    """A refusal, a row, or the rows of all pages of a list."""
    if "?" not in path:
        reply = client.get(path)
        return row(reply.json) if reply.status == 200 else _refused(reply)
    rows: list[Row] = []
    bookmark = ""
    while True:
        reply = client.get(f"{path}&page_size={page_size}{bookmark}")
        if reply.status != 200:
            return _refused(reply)
        rows += map(row, reply.json["items"])
        if not reply.json["bookmark"]:
            return rows
        assert reply.json["items"], "an empty page may not have a bookmark"
        bookmark = f"&bookmark={reply.json['bookmark']}"


def _refused(reply: Reply) -> Refusal | Elsewhere:
    """With where a merged board went, if that is told."""
    into = reply.json.get("merged_into")
    return Elsewhere(refusal(reply), into) if into else refusal(reply)


def _answer(ask: Callable[[], Any]) -> Any:
    try:
        return ask()
    except Refused as refused:
        return refused.refusal


def memory() -> Memory:
    held = table.client()
    assert isinstance(held, Memory)
    return held


def ticking() -> Callable[[], float]:
    """A clock that goes on a millisecond each time it is asked: what is made later sorts so."""
    milliseconds = count(1_800_000_000_000)
    return lambda: next(milliseconds) / 1000


@pytest.fixture
def dynamodb(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(clock, "_time", ticking())
    table._table.connection._client = Memory()
    yield
    fresh_clients()


@pytest.mark.parametrize("part", range(PARTS))
def test_the_handlers_do_what_the_model_does(dynamodb: None, part: int) -> None:
    run_state_machine_as_test(
        seed(part)(Model),
        settings=settings(
            max_examples=max(1, SEQUENCES // PARTS),
            stateful_step_count=STEPS,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
