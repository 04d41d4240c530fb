"""The carrier's documents and forms: written and read."""

from __future__ import annotations

from datetime import UTC, datetime
from xml.etree import ElementTree as ET

import pytest
from fakes.calls import ADDRESSES, DESK, LINE, NOW, a_brief, a_call

from chalicelib.ai.domain.conversation import (
    CallerPressed,
    CallerSaid,
    CallerSilent,
    Hangup,
    Listen,
    Say,
    Transfer,
)
from chalicelib.ai.domain.sentences import Sentence, sentence
from chalicelib.ai.domain.wording import REPEAT
from chalicelib.calls.adapters import forms
from chalicelib.calls.adapters.twiml import conversation as twiml
from chalicelib.calls.adapters.twiml import machines, recording, rooms
from chalicelib.calls.domain.files import CallFile
from chalicelib.calls.domain.handing import Bridge, EnterRoom, Resume, TakeMessage
from chalicelib.calls.domain.rooms import Participant, Role
from chalicelib.calls.domain.turns import Turn, TurnEnd, TurnKind
from chalicelib.calls.services.voicemails import Invitation

BASE = "https://calls.example.com/hook"


def _file(**brief):
    return CallFile(a_call(), a_brief(**brief))


def _gather(*directives, **brief):
    return ET.fromstring(twiml.gather(_file(**brief), directives, ADDRESSES, next_turn=4))


def _shape(element):
    return [found.tag for found in element.iter()]


def test_a_call_over_the_socket_is_connected_with_its_greeting():
    """The document names socket, voice, action and our id of the call."""
    document = twiml.relay("call_1", a_brief(), [Say("Hello <Ada> & Co.", last=True), Listen()], ADDRESSES)
    connect = ET.fromstring(document)[0]
    session = connect[0]
    assert connect.get("action") == f"{BASE}/voice/call_1/session-ended"
    assert session.tag == "ConversationRelay"
    assert session.get("url") == "wss://calls.example.com/socket"
    assert session.get("welcomeGreeting") == "Hello <Ada> & Co."
    assert (session.get("ttsProvider"), session.get("voice")) == ("Google", "en-US-Chirp3-HD-Aoede")
    assert (session.get("language"), session.get("dtmfDetection")) == ("en-US", "true")
    assert session[0].attrib == {"name": "call_id", "value": "call_1"}


def test_what_is_said_before_listening_can_be_interrupted():
    """Words stand inside the Gather, which brings the answer as the next turn, also when nothing is said."""
    response = _gather(Say("Hello "), Say("Ada.", last=True), Listen())
    assert _shape(response) == ["Response", "Gather", "Say"]
    gather = response[0]
    assert gather.get("action") == f"{BASE}/voice/call_1/turn/4"
    assert (gather.get("input"), gather.get("actionOnEmptyResult")) == ("speech dtmf", "true")
    assert gather.get("speechTimeout") == "auto"
    assert (gather[0].text, gather[0].get("voice")) == ("Hello Ada.", "Google.en-US-Chirp3-HD-Aoede")


def test_listening_without_words_says_nothing():
    """An empty Say would be refused."""
    assert _shape(_gather(Say("", last=True), Listen())) == ["Response", "Gather"]


def test_a_goodbye_is_said_and_then_the_call_ends():
    """Nothing is listened for any more."""
    assert _shape(_gather(Say("Bye.", last=True), Hangup("x"))) == ["Response", "Say", "Hangup"]


def test_a_hand_over_dials_the_colleague():
    """With our line as the caller, and an address that names the attempt."""
    response = _gather(Say("One moment.", last=True), Bridge("participant_1", DESK))
    assert _shape(response) == ["Response", "Say", "Dial", "Number"]
    dial = response[1]
    assert (dial[0].text, dial.get("callerId")) == (DESK, LINE)
    assert dial.get("action") == f"{BASE}/voice/call_1/transfer-ended?attempt=participant_1"


def test_a_caller_waits_in_the_room():
    """Under a label of their own; the conference is over when they go."""
    response = _gather(EnterRoom("participant_1", "room_1", "participant_2"))
    room = response.find("Dial/Conference")
    assert (room.text, room.get("participantLabel")) == ("room_1", "participant_2")
    assert (room.get("endConferenceOnExit"), room.get("statusCallbackEvent")) == (
        "true",
        "start end join leave mute hold",
    )


def test_a_message_is_taken_at_its_own_address():
    """The voicemail has its own words and its own record."""
    response = _gather(TakeMessage())
    assert _shape(response) == ["Response", "Redirect"]
    assert response[0].text == f"{BASE}/voice/call_1/voicemail"


def test_each_language_is_spoken_by_its_own_voice():
    """What the caller is answered in another language is read by its voice, and their answer heard in it."""
    response = _gather(Say("Guten Tag. ", language="de-DE"), Say("Hello.", last=True), Listen())
    heard = response.find("Gather")
    assert [(say.text, say.get("voice"), say.get("language")) for say in heard.iter("Say")] == [
        ("Guten Tag.", "Google.de-DE-Chirp3-HD-Aoede", "de-DE"),
        ("Hello.", "Google.en-US-Chirp3-HD-Aoede", "en-US"),
    ]
    assert heard.get("language") == "en-US"
    german = _gather(Say("Guten Tag.", last=True, language="de-DE"), Listen()).find("Gather")
    assert german.get("language") == "de-DE"


def test_a_session_that_is_resumed_speaks_the_other_language_before_it():
    """Its greeting is read by the voice of the call's own language."""
    response = _gather(Say("Guten Tag.", last=True, language="de-DE"), Resume(3, by_relay=True))
    assert _shape(response)[:3] == ["Response", "Say", "Connect"]
    assert response.find("Connect/ConversationRelay").get("welcomeGreeting", "") == ""


def test_a_repeated_turn_is_read_in_its_language():
    """By the voice that read it before; a sentence of ours is in that language as well."""
    brief = a_brief(languages=("de-DE",))
    turn = Turn(1, TurnKind.SPEECH, NOW, answer="Ja.", end=TurnEnd.LISTEN, language="de-DE")
    assert twiml.replayed(turn, brief)[0] == Say("Ja.", last=True, language="de-DE")
    lost = Turn(1, TurnKind.SPEECH, NOW, language="de-DE")
    assert twiml.replayed(lost, brief)[0].text == sentence(Sentence.REPEAT, "de")


def test_an_apology_needs_no_call():
    """One sentence and the end; or only the end."""
    assert _shape(ET.fromstring(twiml.apology("Sorry & bye"))) == ["Response", "Say", "Hangup"]
    assert _shape(ET.fromstring(twiml.hang_up())) == ["Response", "Hangup"]


@pytest.mark.parametrize(
    ("turn", "directives"),
    [
        ({"answer": "Yes.", "end": TurnEnd.LISTEN}, (Say("Yes.", last=True), Listen())),
        ({"answer": "Bye.", "end": TurnEnd.HANG_UP, "reason": "r"}, (Say("Bye.", last=True), Hangup("r"))),
        ({"answer": "", "end": TurnEnd.TRANSFER, "reason": "r"}, (Say("", last=True), Transfer("r"))),
        ({"answer": "We", "end": TurnEnd.CUT}, (Say("We", last=True), Listen())),
        ({}, (Say(REPEAT, last=True), Listen())),
    ],
)
def test_a_repeated_webhook_gets_the_turn_again(turn, directives):
    """Its words and its end; a turn that was never answered asks the caller to repeat."""
    assert twiml.replayed(Turn(1, TurnKind.SPEECH, NOW, **turn)) == directives


@pytest.mark.parametrize(
    ("form", "event"),
    [
        ({"SpeechResult": "Hi", "Language": "de-DE"}, CallerSaid("Hi", "de-DE")),
        ({"SpeechResult": "Hi"}, CallerSaid("Hi")),
        ({"Digits": "4"}, CallerPressed("4")),
        ({"Digits": "4", "SpeechResult": "Hi"}, CallerPressed("4")),
        ({"SpeechResult": ""}, CallerSilent()),
        ({}, CallerSilent()),
    ],
)
def test_what_a_gather_brought(form, event):
    """Keys, words, or nothing."""
    assert forms.heard(form) == event


def test_a_report_has_the_carriers_own_time():
    """RFC 2822; with sequence, length, SIP code and error when they are given."""
    form = {
        "CallStatus": "failed",
        "CallSid": "CA1",
        "Timestamp": "Tue, 03 Mar 2026 13:00:00 +0100",
        "SequenceNumber": "2",
        "CallDuration": "9",
        "SipResponseCode": "486",
        "ErrorCode": "13224",
    }
    report = forms.report(form, datetime(2027, 1, 1, tzinfo=UTC))
    assert (report.status, report.sid, report.at) == ("failed", "CA1", NOW)
    assert (report.sequence, report.duration_s, report.sip_code) == (2, 9, "486")
    assert report.error == "carrier_13224"


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"Timestamp": "yesterday"},
        {"Timestamp": "Tue, 03 Mar 2026 13:00:00 -0000"},
        {"Timestamp": "Tue, 99 Mar 2026 13:00:00 +0000"},
        {"SequenceNumber": "x", "CallDuration": "-1"},
        {"SequenceNumber": "9" * 5000, "CallDuration": "\u00b2"},
        {"CallDuration": ""},
    ],
)
def test_broken_fields_of_a_report_are_left_out(form):
    """The time is then that of the arrival, and numbers are unknown."""
    report = forms.report(form, NOW)
    assert (report.at, report.sequence, report.duration_s) == (NOW, None, None)


def test_addresses_retry_in_the_fragment():
    """What follows the # is for the carrier alone, and is not signed."""
    assert ADDRESSES.answer("c").startswith(f"{BASE}/voice/c/answer#")
    assert ADDRESSES.status("c").startswith(f"{BASE}/voice/c/status#")
    assert ADDRESSES.turn("c", 3) == f"{BASE}/voice/c/turn/3"


LEG = Participant("participant_1", DESK, Role.COLLEAGUE, NOW)
ODD = "Call\x0b us\x00 back\ud800 at *nine*."


@pytest.mark.parametrize(
    "document",
    [
        lambda: machines.message("call_1", a_brief(), ODD, ADDRESSES),
        lambda: recording.closing(Invitation("call_1", ODD)),
        lambda: recording.take_message(Invitation("call_1", "Hi", silence=ODD), ADDRESSES),
        lambda: rooms.ask_to_join("room_1", LEG, ODD, "en-US", ADDRESSES),
    ],
)
def test_what_people_wrote_is_speakable(document):
    """A control character would make the carrier refuse the whole document, and the call end in an error."""
    said = " ".join(each.text or "" for each in ET.fromstring(document()).iter("Say"))
    assert "Call us back at nine." in said
