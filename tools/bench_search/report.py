"""What is said of the figures: on the terminal and in docs/discovery.md."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from statistics import fmean

from tools.bench_search import boards_trial
from tools.bench_search.metered import CARDS, CENSUS, LISTS, MAIN
from tools.bench_search.trial import Cost, Figures, Overlap

FILE = Path(__file__).parents[2] / "docs" / "discovery.md"
BEGIN, END = "<!-- results: make bench-search writes what follows -->", "<!-- end of results -->"

NDCG_GOAL = 0.99
OVERLAP_GOAL = 0.97
LIST_REQUESTS_GOAL = 1
LIST_UNITS_GOAL = 4
WRITE_RATIO_GOAL = 0.5
BOARD_REQUESTS_GOAL = 25


@dataclass(frozen=True)
class Goal:
    name: str
    wanted: str
    result: str
    met: bool


def goals(figures: Figures) -> Iterator[Goal]:
    if figures.quality:
        ours, theirs = figures.quality.ndcg
        ratio = ours / theirs if theirs else 1.0
        yield Goal("nDCG@10, per the engine's", f"≥ {NDCG_GOAL}", f"{ratio:.3f}", ratio >= NDCG_GOAL)
    if not figures.has_text:
        yield from _goals_of_overlaps(figures.overlaps.values())
    requests, units = figures.requests[LISTS].most, figures.read_units[LISTS].most
    yield Goal("requests for posting lists", f"≤ {LIST_REQUESTS_GOAL}", f"{requests:g}", requests <= LIST_REQUESTS_GOAL)
    yield Goal("read units of posting lists", f"≤ {LIST_UNITS_GOAL}", f"{units:g}", units <= LIST_UNITS_GOAL)
    ratio = figures.write_ratio
    yield Goal("write units, per posting", f"≤ {WRITE_RATIO_GOAL}", f"{ratio:.3f}", ratio <= WRITE_RATIO_GOAL)
    counts = {(cost.mean, cost.most) for cost in figures.growth.values()}
    grown = ", ".join(f"{cost.mean:g} at {size:,}" for size, cost in figures.growth.items())
    yield Goal("requests for a query, as documents come", "the same", grown, len(counts) == 1)


def _goals_of_overlaps(overlaps: Collection[Overlap]) -> Iterator[Goal]:
    """Of queries of so many words over all of their kinds, else of the worst kind."""
    for words in dict.fromkeys(each.words for each in overlaps if each.words):
        mean = fmean(each.strict for each in overlaps if each.words == words)
        yield _overlap_goal(f"of {words} words", mean)
    yield _overlap_goal("by words alone, least", min(each.words_alone for each in overlaps))
    yield _overlap_goal("up to ties, least", min(each.with_ties for each in overlaps))


def _overlap_goal(name: str, result: float) -> Goal:
    return Goal(f"overlap@10 {name}", f"≥ {OVERLAP_GOAL}", f"{result:.3f}", result >= OVERLAP_GOAL)


def as_text(section: str) -> str:
    """The same tables, without markup that only a browser makes sense of."""
    return "\n" + section.replace("**", "").replace("`", "")


def rewrite(section: str) -> None:
    """Put it in place of the one with the same title; others stay."""
    before, _, rest = FILE.read_text("utf-8").partition(BEGIN)
    told, _, after = rest.partition(END)
    sections = dict(re.findall(r"^#### (.+?)\n(.*?)(?=^#### |\Z)", told, re.MULTILINE | re.DOTALL))
    title, _, body = section.removeprefix("#### ").partition("\n")
    sections[title] = f"{body}\n"
    written = "\n".join(f"#### {title}\n{body.rstrip()}\n" for title, body in sections.items())
    FILE.write_text(f"{before}{BEGIN}\n\n{written}\n{END}{after}", "utf-8")


def of_search(figures: Figures) -> str:
    fields = "titles and texts" if figures.has_text else "titles"
    parts = [
        f"#### {figures.collection}",
        f"{figures.documents:,} {fields} of {figures.postings:.1f} different words; tantivy {version('tantivy')}.",
        _table(("goal", "wanted", "result", ""), [_goal(each) for each in goals(figures)]),
    ]
    if figures.quality:
        parts.append(_quality(figures))
    parts += [_overlaps(figures), _costs(figures)]
    return "\n\n".join(parts) + "\n"


def _goal(goal: Goal) -> Sequence[str]:
    return goal.name, goal.wanted, f"**{goal.result}**", "met" if goal.met else "**not met**"


def _quality(figures: Figures) -> str:
    assert figures.quality
    rows = [
        (name, f"{ours:.3f}", f"{theirs:.3f}")
        for name, (ours, theirs) in (("nDCG@10", figures.quality.ndcg), ("recall@100", figures.quality.recall))
    ]
    return _table((f"{figures.quality.queries:,} judged queries", "ours", "engine's"), rows)


def _overlaps(figures: Figures) -> str:
    rows = [
        (kind, f"{each.queries:,}", f"{each.strict:.3f}", f"{each.words_alone:.3f}", f"{each.with_ties:.3f}")
        for kind, each in figures.overlaps.items()
    ]
    return _table(("overlap@10 with the engine, queries of", "queries", "strict", "by words alone", "up to ties"), rows)


def _costs(figures: Figures) -> str:
    reads = [
        (f"a query: {part}", *_cost(figures.requests[part]), *_cost(figures.read_units[part]), "")
        for part in (LISTS, CENSUS, CARDS, MAIN)
    ]
    writes = [(f"a document: {part}", *[""] * 4, f"{figures.write_units[part]:.3f}") for part in (LISTS, CARDS, CENSUS)]
    header = ("", "requests", "at most", "read units", "at most", "write units")
    return _table(header, [*reads, *writes])


def goals_of_boards(figures: boards_trial.Figures) -> Iterator[Goal]:
    """Each task is to find as much as the better baseline, over all its questions."""
    for task in figures.requests:
        of_task = [each for each in figures.recalls if each.task == task]
        asked = [each.questions for each in of_task]
        ours = fmean([each.ours for each in of_task], asked)
        wanted = max(
            fmean([each.popularity for each in of_task], asked), fmean([each.cosine or 0.0 for each in of_task], asked)
        )
        yield Goal(f"recall@10, {task}", f"≥ {wanted:.3f}", f"{ours:.3f}", ours >= wanted)
    most = max(cost.most for cost in figures.requests.values())
    yield Goal("requests for a question, most", f"≤ {BOARD_REQUESTS_GOAL}", f"{most:g}", most <= BOARD_REQUESTS_GOAL)


def of_boards(figures: boards_trial.Figures) -> str:
    told = f"{figures.boards:,} boards with {figures.pins:,} pins, and {figures.names:,} names."
    met = _table(("goal", "wanted", "result", ""), [_goal(each) for each in goals_of_boards(figures)])
    parts = [f"#### {figures.gallery}: boards", told, met, _recalls(figures), _costs_of_boards(figures)]
    return "\n\n".join(parts) + "\n"


def _recalls(figures: boards_trial.Figures) -> str:
    rows = [
        (
            f"{each.task}: {each.kind}" if each.kind else each.task,
            f"{each.questions:,}",
            f"{each.ours:.3f}",
            f"{each.cosine:.3f}" if each.cosine is not None else "",
            f"{each.popularity:.3f}",
        )
        for each in figures.recalls
    ]
    return _table(("recall@10", "questions", "ours", "cosine of tags", "popularity"), rows)


def _costs_of_boards(figures: boards_trial.Figures) -> str:
    rows = [
        (task, *_cost(requests), *_cost(figures.read_units[task]), _grown(figures.growth.get(task, {})))
        for task, requests in figures.requests.items()
    ]
    return _table(("", "requests", "at most", "read units", "at most", "requests, at most, as boards come"), rows)


def _grown(growth: Mapping[int, Cost]) -> str:
    return ", ".join(f"{cost.most:g} at {size:,}" for size, cost in growth.items())


def _cost(cost: Cost) -> tuple[str, str]:
    return f"{cost.mean:.2f}", f"{cost.most:g}"


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
