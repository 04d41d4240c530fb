"""The items of the system table; only the repository reads or writes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pynamodb.attributes import (
    BooleanAttribute,
    DiscriminatorAttribute,
    JSONAttribute,
    NumberAttribute,
    UnicodeAttribute,
)
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex, KeysOnlyProjection
from pynamodb.models import Model

from chalicelib.kernel.actors import actor

if TYPE_CHECKING:
    from pynamodb.connection import Connection


class ByDueTime(GlobalSecondaryIndex["DeliveryItem"]):  # type: ignore[no-untyped-call]
    """Deliveries that somebody must look at, by time; only pending ones are in it."""

    class Meta:
        """The index's name, and that it holds keys only."""

        index_name = "by_due_time"
        projection = KeysOnlyProjection()

    due_shard = UnicodeAttribute(hash_key=True)
    due_at = UnicodeAttribute(range_key=True)


class ByActor(GlobalSecondaryIndex["AuditItem"]):  # type: ignore[no-untyped-call]
    """What each actor did, by time."""

    class Meta:
        """The index's name, and that it holds whole entries."""

        index_name = "by_actor"
        projection = AllProjection()

    actor_key = UnicodeAttribute(hash_key=True)
    audit_at = UnicodeAttribute(range_key=True)


class ByObject(GlobalSecondaryIndex["AuditItem"]):  # type: ignore[no-untyped-call]
    """What was done to each object, by time."""

    class Meta:
        """The index's name, and that it holds whole entries."""

        index_name = "by_object"
        projection = AllProjection()

    object_key = UnicodeAttribute(hash_key=True)
    audit_at = UnicodeAttribute(range_key=True)


class SystemTable(Model):
    """One table, item collections by `pk`; `row` says what an item is."""

    class Meta:
        """Two tries must fit into the time that API Gateway gives an authorizer."""

        table_name: str
        connect_timeout_seconds = 1
        read_timeout_seconds = 2
        max_retry_attempts = 2

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    row = DiscriminatorAttribute()


class ActItem:
    """Mixed into rows that are somebody's act: who it was that wrote them last."""

    # Not `default`: what was written before rows were stamped must not name whoever reads it.
    changed_by = UnicodeAttribute(null=True, default_for_new=actor)


class TokenItem(ActItem, SystemTable, discriminator="token"):
    """`TOKEN#<sha256 of the secret>` / `TOKEN`: a token, found by what its bearer shows."""

    id = UnicodeAttribute()
    name = UnicodeAttribute()
    scope = UnicodeAttribute()
    digest = UnicodeAttribute()
    created_at = UnicodeAttribute()
    created_by = UnicodeAttribute(null=True)
    valid_until = UnicodeAttribute(null=True)
    revoked_at = UnicodeAttribute(null=True)
    last_used_at = UnicodeAttribute(null=True)
    rotated_to = UnicodeAttribute(null=True)
    resealed = BooleanAttribute(null=True)


class TokenIdItem(SystemTable, discriminator="token_id"):
    """`TOKENS` / `TOKEN#<id>`: all tokens in the order of issue, each with its digest."""

    digest = UnicodeAttribute()


class RequestItem(SystemTable, discriminator="request"):
    """`REQUEST#<hash of token and key>` / `REQUEST`: a repeatable request and its answer, for a day."""

    status = UnicodeAttribute()
    fingerprint = UnicodeAttribute()
    first_at = NumberAttribute()
    in_flight_until = NumberAttribute()
    expires_at = NumberAttribute()
    answer = UnicodeAttribute(null=True)


class CountItem(SystemTable, discriminator="count"):
    """`COUNT#<whom>#<window>` / `COUNT`: how many requests somebody made in a minute."""

    used = NumberAttribute()
    expires_at = NumberAttribute()


class SettingsItem(ActItem, SystemTable, discriminator="settings"):
    """`SETTINGS` / `CURRENT`: the sections that somebody has set, by name; all others have their defaults."""

    version = NumberAttribute()
    sections = JSONAttribute()
    set_at = UnicodeAttribute()
    set_by = UnicodeAttribute()


class SettingsChangeItem(SystemTable, discriminator="settings_change"):
    """`SETTINGS` / `CHANGE#<version>`: what one change was, kept for good."""

    version = NumberAttribute()
    set_at = UnicodeAttribute()
    set_by = UnicodeAttribute()
    reason = UnicodeAttribute(null=True)
    before = JSONAttribute()
    after = JSONAttribute()


class WebhookItem(ActItem, SystemTable, discriminator="webhook"):
    """`WEBHOOKS` / `WEBHOOK#<id>`: who is told of which events; no secret."""

    url = UnicodeAttribute()
    event_types = JSONAttribute()
    description = UnicodeAttribute(null=True)
    enabled = BooleanAttribute()
    disabled_reason = UnicodeAttribute(null=True)
    disabled_at = UnicodeAttribute(null=True)
    old_secret_until = UnicodeAttribute(null=True)
    created_at = UnicodeAttribute()
    updated_at = UnicodeAttribute()
    deleted_at = UnicodeAttribute(null=True)
    expires_at = NumberAttribute(null=True)
    version = NumberAttribute()


class WebhookSecretItem(SystemTable, discriminator="webhook_secret"):
    """`WEBHOOK#<id>` / `SECRET`: what its messages are signed with; apart, so that no news carries it."""

    secret = UnicodeAttribute()
    previous = UnicodeAttribute(null=True)
    previous_until = UnicodeAttribute(null=True)
    rotation = UnicodeAttribute(null=True)


class WebhookHealthItem(SystemTable, discriminator="webhook_health"):
    """`WEBHOOK#<id>` / `HEALTH`: when something last arrived there, and until when nothing is tried."""

    last_success_at = UnicodeAttribute(null=True)
    put_off_until = UnicodeAttribute(null=True)


class DeliveryItem(SystemTable, discriminator="delivery"):
    """`WEBHOOK#<id>` / `DELIVERY#<id>`: one event for one webhook; ids sort by the time of the event."""

    by_due_time = ByDueTime()
    due_shard = UnicodeAttribute(null=True)
    due_at = UnicodeAttribute(null=True)
    event_id = UnicodeAttribute()
    event_type = UnicodeAttribute()
    body = UnicodeAttribute()
    created_at = UnicodeAttribute()
    state = UnicodeAttribute()
    tries = NumberAttribute()
    attempts = JSONAttribute(null=True)
    next_at = UnicodeAttribute(null=True)
    claimed_until = UnicodeAttribute(null=True)
    begun_at = UnicodeAttribute(null=True)
    expires_at = NumberAttribute()
    version = NumberAttribute()


class AuditItem(SystemTable, discriminator="audit"):
    """`AUDIT#<date>#<shard>` / `<instant>#<id>`: an entry of the audit log; expires."""

    by_actor = ByActor()
    by_object = ByObject()
    actor_key = UnicodeAttribute()
    object_key = UnicodeAttribute()
    audit_at = UnicodeAttribute()
    action = UnicodeAttribute()
    before = JSONAttribute()
    after = JSONAttribute()
    expires_at = NumberAttribute()


class AuditDayItem(SystemTable, discriminator="audit_day"):
    """`AUDIT` / `DAY#<date>`: a day of which there are entries; expires with them."""

    expires_at = NumberAttribute()


class FailedWorkItem(ActItem, SystemTable, discriminator="failed_work"):
    """`FAILED#<state>#<queue>` / `<id>`: a message that nobody could work on; ids sort by its age."""

    queue = UnicodeAttribute()
    kind = UnicodeAttribute()
    subject = UnicodeAttribute()
    body = UnicodeAttribute()
    failed_at = UnicodeAttribute()
    cause = UnicodeAttribute(null=True)
    attempts = NumberAttribute(null=True)
    state = UnicodeAttribute()
    settled_at = UnicodeAttribute(null=True)
    settled_by = UnicodeAttribute(null=True)
    reason = UnicodeAttribute(null=True)
    settlement = UnicodeAttribute(null=True)
    version = NumberAttribute()
    expires_at = NumberAttribute(null=True)


class CauseItem(SystemTable, discriminator="cause"):
    """`CAUSE#<message id>` / `CAUSE`: why a message failed the last time, until it must have turned up."""

    text = UnicodeAttribute()
    attempts = NumberAttribute()
    expires_at = NumberAttribute()


def bind(table_name: str) -> Connection:
    """Point all items at this table and give the one connection that they share.

    PynamoDB would otherwise build a client for each item class and for each transaction.
    """
    SystemTable.Meta.table_name = table_name
    return SystemTable._get_connection().connection  # noqa: SLF001
