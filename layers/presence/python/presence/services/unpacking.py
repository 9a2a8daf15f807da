"""From the lines of an archive to things in an account, by units of work that are done in order, each once.

What a unit makes has an id that follows from the import's id and the unit's number: later units have earlier ids, which
puts boards and pins, the newest first, into the archive's order without ranks.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any, NamedTuple, Protocol

from presence.domain import clock, topics
from presence.domain.entities import Board, BoardFollow, Following, Job, Media, Pin, Section, Tie, Viewer
from presence.domain.errors import BoardNotFound, LimitReached, UserMoved, UserNotFound
from presence.domain.ids import earlier_id
from presence.domain.slugs import slug
from presence.policies.scopes import Scope
from presence.policies.visibility import may_feature
from presence.services import access, belongings, follows, people
from presence.services import boards as board_service
from presence.services.archive import Refusal, Refused, read_line
from presence.services.follows import Changed, settled
from presence.services.people import Person
from presence.storage import boards, pins, profiles, ties, uploads
from presence.storage.table import TRANSACTION_LIMIT, Transaction

BOARD_NAME_MAX = 180
_ATTEMPTS = 3
MAX_NAMESAKES = 100
"""A board whose name is taken gets a number behind it, up to this one."""
_ROOM = TRANSACTION_LIMIT - 3
"""Beside the units there are the job, a board and a profile in a transaction."""


@dataclass(frozen=True, slots=True)
class Context:
    """Between two lines: the number of the next unit, and the board that lines belong to."""

    unit: int = 1
    board: int = 0
    """The unit that makes it."""
    sections: int = 0
    featured: tuple[tuple[int, int], ...] = ()
    """Of boards that the profile features, the place among them and the unit that makes them."""


START = Context()


class Unit(NamedTuple):
    number: int
    kind: str
    facts: dict[str, Any]
    board: int
    sections: int

    def section(self, index: int) -> int:
        """The unit whose id a section of the board has: sections, the oldest first, need their ids the other way."""
        return self.board + self.sections - index

    def pin(self, index: int) -> int:
        """The unit that makes a pin of the board."""
        return self.board + self.sections + 1 + index


def units(lines: Iterable[bytes], context: Context, done: int) -> Iterator[Unit]:
    """What the lines ask for after the unit that was done last.

    Raises:
        Refused: a line is none of ours.
    """
    for facts in map(read_line, lines):
        context, made = _of_line(facts, context)
        yield from (unit for unit in made if unit.number > done)


def context_after(lines: Iterable[bytes], context: Context) -> Context:
    for facts in map(read_line, lines):
        context, _ = _of_line(facts, context)
    return context


def _of_line(facts: dict[str, Any], at: Context) -> tuple[Context, list[Unit]]:
    kind, parts = facts["kind"], [facts]
    if kind == "board":
        sections = facts.get("sections", [])
        featured = (*at.featured, (facts["featured"], at.unit)) if "featured" in facts else at.featured
        at = Context(at.unit, board=at.unit, sections=len(sections), featured=featured)
        parts += [{"kind": "section", "name": name, "index": index} for index, name in enumerate(sections)]
    if kind == "profile":
        parts = [facts | {"featured": [unit for _, unit in sorted(at.featured)]}]
    if kind == "order":
        parts = [{"kind": "order", "section": facts["section"], "pin": pin} for pin in facts["pins"]]
    made = [Unit(at.unit + n, part["kind"], part, at.board, at.sections) for n, part in enumerate(parts)]
    return replace(at, unit=at.unit + len(parts)), made


def batches(waiting: Iterable[Unit]) -> Iterator[list[Unit]]:
    """Units that fit one transaction: of one kind and one board, and at most as many writes as there is room for."""
    for (kind, _), alike in groupby(waiting, lambda unit: (unit.kind, unit.board)):
        batch: list[Unit] = []
        room = 0
        for unit in alike:
            writes = _writes(unit)
            if batch and (kind not in _TOGETHER or writes > room):
                yield batch
                batch = []
            room = (room if batch else _ROOM) - writes
            batch.append(unit)
        if batch:
            yield batch


_TOGETHER = {"section", "pin", "order"}


def _writes(unit: Unit) -> int:
    """A pin's own, its section's, and one for each upload that it shows."""
    if unit.kind != "pin":
        return 1
    uploads_shown = sum("key" in image for image in unit.facts["media"].get("images", ()))
    return 1 + ("section" in unit.facts) + uploads_shown


class Begin(Protocol):
    def __call__(self, done: int, **counts: int) -> Transaction:
        """A transaction with which all units up to ``done`` are done."""
        ...


class _Gone(Exception):
    """The user took away meanwhile what a unit needs."""


class _NameTaken(Exception):
    """The user has a board of this name."""


class Unpacker:
    """Makes what units ask for, for the user of an import."""

    def __init__(self, job: Job, begin: Begin, commit: Callable[[Transaction], None]) -> None:
        self._job = job
        self._begin = begin
        self._commit = commit
        self._viewer = Viewer(job.user_id, "", frozenset(Scope))
        self._kept: dict[str, bool] = {}
        """Of uploads, whether they are still there."""

    def make(self, batch: list[Unit]) -> None:
        """
        Raises:
            UserNotFound: the account is gone.
            LimitReached: the user has as many boards as they may, or as many of one name.
            PresenceError: the database's.
        """
        getattr(self, f"_make_{batch[0].kind}")(batch)

    def _id(self, unit: int) -> str:
        return earlier_id(self._job.id, unit)

    def _skip(self, batch: list[Unit]) -> None:
        self._commit(self._begin(batch[-1].number))

    def _make_board(self, batch: list[Unit]) -> None:
        (unit,) = batch
        for number in range(1, MAX_NAMESAKES + 1):
            try:
                return self._make_board_named(unit, _numbered(unit.facts["name"], number))
            except _NameTaken:
                continue
        raise LimitReached("Too many boards have the same name.")

    def _make_board_named(self, unit: Unit, name: str) -> None:
        facts = unit.facts
        board = Board(
            id=self._id(unit.number),
            owner_id=self._job.user_id,
            name=name,
            slug=slug(name),
            privacy=facts["privacy"],
            created_at=facts["created_at"],
            description=facts.get("description"),
            is_ads_only=facts.get("is_ads_only", False),
            topic_ids=_topics(facts.get("topics")),
        )
        tx = self._begin(unit.number, boards=1)
        boards.claim_slug(tx, board, otherwise=_NameTaken())
        boards.put(tx, board, otherwise=_collision())
        board_service.count_board(tx, self._job.user_id)
        self._commit(tx)

    def _make_section(self, batch: list[Unit]) -> None:
        board_id = self._id(batch[0].board)
        tx = self._begin(batch[-1].number)
        for unit in batch:
            section_id = self._id(unit.section(unit.facts["index"]))
            boards.put_section(tx, Section(section_id, board_id, unit.facts["name"]), otherwise=_collision())
        boards.add_section(tx, board_id, len(batch), at_most=board_service.MAX_SECTIONS, otherwise=_Gone())
        self._commit_or_skip(tx, batch)

    def _make_pin(self, batch: list[Unit]) -> None:
        try:
            self._put_pins(batch, in_sections=True)
        except _Gone:
            for unit in batch:
                self._put_pin_where_it_can_be(unit)

    def _put_pin_where_it_can_be(self, unit: Unit) -> None:
        for in_sections in (True, False):
            try:
                return self._put_pins([unit], in_sections=in_sections)
            except _Gone:
                continue
        return self._skip([unit])

    def _put_pins(self, batch: list[Unit], *, in_sections: bool) -> None:
        made = [self._pin(unit, in_section=in_sections) for unit in batch]
        tx = self._begin(batch[-1].number, pins=len(batch))
        for pin in made:
            pins.put(tx, pin, otherwise=_collision())
            uploads.reference(tx, pin)
        for section_id in sorted({pin.section_id for pin in made if pin.section_id}):
            number = sum(pin.section_id == section_id for pin in made)
            boards.enter_section(tx, made[0].board_id, section_id, number, otherwise=_Gone())
        boards.count_pins(tx, made[0].board_id, len(made), at=clock.timestamp(), otherwise=_Gone())
        profiles.count_pins(tx, self._job.user_id, len(made), otherwise=UserNotFound())
        self._commit(tx)

    def _pin(self, unit: Unit, *, in_section: bool) -> Pin:
        facts = unit.facts
        section = facts.get("section") if in_section else None
        return Pin(
            id=self._id(unit.number),
            owner_id=self._job.user_id,
            board_id=self._id(unit.board),
            created_at=facts["created_at"],
            media=self._media(belongings.media_of(facts["media"])),
            section_id=None if section is None else self._id(unit.section(section)),
            title=facts.get("title"),
            description=facts.get("description"),
            alt_text=facts.get("alt_text"),
            link=facts.get("link"),
            dominant_color=facts.get("dominant_color"),
        )

    def _media(self, media: Media) -> Media:
        """Without the uploads that are gone: no pin has shown them for an hour."""
        images = tuple(image for image in media.images if image.key is None or self._is_kept(image.key))
        if images == media.images:
            return media
        return replace(media, images=images, cover_index=0) if images else Media("pin_url")

    def _is_kept(self, object_key: str) -> bool:
        if object_key not in self._kept:
            self._kept[object_key] = uploads.is_kept(object_key)
        return self._kept[object_key]

    def _make_cover(self, batch: list[Unit]) -> None:
        (unit,) = batch
        tx = self._begin(unit.number)
        boards.choose_cover(tx, self._id(unit.board), self._id(unit.pin(unit.facts["pin"])), otherwise=_Gone())
        self._commit_or_skip(tx, batch)

    def _make_archived(self, batch: list[Unit]) -> None:
        (unit,) = batch
        board = boards.get(self._id(unit.board))
        if board is None or board.archived_at:
            return self._skip(batch)
        tx = self._begin(unit.number)
        boards.set_archived(tx, board, unit.facts["at"], otherwise=_Gone())
        return self._commit_or_skip(tx, batch)

    def _make_order(self, batch: list[Unit]) -> None:
        try:
            self._commit(self._ranked(batch))
        except _Gone:
            for unit in batch:
                self._commit_or_skip(self._ranked([unit]), [unit])

    def _ranked(self, batch: list[Unit]) -> Transaction:
        """Pins are ranked in their section by the ids that their units would give: each is earlier."""
        tx = self._begin(batch[-1].number)
        for unit in batch:
            pin_id, section_id = self._id(unit.pin(unit.facts["pin"])), self._id(unit.section(unit.facts["section"]))
            pins.rank_in_section(tx, pin_id, section_id, self._id(unit.number), otherwise=_Gone())
        return tx

    def _make_profile(self, batch: list[Unit]) -> None:
        for _ in range(_ATTEMPTS):
            try:
                return self._replace_profile(batch[0])
            except _Gone:
                continue
        return self._skip(batch)

    def _replace_profile(self, unit: Unit) -> None:
        """What the profile says, but for the username."""
        facts = unit.facts
        before = profiles.get(self._job.user_id)
        if before is None or before.deleted:
            raise UserNotFound
        said: dict[str, Any] = {name: facts.get(name) for name in belongings.PROFILE_TEXTS}
        said |= {name: facts.get(name, False) for name in belongings.PROFILE_FLAGS}
        for name in belongings.PROFILE_PICTURES:
            if said[name] and "://" not in said[name] and not self._is_kept(said[name]):
                said[name] = None
        after = replace(before, **said, featured_board_ids=self._featured(facts["featured"]))
        tx = self._begin(unit.number)
        profiles.update(tx, before, after, version=before.version, otherwise=_Gone())
        uploads.reference_from_profile(tx, before, after)
        self._commit(tx)

    def _make_follow(self, batch: list[Unit]) -> None:
        self._settled(batch[0], self._follow)

    def _follow(self, unit: Unit) -> None:
        person = self._person(unit.facts["username"])
        before = person.tie
        if person.profile.id == self._job.user_id or (before and before.following):
            raise _Gone
        wanted = Following.REQUESTED if person.profile.is_private else Following.APPROVED
        since = self._id(unit.number)
        after = replace(before or Tie(self._job.user_id, person.profile.id, since), following=wanted, since=since)
        tx = self._begin(unit.number, follows=1)
        follows.change(tx, before, after)
        self._commit(tx)

    def _make_board_follow(self, batch: list[Unit]) -> None:
        self._settled(batch[0], lambda unit: self._say_of_board(unit, follows=True))

    def _make_opt_out(self, batch: list[Unit]) -> None:
        self._settled(batch[0], lambda unit: self._say_of_board(unit, follows=False))

    def _say_of_board(self, unit: Unit, *, follows: bool) -> None:
        owner = self._person(unit.facts["owner"]).profile
        board_id = boards.id_by_slug(owner.id, unit.facts["board"])
        seen = access.board(self._viewer, board_id) if board_id else None
        if seen is None or seen.standing.is_owner:
            raise _Gone
        before = ties.get_board_follow(self._job.user_id, seen.id)
        if before and not before.is_over:
            raise _Gone  # what is said already stays said
        tx = self._begin(unit.number, follows=int(follows))
        after = BoardFollow(self._job.user_id, seen.id, since=self._id(unit.number), follows=follows)
        ties.change(tx, before, after, otherwise=Changed())
        self._commit(tx)

    def _person(self, username: str) -> Person:
        try:
            return people.user(self._viewer, username)
        except UserMoved as moved:
            return people.user(self._viewer, moved.username)

    def _settled(self, unit: Unit, make: Callable[[Unit], None]) -> None:
        """Look again where something changed after the look at it; leave out what is hidden or not there."""
        try:
            settled(lambda: make(unit))
        except (_Gone, UserNotFound, UserMoved, BoardNotFound):
            self._skip([unit])

    def _featured(self, made_by: list[int]) -> tuple[str, ...]:
        """Those of the boards that can still be featured."""
        ids = [self._id(unit) for unit in made_by]
        found = boards.get_many(ids)
        return tuple(each for each in ids if each in found and may_feature(found[each], self._job.user_id))

    def _commit_or_skip(self, tx: Transaction, batch: list[Unit]) -> None:
        try:
            self._commit(tx)
        except _Gone:
            self._skip(batch)


def _numbered(name: str, number: int) -> str:
    if number == 1:
        return name
    suffix = f" ({number})"
    return name[: BOARD_NAME_MAX - len(suffix)] + suffix


def _collision() -> Refused:
    """Two ids of one millisecond are the same once in four million times. Another import gives other ids."""
    return Refused(Refusal.ID_TAKEN)


def _topics(said: str | None) -> tuple[str, ...] | None:
    """Without those that are no topics here."""
    return None if said is None else tuple(topic_id for topic_id in said.split(",") if topic_id in topics.every())
