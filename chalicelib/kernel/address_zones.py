"""Time zones of states, provinces and countries, as addresses name them."""

from __future__ import annotations

from functools import lru_cache

# Every zone that a part of the state keeps, parts with few people too: whose hours must hold everywhere.
_STATES = {
    "US": {
        "America/New_York": "CT DC DE FL GA IN KY MA MD ME MI NC NH NJ NY OH PA RI SC TN VA VT WV",
        "America/Chicago": "AL AR FL IA IL IN KS KY LA MI MN MO MS ND NE OK SD TN TX WI",
        "America/Denver": "AZ CO ID KS MT ND NE NM NV OR SD TX UT WY",
        "America/Phoenix": "AZ",
        "America/Los_Angeles": "CA ID NV OR WA",
        "America/Anchorage": "AK",
        "America/Adak": "AK",
        "Pacific/Honolulu": "HI",
    },
    "CA": {
        "America/St_Johns": "NL",
        "America/Halifax": "NB NL NS PE QC",
        "America/Toronto": "NU ON QC",
        "America/Winnipeg": "MB NU ON",
        "America/Regina": "SK",
        "America/Edmonton": "AB BC NT NU SK",
        "America/Whitehorse": "BC YT",
        "America/Vancouver": "BC",
    },
}
_NAMES = {
    "AL": "Alabama", "AK": "Alaska", "AZ": "Arizona", "AR": "Arkansas", "CA": "California", "CO": "Colorado",
    "CT": "Connecticut", "DE": "Delaware", "DC": "District of Columbia", "FL": "Florida", "GA": "Georgia",
    "HI": "Hawaii", "ID": "Idaho", "IL": "Illinois", "IN": "Indiana", "IA": "Iowa", "KS": "Kansas",
    "KY": "Kentucky", "LA": "Louisiana", "ME": "Maine", "MD": "Maryland", "MA": "Massachusetts",
    "MI": "Michigan", "MN": "Minnesota", "MS": "Mississippi", "MO": "Missouri", "MT": "Montana",
    "NE": "Nebraska", "NV": "Nevada", "NH": "New Hampshire", "NJ": "New Jersey", "NM": "New Mexico",
    "NY": "New York", "NC": "North Carolina", "ND": "North Dakota", "OH": "Ohio", "OK": "Oklahoma",
    "OR": "Oregon", "PA": "Pennsylvania", "RI": "Rhode Island", "SC": "South Carolina", "SD": "South Dakota",
    "TN": "Tennessee", "TX": "Texas", "UT": "Utah", "VT": "Vermont", "VA": "Virginia", "WA": "Washington",
    "WV": "West Virginia", "WI": "Wisconsin", "WY": "Wyoming", "PR": "Puerto Rico", "GU": "Guam",
    "VI": "US Virgin Islands", "AS": "American Samoa", "MP": "Northern Mariana Islands",
    "AB": "Alberta", "BC": "British Columbia", "MB": "Manitoba", "NB": "New Brunswick",
    "NL": "Newfoundland and Labrador", "NS": "Nova Scotia", "NT": "Northwest Territories", "NU": "Nunavut",
    "ON": "Ontario", "PE": "Prince Edward Island", "QC": "Quebec", "SK": "Saskatchewan", "YT": "Yukon",
}  # fmt: skip
# Addresses name them as states; they are countries by their numbers, and far from the others.
_TERRITORIES = frozenset({"AS", "GU", "MP", "PR", "VI"})
_LETTERS = {name.upper(): letters for letters, name in _NAMES.items()}
_NORTH_AMERICA = 1  # the country code that many countries share
_UNKNOWN = "Etc/Unknown"


def zones_of_address(country: str | None, region: str | None, of_number: str) -> tuple[str, ...]:
    """Give every time zone (IANA) where an address may be, in order; none where it says less than the number.

    `country` and `of_number`, the number's, are ISO 3166 alpha-2; where the address names no country, it is
    taken to be the number's. Regions are read for the US and CA only, by name or two letters.
    """
    where = country or of_number
    if found := _zones_of_region(where, _letters_of(region or "")):
        return found
    return () if where == of_number else zones_of_country(where)


@lru_cache(maxsize=256)
def zones_of_country(country: str) -> tuple[str, ...]:
    """Give every time zone of a country (ISO 3166 alpha-2), in order; none for an unknown one.

    Of countries that share a country code, but for those of code 1, those of all.
    """
    import phonenumbers  # noqa: PLC0415  the plans are large
    from phonenumbers import timezone  # noqa: PLC0415

    if country in _STATES:
        return tuple(sorted(_STATES[country]))
    code = phonenumbers.country_code_for_region(country)
    one = phonenumbers.example_number(country) if code == _NORTH_AMERICA else None
    number = one or phonenumbers.PhoneNumber(country_code=code, national_number=0)
    return tuple(sorted(set(timezone.time_zones_for_geographical_number(number)) - {_UNKNOWN}))


def _letters_of(region: str) -> str:
    plain = " ".join(region.upper().replace(".", "").split()).removeprefix("US-").removeprefix("CA-")
    return _LETTERS.get(plain, plain)


def _zones_of_region(country: str, letters: str) -> tuple[str, ...]:
    if country == "US" and letters in _TERRITORIES:
        return zones_of_country(letters)
    zones = _STATES.get(country, {})
    return tuple(sorted(zone for zone, regions in zones.items() if letters in regions.split()))
