"""Legal public holidays of the United States (5 U.S.C. 6103), for rules that name holidays."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

SOURCE = "5 U.S.C. 6103"
_ONE_DAY = timedelta(days=1)
_MONDAY, _THURSDAY, _SATURDAY, _SUNDAY = 0, 3, 5, 6
# Each with the first year in which it is kept: month and day.
_ON_A_DATE = (
    ("New Year's Day", 1, 1, 1870),
    ("Juneteenth National Independence Day", 6, 19, 2021),
    ("Independence Day", 7, 4, 1870),
    ("Veterans Day", 11, 11, 1938),
    ("Christmas Day", 12, 25, 1870),
)
# Month, weekday, and which one of the month; -1 is the last.
_ON_A_WEEKDAY = (
    ("Birthday of Martin Luther King, Jr.", 1, _MONDAY, 3),
    ("Washington's Birthday", 2, _MONDAY, 3),
    ("Memorial Day", 5, _MONDAY, -1),
    ("Labor Day", 9, _MONDAY, 1),
    ("Columbus Day", 10, _MONDAY, 2),
    ("Thanksgiving Day", 11, _THURSDAY, 4),
)


def is_federal_holiday(day: date) -> bool:
    """Tell whether a day is a federal holiday, or the day on which one that falls on a weekend is kept."""
    return day in federal_holidays(day.year) or day in federal_holidays(day.year + 1)


@lru_cache(maxsize=64)
def federal_holidays(year: int) -> frozenset[date]:
    """Give the federal holidays of a year, and the weekdays on which those of a weekend are kept.

    The day that is kept may be the last of the year before (5 U.S.C. 6103(b); Executive Order 11582).
    """
    fixed = {date(year, month, day) for _, month, day, since in _ON_A_DATE if year >= since}
    moving = {_weekday(year, month, weekday, which) for _, month, weekday, which in _ON_A_WEEKDAY}
    return frozenset(fixed | moving | {_kept(day) for day in fixed})


def _kept(day: date) -> date:
    if day.weekday() == _SATURDAY:
        return day - _ONE_DAY
    return day + _ONE_DAY if day.weekday() == _SUNDAY else day


def _weekday(year: int, month: int, weekday: int, which: int) -> date:
    if which > 0:
        first = date(year, month, 1)
        return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (which - 1))
    last = date(year, month + 1, 1) - _ONE_DAY
    return last - timedelta(days=(last.weekday() - weekday) % 7)
