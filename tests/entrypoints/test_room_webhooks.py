"""Webhooks of hand-overs and rooms through the real handler: signed, repeatable, in TwiML."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from xml.etree import ElementTree as ET

import pytest
from fakes.calls import DESK, NOW, FakeCalls, connected, furnished
from fakes.events import SOCKET, TOKEN, WEBHOOKS, queue_event, webhook_event
from fakes.rooms import only

from chalicelib.ai.domain.conversation import Transfer
from chalicelib.calls.adapters.messages import SeeToRoom, decode, encode
from chalicelib.calls.adapters.room_queue import SqsRoomWakeups
from chalicelib.calls.domain.rooms import LegState, Listening, Participant, Role, Room, room_id_of
from chalicelib.calls.domain.templates import TransferMode, Transport
from chalicelib.calls.domain.turns import Turn, TurnEnd, TurnKind
from chalicelib.calls.ports.rooms import RoomTask
from chalicelib.calls.services.closing import hand_over
from chalicelib.entrypoints import carrier, queues

ROOM = room_id_of("call_1")
ANSWER = {"CallSid": "CA5", "CallStatus": "in-progress"}


@pytest.fixture
def calls(container):
    """Give a call whose caller waits for a colleague."""
    container.calls = FakeCalls(container.clock, container.crm)
    container.connections = SimpleNamespace(
        webhook_url=WEBHOOKS, socket_url=SOCKET, twilio_auth_tokens=(TOKEN,)
    )
    furnished(container.calls)
    connected(container.calls, transfer_to=DESK, transfer_mode=TransferMode.WARM)
    asks = Turn(
        1, TurnKind.SPEECH, NOW, said="A person, please", end=TurnEnd.TRANSFER, reason="asked_for_person"
    )
    container.calls.turns.open("call_1", asks)
    return container.calls


@pytest.fixture
def attempt(calls):
    """Hand the caller over; give the attempt."""
    hand_over(calls, calls.book.load("call_1"), (Transfer("asked_for_person"),))
    return only(calls.rooms.load(ROOM), Role.COLLEAGUE)


def _post(path, form, **options):
    return carrier.hook.hook(webhook_event(path, form, **options), None)


def _xml(path, form, **options):
    answer = _post(path, form, **options)
    assert answer["statusCode"] == 200
    return ET.fromstring(answer["body"])


def _tags(element):
    return [found.tag for found in element.iter()]


def _leg(attempt, what):
    return f"/rooms/{ROOM}/legs/{attempt.id}/{what}"


PATHS = ["answer", "key", "status"]


@pytest.mark.parametrize("what", PATHS)
def test_what_is_not_signed_is_refused(calls, attempt, what):
    """403, and nothing changes."""
    before = calls.rooms.load(ROOM)
    assert _post(_leg(attempt, what), ANSWER, token="other")["statusCode"] == 403
    assert _post(f"/rooms/{ROOM}/events", {}, token="other")["statusCode"] == 403
    assert calls.rooms.load(ROOM) == before


@pytest.mark.parametrize("what", PATHS)
def test_unknown_legs_and_rooms_are_not_found(calls, attempt, what):
    """Nothing is made up."""
    form = {**ANSWER, "Digits": "1"}
    assert _post(f"/rooms/{ROOM}/legs/participant_9/{what}", form)["statusCode"] == 404
    assert _post(f"/rooms/room_9/legs/{attempt.id}/{what}", form)["statusCode"] == 404
    assert _post("/rooms/room_9/events", {})["statusCode"] == 404


def test_the_callers_line_enters_the_room(calls):
    """It may not be missed, does not begin the conference, and hears a sentence and music."""
    response = _xml("/voice/call_1/session-ended", {"SessionStatus": "ended"})
    room = response.find("Dial/Conference")
    assert room.text == ROOM
    assert (room.get("startConferenceOnEnter"), room.get("endConferenceOnExit")) == ("false", "true")
    waiting = _xml(room.get("waitUrl").removeprefix(WEBHOOKS), {"CallSid": "CA1"})
    assert _tags(waiting) == ["Response", "Say", "Play"]
    assert waiting.find("Play").get("loop") == "0"


def test_the_colleague_hears_who_waits_and_comes_in_by_key(calls, attempt):
    """Every delivery gets the same document; the conference begins with them and ends with them."""
    documents = {_post(_leg(attempt, "answer"), ANSWER)["body"] for _ in range(2)}
    (document,) = documents
    asked = ET.fromstring(document).find("Gather")
    assert asked.get("input") == "dtmf"
    assert "Ada would like to talk to you. They said: A person, please." in asked.find("Say").text
    for _ in range(2):
        room = _xml(asked.get("action").removeprefix(WEBHOOKS), {**ANSWER, "Digits": "1"}).find(
            "Dial/Conference"
        )
        assert (room.get("startConferenceOnEnter"), room.get("endConferenceOnExit")) == ("true", "true")
        assert room.get("participantLabel") == attempt.id
    again = _xml(_leg(attempt, "answer"), ANSWER)
    assert again.find("Dial/Conference") is not None


@pytest.mark.parametrize(
    ("language", "asks", "bye"),
    [
        ("de-DE", ("möchte mit Ihnen sprechen.", "Drücken Sie die 1"), "In Ordnung. Auf Wiederhören."),
        ("es-ES", ("quiere hablar con usted.", "Pulse 1"), "De acuerdo. Adiós."),
        ("fr-FR", ("souhaite vous parler.", "Appuyez sur 1"), "D'accord. Au revoir."),
        ("it-IT", ("would like to talk to you.", "Press 1"), "All right. Goodbye."),
    ],
)
def test_colleagues_are_spoken_to_in_the_calls_language(calls, attempt, language, asks, bye):
    """And the carrier is told which it is; in English where we have no words in it."""
    calls.shelf.briefs["call_1"] = replace(calls.shelf.briefs["call_1"], language=language)
    asked = _xml(_leg(attempt, "answer"), ANSWER).find("Gather/Say")
    assert [words for words in asks if words not in asked.text] == []
    said = _xml(_leg(attempt, "key"), {**ANSWER, "Digits": "2"}).find("Say")
    assert said.text == bye
    told = None if language == "it-IT" else language
    assert (asked.get("language"), said.get("language")) == (told, told)


@pytest.mark.parametrize(
    ("spoken", "words", "language"),
    [
        ("", "Please hold the line.", None),
        ("de-DE", "Bitte bleiben Sie in der Leitung.", "de-DE"),
        ("it-IT", "Please hold the line.", None),
    ],
)
def test_callers_wait_in_their_language(calls, attempt, spoken, words, language):
    """Which is the one that they spoke last."""
    brief = replace(calls.shelf.briefs["call_1"], languages=("de-DE", "it-IT"))
    calls.shelf.briefs["call_1"] = brief
    calls.turns.open("call_1", Turn(2, TurnKind.SPEECH, NOW, said="Danke", language=spoken))
    said = _xml(f"/rooms/{ROOM}/wait", ANSWER).find("Say")
    assert (said.text, said.get("language")) == (words, language)


def test_who_waits_in_a_room_of_no_call_hears_it_in_english(calls):
    """Conferences that an operator calls together have no caller."""
    assert _xml("/rooms/room_unknown/wait", ANSWER).find("Say").text == "Please hold the line."


@pytest.mark.parametrize("digits", ["", "2"])
def test_without_the_key_nobody_comes_in(calls, attempt, digits):
    """They hear a goodbye; the queue has the caller brought back."""
    _post(_leg(attempt, "answer"), ANSWER)
    response = _xml(_leg(attempt, "key"), {**ANSWER, "Digits": digits})
    assert _tags(response) == ["Response", "Say", "Hangup"]
    assert calls.room_wakeups.named(RoomTask.BRING_BACK) == [attempt.id]
    late = _xml(_leg(attempt, "key"), {**ANSWER, "Digits": "1"})
    assert late.find("Say").text == "The call is over. Goodbye."


def test_a_leg_that_fails_brings_the_caller_back_to_the_ai(calls, attempt):
    """By the socket, with what happened as its greeting, whoever delivers it again."""
    for _ in range(2):
        assert _post(_leg(attempt, "status"), {"CallSid": "CA5", "CallStatus": "busy"})["statusCode"] == 204
    documents = set()
    for _ in range(2):
        answer = _post("/voice/call_1/transfer-ended", {"CallSid": "CA1"}, query=f"attempt={attempt.id}")
        documents.add(answer["body"])
    (document,) = documents
    session = ET.fromstring(document).find("Connect/ConversationRelay")
    assert session.get("welcomeGreeting").startswith("I am sorry, my colleague is on another call.")
    assert len(calls.shelf.turns) == 2


def test_a_template_by_gather_goes_on_by_gather(calls, attempt):
    """With the turn after the one that holds the news."""
    brief = calls.shelf.briefs["call_1"]
    calls.shelf.briefs["call_1"] = brief.__class__(**{**vars(brief), "transport": Transport.GATHER})
    _post(_leg(attempt, "status"), {"CallSid": "CA5", "CallStatus": "no-answer"})
    response = _xml("/voice/call_1/transfer-ended", {"CallSid": "CA1"}, query=f"attempt={attempt.id}")
    assert response.find("Gather").get("action") == f"{WEBHOOKS}/voice/call_1/turn/3"


def test_an_operators_hand_over_begins_when_the_line_comes(calls):
    """The address names it; an unknown one is not found."""
    wanted = Participant("participant_7", DESK, Role.COLLEAGUE, NOW, mode=TransferMode.BLIND, why="operator")
    calls.rooms.create(Room(ROOM, calls.call().line, NOW, call_id="call_1"), (wanted,))
    response = _xml("/voice/call_1/transfer", {"CallSid": "CA1"}, query="attempt=participant_7")
    assert response.find("Dial/Number").text == DESK
    unknown = _post("/voice/call_1/transfer", {"CallSid": "CA1"}, query="attempt=participant_8")
    assert unknown["statusCode"] == 404
    assert _tags(_xml("/voice/x/transfer", {})) == ["Response", "Hangup"]


def test_conference_events_are_merged(calls, attempt):
    """By the label that the participant entered with; both flags of an event are read."""
    label = {
        "ConferenceSid": "CF1",
        "ParticipantLabel": attempt.id,
        "Timestamp": "Tue, 03 Mar 2026 12:01:00 +0000",
    }
    join = {**label, "StatusCallbackEvent": "participant-join", "SequenceNumber": "1"}
    mute = {
        **label,
        "StatusCallbackEvent": "participant-mute",
        "SequenceNumber": "3",
        "Muted": "true",
        "Hold": "true",
    }
    for form in (mute, join, mute):
        assert _post(f"/rooms/{ROOM}/events", form)["statusCode"] == 204
    leg = calls.rooms.load(ROOM).find(attempt.id)
    assert (leg.state, leg.muted, leg.held) == (LegState.JOINED, True, True)
    assert calls.rooms.load(ROOM).room.sid == "CF1"


@pytest.mark.parametrize(
    ("mode", "attributes"),
    [
        (Listening.LISTEN, {"muted": "true"}),
        (Listening.WHISPER, {"coach": "CA6"}),
        (Listening.BARGE, {}),
    ],
)
def test_a_supervisor_enters_as_they_take_part(calls, mode, attributes):
    """They never begin the conference nor end it."""
    guest = Participant(
        "participant_1", DESK, Role.PARTICIPANT, NOW, state=LegState.JOINED, sid="CA6", accepted_at=NOW
    )
    boss = Participant("participant_2", DESK, Role.SUPERVISOR, NOW, mode=mode)
    calls.rooms.create(Room("room_9", calls.call().line, NOW), (guest, boss))
    asked = _xml("/rooms/room_9/legs/participant_2/answer", ANSWER)
    assert "supervise" in asked.find(".//Say").text
    room = _xml("/rooms/room_9/legs/participant_2/key", {**ANSWER, "Digits": "1"}).find("Dial/Conference")
    assert {name: room.get(name) for name in ("muted", "coach") if room.get(name)} == attributes
    assert (room.get("startConferenceOnEnter"), room.get("endConferenceOnExit")) == ("false", "false")


def test_the_queue_carries_tasks(calls, attempt):
    """Written here and done there; what is gone is no failure."""
    sent = []
    client = SimpleNamespace(send_message=lambda **message: sent.append(message))
    SqsRoomWakeups(client, "https://queue").see_to(RoomTask.DIAL, ROOM, attempt.id, 3)
    assert decode(sent[0]["MessageBody"]) == SeeToRoom("dial", ROOM, attempt.id)
    assert sent[0]["DelaySeconds"] == 3
    for message in (SeeToRoom("dial", ROOM, attempt.id), SeeToRoom("dial", "room_9", "participant_9")):
        assert queues.urgent(queue_event(encode(message)), None) == {"batchItemFailures": []}
    assert [order.number for order in calls.switchboard.orders] == [DESK]
