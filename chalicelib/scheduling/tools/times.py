"""Times as the model gives and is given them: on the clock of the person on the call."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from chalicelib.scheduling.domain.local_times import NOT_KNOWN
from chalicelib.scheduling.domain.spoken_times import spoken_time, spoken_times

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from chalicelib.kernel.tools import ToolContext


def zone_of(context: ToolContext, otherwise: str) -> str:
    """Give the time zone of the person; where it is not known, that of the business."""
    return otherwise if context.time_zone == NOT_KNOWN else context.time_zone


def local_text(moment: datetime, zone: str) -> str:
    """Write an instant as the model gives it back: 2026-03-05T14:30.

    Where the clock is set back and a time comes twice, the second one has its offset: 2026-11-01T01:30-08:00.
    """
    local = moment.astimezone(ZoneInfo(zone))
    return (local if local.fold else local.replace(tzinfo=None)).isoformat(timespec="minutes")


def said(context: ToolContext, moment: datetime, zone: str) -> str:
    """Say an instant to the person on the call."""
    return spoken_time(moment, zone, context.now, context.language).removesuffix(",")


def choice(context: ToolContext, moments: Sequence[datetime], zone: str) -> str:
    """Say several instants, in words, and how the model gives each back."""
    words = spoken_times(moments, zone, context.now, context.language)
    starts = ", ".join(local_text(each, zone) for each in moments)
    return f"{words}. (start: {starts})"
