"""Whom one follows, who follows one, and who asks to. A tie and its user's ``following_count`` change together.

Following a private profile is a request until its owner approves it. A profile that turns public leaves its requests
as they are, until they are approved or the follow is asked for again; one that turns private keeps its followers.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import NamedTuple

from presence.domain.entities import Following, Profile, Tie, Viewer
from presence.domain.errors import Conflict, FollowRequestNotFound, InvalidParameter, LimitReached, UserNotFound
from presence.domain.ids import new_id
from presence.policies import visibility
from presence.services import people
from presence.services.paging import SECOND, Page, PageRequest, Read, fill, in_turn
from presence.services.people import Person
from presence.services.receipts import Receipt
from presence.storage import boards, profiles, standings, ties
from presence.storage.table import Raw, Transaction

MAX_FOLLOWING = 50_000
ATTEMPTS = 3
BOARDS_LOOKED_THROUGH = 1000
"""Of the boards that a user followed last, for the people whom they follow through them: 11 requests."""


class Changed(Exception):
    """A tie is not any more as it was read; look again."""


def settled[T](attempt: Callable[[], T]) -> T:
    """Look again where a tie changed after the look at it, if only because the stream removed what was left of it, and
    where there was no room to note one more block.

    Raises:
        Conflict: it goes on changing.
    """
    for _ in range(ATTEMPTS):
        try:
            return attempt()
        except Changed:
            continue
        except ties.TooManyHidden as many:
            ties.forget_hidden(many.user_id)
    raise Conflict("It was changed at the same time; please try again.")


def change(tx: Transaction, before: Tie | None, after: Tie) -> None:
    """Write a tie, and with it how many its user follows and whom a block hides from them.

    ``Changed`` if the tie is not as it was read; where a follow is added or asked for, ``LimitReached`` at
    ``MAX_FOLLOWING``, ``UserNotFound`` if the account is gone.
    """
    ties.change(tx, before, after, otherwise=Changed())
    if visibility.is_blocked(after) != visibility.is_blocked(before):
        note = ties.hide if visibility.is_blocked(after) else ties.show
        note(tx, after.from_id, after.to_id)
    by = after.is_follow - (before is not None and before.is_follow)
    if by < 0:
        profiles.count_following(tx, after.from_id, by, otherwise=UserNotFound())
    elif after.following:
        profiles.count_following(tx, after.from_id, by, at_most=MAX_FOLLOWING, otherwise=_may_not_follow)


def _may_not_follow(standing: Raw | None) -> Exception:
    if standing is None or "deleted" in standing:
        return UserNotFound()
    return LimitReached(f"The limit of {MAX_FOLLOWING:,} followed people is reached.")


def follow(viewer: Viewer, username: str, *, receipt: Receipt | None = None) -> Person:
    """Follow a user, or ask to where the profile is private; again is the same as once. 3 requests.

    Raises:
        UserNotFound, UserMoved: as ``people.user``.
        InvalidParameter: it is the viewer.
        LimitReached: the viewer follows ``MAX_FOLLOWING`` people.
    """

    def attempt() -> Person:
        profile, before = people.user(viewer, username)
        if profile.id == viewer.user_id:
            raise InvalidParameter("username", "must be somebody else's: nobody follows themselves")
        wanted = Following.REQUESTED if profile.is_private else Following.APPROVED
        tx = Transaction()
        after = before
        if before is None or before.following not in (Following.APPROVED, wanted):
            after = replace(before or Tie(viewer.user_id, profile.id, ""), following=wanted, since=new_id())
            change(tx, before, after)
        followed = Person(profile, after)
        if receipt:
            receipt.record(tx, followed)
        if len(tx):
            tx.commit()
        return followed

    return settled(attempt)


def unfollow(viewer: Viewer, username: str) -> None:
    """Follow a user no more, or withdraw the request. What was said of their boards stays said. 3 requests.

    Raises:
        UserNotFound, UserMoved: as ``people.user``.
    """
    settled(lambda: _end(people.user(viewer, username).tie, Following))


def remove_follower(viewer: Viewer, username: str) -> None:
    """A user follows the viewer no more; they may do so, or ask to, again. 4 requests.

    Raises:
        UserNotFound, UserMoved: as ``people.user``.
    """
    settled(lambda: _end(_tie_to(viewer, username), (Following.APPROVED,)))


def decline(viewer: Viewer, username: str) -> None:
    """A user's request to follow the viewer is gone; they may ask again. 4 requests.

    Raises:
        UserNotFound, UserMoved: as ``people.user``.
    """
    settled(lambda: _end(_tie_to(viewer, username), (Following.REQUESTED,)))


def approve(viewer: Viewer, username: str, *, receipt: Receipt | None = None) -> Person:
    """A user who asked to follow the viewer does; one who does already is fine too. 4 requests.

    Raises:
        UserNotFound, UserMoved: as ``people.user``.
        FollowRequestNotFound: they did not ask.
        LimitReached: they follow ``MAX_FOLLOWING`` people.
    """

    def attempt() -> Person:
        person = people.user(viewer, username)
        before = ties.get(person.profile.id, viewer.user_id)
        if before is None or before.following is None:
            raise FollowRequestNotFound
        tx = Transaction()
        if not before.is_follow:
            change(tx, before, replace(before, following=Following.APPROVED, since=new_id()))
        if receipt:
            receipt.record(tx, person)
        if len(tx):
            tx.commit()
        return person

    return settled(attempt)


def _tie_to(viewer: Viewer, username: str) -> Tie | None:
    return ties.get(people.user(viewer, username).profile.id, viewer.user_id)


def _end(tie: Tie | None, states: Iterable[Following]) -> None:
    if tie is None or tie.following not in tuple(states):
        return
    tx = Transaction()
    change(tx, tie, replace(tie, following=None))
    tx.commit()


class Listed(NamedTuple):
    """Somebody in a list, before the viewer."""

    profile: Profile | None
    """None: the account is gone."""
    tie: Tie | None
    position: str

    @property
    def is_there(self) -> bool:
        return visibility.may_see_user(self.profile, self.tie)


def list_followers(viewer: Viewer, user_id: str, request: PageRequest) -> Page[Listed]:
    """A user's followers, the latest first, without those whom a block hides from the viewer."""
    return _page(request, _at_target(viewer, user_id, ties.list_followers))


def list_requests(viewer: Viewer, request: PageRequest) -> Page[Listed]:
    """Those who ask to follow the viewer, the latest first."""
    return _page(request, _at_target(viewer, viewer.user_id, ties.list_follow_requests))


def list_following(viewer: Viewer, user_id: str, request: PageRequest) -> Page[Listed]:
    """Those whom a user follows, the latest first, without those whom a block hides from the viewer."""
    return _page(request, _following(viewer, user_id))


def list_own_following(viewer: Viewer, request: PageRequest, *, is_explicit: bool) -> Page[Listed]:
    """Those whom the viewer follows, the latest first; then, unless ``is_explicit``, those whose boards they follow."""
    following = _following(viewer, viewer.user_id)
    return _page(request, following if is_explicit else in_turn(following, _through_boards(viewer)))


def _page(request: PageRequest, read: Read[Listed]) -> Page[Listed]:
    return fill(request, read, lambda found: (each for each in found if each.is_there))


def _at_target(viewer: Viewer, user_id: str, read_ties: Callable[..., tuple[list[Tie], bool]]) -> Read[Listed]:
    def read(after: str | None, limit: int) -> tuple[list[Listed], bool]:
        found, more = read_ties(user_id, after=after, limit=limit)
        return before(viewer, [(tie.from_id, tie.position_at_target) for tie in found]), more

    return read


def _following(viewer: Viewer, user_id: str) -> Read[Listed]:
    def read(after: str | None, limit: int) -> tuple[list[Listed], bool]:
        found, more = ties.list_following(user_id, after=after, limit=limit)
        return before(viewer, [(tie.to_id, tie.position) for tie in found]), more

    return read


def before(viewer: Viewer, places: Iterable[tuple[str, str]]) -> list[Listed]:
    """People, each a user id and where it stands in a list, before the viewer: 1 request per 50."""
    those = list(places)
    facts = standings.load(viewer.user_id, people=[user_id for user_id, _ in those])
    return [Listed(facts.profiles.get(user_id), facts.ties.get(user_id), place) for user_id, place in those]


def _through_boards(viewer: Viewer) -> Read[Listed]:
    """The owners of the boards that the viewer follows, but for those whom they follow anyway.

    An owner stands where the board lies that was followed last, whatever other boards of theirs are followed.
    """

    def read(after: str | None, limit: int) -> tuple[list[Listed], bool]:
        follows, _ = ties.list_board_follows(viewer.user_id, limit=BOARDS_LOOKED_THROUGH)
        found = boards.get_many(edge.board_id for edge in follows)
        latest: dict[str, str] = {}
        for edge in follows:
            if edge.board_id in found and found[edge.board_id].owner_id != viewer.user_id:
                latest.setdefault(found[edge.board_id].owner_id, edge.since)
        waiting = [(owner_id, since) for owner_id, since in latest.items() if not after or since < after]
        places = [(owner_id, SECOND + since) for owner_id, since in waiting[:limit]]
        return [each._replace(profile=_unless_followed(each)) for each in before(viewer, places)], len(waiting) > limit

    return read


def _unless_followed(listed: Listed) -> Profile | None:
    return None if visibility.is_follower(listed.tie) else listed.profile
