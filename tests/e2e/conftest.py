"""The real stacks, deployed by the real CDK into a local cloud of the tests' own."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from tests.e2e.client import Http, Stack
from tools import cloud, tokens

_numbers = count(1)


@pytest.fixture(scope="session")
def cloud_directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cloud")


@pytest.fixture(scope="session")
def stack(cloud_directory: Path) -> Iterator[Stack]:
    with cloud.running_cloud(cloud_directory) as deployed:
        yield Stack(
            api_url=deployed.api_url,
            endpoint_url=deployed.endpoint_url,
            region=deployed.region,
            table_name=deployed.table_name,
            discovery_table_name=deployed.discovery_table_name,
            access_token=lambda user, scopes: tokens.access_token(deployed, user, scopes.split()),
        )


@pytest.fixture(scope="session")
def alice(stack: Stack) -> Http:
    return stack.user("alice")


@pytest.fixture(scope="session")
def bob(stack: Stack) -> Http:
    return stack.user("bob")


@pytest.fixture
def a_name() -> str:
    return f"board {next(_numbers)}"


@pytest.fixture(scope="session")
def sdk_python() -> Path:
    """Python with the SDK, which pins other versions than ours; ``make`` installs it."""
    return cloud.ROOT / ".local" / "sdk" / "bin" / "python"
