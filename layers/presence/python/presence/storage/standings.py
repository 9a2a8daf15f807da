"""What a viewer is to boards and to people: profiles, ties and memberships, in one batch."""

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from presence.domain.entities import Board, Member, Profile, Tie
from presence.storage import codec, keys, table
from presence.storage.keys import Key
from presence.storage.table import Raw


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
    """Of many users before one board, in their order and without those who are not there, or whose tie to its owner
    cannot be read: 3 requests per 100 users.
    """
    wanted = [
        (keys.profile(user_id), keys.tie(user_id, owner_id), keys.member(board_id, user_id)) for user_id in user_ids
    ]
    found = table.batch_get(key for kind in zip(*wanted, strict=True) for key in kind)
    profiles = _read(codec.profile, (profile for profile, _, _ in wanted), found)
    ties = _read(codec.tie, (tie for _, tie, _ in wanted), found)
    members = _read(codec.member, (member for _, _, member in wanted), found)
    return [
        Part(profiles[profile], ties.get(tie), members.get(member))
        for profile, tie, member in wanted
        if profile in profiles and not _is_in_doubt(tie, ties, found)
    ]


def load(
    viewer_id: str, *, people: Iterable[str] = (), board_ids: Iterable[str] = (), boards: Iterable[str] = ()
) -> Facts:
    """Of people their profiles and the viewer's ties to them, of boards the viewer's membership: 1 request per 100.

    The viewer has no tie to themselves. Whoever is tied to them by what cannot be read is not there.
    """
    profile_keys = {keys.profile(user_id): keys.tie(viewer_id, user_id) for user_id in people}
    tie_keys = [tie for profile, tie in profile_keys.items() if profile != keys.profile(viewer_id)]
    member_keys = [keys.member(board_id, viewer_id) for board_id in board_ids]
    board_keys = [keys.board(board_id) for board_id in boards]
    found = table.batch_get([*profile_keys, *tie_keys, *member_keys, *board_keys])
    profiles = _read(codec.profile, profile_keys, found)
    ties = _read(codec.tie, tie_keys, found)
    return Facts(
        {each.id: each for key, each in profiles.items() if not _is_in_doubt(profile_keys[key], ties, found)},
        {each.to_id: each for each in ties.values()},
        {each.board_id: each for each in _read(codec.member, member_keys, found).values()},
        {each.id: each for each in _read(codec.board, board_keys, found).values()},
    )


def _read[T](decode: Callable[[Raw], T], wanted: Iterable[Key], found: Mapping[Key, Raw]) -> dict[Key, T]:
    """Those that are there and can be read."""
    return {key: each for key in wanted if key in found for each in codec.readable(decode, (found[key],))}


def _is_in_doubt(tie: Key, ties: Mapping[Key, Tie], found: Mapping[Key, Raw]) -> bool:
    """Whether it may be a block, since it cannot be read."""
    return tie in found and tie not in ties
