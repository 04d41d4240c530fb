"""Where many more calls wait than may start, waiting costs little: nobody looks at each over and over."""

from __future__ import annotations

import heapq
from datetime import timedelta

from fakes.calls import NOW

from chalicelib.calls.domain.states import CallState
from chalicelib.calls.services.dialing import attend, dispatch_due
from chalicelib.calls.services.requests import CallWish, request_call
from chalicelib.kernel.phones import E164
from chalicelib.system.domain.settings import Pace
from chalicelib.system.services.settings import change_settings

CROWD, MINUTES, RATE = 200, 3, 1


def _run(calls, until):
    """Deliver each wake-up when it is due, to a worker of its own, and dispatch each minute; count them."""
    sent, waiting, delivered, next_sweep = calls.wakeups, [], 0, NOW
    while True:
        for call_id, delay_s in zip(sent.attends, sent.attend_delays, strict=True):
            heapq.heappush(waiting, (calls.clock.now() + timedelta(seconds=delay_s), call_id))
        sent.attends.clear()
        sent.attend_delays.clear()
        calls.clock.instant = min([next_sweep, *(at for at, _ in waiting[:1])])
        if calls.clock.instant > until:
            return delivered
        if calls.clock.instant == next_sweep:
            next_sweep += timedelta(minutes=1)
            dispatch_due(calls)
        else:
            attend(calls, heapq.heappop(waiting)[1])
            delivered += 1


def test_a_crowd_of_waiting_calls_is_not_woken_over_and_over(calls):
    """Each is looked at when it is asked for, once more soon after, and then when its turn has come."""
    change_settings(calls.system, {"pace": Pace(RATE)}, None)
    for index in range(CROWD):
        request_call(calls, CallWish("template_1", number=E164(f"+1415555{2700 + index}")))
    delivered = _run(calls, NOW + timedelta(minutes=MINUTES))
    dialed = [call for call in calls.shelf.calls.values() if call.state is not CallState.QUEUED]
    assert len(dialed) >= MINUTES * 60 / 1.25 * 0.8
    assert delivered <= 2 * CROWD + 2 * MINUTES * 60
