"""Boards and topics with which others do much of late, through the API, after the stream's readers have done their
work.
"""

from collections.abc import Callable
from itertools import pairwise
from random import Random

import pytest

from presence.domain import clock, postings, trends
from presence.services import drift as checker
from presence.services.drift import Flaw
from presence.storage import index, keys
from presence.storage.table import Raw
from tests.functional.test_drift_checker import looked
from tests.support.api import Client, Reply
from tests.support.clock import Clock
from tests.support.content import a_board, a_pin, delete_for_good, refusal
from tests.support.drift import drift
from tests.support.memory import Memory, MemoryStream
from tests.support.people import a_user
from tests.support.social import block, follow_board, unblock, unfollow_board
from tests.support.together import a_member
from tests.support.wire import INVALID

BOARDS, TOPICS = "/discover/trending/boards", "/discover/trending/topics"


@pytest.fixture
def stream(time: Clock, memory: Memory) -> MemoryStream:
    return MemoryStream(memory, "upkeep", "indexer")


@pytest.fixture
def ann(memory: Memory) -> Client:
    return a_user()


@pytest.fixture
def bob(memory: Memory) -> Client:
    return a_user()


class Shown:
    """A public board with a pin that others may save."""

    def __init__(self, owner: Client, name: str, **fields: object) -> None:
        self.owner = owner
        self.id = a_board(owner, name=name, **fields)
        self.pin = a_pin(owner, self.id)

    def saved_by(self, user: Client, times: int = 1) -> list[str]:
        """The ids of the pins that were made of it."""
        own = a_board(user, privacy="SECRET")
        return [user.post(f"/pins/{self.pin}/save", {"board_id": own}).json["id"] for _ in range(times)]


def trending(viewer: Client, window: str = "week", topic: str = "", page_size: int = 25) -> list[str]:
    """The names of boards, on however many pages."""
    query = f"window={window}&page_size={page_size}" + (f"&topic={topic}" if topic else "")
    return [board["name"] for page in viewer.pages(f"{BOARDS}?{query}") for board in page]


def topics(viewer: Client, window: str = "week", page_size: int = 25) -> list[str]:
    return [topic["id"] for page in viewer.pages(f"{TOPICS}?window={window}&page_size={page_size}") for topic in page]


def test_boards_that_others_do_more_with_come_first(stream: MemoryStream, ann: Client, bob: Client) -> None:
    once, often, never = (Shown(ann, name) for name in ("Once", "Often", "Never"))
    once.saved_by(a_user())
    for _ in range(3):
        often.saved_by(a_user())
    stream.settle()

    assert trending(bob) == trending(ann) == ["Often", "Once"]
    [board] = [each for each in bob.get(BOARDS).json["items"] if each["id"] == once.id]
    assert (board["owner"]["username"], board["topics"]) == (ann.username, [])
    assert never.id not in {each["id"] for each in bob.get(BOARDS).json["items"]}


@pytest.mark.parametrize("window", ["day", "week", "month"])
def test_saves_follows_and_pins_of_others_count_alike(
    stream: MemoryStream, ann: Client, bob: Client, window: str
) -> None:
    names = ["Saved", "Followed", "Pinned", "Saved, followed"]
    saved, followed, pinned, both = (Shown(ann, name) for name in names)
    member = a_member(ann, pinned.id)
    saved.saved_by(bob)
    follow_board(bob, followed.id)
    a_pin(member, pinned.id)
    both.saved_by(bob)
    follow_board(bob, both.id)
    stream.settle()

    assert trending(bob, window) == ["Saved, followed", "Pinned", "Followed", "Saved"]


def test_what_the_owner_does_counts_nothing(stream: MemoryStream, ann: Client, bob: Client) -> None:
    board = Shown(ann, "Own")
    board.saved_by(ann, 5)
    a_pin(ann, board.id)
    stream.settle()

    assert trending(bob) == []


def test_of_what_one_does_several_times_a_day_one_counts(
    stream: MemoryStream, time: Clock, ann: Client, bob: Client
) -> None:
    pushed, liked = Shown(ann, "Pushed"), Shown(ann, "Liked")
    pushed.saved_by(bob, 20)
    for _ in range(2):
        liked.saved_by(a_user())
    stream.settle()
    assert trending(bob) == ["Liked", "Pushed"]

    for _ in range(3):
        time.go_on(clock.DAY)
        pushed.saved_by(bob)
    stream.settle()
    assert trending(bob) == ["Pushed", "Liked"]


def test_windows_forget_at_their_own_pace(stream: MemoryStream, time: Clock, ann: Client, bob: Client) -> None:
    old, new = Shown(ann, "Old"), Shown(ann, "New")
    for _ in range(8):
        old.saved_by(a_user())
    time.go_on(3 * clock.DAY)
    new.saved_by(bob)
    stream.settle()

    assert trending(bob, "day") == ["New"]
    assert trending(bob, "week") == ["Old", "New"]
    time.go_on(3 * clock.DAY)
    assert trending(bob, "day") == []
    assert trending(bob, "week") == ["Old", "New"]
    time.go_on(18 * clock.DAY)
    assert trending(bob, "week") == []
    assert trending(bob, "month") == ["Old", "New"]
    time.go_on(60 * clock.DAY)
    assert trending(bob, "month") == []


def test_lists_the_boards_of_a_topic_and_of_those_below_it(stream: MemoryStream, ann: Client, bob: Client) -> None:
    boards = [Shown(ann, name) for name in ("Labrador puppies", "My favourites", "Sourdough bread")]
    for board in boards:
        board.saved_by(bob)
    boards[0].saved_by(ann)
    boards[2].saved_by(a_user())
    stream.settle()

    assert trending(bob, topic="dogs") == trending(bob, topic="animals") == ["Labrador puppies"]
    assert trending(bob, topic="cats") == []
    assert trending(bob) == ["Sourdough bread", "My favourites", "Labrador puppies"]
    assert topics(bob) == ["bread", "food", "dogs", "animals"]
    assert topics(bob, page_size=3) == topics(bob)
    assert {"id": "dogs", "name": "Dogs", "parent": "animals"} in bob.get(TOPICS).json["items"]


def test_a_board_follows_the_topics_that_its_owner_gives_it(stream: MemoryStream, ann: Client, bob: Client) -> None:
    board = Shown(ann, "Labrador puppies")
    board.saved_by(bob)
    stream.settle()
    assert ann.patch(f"/boards/{board.id}", {"topics": ["cats"]}).status == 200

    assert trending(bob, topic="dogs") == ["Labrador puppies"]
    stream.settle()
    assert trending(bob, topic="dogs") == []
    assert trending(bob, topic="cats") == trending(bob, topic="animals") == ["Labrador puppies"]
    assert topics(bob) == ["cats", "animals"]


def turn_secret(owner: Client, board_id: str) -> Reply:
    return owner.patch(f"/boards/{board_id}", {"privacy": "SECRET"})


def archive(owner: Client, board_id: str) -> Reply:
    return owner.post(f"/boards/{board_id}/archive")


def delete(owner: Client, board_id: str) -> Reply:
    return owner.delete(f"/boards/{board_id}")


@pytest.mark.parametrize("hide", [turn_secret, archive, delete])
def test_a_board_that_is_hidden_is_gone_at_once_and_then_from_the_index(
    stream: MemoryStream, memory: Memory, ann: Client, bob: Client, hide: Callable[[Client, str], Reply]
) -> None:
    board = Shown(ann, "Labrador puppies")
    board.saved_by(bob)
    stream.settle()
    assert trending(bob) == trending(ann) == ["Labrador puppies"]
    assert hide(ann, board.id).status < 300

    assert trending(bob) == trending(ann) == trending(bob, topic="dogs") == []
    stream.settle()
    assert topics(bob) == []
    assert not [key for key in memory.discovery.items if key[1] == keys.TREND]


def test_an_owner_who_turns_private_takes_their_boards_along(
    stream: MemoryStream, memory: Memory, ann: Client, bob: Client
) -> None:
    Shown(ann, "Labrador puppies").saved_by(bob)
    stream.settle()
    ann.patch("/user_account", {"is_private": True})

    assert trending(bob) == []
    stream.settle()
    assert topics(bob) == []
    assert not [key for key in memory.discovery.items if key[1] == keys.TREND]
    ann.patch("/user_account", {"is_private": False})
    stream.settle()
    assert trending(bob) == ["Labrador puppies"]


def test_blocks_hide_boards_from_either_side(stream: MemoryStream, ann: Client, bob: Client) -> None:
    Shown(ann, "Ann's").saved_by(a_user())
    Shown(bob, "Bob's").saved_by(a_user())
    stream.settle()
    block(ann, bob)

    assert (trending(ann), trending(bob)) == (["Ann's"], ["Bob's"])
    unblock(ann, bob)
    assert trending(ann) == trending(bob) == ["Bob's", "Ann's"]


def test_acts_that_are_taken_back_count_no_more(stream: MemoryStream, memory: Memory, ann: Client, bob: Client) -> None:
    saved, followed, pinned = (Shown(ann, name) for name in ("Saved", "Followed", "Pinned"))
    [copy] = saved.saved_by(bob)
    follow_board(bob, followed.id)
    member = a_member(ann, pinned.id)
    pin = a_pin(member, pinned.id)
    stream.settle()
    assert len(trending(bob)) == 3

    bob.delete(f"/pins/{copy}")
    unfollow_board(bob, followed.id)
    delete_for_good(member, f"/pins/{pin}")
    stream.settle()
    assert trending(bob) == []
    assert not [key for key in memory.discovery.items if key[1] == keys.TREND]

    bob.post(f"/pins/{copy}/restore")
    stream.settle()
    assert trending(bob) == ["Saved"]


def test_a_follow_that_begins_anew_is_an_act_of_that_day(
    stream: MemoryStream, time: Clock, ann: Client, bob: Client
) -> None:
    """The board's followers are as many as before."""
    board = Shown(ann, "Followed")
    follow_board(bob, board.id)
    stream.settle()
    time.go_on(5 * clock.DAY)
    assert trending(bob, "day") == []
    unfollow_board(bob, board.id)
    follow_board(bob, board.id)
    stream.settle()

    assert trending(bob, "day") == ["Followed"]


def test_a_board_without_pins_is_not_there(stream: MemoryStream, ann: Client, bob: Client) -> None:
    board = Shown(ann, "Soon empty")
    board.saved_by(bob)
    stream.settle()
    ann.delete(f"/pins/{board.pin}")
    stream.settle()

    assert trending(bob) == []
    a_pin(ann, board.id)
    stream.settle()
    assert trending(bob) == ["Soon empty"]


def test_pages_go_on_where_the_last_one_ended_although_others_rise(
    stream: MemoryStream, ann: Client, bob: Client
) -> None:
    boards = [Shown(ann, f"Board {number}") for number in range(7)]
    for number, board in enumerate(boards):
        for _ in range(number + 1):
            board.saved_by(a_user())
    stream.settle()
    assert trending(bob, page_size=3) == trending(bob) == [f"Board {number}" for number in reversed(range(7))]

    first = bob.get(f"{BOARDS}?page_size=3").json
    for _ in range(9):
        boards[0].saved_by(a_user())
    stream.settle()
    rest = bob.get(f"{BOARDS}?page_size=3&bookmark={first['bookmark']}").json
    assert [each["name"] for each in rest["items"]] == ["Board 3", "Board 2", "Board 1"]
    assert rest["bookmark"] is None


@pytest.mark.parametrize(
    "path",
    [
        f"{BOARDS}?window=year",
        f"{BOARDS}?window=",
        f"{BOARDS}?topic=no-such-topic",
        f"{BOARDS}?topic=%23dogs",
        f"{TOPICS}?window=hour",
    ],
)
def test_unknown_windows_and_topics_are_refused(memory: Memory, path: str) -> None:
    assert refusal(a_user().get(path)) == INVALID


def test_a_bookmark_is_for_the_window_and_the_topic_that_it_was_given_for(
    stream: MemoryStream, ann: Client, bob: Client
) -> None:
    for name in ("Labrador puppies", "More puppies"):
        Shown(ann, name).saved_by(bob)
    stream.settle()
    bookmark = bob.get(f"{BOARDS}?page_size=1&window=day").json["bookmark"]

    assert bob.get(f"{BOARDS}?page_size=1&window=day&bookmark={bookmark}").status == 200
    for other in ("window=week", "window=day&topic=dogs"):
        assert refusal(bob.get(f"{BOARDS}?page_size=1&{other}&bookmark={bookmark}")) == INVALID


def test_a_save_changes_the_card_of_the_board_and_the_items_and_no_list(
    stream: MemoryStream, memory: Memory, ann: Client, bob: Client
) -> None:
    board = Shown(ann, "Labrador puppies")
    stream.settle()
    before = dict(memory.discovery.items)
    board.saved_by(bob)
    stream.settle()

    changed = {key for key, item in memory.discovery.items.items() if before.get(key) != item}
    of_items = {keys.trends(topic_id) for topic_id in ("", "dogs", "animals")}
    assert changed == {keys.card("boards", postings.number(board.id)), *of_items}


def test_what_the_owner_pins_changes_no_item(stream: MemoryStream, memory: Memory, ann: Client, bob: Client) -> None:
    board = Shown(ann, "Labrador puppies")
    board.saved_by(bob)
    stream.settle()
    before = dict(memory.discovery.items)
    a_pin(ann, board.id, title="Another puppy")
    stream.settle()

    assert not [key for key, item in memory.discovery.items.items() if "TREND" in key and before.get(key) != item]


def test_any_order_and_replay_of_records_gives_the_same_as_counting_all_acts(
    stream: MemoryStream, memory: Memory, time: Clock
) -> None:
    """What people do at random is told late, twice and shuffled. Then each board's acts are counted one by one."""
    chance = Random(11)
    people = [a_user() for _ in range(6)]
    names = ["Labrador puppies", "Sourdough bread", "My favourites", "Kittens", "Winter coats"]
    boards = [Shown(people[number % 3], name) for number, name in enumerate(names)]
    saves: dict[str, tuple[Client, str]] = {}
    waiting: list[Raw] = []
    for _ in range(150):
        time.go_on(chance.expovariate(1 / clock.HOUR))
        board, user = chance.choice(boards), chance.choice(people)
        match chance.randrange(6):
            case 0 | 1 | 2:
                saves.update(dict.fromkeys(board.saved_by(user), (user, board.id)))
            case 3 if user is not board.owner:
                user.post(f"/user_account/following/boards/{board.id}")
            case 4:
                user.delete(f"/user_account/following/boards/{board.id}")
            case 5 if saves:
                pin_id = chance.choice(list(saves))
                saves.pop(pin_id)[0].delete(f"/pins/{pin_id}")
        waiting += stream.records()
        if chance.random() < 0.2:
            told = [*waiting, *chance.sample(waiting, len(waiting) // 2)]
            chance.shuffle(told)
            assert stream.deliver(told) == []
            waiting = chance.sample(waiting, len(waiting) // 4)
    stream.deliver(waiting)
    stream.settle()

    assert drift(memory.main.items, memory.discovery.items) == []
    for window, seconds in trends.WINDOWS.items():
        by_hand = interests(memory, time.now, seconds / 4)
        listed = trending(people[0], window)
        assert set(listed) == {name for name, interest in by_hand.items() if interest > 1 / 16}
        for better, worse in pairwise(listed):
            assert by_hand[better] > by_hand[worse] * 0.95


def interests(memory: Memory, now: float, half_life: float) -> dict[str, float]:
    """By name, what the acts of others on each board come to, each counted by its age."""
    items = list(memory.main.items.values())
    owners = {item["id"]["S"]: item["owner_id"]["S"] for item in items if item["kind"]["S"] == "board"}
    names = {item["id"]["S"]: item["name"]["S"] for item in items if item["kind"]["S"] == "board"}
    last: dict[tuple[str, str, str, int], float] = {}
    for item in items:
        if item["kind"]["S"] == "pin" and "source_pk" in item and "trashed_at" not in item:
            board_id, user_id, made = item["source_pk"]["S"].split("#")[1], item["owner_id"]["S"], item["id"]["S"]
        elif item["kind"]["S"] == "board_follow" and item.get("follows", {}).get("BOOL", True):
            board_id, user_id, made = item["board_id"]["S"], item["user_id"]["S"], item["since"]["S"]
        else:
            continue
        age = (int(made) >> 22) / 1000 + 1_514_764_800
        key = item["kind"]["S"], board_id, user_id, int(age // 86_400)
        if owners[board_id] != user_id:
            last[key] = max(age, last.get(key, 0))
    found = dict.fromkeys(names.values(), 0.0)
    for (_, board_id, _, _), made_at in last.items():
        found[names[board_id]] += 0.5 ** ((now - made_at) / half_life)
    return found


def set_best(topic_id: str, told: dict[str, trends.Trend]) -> None:
    key = keys.trends(topic_id)
    raw = index.read([key], consistent=True).get(key)
    best = index.best(raw)
    best.put(told)
    index.write_each([index.Group([index.best_write(topic_id, best, index.revision(raw))])])


@pytest.mark.parametrize("harm", ["lacks", "says otherwise", "has one that is not public", "has one of another topic"])
def test_the_drift_checker_finds_and_mends_what_an_item_says_wrongly(
    stream: MemoryStream, memory: Memory, ann: Client, bob: Client, harm: str
) -> None:
    shown, secret = Shown(ann, "Labrador puppies"), Shown(ann, "Secret", privacy="SECRET")
    shown.saved_by(bob)
    stream.settle()
    assert looked() == []
    match harm:
        case "lacks":
            set_best("dogs", {shown.id: ()})
        case "says otherwise":
            set_best("", {shown.id: (1, 2, 3)})
        case "has one that is not public":
            set_best("", {secret.id: (1, 2, 3)})
        case _:
            set_best("cats", {shown.id: (1, 2, 3)})

    found = looked()
    assert {each.flaw for each in found} == {Flaw.TREND_WRONG}
    assert checker.again(found) == found
    checker.mend(found)
    assert looked() == []
    assert checker.again(found) == []
    assert drift(memory.main.items, memory.discovery.items) == []


def test_what_had_no_room_comes_back_when_others_are_gone_and_the_drift_checker_was_there(
    stream: MemoryStream, memory: Memory, monkeypatch: pytest.MonkeyPatch, ann: Client, bob: Client
) -> None:
    monkeypatch.setattr(trends, "MOST", 2)
    boards = [Shown(ann, f"Board {number}") for number in range(3)]
    for number, board in enumerate(boards):
        for _ in range(3 - number):
            board.saved_by(a_user())
    stream.settle()
    assert trending(bob) == ["Board 0", "Board 1"]
    for board in boards[:2]:
        delete(ann, board.id)
    stream.settle()
    assert trending(bob) == []

    assert {each.flaw for each in looked()} == {Flaw.TREND_LACKING}
    checker.mend(looked())
    assert {each.flaw for each in looked()} == {Flaw.TREND_WRONG}
    checker.mend(looked())
    assert looked() == []
    assert trending(bob) == ["Board 2"]
