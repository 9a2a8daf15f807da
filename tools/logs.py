"""Follow what the functions of the local cloud log."""

import time

from tools.cloud import Stack

SHOWN_MINUTES = 10


def follow(stack: Stack) -> None:
    """Print what all functions logged of late, then each new line, until interrupted."""
    logs = stack.client("logs")
    functions = stack.client("lambda")
    groups = {
        name: functions.get_function_configuration(FunctionName=function)["LoggingConfig"]["LogGroup"]
        for name, function in stack.functions.items()
    }
    since = _milliseconds() - SHOWN_MINUTES * 60_000
    seen: set[tuple[int, str, str]] = set()
    while True:
        # A line may turn up after one that is newer.
        fetched = [
            (event["timestamp"], name, event["message"].rstrip())
            for name, group in groups.items()
            for event in logs.filter_log_events(logGroupName=group, startTime=since)["events"]
        ]
        for line in sorted(fetched, key=lambda it: it[0]):
            if line not in seen:
                print(f"{line[1]:8} {line[2]}", flush=True)
        seen.update(fetched)
        time.sleep(1)


def _milliseconds() -> int:
    return int(time.time() * 1000)
