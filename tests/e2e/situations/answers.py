"""Who answers, and whether anybody does."""

from __future__ import annotations

from e2e.situations.base import RELAY, Expect, Situation, talks

UNANSWERED = (RELAY,)  # nobody is spoken to, so the transport makes no difference

SITUATIONS = [
    Situation(
        "The line is busy",
        {"answer": "busy", "ring_seconds": 0.5},
        Expect("busy", not_heard=["/./"]),
        UNANSWERED,
    ),
    Situation(
        "Nobody answers",
        {"answer": "no_answer", "ring_seconds": 1},
        Expect("no_answer", not_heard=["/./"]),
        UNANSWERED,
    ),
    Situation(
        "The call is declined",
        {"answer": "rejected", "ring_seconds": 0.5},
        Expect("declined", not_heard=["/./"]),
        UNANSWERED,
    ),
    Situation(
        "The call cannot be connected",
        {"answer": "failed", "ring_seconds": 0.5},
        Expect("failed", not_heard=["/./"]),
        UNANSWERED,
    ),
    Situation(
        "Somebody answers and talks",
        talks("Yes, sure. What is it about?", "Mornings are best for me.", "No, thank you. Goodbye."),
        Expect("completed", heard=["Do you have a minute?", "mornings or afternoons", "Goodbye"]),
    ),
    Situation(
        "Somebody answers and hangs up at once",
        {"answer": 0.5, "steps": [{"wait": "none", "delay": 0.2, "hang_up": True}]},
        Expect("abandoned", not_heard=["Do you have a minute?"]),
    ),
]
