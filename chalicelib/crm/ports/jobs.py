"""Where jobs are kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chalicelib.crm.domain.jobs import Job, Result
    from chalicelib.kernel.paging import Page


class Jobs(Protocol):
    """Where jobs are kept for 90 days, with the objects that they were given and what came of each."""

    def add(self, job: Job, object_ids: Sequence[str] = ()) -> Job:
        """Keep a new job with up to 1,000 objects, all or nothing; or give the one that has this id."""

    def get(self, job_id: str) -> Job | None:
        """Give a job, consistently."""

    def objects(self, job_id: str, chunk: int) -> list[str]:
        """Give the objects that a job was given, 50 a chunk, counted from 0; none after the last."""

    def save(self, job: Job, results: Sequence[Result] = ()) -> bool:
        """Keep the job in place of the version below, with the results of its latest step, all or nothing.

        False when the stored job has another version: then nothing is kept.
        """

    def page(self, page_size: int, start: str | None) -> Page[Job]:
        """Give jobs, newest first, from after the id `start`."""

    def results(self, job_id: str, page_size: int, start: str | None) -> Page[Result]:
        """Give what came of objects, in the order of the work, from after the position `start`."""
