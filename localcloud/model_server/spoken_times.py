"""Words for a day and a time, such as "tomorrow at ten", in English or Spanish, as a local time for tools."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from localcloud.model_server.spanish_times import in_english

_NOW = "%A, %d %B %Y, %H:%M"
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_NUMBERS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_UNITS = {"minute": timedelta(minutes=1), "hour": timedelta(hours=1), "day": timedelta(days=1)}
_CLOCK = re.compile(r"\b(?:at|around|after|before) (noon|\w+)(?::(\d\d))? ?([ap])?\.?m?", re.IGNORECASE)
_AHEAD = re.compile(r"\bin (an?|half an|a few|\w+) (minute|hour|day|week)s?\b", re.IGNORECASE)
_PARTS = {"morning": 9, "afternoon": 14, "evening": 18, "tonight": 19}
_MORNING, _FIRST_AFTERNOON_HOUR = 10, 7


def local_time(words: str, now: str) -> str:
    """Return the words as `2026-03-05T10:00`; `now` is what the instructions say of the present.

    An hour without am or pm below seven is in the afternoon; a day without an hour means ten o'clock.
    Unchanged when the words are already such a time, or the present is not known.
    """
    try:
        present = datetime.strptime(now, _NOW)  # noqa: DTZ007  local to the person, as the instructions say it
    except ValueError:
        return words
    if re.match(r"\d{4}-\d\d-\d\d", words):
        return words
    words = in_english(words)
    if ahead := _AHEAD.search(words):
        return _minutes(present + _distance(ahead[1].lower(), ahead[2].lower()))
    moment = _day(words.lower(), present).replace(hour=_MORNING, minute=0)
    return _minutes(_at(words.lower(), moment))


def _minutes(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M")


def _distance(count: str, unit: str) -> timedelta:
    one = timedelta(weeks=1) if unit == "week" else _UNITS[unit]
    if count == "half an":
        return one / 2
    return one * {"a": 1, "an": 1, "a few": 3}.get(count, _number(count) or 1)


def _number(word: str) -> int | None:
    if word.isdecimal():
        return int(word)
    return _NUMBERS.index(word) + 1 if word in _NUMBERS else None


def _day(words: str, present: datetime) -> datetime:
    if "tomorrow" in words:
        return present + timedelta(days=1)
    if "next week" in words:
        return present + timedelta(days=7)
    for index, name in enumerate(_DAYS):
        if name in words:
            return present + timedelta(days=(index - present.weekday() - 1) % 7 + 1)
    return present


def _at(words: str, moment: datetime) -> datetime:
    clock = _CLOCK.search(words)
    hour = 12 if clock and clock[1] == "noon" else _number(clock[1]) if clock else None
    if hour is None:
        part = next((at for name, at in _PARTS.items() if name in words), _MORNING)
        return moment.replace(hour=part)
    half = clock[3] if clock else None
    is_afternoon = half == "p" or (half is None and hour < _FIRST_AFTERNOON_HOUR)
    hour = hour % 12 + 12 if is_afternoon and hour <= 12 else hour  # noqa: PLR2004
    return moment.replace(hour=hour % 24, minute=int(clock[2] or 0) if clock else 0)
