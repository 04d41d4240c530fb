"""Where an address may be, by its state or country."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest
from fakes.calls import NOW

from chalicelib.kernel.address_zones import zones_of_address, zones_of_country
from chalicelib.kernel.areas import area_of
from chalicelib.kernel.phones import E164
from chalicelib.kernel.zones import zones_of

EASTERN, CENTRAL, MOUNTAIN = "America/New_York", "America/Chicago", "America/Denver"
_EVERYWHERE = 5  # as many zones has a number that is of no state


@pytest.mark.parametrize(
    ("country", "region", "of_number", "zones"),
    [
        ("US", "Texas", "US", (CENTRAL, MOUNTAIN)),
        ("US", " tx. ", "US", (CENTRAL, MOUNTAIN)),
        ("US", "US-NY", "US", (EASTERN,)),
        (None, "NY", "US", (EASTERN,)),
        (None, "WA", "AU", ()),
        ("US", "TX", "GB", (CENTRAL, MOUNTAIN)),
        ("US", "Puerto Rico", "US", ("America/Puerto_Rico",)),
        ("CA", "on", "US", ("America/Toronto", "America/Winnipeg")),
        ("DE", "Bayern", "US", ("Europe/Berlin",)),
        ("BS", None, "US", ("America/Nassau",)),
        ("US", "nowhere", "US", ()),
        ("GB", None, "GB", ()),
        (None, None, "US", ()),
        ("XX", None, "US", ()),
    ],
)
def test_an_address_tells_its_zones(country, region, of_number, zones):
    """By state or province, else by country where the number is of another one."""
    assert zones_of_address(country, region, of_number) == zones


def test_a_country_without_a_state_is_everywhere_in_it():
    """Its territories are countries of their own, so that an hour is left that suits all."""
    assert {EASTERN, "Pacific/Honolulu"} <= set(zones_of_address("US", None, "GB"))
    assert "Pacific/Guam" not in zones_of_country("US")


def test_the_table_agrees_with_the_numbering_plans():
    """Each state's numbers go by the clocks that the table gives the state."""
    compared = 0
    for code in range(200, 1000):
        number = str.__new__(E164, f"+1{code}2345678")
        (country, state), zones = area_of(number), zones_of(number)
        known = zones_of_address(country, state, country) if country in ("US", "CA") else ()
        if known and len(zones) < _EVERYWHERE:
            compared += 1
            assert _clocks(zones) & _clocks(known), (code, state)
    assert compared > 300


def _clocks(zones):
    return {NOW.astimezone(ZoneInfo(zone)).utcoffset() for zone in zones}
