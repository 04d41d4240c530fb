"""Wishes to call: accepted once, refused at once when no waiting can help."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from fakes.calls import LINE, NOW, NUMBER, a_call, a_template, allow_countries
from fakes.carrier import Killed

from chalicelib.calls.domain.calls import Direction
from chalicelib.calls.domain.erasing import erase
from chalicelib.calls.domain.permission import NumberStatus
from chalicelib.calls.domain.states import CallState
from chalicelib.calls.services.desk import read_call
from chalicelib.calls.services.queue import cancel_waiting, change_waiting, requeue_call
from chalicelib.calls.services.requests import CallWish, request_call
from chalicelib.calls.services.suppression import stop_calling
from chalicelib.calls.services.template_editing import create_template
from chalicelib.crm.domain.contacts import ContactChanges
from chalicelib.crm.domain.details import ContactStatus
from chalicelib.crm.services.contacts import change_contact, find_contact
from chalicelib.kernel.errors import Forbidden, Invalid, NotFound, Unavailable
from chalicelib.kernel.phones import E164

STRANGER = E164("+14155552699")


def _contact(calls):
    return find_contact(calls.crm, NUMBER)


def test_a_wish_becomes_a_queued_call(calls):
    """It is stored with all that the dial needs, and somebody is woken at once."""
    wish = CallWish("template_1", contact_id=_contact(calls).id, priority=2, requested_by="token:ops")
    call = request_call(calls, wish)
    stored = calls.call(call.id)
    assert (stored.state, stored.direction) == (CallState.QUEUED, Direction.OUTBOUND)
    assert (stored.number, stored.line, stored.contact_id) == (NUMBER, LINE, _contact(calls).id)
    assert (stored.priority, stored.requested_by) == (2, "token:ops")
    assert (stored.due_at, stored.look_at) == (NOW, NOW)
    assert calls.wakeups.attends == [call.id]


def test_a_wish_for_later_wakes_nobody_yet(calls):
    """The schedule finds it when its time has come."""
    later = NOW + timedelta(hours=1)
    call = request_call(calls, CallWish("template_1", number=NUMBER, not_before=later))
    assert (call.due_at, call.look_at) == (later, later)
    assert calls.wakeups.attends == []


def test_a_wish_for_the_past_is_due_now(calls):
    """Nothing is ever due before it was asked for."""
    wish = CallWish("template_1", number=NUMBER, not_before=NOW - timedelta(days=1))
    assert request_call(calls, wish).due_at == NOW


def test_a_number_that_nobody_knows_becomes_a_contact(calls):
    """The call belongs to somebody, so that what comes of it can be noted."""
    call = request_call(calls, CallWish("template_1", number=STRANGER))
    contact = find_contact(calls.crm, STRANGER)
    assert (call.contact_id, contact.name) == (contact.id, STRANGER)


def test_a_contact_can_be_called_at_another_number(calls):
    """The number given is the one that is dialed."""
    wish = CallWish("template_1", contact_id=_contact(calls).id, number=STRANGER)
    call = request_call(calls, wish)
    assert (call.number, call.contact_id) == (STRANGER, _contact(calls).id)


def test_a_wish_with_its_own_id_is_accepted_once(calls):
    """Again, it gives the call that exists, and wakes nobody."""
    wish = CallWish("template_1", number=NUMBER, call_id="call_own")
    first = request_call(calls, wish)
    calls.wakeups.attends.clear()
    calls.clock.advance(minutes=1)
    assert request_call(calls, wish).created_at == first.created_at
    assert calls.wakeups.attends == []


def test_a_wish_survives_the_death_of_its_process(calls):
    """Stored before anybody is woken: the schedule finds a call whose wake-up was never sent."""

    def die(_call_id, _delay_s=0):
        raise Killed

    calls.wakeups.attend = die
    with pytest.raises(Killed):
        request_call(calls, CallWish("template_1", number=NUMBER, call_id="call_own"))
    assert calls.book.due(NOW, 10) == ["call_own"]


def _refuse(calls):
    change_contact(calls.crm, _contact(calls).id, ContactChanges(status=ContactStatus.DO_NOT_CONTACT))


@pytest.mark.parametrize(
    ("number", "prepare", "code"),
    [
        (NUMBER, lambda calls: stop_calling(calls, NUMBER, "sms"), "suppressed"),
        (NUMBER, _refuse, "do_not_contact"),
        ("+493012345678", lambda _: None, "country_not_allowed"),
        ("+19002345678", lambda _: None, "number_kind_refused"),
        ("+447012345678", lambda calls: allow_countries(calls, "GB"), "number_kind_refused"),
        ("+881612345678", lambda _: None, "country_not_allowed"),
    ],
)
def test_a_hopeless_wish_is_refused_at_once(calls, number, prepare, code):
    """Suppressed, unwanted, premium, abroad, by satellite: the refusal names its rule, nothing is stored."""
    prepare(calls)
    with pytest.raises(Forbidden) as refusal:
        request_call(calls, CallWish("template_1", number=E164(number)))
    assert refusal.value.code == code
    assert calls.shelf.calls == {}
    assert calls.wakeups.attends == []


def test_a_number_that_is_busy_now_is_accepted(calls):
    """What waiting can change is no reason to refuse."""
    calls.shelf.numbers[NUMBER] = NumberStatus(live_call_id="call_x", live_until=NOW + timedelta(hours=1))
    assert request_call(calls, CallWish("template_1", number=NUMBER)).state is CallState.QUEUED


@pytest.mark.parametrize(
    ("wish", "error", "code"),
    [
        (CallWish("template_x", number=NUMBER), NotFound, "template_not_found"),
        (CallWish("template_1", contact_id="contact_x"), NotFound, "contact_not_found"),
        (CallWish("template_1"), Invalid, "nobody_to_call"),
    ],
)
def test_an_impossible_wish_is_refused(calls, wish, error, code):
    """What does not exist, or nobody to call, has a code of its own."""
    with pytest.raises(error) as refusal:
        request_call(calls, wish)
    assert refusal.value.code == code


def test_without_a_line_nothing_can_be_called(calls):
    """The refusal names the setting that is missing."""
    calls.lines = ()
    with pytest.raises(Invalid) as refusal:
        request_call(calls, CallWish("template_1", number=NUMBER))
    assert refusal.value.code == "no_caller_number"


def test_a_template_needs_its_prompt_and_known_tools(calls):
    """What a call would miss in its first second is refused when the template is made."""
    with pytest.raises(NotFound):
        create_template(calls, a_template(id="template_2", prompt_id="prompt_x"))
    with pytest.raises(Invalid) as refusal:
        create_template(calls, a_template(id="template_2", tools=("end_call", "fly", "swim")))
    assert refusal.value.code == "unknown_tool"
    assert "fly, swim" in refusal.value.message
    assert calls.templates.get("template_2") is None
    assert create_template(calls, a_template(id="template_2")) == calls.templates.get("template_2")


def test_a_call_is_read_with_all_that_belongs_to_it(calls):
    """Or it is not found."""
    call = request_call(calls, CallWish("template_1", number=NUMBER))
    assert read_call(calls, call.id).call.id == call.id
    with pytest.raises(NotFound):
        read_call(calls, "call_x")


def test_the_first_suppression_of_a_number_stands(calls):
    """A later one does not move its time."""
    stop_calling(calls, NUMBER, "sms")
    calls.clock.advance(hours=1)
    stop_calling(calls, NUMBER, "operator")
    status = calls.numbers.status(NUMBER)
    assert (status.suppressed_at, status.suppression_source) == (NOW, "sms")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"greeting": "Hello {{ contact.nmae }}"}, "bad_template"),
        ({"greeting": "Hello {{ first_name"}, "bad_template"),
        ({"transfer_to": E164("+19005550123")}, "number_kind_refused"),
        ({"transfer_to": E164("+442079460018")}, "country_not_allowed"),
        ({"transfer_to": E164("+881612345678")}, "country_not_allowed"),
    ],
)
def test_a_template_that_would_fail_in_a_call_is_refused(calls, change, code):
    """What cannot be rendered, and a colleague whom we may not dial, are found before anybody is called."""
    with pytest.raises((Invalid, Forbidden)) as refusal:
        create_template(calls, a_template(id="template_2", **change))
    assert refusal.value.code == code
    assert calls.templates.get("template_2") is None


def test_an_accepted_call_is_given_as_it_is_stored(calls):
    """With the version that a condition on it must name."""
    call = request_call(calls, CallWish("template_1", number=NUMBER))
    assert call == calls.call(call.id)
    assert call.version == 1


def test_a_repeated_wish_makes_nothing_again(calls):
    """A number that nobody had is one contact and one call, whichever answer was lost."""
    wish = CallWish("template_1", number=E164("+14155552699"), call_id="call_9")
    first = request_call(calls, wish)
    calls.clock.advance(minutes=1)
    assert request_call(calls, wish) == first
    assert len(calls.shelf.calls) == 1
    assert first.contact_id == find_contact(calls.crm, wish.number).id


def test_a_call_does_not_wait_for_ever(calls):
    """A date that is years away is a mistake."""
    wish = CallWish("template_1", number=NUMBER, not_before=NOW + timedelta(days=367))
    with pytest.raises(Invalid) as refusal:
        request_call(calls, wish)
    assert refusal.value.code == "too_far_ahead"


def test_a_call_keeps_until_when_it_is_of_use(calls):
    """With the end it was asked for, to the millisecond."""
    end = NOW + timedelta(hours=1, microseconds=1)
    call = request_call(calls, CallWish("template_1", number=NUMBER, not_after=end))
    assert calls.call(call.id).not_after == NOW + timedelta(hours=1)


def test_a_call_that_is_over_before_it_is_asked_for_is_refused(calls):
    """Nothing is stored of it."""
    with pytest.raises(Forbidden) as refusal:
        request_call(calls, CallWish("template_1", number=NUMBER, not_after=NOW))
    assert (refusal.value.code, calls.shelf.calls) == ("too_late", {})


def test_a_call_is_not_wanted_after_its_own_end(calls):
    """A call that begins after its end is a mistake, also when it is moved there."""
    end = NOW + timedelta(hours=1)
    wish = CallWish("template_1", number=NUMBER, not_after=end)
    with pytest.raises(Invalid) as refusal:
        request_call(calls, replace(wish, not_before=end))
    assert refusal.value.code == "after_its_end"
    call = request_call(calls, wish)
    with pytest.raises(Invalid) as refusal:
        change_waiting(calls, call.id, None, None, end)
    assert (refusal.value.code, refusal.value.errors[0].pointer) == ("after_its_end", "/not_before")


def test_a_call_that_is_asked_for_again_keeps_its_end(calls):
    """What came too late comes no sooner when it is repeated; it is of the same appointment."""
    ends, told = NOW + timedelta(hours=1), {"when": "at nine"}
    call = request_call(calls, CallWish("template_1", number=NUMBER, not_after=ends, appointment=told))
    cancel_waiting(calls, call.id)
    again = requeue_call(calls, call.id, "call_2", "token:ops")
    assert (again.not_after, again.appointment) == (call.not_after, told)


def test_an_erased_call_says_of_no_appointment(calls):
    """When somebody was to come somewhere is personal."""
    over = a_call(finished_at=NOW, appointment={"when": "at nine"})
    assert erase(over, NOW).appointment == {}


def test_a_lost_wake_up_costs_only_time(calls, monkeypatch):
    """The call was accepted, so it is not refused; the sweep finds it."""

    def fail(_call_id, _delay_s=0):
        raise Unavailable("queue down", retryable=True)

    monkeypatch.setattr(calls.wakeups, "attend", fail)
    call = request_call(calls, CallWish("template_1", number=NUMBER))
    assert calls.book.due(NOW, 10) == [call.id]
