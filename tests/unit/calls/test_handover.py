"""Hand-overs: the colleague is dialed at most once, and the caller always hears what came of it."""

from __future__ import annotations

import pytest
from fakes.calls import DESK, NOW, connected, kill_switch
from fakes.rooms import only

from chalicelib.ai.domain.conversation import Hangup, Heard, Say, Spoken, Transfer
from chalicelib.ai.domain.sentences import sentence
from chalicelib.ai.domain.wording import TRANSFERRING
from chalicelib.calls.domain.calls import Report
from chalicelib.calls.domain.handing import Bridge, EnterRoom, Resume, TakeMessage, told
from chalicelib.calls.domain.happenings import Happening, has_happened
from chalicelib.calls.domain.rooms import LegState, Role, room_id_of
from chalicelib.calls.domain.templates import TransferMode, Transport, WhenNobody
from chalicelib.calls.domain.turns import Turn, TurnEnd, TurnKind, history
from chalicelib.calls.ports.rooms import RoomTask
from chalicelib.calls.services.closing import session_ended
from chalicelib.calls.services.finishing import finish_call
from chalicelib.calls.services.progress import record_report
from chalicelib.calls.services.rooms.callbacks import RoomEvent, room_event
from chalicelib.calls.services.rooms.handover import Dialed, caller_of, came_back, hand_over
from chalicelib.calls.services.rooms.legs import dial_leg, leg_answered, leg_pressed, leg_reported
from chalicelib.calls.services.rooms.summary import whisper
from chalicelib.calls.services.rooms.taking import TransferWish, transfer_call
from chalicelib.calls.services.rooms.tasks import see_to

ROOM = room_id_of("call_1")
ASKED = (Say("One moment.", last=True), Transfer("asked_for_person"))


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


@pytest.fixture
def begin(calls, prepare):
    """Hand such a call over; give the steps of the caller's line."""

    def begin(**brief):
        prepare(**brief)
        return _again(calls)

    return begin


def _again(calls):
    return hand_over(calls, calls.book.load("call_1"), ASKED)


def _attempt(calls):
    return only(calls.rooms.load(ROOM), Role.COLLEAGUE)


def _work(calls, *, without=()):
    """Do every task that was sent, with those that they send; the delayed ones last."""
    while calls.room_wakeups.tasks:
        calls.room_wakeups.tasks.sort(key=lambda task: task[3])
        task, room_id, participant_id, _ = calls.room_wakeups.tasks.pop(0)
        if task not in without:
            see_to(calls, task, room_id, participant_id)


def _report(calls, status):
    leg = _attempt(calls)
    leg_reported(calls, ROOM, leg.id, Report(status, leg.sid, calls.clock.now()))


def _back(calls, **dialed):
    return came_back(calls, calls.book.load("call_1"), _attempt(calls).id, Dialed(**dialed))


def _brought_back(calls):
    return [what for what in calls.switchboard.log if what[0] == "bring_back"]


def _dial(calls, begin):
    begin()
    _work(calls, without={RoomTask.CHECK})


def test_a_warm_hand_over_waits_in_the_room_and_dials_once(calls, begin):
    """The caller's line enters the room; the colleague is dialed from the queue, whoever sends it again."""
    steps = begin()
    attempt = _attempt(calls)
    assert steps == (ASKED[0], EnterRoom(attempt.id, ROOM, caller_of(attempt.id)))
    assert _again(calls) == steps
    _work(calls, without={RoomTask.CHECK})
    (order,) = calls.switchboard.orders
    assert (order.number, order.participant_id) == (DESK, attempt.id)
    assert [event.kind for event in calls.call().events] == [Happening.TRANSFER_BEGUN]


def test_a_colleague_who_presses_1_talks_with_the_caller(calls, begin):
    """After the whisper; when they hang up, the call is over and was handed over."""
    _dial(calls, begin)
    attempt = _attempt(calls)
    _, leg = leg_answered(calls, ROOM, attempt.id, Report("in-progress", attempt.sid, NOW))
    assert leg.state is LegState.ANSWERED
    assert "My pump leaks." in whisper(calls, calls.book.load("call_1"))
    _, leg = leg_pressed(calls, ROOM, attempt.id, "1")
    assert leg.accepted_at
    room_event(calls, ROOM, RoomEvent("participant-join", "CF1", 3, NOW, attempt.id))
    assert has_happened(calls.call(), Happening.TRANSFER_JOINED)
    room_event(calls, ROOM, RoomEvent("participant-leave", "CF1", 4, NOW, attempt.id))
    assert _back(calls, status="answered") == (Hangup("transferred"),)
    _work(calls)
    assert _brought_back(calls) == []
    assert _attempt(calls).state is LegState.LEFT


@pytest.mark.parametrize(
    ("status", "reason"), [("busy", "busy"), ("no-answer", "no_answer"), ("failed", "failed")]
)
def test_a_colleague_who_is_not_reached_lets_the_ai_go_on(calls, begin, status, reason):
    """The caller is brought back, hears why, and the model knows; a repetition tells the same."""
    _dial(calls, begin)
    _report(calls, status)
    _report(calls, status)
    _work(calls)
    assert _brought_back(calls)[0] == ("bring_back", "call_1", "CA1", _attempt(calls).id)
    words = Say("".join(map(sentence, told(reason, WhenNobody.AGENT))), last=True)
    for _ in range(2):
        assert _back(calls) == (words, Resume(4, by_relay=True))
    assert [event.detail for event in calls.call().events if event.kind == Happening.TRANSFER_FAILED] == [
        reason
    ]
    heard, spoken = history(calls.book.load("call_1").turns)[-2:]
    assert heard == Heard(f"[transfer: the colleague was not reached ({reason})]")
    assert spoken == Spoken(words.text)
    done = len(_brought_back(calls))
    see_to(calls, RoomTask.BRING_BACK, ROOM, _attempt(calls).id)
    assert len(_brought_back(calls)) == done


@pytest.mark.parametrize("digits", ["", "2", "*"])
def test_a_machine_that_answers_swallows_nobody(calls, begin, digits):
    """Without the key the caller is brought back at once."""
    _dial(calls, begin)
    attempt = _attempt(calls)
    leg_answered(calls, ROOM, attempt.id, Report("in-progress", attempt.sid, NOW))
    _, leg = leg_pressed(calls, ROOM, attempt.id, digits)
    assert (leg.state, leg.reason) == (LegState.FAILED, "declined")
    assert leg_pressed(calls, ROOM, attempt.id, "1")[1].accepted_at is None
    _work(calls)
    assert len(_brought_back(calls)) > 0


def test_after_a_lost_socket_the_ai_goes_on_by_gather(calls, begin):
    """What was refused once is not tried again; neither where the template has no socket."""
    begin()
    _report(calls, "busy")
    file = calls.book.load("call_1")
    lost = calls.call()
    from chalicelib.calls.domain.calls import CallEvent, add_event  # noqa: PLC0415

    event = CallEvent("2026", Happening.RELAY_LOST, Happening.RELAY_LOST)
    calls.book.change(lost.id, lambda call: add_event(call, event))
    assert _back(calls)[1] == Resume(4, by_relay=False)
    assert file.brief.transport is Transport.RELAY


@pytest.mark.parametrize(
    ("when_nobody", "end"),
    [(WhenNobody.VOICEMAIL, TakeMessage()), (WhenNobody.HANG_UP, Hangup("nobody_reached"))],
)
def test_the_template_says_what_follows(calls, begin, when_nobody, end):
    """A message is taken, or a goodbye is said."""
    begin(when_nobody=when_nobody)
    _report(calls, "busy")
    assert _back(calls) == (Say("".join(map(sentence, told("busy", when_nobody))), last=True), end)


def test_a_caller_who_hangs_up_while_waiting_stops_the_ringing(calls, begin):
    """The colleague's leg is ended, and nobody is brought back."""
    _dial(calls, begin)
    attempt = _attempt(calls)
    room_event(calls, ROOM, RoomEvent("participant-leave", "CF1", 3, NOW, caller_of(attempt.id)))
    _work(calls)
    assert ("hang_up", attempt.sid) in calls.switchboard.log
    assert _brought_back(calls) == []
    assert leg_answered(calls, ROOM, attempt.id, Report("in-progress", attempt.sid, NOW))[1].is_over


def test_the_end_of_the_callers_line_says_it_too(calls, begin):
    """The conference's own events may be lost."""
    _dial(calls, begin)
    assert _back(calls, status="answered", caller_gone=True) == (Hangup("caller_gone"),)
    _work(calls)
    assert ("hang_up", _attempt(calls).sid) in calls.switchboard.log
    assert _attempt(calls).reason == "caller_gone"


def test_a_colleague_who_answers_after_the_end_hears_so(calls, begin):
    """Though nothing but the call's own end was reported."""
    _dial(calls, begin)
    record_report(calls, "call_1", Report("completed", "CA1", NOW))
    attempt = _attempt(calls)
    _, leg = leg_answered(calls, ROOM, attempt.id, Report("in-progress", attempt.sid, NOW))
    assert (leg.state, leg.reason) == (LegState.FAILED, "caller_gone")


@pytest.mark.parametrize("mood", ["lost", "unheard"])
def test_a_lost_answer_is_never_dialed_again(calls, begin, mood):
    """Who waits is told at the deadline, by the deadline's own message."""
    calls.switchboard.moods = [mood]
    _dial(calls, begin)
    assert _attempt(calls).state is LegState.UNKNOWN
    for _ in range(3):
        see_to(calls, RoomTask.DIAL, ROOM, _attempt(calls).id)
    see_to(calls, RoomTask.CHECK, ROOM, _attempt(calls).id)
    _work(calls)
    assert len(calls.switchboard.orders) <= 1
    assert len(_brought_back(calls)) > 0


def test_a_lost_answer_is_found_by_the_legs_own_webhook(calls, begin):
    """The person answers, is asked, and comes in."""
    calls.switchboard.moods = ["lost"]
    _dial(calls, begin)
    attempt = _attempt(calls)
    _, leg = leg_answered(calls, ROOM, attempt.id, Report("in-progress", "CA7", NOW))
    assert (leg.state, leg.sid) == (LegState.ANSWERED, "CA7")
    see_to(calls, RoomTask.CHECK, ROOM, "nobody")
    assert leg_pressed(calls, ROOM, attempt.id, "1")[1].accepted_at


def test_a_leg_that_comes_late_is_ended(calls, begin):
    """It was given up while nobody knew of it; the first word of it ends it."""
    calls.switchboard.moods = ["lost"]
    _dial(calls, begin)
    see_to(calls, RoomTask.CHECK, ROOM, _attempt(calls).id)
    leg_reported(calls, ROOM, _attempt(calls).id, Report("ringing", "CA7", NOW))
    _work(calls)
    assert ("hang_up", "CA7") in calls.switchboard.log


def test_a_busy_carrier_is_asked_again(calls, begin):
    """429: it has nothing; the second time it takes the leg, which exists once."""
    calls.switchboard.moods = ["busy", "accept"]
    _dial(calls, begin)
    assert len(calls.switchboard.orders) == 1


def test_a_refusal_is_told_at_once(calls, begin):
    """Such as a country that the account may not call."""
    calls.switchboard.moods = ["refuse"]
    _dial(calls, begin)
    assert _attempt(calls).reason == "carrier_21215"
    assert len(_brought_back(calls)) == 1


def test_the_kill_switch_is_looked_at_again_before_the_dial(calls, begin):
    """Thrown between the decision and the queue: nobody is dialed and the caller is told."""
    begin()
    kill_switch(calls)
    _work(calls)
    assert calls.switchboard.orders == []
    assert _attempt(calls).reason == "kill_switch"
    assert len(_brought_back(calls)) > 0


def test_a_call_is_handed_over_three_times_at_most(calls, begin):
    """The fourth wish is answered like a hand-over that nobody took."""
    begin()
    for number in (3, 4, 5, 6):
        _fail_newest(calls)
        turn = Turn(10 * number, TurnKind.SPEECH, NOW, end=TurnEnd.TRANSFER, reason="asked_for_person")
        calls.turns.open("call_1", turn)
        calls.clock.advance(seconds=1)
        steps = hand_over(calls, calls.book.load("call_1"), ASKED)
    assert isinstance(steps[-1], Resume)
    _work(calls, without={RoomTask.CHECK, RoomTask.BRING_BACK})
    assert len(calls.switchboard.orders) <= 3
    assert calls.rooms.load(ROOM).attempt.reason == "transfer_limit"


def _fail_newest(calls):
    leg = calls.rooms.load(ROOM).attempt
    leg_reported(calls, ROOM, leg.id, Report("busy", "CA9", calls.clock.now()))


def test_a_blind_hand_over_is_dialed_by_the_carrier(calls, begin):
    """No room is entered and nothing is queued; its end decides."""
    steps = begin(transfer_mode=TransferMode.BLIND)
    assert steps == (ASKED[0], Bridge(_attempt(calls).id, DESK))
    assert calls.room_wakeups.tasks == []
    assert _back(calls, status="completed", sid="CA5", duration_s=61) == (Hangup("transferred"),)
    assert _back(calls, status="busy") == (Hangup("transferred"),)
    assert (_attempt(calls).duration_s, _attempt(calls).sid) == (61, "CA5")
    assert has_happened(calls.call(), Happening.TRANSFER_JOINED)


@pytest.mark.parametrize("reached", ["busy", "no-answer", "failed", "canceled", ""])
def test_a_blind_hand_over_to_nobody_lets_the_ai_go_on(calls, begin, reached):
    """The first answer stands, whatever is told later."""
    begin(transfer_mode=TransferMode.BLIND)
    steps = _back(calls, status=reached)
    assert isinstance(steps[-1], Resume)
    assert _back(calls, status="completed") == steps
    assert not has_happened(calls.call(), Happening.TRANSFER_JOINED)


@pytest.mark.parametrize("status", ["ended", "failed"])
def test_a_session_that_an_operator_ended_is_handed_over(calls, status):
    """Should the carrier ask what follows the session before it goes where it was sent."""
    connected(calls)
    calls.turns.open("call_1", Turn(1, TurnKind.SPEECH, NOW, end=TurnEnd.LISTEN))
    transfer_call(calls, "call_1", TransferWish("participant_1", DESK, TransferMode.WARM))
    told_so, step = session_ended(calls, "call_1", status)[1]
    assert told_so == Say(TRANSFERRING, last=True)
    assert step == EnterRoom("participant_1", ROOM, caller_of("participant_1"))


def test_what_the_colleague_cost_is_listed(calls, begin):
    """Their leg, and the minutes of both in the conference; nothing of who never came."""
    _dial(calls, begin)
    attempt = _attempt(calls)
    leg_answered(calls, ROOM, attempt.id, Report("in-progress", attempt.sid, NOW))
    leg_pressed(calls, ROOM, attempt.id, "1")
    for leg_id in (attempt.id, caller_of(attempt.id)):
        room_event(calls, ROOM, RoomEvent("participant-join", "CF1", 3, NOW, leg_id))
    calls.clock.advance(seconds=90)
    record_report(calls, "call_1", Report("completed", "CA1", calls.clock.now(), duration_s=120))
    calls.clock.advance(seconds=30)
    finish_call(calls, "call_1")
    lines = {line.kind: (line.quantity, line.amount) for line in calls.shelf.aftermaths["call_1"].costs}
    assert lines["colleague_voice"] == (2, 28_000)
    assert lines["conference"] == (4, 7_200)


def test_who_never_came_costs_nothing(calls, begin):
    """A carrier bills no leg that nobody answered."""
    _dial(calls, begin)
    _report(calls, "busy")
    record_report(calls, "call_1", Report("completed", "CA1", NOW, duration_s=61))
    calls.clock.advance(seconds=30)
    finish_call(calls, "call_1")
    kinds = {line.kind for line in calls.shelf.aftermaths["call_1"].costs}
    assert not kinds & {"colleague_voice", "conference"}


def test_of_two_workers_who_found_the_leg_waiting_one_dials(calls, begin):
    """SQS delivers at least once, also at the same time."""
    begin()
    there = calls.rooms.load(ROOM)
    for _ in range(2):
        dial_leg(calls, there, there.attempt)
    assert len(calls.switchboard.orders) == 1


def test_a_leg_that_was_given_up_while_the_carrier_was_asked_is_ended(calls, begin):
    """The caller left in that second; nobody's phone rings for nothing."""
    begin()
    there, place = calls.rooms.load(ROOM), calls.switchboard.call_in

    def leave_meanwhile(order):
        left = RoomEvent("participant-leave", "CF1", 3, NOW, caller_of(there.attempt.id))
        room_event(calls, ROOM, left)
        return place(order)

    calls.switchboard.call_in = leave_meanwhile
    dial_leg(calls, there, there.attempt)
    assert calls.switchboard.log[-1] == ("hang_up", _attempt(calls).sid)
