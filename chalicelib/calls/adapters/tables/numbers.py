"""Items of numbers: those of others, and our own with the templates that answer them."""

from __future__ import annotations

from pynamodb.attributes import JSONAttribute, UnicodeAttribute
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex

from chalicelib.calls.adapters.tables.base import ActItem, CallsTable


class BySuppressed(GlobalSecondaryIndex["NumberItem"]):  # type: ignore[no-untyped-call]
    """Suppressed numbers, by time; nothing dials them, so that their rows hardly change."""

    class Meta:
        """The index's name, and that it holds whole rows."""

        index_name = "by_suppressed"
        projection = AllProjection()

    suppression_shard = UnicodeAttribute(hash_key=True)
    suppressed_key = UnicodeAttribute(range_key=True)


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
