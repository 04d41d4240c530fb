"""Schedules of campaigns: the same promises in memory and in EventBridge Scheduler, as moto plays it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import boto3
import pytest
from fakes.campaigns import FakeSchedules

from chalicelib.kernel.clock import FixedClock
from chalicelib.kernel.settings import ScheduleSettings
from chalicelib.scheduling.adapters.messages import Tick, decode
from chalicelib.scheduling.adapters.queues import SqsTicks
from chalicelib.scheduling.adapters.schedules import EventBridgeSchedules
from chalicelib.scheduling.ports.campaigns import ScheduleState

NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)
ID = "campaign_1"
SETTINGS = ScheduleSettings(
    "stack-campaigns", "arn:aws:sqs:us-east-1:1:campaigns", "arn:aws:iam::1:role/wake", "stack-appointments"
)


@pytest.fixture
def scheduler(aws):
    """Give Scheduler with the stack's group."""
    client = boto3.client("scheduler")
    client.create_schedule_group(Name=SETTINGS.group)
    return client


@pytest.fixture(params=["memory", "eventbridge"])
def schedules(request):
    """Give both."""
    if request.param == "memory":
        return FakeSchedules()
    return EventBridgeSchedules(request.getfixturevalue("scheduler"), SETTINGS, FixedClock(NOW))


def test_a_schedule_is_made_switched_and_deleted(schedules):
    """Each act may be repeated, and one on a schedule that is not there does nothing."""
    schedules.disable(ID)
    schedules.remove(ID)
    assert schedules.state(ID) is ScheduleState.MISSING
    for act, state in (
        (lambda: schedules.enable(ID, None), ScheduleState.ENABLED),
        (lambda: schedules.disable(ID), ScheduleState.DISABLED),
        (lambda: schedules.enable(ID, NOW + timedelta(days=1)), ScheduleState.ENABLED),
        (lambda: schedules.remove(ID), ScheduleState.MISSING),
    ):
        for _ in range(2):
            act()
            assert schedules.state(ID) is state


def test_a_schedule_names_its_campaign_and_wakes_the_queue(scheduler):
    """An operator finds it by the campaign's id; its message is one that the worker reads."""
    schedules = EventBridgeSchedules(scheduler, SETTINGS, FixedClock(NOW))
    schedules.enable(ID, NOW + timedelta(days=1))
    made = scheduler.get_schedule(GroupName=SETTINGS.group, Name="campaign-campaign_1")
    assert (made["ScheduleExpression"], made["State"]) == ("rate(1 minute)", "ENABLED")
    assert made["StartDate"].astimezone(UTC) == NOW + timedelta(days=1)
    assert (made["Target"]["Arn"], made["Target"]["RoleArn"]) == (SETTINGS.queue_arn, SETTINGS.role_arn)
    assert decode(made["Target"]["Input"]) == Tick(ID)


def test_a_schedule_knows_whether_a_pause_has_disabled_it(scheduler):
    """Not one that somebody disables in the console, which sends all else as it is."""
    schedules = EventBridgeSchedules(scheduler, SETTINGS, FixedClock(NOW))
    assert not schedules.is_paused(ID)
    schedules.enable(ID, None)
    assert not schedules.is_paused(ID)
    schedules.disable(ID)
    assert schedules.is_paused(ID)
    schedules.enable(ID, None)
    _switch_off_in_the_console(scheduler)
    assert (schedules.state(ID), schedules.is_paused(ID)) == (ScheduleState.DISABLED, False)


def _switch_off_in_the_console(scheduler):
    found = scheduler.get_schedule(GroupName=SETTINGS.group, Name=f"campaign-{ID}")
    names = ("Name", "GroupName", "Description", "ScheduleExpression", "FlexibleTimeWindow", "Target")
    scheduler.update_schedule(**{name: found[name] for name in names}, State="DISABLED")


def test_a_start_that_is_over_is_left_out(scheduler):
    """Scheduler refuses a start in the past; such a schedule begins at once."""
    EventBridgeSchedules(scheduler, SETTINGS, FixedClock(NOW)).enable(ID, NOW)
    made = scheduler.get_schedule(GroupName=SETTINGS.group, Name="campaign-campaign_1")
    assert "StartDate" not in made


def test_ticks_are_sent_with_their_delay(aws):
    """What is sent is read again; no delay is longer than the queue takes."""
    client = boto3.client("sqs")
    url = client.create_queue(QueueName="campaigns")["QueueUrl"]
    ticks = SqsTicks(client, url)
    ticks.tick(ID, NOW)
    ticks.tick(ID, NOW, 5)
    ticks.clear(ID, 5000)
    (message,) = client.receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]
    assert decode(message["Body"]) == Tick(ID, "2026-03-03T12:00:00.000Z")
    assert json.loads(message["Body"])["v"] == 1
