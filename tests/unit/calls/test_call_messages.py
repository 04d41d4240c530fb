"""Messages that the agent sends during a call: to who is on the line, three at most, and never a lie."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from fakes.calls import LINE, NOW, NUMBER, connected

from chalicelib.ai.domain.conversation import UseTool
from chalicelib.calls.domain.calls import Report
from chalicelib.calls.services.answering import inbound_call_id, receive_call
from chalicelib.calls.services.suppression import stop_calling
from chalicelib.calls.services.tooling import run_tool
from chalicelib.calls.tools import MAX_SMS
from chalicelib.crm.services.contacts import find_contact
from chalicelib.kernel.phones import E164

STRANGER = E164("+14155552699")


@pytest.fixture
def use(calls):
    """Let the model use the tool on a connected call."""
    connected(calls, tools=("send_sms",))
    file = calls.book.load("call_1")

    def ask(**arguments):
        return run_tool(calls, file, UseTool("1", "send_sms", json.dumps(arguments)))

    return ask


def test_the_message_goes_to_the_number_on_the_line(calls, use):
    """From the line of the call; what the model is told promises no arrival."""
    run = use(text="Our address: 1 Harbor Street")
    message = calls.messages.only()
    assert run.done
    assert "on its way" in run.result
    assert "delivered" not in run.result
    assert (message.number, message.line, message.call_id) == (NUMBER, LINE, "call_1")
    assert (message.contact_id, message.requested_by) == (find_contact(calls.crm, NUMBER).id, "call:call_1")


@pytest.mark.parametrize(
    "arguments",
    [
        {"text": "Hi", "number": "+14155552699"},
        {"text": "Hi", "to": "+14155552699"},
        {"text": ""},
        {"text": "x" * (MAX_SMS + 1)},
    ],
)
def test_a_model_chooses_neither_number_nor_length(calls, use, arguments):
    """Other arguments are refused, and nothing is sent."""
    assert use(**arguments).done is False
    assert not calls.messages.by_place


def test_a_model_cannot_read_the_contact_into_a_message(calls, use):
    """Braces are braces."""
    use(text="{{ contact.email }}")
    assert calls.messages.only().body == "{{ contact.email }}"


def test_a_call_sends_three_at_most(calls, use):
    """The fourth is refused in words; the same text again is the same message."""
    runs = [use(text=f"Message {number}") for number in range(4)]
    assert [run.done for run in runs] == [True, True, True, False]
    assert "3 text messages at most" in runs[3].result
    assert use(text="Message 1").done
    assert len(calls.messages.by_place) == 3


def test_three_at_most_also_at_once(calls, use):
    """Turns that overtake each other share the three."""
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda number: use(text=f"Message {number}"), range(6)))
    assert len(calls.messages.by_place) == 3


def test_a_refusal_is_told_in_words(calls, use):
    """So that the agent can say it."""
    stop_calling(calls, NUMBER, "operator")
    run = use(text="Hi")
    assert (run.done, run.result) == (
        False,
        "That was not possible: This number asked not to be contacted.",
    )


def test_a_template_that_does_not_grant_it_has_no_such_tool(calls):
    """As with every other tool."""
    connected(calls, tools=("add_note",))
    run = run_tool(calls, calls.book.load("call_1"), UseTool("1", "send_sms", '{"text": "Hi"}'))
    assert run.done is False
    assert not calls.messages.by_place


@pytest.mark.parametrize(
    ("number", "attestation", "may"),
    [
        (NUMBER, "", True),
        (NUMBER, "TN-Validation-Failed-A", False),
        (STRANGER, "", False),
        (STRANGER, "TN-Validation-Passed-A", True),
        (STRANGER, "TN-Validation-Passed-B", False),
        (STRANGER, "No-TN-Validation", False),
    ],
)
def test_who_calls_gets_a_message_when_the_number_is_theirs(calls, number, attestation, may):
    """Anybody can show any number; the model is told, and nobody is written to, however often they call."""
    for sid in ("CA1", "CA2"):
        report = Report("ringing", sid, NOW)
        receive_call(calls, number, LINE, report, attestation)
        file = calls.book.load(inbound_call_id(sid))
        file = replace(file, brief=replace(file.brief, tools=("send_sms",)))
        run = run_tool(calls, file, UseTool("1", "send_sms", '{"text": "12 Harbor Street"}'))
        assert run.done is may
        assert may or "does not vouch" in run.result
    assert len(calls.messages.by_place) == (2 if may else 0)
