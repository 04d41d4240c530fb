"""Items of dial plans."""

from __future__ import annotations

from pynamodb.attributes import JSONAttribute, NumberAttribute, UnicodeAttribute

from chalicelib.calls.adapters.tables.base import CallsTable


class DialPlanItem(CallsTable, discriminator="dial_plan"):
    """How a campaign may be dialed: `DIALPLAN#<campaign id>` / `PLAN`."""

    name = UnicodeAttribute()
    rules = JSONAttribute()
    stop_code = UnicodeAttribute(null=True)  # with `stop_reason` while nothing of it is dialed
    stop_reason = UnicodeAttribute(null=True)
    stop_version = NumberAttribute(null=True)  # the campaign's, when it was last stopped or let go on
    version = NumberAttribute()
