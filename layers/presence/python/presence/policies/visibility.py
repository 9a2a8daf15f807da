"""Who may see which board and which pin. Reads ask here, and so does whatever takes a board into discovery.

``RULES`` are asked in their order, and the first that has a say decides; ``decide`` keeps the chain, so that an owner
can be told why somebody sees a board or does not.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

from presence.domain.entities import Board, Following, Pin, Privacy, Profile, Role, Tie, Viewer
from presence.policies.scopes import Scope


@dataclass(frozen=True, slots=True)
class Standing:
    """What a viewer is to a board and to its owner: all that the rules decide by.

    ``role`` is the viewer's among the members, ``tie`` what they are to the owner; ``owner`` is None where the account
    is gone.
    """

    viewer: Viewer
    owner: Profile | None
    role: str | None = None
    tie: Tie | None = None

    @property
    def is_owner(self) -> bool:
        return self.role == Role.OWNER


class Audience(StrEnum):
    """Whom a board is for, the widest first."""

    EVERYONE = "everyone"
    WITH_LINK = "anyone with the link"
    APPROVED_FOLLOWERS = "approved followers"
    MEMBERS = "members"


class Verdict(StrEnum):
    HIDES = "hides"
    SHOWS = "shows"
    NO_SAY = "has no say"


type Rule = Callable[[Board, Standing, Scope], Verdict]
"""Takes the scope that a token needs for what is secret: boards and pins have scopes of their own."""


def gone(board: Board, _: Standing, __: Scope) -> Verdict:
    """A board that is deleted, in the trash or merged into another is hidden from everybody."""
    return Verdict.HIDES if board.deleted or board.trashed_at or board.merged_into else Verdict.NO_SAY


def owner_gone(_: Board, standing: Standing, __: Scope) -> Verdict:
    """The boards of a deleted account are hidden from everybody."""
    return Verdict.HIDES if standing.owner is None or standing.owner.deleted else Verdict.NO_SAY


def blocked(_: Board, standing: Standing, __: Scope) -> Verdict:
    """Who blocks the owner, or is blocked by them, sees none of their boards, a role there or not."""
    return Verdict.HIDES if is_blocked(standing.tie) else Verdict.NO_SAY


def member(board: Board, standing: Standing, secret: Scope) -> Verdict:
    """Owner and collaborators see the board; a secret one with a token that allows secrets."""
    if standing.role is None:
        return Verdict.NO_SAY
    hidden = board.privacy == Privacy.SECRET and secret not in standing.viewer.scopes
    return Verdict.HIDES if hidden else Verdict.SHOWS


def secret(board: Board, _: Standing, __: Scope) -> Verdict:
    """A secret board is for its owner and collaborators; to everybody else it does not exist."""
    return Verdict.HIDES if board.privacy == Privacy.SECRET else Verdict.NO_SAY


def archived(board: Board, _: Standing, __: Scope) -> Verdict:
    """An archived board is for its owner and collaborators."""
    return Verdict.HIDES if board.archived_at else Verdict.NO_SAY


def private_owner(_: Board, standing: Standing, __: Scope) -> Verdict:
    """The boards of a private profile are for followers whom its owner has approved."""
    hidden = standing.owner is not None and standing.owner.is_private and not is_follower(standing.tie)
    return Verdict.HIDES if hidden else Verdict.NO_SAY


def open_to_all(board: Board, _: Standing, __: Scope) -> Verdict:
    """A public or protected board opens to anyone who has its id; the two differ in where they are listed."""
    return Verdict.SHOWS if board.privacy in (Privacy.PUBLIC, Privacy.PROTECTED) else Verdict.NO_SAY


RULES: tuple[Rule, ...] = (gone, owner_gone, blocked, member, secret, archived, private_owner, open_to_all)


def sentence(rule: Rule) -> str:
    """What a rule says, for those who want to know why: its docstring (functions do not run without docstrings)."""
    return (rule.__doc__ or "").strip()


def is_blocked(tie: Tie | None) -> bool:
    """Blocks work both ways, whoever made them."""
    return tie is not None and (tie.blocks or tie.blocked)


def is_follower(tie: Tie | None) -> bool:
    return tie is not None and tie.following == Following.APPROVED


def decide(board: Board, standing: Standing, secret: Scope) -> list[tuple[Rule, Verdict]]:
    """The rules that were asked with what each said; the last one decided."""
    chain: list[tuple[Rule, Verdict]] = []
    for rule in RULES:
        verdict = rule(board, standing, secret)
        chain.append((rule, verdict))
        if verdict is not Verdict.NO_SAY:
            break
    return chain


def _shows(board: Board, standing: Standing, secret: Scope) -> bool:
    _, verdict = decide(board, standing, secret)[-1]
    return verdict is Verdict.SHOWS


def audience(board: Board, owner: Profile | None) -> Audience:
    """For whom a board is that is there. ``RULES`` decide of each person; a test holds the two together."""
    if board.privacy == Privacy.SECRET or board.archived_at:
        return Audience.MEMBERS
    if owner is not None and owner.is_private:
        return Audience.APPROVED_FOLLOWERS
    return Audience.EVERYONE if board.privacy == Privacy.PUBLIC else Audience.WITH_LINK


def may_view_board(board: Board, standing: Standing) -> bool:
    """Whether the board exists for the viewer."""
    return _shows(board, standing, Scope.BOARDS_READ_SECRET)


def may_view_pins(board: Board, standing: Standing) -> bool:
    """A board's pins are seen by whoever sees the board; a secret board's need a token that allows secret pins.

    That token need not show secret boards themselves: pins and boards have scopes of their own.
    """
    return _shows(board, standing, Scope.PINS_READ_SECRET)


def may_see_invitation(board: Board, standing: Standing) -> bool:
    """Who is invited to a board may know which one it is, be it secret, if they could see it as its member."""
    return may_view_board(board, replace(standing, role=standing.role or Role.VIEWER))


def may_list_board(board: Board, standing: Standing) -> bool:
    """A listed board is one the viewer may see; a PROTECTED or archived one is listed to its owner only."""
    if (board.privacy == Privacy.PROTECTED or board.archived_at) and not standing.is_owner:
        return False
    return may_view_board(board, standing)


def may_list_pins(board: Board, standing: Standing) -> bool:
    """Of a user's pins, those are listed that lie on boards that may be: a PROTECTED or archived one's to its owner
    only.
    """
    if (board.privacy == Privacy.PROTECTED or board.archived_at) and not standing.is_owner:
        return False
    return may_view_pins(board, standing)


_STRANGER = Viewer("", "", frozenset())


def is_discoverable(board: Board, owner: Profile | None) -> bool:
    """In discovery is what a stranger would see listed, unless its owner asked not to be searched for."""
    return (
        may_list_board(board, Standing(_STRANGER, owner))
        and not (owner is not None and owner.hidden_from_search)
        and not board.is_ads_only
    )


_FOLLOWER = Tie("", "", "", following=Following.APPROVED)


def opens_to_followers(board: Board, owner: Profile | None) -> bool:
    """Whether whoever follows the owner may open the board, be it that they need its id for it."""
    return may_view_board(board, Standing(_STRANGER, owner, tie=_FOLLOWER))


def is_listed_to_followers(board: Board, owner: Profile | None) -> bool:
    """Whether whoever follows the owner follows the board too."""
    return may_list_board(board, Standing(_STRANGER, owner, tie=_FOLLOWER))


def is_findable(profile: Profile | None) -> bool:
    """People are found, private ones too (by their card), unless they asked not to be."""
    return profile is not None and not profile.deleted and not profile.hidden_from_search


def may_feature(board: Board, user_id: str) -> bool:
    """A profile features boards of its own that are listed to everybody who sees it."""
    return (
        board.owner_id == user_id
        and board.privacy == Privacy.PUBLIC
        and not (board.archived_at or board.trashed_at or board.merged_into or board.deleted)
    )


def may_see_in_trash(board: Board, standing: Standing) -> bool:
    """A board in the trash is there for its owner alone, in the trash alone."""
    return bool(board.trashed_at) and standing.is_owner and may_view_board(replace(board, trashed_at=None), standing)


def may_see_pin_in_trash(pin: Pin, board: Board, standing: Standing) -> bool:
    """A pin in the trash is there for who added it, whatever became of its board and of their part on it.

    Of a board that is gone nobody knows whether it was secret, so its pins need a token that allows secrets.
    """
    if pin.owner_id != standing.viewer.user_id or not pin.trashed_at:
        return False
    may_be_secret = board.deleted or board.privacy == Privacy.SECRET
    return not may_be_secret or Scope.PINS_READ_SECRET in standing.viewer.scopes


def may_see_user(profile: Profile | None, tie: Tie | None) -> bool:
    """A person is there for everybody but those whom they block or who block them."""
    return profile is not None and not profile.deleted and not is_blocked(tie)


def may_see_inside(profile: Profile, tie: Tie | None, viewer: Viewer) -> bool:
    """The boards, pins and lists of a private profile are for its owner and approved followers."""
    return may_see_user(profile, tie) and (not profile.is_private or profile.id == viewer.user_id or is_follower(tie))
