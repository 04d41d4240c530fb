"""Names of countries in the languages of the world, as ISO 3166 codes."""

from __future__ import annotations

import functools

import phonenumbers

from chalicelib.crm.domain.words import fold

_ALSO = {
    "usa": "US",
    "u s": "US",
    "u s a": "US",
    "united states of america": "US",
    "estados unidos de america": "US",
    "uk": "GB",
    "great britain": "GB",
    "england": "GB",
    "scotland": "GB",
    "wales": "GB",
    "northern ireland": "GB",
    "holland": "NL",
    "the netherlands": "NL",
    "czech republic": "CZ",
    "republic of ireland": "IE",
}


def country_code(text: str) -> str | None:
    """Give the code (ISO 3166 alpha-2) of a country by its code or its name; None for an unknown one."""
    code = text.strip().upper()
    if code in phonenumbers.SUPPORTED_REGIONS:
        return code
    name = fold(text)
    return _ALSO.get(name) or _names().get(name)


@functools.cache
def _names() -> dict[str, str]:
    """Read the names that come with the numbering plans; 600 kB that most files have no use for."""
    from phonenumbers.geodata.locale import LOCALE_DATA  # noqa: PLC0415

    return {
        fold(name): code
        for code, names in LOCALE_DATA.items()
        if code in phonenumbers.SUPPORTED_REGIONS
        for name in names.values()
        if not name.startswith("*")
    }
