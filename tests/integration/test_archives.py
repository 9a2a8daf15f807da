"""Exports, imports and removals of accounts come to the same end whatever stops them, at whichever request."""

import gzip
from collections.abc import Callable
from functools import cache

import pytest

from presence.services import farewell
from presence.storage import archives
from tests.integration.copies import Original
from tests.integration.local_cloud import LocalCloud
from tests.integration.stream import Stream, Upkeep, table_after
from tests.integration.test_upkeep import INTERRUPTIONS, Things, make_things
from tests.integration.things import made
from tests.integration.truth import assert_clean, assert_exact, mentions
from tests.integration.wire import Wire
from tests.support.api import Client
from tests.support.people import a_user

pytestmark = pytest.mark.usefixtures("naps")

every_interruption = pytest.mark.parametrize("interruption", INTERRUPTIONS)


@cache
def the_things(cloud: LocalCloud) -> Original[Things]:
    return Original(cloud, make_things)


_LEFT = ("USERNAME", "UNUSED")


def interrupted(wire: Wire, upkeep: Upkeep, interruption: str, case: Callable[[], Callable[[], None]]) -> None:
    """Runs a case with an interruption at its first request, at its second, and so on until there is no more.

    Args:
        case: begins anew; what it gives asserts the end.
    """
    at, reached = 0, True
    while reached:
        assert_ended = case()
        interrupt = INTERRUPTIONS[interruption](at)
        with wire.through(interrupt):
            upkeep.run()
        assert_ended()
        at, reached = at + 1, interrupt.hits > 0
    assert at > 5
    assert not upkeep.given_up


def content_of(user: Client, export_id: str) -> bytes:
    done = user.get(f"/user_account/exports/{export_id}").json
    assert done["status"] == "done"
    return gzip.decompress(archives.get(archives.export_key(export_id))).split(b"\n", 1)[1]


@every_interruption
def test_an_export_resumes_after_an_interruption_at_any_request(
    cloud: LocalCloud, wire: Wire, stream: Stream, upkeep: Upkeep, interruption: str
) -> None:
    things = the_things(cloud).copy()
    upkeep.run()
    first = made(things.user.post("/user_account/exports", {}))
    upkeep.run()

    def case() -> Callable[[], None]:
        export_id = made(things.user.post("/user_account/exports", {}))

        def assert_ended() -> None:
            assert content_of(things.user, export_id) == content_of(things.user, first)

        return assert_ended

    interrupted(wire, upkeep, interruption, case)


@every_interruption
def test_an_import_resumes_after_an_interruption_at_any_request(
    cloud: LocalCloud, wire: Wire, stream: Stream, upkeep: Upkeep, interruption: str
) -> None:
    things = the_things(cloud).copy()
    upkeep.run()
    export_id = made(things.user.post("/user_account/exports", {}))
    upkeep.run()
    archive = archives.get(archives.export_key(export_id))

    def case() -> Callable[[], None]:
        user = a_user()
        import_id = made(user.post("/user_account/imports", {"size": len(archive)}))
        archives.put(archives.import_key(import_id), archive)
        assert user.post(f"/user_account/imports/{import_id}/start", {}).status == 201

        def assert_ended() -> None:
            assert user.get(f"/user_account/imports/{import_id}").json["status"] == "done"
            again = made(user.post("/user_account/exports", {}))
            upkeep.run()
            assert content_of(user, again) == content_of(things.user, export_id)

        return assert_ended

    interrupted(wire, upkeep, interruption, case)
    left = table_after(stream.records())
    assert_exact(left)
    assert_clean(left)


@every_interruption
def test_the_removal_of_an_account_resumes_after_an_interruption_at_any_request(
    cloud: LocalCloud,
    wire: Wire,
    stream: Stream,
    upkeep: Upkeep,
    interruption: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(farewell, "PAUSE_SECONDS", 0.0)

    def case() -> Callable[[], None]:
        things = the_things(cloud).copy()
        made(things.user.post("/user_account/imports", {"size": 5}))
        upkeep.run()
        assert things.user.delete("/user_account").status == 204

        def assert_ended() -> None:
            # The name is given up by the request, and pictures go when their last hour is over.
            left = [each for each in table_after(stream.records()).values() if each["sk"]["S"] not in _LEFT]
            assert not mentions(left, things.user.user_id)
            assert not mentions(left, things.board)

        return assert_ended

    interrupted(wire, upkeep, interruption, case)
