"""What the stream tells of text messages: events without words, and who sent what in the audit log."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from fakes.calls import LINE, NOW, NUMBER
from fakes.world import a_world

from chalicelib.calls.domain.message_templates import MessageTemplate
from chalicelib.calls.services.messages import MessageWish, request_message
from chalicelib.calls.services.receiving import Incoming, receive_text
from chalicelib.calls.services.texting import attend_message, record_status
from chalicelib.kernel.actors import acting_as
from chalicelib.kernel.ids import new_id

WORDS = "Private words"


@pytest.fixture
def world(clock, make_table, container):
    """Give all tables, with somebody to write to."""
    made = a_world(clock, make_table, container)
    made.furnish()
    return made


def _sent(world):
    with acting_as("token:ops"):
        message = request_message(world.calls, MessageWish(number=NUMBER, text=WORDS))
    attend_message(world.calls, message.place)
    return message


def test_what_arrives_is_told_without_its_words(world):
    """With who wrote, to which of our numbers."""
    message = receive_text(world.calls, Incoming("SM1", NUMBER, LINE, WORDS))
    assert message is None
    (event,) = [event for event in world.told() if event.type == "message.received"]
    assert (event.data["number"], event.data["line"], event.data["direction"]) == (NUMBER, LINE, "inbound")
    assert WORDS not in json.dumps(dict(event.data))


@pytest.mark.parametrize(
    ("status", "told"),
    [
        ("delivered", "message.delivered"),
        ("undelivered", "message.failed"),
        ("failed", "message.failed"),
        ("sent", None),
    ],
)
def test_the_end_of_a_message_is_told_once(world, status, told):
    """However often it is reported."""
    message = _sent(world)
    assert world.types() == []
    for _ in range(2):
        record_status(world.calls, message.place, status, "SM1", "carrier_30003")
    found = world.told()
    assert [event.type for event in found] == ([told] if told else [])
    if told:
        assert found[0].subject == message.id
        assert WORDS not in json.dumps(dict(found[0].data))


def test_the_log_says_who_sent_a_message(world):
    """Its making is the act; the words are a length, the number is masked."""
    message = _sent(world)
    record_status(world.calls, message.place, "delivered", "SM1")
    (entry,) = [each for each in world.entries() if each.object == f"message:{message.id}"]
    assert (entry.actor, entry.after["body"], entry.after["number"]) == (
        "token:ops",
        f"({len(WORDS)} characters)",
        "+14…71",
    )


def test_templates_are_told_without_their_texts(world):
    """When they are made, changed and deleted."""
    template = MessageTemplate(new_id("template"), "Reminder", WORDS, NOW, NOW)
    book = world.calls.message_templates
    book.add(template)
    book.save(replace(template, text=WORDS * 2, version=2), 1)
    book.remove(template.id, 2)
    found = world.told()
    assert [event.type for event in found] == [
        "message_template.created",
        "message_template.changed",
        "message_template.deleted",
    ]
    assert WORDS not in json.dumps([dict(event.data) for event in found])
