"""What the carrier does to us on a bad day, and what a crash of ours does to a call."""

from __future__ import annotations

import random
import signal
from typing import Any

import requests
from e2e.world import MARIA, Stack, eventually
from twilio.request_validator import RequestValidator

from localcloud.workspace import read_json

QUICK: dict[str, Any] = {
    "answer": 0.5,
    "steps": [{"hears": "?", "say": "No, not now. Goodbye."}],
    "rules": [{"hears": "bye", "hang_up": True}],
}


def without(call: dict[str, Any], *names: str) -> dict[str, Any]:
    """Give a call without some of its fields."""
    return {name: value for name, value in call.items() if name not in names}


def test_repeated_and_disordered_webhooks_leave_the_same_call(stack: Stack) -> None:
    """Every webhook of a call is delivered three times more, in any order: nothing about the call changes."""
    rules = [
        {"effect": "callback_duplicated"},
        {"effect": "callback_delayed", "match": "in-progress", "seconds": 1.0},
        {"effect": "callback_reordered"},
    ]
    stack.control("PUT", "/faults", {"seed": 7, "rules": rules})
    stack.script(MARIA, QUICK)
    call = stack.finished(stack.initiate(MARIA, "Follow-up call"))
    sent = stack.log(call_sid=call["sid"], kind="webhook.sent") * 3
    random.Random(7).shuffle(sent)
    signer = RequestValidator(read_json(stack.workspace.local / "account.json")["auth_token"])
    for event in sent:
        url = event["url"].partition("#")[0]
        signature = signer.compute_signature(url, event["params"])
        answer = requests.post(
            url, data=event["params"], headers={"X-Twilio-Signature": signature}, timeout=20
        )
        assert answer.ok, answer.text
    again = stack.api.get(f"/v1/calls/{call['id']}")
    assert without(again, "events", "version") == without(call, "events", "version")
    notes = stack.api.get(f"/v1/crm/contacts/{call['contact_id']}/notes")["items"]
    summaries = [note for note in notes if note["call_id"] == call["id"] and note["kind"] == "call_summary"]
    assert len(summaries) == 1


def test_a_worker_that_dies_after_the_carrier_accepted_never_dials_twice(stack: Stack) -> None:
    """The dial worker is killed after the carrier accepted, before we knew: one call, and it is found."""
    rule = {"effect": "rest_silent_after_success", "match": "POST", "count": 1}
    stack.control("PUT", "/faults", {"seed": 1, "rules": [rule]})
    stack.script(MARIA, {**QUICK, "answer": "answers", "ring_seconds": 20})
    call_id = stack.initiate(MARIA)
    eventually(lambda: stack.log(kind="call.created"))
    workers = stack.workers("-Dial-")
    assert workers
    for process in workers:
        process.send_signal(signal.SIGKILL)
    assert stack.api.get(f"/v1/calls/{call_id}")["state"] == "dialing"
    for _ in range(3):
        stack.wake(call_id)
    call = stack.finished(call_id)
    assert call["outcome"] == "completed"
    assert len(stack.carrier_calls(MARIA)) == 1
    assert call["sid"] == stack.carrier_calls(MARIA)[0]["sid"]
