"""Members: what came of a call, retries, and numbers that add up whatever happens."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from fakes.calls import a_call
from fakes.campaigns import FakeMembers, a_campaign, a_member
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.calls.domain.outcomes import Outcome
from chalicelib.calls.domain.states import CallState
from chalicelib.kernel.errors import Conflict
from chalicelib.scheduling.domain.campaigns import TABLE, Act, CampaignState, acted
from chalicelib.scheduling.domain.member_numbers import counted_of
from chalicelib.scheduling.domain.members import (
    MemberChange,
    MemberState,
    after_attempt,
    call_now,
    never_called,
    skip,
    wait_until,
)
from chalicelib.scheduling.domain.retries import DEFAULT_RETRIES, Retry, RetryRules, retry_at

NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)
BUSY, NO_ANSWER = Outcome.BUSY, Outcome.NO_ANSWER


def _ended(member, outcome, **changes):
    call = a_call(id=member.call_id, state=CallState.ENDED, outcome=outcome, ended_at=NOW, finished_at=NOW)
    return replace(call, **changes)


def test_only_the_end_of_its_own_call_moves_a_member():
    """A call that goes on, whose outcome or cost nobody knows yet, or another one changes nothing."""
    member, campaign = call_now(a_member(), NOW), a_campaign()
    over = _ended(member, Outcome.COMPLETED)
    others = (
        replace(over, state=CallState.RINGING),
        replace(over, outcome=None),
        replace(over, finished_at=None),
        replace(over, id="x"),
    )
    for call in others:
        assert after_attempt(member, call, campaign) == member
    done = after_attempt(member, over, campaign)
    assert (done.state, done.goal_reached, len(done.history)) == (MemberState.DONE, True, 1)
    assert after_attempt(done, over, campaign) == done


def test_a_call_that_was_not_permitted_ends_the_membership_with_the_rules_reason():
    """Who was suppressed while the call waited is skipped, not done."""
    member = call_now(a_member(), NOW)
    skipped = after_attempt(member, _ended(member, Outcome.NOT_PERMITTED, reason="suppressed"), a_campaign())
    assert (skipped.state, skipped.reason) == (MemberState.SKIPPED, "suppressed")


@pytest.mark.parametrize(
    ("outcomes", "seconds"),
    [
        ([BUSY], 60),
        ([BUSY, BUSY], 120),
        ([BUSY, NO_ANSWER], 600),
        ([BUSY, NO_ANSWER, BUSY], 120),
        ([BUSY, BUSY, BUSY], None),  # busy twice is tried again, and no more
        ([NO_ANSWER, NO_ANSWER], None),
        ([BUSY, NO_ANSWER, BUSY, NO_ANSWER], None),
        ([Outcome.OPTED_OUT], None),
    ],
)
def test_gaps_and_limits_are_by_outcome(outcomes, seconds):
    """The gap is that of how often the last outcome came; each has its limit, and all attempts have one."""
    rules = RetryRules(4, {BUSY: Retry(2, (60, 120)), NO_ANSWER: Retry(1, (600,))})
    expected = None if seconds is None else NOW + timedelta(seconds=seconds)
    assert retry_at(rules, outcomes, len(outcomes), NOW) == expected


def test_nobody_who_refused_is_called_again_by_default():
    """Whoever declined, opted out, talked with us, or may not be called."""
    final = {Outcome.DECLINED, Outcome.OPTED_OUT, Outcome.COMPLETED, Outcome.NOT_PERMITTED, Outcome.CANCELED}
    assert not final & set(DEFAULT_RETRIES)


@pytest.mark.parametrize("act", Act)
@pytest.mark.parametrize("state", CampaignState)
def test_every_act_has_its_answer_in_every_state(act, state):
    """It leads where the table says, or is refused with the one code."""
    campaign = a_campaign(state=state)
    if state not in TABLE[act]:
        with pytest.raises(Conflict) as refusal:
            acted(campaign, act, NOW)
        assert refusal.value.code == "campaign_state"
        return
    moved = acted(campaign, act, NOW)
    assert moved.state is TABLE[act][state]
    assert acted(moved, act, NOW) == moved


_STEPS = (
    lambda member, _: call_now(member, NOW) if member.state is MemberState.WAITING else member,
    lambda member, outcome: after_attempt(
        member, _ended(member, outcome, answered_at=NOW if outcome == "completed" else None), a_campaign()
    ),
    lambda member, _: skip(member, "removed"),
    lambda member, _: wait_until(member, NOW, "hours") if member.state is MemberState.WAITING else member,
    lambda member, _: never_called(member, "gone") if member.state is MemberState.CALLING else member,
)
_STORY = st.lists(
    st.tuples(st.integers(0, 4), st.sampled_from(_STEPS), st.sampled_from(Outcome)), max_size=40
)


@given(_STORY)
def test_numbers_equal_a_recount_after_any_story(story):
    """Whatever happens to whom in which order: the numbers are those of the members, and states add up."""
    book = FakeMembers()
    book.add([a_member(contact_id=f"contact_{n}") for n in range(5)])
    for who, step, outcome in story:
        member = book.get("campaign_1", f"contact_{who}")
        book.save([MemberChange(member, step(member, outcome))])
        recount: Counter[str] = Counter()
        for each in book.page("campaign_1", 9, None).items:
            recount.update(counted_of(each))
        assert book.counts("campaign_1") == +recount
        assert sum(recount[state] for state in MemberState) == recount["total"] == 5
