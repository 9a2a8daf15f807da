"""Pins in the table. docs/access-patterns.md lists the cost of each."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from presence.domain.entities import Pin
from presence.storage import codec, keys, listing, table
from presence.storage.listing import Listing, Place
from presence.storage.models import Item, PinItem
from presence.storage.table import Otherwise, Transaction


def get(pin_id: str) -> Pin | None:
    raw = table.get(keys.pin(pin_id))
    return codec.pin(raw) if raw else None


def get_many(pin_ids: Iterable[str], *, strict: bool = False) -> dict[str, Pin]:
    """Those that are there.

    Args:
        strict: for whoever may overlook none, see ``listing.page``.
    """
    found = table.batch_get(keys.pin(pin_id) for pin_id in pin_ids).values()
    pins = map(codec.pin, found) if strict else codec.readable(codec.pin, found)
    return {pin.id: pin for pin in pins}


def list_on_board(
    board_id: str, *, after: str | None = None, limit: int, strict: bool = False
) -> tuple[list[Pin], bool]:
    """A board's pins, those in sections included, in the board's order."""
    return listing.page(_on_board(board_id), after=after, limit=limit, strict=strict)


def places_on_board(board_id: str, *, after: str | None, limit: int) -> tuple[list[Place], bool]:
    """The same, by their ids."""
    return listing.places(_on_board(board_id), after=after, limit=limit)


def list_in_section(
    section_id: str, *, after: str | None = None, limit: int, strict: bool = False
) -> tuple[list[Pin], bool]:
    """A section's pins, in the section's order."""
    return listing.page(_listing("by_section", keys.pins_in(section_id)), after=after, limit=limit, strict=strict)


def list_of_owner(
    owner_id: str, *, after: str | None = None, limit: int, strict: bool = False
) -> tuple[list[Pin], bool]:
    """The pins that a user added, on whatever board, newest first."""
    return listing.page(_listing("by_owner", keys.pins_of(owner_id)), after=after, limit=limit, strict=strict)


def list_trashed(owner_id: str, *, after: str | None, limit: int, strict: bool = False) -> tuple[list[Pin], bool]:
    """The latest deleted first; positions are ``entities.position(id, trashed_at)``."""
    return listing.page(_listing("by_owner", keys.trashed_pins_of(owner_id)), after=after, limit=limit, strict=strict)


def list_saved_from(board_id: str, *, limit: int) -> tuple[list[Pin], bool]:
    """The copies that were saved from a board's pins, wherever they are now, the latest first."""
    return listing.page(_listing("by_source", keys.saved_from(board_id)), after=None, limit=limit)


def _on_board(board_id: str) -> Listing[Pin]:
    return _listing("by_board", keys.pins_on(board_id))


def _listing(index: str, partition: str) -> Listing[Pin]:
    return Listing(index, partition, keys.pin, codec.pin)


def oldest_alike(board_id: str, digest: str, *, limit: int) -> list[str]:
    """The ids of pins on a board that show the same (``Media.digest``), the oldest first."""
    items, _ = table.query(keys.same_on(board_id, digest), index="by_target", limit=limit, newest_first=False)
    return [item["id"]["S"] for item in items]


def put(tx: Transaction, pin: Pin, *, otherwise: Otherwise) -> None:
    digest = pin.media.digest
    item = PinItem(
        *keys.pin(pin.id),
        owner_pk=keys.pins_of(pin.owner_id),
        owner_sk=pin.id,
        board_pk=keys.pins_on(pin.board_id),
        board_sk=pin.rank or pin.id,
        section_pk=keys.pins_in(pin.section_id) if pin.section_id else None,
        section_sk=(pin.section_rank or pin.id) if pin.section_id else None,
        source_pk=keys.saved_from(pin.source_board_id) if pin.source_board_id else None,
        source_sk=pin.id if pin.source_board_id else None,
        target_pk=keys.same_on(pin.board_id, digest) if digest else None,
        target_sk=pin.id if digest else None,
        **codec.pin_attributes(pin),
    )
    tx.put(item, Item.pk.does_not_exist(), otherwise=otherwise)


_TEXTS = ("title", "description", "alt_text", "link")


def update(tx: Transaction, before: Pin, after: Pin, *, version: int | None, otherwise: Otherwise) -> None:
    """Write what changed, its place included, if the pin is still in the place (and version, if given) it was."""
    actions: list[Action] = [PinItem.version.add(1)]
    changed = [name for name in _TEXTS if getattr(after, name) != getattr(before, name)]
    actions += [_set_or_remove(name, getattr(after, name)) for name in changed]
    if after.board_id != before.board_id:
        actions += [PinItem.board_id.set(after.board_id), PinItem.board_pk.set(keys.pins_on(after.board_id))]
        if digest := after.media.digest:
            actions.append(PinItem.target_pk.set(keys.same_on(after.board_id, digest)))
    if after.rank != before.rank:
        actions += [_set_or_remove("rank", after.rank), PinItem.board_sk.set(after.rank or after.id)]
    if (after.section_id, after.section_rank) != (before.section_id, before.section_rank):
        actions += _place_in_section(after)
    tx.update(PinItem(*keys.pin(before.id)), actions, _still(before, version), otherwise=otherwise)


def leave_section(tx: Transaction, pin: Pin, *, otherwise: Otherwise) -> None:
    """Put a pin of a deleted section on the board itself. Not a change by a client, so the version stays."""
    after = replace(pin, section_id=None, section_rank=None)
    tx.update(PinItem(*keys.pin(pin.id)), _place_in_section(after), _still(pin, None), otherwise=otherwise)


def rank_in_section(tx: Transaction, pin_id: str, section_id: str, rank: str, *, otherwise: Otherwise) -> None:
    """Give a pin that is in a section its place there. Not a change by a client, so the version stays."""
    actions = [PinItem.section_rank.set(rank), PinItem.section_sk.set(rank)]
    tx.update(PinItem(*keys.pin(pin_id)), actions, PinItem.section_id == section_id, otherwise=otherwise)


def delete(tx: Transaction, pin: Pin, *, version: int | None = None, otherwise: Otherwise) -> None:
    tx.delete(PinItem(*keys.pin(pin.id)), _still(pin, version), otherwise=otherwise)


def trash(
    tx: Transaction, pin: Pin, at: str, *, section_id: str | None, version: int | None, otherwise: Otherwise
) -> None:
    """Put a pin into the trash of who added it. It remembers its place, and is listed there no more.

    Args:
        section_id: the section in which it is to everybody; None where its own is deleted.
    """
    actions = [
        PinItem.trashed_at.set(at),
        PinItem.owner_pk.set(keys.trashed_pins_of(pin.owner_id)),
        PinItem.owner_sk.set(at),
        PinItem.board_pk.remove(),
        PinItem.board_sk.remove(),
        PinItem.section_pk.remove(),
        PinItem.section_sk.remove(),
        PinItem.source_sk.remove(),
        PinItem.target_pk.remove(),
        PinItem.target_sk.remove(),
        PinItem.version.add(1),
    ]
    if section_id is None:
        actions += [PinItem.section_id.remove(), PinItem.section_rank.remove()]
    tx.update(PinItem(*keys.pin(pin.id)), actions, _still(pin, version), otherwise=otherwise)


def restore(tx: Transaction, before: Pin, after: Pin, *, otherwise: Otherwise) -> None:
    """Take a pin out of the trash, to the place that ``after`` names."""
    digest = after.media.digest
    actions = [
        PinItem.trashed_at.remove(),
        PinItem.owner_pk.set(keys.pins_of(after.owner_id)),
        PinItem.owner_sk.set(after.id),
        PinItem.board_id.set(after.board_id),
        PinItem.board_pk.set(keys.pins_on(after.board_id)),
        PinItem.board_sk.set(after.rank or after.id),
        _set_or_remove("source_sk", after.id if after.source_board_id else None),
        _set_or_remove("target_pk", keys.same_on(after.board_id, digest) if digest else None),
        _set_or_remove("target_sk", after.id if digest else None),
        _set_or_remove("rank", after.rank),
        _set_or_remove("section_id", after.section_id),
        _set_or_remove("section_rank", after.section_rank),
        _set_or_remove("section_pk", keys.pins_in(after.section_id) if after.section_id else None),
        _set_or_remove("section_sk", (after.section_rank or after.id) if after.section_id else None),
        PinItem.version.add(1),
    ]
    tx.update(PinItem(*keys.pin(before.id)), actions, PinItem.trashed_at == before.trashed_at, otherwise=otherwise)


def purge(tx: Transaction, pin: Pin, *, otherwise: Otherwise) -> None:
    tx.delete(PinItem(*keys.pin(pin.id)), PinItem.trashed_at == pin.trashed_at, otherwise=otherwise)


def _place_in_section(pin: Pin) -> list[Action]:
    return [
        _set_or_remove("section_id", pin.section_id),
        _set_or_remove("section_rank", pin.section_rank),
        _set_or_remove("section_pk", keys.pins_in(pin.section_id) if pin.section_id else None),
        _set_or_remove("section_sk", (pin.section_rank or pin.id) if pin.section_id else None),
    ]


def _set_or_remove(name: str, value: Any) -> Action:
    attribute = getattr(PinItem, name)
    action: Action = attribute.remove() if value is None else attribute.set(value)
    return action


def _still(pin: Pin, version: int | None) -> Condition:
    condition: Condition = (PinItem.board_id == pin.board_id) & PinItem.trashed_at.does_not_exist()
    condition &= PinItem.section_id == pin.section_id if pin.section_id else PinItem.section_id.does_not_exist()
    return condition if version is None else condition & (PinItem.version == version)
