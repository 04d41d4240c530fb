"""The kill switch on the running stack: what is asked for waits, and is dialed when the switch is off."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
import requests
from e2e.world import MARIA

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from e2e.world import Stack

_BUSY: dict[str, Any] = {"answer": "busy", "ring_seconds": 0.5}


@pytest.fixture
def switch(stack: Stack) -> Iterator[Callable[[dict[str, Any] | None], None]]:
    """Set the kill switch by the API, whatever version the settings have; None: back to its default."""

    def set_to(state: dict[str, Any] | None) -> None:
        answer = requests.patch(
            f"{stack.endpoints['api_url']}/v1/settings",
            json={"kill_switch": state},
            headers={"Authorization": f"Bearer {stack.endpoints['admin_token']}", "If-Match": "*"},
            timeout=20,
        )
        assert answer.status_code == 200, answer.text

    yield set_to
    set_to(None)


def _wait_until(moment: str) -> None:
    until = datetime.fromisoformat(moment)
    time.sleep(max(0.0, (until - datetime.now(UTC)).total_seconds()) + 0.1)


def test_a_call_waits_for_the_switch(stack: Stack, switch: Callable[[dict[str, Any] | None], None]) -> None:
    """Accepted while the switch is on, it reaches no carrier and says why; afterwards it is dialed, once."""
    stack.script(MARIA, _BUSY)
    switch({"on": True, "reason": "trial"})
    call_id = stack.initiate(MARIA)
    waiting = stack.when(call_id, lambda call: bool(call["decision"]))
    assert (waiting["state"], waiting["decision"]["reason"]) == ("queued", "kill_switch")
    assert "trial" in waiting["decision"]["explanation"]
    _wait_until(waiting["decision"]["not_before"])
    assert stack.api.get(f"/v1/calls/{call_id}")["state"] == "queued"
    assert stack.carrier_calls(MARIA) == stack.log(kind="call.created") == []

    switch({"on": False})
    stack.wake(call_id)
    assert stack.finished(call_id, within=20)["outcome"] == "busy"
    assert len(stack.carrier_calls(MARIA)) == 1
