"""Measure, print, rewrite docs/performance.md; fail where a goal is missed: ``python -m tools.bench``."""

import json
import marshal
import os
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tools.bench import assets, report
from tools.bench.measure import ENVIRONMENT, Laboratory
from tools.bench.report import Results
from tools.bench.subjects import (
    BARE_CLIENT,
    FASTAPI_READ,
    FASTAPI_WRITE,
    FIRST_READS,
    FIRST_WRITES,
    FUNCTION_OF,
    FUNCTIONS,
    WARM,
    WITHOUT_RIVALS,
    Call,
    subjects,
)

STARTS = (BARE_CLIENT, FASTAPI_READ, FASTAPI_WRITE, *FIRST_READS, *FIRST_WRITES, *WITHOUT_RIVALS)
CONTENDERS = ("ours", "handwritten", "fastapi")
# Enough that a round of each takes about as long.
TIMED_REPETITIONS = {"get_board": 200, "list_25_boards": 60, "list_100_boards": 20, "create_pin": 100}
MADE_ANEW = ("id", "created_at")
"""Fields of a created thing, which are different each time."""


def main() -> int:
    with TemporaryDirectory(prefix="bench-") as name:
        results = _measure(Path(name))
    print(report.as_text(results))
    missed = [gate for gate in report.gates(results) if not gate.met]
    for gate in missed:
        print(f"MISSED: {gate.name}: {gate.result:.3f}, the goal is {gate.goal}")
    if results.counts_known:
        report.rewrite(results)
        print(f"Rewrote {report.FILE.relative_to(assets.ROOT)}.")
    else:
        print(f"valgrind is not installed: only times were compared, and {report.FILE.name} was left as it is.")
    return 1 if missed else 0


def _measure(directory: Path) -> Results:
    progress = _Progress()
    progress("building what is deployed")
    asset, handwritten, fastapi = directory / "asset", directory / "handwritten", directory / "fastapi"
    assets.deploy(asset)
    assets.gather(handwritten, "botocore")
    assets.gather(fastapi, "fastapi", "mangum", "botocore")
    sizes = assets.sizes(directory)
    progress("recording DynamoDB's replies")
    laboratory = Laboratory(directory, subjects(asset, handwritten, fastapi), _calls(directory))
    progress("comparing answers")
    _compare(laboratory)
    compiled = _compiled(laboratory, asset)
    results = Results(sizes=sizes, compiled=compiled)
    if laboratory.valgrind:
        progress("counting instructions of cold starts")
        results.start_counts = laboratory.count_starts(STARTS)
        progress("counting instructions of warm calls")
        results.call_counts = laboratory.count_calls(CONTENDERS)
    progress("timing cold starts")
    results.start_times = laboratory.time_starts(STARTS)
    progress("timing warm calls")
    results.call_times = laboratory.time_calls(CONTENDERS, TIMED_REPETITIONS)
    progress("done")
    return results


def _calls(directory: Path) -> Mapping[Call, Any]:
    """Events and replies, recorded in a process that is as a function's."""
    file = directory / "calls.marshal"
    code = [assets.ROOT / "layers" / "presence" / "python", assets.ROOT / "functions"]
    environment = {**ENVIRONMENT, "PYTHONPATH": os.pathsep.join(map(str, code))}
    command = [sys.executable, "-m", "tools.bench.fixtures", str(file)]
    subprocess.run(command, check=True, cwd=assets.ROOT, env=environment)
    calls: Mapping[Call, Any] = marshal.loads(file.read_bytes())
    return calls


def _compare(laboratory: Laboratory) -> None:
    """All contenders ask DynamoDB the same and answer the same, or there is nothing to compare."""
    first, *others = [laboratory.check(name, WARM)["results"] for name in CONTENDERS]
    for call in WARM:
        for other in others:
            for look in (_answer, _requests):
                if look(first[call]) != look(other[call]):
                    raise RuntimeError(f"{call}: contenders differ:\n{look(first[call])}\n{look(other[call])}")


def _answer(result: Mapping[str, Any]) -> Any:
    answer = result["answer"]
    body = json.loads(answer["body"])
    fresh = MADE_ANEW if answer["statusCode"] == 201 else ()
    return answer["statusCode"], {name: value for name, value in body.items() if name not in fresh}


def _requests(result: Mapping[str, Any]) -> Any:
    """What is read is compared as it is; a transaction may name its parameters as it likes."""
    return [(name, None if name == "TransactWriteItems" else json.loads(body)) for name, body in result["sent"]]


def _compiled(laboratory: Laboratory, asset: Path) -> list[str]:
    """Modules of our deployment for which there was no usable bytecode."""

    def calls_of(function: str) -> Iterable[Call]:
        return [call for call, name in FUNCTION_OF.items() if name == function]

    compiled: set[str] = set()
    for function in FUNCTIONS:
        found = laboratory.check(function, calls_of(function))
        if not any(path.startswith(str(asset)) for path in found["loaded"]):
            raise RuntimeError(f"{function} was not imported from the deployment")
        compiled.update(found["compiled"])
    return sorted(str(Path(path).relative_to(asset)) for path in compiled if path.startswith(str(asset)))


class _Progress:
    """Says what goes on, with the seconds since the beginning."""

    def __init__(self) -> None:
        self._began = time.monotonic()

    def __call__(self, step: str) -> None:
        print(f"{time.monotonic() - self._began:4.0f} s  {step}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
