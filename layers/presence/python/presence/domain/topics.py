"""The topics that boards are sorted into: a tree of two levels, from ``topics.json``."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

MAX_TOPICS = 3
"""Of a board."""


@dataclass(frozen=True, slots=True)
class Topic:
    """What boards may be about."""

    id: str
    """A slug; it stays when the name is changed."""
    name: str
    words: Mapping[str, str]
    """What tells it, by language: words or pairs of words, separated by commas."""
    parent: str | None = None
    """The topic above it; None: it is a top one."""


@cache
def every() -> Mapping[str, Topic]:
    """All topics by id, each after the one above it. Read from the file once, when first asked for."""
    rows = json.loads(Path(__file__).with_name("topics.json").read_bytes())
    return {row["id"]: Topic(**row) for row in rows}


def with_parents(topic_ids: Iterable[str]) -> tuple[str, ...]:
    """The topics and those above them, each once. Ids that are no topic's any more are left out."""
    known = every()
    found = [known[topic_id] for topic_id in topic_ids if topic_id in known]
    return tuple(dict.fromkeys(each for topic in found for each in (topic.id, topic.parent) if each))
