"""Index, search, compare, rewrite docs/discovery.md: ``python -m tools.bench_search [COLLECTION]``."""

import argparse
import sys
import time
from collections.abc import Iterable
from pathlib import Path

from tools.bench_search import collection, report, synthetic, trial
from tools.bench_search.collection import Collection, Malformed

SAMPLED = 300


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench-search", description=__doc__)
    parser.add_argument("collection", nargs="?", type=Path, help="a folder or a file; without it, two are made up")
    parser.add_argument("--fields", default="", help="what fields of documents are called: title=name,text=subjects")
    parser.add_argument("--name", help="what to call the collection")
    parser.add_argument("--sampled", type=int, default=SAMPLED, help="how many queries of each kind to make of titles")
    arguments = parser.parse_args()
    try:
        collections = _collections(arguments.collection, arguments.fields, arguments.name)
    except (Malformed, OSError) as error:
        sys.exit(str(error))
    progress = _Progress()
    for each in collections:
        figures = trial.run(each, sampled=arguments.sampled, progress=progress)
        print(report.as_text(figures))
        report.rewrite(figures)
    progress(f"rewrote {report.FILE.name}")


def _collections(path: Path | None, fields: str, name: str | None) -> Iterable[Collection]:
    if path is None:
        return [synthetic.titles(), synthetic.texts()]
    names = dict(pair.split("=", 1) for pair in fields.split(",") if pair)
    return [collection.load(path, names, name=name)]


class _Progress:
    """Says what goes on, with the seconds since the beginning."""

    def __init__(self) -> None:
        self._began = time.monotonic()

    def __call__(self, step: str) -> None:
        print(f"{time.monotonic() - self._began:4.0f} s  {step}", flush=True)


if __name__ == "__main__":
    main()
