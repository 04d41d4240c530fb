"""Everything that the use cases of scheduling work with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

    from chalicelib.calls.ports.calls import CallPorts
    from chalicelib.kernel.clock import Clock
    from chalicelib.kernel.links import SignedLinks
    from chalicelib.scheduling.ports.calendars import BookingBook, CalendarBook, ReminderBook, SheetBook
    from chalicelib.scheduling.ports.callbacks import Callbacks
    from chalicelib.scheduling.ports.campaigns import Alarms, CampaignBook, Schedules, Ticks
    from chalicelib.scheduling.ports.icalendars import ICalendars
    from chalicelib.scheduling.ports.members import MemberBook


class SchedulingPorts(Protocol):
    """What the use cases of this domain work with."""

    @property
    def callbacks(self) -> Callbacks: ...  # noqa: D102
    @property
    def campaigns(self) -> CampaignBook: ...  # noqa: D102
    @property
    def members(self) -> MemberBook: ...  # noqa: D102
    @property
    def schedules(self) -> Schedules: ...  # noqa: D102
    @property
    def alarms(self) -> Alarms: ...  # noqa: D102
    @property
    def api_url(self) -> str:
        """The address of the API for others, without a slash at its end; empty: none is known."""

    @property
    def ticks(self) -> Ticks: ...  # noqa: D102
    @property
    def calendars(self) -> CalendarBook: ...  # noqa: D102
    @property
    def sheets(self) -> SheetBook: ...  # noqa: D102
    @property
    def bookings(self) -> BookingBook: ...  # noqa: D102
    @property
    def reminders(self) -> ReminderBook: ...  # noqa: D102
    @property
    def icalendars(self) -> ICalendars: ...  # noqa: D102
    @property
    def links(self) -> SignedLinks: ...  # noqa: D102
    @property
    def fetch_file(self) -> Callable[[str, int], bytes]:
        """The file at an address, of so many bytes at most; `Invalid` when it cannot be had."""

    @property
    def calls(self) -> CallPorts: ...  # noqa: D102
    @property
    def clock(self) -> Clock: ...  # noqa: D102
