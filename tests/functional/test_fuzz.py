"""Whatever is sent, the answer is one that the OpenAPI description tells of, and never a fault of ours.

``FUZZ_EXAMPLES`` sets how many requests each operation gets.
"""

import os
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis import Case
from schemathesis.checks import not_a_server_error
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.support.api import Client
from tests.support.content import a_board, a_pin, a_section, an_upload
from tests.support.gateway import Gateway
from tests.support.people import a_user

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "25"))
CHECKS = [not_a_server_error, response_schema_conformance, content_type_conformance, status_code_conformance]

gateway = Gateway()
schema = schemathesis.openapi.from_wsgi(
    "/v5/openapi.json",
    gateway,
    config=SchemathesisConfig.from_dict({"generation": {"max-examples": EXAMPLES, "deterministic": True}}),
)


class World:
    """Things that generated requests are aimed at: random ids, addresses and pictures would seldom get far."""

    def __init__(self, owner: Client) -> None:
        self._owner = owner
        self._ids: dict[str, str] = {}

    def aim(self, case: Case) -> None:
        """Make of most well-formed ids, addresses and pictures some that are there, or could be."""
        self._aim(case.path_parameters)
        self._aim(case.body)

    def _aim(self, part: Any) -> None:
        if isinstance(part, list):
            for each in part:
                self._aim(each)
        if isinstance(part, dict):
            for name, value in part.items():
                if isinstance(value, str):
                    part[name] = self._aimed(name, value)
                self._aim(value)

    def _aimed(self, name: str, value: str) -> str:
        kind = {"board_id": "board", "section_id": "section", "board_section_id": "section", "pin_id": "pin"}.get(name)
        if kind and value.isdigit() and value != "0":
            return self._things()[kind]
        if name in ("url", "link", "cover_image_url") and len(value) < 2000:
            return f"https://pictures.example/{value}"
        return an_upload()["data"] if name == "data" and len(value) < 5 else value

    def _things(self) -> dict[str, str]:
        """What an earlier request deleted or put away is made again."""
        if not self._ids or self._owner.patch(f"/pins/{self._ids['pin']}", {}).status != 200:
            board = a_board(self._owner)
            self._ids = {"board": board, "pin": a_pin(self._owner, board), "section": a_section(self._owner, board)}
        if self._owner.patch(f"/boards/{self._ids['board']}/sections/{self._ids['section']}", {}).status != 200:
            self._ids["section"] = a_section(self._owner, self._ids["board"])
        return self._ids


@pytest.fixture
def world(cloud: None) -> Iterator[World]:
    owner = a_user()
    gateway.claims = owner.claims()
    yield World(owner)
    gateway.claims = None


@schema.parametrize()
@settings(suppress_health_check=list(HealthCheck))  # the world is made good for each request, not for each test
def test_every_request_is_answered_as_described(case: Case, world: World) -> None:
    world.aim(case)
    # A selection of fields is less than what is described: that is its purpose.
    checks = [check for check in CHECKS if check is not response_schema_conformance or not case.query.get("fields")]
    case.call_and_validate(checks=checks)
