"""Runs of the indexer that overtake each other, or are stopped: each test has them do so at one point that no chance
would find soon. What comes of it is looked at before any other record has them look again.
"""

from functools import partial

import pytest

from presence.domain import postings, suggestions
from presence.projections.documents import BOARDS
from presence.services import drift, indexing
from presence.storage import index, keys
from presence.storage.table import Part
from tests.support.api import Client
from tests.support.content import a_board, a_pin
from tests.support.deployment import Deployment
from tests.support.people import a_user
from tests.support.social import follow_board
from tests.support.turns import Crash, Run, Turns

WRITES = ("put_item", "delete_item", "transact_write_items")


def until(turns: Turns, run: Run, operations: str | tuple[str, ...], key: str) -> None:
    """Go on to where it is about to do such a request."""
    while not (run.about.startswith(operations) and key in run.about):
        turns.go_on(run)
        assert not run.has_ended, run.error


def after(turns: Turns, run: Run, operations: tuple[str, ...], key: str) -> None:
    """Go on behind such requests, one after the other."""
    until(turns, run, operations, key)
    while run.about.startswith(operations) and key in run.about:
        turns.go_on(run)


def end(turns: Turns, run: Run) -> None:
    turns.end(run)
    assert run.error is None or isinstance(run.error, Crash)


def kill(turns: Turns, run: Run) -> None:
    run.kill()
    end(turns, run)
    assert isinstance(run.error, Crash)


def write(turns: Turns, run: Run, most: int) -> None:
    """Go on behind so many writes, to before what comes then."""
    while most and not run.has_ended:
        most -= run.about.startswith(WRITES)
        turns.go_on(run)


def kill_if_at_work(turns: Turns, run: Run) -> None:
    if not run.has_ended:
        kill(turns, run)


def show(user: Client, board_id: str, privacy: str) -> None:
    assert user.patch(f"/boards/{board_id}", {"privacy": privacy}).status == 200


@pytest.mark.parametrize("is_killed", [False, True])
def test_a_topic_that_a_board_has_no_more_is_not_trending_though_a_run_that_looked_before_says_so(
    deployed: Deployment, is_killed: bool
) -> None:
    ann, bob, eve, turns = a_user(), a_user(), a_user(), deployed.turns
    board = a_board(ann, name="Things", topics=["dogs"])
    a_pin(ann, board, title="x")
    follow_board(bob, board)
    deployed.source.drain()
    follows = deployed.indexing(lambda: follow_board(eve, board))
    slow = turns.begin(follows)
    until(turns, slow, WRITES, "TREND")
    quick = turns.begin(deployed.indexing(lambda: ann.patch(f"/boards/{board}", {"topics": ["cats"]})))
    after(turns, quick, WRITES, "TREND")
    until(turns, slow, WRITES, "CARD#boards")
    if is_killed:
        kill(turns, slow)
    end(turns, quick)
    if is_killed:
        follows()
    else:
        end(turns, slow)

    assert [each for each in deployed.drift() if "trend" in each.lower() or "boards" in each] == []


@pytest.mark.parametrize("is_killed", [False, True])
def test_a_name_that_one_person_gave_is_not_suggested_though_a_run_that_read_before_is_stopped(
    deployed: Deployment, is_killed: bool
) -> None:
    ann, bob, turns = a_user(), a_user(), deployed.turns
    of_ann, of_bob = a_board(ann, name="Cakes"), a_board(bob, name="Cakes", privacy="SECRET")
    deployed.source.drain()
    shows = deployed.indexing(lambda: show(bob, of_bob, "PUBLIC"))
    slow = turns.begin(shows)
    until(turns, slow, WRITES, "SUGGEST#")
    hides = deployed.indexing(lambda: show(ann, of_ann, "SECRET"))
    hides()
    until(turns, slow, "batch_get_item", "WORD#boards")
    if is_killed:
        kill(turns, slow)
        shows()
    else:
        end(turns, slow)

    assert deployed.drift() == []


@pytest.mark.parametrize("writes_again", range(7))
@pytest.mark.parametrize("writes", range(7))
def test_a_name_is_not_suggested_though_a_run_that_put_it_back_is_stopped_twice(
    deployed: Deployment, writes: int, writes_again: int
) -> None:
    ann, bob, turns = a_user(), a_user(), deployed.turns
    a_board(ann, name="Cakes")
    board = a_board(bob, name="Cakes")
    deployed.source.drain()
    names = deployed.indexing(lambda: bob.patch(f"/boards/{board}", {"description": "Lemon"}))
    slow = turns.begin(names)
    until(turns, slow, "batch_get_item", 'WORD#boards#"cakes')
    hides = deployed.indexing(lambda: bob.patch("/user_account", {"hidden_from_search": True}))
    orders = deployed.indexing(hides)
    sweeps = turns.begin(deployed.indexing(orders))
    after(turns, sweeps, WRITES, "WORD#boards")
    write(turns, slow, writes)
    end(turns, sweeps)
    kill_if_at_work(turns, slow)
    again = turns.begin(names)
    write(turns, again, writes_again)
    kill_if_at_work(turns, again)
    names()

    assert deployed.drift() == []


@pytest.mark.parametrize("change", ["renamed", "deleted"])
def test_a_turn_of_a_rebuild_that_looked_before_is_stopped_and_comes_again(deployed: Deployment, change: str) -> None:
    ann, turns = a_user(), deployed.turns
    pin = a_pin(ann, a_board(ann), title="lemon")
    deployed.source.drain()
    slow = turns.begin(lambda: drift.renewed(Part(), None))
    until(turns, slow, "batch_get_item", "CARD#pins")
    changes = {
        "renamed": lambda: ann.patch(f"/pins/{pin}", {"title": "tart"}),
        "deleted": lambda: ann.delete(f"/pins/{pin}"),
    }
    deployed.indexing(changes[change])()
    until(turns, slow, WRITES, "WORD#pins")
    write(turns, slow, 1)
    kill(turns, slow)
    drift.renewed(Part(), None)

    assert deployed.drift() == []


def test_a_turn_of_a_sweep_that_is_stopped_is_made_up_for_when_there_is_no_time_and_its_order_is_gone(
    deployed: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann, turns = a_user(), deployed.turns
    board = a_board(ann, privacy="SECRET")
    pin = a_pin(ann, board, title="lemon")
    deployed.source.drain()
    begins = deployed.indexing(lambda: show(ann, board, "PUBLIC"))
    names = deployed.indexing(begins)
    looks = deployed.indexing(names)
    slow = turns.begin(looks)
    until(turns, slow, "batch_get_item", "CARD#pins")
    deployed.indexing(lambda: ann.delete(f"/pins/{pin}"))()
    after(turns, slow, WRITES, "WORD#pins")
    kill(turns, slow)
    following = deployed.indexing(lambda: show(ann, board, "SECRET"))
    while following.args[0]["Records"]:
        following = deployed.indexing(following)
    monkeypatch.setattr("indexer.handler.BUDGET_SECONDS", -1)
    looks()

    assert deployed.drift() == []


def test_a_run_that_is_refused_its_note_suggests_nothing(deployed: Deployment) -> None:
    ann, bob, turns = a_user(), a_user(), deployed.turns
    a_board(ann, name="Cakes")
    board = a_board(bob, name="Cakes")
    deployed.source.drain()
    renames = deployed.indexing(lambda: bob.patch(f"/boards/{board}", {"name": "Sheds"}))
    slow = turns.begin(renames)
    until(turns, slow, WRITES, "CARD#boards")
    quick = turns.begin(deployed.indexing(lambda: bob.patch(f"/boards/{board}", {"description": "Oak"})))
    until(turns, quick, WRITES, "CARD#boards")
    turns.go_on(quick)
    until(turns, slow, "batch_get_item", "SUGGEST#")
    end(turns, quick)
    write(turns, slow, 1)
    kill_if_at_work(turns, slow)
    renames()

    assert deployed.drift() == []


@pytest.mark.parametrize("others", range(1, 7))
def test_however_many_runs_note_something_at_a_time_nothing_is_left_when_they_have_ended(
    deployed: Deployment, others: int
) -> None:
    ann, turns = a_user(), deployed.turns
    board = a_board(ann, name="Cakes")
    pins = [a_pin(ann, board, title="lemon") for _ in range(others + 1)]
    deployed.source.drain()
    batches = [deployed.indexing(lambda: show(ann, board, "SECRET"))]
    batches += [deployed.indexing(partial(ann.delete, f"/pins/{pin}")) for pin in pins[:others]]
    runs = [turns.begin(batch) for batch in batches]
    for run in runs:
        until(turns, run, WRITES, "CARD#boards")
        turns.go_on(run)
    noted = index.card(deployed.memory.discovery.items[keys.card(BOARDS, postings.number(board))]).notes
    assert len([each for together in noted for each in together]) == len(runs)
    assert len(noted) <= indexing.MOST_NOTES

    for run in runs:
        end(turns, run)

    assert not index.read([keys.card(BOARDS, postings.number(board))])


@pytest.mark.parametrize("is_first_to_end", [False, True])
def test_documents_that_share_a_number_do_not_take_away_each_others_postings(
    deployed: Deployment, monkeypatch: pytest.MonkeyPatch, is_first_to_end: bool
) -> None:
    monkeypatch.setattr(postings, "digest", lambda an_id, bits: 7)
    ann, bob, turns = a_user(), a_user(), deployed.turns
    pin = a_pin(ann, a_board(ann, name="Things"), title="cake")
    other = a_pin(bob, a_board(bob, name="Wares"), title="tart")
    assert postings.number(pin) == postings.number(other)
    deployed.source.drain()

    def change_and_change_back() -> None:
        for title in ("cake lemon", "cake"):
            assert ann.patch(f"/pins/{pin}", {"title": title}).status == 200

    slow = turns.begin(deployed.indexing(change_and_change_back))
    until(turns, slow, "batch_get_item", "WORD#pins")
    quick = turns.begin(deployed.indexing(lambda: bob.patch(f"/pins/{other}", {"title": "tart lemon"})))
    until(turns, quick, WRITES, "CARD#pins")
    for run in (slow, quick) if is_first_to_end else (quick, slow):
        end(turns, run)

    assert deployed.drift() == []


@pytest.mark.parametrize("what", ["title", "words beside it", "nothing but its note"])
def test_a_block_that_overflows_while_another_run_writes_it_leaves_nothing_in_two(
    deployed: Deployment, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    for module in (postings, index):
        monkeypatch.setattr(module, "BLOCK_BYTES", 110)
    monkeypatch.setattr(postings, "_SPARSE", 5)
    ann, turns = a_user(), deployed.turns
    board = a_board(ann, name="Things")
    first = a_pin(ann, board, title="cake tart")
    deployed.source.drain()
    changes = {"title": {"title": "tart"}, "words beside it": {"title": "cake"}}.get(what, {"note": "x"})

    has_overflowed = False
    while not has_overflowed:
        run = turns.begin(deployed.indexing(lambda: a_pin(ann, board, title="cake")))
        while not run.has_ended:
            if not has_overflowed and all(part in run.about for part in ("transact_write_items", "WORD#pins#cake")):
                has_overflowed = True
                other = turns.begin(deployed.indexing(lambda: ann.patch(f"/pins/{first}", changes)))
                if what != "nothing but its note":
                    until(turns, other, WRITES, "WORD#pins#cake")
                turns.go_on(run)
                end(turns, other)
            else:
                turns.go_on(run)
        assert run.error is None

    assert deployed.drift() == []


def test_a_name_for_which_an_item_has_no_room_is_not_missed(
    deployed: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(suggestions, "MOST", 3)
    *_, last = [a_user(name) for name in ("zaa", "zbb", "zcc")]
    deployed.source.drain()
    a_user("zdd")  # as heavy as the others, and behind them
    deployed.source.drain()

    assert last.patch("/user_account", {"hidden_from_search": True}).status == 200
    deployed.source.drain()

    assert deployed.drift() == []
