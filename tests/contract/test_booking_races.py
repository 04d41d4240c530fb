"""Many who book at once, on DynamoDB as moto plays it: a place is taken once, and one move wins."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from time import sleep

import pytest
from fakes.appointments import a_calendar
from fakes.calls import FakeCalls
from fakes.crm import FakeCrm

from chalicelib.crm.domain.contacts import NewContact
from chalicelib.crm.services.contacts import create_contact
from chalicelib.kernel.clock import FixedClock
from chalicelib.kernel.errors import Conflict
from chalicelib.kernel.phones import E164
from chalicelib.scheduling.adapters.repository.bookings import BookingRepository, ReminderRepository
from chalicelib.scheduling.adapters.repository.calendars import CalendarRepository, SheetRepository
from chalicelib.scheduling.adapters.tables import bind
from chalicelib.scheduling.domain.calendars import Reminder
from chalicelib.scheduling.domain.sheets import EntryKind
from chalicelib.scheduling.services.booking import (
    BookingWish,
    MoveWish,
    book,
    bookings_between,
    cancel,
    move,
)
from chalicelib.scheduling.services.booking_lists import bookings_of_contact
from chalicelib.scheduling.services.calendars import create_calendar
from chalicelib.scheduling.services.holding import hold
from chalicelib.scheduling.services.places import naming_nearest

ID, DAY = "calendar_1", date(2026, 3, 9)
NINE = datetime(2026, 3, 9, 8, tzinfo=UTC)
HALF_HOUR = timedelta(minutes=30)


class _StandingClock(FixedClock):
    """A clock that stands still while threads really wait."""

    def pause(self, seconds):
        """Wait a little."""
        sleep(seconds / 20)


@pytest.fixture
def scheduling(make_table):
    """Give the ports of scheduling with calendars, sheets, bookings and reminders on a table."""
    clock = _StandingClock(datetime(2026, 3, 3, 12, tzinfo=UTC))
    ports = FakeCalls(clock, FakeCrm(clock)).scheduling
    connection = bind(make_table("scheduling", "SchedulingTable"))
    ports.calendars, ports.sheets = CalendarRepository(), SheetRepository()
    ports.bookings, ports.reminders = BookingRepository(connection), ReminderRepository(connection)
    create_calendar(ports, a_calendar(reminders=(Reminder(1440), Reminder(60))))
    return ports


@pytest.fixture
def wish(scheduling):
    """Wish for nine o'clock."""
    contact = create_contact(scheduling.calls.crm, NewContact(name="Ada", phone=E164("+14155553001")))
    return BookingWish(ID, contact.id, NINE)


def _at_once(act, count):
    """Do this so many times at once; give what came of it, results and conflicts apart."""

    def attempt(number):
        try:
            return act(number)
        except Conflict as conflict:
            return conflict

    with ThreadPoolExecutor(count) as pool:
        done = list(pool.map(attempt, range(count)))
    conflicts = [each for each in done if isinstance(each, Conflict)]
    return [each for each in done if not isinstance(each, Conflict)], conflicts


def _entries(scheduling):
    return [each for sheet in scheduling.sheets.between(ID, DAY, DAY).values() for each in sheet.entries]


def test_one_of_a_hundred_gets_the_slot(scheduling, wish):
    """The ninety-nine others are told so, each with the three nearest free slots."""

    def attempt(n):
        with naming_nearest(scheduling):
            return book(scheduling, replace(wish, booking_id=f"booking_{n}"))

    won, lost = _at_once(attempt, 100)
    assert (len(won), len(lost)) == (1, 99)
    starts = [(NINE + n * HALF_HOUR).isoformat(timespec="milliseconds")[:-6] + "Z" for n in (1, 2, 3)]
    assert {each.code for each in lost} == {"slot_taken"}
    assert all([slot["start"] for slot in each.details["nearest"]] == starts for each in lost)
    assert [each.holder for each in _entries(scheduling)] == [won[0].id]
    assert bookings_between(scheduling, ID, DAY, DAY) == won
    assert bookings_of_contact(scheduling, wish.contact_id, 100, None).items == won
    assert len(scheduling.reminders.of_booking(won[0].id)) == 2


def test_a_booking_that_is_asked_for_many_times_at_once_is_one(scheduling, wish):
    """Under one id, and of one call and slot."""
    won, lost = _at_once(lambda _: book(scheduling, replace(wish, call_id="call_1")), 8)
    assert (len({each.id for each in won}), len(won), lost) == (1, 8, [])
    assert len(_entries(scheduling)) == 1


def test_a_group_is_filled_and_not_more(scheduling, wish):
    """Five of twelve."""
    scheduling.calendars.save(a_calendar(capacity=5, version=2))
    won, lost = _at_once(lambda n: book(scheduling, replace(wish, booking_id=f"booking_{n}")), 12)
    assert (len(won), len(lost)) == (5, 7)
    assert sorted(each.holder for each in _entries(scheduling)) == sorted(each.id for each in won)


def test_a_day_is_filled_by_those_who_want_other_slots(scheduling, wish):
    """Ten at once, each another half hour: all of them are booked, whoever wrote the day meanwhile."""
    hours = [n for n in range(12) if n not in {6, 7}]
    wishes = [replace(wish, booking_id=f"booking_{n}", start=NINE + n * HALF_HOUR) for n in hours]
    won, lost = _at_once(lambda n: book(scheduling, wishes[n]), len(wishes))
    assert (len(won), lost) == (10, [])
    assert len(_entries(scheduling)) == 10


def test_two_who_move_to_one_slot_do_not_both_get_there(scheduling, wish):
    """One is moved; the other keeps its place."""
    made = [book(scheduling, replace(wish, call_id=f"c{n}", start=NINE + n * HALF_HOUR)) for n in range(4)]
    to = NINE + timedelta(hours=2)
    won, lost = _at_once(lambda n: move(scheduling, made[n].id, MoveWish(to)), 4)
    assert (len(won), len(lost)) == (1, 3)
    places = {each.holder: each.start for each in _entries(scheduling)}
    assert places == {each.id: each.start for each in made} | {won[0].id: to}


def test_a_move_and_a_cancellation_at_once_leave_no_place_behind(scheduling, wish):
    """Whichever is first, days and booking agree."""
    booking = book(scheduling, wish)
    acts = [
        lambda: move(scheduling, booking.id, MoveWish(NINE + timedelta(days=1))),
        lambda: cancel(scheduling, booking.id, "ill"),
    ]
    _at_once(lambda n: acts[n](), 2)
    kept = scheduling.bookings.get(booking.id)
    assert not kept.takes_place
    days = scheduling.sheets.between(ID, DAY, DAY + timedelta(days=1)).values()
    assert [entry for sheet in days for entry in sheet.entries] == []
    assert scheduling.reminders.of_booking(booking.id) == []


def test_one_of_many_holds_the_slot(scheduling, wish):
    """And only the holder can book it."""
    won, lost = _at_once(lambda n: hold(scheduling, ID, NINE, f"call_{n}"), 10)
    assert (len(won), len(lost)) == (1, 9)
    booked, refused = _at_once(lambda n: book(scheduling, replace(wish, call_id="c", holder=f"call_{n}")), 10)
    assert {each.id for each in booked} == {_entries(scheduling)[0].holder}
    assert {each.code for each in refused} <= {"slot_taken"}
    assert [each.kind for each in _entries(scheduling)] == [EntryKind.BOOKED]
