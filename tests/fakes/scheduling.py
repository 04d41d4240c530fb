"""Scheduling's ports in memory."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from fakes.appointments import FakeAlarms, FakeBookings, FakeCalendars, FakeReminders, FakeSheets
from fakes.campaigns import FakeCampaigns, FakeMembers, FakeSchedules, FakeTicks

from chalicelib.kernel.links import SignedLinks
from chalicelib.scheduling.adapters.icalendars.files import ICalendarFiles

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
    alarms: Any = field(default_factory=FakeAlarms)
    api_url: str = "https://api.example/api"
    calendars: Any = field(default_factory=FakeCalendars)
    sheets: Any = field(default_factory=FakeSheets)
    reminders: Any = field(default_factory=FakeReminders)
    icalendars: Any = field(default_factory=ICalendarFiles)
    links: SignedLinks = field(default_factory=lambda: SignedLinks("a key"))
    files: dict[str, bytes] = field(default_factory=dict)
    bookings: Any = None

    def __post_init__(self) -> None:
        """Let bookings be written with the sheets and reminders of the same shelf."""
        if self.bookings is None:
            self.bookings = FakeBookings(self.sheets, self.reminders)

    def fetch_file(self, url: str, max_bytes: int) -> bytes:
        """Give what lies at an address."""
        return self.files[url][:max_bytes]
