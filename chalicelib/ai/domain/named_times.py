"""Times that are named in a sentence, in four languages, as far as they can be told from others; pure.

Only the weekday and the hour are read: "Friday at half past two" is a Friday, and a time with two in it.
What is not understood is taken for unnamed.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from chalicelib.ai.domain.claim_sayings import DAYS

if TYPE_CHECKING:
    from collections.abc import Iterable

_WEEK, _HALF_DAY = 7, 12
_SATURDAY = "sonnabend"
_WEEKDAYS = {
    word: place
    for words in DAYS.values()
    for place, word in enumerate([each for each in words.split() if each != _SATURDAY][:_WEEK])
} | {_SATURDAY: 5}
# By the hour of a clock of twelve.
_HOUR_WORDS = (
    "noon midday midnight twelve mediodía medianoche doce mittag mitternacht zwölf midi minuit douze",
    "one una eins ein une thirteen trece dreizehn treize",
    "two dos zwei deux fourteen catorce vierzehn quatorze",
    "three tres drei trois fifteen quince fünfzehn quinze",
    "four cuatro vier quatre sixteen dieciséis sechzehn seize",
    "five cinco fünf cinq seventeen diecisiete siebzehn",
    "six seis sechs eighteen dieciocho achtzehn",
    "seven siete sieben sept nineteen diecinueve neunzehn",
    "eight ocho acht huit",
    "nine nueve neun neuf",
    "ten diez zehn dix",
    "eleven once elf onze",
)
_HOURS = {word: hour for hour, words in enumerate(_HOUR_WORDS) for word in words.split()}
_DAY = re.compile(rf"\b(?:{'|'.join(_WEEKDAYS)})\b", re.IGNORECASE)
_PART = "(?:an?|half|quarter|past|to|viertel|nach|vor|halb)"
_AT = rf"(?i:\b(?:at|um|gegen|à|vers|al?|a\s+las?)\s+(?:{_PART}\s+){{0,4}})"
_WORD = rf"(?P<word>(?i:{'|'.join(_HOURS)}))\b"
# A number before a name is that of a house, or part of the name: "at 12 Pier Street".
_NO_NAME = r"(?!\s+(?:of|et|y)\b)(?!-)(?!\s+(?!PM\b|AM\b|Uhr\b)[A-ZÄÖÜ])"
_CLOCK = r"(?i:\s*(?::\d\d|o.clock\b|[ap]\.?m\b|uhr\b|heures?\b|h\b))"
_HOUR = re.compile(
    rf"{_AT}{_WORD}{_NO_NAME}|{_AT}(?P<sharp>\d{{1,2}})(?=\s*(?:[.,;!?]|$))|\b(?P<number>\d{{1,2}})(?={_CLOCK})"
)
_START = re.compile(r"\b\d{4}-\d\d-\d\dT\d\d:\d\d\b(?!\S*Z)")


class NamedTime(NamedTuple):
    """The weekday (Monday is 0) and the hour on a clock of twelve; None: not named."""

    weekday: int | None
    hour: int | None

    @property
    def is_known(self) -> bool:
        """Tell whether a time was named."""
        return self.weekday is not None or self.hour is not None


def time_named(text: str) -> NamedTime:
    """Read the first weekday and the first hour in a text."""
    day = _DAY.search(text)
    return NamedTime(_WEEKDAYS[day[0].casefold()] if day else None, _hour(text))


def is_one_of(named: NamedTime, start: datetime) -> bool:
    """Tell whether a time that was named may be this start: "a quarter to three" has the next hour in it."""
    hours = {start.hour % _HALF_DAY, (start.hour + (start.minute > 0)) % _HALF_DAY}
    return named.weekday in {None, start.weekday()} and (named.hour is None or named.hour in hours)


def starts_in(texts: Iterable[str]) -> frozenset[datetime]:
    """Give the starts in texts, as the model gives them back: 2026-03-04T10:00, on the person's clock."""
    read = (_read(found) for text in texts for found in _START.findall(text))
    return frozenset(start for start in read if start is not None)


def _hour(text: str) -> int | None:
    found = _HOUR.search(text)
    if found is None:
        return None
    if found["word"]:
        return _HOURS[found["word"].casefold()]
    return int(found["sharp"] or found["number"]) % _HALF_DAY


def _read(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None
