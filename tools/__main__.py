"""The commands behind the Makefile: ``python -m tools COMMAND DIRECTORY``."""

import argparse
import shlex
import sys
from contextlib import suppress
from pathlib import Path

from tools import cloud, logs, redrive, reindex
from tools.progress import step
from tools.seed import seed
from tools.tokens import access_token

AFTER_THE_INDEXES = ("drift", "reindex", "redrive")
"""Commands that are for AWS too."""


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tools")
    parser.add_argument("command", choices=["up", "down", "token", "logs", *AFTER_THE_INDEXES])
    parser.add_argument("directory", type=Path, help="where the local cloud keeps what is its own")
    parser.add_argument("--user", default="alice")
    parser.add_argument("--scopes", default="", help="separated by spaces; all when empty")
    parser.add_argument("--aws", action="store_true", help="see to what is deployed to AWS, not to the local cloud")
    parser.add_argument("--drop", action="store_true", help="forget what has left the stream")
    parser.add_argument("--repair", action="store_true", help="have the indexes say what the table implies")
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
        case command:
            stack = _on_aws() if arguments.aws else _deployed(arguments.directory)
            sys.exit(_see_to(stack, command, drop=arguments.drop, repair=arguments.repair))


def _see_to(stack: cloud.Stack, command: str, *, drop: bool, repair: bool) -> bool:
    """Whether something is left to be done."""
    match command:
        case "redrive":
            return redrive.redrive(stack, drop=drop) > 0
        case "drift":
            reindex.use(stack)
            return (reindex.repair() if repair else reindex.check()) > 0
        case _:
            reindex.use(stack)
            return not reindex.renew()


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


def _on_aws() -> cloud.Stack:
    try:
        return cloud.on_aws()
    except LookupError as error:
        sys.exit(str(error))


def _deployed(directory: Path) -> cloud.Stack:
    stack = cloud.load(directory)
    if stack is None:
        sys.exit("Nothing is deployed here yet: make up")
    return stack


if __name__ == "__main__":
    main()
