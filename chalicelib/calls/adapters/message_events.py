"""What is told to other programs of text messages; never what was written."""

from __future__ import annotations

from chalicelib.kernel.catalogue import EventData, EventType
from chalicelib.kernel.schemas import Instant


class MessageEventData(EventData):
    """A text message without its text; `reason` says why it failed, or what a received one changed."""

    message_id: str
    contact_id: str
    direction: str
    state: str
    reason: str = ""
    number: str
    line: str
    segments: int
    call_id: str = ""
    template_id: str = ""
    requested_by: str = ""
    created_at: Instant
    sent_at: Instant | None = None
    ended_at: Instant | None = None


class MessageTemplateEventData(EventData):
    """A template of text messages, without its text."""

    template_id: str
    name: str
    version: int


MESSAGE_RECEIVED = EventType(
    "message.received", "Somebody sent a text message to one of our numbers.", MessageEventData
)
MESSAGE_DELIVERED = EventType(
    "message.delivered", "A text message arrived on the phone of the person.", MessageEventData
)
MESSAGE_FAILED = EventType(
    "message.failed", "A text message was not sent, or did not arrive; `reason` says why.", MessageEventData
)
MESSAGE_TEMPLATE_CREATED = EventType(
    "message_template.created", "A template of text messages was created.", MessageTemplateEventData
)
MESSAGE_TEMPLATE_CHANGED = EventType(
    "message_template.changed", "A template of text messages was changed.", MessageTemplateEventData
)
MESSAGE_TEMPLATE_DELETED = EventType(
    "message_template.deleted", "A template of text messages was deleted.", MessageTemplateEventData
)
EVENTS = (
    MESSAGE_RECEIVED,
    MESSAGE_DELIVERED,
    MESSAGE_FAILED,
    MESSAGE_TEMPLATE_CREATED,
    MESSAGE_TEMPLATE_CHANGED,
    MESSAGE_TEMPLATE_DELETED,
)
