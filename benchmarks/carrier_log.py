"""Reads latencies out of the phone network's log of a call; pure."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

Event = dict[str, Any]


def turn_latencies(events: Iterable[Event]) -> list[float]:
    """Return milliseconds from each prompt sent to the first words that came back for it."""
    return list(_pairs(events))


def _pairs(events: Iterable[Event]) -> Iterator[float]:
    asked: datetime | None = None
    for event in events:
        frame = event.get("frame") or {}
        if event["kind"] == "socket.sent" and frame.get("type") == "prompt" and frame.get("last"):
            asked = _instant(event)
        elif asked and event["kind"] == "socket.received" and frame.get("token", "").strip():
            yield (_instant(event) - asked).total_seconds() * 1000
            asked = None


def frames(events: Iterable[Event]) -> tuple[int, int]:
    """Return how many frames the carrier sent and received on the socket."""
    kinds = [event["kind"] for event in events]
    return kinds.count("socket.sent"), kinds.count("socket.received")


def webhook_times(events: Iterable[Event], path: str) -> list[float]:
    """Return the milliseconds of every answered webhook whose address contains `path`."""
    return [
        float(event["ms"]) for event in events if event["kind"] == "webhook.sent" and path in event["url"]
    ]


def answer_to_greeting(events: Sequence[Event]) -> float | None:
    """Return milliseconds from the person's answer to the agent's first word; None when there was neither."""
    answered = [event for event in events if event["kind"] == "call.answered"]
    spoken = [event for event in events if event["kind"] == "agent.spoke"]
    if not answered or not spoken:
        return None
    return (_instant(spoken[0]) - _instant(answered[0])).total_seconds() * 1000


def _instant(event: Event) -> datetime:
    return datetime.fromisoformat(event["at"])
