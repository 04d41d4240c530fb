"""Items of numbers: those of others, and our own with the templates that answer them."""

from __future__ import annotations

from pynamodb.attributes import JSONAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex

from chalicelib.calls.adapters.tables.base import ActItem, CallsTable

# Until when a number is held that is held until somebody releases it: after every instant.
FOREVER = "9999"


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
    texts_day = UnicodeAttribute(null=True)
    texts = NumberAttribute(null=True)
    dials = JSONAttribute(null=True)  # milliseconds; the oldest first
    talked = NumberAttribute(null=True)  # milliseconds: the last call on which a debt was talked about
    held_until = UnicodeAttribute(null=True)  # or `FOREVER`; as `HoldItem` lists it


class HoldItem(ActItem, CallsTable, discriminator="number_hold"):
    """A number that is held back, for lists: `HOLDS` / `NUMBER#+1…`; a released one stays for a while."""

    held_at = UnicodeAttribute(null=True)
    until = UnicodeAttribute(null=True)
    reason = UnicodeAttribute(null=True)
    held_by = UnicodeAttribute(null=True)
    deleted_at = UnicodeAttribute(null=True)


class TemplateItem(ActItem, CallsTable, discriminator="template"):
    """A call template: `TEMPLATES` / `TEMPLATE#<id>`; a deleted one stays for a while, and says so."""

    template = JSONAttribute()
    version = NumberAttribute(null=True)  # absent in rows of before templates had versions: the first
    deleted_at = UnicodeAttribute(null=True)


class TemplateVersionItem(CallsTable, discriminator="template_version"):
    """A version of a call template that is current no more: `TEMPLATE#<id>` / `VERSION#0003`."""

    template = JSONAttribute()


class LineItem(ActItem, CallsTable, discriminator="line"):
    """How calls to one of our numbers are taken: `LINE#+1…` / `LINE`."""

    template_id = UnicodeAttribute()
    hours = JSONAttribute(null=True)
    after_hours = UnicodeAttribute(null=True)
    after_hours_text = UnicodeAttribute(null=True)
    after_hours_template_id = UnicodeAttribute(null=True)
    region = UnicodeAttribute(null=True)
    version = NumberAttribute(null=True)  # absent in rows of before routes had versions
