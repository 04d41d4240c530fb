"""The commands of text messages, typed against the API in memory."""

from __future__ import annotations

import json

import pytest
from fakes.calls import NUMBER, FakeCalls, furnished

from chalicelib.calls.domain.message_templates import MessageTemplate
from chalicelib.crm.services.contacts import find_contact
from chalicelib.kernel.ids import new_id


@pytest.fixture
def calls(container, clock, crm):
    """Give the ports of calls, furnished, to the API."""
    container.calls = FakeCalls(clock, crm)
    furnished(container.calls)
    return container.calls


def test_a_message_is_sent_shown_and_listed(run, calls):
    """To a number or a contact; the thread has it."""
    sent = run("messages", "send", NUMBER, "Hello {{ first_name }}", "--json")
    assert sent.exit_code == 0, sent.output
    message = json.loads(sent.stdout)
    assert message["body"] == "Hello Ada"
    shown = run("messages", "show", message["id"], "--json")
    assert json.loads(shown.stdout) == message
    contact_id = find_contact(calls.crm, NUMBER).id
    for whom in (contact_id, NUMBER):
        listed = run("messages", "list", whom, "--json")
        assert [each["id"] for each in json.loads(listed.stdout)] == [message["id"]]


def test_a_template_is_sent_with_its_variables(run, calls):
    """Given one by one."""
    template = MessageTemplate(
        new_id("template"), "R", "At {{ time }}, {{ first_name }}", calls.clock.now(), calls.clock.now()
    )
    calls.message_templates.add(template)
    contact_id = find_contact(calls.crm, NUMBER).id
    words = ("messages", "send", contact_id, "--template", template.id, "--set", "time=ten", "--json")
    assert json.loads(run(*words).stdout)["body"] == "At ten, Ada"


@pytest.mark.parametrize(
    "words",
    [
        (NUMBER,),
        (NUMBER, "Hi", "--template", "template_1"),
        (NUMBER, "Hi", "--set", "time"),
    ],
)
def test_a_wrong_use_is_explained(run, calls, words):
    """With the exit code of wrong usage, and nothing is sent."""
    assert run("messages", "send", *words).exit_code == 2
    assert not calls.messages.by_place


def test_a_refusal_is_a_sentence(run, calls):
    """And ends with 1."""
    calls.numbers.suppress(NUMBER, "operator", calls.clock.now())
    refused = run("messages", "send", NUMBER, "Hi")
    assert refused.exit_code == 1
    assert "asked not to be contacted" in refused.output
