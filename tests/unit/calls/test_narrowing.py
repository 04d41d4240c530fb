"""May I dial, and when: the rules of time, consent and campaign over facts."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.calls.domain.calling_hours import LEAD
from chalicelib.calls.domain.checks import checks
from chalicelib.calls.domain.deciding import may_dial, may_dial_at, next_allowed
from chalicelib.calls.domain.dial_facts import DialFacts
from chalicelib.calls.domain.dial_plans import DialPlan
from chalicelib.calls.domain.narrowing import Callee
from chalicelib.calls.domain.permission import NumberStatus, Verdict
from chalicelib.calls.domain.purposes import Purpose
from chalicelib.crm.domain.details import PreferredTime
from chalicelib.kernel.numbering import NumberPlan
from chalicelib.system.domain.settings import DayHours, Hours, Stop

NEW_YORK, LOS_ANGELES = "America/New_York", "America/Los_Angeles"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ANY_HOUR = Hours(*(DayHours("00:00", "24:00"),) * 7)
HERE = Callee((NEW_YORK,))


def _at(text, zone=NEW_YORK):
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


NOON = _at("2026-03-03T12:00")  # a Tuesday
NIGHT = _at("2026-03-03T22:00")
MORNING = _at("2026-03-04T08:00")


def _facts(**changes):
    facts = {
        "plan": NumberPlan("US", "fixed_or_mobile"),
        "status": NumberStatus(),
        "allowed_countries": frozenset({"US", "GB"}),
        "contact_refuses": False,
        "call_id": "call_1",
        "now": NOON,
        "callee": HERE,
        "hours": Hours(),
    }
    return DialFacts(**{**facts, **changes})


def _selling(**changes):
    callee = replace(changes.pop("callee", HERE), consented=True)
    return _facts(purpose=Purpose.TELEMARKETING, callee=callee, **changes)


def _answer(facts):
    decision = may_dial(facts)
    return decision.verdict, decision.reason, decision.rule, decision.not_before


def _campaign(**changes):
    return DialPlan(id="campaign_1", name="Spring", **changes)


def test_the_system_s_hours_hold_for_every_call():
    """At night nobody is called, and the decision says until when and by whose rule."""
    assert may_dial(_facts()).verdict is Verdict.ALLOW
    late = _answer(_facts(now=NIGHT))
    assert late == (Verdict.NOT_YET, "outside_hours", "hours_settings", MORNING)


def test_the_same_facts_answer_for_any_instant():
    """A preview asks of every hour without reading anything again."""
    facts = _facts()
    hours = [may_dial_at(facts, _at(f"2026-03-03T{hour:02}:00")).verdict for hour in range(24)]
    assert [hour for hour, verdict in enumerate(hours) if verdict is Verdict.ALLOW] == list(range(8, 21))


def test_a_number_is_called_only_when_every_clock_allows_it():
    """The contact's own zone counts beside those where the number may be."""
    moved = Callee((NEW_YORK,), own_zone=LOS_ANGELES)
    early = _facts(callee=moved, now=_at("2026-03-03T09:00"))
    assert may_dial(early).not_before == _at("2026-03-03T08:00", LOS_ANGELES)
    assert moved.all_zones == (NEW_YORK, LOS_ANGELES)
    assert Callee((NEW_YORK,), own_zone=NEW_YORK).all_zones == (NEW_YORK,)


def test_an_unknown_hour_is_no_hour_to_call():
    """Where hours hold, and nobody knows what time it is there, nobody is called."""
    nowhere = _facts(callee=Callee())
    assert _answer(nowhere)[:2] == (Verdict.REFUSE, "zone_unknown")
    assert may_dial(replace(nowhere, hours=ANY_HOUR)).verdict is Verdict.ALLOW
    assert may_dial(replace(nowhere, callee=Callee(own_zone=NEW_YORK))).verdict is Verdict.ALLOW


def test_the_law_s_hours_hold_for_marketing_whatever_the_settings_say():
    """Informational calls have the system's hours only."""
    late = {"now": NIGHT, "hours": ANY_HOUR}
    assert may_dial(_facts(**late)).verdict is Verdict.ALLOW
    assert _answer(_selling(**late)) == (Verdict.NOT_YET, "outside_hours", "hours_us", MORNING)
    assert may_dial(_selling(**late)).source == "47 CFR 64.1200(c)(1)"
    florida = _selling(callee=replace(HERE, states=frozenset({"FL"})), now=_at("2026-03-03T20:30"))
    assert _answer(florida)[2:] == ("hours_fl", MORNING)


def test_marketing_needs_a_consent_on_record():
    """Without one it is refused with the rule that asks for it; other calls need none."""
    facts = replace(_selling(), callee=HERE)
    assert _answer(facts) == (Verdict.REFUSE, "consent_missing", "consent_us", None)
    assert may_dial(replace(facts, purpose=Purpose.INFORMATIONAL)).verdict is Verdict.ALLOW
    britain = replace(facts, plan=NumberPlan("GB", "mobile"), callee=Callee(("Europe/London",)))
    assert _answer(britain)[2] == "consent_gb"


def test_preferred_times_narrow_the_hours_in_the_person_s_own_time():
    """Weekdays from six to eight in the evening, where the person is."""
    evening = PreferredTime(("mon", "tue"), "18:00", "20:00")
    facts = _facts(callee=Callee((NEW_YORK,), LOS_ANGELES, preferred=(evening,)))
    # 18:00 in Los Angeles is 21:00 in New York, where the system's hours are over.
    assert _answer(facts) == (Verdict.REFUSE, "no_time_allowed", "hours_preferred", None)
    at_home = _facts(callee=Callee((NEW_YORK,), preferred=(evening,)))
    assert _answer(at_home)[1:] == ("outside_hours", "hours_preferred", _at("2026-03-03T18:00"))
    assert may_dial_at(at_home, _at("2026-03-03T18:00")).verdict is Verdict.ALLOW


def test_a_campaign_narrows_hours_days_and_span():
    """Its hours, its holidays, its start and its end; each has a reason of its own."""
    office = Hours(*(DayHours("13:00", "17:00"),) * 7)
    assert _answer(_facts(campaign=_campaign(hours=office)))[1:] == (
        "outside_hours",
        "hours_campaign",
        NOON + HOUR,
    )
    today = _campaign(holidays=frozenset({date(2026, 3, 3)}))
    assert _answer(_facts(campaign=today))[1:] == ("outside_hours", "holidays_campaign", MORNING)
    later = _campaign(not_before=_at("2026-03-05T22:00"))
    assert _answer(_facts(campaign=later))[1:] == (
        "campaign_not_begun",
        "campaign_not_begun",
        _at("2026-03-06T08:00"),
    )
    over = _campaign(not_after=NOON)
    assert _answer(_facts(campaign=over)) == (Verdict.REFUSE, "campaign_over", "campaign_over", None)
    assert _answer(_facts(campaign=_campaign(not_after=NOON + LEAD)))[1] == "campaign_over"
    assert may_dial(_facts(campaign=_campaign(not_after=NOON + HOUR))).verdict is Verdict.ALLOW


def test_a_member_who_cannot_be_called_before_the_campaign_ends_is_refused():
    """Nobody waits for a time that does not come."""
    facts = _facts(campaign=_campaign(not_after=MORNING), now=NIGHT)
    assert _answer(facts)[:2] == (Verdict.REFUSE, "no_time_allowed")


def test_a_call_may_have_an_end_of_its_own():
    """It is dialed until then, if the request reaches the carrier by then, and never after."""
    for end in (NOON, NOON + LEAD):
        assert _answer(_facts(not_after=end)) == (Verdict.REFUSE, "too_late", "too_late", None)
    assert may_dial(_facts(not_after=NOON + HOUR)).verdict is Verdict.ALLOW


def test_a_call_that_cannot_be_dialed_before_its_end_is_too_late():
    """Nobody waits for hours that open when it is over."""
    facts = _facts(not_after=MORNING, now=NIGHT)
    assert (_answer(facts)[:2], next_allowed(facts)) == ((Verdict.REFUSE, "too_late"), None)
    later = _facts(not_after=MORNING + HOUR, now=NIGHT)
    assert (_answer(later)[0], next_allowed(later)) == (Verdict.NOT_YET, MORNING)


@pytest.mark.parametrize(
    "waits",
    [
        {"status": NumberStatus(is_held=True)},
        {"stop": ("kill_switch", "Stopped.")},
        {"campaign": DialPlan("campaign_1", "Spring", stop=Stop("campaign_paused", "Paused."))},
        {"status": NumberStatus(live_call_id="call_2", live_until=NOON + HOUR)},
    ],
)
def test_whatever_a_call_waits_for_it_is_over_at_its_end(waits):
    """A hold, a switch, a pause, or another call with the number keep it no longer."""
    assert _answer(_facts(**waits))[0] is Verdict.NOT_YET
    assert _answer(_facts(not_after=NOON, **waits))[:2] == (Verdict.REFUSE, "too_late")


def test_a_stopped_campaign_waits_with_its_own_reason():
    """The stop of one campaign stops nothing else, and the switch of the system comes first."""
    stopped = _campaign(stop=Stop("campaign_paused", "Paused by ops."))
    assert _answer(_facts(campaign=stopped)) == (
        Verdict.NOT_YET,
        "campaign_paused",
        "campaign_stopped",
        NOON + timedelta(minutes=1),
    )
    both = _facts(campaign=stopped, stop=("kill_switch", "Stopped."))
    assert may_dial(both).reason == "kill_switch"


def test_a_call_of_a_campaign_that_is_not_there_is_refused():
    """Nobody could say any more what holds for it."""
    assert _answer(_facts(campaign_gone=True))[:2] == (Verdict.REFUSE, "campaign_gone")


@pytest.mark.parametrize(
    ("facts", "rule", "hours_later"),
    [
        (_selling(callee=replace(HERE, states=frozenset({"OK"}))), "frequency_ok", 21),
        (_facts(calls_per_number_per_day=3), "frequency_settings", 21),
        (_facts(campaign=_campaign(calls_per_number_per_day=2)), "frequency_campaign", 22),
    ],
)
def test_a_number_is_dialed_only_so_often(facts, rule, hours_later):
    """Law, settings and campaign each have a cap; it is over when enough dials are a day old."""
    dials = tuple(NOON - age * HOUR for age in (3, 2, 1))
    facts = replace(facts, status=NumberStatus(dials=dials), hours=ANY_HOUR)
    decision = may_dial(facts)
    assert (decision.reason, decision.rule) == ("too_often", rule)
    assert decision.not_before == NOON + hours_later * HOUR
    assert may_dial_at(facts, decision.not_before).verdict is Verdict.ALLOW


def test_seven_calls_in_seven_days_about_a_debt():
    """The eighth waits until the first is a week old, and for the hours of that day."""
    dials = tuple(NOON - timedelta(days=6, hours=20) + number * DAY / 2 for number in range(7))
    facts = _facts(purpose=Purpose.DEBT_COLLECTION, status=NumberStatus(dials=dials))
    decision = may_dial(facts)
    assert (decision.reason, decision.rule) == ("too_often", "frequency_debt")
    assert decision.not_before == dials[0] + 7 * DAY
    six = replace(facts, status=NumberStatus(dials=dials[1:]))
    assert may_dial(six).verdict is Verdict.ALLOW


def test_nobody_is_called_about_a_debt_in_the_week_after_a_talk_about_one():
    """Though the number was dialed once only; calls about other things are not held up."""
    status = NumberStatus(dials=(NOON - DAY,), talked_at=NOON - DAY)
    facts = _facts(purpose=Purpose.DEBT_COLLECTION, status=status)
    decision = may_dial(facts)
    assert (decision.verdict, decision.reason) == (Verdict.NOT_YET, "talked_lately")
    assert (decision.rule, decision.not_before) == ("frequency_debt_talk", NOON + 6 * DAY)
    assert may_dial_at(facts, decision.not_before).verdict is Verdict.ALLOW
    assert may_dial(replace(facts, purpose=Purpose.INFORMATIONAL)).verdict is Verdict.ALLOW
    assert may_dial(replace(facts, status=replace(status, talked_at=None))).verdict is Verdict.ALLOW


def test_hours_and_caps_are_waited_for_together():
    """The cap is over at night, so that the next morning is the first time."""
    dials = (NOON - 14 * HOUR,)
    facts = _facts(calls_per_number_per_day=1, status=NumberStatus(dials=dials))
    assert may_dial(facts).not_before == MORNING


def test_a_dial_that_was_taken_back_does_not_count():
    """The carrier had no capacity, the call holds its number still: it may try again."""
    status = NumberStatus(live_call_id="call_1", live_until=NOON + HOUR, dials=(NOON - 2 * HOUR, NOON - HOUR))
    facts = _facts(calls_per_number_per_day=2, status=status)
    decision = may_dial(facts)
    assert decision.verdict is Verdict.ALLOW
    assert decision.record.after == (NOON - 2 * HOUR, NOON)
    assert may_dial(replace(facts, call_id="call_2")).reason == "too_often"


def test_an_allowed_call_says_how_the_number_s_record_stands():
    """The commitment holds only while it stands so."""
    status = NumberStatus(dials=(NOON - DAY,))
    record = may_dial(_facts(status=status)).record
    assert (record.before, record.after) == (status.dials, (NOON - DAY, NOON))


def test_every_rule_that_was_looked_at_is_shown():
    """With what it asks for, where it is written, and what it says."""
    facts = _selling(now=NIGHT, callee=replace(HERE, states=frozenset({"FL"})), campaign=_campaign())
    said = {check.rule: check for check in checks(facts)}
    assert {"suppressed", "consent_us", "frequency_fl", "hours_us", "hours_fl", "hours_settings"} <= set(said)
    assert all(check.title and check.source for check in said.values())
    assert said["consent_us"].verdict is Verdict.ALLOW
    assert said["hours_fl"].verdict is Verdict.NOT_YET
    assert "hours_tx" not in said


calls_of_day = st.lists(st.integers(0, 7 * 24 * 60), max_size=6)


@given(
    st.integers(0, 2 * 365 * 24 * 60),
    st.sampled_from(["FL", "AL", "TX", "RI", "KY", "CA"]),
    st.sampled_from([(NEW_YORK,), (LOS_ANGELES, NEW_YORK), ("Pacific/Honolulu", "America/Anchorage")]),
    calls_of_day,
)
def test_what_is_put_off_is_allowed_at_the_instant_it_is_put_off_to(minutes, state, zones, ages):
    """Over two years, whatever the zones and the season; and never just before."""
    now = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    dials = tuple(sorted(now - timedelta(minutes=age) for age in ages))
    callee = Callee(zones, states=frozenset({state}))
    facts = _selling(now=now, callee=callee, status=NumberStatus(dials=dials))
    decision = may_dial(facts)
    if decision.verdict is Verdict.ALLOW:
        assert next_allowed(facts) == now
    else:
        assert decision.not_before > now
        assert may_dial_at(facts, decision.not_before).verdict is Verdict.ALLOW
        before = decision.not_before - timedelta(seconds=1)
        assert may_dial_at(facts, before).verdict is Verdict.NOT_YET
