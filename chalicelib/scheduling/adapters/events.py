"""What is told to other programs of promised callbacks, of campaigns and of bookings."""

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


class CampaignEventData(EventData):
    """A campaign as it is now; `reason_code` says why it does not go on."""

    campaign_id: str
    name: str
    state: str
    reason_code: str | None = None
    template_id: str
    version: int
    created_at: Instant
    started_at: Instant | None = None
    ended_at: Instant | None = None


def _campaign(what: str, description: str) -> EventType:
    return EventType(f"campaign.{what}", description, CampaignEventData)


CAMPAIGN_CREATED = _campaign("created", "A campaign was prepared.")
CAMPAIGN_SCHEDULED = _campaign("scheduled", "A campaign will start at its start time.")
CAMPAIGN_STARTED = _campaign("started", "A campaign dials, for the first time or again.")
CAMPAIGN_PAUSED = _campaign("paused", "A campaign dials nobody until it is resumed.")
CAMPAIGN_COMPLETED = _campaign("completed", "Nobody of a campaign is left to be called.")
CAMPAIGN_STOPPED = _campaign("stopped", "A campaign was ended before that.")
CAMPAIGN_DELETED = _campaign("deleted", "A campaign was deleted, with its members.")
CAMPAIGN_EVENTS = (
    CAMPAIGN_CREATED,
    CAMPAIGN_SCHEDULED,
    CAMPAIGN_STARTED,
    CAMPAIGN_PAUSED,
    CAMPAIGN_COMPLETED,
    CAMPAIGN_STOPPED,
    CAMPAIGN_DELETED,
)


class BookingEventData(EventData):
    """A booking as it is now, from `start` until `end`; `sequence` grows with each move."""

    booking_id: str
    calendar_id: str
    contact_id: str
    start: Instant
    end: Instant
    state: str
    reason: str | None = None
    call_id: str | None = None
    sequence: int
    version: int
    created_at: Instant


def _booking(what: str, description: str) -> EventType:
    return EventType(f"booking.{what}", description, BookingEventData)


BOOKING_CREATED = _booking("created", "An appointment was booked.")
BOOKING_MOVED = _booking("moved", "An appointment was moved to another time.")
BOOKING_CONFIRMED = _booking("confirmed", "A contact said that it will come to its appointment.")
BOOKING_CANCELLED = _booking("cancelled", "An appointment was cancelled.")
BOOKING_ATTENDED = _booking("attended", "A contact came to its appointment.")
BOOKING_NO_SHOW = _booking("no_show", "A contact did not come to its appointment.")
BOOKING_EVENTS = (
    BOOKING_CREATED,
    BOOKING_MOVED,
    BOOKING_CONFIRMED,
    BOOKING_CANCELLED,
    BOOKING_ATTENDED,
    BOOKING_NO_SHOW,
)
EVENTS = (CALLBACK_PROMISED, CALLBACK_MOVED, *CAMPAIGN_EVENTS, *BOOKING_EVENTS)
