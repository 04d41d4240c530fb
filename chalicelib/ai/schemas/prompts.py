"""Prompt templates as the API takes and shows them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StrictBool,
    StrictFloat,
    StrictInt,
    StringConstraints,
    ValidationInfo,
    field_validator,
    model_validator,
)

from chalicelib.ai.domain.prompts import RESERVED, PromptVariable, VariableType, fits, written
from chalicelib.ai.services.prompts import PromptText
from chalicelib.kernel.schemas import Input, PageQuery

Value = StrictBool | StrictInt | StrictFloat | Annotated[str, StringConstraints(max_length=1000)]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Variables = Annotated[dict[Name, Value], Field(max_length=30)]


class PromptVariableIn(Input):
    """A value that the prompt needs beside `contact`, `first_name`, `call` and `now`."""

    name: Annotated[Name, Field(description="As the text names it, `{{ opening_hours }}`.")]
    type: Annotated[VariableType, Field(description="What kind of value; a date is YYYY-MM-DD.")]
    sample: Annotated[Value, Field(description="What stands for it when the prompt is tried out.")]
    description: Annotated[
        str, StringConstraints(strip_whitespace=True, max_length=300), Field(description="For people.")
    ] = ""
    required: Annotated[
        bool, Field(description="Whether each call template must give it; else empty, 0 or false.")
    ] = True

    @field_validator("name")
    @classmethod
    def _free(cls, name: str) -> str:
        if name in RESERVED:
            raise ValueError(f"{name} has a meaning already: choose another name.")
        return name

    @field_validator("sample")
    @classmethod
    def _of_its_type(cls, sample: Value, others: ValidationInfo) -> Value:
        kind = others.data.get("type")
        if kind is not None and not fits(kind, sample):
            raise ValueError(f"Give a sample that is {written(kind)}.")
        return sample

    def variable(self) -> PromptVariable:
        """Give the domain's value."""
        return PromptVariable(**{name: getattr(self, name) for name in type(self).model_fields})


class PromptIn(Input):
    """A prompt: instructions with `{{ contact.name }}` and other variables."""

    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20_000)]
    description: Annotated[
        str, StringConstraints(strip_whitespace=True, max_length=500), Field(description="For people.")
    ] = ""
    variables: Annotated[
        tuple[PromptVariableIn, ...], Field(max_length=30, description="What the text needs; each once.")
    ] = ()
    publish: Annotated[bool, Field(description="Whether calls use it from now on; false makes a draft.")] = (
        True
    )

    @model_validator(mode="after")
    def _each_once(self) -> PromptIn:
        names = [variable.name for variable in self.variables]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"Give each variable once; there is more than one {', '.join(twice)}.")
        return self

    def prompt_text(self) -> PromptText:
        """Give the use case's input."""
        variables = tuple(variable.variable() for variable in self.variables)
        return PromptText(self.name, self.text, self.description, variables, self.publish)


class PublishIn(Input):
    """Which version calls use from now on."""

    version: Annotated[int | None, Field(ge=1, le=9999, description="null: the newest.")] = None


class PromptQuery(PageQuery):
    """Which prompt templates."""

    q: Annotated[
        str,
        StringConstraints(strip_whitespace=True, max_length=200),
        Field(description="Words that stand in name, description or text."),
    ] = ""


class PromptVariableView(BaseModel):
    """A value that the prompt needs."""

    model_config = ConfigDict(from_attributes=True)
    name: str
    type: VariableType
    sample: Value
    description: str
    required: bool


class PromptView(BaseModel):
    """A version of a prompt template; `published_version` is the one that calls use, null when none is."""

    model_config = ConfigDict(from_attributes=True)
    id: str
    name: str
    text: str
    description: str
    variables: list[PromptVariableView]
    version: int
    published_version: int | None
    is_draft: bool
    created_at: datetime
    updated_at: datetime


class PromptList(BaseModel):
    """One page of prompt templates, by name; the token, if any, asks for the next."""

    items: list[PromptView]
    next_page_token: str | None


class PromptVersionList(BaseModel):
    """One page of a prompt's versions, newest first; the token, if any, asks for the next."""

    items: list[PromptView]
    next_page_token: str | None


class PromptPreviewView(BaseModel):
    """A prompt filled in, the rules of the house before it.

    The first `stable_chars` characters are the same for every call, so that providers can cache them.
    """

    model_config = ConfigDict(from_attributes=True)
    template_id: str
    version: int
    instructions: str
    stable_chars: int
    variables: dict[str, Value]
