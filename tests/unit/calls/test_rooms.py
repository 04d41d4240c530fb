"""Legs into rooms, as rules: what each report does, in any order and any number."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import permutations

import pytest
from fakes.calls import DESK, LINE, NOW

from chalicelib.ai.domain.sentences import sentence
from chalicelib.calls.domain.calls import Report
from chalicelib.calls.domain.handing import follow_up, told
from chalicelib.calls.domain.rooms import (
    LegState,
    Participant,
    Role,
    Room,
    RoomState,
    accept,
    ask,
    call_id_of,
    close,
    end_conference,
    enter,
    fail,
    hold_conference,
    leave,
    report_leg,
    room_id_of,
    set_flags,
    take_back,
    unsure,
)
from chalicelib.calls.domain.templates import WhenNobody

LATER = NOW + timedelta(seconds=30)


def _leg(**changes):
    return replace(Participant("participant_1", DESK, Role.COLLEAGUE, NOW), **changes)


def _report(status, at=NOW):
    return Report(status, "CA5", at, duration_s=12 if status == "completed" else None)


def test_a_leg_is_committed_once():
    """Whoever finds it committed does not ask again; only a carrier that has nothing gives it back."""
    committed = ask(_leg(), NOW)
    assert (committed.state, committed.dialed_at) == (LegState.DIALING, NOW)
    assert ask(committed, LATER) == committed
    assert take_back(committed) == _leg()
    assert take_back(replace(committed, sid="CA5")).state is LegState.DIALING
    assert ask(unsure(committed), LATER) == unsure(committed)


@pytest.mark.parametrize(
    ("status", "reason"),
    [("busy", "busy"), ("no-answer", "no_answer"), ("failed", "failed"), ("canceled", "canceled")],
)
@pytest.mark.parametrize("order", [*permutations(["initiated", "ringing", "END", "END"])])
def test_a_leg_that_never_came_has_one_reason_in_any_order(status, reason, order):
    """Late and doubled reports change nothing."""
    leg = ask(_leg(), NOW)
    for each in order:
        leg = report_leg(leg, _report(status if each == "END" else each))
    assert (leg.state, leg.reason, leg.sid) == (LegState.FAILED, reason, "CA5")


@pytest.mark.parametrize("order", [*permutations(["ringing", "in-progress", "completed", "JOIN", "LEAVE"])])
def test_who_talked_has_left_in_any_order(order):
    """The carrier's reports of the leg and of the conference come on two ways."""
    leg = accept(ask(_leg(), NOW), NOW)
    for each in order:
        change = {"JOIN": enter, "LEAVE": leave}.get(each)
        leg = change(leg, NOW) if change else report_leg(leg, _report(each))
    assert (leg.state, leg.reason, leg.joined_at) == (LegState.LEFT, "", NOW)
    assert leg.duration_s == 12


def test_who_took_the_call_and_pressed_nothing_declined():
    """A machine that answers does not come in, and what it leaves behind is no talk."""
    leg = report_leg(report_leg(ask(_leg(), NOW), _report("in-progress")), _report("completed"))
    assert (leg.state, leg.reason) == (LegState.FAILED, "declined")


def test_yes_and_too_late_exclude_each_other():
    """Whichever is stored first stands."""
    leg = report_leg(ask(_leg(), NOW), _report("in-progress"))
    assert fail(accept(leg, NOW), "no_answer", LATER) == accept(leg, NOW)
    given_up = fail(leg, "no_answer", NOW)
    assert accept(given_up, LATER) == given_up
    assert enter(given_up, LATER) == given_up
    assert leave(given_up, LATER) == given_up


def test_flags_follow_the_carriers_count():
    """An older event that comes later does not undo a newer one."""
    leg = set_flags(_leg(), 7, {"muted": True})
    assert set_flags(leg, 5, {"muted": False}) == leg
    assert not set_flags(leg, 9, {"muted": False}).muted


def test_a_room_knows_its_newest_conference():
    """The name is used again for a second attempt; news of the first one come late."""
    room = Room("room_1", LINE, NOW, call_id="call_1")
    first = end_conference(hold_conference(room, "CF1", NOW), "CF1", LATER)
    assert (first.state, first.is_listed) == (RoomState.ENDED, False)
    assert hold_conference(first, "CF1", LATER) == first
    second = hold_conference(first, "CF2", LATER)
    assert (second.state, second.sid, second.is_listed) == (RoomState.OPEN, "CF2", True)
    assert end_conference(second, "CF1", LATER) == second


@pytest.mark.parametrize("order", [*permutations(["start", "end", "end"])])
def test_a_conference_ends_in_any_order(order):
    """Its end may be heard of before its beginning."""
    room = Room("room_1", LINE, NOW)
    for each in order:
        at = LATER if each == "end" else NOW
        room = (end_conference if each == "end" else hold_conference)(room, "CF1", at)
    assert (room.state, room.ended_at) == (RoomState.ENDED, LATER)


def test_a_room_that_an_operator_ended_stays_so():
    """Late news of its conference do not open it."""
    room = close(Room("room_1", LINE, NOW), NOW)
    assert hold_conference(room, "CF1", LATER).state is RoomState.ENDED
    assert close(room, LATER) == room


def test_a_call_and_its_room_name_each_other():
    """One room a call."""
    assert call_id_of(room_id_of("call_0abc")) == "call_0abc"


@pytest.mark.parametrize("following", WhenNobody)
@pytest.mark.parametrize("reason", ["busy", "no_answer", "declined", "failed", "kill_switch", "no_target"])
def test_what_the_caller_hears_is_true(reason, following):
    """What happened, and a promise only of what follows."""
    words = "".join(map(sentence, told(reason, following)))
    assert words.startswith("I am sorry, ")
    assert words.endswith("Goodbye.") is (following is WhenNobody.HANG_UP)
    assert ("help you" in words) is (following is WhenNobody.AGENT)
    assert ("another call" in words) is (reason == "busy")


@pytest.mark.parametrize("why", ["model_timeout", "turn_failed", "internal_error", "opt_out_failed"])
def test_an_ai_that_failed_is_not_gone_back_to(why):
    """It would fail again, and hand over again."""
    assert follow_up(WhenNobody.AGENT, why) is WhenNobody.HANG_UP
    assert follow_up(WhenNobody.VOICEMAIL, why) is WhenNobody.VOICEMAIL
    assert follow_up(WhenNobody.AGENT, "asked_for_person") is WhenNobody.AGENT
