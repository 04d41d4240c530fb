"""The ports of calls in memory: books, queues, sockets and tools put together, and samples for them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from fakes.ai import FakeAi, a_prompt
from fakes.budgets import FakeBudgets
from fakes.call_books import FakeBook, FakeNumbers, FakeTurns, Shelf
from fakes.call_lists import FakeCallLists
from fakes.call_statistics import FakeStatistics
from fakes.call_templates import FakeTemplates
from fakes.carrier import FakeCarrier
from fakes.dial_plans import FakeDialPlans
from fakes.holds import FakeHolds
from fakes.messages import FakeMessages, FakeMessageTemplates, FakeTexting
from fakes.pacing import FakeLineUses, FakePace, FakeSlots
from fakes.proposals import FakeProposals
from fakes.recordings import (
    FakeCarrierRecordings,
    FakeRecordings,
    FakeRetention,
    FakeRoutes,
    FakeSounds,
)
from fakes.rooms import FakeRooms, FakeRoomWakeups, FakeSwitchboard
from fakes.scheduling import FakeScheduling
from fakes.system import ANY_HOUR, FakeSystem

from chalicelib.ai.domain.conversation import OnFailure, ToolSpec
from chalicelib.ai.tools import conversation_tools
from chalicelib.calls.adapters.addresses import Addresses
from chalicelib.calls.domain.calls import Call, Direction
from chalicelib.calls.domain.routes import LineRoute
from chalicelib.calls.domain.states import CallState
from chalicelib.calls.domain.templates import Brief, CallTemplate, Transport
from chalicelib.calls.tools import call_tools
from chalicelib.crm.domain.contacts import Contact, NewContact
from chalicelib.crm.services.contacts import create_contact
from chalicelib.crm.tools import crm_tools
from chalicelib.kernel.phones import E164
from chalicelib.scheduling.tools import scheduling_tools
from chalicelib.system.domain.settings import KillSwitch
from chalicelib.system.services.settings import change_settings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from chalicelib.ai.domain.conversation import Directive
    from chalicelib.calls.domain.messages import Place
    from chalicelib.crm.ports.crm import CrmPorts
    from chalicelib.kernel.clock import FixedClock
    from chalicelib.kernel.tools import Tool

NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)
NUMBER = E164("+14155552671")
LINE = E164("+14155550100")
DESK = E164("+14155550199")
ADDRESSES = Addresses("https://calls.example.com/hook", "wss://calls.example.com/socket")


def a_call(**changes: Any) -> Call:
    """Make a queued outbound call that is due."""
    call = Call(
        id="call_1",
        direction=Direction.OUTBOUND,
        state=CallState.QUEUED,
        number=NUMBER,
        line=LINE,
        contact_id="contact_1",
        template_id="template_1",
        created_at=NOW,
        due_at=NOW,
        look_at=NOW,
    )
    return replace(call, **changes)


def a_template(**changes: Any) -> CallTemplate:
    """Make a call template for the socket, with every tool."""
    template = CallTemplate(
        id="template_1",
        name="Sales",
        greeting="Hello {{ contact.name }}, this is Ann.",
        prompt_id="prompt_1",
        created_at=NOW,
        tools=("end_call", "transfer_to_person", "add_note", "update_contact", "schedule_callback"),
    )
    return replace(template, **changes)


def a_brief(**changes: Any) -> Brief:
    """Make a brief such as `a_template` leads to."""
    brief = Brief(
        instructions="You sell.",
        greeting="Hello Ada, this is Ann.",
        transport=Transport.RELAY,
        language="en-US",
        voice="en-US-Chirp3-HD-Aoede",
        tools=a_template().tools,
        on_failure=OnFailure.HANG_UP,
        transfer_to="",
        time_zone="America/Los_Angeles",
        template_version=1,
        prompt_version=1,
    )
    return replace(brief, **changes)


@dataclass
class FakeWakeups:
    """Messages in lists, sent once and kept; implements `Wakeups`."""

    attends: list[str] = field(default_factory=list)
    attend_delays: list[int] = field(default_factory=list)
    next_wakes: list[int] = field(default_factory=list)
    finishes: list[str] = field(default_factory=list)
    later_finishes: list[tuple[str, int]] = field(default_factory=list)
    session_ends: list[tuple[str, int, str, str, int]] = field(default_factory=list)
    silence_checks: list[tuple[str, int, str, int]] = field(default_factory=list)
    suppressions: list[tuple[str, str]] = field(default_factory=list)
    takeovers: list[str] = field(default_factory=list)
    recordings: list[tuple[str, str]] = field(default_factory=list)
    searches: list[tuple[str, int]] = field(default_factory=list)
    retention_steps: list[tuple[str, int]] = field(default_factory=list)
    messages: list[Place] = field(default_factory=list)
    analyses: list[str] = field(default_factory=list)
    spans: list[tuple[str, str, str | None]] = field(default_factory=list)

    def attend(self, call_id: str, delay_s: int = 0) -> None:
        """Keep a wake-up, and how late it comes."""
        self.attends.append(call_id)
        self.attend_delays.append(delay_s)

    def wake_next(self, count: int) -> None:
        """Keep how many are to be woken."""
        self.next_wakes.append(count)

    def end_session(self, call_id: str, turn: int, connection_id: str, handoff: str, delay_s: int) -> None:
        """Keep an end of a session."""
        self.session_ends.append((call_id, turn, connection_id, handoff, delay_s))

    def check_silence(self, call_id: str, turn: int, connection_id: str, delay_s: int) -> None:
        """Keep a look for silence."""
        self.silence_checks.append((call_id, turn, connection_id, delay_s))

    def finish(self, call_id: str, delay_s: int = 0) -> None:
        """Keep a post-call job, apart when it is to wait."""
        if delay_s:
            self.later_finishes.append((call_id, delay_s))
        else:
            self.finishes.append(call_id)

    @property
    def jobs(self) -> list[str]:
        """The call of each post-call job that was sent, at once or to wait for words under way."""
        return [*self.finishes, *(call_id for call_id, _ in self.later_finishes)]

    def send_message(self, place: Place) -> None:
        """Keep a wake-up for a text message."""
        self.messages.append(place)

    def fetch_recording(self, call_id: str, sid: str) -> None:
        """Keep a recording to look after."""
        self.recordings.append((call_id, sid))

    def analyse(self, call_id: str) -> None:
        """Keep a call to be read again."""
        self.analyses.append(call_id)

    def analyse_span(self, since: str, until: str, start: str | None) -> None:
        """Keep a search for such calls."""
        self.spans.append((since, until, start))

    def find_recordings(self, call_id: str, delay_s: int) -> None:
        """Keep a search for recordings."""
        self.searches.append((call_id, delay_s))

    def retain(self, run_id: str, step: int) -> None:
        """Keep a step of a retention run."""
        self.retention_steps.append((run_id, step))

    def take_over(self, call_id: str) -> None:
        """Keep a call to be taken from its conversation."""
        self.takeovers.append(call_id)

    def suppress(self, number: str, source: str) -> None:
        """Keep a wish not to be called."""
        self.suppressions.append((number, source))


@dataclass
class FakeSocket:
    """Frames by connection; implements `Socket`."""

    frames: dict[str, list[str]] = field(default_factory=dict)
    is_gone: bool = False

    def post(self, connection_id: str, frame: str) -> bool:
        """Keep a frame."""
        if not self.is_gone:
            self.frames.setdefault(connection_id, []).append(frame)
        return not self.is_gone


@dataclass
class FakeVoice:
    """Keeps what was uttered, and does something after each; implements `Voice`."""

    uttered: list[Directive] = field(default_factory=list)
    chars_per_second: float = 0.0
    after: Callable[[int], object] = lambda _count: None

    def utter(self, directive: Directive) -> None:
        """Keep a directive."""
        self.uttered.append(directive)
        self.after(len(self.uttered))


@dataclass
class FakeCalls:
    """What calls work with; implements `CallPorts`, with the real tools of all domains."""

    clock: FixedClock
    crm: CrmPorts
    shelf: Shelf = field(default_factory=Shelf)
    templates: Any = field(default_factory=FakeTemplates)
    wakeups: Any = field(default_factory=FakeWakeups)
    socket: Any = field(default_factory=FakeSocket)
    lines: tuple[E164, ...] = (LINE,)
    addresses: Addresses = ADDRESSES

    def __post_init__(self) -> None:
        self.book: Any = FakeBook(self.shelf)
        self.lists: Any = FakeCallLists(self.shelf)
        self.statistics: Any = FakeStatistics(self.shelf)
        self.turns: Any = FakeTurns(self.shelf)
        self.numbers: Any = FakeNumbers(self.shelf)
        self.holds: Any = FakeHolds(self.shelf)
        self.plans: Any = FakeDialPlans(self.shelf.plans)
        self.budgets: Any = FakeBudgets(self.shelf)
        self.pace: Any = FakePace()
        self.slots: Any = FakeSlots()
        self.line_uses: Any = FakeLineUses()
        self.proposals: Any = FakeProposals(self.shelf)
        self.telephony: Any = FakeCarrier(self.clock)
        self.rooms: Any = FakeRooms()
        self.switchboard: Any = FakeSwitchboard()
        self.room_wakeups: Any = FakeRoomWakeups()
        self.messages: Any = FakeMessages(self.shelf)
        self.message_templates: Any = FakeMessageTemplates()
        self.texting: Any = FakeTexting(self.clock)
        self.routes: Any = FakeRoutes()
        self.recordings: Any = FakeRecordings(self.shelf)
        self.sounds: Any = FakeSounds(self.clock)
        self.carrier_recordings: Any = FakeCarrierRecordings()
        self.retention: Any = FakeRetention(self.shelf)
        self.system: Any = FakeSystem(self.clock, stack=ANY_HOUR)
        self.ai: Any = FakeAi(self.clock)
        self.scheduling = FakeScheduling(self, self.clock)

    @cached_property
    def tools(self) -> Mapping[str, Tool]:
        """Every action of every domain, by name."""
        tools = [
            *conversation_tools(),
            *call_tools(self),
            *crm_tools(self.crm),
            *scheduling_tools(self.scheduling),
        ]
        return {tool.name: tool for tool in tools}

    @cached_property
    def tool_specs(self) -> Mapping[str, ToolSpec]:
        """What the model is told of the actions."""
        return {
            tool.name: ToolSpec(
                tool.name, tool.description, tool.arguments.model_json_schema(), tool.changes, tool.backs
            )
            for tool in self.tools.values()
        }

    def call(self, call_id: str = "call_1") -> Call:
        """Give a call that is there."""
        call: Call = self.shelf.calls[call_id]
        return call

    def spoken(self, call_id: str = "call_1") -> list[str | None]:
        """Give the answers of a call's turns."""
        return [turn.answer for (owner, _), turn in sorted(self.shelf.turns.items()) if owner == call_id]


def furnished(calls: FakeCalls, **template: Any) -> Contact:
    """Store what a call needs: a prompt, a template that answers our line, a contact."""
    calls.ai.prompts.add(a_prompt(calls.clock))
    calls.templates.add(a_template(**template))
    calls.routes.save(LineRoute(LINE, "template_1"))
    new = NewContact(name="Ada", phone=NUMBER, time_zone="America/Los_Angeles")
    return create_contact(calls.crm, new)


def allow_countries(calls: FakeCalls, *codes: str) -> None:
    """Let calls go to these countries only."""
    change_settings(calls.system, {"allowed_countries": codes}, None)


def kill_switch(calls: FakeCalls, *, on: bool = True, reason: str = "") -> None:
    """Throw the switch that stops all dialing, or release it."""
    change_settings(calls.system, {"kill_switch": KillSwitch(on, reason)}, None)


def connected(calls: FakeCalls, **brief: Any) -> Call:
    """Store a call that was answered and has its brief; `calls` must be furnished."""
    contact = calls.crm.contacts.find_by_phone(NUMBER)
    contact_id = contact.id if contact else "contact_1"
    call = a_call(contact_id=contact_id, state=CallState.IN_PROGRESS, sid="CA1", answered_at=NOW)
    calls.book.create(call)
    calls.book.put_brief(call.id, a_brief(**brief))
    return calls.call(call.id)
