"""A viewer before another user, who is asked for by username."""

from typing import NamedTuple

from presence.domain.entities import Profile, Tie, Viewer
from presence.domain.errors import NotPermitted, UserMoved, UserNotFound
from presence.policies import visibility
from presence.storage import profiles, standings


class Person(NamedTuple):
    """A user with what the viewer is to them."""

    profile: Profile
    tie: Tie | None
    """None: nothing, or it is the viewer."""


def user(viewer: Viewer, username: str, *, even_blocked: bool = False) -> Person:
    """The user of that name: 2 requests, whether they are there, hidden or not there.

    Args:
        username: in lower case.
        even_blocked: also one whom a block hides, for whom it is about. A former name does not lead to who blocks the
            viewer: it would tell them a name that was taken to be left alone.

    Raises:
        UserNotFound: there is none, or one of the two blocks the other: the two cannot be told apart.
        UserMoved: they are called otherwise now, or so alike that nobody else can have the name.
    """
    user_id = profiles.id_by_username(username)
    # For one who is not there as much is read, or the difference would tell them from one who is hidden.
    facts = standings.load(viewer.user_id, people=(user_id or username,))
    if user_id is None:
        raise UserNotFound
    profile, tie = facts.profiles.get(user_id), facts.ties.get(user_id)
    if profile is None or profile.deleted:
        raise UserNotFound
    is_seen = visibility.may_see_user(profile, tie)
    if profile.username == username and (is_seen or even_blocked):
        return Person(profile, tie)
    if is_seen or (even_blocked and tie is not None and not tie.blocked):
        raise UserMoved(profile.username)
    raise UserNotFound


def inside(viewer: Viewer, username: str) -> Person:
    """The user of that name, if their boards, pins and lists are for the viewer: 2 requests.

    Raises:
        UserNotFound, UserMoved: as ``user``.
        NotPermitted: the profile is private and the viewer no approved follower.
    """
    person = user(viewer, username)
    if not visibility.may_see_inside(person.profile, person.tie, viewer):
        raise NotPermitted("This profile is private.")
    return person
