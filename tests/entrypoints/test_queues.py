"""Queue and schedule through the real handlers: work is done, and what fails is delivered again alone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from fakes.calls import NOW, NUMBER, FakeCalls, connected, furnished
from fakes.events import queue_event, schedule_event

from chalicelib.calls.adapters.messages import Attend, EndSession, Finish, WakeNext, encode
from chalicelib.calls.domain.calls import Report
from chalicelib.calls.domain.states import CallState
from chalicelib.calls.domain.turns import Turn, TurnEnd, TurnKind
from chalicelib.calls.services.progress import record_report
from chalicelib.calls.services.requests import CallWish, request_call
from chalicelib.entrypoints import queues, schedules
from chalicelib.kernel.errors import Unavailable
from chalicelib.scheduling.domain.bookings import PlannedReminder
from chalicelib.scheduling.domain.calendars import Channel


@pytest.fixture
def calls(container):
    """Put furnished ports of calls into the container."""
    container.calls = FakeCalls(container.clock, container.crm)
    container.scheduling = container.calls.scheduling
    furnished(container.calls)
    return container.calls


def _failed(answer):
    return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]


def test_a_wake_up_dials(calls):
    """The call that the message names is looked at."""
    request_call(calls, CallWish("template_1", number=NUMBER, call_id="call_1"))
    assert _failed(queues.dial(queue_event(encode(Attend("call_1"))), None)) == []
    assert calls.call().state is CallState.RINGING


def test_a_doubled_wake_up_dials_once(calls):
    """In one batch or in two."""
    request_call(calls, CallWish("template_1", number=NUMBER, call_id="call_1"))
    for _ in range(2):
        queues.dial(queue_event(*[encode(Attend("call_1"))] * 2), None)
    assert calls.telephony.asked == 1


def test_the_next_calls_are_woken_by_message(calls):
    """As many as the message says, the longest due first."""
    for number in range(3):
        wish = CallWish("template_1", number=f"+1415555270{number}", call_id=f"call_{number}")
        request_call(calls, wish)
        calls.clock.advance(seconds=1)
    calls.wakeups.attends.clear()
    assert _failed(queues.dial(queue_event(encode(WakeNext(2))), None)) == []
    assert calls.wakeups.attends == ["call_0", "call_1"]


def test_a_session_is_ended_by_message(calls):
    """The hand-off reaches the socket of the call."""
    connected(calls)
    calls.turns.open("call_1", Turn(3, TurnKind.SPEECH, NOW, end=TurnEnd.HANG_UP))
    queues.dial(queue_event(encode(EndSession("call_1", 3, "line=", "{}"))), None)
    assert calls.socket.frames == {"line=": ["{}"]}


def test_a_call_is_finished_by_message(calls):
    """The books are closed."""
    connected(calls)
    record_report(calls, "call_1", Report("completed", "CA1", NOW))
    assert _failed(queues.post_call(queue_event(encode(Finish("call_1"))), None)) == []
    assert calls.call().finished_at is not None


@pytest.mark.parametrize("body", ["", "{", "[]", '{"v": 9}', '{"v": 1, "kind": "attend"}', "\x00"])
def test_a_message_that_is_not_ours_fails_alone(calls, body):
    """It goes to the dead letters, and the others of its batch are done."""
    request_call(calls, CallWish("template_1", number=NUMBER, call_id="call_1"))
    answer = queues.dial(queue_event(body, encode(Attend("call_1"))), None)
    assert _failed(answer) == ["message-0"]
    assert calls.telephony.asked == 1


def test_a_failure_is_delivered_again(calls):
    """What could not be done is reported, nothing is swallowed, and the next try succeeds."""
    request_call(calls, CallWish("template_1", number=NUMBER, call_id="call_1"))
    get = calls.book.get
    calls.book.get = lambda _: (_ for _ in ()).throw(Unavailable("down", retryable=True))
    message = queue_event(encode(Attend("call_1")))
    assert _failed(queues.dial(message, None)) == ["message-0"]
    calls.book.get = get
    assert _failed(queues.dial(message, None)) == []
    assert calls.telephony.asked == 1


def test_the_schedule_wakes_what_is_due(calls):
    """Once a minute, every call that somebody must look at."""
    request_call(calls, CallWish("template_1", number=NUMBER, call_id="call_1"))
    calls.wakeups.attends.clear()
    schedules.dispatch(schedule_event(), None)
    assert calls.wakeups.attends == ["call_1"]


def test_the_schedule_finds_reminders_that_were_lost(calls):
    """Once a minute, each that is due and waits."""
    due_at = calls.clock.now()
    rows = calls.scheduling.reminders.by_key
    for number, wait in enumerate((0, 1)):
        at = due_at + timedelta(seconds=wait)
        rows["booking_1", number] = PlannedReminder("booking_1", number, at, Channel.SMS, None, 0)
    schedules.dispatch(schedule_event(), None)
    assert calls.scheduling.ticks.reminded == [("booking_1", 0, 0)]
