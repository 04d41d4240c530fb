"""Campaigns in the scheduling table, and whose turn it is to advance each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pynamodb.exceptions import DoesNotExist, PynamoDBException

from chalicelib.kernel.clock import from_iso, iso
from chalicelib.kernel.errors import unavailable_on
from chalicelib.kernel.paging import Page
from chalicelib.scheduling.adapters.repository.campaign_codec import (
    campaign_item,
    campaign_of,
    forecast_json,
    forecast_of,
    instant_of,
    text_of,
)
from chalicelib.scheduling.adapters.repository.writes import done
from chalicelib.scheduling.adapters.tables import AddingItem, CampaignItem, ForecastItem, RecentItem, TurnItem
from chalicelib.scheduling.domain.breaking import Recent
from chalicelib.scheduling.ports.campaigns import Adding

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.scheduling.domain.campaigns import Campaign
    from chalicelib.scheduling.domain.forecasts import Forecast
    from chalicelib.scheduling.ports.campaigns import Turn

_CAMPAIGNS = "CAMPAIGNS"


@unavailable_on(PynamoDBException)
class CampaignRepository:
    """One row a campaign; implements `CampaignBook`."""

    def add(self, campaign: Campaign) -> Campaign:
        """Store a new campaign, or give the one that has this id."""
        item = campaign_item(campaign)
        if done(lambda: item.save(CampaignItem.pk.does_not_exist())):
            return campaign
        return self.get(campaign.id) or campaign

    def get(self, campaign_id: str) -> Campaign | None:
        """Give a campaign, consistently."""
        try:
            return campaign_of(CampaignItem.get(_CAMPAIGNS, f"CAMPAIGN#{campaign_id}", consistent_read=True))
        except DoesNotExist:
            return None

    def save(self, campaign: Campaign) -> bool:
        """Store a campaign in place of the version below; False when it has another, or is gone."""
        item = campaign_item(campaign)
        return done(lambda: item.save(CampaignItem.version == campaign.version - 1))

    def remove(self, campaign: Campaign) -> bool:
        """Delete a campaign at its version; False when it has another. Its members are cleared apart."""
        item = campaign_item(campaign)
        return done(lambda: item.delete(CampaignItem.version == campaign.version))

    def page(self, page_size: int, start: str | None) -> Page[Campaign]:
        """Give campaigns, newest first, from after the id `start`."""
        found = CampaignItem.query(
            _CAMPAIGNS,
            CampaignItem.sk < f"CAMPAIGN#{start}" if start else CampaignItem.sk.startswith("CAMPAIGN#"),
            scan_index_forward=False,
            limit=page_size + 1,
            consistent_read=True,
        )
        campaigns = [campaign_of(item) for item in found]
        more = len(campaigns) > page_size
        return Page(campaigns[:page_size], campaigns[page_size - 1].id if more else None)

    def take_turn(self, campaign_id: str, turn: Turn, now: datetime) -> bool:
        """Take the turn; False when somebody else has it at `now`."""
        item = TurnItem(*_turn_key(campaign_id), holder=turn.holder, until=iso(turn.until))
        mine = TurnItem.holder == turn.holder
        return done(lambda: item.save(TurnItem.pk.does_not_exist() | mine | (TurnItem.until <= iso(now))))

    def end_turn(self, campaign_id: str, turn: Turn) -> bool:
        """Give the turn back; False when somebody else has taken it since."""
        item = TurnItem(*_turn_key(campaign_id))
        return done(lambda: item.delete(TurnItem.holder == turn.holder))

    def begin_adding(self, campaign_id: str, adding: Adding) -> None:
        """Note that a job adds members; what was noted of it before stays."""
        item = AddingItem(*_adding_key(campaign_id, adding.job_id), at=iso(adding.at))
        done(lambda: item.save(AddingItem.pk.does_not_exist()))

    def adding(self, campaign_id: str) -> list[Adding]:
        """Give the jobs that add members, consistently."""
        found = AddingItem.query(
            f"CAMPAIGN#{campaign_id}", AddingItem.sk.startswith("ADDING#"), consistent_read=True
        )
        return [Adding(item.sk.removeprefix("ADDING#"), from_iso(item.at)) for item in found]

    def end_adding(self, campaign_id: str, job_id: str) -> None:
        """Forget a job that adds members."""
        AddingItem(*_adding_key(campaign_id, job_id)).delete()

    def recent(self, campaign_id: str) -> Recent:
        """Give what is kept of a campaign's latest calls, consistently; nothing before the first is over."""
        try:
            item = RecentItem.get(*_recent_key(campaign_id), consistent_read=True)
        except DoesNotExist:
            return Recent()
        minutes = {from_iso(minute): int(count) for minute, count in item.dialed.items()}
        failed = tuple(each == "1" for each in item.failed)
        return Recent(failed, minutes, instant_of(item.since))

    def keep_recent(self, campaign_id: str, recent: Recent) -> None:
        """Keep this of a campaign's latest calls; done only by who has the turn."""
        failed = "".join("1" if each else "0" for each in recent.failed)
        minutes = {iso(minute): count for minute, count in recent.dialed.items()}
        RecentItem(
            *_recent_key(campaign_id),
            failed=failed,
            dialed=minutes,
            since=text_of(recent.since),
        ).save()

    def forecast(self, campaign_id: str) -> Forecast | None:
        """Give what is expected of a campaign; None before anybody foretold it."""
        try:
            return forecast_of(ForecastItem.get(*_forecast_key(campaign_id)).forecast)
        except DoesNotExist:
            return None

    def keep_forecast(self, campaign_id: str, forecast: Forecast) -> None:
        """Keep what is expected of a campaign, in place of what was."""
        ForecastItem(*_forecast_key(campaign_id), forecast=forecast_json(forecast)).save()


def _recent_key(campaign_id: str) -> tuple[str, str]:
    return f"CAMPAIGN#{campaign_id}", "RECENT"


def _forecast_key(campaign_id: str) -> tuple[str, str]:
    return f"CAMPAIGN#{campaign_id}", "FORECAST"


def _adding_key(campaign_id: str, job_id: str) -> tuple[str, str]:
    return f"CAMPAIGN#{campaign_id}", f"ADDING#{job_id}"


def _turn_key(campaign_id: str) -> tuple[str, str]:
    return f"CAMPAIGN#{campaign_id}", "TURN"
