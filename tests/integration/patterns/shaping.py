"""Order, covers, many pins at once."""

from presence.projections.upkeep import FinishPinBatch, Rebalance, RefreshCover
from presence.services import upkeep
from tests.integration.local_cloud import TABLE
from tests.integration.patterns.typical import PATTERNS, TEXTS, Act, Typical, pattern, request, well
from tests.integration.things import A_PICTURE, a_pin, a_section, made

NOT_THERE = "1234567890123456789"


@pattern("`PATCH /boards/{board_id}/position`")
def _(at: Typical) -> Act:
    _, newest = at.another_board(), at.another_board()
    return lambda: well(at.user.patch(f"/boards/{at.board}/position", {"after": newest}))


@pattern("`PATCH /boards/{board_id}/position`, before all")
def _(at: Typical) -> Act:
    at.another_board()
    return lambda: well(at.user.patch(f"/boards/{at.board}/position", {"after": None}))


PATTERNS["`PATCH /boards/{board_id}/position`, where it is"] = request(
    "PATCH", "/boards/{board_id}/position", {"after": None}
)


@pattern("`PATCH /boards/{board_id}/sections/{section_id}/position`")
def _(at: Typical) -> Act:
    others = [a_section(at.user, at.board, "A typical section") for _ in range(2)]
    path = f"/boards/{at.board}/sections/{at.section}/position"
    return lambda: well(at.user.patch(path, {"after": others[0]}))


@pattern("`PATCH /pins/{pin_id}/position`")
def _(at: Typical) -> Act:
    others = [a_pin(at.user, at.board, **TEXTS) for _ in range(2)]
    return lambda: well(at.user.patch(f"/pins/{at.pin}/position", {"after": others[1]}))


@pattern("`PATCH /pins/{pin_id}/position`, before all in its section")
def _(at: Typical) -> Act:
    # A rank in a gap is as long as the ids around it are alike, which would take the item now over 1 KB, now not.
    a_pin(at.user, at.board, at.section, **TEXTS)
    body = {"after": None, "list": "section"}
    return lambda: well(at.user.patch(f"/pins/{at.pin_in_section}/position", body))


@pattern("`PATCH /boards/{board_id}/cover`")
def _(at: Typical) -> Act:
    for _ in range(5):
        a_pin(at.user, at.board, **TEXTS)
    return lambda: well(at.user.patch(f"/boards/{at.board}/cover", {"pin_id": at.pin}))


def _pins(at: Typical, how_many: int) -> list[str]:
    """Of two boards; half of them show the same."""
    boards = [at.board, at.another_board()]
    pictures = [A_PICTURE, A_PICTURE | {"url": A_PICTURE["url"].replace("0123456789", "9876543210")}]
    return [a_pin(at.user, boards[n % 2], media_source=pictures[n % 2], **TEXTS) for n in range(how_many)]


@pattern("`POST /boards/{board_id}/pins/move`, 10 pins of 2 boards")
def _(at: Typical) -> Act:
    board, pins = at.another_board(), _pins(at, 10)
    return lambda: well(at.user.post(f"/boards/{board}/pins/move", {"pin_ids": pins}))


@pattern("`POST /boards/{board_id}/pins/copy`, 10 pins that show 2 things")
def _(at: Typical) -> Act:
    board, pins = at.another_board(), _pins(at, 10)
    return lambda: well(at.user.post(f"/boards/{board}/pins/copy", {"pin_ids": pins}))


@pattern("`POST /boards/{board_id}/pins/copy`, 100 pins that show 2 things")
def _(at: Typical) -> Act:
    board, pins = at.another_board(), _pins(at, 100)
    return lambda: well(at.user.post(f"/boards/{board}/pins/copy", {"pin_ids": pins}))


@pattern("`Rebalance`, 33 pins of 101")
def _(at: Typical) -> Act:
    board, _ = at.a_big_board(101)
    pins = [pin["id"] for page in at.user.pages(f"/boards/{board}/pins?page_size=250") for pin in page]
    at.cloud.dynamodb(
        "UpdateItem",
        TableName=TABLE,
        Key={"pk": {"S": f"PIN#{pins[50]}"}, "sk": {"S": "PIN"}},
        UpdateExpression="SET #rank = :rank, board_sk = :rank, crowded = :one",
        ExpressionAttributeNames={"#rank": "rank"},
        ExpressionAttributeValues={":rank": {"S": pins[50] + "a" * 30}, ":one": {"N": "1"}},
    )
    return lambda: upkeep.run(Rebalance(f"PIN#{pins[50]}", "PIN"))


@pattern("`Rebalance`, done before")
def _(at: Typical) -> Act:
    return lambda: upkeep.run(Rebalance(f"PIN#{at.pin}", "PIN"))


@pattern("`FinishPinBatch`, done before")
def _(at: Typical) -> Act:
    return lambda: upkeep.run(FinishPinBatch(at.user.user_id, NOT_THERE))


@pattern("`RefreshCover`, where a pin is chosen")
def _(at: Typical) -> Act:
    for _ in range(5):
        a_pin(at.user, at.board, **TEXTS)
    well(at.user.patch(f"/boards/{at.board}/cover", {"pin_id": at.pin}))
    made(at.user.post("/pins", {"board_id": at.board, "media_source": A_PICTURE, **TEXTS}))
    return lambda: upkeep.run(RefreshCover(at.board))
