"""Silence, keys, noise, and what comes between."""

from __future__ import annotations

from typing import TYPE_CHECKING

from e2e.situations.base import GATHER, RELAY, Expect, Situation, colleague, talks
from e2e.situations.wishes import REFUSED_NEXT, is_suppressed

if TYPE_CHECKING:
    from e2e.situations.trial import Trial

HOURS = {"key": "2", "action": "say", "text": "We are open from eight to six. What else can I do for you?"}
MENU = [HOURS, {"key": "3", "action": "transfer", "text": "I will put you through to the front desk."}]
SLOW = {"first_token_ms": 3000, "tokens_per_second": 0}
PRICE = {"user": {"regex": "cost|price"}}
COLLEAGUE = {"colleague": colleague("Harbor Dental, this is Tom.")}


def filler_is_part_of_the_answer(trial: Trial) -> None:
    """The transcript has the filler and the answer as one turn, as they were heard."""
    answers = [turn["answer"] or "" for turn in trial.call["turns"]]
    assert sum("95 dollars" in answer for answer in answers) == 1
    assert any(
        answer.endswith("95 dollars.") and len(answer) > len("It is 95 dollars.") for answer in answers
    )


SITUATIONS = [
    Situation(
        "Somebody answers and says nothing",
        {"answer": 0.5, "steps": [], "patience_seconds": 60},
        Expect(
            "abandoned",
            reason="silence",
            heard=[
                "Are you still there?",
                "press 9 if you do not want to be called again",
                "I cannot hear you, so I will hang up now",
            ],
        ),
        does="Says nothing.",
    ),
    Situation(
        "Somebody is asked again, and then talks",
        talks(
            {"hears": "still there", "say": "Yes, sure."},
            "Mornings are best for me.",
            "No, thank you. Goodbye.",
        ),
        Expect(
            "completed",
            heard=["Are you still there?", "mornings or afternoons"],
            not_heard=["cannot hear you"],
        ),
    ),
    Situation(
        "Somebody cannot talk, and presses the key for a colleague",
        {
            "answer": 0.5,
            "steps": [{"hears": "press 1 for a colleague", "press": "1"}],
            "patience_seconds": 60,
        },
        Expect("transferred", heard=["Are you still there?", "I will put you through to a colleague"]),
        template={"transfer_to": "{colleague}"},
        people=COLLEAGUE,
    ),
    Situation(
        "There is only noise on the line",
        talks(
            {"noise": 1.0},
            {"hears": "/still there|catch that|have a minute/", "say": "Yes, sure."},
            "Goodbye.",
        ),
        Expect("completed", heard=["mornings or afternoons"]),
    ),
    Situation(
        "Somebody mumbles",
        talks({"say": "hrm rr", "confidence": 0.1}, {"hears": "catch that", "say": "Yes, sure."}, "Goodbye."),
        Expect("completed", heard=["Sorry, I did not catch that", "mornings or afternoons"]),
        (GATHER,),
    ),
    Situation(
        "A key of the menu is pressed",
        talks({"press": "2"}, "No, thank you. Goodbye."),
        Expect("completed", heard=["We are open from eight to six"]),
        template={"menu": MENU, "transfer_to": "{colleague}"},
        people=COLLEAGUE,
    ),
    Situation(
        "The key of the menu for the front desk is pressed",
        talks({"press": "3"}, patience_seconds=100),
        Expect("transferred", heard=["I will put you through to the front desk"]),
        template={"menu": MENU, "transfer_to": "{colleague}"},
        people=COLLEAGUE,
    ),
    Situation(
        "A number is keyed in, with a 9 in it",
        talks({"press": "1294"}, {"hears": "1294", "say": "No, thank you. Goodbye."}),
        Expect("completed", heard=["I have written down 1294"], not_heard=["off our list"]),
        (RELAY,),  # between two Gathers the carrier hears no key, and these people press faster than anybody
        alone=True,  # each key is an invocation: beside other calls a new process takes longer
        model_rules=[
            {
                "name": "keyed",
                "when": {"user": {"regex": r"keypad: (?P<keyed>\d+)"}},
                "say": "Thank you, I have written down {keyed}. Is there anything else I can help you with?",
            }
        ],
    ),
    Situation(
        "9 is pressed while the agent still speaks",
        talks({"interrupt_after_words": 4, "press": "9"}),
        Expect("opted_out", heard=["We will not call you again"], stored=REFUSED_NEXT, more=is_suppressed),
    ),
    Situation(
        "The model thinks for long",
        talks("What does it cost?", "Goodbye."),
        Expect(
            "completed",
            heard=["/One moment, please|Let me think|Just a second/", "It is 95 dollars"],
            stored="filler and answer are one turn",
            more=filler_is_part_of_the_answer,
        ),
        model_rules=[{"name": "slow_price", "when": PRICE, "say": "It is 95 dollars.", "timing": SLOW}],
        template={"filler_after_ms": 1500},
    ),
    Situation(
        "The socket cannot be opened",
        talks("Yes, sure.", "Mornings are best for me.", "No, thank you. Goodbye."),
        Expect(
            "completed",
            heard=["Do you have a minute?", "mornings or afternoons"],
            not_heard=["line was bad"],
            events=["relay_lost"],
            stored="the call went on by Gather",
        ),
        (RELAY,),
        network_faults=[{"effect": "socket_refused"}],
    ),
    Situation(
        "The socket is lost in the middle of the call",
        talks(
            "Yes, sure.",
            {"hears": "line was bad", "say": "Mornings are best for me."},
            "No, thank you. Goodbye.",
        ),
        Expect(
            "completed",
            heard=["/Sorry, the line was bad for a moment/", "I've made a note of that"],
            events=["relay_lost"],
            stored="the call went on by Gather",
        ),
        (RELAY,),
        network_faults=[{"effect": "socket_dropped", "after_frames": 5}],
    ),
    Situation(
        "Our address fails in the middle of the call",
        talks("Yes, sure.", patience_seconds=100),
        Expect(
            "failed", reason="webhook_failed", heard=["something went wrong on my side"], events=["fallback"]
        ),
        (GATHER,),
        network_faults=[{"effect": "webhook_failed", "match": "gather"}],
    ),
    Situation(
        "Our address fails, and a colleague can take over",
        talks("Yes, sure.", patience_seconds=100),
        Expect("transferred", heard=["Let me put you through to a colleague"], events=["fallback"]),
        (GATHER,),
        template={"on_failure": "transfer", "transfer_to": "{colleague}"},
        people=COLLEAGUE,
        network_faults=[{"effect": "webhook_failed", "match": "gather"}],
    ),
    Situation(
        "The call has cost what it may",
        talks("Yes, sure.", patience_seconds=100),
        Expect("completed", reason="spend_limit", heard=["I have to end the call here"]),
        template={"max_spend": 10_000},
    ),
]
