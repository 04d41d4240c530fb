"""What a call came to, as the API shows it, and what can be asked and decided about that."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import Field, StrictBool, StrictFloat, StrictInt, StringConstraints, model_validator

from chalicelib.ai.domain.analysis import AnalysisState, Sentiment
from chalicelib.calls.domain.proposals import ProposalState, Verdict
from chalicelib.calls.schemas.fields import View
from chalicelib.kernel.schemas import Input, InstantIn


class ActionItemView(View):
    """Something that was promised, and by whom; `due_on` is the day by which (YYYY-MM-DD), if one was named.

    The owner is agent, caller or colleague.
    """

    text: str
    owner: str
    due_on: str | None


class ExtractedView(View):
    """A value that the template looks for, null when it was not said; `turn` is where the caller said it."""

    key: str
    value: str | bool | int | float | None
    said: str
    turn: int | None


class PromisedCallbackView(View):
    """That we call again at this local time of the contact; `turn` is null where nobody said it."""

    at: str
    said: str
    turn: int | None


class LearntView(View):
    """What the caller said of themselves; `turn` is null, and it is not kept, where nobody said it."""

    key: str
    value: str
    said: str
    turn: int | None


class FindingsView(View):
    """What the call left behind; `confidence` is the model's own, from 0 to 1.

    `outcome` is one of the template's words, or of the usual ones; empty when none fits.
    """

    outcome: str
    goal_reached: bool | None
    confidence: float | None
    callback: PromisedCallbackView | None
    facts: list[LearntView]


class AnalysisView(View):
    """What the call came to; `source` names the model, or `rules` when no model could say.

    Then `state` is `failed`, `error` says why, and the model can be asked again.
    """

    state: AnalysisState
    error: str
    summary: str
    sentiment: Sentiment
    intents: list[str]
    action_items: list[ActionItemView]
    extracted: list[ExtractedView]
    findings: FindingsView
    source: str


class ProposalView(View):
    """A value for the contact's field `maps_to`, found as the call's `field`, and what was decided."""

    field: str
    maps_to: str
    value: str | bool | int | float
    said: str
    turn: int | None
    state: ProposalState
    created_at: datetime
    decided_at: datetime | None
    decided_by: str


class DecisionIn(Input):
    """What becomes of a proposal."""

    decision: Annotated[Verdict, Field(description="accept: write the value to the contact; refuse.")]
    value: Annotated[
        StrictBool | StrictInt | StrictFloat | Annotated[str, StringConstraints(max_length=500)] | None,
        Field(description="What to write in place of the value that was found; only to accept."),
    ] = None

    @model_validator(mode="after")
    def _value_is_written(self) -> DecisionIn:
        if self.value is not None and self.decision is Verdict.REFUSE:
            raise ValueError("Give a value only to accept it.")
        return self


class AnalysisSpanIn(Input):
    """Calls accepted from one instant on and before another."""

    since: Annotated[InstantIn, Field(alias="from", description="Accepted from here on.")]
    until: Annotated[InstantIn, Field(alias="to", description="Accepted before.")]


class AnalysisRunView(View):
    """That the model will be asked again, soon."""

    requested: bool = True
