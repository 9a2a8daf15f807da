"""Profiles in the table, and what belongs to one holder only: usernames and sign-in identities."""

from presence.domain.entities import Profile
from presence.storage import codec, keys, table
from presence.storage.models import ClaimItem, Item, ProfileItem
from presence.storage.table import Otherwise, Transaction


def get(user_id: str) -> Profile | None:
    raw = table.get(keys.profile(user_id))
    return codec.profile(raw) if raw else None


def id_by_identity(issuer: str, subject: str) -> str | None:
    claim = table.get(keys.identity(issuer, subject))
    return claim["holder_id"]["S"] if claim else None


def put(tx: Transaction, profile: Profile, *, otherwise: Otherwise) -> None:
    item = ProfileItem(*keys.profile(profile.id), **codec.profile_attributes(profile))
    tx.put(item, Item.pk.does_not_exist(), otherwise=otherwise)


def claim_identity(tx: Transaction, issuer: str, subject: str, user_id: str, *, otherwise: Otherwise) -> None:
    item = ClaimItem(*keys.identity(issuer, subject), holder_id=user_id)
    tx.put(item, Item.pk.does_not_exist(), otherwise=otherwise)


def claim_username(tx: Transaction, username: str, user_id: str, *, otherwise: Otherwise) -> None:
    item = ClaimItem(*keys.username(username), holder_id=user_id)
    tx.put(item, Item.pk.does_not_exist(), otherwise=otherwise)
