"""Figures as a voice should read them: numbers, money, dates, times and phone numbers; pure.

A voice reads a plain whole number well in its language, so it stays in digits. What voices misread, signs,
separators and numbers that are said digit by digit, is written out. What is doubtful stays as it is.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chalicelib.ai.domain.speaking.words import Money, Words

_CODES = {"EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥"}
_SIGN = r"(?:[$€£¥]|EUR|USD|GBP|CHF|JPY)"
_NUMBER = r"\d+(?:[.,'\u2019\u00a0\u202f ]\d{3}(?!\d))*(?:[.,]\d{1,2}(?![\d]))?"
_PHONE = re.compile(
    r"""\+\d(?:[\s().\-/\u00a0]{0,2}\d){6,14}(?!\d)
      | \(\d{3}\)\s?\d{3}[-.\s]\d{4}(?!\d)
      | (?<![\d.,-])\d{3}[-.]\d{3}[-.]\d{4}(?![\d-])
      | (?<![\d.,-])0\d(?:[\s/.\-\u00a0]?\d){6,11}(?![\d-])
      | (?<![\d.,-])\d{4}(?:[ -]\d{4}){3}(?![\d-])
      | (?<![\d.,-])\d{5}-\d{4}(?![\d-])
      | (?<![\d.,-])\d{7,}(?![\d.,]\d)(?!\d)
    """,
    re.VERBOSE,
)
_MOMENT = re.compile(r"(?<!\d)(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2})(?::\d{2}(?:\.\d+)?)?(?![\d:.])(Z)?")
_ISO_DATE = re.compile(r"(?<![\d-])(\d{4})-(\d{2})-(\d{2})(?![\d-])")
_DATE = re.compile(r"(?<![\d./])(\d{1,2})([./])(\d{1,2})\2(\d{4})(?![\d./]?\d)")
_TIME = re.compile(
    r"(?<![\d:.,])(\d{1,2})(?::(\d{2})(?::\d{2})?|\s?h\s?(\d{2})?)(?![\d:h])(?:\s?([ap])\.?m\b\.?|\s?(?:Uhr|h)\b)?",
    re.IGNORECASE,
)
_HALF_DAY = re.compile(r"(?<![\d:.,])(\d{1,2})\s?([ap])\.?m\b\.?", re.IGNORECASE)
_RANGE = re.compile(
    r"(?:(?<=[\dmM])|(?<=[mM]\.))\s?(?:\u2013|-(?=\d{1,2}(?::\d{2}|\s?[aApP]\.?[mM])))\s?(?=[\d$€£¥])"
)
_HALF = re.compile(r"(?<![\d/.,-])(?:(\d+) )?1/2(?![\d/])")
_GROUPED = re.compile(r"(?<![\d.,])\d{1,3}(?:([.,'\u2019\u00a0\u202f])\d{3})(?:\1\d{3})*(?![\d]|[.,]\d{3})")
_DECIMAL = re.compile(r"(?<![\d.,/-])(\d+)([.,])(\d+)(?![\d]|[.,/-]\d)")
_MONTHS, _DAYS, _NOON, _HOURS, _MINUTES = 12, 31, 12, 24, 60
_NANP = 11
_GROUP = 3


def spell(text: str, language: str, words: Words) -> str:
    """Write the figures of a short text as they are spoken in the language of a tag."""
    text = _MOMENT.sub(lambda found: _moment(found, words), text)
    text = _ISO_DATE.sub(lambda found: _date(found[0], (found[3], found[2], found[1]), words), text)
    text = _DATE.sub(lambda found: _short_date(found, language, words), text)
    text = _PHONE.sub(lambda found: _digits(found[0], words), text)
    text = _RANGE.sub(f" {words.until} ", text)
    text = _TIME.sub(lambda found: _time(found, words), text)
    text = _HALF_DAY.sub(lambda found: f"{found[1]} {found[2].upper()}M", text)
    text = _money(text, words)
    text = re.sub(r"(?<=\d)\s?%", f" {words.percent}", text)
    text = re.sub(r"\s?°(?:\s?[CF]\b)?", f" {words.degrees}", text)
    text = re.sub(r"(?<!\d)24/7(?!\d)", "24 7", text)
    text = _HALF.sub(lambda found: f"{found[1]} {words.and_} {words.half}" if found[1] else words.half, text)
    text = _GROUPED.sub(lambda found: _ungrouped(found, words), text)
    return _DECIMAL.sub(lambda found: _decimal(found, words), text)


def _digits(number: str, words: Words) -> str:
    """Say a number digit by digit, in the groups in which it is written."""
    groups = re.findall(r"\d+", number)
    joined = "".join(groups)
    if len(groups) == 1:
        groups = [joined[at : at + _GROUP] for at in range(0, len(joined), _GROUP)]
        if number.startswith("+1") and len(joined) == _NANP:
            groups = [joined[0], joined[1:4], joined[4:7], joined[7:]]
    plus = f"{words.plus} " if number.startswith("+") else ""
    return plus + ", ".join(" ".join(group) for group in groups)


def _moment(found: re.Match[str], words: Words) -> str:
    """Part the time of the day from its date."""
    return f"{found[1]} {words.at_time} {found[2]}{' UTC' if found[3] else ''}"


def _short_date(found: re.Match[str], language: str, words: Words) -> str:
    first, sign, second, year = found.groups()
    month_first = sign == "/" and language.casefold() in {"en", "en-us"}
    day, month = (second, first) if month_first else (first, second)
    return _date(found[0], (day, month, year), words)


def _date(written: str, parts: tuple[str, str, str], words: Words) -> str:
    day, month, year = map(int, parts)
    if not (1 <= month <= _MONTHS and 1 <= day <= _DAYS):
        return written
    return words.date.format(day=day, month=words.months[month - 1], year=year)


def _time(found: re.Match[str], words: Words) -> str:
    hour, minute, half = int(found[1]), int(found[2] or found[3] or 0), found[4]
    is_hours = found[2] is None
    if hour > _HOURS or minute >= _MINUTES or (is_hours and "heure" not in words.time):
        return found[0]
    if half or not words.time:
        return _half_day_time(hour, minute, half)
    pattern = words.time if minute else words.full_hour
    spoken = pattern.format(hour=hour, minute=f"{minute:02d}" if minute > 9 else minute)  # noqa: PLR2004
    return spoken.replace("1 heures", "1 heure", 1) if hour == 1 else spoken


def _half_day_time(hour: int, minute: int, half: str | None) -> str:
    """Say a time of the day as English does; one of the morning's, of which nothing tells it, stays so."""
    minutes = f":{minute:02d}" if minute else ""
    if half:
        return f"{hour}{minutes} {half.upper()}M"
    if 1 <= hour <= _NOON:
        return f"{hour}{minutes}" if minute else f"{hour} o'clock"
    return f"{hour % _NOON or _NOON}{minutes} {'PM' if hour > _NOON and hour != _HOURS else 'AM'}"


def _money(text: str, words: Words) -> str:
    scales = "|".join(words.scales)
    scale = rf"(?:\s(?P<scale>{scales})\b|\s?(?P<short>bn|[kmb])\b)?"
    before = re.compile(rf"(?P<sign>{_SIGN})\s?(?P<number>{_NUMBER}){scale}", re.IGNORECASE)
    after = re.compile(rf"(?<![\d.,])(?P<number>{_NUMBER}){scale}\s?(?P<sign>{_SIGN})(?!\w)", re.IGNORECASE)
    for pattern in (before, after):
        text = pattern.sub(lambda found: _amount(found, words), text)
    return text


def _amount(found: re.Match[str], words: Words) -> str:
    money = words.money[_CODES.get(found["sign"].upper(), found["sign"].upper())]
    whole, _, parts = _parsed(found["number"]).partition(".")
    scale = found["scale"] or words.short_scales.get((found["short"] or "")[:1].lower())
    if scale:
        number = f"{whole} {words.point} {parts}" if parts else whole
        of = "" if scale == words.scales[0] else words.of_scale
        of = "d'" if of and words.number == "numéro" and money.many[0] in "aeiou" else of
        return f"{number} {scale} {of}{money.many}"
    return _counted(int(whole), int(parts.ljust(2, "0")) if parts else 0, money, words)


def _counted(whole: int, hundredths: int, money: Money, words: Words) -> str:
    wholes = f"{whole} {money.one if whole == 1 else money.many}"
    parts = f"{hundredths} {money.part if hundredths == 1 else money.parts}"
    if not hundredths:
        return wholes
    return words.cents.format(whole=wholes, parts=parts) if whole else parts


def _parsed(number: str) -> str:
    """Give a number with a point for its decimals and nothing between its thousands."""
    plain = re.sub(r"['\u2019\u00a0\u202f ]", "", number)
    at = max(plain.rfind("."), plain.rfind(","))
    if at < 0 or len(plain) - at - 1 == _GROUP:
        return re.sub("[.,]", "", plain)
    return f"{re.sub('[.,]', '', plain[:at])}.{plain[at + 1 :]}"


def _ungrouped(found: re.Match[str], words: Words) -> str:
    """Join the thousands of a number; what would be its decimals here stays."""
    decimal = "," if words.is_comma else "."
    is_decimal = found[1] == decimal and found[0].count(decimal) == 1
    return found[0] if is_decimal else re.sub(r"\D", "", found[0])


def _decimal(found: re.Match[str], words: Words) -> str:
    if found[2] == "," and not words.is_comma:
        return found[0]
    digits = " ".join(found[3]) if words.spaced else found[3]
    return f"{found[1]} {words.point} {digits}"
