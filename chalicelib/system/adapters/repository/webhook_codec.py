"""Items of webhooks and deliveries to domain values and back; pure."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from chalicelib.kernel.clock import from_iso, from_millis, iso
from chalicelib.system.adapters.tables import DeliveryItem, WebhookHealthItem, WebhookItem, WebhookSecretItem
from chalicelib.system.domain.deliveries import Answer, Attempt, Delivery, DeliveryState
from chalicelib.system.domain.health import Health
from chalicelib.system.domain.webhooks import KEPT_AFTER_DELETION, DisabledReason, Secrets, Webhook

if TYPE_CHECKING:
    from datetime import datetime

DUE_SHARDS = 4
WEBHOOKS = "WEBHOOKS"


def webhook_key(webhook_id: str) -> str:
    """Give the range key of a webhook, and the hash key of all that belongs to it."""
    return f"WEBHOOK#{webhook_id}"


def delivery_key(delivery_id: str) -> str:
    """Give the range key of a delivery; sorts in the order of events."""
    return f"DELIVERY#{delivery_id}"


def due_shard(delivery_id: str) -> str:
    """Spread due deliveries over a few keys of the index, so that none takes all writes."""
    return f"DUE#{hashlib.sha256(delivery_id.encode()).digest()[0] % DUE_SHARDS}"


def webhook_item(webhook: Webhook) -> WebhookItem:
    """Write a webhook as an item; a deleted one expires after 30 days."""
    return WebhookItem(
        WEBHOOKS,
        webhook_key(webhook.id),
        url=webhook.url,
        event_types=list(webhook.event_types),
        description=webhook.description or None,
        enabled=webhook.enabled,
        disabled_reason=webhook.disabled_reason and webhook.disabled_reason.value,
        disabled_at=_text(webhook.disabled_at),
        old_secret_until=_text(webhook.old_secret_until),
        created_at=iso(webhook.created_at),
        updated_at=iso(webhook.updated_at),
        deleted_at=_text(webhook.deleted_at),
        expires_at=webhook.deleted_at and int((webhook.deleted_at + KEPT_AFTER_DELETION).timestamp()),
        version=webhook.version,
    )


def webhook_of(item: WebhookItem) -> Webhook:
    """Read a webhook."""
    return Webhook(
        id=item.sk.removeprefix("WEBHOOK#"),
        url=item.url,
        event_types=tuple(item.event_types),
        description=item.description or "",
        enabled=item.enabled,
        disabled_reason=DisabledReason(item.disabled_reason) if item.disabled_reason else None,
        disabled_at=_instant(item.disabled_at),
        old_secret_until=_instant(item.old_secret_until),
        created_at=from_iso(item.created_at),
        updated_at=from_iso(item.updated_at),
        deleted_at=_instant(item.deleted_at),
        version=int(item.version),
    )


def secrets_item(webhook_id: str, secrets: Secrets) -> WebhookSecretItem:
    """Write what a webhook's messages are signed with."""
    return WebhookSecretItem(
        webhook_key(webhook_id),
        "SECRET",
        secret=secrets.current,
        previous=secrets.previous,
        previous_until=_text(secrets.previous_until),
        rotation=secrets.rotation or None,
    )


def secrets_of(item: WebhookSecretItem) -> Secrets:
    """Read what a webhook's messages are signed with."""
    return Secrets(item.secret, item.previous, _instant(item.previous_until), item.rotation or "")


def health_item(webhook_id: str, health: Health) -> WebhookHealthItem:
    """Write what is known of a webhook's receiver."""
    return WebhookHealthItem(
        webhook_key(webhook_id),
        "HEALTH",
        last_success_at=_text(health.last_success_at),
        put_off_until=_text(health.put_off_until),
    )


def health_of(item: WebhookHealthItem) -> Health:
    """Read what is known of a webhook's receiver."""
    return Health(_instant(item.last_success_at), _instant(item.put_off_until))


def delivery_item(delivery: Delivery) -> DeliveryItem:
    """Write a delivery as an item; the index holds it as long as somebody must look at it."""
    return DeliveryItem(
        webhook_key(delivery.webhook_id),
        delivery_key(delivery.id),
        due_shard=due_shard(delivery.id) if delivery.look_at else None,
        due_at=_text(delivery.look_at),
        event_id=delivery.event_id,
        event_type=delivery.event_type,
        body=delivery.body,
        created_at=iso(delivery.created_at),
        state=delivery.state.value,
        tries=delivery.tries,
        attempts=[_attempt_json(attempt) for attempt in delivery.attempts] or None,
        next_at=_text(delivery.next_at),
        claimed_until=_text(delivery.claimed_until),
        begun_at=_text(delivery.begun_at),
        expires_at=int(delivery.keep_until.timestamp()),
        version=delivery.version,
    )


def delivery_of(item: DeliveryItem) -> Delivery:
    """Read a delivery."""
    return Delivery(
        id=item.sk.removeprefix("DELIVERY#"),
        webhook_id=item.pk.removeprefix("WEBHOOK#"),
        event_id=item.event_id,
        event_type=item.event_type,
        body=item.body,
        created_at=from_iso(item.created_at),
        keep_until=from_millis(int(item.expires_at) * 1000),
        state=DeliveryState(item.state),
        tries=int(item.tries),
        attempts=tuple(_attempt(each) for each in item.attempts or ()),
        next_at=_instant(item.next_at),
        claimed_until=_instant(item.claimed_until),
        begun_at=_instant(item.begun_at),
        version=int(item.version),
    )


def _attempt_json(attempt: Attempt) -> dict[str, Any]:
    answer = attempt.answer
    return {
        "at": iso(attempt.at),
        "status": answer.status,
        "error": answer.error,
        "ms": answer.ms,
        "excerpt": answer.excerpt,
    }


def _attempt(fields: dict[str, Any]) -> Attempt:
    return Attempt(
        from_iso(fields["at"]),
        Answer(fields["status"], fields["error"], fields["ms"], fields["excerpt"]),
    )


def _text(instant: datetime | None) -> str | None:
    return iso(instant) if instant else None


def _instant(text: str | None) -> datetime | None:
    return from_iso(text) if text else None
