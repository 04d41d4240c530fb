"""The facts of a dial: read of number, contact, consents, template, campaign and settings."""

from __future__ import annotations

from datetime import timedelta

import pytest
from fakes.calls import NOW, NUMBER, a_call, a_template, kill_switch

from chalicelib.calls.domain.deciding import may_dial, may_dial_at
from chalicelib.calls.domain.dial_plans import DialPlan
from chalicelib.calls.domain.permission import Verdict
from chalicelib.calls.domain.purposes import Purpose
from chalicelib.calls.services.dialing import attend
from chalicelib.calls.services.explaining import Question, explain
from chalicelib.calls.services.permission import facts_of, frame_of, gather, standing_of
from chalicelib.calls.services.requests import CallWish, request_call
from chalicelib.crm.domain.consents import ConsentAnswer, ConsentKind, ConsentSource, NewConsent
from chalicelib.crm.domain.contacts import ContactChanges
from chalicelib.crm.domain.details import Address
from chalicelib.crm.services.consents import record_consent
from chalicelib.crm.services.contacts import change_contact, find_contact
from chalicelib.kernel.errors import Forbidden, Invalid, NotFound
from chalicelib.kernel.phones import E164
from chalicelib.system.domain.settings import Caps, Hours
from chalicelib.system.services.settings import change_settings

OTHER = E164("+13055550123")
EIGHT_IN_LOS_ANGELES = NOW + timedelta(hours=4)


def _contact(calls):
    return find_contact(calls.crm, NUMBER)


def _facts(calls, **changes):
    call = a_call(contact_id=_contact(calls).id, **changes)
    return facts_of(calls, call, standing_of(calls, call))


def _sell(calls):
    calls.templates.add(a_template(purpose=Purpose.TELEMARKETING))


def _consent(calls, answer, number=None, minutes=0):
    new = NewConsent(
        kind=ConsentKind.MARKETING_CALLS,
        answer=answer,
        source=ConsentSource.PAPER,
        wording="Yes.",
        number=number,
        at=NOW - timedelta(minutes=minutes),
    )
    record_consent(calls.crm, _contact(calls).id, new, "ops")


def _change(calls, **changes):
    change_contact(calls.crm, _contact(calls).id, ContactChanges(**changes), None)


def test_a_call_is_put_off_to_the_person_s_morning(calls):
    """It is stored with the reason and the time, and dialed then."""
    change_settings(calls.system, {"hours": Hours()}, None)
    call = request_call(calls, CallWish("template_1", number=NUMBER))
    attend(calls, call.id)
    waiting = calls.call(call.id)
    assert (waiting.decision.reason, waiting.due_at) == ("outside_hours", EIGHT_IN_LOS_ANGELES)
    calls.clock.instant = EIGHT_IN_LOS_ANGELES
    attend(calls, call.id)
    assert calls.telephony.asked == 1


def test_a_number_s_dials_are_kept_and_counted(calls):
    """The second call to a number waits for the next day when one a day is allowed."""
    change_settings(calls.system, {"caps": Caps(calls_per_number_per_day=1)}, None)
    first = request_call(calls, CallWish("template_1", number=NUMBER))
    attend(calls, first.id)
    assert calls.numbers.status(NUMBER).dials == (NOW,)
    calls.numbers.release(NUMBER, first.id)
    second = request_call(calls, CallWish("template_1", number=NUMBER))
    attend(calls, second.id)
    waiting = calls.call(second.id)
    assert (waiting.decision.rule, waiting.due_at) == ("frequency_settings", NOW + timedelta(days=1))


def test_zones_and_states_come_from_number_and_contact(calls):
    """What either says holds."""
    _change(calls, time_zone="America/Denver", address=Address(region="Texas", country="US"))
    callee = _facts(calls, number=OTHER).callee
    assert (callee.zones, callee.own_zone) == (("America/New_York",), "America/Denver")
    assert callee.states == {"FL", "TX"}


def test_the_clocks_of_the_address_must_show_an_allowed_hour_too(calls):
    """Ten in the evening in Texas is too late, although it is eight where the number is from."""
    _sell(calls)
    _consent(calls, ConsentAnswer.GRANTED)
    _change(calls, address=Address(region="tx.", country="US"), time_zone=None)
    late = NOW.replace(hour=4) + timedelta(days=1)
    told = explain(calls, Question(contact_id=_contact(calls).id, template_id="template_1", at=late))
    assert (told.decision.verdict, told.decision.reason) == (Verdict.NOT_YET, "outside_hours")
    zones = [each.zone for each in told.local_times]
    assert zones == ["America/Los_Angeles", "America/Chicago", "America/Denver"]


def test_who_says_the_zone_is_nowhere_else_in_the_state(calls):
    """A state with two zones leaves one of them then."""
    _change(calls, time_zone="America/Denver", address=Address(region="Texas", country="US"))
    assert _facts(calls).callee.all_zones == ("America/Los_Angeles", "America/Denver")


def test_a_foreign_address_is_in_no_state(calls):
    """A region of another country that is written like one of ours says nothing."""
    _change(calls, address=Address(region="MA", country="MA"))
    assert _facts(calls).callee.states == frozenset()


@pytest.mark.parametrize(
    ("answers", "consented"),
    [
        ([], False),
        ([(ConsentAnswer.GRANTED, None, 5)], True),
        ([(ConsentAnswer.GRANTED, None, 5), (ConsentAnswer.REVOKED, None, 4)], False),
        ([(ConsentAnswer.REVOKED, None, 5), (ConsentAnswer.GRANTED, None, 4)], True),
        ([(ConsentAnswer.GRANTED, NUMBER, 5)], True),
        ([(ConsentAnswer.GRANTED, OTHER, 5)], False),
    ],
)
def test_the_last_answer_about_the_number_is_the_consent(calls, answers, consented):
    """One that was given for another number only is none."""
    _sell(calls)
    if any(number == OTHER for _, number, _ in answers):
        _change(calls, other_phones=(OTHER,))
    for answer, number, minutes in answers:
        _consent(calls, answer, number, minutes)
    assert _facts(calls).callee.consented is consented


def test_a_marketing_call_without_consent_is_refused_at_once(calls):
    """The code says why."""
    _sell(calls)
    with pytest.raises(Forbidden) as refused:
        request_call(calls, CallWish("template_1", number=NUMBER))
    assert refused.value.code == "consent_missing"


def test_a_campaign_s_plan_holds_for_its_calls(calls):
    """One that is not there refuses them."""
    assert may_dial(_facts(calls, campaign_id="campaign_1")).reason == "campaign_gone"
    calls.plans.put(DialPlan("campaign_1", "Spring", not_before=NOW + timedelta(hours=1)))
    assert may_dial(_facts(calls, campaign_id="campaign_1")).reason == "campaign_not_begun"
    assert may_dial(_facts(calls)).verdict is Verdict.ALLOW


def test_one_frame_serves_many_numbers_and_instants(calls):
    """Settings, template and plan are read once; the number's row and the contact for each."""
    frame = frame_of(calls, calls.templates.get("template_1"))
    call = a_call(contact_id=_contact(calls).id)
    standing = standing_of(calls, call)
    facts = gather(calls, frame, NUMBER, standing)
    kill_switch(calls)  # not read again
    assert may_dial_at(facts, NOW + timedelta(hours=9)).verdict is Verdict.ALLOW


def test_permission_is_explained(calls):
    """Every rule, the clocks and the next allowed instant; nobody becomes a contact by the question."""
    change_settings(calls.system, {"hours": Hours()}, None)
    told = explain(calls, Question(number=NUMBER, template_id="template_1"))
    assert (told.decision.reason, told.next_allowed_at) == ("outside_hours", EIGHT_IN_LOS_ANGELES)
    assert [(each.zone, each.time) for each in told.local_times] == [
        ("America/Los_Angeles", "Tue 2026-03-03 04:00")
    ]
    assert told.contact_id == _contact(calls).id
    later = explain(calls, Question(contact_id=_contact(calls).id, at=EIGHT_IN_LOS_ANGELES))
    assert later.decision.verdict is Verdict.ALLOW
    stranger = explain(calls, Question(number=OTHER, at=EIGHT_IN_LOS_ANGELES))
    assert (stranger.contact_id, stranger.decision.verdict) == (None, Verdict.ALLOW)
    assert find_contact(calls.crm, OTHER) is None


def test_what_is_refused_has_no_next_time(calls):
    """What is stopped for now has one by the rules of time."""
    kill_switch(calls)
    assert explain(calls, Question(number=NUMBER)).next_allowed_at == NOW
    premium = explain(calls, Question(number=E164("+19002345678")))
    assert (premium.decision.verdict, premium.next_allowed_at) == (Verdict.REFUSE, None)


def test_questions_that_make_no_sense_are_refused(calls):
    """Nobody, nobody known, no template, another age."""
    with pytest.raises(Invalid, match="number"):
        explain(calls, Question())
    with pytest.raises(NotFound):
        explain(calls, Question(contact_id="contact_absent"))
    with pytest.raises(NotFound):
        explain(calls, Question(number=NUMBER, template_id="template_absent"))
    for years in (-2, 2):
        with pytest.raises(Invalid) as refused:
            explain(calls, Question(number=NUMBER, at=NOW + years * timedelta(days=365)))
        assert refused.value.code == "too_far_away"
