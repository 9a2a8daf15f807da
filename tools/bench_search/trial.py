"""One collection, searched by both: what was found, and what it took."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from statistics import fmean

from tools.bench_search import metrics, sampling
from tools.bench_search.collection import Collection, Query
from tools.bench_search.deployment import Answer, OneBoard
from tools.bench_search.engine import Engine
from tools.bench_search.metered import CARDS, CENSUS, LISTS, MAIN, Bill

SIZES = (1_000, 10_000)
"""Documents at which requests are counted, before all are there."""
SAMPLED_WORDS = (2, 3)
PROBES = 100
"""Queries of two words of the first documents' titles: they find something from the beginning."""
DEPTH = 10
RECALL_DEPTH = 100
NEW_EVERY = 10
"""So many queries are answered by one function before it has to read anew what it knows of the whole index."""


@dataclass
class Quality:
    """Against judgements, ours and the engine's."""

    queries: int
    ndcg: tuple[float, float]
    recall: tuple[float, float]


@dataclass
class Overlap:
    """With the engine's first ten, of one kind of query."""

    queries: int
    words: int | None
    """In each; None: it differs."""
    strict: float
    words_alone: float
    """As strictly, with an order that says nothing of neighbours: the engine's has no part for them."""
    with_ties: float


@dataclass
class Cost:
    """Of one kind of request: means, and the most."""

    mean: float
    most: float


@dataclass
class Figures:
    collection: str
    documents: int
    has_text: bool
    quality: Quality | None = None
    overlaps: dict[str, Overlap] = field(default_factory=dict)
    requests: dict[str, Cost] = field(default_factory=dict)
    """For each query, by what is asked."""
    read_units: dict[str, Cost] = field(default_factory=dict)
    write_units: dict[str, float] = field(default_factory=dict)
    """For each document, by what is written."""
    postings: float = 0.0
    """For each document."""
    growth: dict[int, Cost] = field(default_factory=dict)
    """Requests for a query, by how many documents there are."""

    @property
    def write_ratio(self) -> float:
        """Of all write units, to one for each posting."""
        return sum(self.write_units.values()) / self.postings if self.postings else 0.0


type Progress = Callable[[str], None]


def run(collection: Collection, *, sampled: int, progress: Progress) -> Figures:
    """
    Args:
        sampled: how many queries of each kind are made of titles.
    """
    figures = Figures(collection.name, len(collection.documents), collection.has_text)
    progress(f"{collection.name}: {figures.documents:,} documents into tantivy")
    engine = Engine(collection.documents)
    deployment = OneBoard(collection.documents)
    probes = sampling.queries(collection.documents[: SIZES[0]], "words of one title", 2, PROBES)
    with deployment.memory.bill() as written:
        there = 0
        for size in (*(size for size in SIZES if size < figures.documents), figures.documents):
            progress(f"{collection.name}: {size:,} documents into Presence")
            deployment.add(size - there)
            there = size
            figures.growth[size] = cost([_ask(deployment, each, n).bill.requests for n, each in enumerate(probes)])
    figures.write_units = {part: written.parts[part].write_units / figures.documents for part in (LISTS, CARDS, CENSUS)}
    figures.postings = deployment.postings() / figures.documents
    bills: list[Bill] = []
    if collection.judgements:
        progress(f"{collection.name}: {len(collection.queries):,} queries with judgements")
        figures.quality = _quality(collection, engine, deployment)
    for kind, words, queries in _kinds(collection, sampled):
        progress(f"{collection.name}: {len(queries):,} queries, {kind}")
        figures.overlaps[kind] = _overlap(queries, words, engine, deployment, bills)
    for part in (LISTS, CENSUS, CARDS, MAIN):
        figures.requests[part] = cost([bill.parts[part].requests for bill in bills])
        figures.read_units[part] = cost([bill.parts[part].read_units for bill in bills])
    return figures


def _kinds(collection: Collection, sampled: int) -> Iterable[tuple[str, int | None, Sequence[Query]]]:
    if collection.queries:
        yield "as given", None, collection.queries
    for words in SAMPLED_WORDS:
        for draw in sampling.DRAWS:
            yield f"{words} {draw}", words, sampling.queries(collection.documents, draw, words, sampled)


def _quality(collection: Collection, engine: Engine, deployment: OneBoard) -> Quality:
    ndcg: list[tuple[float, float]] = []
    recall: list[tuple[float, float]] = []
    for query in collection.queries:
        grades = collection.judgements.get(query.id, {})
        if not any(grade > 0 for grade in grades.values()):
            continue
        ours = deployment.search(query.text, size=RECALL_DEPTH).ids
        theirs = [hit.id for hit in engine.search(query.text, RECALL_DEPTH)]
        ndcg.append((metrics.ndcg(ours, grades, DEPTH), metrics.ndcg(theirs, grades, DEPTH)))
        recall.append((metrics.recall(ours, grades, RECALL_DEPTH), metrics.recall(theirs, grades, RECALL_DEPTH)))
    return Quality(len(ndcg), _means(ndcg), _means(recall))


def _means(pairs: Sequence[tuple[float, float]]) -> tuple[float, float]:
    ours, theirs = (fmean(side) if side else 0.0 for side in (zip(*pairs, strict=True) if pairs else ((), ())))
    return ours, theirs


def _overlap(
    queries: Sequence[Query], words: int | None, engine: Engine, deployment: OneBoard, bills: list[Bill]
) -> Overlap:
    strict: list[float] = []
    words_alone: list[float] = []
    with_ties: list[float] = []
    for place, query in enumerate(queries):
        answer = _ask(deployment, query, place)
        bills.append(answer.bill)
        first, as_good = engine.best(query.text, DEPTH)
        if first:
            strict.append(metrics.overlap(answer.ids[:DEPTH], first, len(first)))
            with_ties.append(metrics.overlap(answer.ids[:DEPTH], as_good, len(first)))
            with deployment.by_words_alone():
                alone = deployment.search(query.text).ids
            words_alone.append(metrics.overlap(alone[:DEPTH], first, len(first)))
    return Overlap(len(strict), words, *(fmean(each or [1.0]) for each in (strict, words_alone, with_ties)))


def _ask(deployment: OneBoard, query: Query, place: int) -> Answer:
    if place % NEW_EVERY == 0:
        deployment.forget()
    return deployment.search(query.text)


def cost(values: Sequence[float]) -> Cost:
    """Their mean and the most of them; nothing of none."""
    return Cost(fmean(values), max(values)) if values else Cost(0.0, 0.0)
