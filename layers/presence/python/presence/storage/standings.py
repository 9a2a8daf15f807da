"""What a viewer is to boards and to people: profiles, ties and memberships, in one batch."""

from collections.abc import Iterable
from typing import NamedTuple

from presence.domain.entities import Board, Member, Profile, Tie
from presence.storage import codec, keys, table


class Facts(NamedTuple):
    profiles: dict[str, Profile]
    """By user id."""
    ties: dict[str, Tie]
    """What the viewer is to each, by user id."""
    members: dict[str, Member]
    """The viewer's memberships, by board id."""
    boards: dict[str, Board] = {}  # noqa: RUF012 - a named tuple's default, which nobody changes
    """Those that were asked for with the facts."""


class Part(NamedTuple):
    """What one of many users is to a board and to its owner."""

    profile: Profile
    tie: Tie | None
    member: Member | None


def load_parts(user_ids: Iterable[str], *, owner_id: str, board_id: str) -> list[Part]:
    """Of many users before one board, in their order and without those who are not there: 3 requests per 100 users."""
    wanted = [
        (keys.profile(user_id), keys.tie(user_id, owner_id), keys.member(board_id, user_id)) for user_id in user_ids
    ]
    found = table.batch_get(key for kind in zip(*wanted, strict=True) for key in kind)
    return [
        Part(
            codec.profile(found[profile]),
            codec.tie(found[tie]) if tie in found else None,
            codec.member(found[member]) if member in found else None,
        )
        for profile, tie, member in wanted
        if profile in found
    ]


def load(
    viewer_id: str, *, people: Iterable[str] = (), board_ids: Iterable[str] = (), boards: Iterable[str] = ()
) -> Facts:
    """Of people their profiles and the viewer's ties to them, of boards the viewer's membership: 1 request per 100.

    The viewer has no tie to themselves.
    """
    their_ids = list(dict.fromkeys(people))
    profile_keys = {keys.profile(user_id): user_id for user_id in their_ids}
    tie_keys = {keys.tie(viewer_id, user_id): user_id for user_id in their_ids if user_id != viewer_id}
    member_keys = {keys.member(board_id, viewer_id): board_id for board_id in board_ids}
    board_keys = {keys.board(board_id): board_id for board_id in boards}
    found = table.batch_get([*profile_keys, *tie_keys, *member_keys, *board_keys])
    return Facts(
        {profile_keys[key]: codec.profile(raw) for key, raw in found.items() if key in profile_keys},
        {tie_keys[key]: codec.tie(raw) for key, raw in found.items() if key in tie_keys},
        {member_keys[key]: codec.member(raw) for key, raw in found.items() if key in member_keys},
        {board_keys[key]: codec.board(raw) for key, raw in found.items() if key in board_keys},
    )
