"""What is told to other programs of recordings and voicemail; never what was said, nor where it plays."""

from __future__ import annotations

from chalicelib.kernel.catalogue import EventData, EventType
from chalicelib.kernel.schemas import Instant


class RecordingEventData(EventData):
    """A recording of a call; its sound is behind `/v1/calls/{call_id}/recordings/{sid}/media`."""

    call_id: str
    sid: str
    kind: str
    state: str
    seconds: int | None = None
    channels: int
    recorded_at: Instant
    stored_at: Instant | None = None


RECORDING_STORED = EventType(
    "recording.stored", "The sound of a recording is in our bucket and can be played.", RecordingEventData
)
VOICEMAIL_RECEIVED = EventType(
    "voicemail.received", "A caller has left a message, which can be played.", RecordingEventData
)
EVENTS = (RECORDING_STORED, VOICEMAIL_RECEIVED)
