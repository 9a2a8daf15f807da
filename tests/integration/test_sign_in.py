"""However many sign in for the first time at once and whatever fails: one profile for each, one holder of each name."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from presence.domain.entities import Profile
from presence.domain.errors import StorageUnavailable
from presence.services import accounts
from tests.integration.stream import Stream, table_after
from tests.integration.wire import Conflicts, Fault, Faulty, Wire

ISSUER = "https://issuer.example"


def together(calls: list[Callable[[], Profile]]) -> list[Profile]:
    start = Barrier(len(calls))

    def run(call: Callable[[], Profile]) -> Profile:
        start.wait()
        return call()

    with ThreadPoolExecutor(len(calls)) as threads:
        return list(threads.map(run, calls))


def made(stream: Stream, kind: str) -> int:
    return sum(item["kind"]["S"] == kind for item in table_after(stream.records()).values())


def test_first_sign_ins_of_one_person_make_one_profile(stream: Stream, wire: Wire) -> None:
    with wire.through(Conflicts()):
        profiles = together([lambda: accounts.sign_in(ISSUER, "one subject", "ann")] * 30)
    assert len({profile.id for profile in profiles}) == 1
    assert (made(stream, "profile"), made(stream, "claim")) == (1, 2)


def test_people_who_want_one_username_get_different_ones(stream: Stream) -> None:
    profiles = together([lambda n=n: accounts.sign_in(ISSUER, f"subject {n}", "bob") for n in range(30)])
    assert len({profile.username for profile in profiles}) == 30
    assert "bob" in {profile.username for profile in profiles}
    assert (made(stream, "profile"), made(stream, "claim")) == (30, 60)


@pytest.mark.usefixtures("naps")
@pytest.mark.parametrize("fault", [fault for fault in Fault if fault is not Fault.THROTTLED])
def test_a_sign_in_that_failed_converges_when_tried_again(stream: Stream, wire: Wire, fault: Fault) -> None:
    def sign_in() -> Profile:
        return accounts.sign_in(ISSUER, f"subject of {fault}", "eve")

    with wire.through(Faulty(1, fault, attempts=3)), pytest.raises(StorageUnavailable):
        sign_in()
    assert sign_in() == sign_in()
    assert (made(stream, "profile"), made(stream, "claim")) == (1, 2)
