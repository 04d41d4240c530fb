"""Items of promised callbacks."""

from __future__ import annotations

from pynamodb.attributes import UnicodeAttribute

from chalicelib.scheduling.adapters.tables.base import SchedulingTable


class CallbackItem(SchedulingTable, discriminator="callback"):
    """A promised callback: `CONTACT#<id>` / `CALLBACK#<id>`."""

    number = UnicodeAttribute()
    due_at = UnicodeAttribute()
    promised_in = UnicodeAttribute()
    kept_by = UnicodeAttribute()
    created_at = UnicodeAttribute()
