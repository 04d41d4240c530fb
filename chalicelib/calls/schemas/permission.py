"""Permission to dial as the API explains it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field, model_validator

from chalicelib.calls.domain.permission import Verdict
from chalicelib.calls.domain.purposes import Purpose
from chalicelib.calls.schemas.fields import Id, Phone, View
from chalicelib.calls.services.explaining import Question
from chalicelib.kernel.phones import E164
from chalicelib.kernel.schemas import Input, InstantIn

if TYPE_CHECKING:
    from chalicelib.calls.services.explaining import Explanation


class PermissionQuery(Input):
    """Whom one would call, how and when; give a number or a contact."""

    number: Annotated[Phone | None, Field(description="The number to call.")] = None
    contact_id: Annotated[Id | None, Field(description="The contact to call, at the first number.")] = None
    template_id: Annotated[
        Id | None,
        Field(description="The call template, whose purpose decides; none: the campaign's, if any."),
    ] = None
    campaign_id: Annotated[Id | None, Field(description="The campaign that the call would be of.")] = None
    at: Annotated[InstantIn | None, Field(description="When; now unless given.")] = None
    not_after: Annotated[
        InstantIn | None, Field(description="When the call would be of no use any more.")
    ] = None

    @model_validator(mode="after")
    def _somebody(self) -> PermissionQuery:
        if (self.contact_id is None) == (self.number is None):
            raise ValueError("Give either contact_id or number.")
        return self

    def question(self) -> Question:
        """Give the use case's input."""
        return Question(
            number=E164(self.number) if self.number else None,
            contact_id=self.contact_id,
            template_id=self.template_id,
            campaign_id=self.campaign_id or "",
            at=self.at,
            not_after=self.not_after,
        )


class LocalTimeView(View):
    """What the clocks of a zone show; `is_own`: the contact's own, else one where the number may be."""

    zone: str
    time: str
    is_own: bool


class CheckView(View):
    """What one rule says; `title` is what it asks for, `source` where it is written."""

    rule: str
    title: str
    source: str
    verdict: Verdict
    reason: str
    explanation: str


class PermissionView(View):
    """Whether a call would be dialed at `at`, and every rule that was looked at, the gravest first.

    `next_allowed_at` is the first instant, from `at` on, that all rules of time allow; null for what is
    refused. `states` are the US states with rules of their own where the person or the number may be.
    """

    number: str
    contact_id: str | None
    purpose: Purpose
    at: datetime
    verdict: Verdict
    reason: str
    explanation: str
    rule: str
    source: str
    not_before: datetime | None
    next_allowed_at: datetime | None
    states: list[str]
    local_times: list[LocalTimeView]
    checks: list[CheckView]


def permission_view(found: Explanation) -> dict[str, Any]:
    """Give the values of a `PermissionView`."""
    return {**vars(found.decision), **vars(found)}
