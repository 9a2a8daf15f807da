"""The real handlers on moto: one empty table and bucket for each test."""

from collections.abc import Iterator

import boto3
import pytest
from moto import mock_aws

from presence.storage import table, uploads
from presence.storage.models import Item


@pytest.fixture(autouse=True)
def cloud() -> Iterator[None]:
    with mock_aws():
        fresh_clients()
        Item.create_table(billing_mode="PAY_PER_REQUEST", wait=False)
        boto3.client("s3").create_bucket(Bucket="media", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
        yield


def fresh_clients() -> None:
    """Clients made outside of moto's scope do not pass through it."""
    table._table.connection._client = None
    uploads._bucket.cache_clear()
