"""The commands of prompts against the real routes."""

from __future__ import annotations

import json

import pytest
from fakes.calls import FakeCalls, furnished


@pytest.fixture(autouse=True)
def calls(container, clock):
    """Give the ports of calls, furnished, to the API."""
    container.calls = FakeCalls(clock, container.crm)
    container.calls.system = container.system
    container.ai = container.calls.ai
    furnished(container.calls)
    return container.calls


def _read(result):
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_a_prompt_is_written_published_and_taken_back(run):
    """From its first line to its end."""
    made = _read(run("prompts", "create", "--set", "name=New", "--set", "text=You ask.", "--json"))
    name = made["id"]
    draft = _read(run("prompts", "update", name, "--draft", "--set", "text=You beg.", "--json"))
    assert (draft["version"], draft["published_version"]) == (2, 1)
    assert _read(run("prompts", "publish", name, "--json"))["published_version"] == 2
    assert _read(run("prompts", "rollback", name, "--json"))["published_version"] == 1
    assert _read(run("prompts", "publish", name, "--version", "2", "--json"))["published_version"] == 2
    found = _read(run("prompts", "versions", name, "--json"))
    assert [each["text"] for each in found] == ["You beg.", "You ask."]
    assert _read(run("prompts", "show", name, "--version", "1", "--json"))["text"] == "You ask."
    assert _read(run("prompts", "delete", name, "--yes", "--json"))["deleted"] is True
    assert [each["id"] for each in _read(run("prompts", "list", "--json"))] == ["prompt_1"]


def test_prompts_are_found(run):
    """By words."""
    assert [each["id"] for each in _read(run("prompts", "list", "--search", "sell", "--json"))] == [
        "prompt_1"
    ]
    assert _read(run("prompts", "list", "--search", "dentist", "--json")) == []


def test_a_prompt_is_tried_out(run, tmp_path):
    """For somebody made up, with values; it says what stays the same."""
    file = tmp_path / "prompt.json"
    variable = {"name": "offer", "type": "number", "sample": 3}
    file.write_text(
        json.dumps({"name": "N", "text": "Sell {{ offer }} to {{ first_name }}.", "variables": [variable]})
    )
    name = _read(run("prompts", "create", str(file), "--json"))["id"]
    shown = run("prompts", "render", name, "--name", "Zoe Ray", "--value", "offer=7")
    assert "Sell 7 to" in shown.output
    assert "characters are in every call the same" in shown.output
    assert _read(run("prompts", "render", name, "--json"))["variables"] == {"offer": 3}
    assert run("prompts", "render", name, "--value", "offer").exit_code == 2
    assert run("prompts", "render", name, "--name", "x", "--contact", "y").exit_code == 2
