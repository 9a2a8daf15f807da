"""The real handlers on moto: one empty table and bucket for each test."""

import importlib
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from presence.domain import clock
from presence.http import viewer
from presence.services import search
from presence.storage import archives, table, uploads
from presence.storage.models import Item
from presence.storage.table import Transaction
from tests.conftest import ENVIRONMENT
from tests.support.apart import ids_apart
from tests.support.api import FAMILIES
from tests.support.clock import Clock
from tests.support.deployment import MAPPINGS, Deployment
from tests.support.memory import Memory
from tests.support.stored import Stream, create_discovery_table


@pytest.fixture(autouse=True)
def apart() -> Iterator[None]:
    with ids_apart():
        yield


@pytest.fixture(scope="package")
def simulator() -> Iterator[Any]:
    """Starting moto and making clients takes as long as ten tests: they are made once."""
    with mock_aws() as mock:
        fresh_clients()
        yield mock
    fresh_clients()


@pytest.fixture(scope="package")
def s3(simulator: Any) -> Any:
    return boto3.client("s3")


@pytest.fixture(autouse=True)
def cloud(simulator: Any, s3: Any) -> None:
    simulator.reset()
    Item.create_table(billing_mode="PAY_PER_REQUEST", wait=False)
    create_discovery_table(table.client())
    region = {"LocationConstraint": ENVIRONMENT["AWS_REGION"]}
    for bucket in ("MEDIA_BUCKET", "ARCHIVE_BUCKET"):
        s3.create_bucket(Bucket=ENVIRONMENT[bucket], CreateBucketConfiguration=region)
    viewer._remembered.cache_clear()
    search._known.cache_clear()


def fresh_clients() -> None:
    """Clients made outside of moto's scope do not pass through it."""
    table._table.connection._client = None
    uploads._bucket.cache_clear()
    archives._client.cache_clear()


@pytest.fixture
def stream(cloud: None) -> Stream:
    """The table's stream, from here on."""
    return Stream()


@pytest.fixture
def indexed(cloud: None) -> Stream:
    """The table's stream with both its readers, from the beginning."""
    return Stream("upkeep", "indexer")


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """A time that goes on as it is told."""
    time = Clock()
    monkeypatch.setattr(clock, "_time", time)
    return time


@pytest.fixture
def memory(cloud: None) -> Iterator[Memory]:
    """DynamoDB in memory, in moto's place: for whoever asks it a lot, or wants the writes one by one."""
    memory = Memory()
    table._table.connection._client = memory
    yield memory
    fresh_clients()


@pytest.fixture
def deployed(cloud: None) -> Iterator[Deployment]:
    """A table in memory whose stream feeds both functions, as far as it is told."""
    for name in (*FAMILIES, *MAPPINGS):  # what is imported later would keep what takes over
        importlib.import_module(f"{name}.handler")
    deployment = Deployment()
    with deployment.turns.taking_over():
        yield deployment


type Interpose = Callable[[Callable[[], object]], None]


@pytest.fixture
def meanwhile(monkeypatch: pytest.MonkeyPatch) -> Interpose:
    """Takes what somebody else does just before the next transaction."""

    def interpose(action: Callable[[], object]) -> None:
        commit = Transaction.commit

        def overtaken(self: Transaction) -> None:
            monkeypatch.setattr(Transaction, "commit", commit)
            action()
            commit(self)

        monkeypatch.setattr(Transaction, "commit", overtaken)

    return interpose
