"""Connected calls: opened once, reported on in any order, closed in the way that their turns ended."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from fakes.calls import DESK, LINE, NOW, NUMBER, a_call, a_template, connected

from chalicelib.ai.domain.conversation import Hangup, Listen, Say
from chalicelib.ai.domain.sentences import Sentence, sentence
from chalicelib.ai.domain.wording import APOLOGY, HOUSE_RULES
from chalicelib.calls.domain.calls import Direction, Report
from chalicelib.calls.domain.permission import NumberStatus
from chalicelib.calls.domain.states import CallState
from chalicelib.calls.domain.turns import Turn, TurnEnd, TurnKind
from chalicelib.calls.services.answering import answer_call, inbound_call_id, receive_call
from chalicelib.calls.services.closing import end_session, session_ended
from chalicelib.calls.services.progress import get_call, record_report
from chalicelib.crm.domain.contacts import UNKNOWN_CALLER, ContactChanges
from chalicelib.crm.services.contacts import change_contact, find_contact
from chalicelib.kernel.errors import Invalid, NotFound
from chalicelib.kernel.phones import E164

ANSWERED = Report("in-progress", "CA1", NOW)
RINGING = Report("ringing", "CA7", NOW)
STRANGER = E164("+14155552699")


@pytest.fixture
def ringing(calls):
    """Give an outbound call that the carrier has."""
    contact = find_contact(calls.crm, NUMBER)
    calls.book.create(a_call(state=CallState.RINGING, contact_id=contact.id, sid="CA1"))
    return calls.call()


def test_an_answered_call_is_opened_with_its_greeting(calls, ringing):
    """The greeting is filled in for this contact, stored as the first turn, and given to be spoken."""
    opening = answer_call(calls, ringing.id, ANSWERED)
    assert opening.directives == (Say("Hello Ada, this is Ann.", last=True), Listen())
    assert opening.call.state is CallState.IN_PROGRESS
    greeting = calls.shelf.turns[ringing.id, 0]
    assert (greeting.kind, greeting.answer) == (TurnKind.GREETING, "Hello Ada, this is Ann.")
    assert greeting.end is TurnEnd.LISTEN


def test_the_brief_is_what_the_template_says_of_this_contact(calls, ringing):
    """Instructions after the rules of the house; zone, tools, voice and versions beside them."""
    calls.templates.add(a_template(transfer_to=DESK, version=3))
    brief = answer_call(calls, ringing.id, ANSWERED).brief
    assert brief.instructions == f"{HOUSE_RULES}You sell to ⟦Ada⟧."
    assert (brief.transfer_to, brief.template_version, brief.prompt_version) == (DESK, 3, 1)
    assert (brief.time_zone, brief.tools) == ("America/Los_Angeles", a_template().tools)


def test_prompts_know_the_moment_the_call_and_the_first_name(calls, ringing):
    """The time is the contact's own, in words."""
    text = "{{ now }} | {{ call.direction }} {{ call.number }} {{ call.line }} | {{ first_name }}"
    calls.templates.add(a_template(greeting=text))
    assert answer_call(calls, ringing.id, ANSWERED).brief.greeting == (
        f"Tuesday, 03 March 2026, 04:00 | outbound {NUMBER} {LINE} | Ada"
    )


def test_opening_twice_gives_the_same_again(calls, ringing):
    """A repeated webhook writes no second brief, also when the template has changed meanwhile."""
    first = answer_call(calls, ringing.id, ANSWERED)
    calls.templates.add(a_template(greeting="Other words"))
    calls.shelf.uses.clear()
    assert answer_call(calls, ringing.id, ANSWERED) == first
    assert calls.shelf.uses["put_brief"] == 0
    assert calls.spoken() == ["Hello Ada, this is Ann."]


def test_a_call_that_is_over_is_not_opened(calls, ringing):
    """An answer that comes after the end leads to nothing."""
    record_report(calls, ringing.id, Report("completed", "CA1", NOW))
    assert answer_call(calls, ringing.id, ANSWERED) is None
    assert calls.shelf.briefs == {}


def test_a_greeting_that_cannot_be_filled_in_is_told(calls, ringing):
    """The refusal names the template's fault; the fallback address speaks."""
    calls.templates.add(a_template(greeting="Hello {{ nobody }}"))
    with pytest.raises(Invalid):
        answer_call(calls, ringing.id, ANSWERED)


def test_a_known_caller_is_recognised(calls):
    """An inbound call belongs to its contact and is held by the line's template."""
    opening = receive_call(calls, NUMBER, LINE, RINGING)
    call = opening.call
    assert (call.direction, call.state) == (Direction.INBOUND, CallState.IN_PROGRESS)
    assert call.answered_at == NOW
    assert call.contact_id == find_contact(calls.crm, NUMBER).id
    assert (call.sid, call.line, call.template_id) == ("CA7", LINE, "template_1")
    assert opening.directives[0].text == "Hello Ada, this is Ann."


def test_an_unknown_caller_becomes_a_contact(calls):
    """They are greeted without a name."""
    calls.templates.add(a_template(greeting="Hello {{ first_name }}."))
    opening = receive_call(calls, STRANGER, LINE, RINGING)
    assert find_contact(calls.crm, STRANGER).name == UNKNOWN_CALLER
    assert opening.directives[0].text == "Hello there."


def test_a_line_without_a_route_is_not_answered(calls):
    """Nobody becomes a contact, and no call is stored."""
    calls.routes.by_line.clear()
    assert receive_call(calls, STRANGER, LINE, RINGING) is None
    assert find_contact(calls.crm, STRANGER) is None
    assert calls.shelf.calls == {}


def test_the_same_inbound_call_is_received_once(calls):
    """Its id follows from the carrier's, so that every delivery means the same call."""
    openings = [receive_call(calls, NUMBER, LINE, RINGING) for _ in range(3)]
    assert {opening.call.id for opening in openings} == {inbound_call_id("CA7")}
    assert len(calls.shelf.calls) == 1
    assert len(calls.shelf.turns) == 1


def test_an_inbound_call_is_asked_about_when_no_news_comes(calls):
    """The carrier does not report the end of calls that it brought, so somebody looks."""
    receive_call(calls, NUMBER, LINE, RINGING)
    assert calls.book.silent(NOW + timedelta(seconds=61), 10) == [inbound_call_id("CA7")]


def test_a_blank_zone_is_that_of_the_number(calls, ringing):
    """A contact without a zone has the time of where the number most likely is."""
    calls.templates.add(a_template(greeting="{{ now }}"))
    change_contact(calls.crm, ringing.contact_id, ContactChanges(name="Eve"))
    contact = calls.crm.contacts.get(ringing.contact_id)
    calls.crm.contacts._by_id[contact.id] = replace(contact, time_zone=None)
    assert answer_call(calls, ringing.id, ANSWERED).brief.greeting == "Tuesday, 03 March 2026, 04:00"


def test_the_end_of_a_call_frees_its_number_and_has_it_finished(calls, ringing):
    """Once, however often it is reported."""
    live = NumberStatus(live_call_id=ringing.id, live_until=NOW + timedelta(hours=1))
    calls.shelf.numbers[NUMBER] = live
    for _ in range(3):
        record_report(calls, ringing.id, Report("completed", "CA1", NOW, sequence=2, duration_s=9))
    assert calls.numbers.status(NUMBER).live_call_id == ""
    assert calls.wakeups.finishes == [ringing.id]
    assert len(calls.call().events) == 1
    assert calls.call().version == ringing.version + 1
    assert calls.call().look_at == NOW + timedelta(seconds=60)


def test_reports_become_events(calls, ringing):
    """One for each status, with the carrier's error and SIP code as detail, whoever tells it first."""
    report = Report("failed", "CA1", NOW, sequence=3, sip_code="486", error="carrier_13224")
    event = record_report(calls, ringing.id, report).events[0]
    assert (event.key, event.kind, event.detail) == ("failed", "failed", "carrier_13224 SIP 486")
    later = replace(report, at=NOW + timedelta(seconds=1), sequence=None)
    assert record_report(calls, ringing.id, later).events == (event,)


def test_a_report_about_an_unknown_call_is_not_found(calls):
    """Nothing is made up from a webhook."""
    with pytest.raises(NotFound):
        record_report(calls, "call_x", ANSWERED)
    with pytest.raises(NotFound):
        get_call(calls, "call_x")


def _with_turn(calls, **turn):
    connected(calls)
    stored = Turn(3, TurnKind.SPEECH, NOW, **turn)
    calls.shelf.turns["call_1", 3] = stored
    return stored


@pytest.mark.parametrize(
    ("turn", "directives"),
    [
        ({"end": TurnEnd.HANG_UP, "reason": "agent_goodbye"}, (Hangup("agent_goodbye"),)),
        ({}, (Say(APOLOGY, last=True), Hangup("turn_failed"))),
        ({"end": TurnEnd.LISTEN}, (Say(APOLOGY, last=True), Hangup("turn_failed"))),
        ({"end": TurnEnd.CUT, "reason": "overtaken"}, (Say(APOLOGY, last=True), Hangup("turn_failed"))),
    ],
)
def test_an_ended_session_is_followed_by_what_the_turn_decided(calls, turn, directives):
    """A session that ended without a decision has failed on our side, and deserves an apology."""
    _with_turn(calls, **turn)
    assert session_ended(calls, "call_1", "ended")[1] == directives


def test_a_lost_session_goes_on_without_the_socket(calls):
    """The caller is still there, and is asked to go on."""
    _with_turn(calls, end=TurnEnd.LISTEN)
    file, directives = session_ended(calls, "call_1", "failed", "64105")
    assert directives == (Say(sentence(Sentence.LINE_WAS_BAD), last=True), Listen())
    assert file.turns[-1].number == 3


def test_a_session_of_a_call_that_never_began_is_unknown(calls):
    """Without a call, a brief or a turn there is nothing to go on with."""
    assert session_ended(calls, "call_1", "ended") is None
    connected(calls)
    assert session_ended(calls, "call_1", "ended") is None


def test_the_session_is_ended_after_the_last_words(calls):
    """The hand-off reaches the socket when nothing was said since."""
    _with_turn(calls, end=TurnEnd.HANG_UP)
    end_session(calls, "call_1", 3, "socket", "handoff")
    assert calls.socket.frames == {"socket": ["handoff"]}


@pytest.mark.parametrize("number", [2, 4])
def test_a_session_in_which_the_caller_spoke_on_is_not_ended(calls, number):
    """A goodbye that was overtaken by a question closes nothing."""
    _with_turn(calls, end=TurnEnd.LISTEN)
    end_session(calls, "call_1", number, "socket", "handoff")
    assert calls.socket.frames == {}


def test_a_call_that_is_over_has_no_session_to_end(calls):
    """Nor has one that is not there."""
    end_session(calls, "call_1", 3, "socket", "handoff")
    _with_turn(calls, end=TurnEnd.HANG_UP)
    calls.shelf.calls["call_1"] = replace(calls.call(), state=CallState.ENDED)
    end_session(calls, "call_1", 3, "socket", "handoff")
    assert calls.socket.frames == {}
