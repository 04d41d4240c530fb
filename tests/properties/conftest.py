"""How properties are tried: repeatably, without a data base of examples, and without sockets."""

from __future__ import annotations

import pytest
import pytest_socket
from hypothesis import settings

settings.register_profile("repeatable", derandomize=True, deadline=None, database=None)
settings.load_profile("repeatable")


@pytest.fixture(scope="module", autouse=True)
def no_network():
    """Refuse sockets; event loops need their Unix pair."""
    pytest_socket.disable_socket(allow_unix_socket=True)
    yield
    pytest_socket.enable_socket()
