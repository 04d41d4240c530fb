"""What is kept of a contact beside its details, and what is indexed and counted."""

from __future__ import annotations

from pynamodb.attributes import BooleanAttribute, JSONAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.indexes import AllProjection

from chalicelib.crm.adapters.tables.base import CrmTable, index


class NoteItem(CrmTable, discriminator="note"):
    """`CONTACT#<id>` / `NOTE#<note id>`: the ids, and so the keys, sort by time."""

    id = UnicodeAttribute()
    contact_id = UnicodeAttribute()
    kind = UnicodeAttribute()
    body = UnicodeAttribute()
    author = UnicodeAttribute()
    created_at = UnicodeAttribute()
    updated_at = UnicodeAttribute(null=True)
    call_id = UnicodeAttribute(null=True)
    due_at = UnicodeAttribute(null=True)
    done_at = UnicodeAttribute(null=True)
    pinned = BooleanAttribute(null=True)
    version = NumberAttribute(null=True)
    task_list = UnicodeAttribute(null=True)
    task_key = UnicodeAttribute(null=True)
    by_task = index("by_task", "task_list", "task_key", AllProjection)


class ConsentItem(CrmTable, discriminator="consent"):
    """`CONTACT#<id>` / `CONSENT#<consent id>`: what somebody allowed or forbade; never changed."""

    id = UnicodeAttribute()
    contact_id = UnicodeAttribute()
    kind = UnicodeAttribute()
    answer = UnicodeAttribute()
    source = UnicodeAttribute()
    wording = UnicodeAttribute(null=True)
    reference = UnicodeAttribute(null=True)
    number = UnicodeAttribute(null=True)
    at = UnicodeAttribute()
    recorded_at = UnicodeAttribute()
    recorded_by = UnicodeAttribute()


class MemoryItem(CrmTable, discriminator="memory"):
    """`CONTACT#<id>` / `MEMORY#<fact id>`: a fact, or that one is forgotten (expires)."""

    id = UnicodeAttribute()
    contact_id = UnicodeAttribute()
    key = UnicodeAttribute(null=True)
    value = UnicodeAttribute(null=True)
    said = UnicodeAttribute(null=True)
    turn = NumberAttribute(null=True)
    call_id = UnicodeAttribute(null=True)
    learned_at = UnicodeAttribute()
    corrected_by = UnicodeAttribute(null=True)
    forgotten = BooleanAttribute(null=True)
    version = NumberAttribute()


class CallEntryItem(CrmTable, discriminator="call_entry"):
    """`CONTACT#<id>` / `CALL#<call id>`: what the timeline shows of a call; the number is masked."""

    id = UnicodeAttribute()
    contact_id = UnicodeAttribute()
    direction = UnicodeAttribute()
    outcome = UnicodeAttribute(null=True)
    reason = UnicodeAttribute(null=True)
    duration_s = NumberAttribute(null=True)
    number = UnicodeAttribute()
    at = UnicodeAttribute()


class MessageEntryItem(CrmTable, discriminator="message_entry"):
    """`CONTACT#<id>` / `MESSAGE#<message id>`: what the timeline shows of a message; the number is masked."""

    id = UnicodeAttribute()
    contact_id = UnicodeAttribute()
    direction = UnicodeAttribute()
    state = UnicodeAttribute()
    reason = UnicodeAttribute(null=True)
    call_id = UnicodeAttribute(null=True)
    number = UnicodeAttribute()
    at = UnicodeAttribute()


class BookingEntryItem(CrmTable, discriminator="booking_entry"):
    """`CONTACT#<id>` / `BOOKING#<booking id>`: what the timeline shows of an appointment."""

    id = UnicodeAttribute()
    contact_id = UnicodeAttribute()
    calendar_id = UnicodeAttribute()
    start = UnicodeAttribute()
    end = UnicodeAttribute()
    state = UnicodeAttribute()
    call_id = UnicodeAttribute(null=True)
    at = UnicodeAttribute()


class ErasureItem(CrmTable, discriminator="erasure"):
    """`ERASURE#<contact id>` / `ERASURE`: whose traces are being erased; gone when it is done."""

    ids = JSONAttribute()
    phones = JSONAttribute()
    begun_at = UnicodeAttribute()


class IndexItem(CrmTable, discriminator="index"):
    """`CONTACT#<id>` / `INDEX`: what search and counters hold of a contact.

    That of a gone contact stays a while, empty: a late writer must not take it for a new one. In `by_created`
    indexes lie as `INDEXED#<shard>`, by the ids of their contacts.
    """

    texts = JSONAttribute(null=True)
    counted = JSONAttribute(null=True)
    version = NumberAttribute()
    list_shard = UnicodeAttribute(null=True)
    created_key = UnicodeAttribute(null=True)


class SearchItem(CrmTable, discriminator="search"):
    """`SEARCH#<first two characters>` / `<phrase>#<contact id>`: a contact under a phrase of its texts."""

    texts = JSONAttribute()


class CounterItem(CrmTable, discriminator="counter"):
    """`COUNTERS#<shard>` / `<name>`: a part of a count, and how often it was written."""

    amount = NumberAttribute()
    writes = NumberAttribute()
