"""What an operator sets for the whole system: sections with defaults, and the changes made to them."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any

from chalicelib.kernel.actors import SYSTEM

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

# What the product acts upon today; the other sections are kept, and nothing obeys them yet.
ENFORCED = ("kill_switch", "pace", "caps", "budgets", "allowed_countries", "hours", "retention")


@dataclass(frozen=True)
class KillSwitch:
    """Whether all dialing stops, and why, for whoever wonders."""

    on: bool = False
    reason: str = ""


@dataclass(frozen=True)
class Pace:
    """How many calls may start in any second; None: no limit."""

    calls_per_second: int | None = None


@dataclass(frozen=True)
class Caps:
    """How many calls may go on at once, and go to one number within 24 hours; None: no limit."""

    live_calls: int | None = None
    calls_per_number_per_day: int | None = None


@dataclass(frozen=True)
class Budgets:
    """What calls may cost, in micro-dollars, and how many may be placed a day; None: no limit."""

    per_call_micros: int | None = None
    per_day_micros: int | None = None
    calls_per_day: int | None = None


@dataclass(frozen=True)
class DayHours:
    """From when until when people may be called on a day, their local time as `HH:MM`, until `24:00`."""

    start: str
    end: str


_DAY = DayHours("08:00", "21:00")  # 47 CFR 64.1200(c)(1): no solicitation before 8 or after 21 local time


@dataclass(frozen=True)
class Hours:
    """The hours of each day of the week; None: nobody is called on that day."""

    monday: DayHours | None = _DAY
    tuesday: DayHours | None = _DAY
    wednesday: DayHours | None = _DAY
    thursday: DayHours | None = _DAY
    friday: DayHours | None = _DAY
    saturday: DayHours | None = _DAY
    sunday: DayHours | None = _DAY


@dataclass(frozen=True)
class Retention:
    """For how many days each kind of record is kept."""

    audit_days: int = 400
    deliveries_days: int = 30
    transcripts_days: int = 365
    recordings_days: int = 90
    messages_days: int = 365
    voicemails_days: int = 90


@dataclass(frozen=True)
class SystemSettings:
    """All sections together; version 1 are the defaults, before anybody changed anything."""

    version: int = 1
    kill_switch: KillSwitch = field(default_factory=KillSwitch)
    pace: Pace = field(default_factory=Pace)
    caps: Caps = field(default_factory=Caps)
    budgets: Budgets = field(default_factory=Budgets)
    allowed_countries: tuple[str, ...] = ()
    hours: Hours = field(default_factory=Hours)
    retention: Retention = field(default_factory=Retention)
    changed_at: datetime | None = None
    changed_by: str = SYSTEM


@dataclass(frozen=True)
class StackLimits:
    """What the deployment says, above all settings: may anything be dialed; by default, where to and when."""

    allowed_countries: frozenset[str] = frozenset({"US"})
    dialing_enabled: bool = True
    calling_hours: DayHours = _DAY


@dataclass(frozen=True)
class StoredSettings:
    """The sections that somebody has set, and when and by whom the last one was."""

    version: int
    sections: Mapping[str, Any]
    changed_at: datetime
    changed_by: str


@dataclass(frozen=True)
class SettingsChange:
    """One change: the version that it made, and the sections that it changed, before and after."""

    version: int
    at: datetime
    by: str
    reason: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]


@dataclass(frozen=True)
class Stop:
    """Why nothing is dialed at the moment: a code for programs and a sentence for people."""

    code: str
    explanation: str


SECTIONS = ("kill_switch", "pace", "caps", "budgets", "allowed_countries", "hours", "retention")


def default_settings(stack: StackLimits) -> SystemSettings:
    """Give the settings that hold before anybody changed anything."""
    countries = tuple(sorted(stack.allowed_countries))
    return SystemSettings(
        allowed_countries=countries, hours=Hours(*(stack.calling_hours,) * len(fields(Hours)))
    )


def settings_of(stored: StoredSettings | None, stack: StackLimits) -> SystemSettings:
    """Give the settings that hold: what was set, and the defaults for everything else."""
    defaults = default_settings(stack)
    if stored is None:
        return defaults
    return replace(
        defaults,
        version=stored.version,
        changed_at=stored.changed_at,
        changed_by=stored.changed_by,
        **stored.sections,
    )


def sections_of(settings: SystemSettings) -> dict[str, Any]:
    """Give every section by its name."""
    return {name: getattr(settings, name) for name in SECTIONS}


def stop_of(settings: SystemSettings, stack: StackLimits) -> Stop | None:
    """Say why nothing may be dialed, or None when the settings do not forbid it."""
    if not stack.dialing_enabled:
        return Stop("dialing_disabled", "Dialing is switched off by the deployment (DialingEnabled).")
    if settings.kill_switch.on:
        because = f": {settings.kill_switch.reason}" if settings.kill_switch.reason else ""
        return Stop("kill_switch", f"Dialing is stopped by the kill switch{because}.")
    return None
