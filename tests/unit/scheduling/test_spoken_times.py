"""Times of appointments as people say them, in four languages, seen from a set now."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.ai.domain.speaking import speakable
from chalicelib.scheduling.domain.spoken_times import spoken_time, spoken_times
from chalicelib.scheduling.domain.time_words import words_of

BERLIN = "Europe/Berlin"
NOW = datetime(2026, 2, 23, 8, 30, tzinfo=UTC)  # a Monday, half past nine in Berlin
LANGUAGES = ("en", "es", "fr", "de")


def _say(day, hour, minute, language="en", *, month=3):
    instant = datetime(2026, month, day, hour, minute, tzinfo=ZoneInfo(BERLIN)).astimezone(UTC)
    return spoken_time(instant, BERLIN, NOW, language)


def _day_of(instant, language="en"):
    """Give what is said of an instant before its hour."""
    local = instant.astimezone(ZoneInfo(BERLIN))
    hour = words_of(language).clock(local.hour, local.minute)
    return spoken_time(instant, BERLIN, NOW, language).removesuffix(f" {hour}")


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "Tuesday the 3rd at half past two"),
        ("en-GB", "Tuesday the 3rd at half past two"),
        ("es-MX", "el martes 3 a las dos y media"),
        ("fr", "mardi 3 à 14 heures 30"),
        ("de-AT", "am Dienstag, dem dritten, um 14 Uhr 30"),
        ("pl", "Tuesday the 3rd at half past two"),
    ],
)
def test_a_day_after_next_week_has_its_number(language, said):
    """From a week on the weekday alone would be another day; a language that we lack is said in English."""
    assert _say(3, 14, 30, language) == said


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (23, ("today", "hoy", "aujourd'hui", "heute")),
        (24, ("tomorrow", "mañana", "demain", "morgen")),
        (25, ("Wednesday", "pasado mañana", "après-demain", "übermorgen")),
        (26, ("Thursday", "el jueves", "jeudi", "am Donnerstag")),
        (28, ("Saturday", "el sábado", "samedi", "am Samstag")),
    ],
)
def test_near_days_have_words_of_their_own(day, said):
    """Today, tomorrow, and the weekdays within a week need no number."""
    instant = datetime(2026, 2, day, 11, tzinfo=UTC)
    assert tuple(_day_of(instant, language) for language in LANGUAGES) == said


@pytest.mark.parametrize(
    ("ahead", "said"),
    [
        (6, "Sunday"),
        (7, "Monday the 2nd"),
        (27, "Sunday the 22nd"),
        (28, "Monday, March 23rd,"),
        (299, "Saturday, December 19th,"),
        (300, "Sunday, December 20th, 2026,"),
        (-1, "Sunday, February 22nd, 2026,"),
    ],
)
def test_the_farther_the_more_is_said(ahead, said):
    """What a weekday and a number leave open is said: the month from four weeks on, the year in the end."""
    assert _day_of(NOW + timedelta(days=ahead)) == said


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("es", "el lunes 23 de marzo a las diez"),
        ("fr", "lundi 23 mars à 10 heures"),
        ("de", "am Montag, dem dreiundzwanzigsten März, um 10 Uhr"),
    ],
)
def test_months_are_said_in_each_language(language, said):
    """A day of a later month is named with it."""
    assert _say(23, 10, 0, language) == said


def test_the_first_of_a_month_is_said_as_the_french_say_it():
    """It is "premier", and no number."""
    assert _say(1, 9, 0, "fr", month=4) == "mercredi premier avril à 9 heures"


@pytest.mark.parametrize(
    ("hour", "minute", "english", "spanish", "french", "german"),
    [
        (0, 0, "at midnight", "a medianoche", "à minuit", "um 0 Uhr"),
        (1, 5, "at five past one in the morning", "a la una y 5 de la mañana", "à 1 heure 5", "um ein Uhr 5"),
        (7, 0, "at seven o'clock", "a las siete", "à 7 heures", "um 7 Uhr"),
        (9, 15, "at quarter past nine", "a las nueve y cuarto", "à 9 heures 15", "um 9 Uhr 15"),
        (11, 50, "at ten to twelve", "a las once y 50", "à 11 heures 50", "um 11 Uhr 50"),
        (12, 0, "at noon", "al mediodía", "à midi", "um 12 Uhr"),
        (12, 45, "at quarter to one", "a las doce y 45", "à 12 heures 45", "um 12 Uhr 45"),
        (13, 7, "at one oh 7", "a la una y 7", "à 13 heures 7", "um 13 Uhr 7"),
        (16, 37, "at four 37", "a las cuatro y 37", "à 16 heures 37", "um 16 Uhr 37"),
        (19, 0, "at seven o'clock in the evening", "a las siete de la noche", "à 19 heures", "um 19 Uhr"),
    ],
)  # fmt: skip
def test_times_of_day(hour, minute, english, spanish, french, german):  # noqa: PLR0913, PLR0917
    """Where an hour of twelve could be two of the day, the part of the day is said too."""
    times = [_say(23, hour, minute, language, month=2) for language in LANGUAGES]
    days = ("today", "hoy", "aujourd'hui", "heute")
    expected = zip(days, (english, spanish, french, german), strict=True)
    assert times == [f"{day} {time}" for day, time in expected]


def test_today_is_the_persons_own():
    """At one instant it is today for one and tomorrow for another."""
    late = datetime(2026, 2, 23, 23, 30, tzinfo=UTC)
    assert spoken_time(late, "America/New_York", NOW) == "today at half past six"
    assert spoken_time(late, BERLIN, NOW) == "tomorrow at half past twelve in the morning"


def test_the_clock_of_that_day_counts():
    """After the clocks are set forward, the same instant of the day is an hour later."""
    winter, summer = datetime(2026, 3, 28, 9, tzinfo=UTC), datetime(2026, 3, 29, 9, tzinfo=UTC)
    now = datetime(2026, 3, 27, 9, tzinfo=UTC)
    assert spoken_time(winter, BERLIN, now) == "tomorrow at ten o'clock"
    assert spoken_time(summer, BERLIN, now) == "Sunday at eleven o'clock"


def test_several_times_are_a_choice():
    """The last one is joined by "or"; one alone is itself, none is nothing."""
    times = [datetime(2026, 2, day, 9, tzinfo=UTC) for day in (24, 26, 27)]
    assert spoken_times(times, BERLIN, NOW) == (
        "tomorrow at ten o'clock, Thursday at ten o'clock, or Friday at ten o'clock"
    )
    assert spoken_times(times[:2], BERLIN, NOW, "de") == "morgen um 10 Uhr, oder am Donnerstag um 10 Uhr"
    assert spoken_times(times[:1], BERLIN, NOW, "es") == "mañana a las diez"
    assert spoken_times([], BERLIN, NOW) == ""


@given(
    minutes=st.integers(0, 400 * 24 * 60),
    language=st.sampled_from(LANGUAGES),
    zone=st.sampled_from([BERLIN, "America/New_York", "Asia/Kolkata", "Pacific/Apia"]),
)
def test_a_voice_reads_it_as_it_is(minutes, language, zone):
    """Nothing in it is rewritten on its way to the voice."""
    said = spoken_time(NOW + timedelta(minutes=minutes), zone, NOW, language)
    assert speakable(said, language).strip() == said


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_two_times_of_a_day_sound_alike(language):
    """Whoever hears it knows which of the 1,440 minutes is meant."""
    start = datetime(2026, 2, 23, tzinfo=UTC)
    minutes = (start + timedelta(minutes=minute) for minute in range(1440))
    assert len({spoken_time(minute, "UTC", start, language) for minute in minutes}) == 1440
