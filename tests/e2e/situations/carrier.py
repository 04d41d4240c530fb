"""Bad days of the carrier and of the model."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from e2e.situations.base import RELAY, Expect, Situation, colleague, talks

if TYPE_CHECKING:
    from e2e.situations.trial import Trial

TALK = talks("Yes, sure.", "Mornings are best for me.", "No, thank you. Goodbye.")
HEARD = ["mornings or afternoons", "I've made a note of that"]
ONCE = "one call, one summary"
STATUS = "status."


def is_booked_once(trial: Trial) -> None:
    """One dial, one end, one summary, however often it was reported."""
    assert [event["kind"] for event in trial.call["events"]].count("completed") == 1
    notes = trial.ask("GET", f"/v1/crm/contacts/{trial.contact_id}/notes").json()["items"]
    assert [note["kind"] for note in notes].count("call_summary") == 1


def wake(trial: Trial) -> None:
    """Deliver the wake-up again, as a queue may."""
    trial.stack.wake(trial.call_id)


def wake_when_due(trial: Trial) -> None:
    """Wait until the call is due again, and wake it."""
    waiting = trial.when(lambda call: call["state"] == "queued" and call["decision"])
    due_at = datetime.fromisoformat(waiting["due_at"])
    time.sleep(max(0.0, (due_at - datetime.now(UTC)).total_seconds()) + 0.2)
    trial.stack.wake(trial.call_id)


def faulty(
    name: str, *faults: dict[str, object], transports: tuple[str, ...] = ("relay", "gather")
) -> Situation:
    """An ordinary talk while the carrier's reports go wrong."""
    expect = Expect("completed", heard=HEARD, dials=1, stored=ONCE, more=is_booked_once)
    return Situation(name, TALK, expect, transports, network_faults=faults)


SITUATIONS = [
    faulty("Every report of the carrier comes twice", {"effect": "callback_duplicated"}),
    faulty(
        "The carrier's reports come late", {"effect": "callback_delayed", "match": STATUS, "seconds": 1.5}
    ),
    faulty(
        "The carrier's reports come late and twice",
        {"effect": "callback_duplicated", "match": STATUS},
        {"effect": "callback_delayed", "match": STATUS, "seconds": 0.5},
        transports=(RELAY,),
    ),
    Situation(
        "The carrier's answer to our request is lost",
        TALK,
        Expect("completed", heard=HEARD, dials=1, stored=ONCE, more=is_booked_once),
        (RELAY,),
        network_faults=[{"effect": "rest_cut_after_success", "match": "POST", "count": 1}],
        during=wake,
    ),
    Situation(
        "The carrier has too much to do at first",
        TALK,
        Expect("completed", heard=HEARD, dials=1, stored=ONCE, more=is_booked_once),
        (RELAY,),
        network_faults=[
            {"effect": "rest_error", "match": "POST", "count": 1, "status": 429, "code": 20429},
        ],
        during=wake_when_due,
        alone=True,  # a busy carrier slows down every dial for a while
    ),
    Situation(
        "The carrier says that there is no such number",
        {},
        Expect("failed", reason="carrier_21211", dials=0),
        (RELAY,),
        network_faults=[{"effect": "rest_error", "match": "POST", "status": 400, "code": 21211}],
        does="Cannot be called.",
    ),
    Situation(
        "The model does not answer",
        talks("Yes, sure."),
        Expect("failed", reason="model_failed", heard=["something went wrong on my side"]),
        model_faults=[{"kind": "error_500", "times": 3}],
    ),
    Situation(
        "The model does not answer, and a colleague can take over",
        talks("Yes, sure.", patience_seconds=100),
        Expect("transferred", heard=["Let me put you through to a colleague"]),
        template={"on_failure": "transfer", "transfer_to": "{colleague}"},
        people={"colleague": colleague("Harbor Dental, this is Tom.")},
        model_faults=[{"kind": "error_500", "times": 3}],
    ),
    Situation(
        "The model says nothing",
        talks("Yes, sure.", "Yes, sure.", "Goodbye."),
        Expect("completed", heard=["Sorry, could you say that once more?", "mornings or afternoons"]),
        model_faults=[{"kind": "empty", "times": 1}],
    ),
    Situation(
        "The model breaks off in the middle of a sentence",
        talks("Yes, sure."),
        Expect("failed", reason="model_unreachable", heard=["something went wrong on my side"]),
        model_faults=[{"kind": "drop", "times": 3, "after_tokens": 6}],
    ),
]
