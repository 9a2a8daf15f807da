"""Boards, sections, pins, sign-in, and what follows from the stream for them."""

from itertools import count

from presence.projections.upkeep import CleanUpBoard, RefreshCover, ReleaseSection, SweepUpload, WatchUpload
from presence.services import accounts, upkeep
from tests.integration.patterns.typical import DESCRIPTION, KEY, PATTERNS, TEXTS, Act, Typical, pattern, request, well
from tests.integration.seeding import add_member
from tests.integration.things import a_pin, a_section, an_upload, delete_for_good, made, pin_on

_numbers = count(1)
A_BOARD = {"name": "A typical board 000000", "description": DESCRIPTION}

# Boards

PATTERNS["`POST /boards`"] = request("POST", "/boards", A_BOARD)
PATTERNS["`POST /boards` with an `Idempotency-Key`"] = request("POST", "/boards", A_BOARD, **KEY)


@pattern("`POST /boards` again with its `Idempotency-Key`")
def _(at: Typical) -> Act:
    def send() -> None:
        well(at.user.request("POST", "/boards", A_BOARD, headers=KEY))

    send()
    return send


@pattern("`POST /boards`, the name is taken")
def _(at: Typical) -> Act:
    name = at.user.get(f"/boards/{at.board}").json["name"]

    def send() -> None:
        assert at.user.post("/boards", {"name": name}).status == 400

    return send


@pattern("`GET /boards`, 25 of many")
def _(at: Typical) -> Act:
    for _ in range(30):
        at.another_board()
    return lambda: well(at.user.get("/boards"))


@pattern("`GET /boards`, 10 and 15 of 3 others")
def _(at: Typical) -> Act:
    owners = [at.another_user() for _ in range(3)]
    for _ in range(9):
        at.another_board()
    for number in range(15):
        add_member(at.cloud, at.user, at.another_board(owners[number % 3]))
    return lambda: well(at.user.get("/boards"))


PATTERNS["`GET /boards/{board_id}`"] = request("GET", "/boards/{board_id}")


@pattern("`GET /boards/{board_id}`, somebody else's")
def _(at: Typical) -> Act:
    stranger = at.another_user()
    return lambda: well(stranger.get(f"/boards/{at.board}"))


@pattern("`GET /boards/{board_id}`, hidden or not there")
def _(at: Typical) -> Act:
    board, stranger = at.another_board(privacy="SECRET"), at.another_user()

    def send() -> None:
        assert stranger.get(f"/boards/{board}").status == 404

    return send


PATTERNS["`PATCH /boards/{board_id}`"] = request("PATCH", "/boards/{board_id}", {"privacy": "SECRET"})
PATTERNS["`PATCH /boards/{board_id}`, another name"] = request("PATCH", "/boards/{board_id}", {"name": "Another name"})
PATTERNS["`DELETE /boards/{board_id}`, of any size"] = request("DELETE", "/boards/{board_id}")


@pattern("`GET /boards/{board_id}/pins`, 25 of many")
def _(at: Typical) -> Act:
    board, _ = at.a_big_board(300)
    return lambda: well(at.user.get(f"/boards/{board}/pins"))


@pattern("`GET /boards/{board_id}/pins`, 25 that 5 others added")
def _(at: Typical) -> Act:
    board = at.another_board()
    others = [at.another_user() for _ in range(5)]
    for each in others:
        add_member(at.cloud, each, board, "contributor")
    for number in range(30):
        a_pin(others[number % 5], board, **TEXTS)
    return lambda: well(at.user.get(f"/boards/{board}/pins"))


@pattern("`GET /boards/{board_id}/pins?page_size=250`, of many")
def _(at: Typical) -> Act:
    board, _ = at.a_big_board(300)
    return lambda: well(at.user.get(f"/boards/{board}/pins?page_size=250"))


@pattern("`GET /boards/{board_id}/pins?creative_types=VIDEO`, none of 1,000")
def _(at: Typical) -> Act:
    board, _ = at.a_big_board(1000)
    return lambda: well(at.user.get(f"/boards/{board}/pins?creative_types=VIDEO"))


@pattern("`GET /boards/{board_id}/sections`, 25 of many")
def _(at: Typical) -> Act:
    for _ in range(30):
        a_section(at.user, at.board, "A typical section")
    return lambda: well(at.user.get(f"/boards/{at.board}/sections"))


PATTERNS["`POST /boards/{board_id}/sections`"] = request("POST", "/boards/{board_id}/sections", {"name": "A section"})
PATTERNS["`PATCH /boards/{board_id}/sections/{section_id}`"] = request(
    "PATCH", "/boards/{board_id}/sections/{section_id}", {"name": "Another name"}
)
PATTERNS["`DELETE /boards/{board_id}/sections/{section_id}`, of any size"] = request(
    "DELETE", "/boards/{board_id}/sections/{section_id}"
)


@pattern("`GET /boards/{board_id}/sections/{section_id}/pins`, 25 of many")
def _(at: Typical) -> Act:
    board, section = at.a_big_board(100, in_section=True)
    return lambda: well(at.user.get(f"/boards/{board}/sections/{section}/pins"))


# Pins


@pattern("`POST /pins`")
def _(at: Typical) -> Act:
    return lambda: made(at.user.post("/pins", pin_on(at.board, **TEXTS)))


@pattern("`POST /pins` in a section, with an `Idempotency-Key`")
def _(at: Typical) -> Act:
    return lambda: made(at.user.request("POST", "/pins", pin_on(at.board, at.section, **TEXTS), headers=KEY))


@pattern("`POST /pins` with an upload")
def _(at: Typical) -> Act:
    return lambda: made(at.user.post("/pins", pin_on(at.board, media_source=an_upload(), **TEXTS)))


@pattern("`GET /pins`, 25 of many, on 3 boards")
def _(at: Typical) -> Act:
    boards = [at.board, at.another_board(), at.another_board()]
    for number in range(30):
        a_pin(at.user, boards[number % 3], **TEXTS)
    return lambda: well(at.user.get("/pins"))


PATTERNS["`GET /pins/{pin_id}`"] = request("GET", "/pins/{pin_id}")


@pattern("`GET /pins/{pin_id}`, somebody else's on another one's board")
def _(at: Typical) -> Act:
    stranger, contributor = at.another_user(), at.another_user()
    add_member(at.cloud, contributor, at.board, "contributor")
    pin = a_pin(contributor, at.board, **TEXTS)
    return lambda: well(stranger.get(f"/pins/{pin}"))


@pattern("`GET /pins/{pin_id}`, hidden")
def _(at: Typical) -> Act:
    pin, stranger = a_pin(at.user, at.another_board(privacy="SECRET"), **TEXTS), at.another_user()

    def send() -> None:
        assert stranger.get(f"/pins/{pin}").status == 404

    return send


@pattern("`GET /pins/{pin_id}`, not there")
def _(at: Typical) -> Act:
    def send() -> None:
        assert at.user.get("/pins/1234567890123456789").status == 404

    return send


PATTERNS["`PATCH /pins/{pin_id}`"] = request("PATCH", "/pins/{pin_id}", {"title": "Another title"})


@pattern("`PATCH /pins/{pin_id}`, to a section")
def _(at: Typical) -> Act:
    return lambda: well(at.user.patch(f"/pins/{at.pin}", {"board_section_id": at.section}))


@pattern("`PATCH /pins/{pin_id}`, to another board")
def _(at: Typical) -> Act:
    board = at.another_board()
    return lambda: well(at.user.patch(f"/pins/{at.pin}", {"board_id": board}))


PATTERNS["`DELETE /pins/{pin_id}`"] = request("DELETE", "/pins/{pin_id}")


@pattern("`DELETE /pins/{pin_id}`, in a section")
def _(at: Typical) -> Act:
    return lambda: well(at.user.delete(f"/pins/{at.pin_in_section}"))


@pattern("`POST /pins/{pin_id}/save`")
def _(at: Typical) -> Act:
    board = at.another_board()
    return lambda: made(at.user.post(f"/pins/{at.pin}/save", {"board_id": board}))


@pattern("`POST /pins/{pin_id}/save` without a board")
def _(at: Typical) -> Act:
    made(at.user.post(f"/pins/{at.pin}/save"))
    return lambda: made(at.user.post(f"/pins/{at.pin}/save"))


@pattern("`POST /pins/{pin_id}/save` without a board, for the first time")
def _(at: Typical) -> Act:
    return lambda: made(at.user.post(f"/pins/{at.pin}/save"))


# People

PATTERNS["`GET /user_account`"] = request("GET", "/user_account")
PATTERNS["`GET /openapi.json`"] = request("GET", "/openapi.json")


@pattern("Sign-in, for the first time")
def _(at: Typical) -> Act:
    name = f"latest_{next(_numbers):06}"
    return lambda: accounts.sign_in("https://issuer.example", f"subject-of-{name}", name)


@pattern("Sign-in")
def _(at: Typical) -> Act:
    name = at.user.username
    return lambda: accounts.sign_in("https://issuer.example", f"subject-of-{name}", name)


# What follows from the stream


@pattern("`RefreshCover`")
def _(at: Typical) -> Act:
    for _ in range(5):
        a_pin(at.user, at.board, **TEXTS)
    return lambda: upkeep.run(RefreshCover(at.board))


@pattern("`RefreshCover`, nothing new")
def _(at: Typical) -> Act:
    upkeep.run(RefreshCover(at.board))
    return lambda: upkeep.run(RefreshCover(at.board))


@pattern("`CleanUpBoard`, 1,000 pins and 2 sections")
def _(at: Typical) -> Act:
    board, _ = at.a_big_board(1000)
    a_section(at.user, board, "A typical section")
    delete_for_good(at.user, f"/boards/{board}")
    return lambda: upkeep.run(CleanUpBoard(board))


@pattern("`CleanUpBoard`, done before")
def _(at: Typical) -> Act:
    return lambda: upkeep.run(CleanUpBoard("1234567890123456789"))


@pattern("`ReleaseSection`, 500 pins")
def _(at: Typical) -> Act:
    board, section = at.a_big_board(1000, in_section=True)
    well(at.user.delete(f"/boards/{board}/sections/{section}"))
    return lambda: upkeep.run(ReleaseSection(board, section))


@pattern("`WatchUpload`, no pin shows it")
def _(at: Typical) -> Act:
    return lambda: upkeep.run(WatchUpload("1234567890123456789.jpg"))


@pattern("`WatchUpload`, a pin shows it")
def _(at: Typical) -> Act:
    key = at.a_shared_picture()
    return lambda: upkeep.run(WatchUpload(key))


@pattern("`SweepUpload`, no pin shows it")
def _(at: Typical) -> Act:
    return lambda: upkeep.run(SweepUpload("1234567890123456789.jpg"))


@pattern("`SweepUpload`, a pin shows it")
def _(at: Typical) -> Act:
    key = at.a_shared_picture()
    return lambda: upkeep.run(SweepUpload(key))
