"""The words in which days and times of day are said, by language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from chalicelib.ai.domain.sentences import primary
from chalicelib.ai.domain.speaking.words import words_of as figures_of

if TYPE_CHECKING:
    from collections.abc import Callable

_NOON, _HALF, _QUARTER, _FIVE = 12, 30, 15, 5
# Within these hours each time of a twelve-hour clock comes once, and is when people make appointments.
_FIRST_PLAIN, _LAST_PLAIN = 7, 18
_EVENING = 18


@dataclass(frozen=True)
class TimeWords:
    """How one language says days and times of day.

    `near_days` are today and those after it that have words of their own. `on_day` names a day by weekday and
    number, `on_date` with the month, `on_date_of_year` with the year as well. `day` says the number of a day,
    `clock` a time of day from hour and minute, with the word before it. `or_` joins the last of a choice.
    """

    near_days: tuple[str, ...]
    weekdays: tuple[str, ...]
    months: tuple[str, ...]
    on_weekday: str
    on_day: str
    on_date: str
    on_date_of_year: str
    or_: str
    day: Callable[[int], str]
    clock: Callable[[int, int], str]


_HOURS_EN = (
    *("twelve", "one", "two", "three", "four", "five"),
    *("six", "seven", "eight", "nine", "ten", "eleven"),
)
_HOURS_ES = (
    *("las doce", "la una", "las dos", "las tres", "las cuatro", "las cinco"),
    *("las seis", "las siete", "las ocho", "las nueve", "las diez", "las once"),
)
_MINUTES_EN = {5: "five", 10: "ten", 15: "quarter", 20: "twenty", 25: "twenty-five"}
_DAYS_DE = (
    *("", "ersten", "zweiten", "dritten", "vierten", "fünften", "sechsten", "siebten", "achten", "neunten"),
    *("zehnten", "elften", "zwölften", "dreizehnten", "vierzehnten", "fünfzehnten", "sechzehnten"),
    *("siebzehnten", "achtzehnten", "neunzehnten", "zwanzigsten", "einundzwanzigsten"),
    *("zweiundzwanzigsten", "dreiundzwanzigsten", "vierundzwanzigsten", "fünfundzwanzigsten"),
    *("sechsundzwanzigsten", "siebenundzwanzigsten", "achtundzwanzigsten", "neunundzwanzigsten"),
    *("dreißigsten", "einunddreißigsten"),
)


def _english_day(day: int) -> str:
    teen = 10 < day % 100 < 14  # noqa: PLR2004  11th, 12th, 13th
    return f"{day}{'th' if teen else {1: 'st', 2: 'nd', 3: 'rd'}.get(day % 10, 'th')}"


def _english_clock(hour: int, minute: int) -> str:
    if minute == 0 and hour % _NOON == 0:
        return "at noon" if hour else "at midnight"
    part = _part(hour, "in the morning", "in the afternoon", "in the evening")
    return f"at {_english_time(hour, minute)}{part}"


def _english_time(hour: int, minute: int) -> str:
    this, next_ = _HOURS_EN[hour % _NOON], _HOURS_EN[(hour + 1) % _NOON]
    if minute == 0:
        return f"{this} o'clock"
    if minute == _HALF:
        return f"half past {this}"
    if minute % _FIVE:
        return f"{this} {'oh ' if minute < 10 else ''}{minute}"  # noqa: PLR2004  "two oh 7"
    if minute < _HALF:
        return f"{_MINUTES_EN[minute]} past {this}"
    return f"{_MINUTES_EN[60 - minute]} to {next_}"


def _spanish_clock(hour: int, minute: int) -> str:
    if minute == 0 and hour % _NOON == 0:
        return "al mediodía" if hour else "a medianoche"
    part = _part(hour, "de la mañana", "de la tarde", "de la noche")
    rest = {0: "", _QUARTER: " y cuarto", _HALF: " y media"}.get(minute, f" y {minute}")
    return f"a {_HOURS_ES[hour % _NOON]}{rest}{part}"


def _french_clock(hour: int, minute: int) -> str:
    if minute == 0 and hour % _NOON == 0:
        return "à midi" if hour else "à minuit"
    hours = f"{hour} heure" if hour <= 1 else f"{hour} heures"
    return f"à {hours} {minute}" if minute else f"à {hours}"


def _german_clock(hour: int, minute: int) -> str:
    hours = f"um {'ein' if hour == 1 else hour} Uhr"
    return f"{hours} {minute}" if minute else hours


def _part(hour: int, morning: str, afternoon: str, evening: str) -> str:
    """Name the part of the day where the hour alone could be another."""
    if _FIRST_PLAIN <= hour <= _LAST_PLAIN:
        return ""
    if hour < _NOON:
        return f" {morning}"
    return f" {afternoon if hour < _EVENING else evening}"


def _months(language: str) -> tuple[str, ...]:
    words = figures_of(language)
    return words.months if words else ()


_ENGLISH = TimeWords(
    near_days=("today", "tomorrow"),
    weekdays=("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    months=_months("en"),
    on_weekday="{weekday}",
    on_day="{weekday} the {day}",
    on_date="{weekday}, {month} {day},",
    on_date_of_year="{weekday}, {month} {day}, {year},",
    or_="or",
    day=_english_day,
    clock=_english_clock,
)
_SPANISH = TimeWords(
    near_days=("hoy", "mañana", "pasado mañana"),
    weekdays=("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"),
    months=_months("es"),
    on_weekday="el {weekday}",
    on_day="el {weekday} {day}",
    on_date="el {weekday} {day} de {month}",
    on_date_of_year="el {weekday} {day} de {month} de {year}",
    or_="o",
    day=str,
    clock=_spanish_clock,
)
_FRENCH = TimeWords(
    near_days=("aujourd'hui", "demain", "après-demain"),
    weekdays=("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"),
    months=_months("fr"),
    on_weekday="{weekday}",
    on_day="{weekday} {day}",
    on_date="{weekday} {day} {month}",
    on_date_of_year="{weekday} {day} {month} {year}",
    or_="ou",
    day=lambda day: "premier" if day == 1 else str(day),
    clock=_french_clock,
)
_GERMAN = TimeWords(
    near_days=("heute", "morgen", "übermorgen"),
    weekdays=("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"),
    months=_months("de"),
    on_weekday="am {weekday}",
    on_day="am {weekday}, dem {day},",
    on_date="am {weekday}, dem {day} {month},",
    on_date_of_year="am {weekday}, dem {day} {month} {year},",
    or_="oder",
    day=lambda day: _DAYS_DE[day],
    clock=_german_clock,
)
_BY_LANGUAGE = {"en": _ENGLISH, "es": _SPANISH, "fr": _FRENCH, "de": _GERMAN}


def words_of(language: str) -> TimeWords:
    """Give the words of the language of a tag; English where we have none."""
    return _BY_LANGUAGE.get(primary(language), _ENGLISH)
