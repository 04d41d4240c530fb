"""The grid of slots: right on every day of two years in every time zone."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest
from fakes.appointments import a_calendar

from chalicelib.kernel.errors import Invalid
from chalicelib.scheduling.domain.calendars import Channel, Interval, Reminder, check_calendar
from chalicelib.scheduling.domain.slots import slot_at, slots_of, slots_of_day

FIRST, DAYS = date(2026, 1, 1), 730
LAST = FIRST + timedelta(days=DAYS - 1)
_HALF_DAY, _HALF_HOUR = timedelta(hours=12), timedelta(minutes=30)
# The whole day is open: 16 slots of an hour, with buffers of ten and twenty minutes.
GRID = {"slot_min": 60, "before_min": 10, "after_min": 20}
ALL_DAY = a_calendar(hours=dict.fromkeys(range(7), (Interval(0, 1440),)), **GRID)
BEFORE, AFTER, LENGTH = timedelta(minutes=10), timedelta(minutes=20), timedelta(minutes=60)


@cache
def _offset(zone, half_hours):
    start = datetime.combine(FIRST, time(), UTC) - _HALF_DAY
    return (start + half_hours * _HALF_HOUR).astimezone(ZoneInfo(zone)).utcoffset()


def _changes(zone):
    """Give the offset at first, and each time at which clocks are changed, to half an hour, with the next."""
    noons = range(0, 2 * 24 * (DAYS + 2), 24)
    changed = [(a, b) for a, b in pairwise(noons) if _offset(zone, a) != _offset(zone, b)]
    steps = [(n, _offset(zone, n)) for a, b in changed for n in range(a, b + 1)]
    return _offset(zone, 0), tuple(steps)


def _kinds():
    """Give one zone of each kind: those whose clocks show the same at all times of two years are one."""
    kinds = {}
    for zone in sorted(available_timezones()):
        kinds.setdefault(_changes(zone), zone)
    return sorted(kinds.values())


def _local(instant, zone):
    return instant.astimezone(zone).replace(tzinfo=None)


@pytest.mark.parametrize("zone", _kinds())
def test_every_slot_of_two_years_is_right_in_every_zone(zone):
    """None overlaps another, lies outside the local hours, is too short, or is lost on an ordinary day."""
    calendar = a_calendar(zone=zone, hours=ALL_DAY.hours, **GRID)
    tz, counts = ZoneInfo(zone), dict.fromkeys((FIRST + timedelta(days=n) for n in range(DAYS)), 0)
    before = None
    for slot in slots_of(calendar, FIRST, LAST):
        assert slot.end - slot.start == LENGTH
        assert before is None or slot.start - before.end >= BEFORE + AFTER
        day = _local(slot.start, tz).date()
        last_moment = slot.end + AFTER - timedelta(microseconds=1)
        assert {_local(each, tz).date() for each in (slot.start - BEFORE, last_moment)} == {day}
        counts[day] += 1
        before = slot
    for day, count in counts.items():
        assert count == 16 or (count < 16 and not _is_ordinary(day, tz))


def _is_ordinary(day, tz):
    """Tell whether the clock is not changed on a day."""
    midnights = (datetime.combine(each, time(), tz) for each in (day, day + timedelta(days=1)))
    return len({midnight.utcoffset() for midnight in midnights}) == 1


def _starts(day, zone="Europe/Berlin", **changes):
    calendar = a_calendar(zone=zone, hours={6: (Interval(60, 300),)}, slot_min=60, **changes)
    return [f"{slot.start.astimezone(ZoneInfo(zone)):%H:%M%z}" for slot in slots_of_day(calendar, day)]


def test_a_start_that_does_not_exist_is_left_out():
    """In Berlin it is never two o'clock on 29 March 2026."""
    assert _starts(date(2026, 3, 29)) == ["01:00+0100", "03:00+0200", "04:00+0200"]


def test_a_start_that_comes_twice_counts_the_first_time():
    """In Berlin it is two o'clock twice on 25 October 2026."""
    assert _starts(date(2026, 10, 25)) == ["01:00+0200", "02:00+0200", "03:00+0100", "04:00+0100"]


def test_a_slot_over_the_change_takes_the_place_of_the_next():
    """What begins at half past one ends, 45 minutes later, at a quarter past three: three is not free."""
    calendar = a_calendar(hours={6: (Interval(90, 300),)}, slot_min=45)
    slots = slots_of_day(calendar, date(2026, 3, 29))
    assert [f"{slot.start:%H:%M}-{slot.end:%H:%M}" for slot in slots] == ["00:30-01:15", "01:45-02:30"]


def test_a_slot_over_the_change_does_not_last_beyond_the_hours():
    """An hour from half past one would end after three, when it is closed."""
    calendar = a_calendar(hours={6: (Interval(90, 180),)}, slot_min=60)
    assert not list(slots_of_day(calendar, date(2026, 3, 29)))


def test_a_day_that_a_zone_skips_has_no_slots():
    """Samoa went from 29 to 31 December 2011."""
    calendar = a_calendar(zone="Pacific/Apia", hours=ALL_DAY.hours, **GRID)
    days = [date(2011, 12, 29) + timedelta(days=n) for n in range(3)]
    assert [len(list(slots_of_day(calendar, day))) for day in days] == [16, 0, 16]


def test_buffers_stay_inside_the_hours():
    """An interval of two hours has room for one hour with its buffers, ten minutes after it opens."""
    calendar = a_calendar(zone="UTC", hours={0: (Interval(540, 660),)}, **GRID)
    (slot,) = slots_of_day(calendar, date(2026, 3, 9))
    assert (slot.start, slot.end) == (
        datetime(2026, 3, 9, 9, 10, tzinfo=UTC),
        datetime(2026, 3, 9, 10, 10, tzinfo=UTC),
    )


def test_holidays_are_closed_and_special_days_have_their_own_hours():
    """A closed day stays closed whatever its special hours are."""
    monday, tuesday, sunday = date(2026, 3, 9), date(2026, 3, 10), date(2026, 3, 15)
    hour = (Interval(600, 660),)
    calendar = a_calendar(closed=frozenset({monday}), special=dict.fromkeys((monday, sunday), hour))
    counts = [len(list(slots_of_day(calendar, day))) for day in (monday, tuesday, sunday)]
    assert counts == [0, 14, 2]


def test_a_slot_is_found_by_its_start():
    """To the second; anything else is on no grid."""
    start = datetime(2026, 3, 9, 8, tzinfo=UTC)
    assert slot_at(a_calendar(), start).start == start
    assert slot_at(a_calendar(), start + timedelta(seconds=1)) is None


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"zone": "Europe/Nowhere"}, "/time_zone"),
        ({"slot_min": 4}, "/slot_min"),
        ({"before_min": -1}, "/before_min"),
        ({"after_min": 721}, "/after_min"),
        ({"capacity": 0}, "/capacity"),
        ({"notice_min": -1}, "/notice_min"),
        ({"horizon_days": 731}, "/horizon_days"),
        ({"cancel_notice_min": -1}, "/cancel_notice_min"),
        ({"reminders": (Reminder(60),) * 6}, "/reminders"),
        ({"reminders": (Reminder(60), Reminder(4, Channel.CALL))}, "/reminders/1/before_min"),
        ({"hours": {0: (Interval(600, 600),)}}, "/hours/monday/0"),
        ({"hours": {0: (Interval(600, 660), Interval(630, 700))}}, "/hours/monday/1"),
        ({"hours": {0: (Interval(1380, 1441),)}}, "/hours/monday/0"),
        ({"special": {date(2026, 3, 9): (Interval(700, 600),)}}, "/special/2026-03-09/0"),
        ({"hours": {0: (Interval(0, 1440),)}, "slot_min": 5, "capacity": 4}, "/hours/monday"),
    ],
)
def test_a_calendar_that_makes_no_sense_is_refused(changes, pointer):
    """The refusal names the field."""
    with pytest.raises(Invalid) as refused:
        check_calendar(a_calendar(**changes))
    assert (refused.value.code, [each.pointer for each in refused.value.errors]) == (
        "calendar_invalid",
        [pointer],
    )


def test_an_ordinary_calendar_is_accepted():
    """Nothing is wrong with the sample, nor with one that is open all day."""
    check_calendar(a_calendar())
    check_calendar(ALL_DAY)
