"""What is watched in the scheduling table: promised callbacks, campaigns, calendars and bookings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.kernel.changes import Shown, Watch, pk_id, sk_id
from chalicelib.scheduling.adapters.events import (
    BOOKING_ATTENDED,
    BOOKING_CANCELLED,
    BOOKING_CONFIRMED,
    BOOKING_CREATED,
    BOOKING_MOVED,
    BOOKING_NO_SHOW,
    CALLBACK_MOVED,
    CALLBACK_PROMISED,
    CAMPAIGN_COMPLETED,
    CAMPAIGN_CREATED,
    CAMPAIGN_DELETED,
    CAMPAIGN_PAUSED,
    CAMPAIGN_SCHEDULED,
    CAMPAIGN_STARTED,
    CAMPAIGN_STOPPED,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from chalicelib.kernel.changes import Image, Told

_CALLBACK = {
    "number": Shown.PHONE,
    "due_at": Shown.PLAIN,
    "promised_in": Shown.PLAIN,
    "kept_by": Shown.PLAIN,
}


def _tell_callback(old: Image | None, new: Image | None) -> Iterable[Told]:
    if new is None:
        return
    told = {**new, "callback_id": sk_id(new), "contact_id": pk_id(new)}
    if old is None:
        yield CALLBACK_PROMISED.told(told)
    elif old["due_at"] != new["due_at"]:
        yield CALLBACK_MOVED.told(told)


_CAMPAIGN = dict.fromkeys(
    (
        *("name", "state", "reason_code", "template_id", "variants", "priority", "dialing", "retries"),
        *("goal", "breaker", "started_at", "ended_at"),
    ),
    Shown.PLAIN,
) | {"description": Shown.LENGTH, "reason_text": Shown.LENGTH}
_MOVED = {
    "scheduled": CAMPAIGN_SCHEDULED,
    "running": CAMPAIGN_STARTED,
    "paused": CAMPAIGN_PAUSED,
    "completed": CAMPAIGN_COMPLETED,
    "stopped": CAMPAIGN_STOPPED,
}


def _tell_campaign(old: Image | None, new: Image | None) -> Iterable[Told]:
    row = new or old or {}
    told = {**row, "campaign_id": sk_id(row)}
    if new is None:
        yield CAMPAIGN_DELETED.told(told)
    elif old is None:
        yield CAMPAIGN_CREATED.told(told)
    elif old["state"] != new["state"] and new["state"] in _MOVED:
        yield _MOVED[new["state"]].told(told)


_CALENDAR = dict.fromkeys(("name", "zone", "rules"), Shown.PLAIN)
_BOOKING = dict.fromkeys(
    ("calendar_id", "contact_id", "start", "end", "zone", "state", "call_id", "confirmed_at"), Shown.PLAIN
) | {"number": Shown.PHONE, "reason": Shown.LENGTH, "note": Shown.LENGTH}
# What follows from the act itself.
_BOOKING_SILENT = frozenset({"history", "sequence", "reminder_count"})
_BECAME = {
    "confirmed": BOOKING_CONFIRMED,
    "cancelled": BOOKING_CANCELLED,
    "attended": BOOKING_ATTENDED,
    "no_show": BOOKING_NO_SHOW,
}


def _tell_booking(old: Image | None, new: Image | None) -> Iterable[Told]:
    if new is None:
        return
    told = {**new, "booking_id": pk_id(new)}
    if old is None:
        yield BOOKING_CREATED.told(told)
    elif old["start"] != new["start"]:
        yield BOOKING_MOVED.told(told)
    elif old["state"] != new["state"] and new["state"] in _BECAME:
        yield _BECAME[new["state"]].told(told)


WATCHES = (
    Watch("callback", "callback", sk_id, _CALLBACK, tell=_tell_callback),
    Watch("campaign", "campaign", sk_id, _CAMPAIGN, tell=_tell_campaign),
    Watch("calendar", "calendar", sk_id, _CALENDAR),
    Watch("booking", "booking", pk_id, _BOOKING, _BOOKING_SILENT, tell=_tell_booking),
)
