"""Booking, holding, moving and cancelling: each place once, and a booking with its place or not at all."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from fakes.appointments import a_calendar
from fakes.carrier import Fuse, Killed, Perilous

from chalicelib.crm.domain.contacts import NewContact
from chalicelib.crm.services.contacts import create_contact
from chalicelib.kernel.actors import acting_as
from chalicelib.kernel.errors import AppError, Conflict, Invalid, NotFound, Unavailable
from chalicelib.kernel.phones import E164
from chalicelib.scheduling.domain.bookings import BookingState, ReminderState
from chalicelib.scheduling.domain.calendars import Interval, Reminder
from chalicelib.scheduling.domain.sheets import Entry, EntryKind, Sheet, bookings_on, with_busy
from chalicelib.scheduling.services.booking import (
    BookingWish,
    MoveWish,
    book,
    bookings_between,
    cancel,
    confirm,
    get_booking,
    move,
    note_attendance,
)
from chalicelib.scheduling.services.booking_lists import bookings_of_contact
from chalicelib.scheduling.services.calendars import change_calendar, create_calendar, delete_calendar
from chalicelib.scheduling.services.forgetting import forget_bookings
from chalicelib.scheduling.services.holding import hold, release
from chalicelib.scheduling.services.places import naming_nearest

ID, DAY = "calendar_1", date(2026, 3, 9)
NINE = datetime(2026, 3, 9, 8, tzinfo=UTC)  # nine o'clock in Berlin
HALF_HOUR = timedelta(minutes=30)
REMINDERS = (Reminder(1440), Reminder(60))


@pytest.fixture
def scheduling(calls):
    """Give the ports with a calendar of half hours, and reminders a day and an hour before."""
    create_calendar(calls.scheduling, a_calendar(reminders=REMINDERS))
    return calls.scheduling


@pytest.fixture
def ada(crm):
    """Give the id of a contact."""
    new = NewContact(name="Ada Lovelace", phone=E164("+14155553001"), time_zone="America/New_York")
    return create_contact(crm, new).id


@pytest.fixture
def wish(ada):
    """Wish for nine o'clock, in a call."""
    return BookingWish(ID, ada, NINE, call_id="call_1")


def _sheet(scheduling, day=DAY):
    return scheduling.sheets.get(ID, day)


def _taken(scheduling, day=DAY):
    return [(each.start, each.kind, each.holder) for each in _sheet(scheduling, day).entries]


def _all(scheduling):
    return list(scheduling.bookings.by_id.values())


def _nearest(scheduling, wish):
    """Give what is named to who wants a slot that is taken."""
    with pytest.raises(Conflict) as refused, naming_nearest(scheduling):
        book(scheduling, wish)
    assert refused.value.code == "slot_taken"
    return refused.value.details["nearest"]


def _refused(act, *args, **options):
    with pytest.raises(AppError) as refused:
        act(*args, **options)
    return refused.value.code


def test_a_booking_is_stored_with_its_place_and_its_reminders(scheduling, wish, ada):
    """It says for whom, when, in whose zone, by whom; the day and the contact's list have it."""
    with acting_as("call:call_1"):
        booking = book(scheduling, replace(wish, note="first visit"))
    assert (booking.contact_id, booking.name, booking.number) == (ada, "Ada Lovelace", "+14155553001")
    assert (booking.start, booking.end) == (NINE, NINE + HALF_HOUR)
    assert (booking.zone, booking.call_id, booking.created_by) == (
        "America/New_York",
        "call_1",
        "call:call_1",
    )
    assert (booking.state, booking.sequence, booking.note) == (BookingState.BOOKED, 0, "first visit")
    assert get_booking(scheduling, booking.id) == booking
    assert _taken(scheduling) == [(NINE, EntryKind.BOOKED, booking.id)]
    assert bookings_between(scheduling, ID, DAY, DAY) == [booking]
    assert bookings_of_contact(scheduling, ada, 9, None).items == [booking]
    due = [each.due_at for each in scheduling.reminders.of_booking(booking.id)]
    assert due == [NINE - timedelta(days=1), NINE - timedelta(hours=1)]


def test_a_contact_without_a_zone_is_told_the_calendars_time(scheduling, crm, wish):
    """Unless somebody names a zone."""
    contact = create_contact(crm, NewContact(name="Bob", phone=E164("+14155553002")))
    first = book(scheduling, replace(wish, contact_id=contact.id))
    second = book(scheduling, replace(wish, start=NINE + HALF_HOUR, zone="Asia/Tokyo"))
    assert (first.zone, second.zone) == ("Europe/Berlin", "Asia/Tokyo")


def test_reminders_whose_time_is_over_are_not_planned(scheduling, wish, clock):
    """Whoever books two hours before is reminded an hour before only."""
    clock.instant = NINE - timedelta(hours=2)
    (reminder,) = scheduling.reminders.of_booking(book(scheduling, wish).id)
    assert reminder.number == 1


def test_the_same_call_and_slot_are_one_booking(scheduling, wish, clock):
    """Asked twice, and even when the notice is over since, it is the booking that was made."""
    booking = book(scheduling, wish)
    clock.instant = NINE - timedelta(minutes=5)
    assert book(scheduling, wish) == booking
    assert len(_all(scheduling)) == 1


def test_whoever_asks_twice_at_once_is_not_told_that_it_is_taken(scheduling, wish, monkeypatch):
    """The other request of the same call books between two reads of this one: both get the booking."""
    read, others = scheduling.sheets.get, []

    def read_late(*day):
        monkeypatch.setattr(scheduling.sheets, "get", read)
        others.append(book(scheduling, wish))
        return read(*day)

    monkeypatch.setattr(scheduling.sheets, "get", read_late)
    assert [book(scheduling, wish)] == others


def test_the_same_id_is_one_booking(scheduling, wish):
    """Whoever asks again with its key gets what it made, even cancelled since."""
    keyed = replace(wish, booking_id="booking_1", call_id=None)
    book(scheduling, keyed)
    cancelled = cancel(scheduling, "booking_1")
    assert book(scheduling, keyed) == cancelled


def test_what_was_cancelled_or_moved_in_a_call_can_be_booked_again(scheduling, wish):
    """Each time it is another booking, which takes the place."""
    first = book(scheduling, wish)
    cancel(scheduling, first.id)
    second = book(scheduling, wish)
    move(scheduling, second.id, MoveWish(NINE + HALF_HOUR))
    third = book(scheduling, wish)
    assert len({first.id, second.id, third.id}) == 3
    assert bookings_on(_sheet(scheduling)) == (third.id, second.id)
    assert book(scheduling, wish) == third


def test_a_taken_slot_is_refused_with_the_nearest_free_ones(scheduling, wish):
    """Three of them, in order of time, around what was wanted."""
    ten = NINE + 2 * HALF_HOUR
    book(scheduling, replace(wish, start=ten))
    book(scheduling, replace(wish, start=ten + HALF_HOUR))
    assert _nearest(scheduling, replace(wish, start=ten, call_id="call_2")) == [
        {"start": f"2026-03-09T{start}:00.000Z", "end": f"2026-03-09T{end}:00.000Z"}
        for start, end in (("08:00", "08:30"), ("08:30", "09:00"), ("10:00", "10:30"))
    ]


@pytest.mark.parametrize(
    ("weeks", "starts"), [(4, ["2026-04-13", "2026-04-20", "2026-04-27"]), (7, ["2026-05-04"]), (8, [])]
)
def test_nearest_slots_are_found_up_to_two_months_away(scheduling, wish, weeks, starts):
    """When weeks are closed, they are weeks away; what is farther away, or cannot be booked, is not named."""
    closed = {NINE.date() + timedelta(days=n) for n in range(1, 7 * weeks + 1)}
    changes = {"hours": {0: (Interval(540, 570),)}, "closed": frozenset(closed)}
    change_calendar(scheduling, ID, changes, None)
    book(scheduling, wish)
    other = replace(wish, call_id="call_2")
    assert [each["start"][:10] for each in _nearest(scheduling, other)] == starts
    change_calendar(scheduling, ID, {"horizon_days": 7}, None)
    assert _nearest(scheduling, other) == []


def test_other_slots_are_looked_for_only_where_they_are_told(scheduling, wish):
    """Who does not tell them is refused without reading other days."""
    book(scheduling, wish)
    scheduling.sheets.reads = 0
    assert _refused(book, scheduling, replace(wish, call_id="call_2")) == "slot_taken"
    assert scheduling.sheets.reads == 0


@pytest.mark.parametrize(
    ("start", "code"),
    [
        (datetime(2026, 3, 3, 11, tzinfo=UTC), "booking_in_past"),
        (datetime(2026, 3, 3, 12, 30, tzinfo=UTC), "booking_too_soon"),
        (datetime(2026, 6, 2, 8, tzinfo=UTC), "booking_too_far"),
        (NINE + timedelta(minutes=10), "not_a_slot"),
        (datetime(2026, 3, 8, 8, tzinfo=UTC), "not_a_slot"),
    ],
)
@pytest.mark.parametrize("act", ["book", "hold", "move"])
def test_a_time_that_cannot_be_booked_is_refused(scheduling, wish, start, code, act):
    """The refusal says why, and names the field; nothing is taken."""
    booking = book(scheduling, replace(wish, start=NINE + HALF_HOUR))
    acts = {
        "book": lambda: book(scheduling, replace(wish, start=start)),
        "hold": lambda: hold(scheduling, ID, start, "call_2"),
        "move": lambda: move(scheduling, booking.id, MoveWish(start)),
    }
    with pytest.raises(Invalid) as refused:
        acts[act]()
    assert (refused.value.code, refused.value.errors[0].pointer) == (code, "/start")
    assert _all(scheduling) == [booking]
    assert len(_taken(scheduling)) == 1


def test_the_first_and_the_last_moment_can_be_booked(scheduling, wish, clock):
    """Notice and horizon are both included."""
    clock.instant = NINE - timedelta(minutes=60)
    book(scheduling, wish)
    change_calendar(scheduling, ID, {"horizon_days": 1}, None)
    clock.instant = NINE
    assert book(scheduling, replace(wish, start=NINE + timedelta(days=1)))


def test_who_or_what_is_missing_is_not_booked(scheduling, wish):
    """Neither a calendar, nor a contact, nor a booking that is not there; nor in a closed calendar."""
    assert _refused(book, scheduling, replace(wish, calendar_id="x")) == "calendar_not_found"
    assert _refused(book, scheduling, replace(wish, contact_id="x")) == "contact_not_found"
    assert _refused(cancel, scheduling, "booking_9") == "booking_not_found"
    change_calendar(scheduling, ID, {"is_active": False}, None)
    assert _refused(book, scheduling, wish) == "calendar_closed"
    assert _refused(hold, scheduling, ID, NINE, "call_1") == "calendar_closed"
    assert _all(scheduling) == []


def test_a_group_has_room_for_its_capacity(scheduling, wish):
    """The third of two is refused."""
    change_calendar(scheduling, ID, {"capacity": 2}, None)
    for n in range(2):
        book(scheduling, replace(wish, call_id=f"call_{n}"))
    assert _refused(book, scheduling, replace(wish, call_id="call_3")) == "slot_taken"


def test_another_grid_never_books_into_what_was_booked_before(scheduling, wish):
    """Nor closer to it than both buffers together."""
    book(scheduling, replace(wish, start=NINE + HALF_HOUR))  # 9:30 to 10:00
    change_calendar(scheduling, ID, {"slot_min": 20, "after_min": 15}, None)  # 9:00, 9:35, 10:10, 10:45
    other = replace(wish, call_id="call_2")
    starts = [NINE + timedelta(minutes=minutes) for minutes in (0, 35, 70)]
    codes = [_refused(book, scheduling, replace(other, start=start)) for start in starts]
    assert codes == ["slot_taken"] * 3
    book(scheduling, replace(other, start=NINE + timedelta(minutes=105)))


def test_imported_times_take_all_places(scheduling, wish):
    """Whatever the capacity is, until they are imported anew without them."""
    change_calendar(scheduling, ID, {"capacity": 5, "before_min": 5, "slot_min": 25}, None)
    at = NINE + timedelta(minutes=5)
    busy = Entry(NINE - HALF_HOUR, at - timedelta(minutes=4), EntryKind.BUSY, "feed")
    scheduling.sheets.save(with_busy(Sheet(ID, DAY), "feed", [busy]))
    assert _refused(book, scheduling, replace(wish, start=at)) == "slot_taken"
    scheduling.sheets.save(with_busy(_sheet(scheduling), "feed", []))
    book(scheduling, replace(wish, start=at))


def test_a_held_slot_is_nobody_elses_for_two_minutes(scheduling, wish, clock):
    """The holder books it; anybody else is refused until the time is over."""
    entry = hold(scheduling, ID, NINE, "call_1")
    assert (entry.start, entry.until) == (NINE, clock.now() + timedelta(minutes=2))
    other = replace(wish, call_id="call_2", holder="call_2")
    assert _refused(book, scheduling, other) == "slot_taken"
    assert _refused(hold, scheduling, ID, NINE, "call_2") == "slot_taken"
    clock.advance(seconds=119)
    assert _refused(book, scheduling, other) == "slot_taken"
    clock.advance(seconds=1)
    booking = book(scheduling, other)
    assert _taken(scheduling) == [(NINE, EntryKind.BOOKED, booking.id)]


def test_the_holder_books_what_it_holds(scheduling, wish):
    """Its hold becomes the booking: it takes one place, not two."""
    hold(scheduling, ID, NINE, "call_1")
    booking = book(scheduling, replace(wish, holder="call_1"))
    assert _taken(scheduling) == [(NINE, EntryKind.BOOKED, booking.id)]


def test_a_holder_holds_one_slot_of_a_day(scheduling, wish):
    """Holding another lets go of the first, and so does releasing; again changes nothing."""
    hold(scheduling, ID, NINE, "call_1")
    hold(scheduling, ID, NINE, "call_1")
    hold(scheduling, ID, NINE + HALF_HOUR, "call_1")
    assert _taken(scheduling) == [(NINE + HALF_HOUR, EntryKind.HELD, "call_1")]
    release(scheduling, ID, NINE, "call_2")
    assert len(_taken(scheduling)) == 1
    for _ in range(2):
        release(scheduling, ID, NINE, "call_1")
        assert _taken(scheduling) == []
    book(scheduling, replace(wish, start=NINE + HALF_HOUR, call_id="call_2"))


@pytest.mark.parametrize("days", [0, 1])
def test_a_move_frees_the_old_place_and_takes_the_new(scheduling, wish, days):
    """On the same day or another; the reminders move with it, and it is to be confirmed again."""
    booking = book(scheduling, wish)
    confirm(scheduling, booking.id)
    to = NINE + HALF_HOUR + timedelta(days=days)
    moved = move(scheduling, booking.id, MoveWish(to, reason="a train"))
    assert (moved.start, moved.end, moved.state) == (to, to + HALF_HOUR, BookingState.BOOKED)
    assert (moved.sequence, moved.confirmed_at, moved.version) == (1, None, 3)
    assert [(step.act, step.start, step.reason, step.moved_from) for step in moved.history] == [
        ("confirm", NINE, "", None),
        ("move", to, "a train", NINE),
    ]
    places = [place for day in (DAY, DAY + timedelta(days=1)) for place in _taken(scheduling, day)]
    assert places == [(to, EntryKind.BOOKED, booking.id)]
    reminders = scheduling.reminders.of_booking(booking.id)
    assert [(each.due_at, each.sequence, each.state) for each in reminders] == [
        (to - timedelta(days=1), 1, ReminderState.WAITING),
        (to - timedelta(hours=1), 1, ReminderState.WAITING),
    ]


def test_a_move_to_a_taken_slot_changes_nothing(scheduling, wish):
    """The booking keeps its place; where it is already, it may be moved to as often as one likes."""
    booking = book(scheduling, wish)
    book(scheduling, replace(wish, start=NINE + HALF_HOUR, call_id="call_2"))
    before = _taken(scheduling)
    assert _refused(move, scheduling, booking.id, MoveWish(NINE + HALF_HOUR)) == "slot_taken"
    assert move(scheduling, booking.id, MoveWish(NINE)) == booking
    assert (_taken(scheduling), get_booking(scheduling, booking.id)) == (before, booking)


def test_its_own_place_does_not_stand_in_the_way_of_a_move(scheduling, wish):
    """On another grid it moves by ten minutes, over itself."""
    booking = book(scheduling, wish)
    change_calendar(scheduling, ID, {"hours": {0: (Interval(550, 640),)}}, None)
    moved = move(scheduling, booking.id, MoveWish(NINE + timedelta(minutes=10)))
    assert _taken(scheduling) == [(moved.start, EntryKind.BOOKED, booking.id)]


def test_a_move_goes_to_the_slot_that_was_held(scheduling, wish):
    """By whoever holds it, and by nobody else."""
    booking = book(scheduling, wish)
    to = NINE + HALF_HOUR
    hold(scheduling, ID, to, "call_1")
    assert _refused(move, scheduling, booking.id, MoveWish(to)) == "slot_taken"
    assert move(scheduling, booking.id, MoveWish(to, holder="call_1")).start == to
    assert len(_taken(scheduling)) == 1


def test_a_cancelled_booking_leaves_its_place_and_its_reminders(scheduling, wish, ada):
    """It stays in the contact's list with the reason; again changes nothing."""
    booking = book(scheduling, wish)
    cancelled = cancel(scheduling, booking.id, "ill")
    assert (cancelled.state, cancelled.reason, cancelled.sequence) == (BookingState.CANCELLED, "ill", 1)
    assert _taken(scheduling) == []
    assert scheduling.reminders.of_booking(booking.id) == []
    assert cancel(scheduling, booking.id, "again") == cancelled
    assert bookings_of_contact(scheduling, ada, 9, None).items == [cancelled]
    assert _refused(move, scheduling, booking.id, MoveWish(NINE)) == "booking_state"
    assert _refused(confirm, scheduling, booking.id) == "booking_state"


def test_the_contact_is_bound_to_the_notice_and_the_business_is_not(scheduling, wish, clock):
    """A day before, to the minute, is soon enough."""
    change_calendar(scheduling, ID, {"cancel_notice_min": 1440}, None)
    booking = book(scheduling, wish)
    clock.instant = NINE - timedelta(days=1) + timedelta(milliseconds=1)
    late = MoveWish(NINE + timedelta(days=1), by_contact=True)
    assert _refused(cancel, scheduling, booking.id, by_contact=True) == "notice_too_short"
    assert _refused(move, scheduling, booking.id, late) == "notice_too_short"
    clock.instant = NINE - timedelta(days=1)
    assert move(scheduling, booking.id, late).start == late.start
    clock.instant = late.start
    assert cancel(scheduling, booking.id).state is BookingState.CANCELLED


def test_whoever_read_an_older_version_changes_nothing(scheduling, wish):
    """Its act is refused; with the version of now it is done."""
    booking = book(scheduling, wish)
    confirm(scheduling, booking.id, expected_version=1)
    late = {"expected_version": 1}
    assert _refused(cancel, scheduling, booking.id, **late) == "version_changed"
    assert _refused(move, scheduling, booking.id, MoveWish(NINE + HALF_HOUR, **late)) == "version_changed"
    assert cancel(scheduling, booking.id, expected_version=2).version == 3


def test_confirming_says_when_and_twice_is_once(scheduling, wish, clock):
    """The reminders stay."""
    booking = book(scheduling, wish)
    confirmed = confirm(scheduling, booking.id)
    assert (confirmed.state, confirmed.confirmed_at) == (BookingState.CONFIRMED, clock.now())
    assert confirm(scheduling, booking.id) == confirmed
    assert len(scheduling.reminders.of_booking(booking.id)) == 2


def test_attendance_is_noted_from_the_start_on_and_can_be_put_right(scheduling, wish, clock):
    """Who did not come is a no-show; a cancelled booking has nobody to come."""
    booking = book(scheduling, wish)
    assert _refused(note_attendance, scheduling, booking.id, attended=True) == "booking_not_begun"
    clock.instant = NINE
    assert note_attendance(scheduling, booking.id, attended=False).state is BookingState.NO_SHOW
    assert note_attendance(scheduling, booking.id, attended=True).state is BookingState.ATTENDED
    assert _refused(cancel, scheduling, booking.id) == "booking_state"
    assert _refused(move, scheduling, booking.id, MoveWish(NINE + timedelta(days=1))) == "booking_state"


def test_a_calendar_keeps_its_zone_and_its_bookings(scheduling, wish):
    """It is not deleted while it takes bookings or has some ahead; its zone is for good."""
    booking = book(scheduling, wish)
    assert _refused(change_calendar, scheduling, ID, {"zone": "UTC"}, None) == "calendar_zone_fixed"
    assert _refused(change_calendar, scheduling, ID, {"slot_min": 1}, None) == "calendar_invalid"
    assert _refused(change_calendar, scheduling, ID, {"name": "X"}, 7) == "version_changed"
    assert change_calendar(scheduling, ID, {"name": "Dr. Weber"}, 1).version == 1
    assert _refused(delete_calendar, scheduling, ID, None) == "calendar_active"
    change_calendar(scheduling, ID, {"is_active": False}, 1)
    assert _refused(delete_calendar, scheduling, ID, None) == "calendar_in_use"
    cancel(scheduling, booking.id)
    assert _refused(delete_calendar, scheduling, ID, 1) == "version_changed"
    delete_calendar(scheduling, ID, 2)
    with pytest.raises(NotFound):
        delete_calendar(scheduling, ID, None)


def test_a_forgotten_contact_leaves_no_booking_and_no_place_ahead(scheduling, wish, ada, clock):
    """However many there are, and even when a calendar is gone; those of others stay."""
    made = [book(scheduling, replace(wish, start=NINE + n * HALF_HOUR)) for n in range(3)]
    cancel(scheduling, made[0].id)
    clock.instant = NINE + timedelta(days=1)
    later = book(scheduling, replace(wish, start=NINE + timedelta(days=2)))
    change_calendar(scheduling, ID, {"is_active": False}, None)
    forget_bookings(scheduling, ada)
    assert _all(scheduling) == []
    assert _taken(scheduling, later.start.date()) == []
    assert scheduling.reminders.by_key == {}
    change_calendar(scheduling, ID, {"is_active": True}, None)
    book(scheduling, replace(wish, start=NINE + timedelta(days=2)))
    scheduling.calendars.by_id.clear()
    forget_bookings(scheduling, ada)
    assert _all(scheduling) == []


def test_a_day_on_which_others_are_always_faster_is_given_up(scheduling, wish, monkeypatch):
    """After thirty tries, with less than ten seconds of waiting; nothing is left half done."""
    began = scheduling.clock.now()
    monkeypatch.setattr(scheduling.bookings, "write", lambda _write: False)
    with pytest.raises(Unavailable) as given_up:
        book(scheduling, wish)
    assert (given_up.value.code, given_up.value.retryable) == ("calendar_busy", True)
    assert timedelta(seconds=1) < scheduling.clock.now() - began < timedelta(seconds=10)


_BOOKS = ("calendars", "sheets", "bookings", "reminders")
_ACTS = {
    "book": lambda scheduling, wish, _: book(
        scheduling, replace(wish, call_id="call_2", start=NINE + HALF_HOUR)
    ),
    "move": lambda scheduling, _, made: move(scheduling, made.id, MoveWish(NINE + timedelta(days=1))),
    "shift": lambda scheduling, _, made: move(scheduling, made.id, MoveWish(NINE + HALF_HOUR)),
    "cancel": lambda scheduling, _, made: cancel(scheduling, made.id, "ill"),
    "confirm": lambda scheduling, _, made: confirm(scheduling, made.id),
    "hold": lambda scheduling, _, __: hold(scheduling, ID, NINE + HALF_HOUR, "call_1"),
}


def _whole(scheduling):
    """Tell whether days, bookings and reminders say the same."""
    entries = [entry for sheet in scheduling.sheets.by_day.values() for entry in sheet.entries]
    taken = sorted((each.holder, each.start) for each in entries if each.kind is EntryKind.BOOKED)
    standing = [each for each in _all(scheduling) if each.takes_place]
    reminders = {(each.booking_id, each.sequence) for each in scheduling.reminders.by_key.values()}
    assert taken == sorted((each.id, each.start) for each in standing)
    assert reminders == {(each.id, each.sequence) for each in standing}


@pytest.mark.parametrize("length", range(1, 16))
@pytest.mark.parametrize("act", _ACTS)
def test_whoever_dies_at_any_step_leaves_all_or_nothing(scheduling, wish, act, length):
    """Days, bookings and reminders agree, and doing it again comes to what doing it once does."""
    made, books = book(scheduling, wish), {name: getattr(scheduling, name) for name in _BOOKS}
    fuse = Fuse(length)
    for name, port in books.items():
        setattr(scheduling, name, Perilous(port, fuse))
    try:
        _ACTS[act](scheduling, wish, made)
    except Killed:
        pass
    else:
        assert fuse.burnt < length
    for name, port in books.items():
        setattr(scheduling, name, port)
    _whole(scheduling)
    result = _ACTS[act](scheduling, wish, made)
    _whole(scheduling)
    assert _ACTS[act](scheduling, wish, made) == result
    assert len(_all(scheduling)) == (2 if act == "book" else 1)
