"""The real handlers, in this process, against a real local DynamoDB and S3 in another."""

from collections.abc import Iterator
from typing import Any

import pytest

from presence.storage import archives, table, uploads
from presence.storage.models import Item
from tests.integration.local_cloud import ARCHIVE_BUCKET, BUCKET, REGION, TABLE, LocalCloud, running
from tests.integration.stream import Stream, Upkeep
from tests.integration.wire import Wire
from tests.support.apart import ids_apart
from tests.support.stored import create_discovery_table

PATIENCE_SECONDS = 300.0
"""The local DynamoDB sorts a whole partition for each query: what AWS answers in milliseconds may take it seconds."""


@pytest.fixture(scope="session", autouse=True)
def apart() -> Iterator[None]:
    with ids_apart():
        yield


@pytest.fixture(scope="session")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCloud]:
    with running(tmp_path_factory.mktemp("cloud")) as started:
        yield started


@pytest.fixture(scope="session")
def clients(cloud: LocalCloud) -> Iterator[tuple[Any, Any, Any]]:
    """The code's own clients for DynamoDB and S3, with every setting but the endpoint and the patience its own."""
    connection = table._table.connection
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL", cloud.url)
        patch.setattr(connection, "_client", None)
        patch.setattr(connection, "_read_timeout_seconds", PATIENCE_SECONDS)
        dynamodb = table.client()
        bucket = uploads._bucket.__wrapped__()
        archive_bucket = archives._client.__wrapped__()
        Item.create_table(billing_mode="PAY_PER_REQUEST", wait=False)
    create_discovery_table(dynamodb)
    stream = {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}
    dynamodb.update_table(TableName=TABLE, StreamSpecification=stream)
    for name in (BUCKET, ARCHIVE_BUCKET):
        bucket.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
    yield dynamodb, bucket, archive_bucket
    for client in (dynamodb, bucket, archive_bucket):
        client.close()


@pytest.fixture(autouse=True)
def wire(clients: tuple[Any, Any, Any], monkeypatch: pytest.MonkeyPatch) -> Iterator[Wire]:
    """Every test goes to the local cloud, over a wire that refuses whatever the code may never send."""
    dynamodb, bucket, archive_bucket = clients
    monkeypatch.setattr(table._table.connection, "_client", dynamodb)
    monkeypatch.setattr(uploads, "_bucket", lambda: bucket)
    monkeypatch.setattr(archives, "_client", lambda: archive_bucket)
    wire = Wire()
    detach = [wire.attach(dynamodb, "dynamodb"), wire.attach(bucket, "s3"), wire.attach(archive_bucket, "s3")]
    yield wire
    for each in detach:
        each()
    assert not wire.forbidden


@pytest.fixture
def stream(cloud: LocalCloud, clients: tuple[Any, Any, Any]) -> Stream:
    return Stream(cloud)


@pytest.fixture
def upkeep(stream: Stream) -> Upkeep:
    return Upkeep(stream)


@pytest.fixture
def naps(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Nobody really sleeps; the seconds that they would are listed."""
    taken: list[float] = []
    monkeypatch.setattr("time.sleep", taken.append)
    return taken
