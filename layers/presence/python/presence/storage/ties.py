"""What users are to each other, and which boards they follow. docs/access-patterns.md lists the costs.

An edge is a ``Tie`` or a ``BoardFollow``. Each change of one demands that it is as it was read, but for ``counted``:
that is the stream's alone to change, in one transaction with the count that it speaks of.
"""

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from pynamodb.expressions.condition import Condition, size
from pynamodb.expressions.update import Action

from presence.domain.entities import BoardFollow, Following, Tie
from presence.domain.errors import Conflict
from presence.storage import codec, keys, listing, table
from presence.storage.listing import Listing
from presence.storage.models import BoardFollowItem, HiddenPeopleItem, Item, TieItem
from presence.storage.table import Otherwise, Raw, Transaction

type Edge = Tie | BoardFollow

MAX_HIDDEN = 1000
"""People in one item: 20 KB, which each further block of or by the same user writes."""


class TooManyHidden(Exception):
    """There is no room for one more; see ``forget_hidden``."""

    def __init__(self, user_id: str) -> None:
        super().__init__(user_id)
        self.user_id = user_id


class HiddenPeople(NamedTuple):
    """Whom blocks, by either side, hide from a user."""

    user_ids: frozenset[str] = frozenset()
    are_more: bool = False

    def has(self, user_id: str) -> bool:
        """Whether it may be so: of a user from whom too many are hidden to be told, everybody is."""
        return self.are_more or user_id in self.user_ids


def get(from_id: str, to_id: str) -> Tie | None:
    raw = table.get(keys.tie(from_id, to_id))
    return codec.tie(raw) if raw else None


def get_many(pairs: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Tie]:
    """The ties that are there, by (from, to): 1 request per 100."""
    found = table.batch_get(keys.tie(from_id, to_id) for from_id, to_id in pairs)
    return {(tie.from_id, tie.to_id): tie for tie in map(codec.tie, found.values())}


def get_board_follow(user_id: str, board_id: str) -> BoardFollow | None:
    raw = table.get(keys.board_follow(user_id, board_id))
    return codec.board_follow(raw) if raw else None


def get_board_follows(pairs: Iterable[tuple[str, str]], *, strict: bool = False) -> dict[tuple[str, str], BoardFollow]:
    """What users say of boards, by (user, board), where they say something: 1 request per 100.

    Args:
        strict: for whoever may overlook none, see ``listing.page``.
    """
    found = table.batch_get(keys.board_follow(user_id, board_id) for user_id, board_id in pairs).values()
    edges = map(codec.board_follow, found) if strict else codec.readable(codec.board_follow, found)
    return {(edge.user_id, edge.board_id): edge for edge in edges}


def list_following(
    user_id: str, *, after: str | None = None, limit: int, strict: bool = False
) -> tuple[list[Tie], bool]:
    """The ties to those whom a user follows, the latest first."""
    return listing.page(_ties_of(user_id, keys.following_of(user_id)), after=after, limit=limit, strict=strict)


def list_requested(
    user_id: str, *, after: str | None = None, limit: int, strict: bool = False
) -> tuple[list[Tie], bool]:
    """The ties to those whom a user asked to follow, the latest first."""
    return listing.page(_ties_of(user_id, keys.requested_by(user_id)), after=after, limit=limit, strict=strict)


def list_blocks(user_id: str, *, after: str | None = None, limit: int) -> tuple[list[Tie], bool]:
    """The ties to those whom a user blocks, the latest first."""
    return listing.page(_ties_of(user_id, keys.blocks_of(user_id)), after=after, limit=limit)


def list_followers(
    user_id: str, *, after: str | None = None, limit: int, strict: bool = False
) -> tuple[list[Tie], bool]:
    """The ties of a user's approved followers, the latest first. ``after``: a ``position_at_target``."""
    return listing.page(_ties_to(user_id, keys.followers_of(user_id)), after=after, limit=limit, strict=strict)


def list_follow_requests(
    user_id: str, *, after: str | None = None, limit: int, strict: bool = False
) -> tuple[list[Tie], bool]:
    """The ties of those who wait for a user's approval, the latest first. ``after``: a ``position_at_target``."""
    return listing.page(_ties_to(user_id, keys.follow_requests_to(user_id)), after=after, limit=limit, strict=strict)


def list_board_follows(
    user_id: str, *, after: str | None = None, limit: int, strict: bool = False
) -> tuple[list[BoardFollow], bool]:
    """The boards that a user follows themselves, the latest first."""
    theirs = Listing(
        "by_owner",
        keys.board_follows_of(user_id),
        lambda board_id: keys.board_follow(user_id, board_id),
        codec.board_follow,
    )
    return listing.page(theirs, after=after, limit=limit, strict=strict)


def list_said_of_boards(
    user_id: str, *, after: str | None = None, limit: int, strict: bool = False
) -> tuple[list[BoardFollow], bool]:
    """All that a user says of boards, follows too, in the boards' order; as of now. ``after``: a board's id."""
    partition, prefix = keys.board_follow(user_id, "")
    said = Listing(
        None,
        partition,
        lambda board_id: keys.board_follow(user_id, board_id),
        codec.board_follow,
        newest_first=False,
        prefix=prefix,
    )
    return listing.page(said, after=after, limit=limit, strict=strict)


def list_board_followers(
    board_id: str, *, after: str | None = None, limit: int, strict: bool = False
) -> tuple[list[BoardFollow], bool]:
    """The follows of a board itself, the latest first. ``after``: a ``position_at_target``."""
    there = Listing(
        "by_target",
        keys.followers_of_board(board_id),
        lambda user_id: keys.board_follow(user_id, board_id),
        codec.board_follow,
    )
    return listing.page(there, after=after, limit=limit, strict=strict)


def _ties_of(user_id: str, partition: str) -> Listing[Tie]:
    return Listing("by_owner", partition, lambda other_id: keys.tie(user_id, other_id), codec.tie)


def _ties_to(user_id: str, partition: str) -> Listing[Tie]:
    return Listing("by_target", partition, lambda other_id: keys.tie(other_id, user_id), codec.tie)


def change(tx: Transaction, before: Edge | None, after: Edge, *, otherwise: Otherwise) -> None:
    """From what was read (None: there was no such edge) to ``after``."""
    kind = _kind(after)
    attributes = kind.attributes(after) | kind.listed(after)
    if before is None:
        tx.put(kind.model(*kind.key(after), **attributes), Item.pk.does_not_exist(), otherwise=otherwise)
    else:
        actions = _made_so(kind, attributes, (*kind.state, "since", *_INDEX_KEYS))
        tx.update(kind.model(*kind.key(after)), actions, _still(before), otherwise=otherwise)


def hidden_people(raw: Raw | None) -> HiddenPeople:
    """Of the item at ``keys.hidden_people``, if there is one."""
    if raw is None:
        return HiddenPeople()
    return HiddenPeople(frozenset(raw.get("user_ids", {}).get("SS", ())), "are_more" in raw)


def get_hidden_people(user_ids: Iterable[str]) -> dict[str, HiddenPeople]:
    """Of each user: 1 request per 100."""
    wanted = {user_id: keys.hidden_people(user_id) for user_id in user_ids}
    found = table.batch_get(wanted.values())
    return {user_id: hidden_people(found.get(key)) for user_id, key in wanted.items()}


def hide(tx: Transaction, user_id: str, other_id: str) -> None:
    """Note that a block hides one from a user, for who asks of many at once; ``TooManyHidden`` at ``MAX_HIDDEN``.

    The item is made where it is missing.
    """
    ids = HiddenPeopleItem.user_ids
    room = ids.does_not_exist() | (size(ids) < MAX_HIDDEN)  # type: ignore[no-untyped-call]
    actions = [HiddenPeopleItem.kind.set(HiddenPeopleItem), ids.add({other_id})]
    tx.update(HiddenPeopleItem(*keys.hidden_people(user_id)), actions, room, otherwise=TooManyHidden(user_id))


def show(tx: Transaction, user_id: str, other_id: str) -> None:
    """No block hides one from a user any more."""
    actions = [HiddenPeopleItem.kind.set(HiddenPeopleItem), HiddenPeopleItem.user_ids.delete({other_id})]
    tx.update(HiddenPeopleItem(*keys.hidden_people(user_id)), actions, None)


def forget_hidden(user_id: str) -> None:
    """Make room where too many people are hidden from a user: from now on the item says only that they are many."""
    tx = Transaction()
    item = HiddenPeopleItem(*keys.hidden_people(user_id))
    actions = [HiddenPeopleItem.are_more.set(True), HiddenPeopleItem.user_ids.remove()]
    tx.update(item, actions, Item.pk.exists(), otherwise=Conflict("Please try again."))
    tx.commit()


def require(tx: Transaction, from_id: str, to_id: str, tie: Tie | None, *, otherwise: Otherwise) -> None:
    """A tie has to be as it was read (None: not there) for the rest to happen; nothing of it is written."""
    item = TieItem(*keys.tie(from_id, to_id))
    if tie is None:
        tx.delete(item, Item.pk.does_not_exist(), otherwise=otherwise)
    else:
        tx.update(item, [TieItem.since.set(tie.since)], _still(tie), otherwise=otherwise)


def count(tx: Transaction, edge: Edge, *, otherwise: Otherwise) -> int:
    """Make ``counted`` say whether the edge is a follow, or remove one that is over.

    Returns what to add to the count of followers.
    """
    kind = _kind(edge)
    item = kind.model(*kind.key(edge))
    condition = _still(edge, "counted")
    if edge.is_over:
        tx.delete(item, condition, otherwise=otherwise)
    else:
        counted = {"counted": True} if edge.is_follow else {}
        tx.update(item, _made_so(kind, counted, ("counted",)), condition, otherwise=otherwise)
    return edge.is_follow - edge.counted


def remove(tx: Transaction, edge: Edge, *, otherwise: Otherwise) -> None:
    """An edge to what is gone for good, and with it its count."""
    kind = _kind(edge)
    tx.delete(kind.model(*kind.key(edge)), _still(edge, "counted"), otherwise=otherwise)


class _Kind(NamedTuple):
    """How one kind of edge lies in the table."""

    model: type[Item]
    state: tuple[str, ...]
    """The attributes that requests change, and expect to be as they read them."""
    key: Callable[[Any], keys.Key]
    attributes: Callable[[Any], dict[str, Any]]
    listed: Callable[[Any], dict[str, str]]
    """The keys of the indexes in which it stands."""


_INDEX_KEYS = ("owner_pk", "owner_sk", "target_pk", "target_sk")


def _tie_listed(tie: Tie) -> dict[str, str]:
    match tie.following:
        case Following.APPROVED:
            return _in_indexes(tie.since, keys.following_of(tie.from_id), keys.followers_of(tie.to_id))
        case Following.REQUESTED:
            return _in_indexes(tie.since, keys.requested_by(tie.from_id), keys.follow_requests_to(tie.to_id))
    return _in_indexes(tie.since, keys.blocks_of(tie.from_id)) if tie.blocks else {}


def _board_follow_listed(edge: BoardFollow) -> dict[str, str]:
    if not edge.follows:
        return {}
    return _in_indexes(edge.since, keys.board_follows_of(edge.user_id), keys.followers_of_board(edge.board_id))


def _in_indexes(since: str, owner: str, target: str | None = None) -> dict[str, str]:
    at_target = {"target_pk": target, "target_sk": since} if target else {}
    return {"owner_pk": owner, "owner_sk": since, **at_target}


_TIE = _Kind(
    TieItem,
    ("following", "blocks", "blocked"),
    lambda tie: keys.tie(tie.from_id, tie.to_id),
    codec.tie_attributes,
    _tie_listed,
)
_BOARD_FOLLOW = _Kind(
    BoardFollowItem,
    ("follows", "is_over"),
    lambda edge: keys.board_follow(edge.user_id, edge.board_id),
    codec.board_follow_attributes,
    _board_follow_listed,
)


def _kind(edge: Edge) -> _Kind:
    return _TIE if isinstance(edge, Tie) else _BOARD_FOLLOW


def _made_so(kind: _Kind, attributes: dict[str, Any], names: Iterable[str]) -> list[Action]:
    """Set the attributes with these names; those that are not given are at their default, which is to be absent."""
    return [
        getattr(kind.model, name).set(attributes[name]) if name in attributes else getattr(kind.model, name).remove()
        for name in names
    ]


def _still(edge: Edge, *also: str) -> Condition:
    kind = _kind(edge)
    attributes = kind.attributes(edge)
    condition: Condition = Item.pk.exists()
    for name in (*kind.state, *also):
        attribute = getattr(kind.model, name)
        condition &= attribute == attributes[name] if name in attributes else attribute.does_not_exist()
    return condition
