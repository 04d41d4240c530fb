"""Contacts become members by a job: all of them, each once, whoever dies over it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from fakes.carrier import Fuse, Killed, Perilous
from fakes.imports import work_imports_off
from fakes.jobs import work_off
from unit.scheduling.stage import ID, Stage

from chalicelib.crm.domain.contacts import NewContact
from chalicelib.crm.domain.importing import ImportWish
from chalicelib.crm.domain.jobs import ADD_MEMBERS, JobState
from chalicelib.crm.domain.listing import ContactFilter
from chalicelib.crm.domain.tags import NewTag
from chalicelib.crm.services.contacts import create_contact, delete_contact
from chalicelib.crm.services.imports import begin_import, cancel_import
from chalicelib.crm.services.job_kinds import KINDS
from chalicelib.crm.services.jobs import cancel_job, get_job, list_results
from chalicelib.crm.services.merging import merge_contact
from chalicelib.crm.services.tags import create_tag
from chalicelib.kernel.errors import Conflict, NotFound
from chalicelib.kernel.ids import new_id
from chalicelib.kernel.phones import E164
from chalicelib.scheduling.domain.campaigns import CampaignState
from chalicelib.scheduling.services.adding import AddingWish, add_step, is_being_filled, start_adding
from chalicelib.scheduling.services.campaigns import delete_campaign
from chalicelib.scheduling.services.members import add_members

EVERYBODY = AddingWish(where=ContactFilter())
CSV = "Name,Phone\n" + "".join(f"Row {n},+1415556{n:04}\n" for n in range(120)) + "Nameless,\n"


@pytest.fixture
def stage(calls):
    """Give a campaign without members."""
    return Stage(calls, members=0)


def _people(stage, count, **details):
    """Create contacts a second apart, and let one more pass."""
    found = []
    for n in range(count):
        found.append(create_contact(stage.calls.crm, NewContact(f"P{n}", _phone(n), **details)))
        stage.clock.advance(seconds=1)
    return found


def _phone(n):
    return E164(f"+1415554{n:04}")


def _kinds(stage):
    return {**KINDS, ADD_MEMBERS: lambda _, job: add_step(stage.scheduling, job)}


def _work_off(stage):
    return work_off(stage.calls.crm, _kinds(stage))


def _added(stage, wish):
    job = start_adding(stage.scheduling, ID, wish, new_id("job"))
    _work_off(stage)
    return get_job(stage.calls.crm, job.id)


def _sums(job):
    return job.done, job.succeeded, job.unchanged, job.failed


def _ids(stage):
    return {member.contact_id for member in stage.members}


def test_contacts_are_added_by_their_ids(stage):
    """Each once, however often it is named; whoever is not there is told, and why."""
    people = _people(stage, 120)
    nobody = new_id("contact")
    ids = (*(each.id for each in people), people[0].id, nobody)
    job = _added(stage, AddingWish(ids))
    assert (job.state, job.total, _sums(job)) == (JobState.DONE, 121, (121, 120, 0, 1))
    assert _ids(stage) == {each.id for each in people}
    (missing,) = (each for each in list_results(stage.calls.crm, job.id, 200).items if each.code)
    assert (missing.object_id, missing.code) == (nobody, "contact_not_found")


def test_contacts_are_added_by_a_tag(stage):
    """Those who have it, and nobody else."""
    tag = create_tag(stage.calls.crm, NewTag("Spring"))
    tagged = _people(stage, 70, tags=(tag.id,))
    assert _sums(_added(stage, AddingWish(where=ContactFilter(tag=tag.id)))) == (70, 70, 0, 0)
    assert _ids(stage) == {each.id for each in tagged}


def test_a_job_adds_any_number_step_by_step(stage):
    """Each step adds a thousand; the sums of the campaign are those of its members after each."""
    _people(stage, 2150)
    job = start_adding(stage.scheduling, ID, EVERYBODY, new_id("job"))
    assert _work_off(stage) == 3
    assert _sums(get_job(stage.calls.crm, job.id)) == (2151, 2151, 0, 0)  # with whom the ports began
    assert stage.scheduling.members.counts(ID) == stage.recount()


def test_whoever_is_a_member_stays_as_it_is(stage):
    """A second job changes nothing and says so."""
    _people(stage, 60)
    _added(stage, EVERYBODY)
    before = stage.members
    assert _sums(_added(stage, EVERYBODY)) == (61, 0, 61, 0)
    assert stage.members == before


def test_who_comes_later_is_not_added(stage):
    """A filter concerns those that were there when the job began, so that it ends."""
    _people(stage, 3)
    job = start_adding(stage.scheduling, ID, EVERYBODY, new_id("job"))
    stage.clock.advance(seconds=1)
    late = create_contact(stage.calls.crm, NewContact("Late", _phone(9000)))
    _work_off(stage)
    assert get_job(stage.calls.crm, job.id).succeeded == 4
    assert late.id not in _ids(stage)


@pytest.mark.parametrize("by", ["ids", "filter", "import"])
def test_whoever_dies_over_it_everybody_is_added_once(calls, by):
    """At every step of the storage a worker may die: sums of job and campaign are those of a quiet day."""
    stage = Stage(calls, members=0)
    people = _people(stage, 130)
    wish = {
        "ids": AddingWish(tuple(each.id for each in people)),
        "filter": EVERYBODY,
        "import": AddingWish(import_id=_imported(stage)),
    }[by]
    size = {"ids": 130, "filter": 131, "import": 120}[by]
    crm, scheduling = calls.crm, calls.scheduling
    real = {"members": scheduling.members, "campaigns": scheduling.campaigns}
    jobs, contacts = crm.jobs, crm.contacts
    for length in range(1, 200):
        fuse, campaign_id = Fuse(length), f"campaign_{length}"
        real["campaigns"].add(replace(stage.campaign, id=campaign_id))
        scheduling.members, scheduling.campaigns = (Perilous(each, fuse) for each in real.values())
        crm.jobs, crm.contacts = Perilous(jobs, fuse), Perilous(contacts, fuse)
        job_id = new_id("job")
        try:
            start_adding(scheduling, campaign_id, wish, job_id)
        except Killed:
            start_adding(scheduling, campaign_id, wish, job_id)
        _work_off(stage)
        job = jobs.get(job_id)
        assert (job.state, _sums(job)) == (JobState.DONE, (size, size, 0, 0))
        counts = real["members"].counts(campaign_id)
        assert (counts["total"], counts["waiting"]) == (size, size)
        assert real["campaigns"].adding(campaign_id) == []
        if fuse.burnt < length:
            return
    pytest.fail("the work has no end")


def _imported(stage):
    crm = stage.calls.crm
    begun = begin_import(crm, new_id("import"), "members.csv", ImportWish(), CSV.encode())
    _import_off(crm)
    return begun.id


def _import_off(crm):
    """Deliver the messages of imports, and those that they lead to."""
    while found := [each for each in crm.work.sent if each[0] != "job_step"]:
        crm.work.sent = [each for each in crm.work.sent if each[0] == "job_step"]
        work_imports_off(crm, found)


def test_the_same_request_is_the_same_job(stage):
    """Asked again, also when it is done or the campaign has ended, it gives the job of the first time."""
    people = _people(stage, 2)
    wish, job_id = AddingWish(tuple(each.id for each in people)), new_id("job")
    first = start_adding(stage.scheduling, ID, wish, job_id)
    assert start_adding(stage.scheduling, ID, wish, job_id) == first
    _work_off(stage)
    stage.scheduling.campaigns.by_id[ID] = replace(stage.campaign, state=CampaignState.STOPPED)
    again = start_adding(stage.scheduling, ID, wish, job_id)
    assert (again.id, again.state, again.succeeded) == (job_id, JobState.DONE, 2)
    assert not is_being_filled(stage.scheduling, ID)


def test_a_stopped_campaign_takes_nobody(stage):
    """It is refused before anything is begun."""
    stage.scheduling.campaigns.by_id[ID] = replace(stage.campaign, state=CampaignState.STOPPED)
    with pytest.raises(Conflict) as refused:
        start_adding(stage.scheduling, ID, EVERYBODY, new_id("job"))
    assert refused.value.code == "campaign_over"
    assert stage.scheduling.campaigns.adding(ID) == []
    with pytest.raises(NotFound):
        start_adding(stage.scheduling, "campaign_none", EVERYBODY, new_id("job"))


def test_a_completed_campaign_takes_more_and_calls_them_when_it_is_started_again(stage):
    """Who was added waits for the start; then everybody who is new is called, and it completes again."""
    stage.add(1)
    stage.clock.advance(hours=8)
    stage.start()
    stage.run(4)
    assert stage.state is CampaignState.COMPLETED
    people = _people(stage, 3)
    start_adding(stage.scheduling, ID, AddingWish(tuple(each.id for each in people)), new_id("job"))
    _work_off(stage)
    assert stage.state is CampaignState.COMPLETED
    assert stage.scheduling.members.counts(ID)["waiting"] == 3
    stage.start()
    stage.run(4)
    assert stage.state is CampaignState.COMPLETED
    assert (stage.scheduling.members.counts(ID)["done"], len(stage.of_campaign)) == (4, 4)


@pytest.mark.parametrize("end", [CampaignState.COMPLETED, CampaignState.STOPPED])
def test_a_campaign_that_ends_in_that_moment_takes_nobody(stage, end):
    """It is looked at once more when the job is announced, and the announcement is taken back.

    Whoever asked believes that it dials: nobody would start it for them.
    """
    campaigns = stage.scheduling.campaigns
    begin = campaigns.begin_adding

    def ends(campaign_id, adding):
        begin(campaign_id, adding)
        campaigns.by_id[ID] = replace(stage.campaign, state=end)

    campaigns.begin_adding = ends
    with pytest.raises(Conflict) as refused:
        start_adding(stage.scheduling, ID, EVERYBODY, new_id("job"))
    assert refused.value.code == "campaign_over"
    assert campaigns.adding(ID) == []
    assert not stage.calls.crm.work.sent


def test_a_running_campaign_goes_on_until_everybody_is_there(stage):
    """While a job adds members it does not complete; those who come are called."""
    stage.add(1)
    stage.clock.advance(hours=8)
    stage.start()
    people = _people(stage, 60)
    wish = AddingWish(tuple(each.id for each in people))
    start_adding(stage.scheduling, ID, wish, new_id("job"))
    stage.run(2)
    assert stage.state is CampaignState.RUNNING
    _work_off(stage)
    stage.run(12)
    assert stage.state is CampaignState.COMPLETED
    assert stage.scheduling.members.counts(ID)["done"] == 61


def test_a_job_that_is_cancelled_or_never_began_does_not_keep_a_campaign_up(stage):
    """Who asked may have died before the job was there; a minute later nobody waits for it."""
    job = start_adding(stage.scheduling, ID, EVERYBODY, new_id("job"))
    assert is_being_filled(stage.scheduling, ID)
    cancel_job(stage.calls.crm, job.id)
    assert not is_being_filled(stage.scheduling, ID)
    jobs = stage.calls.crm.jobs
    stage.calls.crm.jobs = Perilous(jobs, Fuse(3))
    with pytest.raises(Killed):
        start_adding(stage.scheduling, ID, EVERYBODY, new_id("job"))
    stage.calls.crm.jobs = jobs
    assert is_being_filled(stage.scheduling, ID)
    stage.clock.advance(seconds=61)
    assert not is_being_filled(stage.scheduling, ID)


def test_a_stopped_campaign_ends_the_job(stage):
    """What was not added yet is not added; the job says why."""
    _people(stage, 3)
    job = start_adding(stage.scheduling, ID, EVERYBODY, new_id("job"))
    stage.scheduling.campaigns.by_id[ID] = replace(stage.campaign, state=CampaignState.STOPPED)
    _work_off(stage)
    failed = get_job(stage.calls.crm, job.id)
    assert (failed.state, failed.error, stage.members) == (JobState.FAILED, "campaign_over", [])


def test_a_deleted_campaign_ends_the_job_and_leaves_nothing(stage):
    """What was added while it was deleted is deleted after it."""
    _people(stage, 3)
    job = start_adding(stage.scheduling, ID, EVERYBODY, new_id("job"))
    delete_campaign(stage.scheduling, ID, None)
    stage.scheduling.ticks.cleared.clear()
    _work_off(stage)
    assert get_job(stage.calls.crm, job.id).error == "campaign_not_found"
    assert stage.scheduling.ticks.cleared == [(ID, 0)]


def test_the_contacts_of_an_import_are_added(stage):
    """Those that it created and those that it met; rows without a number are the import's to tell."""
    met = create_contact(stage.calls.crm, NewContact("Met", E164("+14155560003")))
    job = _added(stage, AddingWish(import_id=_imported(stage)))
    assert (job.state, _sums(job)) == (JobState.DONE, (120, 120, 0, 0))
    assert met.id in _ids(stage)


def test_an_import_that_goes_on_is_waited_for(stage):
    """The job looks again and again; when the import is done, its contacts are added."""
    crm = stage.calls.crm
    begun = begin_import(crm, new_id("import"), "members.csv", ImportWish(), CSV.encode())
    job = start_adding(stage.scheduling, ID, AddingWish(import_id=begun.id), new_id("job"))
    step = add_step(stage.scheduling, job)
    assert (step.results, step.cursor) == ((), "0#0")
    _import_off(crm)
    _work_off(stage)
    assert get_job(crm, job.id).succeeded == 120


def test_of_an_import_that_is_cancelled_nobody_is_added(stage):
    """The job fails with the reason; what only validates, or is over, is refused at once."""
    crm = stage.calls.crm
    begun = begin_import(crm, new_id("import"), "members.csv", ImportWish(), CSV.encode())
    job = start_adding(stage.scheduling, ID, AddingWish(import_id=begun.id), new_id("job"))
    cancel_import(crm, begun.id)
    _work_off(stage)
    assert get_job(crm, job.id).error == "import_not_done"
    only = begin_import(crm, new_id("import"), "a.csv", ImportWish(validate_only=True), CSV.encode())
    for import_id in (begun.id, only.id):
        with pytest.raises(Conflict):
            start_adding(stage.scheduling, ID, AddingWish(import_id=import_id), new_id("job"))


def test_merged_contacts_are_one_member(stage):
    """Named by either id, before and after the merge, it is one."""
    crm = stage.calls.crm
    first, second, third = _people(stage, 3)
    add_members(stage.scheduling, stage.campaign, [second.id])
    merge_contact(crm, first.id, second.id)
    job = _added(stage, AddingWish((first.id, second.id, third.id)))
    assert _sums(job) == (3, 1, 2, 0)
    assert _ids(stage) == {second.id, third.id}


def test_a_deleted_contact_is_not_added(stage):
    """The job says that there is no such contact."""
    (gone,) = _people(stage, 1)
    delete_contact(stage.calls.crm, gone.id)
    assert _sums(_added(stage, AddingWish((gone.id,)))) == (1, 0, 0, 1)
    assert stage.members == []
