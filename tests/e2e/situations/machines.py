"""Machines that answer: mailboxes, screening, a fax."""

from __future__ import annotations

from typing import TYPE_CHECKING

from e2e.situations.base import RELAY, Expect, Situation

if TYPE_CHECKING:
    from collections.abc import Callable

    from e2e.situations.trial import Trial

MESSAGE = "This is Ava of Harbor Dental. It is time for your check-up. Please call us back at 415 555 0100."
LONG = " ".join([MESSAGE] * 10)
LEAVES = {"on_machine": "leave_message", "voicemail_message": MESSAGE}
MAILBOX = "You have reached the voicemail of Bob. Please leave a message after the tone."
PIECES = [
    "Hi, this is Bob.",
    "I can't come to the phone right now.",
    "Leave your name and I'll call you back.",
]
PROMPT = "If you record your name and reason for calling, I'll see if this person is available."
STAY = "Thanks. Please stay on the line."
# Long in simulated seconds, because our answers take real ones.
LISTENS = 240
LEFT = ["machine_detected", "message_begun", "message_left"]


def _mailbox(*greeting: str, **more: object) -> dict[str, object]:
    """Script a mailbox; `beep` and `hears_for` belong to its machine."""
    own = {name: more.pop(name) for name in ("beep", "hears_for") if name in more}
    machine = {"greeting": list(greeting or [MAILBOX]), "hears_for": LISTENS} | own
    return {"answer": 0.5, "machine": machine} | more


def _screened(*steps: dict[str, object], then: str = "connect", **more: object) -> dict[str, object]:
    """Script a screening machine, and the person whom it lets us through to."""
    screening = {"prompt": PROMPT, "holding": STAY, "then": then, "rings_for": 4, "hears_for": 60}
    # A "Hello?" between two of our documents is lost: whoever is asked says it again.
    rules = [{"hears": "still there", "say": "Hello?"}, {"hears": "goodbye", "hang_up": True}]
    person = {"answer": 0.5, "screening": screening, "steps": list(steps), "rules": rules}
    return person | {"patience_seconds": 60} | more


def _recorded(text: str) -> Callable[[Trial], None]:
    """Expect exactly this on the machine: after the beep, whole, once."""

    def check(trial: Trial) -> None:
        assert [event["text"] for event in trial.log(kind="machine.recorded")] == [text]

    return check


def _recorded_last(text: str) -> Callable[[Trial], None]:
    """Expect this on the machine, whole, once and last.

    A machine without a beep records from its last word on. What stands before may only be our answer to its
    first words, which could have been a person's, when that answer came so late.
    """

    def check(trial: Trial) -> None:
        (event,) = trial.log(kind="machine.recorded")
        before, message, after = event["text"].partition(text)
        answered = " ".join(turn["answer"] or "" for turn in trial.call["turns"][1:])
        assert (message, after) == (text, "")
        assert before.strip() in answered

    return check


def _recorded_a_part(trial: Trial) -> None:
    (event,) = trial.log(kind="machine.recorded")
    assert LONG.startswith(event["text"])
    assert event["text"] not in {"", LONG}


HELLO = {"wait": "none", "delay": 12, "say": "Hello?"}  # once somebody listens
TALK = [
    {"hears": "minute", "say": "Yes, sure. What is it about?"},
    {"say": "Mornings are best for me."},
    {"say": "No, thank you. Goodbye."},
]
MINUTE = "Do you have a minute?"
SITUATIONS = [
    Situation(
        "A mailbox answers, and beeps",
        _mailbox(),
        Expect(
            "voicemail_left",
            heard=[MESSAGE],
            events=LEFT,
            stored="the message is on the machine once, whole, from the beep on",
            more=_recorded(MESSAGE),
        ),
        template=LEAVES,
    ),
    Situation(
        "A mailbox answers in pieces, without a beep",
        _mailbox(*PIECES, beep=False),
        Expect("voicemail_left", heard=[MESSAGE], events=LEFT, more=_recorded_last(MESSAGE)),
        template=LEAVES,
    ),
    Situation(
        "A mailbox hangs up during the message",
        _mailbox(hears_for=60),
        Expect(
            "voicemail_no_message",
            reason="message_cut",
            heard=["This is Ava of Harbor Dental."],
            events=["message_begun"],
            no_events=["message_left"],
            more=_recorded_a_part,
        ),
        template=LEAVES | {"voicemail_message": LONG},
    ),
    Situation(
        "A mailbox answers, and no message is wanted",
        _mailbox(),
        Expect("voicemail_no_message", not_heard=[MESSAGE], no_events=["message_begun"]),
        template={"on_machine": "hang_up"},
    ),
    Situation(
        "A mailbox answers, and nobody asked the carrier who does",
        _mailbox(),
        Expect("voicemail_no_message", not_heard=["Are you still there?"], no_events=["message_begun"]),
    ),
    Situation(
        "A mailbox answers, and the carrier does not know",
        _mailbox(answered_by="unknown", amd_seconds=1),
        Expect("voicemail_left", heard=[MESSAGE], events=LEFT, more=_recorded(MESSAGE)),
        template=LEAVES,
    ),
    Situation(
        "A mailbox answers, and the carrier says so twice",
        _mailbox(),
        Expect("voicemail_left", heard=[MESSAGE], events=LEFT, more=_recorded(MESSAGE)),
        template=LEAVES,
        network_faults=[{"effect": "callback_duplicated", "match": "amd"}],
    ),
    Situation(
        "A person talks, and the carrier takes them for a machine",
        {
            "answer": 0.5,
            "answered_by": "machine_end_other",
            "amd_seconds": 20,
            "steps": TALK,
            "rules": [{"hears": "goodbye", "hang_up": True}],
        },
        Expect(
            "completed",
            heard=[MINUTE, "Goodbye"],
            not_heard=[MESSAGE],
            events=["machine_doubted"],
            no_events=["message_begun"],
        ),
        template=LEAVES,
    ),
    Situation(
        "A fax answers",
        {"answer": 0.5, "answered_by": "fax", "amd_seconds": 3, "patience_seconds": 120},
        Expect("failed", reason="fax", not_heard=[MESSAGE]),
        template=LEAVES,
    ),
    Situation(
        "A screening machine asks who calls, and lets us through",
        _screened(HELLO, *TALK),
        Expect(
            "completed", heard=["This is a call for", MINUTE, "mornings or afternoons"], events=["screened"]
        ),
        template=LEAVES,
    ),
    Situation(
        "A screening machine is taken for a mailbox by the carrier",
        _screened(HELLO, *TALK, answered_by="machine_end_other", amd_seconds=25),
        Expect(
            "completed",
            heard=["This is a call for", MINUTE],
            not_heard=[MESSAGE],
            events=["screened", "machine_doubted"],
        ),
        template=LEAVES,
    ),
    Situation(
        "A screening machine is told the template's own words, and declines",
        _screened(then="decline"),
        Expect("declined", heard=["Harbor Dental, about your check-up."], events=["screened"]),
        (RELAY,),
        template=LEAVES | {"screening_answer": "Harbor Dental, about your check-up."},
    ),
    Situation(
        "A screening machine sends us to a mailbox",
        _screened(then="voicemail", machine={"greeting": MAILBOX, "hears_for": LISTENS}),
        Expect("voicemail_left", heard=["This is a call for", MESSAGE], more=_recorded(MESSAGE)),
        template=LEAVES,
    ),
]
