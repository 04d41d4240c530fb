"""Appointments by voice where the business has several calendars: none is taken for another."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from fakes.appointment_talk import ZONE, Talk
from fakes.appointments import a_calendar
from fakes.calls import NOW

from chalicelib.scheduling.domain.calendars import Interval
from chalicelib.scheduling.services.calendars import create_calendar

DAY = (Interval(9 * 60, 12 * 60), Interval(13 * 60, 18 * 60))
CALENDAR = a_calendar(zone=ZONE, hours=dict.fromkeys(range(5), DAY), services=frozenset({"Check-up"}))
MASSAGE = replace(CALENDAR, id="calendar_2", name="Massage", services=frozenset({"massage"}))
_AT_TEN = {"start": "2026-03-04T10:00"}


@pytest.fixture
def scheduling(calls):
    """Give the ports with a calendar for check-ups."""
    create_calendar(calls.scheduling, CALENDAR)
    return calls.scheduling


@pytest.fixture
def talk(scheduling):
    """Begin a conversation."""
    return Talk(scheduling)


def test_a_service_that_was_left_out_is_asked_for(talk, scheduling):
    """Who was offered a massage is not booked for a check-up because the model forgot to say so."""
    create_calendar(scheduling, MASSAGE)
    assert talk.use("check_availability", day="tomorrow", service="massage").done
    run = talk.use("book_appointment", **_AT_TEN)
    assert not run.held
    assert "Ask which service they want, and give it as `service`: Check-up, massage." in run.result
    assert talk.agreed("book_appointment", service="massage", **_AT_TEN).done
    assert [each.calendar_id for each in scheduling.bookings.by_id.values()] == ["calendar_2"]


@pytest.mark.parametrize("services", [frozenset(), frozenset({"Check-up", "cleaning"})])
def test_calendars_of_one_service_are_not_told_apart(talk, scheduling, services):
    """Either will do: nobody is asked for what makes no difference."""
    create_calendar(scheduling, replace(MASSAGE, services=services))
    assert talk.agreed("book_appointment", **_AT_TEN).done


def test_a_calendar_without_services_goes_by_its_name(talk, scheduling):
    """It can be asked for, and is named among what there is."""
    create_calendar(scheduling, replace(MASSAGE, services=frozenset()))
    assert "There are: Check-up, Massage." in talk.use("check_availability", service="Surgery").result
    assert talk.agreed("book_appointment", service="massage", **_AT_TEN).done
    assert [each.calendar_id for each in scheduling.bookings.by_id.values()] == ["calendar_2"]


def test_where_there_are_several_calendars_they_are_named(talk, scheduling):
    """In what the caller is asked, in what was done, and in what they have."""
    create_calendar(scheduling, MASSAGE)
    asked = talk.use("book_appointment", service="massage", **_AT_TEN)
    assert "Shall I book tomorrow at ten o'clock (Massage) for you?" in asked.result
    done = talk.use("book_appointment", [asked], service="massage", **_AT_TEN)
    assert done.result == "Booked: tomorrow at ten o'clock (Massage)."
    assert "(which: 2026-03-04T10:00, Massage)" in talk.use("my_appointments").result
    assert talk.use("confirm_appointment").result == "They come: tomorrow at ten o'clock (Massage)."
    to_move = talk.use("move_appointment", start="2026-03-05T10:00")
    assert "from tomorrow at ten o'clock to Thursday at ten o'clock (Massage)?" in to_move.result
    moved = talk.use("move_appointment", [to_move], start="2026-03-05T10:00")
    assert moved.result == "Moved to Thursday at ten o'clock (Massage)."
    to_cancel = talk.use("cancel_appointment")
    assert "Shall I cancel your appointment Thursday at ten o'clock (Massage)?" in to_cancel.result
    cancelled = talk.use("cancel_appointment", [to_cancel])
    assert cancelled.result == "Cancelled: the appointment Thursday at ten o'clock (Massage)."


def test_the_only_calendar_is_not_named(talk):
    """There is nothing to mix it up with."""
    assert talk.agreed("book_appointment", **_AT_TEN).result == "Booked: tomorrow at ten o'clock."


def test_a_move_is_offered_what_it_can_take(talk, scheduling):
    """Times of another calendar are none of the appointment that is moved."""
    create_calendar(scheduling, replace(MASSAGE, hours={5: DAY}))
    assert talk.agreed("book_appointment", service="check-up", **_AT_TEN).done
    saturday = talk.use("check_availability", day="Saturday", moving="2026-03-04T10:00")
    assert saturday.result.startswith("Nothing is free then. The next that are free: Monday at nine")
    assert talk.use("check_availability", day="Saturday").result.startswith("Free: Saturday")
    assert "no appointment then" in talk.use("check_availability", moving="2026-03-04T11:00").result


@pytest.mark.parametrize("days", [{}, {"day": "today", "until": "2026-03-20"}])
def test_a_part_of_the_day_is_found_behind_many_other_times(talk, scheduling, days):
    """One of three doctors is there of an evening, once a week, after hundreds of other free times."""
    for number in range(3):
        hours = dict.fromkeys(range(5), (Interval(8 * 60, 17 * 60),))
        late = {1: (Interval(8 * 60, 20 * 60),)} if number == 0 else {}
        doctor = replace(CALENDAR, id=f"calendar_{number + 2}", name=f"Dr. {number}", hours={**hours, **late})
        create_calendar(scheduling, replace(doctor, slot_min=15, services=frozenset({"doctor"})))
    wednesday = NOW + timedelta(days=1)
    talk.context = replace(talk.context, now=wednesday)
    scheduling.clock.instant = wednesday
    run = talk.use("check_availability", service="doctor", part="evening", **days)
    assert run.result.startswith("Free: ")
    assert "start: 2026-03-10T17:00" in run.result
