"""Items of calls: heads, briefs, turns, what came after, and sockets."""

from __future__ import annotations

from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.indexes import GlobalSecondaryIndex, KeysOnlyProjection

from chalicelib.calls.adapters.tables.base import ActItem, CallsTable, CompactJSON


class ByDueTime(GlobalSecondaryIndex["CallItem"]):  # type: ignore[no-untyped-call]
    """Calls that somebody must look at, by time; only unfinished calls are in it."""

    class Meta:
        """The index's name, and that it holds keys only."""

        index_name = "by_due_time"
        projection = KeysOnlyProjection()

    due_shard = UnicodeAttribute(hash_key=True)
    due_at = UnicodeAttribute(range_key=True)


class ByContact(GlobalSecondaryIndex["CallItem"]):  # type: ignore[no-untyped-call]
    """Calls of a contact, by time; erased ones sort after all others (`ERASED#…`)."""

    class Meta:
        """The index's name, and that it holds keys only."""

        index_name = "by_contact"
        projection = KeysOnlyProjection()

    contact_id = UnicodeAttribute(hash_key=True)
    started_key = UnicodeAttribute(range_key=True)


class ByListed(GlobalSecondaryIndex["CallItem"]):  # type: ignore[no-untyped-call]
    """Lists over all calls, and of other things, by time: `listed_in` names the list."""

    class Meta:
        """The index's name, and that it holds keys only."""

        index_name = "by_listed"
        projection = KeysOnlyProjection()

    listed_in = UnicodeAttribute(hash_key=True)
    listed_at = UnicodeAttribute(range_key=True)


class CallItem(ActItem, CallsTable, discriminator="call"):
    """The head of a call: `CALL#<id>` / `CALL`."""

    by_due_time = ByDueTime()
    by_contact = ByContact()
    by_listed = ByListed()
    due_shard = UnicodeAttribute(null=True)
    due_at = UnicodeAttribute(null=True)
    contact_id = UnicodeAttribute()
    started_key = UnicodeAttribute()
    listed_in = UnicodeAttribute(null=True)
    listed_at = UnicodeAttribute(null=True)
    state = UnicodeAttribute()
    direction = UnicodeAttribute()
    number = UnicodeAttribute()
    line = UnicodeAttribute()
    template_id = UnicodeAttribute()
    template_version = NumberAttribute(null=True)
    created_at = UnicodeAttribute()
    wanted_at = UnicodeAttribute()
    not_after = UnicodeAttribute(null=True)
    priority = NumberAttribute()
    requested_by = UnicodeAttribute(null=True)
    appointment = CompactJSON(null=True)
    campaign_id = UnicodeAttribute(null=True)
    attempt = NumberAttribute(null=True)
    slots = CompactJSON(null=True)
    reserved = NumberAttribute(null=True)
    budgets = CompactJSON(null=True)
    decision = CompactJSON(null=True)
    dialed_at = UnicodeAttribute(null=True)
    sid = UnicodeAttribute(null=True)
    answered_at = UnicodeAttribute(null=True)
    ended_at = UnicodeAttribute(null=True)
    carrier_status = UnicodeAttribute(null=True)
    sip_code = UnicodeAttribute(null=True)
    duration_s = NumberAttribute(null=True)
    reason = UnicodeAttribute(null=True)
    outcome = UnicodeAttribute(null=True)
    finished_at = UnicodeAttribute(null=True)
    erased_at = UnicodeAttribute(null=True)
    cost = NumberAttribute(null=True)
    events = CompactJSON(null=True)
    version = NumberAttribute()


class BriefItem(CallsTable, discriminator="brief"):
    """What a call is held by: `CALL#<id>` / `BRIEF`."""

    brief = CompactJSON()


class TurnItem(CallsTable, discriminator="turn"):
    """A turn: `CALL#<id>` / `TURN#0003`; `heard` belongs to whoever saw the interruption."""

    turn_kind = UnicodeAttribute()
    received_at = UnicodeAttribute()
    said = UnicodeAttribute(null=True)
    language = UnicodeAttribute(null=True)
    answer = UnicodeAttribute(null=True)
    heard = UnicodeAttribute(null=True)
    interrupted = BooleanAttribute(null=True)
    filler = UnicodeAttribute(null=True)
    is_resumed = BooleanAttribute(null=True)
    is_masked = BooleanAttribute(null=True)
    end = UnicodeAttribute(null=True)
    reason = UnicodeAttribute(null=True)
    tools = CompactJSON(null=True)
    corrected = CompactJSON(null=True)
    usage = CompactJSON(null=True)
    asked = CompactJSON(null=True)
    timing = CompactJSON(null=True)
    sentiment = UnicodeAttribute(null=True)
    intent = UnicodeAttribute(null=True)


class AftermathItem(CallsTable, discriminator="aftermath"):
    """What the post-call job found: `CALL#<id>` / `AFTERMATH`."""

    listed_in = UnicodeAttribute(null=True)  # as long as the call has texts that are to be deleted some day
    listed_at = UnicodeAttribute(null=True)
    analysis = CompactJSON(null=True)
    state = UnicodeAttribute(null=True)  # of the analysis; none where it was written before states were kept
    costs = CompactJSON()
    erased = BooleanAttribute(null=True)


class ConnectionItem(CallsTable, discriminator="connection"):
    """Whose socket this is: `CONNECTION#<id>` / `CONNECTION`; expires."""

    call_id = UnicodeAttribute()
