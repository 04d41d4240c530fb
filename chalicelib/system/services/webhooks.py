"""Webhooks are created, changed, listed and deleted; their secrets are shown once and rotated."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from chalicelib.kernel.clock import from_millis, to_millis
from chalicelib.kernel.errors import Conflict, NotFound
from chalicelib.kernel.ids import is_id, new_signing_secret
from chalicelib.system.domain import webhooks as rules
from chalicelib.system.domain.destinations import check_addresses, check_scheme, parse_destination
from chalicelib.system.domain.webhooks import DisabledReason, NewWebhook, Secrets, Webhook, WebhookChange

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from chalicelib.kernel.paging import Page
    from chalicelib.system.domain.destinations import Destination
    from chalicelib.system.ports.webhooks import AddressPorts, WebhookPorts

_SECRET_PREFIX = "whsec"  # noqa: S105  the prefix that Standard Webhooks prescribes
_TRIES = 5


def create_webhook(ports: WebhookPorts, new: NewWebhook, webhook_id: str) -> tuple[Webhook, str]:
    """Keep a new webhook and give it with its secret, which is shown this once.

    The same id again gives what was made first. `Invalid` with code `address_refused` or `bad_event_type`,
    `Conflict` with code `too_many_webhooks` from the 51st on.
    """
    patterns = rules.check_patterns(new.event_types)
    known = ports.webhooks.get(webhook_id)
    if known is None:
        known = _keep_new(ports, new, patterns, webhook_id)
    return known, _secrets(ports, known.id).current


def change_webhook(
    ports: WebhookPorts, webhook_id: str, change: WebhookChange, expected_version: int | None
) -> Webhook:
    """Change what is given; `Conflict` with code `version_changed` when it is no longer what was read."""
    if change.url is not None:
        locate(ports, change.url)
    webhook = _changed(
        ports, webhook_id, expected_version, lambda webhook: rules.changed(webhook, change, _now(ports))
    )
    let_one_pass(ports, webhook_id)
    return webhook


def delete_webhook(ports: WebhookPorts, webhook_id: str, expected_version: int | None) -> Webhook:
    """Forget a webhook and its secrets; for 30 days a row tells that it was there."""

    def deleted(webhook: Webhook) -> Webhook:
        now = _now(ports)
        off = rules.disabled(webhook, DisabledReason.REQUESTED, now)
        return replace(off, deleted_at=now, updated_at=now, old_secret_until=None)

    return _changed(ports, webhook_id, expected_version, deleted)


def disable_webhook(ports: WebhookPorts, webhook_id: str, reason: DisabledReason) -> Webhook:
    """Send nothing more to it; harmless when repeated."""
    return _changed(ports, webhook_id, None, lambda webhook: rules.disabled(webhook, reason, _now(ports)))


def get_webhook(ports: WebhookPorts, webhook_id: str) -> Webhook:
    """Give a webhook; `NotFound` with code `webhook_not_found`, also for a deleted one."""
    webhook = ports.webhooks.get(webhook_id) if is_id(webhook_id, "webhook") else None
    if webhook is None or webhook.deleted_at is not None:
        raise NotFound("There is no such webhook.", code="webhook_not_found")
    return webhook


def list_webhooks(ports: WebhookPorts, page_size: int, start: str | None) -> Page[Webhook]:
    """List webhooks, the newest first."""
    return ports.webhooks.page(page_size, start)


def rotate_secret(ports: WebhookPorts, webhook_id: str, rotation: str) -> tuple[Webhook, str]:
    """Give a webhook a new secret, shown this once; for 24 hours the one before signs as well.

    The same `rotation` again changes nothing, so that a repeated request does not end the old secret.
    """
    for _ in range(_TRIES):
        webhook, secrets = get_webhook(ports, webhook_id), _secrets(ports, webhook_id)
        if secrets.rotation == rotation:
            return webhook, secrets.current
        now = _now(ports)
        new = rules.rotated(secrets, new_signing_secret(_SECRET_PREFIX), rotation, now)
        wanted = replace(webhook, old_secret_until=new.previous_until, updated_at=now)
        if ports.webhooks.save(wanted, new):
            return replace(wanted, version=webhook.version + 1), new.current
    raise _changes_too_fast()


def let_one_pass(ports: WebhookPorts, webhook_id: str) -> None:
    """Let the next try pass at once, although the receiver was silent: somebody has a reason to try."""
    health, now = ports.webhooks.health(webhook_id), _now(ports)
    if health.puts_off(now):
        ports.webhooks.set_health(webhook_id, replace(health, put_off_until=now), health)


def locate(ports: AddressPorts, url: str) -> tuple[Destination, tuple[str, ...]]:
    """Give where an address leads, and every number under which that is reached, all of them allowed.

    `Invalid` with code `address_refused`, naming `/url`, when anything about it is not.
    """
    destination = parse_destination(url)
    check_scheme(destination, ports.allowed_networks)
    addresses = ports.resolve(destination.host)
    check_addresses(destination, addresses, ports.allowed_networks)
    return destination, addresses


def _keep_new(ports: WebhookPorts, new: NewWebhook, patterns: tuple[str, ...], webhook_id: str) -> Webhook:
    locate(ports, new.url)
    if len(ports.webhooks.all()) >= rules.MAX_WEBHOOKS:
        raise Conflict(f"There can be {rules.MAX_WEBHOOKS} webhooks.", code="too_many_webhooks")
    now = _now(ports)
    webhook = Webhook(webhook_id, new.url, patterns, now, now, new.description)
    if not new.enabled:
        webhook = rules.disabled(webhook, DisabledReason.REQUESTED, now)
    if not ports.webhooks.add(webhook, Secrets(new_signing_secret(_SECRET_PREFIX))):
        return get_webhook(ports, webhook_id)
    return webhook


def _secrets(ports: WebhookPorts, webhook_id: str) -> Secrets:
    secrets = ports.webhooks.secrets(webhook_id)
    if secrets is None:
        raise NotFound("There is no such webhook.", code="webhook_not_found")
    return secrets


def _now(ports: WebhookPorts) -> datetime:
    """Give the present to the millisecond, which is how it is stored."""
    return from_millis(to_millis(ports.clock.now()))


def _changes_too_fast() -> Conflict:
    return Conflict("The webhook was changed at the same time; read it again.", code="version_changed")


def _changed(
    ports: WebhookPorts, webhook_id: str, expected_version: int | None, how: Callable[[Webhook], Webhook]
) -> Webhook:
    for _ in range(_TRIES):
        webhook = get_webhook(ports, webhook_id)
        if expected_version not in (None, webhook.version):
            break
        wanted = how(webhook)
        if wanted == webhook:
            return webhook
        if ports.webhooks.save(wanted):
            return replace(wanted, version=webhook.version + 1)
    raise _changes_too_fast()
