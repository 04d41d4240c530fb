"""What counts as a telephone number, and in which country it rings."""

from __future__ import annotations

import re

import phonenumbers
from phonenumbers import NumberParseException

_E164_SHAPE = re.compile(r"\+[1-9]\d{6,14}")


def normalised(text: str) -> str | None:
    """Return the number in E.164, reading bare digits as North American; nothing if it is no number."""
    try:
        number = phonenumbers.parse(text, "US")
    except NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def is_e164(text: str) -> bool:
    """Tell whether the text has the shape of E.164."""
    return _E164_SHAPE.fullmatch(text) is not None


def country(e164: str) -> str:
    """Return the ISO code of the number's country; fictional numbers count for their calling code."""
    number = phonenumbers.parse(e164)
    region = phonenumbers.region_code_for_number(number)
    return str(region or phonenumbers.region_code_for_country_code(number.country_code or 1))
