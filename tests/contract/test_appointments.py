"""Calendars, day sheets, bookings and reminders: the same promises in memory and in DynamoDB."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from unittest.mock import Mock

import pytest
from botocore.exceptions import ClientError
from fakes.appointments import (
    FakeBookings,
    FakeCalendars,
    FakeReminders,
    FakeSheets,
    a_booking,
    a_calendar,
)
from pynamodb.exceptions import PutError

from chalicelib.kernel.errors import Unavailable
from chalicelib.scheduling.adapters.repository.bookings import BookingRepository, ReminderRepository
from chalicelib.scheduling.adapters.repository.calendars import CalendarRepository, SheetRepository
from chalicelib.scheduling.adapters.tables import SheetItem, bind
from chalicelib.scheduling.domain.bookings import (
    BookingAct,
    BookingState,
    ReminderState,
    Step,
    acted,
    planned_reminders,
)
from chalicelib.scheduling.domain.calendars import Channel, Interval, Reminder
from chalicelib.scheduling.domain.sheets import Entry, EntryKind, Sheet
from chalicelib.scheduling.ports.calendars import BookingWrite

NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)
DAY = date(2026, 3, 9)
ID = "calendar_1"
SHEET = Sheet(ID, DAY, (Entry(a_booking().start, a_booking().end, EntryKind.BOOKED, "booking_1"),))
REMINDED = a_calendar(
    reminders=(Reminder(1440), Reminder(60, Channel.CALL, "template_1"), Reminder(10, Channel.SMS, "text"))
)
FIRST = replace(a_booking(), reminder_count=3)


@pytest.fixture(params=["memory", "dynamodb"])
def books(request):
    """Give all books, of one kind."""
    if request.param == "memory":
        sheets, reminders = FakeSheets(), FakeReminders()
        return SimpleNamespace(
            calendars=FakeCalendars(),
            sheets=sheets,
            reminders=reminders,
            bookings=FakeBookings(sheets, reminders),
        )
    connection = bind(request.getfixturevalue("make_table")("scheduling", "SchedulingTable"))
    return SimpleNamespace(
        calendars=CalendarRepository(),
        sheets=SheetRepository(),
        reminders=ReminderRepository(connection),
        bookings=BookingRepository(connection),
    )


def _first(books):
    """Book, with three reminders."""
    assert books.bookings.write(BookingWrite(FIRST, (SHEET,), planned_reminders(FIRST, REMINDED, NOW)))


def test_a_calendar_comes_back_as_it_was_stored(books):
    """Every field survives, whatever it holds."""
    full = a_calendar(
        hours={0: (Interval(0, 1440),), 6: ()},
        slot_min=45,
        before_min=5,
        after_min=10,
        capacity=12,
        services=frozenset({"checkup", "yoga"}),
        closed=frozenset({date(2026, 12, 25)}),
        special={date(2026, 12, 24): (Interval(540, 720),)},
        notice_min=120,
        horizon_days=30,
        cancel_notice_min=1440,
        location="Hauptstr. 1",
        video_url="https://video.example/room",
        reminders=REMINDED.reminders,
        confirm_by_sms=True,
        confirmation_template_id="template_2",
        cancellation_template_id="template_3",
        is_active=False,
        updated_at=NOW,
    )
    assert books.calendars.add(full) == full
    assert books.calendars.get(ID) == full
    assert books.calendars.get("calendar_2") is None


def test_a_calendar_is_made_once_and_changed_version_by_version(books):
    """The second one under an id is the first; whoever read an older version writes nothing."""
    books.calendars.add(a_calendar())
    assert books.calendars.add(a_calendar(name="Other")) == a_calendar()
    second = a_calendar(name="Second", version=2)
    assert books.calendars.save(second)
    assert not books.calendars.save(a_calendar(name="Late", version=2))
    assert books.calendars.get(ID) == second
    assert not books.calendars.remove(a_calendar())
    assert books.calendars.remove(second)
    assert books.calendars.get(ID) is None
    assert not books.calendars.save(a_calendar(version=3))


def test_calendars_come_newest_first_by_page(books):
    """Each page goes on where the one before ended."""
    made = [books.calendars.add(a_calendar(id=f"calendar_{n}")) for n in range(5)]
    first = books.calendars.page(2, None)
    second = books.calendars.page(2, first.next_start)
    third = books.calendars.page(2, second.next_start)
    assert [*first.items, *second.items, *third.items] == made[::-1]
    assert third.next_start is None


def test_a_sheet_is_written_by_whoever_read_it_last(books):
    """A day without entries has version 0; two who read the same version do not both write."""
    assert books.sheets.get(ID, DAY) == Sheet(ID, DAY)
    entries = (
        Entry(NOW, NOW + timedelta(minutes=30), EntryKind.BUSY, "feed"),
        Entry(NOW, NOW + timedelta(minutes=30), EntryKind.HELD, "call_1", NOW + timedelta(minutes=2)),
    )
    held = Sheet(ID, DAY, entries)
    assert books.sheets.save(held)
    assert not books.sheets.save(held)
    assert books.sheets.get(ID, DAY) == replace(held, version=1)
    assert books.sheets.save(Sheet(ID, DAY, version=1))
    assert not books.sheets.save(Sheet(ID, DAY, version=1))
    assert books.sheets.get(ID, DAY) == Sheet(ID, DAY, version=2)


def test_the_days_of_a_calendar_come_in_one_question(books):
    """Both ends are included; other days, and other calendars, are not."""
    for day in (8, 9, 10, 11):
        books.sheets.save(replace(SHEET, day=date(2026, 3, day)))
    books.sheets.save(replace(SHEET, calendar_id="calendar_10"))
    found = books.sheets.between(ID, date(2026, 3, 9), date(2026, 3, 10))
    assert {day: sheet.entries for day, sheet in found.items()} == {
        date(2026, 3, 9): SHEET.entries,
        date(2026, 3, 10): SHEET.entries,
    }


def test_a_booking_its_place_and_its_reminders_are_written_together(books):
    """All come back as they were stored, and the contact's list names the booking."""
    booking = replace(FIRST, note="Bring the X-ray", call_id="call_1", number=None)
    reminders = planned_reminders(booking, REMINDED, NOW)
    assert books.bookings.write(BookingWrite(booking, (SHEET,), reminders))
    assert books.bookings.get("booking_1") == booking
    assert books.sheets.get(ID, DAY) == replace(SHEET, version=1)
    assert books.reminders.of_booking("booking_1") == list(reminders)
    assert books.reminders.get("booking_1", 1) == reminders[1]
    assert books.reminders.get("booking_1", 7) is None
    assert books.bookings.of_contact("contact_1", 5, None).items == [booking]
    assert books.bookings.many(["booking_1", "booking_2", "booking_1"]) == [booking]
    assert books.bookings.get("booking_2") is None


@pytest.mark.parametrize("late", ["sheet", "booking"])
def test_nothing_is_written_unless_everything_is_as_it_was_read(books, late):
    """A sheet, or a booking, of another version stops the whole write."""
    _first(books)
    sheet = replace(SHEET, entries=(), version=0 if late == "sheet" else 1)
    booking = replace(FIRST, version=1 if late == "booking" else 2, name="Other")
    assert not books.bookings.write(BookingWrite(booking, (sheet,), (), 3))
    assert books.bookings.get("booking_1") == FIRST
    assert books.sheets.get(ID, DAY) == replace(SHEET, version=1)
    assert len(books.reminders.of_booking("booking_1")) == 3


def test_a_move_writes_both_days_and_other_reminders(books):
    """The place is gone on one day and there on the other; reminders that are not planned again are gone."""
    _first(books)
    later = timedelta(days=1)
    step = Step(NOW, "move", "token:1", FIRST.start + later, moved_from=FIRST.start)
    moved = replace(FIRST, start=step.start, end=FIRST.end + later, history=(step,), sequence=1, version=2)
    there = Sheet(ID, DAY + later, (Entry(moved.start, moved.end, EntryKind.BOOKED, "booking_1"),))
    reminders = planned_reminders(moved, replace(REMINDED, reminders=REMINDED.reminders[:1]), NOW)
    write = BookingWrite(replace(moved, reminder_count=1), (Sheet(ID, DAY, version=1), there), reminders, 3)
    assert books.bookings.write(write)
    assert not books.bookings.write(write)
    assert books.bookings.get("booking_1") == write.booking
    assert [books.sheets.get(ID, day).entries for day in (DAY, DAY + later)] == [(), there.entries]
    assert books.reminders.of_booking("booking_1") == list(reminders)
    assert books.bookings.of_contact("contact_1", 5, None).items == [write.booking]


def test_an_act_leaves_the_reminders_as_they_are(books):
    """Confirming writes the booking with its history, and nothing else."""
    _first(books)
    confirmed = acted(FIRST, BookingAct.CONFIRM, NOW, "token:1", "by phone")
    assert books.bookings.write(BookingWrite(confirmed))
    assert books.bookings.get("booking_1") == confirmed
    assert confirmed.state is BookingState.CONFIRMED
    assert len(books.reminders.of_booking("booking_1")) == 3


def test_a_contacts_bookings_come_by_page_the_latest_start_first(books):
    """Whatever their ids are; those of others are not among them."""
    hours = [3, 1, 4, 0, 2]
    for n, hour in enumerate(hours):
        start = FIRST.start + timedelta(hours=hour)
        books.bookings.write(BookingWrite(replace(FIRST, id=f"booking_{n}", start=start)))
    books.bookings.write(BookingWrite(replace(FIRST, id="booking_x", contact_id="contact_10")))
    found, start = [], None
    for _ in range(3):
        page = books.bookings.of_contact("contact_1", 2, start)
        found, start = [*found, *page.items], page.next_start
    assert [hours[int(each.id[-1])] for each in found] == [4, 3, 2, 1, 0]
    assert start is None


def test_a_contacts_bookings_are_read_from_a_time_on(books, monkeypatch):
    """By page as all are; none that begins before it is read."""
    for n in range(5):
        start = FIRST.start + timedelta(hours=n)
        books.bookings.write(BookingWrite(replace(FIRST, id=f"booking_{n}", start=start)))
    read, many = [], books.bookings.many
    monkeypatch.setattr(books.bookings, "many", lambda ids: (read.extend(ids), many(ids))[1])
    since = FIRST.start + timedelta(hours=2)
    first = books.bookings.of_contact("contact_1", 2, None, since)
    rest = books.bookings.of_contact("contact_1", 2, first.next_start, since)
    assert [each.id for each in first.items + rest.items] == ["booking_4", "booking_3", "booking_2"]
    assert rest.next_start is None
    assert set(read) <= {"booking_2", "booking_3", "booking_4"}


def test_reminders_are_due_by_time_until_they_are_settled_once(books):
    """The longest due first; a settled one is not due, and is not settled again."""
    _first(books)
    assert books.reminders.due(NOW, 10) == []
    last = FIRST.start - timedelta(minutes=10)
    due = books.reminders.due(last, 10)
    assert [each.number for each in due] == [0, 1, 2]
    assert books.reminders.due(last, 2) == due[:2]
    assert books.reminders.due(last - timedelta(milliseconds=1), 10) == due[:2]
    sent = replace(due[0], state=ReminderState.SENT, settled_at=NOW)
    assert books.reminders.settle(sent)
    assert not books.reminders.settle(replace(sent, state=ReminderState.SKIPPED, reason="late"))
    assert books.reminders.get("booking_1", 0) == sent
    assert books.reminders.due(last, 10) == due[1:]


@pytest.mark.parametrize("change", [{"sequence": 1}, {"due_at": NOW}, {"number": 9}])
def test_a_reminder_of_before_a_move_is_not_settled(books, change):
    """Whoever took it up before the booking moved does not mark the one that was planned since."""
    _first(books)
    reminder = replace(books.reminders.get("booking_1", 0), **change)
    assert not books.reminders.settle(replace(reminder, state=ReminderState.SENT))
    assert books.reminders.get("booking_1", 0).state is ReminderState.WAITING


def test_a_booking_is_forgotten_with_its_reminders(books):
    """Nothing of it is left but its place on the day, which names nobody."""
    _first(books)
    books.bookings.remove(FIRST)
    assert books.bookings.get("booking_1") is None
    assert books.reminders.of_booking("booking_1") == []
    assert books.bookings.of_contact("contact_1", 5, None).items == []
    books.bookings.remove(FIRST)


@pytest.mark.parametrize("code", ["TransactionConflictException", "ThrottlingException"])
def test_a_day_that_is_just_being_booked_is_read_again(monkeypatch, code):
    """Who holds a place meanwhile is refused by the storage as if slower, not as if it were down."""
    answer = ClientError({"Error": {"Code": code}}, "PutItem")
    monkeypatch.setattr(SheetItem, "save", Mock(side_effect=PutError(cause=answer)))
    sheet = Sheet("calendar_1", date(2026, 3, 9))
    if code == "ThrottlingException":
        with pytest.raises(Unavailable):
            SheetRepository().save(sheet)
    else:
        assert SheetRepository().save(sheet) is False
