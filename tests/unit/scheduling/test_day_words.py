"""Days in the words of callers: which of them is meant, in four languages."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta

import pytest

from chalicelib.scheduling.domain.day_words import Days, days_meant
from chalicelib.scheduling.domain.spoken_times import spoken_time

TODAY = date(2026, 11, 23)  # a Monday


@pytest.mark.parametrize(
    ("words", "ahead"),
    [
        *((each, 0) for each in ("today", "Monday", "hoy", "heute Abend", "aujourd\u2019hui", "ce soir")),
        *((each, 0) for each in ("tonight", "this afternoon", "esta tarde", "heute", "2026-11-23T14:00")),
        *((each, 1) for each in ("tomorrow morning", "morgen früh", "mañana", "manana", "demain matin")),
        *((each, 1) for each in ("mañana por la tarde", "mañana por la mañana", "Tuesday in the evening")),
        *((each, 2) for each in ("day after tomorrow", "the day after tomorrow", "übermorgen", "miercoles")),
        *(
            (each, 2)
            for each in ("pasado mañana", "après-demain", "apres demain", "pasado mañana por la tarde")
        ),
        *((each, 4) for each in ("Friday", "this Friday", "coming Friday", "kommenden Freitag", "vendredi")),
        *((each, 4) for each in ("am kommenden Freitag", "el viernes que viene", "vendredi prochain")),
        *((each, 4) for each in ("el próximo viernes", "el proximo viernes", "Freitag Nachmittag")),
        *((each, 11) for each in ("next Friday", "nächsten Freitag", "am nächsten Freitag")),
        *((each, 7) for each in ("coming Monday", "next Monday", "lundi prochain", "el lunes que viene")),
        *((each, 3) for each in ("in three days", "in 3 Tagen", "dentro de tres días", "dans trois jours")),
        *((each, 8) for each in ("Tuesday the 1st", "Tuesday, the 1st", "Dienstag, den 1.", "el martes 1")),
        *(
            (each, 8)
            for each in ("am Dienstag, dem ersten,", "mardi premier", "December 1", "1 de diciembre")
        ),
        *((each, 8) for each in ("Tuesday, December 1st", "1. Dezember", "the 1st", "le 1 décembre")),
    ],
)
def test_a_day_is_understood_as_people_mean_it(words, ahead):
    """Coming days are the first that come, in every language; next Friday is that of the next week."""
    day = TODAY + timedelta(days=ahead)
    assert days_meant(words, TODAY) == Days(day, day)


@pytest.mark.parametrize(
    ("words", "weeks"),
    [
        *((each, 1) for each in ("next week", "nächste Woche", "kommende Woche", "la próxima semana")),
        *(
            (each, 1)
            for each in ("la semana que viene", "la semaine prochaine", "in a week", "in einer Woche")
        ),
        *((each, 2) for each in ("in two weeks", "in zwei Wochen", "en dos semanas", "dans 2 semaines")),
    ],
)
def test_a_week_is_understood(words, weeks):
    """From its Monday to its Sunday."""
    monday = TODAY + timedelta(days=7 * weeks)
    assert days_meant(words, TODAY) == Days(monday, monday + timedelta(days=6))
    assert days_meant("this week", TODAY + timedelta(days=2)) == Days(date(2026, 11, 25), date(2026, 11, 29))


@pytest.mark.parametrize("language", ["en", "es", "de", "fr"])
def test_what_we_say_is_understood(language):
    """The words in which a day was offered may be given back, for a year ahead."""
    noon = datetime(2026, 11, 23, 12, tzinfo=UTC)
    clock = len(spoken_time(noon, "UTC", noon, language)) - len(
        {"en": "today", "es": "hoy", "de": "heute", "fr": "aujourd'hui"}[language]
    )
    for ahead in (0, 1, 2, 6, 7, 8, 15, 27, 28, 90, 310):
        day = TODAY + timedelta(days=ahead)
        said = spoken_time(noon + timedelta(days=ahead), "UTC", noon, language)[:-clock]
        assert days_meant(said, TODAY) == Days(day, day), said


@pytest.mark.parametrize(
    "words", ["", "the day after the fair", "morning", "32", "in many weeks", "Tuesday the 2nd"]
)
def test_what_is_not_understood_is_no_day(words):
    """The model is told to give the date; it costs next to nothing."""
    began = time.process_time()
    assert days_meant(words, TODAY) is None
    assert time.process_time() - began < 1
