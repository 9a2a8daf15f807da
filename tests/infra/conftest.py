"""The stacks as they would be deployed to AWS, synthesized once."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from aws_cdk import App
from aws_cdk.assertions import Template

from infra import app as application
from infra.assets import ROOT

Resources = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Stacks:
    app: App
    data: Template
    service: Template

    def all_of(self, resource_type: str) -> list[Mapping[str, Any]]:
        """The properties of all resources of this type, in both stacks."""
        found: list[Resources] = [it.find_resources(resource_type) for it in (self.data, self.service)]
        return [resource["Properties"] for resources in found for resource in resources.values()]


Synth = Callable[..., Stacks]


@pytest.fixture(scope="session")
def synth(tmp_path_factory: pytest.TempPathFactory) -> Synth:
    """Synthesize with this context. Findings of cdk-nag raise."""

    def synthesize(**context: str) -> Stacks:
        flags = json.loads(Path(ROOT, "cdk.json").read_text())["context"]
        # Templates alone: what is uploaded is built in test_vendor_layer.py.
        without_assets: dict[str, object] = {"aws:cdk:bundling-stacks": []}
        app = App(context=flags | without_assets | context, outdir=str(tmp_path_factory.mktemp("cdk")))
        data, service = application.build(app)
        return Stacks(app, Template.from_stack(data), Template.from_stack(service))

    return synthesize


@pytest.fixture(scope="session")
def stacks(synth: Synth) -> Stacks:
    return synth()
