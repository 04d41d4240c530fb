"""The table of states: complete, and going one way."""

from __future__ import annotations

import pytest

from chalicelib.calls.domain.states import TABLE, CallState, Signal, transition

CARRIER = (Signal.ACCEPT, Signal.RING, Signal.ANSWER, Signal.END)
RANK = {state: rank for rank, state in enumerate(CallState)}
REACHED = dict(
    zip(CARRIER, (CallState.RINGING, CallState.RINGING, CallState.IN_PROGRESS, CallState.ENDED), strict=True)
)


@pytest.mark.parametrize("signal", Signal)
@pytest.mark.parametrize("state", CallState)
def test_every_pair_has_its_entry(state, signal):
    """Nothing that can be said to a call is left to chance."""
    assert transition(state, signal).name
    assert set(TABLE[signal]) == set(CallState)


@pytest.mark.parametrize("signal", Signal)
@pytest.mark.parametrize("state", CallState)
def test_what_does_not_apply_stays(state, signal):
    """Duplicate, late and impossible signals leave the call where it is, and only they are called so."""
    step = transition(state, signal)
    assert step.applies or step.to is state
    assert step.applies == (step.name not in {"duplicate", "late", "impossible"})


@pytest.mark.parametrize("signal", Signal)
@pytest.mark.parametrize("state", CallState)
def test_a_call_goes_on_unless_it_is_taken_back(state, signal):
    """A later state is never left for an earlier one, except before the carrier has accepted."""
    step = transition(state, signal)
    back = RANK[step.to] < RANK[state]
    assert back == (step.name == "take_back")


@pytest.mark.parametrize("signal", Signal)
def test_the_end_is_never_left(signal):
    """Whatever is said to a call that is over, it is over."""
    assert not transition(CallState.ENDED, signal).applies


@pytest.mark.parametrize("signal", CARRIER)
@pytest.mark.parametrize("state", CallState)
def test_reports_only_raise_a_call(state, signal):
    """After a report the call is where it was, or where the report says: whichever is later."""
    assert transition(state, signal).to is max(state, REACHED[signal], key=RANK.__getitem__)


def test_a_call_is_dialed_from_one_state_only():
    """Only a queued call is committed, and only a commitment is taken back or in doubt."""
    for signal, only in (
        (Signal.COMMIT, CallState.QUEUED),
        (Signal.TAKE_BACK, CallState.DIALING),
        (Signal.UNSURE, CallState.DIALING),
        (Signal.REFUSE, CallState.QUEUED),
        (Signal.CANCEL, CallState.QUEUED),
        (Signal.POSTPONE, CallState.QUEUED),
    ):
        assert [state for state in CallState if transition(state, signal).applies] == [only], signal
