"""Campaigns: who is called, how, when and how often, and the one table of what moves them; pure."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from chalicelib.calls.domain.dial_plans import DialPlan, Limits
from chalicelib.calls.domain.outcomes import Outcome
from chalicelib.calls.domain.templates import TemplateChoice
from chalicelib.kernel.errors import Conflict
from chalicelib.scheduling.domain.retries import RetryRules
from chalicelib.system.domain.settings import Stop

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from chalicelib.kernel.phones import E164
    from chalicelib.system.domain.settings import Hours


class CampaignState(StrEnum):
    """Where a campaign stands; only `stopped` is for good."""

    DRAFT = "draft"  # being prepared; nobody is called
    SCHEDULED = "scheduled"  # starts by itself at its start time
    RUNNING = "running"
    PAUSED = "paused"  # nobody new is called; calls that go on, go on
    COMPLETED = "completed"  # nobody is left to be called; it starts again when somebody is
    STOPPED = "stopped"  # ended before that


class Act(StrEnum):
    """What can be done to a campaign."""

    START = "start"  # now, or at the start time when that is still to come
    BEGIN = "begin"  # the start time has come
    PAUSE = "pause"
    RESUME = "resume"
    STOP = "stop"
    COMPLETE = "complete"


_S = CampaignState
# What an act makes of a state; a pair that is missing is refused. An act that leads to where the campaign is
# already changes nothing, and is no error: it may be said again.
TABLE: Mapping[Act, Mapping[CampaignState, CampaignState]] = {
    Act.START: dict.fromkeys((_S.DRAFT, _S.SCHEDULED, _S.RUNNING, _S.COMPLETED), _S.RUNNING),
    Act.BEGIN: {_S.SCHEDULED: _S.RUNNING, _S.RUNNING: _S.RUNNING},
    Act.PAUSE: {_S.SCHEDULED: _S.PAUSED, _S.RUNNING: _S.PAUSED, _S.PAUSED: _S.PAUSED},
    Act.RESUME: {_S.PAUSED: _S.RUNNING, _S.RUNNING: _S.RUNNING, _S.SCHEDULED: _S.SCHEDULED},
    Act.STOP: {
        _S.SCHEDULED: _S.STOPPED,
        _S.RUNNING: _S.STOPPED,
        _S.PAUSED: _S.STOPPED,
        _S.STOPPED: _S.STOPPED,
    },
    Act.COMPLETE: {_S.RUNNING: _S.COMPLETED, _S.COMPLETED: _S.COMPLETED},
}
_WAITS_FOR_START = frozenset({Act.START, Act.RESUME})
OVER = frozenset({_S.COMPLETED, _S.STOPPED})
DIALS = frozenset({_S.SCHEDULED, _S.RUNNING})
# In these it can be deleted.
REMOVABLE = frozenset({_S.DRAFT, *OVER})


@dataclass(frozen=True)
class Variant:
    """A template, or a version of it, by which some members are called; `weight` is its share among all."""

    template_id: str
    weight: int = 1
    version: int | None = None

    @property
    def choice(self) -> TemplateChoice:
        """Give what its members are called by."""
        return TemplateChoice(self.template_id, self.version)


@dataclass(frozen=True)
class Dialing:
    """How its calls may be dialed, beyond what holds for every call; the meaning is that of `DialPlan`."""

    hours: Hours | None = None
    holidays: frozenset[date] = frozenset()
    start_at: datetime | None = None
    stop_at: datetime | None = None
    lines: tuple[E164, ...] = ()
    line_calls_per_day: int | None = None
    live_calls: int | None = None
    calls_per_minute: int | None = None
    calls_per_number_per_day: int | None = None
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True)
class Breaker:
    """Pauses a campaign of which too many calls fail: `failed_percent` of the last `calls`."""

    failed_percent: int = 50
    calls: int = 50


@dataclass(frozen=True)
class Campaign:
    """Many calls of one kind: by which template (or variants of it), with which priority, how often.

    `goal` are the outcomes that count as success. `breaker` None: nothing pauses it by itself. `reason` says
    why it is paused or ended; `resumed_at` is when it last went on after a pause. `version` grows with each
    change.
    """

    id: str
    name: str
    template_id: str
    created_at: datetime
    created_by: str
    description: str = ""
    state: CampaignState = CampaignState.DRAFT
    reason: Stop | None = None
    variants: tuple[Variant, ...] = ()
    priority: int = 5
    dialing: Dialing = field(default_factory=Dialing)
    retries: RetryRules = field(default_factory=RetryRules)
    goal: frozenset[Outcome] = frozenset({Outcome.COMPLETED, Outcome.TRANSFERRED})
    breaker: Breaker | None = None
    updated_at: datetime | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    resumed_at: datetime | None = None
    version: int = 1

    @property
    def is_over(self) -> bool:
        """Tell whether it is completed or stopped."""
        return self.state in OVER

    @property
    def choices(self) -> tuple[TemplateChoice, ...]:
        """Everything by which its members are called."""
        return tuple(variant.choice for variant in self.variants) or (TemplateChoice(self.template_id),)


def changed(campaign: Campaign, changes: Mapping[str, Any]) -> Campaign:
    """Give the campaign with other values of some of its fields, those of its dialing among them."""
    names = {each.name for each in fields(Dialing)}
    dialing = {name: value for name, value in changes.items() if name in names}
    others = {name: value for name, value in changes.items() if name not in names}
    return replace(campaign, dialing=replace(campaign.dialing, **dialing), **others)


def acted(campaign: Campaign, act: Act, now: datetime, reason: Stop | None = None) -> Campaign:
    """Give the campaign after an act, with `reason` when it does not go on.

    The same campaign when it is there already; `Conflict` when this cannot be done in its state.
    """
    to = TABLE[act].get(campaign.state)
    if to is None:
        raise Conflict(f"A campaign that is {campaign.state} cannot {act}.", code="campaign_state")
    if to is CampaignState.RUNNING and act in _WAITS_FOR_START and _is_to_come(campaign, now):
        to = CampaignState.SCHEDULED
    if to is campaign.state:
        return campaign
    moved = replace(campaign, state=to, reason=reason, updated_at=now)
    if to is CampaignState.RUNNING:
        resumed_at = now if campaign.state is CampaignState.PAUSED else campaign.resumed_at
        started_at = campaign.started_at or now
        return replace(moved, started_at=started_at, ended_at=None, resumed_at=resumed_at)
    return replace(moved, ended_at=now) if to in OVER else moved


def _is_to_come(campaign: Campaign, now: datetime) -> bool:
    """Tell whether it is still before the start time; what has begun does not wait for it again."""
    start_at = campaign.dialing.start_at
    return campaign.started_at is None and start_at is not None and start_at > now


def plan_of(campaign: Campaign) -> DialPlan:
    """Give how its calls may be dialed, as the dialer is told; its stop is written apart."""
    dialing = campaign.dialing
    return DialPlan(
        id=campaign.id,
        name=campaign.name,
        hours=dialing.hours,
        holidays=dialing.holidays,
        not_before=dialing.start_at,
        not_after=dialing.stop_at,
        lines=dialing.lines,
        line_calls_per_day=dialing.line_calls_per_day,
        live_calls=dialing.live_calls,
        calls_per_minute=dialing.calls_per_minute,
        calls_per_number_per_day=dialing.calls_per_number_per_day,
        limits=dialing.limits,
        version=campaign.version,
    )


def stop_of_plan(campaign: Campaign) -> Stop | None:
    """Say why nothing of a campaign in this state is dialed; None while it may be."""
    if campaign.state in DIALS:
        return None
    because = f": {campaign.reason.explanation}" if campaign.reason else "."
    return Stop(f"campaign_{campaign.state}", f"The campaign {campaign.name} is {campaign.state}{because}")
