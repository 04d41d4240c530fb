"""The audit log and the bus in memory."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from chalicelib.kernel.clock import iso
from chalicelib.kernel.paging import Page

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chalicelib.kernel.events import Event
    from chalicelib.system.domain.audit import AuditEntry, AuditFilter

_KEPT = timedelta(days=400)


class FakeAuditLog:
    """Entries in a dict; implements `AuditLog`."""

    def __init__(self) -> None:
        self._by_position: dict[str, AuditEntry] = {}

    @property
    def entries(self) -> list[AuditEntry]:
        """Give all entries, oldest first."""
        return [entry for _, entry in sorted(self._by_position.items())]

    def add(self, entry: AuditEntry, kept: timedelta = _KEPT) -> None:
        """Keep an entry, once."""
        self._by_position.setdefault(f"{iso(entry.at)}#{entry.id}", entry)

    def find(self, wanted: AuditFilter, page_size: int, start: str | None) -> Page[AuditEntry]:
        """Give a page."""
        newest = sorted(self._by_position.items(), reverse=True)
        found = [
            (position, entry)
            for position, entry in newest
            if (start is None or position < start) and _fits(entry, wanted)
        ]
        page = found[:page_size]
        return Page([entry for _, entry in page], page[-1][0] if len(found) > page_size else None)


def _fits(entry: AuditEntry, wanted: AuditFilter) -> bool:
    return (
        wanted.actor in (None, entry.actor)
        and wanted.object in (None, entry.object)
        and (wanted.since is None or wanted.since <= entry.at)
        and (wanted.until is None or entry.at < wanted.until)
    )


class FakeBus:
    """Events in a list, as often as they were published; implements `Bus`."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    def publish(self, events: Sequence[Event]) -> None:
        """Take all."""
        self.events.extend(events)

    @property
    def types(self) -> list[str]:
        """Give the types of what was published."""
        return [event.type for event in self.events]
