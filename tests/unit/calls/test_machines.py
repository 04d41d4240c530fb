"""Machines that answer: found, taken over once, left one message, doubted when a person talks."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from fakes.calls import NOW, NUMBER, FakeCalls, FakeVoice, connected, furnished
from fakes.carrier import Fuse, Killed, Perilous

from chalicelib.ai.domain.conversation import CallerSaid, CallerSilent, Listen, Say
from chalicelib.ai.domain.machines import MACHINE_WAITS
from chalicelib.calls.domain.calls import Direction, Report
from chalicelib.calls.domain.costs import cost_lines
from chalicelib.calls.domain.happenings import Happening
from chalicelib.calls.domain.outcomes import Outcome, outcome_of
from chalicelib.calls.domain.templates import OnMachine
from chalicelib.calls.domain.turns import Turn, TurnKind
from chalicelib.calls.services.closing import session_ended
from chalicelib.calls.services.dialing import attend
from chalicelib.calls.services.machines import begin_message, end_message, note_verdict, take_over
from chalicelib.calls.services.progress import record_report
from chalicelib.calls.services.requests import CallWish, request_call
from chalicelib.calls.services.turns import TurnRequest, take_turn
from chalicelib.kernel.clock import FixedClock
from chalicelib.kernel.errors import NotFound, Unavailable

MESSAGE = "This is Ann. Please call us back."
MAILBOX = "Please leave a message after the tone."
SCREEN = "Go ahead and say your name and why you're calling."


@pytest.fixture
def leaving(calls):
    """Give the ports with a connected call whose template leaves messages."""
    connected(calls, on_machine=OnMachine.LEAVE_MESSAGE, voicemail_message=MESSAGE, screening_answer="Ann.")
    return calls


def _kinds(calls):
    return [event.kind for event in calls.call().events]


def _say(calls, *events):
    """Let the other end do something; give what was uttered last."""
    voice = FakeVoice()
    for each in events:
        event = CallerSaid(each) if isinstance(each, str) else each
        calls.clock.advance(seconds=2)
        voice = FakeVoice()
        take_turn(calls, TurnRequest("call_1", event, calls.clock.now(), 20.0), lambda _, v=voice: v)
    return voice.uttered


def _work_off(calls):
    """Do what was put on the queue, as a worker does."""
    waiting, calls.wakeups.takeovers = calls.wakeups.takeovers, []
    for call_id in waiting:
        take_over(calls, call_id)


@pytest.mark.parametrize("verdict", ["machine_end_beep", "machine_end_silence", "machine_end_other"])
def test_a_machine_that_has_greeted_is_left_the_message(leaving, verdict):
    """The call is sent where the message is spoken, and the message is left when it was spoken to its end."""
    note_verdict(leaving, "call_1", verdict)
    _work_off(leaving)
    assert leaving.telephony.taken_over == [("CA1", "call_1")]
    assert begin_message(leaving, "call_1")[1] == MESSAGE
    end_message(leaving, "call_1")
    kinds = [Happening.MACHINE, Happening.TAKEN_OVER, Happening.MESSAGE_BEGUN, Happening.MESSAGE_LEFT]
    assert sorted(_kinds(leaving)) == sorted(kinds)
    assert leaving.call().events[0].detail in {verdict, ""}


@pytest.mark.parametrize("verdict", ["human", "unknown", "", "martian"])
def test_whoever_is_not_found_to_be_a_machine_is_a_person(leaving, verdict):
    """Nothing is taken over."""
    note_verdict(leaving, "call_1", verdict)
    assert leaving.wakeups.takeovers == []
    assert _kinds(leaving) == [Happening.PERSON]


def test_a_message_waits_for_the_end_of_the_greeting(leaving):
    """That a machine began to greet is known, and nothing is said into its greeting."""
    note_verdict(leaving, "call_1", "machine_start")
    assert leaving.wakeups.takeovers == []
    _say(leaving, MAILBOX, CallerSilent())
    assert leaving.wakeups.takeovers == ["call_1"]


@pytest.mark.parametrize(
    ("mode", "verdict"),
    [
        (OnMachine.HANG_UP, "machine_start"),
        (OnMachine.HANG_UP, "machine_end_beep"),
        (OnMachine.LEAVE_MESSAGE, "fax"),
        (OnMachine.OFF, "machine_end_beep"),
    ],
)
def test_other_machines_are_hung_up_on(calls, mode, verdict):
    """Where the template leaves no message, and where a fax would hear it."""
    connected(calls, on_machine=mode, voicemail_message=MESSAGE)
    note_verdict(calls, "call_1", verdict)
    _work_off(calls)
    assert len(calls.telephony.taken_over) == 1
    assert begin_message(calls, "call_1")[1] == ""
    assert Happening.MESSAGE_BEGUN not in _kinds(calls)


@pytest.mark.parametrize("words", ["Hello?", "Yes, who is this?"])
def test_a_late_machine_is_doubted_when_a_person_has_talked(leaving, words):
    """The conversation is trusted, and goes on."""
    _say(leaving, words)
    note_verdict(leaving, "call_1", "machine_end_other")
    assert leaving.wakeups.takeovers == []
    assert _kinds(leaving) == [Happening.MACHINE_DOUBTED]
    assert _say(leaving, "Tell me more.")[-1] == Listen()


def test_a_person_who_talks_before_the_call_is_taken_over_keeps_it(leaving):
    """The worker looks once more."""
    note_verdict(leaving, "call_1", "machine_end_other")
    _say(leaving, "Hello? Is anybody there?")
    _work_off(leaving)
    assert leaving.telephony.taken_over == []
    assert Happening.MACHINE_DOUBTED in _kinds(leaving)


def test_a_greeting_that_comes_in_pieces_is_a_machine(leaving):
    """Its first piece might have been a person's."""
    _say(leaving, "Hi, this is Bob.", "I can't come to the phone right now, leave a message.")
    note_verdict(leaving, "call_1", "machine_end_beep")
    _work_off(leaving)
    assert len(leaving.telephony.taken_over) == 1


@pytest.mark.parametrize("words", ["Hi, this is Bob.", "You've reached Bob."])
def test_a_name_alone_does_not_doubt_the_carriers_word(leaving, words):
    """A mailbox of which only the first piece was heard is left the message all the same."""
    _say(leaving, words)
    note_verdict(leaving, "call_1", "machine_end_beep")
    _work_off(leaving)
    assert begin_message(leaving, "call_1")[1] == MESSAGE


@pytest.mark.parametrize("more", ["Hello?", "What do you want?"])
def test_a_name_with_more_after_it_is_a_person(leaving, more):
    """Mailboxes go on with what only they say."""
    _say(leaving, "Hi, this is Bob.", more)
    note_verdict(leaving, "call_1", "machine_end_beep")
    assert _kinds(leaving) == [Happening.MACHINE_DOUBTED]


def test_a_machine_that_screens_is_no_voicemail(leaving):
    """It is answered, noted, and the carrier's word is doubted; the person who follows is greeted."""
    assert _say(leaving, SCREEN)[0] == Say("Ann.", last=True)
    note_verdict(leaving, "call_1", "machine_end_other")
    assert _say(leaving, "Hello?")[0].text == "Hello Ada, this is Ann."
    assert leaving.wakeups.takeovers == []
    assert sorted(_kinds(leaving)) == [Happening.MACHINE_DOUBTED, Happening.SCREENED]


def test_a_screening_that_ends_at_a_mailbox_is_left_the_message(leaving):
    """Its owner did not come to the phone."""
    _say(leaving, SCREEN, MAILBOX, CallerSilent(), CallerSilent())
    _work_off(leaving)
    assert len(leaving.telephony.taken_over) == 1


@pytest.mark.parametrize("mode", list(OnMachine))
def test_a_machine_that_nobody_detects_is_not_talked_to(calls, mode):
    """Its greeting and the silence after it tell; without a message it is hung up on."""
    connected(calls, on_machine=mode, voicemail_message=MESSAGE)
    silences = [CallerSilent()] * (2 if mode is OnMachine.LEAVE_MESSAGE else 1)
    assert _say(calls, MAILBOX) == [Listen("machine_greeting")]
    _say(calls, *silences)
    _work_off(calls)
    assert len(calls.telephony.taken_over) == 1
    assert begin_message(calls, "call_1")[1] == (MESSAGE if mode is OnMachine.LEAVE_MESSAGE else "")
    assert calls.ai.model.requests == []


def test_on_a_call_to_us_no_greeting_is_recorded(calls):
    """Callers who speak of tones are people."""
    connected(calls)
    calls.shelf.calls["call_1"] = replace(calls.call(), direction=Direction.INBOUND)
    assert _say(calls, MAILBOX)[-1] == Listen()
    assert calls.ai.model.requests


def test_everything_may_come_twice(leaving):
    """Verdict, wake-up, the request for the message and its end: one message, one of each event."""
    for _ in range(2):
        note_verdict(leaving, "call_1", "machine_end_beep")
    assert leaving.wakeups.takeovers == ["call_1"] * 2
    _work_off(leaving)
    assert len(leaving.telephony.taken_over) == 1
    assert [begin_message(leaving, "call_1")[1] for _ in range(2)] == [MESSAGE] * 2
    note_verdict(leaving, "call_1", "machine_end_beep")
    leaving.clock.advance(seconds=60)
    take_over(leaving, "call_1")
    for _ in range(2):
        end_message(leaving, "call_1")
    assert begin_message(leaving, "call_1")[1] == ""
    take_over(leaving, "call_1")
    assert len(leaving.telephony.taken_over) == 1
    assert len(_kinds(leaving)) == 4
    assert leaving.wakeups.takeovers == []


def test_a_first_verdict_stands(leaving):
    """A later one is no news."""
    note_verdict(leaving, "call_1", "human")
    note_verdict(leaving, "call_1", "machine_end_beep")
    assert _kinds(leaving) == [Happening.PERSON]
    assert leaving.wakeups.takeovers == []


def test_a_call_that_is_over_is_left_alone(leaving):
    """Late news changes nothing, and nobody is asked."""
    note_verdict(leaving, "call_1", "machine_end_beep")
    record_report(leaving, "call_1", Report("completed", "CA1", NOW, duration_s=9))
    _work_off(leaving)
    note_verdict(leaving, "call_1", "machine_end_beep")
    assert leaving.telephony.taken_over == []
    assert leaving.wakeups.takeovers == []
    assert begin_message(leaving, "call_1")[1] == ""


def test_a_machine_that_hangs_up_at_once_changes_nothing(leaving):
    """The carrier has no such call any more; that is no failure."""
    leaving.telephony.hang_up_mood = "gone"
    note_verdict(leaving, "call_1", "machine_end_beep")
    _work_off(leaving)
    assert Happening.MESSAGE_BEGUN not in _kinds(leaving)


def test_a_message_without_a_machine_is_never_spoken(leaving):
    """A request that nobody was sent to make is hung up on, and its end means nothing."""
    assert begin_message(leaving, "call_1")[1] == ""
    end_message(leaving, "call_1")
    assert _kinds(leaving) == []


def test_what_a_dead_worker_claimed_is_tried_once_more(leaving):
    """Not at once: it may still be asking. And not for ever."""
    note_verdict(leaving, "call_1", "machine_end_beep")
    leaving.telephony.hang_up_mood = "lost"
    with pytest.raises(Unavailable):
        take_over(leaving, "call_1")
    leaving.telephony.hang_up_mood = "accept"
    take_over(leaving, "call_1")
    assert len(leaving.telephony.taken_over) == 1
    for _ in range(3):
        leaving.clock.advance(seconds=60)
        take_over(leaving, "call_1")
    assert len(leaving.telephony.taken_over) == 2


def test_what_the_carrier_refused_for_now_may_be_tried_again_at_once(leaving):
    """It has done nothing: the claim is given back, as often as it takes."""
    note_verdict(leaving, "call_1", "machine_end_beep")
    leaving.telephony.hang_up_mood = "busy"
    for _ in range(3):
        with pytest.raises(Unavailable):
            take_over(leaving, "call_1")
    assert Happening.TAKEN_OVER not in _kinds(leaving)
    leaving.telephony.hang_up_mood = "accept"
    take_over(leaving, "call_1")
    assert len(leaving.telephony.taken_over) == 4
    assert begin_message(leaving, "call_1")[1] == MESSAGE


def test_no_message_is_spoken_to_a_person_who_talked_before_it(leaving):
    """The redirect may not have come about; the session then ends as any other does."""
    note_verdict(leaving, "call_1", "machine_end_silence")
    leaving.telephony.hang_up_mood = "lost"
    with pytest.raises(Unavailable):
        take_over(leaving, "call_1")
    _say(leaving, "Hello? Who is this?", "I want to talk to somebody.")
    leaving.clock.advance(seconds=60)
    take_over(leaving, "call_1")
    assert Happening.MACHINE_DOUBTED in _kinds(leaving)
    assert session_ended(leaving, "call_1", "ended")[1] != ()
    assert begin_message(leaving, "call_1")[1] == ""


def test_a_message_that_has_begun_is_doubted_no_more(leaving):
    """The wish to take the call over comes again, and the machine has talked on."""
    note_verdict(leaving, "call_1", "machine_end_silence")
    _work_off(leaving)
    begin_message(leaving, "call_1")
    _say(leaving, "Hello?", "Hello?")
    take_over(leaving, "call_1")
    assert Happening.MACHINE_DOUBTED not in _kinds(leaving)
    assert begin_message(leaving, "call_1")[1] == MESSAGE


@pytest.mark.parametrize("step", range(1, 60))
def test_a_death_at_any_step_leaves_one_message_at_most(crm, step):
    """Whatever is delivered again: the carrier is redirected again only when nothing had begun."""
    calls = FakeCalls(FixedClock(NOW), crm)
    furnished_once(calls)
    connected(calls, on_machine=OnMachine.LEAVE_MESSAGE, voicemail_message=MESSAGE)
    fuse = Fuse(step)
    for port in ("book", "wakeups", "telephony"):
        setattr(calls, port, Perilous(getattr(calls, port), fuse))
    spoken = _deliver_all_twice(calls)
    assert spoken <= 1
    assert _kinds(calls).count(Happening.MESSAGE_LEFT) == spoken == 1
    assert len(calls.telephony.taken_over) <= 2


def furnished_once(calls):
    """Furnish the ports, whose CRM may know the contact already."""
    if calls.crm.contacts.find_by_phone(NUMBER) is None:
        furnished(calls)


def _deliver_all_twice(calls):
    """Carry a machine's call out with every delivery doubled and repeated after a death; count the messages.

    The carrier speaks what the newest redirect's document said, and is redirected by the worker only.
    """
    _survive(calls, lambda: note_verdict(calls, "call_1", "machine_end_beep"))
    _survive(calls, lambda: [take_over(calls, "call_1") for _ in calls.wakeups.takeovers or ["call_1"]])
    spoken = 0
    for _ in range(len(calls.telephony.taken_over)):
        if _survive(calls, lambda: begin_message(calls, "call_1")[1]):
            spoken += 1
            _survive(calls, lambda: take_over(calls, "call_1"))
            _survive(calls, lambda: end_message(calls, "call_1"))
    return spoken


def _survive(calls, deliver):
    """Deliver twice, each again a minute after a death; give the last answer."""
    answer = None
    for _ in range(2):
        try:
            answer = deliver()
        except Killed:
            calls.clock.advance(seconds=60)
            answer = deliver()
    return answer


def test_a_session_that_a_message_ended_is_not_spoken_to(leaving):
    """Its end asks for nothing: no apology, no hand-over."""
    leaving.turns.open("call_1", Turn(0, TurnKind.GREETING, NOW))
    note_verdict(leaving, "call_1", "machine_end_beep")
    _work_off(leaving)
    for status in ("ended", "failed", "completed"):
        assert session_ended(leaving, "call_1", status)[1] == ()
    assert Happening.RELAY_LOST not in _kinds(leaving)


@pytest.mark.parametrize(
    ("verdict", "begun", "left", "outcome", "reason"),
    [
        ("machine_end_beep", True, True, Outcome.VOICEMAIL_LEFT, ""),
        ("machine_end_beep", True, False, Outcome.VOICEMAIL_NO_MESSAGE, "message_cut"),
        ("machine_start", False, False, Outcome.VOICEMAIL_NO_MESSAGE, ""),
        ("fax", False, False, Outcome.FAILED, "fax"),
    ],
)
def test_what_came_of_a_machines_call(leaving, verdict, begun, left, outcome, reason):  # noqa: PLR0913, PLR0917
    """A message that was cut off was not left."""
    note_verdict(leaving, "call_1", verdict)
    if begun:
        begin_message(leaving, "call_1")
    if left:
        end_message(leaving, "call_1")
    record_report(leaving, "call_1", Report("completed", "CA1", NOW, duration_s=9))
    conclusion = outcome_of(leaving.call(), leaving.book.load("call_1").turns)
    assert (conclusion.outcome, conclusion.reason) == (outcome, reason)


def test_a_machine_that_hangs_up_after_its_greeting_is_voicemail(leaving):
    """Though the carrier never said so."""
    _say(leaving, MAILBOX)
    record_report(leaving, "call_1", Report("completed", "CA1", NOW, duration_s=9))
    conclusion = outcome_of(leaving.call(), leaving.book.load("call_1").turns)
    assert conclusion.outcome is Outcome.VOICEMAIL_NO_MESSAGE


def test_a_screening_machine_that_lets_nobody_through_declines(leaving):
    """Also when it asked to wait first."""
    _say(leaving, SCREEN, "Thanks. Please stay on the line.")
    record_report(leaving, "call_1", Report("completed", "CA1", NOW + timedelta(seconds=60), duration_s=9))
    conclusion = outcome_of(leaving.call(), leaving.book.load("call_1").turns)
    assert conclusion.outcome is Outcome.DECLINED


def test_an_unknown_call_is_refused(calls):
    """Nothing is stored of it."""
    for act in (take_over, begin_message, end_message):
        with pytest.raises(NotFound):
            act(calls, "call_9")
    with pytest.raises(NotFound):
        note_verdict(calls, "call_9", "human")


@pytest.mark.parametrize("mode", list(OnMachine))
def test_detection_is_asked_for_as_the_template_says(clock, crm, mode):
    """The order tells the carrier."""
    calls = FakeCalls(clock, crm)
    furnished(calls, on_machine=mode, voicemail_message=MESSAGE)
    call = request_call(calls, CallWish("template_1", number=NUMBER))
    attend(calls, call.id)
    assert calls.telephony.accepted[0].order.on_machine is mode


@pytest.mark.parametrize(("verdict", "charged"), [("human", True), ("machine_end_beep", True), (None, False)])
def test_detection_is_charged_for(leaving, verdict, charged):
    """A line of its own, when the carrier has said who answered; not when the greeting itself told."""
    if verdict:
        note_verdict(leaving, "call_1", verdict)
    else:
        _say(leaving, MAILBOX, CallerSilent(), CallerSilent())
        assert leaving.book.load("call_1").turns[-1].reason == MACHINE_WAITS
    file = leaving.book.load("call_1")
    kinds = [line.kind for line in cost_lines(file.call, file.brief.transport, file.asked("x"))]
    assert ("machine_detection" in kinds) is charged
