"""An event reaches each subscriber that wants it, once; deliveries are listed."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from fakes.letters import DOWN, a_webhook, an_event, only, work

from chalicelib.kernel.errors import NotFound
from chalicelib.system.domain.deliveries import Answer
from chalicelib.system.domain.webhooks import DisabledReason
from chalicelib.system.services.deliveries import deliver, fan_out, get_delivery, list_deliveries, replay
from chalicelib.system.services.webhooks import delete_webhook, disable_webhook, rotate_secret


def test_an_event_reaches_whoever_wants_it(system, clock, webhook, event):
    """One signed letter each, with the event's id and its whole story; nobody else gets any."""
    both, other = a_webhook(system, "contact.created", "call.ended"), a_webhook(system, "contact.*")
    off, gone = a_webhook(system, "*"), a_webhook(system, "*")
    disable_webhook(system, off.id, DisabledReason.REQUESTED)
    delete_webhook(system, gone.id, None)
    fan_out(system, event)
    work(system)
    assert [letter.id for letter in system.sender.received] == [event.id] * 2
    assert json.loads(system.sender.received[0].body) == {
        "id": event.id,
        "type": "call.ended",
        "version": 1,
        "timestamp": "2026-03-03T12:00:00.000Z",
        "subject": "call_1",
        "data": {"outcome": "completed"},
    }
    assert {letter.secrets.current for letter in system.sender.received} == {
        system.webhooks.secrets(each.id).current for each in (webhook, both)
    }
    assert [system.deliveries.all(each.id) for each in (other, off, gone)] == [[], [], []]
    done = only(system, webhook)
    assert (done.state, done.next_at, done.attempts[0].at) == ("delivered", None, clock.now())


def test_an_event_that_is_told_twice_is_sent_once(system, webhook, event):
    """The bus may repeat itself, before and after the delivery."""
    for _ in range(2):
        fan_out(system, event)
        fan_out(system, event)
        work(system)
    assert len(system.sender.received) == 1
    assert len(system.deliveries.all(webhook.id)) == 1


def test_deliveries_are_kept_as_long_as_the_settings_say(system, clock, webhook, event):
    """Thirty days unless somebody set it otherwise."""
    fan_out(system, event)
    assert only(system, webhook).keep_until == clock.now() + timedelta(days=30)


def test_the_settings_are_read_once_for_an_event(system, webhook, event):
    """However many want it, and not at all when nobody does."""
    for _ in range(5):
        a_webhook(system, "*")
    fan_out(system, event)
    assert system.settings.reads == 1
    for known in system.webhooks.all():
        disable_webhook(system, known.id, DisabledReason.REQUESTED)
    fan_out(system, event)
    assert system.settings.reads == 1


def test_an_address_is_checked_at_every_try(system, clock, webhook, event):
    """A name that leads inside later is not followed there, and the try says why."""
    system.resolve.known["example.com"] = ("8.8.8.8", "169.254.169.254")
    fan_out(system, event)
    work(system)
    assert system.sender.received == []
    assert only(system, webhook).attempts[0].answer.error == "address_refused"
    system.resolve.known["example.com"] = ("8.8.8.8",)
    clock.advance(seconds=6)
    work(system)
    assert system.sender.addresses == [("8.8.8.8",)]


def test_both_secrets_sign_after_a_rotation(system, clock, webhook, event):
    """The letter carries both, also when it was made before the rotation."""
    fan_out(system, event)
    old = system.webhooks.secrets(webhook.id).current
    _, new = rotate_secret(system, webhook.id, "rotation_1")
    work(system)
    assert system.sender.received[0].secrets.valid_at(clock.now()) == (new, old)


def test_a_delivery_that_is_not_there_is_nobodys_work(system, webhook):
    """A message that names none is done."""
    deliver(system, webhook.id, "delivery_" + "0" * 32)


def test_deliveries_are_listed_by_state(system, clock, webhook):
    """Those of the newest events first, in pages."""
    system.sender.respond = lambda letter: Answer(200) if "answered" in letter.body else DOWN
    for event_type in ("call.answered", "call.ended", "call.answered"):
        clock.advance(seconds=1)
        fan_out(system, an_event(clock, event_type))
        work(system)
    types = [row.event_type for row in list_deliveries(system, webhook.id, None, 10, None).items]
    assert types == ["call.answered", "call.ended", "call.answered"]
    delivered = list_deliveries(system, webhook.id, "delivered", 1, None)
    assert [row.state for row in delivered.items] == ["delivered"]
    rest = list_deliveries(system, webhook.id, "delivered", 1, delivered.next_start)
    assert rest.items[0].created_at < delivered.items[0].created_at
    assert rest.next_start is None


@pytest.mark.parametrize("delivery_id", ["delivery_" + "0" * 32, "nonsense"])
def test_what_is_not_there_is_not_found(system, webhook, delivery_id):
    """Neither a delivery of this webhook nor any of an unknown one."""
    with pytest.raises(NotFound) as refusal:
        get_delivery(system, webhook.id, delivery_id)
    assert refusal.value.code == "delivery_not_found"
    for act in (get_delivery, replay):
        with pytest.raises(NotFound) as refusal:
            act(system, "webhook_" + "0" * 32, delivery_id)
        assert refusal.value.code == "webhook_not_found"
