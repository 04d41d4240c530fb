"""Hours in which people may be called, on the clocks of where they may be; pure and safe at clock changes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from chalicelib.calls.domain.holidays import is_federal_holiday

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from chalicelib.system.domain.settings import DayHours, Hours

Span = tuple[int, int]  # minutes since midnight on the wall's clock, the end not included
Week = tuple[tuple[Span, ...], ...]  # Monday first

ALL_DAY: Span = (0, 24 * 60)
ALWAYS: Week = ((ALL_DAY,),) * 7
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
# Nothing is begun when the hours end within this time: so long a request may be under way to the carrier.
LEAD = timedelta(seconds=30)
_ONE_DAY = timedelta(days=1)
_ONE_SECOND = timedelta(seconds=1)
# The longest time for which a week with holidays can stay shut, with room; what opens later never opens.
_HORIZON = timedelta(days=32)


@dataclass(frozen=True)
class Window:
    """The hours of one rule: what every clock in `zones` must show.

    `closed` are days on which nobody is called; `on_holidays` tells whether it is done on federal holidays.
    """

    zones: tuple[str, ...]
    week: Week
    closed: frozenset[date] = frozenset()
    on_holidays: bool = True

    @property
    def is_always(self) -> bool:
        """Tell whether it is open at every instant, whatever the clocks show."""
        return self.week == ALWAYS and not self.closed and self.on_holidays

    def spans(self, day: date) -> tuple[Span, ...]:
        """Give the hours of a day of the called person's calendar."""
        if day in self.closed or (not self.on_holidays and is_federal_holiday(day)):
            return ()
        return self.week[day.weekday()]

    def is_open(self, instant: datetime) -> bool:
        """Tell whether every clock shows an hour in which it is open, now and for as long as `LEAD`."""
        return all(self._is_open_in(zone, instant) for zone in self.zones)

    def _is_open_in(self, zone: str, instant: datetime) -> bool:
        return self._shows_open(zone, instant) and self._shows_open(zone, instant + LEAD)

    def _shows_open(self, zone: str, instant: datetime) -> bool:
        local = instant.astimezone(ZoneInfo(zone))
        minute = local.hour * 60 + local.minute
        return any(start <= minute < end for start, end in self.spans(local.date()))

    def next_open_in(self, zone: str, instant: datetime, until: datetime) -> datetime | None:
        """Give the first instant, not before this one and by `until`, at which one zone's clock is open."""
        if self._is_open_in(zone, instant):
            return instant
        day = instant.astimezone(ZoneInfo(zone)).date()
        last = until.astimezone(ZoneInfo(zone)).date()
        while day <= last:
            edges = _edges(zone, day, tuple(start for start, _ in self.spans(day)))
            found = (edge for edge in edges if edge >= instant and self._is_open_in(zone, edge))
            if first := min(found, default=None):
                return first
            day += _ONE_DAY
        return None


def next_open(windows: Sequence[Window], instant: datetime) -> datetime | None:
    """Give the first instant, not before this one, at which all windows are open; None: there is none soon.

    Each window that is shut moves the instant on to where it opens, until none is: nothing is skipped,
    because no instant before that can be open to all.
    """
    until = instant + _HORIZON
    places = [(window, zone) for window in windows for zone in window.zones]
    while instant <= until:
        before = instant
        for window, zone in places:
            opens = window.next_open_in(zone, instant, until)
            if opens is None:
                return None
            instant = opens
        if instant == before:
            return instant
    return None


def week_of(hours: Hours) -> Week:
    """Give the hours of settings or of a campaign as a week."""
    return tuple(_day(getattr(hours, name)) for name in _WEEKDAYS)


def minute_of(text: str) -> int:
    """Read `HH:MM` as minutes since midnight."""
    hour, _, minute = text.partition(":")
    return int(hour) * 60 + int(minute)


def every_day(start: str, end: str, *, sunday_from: str | None = "") -> Week:
    """Give a week with the same hours each day; Sunday may begin later, or with None not at all."""
    day = ((minute_of(start), minute_of(end)),)
    last = () if sunday_from is None else ((minute_of(sunday_from or start), minute_of(end)),)
    return (*(day,) * 6, last)


def _day(hours: DayHours | None) -> tuple[Span, ...]:
    return ((minute_of(hours.start), minute_of(hours.end)),) if hours else ()


@lru_cache(maxsize=4096)
def _edges(zone: str, day: date, starts: tuple[int, ...]) -> tuple[datetime, ...]:
    """Give the instants of a day at which a clock may come to show an open hour.

    They are the starts, both times where the clock is set back, and the instant at which it is set.
    """
    midnight = datetime.combine(day, datetime.min.time())
    walls = [midnight + timedelta(minutes=start) for start in starts]
    edges = {_instant(wall, zone, fold) for wall in walls for fold in (0, 1)}
    first, last = (_instant(midnight + days * _ONE_DAY, zone, days) for days in (0, 1))
    return tuple(sorted(edges | set(_changes(zone, first, last))))


def _instant(wall: datetime, zone: str, fold: int) -> datetime:
    return wall.replace(tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC)


def _changes(zone: str, first: datetime, last: datetime) -> Iterator[datetime]:
    """Find the instant between two at which a clock is set; none is set twice a day."""
    offset = first.astimezone(ZoneInfo(zone)).utcoffset()
    if last.astimezone(ZoneInfo(zone)).utcoffset() == offset:
        return
    while last - first > _ONE_SECOND:
        middle = (first + (last - first) / 2).replace(microsecond=0)
        if middle.astimezone(ZoneInfo(zone)).utcoffset() == offset:
            first = middle
        else:
            last = middle
    yield last
