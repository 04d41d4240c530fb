"""Where campaigns are kept, and what makes them go on."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.kernel.paging import Page
    from chalicelib.scheduling.domain.bookings import PlannedReminder
    from chalicelib.scheduling.domain.breaking import Recent
    from chalicelib.scheduling.domain.campaigns import Campaign
    from chalicelib.scheduling.domain.forecasts import Forecast


class ScheduleState(StrEnum):
    """How a campaign's own schedule stands, as the cloud says it."""

    ENABLED = "enabled"
    DISABLED = "disabled"
    MISSING = "missing"


@dataclass(frozen=True)
class Turn:
    """A worker's turn to advance a campaign: whose it is, and until when nobody else may have one."""

    holder: str
    until: datetime


@dataclass(frozen=True)
class Adding:
    """A job that adds members, begun `at`; while it goes on its campaign does not complete."""

    job_id: str
    at: datetime


class CampaignBook(Protocol):
    """Stored campaigns."""

    def add(self, campaign: Campaign) -> Campaign:
        """Store a new campaign, or give the one that has this id."""

    def get(self, campaign_id: str) -> Campaign | None:
        """Give a campaign, consistently."""

    def save(self, campaign: Campaign) -> bool:
        """Store a campaign in place of the version below; False when it has another, or is gone."""

    def remove(self, campaign: Campaign) -> bool:
        """Delete a campaign at its version; False when it has another. Its members are cleared apart."""

    def page(self, page_size: int, start: str | None) -> Page[Campaign]:
        """Give campaigns, newest first, from after the id `start`."""

    def take_turn(self, campaign_id: str, turn: Turn, now: datetime) -> bool:
        """Take the turn; False when somebody else has it at `now`."""

    def end_turn(self, campaign_id: str, turn: Turn) -> bool:
        """Give the turn back; False when somebody else has taken it since."""

    def recent(self, campaign_id: str) -> Recent:
        """Give what is kept of a campaign's latest calls, consistently; nothing before the first is over."""

    def keep_recent(self, campaign_id: str, recent: Recent) -> None:
        """Keep this of a campaign's latest calls; done only by who has the turn."""

    def forecast(self, campaign_id: str) -> Forecast | None:
        """Give what is expected of a campaign; None before anybody foretold it."""

    def keep_forecast(self, campaign_id: str, forecast: Forecast) -> None:
        """Keep what is expected of a campaign, in place of what was."""

    def begin_adding(self, campaign_id: str, adding: Adding) -> None:
        """Note that a job adds members; what was noted of it before stays."""

    def adding(self, campaign_id: str) -> list[Adding]:
        """Give the jobs that add members, consistently."""

    def end_adding(self, campaign_id: str, job_id: str) -> None:
        """Forget a job that adds members."""


class Schedules(Protocol):
    """The schedules that advance campaigns each minute, one for each, visible in the AWS console."""

    def enable(self, campaign_id: str, starts_at: datetime | None) -> None:
        """Have it ticked each minute, from `starts_at` on when that is to come; made when it is missing."""

    def disable(self, campaign_id: str) -> None:
        """Have it not ticked until it is enabled; nothing when there is none."""

    def remove(self, campaign_id: str) -> None:
        """Delete the schedule; nothing when there is none."""

    def state(self, campaign_id: str) -> ScheduleState:
        """Say how it stands now."""

    def is_paused(self, campaign_id: str) -> bool:
        """Tell whether it is disabled, and was so by `disable`; not by somebody in the AWS console."""


class Alarms(Protocol):
    """One schedule for each reminder that is to come, which deletes itself when it has gone off."""

    def put(self, reminder: PlannedReminder) -> None:
        """Have it sent when it is due; in place of the schedule that it has already."""

    def remove(self, booking_id: str, number: int) -> None:
        """Delete its schedule; nothing when there is none."""


class Ticks(Protocol):
    """Messages that have a campaign advanced, or the contact of a booking reminded."""

    def tick(self, campaign_id: str, until: datetime, delay_s: int = 0) -> None:
        """Have it advanced after `delay_s` seconds (900 at most), and again until `until`."""

    def clear(self, campaign_id: str, delay_s: int = 0) -> None:
        """Have what is left of a deleted campaign deleted, step by step."""

    def arrange(self, booking_id: str) -> None:
        """Have the schedules of a booking's reminders made as they are planned now."""

    def remind(self, booking_id: str, number: int, delay_s: int = 0) -> None:
        """Have a reminder sent after `delay_s` seconds (900 at most), if it waits and is due then."""
