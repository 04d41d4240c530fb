"""What is told to other programs of promised callbacks."""

from __future__ import annotations

from chalicelib.kernel.catalogue import EventData, EventType
from chalicelib.kernel.schemas import Instant


class CallbackEventData(EventData):
    """A promise to call back at `due_at`: made in the call `promised_in`, kept by the call `kept_by`."""

    callback_id: str
    contact_id: str
    number: str
    due_at: Instant
    promised_in: str
    kept_by: str
    created_at: Instant


CALLBACK_PROMISED = EventType("callback.promised", "A callback was promised in a call.", CallbackEventData)
CALLBACK_MOVED = EventType(
    "callback.moved", "A promised callback was moved to another time.", CallbackEventData
)
EVENTS = (CALLBACK_PROMISED, CALLBACK_MOVED)
