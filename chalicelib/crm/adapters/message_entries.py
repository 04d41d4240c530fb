"""A text message as the stream of the calls table tells it, and what the timeline shows of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.crm.domain.timeline import MessageEntry
from chalicelib.kernel.clock import from_iso
from chalicelib.kernel.phones import mask

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.kernel.changes import Change

# A message stands in the timeline when it has come, has left us, or certainly will not.
SHOWN_STATES = frozenset({"received", "sent", "delivered", "undelivered", "failed"})


def has_arrived(change: Change) -> bool:
    """Tell whether this is a change after which the timeline shows something new of a message."""
    new, old = change.new or {}, change.old or {}
    shown = ("state", "reason")
    return new.get("state") in SHOWN_STATES and [new.get(name) for name in shown] != [
        old.get(name) for name in shown
    ]


def message_entry(change: Change) -> tuple[MessageEntry, datetime | None]:
    """Give what the timeline shows, and when the person wrote to us; errors of Python for a bad row."""
    row = change.image
    at = from_iso(str(row["created_at"]))
    entry = MessageEntry(
        id=str(row["id"]),
        contact_id=str(row["contact_id"]),
        at=at,
        direction=str(row["direction"]),
        number=mask(str(row["number"])),
        state=str(row["state"]),
        reason=row.get("reason"),
        call_id=row.get("call_id"),
    )
    return entry, at if entry.direction == "inbound" else None
