"""What is measured: which calls, and who answers them from which directories."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

type Call = str
"""A request that is measured, such as ``get_board``. ``fixtures.py`` has the event of each."""
type Name = str

FUNCTION_OF: Mapping[Call, Name] = {
    "get_board": "boards",
    "list_25_boards": "boards",
    "list_100_boards": "boards",
    "create_board": "boards",
    "get_pin": "pins",
    "create_pin": "pins",
    "get_account": "account",
    "search_boards": "discovery",
    "sign_in": "sign_in",
    "upkeep": "upkeep",
}
FUNCTIONS = tuple(dict.fromkeys(FUNCTION_OF.values()))
WARM = ("get_board", "list_25_boards", "list_100_boards", "create_pin")
"""The calls that the contenders answer too."""


@dataclass(frozen=True)
class Subject:
    """Something that is started: what its ``sys.path`` begins with, and the module that answers each call."""

    path: tuple[Path, ...]
    modules: Mapping[Call, str]


@dataclass(frozen=True)
class Start:
    """A cold start of a subject. ``call`` is answered first; None: the subject's module is only imported."""

    subject: Name
    call: Call | None = None


NOTHING = Start("nothing")
BARE_CLIENT = Start("bare_client")
FASTAPI_READ = Start("fastapi", "get_board")
FASTAPI_WRITE = Start("fastapi", "create_pin")

FIRST_READS = (
    Start("boards", "get_board"),
    Start("pins", "get_pin"),
    Start("account", "get_account"),
)
FIRST_WRITES = (Start("boards", "create_board"), Start("pins", "create_pin"))
WITHOUT_RIVALS = (Start("discovery", "search_boards"), Start("sign_in", "sign_in"), Start("upkeep", "upkeep"))
"""What the contenders do not do."""


def subjects(asset: Path, handwritten: Path, fastapi: Path) -> dict[Name, Subject]:
    """Everybody, given our deployment and the directories of the contenders."""
    package = asset / "opt" / "python"
    tasks = {name: asset / "task" / name for name in FUNCTIONS}
    ours = {
        name: Subject((tasks[name], package), {c: f"{name}.handler" for c, of in FUNCTION_OF.items() if of == name})
        for name in FUNCTIONS
    }
    return {
        "nothing": Subject((), {}),
        "bare_client": Subject((handwritten,), {"": "contenders.bare_client"}),
        "handwritten": Subject((handwritten,), dict.fromkeys(WARM, "contenders.handwritten")),
        "fastapi": Subject((fastapi,), dict.fromkeys(WARM, "contenders.fastapi_app")),
        # Warm calls of two functions in one process: what they cost does not depend on each other.
        "ours": Subject((*tasks.values(), package), {call: f"{FUNCTION_OF[call]}.handler" for call in WARM}),
        **ours,
    }
