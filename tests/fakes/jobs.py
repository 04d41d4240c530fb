"""The CRM's jobs in memory, and a worker that takes their messages as from SQS."""

from __future__ import annotations

from dataclasses import replace
from threading import RLock
from typing import TYPE_CHECKING

from fakes.carrier import Killed

from chalicelib.crm.domain.contacts import Contact
from chalicelib.crm.domain.jobs import CHUNK, Job, Result
from chalicelib.crm.services.job_kinds import KINDS
from chalicelib.crm.services.jobs import run_step
from chalicelib.kernel.paging import Page

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from chalicelib.crm.services.jobs import StepFunction

_RECEIVES = 5


class FakeJobs:
    """Jobs in dicts; implements `Jobs`."""

    def __init__(self) -> None:
        self._by_id: dict[str, Job] = {}
        self._objects: dict[str, list[str]] = {}
        self._results: dict[str, dict[str, Result]] = {}
        self._lock = RLock()

    def add(self, job: Job, object_ids: Sequence[str] = ()) -> Job:
        """Keep a job once."""
        with self._lock:
            self._objects.setdefault(job.id, list(object_ids))
            return self._by_id.setdefault(job.id, job)

    def get(self, job_id: str) -> Job | None:
        """Give a job."""
        return self._by_id.get(job_id)

    def objects(self, job_id: str, chunk: int) -> list[str]:
        """Give a chunk."""
        return self._objects[job_id][chunk * CHUNK : (chunk + 1) * CHUNK]

    def save(self, job: Job, results: Sequence[Result] = ()) -> bool:
        """Keep the version after the stored one."""
        with self._lock:
            if self._by_id[job.id].version != job.version - 1:
                return False
            self._by_id[job.id] = job
            kept = self._results.setdefault(job.id, {})
            kept |= {f"{job.step:08}#{place:04}": result for place, result in enumerate(results)}
            return True

    def page(self, page_size: int, start: str | None) -> Page[Job]:
        """Give the newest first."""
        ids = sorted((each for each in self._by_id if start is None or each < start), reverse=True)
        more = ids[page_size - 1] if len(ids) > page_size else None
        return Page([self._by_id[each] for each in ids[:page_size]], more)

    def results(self, job_id: str, page_size: int, start: str | None) -> Page[Result]:
        """Give results in order."""
        kept = self._results.get(job_id, {})
        places = sorted(place for place in kept if start is None or place > start)
        more = places[page_size - 1] if len(places) > page_size else None
        return Page([kept[place] for place in places[:page_size]], more)


class FakeMoves:
    """Moves what the fakes keep by contact; implements `Moves`."""

    def __init__(self, crm) -> None:
        self._crm = crm

    def move(self, from_id: str, to_id: str) -> bool:
        """Move 25 rows of each kind."""
        stores = [
            self._crm.notes.by_key,
            self._crm.consents.by_key,
            self._crm.memories.by_key,
            self._crm.timeline.calls,
        ]
        if not isinstance(self._crm.contacts.get(to_id), Contact):
            return any(key[0] == from_id for store in stores for key in store)
        moved = [self._move(store, from_id, to_id) for store in stores]
        return any(moved)

    def _move(self, store, from_id: str, to_id: str) -> bool:
        keys = [key for key in store if key[0] == from_id][:25]
        for key in keys:
            store[to_id, key[1]] = replace(store.pop(key), contact_id=to_id)
        return bool(keys)


def work_off(crm, kinds: Mapping[str, StepFunction] = KINDS) -> int:
    """Deliver every message of jobs that was sent, each until it is done; give how many came."""
    delivered = 0
    while steps := [message for message in crm.work.sent if message[0] == "job_step"]:
        crm.work.sent.remove(steps[0])
        delivered += 1
        _deliver(crm, *steps[0][1:], kinds)
    return delivered


def _deliver(crm, job_id: str, step: int, kinds: Mapping[str, StepFunction]) -> None:
    for receive in range(_RECEIVES):
        try:
            return run_step(crm, job_id, step, kinds)
        except Killed:
            if receive == _RECEIVES - 1:
                raise
    return None
