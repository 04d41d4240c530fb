"""All that the use cases of calls work with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chalicelib.ai.domain.conversation import ToolSpec
    from chalicelib.ai.ports.ai import AiPorts
    from chalicelib.calls.ports.books import CallBook, TurnBook
    from chalicelib.calls.ports.budgets import BudgetBook
    from chalicelib.calls.ports.dial_plans import DialPlanBook
    from chalicelib.calls.ports.holds import HoldBook
    from chalicelib.calls.ports.lists import CallLists
    from chalicelib.calls.ports.messages import MessageBook, MessageTemplateBook, Texting
    from chalicelib.calls.ports.numbers import NumberBook, TemplateBook
    from chalicelib.calls.ports.pacing import LineUseBook, PaceBook, SlotBook
    from chalicelib.calls.ports.proposals import ProposalBook
    from chalicelib.calls.ports.recordings import CarrierRecordings, RecordingBook, SoundStore
    from chalicelib.calls.ports.retention import RetentionBook
    from chalicelib.calls.ports.rooms import RoomBook, RoomWakeups, Switchboard
    from chalicelib.calls.ports.routes import RouteBook
    from chalicelib.calls.ports.statistics import Statistics
    from chalicelib.calls.ports.telephony import Socket, Telephony
    from chalicelib.calls.ports.wakeups import Wakeups
    from chalicelib.crm.ports.crm import CrmPorts
    from chalicelib.kernel.clock import Clock
    from chalicelib.kernel.phones import E164
    from chalicelib.kernel.tools import Tool
    from chalicelib.system.ports.settings import SettingsPorts


class CallPorts(Protocol):
    """What the use cases of this domain work with; built when first used."""

    @property
    def book(self) -> CallBook: ...  # noqa: D102
    @property
    def lists(self) -> CallLists: ...  # noqa: D102
    @property
    def statistics(self) -> Statistics: ...  # noqa: D102
    @property
    def turns(self) -> TurnBook: ...  # noqa: D102
    @property
    def numbers(self) -> NumberBook: ...  # noqa: D102
    @property
    def holds(self) -> HoldBook: ...  # noqa: D102
    @property
    def plans(self) -> DialPlanBook: ...  # noqa: D102
    @property
    def budgets(self) -> BudgetBook: ...  # noqa: D102
    @property
    def pace(self) -> PaceBook: ...  # noqa: D102
    @property
    def slots(self) -> SlotBook: ...  # noqa: D102
    @property
    def line_uses(self) -> LineUseBook: ...  # noqa: D102
    @property
    def proposals(self) -> ProposalBook: ...  # noqa: D102
    @property
    def templates(self) -> TemplateBook: ...  # noqa: D102
    @property
    def routes(self) -> RouteBook: ...  # noqa: D102
    @property
    def recordings(self) -> RecordingBook: ...  # noqa: D102
    @property
    def sounds(self) -> SoundStore: ...  # noqa: D102
    @property
    def carrier_recordings(self) -> CarrierRecordings: ...  # noqa: D102
    @property
    def retention(self) -> RetentionBook: ...  # noqa: D102
    @property
    def messages(self) -> MessageBook: ...  # noqa: D102
    @property
    def message_templates(self) -> MessageTemplateBook: ...  # noqa: D102
    @property
    def rooms(self) -> RoomBook: ...  # noqa: D102
    @property
    def switchboard(self) -> Switchboard: ...  # noqa: D102
    @property
    def room_wakeups(self) -> RoomWakeups: ...  # noqa: D102
    @property
    def telephony(self) -> Telephony: ...  # noqa: D102
    @property
    def texting(self) -> Texting: ...  # noqa: D102
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
