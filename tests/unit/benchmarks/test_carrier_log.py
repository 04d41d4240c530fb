from __future__ import annotations

from typing import Any

from benchmarks.carrier_log import answer_to_greeting, frames, turn_latencies, webhook_times


def event(millis: int, kind: str, **fields: Any) -> dict[str, Any]:
    """Make an event of the log."""
    return {"at": f"2026-03-03T12:00:00.{millis * 1000:06d}Z", "kind": kind, **fields}


def sent(millis: int, **frame: Any) -> dict[str, Any]:
    """Make the event of a frame to the product."""
    return event(millis, "socket.sent", frame={"type": "prompt", **frame})


def received(millis: int, token: str) -> dict[str, Any]:
    """Make the event of a text from the product."""
    return event(millis, "socket.received", frame={"type": "text", "token": token})


def test_a_turn_lasts_until_its_first_words():
    """Only a finished utterance begins a turn, only audible text ends it, and later text is not counted."""
    log = [
        sent(0, type="setup"),
        received(5, "Hello"),
        sent(10, last=False),
        sent(20, last=True),
        received(30, " "),
        received(45, "We"),
        received(90, " are"),
        sent(100, last=True),
    ]
    assert turn_latencies(log) == [25.0]
    assert frames(log) == (4, 4)


def test_a_refused_frame_is_no_answer():
    """A frame that the carrier could not read does not end a turn."""
    log = [sent(0, last=True), event(5, "socket.received", malformed="{"), received(9, "We")]
    assert turn_latencies(log) == [9.0]


def test_webhooks_are_found_by_their_address():
    """Only answered webhooks of that address count."""
    log = [
        event(1, "webhook.sent", url="http://h/voice/c/turn/1", ms=12),
        event(2, "webhook.sent", url="http://h/voice/c/status", ms=7),
        event(3, "webhook.failed", url="http://h/voice/c/turn/2", ms=90),
    ]
    assert webhook_times(log, "/turn/") == [12.0]


def test_the_greeting_is_waited_for_from_the_answer():
    """The wait is from picking up to the first word; a call without either has none."""
    log = [event(10, "call.answered"), event(60, "agent.spoke"), event(90, "agent.spoke")]
    assert answer_to_greeting(log) == 50.0
    assert answer_to_greeting(log[1:]) is None
