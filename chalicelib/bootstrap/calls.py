"""What calls work with, each part built when it is first needed."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from chalicelib.bootstrap.rooms import RoomParts
from chalicelib.bootstrap.texting import TextingParts
from chalicelib.kernel.phones import E164

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chalicelib.ai.domain.conversation import ToolSpec
    from chalicelib.bootstrap import Container
    from chalicelib.bootstrap.ai import Ai
    from chalicelib.bootstrap.system import System
    from chalicelib.calls.ports.books import CallBook, TurnBook
    from chalicelib.calls.ports.budgets import BudgetBook
    from chalicelib.calls.ports.dial_plans import DialPlanBook
    from chalicelib.calls.ports.holds import HoldBook
    from chalicelib.calls.ports.lists import CallLists
    from chalicelib.calls.ports.numbers import NumberBook, TemplateBook
    from chalicelib.calls.ports.pacing import LineUseBook, PaceBook, SlotBook
    from chalicelib.calls.ports.proposals import ProposalBook
    from chalicelib.calls.ports.recordings import CarrierRecordings, RecordingBook, SoundStore
    from chalicelib.calls.ports.retention import RetentionBook
    from chalicelib.calls.ports.routes import RouteBook
    from chalicelib.calls.ports.statistics import Statistics
    from chalicelib.calls.ports.telephony import Socket, Telephony
    from chalicelib.calls.ports.wakeups import Wakeups
    from chalicelib.crm.ports.crm import CrmPorts
    from chalicelib.kernel.clock import Clock
    from chalicelib.kernel.tools import Tool


class Calls(RoomParts, TextingParts):
    """What calls work with."""

    def __init__(self, root: Container) -> None:
        from chalicelib.calls.adapters import tables

        self._connection = tables.bind(root.settings.calls_table)
        self._root = root
        self.clock: Clock = root.clock

    @cached_property
    def book(self) -> CallBook:
        """Stored calls."""
        from chalicelib.calls.adapters.repository.calls import CallRepository

        return CallRepository(self._connection)

    @cached_property
    def lists(self) -> CallLists:
        """Lists over all calls."""
        from chalicelib.calls.adapters.repository.call_lists import CallListRepository

        return CallListRepository(self._connection)

    @cached_property
    def statistics(self) -> Statistics:
        """Counters of finished calls."""
        from chalicelib.calls.adapters.repository.statistics import StatisticsRepository

        return StatisticsRepository(self._connection)

    @cached_property
    def turns(self) -> TurnBook:
        """Stored turns."""
        from chalicelib.calls.adapters.repository.turns import TurnRepository

        return TurnRepository(self.clock)

    @cached_property
    def numbers(self) -> NumberBook:
        """Suppression and live calls, by number."""
        from chalicelib.calls.adapters.repository.numbers import NumberRepository

        return NumberRepository(self._connection)

    @cached_property
    def holds(self) -> HoldBook:
        """Numbers that are held back."""
        from chalicelib.calls.adapters.repository.holds import HoldRepository

        return HoldRepository(self._connection)

    @cached_property
    def plans(self) -> DialPlanBook:
        """Dial plans of campaigns."""
        from chalicelib.calls.adapters.repository.dial_plans import DialPlanRepository

        return DialPlanRepository()

    @cached_property
    def budgets(self) -> BudgetBook:
        """What calls claim of budgets."""
        from chalicelib.calls.adapters.repository.budgets import BudgetRepository

        return BudgetRepository()

    @cached_property
    def pace(self) -> PaceBook:
        """How fast calls start."""
        from chalicelib.calls.adapters.repository.pacing import PaceRepository

        return PaceRepository()

    @cached_property
    def slots(self) -> SlotBook:
        """Places among live calls."""
        from chalicelib.calls.adapters.repository.pacing import SlotRepository

        return SlotRepository()

    @cached_property
    def line_uses(self) -> LineUseBook:
        """How often our numbers were used."""
        from chalicelib.calls.adapters.repository.pacing import LineUseRepository

        return LineUseRepository()

    @cached_property
    def proposals(self) -> ProposalBook:
        """Stored proposals for the records of contacts."""
        from chalicelib.calls.adapters.repository.proposals import ProposalRepository

        return ProposalRepository(self._connection)

    @cached_property
    def templates(self) -> TemplateBook:
        """Stored call templates."""
        from chalicelib.calls.adapters.repository.templates import TemplateRepository

        return TemplateRepository(self._connection)

    @cached_property
    def routes(self) -> RouteBook:
        """How calls to our own numbers are taken."""
        from chalicelib.calls.adapters.repository.routes import RouteRepository

        return RouteRepository()

    @cached_property
    def recordings(self) -> RecordingBook:
        """Stored recordings, without their sound."""
        from chalicelib.calls.adapters.repository.recordings import RecordingRepository

        return RecordingRepository(self._connection)

    @cached_property
    def sounds(self) -> SoundStore:
        """Sounds of recordings, in the bucket."""
        from chalicelib.calls.adapters.sounds import S3SoundStore

        client = self._root.client("s3", signature_version="s3v4")
        return S3SoundStore(client, self._root.settings.files_bucket, self.clock)

    @cached_property
    def carrier_recordings(self) -> CarrierRecordings:
        """Recordings in the carrier's keeping."""
        from chalicelib.calls.adapters.carrier.recordings import TwilioRecordings

        connections = self._root.connections
        return TwilioRecordings(
            account_sid=connections.twilio_account_sid,
            auth_token=connections.twilio_auth_tokens[0],
            api_url=connections.twilio_api_url,
        )

    @cached_property
    def retention(self) -> RetentionBook:
        """Runs that delete what is kept no longer."""
        from chalicelib.calls.adapters.repository.retention import RetentionRepository

        return RetentionRepository(self._connection)

    @cached_property
    def telephony(self) -> Telephony:
        """The carrier."""
        from chalicelib.calls.adapters.carrier.calls import TwilioTelephony

        connections = self._root.connections
        return TwilioTelephony(
            account_sid=connections.twilio_account_sid,
            auth_token=connections.twilio_auth_tokens[0],
            api_url=connections.twilio_api_url,
            addresses=self.addresses,
        )

    @cached_property
    def wakeups(self) -> Wakeups:
        """The three queues."""
        from chalicelib.calls.adapters.queues import SqsWakeups

        settings = self._root.settings
        return SqsWakeups(
            self._root.client("sqs"),
            dial=settings.dial_queue_url,
            urgent=settings.urgent_queue_url,
            post_call=settings.post_call_queue_url,
        )

    @cached_property
    def socket(self) -> Socket:
        """Open sockets of the carrier."""
        from chalicelib.calls.adapters.sockets import GatewaySocket

        endpoint = self._root.settings.socket_api_endpoint
        return GatewaySocket(self._root.client("apigatewaymanagementapi", endpoint_url=endpoint))

    @cached_property
    def crm(self) -> CrmPorts:
        """The customers' records."""
        return self._root.crm

    @cached_property
    def system(self) -> System:
        """The settings of the system."""
        return self._root.system

    @cached_property
    def ai(self) -> Ai:
        """The conversation."""
        return self._root.ai

    @cached_property
    def lines(self) -> tuple[E164, ...]:
        """Our own numbers."""
        return tuple(E164(number) for number in self._root.connections.twilio_from_numbers)

    @cached_property
    def tools(self) -> Mapping[str, Tool]:
        """Every action that the model may ask for, of all domains, by name."""
        from chalicelib.ai.tools import conversation_tools
        from chalicelib.calls.tools import call_tools
        from chalicelib.crm.tools import crm_tools
        from chalicelib.scheduling.tools import scheduling_tools

        tools = [
            *conversation_tools(),
            *call_tools(self),
            *crm_tools(self.crm),
            *scheduling_tools(self._root.scheduling),
        ]
        return {tool.name: tool for tool in tools}

    @cached_property
    def tool_specs(self) -> Mapping[str, ToolSpec]:
        """What the model is told of the actions."""
        from chalicelib.ai.domain.conversation import ToolSpec

        return {
            tool.name: ToolSpec(
                tool.name, tool.description, tool.arguments.model_json_schema(), tool.changes, tool.backs
            )
            for tool in self.tools.values()
        }
