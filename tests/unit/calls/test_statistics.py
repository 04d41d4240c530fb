"""What a finished call is counted by, and what people read of it."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import pytest
from fakes.calls import NOW, a_call
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.calls.domain.calls import CallEvent, Direction
from chalicelib.calls.domain.erasing import erase
from chalicelib.calls.domain.happenings import Happening
from chalicelib.calls.domain.lifecycle import cancel, finish
from chalicelib.calls.domain.outcomes import Outcome
from chalicelib.calls.domain.states import CallState
from chalicelib.calls.domain.statistics import BOUNDS, Row, counted_of, dashboard_of, moves_of
from chalicelib.calls.services.statistics import read_dashboard
from chalicelib.kernel.errors import Invalid

DAY = NOW.date()
ROW = Row("2026-03-03", "template_1")
ENDED = a_call(
    state=CallState.ENDED,
    dialed_at=NOW,
    answered_at=NOW,
    ended_at=NOW + timedelta(seconds=61),
    duration_s=61,
    outcome=Outcome.COMPLETED,
    events=(
        CallEvent("2026-03-03T12:00:00.000Z", "unknown_status:paused", Happening.UNKNOWN_STATUS, "paused"),
    ),
)
FINISHED = finish(ENDED, NOW, 1500)


def _dashboard(*calls, template_id=None):
    rows = [counted for call in calls if (counted := counted_of(call))]
    rows = [(row, numbers) for row, numbers in rows if template_id in (None, row.template_id)]
    days = [(row.day, numbers) for row, numbers in rows]
    return dashboard_of(
        days, [(row.template_id, numbers) for row, numbers in rows], DAY - timedelta(days=1), DAY
    )


def test_a_call_counts_when_its_books_are_closed():
    """Not before, and then by all that is known of it."""
    assert counted_of(ENDED) is None
    assert counted_of(FINISHED) == (
        ROW,
        {
            "calls_outbound": 1,
            "h12": 1,
            "o_completed": 1,
            "dialed": 1,
            "answered_outbound": 1,
            "a12": 1,
            "seconds": 61,
            "d07": 1,
            "cost": 1500,
            "unknown": 1,
        },
    )


def test_counters_move_once():
    """When the books are closed, and by the difference when something counted changes later."""
    assert moves_of(ENDED, FINISHED) == {ROW: counted_of(FINISHED)[1]}
    assert moves_of(FINISHED, FINISHED) == {}
    assert moves_of(FINISHED, replace(FINISHED, version=9)) == {}
    longer = replace(FINISHED, duration_s=130)
    assert moves_of(FINISHED, longer) == {ROW: Counter({"seconds": 69, "d07": -1, "d09": 1})}
    earlier = replace(FINISHED, dialed_at=NOW - timedelta(days=1))
    assert set(moves_of(FINISHED, earlier)) == {ROW, Row("2026-03-02", "template_1")}


def test_an_erased_call_stays_counted():
    """What it is counted by is nobody's."""
    erased = erase(FINISHED, NOW)
    assert not erased.number
    assert moves_of(FINISHED, erased) == {}


def test_a_call_that_was_never_dialed_counts_when_that_was_decided():
    """On the day of its end, as neither dialed nor answered."""
    canceled = cancel(a_call(), "not_wanted", NOW + timedelta(days=2))
    row, numbers = counted_of(canceled)
    assert row.day == "2026-03-05"
    assert numbers == {"calls_outbound": 1, "h12": 1, "o_canceled": 1}


def test_an_inbound_call_counts_when_it_came():
    """Its end may be on another day."""
    came = replace(FINISHED, direction=Direction.INBOUND, dialed_at=None, ended_at=NOW + timedelta(days=1))
    row, numbers = counted_of(came)
    assert row == ROW
    assert (numbers["calls_inbound"], numbers["answered_inbound"], numbers["dialed"]) == (1, 1, 0)


def test_a_row_costs_one_unit():
    """With every number there is, and large ones, a row stays below a kilobyte, as a write is charged."""
    names = {name for call in _all_kinds() for name in counted_of(call)[1]}
    assert len(names) > 80
    keys = len("pkSTATS#2026-03#7sktemplate_00000000000000000000000000000001#2026-03-03kindstatistics")
    assert keys + sum(len(name) + 4 for name in names) < 1024  # a number of 6 digits takes 4 bytes


def _all_kinds():
    for hour in range(24):
        yield replace(FINISHED, dialed_at=NOW.replace(hour=hour))
    for seconds in (*BOUNDS, 9999):
        yield replace(FINISHED, duration_s=seconds, direction=Direction.INBOUND)
    for outcome in Outcome:
        yield replace(FINISHED, outcome=outcome)


def test_the_dashboard_adds_up():
    """Volume, answers, outcomes, lengths and cost; by day, hour and template; of one template when asked."""
    busy = replace(FINISHED, answered_at=None, outcome=Outcome.BUSY, cost=None, template_id="template_2")
    yesterday = replace(FINISHED, dialed_at=NOW - timedelta(days=1, hours=2), duration_s=4000, events=())
    found = _dashboard(FINISHED, busy, yesterday)
    volume = found.volume
    assert (volume.total, volume.dialed, volume.answered_total, volume.cost) == (3, 3, 2, 3000)
    assert volume.answer_rate == pytest.approx(2 / 3)
    assert {name: n for name, n in found.outcomes.items() if n} == {"completed": 2, "busy": 1}
    assert (found.lengths.total_s, found.lengths.count, found.unknown_statuses) == (4061, 2, 2)
    assert [day.total for day in found.by_day.values()] == [1, 2]
    assert (found.by_hour[12], found.by_hour[10], found.by_hour[0]) == ((2, 1), (1, 1), (0, 0))
    assert {template: volume.total for template, volume in found.by_template.items()} == {
        "template_1": 2,
        "template_2": 1,
    }
    one = _dashboard(FINISHED, busy, template_id="template_2")
    assert (one.volume.total, one.volume.answer_rate, list(one.by_template)) == (1, 0.0, ["template_2"])


def test_a_dashboard_of_nothing_has_every_day():
    """Zeroes where nothing happened, and no rate or percentile of nothing."""
    found = _dashboard()
    assert list(found.by_day) == [DAY - timedelta(days=1), DAY]
    assert (found.volume.total, found.volume.answer_rate, found.by_template) == (0, None, {})
    assert found.lengths.percentile(0.5) is None


@given(st.lists(st.integers(0, 3600), min_size=1, max_size=40), st.sampled_from([0.5, 0.9, 0.99]))
def test_a_percentile_is_the_bound_of_its_part(lengths, share):
    """No fewer calls than asked for ended within it, and too few within the bound before."""
    found = _dashboard(*(replace(FINISHED, duration_s=length) for length in lengths)).lengths
    bound = found.percentile(share)
    before = max((other for other in BOUNDS if other < bound), default=-1)
    assert sum(length <= bound for length in lengths) >= share * len(lengths)
    assert sum(length <= before for length in lengths) < share * len(lengths)
    assert found.total_s == sum(lengths)


def test_what_is_longer_than_all_bounds_has_no_percentile():
    """It is in the last part, which has no bound."""
    found = _dashboard(replace(FINISHED, duration_s=3601)).lengths
    assert (found.parts[-1], found.percentile(0.5)) == (1, None)


@pytest.mark.parametrize(
    ("first", "last", "days"),
    [(None, None, 30), (DAY, None, 1), (None, DAY, 30), (DAY - timedelta(days=365), DAY, 366)],
)
def test_a_period_has_a_year_at_most(calls, first, last, days):
    """Thirty days until today unless it is said."""
    found = read_dashboard(calls, first, last)
    assert (len(found.by_day), found.last) == (days, DAY)


@pytest.mark.parametrize(
    ("first", "last"), [(DAY, DAY - timedelta(days=1)), (DAY - timedelta(days=366), DAY), (date.max, None)]
)
def test_a_period_that_is_none_is_refused(calls, first, last):
    """Backwards, or longer than the counters are read for."""
    with pytest.raises(Invalid) as refused:
        read_dashboard(calls, first, last)
    assert refused.value.code == "bad_period"


@pytest.mark.parametrize(
    ("wanted", "reads"),
    [
        ({}, ["totals"]),
        ({"template_id": "template_1"}, ["of_template"]),
        ({"template_id": "template_1", "by_template": True}, ["of_template"]),
        ({"by_template": True}, ["by_template", "totals"]),
    ],
)
def test_only_what_is_asked_for_is_read(calls, wanted, reads):
    """Rows of templates are not, unless they are asked for."""
    read_dashboard(calls, DAY, DAY, **wanted)
    assert calls.statistics.reads == reads


def test_numbers_of_each_template_are_given_for_a_quarter(calls):
    """Of one template, or of all together, for a year."""
    first = DAY - timedelta(days=91)
    read_dashboard(calls, first, DAY, by_template=True)
    with pytest.raises(Invalid) as refused:
        read_dashboard(calls, first - timedelta(days=1), DAY, by_template=True)
    assert refused.value.code == "bad_period"
    read_dashboard(calls, first - timedelta(days=1), DAY, "template_1", by_template=True)


def test_the_busiest_templates_are_shown():
    """Fifty of them, and how many there are."""
    rows = [(f"template_{n}", Counter({"calls_outbound": n})) for n in range(1, 61)]
    found = dashboard_of((), rows, DAY, DAY)
    assert (len(found.by_template), found.templates) == (50, 60)
    assert next(iter(found.by_template)) == "template_60"
