"""Counts are exact while many write at the same time, and nothing is orphaned when a board goes meanwhile."""

import random
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field

import pytest

from tests.integration.local_cloud import LocalCloud
from tests.integration.parallel import answers, at_once
from tests.integration.stream import Stream, Upkeep, expire, table_after
from tests.integration.things import a_board, a_pin, a_section, an_upload, pin_on
from tests.integration.truth import assert_clean, assert_exact, mentions
from tests.integration.wire import Conflicts, Wire
from tests.support.api import Client, Reply
from tests.support.people import a_user
from tests.support.stored import make_private

CREATED, GONE, CONFLICT = (201, None), 404, 409


@pytest.fixture(params=["transactions queue", "transactions conflict"])
def transactions(request: pytest.FixtureRequest, wire: Wire) -> Iterator[None]:
    """Once as the local DynamoDB has it, one transaction after the other, and once as AWS's has it."""
    with ExitStack() as stack:
        if request.param == "transactions conflict":
            stack.enter_context(wire.through(Conflicts()))
        yield


@pytest.mark.usefixtures("transactions")
def test_pin_counts_are_exact_after_100_parallel_creates(stream: Stream) -> None:
    user = a_user()
    board = a_board(user)
    section = a_section(user, board)
    places = [section, None] * 50
    replies = at_once(lambda place=place: user.post("/pins", pin_on(board, place)) for place in places)
    # A conflict that lasts is a documented answer; what counts is that nothing else comes and the count is of the 201s.
    assert answers(replies).keys() <= {CREATED, (CONFLICT, 409)}
    created = answers(replies)[CREATED]
    assert created >= 50
    assert user.get(f"/boards/{board}").json["pin_count"] == created
    assert sum(map(len, user.pages(f"/boards/{board}/pins?page_size=250"))) == created
    assert_exact(table_after(stream.records()))


def test_a_pin_deleted_by_many_at_once_is_uncounted_once(stream: Stream) -> None:
    user = a_user()
    board = a_board(user)
    section = a_section(user, board)
    a_pin(user, board)
    pin = a_pin(user, board, section)
    replies = at_once(lambda: user.delete(f"/pins/{pin}") for _ in range(20))
    assert answers(replies).keys() <= {(204, None), (GONE, 50), (CONFLICT, 409)}
    assert answers(replies)[204, None] == 1
    assert user.get(f"/boards/{board}").json["pin_count"] == 1
    assert_exact(table_after(stream.records()))


def test_a_pin_moved_to_many_places_at_once_is_in_one(stream: Stream) -> None:
    user = a_user()
    boards = [a_board(user) for _ in range(4)]
    places = [(board, section) for board in boards for section in (None, a_section(user, board))] * 3
    pin = a_pin(user, *places[0])
    at_once(
        lambda place=place: user.patch(f"/pins/{pin}", {"board_id": place[0], "board_section_id": place[1]})
        for place in places
    )
    assert sorted(user.get(f"/boards/{board}").json["pin_count"] for board in boards) == [0, 0, 0, 1]
    assert_exact(table_after(stream.records()))


@dataclass
class Crowd:
    """Users who do at random what one can do with pins, on a few boards that they share out among themselves."""

    users: list[Client]
    places: dict[Client, list[tuple[str, str | None]]]
    pins: dict[Client, list[str]]
    done: Counter[tuple[str, int]] = field(default_factory=Counter)

    def act(self, seed: int) -> None:
        chance = random.Random(seed)
        user = chance.choice(self.users)
        board, section = chance.choice(self.places[user])
        pin = chance.choice(self.pins[user])
        name, request = chance.choice(
            [
                ("create", lambda: user.post("/pins", pin_on(board, section))),
                ("save", lambda: user.post(f"/pins/{pin}/save", {"board_id": board, "board_section_id": section})),
                ("move", lambda: user.patch(f"/pins/{pin}", {"board_id": board, "board_section_id": section})),
                ("edit", lambda: user.patch(f"/pins/{pin}", {"title": f"Title {seed}"})),
                ("delete", lambda: user.delete(f"/pins/{pin}")),
            ]
        )
        reply = request()
        self.done[name, reply.status] += 1
        if reply.status == 201:
            self.pins[user].append(reply.json["id"])


def a_crowd() -> Crowd:
    users = [a_user() for _ in range(2)]
    places = {}
    for user in users:
        boards = [a_board(user) for _ in range(2)]
        places[user] = [(board, section) for board in boards for section in (None, a_section(user, board))]
    return Crowd(users, places, {user: [a_pin(user, *places[user][n % 4]) for n in range(20)] for user in users})


@pytest.mark.usefixtures("transactions")
def test_counts_are_exact_after_many_did_everything_at_once(stream: Stream, upkeep: Upkeep) -> None:
    crowd = a_crowd()
    with ThreadPoolExecutor(12) as threads:
        list(threads.map(crowd.act, range(400)))
    assert {status for _, status in crowd.done} <= {200, 201, 204, GONE, CONFLICT}
    for name, status in [("create", 201), ("save", 201), ("move", 200), ("edit", 200), ("delete", 204)]:
        assert crowd.done[name, status] > 10, crowd.done
    assert_exact(table_after(stream.records()))
    upkeep.run()
    assert_exact(table_after(stream.records()))
    assert not upkeep.given_up


@pytest.mark.usefixtures("transactions")
@pytest.mark.parametrize("order", range(3))
def test_pins_added_while_their_board_is_deleted_leave_nothing_behind(
    cloud: LocalCloud, stream: Stream, upkeep: Upkeep, order: int
) -> None:
    user, other = a_user(), a_user()
    doomed, safe = a_board(user), a_board(user)
    section = a_section(user, doomed)
    pins = [a_pin(user, doomed, place) for place in (section, None) for _ in range(10)]
    elsewhere = [a_pin(user, safe) for _ in range(10)]
    others_board = a_board(other)
    requests: list[Callable[[], Reply]] = [
        *[lambda: user.post("/pins", pin_on(doomed, section, media_source=an_upload())) for _ in range(10)],
        *[lambda pin=pin: user.patch(f"/pins/{pin}", {"board_id": doomed}) for pin in elsewhere],
        *[lambda pin=pin: user.patch(f"/pins/{pin}", {"board_id": safe}) for pin in pins[:5]],
        *[lambda pin=pin: user.delete(f"/pins/{pin}") for pin in pins[5:8]],
        *[lambda pin=pin: other.post(f"/pins/{pin}/save", {"board_id": others_board}) for pin in pins[8:12]],
        *[lambda: user.post(f"/boards/{doomed}/sections", {"name": "Late"}) for _ in range(5)],
        lambda: user.delete(f"/boards/{doomed}/sections/{section}"),
        lambda: user.delete(f"/boards/{doomed}"),
    ]
    random.Random(order).shuffle(requests)
    replies = at_once(requests)
    assert {status for status, _ in answers(replies)} <= {200, 201, 204, GONE, CONFLICT}
    assert user.get(f"/boards/{doomed}").status == GONE
    assert_exact(table_after(stream.records()))
    assert user.delete(f"/user_account/trash/boards/{doomed}").status == 204
    for kind in ("trash", "upload_unused"):
        upkeep.run()
        expire(cloud, stream.records(), kind)
    upkeep.run()
    left = table_after(stream.records())
    assert_exact(left)
    assert_clean(left)
    assert not mentions(left.values(), doomed)
    assert not upkeep.given_up


@pytest.mark.usefixtures("transactions")
@pytest.mark.parametrize("order", range(3))
def test_pins_added_while_their_section_is_deleted_stay_on_the_board(
    stream: Stream, upkeep: Upkeep, order: int
) -> None:
    user = a_user()
    board = a_board(user)
    section, other = a_section(user, board), a_section(user, board)
    pins = [a_pin(user, board, place) for place in (section, other) for _ in range(10)]
    requests: list[Callable[[], Reply]] = [
        *[lambda: user.post("/pins", pin_on(board, section)) for _ in range(10)],
        *[lambda pin=pin: user.patch(f"/pins/{pin}", {"board_section_id": section}) for pin in pins[10:15]],
        *[lambda pin=pin: user.patch(f"/pins/{pin}", {"board_section_id": other}) for pin in pins[:5]],
        lambda: user.delete(f"/boards/{board}/sections/{section}"),
    ]
    random.Random(order).shuffle(requests)
    replies = at_once(requests)
    assert {status for status, _ in answers(replies)} <= {200, 201, 204, GONE, CONFLICT}
    created = answers(replies)[CREATED]
    assert section not in {pin["board_section_id"] for page in user.pages(f"/boards/{board}/pins") for pin in page}
    upkeep.run()
    left = table_after(stream.records())
    assert_exact(left)
    assert_clean(left)
    assert user.get(f"/boards/{board}").json["pin_count"] == 20 + created
    assert not mentions((item for item in left.values() if item["kind"]["S"] == "pin"), section)
    assert not upkeep.given_up


FANS, PAIRS = 20, 1000
FOLLOWING = "/user_account/following"


@pytest.mark.usefixtures("transactions")
def test_a_thousand_parallel_follows_and_unfollows_end_in_exact_counts(stream: Stream, upkeep: Upkeep) -> None:
    star = a_user()
    fans = [a_user() for _ in range(FANS)]
    board = a_board(star)
    paths = [f"{FOLLOWING}/{star.username}", f"{FOLLOWING}/boards/{board}"]

    def follow_and_unfollow(number: int) -> list[Reply]:
        fan, path = fans[number % FANS], paths[number // FANS % 2]
        return [fan.post(path), fan.delete(path)]

    with ThreadPoolExecutor(10) as threads, ThreadPoolExecutor(1) as mapping:
        pairs = [threads.submit(follow_and_unfollow, number) for number in range(PAIRS)]
        while not all(pair.done() for pair in pairs):
            mapping.submit(upkeep.run).result()
            assert_exact(table_after(stream.records()))
    replies = [reply for pair in pairs for reply in pair.result()]
    assert answers(replies).keys() <= {CREATED, (204, None), (CONFLICT, 409)}
    assert answers(replies)[CREATED] > PAIRS / 2
    upkeep.run()
    assert followers_of(star, board) == (0, 0)
    for fan in fans[:7]:
        assert [fan.post(path).status for path in paths] == [201, 201]
    upkeep.run()
    assert followers_of(star, board) == (7, 7)
    assert [fan.get("/user_account").json["following_count"] for fan in fans] == [1] * 7 + [0] * 13
    left = table_after(stream.records())
    assert_exact(left)
    assert_clean(left)
    upkeep.rewind()
    upkeep.run()
    assert table_after(stream.records()) == left, "a record that came again was counted again"
    assert not upkeep.given_up


def followers_of(user: Client, board: str) -> tuple[int, int]:
    account, followed = user.get("/user_account").json, user.get(f"/boards/{board}").json
    return account["follower_count"], followed["follower_count"]


@pytest.mark.usefixtures("transactions")
def test_follows_blocks_and_approvals_at_the_same_moment_end_in_exact_counts(stream: Stream, upkeep: Upkeep) -> None:
    people = [a_user() for _ in range(4)]
    boards = [a_board(user) for user in people]
    make_private(people[0])

    def act(seed: int) -> Reply:
        chance = random.Random(seed)
        (user, _), (other, board) = chance.sample(list(zip(people, boards, strict=True)), 2)
        method = chance.choice(["POST", "POST", "DELETE"])
        path = chance.choice(
            [
                f"{FOLLOWING}/{other.username}",
                f"{FOLLOWING}/{other.username}",
                f"{FOLLOWING}/boards/{board}",
                f"/user_account/follow_requests/{other.username}",
                f"/user_account/blocks/{other.username}",
            ]
        )
        return user.request(method, path)

    with ThreadPoolExecutor(6) as threads, ThreadPoolExecutor(1) as mapping:
        acts = [threads.submit(act, seed) for seed in range(400)]
        while not all(each.done() for each in acts):
            mapping.submit(upkeep.run).result()
    assert answers(each.result() for each in acts).keys() <= {
        CREATED, (204, None), (GONE, 30), (GONE, 40), (CONFLICT, 409),
    }  # fmt: skip
    assert_exact(table_after(stream.records()))
    upkeep.run()
    left = table_after(stream.records())
    assert_exact(left)
    assert_clean(left)
    assert not upkeep.given_up
