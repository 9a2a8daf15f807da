"""Profiles: a user's own, and what others get to see of it."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from presence.domain.entities import Profile, Role, Tie, Viewer
from presence.domain.errors import Conflict, InvalidParameter, UsernameTaken, UserNotFound
from presence.domain.usernames import skeleton
from presence.policies import visibility
from presence.policies.visibility import Standing
from presence.services import access, accounts, people, uploading
from presence.services import boards as board_service
from presence.services import pins as pin_service
from presence.services.access import Seen
from presence.services.paging import Page, PageRequest, fill
from presence.services.people import Person
from presence.services.pins import Placed
from presence.services.uploading import Upload
from presence.storage import boards, pins, profiles, uploads
from presence.storage.table import Otherwise, Raw, Transaction

_RENAMED = Conflict("The username was changed at the same time; please try again.")


class Shown(NamedTuple):
    """A profile as its viewer sees it: of its featured boards those that they may see."""

    profile: Profile
    tie: Tie | None
    is_own: bool
    is_open: bool
    """Its boards, pins and lists are for the viewer too; else they get its card only."""


def own(viewer: Viewer) -> Profile:
    """The caller's own profile with the boards that it features now: 1 request, 1 more if it features any.

    Raises:
        UserNotFound: the profile is gone although the token is still valid.
    """
    profile = accounts.get(viewer)
    return _featuring(profile, Standing(viewer, profile, Role.OWNER))


def get(viewer: Viewer, username: str) -> Shown:
    """2 requests, 1 more if the profile features boards that the viewer may see.

    Raises:
        UserNotFound, UserMoved: as ``people.user``.
    """
    profile, tie = people.user(viewer, username)
    is_own = profile.id == viewer.user_id
    is_open = visibility.may_see_inside(profile, tie, viewer)
    if is_open:
        profile = _featuring(profile, Standing(viewer, profile, Role.OWNER if is_own else None, tie))
    return Shown(profile, tie, is_own=is_own, is_open=is_open)


def _featuring(profile: Profile, standing: Standing) -> Profile:
    """The profile without those of its featured boards that are gone or hidden by now."""
    found = boards.get_many(profile.featured_board_ids)

    def is_shown(board_id: str) -> bool:
        board = found.get(board_id)
        return (
            board is not None
            and visibility.may_feature(board, profile.id)
            and visibility.may_list_board(board, standing)
        )

    return replace(profile, featured_board_ids=tuple(filter(is_shown, profile.featured_board_ids)))


def list_boards(viewer: Viewer, person: Person, request: PageRequest) -> Page[Seen]:
    """Those of a user's boards that are listed to the viewer, in the user's order: 2 requests.

    Args:
        person: one whose boards are for the viewer (``people.inside``).
    """

    def read(after: str | None, limit: int) -> tuple[list[Seen], bool]:
        found, more = boards.list_of_owner(person.profile.id, after=after, limit=limit)
        return access.before(viewer, found), more

    return fill(
        request, read, lambda found: (each for each in found if visibility.may_list_board(each.board, each.standing))
    )


def list_pins(viewer: Viewer, person: Person, request: PageRequest) -> Page[Placed]:
    """The pins that a user added, newest first, on whichever boards may be listed to the viewer: 3 requests.

    Args:
        person: one whose pins are for the viewer (``people.inside``).
    """

    def read(after: str | None, limit: int) -> tuple[list[Placed], bool]:
        found, more = pins.list_of_owner(person.profile.id, after=after, limit=limit)
        return pin_service.placed(viewer, found), more

    return fill(
        request, read, lambda found: (each for each in found if visibility.may_list_pins(each.board, each.standing))
    )


def update(
    viewer: Viewer, changes: Mapping[str, Any], *, new_uploads: Collection[Upload] = (), version: int | None = None
) -> Profile:
    """Change the caller's profile: 2 requests; 1 or 2 more if it features boards; with uploads 1 more and 1 to S3 for
    each.

    A former username leads to the new one for ``profiles.REDIRECT_SECONDS``, and meanwhile only its former holder can
    take it (back).

    Args:
        changes: any of the profile's fields that are its owner's to say.

    Raises:
        UserNotFound: the profile is gone although the token is still valid.
        UsernameTaken: another has the username, or one that looks the same.
        InvalidParameter: a board to be featured is not a public one of the caller's.
        PreconditionFailed: ``version`` is given and not the current one.
        Conflict: the same was changed at the same time.
    """
    before = accounts.get(viewer)
    board_service.require_version(before.version, version)
    after = replace(before, **changes)
    if after == before:
        return _featuring(before, Standing(viewer, before, Role.OWNER))
    if "featured_board_ids" in changes:
        _require_featurable(viewer, set(after.featured_board_ids) - set(before.featured_board_ids))
    uploading.store(new_uploads)
    tx = Transaction()
    if skeleton(after.username) != skeleton(before.username):
        profiles.claim_username(tx, after.username, before.id, otherwise=UsernameTaken())
        profiles.give_up_username(tx, before.username, before.id, otherwise=_RENAMED)
    profiles.update(tx, before, after, version=version, otherwise=_changed(version))
    uploads.reference_from_profile(tx, before, after)
    tx.commit()
    return _featuring(replace(after, version=before.version + 1), Standing(viewer, after, Role.OWNER))


def _require_featurable(viewer: Viewer, board_ids: Collection[str]) -> None:
    found = boards.get_many(board_ids)
    if not all(each in found and visibility.may_feature(found[each], viewer.user_id) for each in board_ids):
        raise InvalidParameter("featured_board_ids", "must be public boards of yours that are not archived")


def _changed(version: int | None) -> Otherwise:
    def told(standing: Raw | None) -> Exception:
        if standing is None or "deleted" in standing:
            return UserNotFound()
        return board_service.stale(version)(standing)

    return told
