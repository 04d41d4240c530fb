"""Calls that become scenarios: prompts with variables, and calls whose words were masked."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from fakes.ai import a_prompt
from fakes.calls import NOW, FakeCalls, a_template, connected, furnished

from chalicelib.ai.adapters.rendering import JinjaRenderer
from chalicelib.ai.domain.prompts import PromptVariable, VariableType
from chalicelib.ai.domain.tooling import ToolRun
from chalicelib.calls.domain.masking import masked_turn
from chalicelib.calls.domain.turns import Turn, TurnKind

EVALUATIONS = "/v1/ai/evaluations"
SAMPLES = {"offer": "our offer", "tier": "silver"}


@pytest.fixture
def calls(container, clock):
    """Give the ports of calls, furnished, to the API."""
    container.calls = FakeCalls(clock, container.crm)
    container.calls.system = container.system
    container.ai = container.calls.ai
    furnished(container.calls)
    return container.calls


def test_a_scenario_of_a_prompt_with_variables_can_be_played(api, calls):
    """It has the template's values; where the contact's own counted, the prompt's sample stands for it."""
    wanted = [PromptVariable(name, VariableType.TEXT, sample) for name, sample in SAMPLES.items()]
    text = "Sell {{ offer }}, {{ tier }}, to {{ contact.name }}."
    prompt = a_prompt(calls.clock, text)
    calls.ai.prompts.add(replace(prompt, id="prompt_2", name="Offer", variables=tuple(wanted)))
    own = {"prompt_id": "prompt_2", "variables": {"offer": 'the "spring" {% offer %}', "tier": "gold"}}
    calls.templates.add(a_template(id="template_2", name="Offer", **own))
    contact = calls.crm.contacts.find_by_phone("+14155552671")
    calls.crm.contacts._by_id[contact.id] = replace(contact, custom_fields={"tier": "Lovelace Street 7"})
    call = connected(calls)
    calls.shelf.calls[call.id] = replace(call, template_id="template_2")
    calls.turns.open("call_1", Turn(1, TurnKind.SPEECH, NOW, said="Hello?"))
    scenario = api.get("/v1/calls/call_1/scenario").body["scenario"]
    assert "Lovelace" not in json.dumps(scenario)
    assert api.ask("POST", EVALUATIONS, body={"scenarios": [scenario]}).status == 202
    filled = JinjaRenderer().render(scenario["agent"]["prompt"], {"contact": {"name": "Bo"}})
    assert filled == 'Sell the "spring" {% offer %}, silver, to Bo.'


def test_what_was_masked_becomes_made_up(api, calls):
    """A caller says no `[email]`, and no action takes one."""
    connected(calls)
    update = json.dumps({"field": "email", "value": "ada@example.org"})
    run = ToolRun("1", "update_contact", update, "Done.", done=True, took_ms=1)
    said = "I am ada@example.org, card 4111 1111 1111 1111, GB33 BUKB 2020 1555 5555 55, call 415 555 0100"
    turn = Turn(1, TurnKind.SPEECH, NOW, said=f"{said}, four one five five five five oh", tools=(run,))
    calls.turns.open("call_1", masked_turn(turn))
    (step,) = api.get("/v1/calls/call_1/scenario").body["scenario"]["steps"]
    assert not set("[]") & set(step["caller"])
    (used,) = step["expect"]
    assert used["arguments"]["value"] in step["caller"]
    assert "@example.com" in used["arguments"]["value"]
