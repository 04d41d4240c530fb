"""Our numbers: when they are open, by the clock on the wall; who answers; and who may change that."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from fakes.calls import LINE, NUMBER, FakeCalls, a_template, furnished
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from chalicelib.calls.domain.routes import (
    MIDNIGHT,
    AfterHours,
    LineRoute,
    OfficeHours,
    Span,
    check_spans,
    is_open,
)
from chalicelib.calls.schemas.routes import RouteIn, route_view
from chalicelib.calls.services.routes import NOTHING_SEEN, get_route, list_routes, route_line
from chalicelib.kernel.errors import Conflict, Invalid, NotFound

NINE_TO_FIVE = (Span(time(9), time(17)),)
ALL_DAY = (Span(time(0), MIDNIGHT),)
ROUTE = LineRoute(LINE, "template_1")


def _hours(zone="America/New_York", spans=NINE_TO_FIVE, days=range(5), closed_on=()):
    weekdays = tuple(spans if day in days else () for day in range(7))
    return OfficeHours(zone, weekdays, closed_on)


def _at(text):
    return datetime.fromisoformat(text).astimezone(UTC)


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("2026-03-03T08:59:59-05:00", False),
        ("2026-03-03T09:00:00-05:00", True),
        ("2026-03-03T16:59:59-05:00", True),
        ("2026-03-03T17:00:00-05:00", False),
        ("2026-03-07T12:00:00-05:00", False),  # a Saturday
        ("2026-03-03T03:00:00+13:00", True),  # asked from far away: nine in the morning there
    ],
)
def test_hours_are_those_of_the_place(at, expected):
    """The start is in, the end is not, wherever the instant was written."""
    assert is_open(_hours(), _at(at)) is expected


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("2026-03-06T14:00:00+00:00", True),  # before the clocks go forward, nine is fourteen UTC
        ("2026-03-09T13:00:00+00:00", True),  # after that it is thirteen
        ("2026-03-06T13:30:00+00:00", False),
        ("2026-03-09T21:30:00+00:00", False),
        ("2026-10-30T13:00:00+00:00", True),  # before they go back
        ("2026-11-02T13:30:00+00:00", False),  # and after
        ("2026-11-02T14:00:00+00:00", True),
    ],
)
def test_the_clock_on_the_wall_decides_when_summer_begins_and_ends(at, expected):
    """Nine o'clock is nine o'clock, though its instant moves by an hour."""
    assert is_open(_hours(), _at(at)) is expected


def test_an_hour_that_comes_twice_is_open_twice():
    """On the first of November 2026 New York has 01:00 to 02:00 twice; on the eighth of March no 02:30."""
    hours = _hours(spans=(Span(time(1), time(2)),), days=range(7))
    assert is_open(hours, _at("2026-11-01T05:30:00+00:00"))
    assert is_open(hours, _at("2026-11-01T06:30:00+00:00"))
    assert not is_open(hours, _at("2026-11-01T07:30:00+00:00"))
    skipped = _hours(spans=(Span(time(2), time(3)),), days=range(7))
    start = _at("2026-03-08T05:00:00+00:00")
    assert not any(is_open(skipped, start + timedelta(minutes=each)) for each in range(24 * 60))


def test_days_that_are_closed_and_nights_that_are_open():
    """A closed day is closed by its own date; 24:00 is the end of a day; without hours it is always open."""
    christmas = _hours(spans=ALL_DAY, days=range(7), closed_on=(date(2026, 12, 25),))
    assert is_open(christmas, _at("2026-12-24T23:59:59-05:00"))
    assert not is_open(christmas, _at("2026-12-25T00:00:00-05:00"))
    assert not is_open(christmas, _at("2026-12-25T23:59:59-05:00"))
    assert is_open(christmas, _at("2026-12-26T00:00:00-05:00"))
    assert is_open(None, _at("2026-12-25T00:00:00-05:00"))


@given(
    at=st.integers(1_577_836_800, 2_051_222_400).map(lambda at: datetime.fromtimestamp(at, UTC)),
    zone=st.sampled_from(["America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "Asia/Kathmandu"]),
)
def test_it_is_open_exactly_when_the_local_clock_says_so(at, zone):
    """In every zone, at every instant."""
    local = at.astimezone(ZoneInfo(zone))
    expected = local.weekday() < 5 and 9 <= local.hour < 17
    assert is_open(_hours(zone), at) is expected


@pytest.mark.parametrize(
    ("spans", "pointer", "words"),
    [
        ([("22:00", "06:00")], "/hours/monday/0/end", "begin the next day at 00:00"),
        ([("09:00", "09:00")], "/hours/monday/0/end", "after its start"),
        ([("09:00", "12:00"), ("11:59", "13:00")], "/hours/monday", "overlap"),
        ([("09:00", "24:00"), ("23:00", "23:30")], "/hours/monday", "overlap"),
    ],
)
def test_spans_that_cannot_be_kept_are_refused_with_a_remedy(spans, pointer, words):
    """Above all those that go past midnight."""
    wanted = RouteIn(
        template_id="template_1",
        hours={"time_zone": "UTC", "monday": [{"start": start, "end": end} for start, end in spans]},
    )
    with pytest.raises(Invalid) as refusal:
        wanted.route(LINE)
    (error,) = refusal.value.errors
    assert error.pointer == pointer
    assert words in error.detail


def test_spans_are_kept_in_order_and_may_touch():
    """The lunch break may have no length."""
    late, early = Span(time(12), MIDNIGHT), Span(time(9), time(12))
    assert check_spans((late, early), "") == (early, late)


@pytest.mark.parametrize(
    "hours",
    [
        {"time_zone": "Mars/Olympus"},
        {"time_zone": "UTC", "monday": [{"start": "9", "end": "12:00"}]},
        {"time_zone": "UTC", "monday": [{"start": "00:00", "end": "00:00"}]},
        {"time_zone": "UTC", "monday": [{"start": "09:00", "end": "24:01"}]},
        {"time_zone": "UTC", "closed_on": ["2026-02-30"]},
        {"time_zone": "UTC", "someday": []},
    ],
)
def test_what_is_no_time_is_refused(hours):
    """Zone, times, dates and days."""
    with pytest.raises(ValidationError):
        RouteIn(template_id="template_1", hours=hours)


def test_a_route_is_shown_as_it_was_given():
    """With its hours, 24:00 included."""
    days = {day: [] for day in ("tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")}
    hours = {"time_zone": "Europe/Berlin", "monday": [{"start": "09:00", "end": "24:00"}], **days}
    given_route = {
        "template_id": "template_1",
        "hours": {**hours, "closed_on": ["2026-12-25"]},
        "after_hours": "voicemail",
        "after_hours_text": "Speak.",
        "after_hours_template_id": "",
        "region": "US-TX",
    }
    view = route_view(RouteIn.model_validate(given_route).route(LINE)).model_dump(mode="json")
    assert view == {**given_route, "number": LINE, "version": 1}


@pytest.fixture
def calls(clock, crm):
    """Give the ports of calls with a template, and a line without a route."""
    calls = FakeCalls(clock, crm)
    furnished(calls)
    calls.routes.by_line.clear()
    return calls


def test_a_first_route_needs_no_version_and_a_later_one_does(calls):
    """Who replaces a route must have seen it, or say that any will do; the same again changes nothing."""
    assert list_routes(calls) == []
    assert route_line(calls, ROUTE, NOTHING_SEEN).version == 1
    with pytest.raises(Conflict) as refusal:
        route_line(calls, ROUTE, NOTHING_SEEN)
    assert refusal.value.code == "if_match_required"
    calls.templates.add(a_template(id="template_2"))
    other = LineRoute(LINE, "template_2")
    with pytest.raises(Conflict) as refusal:
        route_line(calls, other, 7)
    assert refusal.value.code == "version_changed"
    assert route_line(calls, other, 1).version == 2
    assert route_line(calls, other, 2).version == 2
    assert route_line(calls, ROUTE, None).version == 3
    assert get_route(calls, LINE) == list_routes(calls)[0]


def test_a_route_that_others_changed_meanwhile_stays(calls):
    """Between the look and the write."""
    route_line(calls, ROUTE, NOTHING_SEEN)
    calls.routes.save = lambda _route: False
    with pytest.raises(Conflict) as refusal:
        route_line(calls, LineRoute(LINE, "template_1", region="US-TX"), 1)
    assert refusal.value.code == "version_changed"


def test_only_our_own_numbers_are_routed_to_templates_that_exist(calls):
    """Nothing is stored else."""
    with pytest.raises(NotFound) as refusal:
        route_line(calls, LineRoute(NUMBER, "template_1"), None)
    assert refusal.value.code == "line_not_found"
    for route in (LineRoute(LINE, "template_x"), LineRoute(LINE, "template_1", after_hours_template_id="x")):
        with pytest.raises(NotFound) as refusal:
            route_line(calls, route, None)
        assert refusal.value.code == "template_not_found"
    with pytest.raises(NotFound):
        get_route(calls, LINE)
    assert calls.routes.by_line == {}


@pytest.mark.parametrize(
    ("route", "pointer"),
    [
        (LineRoute(LINE, "template_1", _hours()), "/after_hours_text"),
        (
            LineRoute(LINE, "template_1", _hours(), AfterHours.TEMPLATE),
            "/after_hours_template_id",
        ),
    ],
)
def test_a_number_that_closes_says_what_follows(calls, route, pointer):
    """A text for the message, a template to take over."""
    with pytest.raises(Invalid) as refusal:
        route_line(calls, route, None)
    assert refusal.value.errors[0].pointer == pointer
