"""Which topics a board is about, told by its words."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from functools import cache
from itertools import pairwise

from presence.domain.topics import MAX_TOPICS, every
from presence.domain.words import small_words, stem, words

IN_TITLE, ELSEWHERE = 1.0, 0.5
ENOUGH = 1.0
"""A word of the title, or two of what stands beside it. Who has less is about nothing in particular."""
CLOSE = 0.5
"""Of the best topic's score: others that have less are by the way."""
LANGUAGES = ("en", "de", "fr", "es")
"""Those of the topics' words. A short text may be taken for another language than it is in, so each word is known by
its stems in all of them."""


def assigned(title: Sequence[str], text: Sequence[str], beside: Collection[str]) -> tuple[str, ...]:
    """At most ``MAX_TOPICS`` topics, what fits best first; none, where the words tell of nothing.

    A word counts once, where it weighs most, and is shared among the topics that it may mean. A topic is told by its
    own words; a top one also by those of the topics below it together, where no single one of them has enough.

    Args:
        title: stems in their order, as ``text``; two that are neighbours are looked up together too.
        beside: stems that are in no order.
    """
    scores: dict[str, float] = defaultdict(float)
    for term, weight in _weighed(title, text, beside).items():
        meant = _meanings().get(term, ())
        for topic_id in meant:
            scores[topic_id] += weight / len(meant)
    found = {topic_id: score for topic_id, score in scores.items() if score >= ENOUGH and every()[topic_id].parent}
    told = {every()[topic_id].parent for topic_id in found}
    found |= {top: score for top, score in _whole(scores).items() if score >= ENOUGH and top not in told}
    enough = CLOSE * max(found.values(), default=0)
    ordered = sorted((-score, topic_id) for topic_id, score in found.items() if score >= enough)
    return tuple(topic_id for _, topic_id in ordered[:MAX_TOPICS])


def _weighed(title: Sequence[str], text: Sequence[str], beside: Collection[str]) -> dict[str, float]:
    weighed = dict.fromkeys((*text, *map(" ".join, pairwise(text)), *beside), ELSEWHERE)
    return weighed | dict.fromkeys((*title, *map(" ".join, pairwise(title))), IN_TITLE)


def _whole(scores: Mapping[str, float]) -> dict[str, float]:
    """What the top topics have together with those below them."""
    whole: dict[str, float] = defaultdict(float)
    for topic_id, score in scores.items():
        whole[every()[topic_id].parent or topic_id] += score
    return whole


@cache
def _meanings() -> Mapping[str, tuple[str, ...]]:
    """The topics that each stem, or pair of stems, may mean."""
    meanings: dict[str, dict[str, None]] = defaultdict(dict)
    for topic in every().values():
        for terms in topic.words.values():
            for term in terms.split(","):
                folded = [word.text for word in words(term)]
                for code in LANGUAGES:
                    meanings[" ".join(stem(word, code) for word in folded)][topic.id] = None
    return {term: tuple(topic_ids) for term, topic_ids in meanings.items() if not _is_small(term)}


def _is_small(term: str) -> bool:
    """Tea is "thé" in French, and a forest's stem there is "for"."""
    return any(small_words((term,), code) for code in LANGUAGES)
