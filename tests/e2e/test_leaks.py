"""What is seen of a board after its owner made it secret, on every path and at every moment."""

import sys
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle
from typing import NamedTuple

import pytest

from tests.e2e.client import Http, Stack
from tests.e2e.test_live import eventually

PICTURE = {"source_type": "image_url", "url": "https://pictures.example/a.jpg"}
PROBERS = 3
WATCHED_SECONDS = 2.0
"""After the answer; the indexes are usually clean within one."""


class Probe(NamedTuple):
    path: str
    began: float
    saw: bool


class Secret(NamedTuple):
    """A board to be made secret, with a pin, both named after a word that nothing else has."""

    word: str
    board_id: str
    pin_id: str

    @property
    def paths(self) -> tuple[str, ...]:
        """All that could show it to somebody who has no part in it."""
        return (
            f"/boards/{self.board_id}",
            f"/boards/{self.board_id}/pins",
            f"/pins/{self.pin_id}",
            "/users/alice/boards?page_size=250",
            "/users/alice/pins?page_size=250",
            f"/discover/search?q={self.word}",
            f"/discover/search?type=pins&q={self.word}",
            "/discover/feed?page_size=250",
        )

    def is_in(self, text: str) -> bool:
        return any(each in text for each in (self.board_id, self.pin_id, self.word))


@pytest.mark.timeout(180)
def test_no_path_shows_a_board_once_its_owner_was_told_that_it_is_secret(
    stack: Stack, alice: Http, bob: Http, capsys: pytest.CaptureFixture[str]
) -> None:
    bob.post("/user_account/following/alice", {})
    rounds = [_watched(stack, alice, bob, f"leak{letter}word") for letter in "abc"]
    longest, cleaned = max(leak for leak, _ in rounds), max(seconds for _, seconds in rounds)
    with capsys.disabled():
        sys.stdout.write(f"\nlongest seen: {longest:.3f} s after the answer; indexes clean after {cleaned:.1f} s\n")
    assert longest == 0


def _watched(stack: Stack, alice: Http, bob: Http, word: str) -> tuple[float, float]:
    """How long after the answer the board was seen, and how long any index knew it."""
    secret = _a_board_that_is_found(alice, bob, word)
    until = time.monotonic() + WATCHED_SECONDS
    with ThreadPoolExecutor(PROBERS) as pool:
        probing = [pool.submit(_probes, bob, secret, until) for _ in range(PROBERS)]
        time.sleep(0.3)
        assert alice.patch(f"/boards/{secret.board_id}", {"privacy": "SECRET"}).status == 200
        told = time.monotonic()
        assert eventually(lambda: not any(map(stack.is_indexed, (secret.board_id, secret.pin_id))))
        cleaned = time.monotonic() - told
        probes = [probe for each in probing for probe in each.result()]
    assert [probe for probe in probes if probe.saw and probe.began < told], "it was not seen before either"
    return max((probe.began - told for probe in probes if probe.saw and probe.began > told), default=0), cleaned


def _a_board_that_is_found(alice: Http, bob: Http, word: str) -> Secret:
    board_id = alice.post("/boards", {"name": f"A {word}"}).json["id"]
    pin = {"board_id": board_id, "title": f"The {word}", "media_source": PICTURE}
    secret = Secret(word, board_id, alice.post("/pins", pin).json["id"])
    for path in secret.paths:
        assert eventually(lambda path=path: secret.is_in(bob.get(path).text)), path
    return secret


def _probes(viewer: Http, secret: Secret, until: float) -> list[Probe]:
    """All paths, again and again until then."""
    probes = []
    for path in cycle(secret.paths):
        began = time.monotonic()
        if began > until:
            break
        probes.append(Probe(path, began, secret.is_in(viewer.get(path).text)))
    return probes
