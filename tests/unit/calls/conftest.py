"""What the tests of calls share: all ports in memory, furnished for a first call."""

from __future__ import annotations

from datetime import timedelta

import pytest
from fakes.calls import NOW, FakeCalls, FakeVoice, connected, furnished

from chalicelib.ai.domain.conversation import CallerSaid
from chalicelib.calls.services.turns import TurnRequest, take_turn


@pytest.fixture
def calls(clock, crm) -> FakeCalls:
    """Give the ports of calls with a prompt, a template, a route and a contact."""
    ports = FakeCalls(clock, crm)
    furnished(ports)
    return ports


@pytest.fixture
def talk(calls):
    """Let the caller do something on a connected call; give the turn and what was uttered."""
    connected(calls)

    def say(event="Hi", number=None, seconds=1, voice=None):
        event = CallerSaid(event) if isinstance(event, str) else event
        voice = voice or FakeVoice()
        at = NOW + timedelta(seconds=seconds)
        turn = take_turn(calls, TurnRequest("call_1", event, at, 20.0, number), lambda _: voice)
        return turn, voice.uttered

    return say
