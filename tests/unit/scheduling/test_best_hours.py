"""Retries at the hour when most are answered, and how far a share may be believed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from fakes.calls import a_call
from fakes.campaigns import a_campaign, a_member
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.calls.domain.outcomes import Outcome
from chalicelib.calls.domain.states import CallState
from chalicelib.kernel.phones import E164
from chalicelib.scheduling.domain.best_hours import best_hour, local_hour, moved_to
from chalicelib.scheduling.domain.campaigns import Dialing
from chalicelib.scheduling.domain.intervals import share_of
from chalicelib.scheduling.domain.members import MemberState, after_attempt

CALIFORNIA = E164("+14155552671")
_ZONE = ZoneInfo("America/Los_Angeles")
NOW = datetime(2026, 3, 3, 20, tzinfo=UTC)  # noon in California


def _hours(**counts):
    return [counts.get(f"h{hour}", (0, 0)) for hour in range(24)]


def test_the_hour_with_most_answers_is_the_best():
    """By rate, and only where enough calls were made; one hour alone is no choice."""
    assert best_hour(_hours(h10=(40, 10), h18=(40, 30))) == 18
    assert best_hour(_hours(h10=(40, 10), h18=(40, 30), h20=(19, 19))) == 18
    assert best_hour(_hours(h18=(40, 30))) is None
    assert best_hour(_hours()) is None


def test_few_answers_of_few_calls_are_no_proof():
    """80 % of twenty is less sure than 78 % of a thousand."""
    assert best_hour(_hours(h10=(20, 16), h18=(1000, 780))) == 18


@given(
    st.integers(0, 23),
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC)),  # noqa: DTZ001
    st.sampled_from(["+14155552671", "+12125550100", "+61255550100", "+9779841234567", "+441632960001"]),
)
def test_a_moved_retry_is_later_within_a_day_and_in_that_hour(hour, at, number):
    """In every zone and across changes of clocks, but for an hour that a day does not have."""
    moved = moved_to(hour, E164(number), at)
    assert timedelta(0) <= moved - at <= timedelta(hours=26)
    assert local_hour(E164(number), moved) == hour or moved == at


def _after(best, **dialing):
    member = a_member(state=MemberState.CALLING, attempts=1, call_id="call_1", called_at=NOW)
    call = a_call(
        id="call_1",
        state=CallState.ENDED,
        outcome=Outcome.BUSY,
        dialed_at=NOW,
        ended_at=NOW,
        finished_at=NOW,
    )
    return after_attempt(member, call, a_campaign(dialing=Dialing(**dialing)), best)


def test_a_retry_waits_for_the_best_hour():
    """Never less than the gap; and the attempt is counted in the hour of the person's clocks."""
    assert _after(None).next_at == NOW + timedelta(minutes=15)
    assert _after(12).next_at == NOW + timedelta(minutes=15)
    assert _after(18).next_at.astimezone(_ZONE) == datetime(2026, 3, 3, 18, tzinfo=_ZONE)
    assert _after(9).next_at.astimezone(_ZONE) == datetime(2026, 3, 4, 9, tzinfo=_ZONE)
    assert _after(None).history[0].hour == 12


def test_nobody_waits_beyond_the_campaigns_end():
    """A best hour after it would be no call at all."""
    assert _after(9, stop_at=NOW + timedelta(hours=3)).next_at == NOW + timedelta(minutes=15)


@pytest.mark.parametrize(
    ("count", "of", "low", "high"),
    [(0, 10, 0.0, 0.2775), (5, 10, 0.2366, 0.7634), (10, 10, 0.7225, 1.0), (81, 263, 0.2553, 0.3662)],
)
def test_intervals_are_those_of_wilson(count, of, low, high):
    """Checked against published values (Newcombe 1998 has 81 of 263)."""
    share = share_of(count, of)
    assert share.low == pytest.approx(low, abs=1e-4)
    assert share.high == pytest.approx(high, abs=1e-4)
    assert share.rate == count / of


def test_nothing_counted_has_no_share():
    """No rate is made up."""
    assert (share_of(0, 0).rate, share_of(0, 0).low, share_of(0, 0).high) == (None, None, None)


@given(st.integers(1, 10_000), st.data())
def test_an_interval_holds_its_rate(of, data):
    """Within nothing and all."""
    share = share_of(data.draw(st.integers(0, of)), of)
    assert 0 <= share.low <= share.rate + 1e-9
    assert share.rate - 1e-9 <= share.high <= 1
