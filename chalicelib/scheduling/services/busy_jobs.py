"""Fetching somebody's calendar as a job: whoever serves it may take long to answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.crm.domain.jobs import Outcome, Result, Step
from chalicelib.crm.services.jobs import start_job
from chalicelib.kernel.errors import Invalid
from chalicelib.scheduling.domain.busy import FETCH_BUSY
from chalicelib.scheduling.services.calendars import get_calendar
from chalicelib.scheduling.services.ics import fetch_busy

if TYPE_CHECKING:
    from chalicelib.crm.domain.jobs import Job
    from chalicelib.crm.ports.crm import CrmPorts
    from chalicelib.scheduling.ports.scheduling import SchedulingPorts
    from chalicelib.scheduling.services.ics import BusyImport

_NAMED = 10  # bookings that a result names
_UNREAD = "{} entries were not understood, so that nothing is free that was busy before."


def start_fetch(scheduling: SchedulingPorts, calendar_id: str, url: str, source: str, job_id: str) -> Job:
    """Have the busy times of the calendar at an address taken soon; `NotFound` without a calendar.

    Whoever knows such an address may read the calendar: it is kept as the object that is worked on, which
    no answer shows, and not among the job's arguments.
    """
    get_calendar(scheduling, calendar_id)
    arguments = {"calendar_id": calendar_id, "source": source}
    return start_job(scheduling.calls.crm, FETCH_BUSY, arguments, (url,), job_id)


def fetch_step(scheduling: SchedulingPorts, crm: CrmPorts, job: Job) -> Step:
    """Do the job; it fails with what `fetch_busy` raises."""
    (url,) = crm.jobs.objects(job.id, 0)
    calendar_id, source = job.arguments["calendar_id"], job.arguments["source"]
    try:
        done = fetch_busy(scheduling, calendar_id, url, source)
    except Invalid as error:
        detail = " ".join(each.detail for each in error.errors) or error.message
        raise Invalid(detail, code=error.code) from None
    return Step((_result(calendar_id, done),))


def _result(calendar_id: str, done: BusyImport) -> Result:
    outcome = Outcome.DONE if done.days else Outcome.UNCHANGED
    if done.unread:
        return Result(calendar_id, outcome, "busy_unread", f"{_UNREAD.format(done.unread)}{_clashes(done)}")
    return Result(calendar_id, outcome, "busy_clash" if done.clashes else None, _clashes(done).strip())


def _clashes(done: BusyImport) -> str:
    if not done.clashes:
        return ""
    named = ", ".join(done.clashes[:_NAMED])
    return f" {len(done.clashes)} appointments stand at times that are busy now: {named}."
