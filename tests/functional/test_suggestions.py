"""Suggestions as somebody types, after the stream's readers have done their work."""

import random
from typing import Any
from urllib.parse import urlencode

import pytest

from presence.projections import documents
from presence.services import indexing, suggesting
from presence.storage import index, table, ties
from tests.support.api import Client, Context
from tests.support.content import a_board, refusal
from tests.support.people import a_user
from tests.support.social import block, follow, unblock
from tests.support.stored import Stream, add_collaborator, dynamodb_requests, everything
from tests.support.wire import INVALID


def suggested(viewer: Client, q: str) -> list[dict[str, Any]]:
    """Boards' names and people; topics are always the same."""
    return [each for each in all_suggested(viewer, q) if each["type"] != "topic"]


def all_suggested(viewer: Client, q: str) -> list[dict[str, Any]]:
    reply = viewer.get(f"/discover/suggest?{urlencode({'q': q})}")
    assert reply.status == 200, reply.text
    items: list[dict[str, Any]] = reply.json["items"]
    return items


def texts(viewer: Client, q: str) -> list[str]:
    return [each["text"] for each in suggested(viewer, q)]


def bear(name: str, *owners: Client) -> list[str]:
    return [a_board(owner, name=name) for owner in owners]


def index_items() -> dict[str, Any]:
    """What the discovery table says of suggestions."""
    items = table.client().scan(TableName=index.name())["Items"]
    return {item["pk"]["S"]: item["names"] for item in items if item["pk"]["S"].startswith("SUGGEST#")}


def test_a_name_that_two_people_gave_is_suggested_as_one_types(indexed: Stream) -> None:
    ann, bob = a_user(), a_user()
    bear("Crème  Brûlée", ann, bob)
    indexed.settle()

    for typed in ("c", "cr", "cre", "CREM", "crème b", "creme brulee", "bru"):
        assert suggested(bob, typed) == [{"type": "board", "text": "crème brûlée"}], typed
    assert suggested(bob, "creme x") == suggested(bob, "reme") == []


def test_a_name_that_one_person_gave_is_never_suggested(indexed: Stream) -> None:
    ann, bob = a_user(), a_user()
    bear("Surprise for Bob", ann)
    indexed.settle()

    assert suggested(bob, "surprise") == []
    assert "surprise" not in str(index_items())


@pytest.mark.parametrize(
    "change",
    [{"privacy": "SECRET"}, {"name": "Another"}, {"archive": True}, {"delete": True}, {"private": True}],
    ids=lambda change: next(iter(change)),
)
def test_a_name_is_gone_when_only_one_persons_board_bears_it(indexed: Stream, change: dict[str, Any]) -> None:
    ann, bob = a_user(), a_user()
    first, _ = bear("Wedding cakes", ann, bob)
    indexed.settle()
    assert texts(bob, "wed") == ["wedding cakes"]

    if "archive" in change:
        assert ann.post(f"/boards/{first}/archive").status == 201
    elif "delete" in change:
        assert ann.delete(f"/boards/{first}").status == 204
    elif "private" in change:
        assert ann.patch("/user_account", {"is_private": True}).status == 200
    else:
        assert ann.patch(f"/boards/{first}", change).status == 200
    indexed.settle()

    assert texts(bob, "wed") == []


def test_two_boards_of_one_person_that_swap_names_leave_no_trace(indexed: Stream) -> None:
    ann, bob = a_user(), a_user()
    first, second = bear("Wedding cakes", ann), bear("Garden", ann)
    bear("Wedding cakes", bob)
    indexed.settle()
    for board_id, name in ((*first, "Sheds"), (*second, "Wedding cakes")):
        ann.patch(f"/boards/{board_id}", {"name": name})
    indexed.deliver(indexed.records()[::-1])
    indexed.settle()

    assert texts(bob, "wed") == ["wedding cakes"]


def test_a_name_is_gone_when_its_boards_come_to_one_owner_as_far_as_lists_tell(
    indexed: Stream, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann, bob, eve = a_user(), a_user(), a_user()
    monkeypatch.setattr(documents, "digest", lambda user_id, _: int(user_id == ann.user_id))
    first, _ = bear("Wedding cakes", ann, bob)
    indexed.settle()
    assert texts(bob, "wed") == ["wedding cakes"]

    add_collaborator(first, eve)
    assert ann.post(f"/boards/{first}/transfer", {"username": eve.username}).status == 201
    indexed.settle()

    assert texts(bob, "wed") == []
    assert "wedding cakes" not in str(index_items())


def test_people_are_suggested_by_both_their_names(indexed: Stream) -> None:
    ann = a_user("dora_maar")
    ann.patch("/user_account", {"display_name": "Theodora Márković"})
    indexed.settle()

    for typed in ("dora", "maar", "theo", "mark", "Theodora mark"):
        assert suggested(ann, typed) == [{"type": "user", "text": "Theodora Márković", "username": "dora_maar"}], typed


def test_a_renamed_person_is_not_suggested_by_a_former_name(indexed: Stream) -> None:
    ann, bob = a_user("dora_maar"), a_user()
    indexed.settle()
    assert ann.patch("/user_account", {"username": "henriette"}).status == 200
    indexed.settle()

    assert texts(bob, "dora") == []
    assert texts(bob, "henr") == ["henriette"]


def test_who_does_not_want_to_be_found_or_is_gone_is_not_suggested(indexed: Stream) -> None:
    ann, eve, bob = a_user("dora_maar"), a_user("doraline"), a_user()
    indexed.settle()
    assert texts(bob, "dora") == ["doraline", "dora_maar"]

    ann.patch("/user_account", {"hidden_from_search": True})
    eve.delete("/user_account")
    indexed.settle()

    assert texts(bob, "dora") == []
    assert not [key for key in index_items() if key.startswith("SUGGEST#do")]


def test_a_block_hides_both_from_each_other_at_once(indexed: Stream) -> None:
    ann, bob, eve = a_user("dora_maar"), a_user("dorothea"), a_user("doreen")
    indexed.settle()
    block(ann, bob)

    assert texts(bob, "dor") == ["doreen", "dorothea"]
    assert texts(ann, "dor") == ["doreen", "dora_maar"]
    assert texts(eve, "dor") == ["doreen", "dorothea", "dora_maar"]

    block(bob, ann)
    unblock(ann, bob)
    assert "dora_maar" not in texts(bob, "dor")
    unblock(bob, ann)
    assert "dora_maar" in texts(bob, "dor")
    assert "dorothea" in texts(ann, "dor")


def test_where_too_many_are_hidden_to_be_told_nobody_is_suggested(
    indexed: Stream, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ties, "MAX_HIDDEN", 2)
    ann, others = a_user("dora_maar"), [a_user(f"dorothea_{number}") for number in range(4)]
    indexed.settle()
    for each in others[:3]:
        block(each, ann)

    assert texts(ann, "dor") == []
    assert len(texts(others[3], "dor")) == 5


def test_what_is_suggested_takes_one_request(indexed: Stream) -> None:
    ann, bob = a_user(), a_user()
    bear("Wedding cakes", ann, bob)
    block(ann, bob)
    indexed.settle()
    with dynamodb_requests() as asked:
        assert texts(ann, "wedding ca") == ["wedding cakes"]

    assert asked == ["BatchGetItem"]


def test_what_is_called_just_so_comes_first_then_what_begins_so_then_what_weighs_most(indexed: Stream) -> None:
    people = [a_user() for _ in range(4)]
    for name, owners in (("Old oak", 4), ("Oak", 2), ("Oak tables", 2), ("Oak and ash", 4)):
        bear(name, *people[:owners])
    indexed.settle()

    assert texts(people[0], "oak") == ["oak", "oak and ash", "oak tables", "old oak"]


def test_at_most_10_are_suggested_the_best_liked_people_first(indexed: Stream) -> None:
    people = [a_user(f"dora_{number:02}") for number in range(14)]
    for follower in people[:3]:
        follow(follower, people[13])
    indexed.settle()

    found = texts(people[0], "dora")
    assert len(found) == 10
    assert found[0] == "dora_13"


def test_topics_are_suggested_beside_the_rest() -> None:
    assert {"type": "topic", "text": "Kitchens", "topic_id": "kitchens"} in all_suggested(a_user(), "kitch")


def a_viewer() -> Any:
    from presence.domain.entities import Viewer

    user = a_user()
    return Viewer(user.user_id, user.username, frozenset())


def test_replays_in_any_order_end_in_the_same(indexed: Stream) -> None:
    import indexer.handler

    ann, bob = a_user("dora_maar"), a_user("dorothea")
    boards = bear("Wedding cakes", ann, bob) + bear("Garden sheds", ann, bob)
    told = indexed.records()
    ann.patch("/user_account", {"username": "henriette"})
    bob.patch(f"/boards/{boards[1]}", {"name": "Garden parties"})
    ann.patch(f"/boards/{boards[0]}", {"privacy": "SECRET"})
    told += indexed.records()
    indexed.deliver(told)
    once = index_items()
    assert {key for key in once if "sheds" in key or "garden" in key}

    for seed in range(5):
        random.Random(seed).shuffle(told)
        for start in range(0, len(told), 3):
            indexer.handler.handler({"Records": told[start : start + 3]}, Context())
        assert index_items() == once


def test_what_changes_between_the_list_and_the_items_is_seen(indexed: Stream, monkeypatch: pytest.MonkeyPatch) -> None:
    ann, bob = a_user(), a_user()
    first, _ = bear("Wedding cakes", ann, bob)
    write, others = suggesting._write, []

    def overtaken(kind: str, told: Any) -> bool:
        if any("wedding" in word for word in told) and not others:
            others.append(first)
            assert ann.patch(f"/boards/{first}", {"privacy": "SECRET"}).status == 200
            indexing.refresh({indexing.Subject("boards", first): ()})
        return write(kind, told)

    monkeypatch.setattr(suggesting, "_write", overtaken)
    indexed.settle()

    assert others
    assert texts(bob, "wed") == []


def test_who_is_stopped_between_the_list_and_the_items_goes_on(
    indexed: Stream, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann, bob = a_user(), a_user()
    first, _ = bear("Wedding cakes", ann, bob)
    indexed.settle()
    ann.patch(f"/boards/{first}", {"name": "Another"})
    told = indexed.records()
    with monkeypatch.context() as broken:
        broken.setattr(suggesting, "_write", lambda *_: 1 / 0)
        assert indexed.deliver(told) != []
    assert texts(bob, "wed") == ["wedding cakes"]

    assert indexed.deliver(told) == []
    assert texts(bob, "wed") == []


def test_nothing_of_a_deleted_accounts_blocks_is_left(indexed: Stream) -> None:
    ann, bob = a_user(), a_user()
    block(ann, bob)
    ann.delete("/user_account")
    indexed.settle()

    left = [key for key in everything() if key[0] == f"USER#{ann.user_id}"]
    assert left == []
    assert ann.user_id not in str(everything()[f"USER#{bob.user_id}", "HIDDEN"])


@pytest.mark.parametrize("q", ["", "x" * 501, "x" * 10_000])
def test_what_was_typed_must_have_1_to_500_characters(q: str) -> None:
    assert refusal(a_user().get(f"/discover/suggest?q={q}")) == INVALID


@pytest.mark.parametrize("q", ["🌮", "'; DROP TABLE boards; --", "!!!", " ", "\u202eabc", '{"$ne": 1}', "\ud800"])
def test_odd_input_suggests_nothing(indexed: Stream, q: str) -> None:
    ann, bob = a_user(), a_user()
    bear("Wedding cakes", ann, bob)
    indexed.settle()

    quoted = "".join(f"%{byte:02x}" for byte in q.encode("utf-8", "surrogatepass"))
    reply = ann.get(f"/discover/suggest?q={quoted}")
    assert (reply.status, reply.json) == (200, {"items": [], "bookmark": None})
