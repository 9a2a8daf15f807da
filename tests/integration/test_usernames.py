"""However many want one name at once and whatever fails: one holder of each, and no name without one."""

from collections import Counter
from itertools import cycle

import pytest

from presence.domain.usernames import skeleton
from presence.services import accounts
from tests.integration.parallel import answers, at_once
from tests.integration.stream import Stream, table_after
from tests.integration.truth import assert_exact
from tests.integration.wire import Conflicts, Fault, Faulty, Wire
from tests.support.api import Client, Reply
from tests.support.people import a_user

PARALLEL = 100
RENAMED, TAKEN, TRY_AGAIN = (200, None), (400, 1), (409, 409)
FOR_GOOD = 10**6


def rename(user: Client, name: str) -> Reply:
    return user.patch("/user_account", {"username": name})


def called(user: Client) -> str:
    username: str = user.get("/user_account").json["username"]
    return username


@pytest.mark.parametrize(
    "names",
    [
        pytest.param(["paloma"], id="one name"),
        pytest.param(["billo_01", "bi11o_oL", "BILLOO1", "b_i_l_l_o_0_1"], id="one look"),
    ],
)
def test_exactly_one_of_100_parallel_renames_wins(stream: Stream, names: list[str]) -> None:
    users = [a_user() for _ in range(PARALLEL)]
    replies = at_once(
        lambda user=user, name=name: rename(user, name) for user, name in zip(users, cycle(names), strict=False)
    )
    assert answers(replies) == {RENAMED: 1, TAKEN: PARALLEL - 1}
    assert sum(skeleton(called(user)) == skeleton(names[0]) for user in users) == 1
    assert_exact(table_after(stream.records()))


def test_exactly_one_wins_where_transactions_conflict(stream: Stream, wire: Wire) -> None:
    users = [a_user() for _ in range(PARALLEL)]
    conflicts = Conflicts()
    with wire.through(conflicts):
        replies = at_once(lambda user=user: rename(user, "ramona") for user in users)
    assert conflicts.count > PARALLEL
    assert answers(replies).keys() <= {RENAMED, TAKEN, TRY_AGAIN}
    assert answers(replies)[RENAMED] == 1
    assert Counter(map(called, users))["ramona"] == 1
    assert_exact(table_after(stream.records()))


def test_renames_of_one_user_at_once_leave_them_one_name(stream: Stream) -> None:
    user = a_user()
    replies = at_once(lambda name=f"louisa_{number}": rename(user, name) for number in range(20))
    assert answers(replies).keys() <= {RENAMED, TRY_AGAIN}
    assert answers(replies)[RENAMED] >= 1
    assert_exact(table_after(stream.records()))


def test_two_users_who_swap_their_names_at_once_cannot(stream: Stream) -> None:
    one, other = a_user("castor"), a_user("pollux")
    replies = at_once([lambda: rename(one, "pollux"), lambda: rename(other, "castor")])
    assert answers(replies) == {TAKEN: 2}
    assert (called(one), called(other)) == ("castor", "pollux")
    assert_exact(table_after(stream.records()))


def test_a_rename_and_first_sign_ins_that_want_one_name_have_one_winner(stream: Stream) -> None:
    user = a_user()

    def sign_in(subject: str) -> Reply:
        return Reply(200, {}, f'"{accounts.sign_in("https://issuer.example", subject, "fiona").username}"')

    replies = at_once([lambda: rename(user, "fiona"), *(lambda n=n: sign_in(f"another fiona {n}") for n in range(20))])
    given = [reply.json for reply in replies[1:]]
    assert [*given, called(user)].count("fiona") == 1
    assert len(set(given)) == 20
    assert (replies[0].status == 200) is ("fiona" not in given)
    assert_exact(table_after(stream.records()))


def test_a_user_who_goes_back_and_forth_while_others_wait_loses_no_name(stream: Stream) -> None:
    user, others = a_user("helena"), [a_user() for _ in range(20)]
    assert rename(user, "helen_a1").status == 200
    replies = at_once(
        [lambda: rename(user, "helena"), *(lambda other=other: rename(other, "helena") for other in others)]
    )
    assert answers(replies) == {RENAMED: 1, TAKEN: 20}
    assert called(user) == "helena"
    assert_exact(table_after(stream.records()))


@pytest.mark.usefixtures("naps")
@pytest.mark.parametrize("fault", Fault)
@pytest.mark.parametrize("at", [0, 1])
def test_a_rename_that_failed_converges_when_tried_again(stream: Stream, wire: Wire, fault: Fault, at: int) -> None:
    user = a_user()
    name = f"{fault.name.lower().replace('_', '')}_{at}"
    with wire.through(Faulty(at, fault, FOR_GOOD)):
        told = rename(user, name)
    assert told.status in (429, 500)
    assert rename(user, name).status == 200
    assert rename(user, name).json["username"] == called(user) == name
    assert_exact(table_after(stream.records()))
