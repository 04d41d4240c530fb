"""Items of campaigns and of their members."""

from __future__ import annotations

from pynamodb.attributes import BooleanAttribute, JSONAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.indexes import GlobalSecondaryIndex, KeysOnlyProjection

from chalicelib.scheduling.adapters.tables.base import SchedulingTable


class CampaignItem(SchedulingTable, discriminator="campaign"):
    """A campaign: `CAMPAIGNS` / `CAMPAIGN#<id>`."""

    name = UnicodeAttribute()
    description = UnicodeAttribute()
    state = UnicodeAttribute()
    reason_code = UnicodeAttribute(null=True)  # with `reason_text`: why it is paused or ended
    reason_text = UnicodeAttribute(null=True)
    template_id = UnicodeAttribute()
    variants = JSONAttribute()
    priority = NumberAttribute()
    dialing = JSONAttribute()
    retries = JSONAttribute()
    goal = JSONAttribute()
    breaker = JSONAttribute(null=True)
    created_at = UnicodeAttribute()
    created_by = UnicodeAttribute()
    updated_at = UnicodeAttribute(null=True)
    started_at = UnicodeAttribute(null=True)
    ended_at = UnicodeAttribute(null=True)
    resumed_at = UnicodeAttribute(null=True)
    version = NumberAttribute()


class TurnItem(SchedulingTable, discriminator="turn"):
    """Whose turn it is to advance a campaign: `CAMPAIGN#<id>` / `TURN`."""

    holder = UnicodeAttribute()
    until = UnicodeAttribute()


class RecentItem(SchedulingTable, discriminator="recent"):
    """The latest calls of a campaign: `CAMPAIGN#<id>` / `RECENT`."""

    failed = UnicodeAttribute()  # a `1` for each that failed and a `0` for each other, the latest last
    dialed = JSONAttribute()  # how many were dialed in which minute
    since = UnicodeAttribute(null=True)  # of calls dialed from then on `failed` tells


class ForecastItem(SchedulingTable, discriminator="forecast"):
    """What is expected of a campaign: `CAMPAIGN#<id>` / `FORECAST`."""

    forecast = JSONAttribute()


class CountsItem(SchedulingTable, discriminator="counts"):
    """The numbers of a campaign, each an attribute: `CAMPAIGN#<id>` / `COUNTS`."""


class AddingItem(SchedulingTable, discriminator="adding"):
    """A job that adds members to a campaign: `CAMPAIGN#<id>` / `ADDING#<job id>`."""

    at = UnicodeAttribute()


class ByDue(GlobalSecondaryIndex["MemberItem"]):  # type: ignore[no-untyped-call]
    """Members who wait, and those who have a call, by time; nobody else is in it."""

    class Meta:
        """The index's name, and that it holds keys only."""

        index_name = "by_due"
        projection = KeysOnlyProjection()

    due_list = UnicodeAttribute(hash_key=True)
    due_at = UnicodeAttribute(range_key=True)


class MemberItem(SchedulingTable, discriminator="member"):
    """A contact in a campaign: `CAMPAIGN#<id>#<shard>` / `MEMBER#<contact id>`.

    `due_list` and `due_at` are the keys of `by_due`; a member that is over has none.
    """

    by_due = ByDue()
    due_list = UnicodeAttribute(null=True)
    due_at = UnicodeAttribute(null=True)
    number = UnicodeAttribute()
    template_id = UnicodeAttribute()
    template_version = NumberAttribute(null=True)
    state = UnicodeAttribute()
    reason = UnicodeAttribute(null=True)
    attempts = NumberAttribute()
    next_at = UnicodeAttribute(null=True)
    call_id = UnicodeAttribute(null=True)
    called_at = UnicodeAttribute(null=True)
    last_outcome = UnicodeAttribute(null=True)
    goal_reached = BooleanAttribute()
    history = JSONAttribute()
    added_at = UnicodeAttribute()
    added_by = UnicodeAttribute(null=True)
    version = NumberAttribute()
