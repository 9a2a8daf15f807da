"""Somebody else's write comes between two requests of a write, at each place where it can."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, partial
from itertools import count

import pytest
from botocore.awsrequest import AWSResponse

from tests.integration.copies import Original
from tests.integration.local_cloud import LocalCloud
from tests.integration.stream import Stream, Upkeep, table_after
from tests.integration.things import a_board, a_pin, a_section, pin_on
from tests.integration.truth import assert_clean, assert_exact
from tests.integration.wire import Go, Sent, Wire
from tests.support.api import Client, Reply
from tests.support.people import a_user

_numbers = count(1)
SUCCESS, REFUSED = {200, 201, 204}, {404, 409}


@dataclass(frozen=True)
class Scene:
    """Two boards with a section each; pins in a section and beside it; and all that can be done with them."""

    user: Client
    board: str
    other: str
    section: str
    pin: str
    loose_pin: str
    other_pin: str

    def create_pin(self) -> Reply:
        return self.user.post("/pins", pin_on(self.board, self.section))

    def save_pin(self) -> Reply:
        target = {"board_id": self.board, "board_section_id": self.section}
        return self.user.post(f"/pins/{self.other_pin}/save", target)

    def move_pin_in(self) -> Reply:
        return self.user.patch(f"/pins/{self.other_pin}", {"board_id": self.board, "board_section_id": self.section})

    def move_pin_out(self) -> Reply:
        return self.user.patch(f"/pins/{self.pin}", {"board_id": self.other})

    def move_loose_pin_out(self) -> Reply:
        return self.user.patch(f"/pins/{self.loose_pin}", {"board_id": self.other})

    def move_pin_out_of_section(self) -> Reply:
        return self.user.patch(f"/pins/{self.pin}", {"board_section_id": None})

    def move_loose_pin_into_section(self) -> Reply:
        return self.user.patch(f"/pins/{self.loose_pin}", {"board_section_id": self.section})

    def edit_pin(self) -> Reply:
        return self.user.patch(f"/pins/{self.pin}", {"title": "A title"})

    def delete_pin(self) -> Reply:
        return self.user.delete(f"/pins/{self.pin}")

    def delete_loose_pin(self) -> Reply:
        return self.user.delete(f"/pins/{self.loose_pin}")

    def create_section(self) -> Reply:
        return self.user.post(f"/boards/{self.board}/sections", {"name": "Any name"})

    def rename_section(self) -> Reply:
        return self.user.patch(f"/boards/{self.board}/sections/{self.section}", {"name": "Another name"})

    def delete_section(self) -> Reply:
        return self.user.delete(f"/boards/{self.board}/sections/{self.section}")

    def rename_board(self) -> Reply:
        return self.user.patch(f"/boards/{self.board}", {"name": f"Renamed {next(_numbers)}"})

    def delete_board(self) -> Reply:
        return self.user.delete(f"/boards/{self.board}")


def a_scene() -> Scene:
    user = a_user()
    board, other = a_board(user), a_board(user)
    section, other_section = a_section(user, board), a_section(user, other)
    return Scene(
        user=user,
        board=board,
        other=other,
        section=section,
        pin=a_pin(user, board, section),
        loose_pin=a_pin(user, board),
        other_pin=a_pin(user, other, other_section),
    )


@cache
def the_scene(cloud: LocalCloud) -> Original[Scene]:
    return Original(cloud, a_scene)


type Act = Callable[[Scene], Reply]

ACTS: list[Act] = [
    Scene.create_pin,
    Scene.save_pin,
    Scene.move_pin_in,
    Scene.move_pin_out,
    Scene.move_loose_pin_out,
    Scene.move_pin_out_of_section,
    Scene.move_loose_pin_into_section,
    Scene.edit_pin,
    Scene.delete_pin,
    Scene.delete_loose_pin,
    Scene.create_section,
    Scene.rename_section,
    Scene.delete_section,
    Scene.rename_board,
    Scene.delete_board,
]
OTHERS: list[Act] = [
    Scene.move_pin_out,
    Scene.move_loose_pin_out,
    Scene.move_pin_out_of_section,
    Scene.delete_pin,
    Scene.delete_loose_pin,
    Scene.rename_board,
    Scene.delete_section,
    Scene.delete_board,
]
"""What takes away what others count on."""

ADDING_TO_BOARD: list[Act] = [Scene.create_pin, Scene.save_pin, Scene.move_pin_in, Scene.create_section]
ADDING_TO_SECTION: list[Act] = [
    Scene.create_pin,
    Scene.save_pin,
    Scene.move_pin_in,
    Scene.move_loose_pin_into_section,
]


class Between:
    """Does something before the request with this number, once."""

    def __init__(self, number: int, act: Callable[[], Reply], follow: Callable[[], object] | None) -> None:
        self.reply: Reply | None = None
        self._left, self._act, self._follow, self._is_acting = number, act, follow, False

    def __call__(self, sent: Sent, go: Go) -> AWSResponse:
        if not self._is_acting and self.reply is None:
            if self._left == 0:
                self._is_acting = True
                self.reply = self._act()
                if self._follow:
                    self._follow()
                self._is_acting = False
            self._left -= 1
        return go()


def interleavings(
    cloud: LocalCloud, wire: Wire, act: Act, other: Act, *, clean_up: bool = False
) -> Iterator[tuple[Stream, Reply]]:
    """Lets ``other`` come between each two requests of ``act``. Gives the scene's stream and the answer to ``act``.

    Args:
        clean_up: also what follows from ``other`` comes there.
    """
    number = 1  # before the first request is no race
    while True:
        stream = Stream(cloud)
        scene = the_scene(cloud).copy()
        follow = Upkeep(stream).run if clean_up else None
        between = Between(number, partial(other, scene), follow)
        with wire.through(between):
            reply = act(scene)
        if between.reply is None:
            return
        assert between.reply.status in SUCCESS
        yield stream, reply
        number += 1


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.__name__)
def test_everything_adds_up_whatever_comes_between(cloud: LocalCloud, wire: Wire, act: Act) -> None:
    for other in OTHERS:
        is_deletion = other in (Scene.delete_board, Scene.delete_section)
        for clean_up in (False, True) if is_deletion else (False,):
            for stream, reply in interleavings(cloud, wire, act, other, clean_up=clean_up):
                assert reply.status in SUCCESS | REFUSED, (other.__name__, reply.text)
                assert_settles(stream)


def assert_settles(stream: Stream) -> None:
    upkeep = Upkeep(stream)
    assert_exact(table_after(stream.records()))
    upkeep.run()
    left = table_after(stream.records())
    assert_exact(left)
    assert_clean(left)
    assert not upkeep.given_up


@pytest.mark.parametrize("clean_up", [False, True], ids=["deleted", "deleted and cleaned up"])
@pytest.mark.parametrize(
    ("deletion", "acts"),
    [(Scene.delete_board, ADDING_TO_BOARD), (Scene.delete_section, ADDING_TO_SECTION)],
    ids=["to a board", "to a section"],
)
def test_nothing_is_added_to_what_was_deleted_meanwhile(
    cloud: LocalCloud, wire: Wire, deletion: Act, acts: list[Act], clean_up: bool
) -> None:
    for act in acts:
        replies = [reply for _, reply in interleavings(cloud, wire, act, deletion, clean_up=clean_up)]
        assert replies
        assert {reply.status for reply in replies} <= REFUSED, act.__name__
