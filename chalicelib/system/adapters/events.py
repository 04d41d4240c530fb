"""What is told to other programs of the system itself; never a secret."""

from __future__ import annotations

from chalicelib.kernel.catalogue import EventData, EventType
from chalicelib.kernel.schemas import Instant


class TokenEventData(EventData):
    """A token of the API, without its secret; `rotated_to` is the id of its successor."""

    token_id: str
    name: str
    scope: str
    created_at: Instant
    expires_at: Instant | None = None
    revoked_at: Instant | None = None
    rotated_to: str | None = None


class SettingsEventData(EventData):
    """A new version of the settings; `changed` names the sections that are different."""

    version: int
    changed: list[str]
    changed_at: Instant
    changed_by: str
    kill_switch_on: bool


class WebhookEventData(EventData):
    """A webhook without its secret, and without its path, which may be one.

    `disabled_reason` is a code, None while it is enabled.
    """

    webhook_id: str
    host: str
    event_types: list[str]
    enabled: bool
    disabled_reason: str | None = None
    created_at: Instant
    updated_at: Instant
    version: int


class FailedWorkEventData(EventData):
    """A message that nobody could work on; `subject` is what it was about, such as a call's id."""

    work_id: str
    queue: str
    kind: str
    subject: str
    state: str
    cause: str | None = None
    attempts: int | None = None
    failed_at: Instant
    settled_at: Instant | None = None
    settled_by: str | None = None


TOKEN_ISSUED = EventType("token.issued", "A token of the API was issued.", TokenEventData)
TOKEN_ROTATED = EventType("token.rotated", "A token got a successor.", TokenEventData)
TOKEN_REVOKED = EventType("token.revoked", "A token of the API was revoked.", TokenEventData)
SETTINGS_CHANGED = EventType("settings.changed", "Somebody changed the settings.", SettingsEventData)
WEBHOOK_CREATED = EventType("webhook.created", "A webhook was created.", WebhookEventData)
WEBHOOK_UPDATED = EventType("webhook.updated", "A webhook changed.", WebhookEventData)
WEBHOOK_DISABLED = EventType(
    "webhook.disabled", "A webhook gets nothing any more, until somebody enables it.", WebhookEventData
)
WEBHOOK_DELETED = EventType("webhook.deleted", "A webhook was deleted.", WebhookEventData)
WORK_RECORDED = EventType(
    "failed_work.recorded", "A message of a call's queues ended among the failed work.", FailedWorkEventData
)
WORK_REPLAYED = EventType(
    "failed_work.replayed", "Failed work was sent to its queue again.", FailedWorkEventData
)
WORK_DISCARDED = EventType("failed_work.discarded", "Failed work was given up.", FailedWorkEventData)
EVENTS = (
    TOKEN_ISSUED,
    TOKEN_ROTATED,
    TOKEN_REVOKED,
    SETTINGS_CHANGED,
    WEBHOOK_CREATED,
    WEBHOOK_UPDATED,
    WEBHOOK_DISABLED,
    WEBHOOK_DELETED,
    WORK_RECORDED,
    WORK_REPLAYED,
    WORK_DISCARDED,
)
