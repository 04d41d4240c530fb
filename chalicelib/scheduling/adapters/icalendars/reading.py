"""Works out when a calendar file says that somebody is busy; takes as long as the file makes it.

Run it where it can be ended: the libraries follow whatever rules a file holds, also those that never end. A
text without line breaks would be taken for the name of a file by `icalendar`, so that it is given bytes.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import recurring_ical_events
from icalendar import Calendar as File

from chalicelib.kernel.errors import Invalid
from chalicelib.scheduling.domain.busy import MAX_TIMES, BusyReading, BusyTime, clipped

if TYPE_CHECKING:
    from collections.abc import Iterator

# What the libraries raise for values that they cannot work with.
_WRONG = (ValueError, KeyError, TypeError, AttributeError, IndexError, ArithmeticError, AssertionError)
_MARGIN = timedelta(days=2)  # times without a zone are compared as if they were in that of the query
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_NOT_BUSY = frozenset({"FREE", "WORKINGELSEWHERE"})


def read_busy(content: bytes, zone: str, first: datetime, last: datetime) -> BusyReading:
    """Read when somebody is busy between two instants.

    An entry counts unless it is cancelled or marked as free. Raises `Invalid` with code
    `calendar_not_understood` or `calendar_too_many_times`.
    """
    times: list[BusyTime] = []
    unread = 0
    for file in _files(content):
        for entry in (*_series(file), *_periods(file)):
            try:
                times += _times(entry, ZoneInfo(zone), first, last)
            except _WRONG:
                unread += 1
        if len(times) > MAX_TIMES:
            raise _too_many()
    return BusyReading(clipped(times, first, last), unread)


def _files(content: bytes) -> list[Any]:
    try:
        found = File.from_ical(_utf8(content), multiple=True)
    except (*_WRONG, RecursionError):
        raise _not_understood() from None
    calendars = [file for file in found if file.name == "VCALENDAR"]
    if not calendars:
        raise _not_understood()
    return calendars


def _utf8(content: bytes) -> bytes:
    """Give the text as it must be written; signs that are not are replaced, they are in no time."""
    encoding = "utf-16" if content[:2] in _UTF16 else "utf-8-sig"
    return content.decode(encoding, "replace").encode("utf-8", "replace")


def _events(file: Any) -> list[Any]:
    return [part for part in file.subcomponents if part.name == "VEVENT"]


def _series(file: Any) -> Iterator[Any]:
    """Give a file for each entry with its exceptions, so that one that is wrong harms no other."""
    if str(file.get("METHOD", "")).upper() == "CANCEL":
        return
    groups: dict[str, list[Any]] = {}
    for place, event in enumerate(_events(file)):
        groups.setdefault(str(event.get("UID", f"#{place}")), []).append(event)
    for events in groups.values():
        series = File()
        for name in ("X-WR-TIMEZONE", "CALSCALE"):
            if name in file:
                series[name] = file[name]
        series.subcomponents = events
        yield series


def _periods(file: Any) -> Iterator[Any]:
    """Give the periods of what servers answer who tell no more than when somebody is busy."""
    for part in file.subcomponents:
        if part.name == "VFREEBUSY":
            periods = part.get("FREEBUSY", [])
            yield from periods if isinstance(periods, list) else [periods]


def _times(entry: Any, zone: ZoneInfo, first: datetime, last: datetime) -> list[BusyTime]:
    if isinstance(entry, File):
        return _between(entry, zone, first, last)
    is_free = str(entry.params.get("FBTYPE", "BUSY")).upper() == "FREE"
    return [] if is_free else [_time(entry, zone)]


def _between(series: Any, zone: ZoneInfo, first: datetime, last: datetime) -> list[BusyTime]:
    found = recurring_ical_events.of(series).between(first - _MARGIN, last + _MARGIN)
    return [_time(each, zone) for each in found if _is_busy(each)]


def _is_busy(event: Any) -> bool:
    return (
        _word(event, "TRANSP") != "TRANSPARENT"
        and _word(event, "STATUS") != "CANCELLED"
        and _word(event, "X-MICROSOFT-CDO-BUSYSTATUS") not in _NOT_BUSY
    )


def _word(event: Any, name: str) -> str:
    return str(event.get(name, "")).strip().upper()


def _time(entry: Any, zone: ZoneInfo) -> BusyTime:
    return BusyTime(_instant(entry.start, zone), _instant(entry.end, zone))


def _instant(value: date | datetime, zone: ZoneInfo) -> datetime:
    """Give the instant of a time; one without a zone is in `zone`, a day begins at its midnight."""
    if not isinstance(value, datetime):
        value = datetime.combine(value, time())
    return (value if value.tzinfo else value.replace(tzinfo=zone)).astimezone(UTC)


def _too_many() -> Invalid:
    message = f"The calendar has more than {MAX_TIMES:,} entries in the time that can be booked."
    return Invalid(message, code="calendar_too_many_times")


def _not_understood() -> Invalid:
    return Invalid("This is no iCalendar file.", code="calendar_not_understood")
