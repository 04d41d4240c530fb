"""Prompt templates as the API takes and shows them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints


class PromptIn(BaseModel):
    """A new prompt template: instructions with `{{ contact.name }}` and other variables."""

    model_config = ConfigDict(extra="forbid")
    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20_000)]


class PromptView(BaseModel):
    """A stored prompt template."""

    model_config = ConfigDict(from_attributes=True)
    id: str
    name: str
    text: str
    version: int
    created_at: datetime
    updated_at: datetime


class PromptList(BaseModel):
    """Prompt templates by name."""

    items: list[PromptView]
