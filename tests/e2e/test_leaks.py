"""What is seen of a board after its owner made it secret, on every path and at every moment."""

import sys
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle
from threading import Event
from typing import NamedTuple

import pytest

from tests.e2e.client import Http, Reply, Stack
from tests.e2e.test_live import eventually

TOPIC = "pottery"
PROBERS = 3
WATCHED_SECONDS = 1.5
"""After the answer, and for as long as an index knows the board."""


class Ask(NamedTuple):
    viewer: Http
    path: str


class Probe(NamedTuple):
    path: str
    began: float
    saw: bool


class Viewers(NamedTuple):
    """Who have no part in the board."""

    fan: Http
    """Follows its owner."""
    follower: Http
    """Follows the board itself."""
    alike: str
    """A board of the fan's that shows something that it shows too."""
    beside: str
    """A pin beside that."""


class Secret(NamedTuple):
    """A board to be made secret, with a pin, both named after a word that nothing else has."""

    word: str
    board_id: str
    pin_id: str

    def shown_to(self, viewers: Viewers) -> list[Ask]:
        """All that shows it while it is public."""
        of_fan = (
            f"/boards/{self.board_id}",
            f"/boards/{self.board_id}/pins",
            f"/pins/{self.pin_id}",
            "/users/alice/boards?page_size=250",
            "/users/alice/pins?page_size=250",
            f"/discover/search?q={self.word}",
            f"/discover/search?type=pins&q={self.word}",
            f"/discover/topics/{TOPIC}/boards?page_size=250",
            "/discover/trending/boards?window=day&page_size=250",
            f"/discover/trending/boards?topic={TOPIC}&page_size=250",
            f"/discover/boards/{viewers.alike}/related?page_size=250",
            f"/discover/boards/{viewers.alike}/ideas?page_size=250",
            f"/discover/pins/{viewers.beside}/boards?page_size=250",
            "/discover/feed?page_size=250",
        )
        of_follower = (
            "/user_account/following/boards?page_size=250",
            "/discover/feed?page_size=250",
            "/discover/people?page_size=250",
        )
        return [
            *(Ask(viewers.fan, path) for path in of_fan),
            *(Ask(viewers.follower, path) for path in of_follower),
        ]

    def kept_from(self, viewers: Viewers) -> list[Ask]:
        """What never shows it: what one person alone calls a board is not suggested to others."""
        return [Ask(viewers.fan, f"/discover/suggest?q={self.word}")]

    def is_in(self, reply: Reply) -> bool:
        return any(each in reply.text for each in (self.board_id, self.pin_id, self.word))


@pytest.mark.timeout(300)
def test_no_path_shows_a_board_once_its_owner_was_told_that_it_is_secret(
    stack: Stack, alice: Http, bob: Http, capsys: pytest.CaptureFixture[str]
) -> None:
    viewers = _viewers(bob, stack.user("carol"))
    rounds = [_watched(stack, alice, viewers, f"leak{letter}word") for letter in "abc"]
    longest, cleaned = max(leak for leak, _ in rounds), max(seconds for _, seconds in rounds)
    with capsys.disabled():
        sys.stdout.write(f"\nlongest seen: {longest:.3f} s after the answer; indexes clean after {cleaned:.1f} s\n")
    assert longest == 0


def _viewers(fan: Http, follower: Http) -> Viewers:
    fan.post("/user_account/following/alice", {})
    alike = fan.post("/boards", {"name": "Anything"}).json["id"]
    fan.post("/pins", {"board_id": alike, "media_source": _a_picture("shared")})
    beside = fan.post("/pins", {"board_id": alike, "media_source": _a_picture("beside")}).json["id"]
    return Viewers(fan, follower, alike, beside)


def _watched(stack: Stack, alice: Http, viewers: Viewers, word: str) -> tuple[float, float]:
    """How long after the answer the board was seen, and how long any index knew it."""
    secret = _a_board_that_is_found(alice, viewers, word)
    is_over = Event()
    with ThreadPoolExecutor(PROBERS) as pool:
        probing = [pool.submit(_probes, viewers, secret, is_over) for _ in range(PROBERS)]
        try:
            time.sleep(0.3)
            assert alice.patch(f"/boards/{secret.board_id}", {"privacy": "SECRET"}).status == 200
            told = time.monotonic()
            assert eventually(lambda: not any(map(stack.is_indexed, (secret.board_id, secret.pin_id))))
            cleaned = time.monotonic() - told
            time.sleep(max(0, WATCHED_SECONDS - cleaned))
        finally:
            is_over.set()
        probes = [probe for each in probing for probe in each.result()]
    seen = [probe for probe in probes if probe.saw]
    assert [probe for probe in seen if probe.began < told], "it was not seen before either"
    assert not {probe.path for probe in seen} & {ask.path for ask in secret.kept_from(viewers)}
    return max((probe.began - told for probe in seen if probe.began > told), default=0), cleaned


def _a_board_that_is_found(alice: Http, viewers: Viewers, word: str) -> Secret:
    board_id = alice.post("/boards", {"name": f"A {word}", "topics": [TOPIC]}).json["id"]
    alice.post("/pins", {"board_id": board_id, "media_source": _a_picture("shared")})
    pin = {"board_id": board_id, "title": f"The {word}", "media_source": _a_picture(word)}
    secret = Secret(word, board_id, alice.post("/pins", pin).json["id"])
    viewers.follower.post(f"/user_account/following/boards/{board_id}", {})
    for ask in secret.shown_to(viewers):
        assert eventually(lambda ask=ask: secret.is_in(ask.viewer.get(ask.path))), ask.path
    return secret


def _a_picture(name: str) -> dict[str, str]:
    return {"source_type": "image_url", "url": f"https://pictures.example/{name}.jpg"}


def _probes(viewers: Viewers, secret: Secret, is_over: Event) -> list[Probe]:
    """All of it, again and again."""
    probes = []
    for viewer, path in cycle([*secret.shown_to(viewers), *secret.kept_from(viewers)]):
        if is_over.is_set():
            break
        began = time.monotonic()
        probes.append(Probe(path, began, secret.is_in(viewer.get(path))))
    return probes
