"""Items of text messages: the messages, where each is found by its id, and templates."""

from __future__ import annotations

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from chalicelib.calls.adapters.tables.base import ActItem, CallsTable


class MessageItem(ActItem, CallsTable, discriminator="message"):
    """A text message: `THREAD#<contact id>` / `MESSAGE#<instant>#<message id>`.

    In `by_due_time` as long as somebody must look at it, in `by_listed` always.
    """

    due_shard = UnicodeAttribute(null=True)
    due_at = UnicodeAttribute(null=True)
    listed_in = UnicodeAttribute()
    listed_at = UnicodeAttribute()
    id = UnicodeAttribute()
    contact_id = UnicodeAttribute()
    number = UnicodeAttribute()
    line = UnicodeAttribute()
    direction = UnicodeAttribute()
    body = UnicodeAttribute()
    state = UnicodeAttribute()
    created_at = UnicodeAttribute()
    segments = NumberAttribute()
    encoding = UnicodeAttribute()
    reason = UnicodeAttribute(null=True)
    template_id = UnicodeAttribute(null=True)
    requested_by = UnicodeAttribute(null=True)
    call_id = UnicodeAttribute(null=True)
    answers = UnicodeAttribute(null=True)
    media = NumberAttribute(null=True)
    sid = UnicodeAttribute(null=True)
    carrier_status = UnicodeAttribute(null=True)
    asked_at = UnicodeAttribute(null=True)
    sent_at = UnicodeAttribute(null=True)
    ended_at = UnicodeAttribute(null=True)
    commits = NumberAttribute(null=True)
    version = NumberAttribute()


class MessagePlaceItem(CallsTable, discriminator="message_place"):
    """Where a message is, or was: `MESSAGE#<id>` / `MESSAGE`; it stays when the message is deleted."""

    thread_id = UnicodeAttribute()
    created_at = UnicodeAttribute()


class MessageTemplateItem(ActItem, CallsTable, discriminator="message_template"):
    """A template of text messages: `TEXTS` / `TEXT#<id>`."""

    name = UnicodeAttribute()
    text = UnicodeAttribute()
    created_at = UnicodeAttribute()
    updated_at = UnicodeAttribute()
    version = NumberAttribute()
