"""Jobs are started, done step by step, cancelled and read; what a step does is its kind's affair."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from chalicelib.crm.domain.jobs import (
    CHUNK,
    NOT_CANCELLABLE,
    Job,
    JobState,
    Outcome,
    Result,
    Step,
    advanced,
    ended,
)
from chalicelib.kernel.actors import acting_as, actor
from chalicelib.kernel.clock import cut_to_millis
from chalicelib.kernel.errors import AppError, Conflict, NotFound, Unavailable
from chalicelib.kernel.ids import is_id, new_id
from chalicelib.kernel.logs import log, log_context

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime

    from chalicelib.crm.ports.crm import CrmPorts
    from chalicelib.kernel.paging import Page

    # Acts on an object by its id; the outcome alone says enough, unless it has a reason.
    Act = Callable[[str], Outcome | Result]

_STEP_SECONDS = 40.0  # the function has 120; what is left then is done by the next step
_TRIES = 5


class StepFunction(Protocol):
    """Does the next part of a job.

    It may be called again for the same cursor, also when it had done its part: doing it twice must be as
    doing it once. What it raises: `Unavailable` has it called again later; any other kernel error ends the
    job as failed.
    """

    def __call__(self, crm: CrmPorts, job: Job) -> Step:
        """Work on from `job.cursor`."""


def start_job(
    crm: CrmPorts,
    kind: str,
    arguments: Mapping[str, Any],
    object_ids: Sequence[str] = (),
    job_id: str | None = None,
) -> Job:
    """Start a job of this kind on behalf of who acts; with the same `job_id` again it is the same job.

    `object_ids` are up to 1,000 objects, which `given_objects` gives to the steps.
    """
    job = Job(
        id=job_id or new_id("job"),
        kind=kind,
        arguments=arguments,
        total=len(object_ids) or None,
        created_by=actor(),
        created_at=_now(crm),
    )
    kept = crm.jobs.add(job, object_ids)
    crm.work.job_step(kept.id, kept.step)
    return kept


def run_step(crm: CrmPorts, job_id: str, step: int, kinds: Mapping[str, StepFunction]) -> None:
    """Do one step of a job, and have the next one done.

    The message of a step that is behind the job only wakes the current one: its worker may have died before
    it could. An older one does nothing: somebody has taken the job further since.
    """
    job = crm.jobs.get(job_id)
    if job is None or job.is_over or step < job.step - 1:
        return
    with log_context(job_id=job.id), acting_as(job.created_by):
        after = job if step < job.step else _advance(crm, job, kinds)
    if after is not None and not after.is_over:
        crm.work.job_step(after.id, after.step)


def each_of(crm: CrmPorts, object_ids: Iterable[str], act: Act) -> tuple[Result, ...]:
    """Act on objects until they, or a step's time, are over; give what came of each that was seen to.

    At least one is. A refusal of the kernel is the object's result; `Unavailable` is raised.
    """
    begun, results = crm.clock.elapsed(), list[Result]()
    for object_id in object_ids:
        results.append(_result(object_id, act))
        if crm.clock.elapsed() - begun > _STEP_SECONDS:
            break
    return tuple(results)


def step_over_given(crm: CrmPorts, job: Job, act: Act) -> Step:
    """Act on the next of the objects that the job was given; the cursor counts those that are behind."""
    behind = int(job.cursor or 0)
    chunk = crm.jobs.objects(job.id, behind // CHUNK)[behind % CHUNK :]
    results = each_of(crm, chunk, act)
    behind += len(results)
    return Step(results, str(behind) if results and behind < (job.total or 0) else None)


def get_job(crm: CrmPorts, job_id: str) -> Job:
    """Give a job; or raise `NotFound`, code `job_not_found`."""
    job = crm.jobs.get(job_id) if is_id(job_id, "job") else None
    if job is None:
        raise NotFound("There is no such job.", code="job_not_found")
    return job


def list_jobs(crm: CrmPorts, page_size: int, start: str | None = None) -> Page[Job]:
    """List jobs, newest first."""
    return crm.jobs.page(page_size, start)


def list_results(crm: CrmPorts, job_id: str, page_size: int, start: str | None = None) -> Page[Result]:
    """List what came of a job's objects, in the order of the work; `NotFound` as `get_job`."""
    return crm.jobs.results(get_job(crm, job_id).id, page_size, start)


def cancel_job(crm: CrmPorts, job_id: str) -> Job:
    """Stop a job after what it is doing now; what is done stays done. Cancelling it again changes nothing.

    Raises `NotFound`, or `Conflict` with code `job_over` when its work has ended already, or with code
    `not_cancellable` for an erasure, a merge or a deletion, which must not stay half done.
    """
    for _ in range(_TRIES):
        job = get_job(crm, job_id)
        if job.state is JobState.CANCELLED:
            return job
        if job.is_over:
            raise Conflict(f"The job is {job.state} already.", code="job_over")
        if job.kind in NOT_CANCELLABLE:
            raise Conflict("What this job finishes must not stay half done.", code="not_cancellable")
        cancelled = ended(job, JobState.CANCELLED, _now(crm))
        if crm.jobs.save(cancelled):
            return cancelled
    raise Unavailable("The job moves on too fast; try again.", retryable=True)


def _advance(crm: CrmPorts, job: Job, kinds: Mapping[str, StepFunction]) -> Job | None:
    """Do the step and write it down; None when another worker was faster."""
    try:
        step = kinds[job.kind](crm, job)
    except Unavailable:
        raise
    except AppError as error:
        failed = ended(job, JobState.FAILED, _now(crm), error)
        return _told(failed) if crm.jobs.save(failed) else None
    return _write_down(crm, job, step)


def _write_down(crm: CrmPorts, job: Job, step: Step) -> Job | None:
    """Keep what the step did, also when the job was cancelled meanwhile."""
    stored: Job | None = job
    while stored is not None and stored.step == job.step:
        after = advanced(stored, step, _now(crm))
        if crm.jobs.save(after, step.results):
            return _told(after)
        stored = crm.jobs.get(job.id)
    return None


def _told(job: Job) -> Job:
    if job.is_over:
        log("job.finished", kind=job.kind, state=job.state.value, done=job.done, failed=job.failed)
    return job


def _result(object_id: str, act: Act) -> Result:
    try:
        came = act(object_id)
    except Unavailable:
        raise
    except AppError as error:
        return Result(object_id, Outcome.FAILED, error.code, error.message)
    return came if isinstance(came, Result) else Result(object_id, came)


def _now(crm: CrmPorts) -> datetime:
    return cut_to_millis(crm.clock.now())
