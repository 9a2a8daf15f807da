"""Two runs of the indexer, for what any two acts bring, come between each other at random points; either may be stopped
there, and comes again at the end, maybe to be stopped again. Then the indexes say what the table says. Documents have
numbers of their own, as nearly all do, or all that are made within two minutes share one.

``INTERLEAVINGS`` sets in how many ways each two acts are tried: one unless told.
"""

import os
from collections.abc import Callable
from functools import cached_property
from random import Random
from typing import Any

import pytest

from presence.domain import postings
from tests.support.content import a_board, a_pin
from tests.support.deployment import Deployment
from tests.support.people import a_user
from tests.support.social import follow_board
from tests.support.turns import Crash, Run
from tests.support.wire import ANY_PICTURE

WAYS = int(os.environ.get("INTERLEAVINGS", "1"))
MOST_REQUESTS = 40
"""Of a run, between two turns of the other; most runs do fewer in all."""

type Batch = Callable[[], Any]


class World:
    """Two people's boards of one name, about the same, with things that they share."""

    def __init__(self, deployed: Deployment) -> None:
        self.deployed = deployed
        self.ann, self.bob, self.eve = a_user(), a_user(), a_user()
        self.board, self.other = (a_board(each, name="Cakes", topics=["dogs"]) for each in (self.ann, self.bob))
        self.pins = [a_pin(self.ann, self.board, title="lemon") for _ in range(2)]
        a_pin(self.bob, self.other, title="lemon")
        follow_board(self.bob, self.board)
        follow_board(self.ann, self.other)

    def batch(self, act: str) -> Batch:
        """The run to come for an act, or for what it ordered."""
        of_record = self.deployed.indexing(self._acts[act.removeprefix("swept: ")])
        if not act.startswith("swept: "):
            return of_record
        order_begun = self.deployed.indexing(of_record)
        return self.deployed.indexing(order_begun)

    @cached_property
    def _acts(self) -> dict[str, Callable[[], object]]:
        def edit(**fields: Any) -> Callable[[], object]:
            return lambda: self.ann.patch(f"/boards/{self.board}", fields)

        def edit_other(**fields: Any) -> Callable[[], object]:
            return lambda: self.bob.patch(f"/boards/{self.other}", fields)

        following = f"/user_account/following/boards/{self.board}"
        return {
            "follow": lambda: self.eve.post(following),
            "unfollow": lambda: self.bob.delete(following),
            "topics": edit(topics=["cats"]),
            "secret": edit(privacy="SECRET"),
            "public": edit(privacy="PUBLIC"),
            "name": edit(name="Sheds"),
            "description": edit(description="tall"),
            "pin": lambda: self.ann.post(
                "/pins", {"board_id": self.board, "title": "lemon", "media_source": ANY_PICTURE}
            ),
            "unpin": lambda: self.ann.delete(f"/pins/{self.pins[0]}"),
            "title": lambda: self.ann.patch(f"/pins/{self.pins[1]}", {"title": "lemon oak"}),
            "delete": lambda: self.ann.delete(f"/boards/{self.board}"),
            "other secret": edit_other(privacy="SECRET"),
            "other public": edit_other(privacy="PUBLIC"),
            "other name": edit_other(name="Sheds"),
            "hide": lambda: self.ann.patch("/user_account", {"hidden_from_search": True}),
            "show": lambda: self.ann.patch("/user_account", {"hidden_from_search": False}),
        }

    def prepare(self, *acts: str) -> None:
        """Do before what the acts are to undo."""
        undone = {"public": "secret", "other public": "other secret", "swept: show": "hide"}
        for act in acts:
            if act in undone:
                self._acts[undone[act]]()
        self.deployed.source.drain()


ACTS = (
    *("follow", "unfollow", "topics", "secret", "public", "name", "description", "pin", "unpin", "title", "delete"),
    *("other secret", "other public", "other name", "swept: hide", "swept: show"),
)


@pytest.mark.parametrize("second", ACTS)
@pytest.mark.parametrize("first", ACTS)
@pytest.mark.parametrize("do_share_numbers", [False, True])
def test_two_runs_that_come_between_each_other_leave_nothing_wrong(
    deployed: Deployment, monkeypatch: pytest.MonkeyPatch, do_share_numbers: bool, first: str, second: str
) -> None:
    if do_share_numbers:
        monkeypatch.setattr(postings, "digest", lambda an_id, bits: 0)
    chance = Random(f"{first}, {second}")
    for _ in range(WAYS):
        deployed.memory.forget()
        world = World(deployed)
        world.prepare(first, second)
        batches = [world.batch(first)]
        runs = [deployed.turns.begin(batches[0])]
        _go_on(deployed, runs[0], chance)
        batches.append(world.batch(second))
        runs.append(deployed.turns.begin(batches[1]))
        for run in (runs[1], runs[0], runs[1]):
            _go_on(deployed, run, chance)
            _stop_at_times(deployed, run, chance)
        for run in runs:
            deployed.turns.end(run)
        for run, batch in zip(runs, batches, strict=True):
            if isinstance(run.error, Crash):
                again = deployed.turns.begin(batch)
                _go_on(deployed, again, chance)
                _stop_at_times(deployed, again, chance)
                batch()
            else:
                assert run.error is None

        assert [each for each in deployed.drift() if not _is_of_pins(each)] == []


def _go_on(deployed: Deployment, run: Run, chance: Random) -> None:
    for _ in range(chance.randrange(MOST_REQUESTS)):
        if not run.has_ended:
            deployed.turns.go_on(run)


def _stop_at_times(deployed: Deployment, run: Run, chance: Random) -> None:
    if chance.random() < 0.4 and not run.has_ended:
        run.kill()
        deployed.turns.end(run)


def _is_of_pins(difference: str) -> bool:
    """Those of a board that was hidden or shown are still to be swept."""
    return difference.startswith(("card ('pins'", "pins ", "timeline"))
