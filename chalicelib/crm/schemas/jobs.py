"""Jobs over HTTP."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel

from chalicelib.crm.domain.jobs import JobState
from chalicelib.kernel.schemas import Instant


class JobView(BaseModel):
    """Work on many objects; `total` is null when nobody counted them, `done` is how many were seen to."""

    id: str
    kind: str
    arguments: dict[str, Any]
    state: JobState
    total: int | None
    done: int
    succeeded: int
    unchanged: int
    failed: int
    error: str | None
    message: str | None
    created_by: str
    created_at: Instant
    finished_at: Instant | None
    version: int


class JobList(BaseModel):
    """One page of jobs, newest first; the token, if any, asks for the next."""

    items: list[JobView]
    next_page_token: str | None


class ResultView(BaseModel):
    """What came of one object; `code` and `message` say why it failed."""

    object_id: str
    outcome: Literal["done", "unchanged", "failed"]
    code: str | None
    message: str | None


class ResultList(BaseModel):
    """One page of results, in the order of the work; the token, if any, asks for the next."""

    items: list[ResultView]
    next_page_token: str | None
