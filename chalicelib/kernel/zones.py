"""Time zones of phone numbers, and the hours in them."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import phonenumbers
from phonenumbers import timezone

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from chalicelib.kernel.phones import E164

_UNKNOWN = "Etc/Unknown"  # what phonenumbers says of numbers that are nowhere


def zones_of(number: E164) -> tuple[str, ...]:
    """Give every time zone (IANA) where the number may be, in order; none when nothing is known.

    Numbers move with their owners, so that these are candidates: what must hold, must hold in all of them.
    """
    try:
        found = timezone.time_zones_for_number(phonenumbers.parse(number))
    except phonenumbers.NumberParseException:
        return ()
    return tuple(sorted(set(found) - {_UNKNOWN}))


def is_between(zones: Iterable[str], instant: datetime, first_hour: int, last_hour: int) -> bool:
    """Tell whether it is `first_hour` or later, and not yet `last_hour`, in every one of the zones."""
    return all(first_hour <= instant.astimezone(ZoneInfo(zone)).hour < last_hour for zone in zones)
