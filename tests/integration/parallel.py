"""Many requests at the same moment."""

from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from tests.support.api import Reply

type Request = Callable[[], Reply]


def at_once(requests: Iterable[Request]) -> list[Reply]:
    """The answers to requests that all start together, in the order of the requests."""
    waiting = list(requests)
    start = Barrier(len(waiting))

    def run(request: Request) -> Reply:
        start.wait()
        return request()

    with ThreadPoolExecutor(len(waiting)) as threads:
        return list(threads.map(run, waiting))


def answers(replies: Iterable[Reply]) -> Counter[tuple[int, int | None]]:
    """How often each status came with each code of our error body."""
    return Counter((reply.status, (reply.json or {}).get("code")) for reply in replies)
