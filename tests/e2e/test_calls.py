"""Whole calls through the packaged functions, judged by what people heard and by the carrier's log."""

from __future__ import annotations

from typing import Any

import pytest
from e2e.world import MARIA, Stack, own_prompt

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
    template = stack.api.post(
        "/v1/calls/templates",
        {
            "name": f"Test {transport}",
            "prompt_id": own_prompt(stack.api),
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
    assert {note["kind"] for note in of_call} - {"task"} == {"call_summary", "general"}
    assert call["analysis"]["state"] == "done"
    owed = [item["text"] for item in call["analysis"]["action_items"]]
    assert [note["body"] for note in of_call if note["kind"] == "task"] == owed
    assert call["analysis"]["summary"] in next(n["body"] for n in of_call if n["kind"] == "call_summary")
    assert len(stack.carrier_calls(MARIA)) == 1
