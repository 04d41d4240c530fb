"""A finished call as the stream of the calls table tells it, and what the timeline shows of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.crm.domain.timeline import CallEntry
from chalicelib.kernel.changes import pk_id
from chalicelib.kernel.clock import from_iso
from chalicelib.kernel.phones import mask

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.kernel.changes import Change

_SHOWN = ("contact_id", "direction", "number", "outcome", "reason", "duration_s", "dialed_at", "answered_at")


def has_just_finished(change: Change) -> bool:
    """Tell whether this is the change with which a call was finished; an erased call shows nothing more."""
    new, old = change.new or {}, change.old or {}
    if "finished_at" not in new or "erased_at" in new:
        return False
    return "finished_at" not in old or any(old.get(name) != new.get(name) for name in _SHOWN)


def finished_call(change: Change) -> tuple[CallEntry, datetime | None]:
    """Give what the timeline shows of the call, and when it was answered; errors of Python for a bad row."""
    row = change.image
    entry = CallEntry(
        id=pk_id(row),
        contact_id=str(row["contact_id"]),
        at=from_iso(str(row.get("dialed_at") or row["created_at"])),
        direction=str(row["direction"]),
        number=mask(str(row["number"])),
        outcome=row.get("outcome"),
        reason=row.get("reason"),
        duration_s=row.get("duration_s"),
    )
    return entry, from_iso(row["answered_at"]) if row.get("answered_at") else None
