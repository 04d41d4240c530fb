"""Recordings: reported by the carrier, brought into our keeping, played, and deleted in both places."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.calls.domain import recordings as rules
from chalicelib.calls.domain.recordings import (
    Recording,
    RecordingKind,
    RecordingState,
    expected_kinds,
    is_unfinished,
    says_something,
)
from chalicelib.calls.services.voicemails import follow_up, note_taken
from chalicelib.kernel.clock import cut_to_millis
from chalicelib.kernel.errors import NotFound, Unavailable
from chalicelib.kernel.logs import log

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from chalicelib.calls.domain.files import CallFile
    from chalicelib.calls.domain.recordings import RecordingReport
    from chalicelib.calls.ports.calls import CallPorts
    from chalicelib.calls.ports.recordings import SoundAddress


def report_recording(calls: CallPorts, call_id: str, report: RecordingReport) -> None:
    """Keep what the carrier says of a recording, and have its sound fetched.

    Reports that come twice or late change nothing. A recording of an erased call is only fetched to be
    deleted. Raises `NotFound` for an unknown call.
    """
    call = calls.book.get(call_id)
    if call is None:
        raise NotFound(f"There is no call {call_id}.", code="call_not_found")
    if not says_something(report):
        return
    now = _now(calls)

    def merge(known: Recording | None) -> Recording:
        merged = rules.reported(known, call_id, report, now)
        return rules.deleted(merged, now) if call.erased_at else merged

    _, recording = calls.recordings.change(call_id, report.sid, merge)
    if recording is None or recording.state not in {RecordingState.AT_CARRIER, RecordingState.DELETED}:
        return
    if recording.kind is RecordingKind.VOICEMAIL:
        note_taken(calls, call_id)
    log("recording.reported", call_id=call_id, recording_sid=report.sid, kind=recording.kind)
    calls.wakeups.fetch_recording(call_id, report.sid)


def fetch_recording(calls: CallPorts, call_id: str, sid: str) -> None:
    """Bring a recording to where its row says it is to be: into our bucket, or out of the world.

    Each step may be repeated without effect, so a crash anywhere is mended by running it again. The
    carrier's copy is deleted when ours is stored. `Unavailable` while the carrier or the bucket is silent.
    """
    recording = calls.recordings.get(call_id, sid)
    if recording is None:  # erased, perhaps while its sound was being stored
        calls.sounds.remove(call_id, sid)
        return
    recording = _brought_in(calls, recording)
    if recording is None:
        return
    if recording.state is RecordingState.DELETED:
        calls.sounds.remove(call_id, sid)
    if recording.state in {RecordingState.STORED, RecordingState.DELETED}:
        _delete_at_carrier(calls, recording)
    if recording.state is RecordingState.STORED and recording.kind is RecordingKind.VOICEMAIL:
        follow_up(calls, recording)


def _brought_in(calls: CallPorts, recording: Recording) -> Recording | None:
    """Store what is to be stored; whether the call was erased is asked before that, and after."""
    if recording.state is RecordingState.AT_CARRIER:
        kept = _given_up_if_erased(calls, recording)
        if kept is None or kept.state is not RecordingState.AT_CARRIER:
            return kept
        kept = _store(calls, kept)
        return _given_up_if_erased(calls, kept) if kept else None
    return recording


def find_recordings(calls: CallPorts, call_id: str) -> None:
    """Ask the carrier for recordings that a call should have and of which nothing was heard.

    Safe to repeat. `Unavailable` while the carrier is silent, or works on one of them: try again.
    """
    file = calls.book.load(call_id)
    if file is None or not file.call.sid:
        return
    if expected_kinds(file.call, file.brief) <= {each.kind for each in file.recordings}:
        return
    found = calls.carrier_recordings.of_call(file.call.sid)
    for report in found:
        report_recording(calls, call_id, report)
    if any(map(is_unfinished, found)):
        raise Unavailable("A recording is not finished.", retryable=True, code="recording_unfinished")


def _store(calls: CallPorts, recording: Recording) -> Recording | None:
    sid = recording.sid
    size = calls.sounds.put(recording.call_id, sid, calls.carrier_recordings.read(sid))
    _, kept = _change(calls, recording, rules.stored)
    if kept is None:  # erased meanwhile, and nothing would find the sound again
        calls.sounds.remove(recording.call_id, sid)
    log("recording.stored", call_id=recording.call_id, recording_sid=sid, size=size)
    return kept


def _given_up_if_erased(calls: CallPorts, recording: Recording) -> Recording | None:
    """Give a recording up that was stored while its call was erased."""
    call = calls.book.get(recording.call_id)
    if call is not None and not call.erased_at:
        return recording
    return _change(calls, recording, rules.deleted)[1]


def _delete_at_carrier(calls: CallPorts, recording: Recording) -> None:
    if recording.carrier_deleted_at is None:
        calls.carrier_recordings.delete(recording.sid)
        _change(calls, recording, rules.gone_at_carrier)


def play_recording(calls: CallPorts, call_id: str, sid: str) -> SoundAddress:
    """Say where a recording can be played for five minutes; who asked is logged.

    Raises `NotFound`, also for a recording that is not stored, or not any more.
    """
    recording = _get(calls, call_id, sid)
    if recording.state is not RecordingState.STORED:
        raise _absent()
    log("recording.played", call_id=call_id, recording_sid=sid)
    return calls.sounds.address(call_id, sid)


def list_recordings(calls: CallPorts, call_id: str) -> tuple[Recording, ...]:
    """Give the recordings of a call; `NotFound` when there is no such call."""
    if calls.book.get(call_id) is None:
        raise NotFound(f"There is no call {call_id}.", code="call_not_found")
    return calls.recordings.of_call(call_id)


def delete_recording(calls: CallPorts, call_id: str, sid: str) -> None:
    """Give a recording up at once; a worker then deletes its sound in the bucket and at the carrier."""
    _change(calls, _get(calls, call_id, sid), rules.deleted)
    log("recording.deleted", call_id=call_id, recording_sid=sid)
    calls.wakeups.fetch_recording(call_id, sid)


def discard_recording(calls: CallPorts, recording: Recording) -> None:
    """Delete a recording's sound in both places, now; `Unavailable` when one is silent: try again."""
    _change(calls, recording, rules.deleted)
    fetch_recording(calls, recording.call_id, recording.sid)


def erase_recordings(calls: CallPorts, call_id: str) -> None:
    """Delete all sound of a call in both places, and then its rows; `Unavailable` as above."""
    for recording in calls.recordings.of_call(call_id):
        discard_recording(calls, recording)
        calls.recordings.remove(call_id, recording.sid)


def erase_unreported(calls: CallPorts, file: CallFile) -> None:
    """Have the carrier delete what it never reported of a call; `Unavailable` while it is silent.

    To be called as long as the call has the carrier's id.
    """
    if file.call.sid and expected_kinds(file.call, file.brief):
        for report in calls.carrier_recordings.of_call(file.call.sid):
            calls.carrier_recordings.delete(report.sid)


def _change(
    calls: CallPorts, recording: Recording, how: Callable[[Recording, datetime], Recording]
) -> tuple[Recording | None, Recording | None]:
    """Change a recording that is still there."""
    now = _now(calls)
    return calls.recordings.change(
        recording.call_id, recording.sid, lambda known: how(known, now) if known else None
    )


def _get(calls: CallPorts, call_id: str, sid: str) -> Recording:
    found = calls.recordings.get(call_id, sid)
    if found is None:
        raise _absent()
    return found


def _absent() -> NotFound:
    return NotFound("The call has no such recording.", code="recording_not_found")


def _now(calls: CallPorts) -> datetime:
    return cut_to_millis(calls.clock.now())
