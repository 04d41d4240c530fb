"""Which hours and caps hold for one call: the law's, the settings', the campaign's, the person's own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

from chalicelib.calls.domain.calling_hours import ALWAYS, Window, minute_of, week_of
from chalicelib.calls.domain.dial_rules import rules_for
from chalicelib.calls.domain.frequency import Cap
from chalicelib.crm.domain.details import WEEKDAYS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from chalicelib.calls.domain.calling_hours import Week
    from chalicelib.calls.domain.dial_plans import DialPlan
    from chalicelib.calls.domain.dial_rules import Rule
    from chalicelib.calls.domain.purposes import Purpose
    from chalicelib.crm.domain.details import PreferredTime
    from chalicelib.system.domain.settings import Hours

OF_SETTINGS, OF_CAMPAIGN, OF_CONTACT = "settings", "campaign", "contact"
_A_DAY = timedelta(hours=24)


@dataclass(frozen=True)
class Callee:
    """Who is called, as far as the rules ask.

    `zones` are all where the number may be, `address_zones` all where the person's address may be, and
    `own_zone` what the person said; `states` are the US states with rules of their own that any of these may
    be in. `consented` tells whether a consent to marketing calls holds.
    """

    zones: tuple[str, ...] = ()
    own_zone: str | None = None
    address_zones: tuple[str, ...] = ()
    states: frozenset[str] = frozenset()
    preferred: tuple[PreferredTime, ...] = ()
    consented: bool = False

    @property
    def all_zones(self) -> tuple[str, ...]:
        """Give every zone whose clock must show an allowed hour."""
        stated = (self.own_zone,) if self.own_zone else ()
        return tuple(dict.fromkeys((*self.zones, *stated, *self._zones_of_address)))

    @property
    def _zones_of_address(self) -> tuple[str, ...]:
        """Give where the address may be; who said the zone, and it is one of these, is nowhere else there."""
        return () if self.own_zone in self.address_zones else self.address_zones


@dataclass(frozen=True)
class NamedWindow:
    """Hours, and whose rule they are."""

    code: str
    title: str
    source: str
    window: Window


@dataclass(frozen=True)
class NamedCap:
    """A cap, and whose rule it is; if `counts_talks`, it counts talks only, and else every dial."""

    code: str
    title: str
    source: str
    cap: Cap
    counts_talks: bool = False


@dataclass(frozen=True)
class Narrowing:
    """Every rule of time that holds for one call; windows that are never shut are left out."""

    laws: tuple[Rule, ...]
    windows: tuple[NamedWindow, ...]
    caps: tuple[NamedCap, ...]


@dataclass(frozen=True)
class Circumstances:
    """What the rules of time for one call depend on; `calls_per_day` is the system's limit to one number."""

    purpose: Purpose
    country: str
    day: date
    callee: Callee
    hours: Hours | None
    campaign: DialPlan | None
    calls_per_day: int | None


@lru_cache(maxsize=2048)
def narrowing_of(of: Circumstances) -> Narrowing:
    """Give what holds for a call in these circumstances."""
    laws = rules_for(of.purpose, of.country, of.callee.states, of.day)
    windows = (*_windows_of_law(laws, of.callee), *_windows_of_ours(of))
    caps = (*_caps_of_law(laws), *_caps_of_ours(of.campaign, of.calls_per_day))
    return Narrowing(laws, tuple(each for each in windows if not each.window.is_always), caps)


def _windows_of_law(laws: tuple[Rule, ...], callee: Callee) -> Iterator[NamedWindow]:
    for law in laws:
        if law.hours:
            window = Window(callee.all_zones, law.hours, on_holidays=law.on_holidays)
            yield NamedWindow(law.code, law.title, law.source, window)


def _windows_of_ours(of: Circumstances) -> Iterator[NamedWindow]:
    callee, hours, campaign = of.callee, of.hours, of.campaign
    zones = callee.all_zones
    if hours:
        yield NamedWindow("hours_settings", "The system's hours", OF_SETTINGS, Window(zones, week_of(hours)))
    if campaign and campaign.hours:
        window = Window(zones, week_of(campaign.hours))
        yield NamedWindow("hours_campaign", "The campaign's hours", OF_CAMPAIGN, window)
    if campaign and campaign.holidays:
        window = Window(zones, ALWAYS, closed=campaign.holidays)
        yield NamedWindow("holidays_campaign", "The campaign's holidays", OF_CAMPAIGN, window)
    if callee.preferred:
        own = (callee.own_zone,) if callee.own_zone else zones
        window = Window(own, _preferred_week(callee.preferred))
        yield NamedWindow("hours_preferred", "The contact's preferred times", OF_CONTACT, window)


def _preferred_week(times: tuple[PreferredTime, ...]) -> Week:
    return tuple(
        tuple(sorted((minute_of(each.start), minute_of(each.end)) for each in times if day in each.days))
        for day in WEEKDAYS
    )


def _caps_of_law(laws: tuple[Rule, ...]) -> Iterator[NamedCap]:
    for law in laws:
        if law.cap:
            yield NamedCap(law.code, law.title, law.source, law.cap, law.counts_talks)


def _caps_of_ours(campaign: DialPlan | None, calls_per_day: int | None) -> Iterator[NamedCap]:
    if calls_per_day is not None:
        title = f"The system's limit of {calls_per_day} calls to a number within 24 hours"
        yield NamedCap("frequency_settings", title, OF_SETTINGS, Cap(calls_per_day, _A_DAY))
    if campaign and campaign.calls_per_number_per_day is not None:
        each = campaign.calls_per_number_per_day
        title = f"The campaign's limit of {each} calls to a number within 24 hours"
        yield NamedCap("frequency_campaign", title, OF_CAMPAIGN, Cap(each, _A_DAY))
