"""Where a number most likely is, without the numbering plans."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import phonenumbers
import pytest
from fakes.calls import NOW
from phonenumbers.tzdata import TIMEZONE_DATA

from chalicelib.kernel.area_zones import likely_zone
from chalicelib.kernel.phones import E164


@pytest.mark.parametrize(
    ("number", "zone"),
    [
        ("+14155550100", "America/Los_Angeles"),
        ("+12125550100", "America/New_York"),
        ("+447911123456", "Europe/London"),
        ("+4915112345678", "Europe/Berlin"),
        ("+353851234567", "Europe/Dublin"),
        ("+34612345678", "Europe/Madrid"),
        ("+18005550100", ""),
        ("+61412345678", ""),
        ("", ""),
    ],
)
def test_a_number_tells_its_zone(number, zone):
    """By area where the country has several zones; nothing is said of numbers that are everywhere."""
    assert likely_zone(str.__new__(E164, number)) == zone


def _said(prefix: str) -> str:
    return likely_zone(str.__new__(E164, f"+{prefix.ljust(11, '5')}"))


def _offset(zone: str) -> object:
    return NOW.astimezone(ZoneInfo(zone)).utcoffset()


def test_every_zone_is_one_that_the_numbering_plans_know():
    """The table agrees with them: a zone that is given goes by the clock of one that they name."""
    codes = [str(code) for code in phonenumbers.COUNTRY_CODE_TO_REGION_CODE if code != 1]
    areas = [prefix for prefix in TIMEZONE_DATA if prefix.startswith("1") and len(prefix) == 4]
    assert sum(1 for code in (*codes, *areas) if _said(code)) > 600
    for code in (*codes, *areas):
        if zone := _said(code):
            assert _offset(zone) in {_offset(each) for each in TIMEZONE_DATA[code]}, code
