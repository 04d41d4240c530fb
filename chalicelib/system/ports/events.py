"""The bus that carries events to other programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from chalicelib.system.ports.settings import SettingsPorts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chalicelib.kernel.events import Event
    from chalicelib.system.ports.audit import AuditLog


class Bus(Protocol):
    """Where events are published."""

    def publish(self, events: Sequence[Event]) -> None:
        """Publish all events, or raise `Unavailable`: then some may have been published all the same."""


class TellingPorts(SettingsPorts, Protocol):
    """What telling of changes works with."""

    @property
    def audit(self) -> AuditLog:
        """Kept entries."""

    @property
    def bus(self) -> Bus:
        """The way to other programs."""
