"""Hand-overs that crash: one leg at the carrier, and no caller is left waiting, wherever a process dies."""

from __future__ import annotations

import pytest
from fakes.calls import DESK, NOW, connected
from fakes.carrier import Fuse, Killed, Perilous

from chalicelib.ai.domain.conversation import Say, Transfer
from chalicelib.calls.domain.calls import Report
from chalicelib.calls.domain.rooms import LegState, room_id_of
from chalicelib.calls.domain.templates import TransferMode
from chalicelib.calls.domain.turns import Turn, TurnEnd, TurnKind
from chalicelib.calls.ports.rooms import RoomTask
from chalicelib.calls.services.rooms.callbacks import RoomEvent, room_event
from chalicelib.calls.services.rooms.handover import caller_of, hand_over
from chalicelib.calls.services.rooms.legs import leg_answered, leg_pressed, leg_reported
from chalicelib.calls.services.rooms.tasks import see_to

ROOM = room_id_of("call_1")
ASKED = (Say("One moment.", last=True), Transfer("asked_for_person"))
LENGTHS = range(1, 60)
ENDS = ["busy", "declines", "accepts", "caller_leaves"]


@pytest.fixture
def prepare(calls):
    """Let the caller ask for a person on a call with this brief."""

    def prepare(**brief):
        connected(calls, **{"transfer_to": DESK, "transfer_mode": TransferMode.WARM, **brief})
        said = Turn(1, TurnKind.SPEECH, NOW, said="My pump leaks", answer="Oh.", end=TurnEnd.LISTEN)
        asks = Turn(
            2, TurnKind.SPEECH, NOW, said="A person please", end=TurnEnd.TRANSFER, reason="asked_for_person"
        )
        for turn in (said, asks):
            calls.turns.open("call_1", turn)

    return prepare


@pytest.mark.parametrize("length", LENGTHS)
@pytest.mark.parametrize("ending", ENDS)
def test_a_crash_anywhere_dials_once_and_strands_nobody(calls, prepare, length, ending):
    """Whatever is killed is delivered again: one leg, and the caller talks, is told, or is gone."""
    prepare()
    fuse = Fuse(length)
    ports = ("rooms", "book", "turns", "switchboard", "room_wakeups")
    bare = {name: getattr(calls, name) for name in ports}
    for name, port in bare.items():
        setattr(calls, name, Perilous(port, fuse))
    _deliver(lambda: _again(calls))
    _settle(calls, bare)
    leg = bare["rooms"].load(ROOM).attempt
    if not leg.is_over:
        _deliver(lambda: _finish_leg(calls, leg, ending))
        _settle(calls, bare)
    for name, port in bare.items():
        setattr(calls, name, port)
    for task in (RoomTask.CHECK, RoomTask.DIAL, RoomTask.BRING_BACK):
        see_to(calls, task, ROOM, leg.id)
    _work(calls)
    assert len(calls.switchboard.orders) <= 1
    _judge(calls, ending)


def _again(calls):
    return hand_over(calls, calls.book.load("call_1"), ASKED)


def _deliver(work):
    """Deliver a webhook, and again when the process died."""
    try:
        work()
    except Killed:
        work()


def _settle(calls, bare):
    """Serve the queue, each message until its process survives."""
    queue = bare["room_wakeups"].tasks
    while any(task[0] is not RoomTask.CHECK for task in queue):
        task, room_id, participant_id, _ = queue.pop(
            next(place for place, task in enumerate(queue) if task[0] is not RoomTask.CHECK)
        )
        _deliver(lambda: see_to(calls, task, room_id, participant_id))  # noqa: B023  used at once


def _finish_leg(calls, leg, ending):
    now = calls.clock.now()
    if ending == "busy":
        leg_reported(calls, ROOM, leg.id, Report("busy", "CA5", now))
        return
    if ending == "caller_leaves":
        room_event(calls, ROOM, RoomEvent("participant-leave", "CF1", 3, now, caller_of(leg.id)))
        return
    leg_answered(calls, ROOM, leg.id, Report("in-progress", "CA5", now))
    leg_pressed(calls, ROOM, leg.id, "1" if ending == "accepts" else "")
    if ending == "accepts":
        room_event(calls, ROOM, RoomEvent("participant-join", "CF1", 4, now, leg.id))


def _judge(calls, ending):
    """The caller is never stuck: the colleague came in, or the carrier was told to bring the caller back."""
    attempt = calls.rooms.load(ROOM).attempt
    if attempt.accepted_at:
        assert ending == "accepts"
        assert _brought_back(calls) == []
    elif attempt.reason != "caller_gone":
        assert attempt.state is LegState.FAILED
        assert len(_brought_back(calls)) > 0


def _brought_back(calls):
    return [what for what in calls.switchboard.log if what[0] == "bring_back"]


def _work(calls):
    """Do every task that was sent, with those that they send; the delayed ones last."""
    while calls.room_wakeups.tasks:
        calls.room_wakeups.tasks.sort(key=lambda task: task[3])
        task, room_id, participant_id, delay_s = calls.room_wakeups.tasks.pop(0)
        calls.clock.advance(seconds=delay_s)
        see_to(calls, task, room_id, participant_id)
