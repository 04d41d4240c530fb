"""What a change tells: an entry of the audit log, and the events for other programs."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from chalicelib.kernel.errors import Invalid
from chalicelib.kernel.events import Event
from chalicelib.system.domain.audit import audit_entry

if TYPE_CHECKING:
    from chalicelib.kernel.changes import Change, Told, Watch
    from chalicelib.system.domain.audit import AuditEntry

# EventBridge takes 256 KB with all that surrounds the data (PutEvents, "Calculating event entry size").
MAX_DATA_BYTES = 240 * 1024


@dataclass(frozen=True)
class Story:
    """All that one change tells; None and nothing when it is nobody's business."""

    entry: AuditEntry | None
    events: tuple[Event, ...]


def story_of(change: Change, watch: Watch) -> Story:
    """Give what a change tells; the same change told twice gives the same ids.

    Raises `Invalid` with code `event_too_large` for an event that no bus takes.
    """
    if change.expired or change.has_moved:
        return Story(None, ())
    old, new = (None if image is None else watch.read(image) for image in (change.old, change.new))
    events = tuple(_event(change, watch, told, number) for number, told in enumerate(watch.tell(old, new)))
    return Story(audit_entry(change, watch), events)


def _event(change: Change, watch: Watch, told: Told, number: int) -> Event:
    if len(json.dumps(told.data).encode()) > MAX_DATA_BYTES:
        raise Invalid(f"An event {told.type} is too large to be told.", code="event_too_large")
    return Event(
        id=change.derived_id("event", told.type, number),
        type=told.type,
        version=told.version,
        at=change.at,
        subject=watch.subject(change.image),
        data=told.data,
    )
