"""The commands behind the Makefile: ``python -m tools up|down|token|logs|drift|reindex DIRECTORY``."""

import argparse
import shlex
import sys
from contextlib import suppress
from pathlib import Path

from tools import cloud, logs, reindex
from tools.progress import step
from tools.seed import seed
from tools.tokens import access_token


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tools")
    parser.add_argument("command", choices=["up", "down", "token", "logs", "drift", "reindex"])
    parser.add_argument("directory", type=Path, help="where the local cloud keeps what is its own")
    parser.add_argument("--user", default="alice")
    parser.add_argument("--scopes", default="", help="separated by spaces; all when empty")
    arguments = parser.parse_args()
    match arguments.command:
        case "up":
            up(arguments.directory)
        case "down":
            print("Stopped." if cloud.stop(arguments.directory) else "It was not running.")
        case "token":
            print(access_token(_deployed(arguments.directory), arguments.user, arguments.scopes.split()))
        case "logs":
            with suppress(KeyboardInterrupt):
                logs.follow(_deployed(arguments.directory))
        case "drift":
            reindex.use(_deployed(arguments.directory))
            sys.exit(reindex.check() > 0)
        case "reindex":
            reindex.use(_deployed(arguments.directory))
            reindex.renew()


def up(directory: Path) -> None:
    with step("Starting the local cloud"):
        endpoint = cloud.start(directory)
    stack = cloud.deploy(endpoint, directory)
    with step("Loading demo data"):
        seed(stack)
    token = access_token(stack, "alice")
    print(f"""
Presence is at {stack.api_url}/v5

  curl -H {shlex.quote(f"Authorization: Bearer {token}")} {stack.api_url}/v5/boards

Next: make token USER=bob · make token USER=alice SCOPES="boards:read pins:read" · make logs · make down
{directory}/stack.json tells clients and tests where everything is.""")


def _deployed(directory: Path) -> cloud.Stack:
    stack = cloud.load(directory)
    if stack is None:
        sys.exit("Nothing is deployed here yet: make up")
    return stack


if __name__ == "__main__":
    main()
