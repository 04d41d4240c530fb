"""Failed work as the API takes and shows it."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from chalicelib.kernel.schemas import Input, Instant, PageQuery
from chalicelib.system.domain.failures import FailedState, WorkQueue


class FailedWorkQuery(PageQuery):
    """Which failed work to list."""

    state: Annotated[FailedState, Field(description="Only work in this state.")] = FailedState.OPEN
    queue: Annotated[WorkQueue | None, Field(description="Only work of this queue.")] = None


class ReplayAllIn(Input):
    """Which open work to send again."""

    queue: Annotated[WorkQueue | None, Field(description="Only work of this queue.")] = None


class DiscardIn(Input):
    """Why work is given up."""

    reason: Annotated[
        str,
        StringConstraints(
            strip_whitespace=True, min_length=1, max_length=500, pattern=r"^[^\x00-\x08\x0b-\x1f\x7f]*$"
        ),
    ]


class FailedWorkView(BaseModel):
    """A message that nobody could work on."""

    model_config = ConfigDict(from_attributes=True)
    id: str
    queue: WorkQueue
    kind: Annotated[str, Field(description="What the message asks for, or the type of an event.")]
    subject: Annotated[str, Field(description="The id of what it is about; a number is masked.")]
    message: Annotated[
        dict[str, Any],
        Field(validation_alias="shown", description="The message; all but names and ids is hidden."),
    ]
    cause: Annotated[str | None, Field(description="Why the last try failed; null when that is not known.")]
    attempts: Annotated[int | None, Field(description="How often it was tried; null when that is not known.")]
    failed_at: Instant
    state: FailedState
    settled_at: Instant | None
    settled_by: str | None
    reason: str | None
    version: int


class FailedWorkList(BaseModel):
    """One page of failed work, the latest first; the page token, if any, asks for the next."""

    items: list[FailedWorkView]
    next_page_token: str | None


class ReplayAllView(BaseModel):
    """How many messages were sent again; `more` says that this was not all: ask again."""

    model_config = ConfigDict(from_attributes=True)
    replayed: int
    more: bool
