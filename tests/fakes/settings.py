"""Settings in memory."""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING

from chalicelib.kernel.errors import Unavailable
from chalicelib.kernel.paging import Page

if TYPE_CHECKING:
    from chalicelib.system.domain.settings import SettingsChange, StoredSettings

_DEFAULTS_VERSION = 1


@dataclass
class FakeSettings:
    """Settings and their changes; implements `SettingsBook`. `silent`: the table does not answer."""

    stored: StoredSettings | None = None
    changes: list[SettingsChange] = field(default_factory=list)
    reads: int = 0
    silent: bool = False
    lock: Lock = field(default_factory=Lock)

    def current(self) -> StoredSettings | None:
        """Give what was set."""
        self.reads += 1
        if self.silent:
            raise Unavailable("silent", retryable=True, code="storage_unavailable")
        return self.stored

    def change(self, stored: StoredSettings, change: SettingsChange) -> bool:
        """Keep the next version."""
        with self.lock:
            known = self.stored.version if self.stored else _DEFAULTS_VERSION
            if stored.version != known + 1:
                return False
            self.stored = stored
            self.changes.append(change)
            return True

    def history(self, page_size: int, start: str | None = None) -> Page[SettingsChange]:
        """Give a page, the newest first."""
        found = [each for each in reversed(self.changes) if start is None or each.version < int(start)]
        shown = found[:page_size]
        return Page(shown, str(shown[-1].version) if len(found) >= page_size and shown else None)
