"""What tests of deliveries share: a webhook that wants all about calls, and an event."""

from __future__ import annotations

import pytest
from fakes.letters import a_webhook, an_event


@pytest.fixture
def webhook(system):
    """Create a webhook that wants all about calls."""
    return a_webhook(system, "call.*")


@pytest.fixture
def event(clock):
    """Tell that a call ended."""
    return an_event(clock)
