"""``make drift`` and ``make reindex``, on DynamoDB in memory, whose stream feeds the real functions."""

import logging
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest

from presence.domain.errors import Conflict, Throttled
from presence.domain.postings import number
from presence.projections.documents import PINS
from presence.services import drift, rebuilding
from presence.storage import index, keys, rebuilds
from presence.storage.rebuilds import Phase
from tests.support.api import Client
from tests.support.content import a_board, a_pin
from tests.support.crowd import Crowd
from tests.support.deployment import Deployment
from tests.support.drift import what_is_said
from tests.support.event_source import Mishaps
from tests.support.people import a_user
from tests.support.social import block, unblock
from tests.support.stored import set_attribute
from tests.support.turns import Run
from tools import reindex


@pytest.fixture(autouse=True)
def unsaid(caplog: pytest.LogCaptureFixture) -> None:
    """A fault is logged with its trace, which takes longer than what it came from."""
    caplog.set_level(logging.CRITICAL)


@pytest.fixture
def ann(deployed: Deployment) -> Client:
    """Whose public board has a pin, which a follower is to find."""
    ann = a_user()
    a_pin(ann, a_board(ann, name="Wedding cakes"), title="Chocolate cake")
    deployed.source.drain()
    return ann


def renewed(deployed: Deployment) -> list[str]:
    """What is told until it is done."""
    said: list[str] = []
    assert reindex.renew(said.append, wait=lambda: deployed.source.drain(seconds=3))
    return said


def differences() -> int:
    return reindex.check(lambda _: None)


def test_lost_indexes_are_told_and_made_anew(deployed: Deployment, ann: Client) -> None:
    ben = a_user()
    ben.post(f"/user_account/following/{ann.username}")
    deployed.source.drain()
    deployed.memory.discovery.forget()
    said: list[str] = []

    assert reindex.check(said.append) > 0
    assert any("card missing (boards)" in line for line in said)
    said = renewed(deployed)

    assert said[-1].count("done") == rebuilds.SEGMENTS
    assert differences() == 0
    assert deployed.drift() == []
    assert len(ben.get("/discover/search?q=wedding").json["items"]) == 1
    assert len(ben.get("/discover/feed").json["items"]) == 1


@pytest.mark.parametrize("seed", range(3))
def test_differences_are_told_and_repaired(deployed: Deployment, seed: int) -> None:
    chance = Random(seed)
    crowd = Crowd(chance)
    for _ in range(60):
        crowd.act()
    deployed.source.drain()
    discovery = deployed.memory.discovery
    for key in sorted(discovery.items):
        if chance.random() < 0.3:
            discovery.write(key, None)
    said: list[str] = []
    assert differences() > 0

    assert reindex.repair(said.append) == 0

    assert "Repairing them" in said
    assert differences() == 0
    assert deployed.drift() == []


def test_what_is_repaired_while_others_change_the_same_is_looked_at_again(
    deployed: Deployment, ann: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    deployed.memory.discovery.forget()
    mend, conflicts = drift.mend, iter([True])

    def contended(differences: Any) -> None:
        if next(conflicts, False):
            raise Conflict("any reason")
        mend(differences)

    monkeypatch.setattr(drift, "mend", contended)

    assert reindex.repair(lambda _: None) == 0
    assert deployed.drift() == []


def test_what_ought_not_to_be_there_is_taken_out(deployed: Deployment, ann: Client) -> None:
    [board] = ann.get("/boards").json["items"]
    deployed.memory.written.clear()
    assert ann.patch(f"/boards/{board['id']}", {"privacy": "SECRET"}).status == 200
    deployed.memory.written.clear()  # the stream tells nothing of it

    assert differences() > 0
    renewed(deployed)
    assert differences() == 0


def test_blocks_of_a_time_when_nobody_noted_whom_they_hide_are_noted(deployed: Deployment, ann: Client) -> None:
    ben, cat = a_user(), a_user()
    block(ann, ben)
    block(cat, ann)
    deployed.source.drain()
    table = deployed.memory.main
    hidden = {keys.hidden_people(each.user_id) for each in (ann, ben, cat)}
    before = {key: table.items[key] for key in hidden}
    for key in hidden:
        table.write(key, None)

    renewed(deployed)

    assert {key: table.items.get(key) for key in hidden} == before
    assert ann.get(f"/discover/suggest?q={ben.username}").json["items"] == []


def test_whom_no_block_hides_any_more_is_not_noted(deployed: Deployment, ann: Client) -> None:
    ben = a_user()
    block(ann, ben)
    unblock(ann, ben)

    renewed(deployed)

    assert [each["username"] for each in ann.get(f"/discover/suggest?q={ben.username}").json["items"]] == [ben.username]


def test_lists_that_were_lost_are_made_anew_though_their_cards_are_there(deployed: Deployment, ann: Client) -> None:
    deployed.memory.discovery.write(keys.block("boards", "cake", 0), None)
    deployed.memory.discovery.write(keys.block("pins", "chocol", 0), None)
    assert differences() > 0

    renewed(deployed)
    assert differences() == 0


def test_whatever_was_lost_of_the_indexes_is_made_anew(deployed: Deployment, ann: Client) -> None:
    [board] = ann.get("/boards").json["items"]
    for _ in range(2):  # two who give a board the same name have it suggested
        ben = a_user()
        ben.post(f"/user_account/following/boards/{board['id']}")
        a_pin(ben, a_board(ben, name="Wedding cakes"), title="Another cake")
    deployed.source.drain()
    discovery = deployed.memory.discovery
    before = what_is_said(discovery.items)
    indexes = {keys.WORD, keys.CARD, keys.CENSUS, keys.SUGGEST, keys.TREND, "TIMELINE"}
    assert {pk.partition("#")[0] for pk, _ in before} >= indexes
    chance = Random(4)

    for _ in range(10):
        for key in chance.sample(sorted(before), len(before) // 3):
            discovery.write(key, None)
        renewed(deployed)
        assert what_is_said(discovery.items) == before
        assert deployed.drift() == []


def test_an_order_that_comes_late_clears_nothing_any_more(deployed: Deployment, ann: Client) -> None:
    rebuilding.begin()
    late = rebuilds.read()
    renewed(deployed)
    key = keys.block("boards", "cake", 0)
    stored = index.stored_list("boards", "cake", {key: deployed.memory.discovery.items[key]})
    stored.whole.put(next(iter(stored.whole.blocks[0])), None)
    stored.whole.floor = -200_000, 0
    index.write_each([index.list_writes("boards", stored, {0})])
    before = dict(deployed.memory.discovery.items)

    for order in late:
        rebuilding.work(order, 2.0)

    assert deployed.memory.discovery.items == before


def test_a_list_that_dropped_postings_is_filled_again(deployed: Deployment, ann: Client) -> None:
    key = keys.block("boards", "cake", 0)
    stored = index.stored_list("boards", "cake", {key: deployed.memory.discovery.items[key]})
    stored.whole.put(next(iter(stored.whole.blocks[0])), None)
    stored.whole.floor = -200_000, 0
    index.write_each([index.list_writes("boards", stored, {0})])

    renewed(deployed)
    assert differences() == 0


def test_it_goes_on_page_by_page_while_others_change_things_and_functions_crash(deployed: Deployment) -> None:
    chance = Random(7)
    crowd = Crowd(chance)
    for _ in range(60):
        crowd.act()
    deployed.source.drain()
    deployed.memory.discovery.forget()
    deployed.source.mishaps = Mishaps(request=0.01, crash=0.5, duplicate=0.2, twin=0.2)

    with pytest.MonkeyPatch.context() as small:
        small.setattr(drift, "RENEWED_AT_ONCE", 3)
        small.setattr(rebuilding, "TURN_SECONDS", 0.01)

        def meanwhile() -> None:
            crowd.act()
            deployed.source.drain(seconds=3)

        assert reindex.renew(lambda _: None, wait=meanwhile)
    deployed.source.drain()

    assert deployed.source.happened["crash"] > 3
    assert deployed.drift() == []


def turns() -> int:
    return sum(order.turn for order in rebuilds.read())


def test_a_turn_ends_when_its_time_is_up(deployed: Deployment, ann: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drift, "RENEWED_AT_ONCE", 1)
    renewed(deployed)
    few = turns()
    monkeypatch.setattr(rebuilding, "TURN_SECONDS", 0.01)
    renewed(deployed)
    assert turns() > few


def test_segments_that_there_is_no_time_for_come_again(deployed: Deployment, ann: Client) -> None:
    rebuilding.begin()
    for seconds in (0, -1):
        rebuilding.work(rebuilds.read()[0], seconds)
    first, *_ = rebuilds.read()
    assert (first.turn, first.examined, first.phase) == (2, 0, Phase.CLEARING)


def test_nothing_is_renewed_before_all_is_cleared(deployed: Deployment, ann: Client) -> None:
    rebuilding.begin()
    first, *others = rebuilds.read()
    for order in others:
        rebuilds.go_on(order, replace(order, phase=Phase.WAITING))
    deployed.memory.written.clear()
    for order in rebuilds.read()[1:]:
        rebuilding.work(order, 60)
    assert [order.phase for order in rebuilds.read()] == [Phase.CLEARING, *3 * [Phase.WAITING]]

    rebuilding.work(first, 60)
    rebuilding.work(rebuilds.read()[0], 60)
    assert [order.phase for order in rebuilds.read()] == 4 * [Phase.RENEWING]


def test_beginning_again_joins_what_is_under_way_and_moves_what_stands_still(deployed: Deployment, ann: Client) -> None:
    rebuilding.begin()
    run = {order.run for order in rebuilds.read()}
    deployed.memory.written.clear()  # its records are lost: nothing goes on by itself
    said: list[str] = []
    waits = iter(range(3))

    def lost() -> None:
        deployed.memory.written.clear()
        next(waits)

    with pytest.raises(StopIteration):
        reindex.renew(said.append, wait=lost)

    renewed(deployed)
    assert {order.run for order in rebuilds.read()} == run
    renewed(deployed)
    assert {order.run for order in rebuilds.read()} != run


def test_what_stands_still_is_told(deployed: Deployment, ann: Client) -> None:
    said: list[str] = []
    assert not reindex.renew(said.append, wait=lambda: None)
    assert "stands still" in said[-1]


def test_what_was_given_up_goes_on_when_it_is_begun_again(
    deployed: Deployment, ann: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise Throttled("any reason")

    rebuilding.begin()
    with monkeypatch.context() as broken:
        broken.setattr(drift, "renewed", refuse)
        deployed.source.drain()
    assert deployed.pollers["indexer"].failures
    assert {order.phase for order in rebuilds.read()} == {Phase.RENEWING}

    renewed(deployed)
    assert differences() == 0


def test_an_item_that_cannot_be_read_is_named_and_left_out_until_it_is_mended(
    deployed: Deployment, ann: Client, caplog: pytest.LogCaptureFixture
) -> None:
    [pin] = ann.get("/pins").json["items"]
    card = keys.card(PINS, number(pin["id"]))
    set_attribute(keys.pin(pin["id"]), "board_id", {"N": "7"})
    deployed.source.drain()
    assert index.read([card])
    caplog.set_level(logging.ERROR)
    renewed(deployed)

    assert f"PIN#{pin['id']}/PIN cannot be read" in caplog.text
    assert differences() == 0
    assert not index.read([card])
    set_attribute(keys.pin(pin["id"]), "board_id", {"S": pin["board_id"]})
    deployed.source.drain()
    assert index.read([card])
    assert differences() == 0


def test_sweeps_that_a_batch_has_no_time_for_are_put_off(
    deployed: Deployment, ann: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert ann.patch("/user_account", {"hidden_from_search": True}).status == 200
    with monkeypatch.context() as hurried:
        hurried.setattr("indexer.handler.BUDGET_SECONDS", -1)
        deployed.source.drain(seconds=20)
        [order] = [item for (_, sk), item in deployed.memory.main.items.items() if sk == keys.SWEEP]
        assert int(order["waited"]["N"]) > 2
    deployed.source.drain()

    assert not deployed.pollers["indexer"].failures
    assert deployed.drift() == []


def test_the_indexer_asks_for_nothing_that_its_role_does_not_allow(
    deployed: Deployment, ann: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: set[str] = set()

    def noted(self: Run, operation: str, parameters: Any, ask: Callable[[], Any]) -> Any:
        asked.add("".join(map(str.title, operation.split("_"))))
        return request(self, operation, parameters, ask)

    request = Run.request
    monkeypatch.setattr(Run, "request", noted)
    ann.patch("/user_account", {"hidden_from_search": True})
    deployed.memory.discovery.forget()
    renewed(deployed)

    document = (Path(__file__).parents[2] / "docs/access-patterns.md").read_text()
    [allowed] = re.findall(r"^\| `indexer` \| (.*) \|$", document, re.M)
    assert asked - {"TransactWriteItems"} <= set(re.findall(r"\w+", allowed))
    assert "Scan" in asked
