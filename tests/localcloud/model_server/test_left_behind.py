"""What the product asks of a call for later is answered from what was said: days, promises, facts."""

from __future__ import annotations

import json

import jsonschema
import pytest

from chalicelib.ai.domain.analysis import USUAL, Usage, Wanted, analysis_schema, read_analysis
from chalicelib.ai.domain.extraction import ExtractField, ExtractType
from chalicelib.ai.domain.findings import ActionItem, Learnt, PromisedCallback

pytestmark = pytest.mark.enable_socket
TASK = (
    'Contact name: "Maria Lopez"\n'
    "It is Tuesday, 03 March 2026, 09:30 where the contact lives, at the beginning of the call."
)


async def _analysis(client, transcript, wanted=USUAL):
    """Ask as the product asks, check against its schema, and read as it reads."""
    schema = dict(analysis_schema(wanted))
    answer = await client.chat.completions.create(
        model="m",
        messages=[{"role": "system", "content": TASK}, {"role": "user", "content": transcript}],
        response_format={
            "type": "json_schema",
            "json_schema": {"name": "call_analysis", "strict": True, "schema": schema},
        },
    )
    value = json.loads(answer.choices[0].message.content)
    jsonschema.validate(value, schema, format_checker=jsonschema.FormatChecker())
    return read_analysis(value, "m", Usage(), wanted)


async def test_a_promised_call_has_its_local_time(client):
    """With the person's words, and it is no task besides."""
    analysis = await _analysis(client, "Agent: Hello?\nCaller: Call me back on Thursday at 10 am, please")
    assert analysis.findings.callback == PromisedCallback(
        "2026-03-05T10:00", "Call me back on Thursday at 10 am, please"
    )
    assert analysis.findings.outcome == "callback_wanted"
    assert [item for item in analysis.action_items if "back" in item.text] == []


@pytest.mark.parametrize(
    "said", ["Call me back later", "I am interested", "Stop calling me, not even tomorrow at ten"]
)
async def test_no_call_is_promised_without_a_time(client, said):
    """Nor to who does not want to be called."""
    assert (await _analysis(client, f"Caller: {said}")).findings.callback is None


async def test_a_task_is_due_on_the_day_that_was_named(client):
    """As a date; a colleague owes what the agent cannot do."""
    analysis = await _analysis(client, "Caller: I'm interested, send it by tomorrow. Let me talk to a person")
    assert analysis.action_items == (
        ActionItem("Take over the conversation with Maria Lopez", "colleague", None),
        ActionItem("Send Maria Lopez the available times", "agent", "2026-03-04"),
    )


async def test_facts_are_what_the_person_said_of_themselves(client):
    """Each with their words; what the agent says is no fact."""
    analysis = await _analysis(
        client, "Agent: My dog is big.\nCaller: I work as a baker, so I prefer afternoons"
    )
    said = "I work as a baker, so I prefer afternoons"
    assert analysis.findings.facts == (
        Learnt("preferred_time", "afternoons", said),
        Learnt("occupation", "a baker", said),
    )


async def test_values_are_found_beside_all_that(client):
    """One request gives everything, also the template's own word for the outcome."""
    wanted = Wanted((ExtractField("mail", ExtractType.TEXT, "Their email."),), ("goal_reached", "lost"))
    analysis = await _analysis(
        client, "Caller: book me in\nTool: book_appointment: done\nCaller: my email is a@example.com", wanted
    )
    assert (analysis.findings.outcome, analysis.findings.goal_reached) == ("goal_reached", True)
    assert analysis.findings.confidence == 0.9
    assert analysis.extracted[0].said == "my email is a@example.com"
