"""Trying a call template out: with whom, and the texts that come of it."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from chalicelib.ai.schemas.prompts import Variables
from chalicelib.calls.domain.calls import Direction
from chalicelib.calls.schemas.fields import Id, Phone, View
from chalicelib.crm.schemas.values import TimeZone
from chalicelib.kernel.phones import E164
from chalicelib.kernel.schemas import Input

_Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]


class SampleIn(Input):
    """Somebody made up; what is not given is taken from a sample person."""

    name: Annotated[_Line, Field(min_length=1, description="As a contact has it.")] = "Sample Person"
    phone: Annotated[Phone, AfterValidator(E164), Field(description="In E.164.")] = "+14155550100"
    email: Annotated[_Line, Field(description="As a contact has it.")] = "sample@example.com"
    company: Annotated[_Line, Field(description="As a contact has it.")] = "Sample Company"
    title: Annotated[_Line, Field(description="As a contact has it.")] = "Sample Title"
    time_zone: Annotated[TimeZone, Field(description="Where they live (IANA).")] = "America/New_York"
    language: Annotated[_Line, Field(description="What they speak (BCP 47).")] = "en-US"


class RenderIn(Input):
    """With whom the template is tried out: a contact, or somebody made up."""

    contact_id: Annotated[Id | None, Field(description="A contact; leave `sample` out.")] = None
    sample: Annotated[SampleIn | None, Field(description="Details of somebody made up.")] = None
    direction: Annotated[Direction, Field(description="Who calls whom.")] = Direction.OUTBOUND

    @model_validator(mode="after")
    def _one_person(self) -> RenderIn:
        if self.contact_id and self.sample:
            raise ValueError("Give either contact_id or sample.")
        return self

    def details(self) -> dict[str, Any]:
        """Give what is known of somebody made up."""
        return dict((self.sample or SampleIn()).model_dump())


class PreviewIn(RenderIn):
    """With whom a prompt is tried out, and what stands for its variables."""

    variables: Annotated[
        Variables, Field(default_factory=dict, description="Values by name; else the contact's, or samples.")
    ]
    version: Annotated[int | None, Field(ge=1, le=9999, description="null: the newest.")] = None


class TextsView(View):
    """Each text of the template, filled in; empty where it has none."""

    recording_announcement: str
    greeting: str
    disclosure: str
    screening_answer: str
    voicemail_message: str


class RenderingView(View):
    """A template filled in: `first_words` is all that is said first, `instructions` lead the model."""

    template_id: str
    template_version: int
    prompt_version: int
    instructions: str
    first_words: str
    texts: TextsView
