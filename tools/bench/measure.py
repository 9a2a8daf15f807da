"""Starts the interpreters that are measured, counts their instructions and takes their times."""

import json
import marshal
import os
import re
import shutil
import statistics
import subprocess
import sys
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from tools.bench.subjects import NOTHING, Call, Name, Start, Subject

WORKER = Path(__file__).with_name("worker.py")
# Nothing of this machine's: no site-packages, no user's directory, no path of the caller's. -I would do the same
# but take PYTHONHASHSEED, without which counts differ from run to run.
INTERPRETER = (sys.executable, "-s", "-S", "-P", "-B", str(WORKER))
REPETITIONS = 40
ROUNDS = 9

ENVIRONMENT: Mapping[str, str] = {
    "AWS_ACCESS_KEY_ID": "ASIAIOSFODNN7EXAMPLE",
    "AWS_DEFAULT_REGION": "eu-west-1",
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_LAMBDA_FUNCTION_NAME": "bench",
    "AWS_REGION": "eu-west-1",
    "AWS_SECRET_ACCESS_KEY": "x" * 40,
    "AWS_SESSION_TOKEN": "x" * 700,
    "BOOKMARK_SECRET": "x" * 64,
    "HOME": os.devnull,
    "LANG": "en_US.UTF-8",
    "LOG_LEVEL": "INFO",
    "MEDIA_BUCKET": "media",
    "MEDIA_URL": "https://d111111abcdef8.cloudfront.net",
    "PATH": os.defpath,
    "POWERTOOLS_METRICS_NAMESPACE": "Presence",
    "POWERTOOLS_SERVICE_NAME": "bench",
    "PYTHONHASHSEED": "0",
    "ARCHIVE_BUCKET": "archives",
    "ARCHIVE_SECRET": "x" * 64,
    "DISCOVERY_TABLE_NAME": "discovery",
    "TABLE_NAME": "presence",
    "TZ": ":UTC",
}
"""A function's environment in Lambda; settings of this machine do not reach what is measured."""


class Laboratory:
    """Measures subjects, with what it needs to remember in ``directory``."""

    def __init__(self, directory: Path, subjects: Mapping[Name, Subject], calls: Mapping[Call, Any]) -> None:
        self.valgrind = shutil.which("valgrind")
        self._directory = directory
        self._spec = directory / "spec.marshal"
        known = {
            name: {"path": [str(path) for path in subject.path], "modules": dict(subject.modules)}
            for name, subject in subjects.items()
        }
        self._spec.write_bytes(marshal.dumps({"subjects": known, "calls": dict(calls)}))

    def check(self, subject: Name, calls: Iterable[Call]) -> dict[str, Any]:
        """The answers, the requests to DynamoDB, the modules imported and those compiled, in a fresh interpreter."""
        report: dict[str, Any] = json.loads(self._run("check", subject, *calls))
        return report

    def count_starts(self, starts: Iterable[Start]) -> dict[Start, int]:
        """Instructions from a bare interpreter to the first answer."""
        wanted = [NOTHING, *starts]

        def count(start: Start) -> int:
            (counted,) = self._counted("cold", start.subject, *([start.call] if start.call else [])).values()
            return counted

        with ThreadPoolExecutor(os.cpu_count()) as pool:
            counts = dict(zip(wanted, pool.map(count, wanted), strict=True))
        return {start: number - counts[NOTHING] for start, number in counts.items() if start != NOTHING}

    def count_calls(self, subjects: Iterable[Name]) -> dict[Name, dict[Call, float]]:
        """Instructions per call of a warm subject."""

        def count(subject: Name) -> dict[Call, float]:
            labels: dict[int, Call] = {}
            counts = self._counted("count", subject, str(REPETITIONS), labels=labels)
            named = {labels[process]: number for process, number in counts.items() if process in labels}
            nothing = named.pop("nothing")
            return {call: (number - nothing) / REPETITIONS for call, number in named.items()}

        names = list(subjects)
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            return dict(zip(names, pool.map(count, names), strict=True))

    def time_starts(self, starts: Iterable[Start]) -> dict[Start, list[float]]:
        """Seconds from a bare interpreter to the first answer, all starts in turn, round by round."""
        times: dict[Start, list[float]] = {start: [] for start in starts}
        for _ in range(ROUNDS):
            for start, taken in times.items():
                taken.append(float(self._run("cold", start.subject, *([start.call] if start.call else []))))
        return times

    def time_calls(
        self, subjects: Iterable[Name], repetitions: Mapping[Call, int]
    ) -> dict[Name, dict[Call, list[float]]]:
        """Seconds of some repetitions of each call by warm subjects, which take turns."""
        with ExitStack() as stack:
            workers = {name: stack.enter_context(self._serving(name)) for name in subjects}
            times: dict[Name, dict[Call, list[float]]] = {name: {call: [] for call in repetitions} for name in workers}
            for worker in workers.values():
                _line(worker)  # ready
            for _ in range(ROUNDS):
                for call, number in repetitions.items():
                    for name, worker in workers.items():
                        times[name][call].append(float(_line(worker, f"{call} {number}\n")))
            return times

    def _serving(self, subject: Name) -> subprocess.Popen[str]:
        command = [*INTERPRETER, "serve", str(self._spec), subject]
        return subprocess.Popen(command, env=ENVIRONMENT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def _run(self, mode: str, subject: Name, *details: str) -> str:
        command = [*INTERPRETER, mode, str(self._spec), subject, *details]
        done = subprocess.run(command, env=ENVIRONMENT, check=True, stdout=subprocess.PIPE, text=True)
        return done.stdout

    def _counted(
        self, mode: str, subject: Name, *details: str, labels: dict[int, Call] | None = None
    ) -> dict[int, int]:
        """Instructions by process: the one that is started and those that it forks."""
        if self.valgrind is None:
            raise RuntimeError("valgrind is not installed")
        logs = self._directory / "counts" / "-".join((mode, subject, *details))
        shutil.rmtree(logs, ignore_errors=True)
        logs.mkdir(parents=True)
        # The list of counts by function that it writes at the end is not of interest.
        counter = (self.valgrind, "--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null")
        command = [*counter, f"--log-file={logs}/%p", *INTERPRETER, mode, str(self._spec), subject, *details]
        done = subprocess.run(command, env=ENVIRONMENT, check=True, stdout=subprocess.PIPE, text=True)
        if labels is not None:
            for line in done.stdout.splitlines():
                call, _, process = line.partition(" ")
                labels[int(process)] = call
        return {int(log.name): _instructions(log.read_text()) for log in logs.iterdir()}


def ratio(of: Iterable[float], to: Iterable[float]) -> float:
    """The median of the rounds' ratios: a round's two times were taken one after the other."""
    return statistics.median(one / other for one, other in zip(of, to, strict=True))


def _line(worker: subprocess.Popen[str], command: str | None = None) -> str:
    if worker.stdin is None or worker.stdout is None:
        raise RuntimeError("a worker without pipes")
    if command:
        worker.stdin.write(command)
        worker.stdin.flush()
    return worker.stdout.readline()


def _instructions(log: str) -> int:
    found = re.search(r"I +refs: +([\d,]+)", log)
    if not found:
        raise RuntimeError(f"no count in valgrind's log:\n{log}")
    return int(found[1].replace(",", ""))
