"""What the tests of scheduling share: all ports in memory, furnished for a first call."""

from __future__ import annotations

import pytest
from fakes.calls import FakeCalls, furnished


@pytest.fixture
def calls(clock, crm) -> FakeCalls:
    """Give the ports of calls with a prompt, a template, a route and a contact."""
    ports = FakeCalls(clock, crm)
    furnished(ports)
    return ports
