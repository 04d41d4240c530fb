"""What scheduling works with, each part built when it is first needed."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chalicelib.bootstrap import Container
    from chalicelib.bootstrap.calls import Calls
    from chalicelib.kernel.clock import Clock
    from chalicelib.kernel.links import SignedLinks
    from chalicelib.scheduling.ports.calendars import BookingBook, CalendarBook, ReminderBook, SheetBook
    from chalicelib.scheduling.ports.callbacks import Callbacks
    from chalicelib.scheduling.ports.campaigns import Alarms, CampaignBook, Schedules, Ticks
    from chalicelib.scheduling.ports.icalendars import ICalendars
    from chalicelib.scheduling.ports.members import MemberBook


class Scheduling:
    """What scheduling works with."""

    def __init__(self, root: Container) -> None:
        from chalicelib.scheduling.adapters import tables

        self._connection = tables.bind(root.settings.scheduling_table)
        self._root = root
        self.clock: Clock = root.clock

    @cached_property
    def calls(self) -> Calls:
        """Calls."""
        return self._root.calls

    @cached_property
    def callbacks(self) -> Callbacks:
        """Stored promises."""
        from chalicelib.scheduling.adapters.repository.callbacks import CallbackRepository

        return CallbackRepository(self._root.settings.scheduling_table)

    @cached_property
    def campaigns(self) -> CampaignBook:
        """Stored campaigns."""
        from chalicelib.scheduling.adapters.repository.campaigns import CampaignRepository

        return CampaignRepository()

    @cached_property
    def members(self) -> MemberBook:
        """Stored members of campaigns."""
        from chalicelib.scheduling.adapters.repository.members import MemberRepository

        return MemberRepository(self._connection, self.clock)

    @cached_property
    def calendars(self) -> CalendarBook:
        """Stored calendars."""
        from chalicelib.scheduling.adapters.repository.calendars import CalendarRepository

        return CalendarRepository()

    @cached_property
    def sheets(self) -> SheetBook:
        """Stored day sheets."""
        from chalicelib.scheduling.adapters.repository.calendars import SheetRepository

        return SheetRepository()

    @cached_property
    def bookings(self) -> BookingBook:
        """Stored bookings."""
        from chalicelib.scheduling.adapters.repository.bookings import BookingRepository

        return BookingRepository(self._connection)

    @cached_property
    def reminders(self) -> ReminderBook:
        """Stored reminders."""
        from chalicelib.scheduling.adapters.repository.bookings import ReminderRepository

        return ReminderRepository(self._connection)

    @cached_property
    def icalendars(self) -> ICalendars:
        """Calendar files."""
        from chalicelib.scheduling.adapters.icalendars.files import ICalendarFiles

        return ICalendarFiles(self._root.library_path)

    @property
    def links(self) -> SignedLinks:
        """Signatures of links."""
        return self._root.links

    def fetch_file(self, url: str, max_bytes: int) -> bytes:
        """Give the file at an address."""
        from chalicelib.system.services.fetching import fetch

        return fetch(self._root.system, url, max_bytes)

    @cached_property
    def schedules(self) -> Schedules:
        """The campaigns' schedules."""
        from chalicelib.scheduling.adapters.schedules import EventBridgeSchedules

        return EventBridgeSchedules(self._root.client("scheduler"), self._root.settings.schedules, self.clock)

    @cached_property
    def alarms(self) -> Alarms:
        """The reminders' schedules."""
        from chalicelib.scheduling.adapters.alarms import EventBridgeAlarms

        return EventBridgeAlarms(self._root.client("scheduler"), self._root.settings.schedules)

    @property
    def api_url(self) -> str:
        """Where others reach the API."""
        return self._root.connections.api_url

    @cached_property
    def ticks(self) -> Ticks:
        """The queue of campaigns and reminders."""
        from chalicelib.scheduling.adapters.queues import SqsTicks

        return SqsTicks(self._root.client("sqs"), self._root.settings.campaigns_queue_url)
