"""The place that keeps the audit log."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import timedelta

    from chalicelib.kernel.paging import Page
    from chalicelib.system.domain.audit import AuditEntry, AuditFilter


class AuditLog(Protocol):
    """Where entries are kept; nothing changes or removes them before their time is over."""

    def add(self, entry: AuditEntry, kept: timedelta) -> None:
        """Keep an entry for so long; the same again changes nothing."""

    def find(self, wanted: AuditFilter, page_size: int, start: str | None) -> Page[AuditEntry]:
        """Give up to `page_size` entries, newest first, from after the position `start`."""


class AuditPorts(Protocol):
    """What the use cases of the audit log work with."""

    @property
    def audit(self) -> AuditLog:
        """Kept entries."""
