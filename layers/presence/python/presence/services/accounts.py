"""Who a token's subject is here: the first sign-in makes the profile, and ``farewell`` clears up after it is gone."""

import re
import unicodedata
from secrets import randbelow

from presence.domain import clock, usernames
from presence.domain.entities import Profile, Viewer
from presence.domain.errors import Conflict, UserNotFound
from presence.domain.ids import new_id
from presence.storage import profiles
from presence.storage.table import Transaction

_ATTEMPTS = 5
_DIGITS = 5
"""What a variant of a name that is taken ends in."""


def sign_in(issuer: str, subject: str, wanted: str) -> Profile:
    """The profile of a subject; on the first sign-in a new one, named like ``wanted`` as far as that is free.

    2 requests; 2 more (a transaction of 3 writes) on the first sign-in, and 1 more per username that is taken.

    Raises:
        Conflict: neither the name nor variants of it were free.
    """
    for attempt in range(_ATTEMPTS):
        user_id = profiles.id_by_identity(issuer, subject)
        profile = profiles.get(user_id) if user_id else None
        if profile:
            return profile
        profile = Profile(
            id=new_id(),
            username=_username(wanted, attempt),
            created_at=clock.timestamp(),
            issuer=issuer,
            subject=subject,
        )
        try:
            _create(profile, issuer, subject)
        except _Taken:
            continue  # another sign-in of the same subject made it, or the name is somebody else's
        return profile
    raise Conflict("No username could be found; please try again.")


class _Taken(Exception):
    """The identity or the username has a holder."""


def _create(profile: Profile, issuer: str, subject: str) -> None:
    tx = Transaction()
    profiles.claim_identity(tx, issuer, subject, profile.id, otherwise=_Taken())
    profiles.claim_username(tx, profile.username, profile.id, otherwise=_Taken())
    profiles.put(tx, profile, otherwise=_Taken())
    tx.commit()


def _username(wanted: str, attempt: int) -> str:
    """A name like the wanted one that keeps the rules; at the first attempt without digits of our own, if need be."""
    ascii_name = unicodedata.normalize("NFKD", wanted.partition("@")[0]).encode("ascii", "ignore").decode().lower()
    room = usernames.MAX_LENGTH - 1 - _DIGITS
    name = re.sub(r"[^a-z0-9]+", "_", ascii_name).strip("_")[:room]
    if usernames.broken_rule(name):
        name = f"user_{name}"[:room].rstrip("_")
    if attempt == 0 and not usernames.broken_rule(name):
        return name
    return f"{name}_{randbelow(10**_DIGITS):0{_DIGITS}d}"


def get(viewer: Viewer) -> Profile:
    """The caller's own profile: 1 request.

    Raises:
        UserNotFound: the profile is gone although the token is still valid.
    """
    profile = profiles.get(viewer.user_id)
    if profile is None or profile.deleted:
        raise UserNotFound
    return profile


def delete(viewer: Viewer) -> None:
    """The account is gone for every read and write, its username is kept from others for a while, and who signs in
    like its user gets a new account. 2 requests; the rest follows.

    Raises:
        UserNotFound: it is gone.
        Conflict: it was changed at the same time.
    """
    profile = get(viewer)
    changed = Conflict("The account was changed at the same time; please try again.")
    tx = Transaction()
    profiles.mark_deleted(tx, profile, otherwise=UserNotFound())
    profiles.give_up_username(tx, profile.username, profile.id, otherwise=changed)
    profiles.release_identity(tx, profile, otherwise=changed)
    tx.commit()
