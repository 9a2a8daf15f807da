"""Boards and topics with which others do much of late: kept true by the indexer, given out with one request or two.

What a board's acts come to stands on its card (``Document.trend``). For each topic, and for any, an item holds the
best boards of all windows (``domain.trends.Best``); it is set to say what their cards are about to say.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import takewhile

from presence.domain import clock, trends
from presence.domain.errors import Conflict
from presence.domain.topics import Topic, every
from presence.domain.trends import Best, Place, Trend
from presence.services.paging import Page, PageRequest
from presence.storage import index, keys
from presence.storage.index import Group

ATTEMPTS = 12

type Told = Mapping[str, Mapping[str, Trend]]
"""By topic what is to be said of boards, by their ids; an empty trend: nothing."""


def differing(told: Told) -> Told:
    """What the items do not say yet: 1 request per 100 items."""
    found = read(told, consistent=True)
    unsaid: dict[str, dict[str, Trend]] = defaultdict(dict)
    for topic_id, of_boards in told.items():
        best, _ = found[topic_id]
        for board_id, trend in of_boards.items():
            if best.trends.get(board_id, ()) != best.fitting(board_id, trend):
                unsaid[topic_id][board_id] = trend
    return unsaid


def settle(told: Told) -> None:
    """Have the items say so: 1 request per 100 items, and 1 of up to 4 write units for each that changes.

    Raises:
        Conflict: others kept changing the same items.
        Throttled, StorageUnavailable: as any request.
    """
    pending = {topic_id: of_boards for topic_id, of_boards in told.items() if of_boards}
    for _ in range(ATTEMPTS):
        if not pending:
            return
        groups = {
            topic_id: Group([index.best_write(topic_id, best, revision)])
            for topic_id, (best, revision) in read(pending, consistent=True).items()
            if best.put(pending[topic_id])
        }
        written = index.write_each(list(groups.values()))
        pending = {
            topic_id: pending[topic_id] for topic_id, is_written in zip(groups, written, strict=True) if not is_written
        }
    raise Conflict("Others keep changing the same topics.")


def reopen(topic_ids: Iterable[str]) -> None:
    """Open items again that dropped boards and have room by now, for whoever tells of these.

    Raises:
        Conflict: somebody else wrote the same at the same time.
    """
    lacking = {topic_id: each for topic_id, each in read(topic_ids, consistent=True).items() if each[0].is_lacking}
    groups = [
        Group([index.best_write(topic_id, Best(best.trends), revision)])
        for topic_id, (best, revision) in lacking.items()
    ]
    if not all(index.write_each(groups)):
        raise Conflict("Others keep changing the same topics.")


def read(topic_ids: Iterable[str], *, consistent: bool = False) -> dict[str, tuple[Best, int]]:
    """Each topic's best boards, and the revision of the item: 1 request per 100."""
    of = {keys.trends(topic_id): topic_id for topic_id in topic_ids}
    found = index.read(of, consistent=consistent)
    return {topic_id: (index.best(found.get(key)), index.revision(found.get(key))) for key, topic_id in of.items()}


def best(window: str, topic_id: str) -> list[Place]:
    """The boards of a topic with which others do most of late, the best first, as the indexer last knew them: 1
    request, half a read unit.
    """
    [(found, _)] = read([topic_id]).values()
    return _of_late(found, window)


def _of_late(found: Best, window: str) -> list[Place]:
    least = trends.least(window, clock.now())
    return list(takewhile(lambda place: place[0] >= least, found.places(window)))


def topics(window: str, request: PageRequest) -> Page[Topic]:
    """The topics of such boards, by what others did with their best ``trends.MOST``; of equals the narrower one comes
    first: 2 requests, half a read unit for each topic there is.

    Nobody asks who may see the boards: nothing is told of them.
    """
    least = trends.least(window, clock.now())
    acts = {
        topic_id: trends.together((score for score, _ in _of_late(best, window)), least)
        for topic_id, (best, _) in read(every()).items()
    }
    of_late = [topic for topic in every().values() if acts[topic.id]]
    ordered = sorted(of_late, key=lambda topic: (-acts[topic.id], topic.parent is None, topic.id))
    start = int(request.after or 0)
    end = start + request.size
    return Page(ordered[start:end], str(end) if end < len(ordered) else None)
