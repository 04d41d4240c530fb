"""Campaigns, their members and turns: the same promises in memory and in DynamoDB."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest
from fakes.campaigns import FakeCampaigns, FakeMembers, a_campaign, a_member

from chalicelib.calls.domain.dial_plans import Limits
from chalicelib.calls.domain.outcomes import Outcome
from chalicelib.kernel.clock import FixedClock
from chalicelib.kernel.phones import E164
from chalicelib.scheduling.adapters.repository.campaigns import CampaignRepository
from chalicelib.scheduling.adapters.repository.members import MemberRepository
from chalicelib.scheduling.adapters.tables import bind
from chalicelib.scheduling.domain.breaking import Recent
from chalicelib.scheduling.domain.campaigns import Breaker, CampaignState, Dialing, Variant
from chalicelib.scheduling.domain.forecasts import Forecast
from chalicelib.scheduling.domain.member_numbers import counted_of
from chalicelib.scheduling.domain.members import MemberChange, MemberState, Try, call_now, skip
from chalicelib.scheduling.domain.retries import Retry, RetryRules
from chalicelib.scheduling.ports.campaigns import Turn
from chalicelib.system.domain.settings import DayHours, Hours, Stop

NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)
ID = "campaign_1"


@pytest.fixture(params=["memory", "dynamodb"])
def books(request):
    """Give both books, of one kind."""
    if request.param == "memory":
        return SimpleNamespace(campaigns=FakeCampaigns(), members=FakeMembers())
    connection = bind(request.getfixturevalue("make_table")("scheduling", "SchedulingTable"))
    return SimpleNamespace(
        campaigns=CampaignRepository(), members=MemberRepository(connection, FixedClock(NOW))
    )


def _members(count, **changes):
    return [a_member(contact_id=f"contact_{n:03}", **changes) for n in range(count)]


def _order(member):
    return member.next_at, member.contact_id


def _recount(book):
    """Add up what each member counts, page by page."""
    numbers, start = Counter(), None
    while True:
        page = book.page(ID, 7, start)
        for member in page.items:
            numbers.update(counted_of(member))
        start = page.next_start
        if start is None:
            return +numbers


def test_a_campaign_comes_back_as_it_was_stored(books):
    """Every field survives, whatever it holds."""
    hours = Hours(monday=DayHours("09:00", "12:00"), sunday=None)
    full = a_campaign(
        description="All of it",
        reason=Stop("breaker", "Too many failed."),
        variants=(Variant("template_1", 3), Variant("template_2"), Variant("template_2", version=4)),
        dialing=Dialing(
            hours=hours,
            holidays=frozenset({date(2026, 12, 25)}),
            start_at=NOW,
            stop_at=NOW + timedelta(days=9),
            lines=(E164("+14155550100"),),
            line_calls_per_day=80,
            live_calls=5,
            calls_per_minute=30,
            limits=Limits(micros=5_000_000, calls_per_day=9),
        ),
        retries=RetryRules(5, {Outcome.BUSY: Retry(2, (60, 600))}, best_hour=True),
        goal=frozenset({Outcome.TRANSFERRED}),
        breaker=Breaker(40, 20),
        updated_at=NOW,
        resumed_at=NOW + timedelta(seconds=9),
        ended_at=NOW,
    )
    for campaign in (full, a_campaign(id="campaign_2")):
        books.campaigns.add(campaign)
        assert books.campaigns.get(campaign.id) == campaign
    assert books.campaigns.get("campaign_3") is None


def test_a_campaign_is_added_once_and_changed_at_its_version(books):
    """What is there stays; a change of an older version, and of one that is gone, is not stored."""
    first = a_campaign()
    books.campaigns.add(first)
    assert books.campaigns.add(a_campaign(name="Other")) == first
    assert books.campaigns.save(replace(first, name="New", version=2))
    assert not books.campaigns.save(replace(first, name="Late", version=2))
    assert books.campaigns.get(ID).name == "New"
    assert not books.campaigns.remove(first)
    assert books.campaigns.remove(replace(first, version=2))
    assert not books.campaigns.save(replace(first, version=3))


def test_campaigns_are_listed_newest_first(books):
    """Ids sort by the time of creation; a page goes on after the last id of the one before."""
    for number in range(5):
        books.campaigns.add(a_campaign(id=f"campaign_{number}"))
    first = books.campaigns.page(3, None)
    assert [each.id for each in first.items] == ["campaign_4", "campaign_3", "campaign_2"]
    last = books.campaigns.page(3, first.next_start)
    assert ([each.id for each in last.items], last.next_start) == (["campaign_1", "campaign_0"], None)


def test_one_worker_has_the_turn(books):
    """Nobody else takes it until it is over or given back; whoever had it longest cannot give it back."""
    later = NOW + timedelta(seconds=30)
    mine, other = Turn("a", later), Turn("b", later + timedelta(seconds=9))
    assert books.campaigns.take_turn(ID, mine, NOW)
    assert books.campaigns.take_turn(ID, mine, NOW)
    assert not books.campaigns.take_turn(ID, other, NOW)
    assert books.campaigns.take_turn(ID, other, later)
    assert not books.campaigns.end_turn(ID, mine)
    assert books.campaigns.end_turn(ID, other)
    assert not books.campaigns.end_turn(ID, other)
    assert books.campaigns.take_turn(ID, mine, NOW)


def test_of_many_workers_one_has_the_turn(books):
    """The turn is taken by a condition, not by looking first."""
    until = NOW + timedelta(seconds=30)

    def take(number):
        return books.campaigns.take_turn(ID, Turn(f"worker-{number}", until), NOW)

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(take, range(8))) == 1


def test_a_member_comes_back_as_it_was_stored(books):
    """Every field survives."""
    tried = (Try(1, "call_1", Outcome.BUSY, NOW), Try(2, "call_2", Outcome.NO_ANSWER, NOW, answered=True))
    full = a_member(
        state=MemberState.DONE,
        reason="no_answer",
        template_version=3,
        attempts=2,
        call_id="call_2",
        called_at=NOW,
        last_outcome=Outcome.NO_ANSWER,
        goal_reached=True,
        history=tried,
        next_at=None,
    )
    for member in (full, a_member(contact_id="contact_2")):
        assert books.members.add([member]) == [member]
        assert books.members.get(ID, member.contact_id) == member
    assert books.members.get(ID, "contact_3") is None
    assert len(books.members.many(ID, ["contact_1", "contact_2", "contact_2", "contact_3"])) == 2


def test_a_contact_is_a_member_once(books):
    """Adding again gives only who is new, and counts only those; also twice in one chunk."""
    assert len(books.members.add(_members(30))) == 30
    again = [*_members(40), a_member(contact_id="contact_039")]
    new = books.members.add(again)
    assert sorted(each.contact_id for each in new) == [f"contact_{n:03}" for n in range(30, 40)]
    assert books.members.counts(ID)["total"] == 40
    assert books.members.counts(ID) == _recount(books.members)


def test_members_are_changed_at_their_version(books):
    """Who was changed since stays as it is, and the others of the chunk are stored."""
    members = books.members.add(_members(3))
    stale = MemberChange(members[0], skip(members[0], "removed"))
    assert len(books.members.save([stale])) == 1
    changes = [MemberChange(each, call_now(each, NOW)) for each in members]
    stored = books.members.save(changes)
    assert sorted(each.contact_id for each in stored) == ["contact_001", "contact_002"]
    assert [each.version for each in stored] == [2, 2]
    assert books.members.get(ID, "contact_000").state is MemberState.SKIPPED
    assert books.members.counts(ID)["calling"] == 2
    assert books.members.counts(ID) == _recount(books.members)


def test_a_member_is_removed_at_its_version(books):
    """Its numbers go with it."""
    members = books.members.add(_members(2))
    assert not books.members.remove(replace(members[0], version=9))
    assert books.members.remove(members[0])
    assert not books.members.remove(members[0])
    assert books.members.counts(ID) == counted_of(members[1])


def test_who_is_due_comes_in_the_order_of_time(books):
    """Whoever waits until later, has a call, or is over does not come; the limit keeps the longest due."""
    members = [
        replace(each, next_at=NOW - timedelta(minutes=n % 7, seconds=n))
        for n, each in enumerate(_members(15))
    ]
    later = a_member(contact_id="later", next_at=NOW + timedelta(milliseconds=1))
    exact = a_member(contact_id="exact", next_at=NOW)
    books.members.add([*members, later, exact])
    books.members.save([MemberChange(members[6], call_now(members[6], NOW))])
    books.members.save([MemberChange(members[13], skip(members[13], "removed"))])
    expected = sorted({*members, exact} - {members[6], members[13]}, key=_order)
    assert books.members.due(ID, NOW, 50) == expected
    assert books.members.due(ID, NOW, 5) == expected[:5]
    assert books.members.next_due(ID) == expected[0].next_at
    assert books.members.next_due("campaign_2") is None


def test_who_has_a_call_is_listed_by_page(books):
    """The longest called first, each once."""
    members = books.members.add(_members(5))
    for n, member in enumerate(reversed(members)):
        books.members.save([MemberChange(member, call_now(member, NOW + timedelta(seconds=n)))])
    first = books.members.calling(ID, 3)
    rest = books.members.calling(ID, 3, first.next_start)
    called = [each.contact_id for each in (*first.items, *rest.items)]
    assert called == [f"contact_{n:03}" for n in (4, 3, 2, 1, 0)]
    assert rest.next_start is None


def test_numbers_are_exact_with_many_writers(books):
    """Two who change the same members at once: each member is changed by one of them, and counted once."""
    members = books.members.add(_members(6))

    def change(number):
        state = [call_now(each, NOW) if number % 2 else skip(each, "removed") for each in members]
        return len(books.members.save([MemberChange(*pair) for pair in zip(members, state, strict=True)]))

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(change, range(4))) == 6
    assert books.members.counts(ID) == _recount(books.members)


@pytest.mark.parametrize("limit", [40, 33])
def test_few_who_wait_are_sampled_whole(books, limit):
    """Everybody who waits, the soonest due first, and nobody else."""
    waiting = [replace(each, next_at=NOW + timedelta(minutes=n)) for n, each in enumerate(_members(33))]
    books.members.add(waiting)
    books.members.add([a_member(contact_id="contact_busy", state=MemberState.CALLING, called_at=NOW)])
    books.members.add([a_member(contact_id="contact_done", state=MemberState.DONE, next_at=None)])
    assert books.members.sample(ID, limit) == sorted(waiting, key=_order)


def test_many_who_wait_are_sampled_from_both_ends(books):
    """No more than asked for, of those due soonest and of those due last."""
    waiting = [replace(each, next_at=NOW + timedelta(minutes=n)) for n, each in enumerate(_members(50))]
    books.members.add(waiting)
    books.members.add([replace(each, contact_id=f"{each.contact_id}b") for each in waiting])
    found = books.members.sample(ID, 40)
    assert 20 <= len(found) <= 40
    assert found == sorted(found, key=_order)
    middle = NOW + timedelta(minutes=25)
    assert any(each.next_at < middle for each in found)
    assert any(each.next_at > middle for each in found)


def test_what_the_latest_calls_tell_comes_back(books):
    """Nothing at first; then what was kept last."""
    assert books.campaigns.recent(ID) == Recent()
    for recent in (Recent((True, False), {NOW: 3}), Recent((), {}, NOW + timedelta(seconds=1))):
        books.campaigns.keep_recent(ID, recent)
        assert books.campaigns.recent(ID) == recent


@pytest.mark.parametrize("finish_at", [None, NOW + timedelta(hours=2)])
def test_a_forecast_comes_back(books, finish_at):
    """Nothing at first; then the last one."""
    assert books.campaigns.forecast(ID) is None
    forecast = Forecast(NOW, 9, 3, 27, 5, 1_000, 1, finish_at, "default")
    books.campaigns.keep_forecast(ID, forecast)
    assert books.campaigns.forecast(ID) == forecast


def test_a_deleted_campaign_leaves_nothing(books):
    """It is cleared in steps; the members of another campaign stay."""
    books.members.add(_members(20))
    other = a_member(campaign_id="campaign_2")
    books.members.add([other])
    assert any(books.members.clear(ID) for _ in range(5))
    assert books.members.page(ID, 50, None).items == []
    assert books.members.counts(ID) == Counter()
    assert books.members.get("campaign_2", "contact_1") == other


def test_states_are_shown_as_words(books):
    """What is listed is what was stored, in every state of a campaign."""
    for state in CampaignState:
        books.campaigns.add(a_campaign(id=f"campaign_{state}", state=state))
    assert {each.state for each in books.campaigns.page(10, None).items} == set(CampaignState)
