import socket

import pytest
from pytest_socket import SocketBlockedError


@pytest.mark.filterwarnings("ignore:A test tried to use socket")
def test_a_unit_test_that_opens_a_socket_is_stopped() -> None:
    with pytest.raises(SocketBlockedError):
        socket.socket()
