"""Settings as the API takes and shows them: money as decimal strings, a section always whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from chalicelib.kernel.errors import Invalid
from chalicelib.kernel.money import dollars, micros
from chalicelib.kernel.numbering import check_country
from chalicelib.kernel.schemas import Input, Instant
from chalicelib.system.domain.settings import (
    ENFORCED,
    SECTIONS,
    Budgets,
    Caps,
    DayHours,
    Hours,
    KillSwitch,
    Pace,
    Retention,
    sections_of,
    stop_of,
)

if TYPE_CHECKING:
    from chalicelib.system.domain.settings import SettingsChange, StackLimits, SystemSettings

_MAX_REASON = 500
_MAX_COUNTRIES = 250
_TIME = r"^([01][0-9]|2[0-3]):[0-5][0-9]$"
_END = r"^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$"


Reason = Annotated[str, StringConstraints(strip_whitespace=True, max_length=_MAX_REASON)]
Usd = Annotated[
    str,
    StringConstraints(pattern=r"^[0-9]{1,7}(\.[0-9]{1,6})?$"),
    Field(description="US dollars as a decimal string, such as `12.50`."),
]
CountryCode = Annotated[str, Field(json_schema_extra={"pattern": "^[A-Z]{2}$"})]
Time = Annotated[str, StringConstraints(pattern=_TIME), Field(description="Local time, `HH:MM`.")]
EndTime = Annotated[
    str,
    StringConstraints(pattern=_END),
    Field(description="Local time, `HH:MM`; `24:00` is midnight."),
]


def _country(code: str) -> str:
    try:
        return check_country(code)
    except Invalid as error:
        raise ValueError(error.message) from error


def _distinct(codes: list[str]) -> list[str]:
    return sorted(set(codes))


def _whole(least: int, most: int) -> Any:
    return Field(ge=least, le=most)


class _Section(Input):
    model_config = ConfigDict(extra="forbid", frozen=True, from_attributes=True)


class KillSwitchSection(_Section):
    """Whether all dialing stops: nothing is dialed, calls wait, calls that go on are not ended."""

    on: bool
    reason: Reason = ""

    def section(self) -> KillSwitch:
        """Give the domain's value."""
        return KillSwitch(self.on, self.reason)


class PaceSection(_Section):
    """How many calls may start in any second; null: no limit."""

    calls_per_second: Annotated[int, _whole(1, 100)] | None

    def section(self) -> Pace:
        """Give the domain's value."""
        return Pace(self.calls_per_second)


class CapsSection(_Section):
    """How many calls may go on at once, and go to one number within 24 hours; null: no limit."""

    live_calls: Annotated[int, _whole(1, 10_000)] | None
    calls_per_number_per_day: Annotated[int, _whole(1, 50)] | None = None

    def section(self) -> Caps:
        """Give the domain's value."""
        return Caps(self.live_calls, self.calls_per_number_per_day)


class BudgetsSection(_Section):
    """What a call and a day of calls may cost, and how many calls a day has; null: no limit."""

    per_call_usd: Usd | None
    per_day_usd: Usd | None
    calls_per_day: Annotated[int, _whole(0, 10_000_000)] | None

    def section(self) -> Budgets:
        """Give the domain's value."""
        return Budgets(_micros(self.per_call_usd), _micros(self.per_day_usd), self.calls_per_day)


class DayHoursSection(_Section):
    """From when until when people may be called."""

    start: Time
    end: EndTime

    @model_validator(mode="after")
    def _in_order(self) -> DayHoursSection:
        if self.start >= self.end:
            raise ValueError("The hours must end after they start.")
        return self


class HoursSection(_Section):
    """When people may be called, in their own local time; null: not on that day."""

    monday: DayHoursSection | None
    tuesday: DayHoursSection | None
    wednesday: DayHoursSection | None
    thursday: DayHoursSection | None
    friday: DayHoursSection | None
    saturday: DayHoursSection | None
    sunday: DayHoursSection | None

    def section(self) -> Hours:
        """Give the domain's value."""
        days = self.model_dump()
        return Hours(**{day: hours and DayHours(**hours) for day, hours in days.items()})


class RetentionSection(_Section):
    """For how many days each kind of record is kept."""

    audit_days: Annotated[int, _whole(30, 3650)]
    deliveries_days: Annotated[int, _whole(1, 365)]
    transcripts_days: Annotated[int, _whole(1, 3650)]
    recordings_days: Annotated[int, _whole(1, 3650)]
    messages_days: Annotated[int, _whole(1, 3650)] = Retention.messages_days
    voicemails_days: Annotated[int, _whole(1, 3650)] = Retention.voicemails_days

    def section(self) -> Retention:
        """Give the domain's value."""
        return Retention(**self.model_dump())


_COUNTRIES = Field(max_length=_MAX_COUNTRIES, description="Countries that may be called, ISO 3166 alpha-2.")
Countries = Annotated[
    list[Annotated[CountryCode, AfterValidator(_country)]], _COUNTRIES, AfterValidator(_distinct)
]


class SettingsPatch(Input):
    """Sections to set; each is given whole, null sets it back to its default, a missing one stays."""

    kill_switch: KillSwitchSection | None = None
    pace: PaceSection | None = None
    caps: CapsSection | None = None
    budgets: BudgetsSection | None = None
    allowed_countries: Countries | None = None
    hours: HoursSection | None = None
    retention: RetentionSection | None = None
    reason: Annotated[Reason, Field(description="Why; kept in the history.")] = ""

    def changes(self) -> dict[str, Any]:
        """Give the sections that are to change, as values of the domain; None for a default."""
        given = self.model_fields_set & set(SECTIONS)
        return {name: _section(getattr(self, name)) for name in SECTIONS if name in given}


class SettingsView(BaseModel):
    """All settings that hold now, and which of them the system acts upon."""

    version: int
    kill_switch: KillSwitchSection
    pace: PaceSection
    caps: CapsSection
    budgets: BudgetsSection
    allowed_countries: Annotated[list[CountryCode], _COUNTRIES]
    hours: HoursSection
    retention: RetentionSection
    dialing_enabled: Annotated[
        bool, Field(description="False while the kill switch or the deployment stops all dialing.")
    ]
    enforced: Annotated[
        list[str], Field(description="Sections that are acted upon; the others are kept and not obeyed yet.")
    ]
    changed_at: Instant | None
    changed_by: str


class SettingsChangeView(BaseModel):
    """One change: who made which version when and why, and the changed sections before and after."""

    model_config = ConfigDict(from_attributes=True)
    version: int
    at: Instant
    by: str
    reason: str
    before: dict[str, Any]
    after: dict[str, Any]


class SettingsHistory(BaseModel):
    """One page of changes, newest first; the page token, if any, asks for the next."""

    items: list[SettingsChangeView]
    next_page_token: str | None


_VIEWS: dict[str, type[_Section]] = {
    "kill_switch": KillSwitchSection,
    "pace": PaceSection,
    "caps": CapsSection,
    "hours": HoursSection,
    "retention": RetentionSection,
}


def settings_view(settings: SystemSettings, stack: StackLimits) -> SettingsView:
    """Give the settings as the API shows them."""
    return SettingsView(
        version=settings.version,
        dialing_enabled=stop_of(settings, stack) is None,
        enforced=list(ENFORCED),
        changed_at=settings.changed_at,
        changed_by=settings.changed_by,
        **_shown(sections_of(settings)),
    )


def change_view(change: SettingsChange) -> SettingsChangeView:
    """Give a change as the API shows it."""
    return SettingsChangeView(
        version=change.version,
        at=change.at,
        by=change.by,
        reason=change.reason,
        before=_shown(change.before),
        after=_shown(change.after),
    )


def _shown(sections: Any) -> dict[str, Any]:
    return {name: _show(name, value) for name, value in sections.items()}


def _show(name: str, value: Any) -> Any:
    if name in _VIEWS:
        return _VIEWS[name].model_validate(value).model_dump()
    if name == "budgets":
        per_call, per_day = _dollars(value.per_call_micros), _dollars(value.per_day_micros)
        return {"per_call_usd": per_call, "per_day_usd": per_day, "calls_per_day": value.calls_per_day}
    return list(value)


def _section(given: Any) -> Any:
    if given is None:
        return None
    return tuple(given) if isinstance(given, list) else given.section()


def _micros(amount: str | None) -> int | None:
    return None if amount is None else micros(amount)


def _dollars(amount: int | None) -> str | None:
    return None if amount is None else dollars(amount)
