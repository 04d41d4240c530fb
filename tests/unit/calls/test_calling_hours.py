"""Hours on the clocks of where people may be, also on the days on which clocks are set."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from phonenumbers.timezone import TIMEZONE_DATA

from chalicelib.calls.domain.calling_hours import ALWAYS, LEAD, Window, every_day, next_open, week_of
from chalicelib.calls.domain.holidays import federal_holidays, is_federal_holiday
from chalicelib.system.domain.settings import DayHours, Hours

NEW_YORK, LOS_ANGELES = "America/New_York", "America/Los_Angeles"
OFFICE = every_day("08:00", "21:00")
ZONES = sorted({zone for zones in TIMEZONE_DATA.values() for zone in zones} - {"Etc/Unknown"})
START = datetime(2026, 1, 1, tzinfo=UTC)


def _at(text, zone=NEW_YORK, fold=0):
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC)


def _minutes(text):
    hour, minute = text.split(":")
    return int(hour) * 60 + int(minute)


instants = st.integers(0, 2 * 365 * 24 * 60).map(lambda minutes: START + timedelta(minutes=minutes))
# Hours near midnight and near the clock changes, and usual ones.
spans = st.sampled_from(
    [("00:00", "24:00"), ("01:30", "02:30"), ("02:00", "03:00"), ("08:00", "21:00"), ("00:00", "00:30")]
).map(lambda span: ((_minutes(span[0]), _minutes(span[1])),))
weeks = st.lists(st.one_of(spans, st.just(())), min_size=7, max_size=7).map(tuple)


def _shows(window, instant):
    """Tell, read off the clocks alone, whether every zone's clock is within the hours."""
    for zone in window.zones:
        local = instant.astimezone(ZoneInfo(zone))
        minute = local.hour * 60 + local.minute
        spans = () if local.date() in window.closed else window.week[local.weekday()]
        if not any(start <= minute < end for start, end in spans):
            return False
    return True


@pytest.mark.parametrize(
    ("instant", "is_open"),
    [
        (_at("2026-03-03T07:59:59"), False),
        (_at("2026-03-03T08:00:00"), True),
        (_at("2026-03-03T20:59:29"), True),
        (_at("2026-03-03T20:59:30"), False),  # the carrier would have the call at 21:00
        (_at("2026-03-03T21:00:00"), False),
    ],
)
def test_hours_begin_on_the_minute_and_end_before_a_request_could_be_late(instant, is_open):
    """A call that is decided upon is with the carrier before the hours end."""
    assert Window((NEW_YORK,), OFFICE).is_open(instant) is is_open


def test_every_zone_must_show_an_allowed_hour():
    """At nine in New York it is six in Los Angeles; at eight in Los Angeles both are open."""
    both = Window((NEW_YORK, LOS_ANGELES), OFFICE)
    assert not both.is_open(_at("2026-03-03T09:00"))
    assert next_open([both], _at("2026-03-03T09:00")) == _at("2026-03-03T08:00", LOS_ANGELES)
    assert next_open([both], _at("2026-03-03T21:30")) == _at("2026-03-04T08:00", LOS_ANGELES)


def test_what_is_open_is_open_now():
    """The next allowed instant is the instant itself."""
    noon = _at("2026-03-03T12:00")
    assert next_open([Window((NEW_YORK,), OFFICE)], noon) == noon
    assert next_open([], noon) == noon


def test_a_shut_day_is_passed_over():
    """Saturday night leads to Monday morning where Sunday is shut, to Tuesday when Monday is a holiday."""
    saturday = _at("2026-05-23T22:00")  # Memorial Day is May 25
    week = every_day("08:00", "20:00", sunday_from=None)
    assert next_open([Window((NEW_YORK,), week)], saturday) == _at("2026-05-25T08:00")
    shut = Window((NEW_YORK,), week, on_holidays=False)
    assert next_open([shut], saturday) == _at("2026-05-26T08:00")
    closed = Window((NEW_YORK,), week, closed=frozenset({date(2026, 5, 25), date(2026, 5, 26)}))
    assert next_open([closed], saturday) == _at("2026-05-27T08:00")


def test_windows_that_share_no_hour_never_open():
    """Nobody waits for ever: the answer is that there is no such time."""
    early, late = every_day("08:00", "10:00"), every_day("10:00", "12:00")
    windows = [Window((NEW_YORK,), early), Window((NEW_YORK,), late)]
    assert next_open(windows, START) is None
    assert next_open([Window((NEW_YORK,), ((),) * 7)], START) is None


def test_hours_that_begin_in_the_missing_hour_begin_when_the_clock_is_set():
    """On March 8, 2026 there is no 2:30 in New York; the clock goes from 1:59 to 3:00."""
    window = Window((NEW_YORK,), every_day("02:30", "04:00"))
    assert next_open([window], _at("2026-03-08T00:00")) == datetime(2026, 3, 8, 7, tzinfo=UTC)


def test_hours_open_again_when_the_clock_is_set_back_into_them():
    """On November 1, 2026 New York has the hour from 1:00 to 2:00 twice."""
    window = Window((NEW_YORK,), every_day("01:00", "01:30"))
    between = _at("2026-11-01T01:45")
    assert not window.is_open(between)
    assert next_open([window], between) == _at("2026-11-01T01:00", fold=1)


def test_hours_that_come_twice_open_twice():
    """From 1:30 to 2:30 the clock is set back in between, to a shut hour that opens again at its half."""
    window = Window((NEW_YORK,), every_day("01:30", "02:30"))
    assert next_open([window], _at("2026-11-01T01:00", fold=1)) == _at("2026-11-01T01:30", fold=1)


@given(st.sampled_from(ZONES), instants, weeks)
@example("America/Santiago", datetime(2026, 9, 6, 3, tzinfo=UTC), every_day("00:00", "00:30"))
@example("Asia/Beirut", datetime(2026, 3, 28, 21, tzinfo=UTC), every_day("00:00", "02:00"))
@example("Australia/Lord_Howe", datetime(2026, 4, 4, 14, tzinfo=UTC), every_day("01:30", "02:00"))
def test_the_next_opening_is_the_first_in_every_zone_and_season(zone, instant, week):
    """It is open then, and at no minute before: judged by reading the clocks minute by minute."""
    window = Window((zone,), week)
    found = next_open([window], instant)
    until = min(found or instant + timedelta(days=2), instant + timedelta(days=2))
    minutes = int((until - instant) / timedelta(minutes=1))
    for minute in range(minutes):
        at = instant + timedelta(minutes=minute)
        assert not (_shows(window, at) and _shows(window, at + LEAD))
    if found:
        assert found >= instant
        assert _shows(window, found)
        assert _shows(window, found + LEAD)
    else:
        assert not any(week)


@given(st.lists(st.sampled_from(ZONES), min_size=1, max_size=3, unique=True), instants)
def test_the_next_opening_holds_in_all_zones_together(zones, instant):
    """Whatever the zones, the hours hold in each when they open, and they are not open any earlier."""
    window = Window(tuple(zones), OFFICE)
    found = next_open([window], instant)
    if found is None:
        return
    assert _shows(window, found)
    quarters = int((found - instant) / timedelta(minutes=15))
    steps = (instant + timedelta(minutes=15 * number) for number in range(min(quarters, 200)))
    assert not any(_shows(window, at) and _shows(window, at + LEAD) for at in steps)


def test_settings_are_read_as_a_week():
    """A day without hours has none; the others begin and end as written."""
    hours = Hours(sunday=None, monday=DayHours("09:30", "24:00"))
    week = week_of(hours)
    assert (week[0], week[1], week[6]) == (((570, 1440),), ((480, 1260),), ())
    assert week_of(Hours(*(DayHours("00:00", "24:00"),) * 7)) == ALWAYS


@pytest.mark.parametrize(
    "day",
    [
        "2026-01-01",
        "2026-01-19",
        "2026-02-16",
        "2026-05-25",
        "2026-06-19",
        "2026-07-03",  # July 4 is a Saturday
        "2026-07-04",
        "2026-09-07",
        "2026-10-12",
        "2026-11-11",
        "2026-11-26",
        "2026-12-25",
        "2021-12-31",  # New Year's Day of 2022 is a Saturday
        "2023-01-02",  # New Year's Day of 2023 is a Sunday
    ],
)
def test_federal_holidays_are_known_with_the_days_on_which_they_are_kept(day):
    """They are those that the Office of Personnel Management publishes for these years."""
    assert is_federal_holiday(date.fromisoformat(day))


def test_a_year_has_eleven_federal_holidays():
    """In 2026 one of them is kept on another day too; other days are none."""
    assert len(federal_holidays(2026)) == 12
    assert not is_federal_holiday(date(2026, 11, 27))
    assert date(2020, 6, 19) not in federal_holidays(2020)  # a holiday since 2021
