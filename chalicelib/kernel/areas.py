"""Where numbers are given out, as the numbering plan of country code 1 says."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chalicelib.kernel.phones import E164


def area_of(number: E164) -> tuple[str, str]:
    """Give the country (ISO 3166 alpha-2) and state of a number's area, each empty where nobody knows it.

    The state is by name or two letters. Whoever moved has taken their number with them.
    """
    import phonenumbers  # noqa: PLC0415  many places, few calls
    from phonenumbers import geocoder  # noqa: PLC0415

    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return "", ""
    place = geocoder.description_for_number(parsed, "en")
    return phonenumbers.region_code_for_number(parsed) or "", place.rpartition(", ")[2]
