"""The calls table's items as PynamoDB sees them; private to the repository."""

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


class ByDueTime(GlobalSecondaryIndex["CallItem"]):  # type: ignore[no-untyped-call]
    """Calls that somebody must look at, by time; only unfinished calls are in it."""

    class Meta:
        """The index's name, and that it holds keys only."""

        index_name = "by_due_time"
        projection = KeysOnlyProjection()

    due_shard = UnicodeAttribute(hash_key=True)
    due_at = UnicodeAttribute(range_key=True)


class ByContact(GlobalSecondaryIndex["CallItem"]):  # type: ignore[no-untyped-call]
    """Calls of a contact, by time; erased ones sort after all others (`ERASED#…`)."""

    class Meta:
        """The index's name, and that it holds keys only."""

        index_name = "by_contact"
        projection = KeysOnlyProjection()

    contact_id = UnicodeAttribute(hash_key=True)
    started_key = UnicodeAttribute(range_key=True)


class BySuppressed(GlobalSecondaryIndex["NumberItem"]):  # type: ignore[no-untyped-call]
    """Suppressed numbers, by time; nothing dials them, so that their rows hardly change."""

    class Meta:
        """The index's name, and that it holds whole rows."""

        index_name = "by_suppressed"
        projection = AllProjection()

    suppression_shard = UnicodeAttribute(hash_key=True)
    suppressed_key = UnicodeAttribute(range_key=True)


class CallsTable(Model):
    """Every item: a readable key pair and its kind."""

    class Meta:
        """Time-outs in seconds, so that a stuck read cannot use up a webhook's patience."""

        table_name = ""
        connect_timeout_seconds = 1
        read_timeout_seconds = 2

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    kind = DiscriminatorAttribute()
    expires_at = NumberAttribute(null=True)


class ActItem:
    """Mixed into rows that are somebody's act: who it was that wrote them last."""

    # Not `default`: what was written before rows were stamped must not name whoever reads it.
    changed_by = UnicodeAttribute(null=True, default_for_new=actor)


class CallItem(ActItem, CallsTable, discriminator="call"):
    """The head of a call: `CALL#<id>` / `CALL`."""

    by_due_time = ByDueTime()
    by_contact = ByContact()
    due_shard = UnicodeAttribute(null=True)
    due_at = UnicodeAttribute(null=True)
    contact_id = UnicodeAttribute()
    started_key = UnicodeAttribute()
    state = UnicodeAttribute()
    direction = UnicodeAttribute()
    number = UnicodeAttribute()
    line = UnicodeAttribute()
    template_id = UnicodeAttribute()
    created_at = UnicodeAttribute()
    wanted_at = UnicodeAttribute()
    priority = NumberAttribute()
    requested_by = UnicodeAttribute(null=True)
    decision = JSONAttribute(null=True)
    dialed_at = UnicodeAttribute(null=True)
    sid = UnicodeAttribute(null=True)
    answered_at = UnicodeAttribute(null=True)
    ended_at = UnicodeAttribute(null=True)
    carrier_status = UnicodeAttribute(null=True)
    duration_s = NumberAttribute(null=True)
    reason = UnicodeAttribute(null=True)
    outcome = UnicodeAttribute(null=True)
    finished_at = UnicodeAttribute(null=True)
    erased_at = UnicodeAttribute(null=True)
    cost = NumberAttribute(null=True)
    events = JSONAttribute(null=True)
    version = NumberAttribute()


class BriefItem(CallsTable, discriminator="brief"):
    """What a call is held by: `CALL#<id>` / `BRIEF`."""

    brief = JSONAttribute()


class TurnItem(CallsTable, discriminator="turn"):
    """A turn: `CALL#<id>` / `TURN#0003`; `heard` belongs to whoever saw the interruption."""

    turn_kind = UnicodeAttribute()
    received_at = UnicodeAttribute()
    said = UnicodeAttribute(null=True)
    language = UnicodeAttribute(null=True)
    answer = UnicodeAttribute(null=True)
    heard = UnicodeAttribute(null=True)
    interrupted = BooleanAttribute(null=True)
    end = UnicodeAttribute(null=True)
    reason = UnicodeAttribute(null=True)
    tools = JSONAttribute(null=True)
    usage = JSONAttribute(null=True)
    timing = JSONAttribute(null=True)


class AftermathItem(CallsTable, discriminator="aftermath"):
    """What the post-call job found: `CALL#<id>` / `AFTERMATH`."""

    analysis = JSONAttribute(null=True)
    costs = JSONAttribute()
    erased = BooleanAttribute(null=True)


class ConnectionItem(CallsTable, discriminator="connection"):
    """Whose socket this is: `CONNECTION#<id>` / `CONNECTION`; expires."""

    call_id = UnicodeAttribute()


class NumberItem(ActItem, CallsTable, discriminator="number"):
    """A number, whoever it belongs to: `NUMBER#+1…` / `NUMBER`; suppression and live call in one row."""

    by_suppressed = BySuppressed()
    suppressed_at = UnicodeAttribute(null=True)
    suppression_source = UnicodeAttribute(null=True)
    suppression_reason = UnicodeAttribute(null=True)
    suppression_shard = UnicodeAttribute(null=True)
    suppressed_key = UnicodeAttribute(null=True)
    released_at = UnicodeAttribute(null=True)
    release_reason = UnicodeAttribute(null=True)
    live_call_id = UnicodeAttribute(null=True)
    live_until = UnicodeAttribute(null=True)


class TemplateItem(ActItem, CallsTable, discriminator="template"):
    """A call template: `TEMPLATES` / `TEMPLATE#<id>`."""

    template = JSONAttribute()


class LineItem(ActItem, CallsTable, discriminator="line"):
    """Which template answers one of our numbers: `LINE#+1…` / `LINE`."""

    template_id = UnicodeAttribute()


def bind(table_name: str) -> Connection:
    """Point all items at this table and give the one connection that they share.

    PynamoDB would otherwise build a client for each item class and for each transaction.
    """
    CallsTable.Meta.table_name = table_name
    return CallsTable._get_connection().connection  # noqa: SLF001
