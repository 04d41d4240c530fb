"""Each row of the law's table: whom it is about, and what it asks for."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from chalicelib.calls.domain.calling_hours import Window
from chalicelib.calls.domain.dial_rules import TABLE, rules_for, states_of
from chalicelib.calls.domain.purposes import Purpose

TODAY = date(2026, 3, 3)
ZONE = "America/Chicago"
SELLING, TELLING, COLLECTING = Purpose.TELEMARKETING, Purpose.INFORMATIONAL, Purpose.DEBT_COLLECTION
# By row: the first and last allowed minute on a Tuesday, then on a Sunday; None: not on that day.
HOURS = {
    "hours_us": ("08:00", "20:59", "08:00", "20:59"),
    "hours_elsewhere": ("09:00", "19:59", "09:00", "19:59"),
    "hours_debt": ("08:00", "20:59", "08:00", "20:59"),
    "hours_fl": ("08:00", "19:59", "08:00", "19:59"),
    "hours_ok": ("08:00", "19:59", "08:00", "19:59"),
    "hours_md": ("08:00", "19:59", "08:00", "19:59"),
    "hours_ma": ("08:00", "19:59", "08:00", "19:59"),
    "hours_al": ("08:00", "19:59", None, None),
    "hours_la": ("08:00", "19:59", None, None),
    "hours_ms": ("08:00", "19:59", None, None),
    "hours_ct": ("09:00", "19:59", "09:00", "19:59"),
    "hours_ky": ("10:00", "20:59", "10:00", "20:59"),
    "hours_mi": ("09:00", "20:59", "09:00", "20:59"),
    "hours_mn": ("09:00", "20:59", "09:00", "20:59"),
    "hours_nm": ("09:00", "20:59", "09:00", "20:59"),
    "hours_nv": ("09:00", "19:59", "09:00", "19:59"),
    "hours_tx": ("09:00", "20:59", "12:00", "20:59"),
    "hours_ut": ("08:00", "20:59", None, None),
    "hours_ri": ("09:00", "17:59", None, None),
}
CAPS = {
    "frequency_debt": (7, timedelta(days=7)),
    "frequency_debt_talk": (1, timedelta(days=7)),
    "frequency_fl": (3, timedelta(hours=24)),
    "frequency_ok": (3, timedelta(hours=24)),
    "frequency_md": (3, timedelta(hours=24)),
}
CONSENTS = {"consent_us", "consent_gb", "consent_europe", "consent_elsewhere"}
_OF_COUNTRIES = {"hours_us", "hours_debt", "hours_elsewhere"}


def _row(code):
    return next(rule for rule in TABLE if rule.code == code)


def _codes(purpose, country="US", states=frozenset(), day=TODAY):
    return {rule.code for rule in rules_for(purpose, country, states, day)}


def _open_minutes(rule, day):
    window = Window((ZONE,), rule.hours, on_holidays=rule.on_holidays)
    midnight = datetime.fromisoformat(day).replace(tzinfo=ZoneInfo(ZONE)).astimezone(UTC)
    minutes = (midnight + timedelta(minutes=number) for number in range(24 * 60))
    shown = [f"{at.astimezone(ZoneInfo(ZONE)):%H:%M}" for at in minutes if window.is_open(at)]
    return (shown[0], shown[-1]) if shown else (None, None)


def test_every_row_is_tested_here_and_says_where_it_is_written():
    """A row that is added to the table needs a line here."""
    codes = [rule.code for rule in TABLE]
    assert sorted(codes) == sorted([*HOURS, *CAPS, *CONSENTS])
    assert all(rule.source and rule.title for rule in TABLE)


@pytest.mark.parametrize("code", HOURS)
def test_the_hours_of_each_row(code):
    """The first and the last minute of a Tuesday and of a Sunday are those of its source."""
    tuesday, sunday = _open_minutes(_row(code), "2026-03-03"), _open_minutes(_row(code), "2026-03-15")
    assert (*tuesday, *sunday) == HOURS[code]


@pytest.mark.parametrize("code", HOURS)
def test_holidays_are_shut_where_the_row_says_so(code):
    """On Thanksgiving Day, a Thursday, AL, LA, MS, RI and UT are not called."""
    is_shut = _open_minutes(_row(code), "2026-11-26") == (None, None)
    assert is_shut is (code in {"hours_al", "hours_la", "hours_ms", "hours_ri", "hours_ut"})


def test_a_saturday_in_rhode_island_is_shorter():
    """From ten to five."""
    assert _open_minutes(_row("hours_ri"), "2026-03-14") == ("10:00", "16:59")


@pytest.mark.parametrize("code", CAPS)
def test_the_cap_of_each_row(code):
    """So many calls within such a span."""
    cap = _row(code).cap
    assert (cap.calls, cap.within) == CAPS[code]


@pytest.mark.parametrize("code", [code for code in HOURS if code not in _OF_COUNTRIES])
def test_a_state_s_row_holds_there_for_marketing_only(code):
    """It adds to the federal hours, and says nothing of other calls or places."""
    state = code.removeprefix("hours_").upper()
    here = frozenset({state})
    assert {code, "hours_us"} <= _codes(SELLING, states=here)
    assert code not in _codes(SELLING) | _codes(TELLING, states=here) | _codes(SELLING, "CA", here)


@pytest.mark.parametrize("territory", ["AS", "GU", "MP", "PR", "VI"])
@pytest.mark.parametrize("purpose", [SELLING, COLLECTING])
def test_federal_rules_hold_in_the_territories(territory, purpose):
    """A number in Puerto Rico is one of a country of its own, and still one of the United States."""
    assert _codes(purpose, territory) == _codes(purpose) != set()


def test_informational_calls_have_no_rule_of_law_here():
    """The system's own hours hold for them."""
    assert _codes(TELLING, states=frozenset({"FL", "TX"})) == set()


def test_debts_have_rules_of_their_own():
    """Hours, seven calls in seven days, none after a talk, and no consent to marketing."""
    caps = {"frequency_debt", "frequency_debt_talk"}
    assert _codes(COLLECTING, states=frozenset({"FL"})) == {"hours_debt", *caps}
    assert {rule.code for rule in TABLE if rule.counts_talks} == {"frequency_debt_talk"}


def test_marketing_to_a_country_without_a_row_obeys_the_house_s_default():
    """Consent and hours, and it says that no law is kept; it is for such countries and calls only."""
    rules = rules_for(SELLING, "CA", frozenset(), TODAY)
    assert {rule.code for rule in rules} == {"consent_elsewhere", "hours_elsewhere"}
    assert all("no rule of law is kept" in rule.source for rule in rules)
    for country in ("US", "PR", "GB", "DE", "NO"):
        assert not any(code.endswith("_elsewhere") for code in _codes(SELLING, country))
    assert _codes(TELLING, "CA") == _codes(COLLECTING, "CA") == set()


@pytest.mark.parametrize(
    ("country", "code"),
    [("US", "consent_us"), ("GB", "consent_gb"), ("DE", "consent_europe"), ("NO", "consent_europe")],
)
def test_marketing_needs_consent(country, code):
    """In each country by its own law; other calls need none of this kind."""
    needed = {rule.code for rule in rules_for(SELLING, country, frozenset(), TODAY) if rule.needs_consent}
    assert needed == {code}
    assert not any(rule.needs_consent for rule in rules_for(TELLING, country, frozenset(), TODAY))


@pytest.mark.parametrize(
    ("code", "day"),
    [
        ("frequency_fl", date(2021, 7, 1)),
        ("frequency_ok", date(2022, 11, 1)),
        ("frequency_md", date(2024, 1, 1)),
        ("frequency_debt", date(2021, 11, 30)),
        ("frequency_debt_talk", date(2021, 11, 30)),
    ],
)
def test_a_row_holds_from_its_date_on(code, day):
    """The day before, it does not."""
    rule = _row(code)
    purpose = next(iter(rule.purposes))
    assert code in _codes(purpose, states=rule.states, day=day)
    assert code not in _codes(purpose, states=rule.states, day=day - timedelta(days=1))


@pytest.mark.parametrize("written", ["FL", "fl", "Florida", " F.L. ", "FLORIDA"])
def test_states_are_read_as_people_and_plans_write_them(written):
    """By name or letters; what has no rule of its own is left out."""
    assert states_of(written, "CA", None, "") == {"FL"}


def test_states_of_two_words_are_read():
    """As the number plans write them."""
    assert states_of("New Mexico", "rhode  island") == {"NM", "RI"}
