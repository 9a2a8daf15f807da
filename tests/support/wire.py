"""The API as its clients know it: routes with the scopes they need, error codes, fields. Written down once more, by
hand, so that the code has something to be compared with.
"""

from typing import Any, NamedTuple

BOARDS_READ = ("boards:read",)
BOARDS_WRITE = ("boards:read", "boards:write")
PINS_READ = ("boards:read", "pins:read")
PINS_WRITE = ("boards:read", "boards:write", "pins:read", "pins:write")

EVERYTHING_READ = ("boards:read", "boards:read_secret", "pins:read", "pins:read_secret", "user_accounts:read")
EVERYTHING = (
    *EVERYTHING_READ,
    "boards:write",
    "boards:write_secret",
    "pins:write",
    "pins:write_secret",
    "user_accounts:write",
)
DISCOVERY = ("boards:read", "pins:read", "user_accounts:read")
NAMES = ("boards:read", "user_accounts:read")
OWN_BOARDS = ("boards:read", "boards:read_secret")
OWN_PINS = ("boards:read", "boards:read_secret", "pins:read", "pins:read_secret")
PEOPLE_READ = ("user_accounts:read",)
PEOPLE_WRITE = ("user_accounts:read", "user_accounts:write")


class Expected(NamedTuple):
    status: int
    scopes: tuple[str, ...]


ROUTES: dict[tuple[str, str], Expected] = {
    ("POST", "/boards"): Expected(201, BOARDS_WRITE),
    ("GET", "/boards"): Expected(200, BOARDS_READ),
    ("GET", "/boards/{board_id}"): Expected(200, BOARDS_READ),
    ("PATCH", "/boards/{board_id}"): Expected(200, BOARDS_WRITE),
    ("DELETE", "/boards/{board_id}"): Expected(204, BOARDS_WRITE),
    ("POST", "/boards/{board_id}/archive"): Expected(201, BOARDS_WRITE),
    ("POST", "/boards/{board_id}/merge"): Expected(201, BOARDS_WRITE),
    ("POST", "/boards/{board_id}/restore"): Expected(201, BOARDS_WRITE),
    ("PATCH", "/boards/{board_id}/position"): Expected(200, BOARDS_WRITE),
    ("PATCH", "/boards/{board_id}/cover"): Expected(200, BOARDS_WRITE),
    ("GET", "/boards/{board_id}/pins"): Expected(200, PINS_READ),
    ("POST", "/boards/{board_id}/pins/move"): Expected(201, PINS_WRITE),
    ("POST", "/boards/{board_id}/pins/copy"): Expected(201, PINS_WRITE),
    ("GET", "/boards/{board_id}/sections"): Expected(200, BOARDS_READ),
    ("POST", "/boards/{board_id}/sections"): Expected(201, BOARDS_WRITE),
    ("PATCH", "/boards/{board_id}/sections/{section_id}"): Expected(200, BOARDS_WRITE),
    ("PATCH", "/boards/{board_id}/sections/{section_id}/position"): Expected(200, BOARDS_WRITE),
    ("DELETE", "/boards/{board_id}/sections/{section_id}"): Expected(204, BOARDS_WRITE),
    ("GET", "/boards/{board_id}/sections/{section_id}/pins"): Expected(200, PINS_READ),
    ("GET", "/boards/{board_id}/visibility"): Expected(200, BOARDS_READ),
    ("POST", "/boards/{board_id}/visibility/preview"): Expected(201, PINS_READ),
    ("POST", "/pins"): Expected(201, PINS_WRITE),
    ("GET", "/pins"): Expected(200, PINS_READ),
    ("GET", "/pins/{pin_id}"): Expected(200, PINS_READ),
    ("PATCH", "/pins/{pin_id}"): Expected(200, PINS_WRITE),
    ("PATCH", "/pins/{pin_id}/position"): Expected(200, PINS_WRITE),
    ("DELETE", "/pins/{pin_id}"): Expected(204, PINS_WRITE),
    ("POST", "/pins/{pin_id}/restore"): Expected(201, PINS_WRITE),
    ("POST", "/pins/{pin_id}/save"): Expected(201, PINS_WRITE),
    ("GET", "/user_account"): Expected(200, ("user_accounts:read",)),
    ("PATCH", "/user_account"): Expected(200, ("user_accounts:read", "user_accounts:write")),
    ("GET", "/users/{username}"): Expected(200, ("user_accounts:read",)),
    ("GET", "/users/{username}/boards"): Expected(200, ("user_accounts:read", "boards:read")),
    ("GET", "/users/{username}/pins"): Expected(200, ("user_accounts:read", "boards:read", "pins:read")),
    ("GET", "/users/{username}/followers"): Expected(200, PEOPLE_READ),
    ("GET", "/users/{username}/following"): Expected(200, PEOPLE_READ),
    ("GET", "/user_account/followers"): Expected(200, PEOPLE_READ),
    ("DELETE", "/user_account/followers/{username}"): Expected(204, PEOPLE_WRITE),
    ("GET", "/user_account/following"): Expected(200, PEOPLE_READ),
    ("GET", "/user_account/following/boards"): Expected(200, PEOPLE_READ),
    ("POST", "/user_account/following/boards/{board_id}"): Expected(201, PEOPLE_WRITE),
    ("DELETE", "/user_account/following/boards/{board_id}"): Expected(204, PEOPLE_WRITE),
    ("POST", "/user_account/following/{username}"): Expected(201, PEOPLE_WRITE),
    ("DELETE", "/user_account/following/{username}"): Expected(204, PEOPLE_WRITE),
    ("GET", "/user_account/follow_requests"): Expected(200, PEOPLE_READ),
    ("POST", "/user_account/follow_requests/{username}"): Expected(201, PEOPLE_WRITE),
    ("DELETE", "/user_account/follow_requests/{username}"): Expected(204, PEOPLE_WRITE),
    ("GET", "/user_account/blocks"): Expected(200, PEOPLE_READ),
    ("POST", "/user_account/blocks/{username}"): Expected(201, PEOPLE_WRITE),
    ("DELETE", "/user_account/blocks/{username}"): Expected(204, PEOPLE_WRITE),
    ("DELETE", "/user_account"): Expected(204, ("user_accounts:read", "user_accounts:write")),
    ("POST", "/user_account/exports"): Expected(201, EVERYTHING_READ),
    ("GET", "/user_account/exports"): Expected(200, EVERYTHING_READ),
    ("GET", "/user_account/exports/{export_id}"): Expected(200, EVERYTHING_READ),
    ("POST", "/user_account/imports"): Expected(201, EVERYTHING),
    ("GET", "/user_account/imports"): Expected(200, EVERYTHING),
    ("GET", "/user_account/imports/{import_id}"): Expected(200, EVERYTHING),
    ("POST", "/user_account/imports/{import_id}/start"): Expected(201, EVERYTHING),
    ("GET", "/discover/search"): Expected(200, DISCOVERY),
    ("GET", "/discover/suggest"): Expected(200, NAMES),
    ("GET", "/discover/topics"): Expected(200, BOARDS_READ),
    ("GET", "/discover/topics/{topic_id}/boards"): Expected(200, BOARDS_READ),
    ("GET", "/discover/boards/{board_id}/related"): Expected(200, PINS_READ),
    ("GET", "/discover/boards/{board_id}/ideas"): Expected(200, PINS_READ),
    ("GET", "/discover/pins/{pin_id}/boards"): Expected(200, PINS_READ),
    ("GET", "/discover/trending/boards"): Expected(200, BOARDS_READ),
    ("GET", "/discover/trending/topics"): Expected(200, BOARDS_READ),
    ("GET", "/search/boards"): Expected(200, OWN_BOARDS),
    ("GET", "/search/pins"): Expected(200, OWN_PINS),
    ("GET", "/discover/feed"): Expected(200, DISCOVERY),
    ("GET", "/discover/people"): Expected(200, NAMES),
    ("GET", "/boards/{board_id}/collaborators"): Expected(200, BOARDS_READ),
    ("PATCH", "/boards/{board_id}/collaborators/{username}"): Expected(200, BOARDS_WRITE),
    ("DELETE", "/boards/{board_id}/collaborators/{username}"): Expected(204, BOARDS_WRITE),
    ("POST", "/boards/{board_id}/transfer"): Expected(201, BOARDS_WRITE),
    ("POST", "/boards/{board_id}/invitations"): Expected(201, BOARDS_WRITE),
    ("GET", "/boards/{board_id}/invitations"): Expected(200, BOARDS_READ),
    ("DELETE", "/boards/{board_id}/invitations/{username}"): Expected(204, BOARDS_WRITE),
    ("GET", "/user_account/invitations"): Expected(200, BOARDS_READ),
    ("POST", "/user_account/invitations/{board_id}"): Expected(201, BOARDS_WRITE),
    ("DELETE", "/user_account/invitations/{board_id}"): Expected(204, BOARDS_WRITE),
    ("POST", "/boards/{board_id}/invitation_links"): Expected(201, BOARDS_WRITE),
    ("GET", "/boards/{board_id}/invitation_links"): Expected(200, BOARDS_READ),
    ("DELETE", "/boards/{board_id}/invitation_links/{link_id}"): Expected(204, BOARDS_WRITE),
    ("POST", "/invitation_links/accept"): Expected(201, BOARDS_WRITE),
    ("POST", "/boards/{board_id}/join_requests"): Expected(201, BOARDS_WRITE),
    ("GET", "/boards/{board_id}/join_requests"): Expected(200, BOARDS_READ),
    ("POST", "/boards/{board_id}/join_requests/{username}"): Expected(201, BOARDS_WRITE),
    ("DELETE", "/boards/{board_id}/join_requests/{username}"): Expected(204, BOARDS_WRITE),
    ("GET", "/user_account/trash/boards"): Expected(200, BOARDS_READ),
    ("DELETE", "/user_account/trash/boards/{board_id}"): Expected(204, BOARDS_WRITE),
    ("GET", "/user_account/trash/pins"): Expected(200, PINS_READ),
    ("DELETE", "/user_account/trash/pins/{pin_id}"): Expected(204, PINS_WRITE),
    ("GET", "/openapi.json"): Expected(200, ()),
}

ANY_PICTURE: dict[str, Any] = {"source_type": "image_url", "url": "https://pictures.example/any.jpg"}


def a_valid_body(method: str, path: str, *, board_id: str = "1") -> Any:
    """A body that the route takes, or None where it takes none."""
    return {
        ("POST", "/boards"): {"name": "Any name"},
        ("PATCH", "/boards/{board_id}"): {"name": "Another name"},
        ("POST", "/boards/{board_id}/merge"): {"into": "1"},
        ("POST", "/boards/{board_id}/sections"): {"name": "Any name"},
        ("PATCH", "/boards/{board_id}/sections/{section_id}"): {"name": "Another name"},
        ("POST", "/boards/{board_id}/visibility/preview"): {"privacy": "SECRET"},
        ("PATCH", "/boards/{board_id}/position"): {"after": None},
        ("PATCH", "/boards/{board_id}/cover"): {"pin_id": None},
        ("POST", "/boards/{board_id}/pins/move"): {"pin_ids": ["1"]},
        ("POST", "/boards/{board_id}/pins/copy"): {"pin_ids": ["1"]},
        ("PATCH", "/boards/{board_id}/sections/{section_id}/position"): {"after": None},
        ("POST", "/pins"): {"board_id": board_id, "media_source": ANY_PICTURE},
        ("PATCH", "/pins/{pin_id}"): {"title": "Another title"},
        ("PATCH", "/pins/{pin_id}/position"): {"after": None},
        ("POST", "/pins/{pin_id}/save"): {"board_id": board_id},
        ("PATCH", "/user_account"): {"display_name": "Another name"},
        ("POST", "/user_account/following/{username}"): {"auto_follow": True},
        ("POST", "/user_account/exports"): {},
        ("POST", "/user_account/imports"): {"size": 1000},
        ("POST", "/user_account/imports/{import_id}/start"): {},
        ("PATCH", "/boards/{board_id}/collaborators/{username}"): {"role": "viewer"},
        ("POST", "/boards/{board_id}/transfer"): {"username": "anybody"},
        ("POST", "/boards/{board_id}/invitations"): {"username": "anybody", "role": "editor"},
        ("POST", "/boards/{board_id}/invitation_links"): {"role": "contributor"},
        ("POST", "/invitation_links/accept"): {"token": "any"},
        ("POST", "/boards/{board_id}/join_requests"): {"role": "contributor"},
        ("POST", "/boards/{board_id}/join_requests/{username}"): {"role": "viewer"},
    }.get((method, path))


class Refusal(NamedTuple):
    """What a refused request answers: the HTTP status and the code in the body."""

    status: int
    code: int


INVALID = Refusal(400, 1)
BOARD_NAME = Refusal(400, 400)
NOT_AUTHENTICATED = Refusal(401, 2)
SCOPE_MISSING = Refusal(401, 3)
MOVED = Refusal(307, 307)
NOT_PERMITTED = Refusal(403, 29)
USER_NOT_FOUND = Refusal(404, 30)
BOARD_NOT_FOUND = Refusal(404, 40)
PIN_NOT_FOUND = Refusal(404, 50)
SECTION_NOT_FOUND = Refusal(404, 2031)
NOT_FOUND = Refusal(404, 404)
METHOD_NOT_ALLOWED = Refusal(405, 5)
CONFLICT = Refusal(409, 409)
STALE = Refusal(412, 412)
TOO_LARGE = Refusal(413, 413)
KEY_REUSED = Refusal(422, 422)
OURS = Refusal(500, 500)

NULLABLE_PIN_FIELDS = (
    "link",
    "title",
    "description",
    "dominant_color",
    "alt_text",
    "board_section_id",
    "parent_pin_id",
    "creative_type",
    "pin_metrics",
)
IMAGE_SIZES = ("150x150", "400x300", "600x", "1200x", "originals")
