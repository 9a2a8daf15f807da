"""What clients get of other people."""

from presence.domain.entities import Following, Profile, Tie
from presence.http.views import View, known_of_person, picture_url
from presence.policies import visibility
from presence.services.follows import Listed
from presence.services.people import Person
from presence.services.profiles import Shown


def user_summary(value: Person | Listed) -> View:
    return {"username": value.profile.username if value.profile else "", "type": "user"}


def user_card(value: Person) -> View:
    """What everybody sees of a user, be their profile private or not."""
    view: View = user_summary(value) | {
        "display_name": value.profile.display_name,
        "is_private": value.profile.is_private,
        "follower_count": value.profile.follower_count,
        "follow_state": _follow_state(value.tie),
    }
    if value.profile.avatar:
        view["profile_image"] = picture_url(value.profile.avatar)
    return view


def followed_user(value: Person) -> View:
    state = "following" if visibility.is_follower(value.tie) else "requested"
    return {**user_summary(value), "follow_state": state}


def user(shown: Shown) -> View:
    """Anybody's profile; of a private one that is closed to the viewer, its card."""
    value = shown.profile
    if not shown.is_open:
        value = Profile(
            id=value.id,
            username=value.username,
            created_at=value.created_at,
            display_name=value.display_name,
            avatar=value.avatar,
            is_private=value.is_private,
            follower_count=value.follower_count,
            following_count=value.following_count,
        )
    view: View = {
        "username": value.username,
        "display_name": value.display_name,
        "location": value.location,
        "pronouns": value.pronouns,
        "banner_image": picture_url(value.banner) if value.banner else None,
        "is_private": value.is_private,
        "featured_board_ids": list(value.featured_board_ids),
        # What is secret is counted too: others are not told that it is there.
        "board_count": value.board_count if shown.is_own else None,
        "pin_count": value.pin_count if shown.is_own else None,
        "follower_count": value.follower_count,
        "following_count": value.following_count,
        "follow_state": None if shown.is_own else _follow_state(shown.tie),
    }
    return view | known_of_person(value)


def _follow_state(tie: Tie | None) -> str:
    """What the viewer is to the user."""
    states = {Following.APPROVED: "following", Following.REQUESTED: "requested", None: "none"}
    return states[Following(tie.following) if tie and tie.following else None]
