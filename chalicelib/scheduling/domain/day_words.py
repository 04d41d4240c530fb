"""Which days somebody means who names them: by date, weekday, or seen from today; pure."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import NamedTuple

from chalicelib.scheduling.domain.time_words import words_of

_WEEK = 7
_LANGUAGES = ("en", "es", "de", "fr")
_DATE = re.compile(r"(\d{4}-\d\d-\d\d)(?:T.*)?")
_LEAD = re.compile(r"^(?:on|this|coming|the|am|diesen|el|este|le|ce)\s+", re.IGNORECASE)
_NEXT = re.compile(
    r"^(?:next|nächste[nr]?|kommende[nr]?|próxim[oa]|la próxima)\s+|\s+(?:prochaine?|que viene)$",
    re.IGNORECASE,
)
_WEEKS = frozenset({"week", "woche", "semana", "semaine", "la semana", "la semaine"})


class Days(NamedTuple):
    """The first and the last day that are meant, both included."""

    first: date
    last: date


def days_meant(words: str, today: date) -> Days | None:
    """Say which days words mean to somebody for whom it is `today`; None when they are not understood.

    A date (2026-03-05), today, tomorrow, a weekday (the next such day, today included), "next Tuesday" (that
    of the next week), "this week" and "next week", in English, Spanish, German and French.
    """
    said = " ".join(words.split()).casefold()
    if found := _DATE.fullmatch(words.strip()):
        return _dated(found[1])
    is_next = _NEXT.search(said) is not None
    named = _LEAD.sub("", _NEXT.sub("", said))
    if named in _WEEKS:
        return _week(today, is_next=is_next)
    near = next((place for names in _near() for place, name in enumerate(names) if name == named), None)
    if near is not None:
        return _one(today + timedelta(days=near))
    weekday = next((names.index(named) for names in _weekdays() if named in names), None)
    return None if weekday is None else _one(_weekday(today, weekday, is_next=is_next))


def _dated(text: str) -> Days | None:
    try:
        return _one(date.fromisoformat(text))
    except ValueError:
        return None


def _one(day: date) -> Days:
    return Days(day, day)


def _week(today: date, *, is_next: bool) -> Days:
    sunday = today + timedelta(days=_WEEK - 1 - today.weekday())
    if is_next:
        return Days(sunday + timedelta(days=1), sunday + timedelta(days=_WEEK))
    return Days(today, sunday)


def _weekday(today: date, weekday: int, *, is_next: bool) -> date:
    if is_next:
        return today + timedelta(days=_WEEK - today.weekday() + weekday)
    return today + timedelta(days=(weekday - today.weekday()) % _WEEK)


def _near() -> list[tuple[str, ...]]:
    return [words_of(language).near_days for language in _LANGUAGES]


def _weekdays() -> list[list[str]]:
    return [[name.casefold() for name in words_of(language).weekdays] for language in _LANGUAGES]
