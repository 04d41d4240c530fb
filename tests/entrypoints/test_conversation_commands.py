"""The commands `chat` and `conversations`."""

from __future__ import annotations

import importlib
import io
import json

import pytest
from fakes.calls import FakeCalls, furnished

from chalicelib.ai.ports.models import ToolCall

# The package's attribute of this name is the command.
conversations = importlib.import_module("localcloud.commands.conversations")


@pytest.fixture
def calls(container, clock):
    """Give the ports of calls, furnished, to the API."""
    container.calls = FakeCalls(clock, container.crm)
    container.calls.system = container.system
    container.ai = container.calls.ai
    furnished(container.calls, tools=("add_note",))
    return container.calls


def test_lines_are_answered_until_an_empty_one(calls, run, monkeypatch):
    """A call template greets first; the chat goes on from line to line, and nothing is asked without one."""
    monkeypatch.setattr(conversations, "_typed", lambda: iter(["Hello?", "And now?"]))
    calls.ai.model.scripts = [["One."], ["Two."]]
    done = run("chat", "template_1", "--contact", "+14155552671")
    assert done.exit_code == 0, done.output
    assert done.output.splitlines() == ["ai: Hello Ada, this is Ann.", "ai: One.", "ai: Two."]
    assert len(calls.ai.chats.by_id) == 1


def test_a_prompt_has_no_greeting(calls, run, monkeypatch):
    """The first line begins."""
    monkeypatch.setattr(conversations, "_typed", lambda: iter(["Hello?"]))
    calls.ai.model.scripts = [["One."]]
    assert run("chat", "prompt_1").output.splitlines() == ["ai: One."]


def test_a_conversation_is_read_as_lines(calls, run):
    """Who said what, not JSON, as that of a call."""
    calls.ai.model.scripts = [["We open", " at nine."]]
    begun = json.loads(run("chat", "template_1", "--message", "Hello?", "--json").output)
    shown = run("conversations", "show", begun["conversation_id"]).output
    assert "caller  Hello?" in shown
    assert "agent  We open at nine." in shown
    assert "{" not in shown


def test_a_chat_goes_on_by_its_id_and_shows_what_was_done(calls, run):
    """Actions are shown with what came of them; the end of the chat ends the command."""
    begun = json.loads(run("chat", "template_1", "--message", "Hello?", "--json").output)
    use, end = ToolCall("1", "add_note", '{"text": "Blue"}'), ToolCall("2", "end_call", "{}")
    calls.ai.model.scripts = [[use, end], ["never"]]
    done = run("chat", begun["conversation_id"], "--message", "Blue", "--message", "More")
    assert done.exit_code == 0, done.output
    assert "add_note" in done.output


def test_conversations_are_listed_shown_and_deleted(calls, run):
    """What was written is shown until it is deleted."""
    begun = json.loads(run("chat", "template_1", "--message", "Hello?", "--json").output)
    chat_id = begun["conversation_id"]
    listed = json.loads(run("conversations", "list", "--channel", "chat", "--json").output)
    assert [each["id"] for each in listed] == [chat_id]
    shown = json.loads(run("conversations", "show", chat_id, "--json").output)
    assert [turn["said"] for turn in shown["turns"]] == ["Hello?"]
    assert run("conversations", "delete", chat_id, "--yes").exit_code == 0
    assert run("conversations", "show", chat_id).exit_code == 1


def test_typing_ends_with_an_empty_line(monkeypatch):
    """What is typed is given line by line."""
    monkeypatch.setattr("sys.stdin", io.StringIO("Hello?\n  \nnever\n"))
    assert list(conversations._typed()) == ["Hello?"]
