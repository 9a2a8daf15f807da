"""Browsing by topic, and what an owner says of their board's topics."""

import pytest

from tests.functional.test_search import find, names
from tests.support.api import Client
from tests.support.content import a_board, a_pin, refusal
from tests.support.people import a_user
from tests.support.stored import Stream, dynamodb_requests
from tests.support.wire import INVALID, Refusal

TOPIC_NOT_FOUND = Refusal(404, 404)


def about(viewer: Client, topic_id: str) -> list[str]:
    return [board["name"] for page in viewer.pages(f"/discover/topics/{topic_id}/boards") for board in page]


def test_lists_the_tree_without_asking_the_database() -> None:
    ann = a_user()
    with dynamodb_requests() as asked:
        items = ann.get("/discover/topics").json["items"]

    assert asked == []
    seen: set[str | None] = {None}
    for item in items:
        assert item["parent"] in seen
        seen.add(item["id"])
    assert {"id": "baking", "name": "Baking", "parent": "food"} in items


def test_boards_are_found_under_their_topic_and_the_one_above(indexed: Stream) -> None:
    ann, bob = a_user(), a_user()
    a_board(ann, name="Labrador puppies")
    a_board(ann, name="My favourites")
    indexed.settle()

    assert about(bob, "dogs") == ["Labrador puppies"]
    assert about(bob, "animals") == ["Labrador puppies"]
    assert about(bob, "cats") == []
    [[board]] = bob.pages("/discover/topics/dogs/boards")
    assert board["topics"] == ["dogs"]


def test_the_best_boards_of_a_topic_come_first(indexed: Stream) -> None:
    ann, bob = a_user(), a_user()
    full = a_board(ann, name="Puppies")
    for _ in range(4):
        a_pin(ann, full)
    a_board(ann, name="More puppies")
    indexed.settle()

    assert about(bob, "dogs") == ["Puppies", "More puppies"]


def test_a_board_of_a_topic_that_turns_secret_is_gone_before_the_index_hears_of_it(indexed: Stream) -> None:
    ann, bob = a_user(), a_user()
    board_id = a_board(ann, name="Puppies")
    indexed.settle()
    ann.patch(f"/boards/{board_id}", {"privacy": "SECRET"})

    assert about(bob, "dogs") == []
    indexed.settle()
    assert about(bob, "dogs") == []


def test_an_owner_corrects_the_topics_and_takes_that_back(indexed: Stream) -> None:
    ann = a_user()
    board_id = a_board(ann, name="Puppies")
    path = f"/boards/{board_id}"
    assert "topics" not in ann.get(path).json

    assert ann.patch(path, {"topics": ["yoga", "moods"]}).json["topics"] == ["yoga", "moods"]
    indexed.settle()
    assert (about(ann, "dogs"), about(ann, "yoga"), about(ann, "fitness")) == ([], ["Puppies"], ["Puppies"])
    assert ann.patch(path, {"description": "Any"}).json["topics"] == ["yoga", "moods"]

    assert ann.patch(path, {"topics": []}).json["topics"] == []
    indexed.settle()
    assert about(ann, "dogs") == about(ann, "yoga") == []

    assert "topics" not in ann.patch(path, {"topics": None}).json
    indexed.settle()
    assert (about(ann, "dogs"), about(ann, "yoga")) == (["Puppies"], [])


def test_a_board_is_made_with_topics() -> None:
    ann = a_user()
    made = ann.post("/boards", {"name": "Any", "topics": ["yoga"]}).json

    assert made["topics"] == ["yoga"]
    assert ann.get(f"/boards/{made['id']}").json["topics"] == ["yoga"]
    assert "topics" not in ann.post("/boards", {"name": "Other", "topics": None}).json


@pytest.mark.parametrize(
    ("topics", "rule"),
    [
        (["yoga", "no-such"], "'no-such'"),
        (["x" * 10_000], "topics"),
        (["yoga", "yoga"], "once"),
        (["yoga", "dogs", "cats", "food"], "at most 3"),
        ("yoga", "array"),
        ([1], "string"),
    ],
)
def test_topics_that_are_none_are_refused(topics: object, rule: str) -> None:
    ann = a_user()
    board_id = a_board(ann)
    for reply in (
        ann.patch(f"/boards/{board_id}", {"topics": topics}),
        ann.post("/boards", {"name": "Any", "topics": topics}),
    ):
        assert refusal(reply) == INVALID
        assert rule in reply.json["message"]
        assert len(reply.json["message"]) < 300


@pytest.mark.parametrize("topic_id", ["nothing-at-all", "1"])
def test_an_unknown_topic_is_not_found(topic_id: str) -> None:
    assert refusal(a_user().get(f"/discover/topics/{topic_id}/boards")) == TOPIC_NOT_FOUND


def test_search_leaves_the_boards_of_a_topic(indexed: Stream) -> None:
    ann = a_user()
    for name in ("Wedding cakes", "Wedding dresses", "Wedding dogs"):
        a_board(ann, name=name)
    indexed.settle()

    assert names(find(ann, "wedding", topic="dogs")) == ["Wedding dogs"]
    assert names(find(ann, "wedding", topic="animals")) == ["Wedding dogs"]
    assert names(find(ann, "wedding", topic="vehicles")) == []
    assert refusal(find(ann, "wedding", topic="no-such")) == INVALID
    assert refusal(find(ann, "wedding", topic="dogs", type="pins")) == INVALID
