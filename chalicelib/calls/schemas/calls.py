"""Calls as the API takes and shows them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

from chalicelib.ai.domain.analysis import Sentiment
from chalicelib.calls.domain.calls import Direction
from chalicelib.calls.domain.outcomes import Outcome
from chalicelib.calls.domain.permission import Verdict
from chalicelib.calls.domain.states import CallState
from chalicelib.calls.domain.templates import Transport
from chalicelib.calls.domain.turns import TurnEnd, TurnKind
from chalicelib.calls.schemas.fields import Id, Phone, View
from chalicelib.calls.schemas.findings import AnalysisView, ProposalView
from chalicelib.calls.schemas.recordings import RecordingView
from chalicelib.calls.services.requests import CallWish
from chalicelib.kernel.phones import E164
from chalicelib.kernel.schemas import InstantIn

if TYPE_CHECKING:
    from chalicelib.calls.domain.files import CallFile


class PlaceCallRequest(BaseModel):
    """Whom to call and how; give a contact or a number."""

    model_config = ConfigDict(extra="forbid")
    template_id: Id
    template_version: Annotated[
        int | None, Field(ge=1, description="This version of the template; null: the one that is current.")
    ] = None
    contact_id: Id | None = None
    number: Phone | None = None
    priority: Annotated[int, Field(ge=1, le=9, description="1 is the most urgent.")] = 5
    not_before: InstantIn | None = None
    not_after: Annotated[
        InstantIn | None,
        Field(description="It is not dialed after this; null: it waits as long as it takes."),
    ] = None

    @model_validator(mode="after")
    def _somebody(self) -> PlaceCallRequest:
        if (self.contact_id is None) == (self.number is None):
            raise ValueError("Give either contact_id or number.")
        return self

    def wish(self, requested_by: str, call_id: str) -> CallWish:
        """Give the wish that this request expresses."""
        return CallWish(
            template_id=self.template_id,
            template_version=self.template_version,
            contact_id=self.contact_id,
            number=E164(self.number) if self.number else None,
            not_before=self.not_before,
            not_after=self.not_after,
            priority=self.priority,
            requested_by=requested_by,
            call_id=call_id,
        )


class DecisionView(View):
    """Why the call was, or was not, dialed; `rule` decided, which is written in `source`."""

    verdict: Verdict
    reason: str
    explanation: str
    decided_at: datetime
    not_before: datetime | None
    rule: str
    source: str


class EventView(View):
    """Something that happened to the call."""

    at: str
    kind: str
    detail: str


class ToolRunView(View):
    """An action that the model asked for; `held`: not done, because the caller must agree to it first."""

    name: str
    arguments: str
    result: str
    done: bool
    held: bool
    took_ms: int


class TimingView(View):
    """Milliseconds from the words reaching us; `model_ms` is the model's own first token."""

    model_ms: int | None
    first_words_ms: int | None
    total_ms: int | None


class UsageView(View):
    """Tokens."""

    prompt_tokens: int
    cached_tokens: int
    completion_tokens: int


class ModelUseView(View):
    """One question to a model; `error` says why it did not answer. Milliseconds by our clock."""

    provider: str
    model: str
    usage: UsageView
    first_ms: int | None
    total_ms: int | None
    error: str


class TurnView(View):
    """One exchange; `answer` is what was written, `heard` how far it was heard when interrupted.

    `corrected` are words of the model that were held back and never spoken. `sentiment` and `intent` are
    those of the caller's words alone, told by rules; null and empty where nothing tells.
    """

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
    corrected: list[str]
    usage: UsageView
    asked: list[ModelUseView]
    timing: TimingView
    sentiment: Sentiment | None
    intent: str


class CostLineView(View):
    """One position of the cost; the amount in micro-dollars."""

    kind: str
    quantity: int
    unit: str
    amount: int


class CallView(View):
    """A call; one that was erased has no number and nothing that was said."""

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
    campaign_id: str
    attempt: int
    created_at: datetime
    due_at: datetime
    not_after: datetime | None
    dialed_at: datetime | None
    answered_at: datetime | None
    ended_at: datetime | None
    finished_at: datetime | None
    erased_at: datetime | None
    duration_s: int | None
    sid: str
    carrier_status: str
    decision: DecisionView | None
    events: list[EventView]
    version: int


class CallList(View):
    """One page of calls, newest first; the token, if any, asks for the next."""

    items: list[CallView]
    next_page_token: str | None


class CallFileView(CallView):
    """A call with all that belongs to it; `cost` is the sum of `cost_lines` in micro-dollars.

    `template_version` is the version of the call template that it is held by, null until it is answered
    unless one was asked for.
    """

    template_version: int | None
    transport: Transport | None
    turns: list[TurnView]
    usage: UsageView
    analysis: AnalysisView | None
    proposals: list[ProposalView]
    cost_lines: list[CostLineView]
    cost: int
    recordings: list[RecordingView]


def call_file_view(file: CallFile) -> dict[str, Any]:
    """Give the values of a `CallFileView`."""
    aftermath = file.aftermath
    lines = aftermath.costs if aftermath else ()
    return {
        **vars(file.call),
        "template_version": file.brief.template_version if file.brief else file.call.template_version,
        "transport": file.brief.transport if file.brief else None,
        "turns": file.turns,
        "usage": file.usage,
        "analysis": aftermath.analysis if aftermath else None,
        "cost_lines": lines,
        "cost": sum(line.amount for line in lines),
        "recordings": file.recordings,
        "proposals": file.proposals,
    }
