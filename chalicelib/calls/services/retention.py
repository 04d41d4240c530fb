"""Deleting what is kept no longer: started daily or by hand, done step by step, told in a report."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from chalicelib.calls.domain import retention as rules
from chalicelib.calls.domain.retention import DataKind, RetentionRun
from chalicelib.calls.services.recordings import discard_recording
from chalicelib.crm.services.memory import forget_words
from chalicelib.kernel.actors import actor
from chalicelib.kernel.clock import cut_to_millis
from chalicelib.kernel.errors import AppError, NotFound
from chalicelib.kernel.ids import derived_id, new_id
from chalicelib.kernel.logs import log, log_failure
from chalicelib.system.services.settings import current_settings

if TYPE_CHECKING:
    from chalicelib.calls.domain.retention import Due
    from chalicelib.calls.ports.calls import CallPorts

MAX_STEP = 25
DAILY_HOUR = 3  # UTC
_QUIET = timedelta(minutes=30)  # after so long without a step, somebody wakes the run again


def start_retention(calls: CallPorts, *, dry_run: bool, run_id: str | None = None) -> RetentionRun:
    """Begin a run by the days that the settings say now; with the same `run_id` it is the same run."""
    now = cut_to_millis(calls.clock.now())
    run = RetentionRun(
        id=run_id or new_id("retention"),
        dry_run=dry_run,
        created_at=now,
        created_by=actor(),
        updated_at=now,
        kept_since=rules.kept_since(current_settings(calls.system).retention, now),
    )
    kept = run if calls.retention.create(run) else calls.retention.get(run.id) or run
    calls.wakeups.retain(kept.id, kept.version)
    log("retention.started", run_id=kept.id, dry_run=kept.dry_run)
    return kept


def start_daily(calls: CallPorts) -> bool:
    """Begin the run of the day, once, from three in the morning (UTC); wake it when its message was lost.

    To be called every minute; tells whether it did anything.
    """
    now = calls.clock.now()
    if now.hour < DAILY_HOUR:
        return False
    run_id = derived_id("retention", f"{now:%Y-%m-%d}")
    run = calls.retention.get(run_id)
    if run is None:
        start_retention(calls, dry_run=False, run_id=run_id)
        return True
    if run.is_over or now - run.updated_at < _QUIET:
        return False
    calls.wakeups.retain(run.id, run.version)
    return True


def get_run(calls: CallPorts, run_id: str) -> RetentionRun:
    """Give a run with its report, or `NotFound` with code `retention_not_found`."""
    run = calls.retention.get(run_id)
    if run is None:
        raise NotFound("There is no such run of the retention.", code="retention_not_found")
    return run


def run_step(calls: CallPorts, run_id: str, step: int) -> None:
    """Do a step of a run, and have the next one done.

    What a step found is stored before it is deleted, and counted when it was: a step that breaks off is
    done again, and counts each row once. The message of the step before wakes the present one, whose own
    may never have been sent; that of an older step does nothing.
    """
    run = calls.retention.get(run_id)
    if run is None or run.is_over or step < run.version - 1:
        return
    if step < run.version:
        calls.wakeups.retain(run_id, run.version)
        return
    after = _searched(calls, run) if not run.waiting else _dealt_with(calls, run)
    now = cut_to_millis(calls.clock.now())
    if after.kind is None:
        after = rules.ended(after, now)
    after = replace(after, updated_at=now, version=run.version + 1)
    if not calls.retention.save(after):
        return  # another worker does this step
    if after.is_over:
        log("retention.finished", run_id=run_id, dry_run=run.dry_run, **_summary(after))
        return
    calls.wakeups.retain(run_id, after.version)


def _searched(calls: CallPorts, run: RetentionRun) -> RetentionRun:
    if run.kind is None:
        return run
    before = run.kept_since[run.kind]
    return rules.found(run, calls.retention.older(run.kind, before, MAX_STEP, run.position))


def _dealt_with(calls: CallPorts, run: RetentionRun) -> RetentionRun:
    done = [_delete(calls, run.kind, row) for row in run.waiting if run.kind]
    return rules.dealt_with(run, sum(done), len(done) - sum(done))


def _delete(calls: CallPorts, kind: DataKind, row: Due) -> bool:
    """Delete what a row stands for; what cannot be deleted now is told, and found by the next run."""
    try:
        _DELETIONS[kind](calls, row)
    except AppError as error:
        log_failure("retention.failed", error, kind=kind, row=row.pk)
        return False
    return True


def _delete_texts(calls: CallPorts, row: Due) -> None:
    """Delete a call's words, first those that its facts about the contact quote."""
    call_id = row.pk.removeprefix("CALL#")
    if call := calls.book.get(call_id):
        forget_words(calls.crm, call.contact_id, call_id)
    calls.book.erase_texts(call_id)


def _delete_recording(calls: CallPorts, row: Due) -> None:
    """Delete a recording in both places; when one is silent, the queue goes on trying."""
    call_id, sid = row.pk.removeprefix("CALL#"), row.sk.removeprefix("RECORDING#")
    recording = calls.recordings.get(call_id, sid)
    if recording is None:
        return
    try:
        discard_recording(calls, recording)
    except AppError:
        calls.wakeups.fetch_recording(call_id, sid)
        raise


def _delete_message(calls: CallPorts, row: Due) -> None:
    calls.retention.remove(row)


_DELETIONS = {
    DataKind.TRANSCRIPTS: _delete_texts,
    DataKind.RECORDINGS: _delete_recording,
    DataKind.VOICEMAILS: _delete_recording,
    DataKind.MESSAGES: _delete_message,
}


def _summary(run: RetentionRun) -> dict[str, int]:
    return {f"{kind}_deleted": tally.deleted for kind, tally in run.report.items()}
