"""What an operator does about a call that goes on: reads along, notes something, ends it."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest
from fakes.calls import NOW, a_call, connected
from fakes.carrier import Fuse, Killed, Perilous

from chalicelib.calls.domain.calls import Report
from chalicelib.calls.domain.happenings import Happening, has_happened
from chalicelib.calls.domain.outcomes import Outcome, outcome_of
from chalicelib.calls.domain.states import CallState
from chalicelib.calls.ports.telephony import PlaceOrder
from chalicelib.calls.services.operating import hang_up, list_live_calls, note_on_call
from chalicelib.calls.services.progress import record_report
from chalicelib.crm.domain.notes import NoteFilter
from chalicelib.kernel.actors import acting_as
from chalicelib.kernel.errors import Conflict, Forbidden, NotFound, Unavailable
from chalicelib.kernel.ids import new_id


def _live(calls, state=CallState.IN_PROGRESS, sid="CA1"):
    calls.book.create(a_call(state=state, sid=sid))


def _ended(calls):
    record_report(calls, "call_1", Report("completed", "CA1", NOW + timedelta(seconds=9)))


def _mood(calls, mood):
    calls.telephony.hang_up_mood = mood


def _marks(calls):
    return [event for event in calls.call().events if event.kind == Happening.HUNG_UP]


@pytest.mark.parametrize("state", [CallState.RINGING, CallState.IN_PROGRESS])
def test_a_call_that_goes_on_is_ended_at_the_carrier(calls, state):
    """Who asked is kept with the call; that it ended is the carrier's to tell."""
    _live(calls, state)
    with acting_as("token:token_1"):
        call = hang_up(calls, "call_1")
    assert (call.state, calls.telephony.ended) == (state, ["CA1"])
    assert [event.detail for event in _marks(calls)] == ["token:token_1"]


def test_a_call_that_waits_is_canceled(calls):
    """At once, and the carrier hears nothing of it, now or later."""
    calls.book.create(a_call())
    call = hang_up(calls, "call_1")
    assert (call.state, call.outcome, call.reason) == (CallState.ENDED, Outcome.CANCELED, "operator")
    assert call.finished_at is not None
    assert calls.telephony.asked_to_end == []
    assert calls.book.due(NOW + timedelta(days=1), 10) == []


def test_a_call_that_is_just_dialed_is_ended_all_the_same(calls, monkeypatch):
    """The dial was faster: it is no longer canceled, but hung up."""
    calls.book.create(a_call())
    seen = calls.book.get("call_1")
    calls.book.change("call_1", lambda call: replace(call, state=CallState.RINGING, sid="CA1"))
    answers = [seen]
    get = calls.book.get
    monkeypatch.setattr(calls.book, "get", lambda call_id: answers.pop() if answers else get(call_id))
    hang_up(calls, "call_1")
    assert calls.telephony.ended == ["CA1"]


@pytest.mark.parametrize("state", [CallState.DIALING, CallState.UNKNOWN])
def test_a_call_without_the_carriers_id_is_looked_for(calls, state):
    """One whose answer was lost is found in the carrier's list, and ended."""
    call = a_call(state=state, dialed_at=NOW)
    calls.book.create(call)
    with pytest.raises(Conflict) as refusal:
        hang_up(calls, "call_1")
    assert refusal.value.code == "call_being_dialed"
    assert _marks(calls) == []
    sid = calls.telephony.place(PlaceOrder(call.id, call.number, call.line, 600))
    calls.telephony.accepted[0].status = "ringing"
    hang_up(calls, "call_1")
    assert (calls.telephony.ended, calls.call().sid) == ([sid], sid)


def test_a_call_that_is_over_cannot_be_ended(calls):
    """Neither now nor by a repetition, whoever ended it."""
    _live(calls)
    hang_up(calls, "call_1")
    _ended(calls)
    with pytest.raises(Conflict) as refusal:
        hang_up(calls, "call_1")
    assert refusal.value.code == "call_over"
    assert calls.telephony.asked_to_end == ["CA1"]
    with pytest.raises(NotFound):
        hang_up(calls, "call_x")


def test_asking_again_is_harmless(calls):
    """The carrier is asked again, and the call knows of one wish."""
    _live(calls)
    hang_up(calls, "call_1")
    hang_up(calls, "call_1")
    assert calls.telephony.ended == ["CA1", "CA1"]
    assert len(_marks(calls)) == 1


def test_a_call_that_the_carrier_has_ended_is_found_out(calls, monkeypatch):
    """Its last report was lost: the carrier's own row tells, and the post-call job is done."""
    _live(calls)
    _mood(calls, "gone")
    over = Report("completed", "CA1", NOW)
    monkeypatch.setattr(calls.telephony, "find", lambda _: over)
    with pytest.raises(Conflict) as refusal:
        hang_up(calls, "call_1")
    assert refusal.value.code == "call_over"
    assert calls.call().is_over
    assert calls.wakeups.finishes == ["call_1"]


@pytest.mark.parametrize(
    ("mood", "error", "code"),
    [("busy", Unavailable, "carrier_busy"), ("refuse", Forbidden, "carrier_refused")],
)
def test_what_the_carrier_certainly_did_not_do_leaves_no_trace(calls, mood, error, code):
    """The call goes on, and its outcome is not the operator's."""
    _live(calls)
    _mood(calls, mood)
    with pytest.raises(error) as refusal:
        hang_up(calls, "call_1")
    assert refusal.value.code == code
    assert _marks(calls) == []


def test_a_refusal_does_not_undo_an_earlier_wish(calls):
    """The first may have been heard although its answer was lost."""
    _live(calls)
    _mood(calls, "lost")
    hang_up(calls, "call_1")
    _mood(calls, "busy")
    with pytest.raises(Unavailable):
        hang_up(calls, "call_1")
    assert len(_marks(calls)) == 1


@pytest.mark.parametrize("mood", ["lost", "unheard"])
def test_a_lost_answer_is_found_out_by_reports(calls, mood):
    """It is not repeated; the call stands as it is until the carrier tells."""
    _live(calls)
    _mood(calls, mood)
    assert not hang_up(calls, "call_1").is_over
    assert calls.telephony.asked_to_end == ["CA1"]
    assert len(_marks(calls)) == 1


def test_the_wish_is_known_before_the_end_can_come(calls, monkeypatch):
    """The carrier's report may be faster than its answer: the outcome is made of the wish."""
    _live(calls)
    seen = []

    def end(_sid):
        seen.append(has_happened(calls.call(), Happening.HUNG_UP))
        _ended(calls)
        return True

    monkeypatch.setattr(calls.telephony, "hang_up", end)
    hang_up(calls, "call_1")
    assert seen == [True]


@pytest.mark.parametrize("state", [CallState.QUEUED, CallState.RINGING, CallState.UNKNOWN])
@pytest.mark.parametrize("length", range(1, 13))
def test_a_death_anywhere_is_mended_by_asking_again(calls, state, length):
    """Whatever was done before: the call ends, at the carrier if it has it."""
    calls.book.create(a_call(state=state, sid="CA1" if state is CallState.RINGING else "", dialed_at=NOW))
    if state is CallState.UNKNOWN:
        calls.telephony.place(PlaceOrder("call_1", calls.call().number, calls.call().line, 600))
        calls.telephony.accepted[0].status = "ringing"
    book, telephony, fuse = calls.book, calls.telephony, Fuse(length)
    calls.book, calls.telephony = Perilous(book, fuse), Perilous(telephony, fuse)
    with suppress(Killed):
        hang_up(calls, "call_1")
    calls.book, calls.telephony = book, telephony
    with suppress(Conflict):  # it was canceled before the process died
        hang_up(calls, "call_1")
    assert len(_marks(calls)) == 1
    assert (calls.call().state is CallState.ENDED) == (state is CallState.QUEUED)
    assert bool(telephony.ended) == (state is not CallState.QUEUED)


@pytest.mark.parametrize(
    ("state", "status", "expected"),
    [
        (CallState.IN_PROGRESS, "completed", (Outcome.COMPLETED, "operator")),
        (CallState.RINGING, "canceled", (Outcome.CANCELED, "operator")),
        (CallState.RINGING, "no-answer", (Outcome.CANCELED, "operator")),
        (CallState.RINGING, "completed", (Outcome.CANCELED, "operator")),
        (CallState.RINGING, "busy", (Outcome.BUSY, "")),
    ],
)
def test_the_outcome_tells_who_ended_the_call(calls, state, status, expected):
    """Canceled when nobody had answered; what the carrier met before the wish came stands."""
    answered_at = NOW if state is CallState.IN_PROGRESS else None
    calls.book.create(a_call(state=state, sid="CA1", answered_at=answered_at))
    hang_up(calls, "call_1")
    record_report(calls, "call_1", Report(status, "CA1", NOW + timedelta(seconds=9)))
    conclusion = outcome_of(calls.call())
    assert (conclusion.outcome, conclusion.reason) == expected


def test_live_calls_are_listed(calls):
    """Those that go on, and no others."""
    calls.book.create(a_call(id="call_2"))
    _live(calls)
    assert [call.id for call in list_live_calls(calls).items] == ["call_1"]


def test_a_note_names_its_call(calls):
    """It lies with the contact; the same id again adds none."""
    call, note_id = connected(calls), new_id("note")
    for _ in range(2):
        note = note_on_call(calls, call.id, "Unsure about the price.", "Kim", note_id)
    assert (note.call_id, note.author, note.contact_id) == (call.id, "Kim", call.contact_id)
    found = calls.crm.notes.page(call.contact_id, NoteFilter(), 10, None)
    assert [each.id for each in found.items] == [note_id]
