"""Pinterest's official SDK against the deployed system, with nothing but the host changed."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.client import Stack

SESSION = Path(__file__).with_name("sdk_session.py")


@pytest.fixture(scope="module")
def seen(stack: Stack, sdk_python: Path) -> Any:
    tokens = {name: stack.access_token(f"sdk_{name}", "") for name in ("alice", "bob")}
    done = subprocess.run(
        [sdk_python, SESSION],
        input=json.dumps(tokens),
        env={"PATH": os.environ["PATH"], "PINTEREST_API_URI": f"{stack.api_url}/v5"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    facts = json.loads(done.stdout)
    sys.stdout.write(f"\nPinterest's SDK, seconds: {facts['seconds']}\n")
    return facts


def test_sdk_creates_a_board_with_sections(seen: Any) -> None:
    assert seen["board"] == ["Trees", "Tall ones", "PUBLIC", 0]
    assert seen["sections"] == ["Oaks", "Elms"]


def test_sdk_pages_through_300_pins(seen: Any) -> None:
    assert seen["pages of 25"] == [[25] * 12, 300]
    assert seen["pages of 250"] == [[250, 50], 300]


def test_sdk_reads_a_pin(seen: Any) -> None:
    assert seen["pin"] == ["Tree 299", True, "image", "https://pictures.example/oak.jpg"]


def test_sdk_updates_a_board(seen: Any) -> None:
    assert seen["renamed"] == "Trees of Europe"


def test_sdk_saves_a_pin_to_an_own_board_and_is_refused_on_another_users(seen: Any) -> None:
    assert seen["saved"] == [True, True]
    assert seen["save to another user's board"] == [403, 29]


def test_sdk_is_told_of_duplicates_and_deletions(seen: Any) -> None:
    assert seen["duplicate"] == [400, 400]
    assert seen["after delete"] == [404, 40]
