"""People send again: pings and replays."""

from __future__ import annotations

import json

import pytest
from fakes.letters import DOWN, a_webhook, only, work

from chalicelib.kernel.clock import iso, to_millis
from chalicelib.kernel.errors import Conflict
from chalicelib.kernel.ids import derived_id, new_id
from chalicelib.system.domain.deliveries import Answer
from chalicelib.system.domain.webhooks import DisabledReason
from chalicelib.system.services.deliveries import deliver, fan_out, ping, replay
from chalicelib.system.services.webhooks import disable_webhook


def test_a_ping_goes_to_this_webhook_only(system, webhook):
    """Whatever the webhook wants; the same ping twice is one."""
    other = a_webhook(system, "*")
    event_id = new_id("event")
    sent = ping(system, webhook.id, event_id)
    assert ping(system, webhook.id, event_id) == sent
    work(system)
    (letter,) = system.sender.received
    told = json.loads(letter.body)
    assert (letter.id, told["type"], told["subject"]) == (event_id, "webhook.ping", webhook.id)
    assert system.deliveries.all(other.id) == []


def test_a_ping_that_is_repeated_later_is_one(system, clock, webhook):
    """The same id gives the same delivery with the same bytes, whenever it comes again."""
    event_id = derived_id("event", "key", to_millis(clock.now()))
    first = ping(system, webhook.id, event_id)
    clock.advance(minutes=3)
    assert ping(system, webhook.id, event_id) == first
    assert json.loads(only(system, webhook).body)["timestamp"] == iso(first.created_at)


def test_a_replay_sends_the_same_message_again(system, clock, webhook, event):
    """With the same id, at once, with all tries; what happened before stays on record."""
    fan_out(system, event)
    work(system)
    clock.advance(days=3)
    again = replay(system, webhook.id, only(system, webhook).id)
    assert (again.state, again.tries, len(again.attempts)) == ("pending", 0, 1)
    work(system)
    assert [letter.id for letter in system.sender.received] == [event.id] * 2
    assert system.sender.received[0].body == system.sender.received[1].body
    assert len(only(system, webhook).attempts) == 2


def test_a_replay_does_not_wait_for_the_schedule(system, clock, webhook, event):
    """Who has mended the receiver need not wait for hours."""
    _fail_for_good_but_last(system, clock, webhook, event)
    system.sender.answers = [Answer(200)]
    replay(system, webhook.id, only(system, webhook).id)
    work(system)
    assert only(system, webhook).state == "delivered"


def _fail_for_good_but_last(system, clock, webhook, event):
    system.sender.answers = [DOWN]
    fan_out(system, event)
    for _ in range(7):
        clock.instant = only(system, webhook).next_at
        deliver(system, webhook.id, only(system, webhook).id)
    assert only(system, webhook).next_at > clock.now()
    system.news.deliveries.clear()


def test_what_is_being_tried_is_not_replayed(system, webhook, event):
    """It could be posted twice at once."""
    fan_out(system, event)
    delivery_id = only(system, webhook).id

    def meanwhile(_letter):
        with pytest.raises(Conflict) as refusal:
            replay(system, webhook.id, delivery_id)
        assert refusal.value.code == "delivery_in_progress"
        return Answer(200)

    system.sender.respond = meanwhile
    deliver(system, webhook.id, delivery_id)
    assert len(system.sender.received) == 1


def test_nothing_is_sent_to_a_webhook_that_is_off(system, webhook, event):
    """Ping and replay say so."""
    fan_out(system, event)
    disable_webhook(system, webhook.id, DisabledReason.REQUESTED)
    for act in (
        lambda: ping(system, webhook.id, new_id("event")),
        lambda: replay(system, webhook.id, only(system, webhook).id),
    ):
        with pytest.raises(Conflict) as refusal:
            act()
        assert refusal.value.code == "webhook_disabled"


def test_a_delivery_that_never_holds_still_is_left_alone(system, webhook, event):
    """A replay is refused, and a try's outcome is told by its message being delivered again."""
    fan_out(system, event)
    save = system.deliveries.save
    system.deliveries.save = lambda _: False
    with pytest.raises(Conflict) as refusal:
        replay(system, webhook.id, only(system, webhook).id)
    assert refusal.value.code == "delivery_changed"
    first = iter([True])
    system.deliveries.save = lambda row: next(first, False) and save(row)
    with pytest.raises(Conflict, match="too fast"):
        deliver(system, webhook.id, only(system, webhook).id)
