"""Boards and crowds as big as it takes: items of the shape that the code writes, written in bulk past it."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import batched, count
from typing import Any

import orjson

from presence.domain.clock import timestamp
from presence.domain.entities import BoardFollow, Image, Media, Member, Pin, Profile, Tie
from presence.domain.ids import new_id
from presence.storage import codec, keys, pins, profiles, ties
from presence.storage.models import MemberItem
from presence.storage.table import Transaction
from tests.integration.local_cloud import TABLE, LocalCloud
from tests.integration.things import A_PICTURE
from tests.support.api import Client

_BULK = 1000
_ids = count(10**18)
ANY_TEXTS = {"title": "One of very many"}


def old_id() -> str:
    """An id older than any that the code makes (10**18 is of 2025), and younger than those given before."""
    return str(next(_ids))


def add_pins(
    cloud: LocalCloud,
    user: Client,
    board_id: str,
    how_many: int,
    *,
    sections: tuple[str, ...] = (),
    texts: Mapping[str, str] = ANY_TEXTS,
) -> list[str]:
    """Pins on a board, counted there and in their sections, dealt to the sections in turn (and to none).

    Oldest first.
    """
    ids = [old_id() for _ in range(how_many)]
    places = [*sections, None]
    batch: list[dict[str, Any]] = []
    template = _item(user, board_id, ids[0], None, texts)
    for number, pin_id in enumerate(ids):
        batch.append(_with(template, pin_id, places[number % len(places)]))
        if len(batch) == _BULK:
            cloud.put_items(batch)
            batch = []
    cloud.put_items(batch)
    _count(cloud, (f"BOARD#{board_id}", "BOARD"), "pin_count", how_many)
    _count(cloud, (f"USER#{user.user_id}", "PROFILE"), "pin_count", how_many)
    for position, section_id in enumerate(sections):
        _count(cloud, (f"BOARD#{board_id}", f"SECTION#{section_id}"), "pin_count", len(ids[position :: len(places)]))
    return ids


def add_member(cloud: LocalCloud, user: Client, board_id: str, role: str = "editor") -> None:
    """A member without an invitation, counted on the board."""
    pk, sk = keys.member(board_id, user.user_id)
    member = Member(board_id, user.user_id, role, since=new_id(), added_by=user.user_id)
    item = MemberItem(
        pk,
        sk,
        owner_pk=keys.group_boards_of(user.user_id),
        owner_sk=member.since,
        **codec.member_attributes(member),
    )
    cloud.put_items([item.serialize()])
    _count(cloud, keys.board(board_id), "collaborator_count", 1)


def _item(
    user: Client, board_id: str, pin_id: str, section_id: str | None, texts: Mapping[str, str] = ANY_TEXTS
) -> dict[str, Any]:
    """The item that the code would put for a pin."""
    pin = Pin(
        id=pin_id,
        owner_id=user.user_id,
        board_id=board_id,
        created_at=timestamp(),
        section_id=section_id,
        media=Media("image", (Image(url=A_PICTURE["url"]),)),
        **texts,
    )
    tx = Transaction()
    pins.put(tx, pin, otherwise=AssertionError())
    (operation,) = tx._operations
    item: dict[str, Any] = operation.request["Put"]["Item"]
    return item


def _with(template: dict[str, Any], pin_id: str, section_id: str | None) -> dict[str, Any]:
    """The template under another id: a fifth of the time that making it anew would take."""
    text = {"S": pin_id}
    item = {**template, "pk": {"S": f"PIN#{pin_id}"}, "id": text, "owner_sk": text, "board_sk": text, "target_sk": text}
    if section_id:
        item |= {"section_id": {"S": section_id}, "section_pk": {"S": f"SECTION#{section_id}#PINS"}, "section_sk": text}
    return item


def count_followers(cloud: LocalCloud, user_id: str, how_many: int) -> None:
    _count(cloud, keys.profile(user_id), "follower_count", how_many)


def _count(cloud: LocalCloud, key: tuple[str, str], counter: str, how_many: int) -> None:
    cloud.dynamodb(
        "UpdateItem",
        TableName=TABLE,
        Key={"pk": {"S": key[0]}, "sk": {"S": key[1]}},
        UpdateExpression=f"ADD {counter} :n",
        ExpressionAttributeValues={":n": {"N": str(how_many)}},
    )


def same_as_the_code(user: Client, board_id: str, section_id: str) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Items as seeded beside items as the code puts them, for the test that holds them equal."""
    for place in (section_id, None):
        template = _item(user, board_id, "1000000000000000000", None)
        yield _with(template, "9000000000000000007", place), _item(user, board_id, "9000000000000000007", place)


def add_people(cloud: LocalCloud, ids: Iterable[str]) -> None:
    """Profiles with these ids."""
    tx = Transaction()
    anybody = Profile("9000000000000000001", "person_000001", timestamp())
    profiles.put(tx, anybody, otherwise=AssertionError())
    _put_like(cloud, tx, ((user_id, f"person_{user_id[-6:]}") for user_id in ids), (anybody.id, anybody.username))


def add_ties(cloud: LocalCloud, pairs: Iterable[tuple[str, str]], **facts: Any) -> list[str]:
    """Ties from one user to another, each begun later than the one before (when, as ids). They are in no count."""
    begun = [(*pair, old_id()) for pair in pairs]
    tx = Transaction()
    any_tie = Tie("9000000000000000001", "9000000000000000002", since="9000000000000000003", **facts)
    ties.change(tx, None, any_tie, otherwise=AssertionError())
    _put_like(cloud, tx, begun, (any_tie.from_id, any_tie.to_id, any_tie.since))
    return [since for _, _, since in begun]


def add_board_follows(cloud: LocalCloud, pairs: Iterable[tuple[str, str]], **facts: Any) -> None:
    """What users say of boards, each later than the one before. It is in no board's count."""
    tx = Transaction()
    anything = BoardFollow("9000000000000000001", "9000000000000000002", since="9000000000000000003", **facts)
    ties.change(tx, None, anything, otherwise=AssertionError())
    _put_like(cloud, tx, ((*pair, old_id()) for pair in pairs), (anything.user_id, anything.board_id, anything.since))


def _put_like(cloud: LocalCloud, tx: Transaction, things: Iterable[tuple[str, ...]], anything: tuple[str, ...]) -> None:
    """Items as the code puts this one, with other words in the place of its words."""
    (operation,) = tx._operations
    template = orjson.dumps(operation.request["Put"]["Item"]).decode()
    for some in batched(things, _BULK, strict=False):
        batch = []
        for words in some:
            text = template
            for before, after in zip(anything, words, strict=True):
                text = text.replace(before, after)
            batch.append(orjson.loads(text))
        cloud.put_items(batch)
