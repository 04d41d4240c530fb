"""Which slots are free, told on two clocks, by page, at a cost that does not grow with what is booked."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from fakes.appointments import a_calendar

from chalicelib.kernel.errors import AppError
from chalicelib.scheduling.domain.calendars import Interval
from chalicelib.scheduling.domain.sheets import EntryKind, Sheet, booked, busy_by_day, with_busy
from chalicelib.scheduling.domain.slots import Slot
from chalicelib.scheduling.services.availability import Asked, available, calendars_for
from chalicelib.scheduling.services.calendars import create_calendar

MONDAY = date(2026, 3, 9)
NINE = datetime(2026, 3, 9, 8, tzinfo=UTC)  # nine o'clock in Berlin
ASKED = Asked(MONDAY, MONDAY, "Europe/Berlin", ("calendar_1",))


@pytest.fixture
def scheduling(calls):
    """Give the ports with one calendar."""
    create_calendar(calls.scheduling, a_calendar())
    return calls.scheduling


def _offers(scheduling, asked, page_size=500, start=None):
    return available(scheduling, asked, page_size, start).items


def _locals(offers):
    return [f"{offer.local_start:%d %H:%M}" for offer in offers]


def test_a_day_is_told_on_both_clocks(scheduling):
    """The slots of the asker's own day, with its time and the calendar's."""
    offers = _offers(scheduling, ASKED)
    assert len(offers) == 14
    assert (offers[0].start, offers[0].end, offers[0].places) == (NINE, NINE + timedelta(minutes=30), 1)
    asked = replace(ASKED, zone="America/New_York")
    first = _offers(scheduling, asked)[0]
    assert (first.local_start.isoformat(), first.calendar_start.isoformat()) == (
        "2026-03-09T04:00:00-04:00",
        "2026-03-09T09:00:00+01:00",
    )


def test_the_askers_day_may_lie_on_two_days_of_the_calendar(scheduling):
    """In Honolulu, Monday begins when it is eleven o'clock in Berlin, and ends on Tuesday."""
    offers = _offers(scheduling, replace(ASKED, zone="Pacific/Honolulu"))
    assert [f"{offer.calendar_start:%d %H:%M}" for offer in offers][0::13] == ["09 11:00", "10 10:30"]
    assert {offer.local_start.date() for offer in offers} == {MONDAY}


def test_what_is_taken_is_not_offered(scheduling):
    """Booked, held and busy times are left out; a group has fewer places."""
    slot = Slot(NINE, NINE + timedelta(minutes=30))
    scheduling.sheets.save(Sheet("calendar_1", MONDAY, (booked(slot, "booking_1"),)))
    assert _offers(scheduling, ASKED)[0].start == slot.end
    create_calendar(scheduling, a_calendar(id="calendar_2", capacity=3))
    scheduling.sheets.save(Sheet("calendar_2", MONDAY, (booked(slot, "booking_2"),)))
    first, second, *_ = _offers(scheduling, replace(ASKED, calendar_ids=("calendar_2",)))
    assert (first.places, second.places) == (2, 3)


def test_notice_and_horizon_bound_what_is_offered(scheduling, clock):
    """An hour before, to the minute, and so many days ahead."""
    clock.instant = NINE
    assert _locals(_offers(scheduling, ASKED))[0] == "09 10:00"
    create_calendar(scheduling, a_calendar(id="calendar_2", horizon_days=1))
    asked = replace(ASKED, calendar_ids=("calendar_2",), last=MONDAY + timedelta(days=20))
    assert _locals(_offers(scheduling, asked))[-1] == "10 09:00"


@pytest.mark.parametrize("size", [1, 3, 14, 500])
def test_pages_go_on_where_the_one_before_ended(scheduling, size):
    """Those of several calendars are in one order of time, none missing and none twice."""
    create_calendar(scheduling, a_calendar(id="calendar_2", slot_min=45))
    asked = replace(ASKED, calendar_ids=("calendar_1", "calendar_2", "calendar_1"))
    whole, found, start = _offers(scheduling, asked), [], None
    while True:
        page = available(scheduling, asked, size, start)
        found, start = [*found, *page.items], page.next_start
        if start is None:
            break
        assert len(page.items) == size
    assert found == whole == sorted(whole, key=lambda offer: (offer.start, offer.calendar_id))
    assert len(found) == 14 + 9


def test_a_month_costs_one_question_whatever_is_booked(scheduling):
    """The number of reads is the number of calendars."""
    asked = replace(ASKED, last=MONDAY + timedelta(days=30))
    slot = Slot(NINE, NINE + timedelta(minutes=30))
    for n in range(60):
        scheduling.sheets.save(Sheet("calendar_1", MONDAY + timedelta(days=n), (booked(slot, f"b{n}"),)))
    scheduling.sheets.reads = 0
    assert _offers(scheduling, asked)
    assert scheduling.sheets.reads == 1


def test_calendars_are_found_by_service(scheduling):
    """Those that take no bookings are not; no service means all."""
    create_calendar(scheduling, a_calendar(id="calendar_2", name="A", services=frozenset({"yoga"})))
    create_calendar(scheduling, a_calendar(id="calendar_3", services=frozenset({"yoga"}), is_active=False))
    assert [each.id for each in calendars_for(scheduling, "yoga")] == ["calendar_2"]
    assert [each.id for each in calendars_for(scheduling)] == ["calendar_2", "calendar_1"]
    by_service = _offers(scheduling, replace(ASKED, calendar_ids=(), service="yoga"))
    assert {offer.calendar_id for offer in by_service} == {"calendar_2"}
    assert _offers(scheduling, replace(ASKED, calendar_ids=("calendar_3",))) == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"zone": "Mars/Olympus"}, "bad_time_zone"),
        ({"last": MONDAY + timedelta(days=31)}, "bad_range"),
        ({"last": MONDAY - timedelta(days=1)}, "bad_range"),
        ({"first": date.max, "last": date.max}, "bad_range"),
        ({"first": date.min, "last": date.min, "zone": "Asia/Tokyo"}, "bad_range"),
        ({"calendar_ids": tuple(f"calendar_{n}" for n in range(21))}, "too_many_calendars"),
        ({"calendar_ids": ("calendar_9",)}, "calendar_not_found"),
        ({"calendar_ids": (), "service": "golf"}, "service_not_found"),
    ],
)
def test_what_makes_no_sense_is_refused(scheduling, changes, code):
    """With a code for each reason."""
    with pytest.raises(AppError) as refused:
        _offers(scheduling, replace(ASKED, **changes))
    assert refused.value.code == code


def test_far_away_days_are_empty(scheduling):
    """The first and the last days that there are cost nothing, and break nothing."""
    for day in (date(1, 1, 3), date(9999, 12, 29)):
        assert _offers(scheduling, replace(ASKED, first=day, last=day)) == []


def test_busy_times_are_cut_into_local_days():
    """What overlaps becomes one; a night is part of two days."""
    calendar = a_calendar()
    evening, hour = datetime(2026, 3, 9, 21, tzinfo=UTC), timedelta(hours=1)
    times = [(evening, evening + 2 * hour), (evening + hour, evening + 5 * hour), (evening, evening)]
    days = busy_by_day(calendar, "feed", times)
    assert {day: [(each.start, each.end) for each in entries] for day, entries in days.items()} == {
        MONDAY: [(evening, evening + 2 * hour)],
        MONDAY + timedelta(days=1): [(evening + 2 * hour, evening + 5 * hour)],
    }
    assert all(each.kind is EntryKind.BUSY for entries in days.values() for each in entries)


@pytest.mark.parametrize(
    ("zone", "first", "days"), [("Africa/Cairo", (2026, 4, 23), 3), ("Pacific/Apia", (2011, 12, 29), 2)]
)
def test_days_that_lack_a_midnight_are_cut_as_well(zone, first, days):
    """Each local day that there is has its part, and together they are the whole."""
    start = datetime(*first, 12, tzinfo=UTC)
    entries = busy_by_day(a_calendar(zone=zone), "feed", [(start, start + timedelta(hours=40))])
    parts = [entry for each in entries.values() for entry in each]
    assert len(entries) == days
    assert sum((each.end - each.start for each in parts), timedelta()) == timedelta(hours=40)


def test_a_day_keeps_a_bounded_number_of_entries():
    """More imported times than one row can hold are refused."""
    calendar = a_calendar()
    minute = timedelta(minutes=1)
    times = [(NINE + n * minute / 100, NINE + n * minute / 100 + minute / 200) for n in range(2001)]
    (entries,) = busy_by_day(calendar, "feed", times).values()
    with pytest.raises(AppError) as refused:
        with_busy(Sheet(calendar.id, MONDAY), "feed", entries)
    assert refused.value.code == "day_full"


def test_a_day_without_hours_offers_nothing(scheduling):
    """Nor does one with hours too short for a slot."""
    create_calendar(scheduling, a_calendar(id="calendar_2", hours={0: (Interval(540, 569),)}))
    assert _offers(scheduling, replace(ASKED, calendar_ids=("calendar_2",))) == []
