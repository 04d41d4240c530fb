"""Webhooks as values: who is told of which events, and with which secrets that is signed."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from chalicelib.kernel.errors import Conflict, FieldError, Invalid

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

MAX_WEBHOOKS = 50
MAX_PATTERNS = 50
SECRET_OVERLAP = timedelta(hours=24)
KEPT_AFTER_DELETION = timedelta(days=30)
PING = "webhook.ping"
PATTERN = r"\*|[a-z][a-z_]{0,39}\.(?:\*|[a-z][a-z_]{0,39})"


class DisabledReason(StrEnum):
    """Why nothing is sent: somebody wanted it, the receiver failed for a day, or it said it is gone."""

    REQUESTED = "requested"
    FAILING = "failing"
    GONE = "gone"


@dataclass(frozen=True)
class Secrets:
    """What a webhook's messages are signed with, each `whsec_` and Base64; two of them after a rotation.

    `rotation` names the rotation that made the present secret, so that a repeated one changes nothing.
    """

    current: str = field(repr=False)
    previous: str | None = field(default=None, repr=False)
    previous_until: datetime | None = None
    rotation: str = ""

    def valid_at(self, instant: datetime) -> tuple[str, ...]:
        """Give the secrets to sign with now, the newest first."""
        overlaps = self.previous_until is not None and instant < self.previous_until
        return (self.current, self.previous) if self.previous and overlaps else (self.current,)


@dataclass(frozen=True)
class Webhook:
    """An address that is told of events whose type fits one of `event_types`, by signed POSTs."""

    id: str
    url: str
    event_types: tuple[str, ...]
    created_at: datetime
    updated_at: datetime
    description: str = ""
    enabled: bool = True
    disabled_reason: DisabledReason | None = None
    disabled_at: datetime | None = None
    old_secret_until: datetime | None = None
    deleted_at: datetime | None = None
    version: int = 1

    def wants(self, event_type: str) -> bool:
        """Tell whether events of this type are to be sent here now."""
        fits = any(_fits(pattern, event_type) for pattern in self.event_types)
        return self.enabled and self.deleted_at is None and fits


@dataclass(frozen=True)
class NewWebhook:
    """A webhook to create."""

    url: str
    event_types: tuple[str, ...]
    description: str = ""
    enabled: bool = True


@dataclass(frozen=True)
class WebhookChange:
    """What to change of a webhook; None leaves a field as it is."""

    url: str | None = None
    event_types: tuple[str, ...] | None = None
    description: str | None = None
    enabled: bool | None = None


def check_patterns(patterns: tuple[str, ...]) -> tuple[str, ...]:
    """Give the patterns, each once, or refuse them as `Invalid` with code `bad_event_type`.

    A pattern is `*` for all events, `contact.*` for all about contacts, or one type such as `call.ended`.
    """
    wrong = [number for number, pattern in enumerate(patterns) if not re.fullmatch(PATTERN, pattern)]
    if wrong or not 0 < len(patterns) <= MAX_PATTERNS:
        remedy = f"Name 1 to {MAX_PATTERNS} of: *, an object like contact.*, a type like call.ended."
        errors = tuple(FieldError(f"/event_types/{number}", remedy) for number in wrong)
        raise Invalid(
            "These event types cannot be understood.",
            code="bad_event_type",
            errors=errors or (FieldError("/event_types", remedy),),
        )
    return tuple(dict.fromkeys(patterns))


def check_known(patterns: Collection[str], known: Collection[str]) -> None:
    """Refuse a pattern that no event can ever fit, as `Invalid` with code `bad_event_type`."""
    remedy = "There is no such event; GET /v1/events/types lists them all."
    errors = tuple(
        FieldError(f"/event_types/{number}", remedy)
        for number, pattern in enumerate(patterns)
        if not any(_fits(pattern, event_type) for event_type in known)
    )
    if errors:
        raise Invalid("These event types do not exist.", code="bad_event_type", errors=errors)


def changed(webhook: Webhook, change: WebhookChange, now: datetime) -> Webhook:
    """Apply what is given; turning a webhook on forgets why it was off."""
    given: dict[str, Any] = {
        "url": change.url,
        "event_types": change.event_types and check_patterns(change.event_types),
        "description": change.description,
    }
    known = replace(webhook, **{name: value for name, value in given.items() if value is not None})
    if change.enabled is not None and change.enabled != webhook.enabled:
        known = _switched_on(known) if change.enabled else disabled(known, DisabledReason.REQUESTED, now)
    return replace(known, updated_at=now)


def disabled(webhook: Webhook, reason: DisabledReason, now: datetime) -> Webhook:
    """Send nothing more; an earlier reason stands."""
    if not webhook.enabled:
        return webhook
    return replace(webhook, enabled=False, disabled_reason=reason, disabled_at=now, updated_at=now)


def rotated(secrets: Secrets, secret: str, rotation: str, now: datetime) -> Secrets:
    """Put a new secret in place; the one before it signs as well for 24 hours."""
    return Secrets(secret, secrets.current, now + SECRET_OVERLAP, rotation)


def check_sendable(webhook: Webhook) -> None:
    """Refuse, as `Conflict` with code `webhook_disabled`, to send anything to a webhook that is off."""
    if not webhook.enabled:
        raise Conflict("The webhook is disabled; enable it first.", code="webhook_disabled")


def _fits(pattern: str, event_type: str) -> bool:
    if pattern.endswith(".*"):
        return event_type.startswith(pattern[:-1])
    return pattern in ("*", event_type)


def _switched_on(webhook: Webhook) -> Webhook:
    return replace(webhook, enabled=True, disabled_reason=None, disabled_at=None)
