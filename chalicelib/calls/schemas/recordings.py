"""Recordings, voicemail and runs of the retention as the API takes and shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, Field

from chalicelib.calls.domain.recordings import RecordingKind, RecordingState
from chalicelib.calls.domain.retention import DataKind, RunState
from chalicelib.calls.schemas.fields import View
from chalicelib.kernel.schemas import Input, Instant, PageQuery

if TYPE_CHECKING:
    from chalicelib.calls.domain.retention import RetentionRun
    from chalicelib.calls.services.voicemails import Voicemail


class RecordingView(View):
    """A recording; `carrier_deleted_at` is when the carrier's copy was gone."""

    sid: str
    kind: RecordingKind
    state: RecordingState
    seconds: int | None
    channels: int
    recorded_at: Instant
    stored_at: Instant | None
    carrier_deleted_at: Instant | None
    deleted_at: Instant | None


class RecordingList(BaseModel):
    """The recordings of a call."""

    items: list[RecordingView]


class SoundView(View):
    """Where a recording can be played without a token, and until when."""

    url: str
    expires_at: Instant


class VoicemailsQuery(PageQuery):
    """Which voicemails, and which page of them."""

    state: Annotated[
        Literal["new", "heard"] | None, Field(description="Only new ones, or only those that were heard.")
    ] = None

    @property
    def heard(self) -> bool | None:
        """Tell whether heard ones are asked for, new ones, or both."""
        return None if self.state is None else self.state == "heard"


class VoicemailView(BaseModel):
    """A message that a caller left; `transcription` is what a machine understood, and may be wrong."""

    call_id: str
    sid: str
    state: Literal["new", "heard"]
    number: str
    line: str
    contact_id: str
    received_at: Instant
    seconds: int | None
    is_playable: bool
    transcription: str | None
    heard_at: Instant | None


class VoicemailList(BaseModel):
    """One page of voicemails, newest first; the token, if any, asks for the next."""

    items: list[VoicemailView]
    next_page_token: str | None


def voicemail_view(voicemail: Voicemail) -> VoicemailView:
    """Give a voicemail as the API shows it."""
    call, recording = voicemail.call, voicemail.recording
    return VoicemailView(
        call_id=call.id,
        sid=recording.sid,
        state="heard" if recording.heard_at else "new",
        number=call.number,
        line=call.line,
        contact_id=call.contact_id,
        received_at=recording.recorded_at,
        seconds=recording.seconds,
        is_playable=recording.state is RecordingState.STORED,
        transcription=recording.transcription,
        heard_at=recording.heard_at,
    )


class RetentionIn(Input):
    """Whether to delete, or only to say what would be deleted."""

    dry_run: bool = True


class TallyView(View):
    """Of one kind of data: how much was looked at, was due, was deleted, could not be deleted."""

    examined: int
    due: int
    deleted: int
    failed: int


class RetentionView(BaseModel):
    """A run of the retention and its report; `kept_since` says of each kind what is kept."""

    id: str
    dry_run: bool
    state: RunState
    created_at: Instant
    created_by: str
    ended_at: Instant | None
    kept_since: dict[DataKind, Instant]
    report: dict[DataKind, TallyView]


def retention_view(run: RetentionRun) -> dict[str, Any]:
    """Give the values of a `RetentionView`."""
    return {name: value for name, value in vars(run).items() if name in RetentionView.model_fields}
