"""Chats and conversations over HTTP."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from fakes.calls import FakeCalls, connected, furnished

from chalicelib.calls.domain.turns import Turn, TurnEnd, TurnKind
from chalicelib.crm.domain.contacts import ContactChanges
from chalicelib.crm.services.contacts import change_contact
from chalicelib.system.domain.tokens import Scope

CHAT = "/v1/ai/chat"
CONVERSATIONS = "/v1/ai/conversations"
_TOLD = {"Accept": "text/event-stream"}


@pytest.fixture
def calls(container, clock):
    """Give the ports of calls, furnished, to the API."""
    container.calls = FakeCalls(clock, container.crm)
    container.calls.system = container.system
    container.ai = container.calls.ai
    return container.calls


@pytest.fixture
def contact(calls):
    """Store what a chat needs, and give the contact."""
    return furnished(calls, greeting="Hello {{ contact.name }}.", tools=("add_note",))


@pytest.fixture
def begun(api, contact):
    """Begin a chat with the contact, and give its first answer."""
    return api.post(CHAT, {"template_id": "template_1", "contact_id": contact.id, "message": "Hi"}).body


def test_a_chat_begins_and_goes_on(api, calls, begun):
    """Each message is answered as a turn of the same conversation."""
    assert (begun["turn"], begun["answer"], begun["end"], begun["over"]) == (
        1,
        "Hello there.",
        "listen",
        False,
    )
    chat_id = begun["conversation_id"]
    assert chat_id.startswith("chat_")
    answer = api.post(CHAT, {"conversation_id": chat_id, "message": "More?"})
    assert (answer.status, answer.body["turn"]) == (200, 2)
    assert calls.telephony.accepted == []


def test_answer_and_turns_tell_mood_and_wish(api, begun):
    """Of the message that was answered."""
    chat_id = begun["conversation_id"]
    answer = api.post(CHAT, {"conversation_id": chat_id, "message": "How much is it?"}).body
    assert (answer["sentiment"], answer["intent"]) == ("neutral", "price")
    turn = api.get(f"{CONVERSATIONS}/{chat_id}").body["turns"][-1]
    assert (turn["sentiment"], turn["intent"]) == ("neutral", "price")


def test_the_preferred_language_of_the_contact_is_that_of_the_chat(api, calls, contact):
    """Until they write in another: our own sentences are in it."""
    change_contact(calls.crm, contact.id, ContactChanges(language="de-DE"))
    body = {"template_id": "template_1", "contact_id": contact.id, "message": "Call an ambulance!"}
    assert "rufen Sie" in api.post(CHAT, body).body["answer"]


def test_a_chat_without_a_message_begins_with_the_greeting(api, contact):
    """The template's words, filled in for the contact."""
    answer = api.post(CHAT, {"template_id": "template_1", "contact_id": contact.id})
    assert answer.body["answer"] == "Hello Ada."


@pytest.mark.parametrize(
    "body",
    [
        {"message": "Hi"},
        {"message": "Hi", "template_id": "template_1", "prompt_id": "prompt_1"},
        {"message": "Hi", "conversation_id": "chat_1", "contact_id": "contact_1"},
        {"conversation_id": "chat_1"},
        {"message": "x" * 2001, "prompt_id": "prompt_1"},
        {"message": "Hi", "prompt_id": "prompt_1", "language": "not a language"},
    ],
)
def test_what_does_not_fit_is_refused(api, contact, body):
    """A chat begins by one thing, and keeps it; messages have a length."""
    assert api.post(CHAT, body).status == 400


@pytest.mark.parametrize("until", ["2026-03-03T12:00:00Z", "2026-03-02T12:00:00Z"])
@pytest.mark.parametrize("path", ["/v1/ai/conversations", "/v1/calls"])
def test_a_span_that_does_not_end_after_it_begins_is_refused(api, calls, path, until):
    """Somebody has mixed the two up: an empty list would say that there was nothing."""
    assert api.get(f"{path}?from=2026-03-03T12:00:00Z&to={until}").status == 400
    assert api.get(f"{path}?from=2026-03-01T12:00:00Z&to={until}").status == 200


def test_a_repeated_message_is_answered_once(api, calls, contact):
    """The key brings the same chat, turn and answer."""
    body = {"template_id": "template_1", "contact_id": contact.id, "message": "Hi"}
    key = {"Idempotency-Key": "k1"}
    first, again = (api.post(CHAT, body, headers=key) for _ in range(2))
    assert again.body == first.body
    assert len(calls.ai.model.requests) == 1


def test_an_answer_is_told_as_events_to_whoever_asks_for_them(api, calls, contact):
    """Actions, the text, and at last all of it; the same answer is given as JSON otherwise."""
    from chalicelib.ai.ports.models import ToolCall  # noqa: PLC0415

    calls.ai.model.scripts = [[ToolCall("1", "add_note", '{"text": "Blue"}')], ["Noted:\nblue."]]
    body = {"template_id": "template_1", "contact_id": contact.id, "message": "Blue"}
    key = {"Idempotency-Key": "k1"}
    told = api.post(CHAT, body, headers={**_TOLD, **key})
    assert told.headers["Content-Type"] == "text/event-stream"
    events = [event.split("\n") for event in told.body.removesuffix("\n\n").split("\n\n")]
    assert [lines[0] for lines in events] == ["event: tool", "event: text", "event: answer"]
    whole = [json.loads(lines[1].removeprefix("data: ")) for lines in events]
    assert whole[0]["done"]
    assert whole[1] == {"text": "Noted:\nblue."}
    assert whole[2] == api.post(CHAT, body, headers=key).body


def test_whoever_prefers_json_gets_it(api, contact):
    """Refusals are always JSON."""
    body = {"template_id": "template_1", "message": "Hi"}
    headers = {"Accept": "application/json, text/event-stream;q=0.5"}
    assert api.post(CHAT, body, headers=headers).body["answer"] == "Hello there."
    refusal = api.post(CHAT, {"conversation_id": "chat_x", "message": "Hi"}, headers=_TOLD)
    assert (refusal.status, refusal.body["code"]) == (404, "conversation_not_found")


def test_calls_and_chats_are_listed_and_read(api, calls, begun, clock):
    """With what was said in them, whatever the channel."""
    call = connected(calls)
    turn = Turn(1, TurnKind.SPEECH, clock.now(), said="Hello?")
    calls.turns.open(call.id, turn)
    calls.turns.close(call.id, replace(turn, answer="Yes?", end=TurnEnd.LISTEN))
    listed = api.get(CONVERSATIONS, scope=Scope.VIEWER).body["items"]
    assert {each["channel"]: each["id"] for each in listed} == {
        "call": call.id,
        "chat": begun["conversation_id"],
    }
    assert [each["over"] for each in listed] == [False, False]
    chat = api.get(f"{CONVERSATIONS}/{begun['conversation_id']}", scope=Scope.VIEWER).body
    assert [(turn["said"], turn["answer"]) for turn in chat["turns"]] == [("Hi", "Hello there.")]
    assert chat["turns"][0]["asked"][0]["usage"]["prompt_tokens"] == 100
    spoken = api.get(f"{CONVERSATIONS}/{call.id}").body["turns"]
    assert [(turn["said"], turn["answer"]) for turn in spoken] == [("Hello?", "Yes?")]
    only = api.get(f"{CONVERSATIONS}?channel=chat").body["items"]
    assert [each["channel"] for each in only] == ["chat"]


def test_pages_of_conversations_lead_on(api, calls, contact):
    """The token goes on where the page ended."""
    for _ in range(3):
        api.post(CHAT, {"template_id": "template_1", "message": "Hi"})
        calls.clock.advance(seconds=1)
    first = api.get(f"{CONVERSATIONS}?page_size=2").body
    rest = api.get(f"{CONVERSATIONS}?page_size=2&page_token={first['next_page_token']}").body
    ids = [each["id"] for each in (*first["items"], *rest["items"])]
    assert (len(set(ids)), rest["next_page_token"]) == (3, None)


def test_a_chat_is_deleted_by_administrators(api, calls, begun):
    """It is gone; a call cannot be deleted so."""
    path = f"{CONVERSATIONS}/{begun['conversation_id']}"
    assert api.ask("DELETE", path).status == 403
    assert api.ask("DELETE", path, scope=Scope.ADMIN).status == 204
    assert api.get(path).status == 404
    call = connected(calls)
    refusal = api.ask("DELETE", f"{CONVERSATIONS}/{call.id}", scope=Scope.ADMIN)
    assert (refusal.status, refusal.body["code"]) == (409, "conversation_is_call")


def test_one_message_at_a_time(api, calls, begun):
    """Another one meanwhile is refused."""
    answers = []
    body = {"conversation_id": begun["conversation_id"], "message": "More?"}
    calls.ai.model.scripts = [[lambda: answers.append(api.post(CHAT, body)), "One."]]
    assert api.post(CHAT, body).status == 200
    assert [(each.status, each.body["code"]) for each in answers] == [(409, "conversation_busy")]


def test_a_chat_may_need_a_published_prompt(api, calls, contact):
    """What the prompt lacks is told, and nothing begins."""
    prompt = calls.ai.prompts.get("prompt_1")
    calls.ai.prompts.by_id["prompt_1"] = replace(prompt, text="{{ nothing.at.all }}")
    refusal = api.post(CHAT, {"prompt_id": "prompt_1", "message": "Hi"})
    assert (refusal.status, refusal.body["code"]) == (400, "bad_template")
    assert api.get(CONVERSATIONS).body["items"] == []
