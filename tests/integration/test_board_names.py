"""Of many who want one name at the same moment, one gets it."""

import pytest

from presence.services.boards import MAX_BOARDS
from tests.integration.local_cloud import TABLE, LocalCloud
from tests.integration.parallel import answers, at_once
from tests.integration.stream import Stream, table_after
from tests.integration.things import a_board
from tests.integration.truth import assert_exact
from tests.integration.wire import Conflicts, Wire
from tests.support.api import Client
from tests.support.people import a_user

PARALLEL = 100
WON, NAME_TAKEN, LIMIT_REACHED, TRY_AGAIN = (201, None), (400, 400), (403, 29), (409, 409)


def board_count(user: Client) -> int:
    count: int = user.get("/user_account").json["board_count"]
    return count


@pytest.mark.parametrize(
    "names",
    [
        pytest.param(["Recipes"], id="one name"),
        pytest.param(
            ["Late-night Snacks", "late night snacks", "LATE NIGHT SNÄCKS!", " Late  night snacks"], id="one slug"
        ),
    ],
)
def test_exactly_one_of_100_parallel_creates_wins(stream: Stream, names: list[str]) -> None:
    user = a_user()
    wanted = [names[number % len(names)] for number in range(PARALLEL)]
    replies = at_once(lambda name=name: user.post("/boards", {"name": name}) for name in wanted)
    assert answers(replies) == {WON: 1, NAME_TAKEN: PARALLEL - 1}
    assert len(user.get("/boards").json["items"]) == 1
    assert board_count(user) == 1
    assert_exact(table_after(stream.records()))


def test_exactly_one_wins_where_transactions_conflict(stream: Stream, wire: Wire) -> None:
    user = a_user()
    conflicts = Conflicts()
    with wire.through(conflicts):
        replies = at_once(lambda: user.post("/boards", {"name": "Recipes"}) for _ in range(PARALLEL))
    assert conflicts.count > PARALLEL
    # Who never got to look because others were always at it is told to try again, and then learns who won.
    assert answers(replies).keys() <= {WON, NAME_TAKEN, TRY_AGAIN}
    assert answers(replies)[WON] == 1
    assert answers(replies)[NAME_TAKEN] > PARALLEL / 2
    assert user.post("/boards", {"name": "Recipes"}).status == 400
    assert board_count(user) == 1
    assert_exact(table_after(stream.records()))


def test_all_parallel_creates_of_different_names_win_and_count(stream: Stream) -> None:
    user = a_user()
    replies = at_once(lambda name=str(number): user.post("/boards", {"name": name}) for number in range(PARALLEL))
    assert answers(replies) == {WON: PARALLEL}
    assert board_count(user) == PARALLEL
    assert_exact(table_after(stream.records()))


def test_exactly_one_of_100_parallel_renames_wins(stream: Stream) -> None:
    user = a_user()
    boards = [a_board(user) for _ in range(PARALLEL)]
    replies = at_once(lambda board=board: user.patch(f"/boards/{board}", {"name": "Recipes"}) for board in boards)
    assert answers(replies) == {(200, None): 1, NAME_TAKEN: PARALLEL - 1}
    assert {r.json["message"].partition(":")[0] for r in replies if r.status == 400} == {"Could not edit board"}
    assert_exact(table_after(stream.records()))


def test_a_name_given_up_goes_to_exactly_one_of_those_who_wait_for_it(stream: Stream) -> None:
    user = a_user()
    board = a_board(user, name="Recipes")
    leave = [lambda: user.patch(f"/boards/{board}", {"name": "Left"})]
    replies = at_once(leave + [lambda: user.post("/boards", {"name": "Recipes"})] * 40)
    assert replies[0].status == 200
    assert answers(replies[1:]).keys() <= {WON, NAME_TAKEN}
    assert answers(replies[1:])[WON] <= 1
    assert_exact(table_after(stream.records()))


def test_the_limit_of_boards_holds_under_parallel_creates(cloud: LocalCloud) -> None:
    user = a_user()
    cloud.dynamodb(
        "UpdateItem",
        TableName=TABLE,
        Key={"pk": {"S": f"USER#{user.user_id}"}, "sk": {"S": "PROFILE"}},
        UpdateExpression="SET board_count = :n",
        ExpressionAttributeValues={":n": {"N": str(MAX_BOARDS - 3)}},
    )
    replies = at_once(lambda name=str(number): user.post("/boards", {"name": name}) for number in range(20))
    assert answers(replies) == {WON: 3, LIMIT_REACHED: 17}
    assert board_count(user) == MAX_BOARDS


def test_one_idempotency_key_sent_by_many_at_once_works_once(stream: Stream) -> None:
    user = a_user()
    replies = at_once(lambda: user.post("/boards", {"name": "Recipes"}, idempotency_key="a key") for _ in range(40))
    assert answers(replies).keys() <= {WON, TRY_AGAIN}
    assert len({reply.json["id"] for reply in replies if reply.status == 201}) == 1
    assert board_count(user) == 1
    assert_exact(table_after(stream.records()))
