"""What is told to other programs of calls, numbers, call templates and lines; never what was said."""

from __future__ import annotations

from chalicelib.calls.adapters.message_events import EVENTS as MESSAGE_EVENTS
from chalicelib.calls.adapters.recording_events import EVENTS as RECORDING_EVENTS
from chalicelib.kernel.catalogue import EventData, EventType
from chalicelib.kernel.schemas import Instant


class CallEventData(EventData):
    """A call as it is after the event; `reason` is a code, empty when there is nothing to explain."""

    call_id: str
    direction: str
    state: str
    outcome: str | None = None
    reason: str = ""
    number: str
    line: str
    contact_id: str
    template_id: str
    requested_by: str = ""
    created_at: Instant
    due_at: Instant
    dialed_at: Instant | None = None
    answered_at: Instant | None = None
    ended_at: Instant | None = None
    duration_s: int | None = None


class CallNotDialedEventData(CallEventData):
    """A call that was not dialed: `verdict` is `refuse` for good, or `not_yet` until `not_before`."""

    verdict: str
    explanation: str
    not_before: Instant | None = None


class CallFinishedEventData(CallEventData):
    """A call whose books are closed; `cost_microdollars` is None when its cost is not known."""

    finished_at: Instant
    cost_microdollars: int | None = None


class NumberEventData(EventData):
    """A number that nobody may call again, and what asked for that."""

    number: str
    source: str
    suppressed_at: Instant


class NumberReleasedEventData(EventData):
    """A number that may be called again."""

    number: str
    released_at: Instant


class CallTemplateEventData(EventData):
    """A kind of call, without what is said."""

    template_id: str
    name: str
    prompt_id: str
    transport: str
    language: str
    tools: list[str]
    max_duration_s: int
    created_at: Instant
    version: int


class LineEventData(EventData):
    """A number of ours and the call template that answers it."""

    line: str
    template_id: str


CALL_REQUESTED = EventType("call.requested", "An outbound call was accepted and waits.", CallEventData)
CALL_RESCHEDULED = EventType("call.rescheduled", "A waiting call got another time.", CallEventData)
CALL_NOT_DIALED = EventType(
    "call.not_dialed", "A call was due and was refused for good, or put off.", CallNotDialedEventData
)
CALL_DIALING = EventType("call.dialing", "The carrier is being asked for the call.", CallEventData)
CALL_UNKNOWN = EventType(
    "call.unknown", "The carrier's answer was lost; what became of the call will be found out.", CallEventData
)
CALL_RINGING = EventType(
    "call.ringing", "The carrier has the call; an inbound call begins so.", CallEventData
)
CALL_ANSWERED = EventType("call.answered", "Somebody, or something, answered.", CallEventData)
CALL_TRANSFER_FAILED = EventType(
    "call.transfer_failed", "The person to whom the call was handed over was not reached.", CallEventData
)
CALL_ENDED = EventType("call.ended", "Nothing happens on the line any more.", CallEventData)
CALL_FINISHED = EventType(
    "call.finished", "The call's outcome, summary and cost are known.", CallFinishedEventData
)
NUMBER_SUPPRESSED = EventType("number.suppressed", "A number will not be called again.", NumberEventData)
NUMBER_RELEASED = EventType(
    "number.released", "A suppressed number may be called again.", NumberReleasedEventData
)
TEMPLATE_CREATED = EventType("call_template.created", "A call template was created.", CallTemplateEventData)
TEMPLATE_UPDATED = EventType(
    "call_template.updated", "A call template has a new version.", CallTemplateEventData
)
TEMPLATE_DELETED = EventType("call_template.deleted", "A call template was deleted.", CallTemplateEventData)
LINE_ROUTED = EventType("line.routed", "A call template answers one of our numbers.", LineEventData)
EVENTS = (
    CALL_REQUESTED,
    CALL_RESCHEDULED,
    CALL_NOT_DIALED,
    CALL_DIALING,
    CALL_UNKNOWN,
    CALL_RINGING,
    CALL_ANSWERED,
    CALL_TRANSFER_FAILED,
    CALL_ENDED,
    CALL_FINISHED,
    NUMBER_SUPPRESSED,
    NUMBER_RELEASED,
    *RECORDING_EVENTS,
    *MESSAGE_EVENTS,
    TEMPLATE_CREATED,
    TEMPLATE_UPDATED,
    TEMPLATE_DELETED,
    LINE_ROUTED,
)
