"""Dialing: at most once, decided and committed before the carrier is asked, settled whatever breaks."""

from __future__ import annotations

from datetime import timedelta

import pytest
from fakes.calls import NOW, NUMBER, a_template, allow_countries

from chalicelib.calls.domain.calls import Report
from chalicelib.calls.domain.outcomes import Outcome
from chalicelib.calls.domain.states import CallState
from chalicelib.calls.services.dialing import attend, dispatch_due
from chalicelib.calls.services.progress import record_report
from chalicelib.calls.services.requests import CallWish, request_call
from chalicelib.calls.services.suppression import stop_calling
from chalicelib.crm.domain.contacts import ContactChanges, NewContact
from chalicelib.crm.domain.details import ContactStatus
from chalicelib.crm.services.contacts import change_contact, create_contact
from chalicelib.kernel.phones import E164

SECOND = E164("+14155552672")


@pytest.fixture
def queued(calls):
    """Give a call that was just requested."""
    return request_call(calls, CallWish("template_1", number=NUMBER))


def _refuse_contact(calls, contact_id):
    change_contact(calls.crm, contact_id, ContactChanges(status=ContactStatus.DO_NOT_CONTACT))


def test_a_due_call_is_placed(calls, queued):
    """The carrier gets the number, our line, the limit of its length, and our id for its callbacks."""
    attend(calls, queued.id)
    order = calls.telephony.accepted[0].order
    assert (order.call_id, order.number, order.line, order.max_duration_s) == (
        queued.id,
        queued.number,
        queued.line,
        a_template().max_duration_s,
    )
    call = calls.call(queued.id)
    assert (call.state, call.sid, call.dialed_at) == (
        CallState.RINGING,
        calls.telephony.accepted[0].sid,
        NOW,
    )
    assert call.decision.reason == "allowed"


def test_looking_again_at_a_placed_call_asks_nobody(calls, queued):
    """A repeated wake-up does nothing before the call's patience is over."""
    for _ in range(5):
        attend(calls, queued.id)
    assert calls.telephony.asked == 1


def test_an_unknown_call_is_no_harm(calls):
    """A wake-up for a call that is not there is dropped."""
    attend(calls, "call_absent")
    assert calls.telephony.asked == 0


def test_a_call_for_later_waits(calls):
    """An early wake-up does nothing; when the time has come it is dialed."""
    wish = CallWish("template_1", number=NUMBER, not_before=NOW + timedelta(minutes=5))
    call = request_call(calls, wish)
    attend(calls, call.id)
    assert calls.telephony.asked == 0
    calls.clock.advance(minutes=5)
    assert dispatch_due(calls) == 1
    attend(calls, call.id)
    assert calls.telephony.asked == 1


def test_dispatch_wakes_what_is_due_and_nothing_else(calls, queued):
    """The sweep gives the number of woken calls."""
    calls.wakeups.attends.clear()
    request_call(calls, CallWish("template_1", number=SECOND, not_before=NOW + timedelta(hours=1)))
    assert dispatch_due(calls) == 1
    assert calls.wakeups.attends == [queued.id]


@pytest.mark.parametrize(
    ("objection", "reason"),
    [
        (lambda calls, call: stop_calling(calls, call.number, "sms"), "suppressed"),
        (lambda calls, call: _refuse_contact(calls, call.contact_id), "do_not_contact"),
        (lambda calls, _: allow_countries(calls), "country_not_allowed"),
    ],
)
def test_what_was_forbidden_meanwhile_is_not_dialed(calls, queued, objection, reason):
    """The rules are asked again before the dial; the refusal ends the call with its decision."""
    objection(calls, queued)
    attend(calls, queued.id)
    call = calls.call(queued.id)
    assert calls.telephony.asked == 0
    assert (call.outcome, call.reason, call.decision.reason) == (Outcome.NOT_PERMITTED, reason, reason)
    assert call.look_at is None


def test_a_suppression_between_decision_and_commitment_stops_the_dial(calls, queued):
    """The transaction itself checks the number, so that no gap is left."""
    commit_dial = calls.book.commit_dial

    def suppressed_just_before(call, live_until):
        stop_calling(calls, call.number, "operator")
        return commit_dial(call, live_until)

    calls.book.commit_dial = suppressed_just_before
    attend(calls, queued.id)
    assert calls.telephony.asked == 0
    assert calls.call(queued.id).reason == "suppressed"


def test_a_second_call_to_a_live_number_waits(calls, queued):
    """Two contacts with one number are not dialed at once; the second is dialed after the first."""
    other = create_contact(calls.crm, NewContact(name="Twin", phone=SECOND))
    twin = request_call(calls, CallWish("template_1", contact_id=other.id, number=NUMBER))
    attend(calls, queued.id)
    attend(calls, twin.id)
    assert calls.telephony.asked == 1
    waiting = calls.call(twin.id)
    assert (waiting.state, waiting.decision.reason) == (CallState.QUEUED, "number_in_call")
    record_report(calls, queued.id, Report("completed", calls.call(queued.id).sid, NOW))
    calls.clock.advance(seconds=30)
    attend(calls, twin.id)
    assert calls.telephony.asked == 2


def test_the_number_is_taken_by_the_commitment_itself(calls, queued):
    """Of two workers that both decided yes for one number, one is turned away by the transaction."""
    twin = request_call(calls, CallWish("template_1", number=NUMBER))
    commit_dial = calls.book.commit_dial

    def overtaken(call, live_until):
        calls.book.commit_dial = commit_dial
        attend(calls, twin.id)
        return commit_dial(call, live_until)

    calls.book.commit_dial = overtaken
    attend(calls, queued.id)
    assert [order.order.call_id for order in calls.telephony.accepted] == [twin.id]
    assert calls.call(queued.id).decision.reason == "number_in_call"


def test_of_two_workers_with_one_message_one_dials(calls, queued):
    """A doubled message meets a call that has changed."""
    commit_dial = calls.book.commit_dial

    def overtaken(call, live_until):
        calls.book.commit_dial = commit_dial
        attend(calls, queued.id)
        return commit_dial(call, live_until)

    calls.book.commit_dial = overtaken
    attend(calls, queued.id)
    assert calls.telephony.asked == 1


def test_a_number_stays_taken_only_as_long_as_a_call_can_last(calls, queued):
    """When every report of the first call is lost, the number is free again in the end."""
    attend(calls, queued.id)
    calls.telephony.reachable = False
    twin = request_call(calls, CallWish("template_1", number=NUMBER))
    calls.clock.advance(hours=2)
    attend(calls, twin.id)
    assert calls.telephony.asked == 2


def test_a_refusal_of_the_carrier_is_final(calls, queued):
    """The call has failed with the carrier's code, and its number is free."""
    calls.telephony.moods = ["refuse"]
    attend(calls, queued.id)
    call = calls.call(queued.id)
    assert (call.state, call.outcome, call.reason) == (CallState.ENDED, Outcome.FAILED, "carrier_21215")
    assert calls.numbers.status(NUMBER).live_call_id == ""


def test_a_busy_carrier_is_asked_again_a_little_later(calls, queued):
    """HTTP 429 was never processed: the commitment is taken back."""
    calls.telephony.moods = ["busy", "accept"]
    attend(calls, queued.id)
    assert calls.call(queued.id).state is CallState.QUEUED
    assert calls.numbers.status(NUMBER).live_call_id == queued.id
    attend(calls, queued.id)
    assert calls.telephony.asked == 1
    calls.clock.advance(seconds=20)
    attend(calls, queued.id)
    assert [len(calls.telephony.accepted), calls.call(queued.id).state] == [1, CallState.RINGING]
