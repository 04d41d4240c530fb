"""Texts and calls about appointments: each once, at its time, whoever dies on the way."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from fakes.appointments import FakeAlarms, a_calendar
from fakes.calls import LINE, NUMBER, a_call, a_template
from fakes.carrier import Fuse, Killed, Perilous

from chalicelib.ai.domain.conversation import MenuAction, MenuKey
from chalicelib.calls.domain.calls import CallEvent, Direction, Report
from chalicelib.calls.domain.holds import NumberHold
from chalicelib.calls.domain.messages import MessageState, fail_message
from chalicelib.calls.domain.outcomes import Outcome
from chalicelib.calls.domain.states import CallState
from chalicelib.calls.services.answering import answer_call
from chalicelib.calls.services.briefing import Occasion, fill_texts, nobody
from chalicelib.calls.services.dialing import attend
from chalicelib.calls.services.holding import hold_number, release_hold
from chalicelib.calls.services.messages import MessageWish, request_message
from chalicelib.calls.services.requests import CallWish, request_call
from chalicelib.calls.services.suppression import stop_calling
from chalicelib.kernel.errors import Unavailable
from chalicelib.kernel.ids import derived_id
from chalicelib.scheduling.domain.bookings import NEWS, BookingState, ReminderState
from chalicelib.scheduling.domain.calendars import Channel, Reminder
from chalicelib.scheduling.services import replies
from chalicelib.scheduling.services.booking import BookingWish, MoveWish, book, cancel, confirm, move
from chalicelib.scheduling.services.calendars import change_calendar, create_calendar
from chalicelib.scheduling.services.forgetting import forget_bookings
from chalicelib.scheduling.services.reminding import arrange, remind
from chalicelib.scheduling.services.replies import (
    asks_to_move,
    confirm_by_text,
    confirms,
    tell_how_to_move,
)
from chalicelib.scheduling.services.sweeping import sweep_due_reminders
from chalicelib.system.domain.settings import Hours, KillSwitch
from chalicelib.system.services.settings import change_settings

START = datetime(2026, 3, 9, 8, tzinfo=UTC)  # nine o'clock in Berlin; now it is Tuesday the 3rd, noon
LATER = START + timedelta(days=1)
VERIFIED = CallEvent("2026-03-03T12:00:00.000Z", "caller_verified", "caller_verified", "attested")
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
CALENDAR = a_calendar(
    reminders=(Reminder(1440), Reminder(60, Channel.CALL, "template_call")),
    confirm_by_sms=True,
    location="Hauptstraße 1",
)


@pytest.fixture
def scheduling(calls):
    """Give the ports with a calendar that texts a day before, calls an hour before, and confirms by text."""
    calls.templates.add(a_template(id="template_call"))
    create_calendar(calls.scheduling, CALENDAR)
    return calls.scheduling


@pytest.fixture
def contact(scheduling):
    """Give the contact."""
    return scheduling.calls.crm.contacts.find_by_phone(NUMBER)


@pytest.fixture
def booking(scheduling, contact):
    """Book."""
    return book(scheduling, BookingWish("calendar_1", contact.id, START, call_id="call_1"))


def _texts(scheduling):
    return [each.body for each in scheduling.calls.messages.by_place.values()]


def _calls(scheduling):
    return list(scheduling.calls.shelf.calls.values())


def _states(scheduling, booking):
    return {each.number: each.state for each in scheduling.reminders.of_booking(booking.id)}


def _go_to(scheduling, instant):
    scheduling.clock.advance(seconds=(instant - scheduling.clock.now()).total_seconds())


def _work(scheduling):
    """Do what the queue holds, as often as it brings more."""
    while scheduling.ticks.arranged or scheduling.ticks.reminded:
        for booking_id in _taken(scheduling.ticks.arranged):
            arrange(scheduling, booking_id)
        for booking_id, number, _ in _taken(scheduling.ticks.reminded):
            remind(scheduling, booking_id, number)


def _taken(messages):
    taken = list(messages)
    messages.clear()
    return taken


def test_a_booking_is_confirmed_by_text_at_once(scheduling, booking):
    """With the time on the contact's own clock, the place, how to confirm, and the link to its file."""
    _work(scheduling)
    (text,) = _texts(scheduling)
    assert text.startswith(
        "Dr. Weber: your appointment is booked for Monday, March 9, at 1:00 AM. Hauptstraße 1. "
        "Reply 1 to confirm. For your calendar: "
        f"https://api.example/api/v1/scheduling/bookings/{booking.id}/invitation?signature="
    )
    assert _states(scheduling, booking)[NEWS] is ReminderState.SENT


def test_reminders_have_schedules_of_their_own(scheduling, booking):
    """One for each, at its time; the text that is due now needs none."""
    _work(scheduling)
    due = {number: each.due_at for (_, number), each in scheduling.alarms.by_key.items()}
    assert due == {0: START - DAY, 1: START - HOUR}


def test_a_calendar_may_confirm_nothing(calls, scheduling, contact):
    """Then nothing is written, at once or later."""
    create_calendar(scheduling, replace(CALENDAR, id="calendar_2", confirm_by_sms=False, reminders=()))
    book(scheduling, BookingWish("calendar_2", contact.id, START))
    _work(scheduling)
    assert _texts(scheduling) == []


def test_a_reminder_is_sent_when_its_schedule_goes_off(scheduling, booking):
    """Once, however often it goes off."""
    _work(scheduling)
    _go_to(scheduling, START - DAY)
    for _ in range(3):
        remind(scheduling, booking.id, 0)
    (text,) = _texts(scheduling)[1:]
    told = "Dr. Weber: a reminder of your appointment on Monday, March 9, at 1:00 AM. Hauptstraße 1."
    assert text == f"{told} Reply 1 to confirm."


def test_what_comes_early_waits(scheduling, booking):
    """The schedule of a reminder that was put off since changes nothing."""
    _go_to(scheduling, START - DAY - timedelta(seconds=1))
    remind(scheduling, booking.id, 0)
    assert _states(scheduling, booking)[0] is ReminderState.WAITING


def test_who_has_confirmed_is_not_asked_to(scheduling, booking):
    """They are reminded all the same."""
    confirm(scheduling, booking.id)
    _go_to(scheduling, START - DAY)
    remind(scheduling, booking.id, 0)
    assert _texts(scheduling) == [
        "Dr. Weber: a reminder of your appointment on Monday, March 9, at 1:00 AM. Hauptstraße 1."
    ]


def test_a_reminder_by_call_is_a_wish_to_call(scheduling, booking):
    """It goes through the gate of every dial, by its own template, and knows its appointment."""
    _go_to(scheduling, START - HOUR)
    for _ in range(2):
        remind(scheduling, booking.id, 1)
    (call,) = _calls(scheduling)
    assert (call.state, call.template_id, call.contact_id) == (
        CallState.QUEUED,
        "template_call",
        booking.contact_id,
    )
    assert call.requested_by == f"reminder:{booking.id}"
    when = "Monday, March 9, at 1:00 AM"
    assert call.appointment == {"who": "Dr. Weber", "when": when, "place": "Hauptstraße 1", "link": ""}
    assert _states(scheduling, booking)[1] is ReminderState.SENT


def test_a_call_says_of_which_appointment_it_reminds(scheduling, booking):
    """In its template's language, in the greeting, in the prompt, and where a key confirms it."""
    calls = scheduling.calls
    keys = (MenuKey("1", MenuAction.CONFIRM, "Bis {{ appointment.when }}."),)
    greeting = "Ihr Termin bei {{ appointment.who }}: {{ appointment.when }}."
    template = a_template(id="template_de", greeting=greeting, language="de-DE", menu=keys)
    calls.templates.add(template)
    change_calendar(scheduling, "calendar_1", {"reminders": (Reminder(60, Channel.CALL, template.id),)}, None)
    moved = move(scheduling, booking.id, MoveWish(LATER))
    _go_to(scheduling, LATER - HOUR)
    remind(scheduling, moved.id, 0)
    (call,) = _calls(scheduling)
    answer_call(calls, call.id, Report("in-progress", "CA1", scheduling.clock.now()))
    brief = calls.book.load(call.id).brief
    assert "Ihr Termin bei Dr. Weber: Dienstag, 10. März, 01:00 Uhr." in brief.greeting
    assert brief.menu[0].text == "Bis Dienstag, 10. März, 01:00 Uhr."


def test_other_calls_know_no_appointment(scheduling):
    """What a template says of one is empty there."""
    call = request_call(scheduling.calls, CallWish("template_call", number=NUMBER))
    template = a_template(greeting="It is [{{ appointment.when }}].")
    occasion = Occasion(nobody(call), call.direction, call.number, call.line)
    assert "It is []." in fill_texts(scheduling.calls, template, occasion)["greeting"]


def test_a_place_is_followed_by_one_full_stop(scheduling, contact):
    """Whether it ends with one, or not."""
    change_calendar(scheduling, "calendar_1", {"location": "1 Pier St."}, None)
    book(scheduling, BookingWish("calendar_1", contact.id, START))
    _work(scheduling)
    (text,) = _texts(scheduling)
    assert " 1 Pier St. Reply 1 to confirm." in text


def test_a_move_moves_the_reminders(scheduling, booking):
    """Their schedules have the new times, what was planned for the old one is not sent, and a text tells."""
    _work(scheduling)
    move(scheduling, booking.id, MoveWish(LATER))
    _work(scheduling)
    due = {number: each.due_at for (_, number), each in scheduling.alarms.by_key.items()}
    assert due == {0: LATER - DAY, 1: LATER - HOUR}
    _go_to(scheduling, START - DAY)
    remind(scheduling, booking.id, 0)
    assert [text.split(".")[1] for text in _texts(scheduling)] == [
        " Weber: your appointment is booked for Monday, March 9, at 1:00 AM",
        " Weber: your appointment has moved to Tuesday, March 10, at 1:00 AM",
    ]


def test_a_reminder_that_was_sent_is_sent_again_for_the_new_time(scheduling, booking):
    """A move after it plans it anew."""
    _go_to(scheduling, START - DAY)
    remind(scheduling, booking.id, 0)
    move(scheduling, booking.id, MoveWish(START + 3 * DAY))
    _go_to(scheduling, START + 2 * DAY)
    remind(scheduling, booking.id, 0)
    assert len([text for text in _texts(scheduling) if "a reminder" in text]) == 2


def test_a_cancellation_is_told_and_nothing_else_follows(scheduling, booking):
    """Its schedules are gone; the file takes it out of the contact's calendar."""
    _work(scheduling)
    cancel(scheduling, booking.id)
    _work(scheduling)
    assert scheduling.alarms.by_key == {}
    assert (
        "your appointment on Monday, March 9, at 1:00 AM is cancelled. For your calendar:"
        in _texts(scheduling)[1]
    )
    _go_to(scheduling, START - DAY)
    assert sweep_due_reminders(scheduling) == 0


@pytest.mark.parametrize("channel", list(Channel))
def test_a_lost_schedule_is_found_by_the_sweep(scheduling, booking, channel):
    """Within a minute of its time, from the list of those that wait."""
    _work(scheduling)
    scheduling.alarms = FakeAlarms()
    _go_to(scheduling, START - (DAY if channel is Channel.SMS else HOUR))
    assert sweep_due_reminders(scheduling) == (1 if channel is Channel.SMS else 2)
    _work(scheduling)
    assert sweep_due_reminders(scheduling) == 0
    assert len(_texts(scheduling)) == 2
    assert len(_calls(scheduling)) == (channel is Channel.CALL)


def test_a_lost_message_costs_a_minute(scheduling, contact):
    """The queue was down when it was booked: booked is booked, and the sweep confirms it."""

    class Down:
        arranged, reminded = (), ()

        def arrange(self, _booking_id):
            raise Unavailable("down", retryable=True)

    ticks, scheduling.ticks = scheduling.ticks, Down()
    book(scheduling, BookingWish("calendar_1", contact.id, START))
    scheduling.ticks = ticks
    assert sweep_due_reminders(scheduling) == 1
    _work(scheduling)
    assert len(_texts(scheduling)) == 1


def test_after_the_start_nobody_is_reminded(scheduling, booking):
    """A reminder that was found too late is settled without a word."""
    _go_to(scheduling, START)
    sweep_due_reminders(scheduling)
    _work(scheduling)
    assert _texts(scheduling) == []
    reasons = {each.reason for each in scheduling.reminders.of_booking(booking.id)}
    assert reasons == {"too_late"}


def test_no_call_comes_after_the_start_because_of_the_calling_hours(scheduling, booking):
    """They open in the morning, when the appointment is over: no call is asked for."""
    change_settings(scheduling.calls.system, {"hours": Hours()}, None)
    _go_to(scheduling, START - timedelta(hours=1))  # midnight in Los Angeles
    remind(scheduling, booking.id, 1)
    assert _calls(scheduling) == []
    (reminder,) = [each for each in scheduling.reminders.of_booking(booking.id) if each.number == 1]
    assert (reminder.state, reminder.reason) == (ReminderState.SKIPPED, "too_late")


def test_no_call_comes_after_the_start_because_its_number_was_held_back(scheduling, booking):
    """It was asked for in time; the number is released when the appointment is over."""
    calls = scheduling.calls
    _go_to(scheduling, START - HOUR)
    hold_number(calls, NumberHold(NUMBER, scheduling.clock.now()))
    remind(scheduling, booking.id, 1)
    (call,) = _calls(scheduling)
    attend(calls, call.id)
    _go_to(scheduling, START + HOUR)
    release_hold(calls, NUMBER)
    attend(calls, call.id)
    (over,) = _calls(scheduling)
    assert (over.not_after, over.outcome, over.reason) == (START, Outcome.NOT_PERMITTED, "too_late")
    assert calls.telephony.asked == 0


def test_the_sweep_sends_nothing_in_vain(scheduling, booking):
    """While the kill switch holds no reminder is sent, so nobody is woken for one."""
    _go_to(scheduling, START - HOUR)
    scheduling.ticks.reminded.clear()
    change_settings(scheduling.calls.system, {"kill_switch": KillSwitch(on=True)}, None)
    assert (sweep_due_reminders(scheduling), scheduling.ticks.reminded) == (0, [])


@pytest.mark.parametrize("number", [0, 1])
def test_the_kill_switch_keeps_reminders_as_they_are(scheduling, booking, number):
    """None lies in a queue to be told when it is not true any more; released, the sweep has them sent."""
    change_settings(scheduling.calls.system, {"kill_switch": KillSwitch(on=True)}, None)
    _work(scheduling)
    _go_to(scheduling, START - HOUR)
    remind(scheduling, booking.id, number)
    assert (_texts(scheduling), _calls(scheduling)) == ([], [])
    change_settings(scheduling.calls.system, {"kill_switch": KillSwitch()}, None)
    assert sweep_due_reminders(scheduling) == 3
    _work(scheduling)
    assert (len(_texts(scheduling)), len(_calls(scheduling))) == (2, 1)


@pytest.mark.parametrize("change", ["move", "cancel"])
def test_a_call_that_waits_is_not_made_after_a_change(scheduling, booking, change):
    """It was asked for and not dialed yet, when the appointment was moved, or cancelled."""
    _go_to(scheduling, START - HOUR)
    remind(scheduling, booking.id, 1)
    if change == "move":
        move(scheduling, booking.id, MoveWish(LATER))
    else:
        cancel(scheduling, booking.id)
    _work(scheduling)
    (call,) = _calls(scheduling)
    assert (call.state, call.outcome, call.reason) == (
        CallState.ENDED,
        Outcome.CANCELED,
        "appointment_changed",
    )


@pytest.mark.parametrize("number", [0, 1])
def test_a_change_under_the_hands_of_a_reminder_wins(scheduling, booking, number):
    """It was read before the move, and would remind of the old plan: the new one is sent at its own time."""
    _go_to(scheduling, START - HOUR)
    get = scheduling.reminders.get

    def slow(*key):
        reminder = get(*key)
        move(scheduling, booking.id, MoveWish(START + 3 * DAY))
        return reminder

    scheduling.reminders.get = slow
    remind(scheduling, booking.id, number)
    assert (_texts(scheduling), _calls(scheduling)) == ([], [])
    assert _states(scheduling, booking)[number] is ReminderState.WAITING


def test_a_move_while_the_call_is_asked_for_ends_it(scheduling, booking):
    """Whoever looked for waiting calls had not found it yet."""
    _go_to(scheduling, START - HOUR)
    create = scheduling.calls.book.create

    def slow(call):
        move(scheduling, booking.id, MoveWish(START + 3 * DAY))
        return create(call)

    scheduling.calls.book.create = slow
    remind(scheduling, booking.id, 1)
    assert [call.state for call in _calls(scheduling)] == [CallState.ENDED]
    assert _states(scheduling, booking)[1] is ReminderState.WAITING


@pytest.mark.parametrize(("events", "texts"), [((), 0), ((VERIFIED,), 2)])
def test_nobody_writes_to_a_number_that_the_caller_may_have_made_up(scheduling, booking, events, texts):
    """Whoever books by showing the number of somebody else has no texts sent to them."""
    call = a_call(id="call_1", direction=Direction.INBOUND, state=CallState.ENDED, events=events)
    scheduling.calls.book.create(call)
    _work(scheduling)
    _go_to(scheduling, START - DAY)
    remind(scheduling, booking.id, 0)
    assert len(_texts(scheduling)) == texts
    reasons = {each.reason for each in scheduling.reminders.of_booking(booking.id) if each.number != 1}
    assert reasons == ({""} if texts else {"caller_not_verified"})


def test_who_must_not_be_written_to_is_not(scheduling, booking):
    """The gate of every text and dial refuses, and the reminder says why."""
    stop_calling(scheduling.calls, booking.number, "test")
    _go_to(scheduling, START - HOUR)
    for number in (0, 1):
        remind(scheduling, booking.id, number)
    assert (_texts(scheduling), _calls(scheduling)) == ([], [])
    waiting = scheduling.reminders.of_booking(booking.id)
    assert [each.reason for each in waiting if each.number < NEWS] == ["suppressed", "suppressed"]


def test_what_is_down_is_tried_again(scheduling, booking, monkeypatch):
    """The message comes again: the reminder still waits."""
    _go_to(scheduling, START - DAY)
    scheduling.calls.messages.is_silent = True
    with pytest.raises(Unavailable):
        remind(scheduling, booking.id, 0)
    assert _states(scheduling, booking)[0] is ReminderState.WAITING
    scheduling.calls.messages.is_silent = False
    remind(scheduling, booking.id, 0)
    assert len(_texts(scheduling)) == 1


@pytest.mark.parametrize(("number", "before"), [(0, DAY), (1, HOUR), (NEWS, None)])
def test_whoever_dies_a_reminder_is_sent_once(scheduling, booking, number, before):
    """Killed at every step, and swept after: one text or call, neither two nor none."""
    if before:
        _go_to(scheduling, START - before)
    kept = {name: getattr(scheduling, name) for name in ("bookings", "reminders", "calendars")}
    calls = scheduling.calls
    books = {name: getattr(calls, name) for name in ("messages", "book", "wakeups")}
    base = (dict(calls.messages.by_place), dict(calls.messages.places), dict(calls.shelf.calls))
    rows = dict(scheduling.reminders.by_key)
    for step in range(1, 60):
        fuse = Fuse(step)
        _perilous(scheduling, kept, fuse)
        _perilous(calls, books, fuse)
        with suppress(Killed):
            remind(scheduling, booking.id, number)
        _restore(scheduling, kept)
        _restore(calls, books)
        remind(scheduling, booking.id, number)
        sent = len(_texts(scheduling)) + len(_calls(scheduling))
        assert sent == 1, step
        assert _states(scheduling, booking)[number] is ReminderState.SENT
        if fuse.burnt < step:
            return
        calls.messages.by_place, calls.messages.places = dict(base[0]), dict(base[1])
        calls.shelf.calls.clear()
        calls.shelf.calls.update(base[2])
        scheduling.reminders.by_key = dict(rows)
    raise AssertionError("it never came to an end")


def _perilous(ports, names, fuse):
    for name, port in names.items():
        setattr(ports, name, Perilous(port, fuse))


def _restore(ports, names):
    for name, port in names.items():
        setattr(ports, name, port)


def test_whoever_dies_while_arranging_every_schedule_is_made(scheduling, booking):
    """Done again it makes what is missing, and the confirmation is sent once."""
    kept = {name: getattr(scheduling, name) for name in ("bookings", "reminders", "alarms", "ticks")}
    for step in range(1, 30):
        _perilous(scheduling, kept, Fuse(step))
        with suppress(Killed):
            arrange(scheduling, booking.id)
        _restore(scheduling, kept)
    arrange(scheduling, booking.id)
    assert sorted(number for _, number in scheduling.alarms.by_key) == [0, 1]
    assert len(_texts(scheduling)) == 1


def test_the_business_has_its_own_words(scheduling, contact):
    """A stored template is filled in with the appointment's time, place and link."""
    from chalicelib.calls.domain.message_templates import MessageTemplate  # noqa: PLC0415

    text = "Hi {{ first_name }}: {{ appointment.when }}, {{ appointment.place }}"
    now = scheduling.clock.now()
    template = MessageTemplate(derived_id("template", "1"), "booked", text, now, now)
    scheduling.calls.message_templates.add(template)
    change_calendar(scheduling, "calendar_1", {"confirmation_template_id": template.id}, None)
    book(scheduling, BookingWish("calendar_1", contact.id, START))
    _work(scheduling)
    assert _texts(scheduling) == ["Hi Ada: Monday, March 9, at 1:00 AM, Hauptstraße 1"]


def test_whose_data_is_erased_is_told_nothing_more(scheduling, booking, contact):
    """No text about the cancellation follows, and no reminder is left."""
    _work(scheduling)
    forget_bookings(scheduling, contact.id)
    _work(scheduling)
    assert len(_texts(scheduling)) == 1
    assert (scheduling.reminders.by_key, scheduling.alarms.by_key) == ({}, {})


@pytest.mark.parametrize("text", ["1", " 1. ", "C", "Yes!", "sí", "Ja", "oui", "OK"])
def test_these_texts_confirm(text):
    """A word, in four languages."""
    assert confirms(text)


@pytest.mark.parametrize("text", ["", "2", "no", "yes but later", "11", "cancel", "stop"])
def test_these_texts_do_not_confirm(text):
    """Anything more is for somebody to read."""
    assert not confirms(text)


def test_a_text_confirms_the_next_appointment(scheduling, booking):
    """Once: who sends it again is thanked no more."""
    number = booking.number
    for _ in range(2):
        assert confirm_by_text(scheduling, number, "message_1").state is BookingState.CONFIRMED
    assert _texts(scheduling) == [
        "Dr. Weber: thank you, you have confirmed your appointment on Monday, March 9, at 1:00 AM."
    ]
    assert scheduling.bookings.get(booking.id).history[-1].by == "sms:message_1"


@pytest.mark.parametrize("is_first_confirmed", [True, False])
def test_a_text_confirms_the_appointment_that_was_asked_about(
    scheduling, booking, contact, is_first_confirmed
):
    """Not the next one, which was confirmed, or asked about before; the next yes answers that text."""
    _work(scheduling)
    scheduling.clock.advance(seconds=1)
    if is_first_confirmed:
        confirm(scheduling, booking.id)
    later = book(scheduling, BookingWish("calendar_1", contact.id, LATER))
    _work(scheduling)
    scheduling.clock.advance(seconds=1)
    for _ in range(2):
        assert confirm_by_text(scheduling, contact.phone, "message_1").id == later.id
    scheduling.clock.advance(seconds=1)
    assert scheduling.bookings.get(booking.id).state is (
        BookingState.CONFIRMED if is_first_confirmed else BookingState.BOOKED
    )
    assert confirm_by_text(scheduling, contact.phone, "message_2").id == booking.id


def test_a_text_that_nobody_has_got_is_not_answered(scheduling, booking, contact):
    """The yes is about the appointment of the text before it."""
    _work(scheduling)
    scheduling.clock.advance(seconds=1)
    later = book(scheduling, BookingWish("calendar_1", contact.id, LATER))
    _work(scheduling)
    kept = scheduling.calls.messages.by_place.values()
    (unsent,) = [each for each in kept if later.id in each.requested_by]
    fail = partial(fail_message, reason="carrier_30006", now=scheduling.clock.now())
    scheduling.calls.messages.change(unsent.place, fail)
    assert confirm_by_text(scheduling, contact.phone, "message_1").id == booking.id


def test_thanks_are_not_what_is_answered(scheduling, booking, contact, clock, monkeypatch):
    """The next yes is about what was asked before."""
    _work(scheduling)
    clock.advance(seconds=1)
    later = book(scheduling, BookingWish("calendar_1", contact.id, LATER))
    _work(scheduling)
    monkeypatch.setattr(replies, "text_of", lambda *_: clock.advance(seconds=1) or "Thank you.")
    confirmed = [confirm_by_text(scheduling, contact.phone, f"message_{n}").id for n in range(2)]
    assert confirmed == [later.id, booking.id]


def test_without_a_text_the_first_that_is_not_confirmed_is_meant(scheduling, booking, contact):
    """Nobody was written to; one appointment was confirmed on the telephone."""
    later = book(scheduling, BookingWish("calendar_1", contact.id, LATER))
    confirm(scheduling, booking.id)
    assert confirm_by_text(scheduling, contact.phone, "message_1").id == later.id


def test_who_wants_to_move_is_told_to_call(scheduling, booking, contact):
    """Once for each message, from the number to which they wrote; who has none ahead is told nothing."""
    for _ in range(2):
        tell_how_to_move(scheduling, contact.phone, LINE, "message_1")
    (text,) = scheduling.calls.messages.by_place.values()
    assert text.line == LINE
    assert text.body == (
        "Dr. Weber: to move or cancel your appointment on Monday, March 9, at 1:00 AM, "
        "please call this number."
    )
    cancel(scheduling, booking.id)
    tell_how_to_move(scheduling, contact.phone, LINE, "message_2")
    assert len(_texts(scheduling)) == 1
    assert [asks_to_move(each) for each in (" 2. ", "22", "1")] == [True, False, False]


def test_a_yes_without_an_appointment_does_nothing(scheduling, contact):
    """It may answer anything."""
    assert confirm_by_text(scheduling, contact.phone, "message_1") is None
    assert _texts(scheduling) == []


def test_a_text_that_somebody_else_wrote_stays_apart(scheduling, booking):
    """Reminders have ids of their own; other texts to the same person do not stand in for them."""
    request_message(scheduling.calls, MessageWish(contact_id=booking.contact_id, text="Hello."))
    _work(scheduling)
    states = [each.state for each in scheduling.calls.messages.by_place.values()]
    assert states == [MessageState.QUEUED, MessageState.QUEUED]


def test_a_call_that_was_asked_for_counts_whatever_follows(scheduling, booking):
    """Its worker died before it was settled, and the number was refused since: it is not called unsent."""
    _go_to(scheduling, START - HOUR)
    settle, scheduling.reminders.settle = scheduling.reminders.settle, lambda _: 1 // 0
    with pytest.raises(ZeroDivisionError):
        remind(scheduling, booking.id, 1)
    scheduling.reminders.settle = settle
    stop_calling(scheduling.calls, booking.number, "test")
    remind(scheduling, booking.id, 1)
    assert _states(scheduling, booking)[1] is ReminderState.SENT


def test_an_erasure_that_dies_leaves_nothing_to_be_told(scheduling, booking, contact):
    """The appointment is cancelled already: no text about it waits."""
    _work(scheduling)
    scheduling.bookings.remove = lambda _: 1 // 0
    with pytest.raises(ZeroDivisionError):
        forget_bookings(scheduling, contact.id)
    _work(scheduling)
    assert (sweep_due_reminders(scheduling), len(_texts(scheduling))) == (0, 1)
