"""What the API must do, in plain dictionaries and sets: for tests that compare the handlers with it.

Written from the API's contract and from what visibility was asked to be, not from the code: nothing of ``presence`` is
imported here. Where the code splits a rule among policies, conditions and the stream, here it is one line.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from tests.support.wire import (
    BOARD_NAME,
    BOARD_NOT_FOUND,
    NOT_PERMITTED,
    PIN_NOT_FOUND,
    SCOPE_MISSING,
    SECTION_NOT_FOUND,
    Refusal,
)

SECRET, PROTECTED = "SECRET", "PROTECTED"
MAY_ADD = ("contributor", "editor", "owner")
MAY_EDIT = ("editor", "owner")


class Refused(Exception):
    """The API must refuse this, and say so."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal)
        self.refusal = refusal


class Reader(NamedTuple):
    """Who reads, and whether their token has ``boards:read_secret`` and ``pins:read_secret``."""

    name: str
    secret_boards: bool = True
    secret_pins: bool = True


@dataclass
class Person:
    name: str
    is_private: bool = False


@dataclass
class Board:
    id: str
    owner: str
    name: str
    privacy: str
    members: dict[str, str] = field(default_factory=dict)
    """Roles by name; who came first stands first."""
    sections: dict[str, str] = field(default_factory=dict)
    """Names by id, in their order."""
    is_archived: bool = False
    is_gone: bool = False

    def role(self, name: str) -> str | None:
        return "owner" if name == self.owner else self.members.get(name)


@dataclass
class Pin:
    id: str
    board: str
    added_by: str
    section: str | None = None
    parent: str | None = None


class Oracle:
    def __init__(self, *names: str) -> None:
        self.people = {name: Person(name) for name in names}
        self.boards: dict[str, Board] = {}
        self.pins: dict[str, Pin] = {}
        self.pins_in_trash: list[Pin] = []
        self.follows: set[tuple[str, str]] = set()
        """Who follows whom, approved where that is needed."""
        self.blocks: set[tuple[str, str]] = set()
        """Who blocks whom."""

    # Who sees what

    def strangers(self, one: str, other: str) -> bool:
        """A block works both ways."""
        return (one, other) in self.blocks or (other, one) in self.blocks

    def is_shown_inside(self, name: str, of: str) -> bool:
        """The boards, pins and lists of a private profile are for approved followers."""
        if self.strangers(name, of):
            return False
        return name == of or not self.people[of].is_private or (name, of) in self.follows

    def sees(self, name: str, board: Board, *, secrets: bool) -> bool:
        if board.is_gone or self.strangers(name, board.owner):
            return False
        if board.role(name):
            return secrets or board.privacy != SECRET
        return board.privacy != SECRET and not board.is_archived and self.is_shown_inside(name, board.owner)

    def board(self, reader: Reader, board_id: str) -> Board:
        board = self.boards.get(board_id)
        if board is None or not self.sees(reader.name, board, secrets=reader.secret_boards):
            raise Refused(BOARD_NOT_FOUND)
        return board

    def pin(self, reader: Reader, pin_id: str) -> Pin:
        pin = self.pins.get(pin_id)
        if pin is None or not self.sees(reader.name, self.boards[pin.board], secrets=reader.secret_pins):
            raise Refused(PIN_NOT_FOUND)
        return pin

    def pins_on(self, board: Board) -> list[Pin]:
        """A board's pins in its order."""
        return [pin for pin in self._newest_pins() if pin.board == board.id]

    def _newest_pins(self) -> Iterator[Pin]:
        return (self.pins[pin_id] for pin_id in sorted(self.pins, reverse=True))

    # What each path answers: rows of what tells things apart, or a refusal

    def get_board(self, reader: Reader, board_id: str) -> tuple[object, ...]:
        return self._board_row(reader, self.board(reader, board_id))

    def _board_row(self, reader: Reader, board: Board) -> tuple[object, ...]:
        pins = len(self.pins_on(board))
        role = board.role(reader.name)
        return (board.id, board.name, board.privacy, board.owner, role, board.is_archived, pins, len(board.members))

    def get_board_pins(self, reader: Reader, board_id: str) -> list[tuple[object, ...]]:
        board = self.board(reader, board_id)
        self._needs_pins_scope(reader, board)
        return [self._pin_row(reader, pin) for pin in self.pins_on(board)]

    def get_sections(self, reader: Reader, board_id: str) -> list[tuple[object, ...]]:
        return list(self.board(reader, board_id).sections.items())

    def get_section_pins(self, reader: Reader, board_id: str, section_id: str) -> list[tuple[object, ...]]:
        board = self.board(reader, board_id)
        if section_id not in board.sections:
            raise Refused(SECTION_NOT_FOUND)
        self._needs_pins_scope(reader, board)
        return [self._pin_row(reader, pin) for pin in self.pins_on(board) if pin.section == section_id]

    def _needs_pins_scope(self, reader: Reader, board: Board) -> None:
        if board.privacy == SECRET and not reader.secret_pins:
            raise Refused(SCOPE_MISSING)

    def get_pin(self, reader: Reader, pin_id: str) -> tuple[object, ...]:
        return self._pin_row(reader, self.pin(reader, pin_id))

    def _pin_row(self, reader: Reader, pin: Pin) -> tuple[object, ...]:
        by = None if self.strangers(reader.name, pin.added_by) else pin.added_by
        return (pin.id, pin.board, self.boards[pin.board].owner, pin.section, by, pin.parent)

    def get_own_boards(self, reader: Reader, *, archived: bool = False) -> list[tuple[object, ...]]:
        """Own boards, then those of others on which the reader collaborates. Archived ones are with their owner only.

        A protected board is listed to its owner only.
        """
        own = [board for board in self._newest_boards() if board.owner == reader.name]
        others = [board for board in self._newest_boards() if reader.name in board.members]
        listed = [*own, *(board for board in others if board.privacy != PROTECTED and not archived)]
        return [
            self._board_row(reader, board)
            for board in listed
            if board.is_archived is archived and self.sees(reader.name, board, secrets=reader.secret_boards)
        ]

    def _newest_boards(self) -> Iterator[Board]:
        return (self.boards[board_id] for board_id in sorted(self.boards, reverse=True))

    def get_own_pins(self, reader: Reader, *, protected: bool = False) -> list[tuple[object, ...]]:
        return [
            self._pin_row(reader, pin)
            for pin in self._newest_pins()
            if pin.added_by == reader.name
            and self.sees(reader.name, board := self.boards[pin.board], secrets=reader.secret_pins)
            and (protected or board.privacy != PROTECTED)
        ]

    def get_account(self, reader: Reader) -> tuple[object, ...]:
        boards = sum(board.owner == reader.name and not board.is_gone for board in self.boards.values())
        pins = sum(pin.added_by == reader.name for pin in (*self.pins.values(), *self.pins_in_trash))
        following = sum(name == reader.name for name, _ in self.follows)
        return (reader.name, boards, pins, following)

    # What may be done, and what it does

    def _may(self, who: str, board: Board, roles: tuple[str, ...], *, while_archived: bool = False) -> None:
        if board.role(who) not in roles or (board.is_archived and not while_archived):
            raise Refused(NOT_PERMITTED)

    def _take_name(self, owner: str, name: str, but: Board | None = None) -> None:
        if any(b.owner == owner and b.name == name and not b.is_gone and b is not but for b in self.boards.values()):
            raise Refused(BOARD_NAME)

    def create_board(self, who: str, board_id: str, name: str, privacy: str) -> None:
        self._take_name(who, name)
        self.boards[board_id] = Board(board_id, who, name, privacy)

    def change_board(self, who: str, board_id: str, name: str | None = None, privacy: str | None = None) -> None:
        board = self.board(Reader(who), board_id)
        self._may(who, board, ("owner",))
        if name:
            self._take_name(board.owner, name, board)
        board.name, board.privacy = name or board.name, privacy or board.privacy

    def delete_board(self, who: str, board_id: str) -> None:
        board = self.board(Reader(who), board_id)
        self._may(who, board, ("owner",), while_archived=True)
        board.is_gone = True
        # They are on it when it is restored from the trash, and count with their adders until it is purged.
        self.pins_in_trash += [pin for pin in self.pins.values() if pin.board == board_id]
        self.pins = {pin.id: pin for pin in self.pins.values() if pin.board != board_id}

    def create_section(self, who: str, board_id: str, section_id: str, name: str) -> None:
        board = self.board(Reader(who), board_id)
        self._may(who, board, MAY_EDIT)
        board.sections[section_id] = name

    def _section(self, who: str, board_id: str, section_id: str) -> Board:
        board = self.board(Reader(who), board_id)
        if section_id not in board.sections:
            raise Refused(SECTION_NOT_FOUND)
        self._may(who, board, MAY_EDIT)
        return board

    def rename_section(self, who: str, board_id: str, section_id: str, name: str) -> None:
        self._section(who, board_id, section_id).sections[section_id] = name

    def delete_section(self, who: str, board_id: str, section_id: str) -> None:
        """Its pins stay on the board."""
        del self._section(who, board_id, section_id).sections[section_id]
        for pin in self.pins.values():
            pin.section = None if pin.section == section_id else pin.section

    def create_pin(
        self, who: str, pin_id: str, board_id: str, section_id: str | None, parent: str | None = None
    ) -> None:
        board = self.board(Reader(who), board_id)
        self._may(who, board, MAY_ADD)
        if section_id and section_id not in board.sections:
            raise Refused(SECTION_NOT_FOUND)
        self.pins[pin_id] = Pin(pin_id, board_id, who, section_id, parent)

    def save_pin(self, who: str, source_id: str, pin_id: str, board_id: str) -> None:
        self.pin(Reader(who), source_id)
        self.create_pin(who, pin_id, board_id, None, source_id)

    def _editable_pin(self, who: str, pin_id: str) -> Pin:
        """Who added it may change it while they may add to the board, editors and owners may change all."""
        pin = self.pin(Reader(who), pin_id)
        self._may(who, self.boards[pin.board], MAY_ADD if pin.added_by == who else MAY_EDIT)
        return pin

    def move_pin(self, who: str, pin_id: str, board_id: str, section_id: str | None) -> None:
        pin = self._editable_pin(who, pin_id)
        board = self.board(Reader(who), board_id)
        if board_id != pin.board:
            self._may(who, board, MAY_ADD)
        if section_id and section_id not in board.sections:
            raise Refused(SECTION_NOT_FOUND)
        pin.board, pin.section = board_id, section_id

    def delete_pin(self, who: str, pin_id: str) -> None:
        del self.pins[self._editable_pin(who, pin_id).id]
