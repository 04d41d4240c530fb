"""What the numbering plans say: parsing as people write, country, kind of line."""

from __future__ import annotations

from dataclasses import dataclass

import phonenumbers
from phonenumbers import PhoneNumberType

from chalicelib.kernel.errors import Invalid
from chalicelib.kernel.phones import E164

_NO_COUNTRY = "001"  # what phonenumbers calls the region of satellite and other world-wide numbers
_OFTEN_WRONG = "UK"
_KINDS = {
    PhoneNumberType.FIXED_LINE: "fixed",
    PhoneNumberType.MOBILE: "mobile",
    PhoneNumberType.FIXED_LINE_OR_MOBILE: "fixed_or_mobile",
    PhoneNumberType.TOLL_FREE: "toll_free",
    PhoneNumberType.PREMIUM_RATE: "premium_rate",
    PhoneNumberType.SHARED_COST: "shared_cost",
    PhoneNumberType.VOIP: "voip",
    PhoneNumberType.PERSONAL_NUMBER: "personal",
    PhoneNumberType.PAGER: "pager",
    PhoneNumberType.UAN: "company",
    PhoneNumberType.VOICEMAIL: "voicemail",
}


@dataclass(frozen=True)
class NumberPlan:
    """Country (ISO 3166 alpha-2, or "" for none, as for satellite networks) and kind of a number."""

    country: str
    kind: str


def check_country(code: str) -> str:
    """Give the code of a country that has phone numbers (ISO 3166 alpha-2), or `Invalid` (`bad_country`)."""
    if code == _OFTEN_WRONG:
        raise Invalid("UK is no ISO 3166 code; Great Britain is GB.", code="bad_country")
    if code not in phonenumbers.SUPPORTED_REGIONS:
        raise Invalid(f"{code[:8]} is no country's code (ISO 3166, two letters).", code="bad_country")
    return code


def parse_phone(text: str, default_country: str | None = None) -> E164:
    """Read a number as people write it; national forms need `default_country`.

    Raises `Invalid` with code `bad_phone_number` and a remedy when no such number can exist.
    """
    try:
        parsed = phonenumbers.parse(text, default_country)
    except phonenumbers.NumberParseException as error:
        raise Invalid(_remedy(text, default_country), code="bad_phone_number") from error
    if not phonenumbers.is_valid_number(parsed):
        raise Invalid(_remedy(text, default_country), code="bad_phone_number")
    return E164(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164))


def plan_of(number: E164) -> NumberPlan:
    """Look the number up in the plans; an unknown number has kind `unknown`."""
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return NumberPlan(country="", kind="unknown")
    kind = _KINDS.get(phonenumbers.number_type(parsed), "unknown")
    region = phonenumbers.region_code_for_number(parsed)
    return NumberPlan(country="" if region in {None, _NO_COUNTRY} else region, kind=kind)


def national_digits(number: E164) -> str:
    """Give the digits that are dialed inside of the country, without the zero that often comes first."""
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return ""
    return str(phonenumbers.national_significant_number(parsed)).lstrip("0")


def _remedy(text: str, country: str | None) -> str:
    if country is None and not text.strip().startswith("+"):
        return f"{text[:32]!r} lacks its country; write it like +14155552671, or name the country beside it."
    return f"{text[:32]!r} is not a number that can exist; write it with its country code, like +14155552671."
