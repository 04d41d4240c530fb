"""Acts of a call bear its name in the rows that they write; what is asked for twice is made and told once."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest
from fakes.calls import LINE, NOW, NUMBER, a_template
from fakes.events import SOCKET, TOKEN, WEBHOOKS, frame_event, queue_event, webhook_event
from fakes.world import a_world

from chalicelib.calls.adapters.messages import Suppress, encode
from chalicelib.calls.services.answering import inbound_call_id
from chalicelib.calls.services.progress import record_report
from chalicelib.calls.services.requests import CallWish, request_call
from chalicelib.calls.services.template_editing import create_template
from chalicelib.crm.services.contacts import find_contact
from chalicelib.entrypoints import carrier, queues, relay_socket
from chalicelib.kernel.changes import Action
from chalicelib.kernel.phones import E164

STRANGER = E164("+14155552699")
RINGING = {"CallSid": "CA7", "From": STRANGER, "To": LINE, "CallStatus": "ringing", "Direction": "inbound"}
WISH = {"SpeechResult": "Stop calling me"}


@pytest.fixture
def world(clock, make_table, container):
    """Give all tables, furnished, and the ways in of calls on them."""
    made = a_world(clock, make_table, container)
    container.calls = made.calls
    container.settings = SimpleNamespace(speech_chars_per_second=15.0, silence_patience_s=10.0)
    container.connections = SimpleNamespace(
        webhook_url=WEBHOOKS, socket_url=SOCKET, twilio_auth_tokens=(TOKEN,)
    )
    relay_socket._call_of.clear()
    made.furnish()
    return made


@pytest.fixture
def writers(world, aws):
    """Tell who wrote each row of a table, by its hash key."""

    def writers(table):
        rows = aws.scan(TableName=table)["Items"]
        return {row["pk"]["S"]: row["changed_by"]["S"] for row in rows if "changed_by" in row}

    return writers


def _post(path, form):
    assert carrier.hook.hook(webhook_event(path, form), None)["statusCode"] < 300


def _over(world):
    world.connected()
    record_report(world.calls, "call_1", world.report("completed"))


def test_a_new_callers_contact_and_call_are_made_by_the_call(world, writers):
    """Whoever calls for the first time leaves a contact and a call."""
    _post("/voice/inbound", RINGING)
    by_the_call = f"call:{inbound_call_id('CA7')}"
    contact = find_contact(world.calls.crm, STRANGER)
    assert writers("crm")[f"CONTACT#{contact.id}"] == by_the_call
    made = {entry.object_kind: entry.actor for entry in world.entries() if entry.action is Action.CREATED}
    assert (made["contact"], made["call"]) == (by_the_call, by_the_call)


def test_a_late_wish_by_webhook_is_the_calls_act(world, writers):
    """Also when the call can say nothing any more."""
    _over(world)
    _post("/voice/call_1/turn/1", WISH)
    assert writers("calls")[f"NUMBER#{NUMBER}"] == "call:call_1"


def test_a_late_wish_by_socket_is_the_calls_act(world, writers):
    """A frame that overtakes nothing is still the call's."""
    _over(world)
    world.calls.turns.bind("line=", "call_1")
    frame = {"type": "prompt", "voicePrompt": WISH["SpeechResult"], "lang": "en-US", "last": True}
    relay_socket.message(frame_event(frame), None)
    assert writers("calls")[f"NUMBER#{NUMBER}"] == "call:call_1"


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize(("source", "actor"), [("call:call_1", "call:call_1"), ("operator", "system")])
def test_a_queued_wish_is_the_act_of_its_call(writers, source, actor):
    """The queue only carries it; what names no call is the system's."""
    answer = queues.urgent(queue_event(encode(Suppress(NUMBER, source))), None)
    assert answer == {"batchItemFailures": []}
    assert writers("calls")[f"NUMBER#{NUMBER}"] == actor


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize("path", ["/voice/fallback", "/voice/inbound/status", "/voice/x/status", "/"])
def test_addresses_without_a_call_make_nothing(writers, path):
    """They are answered or refused, and no row bears the name of a call that is not there."""
    before = writers("calls")
    assert carrier.hook.hook(webhook_event(path, {"CallSid": "CA9"}), None)["statusCode"] in {200, 404}
    assert writers("calls") == before


def test_a_repeated_template_is_told_once(world):
    """A creation whose answer was lost comes again a minute later: one event, one entry."""
    before = len(world.entries())
    template = a_template(id="template_2")
    create_template(world.calls, template)
    create_template(world.calls, replace(template, created_at=NOW.replace(minute=1)))
    told = world.types()
    assert told == ["call_template.created"]
    assert [entry.object_kind for entry in world.entries()[before:]] == ["call_template"]
    assert [found.id for found in world.calls.templates.all()] == ["template_1", "template_2"]


def test_a_repeated_wish_to_call_is_told_once(world):
    """A number that nobody had becomes one contact and one call, told once each."""
    wish = CallWish("template_1", number=STRANGER, call_id="call_9")
    first = request_call(world.calls, wish)
    world.calls.clock.advance(minutes=1)
    assert request_call(world.calls, wish) == first
    assert sorted(world.types()) == ["call.requested", "contact.created"]


def test_a_wish_that_broke_after_its_contact_finds_it_again(world, monkeypatch):
    """The process died before the call was stored: the repetition makes the call, and no second contact."""
    wish = CallWish("template_1", number=STRANGER, call_id="call_9")
    monkeypatch.setattr(world.calls.book, "create", lambda _: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        request_call(world.calls, wish)
    monkeypatch.undo()
    assert request_call(world.calls, wish).id == "call_9"
    assert sorted(world.types()) == ["call.requested", "contact.created"]
