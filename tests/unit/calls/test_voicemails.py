"""Voicemail: callers are asked, their messages are kept in words and sound, listed, and followed up."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import permutations
from xml.etree import ElementTree as ET

import pytest
from fakes.calls import LINE, NOW, NUMBER, FakeCalls, a_template, connected, furnished
from fakes.recordings import SID, SOUND

from chalicelib.calls.adapters.twiml.recording import closing, take_message
from chalicelib.calls.domain.calls import CallState
from chalicelib.calls.domain.happenings import Happening, has_happened
from chalicelib.calls.domain.recordings import RecordingKind, RecordingReport
from chalicelib.calls.domain.routes import AfterHours, LineRoute
from chalicelib.calls.services.recordings import delete_recording, fetch_recording, report_recording
from chalicelib.calls.services.voicemails import (
    begin_voicemail,
    get_voicemail,
    keep_transcription,
    list_voicemails,
    mark_heard,
    thank_caller,
)
from chalicelib.crm.domain.notes import NoteKind
from chalicelib.crm.services.contacts import find_contact
from chalicelib.crm.services.notes import list_notes
from chalicelib.kernel.errors import NotFound

LEFT = RecordingReport(SID, "completed", RecordingKind.VOICEMAIL, 12)


@pytest.fixture
def calls(clock, crm):
    """Give the ports of calls with a call that goes on."""
    calls = FakeCalls(clock, crm)
    furnished(calls)
    connected(calls)
    calls.carrier_recordings.kept[SID] = SOUND
    return calls


def _left(calls):
    report_recording(calls, "call_1", LEFT)
    fetch_recording(calls, "call_1", SID)


def test_a_caller_is_asked_by_the_templates_voice(calls):
    """And the call remembers it, once."""
    calls.templates.add(a_template(language="de-DE", voice="de-DE-Chirp3-HD-Aoede"))
    invitation = begin_voicemail(calls, "call_1")
    document = ET.fromstring(take_message(invitation, calls.addresses))
    assert [element.tag for element in document] == ["Say", "Record", "Say", "Hangup"]
    say, record = document[0], document[1]
    assert (say.get("voice"), say.get("language")) == ("Google.de-DE-Chirp3-HD-Aoede", "de-DE")
    assert "message" in say.text or "Nachricht" in say.text
    assert (record.get("maxLength"), record.get("finishOnKey"), record.get("transcribe")) == (
        "120",
        "#",
        "true",
    )
    base = "https://calls.example.com/hook/voice/call_1"
    assert record.get("action") == f"{base}/voicemail-recorded"
    assert record.get("transcribeCallback") == f"{base}/transcription#rc=3&rp=all"
    assert record.get("recordingStatusCallback").startswith(f"{base}/recording")
    begin_voicemail(calls, "call_1")
    assert [event.kind for event in calls.call().events] == [Happening.VOICEMAIL_BEGUN]


def test_the_numbers_own_words_invite(calls):
    """What is said after hours before the beep is said whenever a message is asked for."""
    route = LineRoute(LINE, "template_1", after_hours=AfterHours.VOICEMAIL, after_hours_text="Speak.")
    calls.routes.by_line[LINE] = route
    assert begin_voicemail(calls, "call_1").text == "Speak."


def test_who_left_a_message_is_thanked(calls):
    """And the call remembers that they did."""
    document = ET.fromstring(closing(thank_caller(calls, "call_1")))
    assert [element.tag for element in document] == ["Say", "Hangup"]
    assert has_happened(calls.call(), Happening.VOICEMAIL_TAKEN)


def test_a_message_is_complete_in_whatever_order_it_is_told(calls):
    """Recording, words and thanks can come in any order, and twice."""
    acts = (
        lambda: report_recording(calls, "call_1", LEFT),
        lambda: keep_transcription(calls, "call_1", SID, "Call me."),
        lambda: thank_caller(calls, "call_1"),
    )
    for order in permutations(acts):
        calls.shelf.recordings.clear()
        calls.wakeups.recordings.clear()
        for act in (*order, *order):
            act()
        found = get_voicemail(calls, "call_1").recording
        assert (found.transcription, found.seconds, found.kind) == ("Call me.", 12, "voicemail")
        assert ("call_1", SID) in calls.wakeups.recordings
    keep_transcription(calls, "call_1", SID, "Something else.")
    assert get_voicemail(calls, "call_1").recording.transcription == "Call me."


def test_words_without_a_recording_have_it_fetched(calls):
    """The report may be lost; the words came all the same."""
    keep_transcription(calls, "call_1", SID, "Call me.")
    assert calls.wakeups.recordings == [("call_1", SID)]


def test_messages_are_listed_until_they_are_heard(calls):
    """New ones, heard ones, and both."""
    _left(calls)
    assert _listed(calls, heard=False) == _listed(calls, heard=None) == ["call_1"]
    assert _listed(calls, heard=True) == []
    calls.clock.advance(minutes=1)
    marked = mark_heard(calls, "call_1")
    assert marked.recording.heard_at == NOW + timedelta(minutes=1)
    calls.clock.advance(minutes=1)
    assert mark_heard(calls, "call_1") == marked
    assert (_listed(calls, heard=False), _listed(calls, heard=True)) == ([], ["call_1"])


def _listed(calls, *, heard):
    return [each.call.id for each in list_voicemails(calls, heard=heard, page_size=10).items]


def test_a_call_without_a_message_has_none(calls):
    """Nor has one whose message was deleted, with what was understood of it."""
    with pytest.raises(NotFound):
        get_voicemail(calls, "call_1")
    _left(calls)
    keep_transcription(calls, "call_1", SID, "A secret.")
    delete_recording(calls, "call_1", SID)
    with pytest.raises(NotFound):
        mark_heard(calls, "call_1")
    assert _listed(calls, heard=None) == []
    keep_transcription(calls, "call_1", SID, "A secret.")
    assert "secret" not in repr(calls.shelf.recordings)


def test_the_contacts_people_get_a_task(calls):
    """Once, however often the recording is seen to."""
    _left(calls)
    fetch_recording(calls, "call_1", SID)
    contact = find_contact(calls.crm, NUMBER)
    (note,) = list_notes(calls.crm, contact.id, 10).items
    assert (note.kind, note.call_id) == (NoteKind.TASK, "call_1")
    assert note.body.startswith(f"Voicemail from {NUMBER}, 12 seconds.")
    assert note.due_at == NOW + timedelta(days=1)


def test_nothing_is_said_to_who_hung_up(calls):
    """The call is over."""
    call = calls.shelf.calls["call_1"]
    calls.shelf.calls["call_1"] = replace(call, state=CallState.ENDED)
    assert begin_voicemail(calls, "call_1") is None


def test_nothing_is_kept_of_an_erased_call(calls):
    """Not the words, nor that there were any."""
    call = calls.shelf.calls["call_1"]
    calls.shelf.calls["call_1"] = replace(call, erased_at=NOW)
    keep_transcription(calls, "call_1", SID, "A secret.")
    thank_caller(calls, "call_1")
    assert (calls.shelf.recordings, calls.call().events) == ({}, ())
    with pytest.raises(NotFound):
        keep_transcription(calls, "call_x", SID, "A secret.")
