"""Where a call may be recorded when only one side agrees; elsewhere the other side is told first.

The rules are dated data, not legal advice; `docs/security.md` says how to change them.
"""

from __future__ import annotations

RULES_OF = "2026-01"
# Source: 18 U.S.C. 2511(2)(d) asks for one party's consent; the states that are missing here ask for all
# parties' (CA, CT, DE, FL, IL, MD, MA, MI, MT, NV, NH, OR, PA, WA; secondary source: Reporters Committee for
# Freedom of the Press, "Reporter's Recording Guide").
_ONE_PARTY_STATES = {
    "AL": "alabama",
    "AK": "alaska",
    "AZ": "arizona",
    "AR": "arkansas",
    "CO": "colorado",
    "DC": "district of columbia",
    "GA": "georgia",
    "HI": "hawaii",
    "ID": "idaho",
    "IN": "indiana",
    "IA": "iowa",
    "KS": "kansas",
    "KY": "kentucky",
    "LA": "louisiana",
    "ME": "maine",
    "MN": "minnesota",
    "MS": "mississippi",
    "MO": "missouri",
    "NE": "nebraska",
    "NJ": "new jersey",
    "NM": "new mexico",
    "NY": "new york",
    "NC": "north carolina",
    "ND": "north dakota",
    "OH": "ohio",
    "OK": "oklahoma",
    "RI": "rhode island",
    "SC": "south carolina",
    "SD": "south dakota",
    "TN": "tennessee",
    "TX": "texas",
    "UT": "utah",
    "VT": "vermont",
    "VA": "virginia",
    "WV": "west virginia",
    "WI": "wisconsin",
    "WY": "wyoming",
}
_KNOWN = (
    frozenset(_ONE_PARTY_STATES) | {name.upper() for name in _ONE_PARTY_STATES.values()} | {"WASHINGTON DC"}
)
_COUNTRY = "US"

# What is said before the first words of a recorded call, by language.
_ANNOUNCEMENTS = {
    "en": "This call is recorded.",
    "es": "Esta llamada se graba.",
    "de": "Dieses Gespräch wird aufgezeichnet.",
    "fr": "Cet appel est enregistré.",
}


def one_party_suffices(country: str | None, region: str | None) -> bool:
    """Tell whether somebody is known to be where one party's consent suffices; unknown is not known.

    `country` is ISO 3166 alpha-2, `region` a state as people write it, by name or by its two letters.
    """
    written = " ".join((region or "").upper().replace(".", "").split())
    return country == _COUNTRY and written in _KNOWN


def one_party_suffices_by_number(country: str, region: str) -> bool:
    """Tell whether nothing is known of a number's area that asks for more; `one_party_suffices` has the form.

    A number of the country that belongs to no state says nothing.
    """
    return country == _COUNTRY and (not region or one_party_suffices(country, region))


def announcement_in(language: str) -> str:
    """Give the sentence that says a call is recorded, in a language (`es-MX`) or, if we lack it, English."""
    return _ANNOUNCEMENTS.get(language.partition("-")[0], _ANNOUNCEMENTS["en"])
