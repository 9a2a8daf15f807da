"""Profiles in the table, and what belongs to one holder only: usernames and sign-in identities."""

from collections.abc import Iterable

from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from presence.domain import clock
from presence.domain.entities import Profile
from presence.domain.usernames import skeleton
from presence.storage import codec, keys, table
from presence.storage.models import ClaimItem, Item, ProfileItem
from presence.storage.table import Otherwise, Transaction

REDIRECT_SECONDS = 30 * clock.DAY
"""How long a former username leads to who had it."""

_ALIVE: Condition = ProfileItem.pk.exists() & ProfileItem.deleted.does_not_exist()


def get(user_id: str) -> Profile | None:
    raw = table.get(keys.profile(user_id))
    return codec.profile(raw) if raw else None


def get_many(user_ids: Iterable[str]) -> dict[str, Profile]:
    found = table.batch_get(keys.profile(user_id) for user_id in user_ids)
    return {profile.id: profile for profile in codec.readable(codec.profile, found.values())}


def id_by_identity(issuer: str, subject: str) -> str | None:
    claim = table.get(keys.identity(issuer, subject))
    return claim["holder_id"]["S"] if claim else None


def id_by_username(name: str) -> str | None:
    """Whose the name is, was until lately, or would be if it were not for how it looks."""
    claim = table.get(keys.username(skeleton(name)))
    if claim is None or ("expires_at" in claim and int(claim["expires_at"]["N"]) <= clock.now()):
        return None
    holder_id: str = claim["holder_id"]["S"]
    return holder_id


def put(tx: Transaction, profile: Profile, *, otherwise: Otherwise) -> None:
    item = ProfileItem(*keys.profile(profile.id), **codec.profile_attributes(profile))
    tx.put(item, Item.pk.does_not_exist(), otherwise=otherwise)


_CHANGEABLE = (
    *("username", "display_name", "about", "website_url", "location", "pronouns", "avatar", "banner"),
    *("is_private", "hidden_from_search", "featured_board_ids"),
)
_REFERRED_TO = ("username", "avatar", "banner")
"""Other items tell of these, in the same transaction: what they are changed from must be so still."""


def update(tx: Transaction, before: Profile, after: Profile, *, version: int | None, otherwise: Otherwise) -> None:
    """Write what changed, if the profile (in its version, if given) is there."""
    changed = [name for name in _CHANGEABLE if getattr(after, name) != getattr(before, name)]
    old, new = codec.profile_attributes(before), codec.profile_attributes(after)
    condition = _ALIVE if version is None else _ALIVE & (ProfileItem.version == version)
    for name in (name for name in _REFERRED_TO if name in changed):
        attribute = getattr(ProfileItem, name)
        condition &= attribute == old[name] if name in old else attribute.does_not_exist()
    actions: list[Action] = [ProfileItem.version.add(1)]
    for name in changed:
        attribute = getattr(ProfileItem, name)
        actions.append(attribute.set(new[name]) if name in new else attribute.remove())
    tx.update(ProfileItem(*keys.profile(before.id)), actions, condition, otherwise=otherwise)


def claim_identity(tx: Transaction, issuer: str, subject: str, user_id: str, *, otherwise: Otherwise) -> None:
    item = ClaimItem(*keys.identity(issuer, subject), holder_id=user_id)
    tx.put(item, Item.pk.does_not_exist(), otherwise=otherwise)


def claim_username(tx: Transaction, username: str, user_id: str, *, otherwise: Otherwise) -> None:
    """A name that nobody has, or that was given up: by this user, or by another longer ago than redirects last."""
    item = ClaimItem(*keys.username(skeleton(username)), holder_id=user_id)
    free = Item.pk.does_not_exist() | (Item.expires_at <= int(clock.now())) | (ClaimItem.holder_id == user_id)
    tx.put(item, free, otherwise=otherwise)


def give_up_username(tx: Transaction, username: str, user_id: str, *, otherwise: Otherwise) -> None:
    """Leads to its former holder for a while, who may take it back; then it is free."""
    until = int(clock.now()) + REDIRECT_SECONDS
    item = ClaimItem(*keys.username(skeleton(username)), holder_id=user_id, expires_at=until)
    tx.put(item, ClaimItem.holder_id == user_id, otherwise=otherwise)


def count_board(tx: Transaction, owner_id: str, by: int, *, at_most: int | None = None, otherwise: Otherwise) -> None:
    """Add to the number of a living owner's boards, which may not go over ``at_most``; taking away needs only that
    the profile is there.
    """
    condition = _ALIVE if by > 0 else ProfileItem.pk.exists()
    if at_most is not None:
        condition &= ProfileItem.board_count < at_most
    tx.update(ProfileItem(*keys.profile(owner_id)), [ProfileItem.board_count.add(by)], condition, otherwise=otherwise)


def count_pins(tx: Transaction, user_id: str, by: int, *, otherwise: Otherwise) -> None:
    """Add to the number of pins that a living user added; taking away needs only that the profile is there."""
    condition = _ALIVE if by > 0 else ProfileItem.pk.exists()
    tx.update(ProfileItem(*keys.profile(user_id)), [ProfileItem.pin_count.add(by)], condition, otherwise=otherwise)


def count_following(
    tx: Transaction, user_id: str, by: int, *, at_most: int | None = None, otherwise: Otherwise
) -> None:
    """Add to the number of users whom one follows, which may not go over ``at_most``.

    Adding, be it 0, needs a living account; taking away needs only that the profile is there.
    """
    condition = _ALIVE if by >= 0 else ProfileItem.pk.exists()
    if at_most is not None:
        condition &= ProfileItem.following_count < at_most
    item = ProfileItem(*keys.profile(user_id))
    tx.update(item, [ProfileItem.following_count.add(by)], condition, otherwise=otherwise)


def count_followers(tx: Transaction, user_id: str, by: int, *, otherwise: Otherwise) -> None:
    """Add to the number of followers; an account that is being deleted still has one."""
    item = ProfileItem(*keys.profile(user_id))
    tx.update(item, [ProfileItem.follower_count.add(by)], ProfileItem.pk.exists(), otherwise=otherwise)


def require_alive(tx: Transaction, user_id: str, *, otherwise: Otherwise) -> None:
    """Write only while the account is there. What is added to it is nothing, which the stream does not tell of."""
    tx.update(ProfileItem(*keys.profile(user_id)), [ProfileItem.pin_count.add(0)], _ALIVE, otherwise=otherwise)


def mark_deleted(tx: Transaction, profile: Profile, *, otherwise: Otherwise) -> None:
    """Gone for every read; the item stays as the order to remove what is the user's."""
    actions = [ProfileItem.deleted.set(True), ProfileItem.version.add(1)]
    tx.update(ProfileItem(*keys.profile(profile.id)), actions, _ALIVE, otherwise=otherwise)


def release_identity(tx: Transaction, profile: Profile, *, otherwise: Otherwise) -> None:
    """Whoever signs in like that next is somebody new."""
    if profile.issuer and profile.subject:
        item = ClaimItem(*keys.identity(profile.issuer, profile.subject))
        tx.delete(item, ClaimItem.holder_id == profile.id, otherwise=otherwise)


def touch(tx: Transaction, user_id: str, *, otherwise: Otherwise) -> None:
    """Send a profile through the stream again."""
    item = ProfileItem(*keys.profile(user_id))
    tx.update(item, [ProfileItem.version.add(1)], ProfileItem.pk.exists(), otherwise=otherwise)


def remove(tx: Transaction, user_id: str, *, otherwise: Otherwise) -> None:
    """The profile of a deleted account of which nothing is counted any more."""
    condition: Condition = ProfileItem.deleted == True  # noqa: E712
    for count in (ProfileItem.board_count, ProfileItem.pin_count, ProfileItem.follower_count):
        condition &= count == 0
    tx.delete(ProfileItem(*keys.profile(user_id)), condition, otherwise=otherwise)
