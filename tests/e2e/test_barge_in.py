"""Talking over the agent: what was heard is kept, and the agent falls silent, judged by the carrier's log."""

from __future__ import annotations

from typing import Any

from e2e.world import MARIA, Stack

SLOW = {"first_token_ms": 50, "tokens_per_second": 6}
INTERRUPTER: dict[str, Any] = {
    "answer": 0.5,
    "steps": [
        {"hears": "minute", "say": "How much is a check-up?"},
        {"interrupt_after_words": 6, "say": "Hold on, are you a robot?"},
        {"hears": "AI assistant", "say": "Goodbye."},
    ],
    "rules": [{"hears": "goodbye", "hang_up": True}],
    "patience_seconds": 120,
}


def test_the_agent_stops_and_only_what_was_heard_is_kept(stack: Stack) -> None:
    """An interruption, served by another process, stops an answer that is still being written.

    No word of the old turn is sent after it, the transcript ends where the person stopped listening,
    the model's request is cancelled, and the next answer builds on what was heard.
    """
    stack.model("PUT", "/timing", SLOW)
    stack.script(MARIA, INTERRUPTER)
    call = stack.finished(stack.initiate(MARIA))

    interrupted = call["turns"][1]
    utterance = next(event for event in stack.log(call_sid=call["sid"], kind="interrupt"))["utterance"]
    assert interrupted["heard"] == utterance
    assert len(utterance.split()) >= 6
    assert interrupted["answer"].startswith(utterance)
    assert interrupted["end"] == "cut"
    assert "visit" not in interrupted["answer"]
    assert call["turns"][2]["said"] == "Hold on, are you a robot?"

    received = stack.log(call_sid=call["sid"], kind="socket.received")
    assert [event["frame"] for event in received if event["after_interrupt"]] == []
    assert not any(event["late"] for event in stack.log(call_sid=call["sid"], kind="agent.spoke"))

    requests = stack.model("GET", "/requests")["requests"]
    assert requests[0]["finish"] == "client_closed"
    assert requests[1]["messages"][-2] == {"role": "assistant", "content": utterance}

    lines = stack.function_lines(call["id"])
    streaming = next(line for line in lines if line["event"] == "turn.taken" and line["turn"] == 1)
    interrupting = next(line for line in lines if line["event"] == "turn.interrupted")
    assert interrupting["turn"] == 1
    assert interrupting["process"] != streaming["process"]


def test_an_interrupted_greeting_is_kept_as_heard(stack: Stack) -> None:
    """Somebody talks over the greeting: the transcript has the greeting only as far as it was heard."""
    stack.script(
        MARIA,
        {
            "answer": 0.5,
            "steps": [{"interrupt_after_words": 3, "say": "Who is this?"}, {"say": "Goodbye."}],
            "rules": [{"hears": "goodbye", "hang_up": True}],
        },
    )
    call = stack.finished(stack.initiate(MARIA))
    greeting = call["turns"][0]
    assert greeting["answer"].startswith(greeting["heard"])
    assert greeting["heard"] != greeting["answer"]
    assert call["turns"][1]["said"] == "Who is this?"
