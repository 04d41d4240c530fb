"""REST routes of jobs: work on many contacts, how far it is, and what came of each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalice.app import Blueprint

from chalicelib.bootstrap import container
from chalicelib.crm.schemas.jobs import JobList, JobView, ResultList
from chalicelib.crm.services import jobs
from chalicelib.entrypoints.middleware import NoQuery, Request, route
from chalicelib.kernel.schemas import PageQuery
from chalicelib.system.domain.tokens import Scope

if TYPE_CHECKING:
    from chalicelib.crm.domain.jobs import Job, Result
    from chalicelib.kernel.paging import Page

bp = Blueprint(__name__)
_JOBS = "/v1/crm/jobs"
_JOB = _JOBS + "/{job_id}"
_ABSENT = {"job_not_found": 404}


@route(bp, "GET", _JOBS, scope=Scope.VIEWER, query=PageQuery, returns=JobList)
def list_jobs(request: Request[None, PageQuery]) -> Page[Job]:
    """List jobs of the last 90 days, newest first."""
    return jobs.list_jobs(container().crm, request.query.page_size, request.start)


@route(bp, "GET", _JOB, scope=Scope.VIEWER, returns=JobView, errors=_ABSENT)
def get_job(request: Request[None, NoQuery]) -> Job:
    """Read a job: its state, and how many objects are done."""
    return jobs.get_job(container().crm, request.path["job_id"])


@route(bp, "GET", _JOB + "/results", scope=Scope.VIEWER, query=PageQuery, returns=ResultList, errors=_ABSENT)
def list_job_results(request: Request[None, PageQuery]) -> Page[Result]:
    """List what came of each object, in the order of the work."""
    return jobs.list_results(container().crm, request.path["job_id"], request.query.page_size, request.start)


@route(
    bp,
    "POST",
    _JOB + "/cancel",
    scope=Scope.OPERATOR,
    returns=JobView,
    errors=_ABSENT | {"job_over": 409, "not_cancellable": 409},
    idempotent=False,
)
def cancel_job(request: Request[None, NoQuery]) -> Job:
    """Cancel a bulk action or a recount: what is done stays done, and nothing more is begun.

    Erasures, merges and deletions go on: they must not stay half done.
    """
    return jobs.cancel_job(container().crm, request.path["job_id"])
