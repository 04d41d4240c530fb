"""Scheduling's ports in memory."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from fakes.campaigns import FakeCampaigns, FakeMembers, FakeSchedules, FakeTicks

if TYPE_CHECKING:
    from fakes.calls import FakeCalls

    from chalicelib.kernel.clock import Clock
    from chalicelib.scheduling.domain.callbacks import Callback


@dataclass
class FakeCallbacks:
    """Promises in a dict; implements `Callbacks`."""

    by_key: dict[tuple[str, str], Callback] = field(default_factory=dict)

    def keep(self, callback: Callback) -> None:
        """Keep a promise in place of the former one."""
        self.by_key[callback.contact_id, callback.id] = callback

    def of_contact(self, contact_id: str) -> list[Callback]:
        """Give the promises to a contact."""
        return [callback for (owner, _), callback in self.by_key.items() if owner == contact_id]

    def remove(self, callback: Callback) -> None:
        """Forget a promise."""
        self.by_key.pop((callback.contact_id, callback.id), None)


@dataclass
class FakeScheduling:
    """What scheduling works with; implements `SchedulingPorts`."""

    calls: FakeCalls
    clock: Clock
    callbacks: FakeCallbacks = field(default_factory=FakeCallbacks)
    campaigns: Any = field(default_factory=FakeCampaigns)
    members: Any = field(default_factory=FakeMembers)
    schedules: Any = field(default_factory=FakeSchedules)
    ticks: Any = field(default_factory=FakeTicks)
