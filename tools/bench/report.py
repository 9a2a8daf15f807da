"""The goals, and what is said of the results: on the terminal and in docs/performance.md."""

import platform
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version

from tools.bench.assets import ROOT, Size
from tools.bench.measure import ratio
from tools.bench.subjects import (
    BARE_CLIENT,
    FASTAPI_READ,
    FASTAPI_WRITE,
    FIRST_READS,
    FIRST_WRITES,
    FUNCTIONS,
    WARM,
    WITHOUT_RIVALS,
    Call,
    Name,
    Start,
)

FILE = ROOT / "docs" / "performance.md"
ACCESS_PATTERNS = ROOT / "docs" / "access-patterns.md"
BEGIN, END = "<!-- results: make bench writes what follows -->", "<!-- end of results -->"

WARM_GOALS = {"get_board": 1.10, "list_25_boards": 1.0, "list_100_boards": 0.8}
COLD_GOAL = 1.25
LAYERS_GOAL = 0.6

WORDS = {
    "get_board": "get one board",
    "list_25_boards": "list 25 boards",
    "list_100_boards": "list 100 boards",
    "create_board": "create a board",
    "get_pin": "get a pin",
    "create_pin": "create a pin",
    "get_account": "get the account",
    "search_boards": "search boards",
    "sign_in": "sign in again",
    "upkeep": "renew a cover",
}
LIBRARIES = ("aws-lambda-powertools", "botocore", "fastapi", "mangum", "orjson", "pydantic", "pynamodb")

type Row = Sequence[str]


@dataclass
class Results:
    sizes: dict[str, Size]
    compiled: list[str]
    start_counts: dict[Start, int] = field(default_factory=dict)
    call_counts: dict[Name, dict[Call, float]] = field(default_factory=dict)
    start_times: dict[Start, list[float]] = field(default_factory=dict)
    call_times: dict[Name, dict[Call, list[float]]] = field(default_factory=dict)

    @property
    def counts_known(self) -> bool:
        return bool(self.start_counts)

    def calls(self, call: Call, of: Name, to: Name) -> tuple[float | None, float]:
        """One contender's instructions and time, per those of another."""
        counted = self.call_counts[of][call] / self.call_counts[to][call] if self.counts_known else None
        return counted, ratio(self.call_times[of][call], self.call_times[to][call])

    def starts(self, of: Start, to: Start) -> tuple[float | None, float]:
        """One start's instructions and time, per those of another."""
        counted = self.start_counts[of] / self.start_counts[to] if self.counts_known else None
        return counted, ratio(self.start_times[of], self.start_times[to])

    @property
    def layers(self) -> float:
        """Our layers' unzipped bytes, per what they would be untrimmed."""
        presence, vendor, untrimmed = (self.sizes[name] for name in ("presence", "vendor", "vendor, untrimmed"))
        return (vendor + presence).unzipped / (untrimmed + presence).unzipped


@dataclass(frozen=True)
class Gate:
    name: str
    goal: float
    result: float

    @property
    def met(self) -> bool:
        return self.result <= self.goal


def gates(results: Results) -> Iterator[Gate]:
    """The goals that are judged: only what does not depend on the machine or its load."""
    yield Gate("modules compiled at import", 0, len(results.compiled))
    yield Gate("layers, per untrimmed", LAYERS_GOAL, results.layers)
    for call, goal in WARM_GOALS.items():
        counted, _ = results.calls(call, "ours", "handwritten")
        if counted is not None:
            yield Gate(f"{WORDS[call]}, per hand-written", goal, counted)
    for start in FIRST_READS:
        counted, _ = results.starts(start, BARE_CLIENT)
        if counted is not None:
            yield Gate(f"cold start of {start.subject}, per bare client", COLD_GOAL, counted)
    for start in (*FIRST_READS, *FIRST_WRITES):
        counted, _ = results.starts(start, _fastapi(start))
        if counted is not None:
            yield Gate(f"cold start of {start.subject} ({WORDS[str(start.call)]}), per FastAPI", 1.0, counted)


def _fastapi(start: Start) -> Start:
    return FASTAPI_WRITE if start in FIRST_WRITES else FASTAPI_READ


def as_text(results: Results) -> str:
    """The same tables, without markup that only a browser makes sense of."""
    return "\n" + _markdown(results).replace("**", "").replace("`", "")


def rewrite(results: Results) -> None:
    before, _, rest = FILE.read_text("utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    FILE.write_text(f"{before}{BEGIN}\n\n{_markdown(results)}\n{END}{after}", "utf-8")


def _markdown(results: Results) -> str:
    parts = (
        ("Warm calls", _warm(results)),
        ("Cold starts", _cold(results)),
        ("Sizes", _sizes(results)),
        ("Requests and capacity", _capacity()),
    )
    sections = "\n".join(f"### {title}\n\n{text}\n" for title, text in parts)
    return f"{sections}\n{_versions()}\n"


def _warm(results: Results) -> str:
    rows = []
    for call in WARM:
        ours, ours_time = results.calls(call, "ours", "handwritten")
        theirs, theirs_time = results.calls(call, "fastapi", "handwritten")
        rows.append((WORDS[call], _goal(WARM_GOALS.get(call)), *_figures(ours, theirs, ours_time, theirs_time)))
    return _table(("per hand-written", "goal", "**instructions: ours**", "FastAPI", "time: ours", "FastAPI"), rows)


def _cold(results: Results) -> str:
    rows = []
    for start in (*FIRST_READS, *FIRST_WRITES, *WITHOUT_RIVALS):
        goal = COLD_GOAL if start in FIRST_READS else None
        rows.append(_cold_row(results, start.subject, start, goal))
    rows += [_cold_row(results, "FastAPI", start, None) for start in (FASTAPI_READ, FASTAPI_WRITE)]
    header = ("per bare client", "first answer", "goal", "**instructions**", "time", "instructions per FastAPI", "time")
    return _table(header, rows) + f"\n\nModules compiled at import: {len(results.compiled)} (goal: 0)."


def _cold_row(results: Results, name: str, start: Start, goal: float | None) -> Row:
    counted, timed = results.starts(start, BARE_CLIENT)
    compared = results.starts(start, _fastapi(start)) if start in (*FIRST_READS, *FIRST_WRITES) else ()
    beside = _figures(*compared) if compared else ("", "")
    return (f"`{name}`", WORDS[str(start.call)], _goal(goal), *_figures(counted, timed), *beside)


def _sizes(results: Results) -> str:
    names = ("vendor", "vendor, untrimmed", "presence", *FUNCTIONS)
    titles = {
        "vendor": "layer of third-party code",
        "vendor, untrimmed": "the same, untrimmed",
        "presence": "our layer",
    }
    rows = [(titles.get(name, f"`{name}`"), *_kilobytes(results.sizes[name])) for name in names]
    return (
        _table(("kB, with bytecode", "unzipped", "zipped"), rows)
        + f"\n\nThe layers together are **{results.layers:.2f}** of what they would be untrimmed (goal: {LAYERS_GOAL})."
    )


def _kilobytes(size: Size) -> tuple[str, str]:
    return f"{size.unzipped / 1000:,.0f}", f"{size.zipped / 1000:,.0f}"


def _capacity() -> str:
    """The routes of the table of access patterns, which tests hold to what is really sent."""
    rows = []
    for line in ACCESS_PATTERNS.read_text("utf-8").splitlines():
        if re.match(r"\| `(GET|POST|PATCH|DELETE) ", line):
            pattern, _, *numbers = (cell.strip() for cell in line.strip("|").split(" | "))
            rows.append((pattern, *numbers))
    return "From [the access patterns](access-patterns.md), which tests hold to what is sent:\n\n" + _table(
        ("route", "requests", "read units", "write units"), rows
    )


def _versions() -> str:
    libraries = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    return f"Python {platform.python_version()} on {platform.machine()}; {libraries}."


def _figures(*values: float | None) -> tuple[str, ...]:
    return tuple("—" if value is None else f"{value:.2f}" for value in values)


def _goal(value: float | None) -> str:
    return "" if value is None else f"≤ {value:.2f}"


def _table(header: Row, rows: Iterable[Row]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
