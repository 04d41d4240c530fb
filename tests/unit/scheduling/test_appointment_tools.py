"""Appointments by voice: what the model is told, for the person on the call, and what then is written."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from fakes.appointment_talk import Talk
from fakes.appointments import a_calendar
from fakes.calls import FakeVoice, connected

from chalicelib.ai.domain.claims import borne_out
from chalicelib.ai.domain.conversation import CallerPressed, MenuAction, MenuKey
from chalicelib.calls.domain.calls import CallEvent, Direction
from chalicelib.calls.domain.turns import TurnEnd
from chalicelib.calls.services.turns import TurnRequest, take_turn
from chalicelib.crm.domain.contacts import NewContact
from chalicelib.crm.services.contacts import create_contact
from chalicelib.crm.services.merging import merge_contact
from chalicelib.kernel.actors import acting_as
from chalicelib.kernel.phones import E164
from chalicelib.scheduling.domain.bookings import BookingState
from chalicelib.scheduling.domain.calendars import Interval
from chalicelib.scheduling.domain.local_times import instant_of
from chalicelib.scheduling.domain.sheets import EntryKind
from chalicelib.scheduling.services.booking import BookingWish, book, cancel
from chalicelib.scheduling.services.booking_lists import bookings_of_contact
from chalicelib.scheduling.services.calendars import change_calendar, create_calendar
from chalicelib.scheduling.tools import scheduling_tools
from chalicelib.scheduling.tools.times import local_text

ZONE = "America/Los_Angeles"
TEN = datetime(2026, 3, 4, 18, tzinfo=UTC)  # Wednesday at ten in Los Angeles; now it is Tuesday, four o'clock
DAY = (Interval(9 * 60, 12 * 60), Interval(13 * 60, 18 * 60))
CALENDAR = a_calendar(zone=ZONE, hours=dict.fromkeys(range(5), DAY), services=frozenset({"Check-up"}))


@pytest.fixture
def scheduling(calls):
    """Give the ports with a calendar in the contact's own zone."""
    create_calendar(calls.scheduling, CALENDAR)
    return calls.scheduling


@pytest.fixture
def talk(scheduling):
    """Begin a conversation."""
    return Talk(scheduling)


def _only(scheduling):
    (booking,) = scheduling.bookings.by_id.values()
    return booking


def _booked(talk, start=TEN, **wish):
    with acting_as("token:1"):
        return book(talk.scheduling, BookingWish("calendar_1", talk.context.contact_id, start, **wish))


def test_three_times_at_most_are_offered_in_words(talk):
    """Of different days and parts of the day, as they are said, each with what the model gives back."""
    run = talk.use("check_availability")
    assert run.result == (
        "Free: today at nine o'clock, today at one o'clock, or today at five o'clock. "
        "(start: 2026-03-03T09:00, 2026-03-03T13:00, 2026-03-03T17:00)"
    )


@pytest.mark.parametrize(
    ("arguments", "starts"),
    [
        (
            {"day": "tomorrow", "part": "afternoon"},
            ["2026-03-04T13:00", "2026-03-04T13:30", "2026-03-04T14:00"],
        ),
        ({"day": "2026-03-05", "part": "evening"}, ["2026-03-05T17:00", "2026-03-05T17:30"]),
        (
            {"day": "2026-01-05", "until": "thursday", "part": "evening"},
            [f"2026-03-0{day}T17:00" for day in (3, 4, 5)],
        ),
        ({"day": "friday"}, ["2026-03-06T09:00", "2026-03-06T13:00", "2026-03-06T17:00"]),
        (
            {"day": "next week", "part": "morning"},
            ["2026-03-09T09:00", "2026-03-10T09:00", "2026-03-11T09:00"],
        ),
        ({"service": "check-up", "day": "thursday", "until": "friday", "part": "morning"}, None),
    ],
)
def test_days_are_understood_from_the_persons_today(talk, arguments, starts):
    """Relative words mean days in the person's own zone, whatever day it is for the server."""
    run = talk.use("check_availability", **arguments)
    assert run.result.startswith("Free: ")
    expected = starts or ["2026-03-05T09:00", "2026-03-05T09:30", "2026-03-06T09:00"]
    assert run.result.endswith(f"(start: {', '.join(expected)})")


def test_today_is_the_persons_day(scheduling):
    """Late in the evening in Los Angeles it is tomorrow by the server's clock."""
    scheduling.clock.advance(hours=18)  # 22 o'clock in Los Angeles, 06:00 UTC on Wednesday
    talk = Talk(scheduling, now=scheduling.clock.now())
    assert "start: 2026-03-04T09:00" in talk.use("check_availability", day="tomorrow").result


def test_when_nothing_fits_the_next_times_are_named(talk):
    """A weekend without hours leads to Monday; nothing is made up."""
    run = talk.use("check_availability", day="saturday")
    assert run.result.startswith("Nothing is free then. The next that are free: Monday at nine")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"day": "the day after the fair"}, "is no day that is understood"),
        ({"day": "2026-03-01"}, "That day is over"),
        ({"day": "0001-01-01"}, "That day is over"),
        ({"day": "2028-03-25"}, "That day is too far ahead"),
        ({"day": "9999-12-20"}, "That day is too far ahead"),
        ({"day": "9999-12-31", "until": "9999-12-31"}, "That day is too far ahead"),
        ({"service": "Surgery"}, "There is no such service. There are: Check-up."),
        ({"contact_id": "contact_2"}, "arguments were refused"),
    ],
)
def test_what_makes_no_sense_is_told(talk, arguments, words):
    """The model can put it right, or ask."""
    run = talk.use("check_availability", **arguments)
    assert not run.done
    assert words in run.result


@pytest.mark.parametrize(
    ("start", "words"),
    [
        ("0001-01-01T00:00+05:00", "That time is over"),
        ("2028-03-25T10:00", "Book at most 90 days before"),
        ("9999-12-28T10:00", "Book at most 90 days before"),
        ("9999-12-31T23:00", "Book at most 90 days before"),
        ("9999-12-31T23:00-05:00", "Book at most 90 days before"),
    ],
)
def test_no_date_ends_the_conversation(talk, scheduling, start, words):
    """As far as the calendar goes, in any zone: what cannot be booked is refused in words."""
    assert words in talk.use("book_appointment", start=start).result
    _booked(talk)
    assert words in talk.use("move_appointment", start=start).result
    assert "They have no appointment then" in talk.use("cancel_appointment", which=start).result
    assert _only(scheduling).start == TEN


def test_free_days_may_be_asked_for_until_the_end_of_time(talk):
    """A month of them is looked at."""
    assert talk.use("check_availability", day="tomorrow", until="9999-12-31").result.startswith("Free: ")


def test_an_unknown_zone_is_the_business_own(scheduling):
    """Who is nowhere is told the times of the place they come to."""
    talk = Talk(scheduling, time_zone="UTC")
    assert "start: 2026-03-04T09:00" in talk.use("check_availability", day="tomorrow").result


def test_a_far_person_hears_their_own_time(scheduling):
    """Nine in Los Angeles is noon in New York, and the model knows that the business is elsewhere."""
    run = Talk(scheduling, time_zone="America/New_York").use("check_availability", day="tomorrow")
    assert "start: 2026-03-04T12:00" in run.result
    assert "the business is in America/Los_Angeles" in run.result


def test_a_booking_is_read_back_and_held_before_it_is_made(talk, scheduling):
    """The caller is asked in spoken words while nobody else can take the time; a yes books it."""
    asked = talk.use("book_appointment", start="2026-03-04T10:00")
    assert asked.held
    assert "Shall I book tomorrow at ten o'clock for you?" in asked.result
    (entry,) = scheduling.sheets.get("calendar_1", TEN.date()).entries
    assert (entry.kind, entry.holder, scheduling.bookings.by_id) == (EntryKind.HELD, "call_1", {})
    done = talk.use("book_appointment", [asked], start="2026-03-04T10:00")
    assert (done.done, done.result) == (True, "Booked: tomorrow at ten o'clock.")
    booking = _only(scheduling)
    assert (booking.start, booking.call_id, booking.zone) == (TEN, "call_1", ZONE)
    assert (booking.contact_id, booking.created_by) == (talk.context.contact_id, "call:call_1")
    (entry,) = scheduling.sheets.get("calendar_1", TEN.date()).entries
    assert entry.kind is EntryKind.BOOKED


def test_without_a_yes_nothing_is_booked(talk, scheduling):
    """However often the model asks for it."""
    for _ in range(3):
        assert talk.use("book_appointment", start="2026-03-04T10:00").held
    assert not scheduling.bookings.by_id


def test_booking_the_same_again_is_the_same_appointment(talk, scheduling):
    """A turn that is taken up again, or a caller who says it twice, books once."""
    for _ in range(2):
        assert talk.agreed("book_appointment", start="2026-03-04T10:00").done
    assert len(scheduling.bookings.by_id) == 1


def test_what_was_cancelled_can_be_booked_again_and_is(talk, scheduling):
    """Nobody hears "booked" of what was booked earlier in the call and cancelled since."""
    talk.agreed("book_appointment", start="2026-03-04T10:00")
    assert talk.agreed("cancel_appointment").done
    assert talk.agreed("book_appointment", start="2026-03-04T10:00").done
    states = sorted(each.state for each in scheduling.bookings.by_id.values())
    assert states == [BookingState.BOOKED, BookingState.CANCELLED]


def test_a_taken_time_is_refused_with_others(talk, scheduling, crm):
    """Before the caller is asked, with the nearest that are free."""
    other = create_contact(crm, NewContact("Bo", E164("+14155553009"))).id
    book(scheduling, BookingWish("calendar_1", other, TEN))
    run = talk.use("book_appointment", start="2026-03-04T10:00")
    assert not run.done
    assert not run.held
    assert "That time is taken" in run.result
    assert "(start: 2026-03-04T09:00, 2026-03-04T09:30, 2026-03-04T10:30)" in run.result


def test_a_time_taken_while_the_caller_thought_is_not_booked(talk, scheduling, crm):
    """The hold ends after two minutes; then whoever was faster has it, and nobody hears of a booking."""
    asked = talk.use("book_appointment", start="2026-03-04T10:00")
    scheduling.clock.advance(minutes=3)
    other = create_contact(crm, NewContact("Bo", E164("+14155553009"))).id
    book(scheduling, BookingWish("calendar_1", other, TEN))
    run = talk.use("book_appointment", [asked], start="2026-03-04T10:00")
    assert (run.done, _only(scheduling).contact_id) == (False, other)


def test_another_calendar_of_the_service_takes_what_the_first_cannot(talk, scheduling, crm):
    """Two dentists: the second has the time that the first has given away."""
    create_calendar(scheduling, replace(CALENDAR, id="calendar_2", name="Dr. Zimmer"))
    other = create_contact(crm, NewContact("Bo", E164("+14155553009"))).id
    book(scheduling, BookingWish("calendar_1", other, TEN))
    assert talk.agreed("book_appointment", start="2026-03-04T10:00", service="check-up").done
    assert {each.calendar_id for each in scheduling.bookings.by_id.values()} == {"calendar_1", "calendar_2"}


def test_what_is_booked_for_one_service_is_not_booked_for_another(talk, scheduling):
    """At the same time: a second service is a second appointment, and "booked" is said of what there is."""
    create_calendar(scheduling, replace(CALENDAR, id="calendar_2", services=frozenset({"Cleaning"})))
    for service in ("check-up", "cleaning", "cleaning"):
        assert talk.agreed("book_appointment", start="2026-03-04T10:00", service=service).done
    booked = sorted(each.calendar_id for each in scheduling.bookings.by_id.values())
    assert booked == ["calendar_1", "calendar_2"]


def test_a_refusal_costs_one_look_at_each_calendar(talk, scheduling, crm):
    """What is free around is looked for once, when no calendar has the time, not for each of them."""
    create_calendar(scheduling, replace(CALENDAR, id="calendar_2", name="Dr. Zimmer"))
    other = create_contact(crm, NewContact("Bo", E164("+14155553009"))).id
    for calendar_id in ("calendar_1", "calendar_2"):
        book(scheduling, BookingWish(calendar_id, other, TEN))
    scheduling.sheets.reads = 0
    assert "That time is taken" in talk.use("book_appointment", start="2026-03-04T10:00").result
    assert scheduling.sheets.reads == 2


def test_calendars_are_read_once_to_find_a_time(talk, scheduling, monkeypatch):
    """They come as a list, and none of them is asked for again."""
    monkeypatch.setattr(scheduling.calendars, "get", lambda _id: pytest.fail("read again"))
    assert talk.use("check_availability").done


def test_an_appointment_is_moved_when_the_caller_agrees(talk, scheduling):
    """Both times are read back; again changes nothing."""
    _booked(talk)
    asked = talk.use("move_appointment", start="2026-03-05T14:30")
    said = "Shall I move your appointment from tomorrow at ten o'clock to Thursday at half past two"
    assert said in asked.result
    for _ in range(2):
        done = talk.use("move_appointment", [asked], start="2026-03-05T14:30")
        assert done.done
        assert done.result.startswith("Moved to Thursday at half past two")
    booking = _only(scheduling)
    assert (booking.start, booking.sequence) == (TEN + timedelta(days=1, hours=4, minutes=30), 1)


def test_two_appointments_are_moved_to_one_time(talk, scheduling):
    """Where there is room for both: what is said to be moved is moved, and again each stays where it is."""
    change_calendar(scheduling, "calendar_1", {"capacity": 2}, None)
    _booked(talk)
    _booked(talk, TEN + timedelta(hours=1))
    for which in ("2026-03-04T10:00", "2026-03-04T11:00"):
        wanted = {"which": which, "start": "2026-03-05T14:30"}
        asked = talk.use("move_appointment", **wanted)
        for _ in range(2):
            done = talk.use("move_appointment", [asked], **wanted)
            assert done.result == "Moved to Thursday at half past two."
    moved = [(each.start, each.sequence) for each in scheduling.bookings.by_id.values()]
    assert moved == [(TEN + timedelta(days=1, hours=4, minutes=30), 1)] * 2


def test_cancelling_is_read_back_and_keeps_the_reason(talk, scheduling):
    """Taken up again after the death of its worker, it is still cancelled."""
    _booked(talk)
    asked = talk.use("cancel_appointment", reason="ill")
    assert "Shall I cancel your appointment tomorrow at ten o'clock?" in asked.result
    for _ in range(2):
        assert talk.use("cancel_appointment", [asked], reason="ill").done
    assert (_only(scheduling).state, _only(scheduling).reason) == (BookingState.CANCELLED, "ill")


@pytest.mark.parametrize("name", ["cancel_appointment", "move_appointment"])
def test_too_late_is_said_before_the_caller_is_asked(calls, name):
    """The calendar's notice binds the contact, in calls as well."""
    create_calendar(calls.scheduling, replace(CALENDAR, cancel_notice_min=3 * 1440))
    talk = Talk(calls.scheduling)
    _booked(talk)
    arguments = {"start": "2026-03-05T14:30"} if name == "move_appointment" else {}
    run = talk.use(name, **arguments)
    assert (run.done, run.held) == (False, False)
    assert "too late" in run.result


def test_of_several_appointments_the_caller_is_asked_which(talk, scheduling):
    """Nothing is cancelled by guess; with its start it is clear."""
    _booked(talk)
    _booked(talk, TEN + timedelta(days=1))
    run = talk.use("cancel_appointment")
    assert "several, ask which one: tomorrow at ten o'clock, or Thursday at ten o'clock" in run.result
    assert talk.agreed("cancel_appointment", which="2026-03-05T10:00").done
    states = {each.start: each.state for each in scheduling.bookings.by_id.values()}
    assert states == {TEN: BookingState.BOOKED, TEN + timedelta(days=1): BookingState.CANCELLED}


def test_the_next_appointment_is_confirmed(talk, scheduling):
    """At once, for it takes nothing from anybody."""
    _booked(talk)
    _booked(talk, TEN + timedelta(days=1))
    run = talk.use("confirm_appointment")
    assert (run.done, run.result) == (True, "They come: tomorrow at ten o'clock.")
    states = {each.start: each.state for each in scheduling.bookings.by_id.values()}
    assert states == {TEN: BookingState.CONFIRMED, TEN + timedelta(days=1): BookingState.BOOKED}


def test_a_reminder_call_is_about_its_own_appointment(talk, scheduling):
    """Also where there is an earlier one."""
    _booked(talk)
    later = _booked(talk, TEN + timedelta(days=1))
    shelf = scheduling.calls.shelf.calls
    shelf["call_1"] = replace(shelf["call_1"], requested_by=f"reminder:{later.id}")
    first, second = talk.use("my_appointments").result.split("; ")
    assert ("this call reminds of it" in first, "this call reminds of it" in second) == (False, True)
    assert talk.use("confirm_appointment").done
    assert scheduling.bookings.get(later.id).state is BookingState.CONFIRMED


@pytest.mark.parametrize("became", ["cancelled", "over"])
def test_no_other_appointment_is_confirmed_than_that_of_the_reminder(talk, scheduling, became):
    """Cancelled by the office while the call rang, or over: the model is told so, and what there is ahead."""
    reminded, other = _booked(talk), _booked(talk, TEN + timedelta(days=1))
    shelf = scheduling.calls.shelf.calls
    shelf["call_1"] = replace(shelf["call_1"], requested_by=f"reminder:{reminded.id}")
    if became == "cancelled":
        cancel(scheduling, reminded.id)
    else:
        scheduling.clock.advance(hours=32)  # noon there on the next day
    run = talk.use("confirm_appointment")
    assert not run.done
    assert f"The appointment of this reminder is {became}." in run.result
    assert "They have: Thursday at ten o'clock (which: 2026-03-05T10:00)." in run.result
    assert scheduling.bookings.get(other.id).state is BookingState.BOOKED
    assert talk.use("confirm_appointment", which="2026-03-05T10:00").done


def test_the_appointments_ahead_are_told(talk, scheduling):
    """Not those of others, nor what was cancelled; without any it is no success that could be spoken of."""
    assert talk.use("my_appointments").result == "That was not possible: They have no appointment ahead."
    cancelled = _booked(talk, TEN + timedelta(days=2))
    cancel(scheduling, cancelled.id)
    _booked(talk)
    run = talk.use("my_appointments")
    assert run.result == "They have: tomorrow at ten o'clock (which: 2026-03-04T10:00)."


def test_only_what_may_lie_ahead_is_read(talk, scheduling, monkeypatch):
    """Not what began more than a day ago; what has begun and is not over, however long it is, is ahead."""
    change_calendar(scheduling, "calendar_1", {"slot_min": 1440, "hours": {2: (Interval(0, 1440),)}}, None)
    over = _booked(talk, datetime(2026, 3, 4, 8, tzinfo=UTC))
    going_on = _booked(talk, datetime(2026, 3, 11, 7, tzinfo=UTC))
    scheduling.clock.advance(days=8, hours=18, minutes=59)
    read, of_contact = [], scheduling.bookings.of_contact

    def reading(*asked):
        page = of_contact(*asked)
        read.extend(page.items)
        return page

    monkeypatch.setattr(scheduling.bookings, "of_contact", reading)
    assert "2026-03-11T00:00" in talk.use("my_appointments").result
    assert (going_on in read, over in read) == (True, False)


def test_only_what_was_done_may_be_said(scheduling):
    """Looking for times bears nothing out; booking bears out that it is booked, cancelling that it is not."""
    backs = {tool.name: borne_out(tool.backs) for tool in scheduling_tools(scheduling)}
    assert not backs["check_availability"]
    assert {"booked", "expected"} <= backs["book_appointment"]
    assert {"changed", "expected"} <= backs["move_appointment"]
    assert {"booked", "expected"} & backs["cancel_appointment"] == set()
    assert "booked" not in backs["confirm_appointment"]
    assert backs["my_appointments"] == {"stands", "expected"}


def test_the_words_are_of_the_conversations_language(scheduling):
    """A German call is offered German times."""
    run = Talk(scheduling, language="de-DE").use("check_availability", day="morgen")
    assert run.result.startswith("Free: morgen um 9 Uhr")


def test_without_a_calendar_nothing_is_offered(calls):
    """The model is told to take a note instead."""
    assert "offer to take a note" in Talk(calls.scheduling).use("check_availability").result


@pytest.mark.parametrize("key", ["1", "2"])
def test_keys_of_a_reminder_call_confirm_or_go_on_by_conversation(scheduling, key):
    """1 confirms the appointment of the reminder, asks no model and ends the call; 2 is put to the model."""
    menu = (MenuKey("1", MenuAction.CONFIRM), MenuKey("2", MenuAction.ASK, "I would like to move it."))
    calls = scheduling.calls
    call = connected(calls, menu=menu, tools=("confirm_appointment", "move_appointment"))
    with acting_as("token:1"):
        first, second = (
            book(scheduling, BookingWish("calendar_1", call.contact_id, TEN + timedelta(days=days)))
            for days in (0, 1)
        )
    calls.shelf.calls[call.id] = replace(calls.call(), requested_by=f"reminder:{second.id}")
    request = TurnRequest(call.id, CallerPressed(key), calls.clock.now(), 20.0, 1)
    turn = take_turn(calls, request, lambda _: FakeVoice())
    states = [scheduling.bookings.get(each.id).state for each in (first, second)]
    if key == "1":
        assert (turn.end, turn.reason, calls.ai.model.requests) == (TurnEnd.HANG_UP, "confirmed", [])
        assert states == [BookingState.BOOKED, BookingState.CONFIRMED]
        assert scheduling.bookings.get(second.id).history[-1].by == "call:call_1"
    else:
        assert (turn.end, len(calls.ai.model.requests)) == (TurnEnd.LISTEN, 1)
        assert states == [BookingState.BOOKED, BookingState.BOOKED]


@pytest.fixture
def somebody(scheduling):
    """Talk with who called from a number that nobody vouches for."""
    talk = Talk(scheduling)
    shelf = scheduling.calls.shelf.calls
    shelf["call_1"] = replace(shelf["call_1"], direction=Direction.INBOUND)
    return talk


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("my_appointments", {}),
        ("cancel_appointment", {}),
        ("cancel_appointment", {"which": "2026-03-04T10:00"}),
        ("move_appointment", {"start": "2026-03-05T14:30"}),
        ("confirm_appointment", {}),
    ],
)
def test_who_may_have_made_the_number_up_learns_and_changes_nothing(somebody, scheduling, name, arguments):
    """Anybody can show the number of somebody else; with or without an appointment the answer is the same."""
    without = somebody.use(name, **arguments).result
    before = _booked(somebody)
    run = somebody.use(name, **arguments)
    assert (run.done, run.held, run.result) == (False, False, without)
    assert "does not vouch" in run.result
    assert _only(scheduling) == before


def test_who_may_have_made_the_number_up_books_and_changes_that(somebody, scheduling):
    """What was made in the same call is theirs; the time of another one is not told by a second booking."""
    before = _booked(somebody, TEN + timedelta(days=1))
    assert somebody.agreed("book_appointment", start="2026-03-04T10:00").done
    assert somebody.use("my_appointments").result == (
        "They have: tomorrow at ten o'clock (which: 2026-03-04T10:00)."
    )
    assert "is taken" in somebody.use("book_appointment", start="2026-03-05T10:00").result
    assert somebody.agreed("cancel_appointment").done
    states = {each.start: each.state for each in scheduling.bookings.by_id.values()}
    assert states == {TEN: BookingState.CANCELLED, before.start: BookingState.BOOKED}


@pytest.mark.parametrize("who", ["somebody", "talk"])
def test_a_text_is_announced_only_where_one_is_sent(request, calls, who):
    """Nobody writes to a number that may be made up."""
    create_calendar(calls.scheduling, replace(CALENDAR, id="calendar_0", confirm_by_sms=True, name="A"))
    run = request.getfixturevalue(who).agreed("book_appointment", start="2026-03-04T10:00")
    assert run.done
    assert ("text message" in run.result) == (who == "talk")


def test_who_is_vouched_for_changes_appointments(somebody, scheduling):
    """The network, or what we know of them, says that the number is theirs."""
    shelf = scheduling.calls.shelf.calls
    event = CallEvent("2026-03-03T12:00:00.000Z", "caller_verified", "caller_verified", "attested")
    shelf["call_1"] = replace(shelf["call_1"], events=(event,))
    _booked(somebody)
    assert somebody.agreed("cancel_appointment").done


def test_one_yes_cancels_one_appointment(talk, scheduling):
    """In a call that reminds of one of two, used twice for one yes, the other one stands."""
    reminded, other = _booked(talk), _booked(talk, TEN + timedelta(days=1))
    shelf = scheduling.calls.shelf.calls
    shelf["call_1"] = replace(shelf["call_1"], requested_by=f"reminder:{reminded.id}")
    asked = talk.use("cancel_appointment")
    said = {talk.use("cancel_appointment", [asked]).result for _ in range(2)}
    assert said == {"Cancelled: the appointment tomorrow at ten o'clock."}
    assert "cancelled already" in talk.use("cancel_appointment").result
    assert scheduling.bookings.get(other.id).state is BookingState.BOOKED
    assert talk.agreed("cancel_appointment", which="2026-03-05T10:00").done


def test_appointments_of_a_merged_contact_are_the_persons_own(talk, scheduling, crm):
    """They are told, listed page by page, and confirmed by text."""
    loser = create_contact(crm, NewContact(name="Ada L.", phone=E164("+14155552672")))
    late, early = TEN + timedelta(days=1), TEN + timedelta(days=2)
    with acting_as("token:1"):
        for start in (late, early):
            book(scheduling, BookingWish("calendar_1", loser.id, start))
    _booked(talk)
    winner = merge_contact(crm, talk.context.contact_id, loser.id)
    assert "Friday at ten o'clock" in talk.use("my_appointments").result
    found, start = [], None
    while True:
        page = bookings_of_contact(scheduling, winner.id, 1, start)
        found += [each.start for each in page.items]
        start = page.next_start
        if start is None:
            break
    assert found == [early, late, TEN]


def test_a_time_that_comes_twice_is_given_back_as_it_was_meant():
    """Each of the two hours when the clock is set back, as any other time, is the same instant again."""
    first = datetime(2026, 11, 1, 8, 30, tzinfo=UTC)  # half past one in Los Angeles, and an hour later again
    for hours in (-1, 0, 1, 2):
        moment = first + timedelta(hours=hours)
        assert instant_of(datetime.fromisoformat(local_text(moment, ZONE)), ZONE) == moment
