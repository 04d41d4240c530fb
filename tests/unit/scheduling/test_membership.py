"""Looking at members, skipping them, taking them out, and what is left when their contacts go."""

from __future__ import annotations

from dataclasses import replace

import pytest
from unit.scheduling.stage import ID, Stage

from chalicelib.calls.domain.erasing import NO_NUMBER
from chalicelib.calls.domain.outcomes import Outcome
from chalicelib.calls.domain.states import CallState
from chalicelib.calls.services.dialing import attend
from chalicelib.crm.services.contacts import delete_contact
from chalicelib.crm.services.merging import merge_contact
from chalicelib.kernel.errors import Conflict, NotFound
from chalicelib.scheduling.domain.campaigns import CampaignState
from chalicelib.scheduling.domain.members import MemberState
from chalicelib.scheduling.domain.retries import Retry, RetryRules
from chalicelib.scheduling.services.membership import (
    get_member,
    member_story,
    names_of,
    remove_member,
    skip_member,
)
from chalicelib.scheduling.services.personal import forget_memberships, personal_memberships

_RULES = RetryRules(3, {Outcome.BUSY: Retry(2, (60, 120))})


@pytest.fixture
def stage(calls):
    """Give a campaign of three that has been started, at noon in California."""
    calls.clock.advance(hours=8)
    stage = Stage(calls, retries=_RULES)
    stage.start()
    return stage


def _first(stage):
    return stage.members[0].contact_id


def test_the_story_of_a_member_has_every_attempt(stage):
    """What came of each, and the call that goes on."""
    stage.run(2, Outcome.BUSY)
    story = member_story(stage.scheduling, ID, _first(stage))
    assert [tried.outcome for tried in story.member.history] == [Outcome.BUSY] * len(story.member.history)
    assert story.member.history
    assert set(story.calls) >= {tried.call_id for tried in story.member.history}


def test_who_is_skipped_is_not_called(stage):
    """Nor is it skipped twice; the others are called."""
    skipped = skip_member(stage.scheduling, ID, _first(stage))
    assert (skipped.state, skipped.reason) == (MemberState.SKIPPED, "skipped_by_operator")
    assert skip_member(stage.scheduling, ID, _first(stage)) == skipped
    stage.tick()
    assert len(stage.of_campaign) == 2
    assert stage.scheduling.members.counts(ID) == stage.recount()


def test_a_call_that_waits_is_called_off_when_its_member_is_skipped(stage):
    """The member is over, and its call is canceled; nothing is dialed."""
    stage.tick()
    skipped = skip_member(stage.scheduling, ID, _first(stage))
    call = stage.calls.shelf.calls[skipped.call_id]
    assert (skipped.state, call.outcome) == (MemberState.SKIPPED, Outcome.CANCELED)


def test_a_call_that_is_called_off_frees_its_number(stage):
    """It kept the number when the carrier declined it."""
    stage.tick()
    member = stage.members[0]
    stage.calls.telephony.moods = ["busy"]
    attend(stage.calls, member.call_id)
    assert stage.calls.numbers.status(member.number).live_call_id == member.call_id
    skip_member(stage.scheduling, ID, member.contact_id)
    assert stage.calls.numbers.status(member.number).live_call_id == ""


def test_who_is_in_a_call_is_not_skipped(stage):
    """It is refused until the call is over."""
    stage.tick()
    member = stage.members[0]
    calls = stage.calls.shelf.calls
    calls[member.call_id] = replace(calls[member.call_id], state=CallState.IN_PROGRESS)
    with pytest.raises(Conflict) as refused:
        skip_member(stage.scheduling, ID, member.contact_id)
    assert refused.value.code == "member_in_call"
    stage.end_calls(Outcome.BUSY)
    skipped = skip_member(stage.scheduling, ID, member.contact_id)
    assert (skipped.state, skipped.last_outcome) == (MemberState.SKIPPED, Outcome.BUSY)


def test_who_was_called_is_not_taken_out(stage):
    """Its attempts count; who was not called goes, at the version that was seen."""
    contact_id = _first(stage)
    with pytest.raises(Conflict) as refused:
        remove_member(stage.scheduling, ID, contact_id, 7)
    assert refused.value.code == "version_changed"
    remove_member(stage.scheduling, ID, contact_id, 1)
    with pytest.raises(NotFound):
        get_member(stage.scheduling, ID, contact_id)
    stage.tick()
    with pytest.raises(Conflict) as refused:
        remove_member(stage.scheduling, ID, _first(stage), None)
    assert refused.value.code == "member_called"


def test_a_member_is_found_by_the_contact_that_it_became_part_of(stage):
    """Two members that are one contact by now are called once; the other is skipped."""
    first, second = (each.contact_id for each in stage.members[:2])
    remove_member(stage.scheduling, ID, first, None)
    merge_contact(stage.calls.crm, first, second)
    assert get_member(stage.scheduling, ID, first).contact_id == second
    stage.scheduling.members.add([replace(stage.members[0], contact_id=first, version=1)])
    stage.tick()
    mine = {each.contact_id: each for each in stage.members}
    assert {mine[first].state, mine[second].state} == {MemberState.CALLING, MemberState.SKIPPED}
    assert {mine[first].reason, mine[second].reason} == {"", "merged"}


def test_who_was_deleted_is_skipped(stage):
    """With the reason, and without a name."""
    gone = _first(stage)
    delete_contact(stage.calls.crm, gone)
    stage.tick()
    member = get_member(stage.scheduling, ID, gone)
    assert (member.state, member.reason) == (MemberState.SKIPPED, "contact_gone")
    assert names_of(stage.scheduling, [member]) == {}


def test_of_an_erased_person_no_number_is_left(stage):
    """Whoever waits is skipped; the sums stay whole, and doing it again changes nothing."""
    contact_id = _first(stage)
    assert len(personal_memberships(stage.scheduling, (contact_id,), None).items) == 1
    for _ in range(2):
        assert forget_memberships(stage.scheduling, (contact_id,), None) is None
    member = get_member(stage.scheduling, ID, contact_id)
    assert (member.number, member.state, member.version) == (NO_NUMBER, MemberState.SKIPPED, 2)
    assert stage.scheduling.members.counts(ID) == stage.recount()


def test_what_came_of_an_erased_persons_call_is_still_told(stage):
    """It has no number while its call is collected, and is not called again."""
    stage.tick()
    contact_id = _first(stage)
    forget_memberships(stage.scheduling, (contact_id,), None)
    assert get_member(stage.scheduling, ID, contact_id).state is MemberState.CALLING
    delete_contact(stage.calls.crm, contact_id)
    stage.end_calls(Outcome.BUSY)
    for _ in range(4):
        stage.tick()
        stage.clock.advance(seconds=120)
    member = get_member(stage.scheduling, ID, contact_id)
    assert (member.number, member.reason, len(member.history)) == (NO_NUMBER, "contact_gone", 1)


def test_a_person_is_looked_for_in_every_campaign(stage):
    """Fifty at a time, until none is left; a member that changes in that moment is tried again."""
    contact_id = _first(stage)
    for n in range(120):
        other = replace(stage.campaign, id=f"campaign_x{n:03}", state=CampaignState.DRAFT)
        stage.scheduling.campaigns.add(other)
        stage.scheduling.members.add([replace(stage.members[0], campaign_id=other.id)])
    start, steps = None, 0
    while steps == 0 or start is not None:
        start, steps = forget_memberships(stage.scheduling, (contact_id,), start), steps + 1
    assert steps == 3
    mine = [each for each in stage.scheduling.members.by_key.values() if each.contact_id == contact_id]
    assert {each.number for each in mine} == {NO_NUMBER}
    stage.scheduling.members.by_key[ID, contact_id] = replace(stage.members[1], contact_id=contact_id)
    stage.scheduling.members.save = lambda _: []
    with pytest.raises(Conflict):
        forget_memberships(stage.scheduling, (contact_id,), "campaign_x000")
