"""Webhooks, events and the workers that deliver them, for tests of deliveries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.kernel.events import Event
from chalicelib.kernel.ids import new_id
from chalicelib.system.domain.deliveries import SCHEDULE, Answer, Delivery
from chalicelib.system.domain.webhooks import NewWebhook, Webhook
from chalicelib.system.services.deliveries import deliver, fan_out
from chalicelib.system.services.webhooks import create_webhook

if TYPE_CHECKING:
    from fakes.system import FakeSystem

    from chalicelib.kernel.clock import FixedClock

DOWN = Answer(500, ms=12, excerpt="out of order")


def a_webhook(system: FakeSystem, *patterns: str) -> Webhook:
    """Create a webhook that wants these events."""
    return create_webhook(system, NewWebhook("https://example.com/hook", patterns), new_id("webhook"))[0]


def an_event(clock: FixedClock, event_type: str = "call.ended") -> Event:
    """Make an event of now."""
    return Event(new_id("event"), event_type, 1, clock.now(), "call_1", {"outcome": "completed"})


def only(system: FakeSystem, webhook: Webhook) -> Delivery:
    """Give the one delivery of a webhook."""
    (delivery,) = system.deliveries.all(webhook.id)
    return delivery


def work(system: FakeSystem) -> None:
    """Handle every message that was sent, each once."""
    sent, system.news.deliveries = system.news.deliveries, []
    for webhook_id, delivery_id, _ in sent:
        deliver(system, webhook_id, delivery_id)


def fail_for_good(system: FakeSystem, clock: FixedClock, webhook: Webhook, event: Event) -> None:
    """Let every try of an event's delivery fail, each in its time."""
    system.sender.answers = [DOWN]
    fan_out(system, event)
    for _ in SCHEDULE:
        deliver(system, webhook.id, only(system, webhook).id)
        if (next_at := only(system, webhook).next_at) is not None:
            clock.instant = next_at
