"""How often a number may be dialed, and the record of its dials."""

from __future__ import annotations

from datetime import timedelta

import pytest
from fakes.calls import NOW
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.calls.domain.frequency import KEPT_AT_MOST, Cap, record_of

HOUR = timedelta(hours=1)
DAY = Cap(3, 24 * HOUR)


@pytest.mark.parametrize(
    ("ages", "is_full"),
    [([1, 2], False), ([1, 2, 23.99], True), ([1, 2, 24], False), ([1, 2, 3, 4], True), ([], False)],
)
def test_a_cap_counts_what_is_younger_than_its_span(ages, is_full):
    """A dial that is exactly a day old counts no more."""
    dials = [NOW - age * HOUR for age in sorted(ages, reverse=True)]
    assert DAY.is_full(dials, NOW) is is_full
    assert (DAY.free_at(dials, NOW) is not None) is is_full


def test_the_next_dial_fits_when_the_oldest_that_counts_is_a_day_old():
    """With more dials than allowed, as under an older limit, more of them must become old."""
    dials = [NOW - age * HOUR for age in (5, 4, 2, 1)]
    assert DAY.free_at(dials, NOW) == NOW + 20 * HOUR
    assert not DAY.is_full(dials, NOW + 20 * HOUR)


@given(st.lists(st.integers(0, 10_000), max_size=12), st.integers(1, 5), st.integers(1, 3000))
def test_the_free_instant_is_the_first(minutes, calls, span):
    """It is free then, and full just before."""
    cap = Cap(calls, timedelta(minutes=span))
    dials = [NOW - timedelta(minutes=age) for age in minutes]
    free = cap.free_at(dials, NOW)
    if free is None:
        assert not cap.is_full(dials, NOW)
    else:
        assert free > NOW
        assert not cap.is_full(dials, free)
        assert cap.is_full(dials, free - timedelta(milliseconds=1))


def test_the_record_forgets_what_is_too_old_to_matter():
    """A week is the longest span of a cap; what was read stays as the condition."""
    before = (NOW - timedelta(days=8), NOW - timedelta(days=6))
    record = record_of(before, before, NOW)
    assert record.before == before
    assert record.after == (NOW - timedelta(days=6), NOW)


def test_the_record_stays_small():
    """It never grows beyond what a row has room for."""
    many = tuple(NOW - timedelta(minutes=age) for age in range(KEPT_AT_MOST, 0, -1))
    record = record_of(many, many, NOW)
    assert (len(record.after), record.after[-1]) == (KEPT_AT_MOST, NOW)
