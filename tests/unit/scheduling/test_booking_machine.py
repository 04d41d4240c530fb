"""Whatever is booked, held, moved and cancelled in any order: never more than there is room for."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from fakes.appointments import a_calendar
from fakes.calls import FakeCalls
from fakes.crm import FakeCrm
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from chalicelib.crm.domain.contacts import NewContact
from chalicelib.crm.services.contacts import create_contact
from chalicelib.kernel.clock import FixedClock
from chalicelib.kernel.errors import Conflict, Invalid
from chalicelib.kernel.phones import E164
from chalicelib.scheduling.domain.calendars import Interval, Reminder
from chalicelib.scheduling.domain.sheets import EntryKind
from chalicelib.scheduling.services.availability import Asked, available
from chalicelib.scheduling.services.booking import BookingWish, MoveWish, book, cancel, confirm, move
from chalicelib.scheduling.services.calendars import change_calendar, create_calendar
from chalicelib.scheduling.services.holding import hold, release

ID, DAY = "calendar_1", date(2026, 3, 9)
OPENS = datetime(2026, 3, 9, 8, tzinfo=UTC)
# Two days of two hours; starts of all grids that the machine changes to, and some of none.
STARTS = st.builds(
    lambda day, minutes: OPENS + timedelta(days=day, minutes=minutes),
    st.integers(0, 1),
    st.sampled_from([0, 5, 20, 25, 30, 40, 60, 65, 80, 90, 100]),
)
HOLDERS = st.sampled_from(["call_1", "call_2", "call_3"])
NUMBERS = st.integers(0, 30)


class Bookings(RuleBasedStateMachine):
    """A calendar that two or three callers, and its owner, work on."""

    def __init__(self) -> None:
        super().__init__()
        clock = FixedClock(datetime(2026, 3, 6, 12, tzinfo=UTC))
        self.scheduling = FakeCalls(clock, FakeCrm(clock)).scheduling
        contact = create_contact(self.scheduling.calls.crm, NewContact("Ada", E164("+14155553001")))
        hours = dict.fromkeys(range(2), (Interval(540, 660),))
        create_calendar(self.scheduling, a_calendar(hours=hours, capacity=2, reminders=(Reminder(60),)))
        self.wish = BookingWish(ID, contact.id, OPENS)
        self.most = 2

    @rule(start=STARTS, holder=HOLDERS)
    def book(self, start, holder):
        """Book a slot, perhaps one that is held."""
        with suppress(Conflict, Invalid):
            booking = book(self.scheduling, replace(self.wish, start=start, call_id=holder, holder=holder))
            assert (booking.start, booking.takes_place) == (start, True)

    @rule(start=STARTS, holder=HOLDERS)
    def hold(self, start, holder):
        """Hold a slot."""
        with suppress(Conflict, Invalid):
            hold(self.scheduling, ID, start, holder)

    @rule(start=STARTS, holder=HOLDERS)
    def release(self, start, holder):
        """Let go of a day."""
        release(self.scheduling, ID, start, holder)

    @precondition(lambda self: self.scheduling.bookings.by_id)
    @rule(number=NUMBERS, start=STARTS, holder=HOLDERS)
    def move(self, number, start, holder):
        """Move some booking."""
        with suppress(Conflict, Invalid):
            move(self.scheduling, self._some(number).id, MoveWish(start, holder))

    @precondition(lambda self: self.scheduling.bookings.by_id)
    @rule(number=NUMBERS)
    def cancel(self, number):
        """Cancel some booking."""
        cancel(self.scheduling, self._some(number).id)

    @precondition(lambda self: self.scheduling.bookings.by_id)
    @rule(number=NUMBERS)
    def confirm(self, number):
        """Confirm some booking."""
        with suppress(Conflict):
            confirm(self.scheduling, self._some(number).id)

    @rule(seconds=st.sampled_from([1, 60, 121]))
    def wait(self, seconds):
        """Let holds run out."""
        self.scheduling.clock.advance(seconds=seconds)

    @rule(slot=st.sampled_from([20, 30, 40]), after=st.sampled_from([0, 5]), capacity=st.integers(1, 3))
    def change(self, slot, after, capacity):
        """Give the calendar another grid, or other room."""
        changes = {"slot_min": slot, "after_min": after, "capacity": capacity}
        change_calendar(self.scheduling, ID, changes, None)
        self.most = max(self.most, capacity)

    @invariant()
    def nobody_is_too_many(self):
        """At no moment are more people there than there was ever room for."""
        entries = self._entries()
        for moment in {entry.start for entry in entries}:
            assert sum(entry.start <= moment < entry.end for entry in entries) <= self.most

    @invariant()
    def days_are_the_bookings(self):
        """What the days hold as booked are the bookings that stand, recounted, with their reminders."""
        booked = sorted((e.holder, e.start, e.end) for e in self._entries() if e.kind is EntryKind.BOOKED)
        standing = [each for each in self.scheduling.bookings.by_id.values() if each.takes_place]
        assert booked == sorted((each.id, each.start, each.end) for each in standing)
        reminders = [(each.booking_id, each.due_at) for each in self.scheduling.reminders.by_key.values()]
        assert sorted(reminders) == sorted((each.id, each.start - timedelta(hours=1)) for each in standing)

    @invariant()
    def what_is_offered_can_be_booked(self):
        """The first offer, if there is one, has as many places as it says."""
        asked = Asked(DAY, DAY + timedelta(days=1), "Europe/Berlin", (ID,))
        calendar = self.scheduling.calendars.get(ID)
        for offer in available(self.scheduling, asked, 100, None).items:
            there = [e for e in self._entries() if e.start < offer.end and offer.start < e.end]
            assert 0 < offer.places <= calendar.capacity - len(there)

    def _some(self, number):
        known = sorted(self.scheduling.bookings.by_id)
        return self.scheduling.bookings.by_id[known[number % len(known)]]

    def _entries(self):
        now = self.scheduling.clock.now()
        entries = [entry for sheet in self.scheduling.sheets.by_day.values() for entry in sheet.entries]
        return [entry for entry in entries if entry.until is None or entry.until > now]


TestBookings = Bookings.TestCase
TestBookings.settings = settings(max_examples=20, stateful_step_count=20, deadline=None)
