"""Which days somebody means who names them: by date, weekday, or seen from today; pure."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from chalicelib.scheduling.domain.time_words import words_of

if TYPE_CHECKING:
    from collections.abc import Iterator

_WEEK, _MONTH, _YEAR = 7, 31, 366
_LANGUAGES = ("en", "es", "de", "fr")
_DATE = re.compile(r"(\d{4}-\d\d-\d\d)(?:t.*)?")
# All that follows reads words without accents, hyphens, commas and capitals.
_LEAD = re.compile(r"^(?:(?:on|this|the|for|am|an|diesen|diese|diesem|el|la|este|esta|le|ce|cette|pour)\s+)+")
_PARTS = re.compile(
    r"\s+(?:(?:in|at|am|por|de|a|en|dans)\s+)?(?:(?:the|la|le|l')\s*)?"
    r"(?:morning|afternoon|evening|night|noon|fruh|vormittag|mittag|nachmittag|abend|tarde|noche|matin"
    r"|apres midi|soir)$|\s+(?:por|de|en|a)\s+la\s+manana$"
)
# The day of that name in the week after this one; and the first that comes.
_NEXT = re.compile(r"^(?:next|nachste[nrs]?)\s+")
_COMING = re.compile(
    r"^(?:(?:up)?coming|kommende[nrs]?|proxim[oa])\s+|\s+(?:prochaine?|que viene|proxim[oa])$"
)
_WEEKS = frozenset({"week", "woche", "semana", "semaine"})
_NEAR = {
    "tonight": 0,
    **dict.fromkeys(("this morning", "this afternoon", "this evening"), 0),
    **dict.fromkeys(("esta manana", "esta tarde", "esta noche", "ce matin", "cet apres midi", "ce soir"), 0),
    **dict.fromkeys(("day after tomorrow", "the day after tomorrow"), 2),
}
_COUNTED = re.compile(
    r"(?:in|en|dentro de|dans)\s+(\w+)\s+"
    r"(?:(?P<weeks>weeks?|wochen?|semanas?|semaines?)|days?|tag(?:en?)?|dias?|jours?)"
)
_COUNTS = (
    *("", "a one ein eine einem einer un una une", "two couple zwei dos deux", "three drei tres trois"),
    *("four vier cuatro quatre", "five funf cinco cinq", "six sechs seis", "seven sieben siete sept"),
    *("eight acht ocho huit", "nine neun nueve neuf", "ten zehn diez dix"),
)
_COUNT = {word: count for count, words in enumerate(_COUNTS) for word in words.split()}
# How days are named by their numbers, beside the ways in which we name them.
_NUMBERED = ("{day}", "{weekday} {day}")
_MONTHED = (
    "{month} {day}",
    "{day} {month}",
    "{day} de {month}",
    "{day} of {month}",
    "{weekday} {month} {day}",
)


class Days(NamedTuple):
    """The first and the last day that are meant, both included."""

    first: date
    last: date


def days_meant(words: str, today: date) -> Days | None:
    """Say which days words mean to somebody for whom it is `today`; None when they are not understood.

    A date (2026-03-05), today, tomorrow, a weekday (the next such day, today included), "next Tuesday" (that
    of the next week), "coming Tuesday" (the first after today), "this week", "next week", "in two weeks"
    (all of that week), "Tuesday the third" and "March 3", in English, Spanish, German and French.
    """
    said = _plain(words)
    if found := _DATE.fullmatch(words.strip().casefold()):
        return _dated(found[1])
    return _near(said, today) or _counted(said, today) or _named(said, today) or _numbered(said, today)


def _plain(words: str) -> str:
    """Write words in one way, however they were spelled."""
    bare = unicodedata.normalize("NFKD", words.replace("\u2019", "'").casefold())
    letters = "".join(each for each in bare if not unicodedata.combining(each))
    return " ".join(re.sub(r"[,.\-]", " ", letters).split())


def _dated(text: str) -> Days | None:
    try:
        return _one(date.fromisoformat(text))
    except ValueError:
        return None


def _near(said: str, today: date) -> Days | None:
    """Understand today and the days after it that have a name of their own."""
    for text in (said, _PARTS.sub("", said)):
        if text in _near_days():
            return _one(today + timedelta(days=_near_days()[text]))
    return None


def _counted(said: str, today: date) -> Days | None:
    found = _COUNTED.fullmatch(said)
    count = _count(found[1]) if found else None
    if found is None or count is None:
        return None
    if not found["weeks"]:
        return _one(today + timedelta(days=count))
    return _week(today + timedelta(days=count * _WEEK))


def _count(word: str) -> int | None:
    return int(word) if re.fullmatch(r"[1-9]\d?", word) else _COUNT.get(word)


def _named(said: str, today: date) -> Days | None:
    """Understand weeks and weekdays."""
    named = _LEAD.sub("", _PARTS.sub("", said))
    is_next, is_coming = _NEXT.search(named) is not None, _COMING.search(named) is not None
    named = _COMING.sub("", _NEXT.sub("", named))
    if named in _WEEKS:
        return (
            _week(today + timedelta(days=_WEEK)) if is_next or is_coming else Days(today, _week(today).last)
        )
    weekday = next((names.index(named) for names in _weekdays() if named in names), None)
    if weekday is None:
        return None
    if is_next:
        return _one(_week(today + timedelta(days=_WEEK)).first + timedelta(days=weekday))
    since = today + timedelta(days=1) if is_coming else today
    return _one(since + timedelta(days=(weekday - since.weekday()) % _WEEK))


def _numbered(said: str, today: date) -> Days | None:
    """Understand a day by its number: in the coming month, or with its month in the coming year."""
    if not re.search(r"\d", said) and _numbers().isdisjoint(said.split()):
        return None
    named = re.sub(r"\b(?:dem|den|the)\s+", "", _LEAD.sub("", _PARTS.sub("", said)))
    for ahead in range(_YEAR):
        day = today + timedelta(days=ahead)
        if any(named == name for name in _names(day, is_near=ahead < _MONTH)):
            return _one(day)
    return None


def _names(day: date, *, is_near: bool) -> Iterator[str]:
    for language in _LANGUAGES:
        words = words_of(language)
        patterns = (*_MONTHED, *(_NUMBERED if is_near else ()), *((words.on_day,) if is_near else ()))
        for pattern in (*patterns, words.on_date, words.on_date_of_year):
            for number in (words.day(day.day), str(day.day)):
                text = pattern.format(
                    weekday=words.weekdays[day.weekday()],
                    day=number,
                    month=words.months[day.month - 1],
                    year=day.year,
                )
                yield re.sub(r"\b(?:dem|den|the)\s+", "", _LEAD.sub("", _plain(text)))


@cache
def _numbers() -> frozenset[str]:
    """Give the numbers of days that are words."""
    said = (words_of(language).day(day) for language in _LANGUAGES for day in range(1, _MONTH + 1))
    return frozenset(_plain(each) for each in said)


def _one(day: date) -> Days:
    return Days(day, day)


def _week(day: date) -> Days:
    monday = day - timedelta(days=day.weekday())
    return Days(monday, monday + timedelta(days=_WEEK - 1))


@cache
def _near_days() -> dict[str, int]:
    tables = [words_of(language).near_days for language in _LANGUAGES]
    return {_plain(name): place for names in tables for place, name in enumerate(names)} | _NEAR


@cache
def _weekdays() -> list[list[str]]:
    return [[_plain(name) for name in words_of(language).weekdays] for language in _LANGUAGES]
