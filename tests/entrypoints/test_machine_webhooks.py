"""The webhooks of machines through the real handler: signed, repeatable, and light."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from xml.etree import ElementTree as ET

import pytest
from fakes.calls import NOW, FakeCalls, connected, furnished
from fakes.events import SECOND_TOKEN, SOCKET, TOKEN, WEBHOOKS, queue_event, webhook_event

from chalicelib.ai.domain.wording import APOLOGY
from chalicelib.calls.adapters.messages import TakeOver, encode
from chalicelib.calls.domain.calls import CallEvent, add_event
from chalicelib.calls.domain.happenings import Happening
from chalicelib.calls.domain.templates import OnMachine, Transport
from chalicelib.calls.domain.turns import Turn, TurnKind
from chalicelib.entrypoints import carrier, queues

PATHS = ["/voice/call_1/answered-by", "/voice/call_1/machine", "/voice/call_1/machine-done"]
MACHINE = {"CallSid": "CA1", "AnsweredBy": "machine_end_beep", "MachineDetectionDuration": "4000"}
MESSAGE = "This is Ann. Please call us back."


@pytest.fixture
def calls(container):
    """Put ports of calls with a live call, whose template leaves messages, into the container."""
    container.calls = FakeCalls(container.clock, container.crm)
    container.connections = SimpleNamespace(
        webhook_url=WEBHOOKS, socket_url=SOCKET, twilio_auth_tokens=(TOKEN, SECOND_TOKEN)
    )
    furnished(container.calls)
    connected(container.calls, on_machine=OnMachine.LEAVE_MESSAGE, voicemail_message=MESSAGE)
    return container.calls


def _post(path, form, **options):
    answer = carrier.hook.hook(webhook_event(path, form, **options), None)
    return SimpleNamespace(status=answer["statusCode"], body=answer["body"])


def _tags(path, form=None):
    answer = _post(path, form or {"CallSid": "CA1"})
    assert answer.status == 200
    return [(each.tag, (each.text or "").split("#")[0]) for each in ET.fromstring(answer.body)]


def _events(calls):
    return sorted(event.kind for event in calls.call().events)


@pytest.mark.parametrize("path", PATHS)
def test_what_is_not_signed_changes_nothing(calls, path):
    """Refused before anything is read."""
    before = calls.call()
    assert _post(path, MACHINE, token="wrong").status == 403
    assert calls.call() == before
    assert calls.wakeups.takeovers == []


@pytest.mark.parametrize("path", [path.replace("call_1", "call_9") for path in PATHS])
def test_a_call_that_is_not_there_is_told_so(calls, path):
    """Signed or not."""
    assert _post(path, MACHINE).status == 404


def test_a_machine_is_left_a_message_from_verdict_to_end(calls):
    """Each step through its way in, each delivered twice."""
    for _ in range(2):
        assert _post(PATHS[0], MACHINE).status == 204
        queues.urgent(queue_event(*[encode(TakeOver("call_1"))] * 2), None)
    assert calls.telephony.taken_over == [("CA1", "call_1")]
    spoken = [("Say", MESSAGE), ("Redirect", f"{WEBHOOKS}/voice/call_1/machine-done")]
    assert [_tags(PATHS[1]) for _ in range(2)] == [spoken] * 2
    assert [_tags(PATHS[2]) for _ in range(2)] == [[("Hangup", "")]] * 2
    assert _tags(PATHS[1]) == [("Hangup", "")]
    happened = {Happening.MACHINE, Happening.TAKEN_OVER, Happening.MESSAGE_BEGUN, Happening.MESSAGE_LEFT}
    assert _events(calls) == sorted(happened)


def test_a_replayed_request_speaks_to_nobody(calls):
    """The message belongs to a machine that was found on this call."""
    assert _tags(PATHS[1]) == [("Hangup", "")]
    assert _tags(PATHS[2]) == [("Hangup", "")]
    assert _events(calls) == []


@pytest.mark.parametrize("form", [{}, {"AnsweredBy": "human"}, {"AnsweredBy": "unknown"}])
def test_people_are_left_to_the_conversation(calls, form):
    """Whatever is not a machine."""
    assert _post(PATHS[0], {"CallSid": "CA1", **form}).status == 204
    assert calls.wakeups.takeovers == []


@pytest.mark.parametrize("status", ["ended", "failed", "completed"])
def test_the_end_of_a_session_does_not_disturb_the_message(calls, status):
    """Should the carrier ask what follows, nothing is spoken and nobody hangs up."""
    calls.turns.open("call_1", Turn(0, TurnKind.GREETING, NOW))
    _post(PATHS[0], MACHINE)
    queues.urgent(queue_event(encode(TakeOver("call_1"))), None)
    ended = {"CallSid": "CA1", "SessionStatus": status}
    assert _tags("/voice/call_1/session-ended", ended) == [
        ("Redirect", f"{WEBHOOKS}/voice/call_1/machine"),
    ]
    _tags(PATHS[1])
    assert _tags("/voice/call_1/session-ended", ended) == [("Pause", "")]


def test_a_recorded_greeting_is_listened_to_over_gather(calls):
    """The document has no words, and listens on; silence after it has the call taken over."""
    calls.shelf.briefs["call_1"] = replace(calls.shelf.briefs["call_1"], transport=Transport.GATHER)
    said = {"CallSid": "CA1", "SpeechResult": "Please leave a message after the tone.", "Confidence": "0.9"}
    answer = ET.fromstring(_post("/voice/call_1/turn/1", said).body)
    assert [each.tag for each in answer.iter()][1:] == ["Gather"]
    for number in (2, 3):
        _post(f"/voice/call_1/turn/{number}", {"CallSid": "CA1", "Digits": ""})
    assert calls.wakeups.takeovers == ["call_1"]


def test_a_person_whose_call_was_taken_over_all_the_same_hears_an_apology(calls):
    """The carrier's answer was lost, the person talked on, and now the redirect arrives."""
    for kind in (Happening.MACHINE, Happening.TAKEN_OVER, Happening.MACHINE_DOUBTED):
        event = CallEvent("2026", kind, kind, "machine_end_beep")
        calls.book.change("call_1", lambda call, event=event: add_event(call, event))
    assert _tags(PATHS[1]) == [("Say", APOLOGY), ("Hangup", "")]
