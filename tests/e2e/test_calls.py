"""Whole calls through the packaged functions, judged by what people heard and by the carrier's log."""

from __future__ import annotations

import json
from typing import Any

import pytest
import requests
from e2e.world import AISHA, COLLEAGUE, JAMES, MARIA, STRANGER, Stack, eventually

TALKATIVE: dict[str, Any] = {
    "answer": 0.5,
    "steps": [
        {"hears": "minute", "say": "Yes, sure. What is it about?"},
        {"hears": "mornings or afternoons", "say": "Mornings are best for me."},
        {"hears": "settle the exact time", "say": "No, thank you, that's all. Goodbye."},
    ],
    "rules": [{"hears": "goodbye", "hang_up": True}],
}


def spoken_by_agent(call: dict[str, Any]) -> str:
    """Give what the stored transcript says the person heard."""
    heard = (turn["answer"] if turn["heard"] is None else turn["heard"] for turn in call["turns"])
    return " ".join(" ".join(heard).split())


@pytest.mark.parametrize("transport", ["relay", "gather"])
def test_a_call_is_held_and_its_story_is_kept(stack: Stack, transport: str) -> None:
    """A contact is called, talks, says goodbye: transcript, tools, analysis, cost and note are there."""
    prompts = {item["name"]: item["id"] for item in stack.api.get("/v1/ai/templates")["items"]}
    template = stack.api.post(
        "/v1/calls/templates",
        {
            "name": f"Test {transport}",
            "prompt_id": prompts["Sales"],
            "greeting": "Hello {{ first_name }}, do you have a minute?",
            "transport": transport,
        },
    )
    stack.script(MARIA, TALKATIVE)
    wish = {"contact_id": stack.data.contacts[MARIA], "template_id": template["id"]}
    accepted = stack.api.post("/v1/calls/initiate", wish)
    assert accepted["state"] == "queued"
    call = stack.finished(accepted["id"])

    assert (call["state"], call["outcome"], call["transport"]) == ("ended", "completed", transport)
    assert call["decision"]["verdict"] == "allow"
    assert [turn["said"] for turn in call["turns"]][:3] == [
        "",
        "Yes, sure. What is it about?",
        "Mornings are best for me.",
    ]
    assert call["turns"][0]["answer"] == "Hello Maria, do you have a minute?"
    assert [run["name"] for run in call["turns"][2]["tools"]] == ["add_note"]
    assert all(turn["timing"]["first_words_ms"] for turn in call["turns"][1:4])
    heard = " ".join(text for speaker, text in stack.heard(call["sid"]) if speaker == "agent")
    assert " ".join(heard.split()) == spoken_by_agent(call)
    assert call["usage"]["prompt_tokens"] > 0
    assert call["analysis"]["sentiment"] in {"positive", "neutral"}
    assert call["cost"] == sum(line["amount"] for line in call["cost_lines"]) > 0
    notes = stack.api.get(f"/v1/crm/contacts/{wish['contact_id']}/notes")["items"]
    of_call = [note for note in notes if note["call_id"] == call["id"]]
    assert {note["kind"] for note in of_call} == {"call_summary", "general"}
    assert call["analysis"]["summary"] in next(n["body"] for n in of_call if n["kind"] == "call_summary")
    assert len(stack.carrier_calls(MARIA)) == 1


def inbound_call_id(stack: Stack, sid: str) -> str:
    """Find our id of a call by what we sent the carrier."""

    def probe() -> str | None:
        for event in stack.log(call_sid=sid, kind="socket.sent"):
            if event["frame"].get("type") == "setup":
                return str(event["frame"]["customParameters"]["call_id"])
        return None

    return str(eventually(probe))


def test_a_known_caller_is_recognised(stack: Stack) -> None:
    """Somebody we know calls our number: the reception template answers, the call is on their record."""
    caller = {
        "steps": [{"hears": "how can I help", "say": "When are you open?"}],
        "rules": [{"hears": "Saturdays", "say": "Thanks, bye.", "hang_up": True}],
    }
    sid = stack.control("POST", "/inbound", {"from": AISHA, "to": stack.line, "callee": caller})["call_sid"]
    call = stack.finished(inbound_call_id(stack, sid))
    assert call["direction"] == "inbound"
    assert call["contact_id"] == stack.data.contacts[AISHA]
    assert "8 in the morning" in call["turns"][1]["answer"]


def test_an_unknown_caller_becomes_a_contact(stack: Stack) -> None:
    """Somebody we do not know calls: a contact with that number exists afterwards, once."""
    caller = {"steps": [{"hears": "how can I help", "say": "Goodbye.", "hang_up": True}]}
    sid = stack.control("POST", "/inbound", {"from": STRANGER, "to": stack.line, "callee": caller})[
        "call_sid"
    ]
    call = stack.finished(inbound_call_id(stack, sid))
    found = stack.api.get("/v1/crm/contacts", phone=STRANGER)["items"]
    assert [contact["id"] for contact in found] == [call["contact_id"]]
    assert found[0]["source"] == "inbound_call"


@pytest.mark.parametrize(
    ("answer", "outcome"), [("busy", "busy"), ("no_answer", "no_answer"), ("failed", "failed")]
)
def test_an_unanswered_call_has_its_outcome(stack: Stack, answer: str, outcome: str) -> None:
    """A call that nobody takes ends with the reason that the carrier gives, and costs no model."""
    stack.script(JAMES, {"answer": answer, "ring_seconds": 1})
    call = stack.finished(stack.initiate(JAMES))
    assert call["outcome"] == outcome
    assert call["turns"] == []
    assert call["usage"]["prompt_tokens"] == 0


def test_an_opt_out_stops_the_next_dial(stack: Stack) -> None:
    """Somebody says that they want no more calls: it is confirmed, and the next call is refused."""
    contact = stack.api.post("/v1/crm/contacts", {"name": "Olive Otter", "phone": "+14155550141"})
    stack.script(
        contact["phone"],
        {
            "steps": [{"hears": "minute", "say": "Please never call me again."}],
            "rules": [{"hears": "goodbye", "hang_up": True}],
        },
    )
    wish = {"contact_id": contact["id"], "template_id": stack.data.templates["Sales call"]}
    call = stack.finished(stack.api.post("/v1/calls/initiate", wish)["id"])
    assert call["outcome"] == "opted_out"
    assert "We will not call you again" in spoken_by_agent(call)
    answer = post(stack, "/v1/calls/initiate", wish)
    assert (answer.status_code, answer.json()["code"]) == (403, "suppressed")
    assert len(stack.carrier_calls(contact["phone"])) == 1


def post(stack: Stack, path: str, body: Any, token: str | None = None) -> requests.Response:
    """Send a request to the API as it is."""
    headers = {"Authorization": f"Bearer {token or stack.endpoints['admin_token']}"}
    return requests.post(
        stack.url("api") + path,
        data=json.dumps(body),
        timeout=20,
        headers=headers | {"Content-Type": "application/json"},
    )


def test_a_transfer_reaches_a_colleague(stack: Stack) -> None:
    """Somebody asks for a person: they are told so, the template's own number is dialed, and they talk."""
    stack.script(
        MARIA, {"steps": [{"hears": "minute", "say": "I want to speak to a person."}], "patience_seconds": 40}
    )
    stack.script(
        COLLEAGUE,
        {
            "answer": 0.5,
            "steps": [{"wait": "none", "say": "Harbor Dental, this is Tom."}],
            "rules": [{"hears": "", "hang_up": True}],
            "patience_seconds": 5,
        },
    )
    call = stack.finished(stack.initiate(MARIA))
    assert call["outcome"] == "transferred"
    assert ("agent", "Of course.") in stack.heard(call["sid"])
    assert len(stack.carrier_calls(COLLEAGUE)) == 1


@pytest.mark.parametrize(("template", "ending"), [("Sales call", "hang_up"), ("Reception", "transfer")])
def test_a_model_that_is_down_is_apologised_for(stack: Stack, template: str, ending: str) -> None:
    """The model fails: the caller hears an apology, then the call ends or is handed over, by template."""
    stack.model("PUT", "/faults", [{"kind": "error_500", "times": 1}])
    greeting = "minute" if template == "Sales call" else "help"
    stack.script(
        MARIA,
        {
            "steps": [{"hears": greeting, "say": "Yes, what is it?"}],
            "rules": [{"hears": "goodbye", "hang_up": True}],
            "patience_seconds": 40,
        },
    )
    stack.script(COLLEAGUE, {"answer": 0.2, "steps": [{"wait": "none", "say": "Hello.", "hang_up": True}]})
    call = stack.finished(stack.initiate(MARIA, template))
    last = call["turns"][1]
    assert (last["end"], last["reason"]) == (ending, "model_failed")
    assert any("something went wrong on my side" in text for _, text in stack.heard(call["sid"]))
    assert len(stack.carrier_calls(COLLEAGUE)) == (1 if ending == "transfer" else 0)
