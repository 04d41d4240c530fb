"""Recordings: begun, finished, announced, and the sound file they give; what is said is not here."""

from __future__ import annotations

import io
import wave
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from localcloud.phone_network.pace import now, rfc2822
from localcloud.phone_network.sids import new_sid

if TYPE_CHECKING:
    from datetime import datetime

    from localcloud.phone_network.calls import Call, RecordingRequest
    from localcloud.phone_network.exchange import Exchange

_FRAME_RATE = 8_000
_SAMPLE_BYTES = 2
ABSENT = "absent"
_LONGEST_FILE = 60


@dataclass(slots=True)
class Recording:
    """One recording of a call."""

    sid: str
    account_sid: str
    call_sid: str
    request: RecordingRequest
    began: float
    base_url: str
    started_at: datetime = field(default_factory=now)
    status: str = "in-progress"
    duration: int = 0

    def uri(self) -> str:
        """Return the resource's path."""
        return f"/2010-04-01/Accounts/{self.account_sid}/Recordings/{self.sid}"

    @property
    def media_url(self) -> str:
        """The address of the sound, on this network."""
        return f"{self.base_url}{self.uri()}"

    def view(self) -> dict[str, Any]:
        """Return the recording as the REST API shows it."""
        stamp = rfc2822(self.started_at)
        return {
            "sid": self.sid,
            "account_sid": self.account_sid,
            "call_sid": self.call_sid,
            "conference_sid": None,
            "status": self.status,
            "duration": str(self.duration),
            "channels": self.request.channels,
            "source": self.request.source,
            "start_time": stamp,
            "date_created": stamp,
            "date_updated": rfc2822(now()),
            "price": None,
            "price_unit": "USD",
            "error_code": None,
            "encryption_details": None,
            "api_version": "2010-04-01",
            "uri": f"{self.uri()}.json",
            "media_url": self.media_url,
            "subresource_uris": {},
        }

    def wav(self) -> bytes:
        """Return silence of the recording's length, at most a minute of it, on one channel or on two."""
        sound = io.BytesIO()
        channels = self.request.channels
        with wave.open(sound, "wb") as file:
            file.setnchannels(channels)
            file.setsampwidth(_SAMPLE_BYTES)
            file.setframerate(_FRAME_RATE)
            seconds = min(max(self.duration, 1), _LONGEST_FILE)
            file.writeframes(bytes(channels * _SAMPLE_BYTES * _FRAME_RATE * seconds))
        return sound.getvalue()


def begin(exchange: Exchange, call: Call, request: RecordingRequest) -> Recording:
    """Start recording a call."""
    recording = Recording(
        new_sid("RE"), call.account_sid, call.sid, request, exchange.pace.tick(), exchange.base_url
    )
    exchange.recordings[recording.sid] = recording
    call.recordings.append(recording.sid)
    exchange.log.record("recording.started", call.sid, recording_sid=recording.sid, source=request.source)
    _announce(exchange, call, recording)
    return recording


def finish(exchange: Exchange, call: Call, recording: Recording, *, heard: bool = True) -> None:
    """End a recording that is still under way and announce it; where nothing was heard it is absent."""
    if recording.status != "in-progress":
        return
    recording.status = "completed" if heard else ABSENT
    recording.duration = round(exchange.pace.simulated(recording.began)) if heard else 0
    facts = {"recording_sid": recording.sid, "duration": recording.duration}
    if heard:
        exchange.log.record("recording.completed", call.sid, **facts)
    else:
        exchange.log.record("recording.absent", call.sid, **facts)
    _announce(exchange, call, recording)


def finish_all(exchange: Exchange, call: Call) -> None:
    """End whatever still records a call."""
    for sid in call.recordings:
        if recording := exchange.recordings.get(sid):
            finish(exchange, call, recording)


def discard(exchange: Exchange, call: Call, source: str) -> None:
    """Drop recordings from one source, as ConversationRelay does with those of the REST API."""
    for sid in list(call.recordings):
        if exchange.recordings[sid].request.source == source:
            call.recordings.remove(sid)
            del exchange.recordings[sid]
            exchange.log.record("recording.ignored", call.sid, recording_sid=sid, source=source)


def _announce(exchange: Exchange, call: Call, recording: Recording) -> None:
    callback = recording.request.callback
    if recording.status not in callback.events:
        return
    params = {
        "AccountSid": call.account_sid,
        "CallSid": call.sid,
        "RecordingSid": recording.sid,
        "RecordingUrl": recording.media_url,
        "RecordingStatus": recording.status,
        "RecordingDuration": str(recording.duration),
        "RecordingChannels": str(recording.request.channels),
        "RecordingStartTime": rfc2822(recording.started_at) or "",
        "RecordingSource": recording.request.source,
        "RecordingTrack": "both",
    }
    exchange.progress.send(call.sid, f"recording.{recording.status}", callback, params)
