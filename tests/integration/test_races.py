"""Somebody else's write comes between two requests of a write, at each place where it can."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from itertools import count

import pytest

from tests.integration.copies import Original
from tests.integration.local_cloud import LocalCloud
from tests.integration.races import SUCCESS, assert_settles, interleavings
from tests.integration.things import a_board, a_pin, a_section, pin_on
from tests.integration.wire import Wire
from tests.support.api import Client, Reply
from tests.support.people import a_user

_numbers = count(1)
REFUSED = {404, 409}


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


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.__name__)
def test_everything_adds_up_whatever_comes_between(cloud: LocalCloud, wire: Wire, act: Act) -> None:
    for other in OTHERS:
        is_deletion = other in (Scene.delete_board, Scene.delete_section)
        for clean_up in (False, True) if is_deletion else (False,):
            for stream, reply in interleavings(cloud, wire, the_scene(cloud), act, other, clean_up=clean_up):
                assert reply.status in SUCCESS | REFUSED, (other.__name__, reply.text)
                assert_settles(stream)


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
        replies = [reply for _, reply in interleavings(cloud, wire, the_scene(cloud), act, deletion, clean_up=clean_up)]
        assert replies
        assert {reply.status for reply in replies} <= REFUSED, act.__name__
