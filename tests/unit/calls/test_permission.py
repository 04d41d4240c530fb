from __future__ import annotations

from datetime import timedelta

import pytest
from fakes.calls import NOW

from chalicelib.calls.domain.deciding import may_dial
from chalicelib.calls.domain.dial_facts import DialFacts
from chalicelib.calls.domain.permission import NumberStatus, Verdict
from chalicelib.kernel.numbering import NumberPlan

SUPPRESSED = NumberStatus(suppressed_at=NOW, suppression_source="operator")


def _live(call_id, seconds):
    return NumberStatus(live_call_id=call_id, live_until=NOW + timedelta(seconds=seconds))


def _facts(**changes):
    facts = {
        "plan": NumberPlan("US", "fixed_or_mobile"),
        "status": NumberStatus(),
        "allowed_countries": frozenset({"US"}),
        "contact_refuses": False,
        "call_id": "call_1",
        "now": NOW,
    }
    return DialFacts(**{**facts, **changes})


@pytest.mark.parametrize(
    ("changes", "verdict", "reason"),
    [
        ({}, Verdict.ALLOW, "allowed"),
        ({"status": SUPPRESSED}, Verdict.REFUSE, "suppressed"),
        ({"contact_refuses": True}, Verdict.REFUSE, "do_not_contact"),
        ({"plan": NumberPlan("US", "premium_rate")}, Verdict.REFUSE, "number_kind_refused"),
        ({"plan": NumberPlan("GB", "shared_cost")}, Verdict.REFUSE, "number_kind_refused"),
        ({"plan": NumberPlan("US", "unknown")}, Verdict.REFUSE, "number_kind_refused"),
        ({"plan": NumberPlan("US", "pager")}, Verdict.REFUSE, "number_kind_refused"),
        ({"plan": NumberPlan("GB", "personal")}, Verdict.REFUSE, "number_kind_refused"),
        ({"plan": NumberPlan("US", "toll_free")}, Verdict.ALLOW, "allowed"),
        ({"plan": NumberPlan("US", "fixed")}, Verdict.ALLOW, "allowed"),
        ({"plan": NumberPlan("DE", "mobile")}, Verdict.REFUSE, "country_not_allowed"),
        ({"plan": NumberPlan("", "mobile")}, Verdict.REFUSE, "country_not_allowed"),
        ({"allowed_countries": frozenset()}, Verdict.REFUSE, "country_not_allowed"),
        (
            {"plan": NumberPlan("DE", "mobile"), "allowed_countries": frozenset({"US", "DE"})},
            Verdict.ALLOW,
            "allowed",
        ),
        ({"status": _live("call_2", 60)}, Verdict.NOT_YET, "number_in_call"),
        ({"status": _live("call_1", 60)}, Verdict.ALLOW, "allowed"),
        ({"status": _live("call_2", 0)}, Verdict.ALLOW, "allowed"),
        ({"status": _live("call_2", -60)}, Verdict.ALLOW, "allowed"),
        ({"status": NumberStatus(live_call_id="call_2")}, Verdict.ALLOW, "allowed"),
    ],
)
def test_each_rule(changes, verdict, reason):
    """Every rule has its own verdict and a stable reason."""
    decision = may_dial(_facts(**changes))
    assert (decision.verdict, decision.reason) == (verdict, reason)
    assert decision.decided_at == NOW
    assert decision.explanation


def test_the_gravest_objection_is_told():
    """The order is: the person, the records, the number, the country, the switch, the line."""
    objections = [
        ("suppressed", {"status": NumberStatus(NOW, "x", "call_2", NOW + timedelta(seconds=60))}),
        ("do_not_contact", {"contact_refuses": True}),
        ("number_kind_refused", {"plan": NumberPlan("XX", "premium_rate")}),
        ("country_not_allowed", {"plan": NumberPlan("XX", "mobile")}),
        ("kill_switch", {"stop": ("kill_switch", "Stopped.")}),
        ("number_in_call", {"status": _live("call_2", 60)}),
    ]
    while objections:
        changes = {}
        for _, change in reversed(objections):
            changes |= change
        assert may_dial(_facts(**changes)).reason == objections[0][0]
        objections.pop(0)


def test_only_a_postponement_says_when_to_ask_again():
    """A busy number is asked about half a minute later; the other answers have no later time."""
    assert may_dial(_facts(status=_live("call_2", 60))).not_before == NOW + timedelta(seconds=30)
    assert may_dial(_facts()).not_before is None
    assert may_dial(_facts(status=SUPPRESSED)).not_before is None
