"""The commands of calls and call templates against the real routes."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import timedelta

import pytest
from fakes.calls import LINE, NOW, NUMBER, FakeCalls, a_call, connected, furnished

from chalicelib.ai.domain.analysis import Analysis, AnalysisState, Sentiment
from chalicelib.ai.domain.extraction import Extracted
from chalicelib.ai.domain.findings import ActionItem, Findings, Learnt, PromisedCallback
from chalicelib.ai.domain.tooling import ToolRun
from chalicelib.calls.domain.costs import CostLine
from chalicelib.calls.domain.files import Aftermath
from chalicelib.calls.domain.proposals import Proposal
from chalicelib.calls.domain.states import CallState
from chalicelib.calls.domain.turns import Turn, TurnEnd, TurnKind
from localcloud.commands import watching


@pytest.fixture(autouse=True)
def calls(container, clock):
    """Give the ports of calls, furnished, to the API."""
    container.calls = FakeCalls(clock, container.crm)
    container.calls.system = container.system
    furnished(container.calls)
    return container.calls


def _read(result):
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def _plain(result):
    assert result.exit_code == 0, result.output
    return re.sub(r"\x1b\[[0-9;]*m", "", result.stdout)


def _talk(calls):
    connected(calls)
    calls.turns.open("call_1", Turn(0, TurnKind.GREETING, NOW, answer="Hello.", end=TurnEnd.LISTEN))
    turn = Turn(1, TurnKind.SPEECH, NOW + timedelta(seconds=1), said="When are you open?")
    calls.turns.open("call_1", turn)
    return turn


def test_calls_are_listed(run, calls):
    """With every filter; a number stands for its contact."""
    contact = calls.crm.contacts.find_by_phone(NUMBER)
    calls.book.create(a_call())
    calls.book.create(
        a_call(id="call_2", contact_id=contact.id, created_at=NOW + timedelta(hours=1), state=CallState.ENDED)
    )
    ids = lambda *words: [call["id"] for call in _read(run("calls", "list", "--json", *words))]  # noqa: E731
    assert ids() == ["call_2", "call_1"]
    assert ids("--oldest-first", "--limit", "1") == ["call_1"]
    assert ids("--state", "ended", "--direction", "outbound", "--template", "template_1") == ["call_2"]
    assert ids("--contact", NUMBER) == ["call_2"]
    assert ids("--from", "2026-03-03T13:00:00Z") == ["call_2"]
    assert ids("--to", "2026-03-03T13:00:00Z", "--outcome", "busy") == []
    table = _plain(run("calls", "list", terminal=100))
    assert "call_2" in table
    assert "ended" in table


def test_live_calls_are_listed(run, calls):
    """And it is said when there are others."""
    calls.book.create(a_call(id="call_2"))
    connected(calls)
    assert [call["id"] for call in _read(run("calls", "live", "--json"))] == ["call_1"]
    assert "in_progress" in _plain(run("calls", "live", terminal=100))


def test_a_call_is_shown_with_its_story(run, calls):
    """What was said, done, found out and paid, each under its heading."""
    turn = replace(_talk(calls), sentiment=Sentiment.NEGATIVE, intent="price", reason="abuse_warned")
    run_of = ToolRun("1", "add_note", '{"text": "x"}', "Noted.", done=True, took_ms=3)
    calls.turns.close("call_1", replace(turn, answer="At nine.", end=TurnEnd.LISTEN, tools=(run_of,)))
    calls.turns.interrupt("call_1", 1, "At")
    items = (ActionItem("Call back", "agent"),)
    values = (Extracted("day", "2026-03-09", "on Monday", 1),)
    analysis = Analysis("They asked.", Sentiment.NEUTRAL, ("hours",), items, "model", extracted=values)
    calls.book.put_aftermath("call_1", Aftermath(analysis, (CostLine("model", 7, "tokens", 12),)))
    shown = _plain(run("calls", "show", "call_1", terminal=120))
    for words in ("caller  When are you open?", "agent  At nine.", "talked over after: At", "add_note"):
        assert words in shown
    assert "reason: abuse_warned; sentiment: negative; intent: price" in shown
    for words in ("They asked.", "to do: Call back (agent)", "2026-03-09", "tokens", "micro-dollars"):
        assert words in shown
    assert _read(run("calls", "show", "call_1", "--json"))["id"] == "call_1"
    assert "call_not_found" in run("calls", "show", "call_x").output


@pytest.fixture
def talking(calls, monkeypatch):
    """Let a call go on by a step each time somebody waits."""

    def go_on(*steps):
        turn, remaining = _talk(calls), list(steps)
        monkeypatch.setattr(watching.time, "sleep", lambda _seconds: remaining.pop(0)(calls, turn))

    return go_on


def _answer(calls, turn):
    calls.turns.close("call_1", replace(turn, answer="At nine.", end=TurnEnd.LISTEN))


def _interrupt(calls, _turn):
    calls.turns.interrupt("call_1", 1, "At")


def _end(calls, _turn):
    over = {"state": CallState.ENDED, "finished_at": NOW}
    calls.book.change("call_1", lambda call: replace(call, **over))


def _leave(_calls, _turn):
    raise KeyboardInterrupt


def test_a_call_is_watched_until_it_ends(run, talking):
    """Each line once, when it is said; what was talked over afterwards."""
    talking(_answer, _interrupt, _end)
    lines = _plain(run("calls", "watch", "call_1")).splitlines()
    assert [line.strip() for line in lines] == [
        "agent  Hello.",
        "caller  When are you open?",
        "agent  At nine.",
        "was talked over after: At",
        "ended",
    ]


def test_a_program_gets_all_turns_at_the_end(run, talking):
    """As they became."""
    talking(_answer, _end)
    turns = _read(run("calls", "watch", "call_1", "--json"))
    assert [turn["answer"] for turn in turns] == ["Hello.", "At nine."]


def test_leaving_ends_the_watching_only(run, talking, calls):
    """And says how to end the call."""
    talking(_leave)
    result = run("calls", "watch", "call_1")
    assert (result.exit_code, calls.telephony.ended) == (130, [])
    assert "calls hang-up" in result.stderr


def test_a_call_is_hung_up_and_noted(run, calls):
    """By its id."""
    call = connected(calls)
    assert "in_progress" in run("calls", "hang-up", "call_1").output
    assert calls.telephony.ended == ["CA1"]
    made = _read(run("calls", "note", "call_1", "Unsure.", "--json"))
    assert (made["call_id"], made["contact_id"]) == ("call_1", call.contact_id)


def test_a_template_is_created_changed_tried_out_and_deleted(run, calls, tmp_path):
    """From a file, from single fields, or both; what is not given stays."""
    file = tmp_path / "template.json"
    file.write_text(json.dumps({"id": "x", "name": "Check-up", "greeting": "Hello {{ first_name }}."}))
    made = _read(run("templates", "create", str(file), "--set", "prompt_id=prompt_1", "--json"))
    words = ("--set", "on_machine=hang_up", "--set", "max_duration_s=300", "--set", f"transfer_to={NUMBER}")
    changed = _read(run("templates", "update", made["id"], *words, "--json"))
    assert (changed["version"], changed["on_machine"], changed["max_duration_s"]) == (2, "hang_up", 300)
    assert (changed["transfer_to"], changed["greeting"]) == (NUMBER, made["greeting"])
    shown = _read(run("templates", "show", made["id"], "--version", "1", "--json"))
    assert shown == made
    found = _read(run("templates", "versions", made["id"], "--json"))
    assert [each["version"] for each in found] == [2, 1]
    assert "Hello Bo." in _plain(run("templates", "render", made["id"], "--name", "Bo Li"))
    assert "Hello Ada." in _plain(run("templates", "render", made["id"], "--contact", NUMBER))
    assert "Check-up" in _plain(run("templates", "list", terminal=100))
    assert run("templates", "delete", made["id"], "--yes").exit_code == 0
    assert calls.templates.get(made["id"]) is None
    assert LINE in run("templates", "delete", "template_1", "--yes").output


def test_a_template_that_somebody_else_changed_stays(run, calls, line):
    """The command says where to look."""
    seen = calls.templates.get("template_1")

    def overtake(method):
        if method == "PUT":
            calls.templates.save(replace(seen, name="Rival", version=2), seen)

    line.before = overtake
    result = run("templates", "update", "template_1", "--set", "name=Mine")
    assert result.exit_code == 1
    assert "templates show template_1" in result.output


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("create",), "FILE or --set"),
        (("create", "--set", "name"), "no NAME=VALUE"),
        (("create", "-"), "no JSON"),
        (("render", "template_1", "--contact", NUMBER, "--name", "Bo"), "either"),
        (("update", "template_1", "--set", "on_machine=leave_message"), "voicemail_message"),
    ],
)
def test_what_is_typed_wrongly_is_explained(run, words, told):
    """In a sentence, and nothing is sent or changed."""
    result = run("templates", *words)
    assert result.exit_code in {1, 2}
    assert told in result.output


def test_what_was_found_is_decided(run, calls):
    """Listed with what was decided, accepted into the contact, and the model asked again where it failed."""
    call = connected(calls)
    calls.shelf.calls["call_1"] = replace(call, state=CallState.ENDED, ended_at=NOW, finished_at=NOW)
    calls.turns.open("call_1", Turn(1, TurnKind.SPEECH, NOW, said="Hi"))
    callback = PromisedCallback("2026-03-05T10:00")
    found = Findings("unclear", callback=callback, facts=(Learnt("pet", "a cat"),))
    items = (ActionItem("Send it", "agent", "2026-03-05"),)
    failed = Analysis(
        "x",
        Sentiment.NEUTRAL,
        (),
        items,
        "rules",
        findings=found,
        state=AnalysisState.FAILED,
        error="bad_analysis",
    )
    calls.book.put_aftermath("call_1", Aftermath(failed, ()))
    calls.proposals.add(Proposal("call_1", "mail", "email", "ada@example.com", "mail me", 1, NOW))
    shown = _plain(run("calls", "show", "call_1", terminal=120))
    for words in ("not read by the model (bad_analysis)", "by 2026-03-05", "back: 2026-03-05T10:00", "a cat"):
        assert words in shown
    assert "ada@example.com" in _plain(run("calls", "proposals", "call_1", terminal=120))
    assert _read(run("calls", "decide", "call_1", "mail", "accept", "--json"))["state"] == "accepted"
    assert calls.crm.contacts.find_by_phone(NUMBER).email == "ada@example.com"
    assert "call_1" in _plain(run("calls", "analyse", "call_1"))
    span = ("--from", "2026-03-03T00:00:00Z", "--to", "2026-03-04T00:00:00Z")
    assert _read(run("calls", "analyse-all", *span, "--json")) == {"requested": True}
    assert (calls.wakeups.analyses, len(calls.wakeups.spans)) == (["call_1"], 1)
