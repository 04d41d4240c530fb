"""Settings are read and changed; each change is kept with who made it and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chalicelib.kernel.actors import actor
from chalicelib.kernel.clock import from_millis, to_millis
from chalicelib.kernel.errors import Conflict
from chalicelib.kernel.logs import log
from chalicelib.system.domain.settings import (
    SettingsChange,
    Stop,
    StoredSettings,
    sections_of,
    settings_of,
    stop_of,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chalicelib.kernel.paging import Page
    from chalicelib.system.domain.settings import SystemSettings
    from chalicelib.system.ports.settings import SettingsPorts

_MAX_TRIES = 10


def current_settings(system: SettingsPorts) -> SystemSettings:
    """Give the settings that hold now, by one consistent read."""
    return settings_of(system.settings.current(), system.stack)


def dialing_stop(system: SettingsPorts) -> Stop | None:
    """Say why nothing may be dialed now, or None when the settings do not forbid it."""
    return stop_of(current_settings(system), system.stack)


def change_settings(
    system: SettingsPorts, changes: Mapping[str, Any], expected_version: int | None, reason: str = ""
) -> SystemSettings:
    """Set whole sections by name; None sets a section back to its default. Give what holds then.

    Raises `Conflict` with code `version_changed` when the settings are not at `expected_version` (None:
    whatever they are, however often somebody else is faster), or are changed at this moment. What changes
    nothing is not kept.
    """
    for _ in range(_MAX_TRIES if expected_version is None else 1):
        stored = system.settings.current()
        before = settings_of(stored, system.stack)
        if expected_version not in (None, before.version):
            break
        after = _changed(system, stored, before, changes, reason)
        if after is not None:
            return after
    raise Conflict("The settings have changed; read them again.", code="version_changed")


def settings_history(system: SettingsPorts, page_size: int, start: str | None) -> Page[SettingsChange]:
    """Give a page of the changes, the newest first."""
    return system.settings.history(page_size, start)


def _changed(
    system: SettingsPorts,
    stored: StoredSettings | None,
    before: SystemSettings,
    changes: Mapping[str, Any],
    reason: str,
) -> SystemSettings | None:
    """Write what follows `before`; None when somebody else was faster."""
    sections = _with(stored.sections if stored else {}, changes)
    now = from_millis(to_millis(system.clock.now()))
    kept = StoredSettings(before.version + 1, sections, now, actor())
    after = settings_of(kept, system.stack)
    change = _change(before, after, kept, reason)
    if not change.after:
        return before
    if not system.settings.change(kept, change):
        return None
    log("settings.changed", version=after.version, sections=sorted(change.after))
    return after


def _with(sections: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    merged = {**sections, **changes}
    return {name: value for name, value in merged.items() if value is not None}


def _change(
    before: SystemSettings, after: SystemSettings, kept: StoredSettings, reason: str
) -> SettingsChange:
    old, new = sections_of(before), sections_of(after)
    changed = [name for name in new if new[name] != old[name]]
    return SettingsChange(
        version=kept.version,
        at=kept.changed_at,
        by=kept.changed_by,
        reason=reason,
        before={name: old[name] for name in changed},
        after={name: new[name] for name in changed},
    )
