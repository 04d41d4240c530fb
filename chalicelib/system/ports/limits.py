"""A place that counts requests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.kernel.clock import Clock


class Counters(Protocol):
    """Counts by subject and window, kept for a short while."""

    def count(self, key: str, window: int, expires_at: datetime) -> int:
        """Add one, atomically, and give the count so far; forgotten some time after `expires_at`."""


class LimitPorts(Protocol):
    """What counting works with."""

    clock: Clock

    @property
    def counters(self) -> Counters:
        """Kept counts."""
