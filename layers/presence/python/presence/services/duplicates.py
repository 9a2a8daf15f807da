"""Pins that show the same as others on their board. They are made all the same; who makes them is told."""

from collections import defaultdict
from collections.abc import Iterable

from presence.domain.entities import Pin
from presence.storage import pins


def oldest_alike(board_id: str, coming: Iterable[Pin]) -> dict[str, str]:
    """For pins that come to a board, by their ids, the oldest other pin there that shows the same, if there is one:
    there already, or among those that come. 1 request for each different thing that they show.
    """
    alike: dict[str, list[str]] = defaultdict(list)
    for pin in coming:
        if pin.media.digest:
            alike[pin.media.digest].append(pin.id)
    oldest: dict[str, str] = {}
    for digest, ids in alike.items():
        there = sorted({*ids, *pins.oldest_alike(board_id, digest, limit=2)})  # one of the two may itself be coming
        for pin_id in ids:
            others = (other for other in there if other != pin_id)
            if first := next(others, None):
                oldest[pin_id] = first
    return oldest
