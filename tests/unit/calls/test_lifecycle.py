from __future__ import annotations

from datetime import timedelta

import pytest
from fakes.calls import NOW, a_call

from chalicelib.calls.domain.calls import CallEvent, Report, add_event
from chalicelib.calls.domain.lifecycle import (
    PATIENCE,
    apply_report,
    carrier_declined,
    carrier_unsure,
    commit,
    finish,
    forgotten,
    look_again,
    never_placed,
    postpone,
    refuse,
    reschedule,
    settle,
    take_back,
)
from chalicelib.calls.domain.outcomes import Conclusion, Outcome
from chalicelib.calls.domain.permission import Decision, Verdict
from chalicelib.calls.domain.states import CallState
from chalicelib.kernel.errors import Conflict

LATER = NOW + timedelta(seconds=30)
ALLOW = Decision(Verdict.ALLOW, "allowed", "", NOW)
NOT_YET = Decision(Verdict.NOT_YET, "number_in_call", "", NOW, LATER)
REFUSE = Decision(Verdict.REFUSE, "suppressed", "", NOW)
OTHER_STATES = [state for state in CallState if state is not CallState.QUEUED]


def _report(status, seconds=0, **fields):
    return Report(status, "CA1", NOW + timedelta(seconds=seconds), **fields)


def test_a_committed_call_is_looked_at_again():
    """From the commitment on the call is the carrier's; without news somebody looks after two minutes."""
    call = commit(a_call(), ALLOW, NOW)
    assert (call.state, call.dialed_at, call.look_at) == (CallState.DIALING, NOW, NOW + 2 * PATIENCE)
    assert call.decision == ALLOW


@pytest.mark.parametrize("state", OTHER_STATES)
def test_a_call_is_committed_once(state):
    """Whoever tries it again, or too late, is told so, and must not ask the carrier."""
    with pytest.raises(Conflict, match="not waiting"):
        commit(a_call(state=state), ALLOW, NOW)


def test_a_postponed_call_waits():
    """It stays queued with its reason until the decision allows another look."""
    call = postpone(a_call(), NOT_YET)
    assert (call.state, call.due_at, call.look_at) == (CallState.QUEUED, LATER, LATER)
    assert call.decision == NOT_YET


def test_a_refused_call_is_over():
    """It ends at once with the rule's reason, and nobody looks at it again."""
    call = refuse(a_call(), REFUSE)
    assert (call.state, call.outcome, call.reason) == (CallState.ENDED, Outcome.NOT_PERMITTED, "suppressed")
    assert (call.ended_at, call.finished_at, call.look_at) == (NOW, NOW, None)


@pytest.mark.parametrize("state", OTHER_STATES)
@pytest.mark.parametrize("step", [lambda call: postpone(call, NOT_YET), lambda call: refuse(call, REFUSE)])
def test_only_a_queued_call_can_be_set_aside(state, step):
    """From any other state neither postponing nor refusing does anything."""
    call = a_call(state=state)
    assert step(call) == call


def test_a_permission_does_not_postpone():
    """A decision without a later time changes nothing."""
    assert postpone(a_call(), ALLOW) == a_call()


def test_a_declined_call_is_queued_again():
    """What the carrier certainly did not take may be asked for once more."""
    call = carrier_declined(commit(a_call(), ALLOW, NOW), LATER)
    assert (call.state, call.due_at, call.look_at, call.dialed_at) == (
        CallState.QUEUED,
        LATER,
        LATER,
        None,
    )


@pytest.mark.parametrize(
    "waits",
    [
        lambda call: postpone(call, NOT_YET),
        lambda call: reschedule(call, LATER),
        lambda call: carrier_declined(commit(call, ALLOW, NOW), LATER),
        lambda call: take_back(commit(call, ALLOW, NOW), NOT_YET),
    ],
)
def test_a_call_that_waits_is_looked_at_when_its_end_has_come(waits):
    """Not only when it would be dialed again, for nobody dials it then."""
    ends = NOW + timedelta(seconds=10)
    call = waits(a_call(not_after=ends))
    assert (call.state, call.due_at, call.look_at) == (CallState.QUEUED, LATER, ends)
    assert waits(a_call(not_after=LATER + timedelta(hours=1))).look_at == LATER


@pytest.mark.parametrize("state", [state for state in CallState if state is not CallState.DIALING])
def test_only_a_commitment_can_be_taken_back(state):
    """In any other state something is known of the call, and it stays as it is."""
    call = a_call(state=state)
    assert carrier_declined(call, LATER) == call
    assert carrier_unsure(call) == call


def test_a_call_that_the_carrier_named_is_not_taken_back():
    """A callback that came first proves that the carrier has it."""
    call = a_call(state=CallState.DIALING, sid="CA1")
    assert carrier_declined(call, LATER) == call
    assert never_placed(call, "carrier_21215", NOW) == call


def test_a_lost_answer_leaves_the_call_unknown():
    """Only the carrier can tell what happened."""
    assert carrier_unsure(a_call(state=CallState.DIALING)).state is CallState.UNKNOWN


def test_a_call_that_was_never_placed_has_failed():
    """It ends with the carrier's reason."""
    call = never_placed(a_call(state=CallState.DIALING), "carrier_21215", NOW)
    assert (call.state, call.outcome, call.reason) == (CallState.ENDED, Outcome.FAILED, "carrier_21215")
    assert never_placed(call, "other", LATER) == call


def test_a_call_that_the_carrier_forgot_has_failed():
    """Whatever its state was; one that nobody asked the carrier for cannot be forgotten."""
    for state in OTHER_STATES[:-1]:
        call = forgotten(a_call(state=state, sid="CA1"), "carrier_forgot", NOW)
        assert (call.state, call.outcome, call.reason) == (CallState.ENDED, Outcome.FAILED, "carrier_forgot")
    assert forgotten(a_call(), "carrier_forgot", NOW) == a_call()


def test_looking_again_stops_when_the_books_are_closed():
    """A finished call has no time to be looked at."""
    assert look_again(a_call(), LATER).look_at == LATER
    assert look_again(a_call(finished_at=NOW, look_at=None), LATER).look_at is None


def test_books_are_closed_once():
    """A finished call keeps the time at which it was finished, and what it cost."""
    call = finish(a_call(state=CallState.ENDED), NOW, 5)
    assert call.cost == 5
    assert (call.finished_at, call.look_at) == (NOW, None)
    assert finish(call, LATER, 7) == call


def test_an_outcome_that_is_known_is_not_overwritten():
    """What was decided before, such as a refusal, is what came of the call."""
    busy = settle(a_call(), Conclusion(Outcome.BUSY, "sip_486"))
    assert (busy.outcome, busy.reason) == (Outcome.BUSY, "sip_486")
    assert settle(busy, Conclusion(Outcome.COMPLETED)) == busy


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("queued", CallState.RINGING),
        ("initiated", CallState.RINGING),
        ("ringing", CallState.RINGING),
        ("answered", CallState.IN_PROGRESS),
        ("in-progress", CallState.IN_PROGRESS),
        ("completed", CallState.ENDED),
        ("busy", CallState.ENDED),
        ("no-answer", CallState.ENDED),
        ("failed", CallState.ENDED),
        ("canceled", CallState.ENDED),
    ],
)
@pytest.mark.parametrize("before", [CallState.DIALING, CallState.UNKNOWN])
def test_a_report_moves_the_call(status, state, before):
    """Each of the carrier's statuses has its place in a call's life."""
    call = apply_report(a_call(state=before), _report(status))
    assert (call.state, call.carrier_status, call.sid) == (state, status, "CA1")


@pytest.mark.parametrize("status", ["", "unheard-of", "COMPLETED"])
def test_a_status_that_is_not_the_carriers_changes_nothing(status):
    """New or broken statuses are ignored rather than misread."""
    assert apply_report(a_call(), _report(status)) == a_call()


def test_the_end_is_kept_with_its_time_length_and_reason():
    """A terminal report says when, how long and why."""
    call = apply_report(a_call(), _report("failed", 9, duration_s=0, error="carrier_13224"))
    assert (call.ended_at, call.duration_s, call.reason) == (
        NOW + timedelta(seconds=9),
        0,
        "carrier_13224",
    )


def test_a_late_report_does_not_bring_a_call_back():
    """After the end, ringing and answering are only history."""
    over = apply_report(a_call(), _report("completed", 60, duration_s=50))
    late = apply_report(over, _report("in-progress", 10))
    assert (late.state, late.carrier_status, late.ended_at) == (
        CallState.ENDED,
        "completed",
        over.ended_at,
    )
    assert late.answered_at == NOW + timedelta(seconds=10)


@pytest.mark.parametrize("fields", [{"sip_code": "486"}, {"error": "carrier_31005"}, {"duration_s": 3}])
def test_ends_that_differ_in_one_word_come_to_the_same(fields):
    """Two reports of one end at one time: whichever comes first, the same one stands."""
    told = [_report("busy", 9, **fields), _report("busy", 9, sip_code="603", error="carrier_4", duration_s=5)]
    ways = [apply_report(apply_report(a_call(), one), other) for one, other in (told, told[::-1])]
    assert ways[0] == ways[1]
    same = [_report("busy", 9, sip_code="486"), _report("busy", 9, sip_code="603")]
    ways = [apply_report(apply_report(a_call(), one), other) for one, other in (same, same[::-1])]
    assert ways[0] == ways[1]


def test_a_repeated_event_is_kept_once():
    """Whichever delivery came first, the earliest time of the same report stands, in order."""
    first, again = (
        CallEvent("2026-03-03T12:00:01Z", "k", "ringing"),
        CallEvent("2026-03-03T12:00:09Z", "k", "r"),
    )
    other = CallEvent("2026-03-03T12:00:05Z", "o", "completed")
    for order in ([first, again, other], [again, other, first], [other, again, first, first]):
        call = a_call()
        for event in order:
            call = add_event(call, event)
        assert call.events == (first, other)
