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
    CONFLICT,
    INVALID,
    NOT_PERMITTED,
    PIN_NOT_FOUND,
    SCOPE_MISSING,
    SECTION_NOT_FOUND,
    USER_NOT_FOUND,
    Refusal,
)

SECRET, PROTECTED = "SECRET", "PROTECTED"
ROLES = ("viewer", "contributor", "editor")
"""Each may do more than those before it."""
MAY_ADD = ("contributor", "editor", "owner")
MAY_EDIT = ("editor", "owner")
PART_NOT_FOUND = Refusal(404, 404)
"""Of invitations and of collaborators."""


MOVED = Refusal(308, 308)


class Elsewhere(NamedTuple):
    """A refusal that says where the board went."""

    refusal: Refusal
    merged_into: str


class Refused(Exception):
    """The API must refuse this, and say so."""

    def __init__(self, refusal: Refusal | Elsewhere) -> None:
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
    """In the trash, merged into another, or gone for good."""
    is_purged: bool = False
    merged_into: str | None = None

    def role(self, name: str) -> str | None:
        return "owner" if name == self.owner else self.members.get(name)


@dataclass
class Pin:
    id: str
    board: str
    """On which it lies. That may have been merged into another, which a pin in the trash never follows."""
    added_by: str
    section: str | None = None
    """Of one in the trash: where it was."""
    parent: str | None = None
    is_trashed: bool = False


class Oracle:
    def __init__(self, *names: str) -> None:
        self.people = {name: Person(name) for name in names}
        self.boards: dict[str, Board] = {}
        self.pins: dict[str, Pin] = {}
        # Each of these in the order of when it began, so that the latest stands last.
        self.follows: dict[tuple[str, str], None] = {}
        """Who follows whom, approved where that is needed."""
        self.requests: dict[tuple[str, str], None] = {}
        """Who asks to follow whom."""
        self.blocks: dict[tuple[str, str], None] = {}
        """Who blocks whom."""
        self.board_follows: dict[tuple[str, str], bool] = {}
        """What somebody says of a board by id: that they follow it, or that they do not although they do its owner."""
        self.joined: dict[tuple[str, str], None] = {}
        """Members, by name and board id."""
        self.invitations: dict[tuple[str, str], str] = {}
        """Roles, by board id and who is invited."""
        self.join_requests: dict[tuple[str, str], str] = {}
        """Roles, by board id and who asks to work on it."""
        self.to_bring: list[str] = []
        """Merged boards, the first merged first, from which the stream has still to bring what is on them."""

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

    def end(self, board_id: str) -> Board:
        """The board, or where it went by however many merges."""
        board = self.boards[board_id]
        return self.end(board.merged_into) if board.merged_into else board

    def board(self, reader: Reader, board_id: str, *, moved: Refusal = MOVED) -> Board:
        """Who sees where a merged board went is told so; for others it is not there."""
        end = self.end(board_id)
        if not self.sees(reader.name, end, secrets=reader.secret_boards):
            raise Refused(BOARD_NOT_FOUND)
        if end.id != board_id:
            raise Refused(Elsewhere(moved, end.id))
        return end

    def board_in_body(self, reader: Reader, board_id: str) -> Board:
        """Of no use is it to send the same request to another path then."""
        return self.board(reader, board_id, moved=CONFLICT)

    def pin(self, reader: Reader, pin_id: str) -> Pin:
        pin = self.pins.get(pin_id)
        if pin and not pin.is_trashed and self.sees(reader.name, self.end(pin.board), secrets=reader.secret_pins):
            return pin
        raise Refused(PIN_NOT_FOUND)

    def pins_on(self, board: Board) -> list[Pin]:
        """A board's pins in its order."""
        return [pin for pin in self._newest_pins() if pin.board == board.id]

    def _newest_pins(self) -> Iterator[Pin]:
        return (pin for _, pin in sorted(self.pins.items(), reverse=True) if not pin.is_trashed)

    def person(self, reader: Reader, name: str) -> None:
        if self.strangers(reader.name, name):
            raise Refused(USER_NOT_FOUND)

    def inside(self, reader: Reader, name: str) -> None:
        self.person(reader, name)
        if not self.is_shown_inside(reader.name, name):
            raise Refused(NOT_PERMITTED)

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
        board = self.end(pin.board)
        return (pin.id, board.id, board.owner, pin.section, by, pin.parent)

    def get_own_boards(self, reader: Reader, *, archived: bool = False) -> list[tuple[object, ...]]:
        """Own boards, then those of others on which the reader collaborates, the latest joined first.

        Archived ones are with their owner only.

        A protected board is listed to its owner only.
        """
        own = [board for board in self._newest_boards() if board.owner == reader.name]
        others = [self.boards[board_id] for name, board_id in reversed(self.joined) if name == reader.name]
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
            and self.sees(reader.name, board := self.end(pin.board), secrets=reader.secret_pins)
            and (protected or board.privacy != PROTECTED)
        ]

    def get_user(self, reader: Reader, name: str) -> tuple[object, ...]:
        self.person(reader, name)
        pair = (reader.name, name)
        state = "following" if pair in self.follows else "requested" if pair in self.requests else "none"
        return (name, self.people[name].is_private, None if name == reader.name else state)

    def get_boards_of(self, reader: Reader, name: str) -> list[tuple[object, ...]]:
        self.inside(reader, name)
        return [self._board_row(reader, board) for board in self._boards_listed(reader, name)]

    def _boards_listed(self, reader: Reader, owner: str) -> list[Board]:
        """On a profile. Those that are archived are not in it, protected ones for their owner only."""
        return [
            board
            for board in self._newest_boards()
            if board.owner == owner
            and not board.is_archived
            and (board.privacy != PROTECTED or owner == reader.name)
            and self.sees(reader.name, board, secrets=reader.secret_boards)
        ]

    def get_pins_of(self, reader: Reader, name: str) -> list[tuple[object, ...]]:
        """Those that somebody added, on boards that may be listed to the reader."""
        self.inside(reader, name)
        return [
            self._pin_row(reader, pin)
            for pin in self._newest_pins()
            if pin.added_by == name
            and self.sees(reader.name, board := self.end(pin.board), secrets=reader.secret_pins)
            and (reader.name == board.owner or (board.privacy != PROTECTED and not board.is_archived))
        ]

    def get_followers(self, reader: Reader, name: str) -> list[tuple[object, ...]]:
        self.inside(reader, name)
        return self._there(reader, [one for one, other in reversed(self.follows) if other == name])

    def get_following(self, reader: Reader, name: str) -> list[tuple[object, ...]]:
        self.inside(reader, name)
        return self._there(reader, [other for one, other in reversed(self.follows) if one == name])

    def get_follow_requests(self, reader: Reader) -> list[tuple[object, ...]]:
        return self._there(reader, [one for one, other in reversed(self.requests) if other == reader.name])

    def get_blocks(self, reader: Reader) -> list[tuple[object, ...]]:
        return [(other,) for one, other in reversed(self.blocks) if one == reader.name]

    def _there(self, reader: Reader, names: list[str]) -> list[tuple[object, ...]]:
        """Without those whom a block hides."""
        return [(name,) for name in names if not self.strangers(reader.name, name)]

    def get_followed_boards(self, reader: Reader, *, explicit: bool = False) -> list[tuple[object, ...]]:
        """Those that are followed themselves, then the others of the people who are followed."""
        own = [
            self.boards[board_id]
            for (name, board_id), follows in reversed(self.board_follows.items())
            if name == reader.name and follows
        ]
        rows = [
            self._board_row(reader, board)
            for board in own
            if self.sees(reader.name, board, secrets=reader.secret_boards)
        ]
        for one, owner in () if explicit else reversed(self.follows):
            if one == reader.name:
                rows += [
                    self._board_row(reader, board)
                    for board in self._boards_listed(reader, owner)
                    if (reader.name, board.id) not in self.board_follows
                ]
        return rows

    def get_collaborators(self, reader: Reader, board_id: str) -> set[tuple[object, ...]]:
        board = self.board(reader, board_id)
        return {(name, role) for name, role in board.members.items() if not self.strangers(reader.name, name)}

    def get_invitations(self, reader: Reader) -> list[tuple[object, ...]]:
        """Of boards that the reader could see as their member."""
        return [
            (board_id, role)
            for (board_id, name), role in reversed(self.invitations.items())
            if name == reader.name and self._may_join(reader, board_id)
        ]

    def _may_join(self, reader: Reader, board_id: str) -> bool:
        board = self.boards[board_id]
        hidden = board.is_gone or self.strangers(reader.name, board.owner)
        return not hidden and (reader.secret_boards or board.privacy != SECRET)

    def get_board_invitations(self, reader: Reader, board_id: str) -> set[tuple[object, ...]]:
        return self._waiting(reader, board_id, self.invitations)

    def get_join_requests(self, reader: Reader, board_id: str) -> set[tuple[object, ...]]:
        return self._waiting(reader, board_id, self.join_requests)

    def _waiting(self, reader: Reader, board_id: str, roles: dict[tuple[str, str], str]) -> set[tuple[object, ...]]:
        self._may(reader.name, self.board(reader, board_id), ("owner",), while_archived=True)
        return {
            (name, role)
            for (board, name), role in roles.items()
            if board == board_id and not self.strangers(reader.name, name)
        }

    def get_follower_count(self, reader: Reader, board_id: str) -> tuple[object, ...]:
        board = self.board(reader, board_id)
        return (board.id, sum(follows for (_, followed), follows in self.board_follows.items() if followed == board_id))

    def get_account(self, reader: Reader) -> tuple[object, ...]:
        boards = sum(board.owner == reader.name and not board.is_gone for board in self.boards.values())
        pins = sum(pin.added_by == reader.name for pin in self._newest_pins())
        followers = sum(other == reader.name for _, other in self.follows)
        following = sum(one == reader.name for one, _ in self.follows)
        return (reader.name, boards, pins, followers, following)

    # What may be done, and what it does

    def set_private(self, who: str, is_private: bool) -> None:
        """Followers stay, and so do those who asked to be."""
        self.people[who].is_private = is_private

    def _somebody_else(self, who: str, other: str) -> None:
        if who == other:
            raise Refused(INVALID)

    def follow(self, who: str, other: str) -> None:
        self.person(Reader(who), other)
        self._somebody_else(who, other)
        if (who, other) in self.follows:
            return
        if self.people[other].is_private:
            self.requests.setdefault((who, other))
        else:
            self.requests.pop((who, other), None)
            self.follows[who, other] = None

    def unfollow(self, who: str, other: str) -> None:
        self.person(Reader(who), other)
        self.requests.pop((who, other), None)
        self.follows.pop((who, other), None)

    def remove_follower(self, who: str, other: str) -> None:
        self.person(Reader(who), other)
        self.follows.pop((other, who), None)

    def approve(self, who: str, other: str) -> None:
        self.person(Reader(who), other)
        if (other, who) in self.requests:
            del self.requests[other, who]
            self.follows[other, who] = None
        elif (other, who) not in self.follows:
            raise Refused(USER_NOT_FOUND)

    def decline(self, who: str, other: str) -> None:
        self.person(Reader(who), other)
        self.requests.pop((other, who), None)

    def block(self, who: str, other: str) -> None:
        """Undoes what each follows of the other and of the other's boards."""
        self._somebody_else(who, other)
        if (who, other) in self.blocks:
            return
        self.blocks[who, other] = None
        for one, theirs in ((who, other), (other, who)):
            self.follows.pop((one, theirs), None)
            self.requests.pop((one, theirs), None)
            for (name, board_id), follows in list(self.board_follows.items()):
                if name == one and follows and self.end(board_id).owner == theirs:
                    del self.board_follows[name, board_id]

    def unblock(self, who: str, other: str) -> None:
        self.blocks.pop((who, other), None)

    def follow_board(self, who: str, board_id: str) -> None:
        board = self.board(Reader(who), board_id)
        self._somebody_else(who, board.owner)
        if not self.board_follows.get((who, board_id)):
            self.board_follows.pop((who, board_id), None)
            self.board_follows[who, board_id] = True

    def unfollow_board(self, who: str, board_id: str) -> None:
        """Said of a board of somebody who is followed, it sticks."""
        board = self.board(Reader(who), board_id)
        if (who, board.owner) in self.follows:
            self.board_follows[who, board_id] = False
        elif self.board_follows.get((who, board_id)):
            del self.board_follows[who, board_id]

    def invite(self, who: str, board_id: str, other: str, role: str) -> None:
        board = self.board(Reader(who), board_id)
        self._may(who, board, ("owner",), while_archived=True)
        self.person(Reader(who), other)
        if board.role(other):
            raise Refused(INVALID)
        self.invitations.pop((board_id, other), None)
        self.invitations[board_id, other] = role

    def revoke(self, who: str, board_id: str, other: str) -> None:
        self._may(who, self.board(Reader(who), board_id), ("owner",), while_archived=True)
        self._take_invitation(board_id, other)

    def _take_invitation(self, board_id: str, other: str) -> str:
        role = self.invitations.pop((board_id, other), None)
        if role is None:
            raise Refused(PART_NOT_FOUND)
        return role

    def accept(self, who: str, board_id: str) -> None:
        board = self._board_to_join(who, board_id)
        if not board.role(who):
            self._join(who, board, self._take_invitation(board_id, who))

    def _join(self, who: str, board: Board, role: str) -> None:
        """What waits for an answer has it."""
        board.members[who] = role
        self.joined[who, board.id] = None
        self._forget_waiting(board.id, who)

    def _forget_waiting(self, board_id: str, who: str | None = None) -> None:
        for waiting in (self.invitations, self.join_requests):
            for key in [key for key in waiting if key == (board_id, who or key[1])]:
                del waiting[key]

    def ask_to_join(self, who: str, board_id: str, role: str) -> None:
        """For who sees the board and has no part on it yet."""
        if self.board(Reader(who), board_id).role(who):
            raise Refused(NOT_PERMITTED)
        self.join_requests[board_id, who] = role

    def let_join(self, who: str, board_id: str, other: str) -> None:
        board = self.board(Reader(who), board_id)
        self._may(who, board, ("owner",), while_archived=True)
        self.person(Reader(who), other)
        if other in board.members:
            return
        if (board_id, other) not in self.join_requests:
            raise Refused(PART_NOT_FOUND)
        self._join(other, board, self.join_requests[board_id, other])

    def end_join_request(self, who: str, board_id: str, other: str) -> None:
        """Owners decline them, and who asked withdraws theirs."""
        board = self.board(Reader(who), board_id)
        if who != other:
            self._may(who, board, ("owner",), while_archived=True)
        if self.join_requests.pop((board_id, other), None) is None:
            raise Refused(PART_NOT_FOUND)

    def refuse(self, who: str, board_id: str) -> None:
        self._board_to_join(who, board_id)
        self._take_invitation(board_id, who)

    def _board_to_join(self, who: str, board_id: str) -> Board:
        self._must_not_have_moved(who, board_id)
        if not self._may_join(Reader(who), board_id):
            raise Refused(PART_NOT_FOUND)
        return self.boards[board_id]

    def _must_not_have_moved(self, who: str, board_id: str) -> None:
        """As far as who asks may know."""
        if self.boards[board_id].merged_into and self.sees(who, self.end(board_id), secrets=True):
            self.board(Reader(who), board_id)

    def set_role(self, who: str, board_id: str, other: str, role: str) -> None:
        board = self.board(Reader(who), board_id)
        self._may(who, board, ("owner",), while_archived=True)
        if other not in board.members:
            raise Refused(PART_NOT_FOUND)
        board.members[other] = role

    def remove_member(self, who: str, board_id: str, other: str) -> None:
        """Owners remove others, and everybody but the owner leaves by themselves. Pins stay."""
        board = self.board(Reader(who), board_id)
        if (who == other) is (board.owner == who) or (who == other and not board.role(who)):
            raise Refused(NOT_PERMITTED)
        if board.members.pop(other, None) is None:
            raise Refused(PART_NOT_FOUND)
        del self.joined[other, board_id]

    def transfer(self, who: str, board_id: str, other: str) -> None:
        board = self.board(Reader(who), board_id)
        self._may(who, board, ("owner",), while_archived=True)
        self.person(Reader(who), other)
        if other not in board.members:
            raise Refused(INVALID)
        self._take_name(other, board.name)
        del board.members[other], self.joined[other, board_id]
        board.owner, board.members[who] = other, "editor"
        self.joined[who, board_id] = None

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

    def _is_in_trash(self, reader: Reader, board: Board) -> bool:
        """A board in the trash is there for its owner, and its pins count for who added them until it is purged."""
        there = board.is_gone and not (board.is_purged or board.merged_into) and board.owner == reader.name
        return there and (reader.secret_boards or board.privacy != SECRET)

    def get_trashed_boards(self, reader: Reader) -> set[tuple[object, ...]]:
        return {(board.id,) for board in self.boards.values() if self._is_in_trash(reader, board)}

    def archive(self, who: str, board_id: str) -> None:
        board = self.board(Reader(who), board_id)
        self._may(who, board, ("owner",), while_archived=True)
        board.is_archived = True

    def restore_board(self, who: str, board_id: str) -> None:
        """From the trash as it was, else from the archive."""
        board = self.boards[board_id]
        if self._is_in_trash(Reader(who), board):
            self._take_name(who, board.name)
            board.is_gone = False
        else:
            self._may(who, self.board(Reader(who), board_id), ("owner",), while_archived=True)
            board.is_archived = False

    def purge_board(self, who: str, board_id: str) -> None:
        """What was merged into it goes with it."""
        self._must_not_have_moved(who, board_id)
        board = self.boards[board_id]
        if not self._is_in_trash(Reader(who), board):
            raise Refused(BOARD_NOT_FOUND)
        board.is_purged = True
        self.pins = {pin.id: pin for pin in self.pins.values() if self.end(pin.board) is not board or pin.is_trashed}

    def merge(self, who: str, board_id: str, into: str) -> None:
        """Whoever owns both, and neither is archived. What went there already may be merged again.

        The name is free, and nobody is invited or asks to join any more. The pins stay where they are, and all that is
        on the board, until the stream has run.
        """
        if board_id == into:
            raise Refused(INVALID)
        is_done = self.end(board_id).id == into
        if not is_done:
            self._may(who, self.board(Reader(who), board_id), ("owner",))
        self._may(who, self.board_in_body(Reader(who), into), ("owner",))
        if is_done:
            return
        source = self.boards[board_id]
        source.is_gone, source.merged_into = True, into
        self._forget_waiting(board_id)
        self.to_bring.append(board_id)

    def the_stream_has_run(self) -> None:
        for board_id in self.to_bring:
            self._bring(self.boards[board_id], self.end(board_id))
        self.to_bring.clear()

    def _bring(self, source: Board, target: Board) -> None:
        """Who is on both boards keeps the higher role, and who follows or left out the target stays with that. To have
        left out the source says nothing of the target.
        """
        for pin in self.pins_on(source):
            pin.board = target.id
        target.sections = dict(sorted({**target.sections, **source.sections}.items()))
        for name, role in source.members.items():
            if name != target.owner:
                target.members[name] = max(role, target.members.get(name, role), key=ROLES.index)
                self._forget_waiting(target.id, name)
        self.joined = _taken_over(self.joined, source, target)
        followed = {key: follows for key, follows in self.board_follows.items() if follows or key[1] != source.id}
        self.board_follows = _taken_over(followed, source, target)

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
        for pin in self._newest_pins():
            pin.section = None if pin.section == section_id else pin.section

    def create_pin(
        self, who: str, pin_id: str, board_id: str, section_id: str | None, parent: str | None = None
    ) -> None:
        board = self.board_in_body(Reader(who), board_id)
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
        self._may(who, self.end(pin.board), MAY_ADD if pin.added_by == who else MAY_EDIT)
        return pin

    def _must_have_been_brought(self, pin: Pin) -> None:
        if self.boards[pin.board].merged_into:
            raise Refused(CONFLICT)

    def move_pin(self, who: str, pin_id: str, board_id: str, section_id: str | None) -> None:
        pin = self._editable_pin(who, pin_id)
        board = self.board_in_body(Reader(who), board_id)
        if board is not self.end(pin.board):
            self._may(who, board, MAY_ADD)
        if (board, section_id) == (self.end(pin.board), pin.section):
            return
        self._must_have_been_brought(pin)
        if section_id and section_id not in board.sections:
            raise Refused(SECTION_NOT_FOUND)
        pin.board, pin.section = board_id, section_id

    def delete_pin(self, who: str, pin_id: str) -> None:
        """Into the trash of who added it, whoever deletes it."""
        pin = self._editable_pin(who, pin_id)
        self._must_have_been_brought(pin)
        pin.is_trashed = True

    def get_trashed_pins(self, reader: Reader) -> set[tuple[object, ...]]:
        """For who added them, whatever became of their boards; of one that is gone nobody knows if it was secret."""
        return {
            (pin.id,)
            for pin in self.pins.values()
            if pin.is_trashed and pin.added_by == reader.name
            for board in (self.end(pin.board),)
            if reader.secret_pins or not (board.is_purged or board.privacy == SECRET)
        }

    def restore_pin(self, who: str, pin_id: str) -> None:
        """To where it was: by who added it, and by who may change any pin there; both must be allowed to add there."""
        pin = self.pins.get(pin_id)
        if pin is None or not pin.is_trashed:
            self._editable_pin(who, pin_id)
            return
        board = self.end(pin.board)
        if pin.added_by != who:
            if not self.sees(who, board, secrets=True):
                raise Refused(PIN_NOT_FOUND)
            self._may(who, board, MAY_EDIT)
        self._may(who, self.board(Reader(who), board.id), MAY_ADD)
        if pin.section and pin.section not in board.sections:
            raise Refused(SECTION_NOT_FOUND)
        pin.board, pin.is_trashed = board.id, False

    def purge_pin(self, who: str, pin_id: str) -> None:
        pin = self.pins.get(pin_id)
        if pin is None or not pin.is_trashed or pin.added_by != who:
            raise Refused(PIN_NOT_FOUND)
        del self.pins[pin_id]


def _taken_over[T](held: dict[tuple[str, str], T], source: Board, target: Board) -> dict[tuple[str, str], T]:
    """What people are to one board is what they are to another now, in its old place, unless they are something to that
    already or own it.
    """
    after = {}
    for (name, board_id), what in held.items():
        if board_id != source.id:
            after[name, board_id] = what
        elif name != target.owner and (name, target.id) not in held:
            after[name, target.id] = what
    return after
