"""A place that keeps the system's settings and every change to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from chalicelib.kernel.clock import Clock
    from chalicelib.kernel.paging import Page
    from chalicelib.system.domain.settings import SettingsChange, StackLimits, StoredSettings


class SettingsBook(Protocol):
    """Where settings are kept, with their history."""

    def current(self) -> StoredSettings | None:
        """Give what was set, by one consistent read; None when nobody has set anything."""

    def change(self, stored: StoredSettings, change: SettingsChange) -> bool:
        """Keep the next version and the change that made it, both or neither.

        False, and nothing changes, when the version before `stored.version` is not the current one.
        """

    def history(self, page_size: int, start: str | None = None) -> Page[SettingsChange]:
        """Give a page of the changes, the newest first; `start` is the `next_start` of the page before."""


class SettingsPorts(Protocol):
    """What the use cases of settings work with."""

    clock: Clock

    @property
    def settings(self) -> SettingsBook:
        """Kept settings."""

    @property
    def stack(self) -> StackLimits:
        """What the deployment says."""
