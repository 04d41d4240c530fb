"""Items of recordings, and of the runs that delete what is kept no longer."""

from __future__ import annotations

from pynamodb.attributes import BooleanAttribute, JSONAttribute, NumberAttribute, UnicodeAttribute

from chalicelib.calls.adapters.tables.base import ActItem, CallsTable


class RecordingItem(ActItem, CallsTable, discriminator="recording"):
    """A recording of a call, without its sound: `CALL#<id>` / `RECORDING#<sid>`; listed while it has any."""

    listed_in = UnicodeAttribute(null=True)
    listed_at = UnicodeAttribute(null=True)
    recording_kind = UnicodeAttribute()
    state = UnicodeAttribute()
    recorded_at = UnicodeAttribute()
    seconds = NumberAttribute(null=True)
    channels = NumberAttribute()
    transcription = UnicodeAttribute(null=True)
    stored_at = UnicodeAttribute(null=True)
    carrier_deleted_at = UnicodeAttribute(null=True)
    heard_at = UnicodeAttribute(null=True)
    deleted_at = UnicodeAttribute(null=True)
    version = NumberAttribute()


class RetentionItem(ActItem, CallsTable, discriminator="retention"):
    """A run that deletes what is kept no longer: `RETENTION#<id>` / `RUN`; expires."""

    dry_run = BooleanAttribute()
    state = UnicodeAttribute()
    created_at = UnicodeAttribute()
    created_by = UnicodeAttribute()
    updated_at = UnicodeAttribute()
    ended_at = UnicodeAttribute(null=True)
    kept_since = JSONAttribute()
    report = JSONAttribute()
    position = UnicodeAttribute(null=True)
    waiting = JSONAttribute(null=True)
    version = NumberAttribute()
