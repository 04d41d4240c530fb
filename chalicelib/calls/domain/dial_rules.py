"""The law's rules on when, how often and with whose consent people are called: data, not legal advice.

Rules that depend on nothing but the number are in `permission`; `docs/dialing.md` shows this table.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from chalicelib.calls.domain.calling_hours import Week, every_day
from chalicelib.calls.domain.frequency import Cap
from chalicelib.calls.domain.purposes import Purpose

RULES_OF = "2026-01"  # when the table was last compared with its sources
_SECOND_HAND = "secondary source: published tables of state calling hours"
_TELEMARKETING = frozenset({Purpose.TELEMARKETING})
_DEBT = frozenset({Purpose.DEBT_COLLECTION})
# The United States and their territories, whose numbers have codes of their own (47 U.S.C. 153(58)-(59)).
_US = frozenset({"US", "AS", "GU", "MP", "PR", "VI"})
# Members of the European Union and, with the EEA agreement, IS, LI and NO.
_UNION = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK"
_EUROPE = frozenset(f"{_UNION} IS LI NO".split())
_WITH_ROWS = _US | _EUROPE | {"GB"}
_NO_LAW = "no rule of law is kept for this country: the house's own default"
_A_DAY = timedelta(hours=24)
_LONG_AGO = date(1, 1, 1)


@dataclass(frozen=True)
class Rule:
    """One row: whom it is about, and what it asks for; `source` is where it is written.

    It holds for calls for one of the `purposes` to one of the `countries` (ISO 3166; none: all but those of
    `elsewhere_than`) and, where `states` are named, to numbers or people of one of these, from the day
    `since` on. `cap` counts dials or, if `counts_talks`, calls on which somebody talked about a debt.
    """

    code: str
    title: str
    source: str
    purposes: frozenset[Purpose]
    countries: frozenset[str] = _US
    states: frozenset[str] = frozenset()
    since: date = _LONG_AGO
    hours: Week | None = None
    on_holidays: bool = True
    cap: Cap | None = None
    counts_talks: bool = False
    needs_consent: bool = False
    elsewhere_than: frozenset[str] = frozenset()

    def holds(self, purpose: Purpose, country: str, states: frozenset[str], day: date) -> bool:
        """Tell whether it is about such a call on such a day."""
        somewhere = country in self.countries if self.countries else country not in self.elsewhere_than
        in_state = not self.states or bool(self.states & states)
        return purpose in self.purposes and somewhere and in_state and day >= self.since


def _in_states(
    names: str, title: str, hours: Week, source: str = _SECOND_HAND, *, on_holidays: bool = True
) -> tuple[Rule, ...]:
    """Give a row of hours for each of some states."""
    return tuple(
        Rule(
            code=f"hours_{name.lower()}",
            title=f"{name}: {title}",
            source=source,
            purposes=_TELEMARKETING,
            states=frozenset({name}),
            hours=hours,
            on_holidays=on_holidays,
        )
        for name in names.split()
    )


def _thrice_a_day(name: str, source: str, since: date) -> Rule:
    return Rule(
        code=f"frequency_{name.lower()}",
        title=f"{name}: 3 calls within 24 hours",
        source=source,
        purposes=_TELEMARKETING,
        states=frozenset({name}),
        since=since,
        cap=Cap(3, _A_DAY),
    )


TABLE: tuple[Rule, ...] = (
    Rule(
        code="consent_us",
        title="Written consent to marketing calls by an artificial voice",
        source="47 CFR 64.1200(a)(2)-(3); FCC 24-17: a voice made by AI is an artificial voice",
        purposes=_TELEMARKETING,
        needs_consent=True,
    ),
    Rule(
        code="consent_gb",
        title="Consent to marketing calls by an automated calling system",
        source="Privacy and Electronic Communications Regulations 2003 (GB), regulation 19",
        purposes=_TELEMARKETING,
        countries=frozenset({"GB"}),
        needs_consent=True,
    ),
    Rule(
        code="consent_europe",
        title="Consent to marketing calls by an automated calling system",
        source="Directive 2002/58/EC, article 13(1)",
        purposes=_TELEMARKETING,
        countries=_EUROPE,
        needs_consent=True,
    ),
    Rule(
        code="consent_elsewhere",
        title="Consent to marketing calls",
        source=_NO_LAW,
        purposes=_TELEMARKETING,
        countries=frozenset(),
        elsewhere_than=_WITH_ROWS,
        needs_consent=True,
    ),
    Rule(
        code="frequency_debt",
        title="7 calls within 7 days about a debt",
        source="12 CFR 1006.14(b)(2)(i)(A)",
        purposes=_DEBT,
        since=date(2021, 11, 30),
        cap=Cap(7, timedelta(days=7)),
    ),
    Rule(
        code="frequency_debt_talk",
        title="No call about a debt within 7 days after a talk about one",
        source="12 CFR 1006.14(b)(2)(i)(B)",
        purposes=_DEBT,
        since=date(2021, 11, 30),
        cap=Cap(1, timedelta(days=7)),
        counts_talks=True,
    ),
    _thrice_a_day("FL", "Fla. Stat. 501.616(6)(b)", date(2021, 7, 1)),
    _thrice_a_day("OK", "Okla. Stat. tit. 15, 775C.4", date(2022, 11, 1)),
    _thrice_a_day("MD", _SECOND_HAND, date(2024, 1, 1)),
    Rule(
        code="hours_us",
        title="US: 8:00 to 21:00",
        source="47 CFR 64.1200(c)(1)",
        purposes=_TELEMARKETING,
        hours=every_day("08:00", "21:00"),
    ),
    Rule(
        code="hours_debt",
        title="US, debts: 8:00 to 21:00",
        source="12 CFR 1006.6(b)(1)(i)",
        purposes=_DEBT,
        hours=every_day("08:00", "21:00"),
    ),
    Rule(
        code="hours_elsewhere",
        title="Elsewhere: 9:00 to 20:00",
        source=_NO_LAW,
        purposes=_TELEMARKETING,
        countries=frozenset(),
        elsewhere_than=_WITH_ROWS,
        hours=every_day("09:00", "20:00"),
    ),
    *_in_states("FL", "8:00 to 20:00", every_day("08:00", "20:00"), "Fla. Stat. 501.616(6)(a)"),
    *_in_states("OK MD MA", "8:00 to 20:00", every_day("08:00", "20:00")),
    *_in_states(
        "AL LA MS",
        "8:00 to 20:00, not on Sundays and holidays",
        every_day("08:00", "20:00", sunday_from=None),
        on_holidays=False,
    ),
    *_in_states("CT", "9:00 to 20:00", every_day("09:00", "20:00")),
    *_in_states("KY", "10:00 to 21:00", every_day("10:00", "21:00")),
    *_in_states("MI MN NM", "9:00 to 21:00", every_day("09:00", "21:00")),
    *_in_states("NV", "9:00 to 20:00", every_day("09:00", "20:00")),
    *_in_states(
        "TX",
        "9:00 to 21:00, on Sundays from noon",
        every_day("09:00", "21:00", sunday_from="12:00"),
        "Tex. Bus. & Com. Code 302 (not verified)",
    ),
    *_in_states(
        "UT",
        "8:00 to 21:00, not on Sundays and holidays",
        every_day("08:00", "21:00", sunday_from=None),
        on_holidays=False,
    ),
    *_in_states(
        "RI",
        "9:00 to 18:00, on Saturdays 10:00 to 17:00, not on Sundays and holidays",
        (*every_day("09:00", "18:00")[:5], ((600, 1020),), ()),
        on_holidays=False,
    ),
)
# The states of the table as people, and the number plans, write them.
_NAMES = {
    "ALABAMA": "AL",
    "CONNECTICUT": "CT",
    "FLORIDA": "FL",
    "KENTUCKY": "KY",
    "LOUISIANA": "LA",
    "MARYLAND": "MD",
    "MASSACHUSETTS": "MA",
    "MICHIGAN": "MI",
    "MINNESOTA": "MN",
    "MISSISSIPPI": "MS",
    "NEVADA": "NV",
    "NEW MEXICO": "NM",
    "OKLAHOMA": "OK",
    "RHODE ISLAND": "RI",
    "TEXAS": "TX",
    "UTAH": "UT",
}


@lru_cache(maxsize=1024)
def rules_for(purpose: Purpose, country: str, states: frozenset[str], day: date) -> tuple[Rule, ...]:
    """Give the rules that hold for a call, in the order of the table."""
    return tuple(rule for rule in TABLE if rule.holds(purpose, country, states, day))


def states_of(*written: str | None) -> frozenset[str]:
    """Give the states, by their two letters, that somebody wrote by name or letters; others are left out."""
    plain = (" ".join((each or "").upper().replace(".", "").split()) for each in written)
    found = (_NAMES.get(each, each) for each in plain)
    return frozenset(each for each in found if each in _NAMES.values())
