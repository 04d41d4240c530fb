"""After a call: analysed, priced, noted and closed, once, whatever breaks on the way."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from fakes.calls import NOW, FakeCalls, a_brief, connected, furnished
from fakes.carrier import Fuse
from fakes.crm import FakeCrm
from fakes.model import USAGE, model_failure
from fakes.workers import Workers

from chalicelib.ai.domain.analysis import AnalysisState, Sentiment
from chalicelib.ai.domain.conversation import OPT_OUT_TOOL
from chalicelib.ai.domain.extraction import ExtractField, ExtractType
from chalicelib.ai.domain.model_statistics import PROMPT, REQUESTS
from chalicelib.ai.domain.tooling import ToolRun
from chalicelib.calls.domain.outcomes import Outcome
from chalicelib.calls.domain.states import CallState
from chalicelib.calls.domain.turns import Turn, TurnEnd, TurnKind
from chalicelib.calls.services.finishing import finish_call
from chalicelib.crm.domain.notes import NoteKind
from chalicelib.crm.services.notes import list_notes
from chalicelib.kernel.errors import Invalid, Unavailable

TURNS = (
    Turn(0, TurnKind.GREETING, NOW, answer="Hello.", end=TurnEnd.LISTEN),
    Turn(1, TurnKind.SPEECH, NOW, said="great, a demo", answer="Done.", end=TurnEnd.LISTEN, usage=USAGE),
)


def _end(calls, *turns, **changes):
    """Store a call that has ended after these turns."""
    call = connected(calls)
    ended = {
        "state": CallState.ENDED,
        "carrier_status": "completed",
        "ended_at": NOW,
        "duration_s": 61,
        "look_at": NOW,
    }
    calls.shelf.calls[call.id] = replace(call, **{**ended, **changes})
    for turn in turns:
        calls.turns.open(call.id, turn)


def _notes(calls):
    return list_notes(calls.crm, calls.call().contact_id, 10).items


def test_a_call_is_analysed_priced_noted_and_closed(calls):
    """The aftermath is stored, the note is on the contact, and nobody looks at the call again."""
    _end(calls, *TURNS)
    finish_call(calls, "call_1")
    call, aftermath = calls.call(), calls.shelf.aftermaths["call_1"]
    assert (call.outcome, call.finished_at, call.look_at) == (Outcome.COMPLETED, NOW, None)
    assert aftermath.analysis.summary == "Ada wants a demo."
    assert {line.kind: line.quantity for line in aftermath.costs} == {
        "voice": 2,
        "conversation_relay": 2,
        "model_prompt": 120,
        "model_cached_prompt": 80,
        "model_answer": 20,
    }
    task, note = sorted(_notes(calls), key=lambda each: each.kind is NoteKind.CALL_SUMMARY)
    assert (task.body, task.kind, task.due_at) == ("Send the offer", NoteKind.TASK, None)
    assert note.body == (
        "Ada wants a demo.\nOutcome: completed. Sentiment: positive.\n- Send the offer (agent)"
    )
    assert (note.author, note.call_id) == ("ai", "call_1")


def test_values_that_the_template_looks_for_are_found(calls):
    """Each with the turn in which it was said; by the brief, whatever the template has become."""
    _end(calls, *TURNS)
    calls.book.put_brief("call_1", a_brief(extract=(ExtractField("wish", ExtractType.TEXT),)))
    calls.ai.model.analyses = [
        {**calls.ai.model.analyses[0], "extracted": {"wish": {"value": "a demo", "said": "A demo."}}}
    ]
    finish_call(calls, "call_1")
    (found,) = calls.shelf.aftermaths["call_1"].analysis.extracted
    assert (found.key, found.value, found.turn) == ("wish", "a demo", 1)


def test_finishing_again_changes_nothing(calls):
    """A repeated message finds the books closed and asks no model."""
    _end(calls, *TURNS)
    for _ in range(3):
        finish_call(calls, "call_1")
    assert len(_notes(calls)) == 2
    assert calls.ai.model.extractions == 1


@pytest.mark.parametrize("state", [CallState.IN_PROGRESS, CallState.RINGING])
def test_a_call_that_goes_on_is_not_finished(calls, state):
    """An early message does nothing."""
    _end(calls, *TURNS, state=state)
    finish_call(calls, "call_1")
    assert calls.call().finished_at is None
    assert calls.shelf.aftermaths == {}


def test_an_unknown_call_is_no_harm(calls):
    """A message about a call that is not there is dropped."""
    finish_call(calls, "call_x")


@pytest.mark.parametrize("turns", [(), TURNS[:1]])
def test_a_call_in_which_nobody_spoke_is_not_analysed(calls, turns):
    """No model is paid and no note is written; the cost is listed all the same."""
    _end(calls, *turns, carrier_status="no-answer", duration_s=0)
    finish_call(calls, "call_1")
    assert calls.ai.model.extractions == 0
    assert calls.shelf.aftermaths["call_1"].analysis is None
    assert calls.shelf.aftermaths["call_1"].costs
    assert not _notes(calls)
    assert calls.call().outcome is Outcome.NO_ANSWER


@pytest.mark.parametrize(
    "failure",
    [
        Invalid("no JSON", code="bad_analysis"),
        {"summary": 1},
        model_failure("model_truncated"),
        Unavailable("filtered", retryable=False, code="model_refused"),
    ],
)
def test_a_model_that_cannot_say_is_asked_once_more_at_once(calls, failure):
    """The second answer is as good as the first would have been."""
    _end(calls, *TURNS)
    calls.ai.model.analyses = [failure, *calls.ai.model.analyses]
    finish_call(calls, "call_1")
    analysis = calls.shelf.aftermaths["call_1"].analysis
    assert (analysis.summary, analysis.state) == ("Ada wants a demo.", AnalysisState.DONE)
    assert calls.ai.model.extractions == 2


def test_a_model_that_cannot_say_twice_has_failed(calls):
    """Rules stand for it, with the reason; the call is finished, and nobody waits for ten minutes."""
    _end(calls, *TURNS)
    calls.ai.model.analyses = [{"summary": 1}]
    finish_call(calls, "call_1")
    analysis = calls.shelf.aftermaths["call_1"].analysis
    assert (analysis.state, analysis.error, analysis.source) == (
        AnalysisState.FAILED,
        "bad_analysis",
        "rules",
    )
    assert calls.call().finished_at == NOW
    assert calls.ai.model.extractions == 2


def test_a_model_that_is_silent_is_asked_again_later(calls):
    """The outcome is known at once; the rest waits, and the call is looked at again in a minute."""
    _end(calls, *TURNS)
    calls.ai.model.analyses = [model_failure(), *calls.ai.model.analyses]
    finish_call(calls, "call_1")
    call = calls.call()
    assert calls.shelf.aftermaths == {}
    assert (call.outcome, call.finished_at) == (Outcome.COMPLETED, None)
    assert call.look_at == NOW + timedelta(seconds=60)
    finish_call(calls, "call_1")
    assert calls.shelf.aftermaths["call_1"].analysis.summary == "Ada wants a demo."


def test_after_ten_minutes_rules_replace_the_model(calls):
    """The call is finished honestly: the mood by the lexicon, and that nobody has read it."""
    _end(calls, *TURNS)
    calls.clock.advance(minutes=10, seconds=1)
    finish_call(calls, "call_1")
    analysis = calls.shelf.aftermaths["call_1"].analysis
    assert (analysis.source, analysis.sentiment) == ("rules", Sentiment.POSITIVE)
    assert (analysis.state, analysis.error) == (AnalysisState.FAILED, "model_unavailable")
    assert calls.call().finished_at is not None
    assert calls.ai.model.extractions == 0
    assert len(_notes(calls)) == 1


@pytest.mark.parametrize(
    ("reason", "end", "outcome"),
    [
        ("opted_out", TurnEnd.HANG_UP, Outcome.OPTED_OUT),
        ("asked_for_person", TurnEnd.TRANSFER, Outcome.COMPLETED),  # and nobody took the caller over
        ("agent_goodbye", TurnEnd.HANG_UP, Outcome.COMPLETED),
    ],
)
def test_the_outcome_follows_from_how_the_turns_ended(calls, reason, end, outcome):
    """What the agent did is what came of the call."""
    used = (ToolRun("1", OPT_OUT_TOOL, "{}", "x", reason == "opted_out", 1),)
    turn = Turn(2, TurnKind.SPEECH, NOW, said="x", end=end, reason=reason, tools=used)
    _end(calls, *TURNS)
    calls.shelf.turns["call_1", 2] = turn
    finish_call(calls, "call_1")
    assert calls.call().outcome is outcome


def _stage(clock, fuse):
    calls = FakeCalls(clock, FakeCrm(clock))
    furnished(calls)
    _end(calls, *TURNS)
    return Workers(calls, fuse)


def test_a_process_may_die_at_every_step(clock):
    """Killed anywhere and delivered again: one note, one task, the same costs, one outcome."""
    calm = _stage(clock, Fuse())
    calm.finish("call_1")
    expected = calm.calls.shelf.aftermaths["call_1"]
    for step in range(1, calm.fuse.burnt + 1):
        workers = _stage(clock, Fuse(step))
        assert not workers.finish("call_1"), step
        workers.calls.clock.advance(seconds=30)
        assert workers.finish("call_1"), step
        assert workers.calls.shelf.aftermaths["call_1"] == expected, step
        assert len(_notes(workers.calls)) == 2, step
        assert workers.calls.call().outcome is Outcome.COMPLETED, step


def test_questions_to_models_count_once_wherever_a_process_dies(clock):
    """Those of the turns and that of the analysis, with the write that closes the books; delivered again."""
    calm = _stage(clock, Fuse())
    calm.finish("call_1")
    for step in (*range(1, calm.fuse.burnt + 1), None):
        workers = _stage(clock, Fuse(step))
        for _ in range(3):
            workers.finish("call_1")
        ((row, numbers),) = workers.calls.statistics.asked(NOW.date(), NOW.date())
        assert (row.day, row.template_id) == ("2026-03-03", "template_1")
        assert (numbers[REQUESTS], numbers[PROMPT]) == (2, 2 * USAGE.prompt_tokens), step


def test_an_analysis_that_is_stored_is_not_paid_again(clock):
    """Whoever repeats the job after a crash uses what the first try found out."""
    workers = _stage(clock, Fuse(4))
    assert not workers.finish("call_1")
    assert "call_1" in workers.calls.shelf.aftermaths
    workers.finish("call_1")
    assert workers.calls.ai.model.extractions == 1


@pytest.mark.parametrize("record", [True, False])
def test_a_recorded_call_is_looked_after(calls, record):
    """Should the carrier's callbacks be lost: somebody asks for the recording, a while later."""
    _end(calls, *TURNS)
    calls.book.put_brief("call_1", a_brief(record=record))
    finish_call(calls, "call_1")
    assert calls.wakeups.searches == ([("call_1", 90)] if record else [])
