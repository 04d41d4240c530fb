"""How long what was said and recorded is kept, and the runs that delete it when that time is over."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from chalicelib.system.domain.settings import Retention


class DataKind(StrEnum):
    """What is kept for a while; heads of calls, outcomes, costs and counters stay."""

    TRANSCRIPTS = "transcripts"  # turns, briefs and analyses
    RECORDINGS = "recordings"
    VOICEMAILS = "voicemails"
    MESSAGES = "messages"


class RunState(StrEnum):
    """Where a run stands."""

    RUNNING = "running"
    DONE = "done"


class Due(NamedTuple):
    """A row that is kept no longer: its place among those of its kind, and its key."""

    position: str
    pk: str
    sk: str


@dataclass(frozen=True)
class Tally:
    """What a run did to one kind: rows that it looked at, that were due, that it deleted, that failed."""

    examined: int = 0
    due: int = 0
    deleted: int = 0
    failed: int = 0


@dataclass(frozen=True)
class RetentionRun:
    """One run over all kinds, the oldest of each first, step by step; `version` counts the steps.

    `kept_since` says of each kind which is kept: what is not older. `waiting` are the rows that the present
    step has found and not yet dealt with, so that each is counted once, whatever breaks; `position` is where
    the next search begins. A dry run finds and deletes nothing.
    """

    id: str
    dry_run: bool
    created_at: datetime
    created_by: str
    updated_at: datetime
    kept_since: Mapping[DataKind, datetime]
    report: Mapping[DataKind, Tally] = field(default_factory=lambda: dict.fromkeys(DataKind, Tally()))
    state: RunState = RunState.RUNNING
    kind: DataKind | None = DataKind.TRANSCRIPTS
    position: str = ""
    waiting: tuple[Due, ...] = ()
    ended_at: datetime | None = None
    version: int = 1

    @property
    def is_over(self) -> bool:
        """Tell whether it has come to its end."""
        return self.state is RunState.DONE


def kept_since(retention: Retention, now: datetime) -> dict[DataKind, datetime]:
    """Give since when what was made is kept, for each kind."""
    return {kind: now - timedelta(days=getattr(retention, f"{kind}_days")) for kind in DataKind}


def found(run: RetentionRun, rows: tuple[Due, ...]) -> RetentionRun:
    """Take the next rows of the present kind; none: go on with the next kind, or come to the end."""
    if run.kind is None:
        return run
    if not rows:
        return replace(run, kind=_following(run.kind), position="")
    tally = run.report[run.kind]
    counted = replace(tally, examined=tally.examined + len(rows), due=tally.due + len(rows))
    waiting = () if run.dry_run else rows
    return _counted(replace(run, waiting=waiting, position=rows[-1].position), counted)


def dealt_with(run: RetentionRun, deleted: int, failed: int) -> RetentionRun:
    """Count what became of the rows that waited."""
    if run.kind is None:
        return run
    tally = run.report[run.kind]
    counted = replace(tally, deleted=tally.deleted + deleted, failed=tally.failed + failed)
    return _counted(replace(run, waiting=()), counted)


def ended(run: RetentionRun, now: datetime) -> RetentionRun:
    """Say that nothing is left to do."""
    return replace(run, state=RunState.DONE, ended_at=now)


def _counted(run: RetentionRun, tally: Tally) -> RetentionRun:
    if run.kind is None:
        return run
    return replace(run, report={**run.report, run.kind: tally})


def _following(kind: DataKind) -> DataKind | None:
    kinds = list(DataKind)
    place = kinds.index(kind) + 1
    return kinds[place] if place < len(kinds) else None
