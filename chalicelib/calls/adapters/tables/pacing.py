"""Items of pacing: rhythms, places among live calls, and the use of our numbers."""

from __future__ import annotations

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from chalicelib.calls.adapters.tables.base import CallsTable


class PaceItem(CallsTable, discriminator="pace"):
    """A rhythm: `PACE` / `PACE`, a campaign's `PACE` / `<campaign id>`; instants in epoch milliseconds."""

    next_at = NumberAttribute(null=True)
    slowdown = NumberAttribute(null=True)
    slowed_at = NumberAttribute(null=True)


class SlotItem(CallsTable, discriminator="slot"):
    """A place among live calls: `SLOTS#<pool>` / `SLOT#0003`; `until` in epoch milliseconds; expires."""

    call_id = UnicodeAttribute()
    until = NumberAttribute()


class LineUseItem(CallsTable, discriminator="line_use"):
    """How often our number was used on a day: `LINEUSE#<E.164>` / `<YYYY-MM-DD>`; expires."""

    uses = NumberAttribute()
