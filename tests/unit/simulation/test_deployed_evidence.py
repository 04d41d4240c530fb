"""What the API of a deployed stack says of a campaign becomes a log that the judge reads."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from deployed.evidence import Evidence
from deployed.plan import GAP_S, MAX_ATTEMPTS, PEOPLE, Plan

ADA = "+12125550101"
CAMPAIGN, CONTACT, CALL = "campaign_1", "contact_1", "call_00000000000000000000000000000001"


def _at(second: int) -> str:
    return f"2026-03-02T18:00:{second:02d}.000000Z"


def _counts(**counts: int) -> dict[str, Any]:
    members = {"total": 1, "waiting": 0, "calling": 0, "done": 1, "skipped": 0}
    return {"id": CAMPAIGN, "members": members | counts}


def _member(**changes: Any) -> dict[str, Any]:
    member = {"contact_id": CONTACT, "number": ADA, "state": "done", "call_id": CALL, "added_at": _at(0)}
    return member | changes


def _call(**changes: Any) -> dict[str, Any]:
    facts = {"id": CALL, "number": ADA, "contact_id": CONTACT, "campaign_id": CAMPAIGN, "attempt": 1}
    times = {"created_at": _at(1), "finished_at": _at(9)}
    return {**facts, **times, "outcome": "opted_out", "cost": 0, **changes}


WHOLE = Evidence(_counts(), [_member()], [_call()], [], {ADA: _at(8)})


def _broken(evidence: Evidence) -> set[str]:
    return {violation.rule for violation in evidence.verdict(()).violations}


def test_a_campaign_that_came_to_its_end_is_in_order():
    """One member, one call, an opt-out that is held, and sums that are what a recount gives."""
    assert _broken(WHOLE) == set()


def test_a_member_who_is_not_done_with_is_seen():
    """Nobody will call again, and the member still waits."""
    lost = replace(WHOLE, campaign=_counts(done=0, waiting=1), members=[_member(state="waiting")])
    assert _broken(lost) == {"I2"}


def test_sums_that_are_no_recount_are_seen():
    """The campaign says that two are done with."""
    assert _broken(replace(WHOLE, campaign=_counts(done=2))) == {"I7"}


def test_an_opt_out_that_is_not_held_is_seen():
    """The call ended as an opt-out, and the number is not suppressed."""
    assert _broken(replace(WHOLE, suppressions={})) == {"I11"}


def test_a_call_of_which_nobody_can_know_is_left_out():
    """Its member is still being called; without its name it would be lost."""
    caught = replace(
        WHOLE,
        campaign=_counts(done=0, calling=1),
        members=[_member(state="calling")],
        calls=[_call(finished_at=None, outcome=None)],
    )
    assert _broken(caught) == {"I2"}
    assert _broken(replace(caught, caught=frozenset({CALL}))) == set()


def test_every_run_calls_other_people_and_tries_each_of_them_so_often():
    """Numbers follow from the seed; what ends a try for good is not tried again."""
    one, two = Plan(members=40, seed=1), Plan(members=40, seed=2)
    assert not set(one.numbers) & set(two.numbers)
    assert len({number[:5] for number in one.numbers}) == 1
    assert one.most_calls == 40 * MAX_ATTEMPTS
    assert set(two.retries["after"]) > set(replace(two, patient=False).retries["after"])
    assert {gap for each in one.retries["after"].values() for gap in each["gaps_s"]} == {GAP_S}
    assert len(PEOPLE) == 20
