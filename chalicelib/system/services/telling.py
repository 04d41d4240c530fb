"""Changes are told: first to the audit log, then to other programs."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from chalicelib.kernel.logs import log
from chalicelib.system.services.settings import current_settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chalicelib.system.domain.stories import Story
    from chalicelib.system.ports.events import TellingPorts


def tell(ports: TellingPorts, stories: Sequence[Story]) -> None:
    """Tell all stories; `Unavailable` when they must be told again, which repeats nothing in effect.

    Entries come first: an act may be logged before anybody hears of it, never heard of and not logged.
    """
    entries = [story.entry for story in stories if story.entry]
    events = [event for story in stories for event in story.events]
    kept = timedelta(days=current_settings(ports).retention.audit_days) if entries else timedelta()
    for entry in entries:
        ports.audit.add(entry, kept)
    if events:
        ports.bus.publish(events)
    log("changes.told", entries=len(entries), events=len(events))
