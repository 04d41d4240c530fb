"""Calls after hours, and what is said of recording before the first words."""

from __future__ import annotations

from dataclasses import replace
from datetime import time
from xml.etree import ElementTree as ET

import pytest
from fakes.calls import LINE, NOW, NUMBER, FakeCalls, a_call, a_template, furnished

from chalicelib.calls.adapters.twiml.recording import recorded, turn_away
from chalicelib.calls.domain.calls import CallState, Report
from chalicelib.calls.domain.happenings import Happening
from chalicelib.calls.domain.recording_consent import announcement_in, one_party_suffices
from chalicelib.calls.domain.routes import AfterHours, LineRoute, OfficeHours, Span
from chalicelib.calls.domain.templates import Announce
from chalicelib.calls.services.after_hours import Closed
from chalicelib.calls.services.answering import Opening, answer_call, inbound_call_id, receive_call
from chalicelib.crm.domain.contacts import ContactChanges, Patch
from chalicelib.crm.services.contacts import change_contact, find_contact
from chalicelib.kernel.phones import E164

AUSTIN = "+15125550100"

RINGING = Report("ringing", "CA7", NOW)
STRANGER = E164("+14155550142")
CALL_ID = inbound_call_id("CA7")
# Open in the afternoon; it is noon.
AFTERNOON = OfficeHours("UTC", ((Span(time(13), time(17)),),) * 7)
CLOSED = LineRoute(LINE, "template_1", AFTERNOON, AfterHours.MESSAGE, "We open at one.")


@pytest.fixture
def calls(clock, crm):
    """Give furnished ports of calls, whose line is closed."""
    calls = FakeCalls(clock, crm)
    furnished(calls)
    calls.routes.by_line[LINE] = CLOSED
    return calls


def _kinds(calls, call_id=CALL_ID):
    return {event.kind for event in calls.call(call_id).events}


def test_a_message_is_said_and_the_call_ends(calls):
    """The call is stored with whom it was, and asks nobody's model."""
    closed = receive_call(calls, STRANGER, LINE, RINGING)
    assert isinstance(closed, Closed)
    document = ET.fromstring(turn_away(closed, calls.addresses))
    assert [(element.tag, element.text) for element in document] == [
        ("Say", "We open at one."),
        ("Hangup", None),
    ]
    call = calls.call(CALL_ID)
    assert (call.state, call.contact_id) == (
        CallState.IN_PROGRESS,
        find_contact(calls.crm, STRANGER).id,
    )
    assert Happening.AFTER_HOURS in _kinds(calls)
    assert calls.shelf.briefs == {}


def test_the_voicemail_takes_over(calls):
    """After the number's own words."""
    calls.routes.by_line[LINE] = replace(CLOSED, after_hours=AfterHours.VOICEMAIL)
    closed = receive_call(calls, STRANGER, LINE, RINGING)
    document = ET.fromstring(turn_away(closed, calls.addresses))
    assert [element.tag for element in document] == ["Say", "Record", "Say", "Hangup"]
    assert document[0].text == "We open at one."
    assert {Happening.AFTER_HOURS, Happening.VOICEMAIL_BEGUN} <= _kinds(calls)


def test_another_template_takes_over(calls):
    """With its own greeting; the call says that it came after hours."""
    calls.templates.add(a_template(id="template_night", greeting="Good night."))
    calls.routes.by_line[LINE] = replace(
        CLOSED, after_hours=AfterHours.TEMPLATE, after_hours_template_id="template_night"
    )
    opening = receive_call(calls, STRANGER, LINE, RINGING)
    assert isinstance(opening, Opening)
    assert opening.directives[0].text == "Good night."
    assert calls.call(CALL_ID).template_id == "template_night"
    assert Happening.AFTER_HOURS in _kinds(calls)


def test_in_the_hours_the_template_answers(calls):
    """And nothing is said of hours."""
    calls.clock.advance(hours=1)
    opening = receive_call(calls, STRANGER, LINE, replace(RINGING, at=calls.clock.now()))
    assert isinstance(opening, Opening)
    assert Happening.AFTER_HOURS not in _kinds(calls)


def test_a_repeated_webhook_is_answered_as_the_first(calls):
    """Also when the office opened in between; nothing is stored twice."""
    first = receive_call(calls, STRANGER, LINE, RINGING)
    stored = calls.call(CALL_ID)
    calls.clock.advance(hours=2)
    again = receive_call(calls, STRANGER, LINE, replace(RINGING, at=calls.clock.now()))
    assert again == first
    assert len(calls.shelf.calls) == 1
    assert calls.call(CALL_ID).events == stored.events


def _greeting(calls, address=None, region="", number=NUMBER, **template):
    """Answer a recorded call, and give what is said first."""
    calls.templates.add(a_template(record=True, greeting="Hello.", **template))
    calls.routes.by_line[LINE] = LineRoute(LINE, "template_1", region=region)
    contact = find_contact(calls.crm, NUMBER)
    if address:
        change_contact(calls.crm, contact.id, ContactChanges(address=Patch(address)))
    call = a_call(contact_id=contact.id, state=CallState.RINGING, sid="CA1", number=E164(number))
    calls.book.create(call)
    opening = answer_call(calls, "call_1", Report("in-progress", "CA1", NOW))
    return opening.directives[0].text


def test_recording_is_announced_before_the_greeting(calls):
    """In the template's language, or in its own words."""
    assert _greeting(calls) == "This call is recorded. Hello."


def test_a_template_has_its_own_announcement(calls):
    """Filled in for the contact."""
    own = "{{ first_name }}, we record."
    assert _greeting(calls, recording_announcement=own) == "Ada, we record. Hello."


@pytest.mark.parametrize(
    ("address", "region", "told"),
    [
        ({"country": "US", "region": "TX"}, "US-NY", False),
        ({"country": "US", "region": "Texas"}, "US-NY", False),
        ({"country": "US", "region": "CA"}, "US-NY", True),
        ({"country": "US", "region": "TX"}, "US-CA", True),
        ({"country": "US", "region": "TX"}, "", True),
        ({"country": "US"}, "US-NY", True),
        ({"region": "TX"}, "US-NY", True),
        ({"country": "DE", "region": "TX"}, "US-NY", True),
        (None, "US-NY", True),
    ],
)
def test_nobody_is_told_only_where_both_sides_are_known_not_to_need_it(calls, address, region, told):
    """Unknown, or another country: it is said."""
    said = _greeting(calls, address, region, AUSTIN, announce=Announce.WHERE_REQUIRED)
    assert said == ("This call is recorded. Hello." if told else "Hello.")


@pytest.mark.parametrize(
    ("number", "told"),
    [
        (AUSTIN, False),
        ("+12125550100", False),
        ("+12025550143", False),
        ("+18005550100", False),
        ("+14155552671", True),
        ("+13125550100", True),
        ("+12065550100", True),
        ("+16475550100", True),
        ("+493012345678", True),
    ],
)
def test_the_area_of_the_number_counts_too(calls, number, told):
    """New York, the District of Columbia, no place; San Francisco, Chicago, Seattle, Canada, Germany."""
    said = _greeting(
        calls, {"country": "US", "region": "TX"}, "US-NY", number, announce=Announce.WHERE_REQUIRED
    )
    assert said == ("This call is recorded. Hello." if told else "Hello.")


def test_nothing_is_announced_where_nothing_is_recorded(calls):
    """Recording is off unless a template says so."""
    calls.templates.add(a_template(greeting="Hello.", recording_announcement="We record."))
    contact = find_contact(calls.crm, NUMBER)
    calls.book.create(a_call(contact_id=contact.id, state=CallState.RINGING, sid="CA1"))
    opening = answer_call(calls, "call_1", Report("in-progress", "CA1", NOW))
    assert opening.directives[0].text == "Hello."
    assert opening.brief.record is False


@pytest.mark.parametrize("state", ["CA", "CT", "DE", "FL", "IL", "MD", "MA", "MI", "MT", "NV", "NH", "OR"])
def test_where_all_parties_must_agree_one_does_not_suffice(state):
    """The states of the source's list; nor does a state that does not exist."""
    assert not one_party_suffices("US", state)
    assert not one_party_suffices("US", "PA")
    assert not one_party_suffices("US", "WA")
    assert not one_party_suffices("US", "XX")


@pytest.mark.parametrize(
    ("language", "word"),
    [("de-AT", "Gespräch"), ("es", "graba"), ("fr-FR", "enregistré"), ("ja", "recorded")],
)
def test_the_announcement_has_a_language(language, word):
    """English where there is none of our own."""
    assert word in announcement_in(language)


def test_recording_begins_before_the_first_words(calls):
    """Both sides, each on its own channel; the carrier reports the end, and that there is none."""
    document = '<?xml version="1.0" encoding="UTF-8"?><Response><Say>Hi</Say></Response>'
    first, second = ET.fromstring(recorded(document, "call_1", calls.addresses))
    assert (first.tag, second.tag) == ("Start", "Say")
    (recording,) = first
    assert recording.get("channels") == "dual"
    assert recording.get("recordingStatusCallbackEvent") == "completed absent"
    assert recording.get("recordingStatusCallback").startswith(
        "https://calls.example.com/hook/voice/call_1/recording"
    )
