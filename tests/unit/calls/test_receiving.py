"""Messages to us: kept once, obeyed when they say STOP, START or HELP, and answered when nobody else did."""

from __future__ import annotations

import pytest
from fakes.calls import LINE, NOW, NUMBER, kill_switch

from chalicelib.calls.domain.message_templates import MessageTemplate
from chalicelib.calls.domain.messages import MessageState
from chalicelib.calls.domain.permission import NumberStatus
from chalicelib.calls.services.messages import MessageWish, request_message
from chalicelib.calls.services.receiving import CONFIRMATION, Incoming, receive_text
from chalicelib.calls.services.requests import CallWish, request_call
from chalicelib.calls.services.suppression import stop_calling
from chalicelib.crm.domain.consents import (
    ConsentAnswer,
    ConsentKind,
    ConsentSource,
    NewConsent,
    current_answers,
)
from chalicelib.crm.services.consents import record_consent
from chalicelib.crm.services.contacts import find_contact
from chalicelib.kernel.errors import Forbidden, Unavailable
from chalicelib.kernel.ids import new_id
from chalicelib.kernel.phones import E164

STRANGER = E164("+14155552699")


def _text(calls, body, number=NUMBER, sid="SM1", **more):
    return receive_text(calls, Incoming(sid, number, LINE, body, **more))


def _stored(calls, sid="SM1"):
    place = calls.messages.place_of(Incoming(sid, NUMBER, LINE, "").message_id)
    return calls.messages.get(place)


def _sms_answer(calls):
    contact = find_contact(calls.crm, NUMBER)
    found = current_answers(calls.crm.consents.all(contact.id)).get(ConsentKind.SMS)
    return found and found.answer


def test_a_message_is_kept_once_in_the_thread_of_its_contact(calls):
    """However often it is delivered."""
    for _ in range(2):
        assert _text(calls, "Can we move it to ten?", media=1) is None
        calls.clock.advance(seconds=3)
    message = calls.messages.only()
    assert (message.state, message.body, message.media) == (
        MessageState.RECEIVED,
        "Can we move it to ten?",
        1,
    )
    assert (message.contact_id, message.created_at) == (find_contact(calls.crm, NUMBER).id, NOW)


def test_who_is_not_known_becomes_a_contact(calls):
    """Once, with where they came from."""
    _text(calls, "Hello", STRANGER)
    _text(calls, "Are you there?", STRANGER, "SM2")
    contact = find_contact(calls.crm, STRANGER)
    assert contact.source == "inbound_sms"
    assert {message.contact_id for message in calls.messages.by_place.values()} == {contact.id}


@pytest.mark.parametrize(
    "body",
    [
        "STOP",
        "stop.",
        " Stop! ",
        "StopAll",
        "UNSUBSCRIBE",
        "end",
        "Quit",
        "revoke",
        "OPT-OUT",
        "opt out",
        "cancel",
        "please stop texting me",
        "Take me off your list and never call again",
    ],
)
def test_stop_holds_for_messages_and_calls(calls, body):
    """By any reasonable words; with what asked for it, and the revocation among the consents."""
    reply = _text(calls, body)
    status = calls.numbers.status(NUMBER)
    assert status.suppression_source == f"sms:{_stored(calls).id}"
    assert (_stored(calls).reason, _sms_answer(calls)) == ("opted_out", ConsentAnswer.REVOKED)
    assert reply.body == CONFIRMATION
    for wish in (
        lambda: request_message(calls, MessageWish(number=NUMBER, text="Hi")),
        lambda: request_call(calls, CallWish("template_1", number=NUMBER)),
    ):
        with pytest.raises(Forbidden) as refused:
            wish()
        assert refused.value.code == "suppressed"


@pytest.mark.parametrize(
    "body", ["Stop by at five", "the end", "cancel my appointment", "yes please", "no help"]
)
def test_words_among_others_are_words(calls, body):
    """Only a message that consists of the word is a command."""
    assert _text(calls, body) is None
    assert (_stored(calls).reason, calls.numbers.status(NUMBER).suppressed_at) == ("", None)


def test_a_revocation_is_confirmed_once(calls):
    """Stored in the thread, and given again to a repeated delivery; a second STOP gets no answer."""
    first = _text(calls, "STOP")
    assert (first.answers, first.state) == (_stored(calls).id, MessageState.SENDING)
    again = _text(calls, "STOP")
    assert (again.id, len(calls.messages.by_place)) == (first.id, 2)
    assert _text(calls, "STOP", sid="SM2") is None


def test_what_the_carrier_answered_gets_no_second_answer(calls):
    """Its parameter says so, and says what it understood."""
    assert _text(calls, "ARRET", opt_out_type="STOP") is None
    assert calls.numbers.status(NUMBER).suppressed_at
    assert _text(calls, "HELP", number=STRANGER, sid="SM2", opt_out_type="HELP") is None


def test_nothing_is_answered_while_everything_is_stopped(calls):
    """The wish itself holds."""
    kill_switch(calls)
    assert _text(calls, "STOP") is None
    assert calls.numbers.status(NUMBER).suppressed_at


def test_start_lifts_what_stop_did(calls):
    """For calls and messages, with the new answer among the consents."""
    _text(calls, "STOP")
    calls.clock.advance(minutes=1)
    assert _text(calls, "Unstop", sid="SM2") is None
    assert (_stored(calls, "SM2").reason, _sms_answer(calls)) == ("opted_in", ConsentAnswer.GRANTED)
    assert request_message(calls, MessageWish(number=NUMBER, text="Hi")).state is MessageState.QUEUED
    assert request_call(calls, CallWish("template_1", number=NUMBER)).decision is None


@pytest.mark.parametrize("source", ["operator", "import", "call:call_1"])
def test_start_lifts_nothing_else(calls, source):
    """What was asked for in another way stays, and the thread says so."""
    stop_calling(calls, NUMBER, source)
    _text(calls, "START")
    assert calls.numbers.status(NUMBER).suppression_source == source
    assert _stored(calls).reason == "still_suppressed"


def test_start_does_not_outweigh_a_revocation_of_calls(calls):
    """Somebody who forbade automated calls otherwise is not called for a START."""
    _text(calls, "STOP")
    new = NewConsent(
        kind=ConsentKind.AUTOMATED_CALLS, answer=ConsentAnswer.REVOKED, source=ConsentSource.OPERATOR
    )
    record_consent(calls.crm, find_contact(calls.crm, NUMBER).id, new, "ops")
    calls.clock.advance(minutes=1)
    _text(calls, "START", sid="SM2")
    assert (_stored(calls, "SM2").reason, bool(calls.numbers.status(NUMBER).suppressed_at)) == (
        "still_suppressed",
        True,
    )


def test_an_old_message_that_is_played_again_changes_nothing(calls):
    """Neither an old STOP after a START, nor an old START after a STOP, even when they were deleted."""
    _text(calls, "STOP")
    calls.clock.advance(minutes=1)
    _text(calls, "START", sid="SM2")
    _text(calls, "STOP")
    assert calls.numbers.status(NUMBER).suppressed_at is None
    calls.clock.advance(minutes=1)
    _text(calls, "STOP", sid="SM3")
    calls.messages.erase(find_contact(calls.crm, NUMBER).ids, 25)
    _text(calls, "START", sid="SM2")
    assert calls.numbers.status(NUMBER).suppressed_at
    assert not calls.messages.by_place


def test_a_stop_is_not_lost_with_the_table(calls):
    """The webhook fails, and will come again; the wish is kept at once."""
    calls.messages.is_silent = True
    with pytest.raises(Unavailable):
        _text(calls, "STOP")
    assert calls.numbers.status(NUMBER).suppressed_at


def test_a_death_on_the_way_is_made_good_by_the_next_delivery(calls):
    """That the message is stored is the last thing done."""
    create = calls.messages.create

    def dying(message):
        if message.state is MessageState.RECEIVED:
            raise Unavailable("silent", retryable=True)
        return create(message)

    calls.messages.create = dying
    with pytest.raises(Unavailable):
        _text(calls, "STOP")
    calls.messages.create = create
    reply = _text(calls, "STOP")
    assert (reply.body, _stored(calls).reason) == (CONFIRMATION, "opted_out")
    assert len(calls.crm.consents.all(find_contact(calls.crm, NUMBER).id)) == 1


def test_help_says_how_to_reach_us_and_how_to_stop(calls):
    """Unless a template named help says it better; one that cannot be filled in is not used."""
    assert LINE in _text(calls, "help").body
    for number, text in enumerate(("This is Acme. Call {{ line }}.", "Broken {{ nothing }}")):
        template = MessageTemplate(new_id("template"), "Help", text, NOW, NOW)
        calls.message_templates.by_id = {template.id: template}
        said = _text(calls, "INFO", sid=f"SM{number + 2}").body
        assert (said == f"This is Acme. Call {LINE}.") is (number == 0)
        assert LINE in said


def test_a_suppressed_number_gets_no_help(calls):
    """It asked for silence."""
    stop_calling(calls, NUMBER, "operator")
    assert _text(calls, "HELP") is None


def test_a_second_reason_outlasts_start(calls):
    """What was said on the phone, or by an operator, after a STOP by text is not lifted by a START."""
    _text(calls, "STOP")
    calls.clock.advance(minutes=5)
    stop_calling(calls, NUMBER, "call:call_9")
    calls.clock.advance(minutes=5)
    _text(calls, "START", sid="SM2")
    status = calls.numbers.status(NUMBER)
    assert (status.suppressed_at, status.suppression_source) == (NOW, "call:call_9")
    assert _stored(calls, "SM2").reason == "still_suppressed"


def test_a_stop_in_the_same_moment_outlasts_start(calls):
    """It comes between what START read and what it lifts."""
    _text(calls, "STOP")
    calls.clock.advance(minutes=1)
    lift = calls.numbers.lift

    def slow(*given):
        calls.numbers.lift = lift
        _text(calls, "STOP", sid="SM3")
        return lift(*given)

    calls.numbers.lift = slow
    _text(calls, "START", sid="SM2")
    assert calls.numbers.status(NUMBER).suppressed_at
    assert (_stored(calls, "SM2").reason, _sms_answer(calls)) == ("still_suppressed", ConsentAnswer.REVOKED)


def test_a_start_that_is_delivered_again_lifts_no_newer_stop(calls):
    """The carrier tries again after a failure; meanwhile STOP was said."""
    _text(calls, "STOP")
    calls.clock.advance(minutes=1)
    create = calls.messages.create

    def dying(_message):
        raise Unavailable("silent", retryable=True)

    calls.messages.create = dying
    with pytest.raises(Unavailable):
        _text(calls, "START", sid="SM2")
    calls.messages.create = create
    calls.clock.advance(seconds=5)
    _text(calls, "STOP", sid="SM3")
    calls.clock.advance(seconds=5)
    _text(calls, "START", sid="SM2")
    assert calls.numbers.status(NUMBER).suppressed_at
    assert (_stored(calls, "SM2").reason, _sms_answer(calls)) == ("still_suppressed", ConsentAnswer.REVOKED)


def test_start_after_an_operators_release_allows_texts_again(calls):
    """The release left the revocation by text; START takes it back, without a suppression to lift."""
    _text(calls, "STOP")
    calls.numbers.lift(NUMBER, "asked on the phone", calls.clock.now())
    calls.clock.advance(minutes=1)
    _text(calls, "START", sid="SM2")
    assert (_stored(calls, "SM2").reason, _sms_answer(calls)) == ("opted_in", ConsentAnswer.GRANTED)
    assert request_message(calls, MessageWish(number=NUMBER, text="Hi")).state is MessageState.QUEUED


def test_start_takes_back_no_revocation_of_another_kind(calls):
    """What was not revoked by text needs an operator."""
    new = NewConsent(kind=ConsentKind.SMS, answer=ConsentAnswer.REVOKED, source=ConsentSource.OPERATOR)
    record_consent(calls.crm, find_contact(calls.crm, NUMBER).id, new, "ops")
    calls.clock.advance(minutes=1)
    _text(calls, "START", sid="SM2")
    assert (_stored(calls, "SM2").reason, _sms_answer(calls)) == ("", ConsentAnswer.REVOKED)


@pytest.mark.parametrize("text", ["x" * 1700, "{{ 'x' * 10**10 }}", " "])
def test_a_help_template_that_cannot_be_sent_is_not_used(calls, text):
    """The standing text goes out, whatever somebody stored."""
    template = MessageTemplate(new_id("template"), "help", text, NOW, NOW)
    calls.message_templates.by_id = {template.id: template}
    assert LINE in _text(calls, "HELP").body


def test_help_is_answered_three_times_a_day(calls):
    """Each delivery of one message gets the same answer; the next day begins anew."""
    answers = [_text(calls, "HELP", sid=f"SM{number}") for number in range(5)]
    assert [bool(answer) for answer in answers] == [True, True, True, False, False]
    assert _text(calls, "HELP", sid="SM1").id == answers[1].id
    assert _text(calls, "HELP", sid="SM4") is None
    calls.clock.advance(days=1)
    assert _text(calls, "HELP", sid="SM9")


def test_answers_to_stop_and_help_do_not_count(calls):
    """Nor are they refused because of other messages."""
    calls.shelf.numbers[NUMBER] = NumberStatus(texts_day="2026-03-03", texts=10)
    assert _text(calls, "HELP")
    assert _text(calls, "STOP", sid="SM2")
    assert calls.numbers.status(NUMBER).texts == 10
