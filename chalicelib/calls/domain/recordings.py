"""Recordings of calls and voicemail: what is known of each, and where its sound is."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from chalicelib.calls.domain.happenings import Happening, has_happened

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.calls.domain.calls import Call
    from chalicelib.calls.domain.templates import Brief

MAX_TRANSCRIPTION = 10_000
# Longer than the carrier takes to have a recording ready and to report it.
REPORT_PATIENCE_S = 90
_SID = re.compile(r"RE[0-9a-f]{32}")
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]+")


class RecordingKind(StrEnum):
    """What was recorded: a conversation, or what a caller left for us."""

    CALL = "call"
    VOICEMAIL = "voicemail"


class RecordingState(StrEnum):
    """Where the sound is."""

    AT_CARRIER = "at_carrier"  # the carrier has it, and it is to be fetched
    STORED = "stored"  # in our bucket; at the carrier no longer than `carrier_deleted_at`
    ABSENT = "absent"  # nothing was heard, so that the carrier kept nothing
    FAILED = "failed"  # the carrier could not record
    DELETED = "deleted"  # wanted by nobody: in neither place, or about to be


@dataclass(frozen=True)
class Recording:
    """A recording of a call; `sid` is the carrier's id.

    `seconds` and `channels` are as the carrier says; `transcription` is what a machine understood of a
    voicemail, None as long as it has not said so; `heard_at` is when somebody marked a voicemail as heard.
    """

    sid: str
    call_id: str
    kind: RecordingKind
    state: RecordingState
    recorded_at: datetime
    seconds: int | None = None
    channels: int = 1
    transcription: str | None = None
    stored_at: datetime | None = None
    carrier_deleted_at: datetime | None = None
    heard_at: datetime | None = None
    deleted_at: datetime | None = None
    version: int = 0

    @property
    def is_kept(self) -> bool:
        """Tell whether there is sound that has not been given up."""
        return self.state in {RecordingState.AT_CARRIER, RecordingState.STORED}


@dataclass(frozen=True)
class RecordingReport:
    """What the carrier says of a recording."""

    sid: str
    status: str
    kind: RecordingKind
    seconds: int | None = None
    channels: int = 1


_STATE_OF_STATUS = {
    "completed": RecordingState.AT_CARRIER,
    "absent": RecordingState.ABSENT,
    "failed": RecordingState.FAILED,
}


def is_recording_sid(text: str) -> bool:
    """Tell whether a text has the form of the carrier's ids of recordings."""
    return _SID.fullmatch(text) is not None


def reported(known: Recording | None, call_id: str, report: RecordingReport, now: datetime) -> Recording:
    """Merge a report: what is known of the sound stands, so that repeated and late ones change nothing."""
    state = _STATE_OF_STATUS[report.status]
    if known is None:
        return Recording(report.sid, call_id, report.kind, state, now, report.seconds, report.channels)
    seconds = known.seconds if report.seconds is None else report.seconds
    if known.state is RecordingState.DELETED:
        return known
    return replace(known, seconds=seconds, channels=max(known.channels, report.channels))


def says_something(report: RecordingReport) -> bool:
    """Tell whether a report is one that we act upon."""
    return report.status in _STATE_OF_STATUS and is_recording_sid(report.sid)


def is_unfinished(report: RecordingReport) -> bool:
    """Tell whether the carrier still works on a recording."""
    return report.status in {"in-progress", "paused", "processing"}


def expected_kinds(call: Call, brief: Brief | None) -> frozenset[RecordingKind]:
    """Tell what recordings a call should have; of one whose brief is gone nobody knows: it may have one."""
    kinds = {RecordingKind.CALL} if call.answered_at and (brief is None or brief.record) else set()
    if has_happened(call, Happening.VOICEMAIL_BEGUN):
        kinds.add(RecordingKind.VOICEMAIL)
    return frozenset(kinds)


def transcribed(known: Recording | None, call_id: str, sid: str, text: str, now: datetime) -> Recording:
    """Keep what a machine understood, the first time; it may come before the report of the recording."""
    found = known or Recording(sid, call_id, RecordingKind.VOICEMAIL, RecordingState.AT_CARRIER, now)
    if found.transcription is not None or found.state is RecordingState.DELETED:
        return found
    return replace(found, transcription=plain_words(text))


def stored(known: Recording, now: datetime) -> Recording:
    """Say that the sound is in our bucket; a recording that was given up meanwhile stays so."""
    if known.state is not RecordingState.AT_CARRIER:
        return known
    return replace(known, state=RecordingState.STORED, stored_at=now)


def gone_at_carrier(known: Recording, now: datetime) -> Recording:
    """Say that the carrier has deleted the sound."""
    return replace(known, carrier_deleted_at=known.carrier_deleted_at or now)


def deleted(known: Recording, now: datetime) -> Recording:
    """Give a recording up, with what was said in it."""
    if known.state is RecordingState.DELETED:
        return known
    return replace(known, state=RecordingState.DELETED, deleted_at=now, transcription=None)


def heard(known: Recording, now: datetime) -> Recording:
    """Mark a voicemail as heard; the first time stands."""
    return replace(known, heard_at=known.heard_at or now)


def plain_words(text: str) -> str:
    """Give what a stranger's voice became as one line of bounded length, without control characters."""
    return " ".join(_UNPRINTABLE.sub(" ", text[: 4 * MAX_TRANSCRIPTION]).split())[:MAX_TRANSCRIPTION]
