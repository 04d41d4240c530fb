"""The carrier's webhooks through the real handler: signed or refused, answered in TwiML, repeatable."""

from __future__ import annotations

from types import SimpleNamespace
from xml.etree import ElementTree as ET

import pytest
from fakes.calls import DESK, LINE, NOW, NUMBER, FakeCalls, a_call, connected, furnished, kill_switch
from fakes.events import SECOND_TOKEN, SOCKET, TOKEN, WEBHOOKS, sign, webhook_event
from fakes.model import model_failure

from chalicelib.ai.domain.sentences import sentence
from chalicelib.ai.domain.wording import REPEAT
from chalicelib.ai.ports.models import ToolCall
from chalicelib.calls.domain.handing import told
from chalicelib.calls.domain.states import CallState
from chalicelib.calls.domain.templates import Transport, WhenNobody
from chalicelib.calls.domain.turns import Turn, TurnEnd, TurnKind
from chalicelib.calls.services.answering import inbound_call_id
from chalicelib.crm.services.contacts import find_contact
from chalicelib.entrypoints import carrier

INBOUND = {"CallSid": "CA7", "From": NUMBER, "To": LINE, "CallStatus": "ringing", "Direction": "inbound"}
ANSWER = {"CallSid": "CA1", "CallStatus": "in-progress"}


@pytest.fixture
def calls(container):
    """Put furnished ports of calls and the account's tokens into the container."""
    container.calls = FakeCalls(container.clock, container.crm)
    container.connections = SimpleNamespace(
        webhook_url=WEBHOOKS, socket_url=SOCKET, twilio_auth_tokens=(TOKEN, SECOND_TOKEN)
    )
    furnished(container.calls)
    return container.calls


@pytest.fixture
def ringing(calls):
    """Give an outbound call that the carrier has."""
    contact = find_contact(calls.crm, NUMBER)
    calls.book.create(a_call(state=CallState.RINGING, contact_id=contact.id, sid="CA1"))
    return calls.call()


def _post(path, form, **options):
    answer = carrier.hook.hook(webhook_event(path, form, **options), None)
    return SimpleNamespace(status=answer["statusCode"], body=answer["body"], headers=answer["headers"])


def _xml(path, form, **options):
    answer = _post(path, form, **options)
    assert answer.status == 200
    assert answer.headers["Content-Type"] == "text/xml"
    return ET.fromstring(answer.body)


def _tags(element):
    return [found.tag for found in element.iter()]


PATHS = [
    "/voice/inbound",
    "/voice/call_1/answer",
    "/voice/call_1/status",
    "/voice/call_1/turn/1",
    "/voice/call_1/session-ended",
    "/voice/call_1/transfer-ended",
    "/voice/fallback",
]


def _stored(calls):
    shelf = calls.shelf
    return (dict(shelf.calls), dict(shelf.briefs), dict(shelf.turns), dict(shelf.connections))


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("signature", [None, "", "x", "wrong", "other path", "other form", "Zoë"])
def test_what_is_not_signed_is_refused(calls, ringing, path, signature):
    """403, and nothing was read, changed or sent."""
    form = {**INBOUND, "SpeechResult": "Hi"}
    event = webhook_event(path, form, token=None)
    if signature is not None:
        forged = {
            "wrong": sign(WEBHOOKS + path, form, "other-token"),
            "other path": sign(WEBHOOKS + "/voice/call_2/answer", form),
            "other form": sign(WEBHOOKS + path, {**form, "From": DESK}),
        }
        event["headers"]["x-twilio-signature"] = forged.get(signature, signature)
    calls.shelf.uses.clear()
    before = _stored(calls)
    assert carrier.hook.hook(event, None)["statusCode"] == 403
    assert _stored(calls) == before
    assert not calls.shelf.uses
    assert calls.ai.model.requests == []


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"is_base64": False},
        {"token": SECOND_TOKEN},
        {"query": "foo=1&bar=a%20b"},
    ],
    ids=["base64", "plain", "second token", "query"],
)
def test_what_is_signed_is_served(calls, ringing, options):
    """Bodies of both kinds, any of the account's tokens, and the query is part of what is signed."""
    assert _post("/voice/call_1/status", ANSWER, **options).status == 204
    assert calls.call().state is CallState.IN_PROGRESS


def test_a_signed_query_cannot_be_changed(calls, ringing):
    """Another query is another address."""
    event = webhook_event("/voice/call_1/status", ANSWER, query="a=1")
    event["rawQueryString"] = "a=2"
    assert carrier.hook.hook(event, None)["statusCode"] == 403


def test_unknown_and_blank_parameters_are_part_of_the_signature(calls, ringing):
    """The carrier may add parameters at any time, and sends empty ones."""
    form = {**ANSWER, "CallerCity": "", "StirVerstat": "TN-Validation-Passed-A", "New Thing": "Zoë & <co>"}
    assert _post("/voice/call_1/status", form).status == 204


@pytest.mark.parametrize("path", ["/voice/x/status", "/voice/x/answer", "/voice/x/session-ended"])
def test_an_unknown_call_is_not_found(calls, path):
    """The carrier gets 404, and nothing is made up."""
    assert _post(path, ANSWER).status == 404
    assert calls.shelf.calls == {}


def test_an_unknown_address_is_not_found(calls):
    """There is nothing at other paths or by other methods."""
    assert _post("/voice/other", {}).status == 404
    assert _post("/voice/inbound", {}, method="GET").status == 404


def test_a_known_caller_is_connected_to_the_socket(calls):
    """With the template's greeting, and the call's id as a parameter."""
    session = _xml("/voice/inbound", INBOUND).find(".//ConversationRelay")
    assert session.get("welcomeGreeting") == "Hello Ada, this is Ann."
    assert session.get("url") == SOCKET
    assert session.find("Parameter").get("value") == inbound_call_id("CA7")


def test_an_unknown_caller_becomes_a_contact(calls):
    """And is talked to like anybody."""
    assert "ConversationRelay" in _tags(_xml("/voice/inbound", {**INBOUND, "From": "+14155552699"}))
    assert find_contact(calls.crm, "+14155552699") is not None


@pytest.mark.parametrize(
    "change",
    [
        {"To": "+14155550111"},
        {"From": "anonymous"},
        {"From": "+266696687"},
        {"From": ""},
        {"From": "sip:a@example.com"},
        {"To": "client:x"},
    ],
)
def test_what_cannot_be_answered_is_told_and_ended(calls, change):
    """A line without a route, a caller without a number: a sentence and the end, no contact, no call."""
    assert _tags(_xml("/voice/inbound", {**INBOUND, **change})) == ["Response", "Say", "Hangup"]
    assert calls.shelf.calls == {}


def test_missing_parameters_are_no_crash(calls):
    """A signed but empty form is answered like a call from nowhere."""
    assert _tags(_xml("/voice/inbound", {})) == ["Response", "Say", "Hangup"]


def test_the_same_inbound_call_three_times_is_one(calls):
    """Every delivery gets the same document; one call, one greeting, each event once."""
    documents = {_post("/voice/inbound", INBOUND).body for _ in range(3)}
    assert len(documents) == 1
    (call,) = calls.shelf.calls.values()
    assert [event.kind for event in call.events] == ["caller_verified", "in-progress"]
    assert len(calls.shelf.turns) == 1


def test_an_answered_call_begins_by_its_transport(calls, ringing):
    """By gather the greeting is said and the first turn is listened for."""
    calls.templates.by_id["template_1"] = calls.templates.get("template_1").__class__(
        **{**vars(calls.templates.get("template_1")), "transport": Transport.GATHER}
    )
    response = _xml("/voice/call_1/answer", ANSWER)
    assert _tags(response) == ["Response", "Gather", "Say"]
    assert response[0].get("action") == f"{WEBHOOKS}/voice/call_1/turn/1"
    assert response[0][0].text == "Hello Ada, this is Ann."


def test_the_same_answer_three_times_is_one(calls, ringing):
    """The same document each time, whatever the clock says."""
    documents = set()
    for _ in range(3):
        documents.add(_post("/voice/call_1/answer", ANSWER).body)
        calls.clock.advance(seconds=2)
    assert len(documents) == 1
    assert len(calls.call().events) == 1
    assert calls.call().answered_at == NOW


def test_an_answer_after_the_end_hangs_up(calls, ringing):
    """Nobody is there any more."""
    _post("/voice/call_1/status", {**ANSWER, "CallStatus": "completed"})
    assert _tags(_xml("/voice/call_1/answer", ANSWER)) == ["Response", "Hangup"]


def test_status_reports_are_merged_once(calls, ringing):
    """Doubled and late ones change nothing; the post-call job is asked for once."""
    over = {
        "CallSid": "CA1",
        "CallStatus": "completed",
        "CallDuration": "42",
        "SequenceNumber": "2",
        "Timestamp": "Tue, 03 Mar 2026 12:01:00 +0000",
    }
    for form in (over, over, {**ANSWER, "SequenceNumber": "1"}, over):
        assert _post("/voice/call_1/status", form).status == 204
    call = calls.call()
    assert (call.state, call.duration_s, len(call.events)) == (CallState.ENDED, 42, 2)
    assert calls.wakeups.finishes == ["call_1"]


@pytest.fixture
def talking(calls):
    """Give a call that is held by gather."""
    return connected(calls, transport=Transport.GATHER)


def test_what_the_caller_said_is_answered(calls, talking):
    """The answer is said, and the next turn is listened for."""
    calls.ai.model.scripts = [["We sell pumps & pipes."]]
    response = _xml("/voice/call_1/turn/1", {"SpeechResult": "What do you sell?", "Language": "en-US"})
    assert response.find(".//Say").text == "We sell pumps and pipes."
    assert response[0].get("action") == f"{WEBHOOKS}/voice/call_1/turn/2"


def test_the_same_turn_three_times_is_answered_once(calls, talking):
    """Every delivery gets the same document, and the model is asked once."""
    documents = {_post("/voice/call_1/turn/1", {"SpeechResult": "Hi"}).body for _ in range(3)}
    assert len(documents) == 1
    assert len(calls.ai.model.requests) == 1


def test_a_turn_that_broke_is_asked_for_once_more(calls, talking):
    """The delivery after a crash finds the turn open, and does not leave the caller in silence."""
    calls.turns.open("call_1", Turn(1, TurnKind.SPEECH, NOW, said="Hi"))
    response = _xml("/voice/call_1/turn/1", {"SpeechResult": "Hi"})
    assert response.find(".//Say").text == REPEAT
    assert response[0].get("action") == f"{WEBHOOKS}/voice/call_1/turn/2"


def test_silence_is_answered(calls, talking):
    """An empty result is asked about, without a model."""
    assert _xml("/voice/call_1/turn/1", {}).find(".//Say").text == "Are you still there?"
    assert calls.ai.model.requests == []


def test_the_opt_out_key_ends_the_call_for_good(calls, talking):
    """The number is suppressed before the goodbye is spoken."""
    assert _tags(_xml("/voice/call_1/turn/1", {"Digits": "9"})) == ["Response", "Say", "Hangup"]
    assert calls.numbers.status(NUMBER).suppressed_at == NOW


def test_a_model_that_fails_is_apologised_for(calls, talking):
    """The caller hears why nothing follows."""
    calls.ai.model.scripts = [[model_failure()]]
    assert _tags(_xml("/voice/call_1/turn/1", {"SpeechResult": "Hi"})) == ["Response", "Say", "Hangup"]


@pytest.mark.parametrize("number", ["x", "-1", "1.5", "", "\u00b2"])
def test_a_turn_without_a_number_is_not_found(calls, talking, number):
    """Addresses that we never gave lead nowhere."""
    assert _post(f"/voice/call_1/turn/{number}", {"SpeechResult": "Hi"}).status == 404


def test_a_turn_of_a_call_that_is_over_hangs_up(calls, talking):
    """Also of one that does not exist."""
    _post("/voice/call_1/status", {"CallSid": "CA1", "CallStatus": "completed"})
    for call_id in ("call_1", "call_x"):
        assert _tags(_xml(f"/voice/{call_id}/turn/1", {"SpeechResult": "Hi"})) == ["Response", "Hangup"]


def test_a_lost_session_goes_on_by_gather(calls):
    """The caller is asked to go on, and the next turn has the next number."""
    connected(calls)
    calls.turns.open("call_1", Turn(4, TurnKind.SPEECH, NOW, said="Hi"))
    response = _xml("/voice/call_1/session-ended", {"SessionStatus": "failed"})
    assert _tags(response) == ["Response", "Gather", "Say"]
    assert response[0].get("action") == f"{WEBHOOKS}/voice/call_1/turn/5"


def test_a_hand_over_dials_and_comes_back(calls):
    """The person is dialed from our line; when nobody is there, the caller is told."""
    connected(calls, transport=Transport.GATHER, transfer_to=DESK)
    calls.ai.model.scripts = [[ToolCall("t", "transfer_to_person", "{}")]]
    response = _xml("/voice/call_1/turn/1", {"SpeechResult": "A person, please"})
    assert _tags(response) == ["Response", "Say", "Dial", "Number"]
    back = _xml("/voice/call_1/transfer-ended", {"DialCallStatus": "no-answer"}, query=_query(response))
    assert _tags(back) == ["Response", "Gather", "Say"]
    assert back[0].get("action") == f"{WEBHOOKS}/voice/call_1/turn/3"
    assert back.find(".//Say").text.startswith("I am sorry, my colleague does not answer.")


def test_a_talk_with_the_colleague_ends_the_call(calls):
    """Both have hung up; there is nothing more to say."""
    connected(calls, transport=Transport.GATHER, transfer_to=DESK)
    calls.ai.model.scripts = [[ToolCall("t", "transfer_to_person", "{}")]]
    response = _xml("/voice/call_1/turn/1", {"SpeechResult": "A person, please"})
    form = {"DialCallStatus": "completed", "DialCallSid": "CA9", "DialCallDuration": "61"}
    for _ in range(2):
        back = _xml("/voice/call_1/transfer-ended", form, query=_query(response))
        assert _tags(back) == ["Response", "Hangup"]


def _query(response):
    return response.find("Dial").get("action").partition("?")[2]


@pytest.mark.parametrize("transport", Transport)
def test_a_hand_over_obeys_the_kill_switch(calls, transport):
    """By either transport nobody is dialed and the caller is told; a repeated delivery changes nothing."""
    connected(calls, transport=transport, transfer_to=DESK)
    calls.ai.model.scripts = [[ToolCall("t", "transfer_to_person", "{}")]]
    kill_switch(calls)
    paths = {
        Transport.GATHER: ("/voice/call_1/turn/1", {"SpeechResult": "A person, please"}),
        Transport.RELAY: ("/voice/call_1/session-ended", {"SessionStatus": "ended"}),
    }
    if transport is Transport.RELAY:
        calls.turns.open("call_1", Turn(1, TurnKind.SPEECH, NOW, end=TurnEnd.TRANSFER, reason="r"))
    response = _xml(*paths[transport])
    said = (
        response.find(".//ConversationRelay").get("welcomeGreeting") if transport is Transport.RELAY else ""
    )
    said = said or response.find(".//Say").text
    assert said.endswith("".join(map(sentence, told("kill_switch", WhenNobody.AGENT))))
    assert "colleague. I am" in said or transport is Transport.RELAY
    kill_switch(calls, on=False)
    assert ET.tostring(_xml(*paths[transport])) == ET.tostring(response)


def test_a_hand_over_of_an_unknown_call_hangs_up(calls):
    """Nothing is dialed for a call that is not there."""
    assert _tags(_xml("/voice/x/transfer-ended", {})) == ["Response", "Hangup"]


def test_the_fallback_speaks(calls):
    """When another address failed, nobody is left in silence."""
    form = {"CallSid": "CA1", "ErrorCode": "11200"}
    assert _tags(_xml("/voice/fallback", form)) == ["Response", "Say", "Hangup"]


def test_the_carriers_word_on_the_caller_is_kept(calls):
    """Whether the number is theirs is noted with the call."""
    for sid, verdict in (("CA91", "TN-Validation-Passed-A"), ("CA92", "TN-Validation-Passed-C")):
        form = {**INBOUND, "From": "+14155552699", "CallSid": sid, "StirVerstat": verdict}
        _xml("/voice/inbound", form)
    kinds = {
        sid: [event.kind for event in calls.book.get(inbound_call_id(sid)).events] for sid in ("CA91", "CA92")
    }
    assert ("caller_verified" in kinds["CA91"], "caller_verified" in kinds["CA92"]) == (True, False)
