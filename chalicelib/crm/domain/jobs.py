"""Work on many objects as values: how far it is, and what came of each object."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from chalicelib.kernel.errors import AppError

CHUNK = 50  # objects that one step works on at most
KEPT = timedelta(days=90)  # how long jobs and their results can be read
# Done by campaigns and calls, which the CRM does not know.
ADD_MEMBERS = "add_members"
REQUEUE_MEMBERS = "requeue_members"
BULK_CALL = "bulk_call"
# Kinds that finish what a request has begun already: stopped half-way, it would stay half done.
NOT_CANCELLABLE = frozenset({"erase", "sweep", "merge", "delete_tag", "merge_tag"})


class JobState(StrEnum):
    """Where a job stands; the last three are for good."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Outcome(StrEnum):
    """What came of one object: done, unchanged (it was as wanted already), failed."""

    DONE = "done"
    UNCHANGED = "unchanged"
    FAILED = "failed"


@dataclass(frozen=True)
class Result:
    """What came of one object; `code` and `message` say why nothing was done."""

    object_id: str
    outcome: Outcome
    code: str | None = None
    message: str | None = None


@dataclass(frozen=True)
class Step:
    """What one step did, and where the next goes on; a `cursor` of None says that nothing is left."""

    results: tuple[Result, ...] = ()
    cursor: str | None = None


@dataclass(frozen=True, kw_only=True)
class Job:
    """Work that is done step by step; `kind` names what, `arguments` say on what and how.

    `step` counts the steps that are behind it and `cursor` is where the next goes on. `total` is how many
    objects there are, None when nobody counted; `done` is how many were seen to, and the sum of `succeeded`,
    `unchanged` and `failed`. `error` and `message` say why the job as a whole failed.
    """

    id: str
    kind: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    state: JobState = JobState.QUEUED
    total: int | None = None
    step: int = 0
    cursor: str | None = None
    done: int = 0
    succeeded: int = 0
    unchanged: int = 0
    failed: int = 0
    error: str | None = None
    message: str | None = None
    created_by: str
    created_at: datetime
    finished_at: datetime | None = None
    version: int = 1

    @property
    def is_over(self) -> bool:
        """Tell whether nothing more will be done."""
        return self.finished_at is not None


def advanced(job: Job, step: Step, at: datetime) -> Job:
    """Give the job after a step, one version on; a cancelled one stays so, and counts what was done."""
    counts = [result.outcome for result in step.results]
    moved = replace(
        job,
        step=job.step + 1,
        cursor=step.cursor,
        done=job.done + len(counts),
        succeeded=job.succeeded + counts.count(Outcome.DONE),
        unchanged=job.unchanged + counts.count(Outcome.UNCHANGED),
        failed=job.failed + counts.count(Outcome.FAILED),
        version=job.version + 1,
    )
    if job.is_over:
        return moved
    if step.cursor is None:
        return replace(moved, state=JobState.DONE, finished_at=at)
    return replace(moved, state=JobState.RUNNING)


def ended(job: Job, state: JobState, at: datetime, refusal: AppError | None = None) -> Job:
    """Give the job when it ends before its work is done, one version on; `refusal` says why it failed."""
    over = replace(job, state=state, finished_at=at, version=job.version + 1)
    return replace(over, error=refusal.code, message=refusal.message) if refusal else over
