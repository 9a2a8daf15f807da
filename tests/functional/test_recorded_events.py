"""The events that lie in ``events/``, each handed to the function it was meant for."""

import importlib
import json
from pathlib import Path
from typing import Any

import pytest

from presence.domain.errors import NotPermitted
from presence.projections.filters import UPKEEP_FILTERS
from presence.storage import boards, codec, keys, pins, profiles, uploads
from presence.storage.table import Transaction
from tests.support.api import Context, invoke
from tests.support.filtering import passes
from tests.support.stored import item, objects, put
from tests.support.values import a_board, a_pin, a_profile, a_section

EVENTS = Path(__file__).parents[2] / "events"
ANN = "1177182600000000001"
BOARD = "1177182635024356757"
SECTION = "1177182640000000003"
PIN = "1177182635144886085"
DELETED_BOARD = "1177182650000000005"
UPLOAD = "1177182660000000006.png"
REFUSED = NotPermitted("already there")

ANSWERS = {
    "create-board": (201, "name", "Winter trips"),
    "create-pin": (201, "board_id", BOARD),
    "create-section": (201, "name", "Huts"),
    "delete-pin": (204, None, None),
    "get-board": (200, "id", BOARD),
    "get-pin": (200, "id", PIN),
    "get-user-account": (200, "username", "alice"),
    "list-boards": (200, "bookmark", None),
    "list-section-pins": (200, "items", []),
    "save-pin": (201, "parent_pin_id", PIN),
    "unknown-path": (404, "code", 404),
    "update-pin": (200, "board_section_id", SECTION),
}


def _event(name: str) -> dict[str, Any]:
    event: dict[str, Any] = json.loads((EVENTS / f"{name}.json").read_text("utf-8"))
    return event


@pytest.fixture(autouse=True)
def world(cloud: None) -> None:
    """What the events speak of."""
    tx = Transaction()
    profiles.put(tx, a_profile(id=ANN, username="alice"), otherwise=REFUSED)
    boards.put(tx, a_board(id=BOARD, owner_id=ANN, pin_count=1), otherwise=REFUSED)
    boards.put_section(tx, a_section(id=SECTION, board_id=BOARD), otherwise=REFUSED)
    pins.put(tx, a_pin(id=PIN, owner_id=ANN, board_id=BOARD), otherwise=REFUSED)
    tx.commit()


@pytest.mark.parametrize("name", ANSWERS)
def test_recorded_event_is_answered(name: str) -> None:
    status, field, value = ANSWERS[name]
    reply = invoke(_event(name))

    assert reply.status == status
    if field:
        assert reply.json[field] == value


def test_every_recorded_request_is_answered_by_a_test() -> None:
    requests = {path.stem for path in EVENTS.glob("*.json") if "rawPath" in path.read_text("utf-8")}

    assert requests == set(ANSWERS)


def test_the_recorded_stream_is_worked_off() -> None:
    uploads.store(UPLOAD, b"any picture", "image/png")
    event = _event("table-stream")
    put([event["Records"][1]["dynamodb"]["NewImage"]])
    answer = importlib.import_module("upkeep.handler").handler(event, Context())
    board = codec.board(item(keys.board(BOARD)) or {})

    assert answer == {"batchItemFailures": []}
    assert board.cover
    assert item(keys.board(DELETED_BOARD)) is None
    assert objects() == {}


def test_every_recorded_stream_record_passes_the_filters() -> None:
    assert all(passes(record, UPKEEP_FILTERS) for record in _event("table-stream")["Records"])


def test_the_recorded_sign_in_is_given_claims_and_the_scopes_it_asked_for() -> None:
    answer = importlib.import_module("sign_in.handler").handler(_event("pre-token-generation"), Context())
    generation = answer["response"]["claimsAndScopeOverrideDetails"]["accessTokenGeneration"]

    assert generation["claimsToAddOrOverride"]["presence:username"] == "alice"
    assert sorted(generation["scopesToAdd"]) == ["boards:read", "pins:read"]


def test_recorded_events_hold_no_tokens() -> None:
    for path in EVENTS.glob("*.json"):
        authorization = json.loads(path.read_text("utf-8")).get("headers", {}).get("authorization")
        assert authorization in (None, "Bearer removed"), path.name
