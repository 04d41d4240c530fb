"""The commands of model providers, what is remembered, and templates of text messages."""

from __future__ import annotations

import json
import re

import pytest
from fakes.calls import LINE, NOW, NUMBER, FakeCalls, furnished

from chalicelib.ai.domain.analysis import Usage
from chalicelib.ai.domain.asking import ModelUse
from chalicelib.ai.services.counting import Asked, count_once
from chalicelib.calls.domain.message_templates import MessageTemplate
from chalicelib.kernel.ids import new_id


@pytest.fixture(autouse=True)
def calls(container, clock, crm):
    """Give the ports of calls, furnished, to the API."""
    container.calls = FakeCalls(clock, crm)
    container.calls.system = container.system
    container.ai = container.calls.ai
    furnished(container.calls)
    return container.calls


def _read(result):
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def _plain(result):
    assert result.exit_code == 0, result.output
    return re.sub(r"\x1b\[[0-9;]*m", "", result.stdout)


def test_providers_are_listed(run):
    """In the order in which they are asked."""
    assert [each["name"] for each in _read(run("providers", "--json"))] == ["openai", "spare"]
    assert "bedrock" in _plain(run("providers", terminal=120))


def test_questions_to_models_are_told(run, calls):
    """In all and apart, with what went wrong."""
    late = ModelUse("openai", "gpt-4.1-mini", Usage(), None, 3000, "model_timeout")
    spare = ModelUse("spare", "own", Usage(100, 0, 10), 200, 500)
    count_once(calls.ai, Asked("call_1", NOW, "template_1", ((late, spare),)))
    whole = _read(run("ai", "dashboard", "--json"))["whole"]
    assert (whole["requests"], whole["fallbacks"]) == (2, 1)
    table = _plain(run("ai", "dashboard", "--by", "provider", terminal=160))
    assert [line.split()[:2] for line in table.splitlines()[2:]] == [
        ["(all)", "2"],
        ["openai", "1"],
        ["spare", "1"],
    ]
    assert "model_timeout 1" in table
    days = ("--from", "2026-03-04", "--to", "2026-03-05")
    assert _read(run("ai", "dashboard", *days, "--json"))["whole"]["requests"] == 0


def test_what_is_remembered_is_added_corrected_and_deleted(run):
    """By the contact's number; nothing is lost without a question."""
    added = _read(run("contacts", "memory", "add", NUMBER, "preferred_day", "Thursdays", "--json"))
    corrected = _read(run("contacts", "memory", "correct", NUMBER, added["id"], "Fridays", "--json"))
    assert (corrected["value"], corrected["version"]) == ("Fridays", added["version"] + 1)
    assert "Fridays" in _plain(run("contacts", "memory", "list", NUMBER, terminal=120))
    assert run("contacts", "memory", "delete", NUMBER, added["id"]).exit_code == 1
    assert _read(run("contacts", "memory", "delete", NUMBER, added["id"], "--yes", "--json"))["deleted"]
    assert _read(run("contacts", "memory", "list", NUMBER, "--json")) == []


def test_templates_of_messages_are_read(run, calls):
    """Listed by name, and one whole."""
    template = MessageTemplate(new_id("template"), "Reminder", "At {{ time }}", NOW, NOW)
    calls.message_templates.add(template)
    assert [each["name"] for each in _read(run("message-templates", "list", "--json"))] == ["Reminder"]
    assert "At {{ time }}" in run("message-templates", "show", template.id).stdout


def test_parts_are_shown_below_their_field(run):
    """Hours of a number as lines, short ones beside their day; JSON stays for programs."""
    words = ("--open", "mon 09:00-12:00", "--open", "mon 13:00-17:00", "--open", "tue 09:00-12:00")
    zone = ("--time-zone", "America/New_York", "--region", "US-TX", "--text", "We are closed.")
    done = run("numbers", "route", LINE, "template_1", *words, *zone)
    assert done.exit_code == 0, done.output
    lines = [line.rstrip() for line in _plain(run("numbers", "show", LINE, terminal=100)).splitlines()]
    place = lines.index("hours")
    assert [line.split(maxsplit=1) for line in lines[place + 1 :] if line.startswith("  tuesday")] == [
        ["tuesday", "start: 09:00, end: 12:00"]
    ]
    assert "    - start: 13:00, end: 17:00" in lines
    assert not any("{" in line for line in lines)
    assert _read(run("numbers", "show", LINE, "--json"))["hours"]["time_zone"] == "America/New_York"
