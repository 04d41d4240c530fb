"""What calls need from outside: the table, the carrier, the queues, a voice on the line."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from datetime import datetime

    from chalicelib.ai.domain.conversation import Directive, ToolSpec
    from chalicelib.ai.ports import AiPorts
    from chalicelib.calls.domain.files import Aftermath, CallFile
    from chalicelib.calls.domain.lifecycle import Call, Report
    from chalicelib.calls.domain.permission import NumberStatus
    from chalicelib.calls.domain.suppression import Suppression, SuppressionFilter
    from chalicelib.calls.domain.templates import Brief, CallTemplate
    from chalicelib.calls.domain.turns import Turn
    from chalicelib.crm.ports.crm import CrmPorts
    from chalicelib.kernel.clock import Clock
    from chalicelib.kernel.paging import Page
    from chalicelib.kernel.phones import E164
    from chalicelib.kernel.tools import Tool
    from chalicelib.system.ports.settings import SettingsPorts


class Commit(StrEnum):
    """How the attempt to commit a dial ended."""

    DONE = "done"
    CALL_CHANGED = "call_changed"
    NUMBER_CHANGED = "number_changed"


class CallBook(Protocol):
    """Stored calls."""

    def create(self, call: Call) -> bool:
        """Store a new call; False when this id exists already."""

    def get(self, call_id: str) -> Call | None:
        """Give the head of a call."""

    def load(self, call_id: str) -> CallFile | None:
        """Give a call with all that belongs to it, in one consistent query."""

    def change(self, call_id: str, how: Callable[[Call], Call]) -> tuple[Call, Call]:
        """Apply `how` to the newest state, again when somebody was faster; give old and new."""

    def commit_dial(self, call: Call, live_until: datetime) -> Commit:
        """In one transaction: the queued call becomes this one, its number is neither suppressed nor live."""

    def due(self, now: datetime, limit: int) -> list[str]:
        """Give ids of calls that wait to be dialed and are due by `now`, the longest due first."""

    def silent(self, now: datetime, limit: int) -> list[str]:
        """Give ids of calls begun or ended that somebody must look at by `now`, the longest due first."""

    def put_brief(self, call_id: str, brief: Brief) -> None:
        """Store what the call is held by."""

    def put_aftermath(self, call_id: str, aftermath: Aftermath) -> None:
        """Store what the post-call job found, unless the call was erased; again, it is replaced."""

    def of_contacts(self, contact_ids: Sequence[str], limit: int, start: str | None) -> Page[Call]:
        """Give up to `limit` calls of these contacts, newest first, after `start`; not those erased."""

    def erase_texts(self, call_id: str) -> None:
        """Delete the brief, the turns and the analysis of a call, for good; its costs stay."""


class TurnBook(Protocol):
    """Stored turns of calls; each is opened once and closed by whoever opened it."""

    def open(self, call_id: str, turn: Turn) -> bool:
        """Store a new turn; False when this number is taken."""

    def close(self, call_id: str, turn: Turn) -> None:
        """Store what was answered; never touches what was heard. A turn that was erased stays away."""

    def interrupt(self, call_id: str, number: int, heard: str) -> None:
        """Store how far the agent was heard; the first interruption of a turn stands."""

    def holds(self, call_id: str, number: int) -> bool:
        """Tell, consistently, whether this turn is the newest and was not talked over."""

    def bind(self, connection_id: str, call_id: str) -> None:
        """Remember whose socket this is, until it cannot be open any more."""

    def call_of(self, connection_id: str) -> str | None:
        """Give the call of a socket."""


class NumberBook(Protocol):
    """What is held about numbers themselves, whoever they belong to."""

    def status(self, number: E164) -> NumberStatus:
        """Give suppression and live call of a number."""

    def suppress(self, number: E164, source: str, now: datetime, reason: str = "") -> Suppression:
        """Never dial this number again; give the suppression that holds: the first one stands."""

    def suppress_all(self, suppressions: Sequence[Suppression]) -> None:
        """Never dial these numbers, each once, again; a suppression that is there stands."""

    def suppressed(self, numbers: Collection[E164]) -> frozenset[E164]:
        """Tell which of these numbers are suppressed."""

    def suppressions(self, wanted: SuppressionFilter, limit: int, start: str | None) -> Page[Suppression]:
        """Give up to `limit` suppressions, newest first, after `start`; a page may be short and not the last.

        The list follows what is suppressed within a second or so.
        """

    def lift(self, number: E164, reason: str, now: datetime) -> bool:
        """Let a suppressed number be dialed again, and keep why; False when it is not suppressed."""

    def forget(self, number: E164, now: datetime) -> bool:
        """Delete what is held about a number that is not suppressed; False while a call uses it."""

    def release(self, number: E164, call_id: str) -> None:
        """Say that this call no longer uses the number; nothing when another call does."""


class TemplateBook(Protocol):
    """Stored call templates, and which of them answers which of our numbers."""

    def add(self, template: CallTemplate) -> None:
        """Store a new template."""

    def get(self, template_id: str) -> CallTemplate | None:
        """Give a template."""

    def all(self) -> list[CallTemplate]:
        """Give every template, by name."""

    def route(self, line: E164, template_id: str) -> None:
        """Let this template answer calls to our number `line`."""

    def route_of(self, line: E164) -> str | None:
        """Give the id of the template that answers `line`."""


@dataclass(frozen=True)
class PlaceOrder:
    """What the carrier is asked for."""

    call_id: str
    number: E164
    line: E164
    max_duration_s: int


class Telephony(Protocol):
    """The carrier."""

    def place(self, order: PlaceOrder) -> str:
        """Place a call, give the carrier's id.

        `Invalid` or `Forbidden` (code `carrier_<n>`): refused for good. `Unavailable` and retryable:
        certainly not accepted. `Unavailable` and not retryable: nobody knows.
        """

    def find(self, call: Call) -> Report | None:
        """Ask what became of a call, by its id or by number and time; never places anything."""


class Wakeups(Protocol):
    """Messages that make somebody look at a call; losing one only costs time."""

    def attend(self, call_id: str) -> None:
        """Have the call looked at now."""

    def end_session(self, call_id: str, turn: int, connection_id: str, handoff: str, delay_s: int) -> None:
        """Have the socket told to end after the turn's last words were heard."""

    def finish(self, call_id: str) -> None:
        """Have the post-call job done."""

    def suppress(self, number: E164, source: str) -> None:
        """Have a number suppressed as soon as it can be stored."""


class Socket(Protocol):
    """Open sockets of the carrier."""

    def post(self, connection_id: str, frame: str) -> bool:
        """Send a frame; False when the socket is gone."""


class Voice(Protocol):
    """How directives reach the caller."""

    def utter(self, directive: Directive) -> None:
        """Speak, or carry out how the turn ends."""


class CallPorts(Protocol):
    """What the use cases of this domain work with; built when first used."""

    @property
    def book(self) -> CallBook: ...  # noqa: D102
    @property
    def turns(self) -> TurnBook: ...  # noqa: D102
    @property
    def numbers(self) -> NumberBook: ...  # noqa: D102
    @property
    def templates(self) -> TemplateBook: ...  # noqa: D102
    @property
    def telephony(self) -> Telephony: ...  # noqa: D102
    @property
    def wakeups(self) -> Wakeups: ...  # noqa: D102
    @property
    def socket(self) -> Socket: ...  # noqa: D102
    @property
    def crm(self) -> CrmPorts: ...  # noqa: D102
    @property
    def ai(self) -> AiPorts: ...  # noqa: D102
    @property
    def tools(self) -> Mapping[str, Tool]: ...  # noqa: D102
    @property
    def tool_specs(self) -> Mapping[str, ToolSpec]: ...  # noqa: D102
    @property
    def lines(self) -> tuple[E164, ...]: ...  # noqa: D102
    @property
    def system(self) -> SettingsPorts: ...  # noqa: D102
    @property
    def clock(self) -> Clock: ...  # noqa: D102
