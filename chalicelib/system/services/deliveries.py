"""Deliveries are made of events, tried, repeated, given up, listed and replayed."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from chalicelib.kernel.clock import from_millis, to_millis
from chalicelib.kernel.errors import Conflict, Invalid, NotFound
from chalicelib.kernel.events import Event
from chalicelib.kernel.ids import is_id, made_at_millis
from chalicelib.kernel.logs import log
from chalicelib.system.domain import deliveries as rules
from chalicelib.system.domain.deliveries import Answer, Attempt, Delivery, DeliveryState, Letter
from chalicelib.system.domain.health import Health, learned, silenced
from chalicelib.system.domain.webhooks import PING, DisabledReason, check_sendable
from chalicelib.system.services.settings import current_settings
from chalicelib.system.services.webhooks import disable_webhook, get_webhook, let_one_pass, locate

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.kernel.paging import Page
    from chalicelib.system.domain.webhooks import Secrets, Webhook
    from chalicelib.system.ports.webhooks import WebhookPorts

# SQS delays a message by at most 15 minutes; what waits longer is woken by the schedule.
_MAX_DELAY_S = 900
# How much one sweep wakes, and for how many seconds: the next one comes in a minute.
_SWEEP_LIMIT = 2000
_SWEEP_SECONDS = 20
_TRIES = 10


def fan_out(ports: WebhookPorts, event: Event) -> None:
    """Make one delivery of the event for each webhook that wants it, and wake whoever delivers.

    Again, or after a crash in the middle, it makes what is missing and nothing twice. Nobody is woken for
    a webhook whose deliveries are put off.
    """
    wanting = [webhook.id for webhook in ports.webhooks.all() if webhook.wants(event.type)]
    if not wanting:
        return
    kept = _kept(ports)
    for webhook_id, health in ports.webhooks.healths(wanting).items():
        _enqueue(ports, rules.delivery_of(event, webhook_id, _now(ports), kept), health)


def ping(ports: WebhookPorts, webhook_id: str, event_id: str) -> Delivery:
    """Send an event `webhook.ping` to this webhook only, whatever it wants; the same id again is one ping.

    It tells when its id was made, which is the same each time. `Conflict` with code `webhook_disabled` when
    the webhook is off.
    """
    webhook = get_webhook(ports, webhook_id)
    check_sendable(webhook)
    let_one_pass(ports, webhook_id)
    data = {"webhook_id": webhook.id, "url": webhook.url}
    told = Event(event_id, PING, 1, from_millis(made_at_millis(event_id)), webhook.id, data)
    return _enqueue(ports, rules.delivery_of(told, webhook.id, _now(ports), _kept(ports)), Health())


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
        _try_or_put_off(ports, webhook, delivery, now)


def sweep_due(ports: WebhookPorts) -> int:
    """Wake somebody for what is due, at most 2,000 deliveries, or for 20 seconds; give their number."""
    end = ports.clock.elapsed() + _SWEEP_SECONDS
    woken = 0
    for webhook_id, delivery_id in ports.deliveries.due(ports.clock.now(), _SWEEP_LIMIT):
        if ports.clock.elapsed() >= end:
            break
        ports.news.deliver(webhook_id, delivery_id)
        woken += 1
    return woken


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
    let_one_pass(ports, webhook_id)
    for _ in range(_TRIES):
        delivery = get_delivery(ports, webhook_id, delivery_id)
        again = rules.replayed(delivery, _now(ports))
        if ports.deliveries.save(again):
            ports.news.deliver(webhook_id, delivery_id)
            return replace(again, version=delivery.version + 1)
    raise _changes_too_fast(delivery_id)


def _kept(ports: WebhookPorts) -> timedelta:
    return timedelta(days=current_settings(ports).retention.deliveries_days)


def _enqueue(ports: WebhookPorts, new: Delivery, health: Health) -> Delivery:
    off_until = health.put_off_until if health.puts_off(new.created_at) else None
    delivery = rules.put_off(new, off_until, new.created_at) if off_until else new
    if not ports.deliveries.add(delivery):
        delivery = ports.deliveries.get(new.webhook_id, new.id) or delivery
    if off_until is None:
        ports.news.deliver(new.webhook_id, new.id)
    return delivery


def _try_or_put_off(ports: WebhookPorts, webhook: Webhook, delivery: Delivery, now: datetime) -> None:
    secrets, known = ports.webhooks.reach(webhook.id)
    passes, health = _may_pass(ports, webhook.id, known, now)
    if not passes:
        result = rules.put_off(delivery, health.put_off_until or now, now)
        _disable_if_failing(ports, webhook, result)
        ports.deliveries.save(result)
        return
    claim = rules.claimed(delivery, now)
    if ports.deliveries.save(claim):
        _try(ports, webhook, replace(claim, version=delivery.version + 1), secrets, health)


def _may_pass(ports: WebhookPorts, webhook_id: str, known: Health, now: datetime) -> tuple[bool, Health]:
    """Tell whether a try may be made now: always, or as the one that tests a silent receiver."""
    if known.put_off_until is None:
        return True, known
    if known.puts_off(now):
        return False, known
    others = silenced(known, webhook_id, now)
    return ports.webhooks.set_health(webhook_id, others, known), others


def _try(
    ports: WebhookPorts, webhook: Webhook, claim: Delivery, secrets: Secrets | None, known: Health
) -> None:
    started = _now(ports)
    answer = _post(ports, webhook, claim, started, secrets)
    _learn(ports, webhook.id, known, answer, started)
    _record(ports, webhook, claim, Attempt(started, answer))


def _learn(ports: WebhookPorts, webhook_id: str, known: Health, answer: Answer, started: datetime) -> None:
    """Keep what a try says of the receiver; a success always, all else only if nothing newer is known."""
    health = learned(known, webhook_id, answer, started, _now(ports))
    if health == known:
        return
    kept = ports.webhooks.set_health(webhook_id, health, None if answer.accepted else known)
    if kept and health.put_off_until and known.put_off_until is None:
        log("webhook.silent", webhook_id=webhook_id, error=answer.error)


def _post(
    ports: WebhookPorts, webhook: Webhook, claim: Delivery, now: datetime, secrets: Secrets | None
) -> Answer:
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
    if rules.shows_failing(result, webhook.updated_at, ports.webhooks.health(webhook.id).last_success_at):
        gone = rules.is_gone(result)
        disable_webhook(ports, webhook.id, DisabledReason.GONE if gone else DisabledReason.FAILING)
        log("webhook.disabled", webhook_id=webhook.id, gone=gone)


def _now(ports: WebhookPorts) -> datetime:
    """Give the present to the millisecond, which is how it is stored."""
    return from_millis(to_millis(ports.clock.now()))


def _changes_too_fast(delivery_id: str) -> Conflict:
    return Conflict(f"The delivery {delivery_id} changes too fast.", code="delivery_changed")
