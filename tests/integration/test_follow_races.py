"""Two people do something to each other at the same moment: whatever comes between whatever, it adds up."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import pytest

from tests.integration.copies import Original
from tests.integration.local_cloud import LocalCloud
from tests.integration.races import Between, assert_settles
from tests.integration.stream import Stream, Upkeep, table_after
from tests.integration.things import a_board
from tests.integration.truth import edges
from tests.integration.wire import Wire
from tests.support import social
from tests.support.api import Client, Reply
from tests.support.people import a_user
from tests.support.stored import make_private

SUCCESS, REFUSED = {201, 204}, {404, 409}


@dataclass(frozen=True)
class Scene:
    """Two people of whom either can do to the other all that there is to do."""

    fan: Client
    star: Client
    board: str

    def follow(self) -> Reply:
        return self.fan.post(f"/user_account/following/{self.star.username}")

    def unfollow(self) -> Reply:
        return self.fan.delete(f"/user_account/following/{self.star.username}")

    def follow_board(self) -> Reply:
        return self.fan.post(f"/user_account/following/boards/{self.board}")

    def unfollow_board(self) -> Reply:
        return self.fan.delete(f"/user_account/following/boards/{self.board}")

    def block(self) -> Reply:
        return self.fan.post(f"/user_account/blocks/{self.star.username}")

    def be_approved(self) -> Reply:
        return self.star.post(f"/user_account/follow_requests/{self.fan.username}")

    def be_declined(self) -> Reply:
        return self.star.delete(f"/user_account/follow_requests/{self.fan.username}")

    def be_removed(self) -> Reply:
        return self.star.delete(f"/user_account/followers/{self.fan.username}")

    def be_blocked(self) -> Reply:
        return self.star.post(f"/user_account/blocks/{self.fan.username}")

    def be_unblocked(self) -> Reply:
        return self.star.delete(f"/user_account/blocks/{self.fan.username}")


type Act = Callable[[Scene], Reply]

ACTS: list[Act] = [
    Scene.follow,
    Scene.unfollow,
    Scene.follow_board,
    Scene.unfollow_board,
    Scene.block,
    Scene.be_approved,
    Scene.be_declined,
    Scene.be_removed,
    Scene.be_blocked,
    Scene.be_unblocked,
]


def strangers() -> Scene:
    fan, star = a_user(), a_user()
    return Scene(fan, star, a_board(star))


def followed() -> Scene:
    scene = strangers()
    social.follow(scene.fan, scene.star)
    social.follow_board(scene.fan, scene.board)
    return scene


def asked() -> Scene:
    scene = strangers()
    make_private(scene.star)
    social.follow(scene.fan, scene.star)
    return scene


def blocked() -> Scene:
    scene = strangers()
    social.block(scene.star, scene.fan)
    return scene


BEGINNINGS: list[Callable[[], Scene]] = [strangers, followed, asked, blocked]


@cache
def the_scene(cloud: LocalCloud, beginning: Callable[[], Scene]) -> Original[Scene]:
    return Original(cloud, beginning)


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.__name__)
@pytest.mark.parametrize("beginning", BEGINNINGS, ids=lambda beginning: beginning.__name__)
def test_people_and_counts_add_up_whatever_comes_between(
    cloud: LocalCloud, wire: Wire, beginning: Callable[[], Scene], act: Act
) -> None:
    for other in ACTS:
        number, is_reached = 1, True  # before the first request is no race
        while is_reached:
            stream = Stream(cloud)
            scene = the_scene(cloud, beginning).copy()
            upkeep = Upkeep(stream)
            between = Between(number, lambda scene=scene, other=other: other(scene), upkeep.run)
            with wire.through(between):
                reply = act(scene)
            is_reached = between.reply is not None
            assert reply.status in SUCCESS | REFUSED, (other.__name__, reply.text)
            assert_settles(stream)
            assert_blocks_undid_everything(stream)
            number += 1


def assert_blocks_undid_everything(stream: Stream) -> None:
    items = table_after(stream.records())
    owners = {item["id"]["S"]: item["owner_id"]["S"] for item in items.values() if item["kind"]["S"] == "board"}
    blocks = {(tie["from_id"], tie["to_id"]) for tie in edges(items, "tie") if tie.get("blocks") or tie.get("blocked")}
    follows = [edge for edge in edges(items, "board_follow") if edge.get("follows", True)]
    followed = {(edge["user_id"], owners[edge["board_id"]]) for edge in follows}
    assert not blocks & followed
