"""cdk-nag looks at every synthesis: ``conftest.synth`` raises when it finds something."""

from collections.abc import Iterator

import pytest
from aws_cdk import App, Stack, Validations
from aws_cdk import aws_s3 as s3
from aws_cdk.assertions import Template
from cdk_nag import AwsSolutionsChecks

from tests.infra.conftest import Stacks


def test_a_finding_fails_the_synthesis() -> None:
    app = App()
    stack = Stack(app, "Stack")
    s3.Bucket(stack, "PublicBucket")
    Validations.of(app).add_plugins(AwsSolutionsChecks(app))
    with pytest.raises(Exception, match="AwsSolutions"):
        Template.from_stack(stack)


def _acknowledgments(stacks: Stacks) -> Iterator[tuple[str, str]]:
    for construct in stacks.app.node.find_all():
        for entry in construct.node.metadata:
            if entry.type == "aws:cdk:acknowledged-rules":
                yield from entry.data.items()


def test_every_accepted_finding_has_its_reason(stacks: Stacks) -> None:
    accepted = list(_acknowledgments(stacks))
    assert accepted
    for finding, reason in accepted:
        assert len(reason.split()) >= 4, finding
