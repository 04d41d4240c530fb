"""The kill switch: from the moment it is thrown nothing is dialed, and nothing that waits is lost."""

from __future__ import annotations

from datetime import timedelta

import pytest
from fakes.calls import NOW, NUMBER, FakeCalls, a_call, furnished, kill_switch
from fakes.crm import FakeCrm
from fakes.system import ANY_HOUR

from chalicelib.calls.domain.states import CallState
from chalicelib.calls.services.dialing import attend, dispatch_due
from chalicelib.calls.services.requests import CallWish, request_call
from chalicelib.kernel.clock import FixedClock
from chalicelib.kernel.errors import Unavailable
from chalicelib.system.domain.settings import StackLimits

_PORTS = ("book", "numbers", "templates", "telephony", "wakeups")


class _NewProcess(FakeCalls):
    """Ports whose carrier takes long to build when it is first used: meanwhile the switch is thrown."""

    @property
    def telephony(self):
        """Build the carrier."""
        if self._is_furnished and not self._is_built:
            self._is_built = True
            kill_switch(self)
        return self._carrier

    @telephony.setter
    def telephony(self, carrier):
        self._carrier, self._is_built, self._is_furnished = carrier, False, False

    def begin(self):
        """Let the next use of the carrier be the first."""
        self._is_furnished = True


class _Watched:
    """A port that says which step is about to be taken, and which one was."""

    def __init__(self, port, name, tell):
        self._port, self._name, self._tell = port, name, tell

    def __getattr__(self, method):
        target = getattr(self._port, method)

        def step(*args, **options):
            self._tell(f"before {self._name}.{method}")
            result = target(*args, **options)
            self._tell(f"after {self._name}.{method}")
            return result

        return step


def _stage():
    clock = FixedClock(NOW)
    calls = FakeCalls(clock, FakeCrm(clock))
    furnished(calls)
    return calls, request_call(calls, CallWish("template_1", number=NUMBER))


def _attend(calls, call_id, throw_at):
    """Dial a call, throwing the switch at one step; give the names of all steps."""
    steps = []
    ports = {name: getattr(calls, name) for name in _PORTS}
    settings = calls.system.settings

    def tell(step):
        steps.append(step)
        if len(steps) - 1 == throw_at:
            calls.system.settings = settings
            kill_switch(calls)
            calls.system.settings = _Watched(settings, "settings", tell)

    for name, port in ports.items():
        setattr(calls, name, _Watched(port, name, tell))
    calls.system.settings = _Watched(settings, "settings", tell)
    attend(calls, call_id)
    for name, port in ports.items():
        setattr(calls, name, port)
    calls.system.settings = settings
    return steps


def _steps():
    calls, call = _stage()
    return _attend(calls, call.id, throw_at=None)


@pytest.fixture
def queued(calls):
    """Give a call that was just requested."""
    return request_call(calls, CallWish("template_1", number=NUMBER))


def test_the_switch_is_read_directly_before_the_carrier_is_asked():
    """Nothing lies between the last look at the switch and the carrier."""
    steps = _steps()
    asked = steps.index("before telephony.place")
    assert steps[asked - 2 : asked] == ["before settings.current", "after settings.current"]


@pytest.mark.parametrize("throw_at", range(len(_steps())))
def test_the_switch_holds_at_every_step(throw_at):
    """Thrown before the last look, nothing reaches the carrier; released, the call is dialed once."""
    calls, call = _stage()
    steps = _attend(calls, call.id, throw_at)
    is_under_way = "before telephony.place" in steps[: throw_at + 1] or (
        steps[throw_at] == "after settings.current" and "before telephony.place" in steps[throw_at:]
    )
    assert len(calls.telephony.accepted) == is_under_way
    if not is_under_way:
        waiting = calls.call(call.id)
        assert (waiting.state, waiting.decision.reason) == (CallState.QUEUED, "kill_switch")
        assert waiting.look_at == NOW + timedelta(minutes=1)
    kill_switch(calls, on=False)
    calls.clock.advance(minutes=1)
    attend(calls, call.id)
    assert [each.order.call_id for each in calls.telephony.accepted] == [call.id]
    assert calls.call(call.id).state is CallState.RINGING


def test_a_carrier_that_is_slow_to_build_overtakes_no_switch(clock, crm):
    """In a new process the secret is read and the client built before the last look, not after it."""
    calls = _NewProcess(clock, crm)
    furnished(calls)
    call = request_call(calls, CallWish("template_1", number=NUMBER))
    calls.begin()
    attend(calls, call.id)
    assert calls.telephony.asked == 0
    assert calls.call(call.id).decision.reason == "kill_switch"


def test_a_carrier_that_cannot_be_built_leaves_the_call_waiting(calls, queued, monkeypatch):
    """Nothing is committed before there is somebody to ask: the wake-up is delivered again."""

    def fail(_self):
        raise Unavailable("no secret", retryable=True)

    monkeypatch.setattr(FakeCalls, "telephony", property(fail, lambda *_: None), raising=False)
    with pytest.raises(Unavailable):
        attend(calls, queued.id)
    assert (calls.call(queued.id).state, calls.shelf.uses["commit_dial"]) == (CallState.QUEUED, 0)


def test_a_stopped_call_says_why(calls, queued):
    """The decision that is stored repeats the operator's reason, and nothing was committed."""
    kill_switch(calls, reason="wrong script")
    attend(calls, queued.id)
    decision = calls.call(queued.id).decision
    assert (decision.reason, decision.not_before) == ("kill_switch", NOW + timedelta(minutes=1))
    assert "wrong script" in decision.explanation
    assert calls.shelf.uses["commit_dial"] == 0


def test_wishes_are_accepted_while_the_switch_is_on(calls):
    """A call that is asked for now waits; what is hopeless is refused all the same."""
    kill_switch(calls)
    call = request_call(calls, CallWish("template_1", number=NUMBER))
    attend(calls, call.id)
    assert (calls.telephony.asked, calls.call(call.id).state) == (0, CallState.QUEUED)


def test_the_deployment_stops_dialing_as_the_switch_does(calls, queued):
    """DialingEnabled=false holds whatever the settings say, and calls wait."""
    calls.system.stack = StackLimits(dialing_enabled=False)
    attend(calls, queued.id)
    waiting = calls.call(queued.id)
    assert (calls.telephony.asked, waiting.decision.reason) == (0, "dialing_disabled")
    calls.system.stack = ANY_HOUR
    calls.clock.advance(minutes=1)
    attend(calls, queued.id)
    assert calls.telephony.asked == 1


def test_when_nobody_can_read_the_switch_nothing_is_dialed(calls, queued):
    """A table that falls silent after the commitment takes the commitment back."""
    commit_dial = calls.book.commit_dial

    def last_words(call, live_until):
        calls.system.settings.silent = True
        return commit_dial(call, live_until)

    calls.book.commit_dial = last_words
    attend(calls, queued.id)
    waiting = calls.call(queued.id)
    assert (calls.telephony.asked, waiting.state) == (0, CallState.QUEUED)
    assert waiting.decision.reason == "settings_unavailable"
    calls.system.settings.silent = False
    calls.book.commit_dial = commit_dial
    calls.clock.advance(minutes=1)
    attend(calls, queued.id)
    assert calls.telephony.asked == 1


def test_a_silent_table_before_the_decision_leaves_the_call_as_it_is(calls, queued):
    """The wake-up fails and is delivered again; the call waits."""
    calls.system.settings.silent = True
    with pytest.raises(Unavailable):
        attend(calls, queued.id)
    assert (calls.telephony.asked, calls.call(queued.id).state) == (0, CallState.QUEUED)


def test_the_dispatcher_leaves_waiting_calls_alone_while_the_switch_is_on(calls, queued):
    """Calls that have begun are looked at as ever; one read of the switch spares all the others."""
    calls.book.create(a_call(id="call_begun", state=CallState.DIALING))
    kill_switch(calls)
    calls.wakeups.attends.clear()
    calls.system.settings.reads = 0
    assert dispatch_due(calls) == 1
    assert (calls.wakeups.attends, calls.system.settings.reads) == (["call_begun"], 1)
    kill_switch(calls, on=False)
    assert dispatch_due(calls) == 2
    assert calls.wakeups.attends[1:] == ["call_begun", queued.id]


def test_the_dispatcher_reconciles_even_when_the_switch_cannot_be_read(calls, queued):
    """Calls that have begun do not depend on the settings; waiting ones are not woken blindly."""
    calls.book.create(a_call(id="call_begun", state=CallState.DIALING))
    calls.wakeups.attends.clear()
    calls.system.settings.silent = True
    with pytest.raises(Unavailable):
        dispatch_due(calls)
    assert calls.wakeups.attends == ["call_begun"]
    assert queued.id not in calls.wakeups.attends


def test_calls_in_progress_go_on(calls, queued):
    """The switch ends no call that the carrier has: its state is found out as ever."""
    attend(calls, queued.id)
    kill_switch(calls)
    calls.telephony.accepted[0].status = "completed"
    calls.clock.advance(minutes=3)
    attend(calls, queued.id)
    assert calls.call(queued.id).is_over
