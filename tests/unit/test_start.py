"""What a function's init imports, and what it does with the garbage collector."""

import subprocess
import sys

import pytest

from infra.assets import ROOT
from tests.conftest import ENVIRONMENT

FUNCTIONS = sorted(path.parent.name for path in (ROOT / "functions").glob("*/handler.py"))


@pytest.mark.parametrize("function", FUNCTIONS)
def test_garbage_is_collected_again_once_a_function_has_started(function: str) -> None:
    said = _after_import(function, {"AWS_LAMBDA_FUNCTION_NAME": function})
    assert said == "True True"


SLOW = {
    "pydantic": (),  # imported with the first body
    "imagesize": (),  # with the first upload
    "Stemmer": ("discovery", "indexer"),
    "presence.domain.topics": ("discovery", "indexer", "upkeep"),
    "presence.services.archive": ("upkeep",),
    "presence.services.search": ("discovery",),
    "presence.services.indexing": ("indexer",),
}
"""Who may import at init what takes long to import and few need."""


@pytest.mark.parametrize("function", FUNCTIONS)
def test_nothing_is_imported_for_what_other_functions_do(function: str) -> None:
    said = _said(f"import sys, {function}.handler; print(*sorted(set({list(SLOW)}) & set(sys.modules)))", {})
    assert [module for module in said.split() if function not in SLOW[module]] == []


def test_nothing_is_changed_outside_of_lambda() -> None:
    code = "import presence, gc; print(gc.isenabled(), gc.get_freeze_count() > 0)"
    assert _said(code, {}) == "True False"


def _after_import(function: str, environment: dict[str, str]) -> str:
    return _said(f"import gc, {function}.handler; print(gc.isenabled(), gc.get_freeze_count() > 0)", environment)


def _said(code: str, environment: dict[str, str]) -> str:
    path = f"{ROOT}/layers/presence/python:{ROOT}/functions"
    return subprocess.run(
        [sys.executable, "-c", code],
        env={**ENVIRONMENT, "PYTHONPATH": path, **environment},
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    ).stdout.strip()
