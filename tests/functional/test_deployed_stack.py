"""What the commands that see to AWS know of it: the outputs of our stacks, by CloudFormation's word."""

import json
from typing import Any

import boto3
import pytest

from tools import cloud

DATA = {"TableName": "main", "DiscoveryTableName": "discovery", "MediaBucketName": "media"}
SERVICE = {"ApiId": "a", "ApiUrl": "https://api.example", "IndexerFunctionName": "I", "UpkeepFunctionName": "U"}


def a_stack(name: str, outputs: dict[str, str]) -> None:
    template: dict[str, Any] = {
        "Resources": {"Any": {"Type": "AWS::SNS::Topic"}},
        "Outputs": {key: {"Value": value} for key, value in outputs.items()},
    }
    boto3.client("cloudformation").create_stack(StackName=name, TemplateBody=json.dumps(template))


def test_a_deployment_is_known_by_the_outputs_of_its_stacks() -> None:
    a_stack("PresenceData", DATA)
    a_stack("PresenceService", SERVICE)

    stack = cloud.on_aws()

    assert (stack.table_name, stack.discovery_table_name) == ("main", "discovery")
    assert stack.functions == {"indexer": "I", "upkeep": "U"}
    assert stack.endpoint_url is None


def test_where_nothing_is_deployed_that_is_said() -> None:
    with pytest.raises(LookupError, match="Nothing is deployed"):
        cloud.on_aws()
