"""Campaigns as the API takes them: money as decimal strings, gaps in seconds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field, StringConstraints, field_validator

from chalicelib.calls.domain.dial_plans import Limits
from chalicelib.calls.domain.outcomes import Outcome
from chalicelib.calls.schemas.fields import Id, Phone
from chalicelib.kernel.clock import cut_to_millis
from chalicelib.kernel.money import micros
from chalicelib.kernel.phones import E164
from chalicelib.kernel.schemas import DayIn, Input, InstantIn
from chalicelib.scheduling.domain.campaigns import Breaker, Campaign, Dialing, Variant
from chalicelib.scheduling.domain.retries import MAX_ATTEMPTS, Retry, RetryRules
from chalicelib.system.schemas.settings import HoursSection, Usd

if TYPE_CHECKING:
    from datetime import datetime

# Whoever was busy is tried again in half a minute by some; less than this nobody wants.
_LEAST_GAP_S, _MONTH_S = 10, 30 * 24 * 3600
_MAX_HOLIDAYS, _MAX_LINES, _MAX_VARIANTS, _MAX_FIRST_MEMBERS = 100, 50, 10, 100
Name = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$"),
    Field(description="For people."),
]
Description = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=2000), Field(description="For people.")
]
Priority = Annotated[int, Field(ge=1, le=9, description="1 is the most urgent; a single call has 5.")]
Retriable = Literal["busy", "no_answer", "voicemail_no_message", "voicemail_left", "abandoned", "failed"]
Count = Annotated[int, Field(ge=1, le=10_000_000)]


class VariantIn(Input):
    """A template, or a version of it, by which some members are called; `weight` is its share among all."""

    template_id: Id
    weight: Annotated[int, Field(ge=1, le=100)] = 1
    version: Annotated[
        int | None, Field(ge=1, description="This version of the template; null: the one that is current.")
    ] = None


class LimitsIn(Input):
    """What the campaign may spend and how many calls it may place, in all and a day (UTC); null: no limit."""

    usd: Usd | None = None
    calls: Count | None = None
    usd_per_day: Usd | None = None
    calls_per_day: Count | None = None

    def limits(self) -> Limits:
        """Give the domain's value."""
        return Limits(_micros(self.usd), self.calls, _micros(self.usd_per_day), self.calls_per_day)


class RetryIn(Input):
    """What follows an outcome: how often it is tried again, after which gaps; the last holds for the rest."""

    times: Annotated[int, Field(ge=1, le=MAX_ATTEMPTS)]
    gaps_s: Annotated[
        list[Annotated[int, Field(ge=_LEAST_GAP_S, le=_MONTH_S)]],
        Field(min_length=1, max_length=MAX_ATTEMPTS, description="Seconds since the end of the call."),
    ]


class RetriesIn(Input):
    """How often somebody is called in all, and after which outcomes again; others are final."""

    max_attempts: Annotated[int, Field(ge=1, le=MAX_ATTEMPTS)] = 3
    after: dict[Retriable, RetryIn] | None = Field(
        default=None, description="By outcome; null: the usual ones."
    )
    best_hour: Annotated[bool, Field(strict=True, description="Prefer the hour with most answers.")] = False

    def rules(self) -> RetryRules:
        """Give the domain's value."""
        if self.after is None:
            return RetryRules(self.max_attempts, best_hour=self.best_hour)
        after = {Outcome(name): Retry(each.times, tuple(each.gaps_s)) for name, each in self.after.items()}
        return RetryRules(self.max_attempts, after, self.best_hour)


class BreakerIn(Input):
    """Pauses the campaign when so many per cent of its last calls failed."""

    failed_percent: Annotated[int, Field(ge=1, le=100)] = 50
    calls: Annotated[int, Field(ge=5, le=1000)] = 50


class CampaignPatch(Input):
    """What to change of a campaign; what is left out stays, and null takes a limit away."""

    name: Name | None = None
    description: Description | None = None
    template_id: Id | None = None
    variants: Annotated[list[VariantIn], Field(max_length=_MAX_VARIANTS)] | None = None
    priority: Priority | None = None
    hours: HoursSection | None = None
    holidays: Annotated[list[DayIn], Field(max_length=_MAX_HOLIDAYS)] | None = None
    start_at: InstantIn | None = None
    stop_at: InstantIn | None = None
    lines: Annotated[list[Phone], Field(max_length=_MAX_LINES)] | None = None
    line_calls_per_day: Count | None = None
    live_calls: Annotated[int, Field(ge=1, le=10_000)] | None = None
    calls_per_minute: Annotated[int, Field(ge=1, le=6000)] | None = None
    calls_per_number_per_day: Annotated[int, Field(ge=1, le=50)] | None = None
    limits: LimitsIn | None = None
    retries: RetriesIn | None = None
    goal: Annotated[list[Outcome], Field(max_length=len(Outcome))] | None = None
    breaker: BreakerIn | None = None

    def changes(self) -> dict[str, Any]:
        """Give what is to change, as values of the domain, by the names of their fields."""
        return {name: self._value(name) for name in self.model_fields_set & set(CampaignPatch.model_fields)}

    @field_validator("name", "template_id")
    @classmethod
    def _there(cls, given: str | None) -> str:
        if given is None:
            raise ValueError("A campaign always has one; leave it out to keep it.")
        return given

    @field_validator("variants")
    @classmethod
    def _distinct(cls, given: list[VariantIn] | None) -> list[VariantIn] | None:
        if given and len({(each.template_id, each.version) for each in given}) < len(given):
            raise ValueError("Give each variant once; `weight` says how many members it has.")
        return given

    def _value(self, name: str) -> Any:
        given = getattr(self, name)
        if given is None:
            return _DEFAULTS.get(name)
        read = _READ.get(name)
        return read(given) if read else given


class CampaignIn(CampaignPatch):
    """A campaign to prepare: `template_id` says how its members are called, or `variants` by which share."""

    name: Name
    template_id: Id
    contact_ids: Annotated[
        list[Id], Field(max_length=_MAX_FIRST_MEMBERS, description="Its first members.")
    ] = Field(default_factory=list)


_DEFAULTS: dict[str, Any] = {
    "description": "",
    "variants": (),
    "priority": 5,
    "holidays": frozenset(),
    "lines": (),
    "limits": Limits(),
    "retries": RetryRules(),
    "goal": frozenset({Outcome.COMPLETED, Outcome.TRANSFERRED}),
}
_READ: dict[str, Any] = {
    "variants": lambda given: tuple(Variant(each.template_id, each.weight, each.version) for each in given),
    "hours": lambda given: given.section(),
    "holidays": frozenset,
    "start_at": cut_to_millis,
    "stop_at": cut_to_millis,
    "lines": lambda given: tuple(dict.fromkeys(E164(line) for line in given)),
    "limits": lambda given: given.limits(),
    "retries": lambda given: given.rules(),
    "goal": frozenset,
    "breaker": lambda given: Breaker(given.failed_percent, given.calls),
}


def new_campaign(body: CampaignIn, campaign_id: str, by: str, now: datetime) -> Campaign:
    """Give the draft that a request asks for."""
    changes = body.changes()
    names = set(vars(Dialing()))
    dialing = Dialing(**{name: value for name, value in changes.items() if name in names})
    others = {name: value for name, value in changes.items() if name not in names}
    return Campaign(id=campaign_id, created_at=now, created_by=by, dialing=dialing, **others)


def _micros(amount: str | None) -> int | None:
    return None if amount is None else micros(amount)
