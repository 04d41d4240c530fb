"""The queue on the running stack: live calls are limited, and the end of one wakes the next."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from e2e.world import eventually

if TYPE_CHECKING:
    from collections.abc import Iterator

    from e2e.world import Stack

_NUMBERS = ("+14155552690", "+14155552691")
_STAYS: dict[str, Any] = {"answer": 0.5, "steps": [], "rules": [], "patience_seconds": 600}


@pytest.fixture
def limited(stack: Stack) -> Iterator[None]:
    """Let one call go on at a time, and two start in a second."""
    limits = {"caps": {"live_calls": 1}, "pace": {"calls_per_second": 2}}
    assert stack.ask("PATCH", "/v1/settings", json=limits).ok
    yield
    assert stack.ask("PATCH", "/v1/settings", json=dict.fromkeys(limits)).ok


def _ask_for(stack: Stack, number: str) -> str:
    wish = {"number": number, "template_id": stack.data.templates["Sales call"]}
    return str(stack.api.post("/v1/calls/initiate", wish)["id"])


@pytest.mark.usefixtures("limited")
def test_the_end_of_a_call_wakes_the_next(stack: Stack) -> None:
    """The second call waits in the queue and says why; it is dialed as soon as the first is over."""
    for number in _NUMBERS:
        stack.script(number, _STAYS)
    first = _ask_for(stack, _NUMBERS[0])
    stack.when(first, lambda call: call["state"] != "queued")
    second = _ask_for(stack, _NUMBERS[1])
    waiting = stack.when(second, lambda call: bool(call["decision"]))
    assert (waiting["state"], waiting["decision"]["reason"]) == ("queued", "live_calls_full")
    queue = stack.ask("GET", "/v1/calls/queue").json()["items"]
    assert [call["position"] for call in queue if call["id"] == second] == [1]
    for call_id in (first, second):
        stack.when(call_id, lambda call: call["state"] == "in_progress", within=20)
        assert stack.ask("POST", f"/v1/calls/{call_id}/hangup").ok
        assert stack.finished(call_id)["finished_at"]


def test_a_number_is_held_and_many_are_called(stack: Stack) -> None:
    """A job calls two numbers; that of the held one waits, says why, and goes on once it is released."""
    held, free = "+14155552692", "+14155552693"
    for number in (held, free):
        stack.script(number, {"answer": 0.2, "steps": [], "rules": [], "patience_seconds": 600})
    assert stack.ask("POST", "/v1/calls/queue/holds", json={"number": held}).status_code == 201
    body = {"numbers": [held, free], "template_id": stack.data.templates["Sales call"]}
    foreseen = stack.ask("POST", "/v1/calls/bulk-call", json={**body, "validate_only": True}).json()[
        "foreseen"
    ]
    assert (foreseen["allow"], foreseen["not_yet"]) == (1, 1)
    job = stack.ask("POST", "/v1/calls/bulk-call", json=body).json()["job"]

    def done() -> dict[str, Any] | None:
        shown: dict[str, Any] = stack.api.get(f"/v1/crm/jobs/{job['id']}")
        return shown if shown["state"] == "done" else None

    assert eventually(done, 30)["succeeded"] == 2
    calls = {call["number"]: call["id"] for call in stack.api.get("/v1/calls")["items"]}
    stack.when(calls[free], lambda call: call["state"] == "in_progress", within=20)
    waiting = stack.when(calls[held], lambda call: bool(call["decision"]))
    assert (waiting["state"], waiting["decision"]["rule"]) == ("queued", "number_held")
    assert stack.ask("DELETE", f"/v1/calls/queue/holds/{held}").status_code == 204
    stack.when(calls[held], lambda call: call["state"] == "in_progress", within=20)
    assert [len(stack.carrier_calls(number)) for number in (held, free)] == [1, 1]
    for number in (held, free):
        assert stack.ask("POST", f"/v1/calls/{calls[number]}/hangup").ok
