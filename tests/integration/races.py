"""Somebody else's write between two requests of a write, at each place where it can come."""

from collections.abc import Callable, Iterator
from functools import partial

from botocore.awsrequest import AWSResponse

from tests.integration.copies import Original
from tests.integration.local_cloud import LocalCloud
from tests.integration.stream import Stream, Upkeep, table_after
from tests.integration.truth import assert_clean, assert_exact
from tests.integration.wire import Go, Sent, Wire
from tests.support.api import Reply

SUCCESS = {200, 201, 204}


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


def interleavings[S](
    cloud: LocalCloud,
    wire: Wire,
    scene: Original[S],
    act: Callable[[S], Reply],
    other: Callable[[S], Reply],
    *,
    clean_up: bool = False,
) -> Iterator[tuple[Stream, Reply]]:
    """Lets ``other`` come between each two requests of ``act``, each time on another copy of the scene. Gives that
    copy's stream and the answer to ``act``.

    Args:
        clean_up: also what follows from ``other`` comes there.
    """
    number = 1  # before the first request is no race
    while True:
        stream = Stream(cloud)
        copy = scene.copy()
        follow = Upkeep(stream).run if clean_up else None
        between = Between(number, partial(other, copy), follow)
        with wire.through(between):
            reply = act(copy)
        if between.reply is None:
            return
        assert between.reply.status in SUCCESS
        yield stream, reply
        number += 1


def assert_settles(stream: Stream) -> None:
    upkeep = Upkeep(stream)
    assert_exact(table_after(stream.records()))
    upkeep.run()
    left = table_after(stream.records())
    assert_exact(left)
    assert_clean(left)
    assert not upkeep.given_up
