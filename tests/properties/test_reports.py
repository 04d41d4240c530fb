"""A call's state depends on the set of reports that arrived, not on their order or number."""

from __future__ import annotations

from datetime import timedelta
from functools import reduce

from fakes.calls import NOW, a_call
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.calls.domain.calls import CallEvent, Report, add_event
from chalicelib.calls.domain.lifecycle import apply_report, never_placed
from chalicelib.calls.domain.outcomes import Outcome, outcome_of
from chalicelib.calls.domain.states import CallState
from chalicelib.kernel.clock import iso

STATUSES = [
    "queued",
    "initiated",
    "ringing",
    "answered",
    "in-progress",
    "completed",
    "busy",
    "no-answer",
    "failed",
    "canceled",
    "unheard-of",
]
reports = st.builds(
    Report,
    status=st.sampled_from(STATUSES),
    sid=st.just("CA1"),
    at=st.integers(0, 5).map(lambda second: NOW + timedelta(seconds=second)),
    sequence=st.none() | st.integers(0, 2),
    duration_s=st.none() | st.integers(0, 2),
    sip_code=st.sampled_from(["", "486", "603"]),
    error=st.sampled_from(["", "", "carrier_13224", "carrier_31005"]),
)
starts = st.sampled_from([CallState.DIALING, CallState.UNKNOWN, CallState.RINGING])


def _merge(call, report):
    key = f"{report.status}:{report.sequence}"
    return apply_report(add_event(call, CallEvent(iso(report.at), key, report.status)), report)


@given(starts, st.lists(reports, max_size=6), st.data())
def test_order_and_number_of_reports_do_not_matter(start, arrived, data):
    """Any order, with any duplicates, gives the same call in every field."""
    once = reduce(_merge, arrived, a_call(state=start))
    repeated = data.draw(st.permutations(arrived + arrived[:2]))
    again = reduce(_merge, repeated, a_call(state=start))
    assert again == once
    assert outcome_of(again) == outcome_of(once)


@given(st.lists(reports, max_size=6))
def test_merging_a_second_time_changes_nothing(arrived):
    """What is known already is not learnt again, so a repeated webhook writes nothing."""
    once = reduce(_merge, arrived, a_call(state=CallState.DIALING))
    assert reduce(_merge, arrived, once) == once


@given(starts, st.lists(reports, max_size=8))
def test_a_call_only_goes_on(start, arrived):
    """No report leads to an earlier state, and the end is never left."""
    ranks = list(CallState)
    call = a_call(state=start)
    for report in arrived:
        after = _merge(call, report)
        assert ranks.index(after.state) >= ranks.index(call.state)
        call = after


@given(st.lists(reports, max_size=4))
def test_a_call_that_was_given_up_keeps_its_outcome(arrived):
    """Reports about a call that ended by our own decision do not change what came of it."""
    given_up = never_placed(a_call(state=CallState.UNKNOWN), "carrier_never_accepted", NOW)
    call = reduce(_merge, arrived, given_up)
    assert call.is_over
    assert (call.outcome, call.reason, call.finished_at) == (Outcome.FAILED, "carrier_never_accepted", NOW)
    assert outcome_of(call).outcome is Outcome.FAILED
