"""Unit tests reach nothing: no sockets, no state between runs."""

import pytest
from hypothesis import settings

settings.register_profile("unit", derandomize=True, deadline=None, database=None)
settings.load_profile("unit")


@pytest.fixture(autouse=True)
def no_network(socket_disabled: None) -> None:
    """Opening a socket raises."""
