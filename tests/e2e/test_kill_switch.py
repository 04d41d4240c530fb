"""The kill switch on the running stack: what is asked for waits, and reaches no carrier."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from e2e.world import MARIA

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from e2e.world import Stack

_BUSY: dict[str, Any] = {"answer": "busy", "ring_seconds": 0.5}


@pytest.fixture
def switch(stack: Stack) -> Iterator[Callable[[dict[str, Any] | None], None]]:
    """Set the kill switch by the API, whatever version the settings have; None: back to its default."""

    def set_to(state: dict[str, Any] | None) -> None:
        answer = stack.ask("PATCH", "/v1/settings", json={"kill_switch": state})
        assert answer.status_code == 200, answer.text

    yield set_to
    set_to(None)


def test_a_call_waits_for_the_switch(stack: Stack, switch: Callable[[dict[str, Any] | None], None]) -> None:
    """Accepted while the switch is on, it says why it waits and until when; it reaches no carrier."""
    stack.script(MARIA, _BUSY)
    switch({"on": True, "reason": "trial"})
    call_id = stack.initiate(MARIA)
    waiting = stack.when(call_id, lambda call: bool(call["decision"]))
    assert (waiting["state"], waiting["decision"]["reason"]) == ("queued", "kill_switch")
    assert "trial" in waiting["decision"]["explanation"]
    assert waiting["decision"]["not_before"] > waiting["decision"]["decided_at"]
    stack.wake(call_id)
    assert stack.ask("POST", f"/v1/calls/{call_id}/hangup").ok
    assert stack.finished(call_id)["outcome"] == "canceled"
    assert stack.carrier_calls(MARIA) == stack.log(kind="call.created") == []
