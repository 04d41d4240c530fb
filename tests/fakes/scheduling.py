"""Scheduling's ports in memory."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fakes.calls import FakeCalls

    from chalicelib.kernel.clock import Clock
    from chalicelib.scheduling.domain import Callback


@dataclass
class FakeCallbacks:
    """Promises in a dict; implements `Callbacks`."""

    by_key: dict[tuple[str, str], Callback] = field(default_factory=dict)

    def keep(self, callback: Callback) -> None:
        """Keep a promise in place of the former one."""
        self.by_key[callback.contact_id, callback.id] = callback


@dataclass
class FakeScheduling:
    """What scheduling works with; implements `SchedulingPorts`."""

    calls: FakeCalls
    clock: Clock
    callbacks: FakeCallbacks = field(default_factory=FakeCallbacks)
