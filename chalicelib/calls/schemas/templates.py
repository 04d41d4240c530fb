"""Call templates and routes of our numbers as the API takes and shows them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationInfo, field_validator

from chalicelib.ai.domain.conversation import OPT_OUT_TOOL, OnFailure
from chalicelib.ai.engine import END_TOOL, TRANSFER_TOOL
from chalicelib.calls.domain.templates import CallTemplate, Transport
from chalicelib.calls.schemas.fields import Id, Phone, View
from chalicelib.kernel.clock import cut_to_millis
from chalicelib.kernel.phones import E164

DEFAULT_TOOLS = (END_TOOL, TRANSFER_TOOL, OPT_OUT_TOOL, "add_note", "update_contact", "schedule_callback")
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000)]


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


class CallTemplateView(View):
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
