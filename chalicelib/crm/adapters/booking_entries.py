"""A booking as the stream of the scheduling table tells it, and what the timeline shows of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.crm.domain.timeline import BookingEntry
from chalicelib.kernel.changes import pk_id
from chalicelib.kernel.clock import from_iso

if TYPE_CHECKING:
    from chalicelib.kernel.changes import Change

_SHOWN = ("contact_id", "start", "end", "state")


def is_shown(change: Change) -> bool:
    """Tell whether this is a change after which the timeline shows something new of a booking."""
    new, old = change.new, change.old or {}
    return new is not None and any(old.get(name) != new.get(name) for name in _SHOWN)


def booking_entry(change: Change) -> BookingEntry:
    """Give what the timeline shows; errors of Python for a bad row."""
    row = change.image
    return BookingEntry(
        id=pk_id(row),
        contact_id=str(row["contact_id"]),
        at=from_iso(str(row["created_at"])),
        calendar_id=str(row["calendar_id"]),
        start=from_iso(str(row["start"])),
        end=from_iso(str(row["end"])),
        state=str(row["state"]),
        call_id=row.get("call_id"),
    )
