"""How good a ranking is. All are means over queries, from 0 to 1."""

import math
from collections.abc import Collection, Sequence

from tools.bench_search.collection import Grades

TIE = 1e-4
"""Scores are floats of 32 bits there: what differs by less is equal."""


def ndcg(ranking: Sequence[str], grades: Grades, depth: int = 10) -> float:
    """Normalized discounted cumulative gain, as trec_eval's ``ndcg_cut``: a document's gain is its grade, divided by
    log2(1 + its place); 1 is what the best possible ranking has.
    """
    best = _gain(sorted(grades.values(), reverse=True)[:depth])
    return _gain([grades.get(each, 0.0) for each in ranking[:depth]]) / best if best else 0.0


def _gain(grades: Sequence[float]) -> float:
    return sum(grade / math.log2(1 + place) for place, grade in enumerate(grades, 1))


def recall(ranking: Sequence[str], grades: Grades, depth: int = 100) -> float:
    """The share of the documents with a grade above 0 that is among the first ones."""
    relevant = {document for document, grade in grades.items() if grade > 0}
    return len(relevant & set(ranking[:depth])) / len(relevant) if relevant else 0.0


def found(ranking: Sequence[str], wanted: Collection[str], depth: int = 10) -> float:
    """Recall where more may be wanted than there are places: the share of those places that could be right."""
    most = min(depth, len(wanted))
    return len(set(wanted) & set(ranking[:depth])) / most if most else 0.0


def overlap(ranking: Sequence[str], reference: Collection[str], wanted: int) -> float:
    """The share of ``wanted`` places that are taken by what the reference has."""
    return len(set(ranking[:wanted]) & set(reference)) / wanted if wanted else 1.0
