"""Lists of calls, live calls and growing transcripts as the API takes and shows them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field, model_validator

from chalicelib.calls.domain.calls import Direction
from chalicelib.calls.domain.listing import CallFilter
from chalicelib.calls.domain.outcomes import Outcome
from chalicelib.calls.domain.states import CallState
from chalicelib.calls.domain.turns import TurnEnd, TurnKind
from chalicelib.calls.schemas.calls import CallView, ToolRunView
from chalicelib.calls.schemas.fields import Id, View
from chalicelib.crm.schemas.values import Text
from chalicelib.kernel.schemas import Input, InstantIn, PageQuery, check_span


class CallsQuery(PageQuery):
    """Which calls: all filters hold together."""

    state: Annotated[CallState | None, Field(description="In this state.")] = None
    direction: Annotated[Direction | None, Field(description="Of this direction.")] = None
    outcome: Annotated[Outcome | None, Field(description="That came to this.")] = None
    contact_id: Annotated[
        Id | None, Field(description="With this contact, or one that was merged into it.")
    ] = None
    template_id: Annotated[Id | None, Field(description="Held by this call template.")] = None
    campaign_id: Annotated[Id | None, Field(description="Of this campaign.")] = None
    since: Annotated[InstantIn | None, Field(alias="from", description="Accepted from this instant on.")] = (
        None
    )
    until: Annotated[InstantIn | None, Field(alias="to", description="Accepted before this instant.")] = None
    sort: Annotated[
        Literal["-created_at", "created_at"],
        Field(description="By the time of acceptance; with a minus the newest come first."),
    ] = "-created_at"

    @model_validator(mode="after")
    def _is_a_span(self) -> CallsQuery:
        check_span(self.since, self.until)
        return self

    def wanted(self) -> CallFilter:
        """Give the use case's input."""
        fields = CallFilter.__dataclass_fields__
        return CallFilter(**{name: getattr(self, name) for name in fields})


class LiveCallList(BaseModel):
    """Calls that are going on now, newest first; `more`: there are others beside these."""

    items: list[CallView]
    more: bool


class TranscriptQuery(Input):
    """From which turn on."""

    since: Annotated[
        int, Field(ge=0, le=9999, description="next_since of the answer before; 0 is the greeting.")
    ] = 0


class SpokenTurnView(View):
    """What the caller said, and what was answered: null while that goes on.

    `heard` is how far the answer was heard when the caller talked over it.
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


class TranscriptView(View):
    """Turns from `since` on; ask again from `next_since` on while there can be `more`.

    A turn that is given again replaces the one that you have under its number.
    """

    call_id: str
    state: CallState
    turns: list[SpokenTurnView]
    next_since: int
    more: bool


class CallNoteIn(Input):
    """A note about a call."""

    body: Text
