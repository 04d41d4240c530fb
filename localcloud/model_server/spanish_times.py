"""Spanish words for a day and a time, put into English ones; what they mean is in `spoken_times`."""

from __future__ import annotations

import re

_NUMBERS = {
    "una?": "one",
    "dos": "two",
    "tres": "three",
    "cuatro": "four",
    "cinco": "five",
    "seis": "six",
    "siete": "seven",
    "ocho": "eight",
    "nueve": "nine",
    "diez": "ten",
    "once": "eleven",
    "doce": "twelve",
}
_COUNT = rf"\d+|{'|'.join(_NUMBERS)}"
_PHRASES = (
    (r"de la ma[ñn]ana", "am"),
    (r"de la (?:tarde|noche)", "pm"),
    (r"por la ma[ñn]ana", "morning"),
    (r"por la tarde", "afternoon"),
    (r"por la noche", "evening"),
    (r"ma[ñn]ana", "tomorrow"),
    (r"hoy", "today"),
    (r"lunes", "monday"),
    (r"martes", "tuesday"),
    (r"mi[eé]rcoles", "wednesday"),
    (r"jueves", "thursday"),
    (r"viernes", "friday"),
    (r"s[aá]bado", "saturday"),
    (r"domingo", "sunday"),
    (r"la (?:pr[oó]xima semana|semana que viene)", "next week"),
    (r"en media hora", "in half an hour"),
    (rf"en ({_COUNT}) horas?", r"in \1 hours"),
    (rf"en ({_COUNT}) minutos?", r"in \1 minutes"),
    (rf"en ({_COUNT}) d[ií]as?", r"in \1 days"),
    (rf"en ({_COUNT}) semanas?", r"in \1 weeks"),
    (rf"a las? ({_COUNT})", r"at \1"),
)
_COUNTED = tuple((rf"(at|in) {spanish}", rf"\1 {english}") for spanish, english in _NUMBERS.items())


def in_english(words: str) -> str:
    """Return the words with Spanish days, parts of the day and hours in English; all others stay."""
    for spanish, english in (*_PHRASES, *_COUNTED):
        words = re.sub(rf"\b{spanish}\b", english, words, flags=re.IGNORECASE)
    return words
