"""Campaigns as items, and back."""

from __future__ import annotations

from dataclasses import asdict, astuple, fields
from datetime import date
from typing import TYPE_CHECKING, Any

from chalicelib.calls.domain.dial_plans import Limits
from chalicelib.calls.domain.outcomes import Outcome
from chalicelib.kernel.clock import from_iso, iso
from chalicelib.kernel.phones import E164
from chalicelib.scheduling.adapters.tables import CampaignItem
from chalicelib.scheduling.domain.campaigns import Breaker, Campaign, CampaignState, Dialing, Variant
from chalicelib.scheduling.domain.forecasts import Forecast
from chalicelib.scheduling.domain.retries import Retry, RetryRules
from chalicelib.system.domain.settings import DayHours, Hours, Stop

if TYPE_CHECKING:
    from datetime import datetime


def campaign_item(campaign: Campaign) -> CampaignItem:
    """Give the row of a campaign."""
    reason, breaker = campaign.reason, campaign.breaker
    return CampaignItem(
        "CAMPAIGNS",
        f"CAMPAIGN#{campaign.id}",
        name=campaign.name,
        description=campaign.description,
        state=campaign.state.value,
        reason_code=reason.code if reason else None,
        reason_text=reason.explanation if reason else None,
        template_id=campaign.template_id,
        variants=[astuple(each) for each in campaign.variants],
        priority=campaign.priority,
        dialing=_dialing_json(campaign.dialing),
        retries=_retries_json(campaign.retries),
        goal=sorted(campaign.goal),
        breaker=asdict(breaker) if breaker else None,
        created_at=iso(campaign.created_at),
        created_by=campaign.created_by,
        updated_at=text_of(campaign.updated_at),
        started_at=text_of(campaign.started_at),
        ended_at=text_of(campaign.ended_at),
        resumed_at=text_of(campaign.resumed_at),
        version=campaign.version,
    )


def campaign_of(item: CampaignItem) -> Campaign:
    """Give the campaign of a row."""
    return Campaign(
        id=item.sk.removeprefix("CAMPAIGN#"),
        name=item.name,
        description=item.description,
        state=CampaignState(item.state),
        reason=Stop(item.reason_code, item.reason_text or "") if item.reason_code else None,
        template_id=item.template_id,
        variants=tuple(Variant(*each) for each in item.variants),
        priority=int(item.priority),
        dialing=_dialing_of(item.dialing),
        retries=_retries_of(item.retries),
        goal=frozenset(map(Outcome, item.goal)),
        breaker=Breaker(**item.breaker) if item.breaker else None,
        created_at=from_iso(item.created_at),
        created_by=item.created_by,
        updated_at=instant_of(item.updated_at),
        started_at=instant_of(item.started_at),
        ended_at=instant_of(item.ended_at),
        resumed_at=instant_of(item.resumed_at),
        version=int(item.version),
    )


def forecast_json(forecast: Forecast) -> dict[str, Any]:
    """Write what is expected of a campaign."""
    return vars(forecast) | {"at": iso(forecast.at), "finish_at": text_of(forecast.finish_at)}


def forecast_of(kept: dict[str, Any]) -> Forecast:
    """Read what `forecast_json` wrote."""
    times = {"at": from_iso(kept["at"]), "finish_at": instant_of(kept["finish_at"])}
    return Forecast(**kept | times)


def text_of(instant: datetime | None) -> str | None:
    """Write an instant, or that there is none."""
    return iso(instant) if instant else None


def instant_of(text: str | None) -> datetime | None:
    """Read what `text_of` wrote."""
    return from_iso(text) if text else None


def _dialing_json(dialing: Dialing) -> dict[str, Any]:
    return vars(dialing) | {
        "hours": asdict(dialing.hours) if dialing.hours else None,
        "holidays": sorted(day.isoformat() for day in dialing.holidays),
        "start_at": text_of(dialing.start_at),
        "stop_at": text_of(dialing.stop_at),
        "lines": list(dialing.lines),
        "limits": asdict(dialing.limits),
    }


def _dialing_of(kept: dict[str, Any]) -> Dialing:
    return Dialing(
        **kept
        | {
            "hours": _hours_of(kept["hours"]) if kept["hours"] else None,
            "holidays": frozenset(map(date.fromisoformat, kept["holidays"])),
            "start_at": instant_of(kept["start_at"]),
            "stop_at": instant_of(kept["stop_at"]),
            "lines": tuple(E164(line) for line in kept["lines"]),
            "limits": Limits(**kept["limits"]),
        }
    )


def _hours_of(days: dict[str, Any]) -> Hours:
    given = {each.name: days.get(each.name) for each in fields(Hours)}
    return Hours(**{name: DayHours(**day) if day else None for name, day in given.items()})


def _retries_json(rules: RetryRules) -> dict[str, Any]:
    after = {outcome.value: [retry.times, list(retry.gaps_s)] for outcome, retry in rules.after.items()}
    return {"max_attempts": rules.max_attempts, "after": after, "best_hour": rules.best_hour}


def _retries_of(kept: dict[str, Any]) -> RetryRules:
    after = {Outcome(name): Retry(times, tuple(gaps)) for name, (times, gaps) in kept["after"].items()}
    return RetryRules(kept["max_attempts"], after, kept["best_hour"])
