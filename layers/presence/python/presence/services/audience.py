"""Who may see a board, and why: for its owner, before and after a change of its privacy."""

from dataclasses import replace
from typing import NamedTuple

from presence.domain.entities import Board, Profile, Role, Viewer
from presence.domain.errors import UserNotFound
from presence.policies import permissions, visibility
from presence.policies.permissions import Action
from presence.policies.scopes import Scope
from presence.policies.visibility import Audience, Standing, Verdict
from presence.services import access, people
from presence.services import pins as pin_service
from presence.services.access import Seen
from presence.services.pins import Placed
from presence.storage import pins, standings, ties
from presence.storage.standings import Part

STRANGER = Viewer("", "", frozenset(Scope))
"""Who has nothing to do with anybody here. What a token lacks is its holder's affair: it allows everything."""
FOLLOWERS = 100
COPIES = 100
"""How many of each a preview looks at."""


class Ruling(NamedTuple):
    rule: str
    says: Verdict
    because: str
    """What the rule says of everybody, in a sentence."""


class Explanation(NamedTuple):
    """Whether somebody sees a board, and why."""

    seen: Seen
    username: str | None
    """Of whom this is; None: of somebody who has nothing to do with the board's owner."""
    can_see: bool
    is_listed: bool
    """In what they list: their own boards, or those that the owner's profile shows."""
    chain: list[Ruling]
    """The rules that were asked, in their order; the last one decided."""


def explain(viewer: Viewer, board_id: str, username: str | None) -> Explanation:
    """Whether somebody sees a board of the viewer's and which rules decided: 2 requests, 3 more for a username.

    Raises:
        BoardNotFound: no board that the viewer can see.
        NotPermitted: it is not the viewer's.
        UserNotFound: there is nobody of that name, or they block the viewer, who cannot learn of it from this either.
        UserMoved: they are called otherwise now.
    """
    seen = _own(viewer, board_id)
    if username is None:
        return _explained(seen, None, Standing(STRANGER, seen.standing.owner))
    asked, tie = people.user(viewer, username, even_blocked=True)
    if tie and tie.blocked and not tie.blocks:
        raise UserNotFound
    them = Viewer(asked.id, asked.username, STRANGER.scopes)
    if asked.id == viewer.user_id:
        return _explained(seen, username, Standing(them, seen.standing.owner, Role.OWNER))
    facts = standings.load(asked.id, people=(seen.board.owner_id,), board_ids=(board_id,))
    return _explained(seen, username, access.told(them, seen.board, facts))


def _own(viewer: Viewer, board_id: str) -> Seen:
    seen = access.board(viewer, board_id)
    permissions.require_board(Action.EXPLAIN_VISIBILITY, seen.board, seen.standing)
    return seen


def _explained(seen: Seen, username: str | None, standing: Standing) -> Explanation:
    chain = visibility.decide(seen.board, standing, Scope.BOARDS_READ_SECRET)
    return Explanation(
        seen,
        username,
        can_see=chain[-1][1] is Verdict.SHOWS,
        is_listed=visibility.may_list_board(seen.board, standing),
        chain=[Ruling(rule.__name__, verdict, visibility.sentence(rule)) for rule, verdict in chain],
    )


class Affected(NamedTuple):
    """Whom a change of privacy concerns."""

    usernames: list[str]
    follower_count: int
    """Exact unless more follow the board than were looked at; then it is all who follow it."""


class Preview(NamedTuple):
    """What another privacy of a board would mean."""

    seen: Seen
    before: Audience
    after: Audience
    loses: Affected
    gains: Affected
    and_more: bool
    """More than ``FOLLOWERS`` follow the board."""
    copies: list[Placed]
    """What was saved from the board onto others and is for everyone who has the link, as far as the owner sees it."""
    more_copies: bool


def preview(viewer: Viewer, board_id: str, privacy: str) -> Preview:
    """What another privacy of a board of the viewer's would mean. Nothing is changed: 4 requests, 3 more where somebody
    follows the board itself and 2 more where something was saved from it.

    Members keep what they have, whatever the privacy. Of the others those are named who follow the board itself; who
    follows its owner, or has the link, cannot be listed.

    Raises:
        BoardNotFound: no board that the viewer can see.
        NotPermitted: it is not the viewer's.
    """
    seen = _own(viewer, board_id)
    owner, before, after = seen.standing.owner, seen.board, replace(seen.board, privacy=privacy)
    follows, and_more = ties.list_board_followers(board_id, limit=FOLLOWERS)
    parts = standings.load_parts([edge.user_id for edge in follows], owner_id=before.owner_id, board_id=board_id)
    see, will_see = _names(before, owner, parts), _names(after, owner, parts)
    copies, more_copies = _public_copies(viewer, board_id)
    return Preview(
        seen,
        visibility.audience(before, owner),
        visibility.audience(after, owner),
        _affected([name for name in see if name not in will_see], before if and_more else None),
        _affected([name for name in will_see if name not in see], before if and_more else None),
        and_more,
        copies,
        more_copies,
    )


def _names(board: Board, owner: Profile | None, parts: list[Part]) -> list[str]:
    """The usernames of those who see the board."""
    return [
        profile.username
        for profile, tie, member in parts
        if not profile.deleted
        and visibility.may_view_board(board, Standing(STRANGER, owner, member.role if member else None, tie))
    ]


def _affected(usernames: list[str], whole: Board | None) -> Affected:
    return Affected(usernames, whole.follower_count if whole and usernames else len(usernames))


def _public_copies(viewer: Viewer, board_id: str) -> tuple[list[Placed], bool]:
    found, more = pins.list_saved_from(board_id, limit=COPIES)
    elsewhere = [pin for pin in found if pin.board_id != board_id and not pin.trashed_at]
    placed = pin_service.placed(viewer, elsewhere) if elsewhere else []
    return [each for each in placed if visibility.may_view_pins(each.board, each.standing) and _is_public(each)], more


def _is_public(placed: Placed) -> bool:
    return visibility.may_view_pins(placed.board, Standing(STRANGER, placed.standing.owner))
