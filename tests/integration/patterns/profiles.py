"""Profiles and what people show."""

from presence.projections.upkeep import WatchUpload
from presence.services import upkeep
from tests.integration.patterns.typical import PATTERNS, TEXTS, Act, Typical, pattern, request, well
from tests.integration.things import A_PICTURE, a_pin, an_upload

PATTERNS["`PATCH /user_account`"] = request(
    "PATCH", "/user_account", {"about": "Wood, wool and water.", "avatar": A_PICTURE}
)


@pattern("`PATCH /user_account`, an uploaded avatar instead of another")
def _(at: Typical) -> Act:
    def send() -> None:
        well(at.user.patch("/user_account", {"avatar": an_upload()}))

    send()
    return send


@pattern("`PATCH /user_account`, 6 featured boards")
def _(at: Typical) -> Act:
    boards = [at.another_board() for _ in range(6)]
    return lambda: well(at.user.patch("/user_account", {"featured_board_ids": boards}))


@pattern("`PATCH /user_account`, another username")
def _(at: Typical) -> Act:
    name = f"renamed_{at.user.username[-6:]}"
    return lambda: well(at.user.patch("/user_account", {"username": name}))


@pattern("`PATCH /user_account`, the username is taken")
def _(at: Typical) -> Act:
    name = at.another_user().username

    def send() -> None:
        assert at.user.patch("/user_account", {"username": name}).status == 400

    return send


@pattern("`GET /user_account`, 6 featured boards")
def _(at: Typical) -> Act:
    well(at.user.patch("/user_account", {"featured_board_ids": [at.another_board() for _ in range(6)]}))
    return lambda: well(at.user.get("/user_account"))


@pattern("`GET /users/{username}`")
def _(at: Typical) -> Act:
    viewer = at.another_user()
    return lambda: well(viewer.get(f"/users/{at.user.username}"))


@pattern("`GET /users/{username}`, 6 featured boards")
def _(at: Typical) -> Act:
    well(at.user.patch("/user_account", {"featured_board_ids": [at.another_board() for _ in range(6)]}))
    viewer = at.another_user()
    return lambda: well(viewer.get(f"/users/{at.user.username}"))


@pattern("`GET /users/{username}`, hidden or not there")
def _(at: Typical) -> Act:
    def send() -> None:
        assert at.user.get("/users/1234567890123456789").status == 404

    return send


@pattern("`GET /users/{username}`, a former name")
def _(at: Typical) -> Act:
    viewer, former = at.another_user(), at.user.username
    well(at.user.patch("/user_account", {"username": f"renamed_{former[-6:]}"}))

    def send() -> None:
        assert viewer.get(f"/users/{former}").status == 307

    return send


@pattern("`GET /users/{username}/boards`, 25 of many")
def _(at: Typical) -> Act:
    for _ in range(30):
        at.another_board()
    viewer = at.another_user()
    return lambda: well(viewer.get(f"/users/{at.user.username}/boards"))


@pattern("`GET /users/{username}/pins`, 25 of many, on 3 boards")
def _(at: Typical) -> Act:
    boards = [at.board, at.another_board(), at.another_board()]
    for number in range(30):
        a_pin(at.user, boards[number % 3], **TEXTS)
    viewer = at.another_user()
    return lambda: well(viewer.get(f"/users/{at.user.username}/pins"))


@pattern("`WatchUpload`, a profile shows it")
def _(at: Typical) -> Act:
    reply = at.user.patch("/user_account", {"banner": an_upload()})
    key = reply.json["banner_image"].rpartition("/")[2]
    return lambda: upkeep.run(WatchUpload(key))
