"""Promised callbacks, and when a wish such as a date and time is soon enough and not too far."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from chalicelib.kernel.errors import Invalid
from chalicelib.scheduling.domain.local_times import instant_of

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.kernel.phones import E164

_HORIZON = timedelta(days=90)


@dataclass(frozen=True)
class Callback:
    """A promise to call back: to whom, when, made in which call, and the call that keeps it."""

    id: str
    contact_id: str
    number: E164
    due_at: datetime
    promised_in: str
    kept_by: str
    created_at: datetime


def callback_time(local: datetime, time_zone: str, now: datetime) -> datetime:
    """Give the instant of a local time in the contact's zone; `Invalid` when past or over 90 days away."""
    instant = instant_of(local, time_zone)
    if instant <= now:
        raise Invalid("That time is already over; ask for a later one.", code="callback_in_past")
    if instant > now + _HORIZON:
        raise Invalid("That is more than 90 days away; ask for an earlier time.", code="callback_too_far")
    return instant
