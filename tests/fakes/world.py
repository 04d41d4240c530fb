"""All five tables at once, as the template creates them, with what their streams tell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fakes.ai import a_prompt
from fakes.calls import LINE, NUMBER, FakeCalls, a_template
from fakes.crm import stored_crm
from fakes.streams import Streams, stream_event
from fakes.system import ANY_HOUR, FakeSystem

from chalicelib.ai.adapters import tables as ai_tables
from chalicelib.ai.adapters.repository.prompts import PromptRepository
from chalicelib.ai.adapters.repository.statistics import ModelStatisticsRepository
from chalicelib.calls.adapters import tables as calls_tables
from chalicelib.calls.adapters.repository.call_lists import CallListRepository
from chalicelib.calls.adapters.repository.calls import CallRepository
from chalicelib.calls.adapters.repository.holds import HoldRepository
from chalicelib.calls.adapters.repository.message_templates import MessageTemplateRepository
from chalicelib.calls.adapters.repository.messages import MessageRepository
from chalicelib.calls.adapters.repository.numbers import NumberRepository
from chalicelib.calls.adapters.repository.recordings import RecordingRepository
from chalicelib.calls.adapters.repository.retention import RetentionRepository
from chalicelib.calls.adapters.repository.rooms import RoomRepository
from chalicelib.calls.adapters.repository.routes import RouteRepository
from chalicelib.calls.adapters.repository.templates import TemplateRepository
from chalicelib.calls.adapters.repository.turns import TurnRepository
from chalicelib.calls.domain.calls import Report
from chalicelib.calls.domain.routes import LineRoute
from chalicelib.calls.services.answering import answer_call
from chalicelib.calls.services.dialing import attend
from chalicelib.calls.services.requests import CallWish, request_call
from chalicelib.crm.domain.contacts import Contact, NewContact
from chalicelib.crm.services.contacts import create_contact
from chalicelib.entrypoints import streams
from chalicelib.scheduling.adapters import tables as scheduling_tables
from chalicelib.scheduling.adapters.repository.bookings import BookingRepository, ReminderRepository
from chalicelib.scheduling.adapters.repository.calendars import CalendarRepository, SheetRepository
from chalicelib.scheduling.adapters.repository.callbacks import CallbackRepository
from chalicelib.scheduling.adapters.repository.campaigns import CampaignRepository
from chalicelib.scheduling.adapters.repository.members import MemberRepository
from chalicelib.system.adapters import tables as system_tables
from chalicelib.system.adapters.repository.audit import AuditRepository
from chalicelib.system.adapters.repository.failures import CauseRepository, FailedWorkRepository
from chalicelib.system.adapters.repository.settings import SettingsRepository
from chalicelib.system.adapters.repository.tokens import TokenRepository
from chalicelib.system.adapters.repository.webhooks import DeliveryRepository, WebhookRepository

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import SimpleNamespace

    from chalicelib.calls.domain.calls import Call
    from chalicelib.kernel.clock import FixedClock
    from chalicelib.kernel.events import Event
    from chalicelib.system.domain.audit import AuditEntry


@dataclass
class World:
    """The use cases' ports on tables, and the `changes` function behind the tables' streams."""

    calls: FakeCalls
    system: FakeSystem
    records: Streams

    def told(self) -> list[Event]:
        """Let everything that changed since the last time be told; give the events."""
        before = len(self.system.bus.events)
        streams.changes(stream_event(*self.records.read()), None)
        return list(self.system.bus.events[before:])

    def types(self) -> list[str]:
        """Tell, and give the events' types."""
        return [event.type for event in self.told()]

    def entries(self) -> list[AuditEntry]:
        """Give the audit log, oldest first, after telling."""
        self.told()
        page = self.system.audit.find(streams_filter(), 1000, None)
        return list(reversed(page.items))

    def furnish(self) -> Contact:
        """Store what a call needs, and let it be told."""
        self.calls.ai.prompts.add(a_prompt(self.calls.clock))
        self.calls.templates.create(a_template())
        self.calls.routes.save(LineRoute(LINE, "template_1"))
        contact = create_contact(self.calls.crm, NewContact("Ada", NUMBER, time_zone="America/Los_Angeles"))
        self.told()
        return contact

    def requested(self, **wish: Any) -> Call:
        """Accept a wish to call."""
        return request_call(self.calls, CallWish("template_1", number=NUMBER, call_id="call_1", **wish))

    def dialed(self) -> Call:
        """Have a call placed."""
        call = self.requested()
        attend(self.calls, call.id)
        return call

    def connected(self) -> Call:
        """Have a call answered."""
        call = self.dialed()
        answer_call(self.calls, call.id, self.report("in-progress"))
        return call

    def report(self, status: str) -> Report:
        """Give what the carrier says."""
        return Report(status, "CA1", self.calls.clock.now(), duration_s=61 if status == "completed" else None)


def streams_filter() -> Any:
    """Ask for everything."""
    from chalicelib.system.domain.audit import AuditFilter  # noqa: PLC0415

    return AuditFilter()


def a_world(clock: FixedClock, make_table: Callable[..., str], container: SimpleNamespace) -> World:
    """Create the tables and put their repositories into the ports; the container tells of changes."""
    calls = FakeCalls(clock, stored_crm(make_table("crm", "CrmTable"), clock))
    connection = calls_tables.bind(make_table("calls", "CallsTable"))
    calls.book, calls.turns = CallRepository(connection), TurnRepository(clock)
    calls.lists, calls.rooms = CallListRepository(connection), RoomRepository(connection)
    calls.numbers, calls.templates = NumberRepository(connection), TemplateRepository(connection)
    calls.holds = HoldRepository(connection)
    calls.routes, calls.recordings = RouteRepository(), RecordingRepository(connection)
    calls.retention = RetentionRepository(connection)
    calls.messages, calls.message_templates = MessageRepository(connection), MessageTemplateRepository()
    ai_connection = ai_tables.bind(make_table("ai", "AiTable"))
    calls.ai.prompts = PromptRepository(ai_connection)
    calls.ai.model_statistics = ModelStatisticsRepository(ai_connection)
    scheduling, table = calls.scheduling, make_table("scheduling", "SchedulingTable")
    scheduling.callbacks = CallbackRepository(table)
    connection = scheduling_tables.bind(table)
    scheduling.campaigns, scheduling.members = CampaignRepository(), MemberRepository(connection, clock)
    scheduling.calendars, scheduling.sheets = CalendarRepository(), SheetRepository()
    scheduling.bookings, scheduling.reminders = BookingRepository(connection), ReminderRepository(connection)
    system = _system(clock, make_table)
    calls.system = container.system = system
    return World(calls, system, Streams())


def _system(clock: FixedClock, make_table: Callable[..., str]) -> FakeSystem:
    connection = system_tables.bind(make_table("system", "SystemTable"))
    return FakeSystem(
        clock,
        tokens=TokenRepository(connection),
        settings=SettingsRepository(connection),
        webhooks=WebhookRepository(connection),
        deliveries=DeliveryRepository(connection),
        failures=FailedWorkRepository(connection),
        causes=CauseRepository(),
        audit=AuditRepository(),
        stack=ANY_HOUR,
    )
