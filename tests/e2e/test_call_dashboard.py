"""Calls that finished over the wire are counted, each once, with what came of them."""

from __future__ import annotations

from typing import Any

from e2e.world import JAMES, MARIA, Stack


def _numbers(stack: Stack) -> dict[str, Any]:
    found = stack.api.get("/v1/calls/analytics/dashboard")
    return {**found["volume"], **found["outcomes"], "timed": found["durations"]["calls"]}


def test_finished_calls_are_counted_with_what_came_of_them(stack: Stack) -> None:
    """One that is busy, one that is hung up in silence: volume, answers, outcomes, lengths and cost."""
    before = _numbers(stack)
    stack.script(JAMES, {"answer": "busy", "ring_seconds": 1})
    stack.script(MARIA, {"answer": 0.5, "steps": [], "rules": [{"hears": "minute", "hang_up": True}]})
    calls = [stack.finished(stack.initiate(JAMES)), stack.finished(stack.initiate(MARIA))]
    assert [(call["outcome"], call["answered_at"] is not None) for call in calls] == [
        ("busy", False),
        ("abandoned", True),
    ]
    after = _numbers(stack)
    moved = {name: after[name] - before[name] for name in after if name != "answer_rate"}
    assert {name: count for name, count in moved.items() if count} == {
        "calls": 2,
        "outbound": 2,
        "dialed": 2,
        "answered": 1,
        "answered_outbound": 1,
        "timed": 1,
        "busy": 1,
        "abandoned": 1,
        "cost_microdollars": sum(call["cost"] or 0 for call in calls),
    }
