"""Times on the clock of the person who is talked to, and the instants that they mean; pure."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

NOT_KNOWN = "UTC"  # the zone of whom nothing tells where they are


def instant_of(local: datetime, zone: str) -> datetime:
    """Give the instant that a local time means in a zone; a time that brings its own zone is taken as it is.

    The first and the last day of the calendar, which have no instant in every zone, are taken as in UTC.
    """
    zoned = local if local.tzinfo else local.replace(tzinfo=ZoneInfo(zone))
    try:
        return zoned.astimezone(UTC)
    except OverflowError:
        return local.replace(tzinfo=UTC)
