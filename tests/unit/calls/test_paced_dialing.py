"""Dialing keeps the pace, the number of live calls and the use of our numbers, and loses none of them."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from itertools import pairwise

import pytest
from fakes.calls import DESK, LINE, NOW, NUMBER, FakeCalls, allow_countries, furnished
from fakes.carrier import Fuse, Killed
from fakes.crm import FakeCrm
from fakes.workers import Workers

from chalicelib.calls.domain.calls import Report
from chalicelib.calls.domain.dial_plans import DialPlan
from chalicelib.calls.domain.outcomes import Outcome
from chalicelib.calls.domain.pacing import ALL
from chalicelib.calls.domain.slots import ALL as ALL_SLOTS
from chalicelib.calls.domain.states import CallState
from chalicelib.calls.ports.books import Commit
from chalicelib.calls.services.dialing import attend, dispatch_due
from chalicelib.calls.services.dispatching import wake_next
from chalicelib.calls.services.progress import record_report
from chalicelib.calls.services.requests import CallWish, request_call
from chalicelib.calls.services.suppression import stop_calling
from chalicelib.kernel.clock import FixedClock
from chalicelib.kernel.errors import Unavailable
from chalicelib.kernel.phones import E164
from chalicelib.system.domain.settings import Caps, Pace, Stop
from chalicelib.system.services.settings import change_settings

SECOND = timedelta(seconds=1)
PLAN = DialPlan("campaign_1", "Spring", live_calls=1)


def _number(index):
    return E164(f"+1415555{2700 + index}")


def _set(calls, *, rate=None, live=None):
    change_settings(calls.system, {"pace": Pace(rate), "caps": Caps(live)}, None)


def _requested(calls, count, **wish):
    return [
        request_call(calls, CallWish("template_1", number=_number(index), call_id=f"call_{index}", **wish))
        for index in range(count)
    ]


def _started(calls):
    return [call.created_at for call in calls.telephony.accepted]


def _end(calls, call_id, status="completed"):
    record_report(calls, call_id, Report(status, calls.call(call_id).sid, calls.clock.now()))


def test_calls_start_at_the_pace(calls):
    """A worker waits up to two seconds for its start; whoever would wait longer waits in the queue."""
    _set(calls, rate=2)
    for call in _requested(calls, 6):
        started = calls.clock.now()
        attend(calls, call.id)
        assert calls.clock.now() - started <= 2 * SECOND
    starts = _started(calls)
    assert len(starts) == 6
    gaps = [later - earlier for earlier, later in pairwise(starts)]
    assert min(gaps) >= timedelta(milliseconds=625)


def test_whoever_would_wait_too_long_waits_in_the_queue(calls):
    """Its decision says why, and it is due when it can start."""
    _set(calls, rate=1)
    [call] = _requested(calls, 1)
    for _ in range(3):
        calls.pace.take(ALL, calls.pace.read(ALL), NOW, timedelta(seconds=1.25), NOW + 9 * SECOND)
    attend(calls, call.id)
    waiting = calls.call(call.id)
    assert (waiting.state, waiting.decision.reason) == (CallState.QUEUED, "pace")
    assert waiting.look_at == NOW + timedelta(seconds=3.75)
    assert (calls.wakeups.attends[-1], calls.wakeups.attend_delays[-1]) == (call.id, 4)
    assert calls.telephony.asked == 0


def test_of_two_workers_for_one_call_only_one_takes_a_start(calls):
    """The one that comes while the other is at it leaves the call, so that no start is lost to nobody."""
    _set(calls, rate=1, live=2)
    [call] = _requested(calls, 1)
    standing = calls.crm.contacts.get
    looks = []

    def woken_again(contact_id):
        looks.append(contact_id)
        if len(looks) == 2:  # the first worker has its place and its start, and looks a last time
            attend(calls, call.id)
        return standing(contact_id)

    calls.crm.contacts.get = woken_again
    attend(calls, call.id)
    assert len(_started(calls)) == 1
    assert calls.pace.read(ALL).next_at == NOW + timedelta(seconds=1.25)


def test_a_call_whose_worker_died_with_its_place_is_dialed_by_the_next(calls):
    """Its place is its own: a minute later another worker takes it again."""
    _set(calls, live=1)
    [call] = _requested(calls, 1)
    calls.book.commit_dial = _dies
    with pytest.raises(Killed):
        attend(calls, call.id)
    del calls.book.commit_dial
    attend(calls, call.id)
    assert calls.telephony.asked == 0
    calls.clock.advance(seconds=60)
    attend(calls, call.id)
    assert calls.telephony.asked == 1


def _dies(*_arguments):
    raise Killed


def test_who_is_late_takes_another_start(calls):
    """What took too long between start and carrier must not make two calls meet."""
    _set(calls, rate=1)
    first, second = _requested(calls, 2)
    commit_dial = calls.book.commit_dial

    def slow(call, live_until):
        calls.clock.advance(seconds=0.25)
        return commit_dial(call, live_until)

    calls.book.commit_dial = slow
    attend(calls, first.id)
    assert _started(calls) == [NOW + timedelta(seconds=1.25)]
    calls.book.commit_dial = commit_dial
    attend(calls, second.id)
    assert _started(calls)[1] == NOW + timedelta(seconds=2.5)


def test_where_storage_is_slow_the_next_start_is_far_enough_ahead(calls):
    """Every look at the switch takes longer than a start allows: the second start waits for its end."""
    _set(calls, rate=1)
    [call] = _requested(calls, 1)
    switch = calls.system.settings.current

    def slow():
        calls.clock.advance(seconds=0.3)
        return switch()

    calls.system.settings.current = slow
    attend(calls, call.id)
    assert calls.telephony.asked == 1
    assert _started(calls)[0] >= calls.pace.read(ALL).next_at - timedelta(seconds=1.25)


def test_who_is_late_too_often_is_taken_back(calls):
    """The call waits in the queue, keeps its number, and gives its places back."""
    _set(calls, rate=1, live=1)
    [call] = _requested(calls, 1)
    switch = calls.system.settings.current

    def slow():
        calls.clock.advance(seconds=1.5)
        return switch()

    calls.system.settings.current = slow
    attend(calls, call.id)
    taken_back = calls.call(call.id)
    assert (taken_back.state, taken_back.decision.reason, calls.telephony.asked) == ("queued", "pace", 0)
    assert (taken_back.slots, calls.slots.held("ALL")) == ((), [])
    calls.system.settings.current = switch
    calls.clock.instant = taken_back.look_at
    attend(calls, call.id)
    assert calls.telephony.asked == 1


def test_a_carrier_that_takes_no_more_slows_all_down(calls):
    """The refused call waits and has no place; calls of others start more slowly for a while."""
    _set(calls, live=5)
    calls.telephony.moods = ["busy", "accept"]
    for call in _requested(calls, 3):
        attend(calls, call.id)
    assert calls.pace.read(ALL).slowdown == 2
    assert calls.call("call_0").state is CallState.QUEUED
    assert calls.call("call_2").decision.reason == "pace"
    assert calls.call("call_2").look_at == NOW + timedelta(seconds=2.5)
    assert [slot.call_id for slot in calls.slots.held("ALL")] == ["call_1"]


def test_no_rate_costs_nothing(calls):
    """Neither a write nor a wait."""
    for call in _requested(calls, 3):
        attend(calls, call.id)
    assert _started(calls) == [NOW] * 3
    assert (calls.pace.states, calls.slots.rows, calls.line_uses.counts) == ({}, {}, {})


def test_a_dial_reads_once_what_its_rules_are_and_once_more_what_stops_it(calls, monkeypatch):
    """Settings and plan before the decision and right before the carrier is asked; the template once."""
    calls.plans.put(PLAN)
    [call] = _requested(calls, 1, campaign_id=PLAN.id, attempt=1)
    reads = Counter()
    for port, name in ((calls.system.settings, "current"), (calls.plans, "get"), (calls.templates, "get")):
        monkeypatch.setattr(port, name, _counted(getattr(port, name), type(port).__name__, reads))
    attend(calls, call.id)
    assert calls.telephony.asked == 1
    assert sorted(reads.values()) == [1, 2, 2]
    assert reads[type(calls.templates).__name__] == 1


def _counted(read, name, reads):
    def counting(*given):
        reads[name] += 1
        return read(*given)

    return counting


def test_no_more_calls_are_live_than_may_be(calls):
    """Who finds no place keeps its position; the end of a call wakes it, and it is dialed at once."""
    _set(calls, live=2)
    requested = _requested(calls, 4)
    for call in requested:
        attend(calls, call.id)
    assert calls.telephony.asked == 2
    waiting = calls.call("call_2")
    assert (waiting.decision.reason, waiting.look_at) == ("live_calls_full", NOW)
    version = waiting.version
    attend(calls, "call_2")
    assert calls.call("call_2").version == version
    calls.wakeups.attends.clear()
    _end(calls, "call_0")
    (count,) = calls.wakeups.next_wakes
    wake_next(calls, count)
    assert calls.wakeups.attends[0] == "call_2"
    attend(calls, "call_2")
    assert calls.telephony.asked == 3
    _end(calls, "call_1", status="busy")
    attend(calls, "call_3")
    assert calls.telephony.asked == 4
    assert {slot.call_id for slot in calls.slots.held("ALL")} == {"call_2", "call_3"}


@pytest.mark.parametrize("status", ["completed", "busy", "no-answer"])
def test_who_is_told_of_an_end_looks_for_nobody(calls, status):
    """The carrier waits for the answer: the place is free at once, and a worker looks for the next call."""
    _set(calls, live=1)
    for call in _requested(calls, 2):
        attend(calls, call.id)
    calls.shelf.uses.clear()
    _end(calls, "call_0", status=status)
    assert (calls.shelf.uses["due"], calls.slots.held(ALL_SLOTS)) == (0, [])
    assert calls.wakeups.next_wakes == [2]


@pytest.mark.parametrize("status", ["completed", "busy"])
def test_a_wake_up_that_cannot_be_sent_costs_only_time(calls, monkeypatch, status):
    """The end is recorded all the same, and the sweep wakes the next within a minute."""
    _set(calls, live=1)
    for call in _requested(calls, 2):
        attend(calls, call.id)
    monkeypatch.setattr(calls.wakeups, "wake_next", _silent)
    _end(calls, "call_0", status=status)
    assert calls.call("call_0").is_over
    calls.wakeups.attends.clear()
    dispatch_due(calls)
    assert "call_1" in calls.wakeups.attends


def _silent(_count):
    raise Unavailable("The queue does not answer.", retryable=True)


def test_a_lost_final_callback_frees_the_place(calls):
    """The lease of the place ends when the call must be over."""
    _set(calls, live=1)
    for call in _requested(calls, 2):
        attend(calls, call.id)
    assert calls.telephony.asked == 1
    [slot] = calls.slots.held("ALL")
    calls.clock.instant = slot.until + timedelta(milliseconds=1)
    attend(calls, "call_1")
    assert calls.telephony.asked == 2


def test_a_campaign_has_places_of_its_own(calls):
    """Where they are taken its next call lets others pass, which take the places of all."""
    _set(calls, live=2)
    calls.plans.put(PLAN)
    for call in _requested(calls, 2, campaign_id=PLAN.id, attempt=1):
        attend(calls, call.id)
    single = request_call(calls, CallWish("template_1", number=NUMBER))
    attend(calls, single.id)
    assert [call.order.call_id for call in calls.telephony.accepted] == ["call_0", single.id]
    assert calls.call("call_0").slots == ("campaign_1#0", calls.call("call_0").slots[1])
    waiting = calls.call("call_1")
    assert waiting.decision.reason == "campaign_calls_full"
    assert waiting.look_at > calls.clock.now()


def test_a_campaign_has_a_pace_of_its_own(calls):
    """Single calls go beside it."""
    calls.plans.put(DialPlan("campaign_1", "Spring", calls_per_minute=10))
    for call in _requested(calls, 2, campaign_id="campaign_1", attempt=1):
        attend(calls, call.id)
    assert calls.telephony.asked == 1
    assert calls.call("call_1").look_at == NOW + timedelta(seconds=6.5)
    attend(calls, request_call(calls, CallWish("template_1", number=NUMBER)).id)
    assert calls.telephony.asked == 2


def test_the_number_used_least_today_is_called_from(calls):
    """None more often than it may be; when all are used up, the calls wait for the next day (UTC)."""
    plan = DialPlan("campaign_1", "Spring", lines=(LINE, DESK), line_calls_per_day=2)
    calls.plans.put(plan)
    for call in _requested(calls, 5, campaign_id=plan.id, attempt=1):
        attend(calls, call.id)
    lines = [call.order.line for call in calls.telephony.accepted]
    assert lines == [LINE, DESK, LINE, DESK]
    assert [calls.call(f"call_{index}").line for index in range(4)] == lines
    waiting = calls.call("call_4")
    assert (waiting.decision.reason, waiting.look_at.isoformat()) == (
        "lines_used_up",
        "2026-03-04T00:00:00+00:00",
    )


@pytest.mark.parametrize("when", ["before the commitment", "after it"])
def test_a_campaign_that_is_stopped_meanwhile_is_not_dialed(calls, when):
    """The commitment checks the stop, and it is read again right before the carrier is asked."""
    calls.plans.put(PLAN)
    [call] = _requested(calls, 1, campaign_id=PLAN.id, attempt=1)
    commit_dial = calls.book.commit_dial

    def stopping(committed, live_until):
        if when == "after it":
            result = commit_dial(committed, live_until)
        calls.plans.stop(PLAN.id, Stop("paused", "Paused."), 2)
        return result if when == "after it" else commit_dial(committed, live_until)

    calls.book.commit_dial = stopping
    attend(calls, call.id)
    assert (calls.telephony.asked, calls.call(call.id).state) == (0, CallState.QUEUED)
    assert calls.slots.held(PLAN.id) == []
    calls.book.commit_dial = commit_dial
    calls.plans.stop(PLAN.id, None, 3)
    calls.clock.advance(minutes=2)
    attend(calls, call.id)
    assert calls.telephony.asked == 1


def test_a_collision_is_tried_again(calls):
    """Two commitments that meet about one row are not a reason to wait for a minute."""
    [call] = _requested(calls, 1)
    commit_dial, results = calls.book.commit_dial, [Commit.COLLIDED] * 3
    calls.book.commit_dial = lambda *given: results.pop() if results else commit_dial(*given)
    attend(calls, call.id)
    assert calls.telephony.asked == 1


def test_after_a_wait_it_is_decided_again(calls):
    """What came while the call waited for its start holds."""
    _set(calls, rate=1)
    first, second = _requested(calls, 2)
    attend(calls, first.id)
    pause = calls.clock.pause

    def waits(seconds):
        allow_countries(calls)
        pause(seconds)

    calls.clock.pause = waits
    attend(calls, second.id)
    ended = calls.call(second.id)
    assert (calls.telephony.asked, ended.outcome) == (1, Outcome.NOT_PERMITTED)
    assert ended.reason == "country_not_allowed"


def test_the_sweep_wakes_no_more_than_can_go_on(calls):
    """As many as may start until the next one, each when its turn comes; as many as there are places."""
    _requested(calls, 120)
    calls.wakeups.attends.clear()
    calls.wakeups.attend_delays.clear()
    _set(calls, rate=1)
    assert dispatch_due(calls) == 48
    assert calls.wakeups.attend_delays[:5] == [0, 1, 2, 3, 5]
    assert calls.wakeups.attend_delays[-1] < 60
    _set(calls, rate=1, live=3)
    assert dispatch_due(calls) == 3
    for call_id in ("call_1", "call_2", "call_3"):
        attend(calls, call_id)
    assert dispatch_due(calls) == 0
    _set(calls)
    assert dispatch_due(calls) == 117


def test_what_a_dead_worker_took_is_given_back(calls):
    """Its call may not be dialed any more when somebody looks at it again."""
    _set(calls, live=1)
    [call] = _requested(calls, 1)
    commit_dial = calls.book.commit_dial

    def dies(*_given):
        raise Killed

    calls.book.commit_dial = dies
    with pytest.raises(Killed):
        attend(calls, call.id)
    assert [slot.call_id for slot in calls.slots.held("ALL")] == [call.id]
    calls.book.commit_dial = commit_dial
    stop_calling(calls, call.number, "sms")
    attend(calls, call.id)
    assert calls.call(call.id).outcome is Outcome.NOT_PERMITTED
    assert calls.slots.held("ALL") == []


def _stage(length):
    clock = FixedClock(NOW)
    calls = FakeCalls(clock, FakeCrm(clock))
    furnished(calls)
    _set(calls, rate=2, live=1)
    calls.plans.put(PLAN)
    _requested(calls, 2, campaign_id=PLAN.id, attempt=1)
    calls.clock.advance(seconds=1)
    return Workers(calls, Fuse(length))


@pytest.mark.parametrize("length", range(1, 111, 2))
def test_whoever_dies_loses_neither_a_call_nor_a_place(length):
    """Wherever a worker dies: one call live at a time, each dialed once, all ended, every place free."""
    workers = _stage(length)
    for _ in range(8):
        for call_id in ("call_0", "call_1"):
            workers.attend(call_id)
        live = [call for call in workers.carrier.accepted if call.status != "completed"]
        assert len(live) <= 1
        workers.hang_up()
        workers.dispatch()
        workers.drain()
        workers.calls.clock.advance(seconds=61)
    workers.settle(30)
    dialed = [call.order.call_id for call in workers.carrier.accepted]
    assert len(set(dialed)) == len(dialed)
    for call in workers.calls.shelf.calls.values():
        assert call.finished_at
        assert call.id in dialed or call.reason == "carrier_never_accepted"
    assert workers.calls.slots.held("ALL") == workers.calls.slots.held(PLAN.id) == []
