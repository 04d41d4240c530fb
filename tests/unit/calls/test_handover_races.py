"""Hand-overs that something crosses: a caller who hangs up, a colleague who never enters, a second wish."""

from __future__ import annotations

from datetime import timedelta
from itertools import permutations

import pytest
from fakes.calls import DESK, NOW, FakeVoice, connected, kill_switch
from fakes.rooms import only

from chalicelib.ai.domain.conversation import CallerSaid, Hangup, OnFailure, Say, Transfer
from chalicelib.calls.domain.calls import Report
from chalicelib.calls.domain.handing import Bridge, Resume
from chalicelib.calls.domain.happenings import Happening, has_happened
from chalicelib.calls.domain.rooms import (
    JOIN_DEADLINE,
    LegState,
    Listening,
    Participant,
    Role,
    RoomFile,
    accept,
    ask,
    enter,
    leave,
    report_leg,
    room_id_of,
)
from chalicelib.calls.domain.templates import TransferMode, Transport
from chalicelib.calls.domain.turns import Turn, TurnEnd, TurnKind
from chalicelib.calls.ports.rooms import RoomTask
from chalicelib.calls.services.closing import session_ended
from chalicelib.calls.services.rooms.callbacks import RoomEvent, room_event
from chalicelib.calls.services.rooms.handover import Dialed, caller_of, came_back, hand_over, seized
from chalicelib.calls.services.rooms.legs import leg_answered, leg_pressed, leg_reported
from chalicelib.calls.services.rooms.taking import TransferWish, transfer_call
from chalicelib.calls.services.rooms.tasks import coached_sid, see_to
from chalicelib.calls.services.suppression import stop_calling
from chalicelib.calls.services.turns import TurnRequest, take_turn

ROOM = room_id_of("call_1")
ASKED = (Say("One moment.", last=True), Transfer("asked_for_person"))
LATER = NOW + timedelta(seconds=30)


def _turn(calls, number, end=TurnEnd.LISTEN, reason="", answer="Yes."):
    said = Turn(number, TurnKind.SPEECH, NOW, said="Hm?", answer=answer, end=end, reason=reason)
    calls.turns.open("call_1", said)


def _work(calls, *, without=(RoomTask.CHECK,)):
    while calls.room_wakeups.tasks:
        task, room_id, participant_id, _ = calls.room_wakeups.tasks.pop(0)
        if task not in without:
            see_to(calls, task, room_id, participant_id)


def _attempt(calls):
    return only(calls.rooms.load(ROOM), Role.COLLEAGUE)


def _brought_back(calls):
    return [what for what in calls.switchboard.log if what[0] == "bring_back"]


@pytest.fixture
def accepted(calls):
    """Let a colleague press 1 on a warm hand-over; they are not in the conference yet."""
    connected(calls, transfer_to=DESK, transfer_mode=TransferMode.WARM)
    _turn(calls, 1, TurnEnd.TRANSFER, "asked_for_person")
    hand_over(calls, calls.book.load("call_1"), ASKED)
    _work(calls)
    leg = _attempt(calls)
    leg_answered(calls, ROOM, leg.id, Report("in-progress", leg.sid, NOW))
    leg_pressed(calls, ROOM, leg.id, "1")
    return _attempt(calls)


@pytest.mark.parametrize("status", ["completed", "", "whatever"])
@pytest.mark.parametrize("end", [TurnEnd.LISTEN, TurnEnd.TRANSFER, None])
def test_who_hung_up_is_handed_to_nobody(calls, status, end):
    """No phone of a colleague rings for a line that is gone, however the last turn ended."""
    connected(calls, transfer_to=DESK, transfer_mode=TransferMode.WARM, on_failure=OnFailure.TRANSFER)
    _turn(calls, 1, end, "asked_for_person")
    assert session_ended(calls, "call_1", status)[1] == (Hangup("caller_gone"),)
    assert (calls.room_wakeups.tasks, calls.rooms.load(ROOM)) == ([], None)


def test_a_colleague_who_pressed_1_and_never_entered_has_not_come(calls, accepted):
    """Their leg ended on the way: the caller is taken out of the music, and it was no talk."""
    leg_reported(calls, ROOM, accepted.id, Report("completed", accepted.sid, NOW, duration_s=2))
    assert (_attempt(calls).state, _attempt(calls).reason) == (LegState.FAILED, "declined")
    _work(calls)
    assert len(_brought_back(calls)) == 1
    steps = came_back(calls, calls.book.load("call_1"), accepted.id, Dialed(status="answered"))
    assert isinstance(steps[-1], Resume)
    assert not has_happened(calls.call(), Happening.TRANSFER_JOINED)


def test_a_colleague_whose_way_into_the_conference_is_lost_is_given_up(calls, accepted):
    """At the deadline, when not even the end of their leg was heard of; not in the first seconds."""
    see_to(calls, RoomTask.CHECK, ROOM, accepted.id)
    assert _attempt(calls).state is LegState.ANSWERED
    ((task, _, _, delay_s),) = calls.room_wakeups.tasks
    assert (task, delay_s) == (RoomTask.CHECK, JOIN_DEADLINE.total_seconds())
    calls.clock.advance(seconds=delay_s)
    see_to(calls, RoomTask.CHECK, ROOM, accepted.id)
    _work(calls)
    assert _attempt(calls).state is LegState.FAILED
    assert ("hang_up", accepted.sid) in calls.switchboard.log
    assert len(_brought_back(calls)) == 1


def test_a_colleague_who_entered_is_never_given_up(calls, accepted):
    """However late it is looked."""
    room_event(calls, ROOM, RoomEvent("participant-join", "CF1", 3, NOW, accepted.id))
    calls.room_wakeups.tasks.clear()
    calls.clock.advance(minutes=10)
    see_to(calls, RoomTask.CHECK, ROOM, accepted.id)
    assert (_attempt(calls).state, calls.room_wakeups.tasks) == (LegState.JOINED, [])


def test_a_caller_who_leaves_frees_a_colleague_on_the_way_in(calls, accepted):
    """Otherwise the colleague would listen to music alone."""
    left = RoomEvent("participant-leave", "CF1", 3, NOW, caller_of(accepted.id))
    room_event(calls, ROOM, left)
    _work(calls)
    assert (_attempt(calls).reason, _brought_back(calls)) == ("caller_gone", [])
    assert ("hang_up", accepted.sid) in calls.switchboard.log


@pytest.mark.parametrize("order", [*permutations(["in-progress", "completed", "JOIN", "LEAVE"])])
def test_a_short_talk_is_a_talk_in_any_order(order):
    """The end of the leg may be told before anything of the conference: that it failed is taken back."""
    leg = accept(ask(Participant("participant_1", DESK, Role.COLLEAGUE, NOW), NOW), NOW)
    for each in order:
        at = NOW if each == "JOIN" else LATER
        change = {"JOIN": enter, "LEAVE": leave}.get(each)
        leg = change(leg, at) if change else report_leg(leg, Report(each, "CA5", at))
    assert (leg.state, leg.reason, leg.joined_at, leg.left_at) == (LegState.LEFT, "", NOW, LATER)


def test_who_enters_after_they_were_given_up_was_not_there():
    """Nobody waits for them any more."""
    leg = accept(ask(Participant("participant_1", DESK, Role.COLLEAGUE, NOW), NOW), NOW)
    failed = report_leg(leg, Report("completed", "CA5", NOW))
    assert enter(failed, LATER) == failed
    assert leave(failed, LATER) == failed


@pytest.mark.parametrize("transport", Transport)
def test_a_second_hand_over_is_one_of_its_own(calls, transport):
    """The first came to nothing and the talk went on: what then breaks dials anew, not into old news."""
    connected(
        calls,
        transfer_to=DESK,
        transfer_mode=TransferMode.BLIND,
        on_failure=OnFailure.TRANSFER,
        transport=transport,
    )
    _turn(calls, 1, TurnEnd.TRANSFER, "asked_for_person")
    (*_, first) = hand_over(calls, calls.book.load("call_1"), ASKED)
    steps = came_back(calls, calls.book.load("call_1"), first.attempt_id, Dialed(status="busy"))
    assert steps[-1] == Resume(3, by_relay=transport is Transport.RELAY)
    _turn(calls, 3)
    _turn(calls, 4, end=None, answer=None)
    (*_, second) = session_ended(calls, "call_1", "ended")[1]
    assert isinstance(second, Bridge)
    assert second.attempt_id != first.attempt_id
    assert session_ended(calls, "call_1", "ended")[1][-1] == second


def test_old_news_do_not_take_the_talk_back(calls):
    """Told once more after the talk went on, they lead to its newest turn."""
    connected(calls, transfer_to=DESK, transfer_mode=TransferMode.BLIND, transport=Transport.GATHER)
    _turn(calls, 1, TurnEnd.TRANSFER, "asked_for_person")
    (*_, first) = hand_over(calls, calls.book.load("call_1"), ASKED)
    busy = Dialed(status="busy")
    came_back(calls, calls.book.load("call_1"), first.attempt_id, busy)
    _turn(calls, 3)
    steps = came_back(calls, calls.book.load("call_1"), first.attempt_id, busy)
    assert steps[-1] == Resume(4, by_relay=False)


def test_a_wish_in_a_turn_that_was_taken_before_is_kept(calls):
    """Whatever that turn is answered with, the number is not called again, and the call says so."""
    number = connected(calls, transport=Transport.GATHER).number
    _turn(calls, 3, answer="We open at nine.")
    wish = TurnRequest("call_1", CallerSaid("Stop calling me"), NOW, 10.0, 3)
    assert take_turn(calls, wish, lambda _: FakeVoice()).answer == "We open at nine."
    assert calls.numbers.status(number).suppressed_at
    assert has_happened(calls.call(), Happening.OPTED_OUT)


def test_words_in_a_turn_that_was_taken_before_change_nothing(calls):
    """A repeated delivery is answered as it was."""
    number = connected(calls, transport=Transport.GATHER).number
    _turn(calls, 3)
    take_turn(calls, TurnRequest("call_1", CallerSaid("Hm?"), NOW, 10.0, 3), lambda _: FakeVoice())
    assert (calls.numbers.status(number).suppressed_at, calls.call().events) == (None, ())


def _stopped(calls):
    kill_switch(calls)


def _suppressed(calls):
    stop_calling(calls, DESK, "operator")


@pytest.mark.parametrize("stop", [_stopped, _suppressed])
@pytest.mark.parametrize("found_again", [False, True])
def test_an_operators_blind_hand_over_asks_the_rules_when_it_is_dialed(calls, stop, found_again):
    """They changed after the wish; what the carrier has not been told yet is not told any more."""
    connected(calls)
    _turn(calls, 1)
    transfer_call(calls, "call_1", TransferWish("participant_op", DESK, TransferMode.BLIND))
    if found_again:
        assert isinstance(seized(calls, calls.book.load("call_1"), "participant_op")[-1], Bridge)
    stop(calls)
    steps = seized(calls, calls.book.load("call_1"), "participant_op")
    assert not any(isinstance(step, Bridge) for step in steps)
    assert _attempt(calls).state is LegState.FAILED


def test_a_blind_hand_over_of_the_agent_asks_them_too(calls):
    """When its session has ended and the carrier is about to dial."""
    connected(calls, transfer_to=DESK, transfer_mode=TransferMode.BLIND)
    _turn(calls, 1, TurnEnd.TRANSFER, "asked_for_person")
    assert isinstance(hand_over(calls, calls.book.load("call_1"), ASKED)[-1], Bridge)
    kill_switch(calls)
    assert isinstance(hand_over(calls, calls.book.load("call_1"), ASKED)[-1], Resume)


def test_a_wish_that_came_to_nothing_disturbs_no_talk(calls):
    """The carrier never took the call from the AI: nobody is brought back from where they never were."""
    connected(calls)
    _turn(calls, 1)
    transfer_call(calls, "call_1", TransferWish("participant_op", DESK, TransferMode.WARM))
    for _ in range(2):
        see_to(calls, RoomTask.CHECK, ROOM, "participant_op")
        _work(calls, without=(RoomTask.SEIZE,))
    assert (_attempt(calls).state, _brought_back(calls)) == (LegState.FAILED, [])


def test_a_supervisor_coaches_only_who_is_there(calls, accepted):
    """The carrier refuses to let a supervisor in who coaches somebody who has not entered."""
    boss = Participant("participant_b", DESK, Role.SUPERVISOR, NOW, mode=Listening.WHISPER, sid="CA8")
    calls.rooms.add(ROOM, boss)
    assert coached_sid(calls.rooms.load(ROOM)) == ""
    room_event(calls, ROOM, RoomEvent("participant-join", "CF1", 3, NOW, boss.id))
    _work(calls)
    assert calls.switchboard.log[-1] == ("set_mode", "CF1", "CA8", Listening.LISTEN, "")
    room_event(calls, ROOM, RoomEvent("participant-join", "CF1", 4, NOW, accepted.id))
    _work(calls)
    assert calls.switchboard.log[-1] == ("set_mode", "CF1", "CA8", Listening.WHISPER, accepted.sid)


def test_in_a_conference_who_came_first_is_coached():
    """Of those who are there."""
    legs = [
        Participant(f"participant_{sid}", DESK, Role.PARTICIPANT, NOW, state=state, sid=sid)
        for sid, state in (("CA1", LegState.LEFT), ("CA2", LegState.ANSWERED), ("CA3", LegState.JOINED))
    ]
    assert coached_sid(RoomFile(None, tuple(legs))) == "CA3"
