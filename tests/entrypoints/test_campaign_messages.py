"""Messages about campaigns through the real handler."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from chalice.test import Client
from fakes.appointments import a_calendar
from fakes.calls import NUMBER, FakeCalls, furnished
from fakes.campaigns import a_campaign, a_member

from app import app
from chalicelib.kernel.clock import iso
from chalicelib.scheduling.adapters.messages import Arrange, Clear, Remind, Tick, encode
from chalicelib.scheduling.domain.calendars import Reminder
from chalicelib.scheduling.services.booking import BookingWish, book
from chalicelib.scheduling.services.launching import CHAIN

ID = "campaign_1"


@pytest.fixture
def scheduling(container, clock, crm):
    """Give the ports of scheduling with a campaign of one that runs."""
    calls = FakeCalls(clock, crm)
    container.calls, container.scheduling = calls, calls.scheduling
    contact = furnished(calls)
    calls.scheduling.campaigns.add(a_campaign())
    calls.scheduling.members.add([a_member(contact_id=contact.id, number=contact.phone)])
    return calls.scheduling


def _deliver(body):
    with Client(app) as client:
        event = client.events.generate_sqs_event([body], queue_name="campaigns")
        return client.lambda_.invoke("campaigns", event).payload


def test_a_schedules_tick_advances_its_campaign_for_a_minute(scheduling, clock):
    """The call is asked for, and the next tick comes by itself until the schedule's own."""
    assert _deliver(encode(Tick(ID))) == {"batchItemFailures": []}
    (call,) = scheduling.calls.shelf.calls.values()
    assert call.campaign_id == ID
    assert scheduling.ticks.sent == [(ID, clock.now() + CHAIN, 5)]


def test_a_tick_of_the_chain_ends_with_it(scheduling, clock):
    """It advances the campaign, and is the last one."""
    _deliver(encode(Tick(ID, iso(clock.now() + timedelta(seconds=4)))))
    assert len(scheduling.calls.shelf.calls) == 1
    assert scheduling.ticks.sent == []


def test_a_campaign_that_is_there_is_not_cleared(scheduling):
    """Its members go only after it."""
    _deliver(encode(Clear(ID)))
    assert scheduling.members.counts(ID)["total"] == 1
    scheduling.campaigns.remove(scheduling.campaigns.get(ID))
    _deliver(encode(Clear(ID)))
    assert scheduling.members.counts(ID)["total"] == 0


def test_a_message_that_cannot_be_read_comes_again(scheduling):
    """It ends as failed work, and is not lost."""
    assert _deliver("{}")["batchItemFailures"]


def test_a_bookings_reminders_are_arranged_and_sent(scheduling, clock):
    """Its message makes the schedules; a schedule's own message sends the text that is due."""
    contact = scheduling.calls.crm.contacts.find_by_phone(NUMBER)
    scheduling.calendars.add(a_calendar(reminders=(Reminder(1440),)))
    start = datetime(2026, 3, 9, 8, tzinfo=UTC)
    booking = book(scheduling, BookingWish("calendar_1", contact.id, start))
    assert scheduling.ticks.arranged == [booking.id]
    assert _deliver(encode(Arrange(booking.id))) == {"batchItemFailures": []}
    assert list(scheduling.alarms.by_key) == [(booking.id, 0)]
    clock.advance(days=5)
    for _ in range(2):
        assert _deliver(encode(Remind(booking.id, 0))) == {"batchItemFailures": []}
    assert len(scheduling.calls.messages.by_place) == 1
