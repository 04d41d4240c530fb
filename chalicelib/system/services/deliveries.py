"""Deliveries are made of events, tried, repeated, given up, listed and replayed."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from chalicelib.kernel.clock import from_millis, to_millis
from chalicelib.kernel.errors import Conflict, Invalid, NotFound
from chalicelib.kernel.events import Event
from chalicelib.kernel.ids import is_id
from chalicelib.kernel.logs import log
from chalicelib.system.domain import deliveries as rules
from chalicelib.system.domain.deliveries import Answer, Attempt, Delivery, DeliveryState, Letter
from chalicelib.system.domain.webhooks import PING, DisabledReason, check_sendable
from chalicelib.system.services.settings import current_settings
from chalicelib.system.services.webhooks import disable_webhook, get_webhook, locate

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.kernel.paging import Page
    from chalicelib.system.domain.webhooks import Webhook
    from chalicelib.system.ports.webhooks import WebhookPorts

# SQS delays a message by at most 15 minutes; what waits longer is woken by the schedule.
_MAX_DELAY_S = 900
_SWEEP_LIMIT = 200
_TRIES = 10


def fan_out(ports: WebhookPorts, event: Event) -> None:
    """Make one delivery of the event for each webhook that wants it, and wake whoever delivers.

    Again, or after a crash in the middle, it makes what is missing and nothing twice.
    """
    for webhook in ports.webhooks.all():
        if webhook.wants(event.type):
            _enqueue(ports, webhook.id, event)


def ping(ports: WebhookPorts, webhook_id: str, event_id: str) -> Delivery:
    """Send an event `webhook.ping` to this webhook only, whatever it wants; the same id again is one ping.

    `Conflict` with code `webhook_disabled` when it is off.
    """
    webhook = get_webhook(ports, webhook_id)
    check_sendable(webhook)
    told = Event(event_id, PING, 1, _now(ports), webhook.id, {"webhook_id": webhook.id, "url": webhook.url})
    return _enqueue(ports, webhook.id, told)


def deliver(ports: WebhookPorts, webhook_id: str, delivery_id: str) -> None:
    """See to a delivery: try it if it is due; harmless when repeated, early, late or in vain.

    A try is claimed in the table before anything is posted, so two workers never post at once; a worker
    that dies after posting costs one more post with the same id, when its claim has run out.
    """
    now = _now(ports)
    delivery = ports.deliveries.get(webhook_id, delivery_id)
    if delivery is None or not rules.is_due(delivery, now):
        return
    webhook = ports.webhooks.get(webhook_id)
    if webhook is None or webhook.deleted_at is not None or not webhook.enabled:
        ports.deliveries.save(rules.given_up(delivery, now, rules.WEBHOOK_OFF))
    elif rules.exhausted(delivery):
        # Its last try was begun, and nobody told how that ended.
        result = rules.given_up(delivery, now)
        _disable_if_failing(ports, webhook, result)
        ports.deliveries.save(result)
    else:
        claim = rules.claimed(delivery, now)
        if ports.deliveries.save(claim):
            _try(ports, webhook, replace(claim, version=delivery.version + 1))


def sweep_due(ports: WebhookPorts) -> int:
    """Wake somebody for every delivery whose time has come; give their number."""
    due = ports.deliveries.due(ports.clock.now(), _SWEEP_LIMIT)
    for webhook_id, delivery_id in due:
        ports.news.deliver(webhook_id, delivery_id)
    return len(due)


def get_delivery(ports: WebhookPorts, webhook_id: str, delivery_id: str) -> Delivery:
    """Give a delivery; `NotFound` with code `webhook_not_found` or `delivery_not_found`."""
    get_webhook(ports, webhook_id)
    delivery = ports.deliveries.get(webhook_id, delivery_id) if is_id(delivery_id, "delivery") else None
    if delivery is None:
        raise NotFound("There is no such delivery.", code="delivery_not_found")
    return delivery


def list_deliveries(
    ports: WebhookPorts, webhook_id: str, state: DeliveryState | None, page_size: int, start: str | None
) -> Page[Delivery]:
    """List a webhook's deliveries, those of the newest events first; with a state a page may be short."""
    get_webhook(ports, webhook_id)
    return ports.deliveries.page(webhook_id, state, page_size, start)


def replay(ports: WebhookPorts, webhook_id: str, delivery_id: str) -> Delivery:
    """Deliver once more, under the same message id, at once and with all tries.

    `Conflict` with code `webhook_disabled`, or `delivery_in_progress` while it is being tried.
    """
    check_sendable(get_webhook(ports, webhook_id))
    for _ in range(_TRIES):
        delivery = get_delivery(ports, webhook_id, delivery_id)
        again = rules.replayed(delivery, _now(ports))
        if ports.deliveries.save(again):
            ports.news.deliver(webhook_id, delivery_id)
            return replace(again, version=delivery.version + 1)
    raise _changes_too_fast(delivery_id)


def _enqueue(ports: WebhookPorts, webhook_id: str, event: Event) -> Delivery:
    kept = timedelta(days=current_settings(ports).retention.deliveries_days)
    delivery = rules.delivery_of(event, webhook_id, _now(ports), kept)
    if not ports.deliveries.add(delivery):
        delivery = ports.deliveries.get(webhook_id, delivery.id) or delivery
    ports.news.deliver(webhook_id, delivery.id)
    return delivery


def _try(ports: WebhookPorts, webhook: Webhook, claim: Delivery) -> None:
    started = _now(ports)
    answer = _post(ports, webhook, claim, started)
    if answer.accepted:
        ports.webhooks.note_success(webhook.id, started)
    _record(ports, webhook, claim, Attempt(started, answer))


def _post(ports: WebhookPorts, webhook: Webhook, claim: Delivery, now: datetime) -> Answer:
    secrets = ports.webhooks.secrets(webhook.id)
    if secrets is None:
        return Answer(error=rules.WEBHOOK_OFF)
    try:
        destination, addresses = locate(ports, webhook.url)
    except Invalid as refusal:
        return Answer(error=refusal.code, excerpt=refusal.errors[0].detail)
    return ports.sender.send(destination, addresses, Letter(claim.event_id, claim.body, now, secrets))


def _record(ports: WebhookPorts, webhook: Webhook, claim: Delivery, attempt: Attempt) -> None:
    """Write a try down, on top of whatever has become of the delivery meanwhile."""
    known: Delivery | None = claim
    for _ in range(_TRIES):
        if known is None:
            return
        result = rules.recorded(known, claim.tries, attempt, _now(ports))
        _disable_if_failing(ports, webhook, result)
        if ports.deliveries.save(result):
            _follow_up(ports, webhook, result, attempt)
            return
        known = ports.deliveries.get(webhook.id, claim.id)
    raise _changes_too_fast(claim.id)


def _follow_up(ports: WebhookPorts, webhook: Webhook, result: Delivery, attempt: Attempt) -> None:
    log(
        "delivery.tried",
        webhook_id=webhook.id,
        delivery_id=result.id,
        state=result.state,
        status=attempt.answer.status,
        error=attempt.answer.error,
        ms=attempt.answer.ms,
    )
    if result.next_at is not None:
        delay_s = math.ceil((result.next_at - _now(ports)).total_seconds())
        if delay_s <= _MAX_DELAY_S:
            ports.news.deliver(webhook.id, result.id, delay_s)


def _disable_if_failing(ports: WebhookPorts, webhook: Webhook, result: Delivery) -> None:
    """Disable the webhook before its delivery ends: a crash between repeats this and forgets nothing."""
    if result.state is not DeliveryState.FAILED:
        return
    if rules.shows_failing(result, webhook.updated_at, ports.webhooks.last_success(webhook.id)):
        gone = rules.is_gone(result)
        disable_webhook(ports, webhook.id, DisabledReason.GONE if gone else DisabledReason.FAILING)
        log("webhook.disabled", webhook_id=webhook.id, gone=gone)


def _now(ports: WebhookPorts) -> datetime:
    """Give the present to the millisecond, which is how it is stored."""
    return from_millis(to_millis(ports.clock.now()))


def _changes_too_fast(delivery_id: str) -> Conflict:
    return Conflict(f"The delivery {delivery_id} changes too fast.", code="delivery_changed")
