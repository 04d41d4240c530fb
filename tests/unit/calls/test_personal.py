"""One person's calls: given whole as plain data, and erased step by step, whatever breaks on the way."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from fakes.calls import NOW, NUMBER, FakeCalls, a_brief, a_call
from fakes.carrier import Fuse, Killed, Perilous

from chalicelib.ai.domain.analysis import Analysis, Sentiment, Usage
from chalicelib.ai.domain.findings import ActionItem
from chalicelib.ai.domain.tooling import ToolRun
from chalicelib.calls.domain.calls import CallEvent, Report
from chalicelib.calls.domain.costs import CostLine
from chalicelib.calls.domain.erasing import NO_NUMBER
from chalicelib.calls.domain.files import Aftermath
from chalicelib.calls.domain.outcomes import Outcome
from chalicelib.calls.domain.states import CallState
from chalicelib.calls.domain.turns import Turn, TurnKind
from chalicelib.calls.services.finishing import finish_call
from chalicelib.calls.services.personal import erase_calls, forget_number, personal_calls
from chalicelib.calls.services.progress import record_report
from chalicelib.kernel.errors import Conflict

IDS = ("contact_1", "contact_old")
COSTS = (CostLine("voice", 2, "minute", 28_000),)
SAID = Analysis("A secret.", Sentiment.NEUTRAL, ("x",), (ActionItem("A secret", "agent"),), "rules", Usage())


@pytest.fixture
def calls(clock, crm):
    """Give the ports of calls with nothing in them."""
    return FakeCalls(clock, crm)


def _finished(calls, place=0, contact_id="contact_1"):
    call = a_call(
        id=f"call_{place:02}",
        contact_id=contact_id,
        created_at=NOW + timedelta(seconds=place),
        state=CallState.ENDED,
        outcome=Outcome.COMPLETED,
        finished_at=NOW,
        look_at=None,
        sid="CA1",
        cost=28_000,
        duration_s=61,
        events=(CallEvent("2026-03-03T12:00:00.000Z", "completed", "completed", "SIP 200"),),
    )
    calls.book.create(call)
    calls.book.put_brief(call.id, a_brief(instructions="A secret."))
    run = ToolRun("1", "add_note", '{"text": "a secret"}', "Noted.", done=True, took_ms=3)
    calls.turns.open(call.id, Turn(1, TurnKind.SPEECH, NOW, said="a secret", answer="so", tools=(run,)))
    calls.book.put_aftermath(call.id, Aftermath(SAID, COSTS))
    return call


def _kept(calls):
    """Give what is stored in words, to look for what must not be there."""
    shelf = calls.shelf
    return repr((shelf.calls, shelf.briefs, shelf.turns, shelf.aftermaths))


def test_everything_of_a_persons_calls_is_given(calls):
    """As JSON, by page, of all ids that the person has had."""
    for place in range(5):
        _finished(calls, place, IDS[place % 2])
    _finished(calls, 9, "contact_other")
    found, start = [], None
    while True:
        page = personal_calls(calls, IDS, start, 2)
        found += page.items
        start = page.next_start
        if start is None:
            break
    assert json.loads(json.dumps(found)) == found
    assert [each["call"]["id"] for each in found] == [f"call_{place:02}" for place in (4, 3, 2, 1, 0)]
    (turn,) = found[0]["turns"]
    assert (turn["said"], turn["tools"][0]["arguments"]) == ("a secret", '{"text": "a secret"}')
    assert found[0]["call"]["created_at"] == "2026-03-03T12:00:04.000Z"
    assert found[0]["call"]["number"] == NUMBER
    assert found[0]["brief"]["instructions"] == "A secret."
    assert found[0]["aftermath"]["analysis"]["summary"] == "A secret."


def test_erased_calls_keep_what_counts_and_cost_are_made_of(calls):
    """Under the contact's id alone: no number, no words, nothing by which the carrier knows the call."""
    before = _finished(calls)
    assert erase_calls(calls, IDS) is False
    call = calls.call("call_00")
    assert call == replace(
        before, version=2, number=NO_NUMBER, sid="", events=(), erased_at=NOW, decision=None
    )
    assert calls.shelf.aftermaths == {"call_00": Aftermath(None, COSTS)}
    assert (calls.shelf.briefs, calls.shelf.turns) == ({}, {})
    assert "secret" not in _kept(calls)
    assert NUMBER not in _kept(calls)
    assert personal_calls(calls, IDS).items == []


def test_many_calls_are_erased_step_by_step(calls):
    """At most 25 a step; whoever asks again comes to an end, and others' calls stay."""
    for place in range(60):
        _finished(calls, place, IDS[place % 2])
    _finished(calls, 99, "contact_other")
    left = []
    for step in range(3):
        left.append(erase_calls(calls, IDS))
        assert sum(bool(call.erased_at) for call in calls.shelf.calls.values()) == min(25 * (step + 1), 60)
    assert left == [True, True, False]
    assert calls.call("call_99").erased_at is None
    versions = {call.id: call.version for call in calls.shelf.calls.values()}
    assert erase_calls(calls, IDS) is False
    assert {call.id: call.version for call in calls.shelf.calls.values()} == versions


def test_a_call_that_waits_is_cancelled_and_erased(calls):
    """It is never dialed, and says why it ended."""
    calls.book.create(a_call())
    assert erase_calls(calls, IDS) is False
    call = calls.call()
    assert (call.state, call.outcome, call.reason) == (
        CallState.ENDED,
        Outcome.CANCELED,
        "contact_erased",
    )
    assert (call.number, call.erased_at, call.look_at) == (NO_NUMBER, NOW, None)


@pytest.mark.parametrize("state", [state for state in CallState if state is not CallState.QUEUED])
def test_a_call_that_goes_on_or_is_being_finished_makes_erasing_wait(calls, state):
    """It is named, calls that wait are cancelled first, and nothing is erased under anybody's hands."""
    _finished(calls)
    calls.book.create(a_call(id="call_live", state=state, sid="CA2"))
    calls.book.create(a_call(id="call_waits"))
    with pytest.raises(Conflict) as refused:
        erase_calls(calls, IDS)
    assert refused.value.code == "contact_in_call"
    assert refused.value.details == {"call_id": "call_live"}
    assert calls.call("call_waits").reason == "contact_erased"
    assert calls.call("call_live").number == NUMBER


def test_a_call_that_is_dialed_at_the_same_moment_is_not_cancelled(calls, monkeypatch):
    """Whoever was faster has it: it goes on, and erasing waits."""
    calls.book.create(a_call())
    listed = calls.book.of_contacts

    def list_and_dial(*what):
        page = listed(*what)
        calls.book.change("call_1", lambda call: replace(call, state=CallState.DIALING))
        return page

    monkeypatch.setattr(calls.book, "of_contacts", list_and_dial)
    with pytest.raises(Conflict):
        erase_calls(calls, IDS)
    assert calls.call().state is CallState.DIALING


@pytest.mark.parametrize("at", range(1, 20))
def test_erasing_that_died_ends_the_same_when_it_is_repeated(calls, at):
    """Wherever it died, and however often."""
    _finished(calls)
    calls.book.create(a_call())
    book, numbers = calls.book, calls.numbers
    fuse = Fuse(at)
    calls.book, calls.numbers = Perilous(book, fuse), Perilous(numbers, fuse)
    for _ in range(2):
        try:
            erase_calls(calls, IDS)
        except Killed:
            continue
    calls.book, calls.numbers = book, numbers
    assert erase_calls(calls, IDS) is False
    assert all(call.erased_at for call in calls.shelf.calls.values())
    assert calls.call().reason == "contact_erased"
    assert "secret" not in _kept(calls)
    assert NUMBER not in _kept(calls)


def test_late_news_of_an_erased_call_add_nothing(calls):
    """Neither a report of the carrier nor a post-call job that comes again."""
    _finished(calls)
    erase_calls(calls, IDS)
    erased = calls.call("call_00")
    record_report(calls, "call_00", Report("completed", "CA1", NOW, error="13224"))
    finish_call(calls, "call_00")
    calls.turns.close("call_00", Turn(1, TurnKind.SPEECH, NOW, answer="a secret"))
    calls.book.put_aftermath("call_00", Aftermath(SAID, COSTS))
    assert calls.call("call_00") == erased
    assert "secret" not in _kept(calls)


def test_a_number_is_forgotten_unless_it_is_suppressed(calls):
    """So that it stays suppressed when its contact is erased."""
    calls.numbers.suppress(NUMBER, "operator", NOW)
    assert forget_number(calls, NUMBER)
    assert calls.numbers.status(NUMBER).suppressed_at == NOW
    calls.numbers.lift(NUMBER, "asked", NOW)
    assert forget_number(calls, NUMBER)
    assert calls.shelf.numbers == {}
