"""Items of proposals for the records of contacts."""

from __future__ import annotations

from pynamodb.attributes import JSONAttribute, NumberAttribute, UnicodeAttribute

from chalicelib.calls.adapters.tables.base import CallsTable


class ProposalItem(CallsTable, discriminator="proposal"):
    """A value that belongs to the contact: `CALL#<id>` / `PROPOSAL#<key of the value>`."""

    maps_to = UnicodeAttribute()
    value = JSONAttribute()
    said = UnicodeAttribute(null=True)
    turn = NumberAttribute(null=True)
    created_at = UnicodeAttribute()
    state = UnicodeAttribute()
    decided_at = UnicodeAttribute(null=True)
    decided_by = UnicodeAttribute(null=True)
