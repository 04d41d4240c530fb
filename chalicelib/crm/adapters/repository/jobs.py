"""Jobs in DynamoDB: how far each is in one row, what it was given and what came of it in its collection."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

from pynamodb.exceptions import DoesNotExist, PynamoDBException, TransactWriteError
from pynamodb.transactions import TransactWrite

from chalicelib.crm.adapters.repository.refusals import REFUSED, cancelled_for
from chalicelib.crm.adapters.tables import JobInputItem, JobItem, JobResultsItem
from chalicelib.crm.domain.jobs import CHUNK, KEPT, Job, JobState, Outcome, Result
from chalicelib.kernel.clock import from_iso, iso
from chalicelib.kernel.errors import unavailable_on
from chalicelib.kernel.paging import Page

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pynamodb.connection import Connection

_JOBS = "JOBS"
_LAST = "RESULT$"  # follows every `RESULT#…`


@unavailable_on(PynamoDBException)
class JobRepository:
    """Jobs, on the connection of their table; implements `Jobs`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, job: Job, object_ids: Sequence[str] = ()) -> Job:
        """Keep a new job with up to 1,000 objects, all or nothing; or give the one that has this id."""
        chunks = [list(object_ids[start : start + CHUNK]) for start in range(0, len(object_ids), CHUNK)]
        try:
            with TransactWrite(connection=self._connection) as transaction:
                transaction.save(_item(job), condition=JobItem.pk.does_not_exist())
                for number, chunk in enumerate(chunks):
                    transaction.save(_input_item(job, number, chunk))
        except TransactWriteError as error:
            kept_job = self.get(job.id) if cancelled_for(error, REFUSED) else None
            if kept_job is None:
                raise
            return kept_job
        return job

    def get(self, job_id: str) -> Job | None:
        """Give a job, consistently."""
        try:
            return _job(JobItem.get(_JOBS, f"JOB#{job_id}", consistent_read=True))
        except DoesNotExist:
            return None

    def objects(self, job_id: str, chunk: int) -> list[str]:
        """Give the objects that a job was given, 50 a chunk, counted from 0; none after the last."""
        try:
            return list(JobInputItem.get(f"JOB#{job_id}", f"INPUT#{chunk:08}", consistent_read=True).objects)
        except DoesNotExist:
            return []

    def save(self, job: Job, results: Sequence[Result] = ()) -> bool:
        """Keep the job in place of the version below, with the results of its latest step, all or nothing.

        False when the stored job has another version: then nothing is kept.
        """
        try:
            with TransactWrite(connection=self._connection) as transaction:
                transaction.save(_item(job), condition=JobItem.version == job.version - 1)
                if results:
                    transaction.save(_results_item(job, results))
        except TransactWriteError as error:
            if not cancelled_for(error, REFUSED):
                raise
            return False
        return True

    def page(self, page_size: int, start: str | None) -> Page[Job]:
        """Give jobs, newest first, from after the id `start`."""
        found = JobItem.query(
            _JOBS,
            JobItem.sk < f"JOB#{start}" if start else JobItem.sk.startswith("JOB#"),
            scan_index_forward=False,
            limit=page_size + 1,
            consistent_read=True,
        )
        jobs = list(map(_job, found))
        return Page(jobs[:page_size], jobs[page_size - 1].id if len(jobs) > page_size else None)

    def results(self, job_id: str, page_size: int, start: str | None) -> Page[Result]:
        """Give what came of objects, in the order of the work, from after the position `start`."""
        found = list(islice(_placed(job_id, start), page_size + 1))
        more = found[page_size - 1][0] if len(found) > page_size else None
        return Page([result for _, result in found[:page_size]], more)


def _placed(job_id: str, start: str | None) -> Iterator[tuple[str, Result]]:
    """Give each result after a position with its own: its step's number and its place therein."""
    first = f"RESULT#{start.partition('#')[0]}" if start else "RESULT#"
    rows = JobResultsItem.query(f"JOB#{job_id}", JobResultsItem.sk.between(first, _LAST), page_size=10)
    for row in rows:
        for place, kept in enumerate(row.results):
            position = f"{row.sk.partition('#')[2]}#{place:04}"
            if start is None or position > start:
                yield position, Result(kept[0], Outcome(kept[1]), *kept[2:])


def _item(job: Job) -> JobItem:
    kept: dict[str, Any] = vars(job) | {
        "arguments": dict(job.arguments),
        "state": job.state.value,
        "created_at": iso(job.created_at),
        "finished_at": iso(job.finished_at) if job.finished_at else None,
        "expires_at": _expiry(job),
    }
    return JobItem(_JOBS, f"JOB#{job.id}", **kept)


def _input_item(job: Job, number: int, chunk: list[str]) -> JobInputItem:
    return JobInputItem(f"JOB#{job.id}", f"INPUT#{number:08}", objects=chunk, expires_at=_expiry(job))


def _results_item(job: Job, results: Sequence[Result]) -> JobResultsItem:
    kept = [[one.object_id, one.outcome.value, one.code, one.message] for one in results]
    return JobResultsItem(f"JOB#{job.id}", f"RESULT#{job.step:08}", results=kept, expires_at=_expiry(job))


def _job(item: JobItem) -> Job:
    numbers = {
        name: int(getattr(item, name))
        for name in ("step", "done", "succeeded", "unchanged", "failed", "version")
    }
    return Job(
        id=item.id,
        kind=item.kind,
        arguments=item.arguments,
        state=JobState(item.state),
        total=None if item.total is None else int(item.total),
        cursor=item.cursor,
        error=item.error,
        message=item.message,
        created_by=item.created_by,
        created_at=from_iso(item.created_at),
        finished_at=from_iso(item.finished_at) if item.finished_at else None,
        **numbers,
    )


def _expiry(job: Job) -> int:
    return int((job.created_at + KEPT).timestamp())
