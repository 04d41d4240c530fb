"""Schedules of reminders: the same promises in memory and in EventBridge Scheduler, as moto plays it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import boto3
import pytest
from fakes.appointments import FakeAlarms

from chalicelib.kernel.ids import derived_id
from chalicelib.kernel.settings import ScheduleSettings
from chalicelib.scheduling.adapters.alarms import EventBridgeAlarms
from chalicelib.scheduling.adapters.messages import Arrange, Remind, decode
from chalicelib.scheduling.adapters.queues import SqsTicks
from chalicelib.scheduling.domain.bookings import PlannedReminder
from chalicelib.scheduling.domain.calendars import Channel

DUE = datetime(2026, 3, 8, 8, 0, 30, tzinfo=UTC)
BOOKING = derived_id("booking", "1")
SETTINGS = ScheduleSettings(
    "stack-campaigns", "arn:aws:sqs:us-east-1:1:campaigns", "arn:aws:iam::1:role/wake", "g"
)


def _reminder(due_at=DUE, number=0):
    return PlannedReminder(BOOKING, number, due_at, Channel.SMS, None, 0)


@pytest.fixture
def scheduler(aws):
    """Give Scheduler with the stack's group."""
    client = boto3.client("scheduler")
    client.create_schedule_group(Name=SETTINGS.appointments_group)
    return client


@pytest.fixture(params=["memory", "eventbridge"])
def alarms(request):
    """Give both."""
    if request.param == "memory":
        return FakeAlarms()
    return EventBridgeAlarms(request.getfixturevalue("scheduler"), SETTINGS)


def test_an_alarm_is_put_replaced_and_removed(alarms):
    """Each act may be repeated."""
    for due_at in (DUE, DUE, DUE + timedelta(days=1)):
        alarms.put(_reminder(due_at))
    for _ in range(2):
        alarms.remove(BOOKING, 0)


def test_an_alarm_goes_off_once_at_its_time_and_is_gone(scheduler):
    """In the stack's group, by the name of booking and number, to the second, with what the worker reads."""
    alarms = EventBridgeAlarms(scheduler, SETTINGS)
    for due_at in (DUE - timedelta(days=1), DUE):
        alarms.put(_reminder(due_at, 3))
    (found,) = scheduler.list_schedules(GroupName="g")["Schedules"]
    assert found["Name"] == f"booking-{BOOKING}-3"
    assert len(found["Name"]) <= 64  # Scheduler takes no longer ones
    schedule = scheduler.get_schedule(GroupName="g", Name=found["Name"])
    assert schedule["ScheduleExpression"] == "at(2026-03-08T08:00:30)"
    assert schedule["ActionAfterCompletion"] == "DELETE"
    assert decode(schedule["Target"]["Input"]) == Remind(BOOKING, 3)
    assert (schedule["Target"]["Arn"], schedule["Target"]["RoleArn"]) == (
        SETTINGS.queue_arn,
        SETTINGS.role_arn,
    )
    alarms.remove(BOOKING, 3)
    assert scheduler.list_schedules(GroupName="g")["Schedules"] == []


def test_messages_to_the_worker_are_read_by_it(aws):
    """With the delay that the queue can keep."""
    sqs = boto3.client("sqs")
    url = sqs.create_queue(QueueName="campaigns")["QueueUrl"]
    ticks = SqsTicks(sqs, url)
    ticks.arrange(BOOKING)
    ticks.remind(BOOKING, 2)
    bodies = [each["Body"] for each in sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]]
    assert [decode(body) for body in bodies] == [Arrange(BOOKING), Remind(BOOKING, 2)]
