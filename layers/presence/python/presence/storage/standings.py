"""What a viewer is to boards and to people: profiles, ties and memberships, in one batch."""

from collections.abc import Iterable
from typing import NamedTuple

from presence.domain.entities import Member, Profile, Tie
from presence.storage import codec, keys, table


class Facts(NamedTuple):
    profiles: dict[str, Profile]
    """By user id."""
    ties: dict[str, Tie]
    """What the viewer is to each, by user id."""
    members: dict[str, Member]
    """The viewer's memberships, by board id."""


def load(viewer_id: str, *, people: Iterable[str] = (), board_ids: Iterable[str] = ()) -> Facts:
    """Of people their profiles and the viewer's ties to them, of boards the viewer's membership: 1 request per 100.

    The viewer has no tie to themselves.
    """
    their_ids = list(dict.fromkeys(people))
    profile_keys = {keys.profile(user_id): user_id for user_id in their_ids}
    tie_keys = {keys.tie(viewer_id, user_id): user_id for user_id in their_ids if user_id != viewer_id}
    member_keys = {keys.member(board_id, viewer_id): board_id for board_id in board_ids}
    found = table.batch_get([*profile_keys, *tie_keys, *member_keys])
    return Facts(
        {profile_keys[key]: codec.profile(raw) for key, raw in found.items() if key in profile_keys},
        {tie_keys[key]: codec.tie(raw) for key, raw in found.items() if key in tie_keys},
        {member_keys[key]: codec.member(raw) for key, raw in found.items() if key in member_keys},
    )
