"""Items of rooms: heads and participants."""

from __future__ import annotations

from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeAttribute

from chalicelib.calls.adapters.tables.base import ActItem, CallsTable


class RoomItem(ActItem, CallsTable, discriminator="room"):
    """The head of a room: `ROOM#<id>` / `ROOM`; a live conference is in `by_listed` under `ROOMS`."""

    listed_in = UnicodeAttribute(null=True)
    listed_at = UnicodeAttribute(null=True)
    call_id = UnicodeAttribute(null=True)
    line = UnicodeAttribute()
    label = UnicodeAttribute(null=True)
    state = UnicodeAttribute()
    sid = UnicodeAttribute(null=True)
    sid_at = UnicodeAttribute(null=True)
    created_at = UnicodeAttribute()
    ended_at = UnicodeAttribute(null=True)
    requested_by = UnicodeAttribute(null=True)
    version = NumberAttribute()


class ParticipantItem(ActItem, CallsTable, discriminator="participant"):
    """One person's leg: `ROOM#<id>` / `PARTICIPANT#<id>`.

    In `by_contact` under `ROOMS#<contact id>`, or under `ROOMS#<number>` while it is no contact's.
    """

    contact_id = UnicodeAttribute(null=True)
    started_key = UnicodeAttribute(null=True)
    number = UnicodeAttribute(null=True)
    role = UnicodeAttribute()
    state = UnicodeAttribute()
    label = UnicodeAttribute(null=True)
    mode = UnicodeAttribute(null=True)
    why = UnicodeAttribute(null=True)
    sid = UnicodeAttribute(null=True)
    reason = UnicodeAttribute(null=True)
    asked_at = UnicodeAttribute()
    dialed_at = UnicodeAttribute(null=True)
    accepted_at = UnicodeAttribute(null=True)
    joined_at = UnicodeAttribute(null=True)
    left_at = UnicodeAttribute(null=True)
    duration_s = NumberAttribute(null=True)
    muted = BooleanAttribute()
    held = BooleanAttribute()
    wants_muted = BooleanAttribute(null=True)
    wants_held = BooleanAttribute(null=True)
    flags_seen = NumberAttribute()
    version = NumberAttribute()
