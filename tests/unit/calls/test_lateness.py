"""The post-call job waits for news that decide something, and only then; never for long."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from fakes.calls import DESK, NOW, FakeVoice, connected

from chalicelib.ai.domain.conversation import CallerSaid, Transfer
from chalicelib.calls.domain.calls import CallEvent, Direction, Report, add_event
from chalicelib.calls.domain.happenings import Happening
from chalicelib.calls.domain.lateness import awaits_news
from chalicelib.calls.domain.rooms import Role, room_id_of
from chalicelib.calls.domain.templates import OnMachine, TransferMode
from chalicelib.calls.domain.turns import Turn, TurnEnd, TurnKind
from chalicelib.calls.services.finishing import finish_call
from chalicelib.calls.services.machines import note_verdict
from chalicelib.calls.services.progress import record_report
from chalicelib.calls.services.rooms.callbacks import RoomEvent, room_event
from chalicelib.calls.services.rooms.handover import caller_of, hand_over
from chalicelib.calls.services.turns import TurnRequest, take_turn


def _ended(calls, status="completed"):
    record_report(calls, "call_1", Report(status, "CA1", calls.clock.now(), duration_s=9))


def _happen(calls, *kinds, attempt="1"):
    for kind in kinds:
        event = CallEvent("2026", f"{kind}:{attempt}", kind)
        calls.book.change("call_1", lambda call, event=event: add_event(call, event))


def test_a_plain_call_is_finished_at_once(calls):
    """Nothing is under way: nobody waits, and nothing more is read."""
    connected(calls)
    calls.turns.open("call_1", Turn(1, TurnKind.SPEECH, NOW, said="Hi", answer="Bye.", end=TurnEnd.HANG_UP))
    _ended(calls)
    finish_call(calls, "call_1")
    assert (calls.call().finished_at, calls.wakeups.later_finishes) == (NOW, [])


@pytest.mark.parametrize(
    ("on_machine", "status", "direction", "waits"),
    [
        (OnMachine.LEAVE_MESSAGE, "completed", Direction.OUTBOUND, True),
        (OnMachine.LEAVE_MESSAGE, "busy", Direction.OUTBOUND, False),
        (OnMachine.LEAVE_MESSAGE, "completed", Direction.INBOUND, False),
        (OnMachine.OFF, "completed", Direction.OUTBOUND, False),
    ],
)
def test_a_verdict_is_waited_for_where_one_comes(calls, on_machine, status, direction, waits):
    """The carrier tells who answered only of calls that we placed, that were answered, and where we asked."""
    connected(calls, on_machine=on_machine)
    file = calls.book.load("call_1")
    call = replace(file.call, direction=direction, carrier_status=status)
    assert awaits_news(replace(file, call=call)) is waits


def test_a_verdict_after_the_end_counts(calls):
    """Until the books are closed; nothing is redirected any more."""
    connected(calls, on_machine=OnMachine.HANG_UP)
    _ended(calls)
    finish_call(calls, "call_1")
    assert calls.wakeups.later_finishes == [("call_1", 2)]
    note_verdict(calls, "call_1", "machine_start")
    finish_call(calls, "call_1")
    assert (calls.call().outcome, calls.wakeups.takeovers) == ("voicemail_no_message", [])
    closed = calls.call()
    note_verdict(calls, "call_1", "human")
    assert calls.call() == closed


def test_each_hand_over_ends_by_its_own_word(calls):
    """That one failed says nothing of the next."""
    connected(calls)
    _happen(calls, Happening.TRANSFER_BEGUN, Happening.TRANSFER_FAILED)
    assert not awaits_news(calls.book.load("call_1"))
    _happen(calls, Happening.TRANSFER_FAILED, attempt="2")
    _happen(calls, Happening.TRANSFER_BEGUN, attempt="3")
    assert awaits_news(calls.book.load("call_1"))
    _happen(calls, Happening.TRANSFER_JOINED, attempt="3")
    assert not awaits_news(calls.book.load("call_1"))


def test_the_looks_become_rarer_and_end(calls):
    """A handful of messages at most; after half a minute what is known decides."""
    connected(calls)
    calls.turns.open("call_1", Turn(1, TurnKind.SPEECH, NOW, said="Hi"))
    _ended(calls)
    for _ in range(20):
        finish_call(calls, "call_1")
        if calls.call().finished_at:
            break
        calls.clock.advance(seconds=calls.wakeups.later_finishes[-1][1])
    delays = [delay_s for _, delay_s in calls.wakeups.later_finishes]
    assert delays == sorted(delays)
    assert (delays[0], len(delays) < 10) == (2, True)
    assert timedelta(seconds=30) <= calls.call().finished_at - NOW < timedelta(seconds=40)


def test_a_silence_that_nobody_finished_to_speak_is_not_waited_for(calls):
    """It can hold no wish."""
    connected(calls)
    calls.turns.open("call_1", Turn(1, TurnKind.SILENCE, NOW))
    assert not awaits_news(calls.book.load("call_1"))


def test_what_the_others_cost_waits_until_they_are_gone(calls):
    """The end of the caller's line may be told before that of the colleague's."""
    connected(calls, transfer_to=DESK, transfer_mode=TransferMode.WARM)
    asked = Turn(1, TurnKind.SPEECH, NOW, said="A person", end=TurnEnd.TRANSFER, reason="r")
    calls.turns.open("call_1", asked)
    hand_over(calls, calls.book.load("call_1"), (Transfer("r"),))
    room_id = room_id_of("call_1")
    colleague = next(leg for leg in calls.rooms.load(room_id).participants if leg.role is Role.COLLEAGUE)
    for leg_id in (colleague.id, caller_of(colleague.id)):
        room_event(calls, room_id, RoomEvent("participant-join", "CF1", 1, NOW, leg_id))
    _ended(calls)
    finish_call(calls, "call_1")
    assert calls.call().finished_at is None
    for leg_id in (colleague.id, caller_of(colleague.id)):
        room_event(calls, room_id, RoomEvent("participant-leave", "CF1", 2, NOW, leg_id))
    finish_call(calls, "call_1")
    assert (calls.call().outcome, calls.call().finished_at) == ("transferred", NOW)


def test_a_wish_that_comes_after_the_end_is_the_outcome(calls):
    """The number is suppressed and the call says why; once the books are closed they stand."""
    number = connected(calls).number
    calls.turns.open("call_1", Turn(1, TurnKind.SPEECH, NOW, said="Hi", answer="Yes.", end=TurnEnd.LISTEN))
    _ended(calls)
    wish = TurnRequest("call_1", CallerSaid("Stop calling me"), NOW, 20.0)
    take_turn(calls, wish, lambda _: FakeVoice())
    finish_call(calls, "call_1")
    assert calls.call().outcome == "opted_out"
    assert calls.numbers.status(number).suppressed_at
    closed = calls.call()
    take_turn(calls, wish, lambda _: FakeVoice())
    assert calls.call() == closed
