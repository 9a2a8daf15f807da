"""Archive, trash and merging."""

from presence.projections.upkeep import BringToMerged, PurgeBoard, PurgePin
from presence.services import upkeep
from presence.storage import keys
from tests.integration.local_cloud import TABLE
from tests.integration.patterns.typical import PATTERNS, TEXTS, Act, Typical, pattern, request, well
from tests.integration.things import a_pin, an_upload

PATTERNS["`POST /boards/{board_id}/archive`"] = request("POST", "/boards/{board_id}/archive")


@pattern("`POST /boards/{board_id}/restore`, from the archive")
def _(at: Typical) -> Act:
    well(at.user.post(f"/boards/{at.board}/archive"))
    return lambda: well(at.user.post(f"/boards/{at.board}/restore"))


@pattern("`POST /boards/{board_id}/restore`, from the trash, of any size")
def _(at: Typical) -> Act:
    well(at.user.delete(f"/boards/{at.board}"))
    return lambda: well(at.user.post(f"/boards/{at.board}/restore"))


@pattern("`GET /user_account/trash/boards`, 25 of many")
def _(at: Typical) -> Act:
    for _ in range(30):
        well(at.user.delete(f"/boards/{at.another_board()}"))
    return lambda: well(at.user.get("/user_account/trash/boards"))


@pattern("`DELETE /user_account/trash/boards/{board_id}`, of any size")
def _(at: Typical) -> Act:
    well(at.user.delete(f"/boards/{at.board}"))
    return lambda: well(at.user.delete(f"/user_account/trash/boards/{at.board}"))


@pattern("`POST /pins/{pin_id}/restore`")
def _(at: Typical) -> Act:
    well(at.user.delete(f"/pins/{at.pin}"))
    return lambda: well(at.user.post(f"/pins/{at.pin}/restore"))


@pattern("`POST /pins/{pin_id}/restore`, in a section")
def _(at: Typical) -> Act:
    well(at.user.delete(f"/pins/{at.pin_in_section}"))
    return lambda: well(at.user.post(f"/pins/{at.pin_in_section}/restore"))


@pattern("`GET /user_account/trash/pins`, 25 of many, of one board")
def _(at: Typical) -> Act:
    for _ in range(30):
        well(at.user.delete(f"/pins/{a_pin(at.user, at.board, **TEXTS)}"))
    return lambda: well(at.user.get("/user_account/trash/pins"))


@pattern("`DELETE /user_account/trash/pins/{pin_id}`")
def _(at: Typical) -> Act:
    well(at.user.delete(f"/pins/{at.pin}"))
    return lambda: well(at.user.delete(f"/user_account/trash/pins/{at.pin}"))


def its_time_is_over(at: Typical, timer: keys.Key) -> None:
    at.cloud.dynamodb("DeleteItem", TableName=TABLE, Key={"pk": {"S": timer[0]}, "sk": {"S": timer[1]}})


@pattern("`PurgeBoard`")
def _(at: Typical) -> Act:
    well(at.user.delete(f"/boards/{at.board}"))
    its_time_is_over(at, keys.board_in_trash(at.board))
    return lambda: upkeep.run(PurgeBoard(at.board))


@pattern("`PurgeBoard`, restored meanwhile")
def _(at: Typical) -> Act:
    return lambda: upkeep.run(PurgeBoard(at.board))


@pattern("`PurgePin`, with an upload")
def _(at: Typical) -> Act:
    pin = a_pin(at.user, at.board, media_source=an_upload(), **TEXTS)
    well(at.user.delete(f"/pins/{pin}"))
    its_time_is_over(at, keys.pin_in_trash(pin))
    return lambda: upkeep.run(PurgePin(pin))


@pattern("`PurgePin`, restored meanwhile")
def _(at: Typical) -> Act:
    return lambda: upkeep.run(PurgePin(at.pin))


# Merging


@pattern("`POST /boards/{board_id}/merge`, of any size")
def _(at: Typical) -> Act:
    target = at.another_board()
    return lambda: well(at.user.post(f"/boards/{at.board}/merge", {"into": target}))


@pattern("`GET /boards/{board_id}`, merged into another")
def _(at: Typical) -> Act:
    well(at.user.post(f"/boards/{at.board}/merge", {"into": at.another_board()}))

    def send() -> None:
        assert at.user.get(f"/boards/{at.board}").status == 308

    return send


@pattern("`GET /pins/{pin_id}`, still to be moved to where its board was merged into")
def _(at: Typical) -> Act:
    well(at.user.post(f"/boards/{at.board}/merge", {"into": at.another_board()}))
    return lambda: well(at.user.get(f"/pins/{at.pin}"))


@pattern("`BringToMerged`, 500 pins, half of them in a section")
def _(at: Typical) -> Act:
    board, _ = at.a_big_board(500, in_section=True)
    well(at.user.post(f"/boards/{board}/merge", {"into": at.another_board()}))
    return lambda: upkeep.run(BringToMerged(board))


@pattern("`BringToMerged`, done before")
def _(at: Typical) -> Act:
    board = at.another_board()
    well(at.user.post(f"/boards/{board}/merge", {"into": at.board}))
    upkeep.run(BringToMerged(board))
    return lambda: upkeep.run(BringToMerged(board))
