"""One gallery: what is found of what belongs together, beside the baselines, and what it takes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from statistics import fmean

from tools.bench_search import metrics, tasks
from tools.bench_search.baselines import Popularity, TagCosine, most_borne
from tools.bench_search.boards import Gallery
from tools.bench_search.deployment import Answer, Deployment, ManyBoards, Names
from tools.bench_search.metered import Bill
from tools.bench_search.tasks import Question
from tools.bench_search.trial import NEW_EVERY, Cost, Progress, cost

SIZES = (100, 1_000)
"""Boards at which requests are counted, before all are there."""
PROBES = 50
"""Questions about the first boards: they find something from the beginning."""
DEPTH = 10

type Ask = Callable[[str, int], Answer]
"""Takes what a question is about, and how many are wanted."""
type Rank = Callable[[str, int], list[str]]
"""The same of a baseline."""


@dataclass(frozen=True)
class _Task:
    name: str
    questions: Sequence[Question]
    ours: Ask
    popularity: Rank
    cosine: Rank | None = None
    probes: Sequence[str] = ()
    """What to ask about as boards come."""


@dataclass
class Recall:
    """At 10, of one kind of question."""

    task: str
    kind: str
    questions: int
    ours: float
    popularity: float
    cosine: float | None
    """None: there are no tags that could tell."""


@dataclass
class Figures:
    gallery: str
    boards: int
    pins: int
    names: int
    recalls: list[Recall] = field(default_factory=list)
    requests: dict[str, Cost] = field(default_factory=dict)
    """For each question, by task."""
    read_units: dict[str, Cost] = field(default_factory=dict)
    growth: dict[str, dict[int, Cost]] = field(default_factory=dict)
    """Requests for a question, by task and then by how many boards there are."""


def run(gallery: Gallery, *, sampled: int, progress: Progress) -> Figures:
    """
    Args:
        sampled: how many boards of each kind are asked about in each way, and how many names are typed.
    """
    drawn, names = tasks.drawn(gallery, sampled), tasks.bearers(gallery)
    figures = Figures(gallery.name, len(drawn.boards), sum(len(each.items) for each in drawn.boards), len(names))
    progress(f"{gallery.name}: {figures.names:,} names into Presence")
    typing = Names(names)
    questions = list(tasks.typed(gallery, names, sampled))
    _judge(typing, _Task("suggestions", questions, typing.suggest, lambda *asked: most_borne(names, *asked)), figures)

    deployment = ManyBoards(gallery.items, drawn.boards)
    about_boards = _tasks(deployment, drawn, gallery)
    there = 0
    for size in (*(size for size in SIZES if size < figures.boards), figures.boards):
        progress(f"{gallery.name}: {size:,} boards into Presence")
        deployment.add(size - there)
        there = size
        for task in about_boards:
            answers = [_asked(deployment, task.ours, about, place) for place, about in enumerate(task.probes)]
            figures.growth.setdefault(task.name, {})[size] = cost([answer.bill.requests for answer in answers])
    for task in about_boards:
        progress(f"{gallery.name}: {len(task.questions):,} questions, {task.name}")
        _judge(deployment, task, figures)
    return figures


def _tasks(deployment: ManyBoards, drawn: tasks.Tasks, gallery: Gallery) -> list[_Task]:
    cosine, popularity = TagCosine(gallery.items, drawn.boards), Popularity(drawn.boards)
    first = drawn.boards[:PROBES]
    ids, items = [each.id for each in first], [each.items[0] for each in first]
    return [
        _Task("more ideas", drawn.ideas, deployment.ideas, popularity.ideas, cosine.ideas, ids),
        _Task("related boards", drawn.related, deployment.related, popularity.related, cosine.related, ids),
        _Task("boards for a pin", drawn.belonging, deployment.belonging, popularity.belonging, cosine.belonging, items),
    ]


def _judge(deployment: Deployment, task: _Task, figures: Figures) -> None:
    bills: list[Bill] = []
    for kind, some in groupby(sorted(task.questions, key=lambda each: each.kind), key=lambda each: each.kind):
        questions = list(some)
        ours: list[float] = []
        for place, question in enumerate(questions):
            answer = _asked(deployment, task.ours, question.about, place)
            bills.append(answer.bill)
            ours.append(metrics.found(answer.ids, question.wanted, DEPTH))
        figures.recalls.append(
            Recall(
                task.name,
                kind,
                len(questions),
                fmean(ours),
                _recall(task.popularity, questions),
                _recall(task.cosine, questions) if task.cosine else None,
            )
        )
    figures.requests[task.name] = cost([bill.requests for bill in bills])
    figures.read_units[task.name] = cost([bill.read_units for bill in bills])


def _recall(rank: Rank, questions: Sequence[Question]) -> float:
    return fmean(metrics.found(rank(each.about, DEPTH), each.wanted, DEPTH) for each in questions)


def _asked(deployment: Deployment, ask: Ask, about: str, place: int) -> Answer:
    if place % NEW_EVERY == 0:
        deployment.forget()
    return ask(about, DEPTH)
