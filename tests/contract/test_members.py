"""How members are listed and found, and which jobs add them: in memory and in DynamoDB."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from fakes.campaigns import FakeCampaigns, FakeMembers, a_member

from chalicelib.calls.domain.erasing import NO_NUMBER
from chalicelib.calls.domain.outcomes import Outcome
from chalicelib.kernel.clock import FixedClock
from chalicelib.kernel.errors import Unavailable
from chalicelib.scheduling.adapters.repository.campaigns import CampaignRepository
from chalicelib.scheduling.adapters.repository.member_codec import member_item
from chalicelib.scheduling.adapters.repository.members import MemberRepository
from chalicelib.scheduling.adapters.tables import MemberItem, bind
from chalicelib.scheduling.domain.member_lists import MemberFilter
from chalicelib.scheduling.domain.members import MemberChange, MemberState, forget, skip
from chalicelib.scheduling.ports.campaigns import Adding

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


def _walked(book, size, where):
    """Give the contacts of every page, and how many pages there were."""
    found, pages, start = [], 0, None
    while True:
        page = book.page(ID, size, start, where)
        assert len(page.items) <= size
        found, pages, start = found + [each.contact_id for each in page.items], pages + 1, page.next_start
        if start is None:
            return found, pages


def test_a_filter_gives_its_own_page_by_page(books):
    """Each member that has all of what is asked comes once, however small the pages."""
    members = [a_member(contact_id=f"contact_{n:02}", template_id=f"t{n % 2}") for n in range(20)]
    books.members.add(members)
    busy = {"state": MemberState.DONE, "last_outcome": Outcome.BUSY, "next_at": None}
    books.members.add([a_member(contact_id=f"contact_x{n}", **busy) for n in range(3)])
    books.members.save([MemberChange(each, skip(each, "suppressed")) for each in members[:6]])
    for where, expected in (
        (MemberFilter(), 23),
        (MemberFilter(state=MemberState.WAITING), 14),
        (MemberFilter(reason="suppressed"), 6),
        (MemberFilter(variant="t0", state=MemberState.SKIPPED), 3),
        (MemberFilter(last_outcome=Outcome.BUSY), 3),
        (MemberFilter(last_outcome=Outcome.NO_ANSWER), 0),
    ):
        found, _ = _walked(books.members, 9, where)
        assert (len(found), len(set(found))) == (expected, expected), where


def test_an_index_that_lags_has_nobody_called_before_the_gap_is_over(make_table):
    """Whoever was called since, and waits for the next attempt, is not due, though the index says so."""
    book = MemberRepository(bind(make_table("scheduling", "SchedulingTable")), FixedClock(NOW))
    waits = a_member(next_at=NOW + timedelta(hours=4))
    book.add([waits])
    stale = member_item(replace(waits, next_at=NOW))
    stale.update(actions=[MemberItem.due_at.set(stale.due_at)])
    assert book.due(ID, NOW, 50) == []
    assert book.due(ID, NOW + timedelta(hours=4), 50) == [waits]


def _colliding(make_table, monkeypatch, times):
    """Give members whose numbers another transaction has so many times, and how long each wait was."""
    waits, left = [], iter(range(times))
    clock = SimpleNamespace(pause=waits.append)
    book = MemberRepository(bind(make_table("scheduling", "SchedulingTable")), clock)
    real = book._add_all
    monkeypatch.setattr(book, "_add_all", lambda new: real(new) if next(left, None) is None else set())
    return book, waits


def test_whoever_collides_waits_longer_each_time(make_table, monkeypatch):
    """The numbers of a campaign are one row: trying again at once would collide again."""
    book, waits = _colliding(make_table, monkeypatch, 5)
    assert len(book.add([a_member()])) == 1
    assert len(waits) == 5
    assert waits == [0.005 * 2**n for n in range(5)]


def test_work_that_collides_for_a_second_is_to_be_done_again_and_has_not_failed(make_table, monkeypatch):
    """A job that adds members would end as failed by anything else, half of them added."""
    book, waits = _colliding(make_table, monkeypatch, 100)
    with pytest.raises(Unavailable) as refusal:
        book.add([a_member()])
    assert (refusal.value.retryable, refusal.value.code) == (True, "members_changed")
    assert 0.5 < sum(waits) < 1.5


def test_memberships_of_contacts_are_found_in_campaigns(books):
    """Those that are asked for, in the campaigns that are asked for."""
    for campaign in ("campaign_1", "campaign_2", "campaign_3"):
        books.members.add([a_member(campaign_id=campaign, contact_id=f"contact_{n}") for n in (1, 2)])
    found = books.members.memberships(["campaign_1", "campaign_3"], ["contact_2", "contact_9"])
    assert {(each.campaign_id, each.contact_id) for each in found} == {
        ("campaign_1", "contact_2"),
        ("campaign_3", "contact_2"),
    }


def test_those_of_some_contacts_who_are_members_are_found(books):
    """With who added them; nobody else."""
    books.members.add([a_member(added_by="job_1#0")])
    (found,) = books.members.many(ID, ["contact_1", "contact_2"])
    assert (found.contact_id, found.added_by) == ("contact_1", "job_1#0")


def test_a_member_without_a_number_comes_back(books):
    """Whoever was erased is stored without one, and is due no more; the sums stay whole."""
    books.members.add([a_member()])
    old = books.members.get(ID, "contact_1")
    books.members.save([MemberChange(old, forget(old))])
    found = books.members.get(ID, "contact_1")
    assert (found.number, found.state, found.reason) == (NO_NUMBER, MemberState.SKIPPED, "contact_erased")
    assert books.members.due(ID, NOW + timedelta(days=1), 9) == []
    assert (books.members.counts(ID)["total"], books.members.counts(ID)["s_contact_erased"]) == (1, 1)


def test_jobs_that_add_members_are_noted_once(books):
    """What was noted first stays; each campaign has its own, until they are forgotten."""
    first = Adding("job_1", NOW)
    books.campaigns.begin_adding(ID, first)
    books.campaigns.begin_adding(ID, Adding("job_1", NOW + timedelta(hours=1)))
    books.campaigns.begin_adding("campaign_2", Adding("job_2", NOW))
    assert books.campaigns.adding(ID) == [first]
    for _ in range(2):
        books.campaigns.end_adding(ID, "job_1")
    assert books.campaigns.adding(ID) == []
    assert len(books.campaigns.adding("campaign_2")) == 1


def test_what_is_noted_of_jobs_goes_with_the_campaign(books):
    """Deleting what is left of it takes the notes as well."""
    books.campaigns.begin_adding(ID, Adding("job_1", NOW))
    books.members.add([a_member()])
    while not books.members.clear(ID):
        pass
    if isinstance(books.campaigns, CampaignRepository):
        assert books.campaigns.adding(ID) == []
