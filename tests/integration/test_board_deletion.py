"""A deleted board is gone at once, whatever was on it; the rest goes later and survives every crash on the way."""

from tests.integration.local_cloud import LocalCloud
from tests.integration.seeding import add_pins
from tests.integration.stream import Stream, Upkeep, table_after
from tests.integration.things import a_board, a_pin, a_section, pin_on
from tests.integration.truth import assert_clean, mentions
from tests.integration.wire import CrashAt, Sent, Wire
from tests.support.api import Client
from tests.support.people import a_user

MANY = 10_000
READ_AND_MARK = ["GetItem", "BatchGetItem", "TransactWriteItems"]


def operations(sent: list[Sent]) -> list[str]:
    return [each.operation for each in sent]


def test_a_board_with_10000_pins_is_deleted_at_once_and_cleaned_up_through_crashes(
    cloud: LocalCloud, stream: Stream, upkeep: Upkeep, wire: Wire
) -> None:
    user = a_user()
    small, big = a_board(user), a_board(user)
    section = a_section(user, big)
    pins = add_pins(cloud, user, big, MANY, sections=(section,))
    upkeep.skip()
    with wire.recording() as for_the_small_one:
        assert user.delete(f"/boards/{small}").status == 204
    with wire.recording() as for_the_big_one:
        assert user.delete(f"/boards/{big}").status == 204
    assert operations(for_the_big_one) == operations(for_the_small_one) == READ_AND_MARK
    _assert_gone_for_every_read(user, big, section, pins)
    _assert_refuses_every_write(user, big, section, pins[0])

    assert user.delete(f"/user_account/trash/boards/{big}").status == 204
    # Now and then, before as well as after a request's work is done.
    crash = CrashAt(when=lambda number: number % 17 == 16, after_work=lambda number: number % 2 == 0)
    with wire.through(crash):
        upkeep.run()
    assert crash.hits > 5
    assert not mentions(cloud.scan(), big)
    assert_clean(table_after(stream.records()))
    assert user.get("/user_account").json["board_count"] == 0


def _assert_gone_for_every_read(user: Client, board: str, section: str, pins: list[str]) -> None:
    for path in ("", "/pins", "/sections", f"/sections/{section}/pins"):
        reply = user.get(f"/boards/{board}{path}")
        assert (reply.status, reply.json["code"]) == (404, 40), path
    for pin in (pins[0], pins[len(pins) // 2], pins[-1]):
        reply = user.get(f"/pins/{pin}")
        assert (reply.status, reply.json["code"]) == (404, 50)
    assert user.get("/boards").json == {"items": [], "bookmark": None}
    assert user.get("/pins").json == {"items": [], "bookmark": None}


def _assert_refuses_every_write(user: Client, board: str, section: str, pin: str) -> None:
    elsewhere = a_board(user)
    other_pin = a_pin(user, elsewhere)
    refused = [
        user.patch(f"/boards/{board}", {"name": "Any name"}),
        user.delete(f"/boards/{board}"),
        user.post(f"/boards/{board}/sections", {"name": "Any name"}),
        user.patch(f"/boards/{board}/sections/{section}", {"name": "Any name"}),
        user.delete(f"/boards/{board}/sections/{section}"),
        user.post("/pins", pin_on(board)),
        user.patch(f"/pins/{pin}", {"board_id": elsewhere}),
        user.patch(f"/pins/{other_pin}", {"board_id": board}),
        user.delete(f"/pins/{pin}"),
        user.post(f"/pins/{pin}/save", {"board_id": elsewhere}),
        user.post(f"/pins/{other_pin}/save", {"board_id": board}),
    ]
    assert {reply.status for reply in refused} == {404}
    assert user.delete(f"/boards/{elsewhere}").status == 204
