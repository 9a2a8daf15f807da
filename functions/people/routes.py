"""Other people: their profiles and what they show, whom one follows, who is blocked."""

from collections.abc import Callable
from typing import Any

from aws_lambda_powertools.event_handler.api_gateway import Response

from presence.domain.entities import Profile
from presence.http import people_views, views
from presence.http.call import Call, no_content
from presence.http.params import BOOKMARK, FIELDS, PAGE_SIZE, Param, choice, flag
from presence.http.routing import Router
from presence.policies.scopes import Scope
from presence.services import blocks, board_follows, follows, people, profiles
from presence.services.access import Seen
from presence.services.paging import Page
from presence.services.people import Person

router = Router()

READ = (Scope.USER_ACCOUNTS_READ,)
WRITE = (Scope.USER_ACCOUNTS_READ, Scope.USER_ACCOUNTS_WRITE)
PAGING = (PAGE_SIZE, BOOKMARK, FIELDS)

_FEED_TYPES = ("ALL", "RANKED", "CREATOR_ONLY", "RANKED_CREATOR_ONLY")
FEED_TYPE: Param[str] = choice("feed_type", "ALL", _FEED_TYPES, "Accepted; the list is the same for each of them.")
EXPLICIT = flag("explicit_following", "Only what is followed itself, not what follows from other follows.")


@router.get("/users/{username}", scopes=READ, answer="User", params=(FIELDS,), etag=True)
def get_user(call: Call) -> Any:
    """Get a user's profile; of a private one that the caller may not look into, its card."""
    shown = profiles.get(call.viewer, call.username())
    return _to_engines(shown.profile, call.one(people_views.user(shown), shown.profile.version))


@router.get(
    "/users/{username}/boards",
    scopes=(Scope.USER_ACCOUNTS_READ, Scope.BOARDS_READ),
    answer="BoardPage",
    params=PAGING,
)
def list_user_boards(call: Call) -> Any:
    """List a user's boards in their order, as far as they are listed to the caller."""
    person = people.inside(call.viewer, call.username())
    page = profiles.list_boards(call.viewer, person, call.page_request(person.profile.id))
    return _page(call, person, page, views.board)


@router.get(
    "/users/{username}/pins",
    scopes=(Scope.USER_ACCOUNTS_READ, Scope.BOARDS_READ, Scope.PINS_READ),
    answer="PinPage",
    params=PAGING,
)
def list_user_pins(call: Call) -> Any:
    """List the pins that a user added, newest first, on the boards that may be listed to the caller."""
    person = people.inside(call.viewer, call.username())
    page = profiles.list_pins(call.viewer, person, call.page_request(person.profile.id))
    return _page(call, person, page, views.pin)


@router.get("/users/{username}/followers", scopes=READ, answer="UserPage", params=PAGING)
def list_followers(call: Call) -> Any:
    """List who follows a user, the latest first."""
    person = people.inside(call.viewer, call.username())
    page = follows.list_followers(call.viewer, person.profile.id, call.page_request(person.profile.id))
    return _page(call, person, page, people_views.user_summary)


@router.get("/users/{username}/following", scopes=READ, answer="UserPage", params=PAGING)
def list_following(call: Call) -> Any:
    """List whom a user follows, the latest first."""
    person = people.inside(call.viewer, call.username())
    page = follows.list_following(call.viewer, person.profile.id, call.page_request(person.profile.id))
    return _page(call, person, page, people_views.user_summary)


@router.get("/user_account/followers", scopes=READ, answer="UserPage", params=PAGING)
def list_own_followers(call: Call) -> Any:
    """List who follows the caller, the latest first."""
    page = follows.list_followers(call.viewer, call.viewer.user_id, call.page_request())
    return call.page(page, people_views.user_summary)


@router.delete("/user_account/followers/{username}", scopes=WRITE, versioned=False)
def remove_follower(call: Call) -> Any:
    """Make a user follow the caller no more."""
    follows.remove_follower(call.viewer, call.username())
    return no_content()


@router.get("/user_account/following", scopes=READ, answer="UserPage", params=(*PAGING, FEED_TYPE, EXPLICIT))
def list_own_following(call: Call) -> Any:
    """List whom the caller follows, then the owners of boards that the caller follows, the latest first."""
    explicit = call[EXPLICIT]
    page = follows.list_own_following(call.viewer, call.page_request(str(explicit)), is_explicit=explicit)
    return call.page(page, people_views.user_summary, str(explicit))


@router.get("/user_account/following/boards", scopes=READ, answer="BoardPage", params=(*PAGING, EXPLICIT))
def list_followed_boards(call: Call) -> Any:
    """List the boards that the caller follows, the latest first, then the others of the people whom they follow."""
    explicit = call[EXPLICIT]
    page = board_follows.list_boards(call.viewer, call.page_request(str(explicit)), is_explicit=explicit)
    return call.page(page, views.board, str(explicit))


@router.post("/user_account/following/boards/{board_id}", scopes=WRITE, answer="Board")
def follow_board(call: Call) -> Any:
    """Follow a board."""
    board_id = call.id("board_id")
    return call.once(lambda receipt: board_follows.follow(call.viewer, board_id, receipt=receipt), _board)


@router.delete("/user_account/following/boards/{board_id}", scopes=WRITE, versioned=False)
def unfollow_board(call: Call) -> Any:
    """Follow a board no more, also where its owner is followed."""
    board_follows.unfollow(call.viewer, call.id("board_id"))
    return no_content()


@router.post("/user_account/following/{username}", scopes=WRITE, body="UserFollow", answer="FollowedUser")
def follow_user(call: Call) -> Any:
    """Follow a user, or ask to where the profile is private."""
    call.body()
    username = call.username()
    return call.once(lambda receipt: follows.follow(call.viewer, username, receipt=receipt), _followed)


@router.delete("/user_account/following/{username}", scopes=WRITE, versioned=False)
def unfollow_user(call: Call) -> Any:
    """Follow a user no more, or withdraw the request to."""
    follows.unfollow(call.viewer, call.username())
    return no_content()


@router.get("/user_account/follow_requests", scopes=READ, answer="UserPage", params=PAGING)
def list_follow_requests(call: Call) -> Any:
    """List who asks to follow the caller, the latest first."""
    return call.page(follows.list_requests(call.viewer, call.page_request()), people_views.user_summary)


@router.post("/user_account/follow_requests/{username}", scopes=WRITE, answer="UserSummary")
def approve_follow_request(call: Call) -> Any:
    """Let a user who asked to follow the caller."""
    username = call.username()
    return call.once(lambda receipt: follows.approve(call.viewer, username, receipt=receipt), _person)


@router.delete("/user_account/follow_requests/{username}", scopes=WRITE, versioned=False)
def decline_follow_request(call: Call) -> Any:
    """Decline a user's request to follow the caller; they may ask again."""
    follows.decline(call.viewer, call.username())
    return no_content()


@router.get("/user_account/blocks", scopes=READ, answer="UserPage", params=PAGING)
def list_blocks(call: Call) -> Any:
    """List whom the caller blocks, the latest first."""
    return call.page(blocks.list_blocks(call.viewer, call.page_request()), people_views.user_summary)


@router.post("/user_account/blocks/{username}", scopes=WRITE, answer="UserSummary")
def block_user(call: Call) -> Any:
    """Block a user: neither sees the other, and neither follows the other any more."""
    username = call.username()
    return call.once(lambda receipt: blocks.block(call.viewer, username, receipt=receipt), _person)


@router.delete("/user_account/blocks/{username}", scopes=WRITE, versioned=False)
def unblock_user(call: Call) -> Any:
    """Block a user no more; what was followed stays undone."""
    blocks.unblock(call.viewer, call.username())
    return no_content()


def _page(call: Call, person: Person, page: Page[Any], view: Callable[[Any], dict[str, Any]]) -> Response[Any]:
    """Of what a user shows. Its bookmarks name the user by id, so that they outlast a change of the username."""
    return _to_engines(person.profile, call.page(page, view, person.profile.id))


def _to_engines(profile: Profile, response: Response[Any]) -> Response[Any]:
    """Whoever shows it on the web passes this header on, and search engines leave the page out.

    https://developers.google.com/search/docs/crawling-indexing/robots-meta-tag
    """
    if profile.hidden_from_search or profile.is_private:
        response.headers["X-Robots-Tag"] = "noindex"
    return response


def _board(seen: Seen) -> tuple[dict[str, Any], int]:
    return views.board(seen), seen.board.version


def _followed(person: Person) -> tuple[dict[str, Any], int]:
    return people_views.followed_user(person), person.profile.version


def _person(person: Person) -> tuple[dict[str, Any], int]:
    return people_views.user_summary(person), person.profile.version
