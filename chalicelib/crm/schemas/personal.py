"""All that is kept about one person over HTTP, and the wish to erase it."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, Field

from chalicelib.crm.schemas.values import Line
from chalicelib.kernel.schemas import Input


class EraseIn(Input):
    """Why somebody is erased; it stays with the job, so it names nobody."""

    reason: Annotated[Line, Field(description="Why, without naming the person; it is kept with the job.")]


class TraceView(BaseModel):
    """Something that is kept: `section` says what it is, `data` is all of it."""

    section: str
    data: dict[str, Any]


class PersonalData(BaseModel):
    """One page of what is kept about a person; the token, if any, asks for the next."""

    items: list[TraceView]
    next_page_token: str | None
