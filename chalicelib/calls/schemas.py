"""Calls, call templates and routes as the API takes and shows them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationInfo,
    field_validator,
    model_validator,
)

from chalicelib.ai.domain.analysis import Sentiment
from chalicelib.ai.domain.conversation import OPT_OUT_TOOL, OnFailure
from chalicelib.ai.engine import END_TOOL, TRANSFER_TOOL
from chalicelib.calls.domain.lifecycle import CallState, Direction, Outcome
from chalicelib.calls.domain.permission import Verdict
from chalicelib.calls.domain.templates import CallTemplate, Transport
from chalicelib.calls.domain.turns import TurnEnd, TurnKind
from chalicelib.calls.services.requests import CallWish
from chalicelib.kernel.clock import cut_to_millis
from chalicelib.kernel.errors import Invalid
from chalicelib.kernel.numbering import parse_phone
from chalicelib.kernel.phones import E164
from chalicelib.kernel.schemas import InstantIn

if TYPE_CHECKING:
    from chalicelib.calls.domain.files import CallFile

DEFAULT_TOOLS = (END_TOOL, TRANSFER_TOOL, OPT_OUT_TOOL, "add_note", "update_contact", "schedule_callback")


def _phone(text: str) -> str:
    try:
        return parse_phone(text)
    except Invalid as error:
        raise ValueError(error.message) from error


Phone = Annotated[str, AfterValidator(_phone)]
Id = Annotated[str, StringConstraints(min_length=1, max_length=60)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000)]


class PlaceCallRequest(BaseModel):
    """Whom to call and how; give a contact or a number."""

    model_config = ConfigDict(extra="forbid")
    template_id: Id
    contact_id: Id | None = None
    number: Phone | None = None
    priority: Annotated[int, Field(ge=1, le=9, description="1 is the most urgent.")] = 5
    not_before: InstantIn | None = None

    @model_validator(mode="after")
    def _somebody(self) -> PlaceCallRequest:
        if (self.contact_id is None) == (self.number is None):
            raise ValueError("Give either contact_id or number.")
        return self

    def wish(self, requested_by: str, call_id: str) -> CallWish:
        """Give the wish that this request expresses."""
        return CallWish(
            template_id=self.template_id,
            contact_id=self.contact_id,
            number=E164(self.number) if self.number else None,
            not_before=self.not_before,
            priority=self.priority,
            requested_by=requested_by,
            call_id=call_id,
        )


class CallTemplateIn(BaseModel):
    """A new kind of call."""

    model_config = ConfigDict(extra="forbid")
    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
    greeting: Text
    prompt_id: Id
    transport: Transport = Transport.RELAY
    language: Annotated[
        str,
        StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Z]{2})?$"),
        Field(description="A language, with a country or without: `en-US`, `de`."),
    ] = "en-US"
    voice: Annotated[
        str,
        StringConstraints(pattern=r"^[A-Za-z0-9-]{1,60}$"),
        Field(description="A Google voice without its provider, such as `en-US-Chirp3-HD-Aoede`."),
    ] = "en-US-Chirp3-HD-Aoede"
    tools: Annotated[list[str], Field(max_length=20)] = list(DEFAULT_TOOLS)
    on_failure: OnFailure = OnFailure.HANG_UP
    transfer_to: Annotated[Phone | None, Field(validate_default=True)] = None
    max_duration_s: Annotated[int, Field(ge=30, le=3600)] = 600

    @field_validator("transfer_to")
    @classmethod
    def _reachable(cls, number: str | None, others: ValidationInfo) -> str | None:
        if number is None and others.data.get("on_failure") is OnFailure.TRANSFER:
            raise ValueError("Give the number to transfer to, or set on_failure to hang_up.")
        return number

    def template(self, template_id: str, now: datetime) -> CallTemplate:
        """Give the new template."""
        fields = self.model_dump() | {
            "tools": tuple(self.tools),
            "transfer_to": E164(self.transfer_to) if self.transfer_to else None,
        }
        return CallTemplate(id=template_id, created_at=cut_to_millis(now), **fields)


class _View(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class CallTemplateView(_View):
    """A stored kind of call."""

    id: str
    name: str
    greeting: str
    prompt_id: str
    transport: Transport
    language: str
    voice: str
    tools: list[str]
    on_failure: OnFailure
    transfer_to: str | None
    max_duration_s: int
    version: int
    created_at: datetime


class CallTemplateList(BaseModel):
    """Call templates by name."""

    items: list[CallTemplateView]


class RouteIn(BaseModel):
    """Which template answers a number of ours."""

    model_config = ConfigDict(extra="forbid")
    template_id: Id


class RouteView(BaseModel):
    """A number of ours and the template that answers it."""

    number: str
    template_id: str


class DecisionView(_View):
    """Why the call was, or was not, dialed."""

    verdict: Verdict
    reason: str
    explanation: str
    decided_at: datetime
    not_before: datetime | None


class EventView(_View):
    """Something that happened to the call."""

    at: str
    kind: str
    detail: str


class ToolRunView(_View):
    """An action that the model asked for."""

    name: str
    arguments: str
    result: str
    done: bool
    took_ms: int


class TimingView(_View):
    """Milliseconds from the words reaching us; `model_ms` is the model's own first token."""

    model_ms: int | None
    first_words_ms: int | None
    total_ms: int | None


class UsageView(_View):
    """Tokens."""

    prompt_tokens: int
    cached_tokens: int
    completion_tokens: int


class TurnView(_View):
    """One exchange; `answer` is what was written, `heard` how far it was heard when interrupted."""

    number: int
    kind: TurnKind
    received_at: datetime
    said: str
    language: str
    answer: str | None
    heard: str | None
    end: TurnEnd | None
    reason: str
    tools: list[ToolRunView]
    usage: UsageView
    timing: TimingView


class CostLineView(_View):
    """One position of the cost; the amount in micro-dollars."""

    kind: str
    quantity: int
    unit: str
    amount: int


class ActionItemView(_View):
    """Something that was promised."""

    text: str
    owner: str


class AnalysisView(_View):
    """What the call came to; `source` names the model, or `rules` when no model answered."""

    summary: str
    sentiment: Sentiment
    intents: list[str]
    action_items: list[ActionItemView]
    source: str


class CallView(_View):
    """A call."""

    id: str
    direction: Direction
    state: CallState
    outcome: Outcome | None
    reason: str
    number: str
    line: str
    contact_id: str
    template_id: str
    priority: int
    requested_by: str
    created_at: datetime
    due_at: datetime
    dialed_at: datetime | None
    answered_at: datetime | None
    ended_at: datetime | None
    finished_at: datetime | None
    duration_s: int | None
    sid: str
    carrier_status: str
    decision: DecisionView | None
    events: list[EventView]
    version: int


class CallFileView(CallView):
    """A call with all that belongs to it; `cost` is the sum of `cost_lines` in micro-dollars."""

    transport: Transport | None
    turns: list[TurnView]
    usage: UsageView
    analysis: AnalysisView | None
    cost_lines: list[CostLineView]
    cost: int


def call_file_view(file: CallFile) -> dict[str, Any]:
    """Give the values of a `CallFileView`."""
    aftermath = file.aftermath
    lines = aftermath.costs if aftermath else ()
    return {
        **vars(file.call),
        "transport": file.brief.transport if file.brief else None,
        "turns": file.turns,
        "usage": file.usage,
        "analysis": aftermath.analysis if aftermath else None,
        "cost_lines": lines,
        "cost": sum(line.amount for line in lines),
    }
