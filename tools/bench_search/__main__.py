"""Index, search, compare, rewrite docs/discovery.md: ``python -m tools.bench_search [COLLECTION]``."""

import argparse
import os
import sys
import time
from collections.abc import Iterable
from pathlib import Path

from tools.bench_search import boards, boards_trial, collection, report, synthetic, trial
from tools.bench_search.boards import Gallery
from tools.bench_search.collection import Collection, Malformed

SAMPLED = 300
SAMPLED_BOARDS = 100


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench-search", description=__doc__)
    parser.add_argument("collection", nargs="?", type=Path, help="a folder or a file; without it, three are made up")
    parser.add_argument("--fields", default="", help="what fields of documents are called: title=name,text=subjects")
    parser.add_argument("--boards", default="", help="fields of documents by which boards are made: artist,subjects")
    parser.add_argument("--name", help="what to call the collection")
    parser.add_argument("--sampled", type=int, default=SAMPLED, help="how many queries of each kind to make of titles")
    parser.add_argument("--sampled-boards", type=int, default=SAMPLED_BOARDS, help="how many boards to ask about, too")
    arguments = parser.parse_args()
    os.environ["POWERTOOLS_METRICS_DISABLED"] = "true"  # they are written to the terminal
    try:
        collections = _collections(arguments.collection, arguments.fields, arguments.boards, arguments.name)
    except (Malformed, OSError) as error:
        sys.exit(str(error))
    progress = _Progress()
    for each in collections:
        if isinstance(each, Gallery):
            section = report.of_boards(boards_trial.run(each, sampled=arguments.sampled_boards, progress=progress))
        else:
            section = report.of_search(trial.run(each, sampled=arguments.sampled, progress=progress))
        print(report.as_text(section))
        report.rewrite(section)
    progress(f"rewrote {report.FILE.name}")


def _collections(path: Path | None, fields: str, made_by: str, name: str | None) -> Iterable[Collection | Gallery]:
    if path is None:
        return [synthetic.titles(), synthetic.texts(), synthetic.gallery()]
    names = dict(pair.split("=", 1) for pair in fields.split(",") if pair)
    if made_by or boards.has_boards(path):
        return [boards.load(path, names, [each for each in made_by.split(",") if each], name=name)]
    return [collection.load(path, names, name=name)]


class _Progress:
    """Says what goes on, with the seconds since the beginning."""

    def __init__(self) -> None:
        self._began = time.monotonic()

    def __call__(self, step: str) -> None:
        print(f"{time.monotonic() - self._began:4.0f} s  {step}", flush=True)


if __name__ == "__main__":
    main()
