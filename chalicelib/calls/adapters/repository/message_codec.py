"""Items of text messages and their templates to domain values and back; pure."""

from __future__ import annotations

from typing import Any

from chalicelib.calls.adapters.repository.writes import instant_of, shard_of, text_of
from chalicelib.calls.adapters.tables import MessageItem, MessageTemplateItem
from chalicelib.calls.domain.calls import Direction
from chalicelib.calls.domain.message_templates import MessageTemplate
from chalicelib.calls.domain.messages import Message, MessageState, Place
from chalicelib.calls.domain.segments import Encoding
from chalicelib.kernel.actors import actor
from chalicelib.kernel.clock import from_iso, iso
from chalicelib.kernel.phones import E164

SHARDS = 4
WAITING, SILENT = "SMS_WAITING", "SMS_SILENT"
_TEXTS = ("reason", "template_id", "requested_by", "call_id", "answers", "sid", "carrier_status")


def thread_key(contact_id: str) -> str:
    """Give the hash key of all messages with a contact."""
    return f"THREAD#{contact_id}"


def message_key(place: Place) -> tuple[str, str]:
    """Give both keys of a message."""
    return thread_key(place.contact_id), f"MESSAGE#{place.position}"


def place_key(message_id: str) -> tuple[str, str]:
    """Give both keys of the row that tells where a message is."""
    return f"MESSAGE#{message_id}", "MESSAGE"


def message_item(message: Message) -> MessageItem:
    """Write a message; one index holds it as long as somebody must look at it."""
    kind = WAITING if message.state is MessageState.QUEUED else SILENT
    shard = shard_of(message.id, SHARDS)
    texts: dict[str, Any] = {name: getattr(message, name) or None for name in _TEXTS}
    return MessageItem(
        *message_key(message.place),
        due_shard=f"{kind}#{shard}" if message.look_at else None,
        due_at=text_of(message.look_at),
        listed_in=f"MESSAGES#{shard}",
        listed_at=message.place.position,
        id=message.id,
        contact_id=message.contact_id,
        number=message.number,
        line=message.line,
        direction=message.direction.value,
        body=message.body,
        state=message.state.value,
        created_at=iso(message.created_at),
        segments=message.segments,
        encoding=message.encoding.value,
        media=message.media or None,
        asked_at=text_of(message.asked_at),
        sent_at=text_of(message.sent_at),
        ended_at=text_of(message.ended_at),
        commits=message.commits or None,
        version=message.version,
        changed_by=actor() if message.version == 1 else None,
        **texts,
    )


def message_of(item: MessageItem) -> Message:
    """Read a message."""
    return Message(
        id=item.id,
        contact_id=item.contact_id,
        number=E164(item.number),
        line=E164(item.line),
        direction=Direction(item.direction),
        body=item.body,
        state=MessageState(item.state),
        created_at=from_iso(item.created_at),
        segments=int(item.segments),
        encoding=Encoding(item.encoding),
        media=int(item.media or 0),
        asked_at=instant_of(item.asked_at),
        sent_at=instant_of(item.sent_at),
        ended_at=instant_of(item.ended_at),
        look_at=instant_of(item.due_at),
        commits=int(item.commits or 0),
        version=int(item.version),
        **{name: getattr(item, name) or "" for name in _TEXTS},
    )


def template_item(template: MessageTemplate) -> MessageTemplateItem:
    """Write a template."""
    return MessageTemplateItem(
        "TEXTS",
        f"TEXT#{template.id}",
        name=template.name,
        text=template.text,
        created_at=iso(template.created_at),
        updated_at=iso(template.updated_at),
        version=template.version,
        changed_by=actor(),
    )


def template_of(item: MessageTemplateItem) -> MessageTemplate:
    """Read a template."""
    return MessageTemplate(
        id=item.sk.removeprefix("TEXT#"),
        name=item.name,
        text=item.text,
        created_at=from_iso(item.created_at),
        updated_at=from_iso(item.updated_at),
        version=int(item.version),
    )
