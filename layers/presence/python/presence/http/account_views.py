"""What clients get of their own account: the profile, what is in the trash, exports and imports."""

from presence.domain import clock
from presence.domain.entities import Job, Profile
from presence.http.views import View, board, known_of_person, picture_url, pin
from presence.policies import visibility
from presence.services import exports, imports, keeping
from presence.services.access import Seen
from presence.services.pins import Placed


def account(value: Profile) -> View:
    """The caller's own profile."""
    view: View = {
        "id": value.id,
        "username": value.username,
        "account_type": "PINNER",
        "business_name": None,
        "display_name": value.display_name,
        "location": value.location,
        "pronouns": value.pronouns,
        "banner_image": picture_url(value.banner) if value.banner else None,
        "is_private": value.is_private,
        "hidden_from_search": value.hidden_from_search,
        "featured_board_ids": list(value.featured_board_ids),
        "board_count": value.board_count,
        "pin_count": value.pin_count,
        "follower_count": value.follower_count,
        "following_count": value.following_count,
        "monthly_views": None,
    }
    return view | known_of_person(value)


def trashed_board(seen: Seen) -> View:
    return board(seen) | _times_in_trash(seen.board.trashed_at)


def trashed_pin(placed: Placed) -> View:
    view = pin(placed) | _times_in_trash(placed.pin.trashed_at)
    if not visibility.may_view_pins(placed.board, placed.standing):
        del view["board_owner"]
    return view


def _times_in_trash(trashed_at: str | None) -> View:
    return {"trashed_at": trashed_at, "purge_at": keeping.purge_at(trashed_at or "")}


def export(value: Job) -> View:
    view = _job(value)
    if address := exports.download(value):
        view["download"] = {**address._asdict(), "bytes": value.size}
    return view


def import_(value: Job) -> View:
    view = _job(value)
    view["failure"] = value.failure
    if totals := imports.totals(value):
        view["total"] = dict(totals)
    if address := imports.upload(value):
        view["upload"] = {**address._asdict(), "bytes": value.size}
    return view


def _job(value: Job) -> View:
    return {
        "id": value.id,
        "status": value.status,
        "created_at": value.created_at,
        "expires_at": clock.timestamp(value.expires_at),
        "finished_at": value.finished_at,
        "progress": {"boards": value.boards, "pins": value.pins, "follows": value.follows},
    }
