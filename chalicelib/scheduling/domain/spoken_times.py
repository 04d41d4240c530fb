"""How the time of an appointment is said to somebody: on their own clock, seen from today; pure.

"Tuesday the 3rd at half past two": today and tomorrow by those words, a day of the next six by its weekday, a
later one with its number, and from four weeks on with its month. The words of each language are elsewhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from chalicelib.scheduling.domain.time_words import words_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

_WEEK = 7
_FOUR_WEEKS = 28  # until then a weekday with its number is one day only
_LONG_AHEAD = 300  # from then on the year is said


def spoken_time(instant: datetime, zone: str, now: datetime, language: str = "en") -> str:
    """Say an instant to somebody in a time zone (IANA) in the language of a tag; English where we have none.

    It fits after "come" and before "if that suits you": neither a capital letter of its own nor a full stop.
    """
    words, place = words_of(language), ZoneInfo(zone)
    local, today = instant.astimezone(place), now.astimezone(place).date()
    return f"{_day(local.date(), today, language)} {words.clock(local.hour, local.minute)}"


def spoken_times(instants: Sequence[datetime], zone: str, now: datetime, language: str = "en") -> str:
    """Say several instants as a choice: "tomorrow at ten, or Thursday at half past two"."""
    said = [spoken_time(each, zone, now, language) for each in instants]
    if len(said) <= 1:
        return "".join(said)
    return f"{', '.join(said[:-1])}, {words_of(language).or_} {said[-1]}"


def _day(day: date, today: date, language: str) -> str:
    words, ahead = words_of(language), (day - today).days
    if 0 <= ahead < len(words.near_days):
        return words.near_days[ahead]
    weekday = words.weekdays[day.weekday()]
    if 0 <= ahead < _WEEK:
        return words.on_weekday.format(weekday=weekday)
    month = words.months[day.month - 1]
    if 0 <= ahead < _FOUR_WEEKS:
        pattern = words.on_day
    else:
        pattern = words.on_date if 0 <= ahead < _LONG_AHEAD else words.on_date_of_year
    return pattern.format(weekday=weekday, day=words.day(day.day), month=month, year=day.year)
